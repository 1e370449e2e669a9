//! What the order of the calls proves: all that change the disk are made by one thread, and each is safe from a loss
//! of power before what relies on it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::copies;
use crate::extent::stride;
use crate::kills::killed;
use crate::power::{Places, findings};
use crate::sandbox::Sandbox;
use crate::scenario::{self, DETACHED, EVERYTHING, LINKED, SHALLOW, Scenario, WATCHED_REFS};
use crate::strace::{self, Fault};
use crate::sweep;
use crate::trace::Call;

/// The threads of the program itself: the first process that ran, and what it made with `CLONE_THREAD`.
fn own_threads(calls: &[Call]) -> (u32, BTreeSet<u32>) {
    let main =
        calls.iter().find(|call| call.name == "execve").and_then(|call| call.thread).expect("it started");
    let mut own = BTreeSet::from([main]);
    // strace can be told of a call's end after the new thread's first call, so look until nothing is new.
    loop {
        let more = calls.iter().filter(|call| {
            call.thread.is_some_and(|thread| own.contains(&thread))
                && call.arguments.iter().any(|argument| argument.contains("CLONE_THREAD"))
        });
        let more: Vec<u32> = more.filter_map(|call| u32::try_from(call.result?).ok()).collect();
        let count = own.len();
        own.extend(more);
        if own.len() == count {
            return (main, own);
        }
    }
}

#[test]
fn everything_that_changes_the_disk_is_done_by_the_main_thread() {
    for scenario in scenario::all() {
        let sandbox = scenario.copy();
        let traced = strace::run_with_everything(&scenario.release(&sandbox));
        assert!(traced.status.success(), "{}", traced.stderr);
        let (main, own) = own_threads(&traced.calls);
        assert!(own.len() > 1, "{}: other threads read: {own:?}", scenario.name);
        let around = sandbox.around().to_str().expect("text");
        let changes = |thread: u32| {
            traced.calls.iter().filter(move |call| call.thread == Some(thread) && call.changes_disk())
        };
        let others = own.iter().filter(|thread| **thread != main);
        let strays: Vec<String> =
            others.flat_map(|thread| changes(*thread)).map(|call| call.label(around)).collect();
        assert!(strays.is_empty(), "{}: {strays:?}", scenario.name);
        let seen = changes(main).filter(|call| call.succeeded()).count();
        assert_eq!(seen, scenario.steps.len(), "{}: as many as without its children", scenario.name);
    }
}

fn judged(scenario: &Scenario, calls: &[Call], around: &str, start: &Sandbox) -> Vec<String> {
    let (common, published) = scenario.places_in(around);
    let there =
        |path: &str| start.around().join(Path::new(path).strip_prefix(around).unwrap_or(Path::new("none")));
    let journal = format!("{common}/trueppm-release/running/journal.json");
    let places = Places {
        around,
        common: &common,
        published: &published,
        journal: (&journal, there(&journal).exists()),
        existed: &|path| std::fs::symlink_metadata(there(path)).is_ok(),
    };
    findings(calls, &places)
}

#[test]
fn in_a_release_everything_is_safe_from_a_loss_of_power_before_what_relies_on_it() {
    for scenario in [&*EVERYTHING, &*DETACHED, &*LINKED, &*SHALLOW] {
        let start = scenario.copy();
        let found = judged(scenario, &scenario.calls, &scenario.around, &start);
        assert!(found.is_empty(), "{}:\n{}", scenario.name, found.join("\n"));
        println!(
            "{}: {} calls in an order that survives a loss of power",
            scenario.name,
            scenario.steps.len()
        );
    }
}

/// The references that git moves for the program, and the files that steps write, count like the program's own.
#[test]
fn what_children_make_of_a_release_is_safe_from_a_loss_of_power_too() {
    for scenario in [&*EVERYTHING, &*WATCHED_REFS] {
        let start = scenario.copy();
        let copy = copies::copy_of(&start);
        let traced = strace::run_with_everything(&scenario.release(&copy));
        let (main, _) = own_threads(&traced.calls);
        let around = copy.around().to_str().expect("text");
        let (common, _) = scenario.places_in(around);
        let counts = |path: &String| {
            let of_references = ["refs", "logs", "HEAD"].map(|part| format!("{common}/{part}"));
            let in_work_tree = path.starts_with(&format!("{around}/suite/")) && !path.contains("/.git");
            in_work_tree || of_references.iter().any(|part| path.starts_with(part))
        };
        let counts = |call: &Call| call.thread == Some(main) || call.paths().iter().any(counts);
        let calls: Vec<Call> = traced.calls.into_iter().filter(counts).collect();
        let of_children = |call: &&Call| call.thread != Some(main) && call.succeeded() && call.changes_disk();
        assert!(calls.iter().any(|call| of_children(&call)), "{}: children do something", scenario.name);
        let found = judged(scenario, &calls, around, &start);
        assert!(found.is_empty(), "{}: {}", scenario.name, found.join("\n"));
    }
}

#[test]
fn in_a_recovery_everything_is_safe_from_a_loss_of_power_before_what_relies_on_it() {
    let _turn = sweep::turn();
    let scenario = &*EVERYTHING;
    let indices: Vec<usize> = (0..scenario.steps.len()).step_by(stride(31, 9)).collect();
    let found = sweep::each(&indices, |&index| {
        let start = killed(scenario, index).sandbox;
        let copy = copies::copy_of(&start);
        let traced = strace::run(&scenario.next_start(&copy), Fault::None);
        if !traced.calls.iter().any(Call::changes_disk) {
            return String::new();
        }
        let found = judged(scenario, &traced.calls, copy.around().to_str().expect("text"), &start);
        let label = &scenario.steps[index].label;
        found.iter().map(|finding| format!("killed at call {} ({label}): {finding}\n", index + 1)).collect()
    });
    assert!(found.concat().is_empty(), "{}", found.concat());
}
