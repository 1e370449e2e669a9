//! Work spread over the processors, and runs that are disturbed at exactly the call that was meant.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sandbox::Sandbox;
use crate::sequence::{self, Step};
use crate::strace::{self, Fault, Traced};

/// One sweep at a time uses all processors.
static TURN: Mutex<()> = Mutex::new(());

/// Waits until no other sweep runs.
pub(crate) fn turn() -> std::sync::MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Does the same with each item on all processors; results come in the order of the items.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((item, result)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).zip(results.get(at))
                } {
                    *result.lock().expect("not poisoned") = Some(work(item));
                }
            });
        }
    });
    let done = results.into_iter().map(|result| result.into_inner().expect("not poisoned"));
    done.map(|result| result.expect("every item was worked on")).collect()
}

/// How a run is disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbance<'a> {
    Killed,
    Signalled(&'a str),
    Fails(&'a str),
    FailsFromThere(&'a str),
}

/// A run that was disturbed at one call, and the repository it left.
pub(crate) struct Disturbed {
    pub(crate) sandbox: Sandbox,
    pub(crate) traced: Traced,
}

/// Runs a command in fresh copies until it was disturbed at the call with this index: strace counts calls by name,
/// and how often the main thread opens something to read can depend on which thread came first. Everything before
/// that call must be as in the undisturbed run.
pub(crate) fn disturbed(
    steps: &[Step],
    index: usize,
    disturbance: Disturbance<'_>,
    copy: impl Fn() -> Sandbox,
    command: impl Fn(&Sandbox) -> Command,
) -> Disturbed {
    let step = &steps[index];
    let mut target = step.target.clone();
    let mut seen = Vec::new();
    for shift in [0_isize, 0, 1, -1, 2, -2, 0, 1, -1, 3, -3, 0] {
        target.ordinal = step.target.ordinal.saturating_add_signed(shift).max(1);
        let fault = match disturbance {
            Disturbance::Killed => Fault::Kill(&target),
            Disturbance::Signalled(signal) => Fault::Signal(&target, signal),
            Disturbance::Fails(error) => Fault::Fail(&target, error),
            Disturbance::FailsFromThere(error) => Fault::FailFromThere(&target, error),
        };
        let sandbox = copy();
        let traced = strace::run(&command(&sandbox), fault);
        let around = sandbox.around().to_str().expect("text");
        let (done, last) = match disturbance {
            Disturbance::Killed => sequence::labels_until_killed(&traced.calls, around),
            _ => sequence::labels_until_failed(&traced.calls, around),
        };
        let expected = steps[..index].iter().map(|step| &step.label);
        if last.as_ref() == Some(&step.label)
            && expected.eq(done.iter())
            && (disturbance != Disturbance::Killed || traced.killed())
        {
            return Disturbed { sandbox, traced };
        }
        seen.push(format!("{:?} after {} calls", last, done.len()));
    }
    panic!("call {} ({}) was never hit:\n{}", index + 1, step.label, seen.join("\n"));
}
