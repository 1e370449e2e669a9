//! A defect in this program is said like every other error, never as a panic: one line with what and where, and what
//! to do. It unwinds first, so the terminal and everything else that a guard holds is put back.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Kind, Problem, Result};

/// Where the last panic was. The unwinding itself only carries what was said, not the place.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Takes the place of the standard report on standard error, from now on and in every thread.
pub fn take_over_reports() {
    panic::set_hook(Box::new(note));
}

fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
    *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
}

/// Does the work; a panic in it becomes an error.
///
/// # Errors
/// Those of the work, or `Bug`.
pub fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What the work has left half changed is not looked at again: the program ends with this error.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(Error::new(Kind::Bug, vec![report(said(&*payload), place.as_deref())]))
    })
}

fn said(payload: &(dyn Any + Send)) -> &str {
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref().copied()).unwrap_or("no reason given")
}

fn report(said: &str, place: Option<&str>) -> Problem {
    let version = env!("CARGO_PKG_VERSION");
    let place = place.unwrap_or("an unknown place");
    Problem::circumstance(format!("this is a bug in trueppm-release {version}\n{place}: {said}"))
        .hint("it stopped where it was: look at `git status` and `git log -1` before you go on")
        .hint("please report it with this message and what you typed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_what_and_a_way_on() {
        let none: Vec<u8> = Vec::new();
        for (error, what) in [
            (contained(|| -> Result<()> { panic!("two and two is {}", 5) }), "two and two is 5"),
            (contained(|| -> Result<()> { panic!("plain") }), "plain"),
            (contained(|| Ok(none[0])).map(drop), "index out of bounds"),
        ] {
            let error = error.expect_err("it panicked");
            assert_eq!(error.exit_code(), 70);
            let problem = error.problems.first().expect("a problem");
            assert!(problem.message.starts_with("this is a bug in trueppm-release "), "{problem:?}");
            assert!(problem.message.contains(what), "{problem:?}");
            assert_eq!(problem.hints.len(), 2);
        }
    }

    #[test]
    fn the_place_is_named_where_it_is_known() {
        let problem = report("plain", Some("src/plan/build.rs:12"));
        assert!(problem.message.ends_with("\nsrc/plan/build.rs:12: plain"), "{problem:?}");
    }

    #[test]
    fn what_the_work_returns_goes_through() {
        assert_eq!(contained(|| Ok(1)).expect("no panic"), 1);
        let refused = contained(|| -> Result<()> { Err(Error::refused(Problem::content("no"))) });
        assert_eq!(refused.expect_err("refused").exit_code(), 1);
    }
}
