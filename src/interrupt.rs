//! Ctrl-C and its relatives during a release. A signal does not end the program where it stands, which would leave
//! half a release; it raises a flag that the release looks at between two actions, and then puts everything back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::error::{INTERRUPTED, Problem};

/// What a person reads who stopped it before anything was written.
pub const NOTHING_CHANGED: &str = "interrupted: nothing was changed";

/// What a person reads who stopped it later, once it is as before.
pub const PUT_BACK: &str = "interrupted: everything was put back";

/// The problems with all that is interruption said first, in that one sentence; what was going on stands below it.
pub fn in_one_sentence(sentence: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let (interruptions, others): (Vec<_>, Vec<_>) = problems.into_iter().partition(Problem::is_interruption);
    let mut first = Problem::circumstance(sentence);
    for interruption in interruptions {
        if interruption.message != INTERRUPTED {
            first.message.push_str(&format!("\n{}", interruption.message));
        }
        first.hints.extend(interruption.hints);
    }
    std::iter::once(first).chain(others).collect()
}

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
        if self.came() { Err(Problem::circumstance(INTERRUPTED)) } else { Ok(()) }
    }
}

/// From here on a file that grows past the limit on the size of files (`ulimit -f`) is an error of what writes it, like a
/// full disk, and not the end of the program. Programs that are started have the signal as it is by default.
pub fn outlive_file_limits() {
    // Where the signal cannot be taken over, everything else is as it was.
    let _without = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for registration in self.registrations.drain(..) {
            signal_hook::low_level::unregister(registration);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_comes_first_and_other_problems_stay() {
        let problems = vec![
            Problem::content("tracked files changed"),
            Problem::interrupted("step `slow` was running").hint("nothing was released"),
            Problem::circumstance(INTERRUPTED),
        ];
        let said = in_one_sentence(PUT_BACK, problems);
        assert_eq!(
            said,
            [
                Problem::circumstance(
                    "interrupted: everything was put back\ninterrupted while step `slow` was running"
                )
                .hint("nothing was released"),
                Problem::content("tracked files changed"),
            ]
        );
        assert_eq!(in_one_sentence(NOTHING_CHANGED, vec![]), [Problem::circumstance(NOTHING_CHANGED)]);
    }
}
