//! What is seen while something elsewhere is waited for, such as the answer of a remote: nothing at first, after half a
//! second one line that says what. It is written once and never redrawn: git and ssh may ask for a password on the same
//! terminal, and a line that moves would take their question away.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dialoguer::console::Term;
use rustix::termios::{LocalModes, tcgetattr};

use super::Ui;
use super::progress::cut;
use super::sanitize::single_line;

/// Nobody wonders yet what keeps the program.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often to look whether a password has been typed.
const LOOK: Duration = Duration::from_millis(100);

/// Something is waited for. Dropping it takes its line away without a word; on a log the line stays.
#[derive(Debug)]
pub struct Waiting {
    ui: Ui,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Waiting {
    pub(super) fn start(ui: &Ui, what: &str) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = (!ui.facts.quiet)
            .then(|| {
                let (ui, line) = (ui.clone(), format!("{}…", single_line(what)));
                let body = move || say_after_a_while(&ui, &line, &stopped);
                // A machine that gives no further thread still gets its answer, only without the line.
                thread::Builder::new().name("waiting".into()).spawn(body).ok()
            })
            .flatten()
            .map(|thread| (stop, thread));
        Self { ui: ui.clone(), thread }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
            self.ui.say("");
        }
    }
}

fn say_after_a_while(ui: &Ui, line: &str, stopped: &Receiver<()>) {
    let mut pause = PATIENCE;
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if !ui.can_redraw() {
            ui.status(line);
            return;
        }
        if !somebody_is_asked() {
            let (_, columns) = Term::stderr().size();
            ui.talk().append(&cut(line, usize::from(columns).saturating_sub(1)));
            return;
        }
        pause = LOOK;
    }
}

/// Whether a password is being typed: the terminal then shows nothing of it.
fn somebody_is_asked() -> bool {
    tcgetattr(io::stderr()).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ECHO))
}
