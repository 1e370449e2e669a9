//! The power goes while git moves the references for the program: release and git end at one moment, at each call of the
//! release, and what git wrote into its locks has not reached the disk. The next start needs nobody to remove anything.

use crate::copies::executable;
use crate::extent::{Extent, extent, stride};
use crate::git_killed::{locks_of, real_git};
use crate::kills::recovered;
use crate::sandbox::Sandbox;
use crate::scenario::{Verdict, WATCHED_REFS};
use crate::sweep::{self, Disturbance};
use crate::tally::Report;

/// A copy in which every git dies with the release that started it.
fn dying_together() -> Sandbox {
    let sandbox = WATCHED_REFS.copy();
    let script = format!("exec setpriv --pdeathsig KILL '{}' \"$@\"", real_git().display());
    executable(&sandbox.around().join("home/git"), &script);
    sandbox
}

fn cut(index: usize, length: u64) -> Result<(Verdict, usize), String> {
    let scenario = &*WATCHED_REFS;
    let command = |sandbox: &Sandbox| scenario.release(sandbox);
    let sandbox =
        sweep::disturbed(&scenario.steps, index, Disturbance::Killed, dying_together, command).sandbox;
    std::fs::remove_file(sandbox.around().join("home/git")).expect("remove");
    let locks = locks_of(&sandbox);
    // The lock of the index is the program's own, and was synced.
    for lock in locks.iter().filter(|lock| !lock.ends_with("index.lock")) {
        let file = std::fs::File::options().write(true).open(lock).expect("a lock");
        file.set_len(file.metadata().expect("it is there").len().min(length)).expect("cut off");
    }
    recovered(scenario, &sandbox).map(|verdict| (verdict, locks.len())).map_err(|problem| {
        let label = &scenario.steps[index].label;
        format!("cut at call {} ({label}), locks {length} bytes long:\n{problem}", index + 1)
    })
}

#[test]
fn locks_of_git_that_a_loss_of_power_has_torn_are_recovered_by_the_next_start() {
    let _turn = sweep::turn();
    let steps = &WATCHED_REFS.steps;
    let lock = |name: &str| steps.iter().position(|step| step.label.contains(name));
    let first = lock("refs/heads/main.lock").expect("git locks the branch");
    let both = extent() == Extent::All;
    let lengths = |index: usize| if both { vec![0, 17] } else { vec![index as u64 % 2 * 17] };
    // The locks appear one after the other before the first of them is synced.
    let cases: Vec<(usize, u64)> = (first.saturating_sub(12)..steps.len())
        .step_by(stride(2, 1))
        .flat_map(|index| lengths(index).into_iter().map(move |length| (index, length)))
        .collect();
    let outcomes = sweep::each(&cases, |(index, length)| cut(*index, *length));
    let with_locks = outcomes.iter().flatten().filter(|(_, locks)| *locks > 1).count();
    let mut report = Report::default();
    let verdicts = outcomes.into_iter().map(|outcome| outcome.map(|(verdict, _)| verdict));
    report.add(WATCHED_REFS.name, "torn locks", cases.len(), verdicts.collect());
    report.conclude();
    assert!(with_locks > 3, "only {with_locks} cuts left locks of git");
}
