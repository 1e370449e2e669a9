//! Calls that fail instead of a process that ends: the disk is full, broken or closed, for one call or from then on;
//! and signals that ask the program to stop.
//! The program itself puts everything back or finishes the release; where it cannot, it says so and the next start
//! does.

use crate::extent::{Extent, extent, stride};
use crate::kills::recovered;
use crate::scenario::{EVERYTHING, Scenario, UNDO, Verdict, WATCHED_REFS};
use crate::sweep::{self, Disturbance};
use crate::tally::Report;

const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EACCES"];
const SIGNALS: [&str; 3] = ["SIGINT", "SIGTERM", "SIGHUP"];

/// One failing call and what came of it: first by the program's own doing, then after the next start.
fn failed(scenario: &Scenario, index: usize, disturbance: Disturbance<'_>) -> Result<Verdict, String> {
    let copy = || scenario.copy();
    let disturbed =
        sweep::disturbed(&scenario.steps, index, disturbance, copy, |sandbox| scenario.release(sandbox));
    let (sandbox, said) = (disturbed.sandbox, &disturbed.traced.stderr);
    let at_once = scenario.verdict_for_others(&sandbox);
    let code = disturbed.traced.status.code();
    let own = match (code, &at_once) {
        (Some(0), Verdict::After) | (Some(1 | 4), Verdict::Before) | (Some(5), _) => Ok(()),
        (_, Verdict::Mixed(differences)) => Err(differences.clone()),
        (_, verdict) => Err(format!("{verdict:?} does not go with the exit code")),
    };
    let outcome = own.and_then(|()| recovered(scenario, &sandbox));
    let outcome = outcome.and_then(|verdict| match (code, &verdict) {
        (Some(0), Verdict::After) | (Some(1 | 4), Verdict::Before) | (Some(5), _) => Ok(verdict),
        _ => Err(format!("{verdict:?} after the next start")),
    });
    outcome.map_err(|problem| {
        let label = &scenario.steps[index].label;
        format!(
            "{disturbance:?} at call {} ({label}), exit code {code:?}:\n{problem}\nit said:\n{said}",
            index + 1
        )
    })
}

fn swept(scenario: &Scenario, what: &str, cases: &[(usize, Disturbance<'_>)], report: &mut Report) {
    let outcomes = sweep::each(cases, |&(index, disturbance)| failed(scenario, index, disturbance));
    report.add(
        &format!("{}, {what}", scenario.name),
        "failures",
        cases.len(),
        outcomes.into_iter().collect(),
    );
}

/// Every call with every kind where all is swept, or every `stride`th with one of them.
fn cases<'a>(
    scenario: &Scenario,
    kinds: [&'a str; 3],
    stride: usize,
    as_what: impl Fn(&'a str) -> Disturbance<'a>,
) -> Vec<(usize, Disturbance<'a>)> {
    let mut cases = Vec::new();
    for index in 0..scenario.steps.len() {
        for (at, kind) in kinds.into_iter().enumerate() {
            if extent() == Extent::All || index % stride == 0 && index / stride % kinds.len() == at {
                cases.push((index, as_what(kind)));
            }
        }
    }
    cases
}

#[test]
fn a_call_that_fails_leaves_nothing_half_done() {
    let _turn = sweep::turn();
    let mut report = Report::default();
    for (scenario, stride) in
        [(&*EVERYTHING, stride(11, 2)), (&*WATCHED_REFS, stride(29, 5)), (&*UNDO, stride(13, 3))]
    {
        swept(scenario, "one call fails", &cases(scenario, ERRORS, stride, Disturbance::Fails), &mut report);
    }
    report.conclude();
}

#[test]
fn a_disk_that_fails_from_one_call_on_leaves_nothing_that_the_next_start_cannot_mend() {
    let _turn = sweep::turn();
    let mut report = Report::default();
    for (scenario, stride) in [(&*EVERYTHING, stride(17, 4)), (&*UNDO, stride(19, 7))] {
        let cases = cases(scenario, ERRORS, stride, Disturbance::FailsFromThere);
        swept(scenario, "every call fails from one on", &cases, &mut report);
    }
    report.conclude();
}

#[test]
fn a_signal_that_asks_to_stop_leaves_nothing_half_done() {
    let _turn = sweep::turn();
    let mut report = Report::default();
    for (scenario, stride) in
        [(&*EVERYTHING, stride(17, 4)), (&*WATCHED_REFS, stride(37, 9)), (&*UNDO, stride(19, 7))]
    {
        let cases = cases(scenario, SIGNALS, stride, Disturbance::Signalled);
        swept(scenario, "interrupted", &cases, &mut report);
    }
    report.conclude();
}
