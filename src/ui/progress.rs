//! What is seen while a step runs: on a terminal one line with the seconds so far, redrawn in place; elsewhere
//! one plain line at the start, so that a log shows what a pipeline was waiting for.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dialoguer::console::Term;
use unicode_width::UnicodeWidthChar;

use super::{Ui, sanitize::single_line};

/// How often the line is redrawn.
const REDRAW: Duration = Duration::from_millis(100);

/// A step that runs. Dropping it takes its line away without a word, for a failure that is reported elsewhere.
#[derive(Debug)]
pub struct Progress {
    ui: Ui,
    /// What runs, with its name.
    label: String,
    started: Instant,
    drawing: Option<Drawing>,
}

/// The thread that redraws; it ends when the sender is dropped.
#[derive(Debug)]
struct Drawing {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    pub(super) fn start(ui: &Ui, kind: &str, name: &str) -> Self {
        let label = format!("{kind} `{}`", single_line(name));
        let started = Instant::now();
        let redraws = !ui.facts.quiet && ui.can_redraw();
        // A machine that gives no further thread still gets its release, only without the moving line.
        let drawing = redraws.then(|| draw(ui.clone(), label.clone(), started)).flatten();
        if drawing.is_none() {
            ui.status(&format!("running {label}…"));
        }
        Self { ui: ui.clone(), label, started, drawing }
    }

    /// Takes the line away and says how the step ended and how long it took.
    pub fn finish(mut self, ok: bool) {
        self.stop();
        let outcome = if ok { "done" } else { "failed" };
        let seconds = self.started.elapsed().as_secs_f64();
        self.ui.status(&format!("{} {outcome} ({seconds:.1} s)", self.label));
    }

    fn stop(&mut self) {
        if let Some(Drawing { stop, thread }) = self.drawing.take() {
            drop(stop);
            // A drawing thread that panicked has nothing more to draw.
            let _ = thread.join();
            self.ui.say("");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop();
    }
}

fn draw(ui: Ui, label: String, started: Instant) -> Option<Drawing> {
    let (stop, stopped) = mpsc::channel::<()>();
    let body = move || {
        let term = Term::stderr();
        for spoke in ["|", "/", "-", "\\"].iter().cycle() {
            let line = format!("{spoke} running {label} ({} s)", started.elapsed().as_secs());
            let (_, columns) = term.size();
            let mut talk = ui.talk();
            talk.write(&cut(&line, usize::from(columns).saturating_sub(1)));
            talk.progress_shown = true;
            drop(talk);
            if stopped.recv_timeout(REDRAW) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("progress".into()).spawn(body).ok()?;
    Some(Drawing { stop, thread })
}

/// As much of the line as fits into the columns: a line that wraps cannot be redrawn in place.
pub(super) fn cut(line: &str, columns: usize) -> String {
    let mut left = columns;
    let fits = |character: &char| match left.checked_sub(character.width().unwrap_or(0)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    line.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_the_columns_end() {
        assert_eq!(cut("step", 4), "step");
        assert_eq!(cut("step", 3), "ste");
        assert_eq!(cut("版本x", 3), "版");
        assert_eq!(cut("step", 0), "");
    }
}
