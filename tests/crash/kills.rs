//! SIGKILL in the place of every call that changes the disk; then the next start, which finds the repository as
//! before or makes it whole. The recovery is killed in the same way, once per distinct state.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use crate::copies;
use crate::extent::stride;
use crate::picture::{Picture, unsound};
use crate::sandbox::Sandbox;
use crate::scenario::{self, EVERYTHING, Scenario, Verdict};
use crate::sequence::{Step, sequence};
use crate::strace::{self, Fault};
use crate::sweep::{self, Disturbance, Disturbed};
use crate::tally::{Report, Tally};

/// Starts the program once more and looks at what is there then: before or after, nothing left behind, sound for git.
/// Says what is wrong otherwise.
pub(crate) fn recovered(scenario: &Scenario, sandbox: &Sandbox) -> Result<Verdict, String> {
    let (status, said) = strace::untraced(&mut scenario.next_start(sandbox));
    let verdict = scenario.verdict(sandbox);
    match &verdict {
        Verdict::Mixed(differences) => Err(format!("{differences}\nthe next start ({status}) said:\n{said}")),
        _ if !status.success() => {
            Err(format!("{verdict:?}, but the next start ended with {status}:\n{said}"))
        }
        _ => match unsound(sandbox) {
            Some(wrong) => Err(format!("{verdict:?}, but {wrong}\nthe next start said:\n{said}")),
            None => Ok(verdict),
        },
    }
}

/// A release in a repository that was recovered: the same one where nothing was released, another where it was.
pub(crate) fn followed(scenario: &Scenario, sandbox: &Sandbox, verdict: &Verdict) -> Result<(), String> {
    let (status, said) = strace::untraced(&mut scenario.what_comes_next(sandbox, verdict));
    if !status.success() {
        return Err(format!("{verdict:?}, but what comes next ended with {status}:\n{said}"));
    }
    match scenario.verdict(sandbox) {
        Verdict::After => {}
        other if *verdict == Verdict::Before => return Err(format!("the same once more made {other:?}")),
        _ => {}
    }
    unsound(sandbox).map_or(Ok(()), |wrong| Err(format!("after what comes next {wrong}")))
}

pub(crate) fn killed(scenario: &Scenario, index: usize) -> Disturbed {
    let command = |sandbox: &Sandbox| scenario.release(sandbox);
    sweep::disturbed(&scenario.steps, index, Disturbance::Killed, || scenario.copy(), command)
}

/// The states that kills leave, the first of each kind.
type States = Mutex<BTreeMap<String, (usize, Sandbox)>>;

/// Kills a release at each of these calls and recovers it; keeps a copy of each distinct state.
fn killed_and_recovered(scenario: &Scenario, indices: &[usize], states: &States) -> Tally {
    let outcomes = sweep::each(indices, |&index| {
        let Disturbed { sandbox, .. } = killed(scenario, index);
        let fingerprint = Picture::of(&sandbox).fingerprint();
        let copy = copies::copy_of(&sandbox);
        let is_new = {
            let mut states = states.lock().expect("not poisoned");
            let is_new = !states.contains_key(&fingerprint);
            states.entry(fingerprint).or_insert((index, copy));
            is_new
        };
        let label = &scenario.steps[index].label;
        recovered(scenario, &sandbox)
            .and_then(|verdict| match is_new.then(|| followed(scenario, &sandbox, &verdict)) {
                Some(Err(problem)) => Err(problem),
                _ => Ok(verdict),
            })
            .map_err(|problem| format!("killed at call {} ({label}):\n{problem}", index + 1))
    });
    outcomes.into_iter().collect()
}

/// Every `stride`th index below `count`.
fn every(stride: usize, count: usize) -> Vec<usize> {
    (0..count).step_by(stride).collect()
}

#[test]
fn strace_kills_before_the_call_takes_effect() {
    let index = EVERYTHING.steps.iter().position(|step| step.label.starts_with("rename")).expect("a rename");
    let Disturbed { sandbox, traced } = killed(&EVERYTHING, index);
    let paths = traced.calls.last().expect("calls").paths();
    assert!(std::path::Path::new(&paths[0]).exists(), "{paths:?}");
    drop(sandbox);
}

#[test]
fn a_release_that_is_killed_at_any_call_is_recovered_and_so_is_a_recovery_that_is_killed() {
    let _turn = sweep::turn();
    let scenario = &*EVERYTHING;
    let states = States::default();
    let indices = every(stride(9, 1), scenario.steps.len());
    let mut report = Report::default();
    report.add(scenario.name, "kills", indices.len(), killed_and_recovered(scenario, &indices, &states));
    let states = states.into_inner().expect("not poisoned");
    println!("{}: {} distinct states on disk", scenario.name, states.len());
    started_again(scenario, &states, &mut report);
    recovery_is_killed(scenario, states, stride(97, 83), &mut report);
    report.conclude();
}

#[test]
fn releases_elsewhere_that_are_killed_are_recovered() {
    let _turn = sweep::turn();
    let mut report = Report::default();
    for scenario in &scenario::all()[1..] {
        let states = States::default();
        let indices = every(stride(41, 13), scenario.steps.len());
        report.add(scenario.name, "kills", indices.len(), killed_and_recovered(scenario, &indices, &states));
        let states = states.into_inner().expect("not poisoned");
        started_again(scenario, &states, &mut report);
        recovery_is_killed(scenario, states, stride(223, 211), &mut report);
    }
    report.conclude();
}

/// From each state, a dry run changes nothing at all, and the same command once more does the whole work, or finds it
/// done.
fn started_again(scenario: &Scenario, states: &BTreeMap<String, (usize, Sandbox)>, report: &mut Report) {
    let states: Vec<_> = states.values().collect();
    let outcomes = sweep::each(&states, |(index, sandbox)| {
        let was = sandbox.surroundings();
        let (_, previewed) = strace::untraced(&mut scenario.preview(sandbox));
        let changed = was.differences(&sandbox.surroundings());
        let outcome = if changed.is_empty() {
            let copy = copies::copy_of(sandbox);
            let (status, said) = strace::untraced(&mut scenario.release(&copy));
            match (scenario.verdict(&copy), unsound(&copy)) {
                (Verdict::After, None) => Ok(Verdict::After),
                (verdict, wrong) => {
                    Err(format!("started again ({status}), {verdict:?}\n{}{said}", wrong.unwrap_or_default()))
                }
            }
        } else {
            Err(format!("a dry run changed\n{}\nand said\n{previewed}", changed.join("\n")))
        };
        let label = &scenario.steps[*index].label;
        outcome.map_err(|problem| format!("killed at call {} ({label}):\n{problem}", index + 1))
    });
    report.add(scenario.name, "states started from", states.len(), outcomes.into_iter().collect());
}

/// Kills the recovery from each state at every `stride`th of its calls, counted over all states, and recovers again. States that were recovered once need not be again.
fn recovery_is_killed(
    scenario: &Scenario,
    states: BTreeMap<String, (usize, Sandbox)>,
    stride: usize,
    report: &mut Report,
) {
    let states: Vec<(usize, Sandbox)> = states.into_values().collect();
    let recoveries: Vec<Vec<Step>> = sweep::each(&states, |(_, sandbox)| {
        let copy = copies::copy_of(sandbox);
        let traced = strace::run(&scenario.next_start(&copy), Fault::None);
        sequence(&traced.calls, copy.around().to_str().expect("text"))
    });
    let pairs: Vec<(usize, usize)> = recoveries
        .iter()
        .enumerate()
        .flat_map(|(state, steps)| (0..steps.len()).map(move |call| (state, call)))
        .collect();
    let chosen: Vec<_> = every(stride, pairs.len()).into_iter().map(|at| pairs[at]).collect();
    let known: Mutex<BTreeMap<String, Result<Verdict, String>>> = Mutex::default();
    let outcomes = sweep::each(&chosen, |&(state, call)| {
        let (index, sandbox) = &states[state];
        let steps = &recoveries[state];
        let copy = || copies::copy_of(sandbox);
        let command = |sandbox: &Sandbox| scenario.next_start(sandbox);
        let disturbed = sweep::disturbed(steps, call, Disturbance::Killed, copy, command);
        let fingerprint = Picture::of(&disturbed.sandbox).fingerprint();
        let seen = known.lock().expect("not poisoned").get(&fingerprint).cloned();
        let outcome = seen.unwrap_or_else(|| recovered(scenario, &disturbed.sandbox));
        known.lock().expect("not poisoned").insert(fingerprint, outcome.clone());
        outcome.map_err(|problem| {
            let mut text = String::new();
            let _ = writeln!(text, "killed at call {} ({}),", index + 1, scenario.steps[*index].label);
            let _ = writeln!(text, "its recovery killed at call {} ({}):", call + 1, steps[call].label);
            text + &problem
        })
    });
    let what = format!("{}, recovery ({} of {} calls)", scenario.name, chosen.len(), pairs.len());
    report.add(&what, "kills", chosen.len(), outcomes.into_iter().collect());
}
