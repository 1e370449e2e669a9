//! Ctrl-C and its relatives during a release. A signal does not end the program where it stands, which would leave
//! half a release; it raises a flag that the release looks at between two actions, and then puts everything back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::Problem;

/// Whether somebody asked to stop.
pub struct Interrupt {
    flag: Arc<AtomicBool>,
    registrations: Vec<signal_hook::SigId>,
}

impl Interrupt {
    /// Takes SIGINT, SIGTERM and SIGHUP over until dropped.
    pub fn listen() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let registrations = [SIGINT, SIGTERM, SIGHUP]
            .into_iter()
            .filter_map(|signal| signal_hook::flag::register(signal, Arc::clone(&flag)).ok())
            .collect();
        Self { flag, registrations }
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.flag.load(Ordering::SeqCst)
    }

    /// An error once a signal came.
    ///
    /// # Errors
    /// `interrupted`, from the first signal on.
    pub fn check(&self) -> Result<(), Problem> {
        if self.came() { Err(Problem::circumstance("interrupted")) } else { Ok(()) }
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for registration in self.registrations.drain(..) {
            signal_hook::low_level::unregister(registration);
        }
    }
}
