//! Steps, hooks and signers that are killed, and that kill the release they belong to.

use crate::kills::recovered;
use crate::scenario::{EVERYTHING, Scenario, Verdict, WATCHED_REFS};
use crate::strace;
use crate::sweep;
use crate::tally::Report;

const KILL_ITSELF: &str = "kill -9 $$";

/// The program is whoever among the ancestors bears its name; git may stand between.
const KILL_PROGRAM: &str = r"
program=$$
until [ $(cat /proc/$program/comm) = trueppm-release ]; do
  program=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$program/status)
done
kill -9 $program
while [ -e /proc/$program/fd/0 ]; do :; done
";

const STEP_THAT_GOES_ON: &str = "echo too late > docs/api/openapi.json\nexit 0";

/// Who does what, and what the release itself must make of it.
type Case = (&'static Scenario, &'static str, String, Option<Verdict>);

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let signers = ["signer-1", "signer-2", "signer-3"];
    let hooks = ["step", "pre-commit", "prepare-commit-msg", "commit-msg"];
    for name in signers.into_iter().chain(hooks) {
        cases.push((&*EVERYTHING, name, KILL_ITSELF.to_owned(), Some(Verdict::Before)));
        cases.push((&*EVERYTHING, name, KILL_PROGRAM.to_owned(), None));
    }
    cases.push((&*EVERYTHING, "step", format!("{KILL_PROGRAM}{STEP_THAT_GOES_ON}"), None));
    cases.push((&*EVERYTHING, "post-commit", KILL_ITSELF.to_owned(), Some(Verdict::After)));
    cases.push((&*EVERYTHING, "post-commit", KILL_PROGRAM.to_owned(), None));
    // The hook is told of the branch and of the tags, each time before and after.
    for name in ["prepared-1", "committed-1"] {
        let outcome = if name == "prepared-1" { Verdict::Before } else { Verdict::After };
        cases.push((&*WATCHED_REFS, name, KILL_ITSELF.to_owned(), Some(outcome)));
        cases.push((&*WATCHED_REFS, name, KILL_PROGRAM.to_owned(), None));
    }
    cases
}

fn done((scenario, name, deed, expected): &Case) -> Result<Verdict, String> {
    let sandbox = scenario.copy();
    let place = sandbox.around().join("tmp").join(name);
    std::fs::write(&place, deed).expect("write");
    let (status, said) = strace::untraced(&mut scenario.release(&sandbox));
    std::fs::remove_file(&place).expect("remove");
    let code = status.code();
    let outcome = match expected {
        None if code.is_none() => Ok(()),
        None => Err("the release was not killed".to_owned()),
        Some(verdict) => match (scenario.verdict(&sandbox), code) {
            (Verdict::Before, Some(4)) if *verdict == Verdict::Before => Ok(()),
            (Verdict::After, Some(0)) if *verdict == Verdict::After => Ok(()),
            (Verdict::Mixed(differences), _) => Err(differences),
            (other, _) => Err(format!("{other:?} instead of {verdict:?}")),
        },
    };
    let outcome = outcome.and_then(|()| recovered(scenario, &sandbox));
    outcome.map_err(|problem| {
        format!("{name} does `{deed}`; the release ended with {status}:\n{said}\n{problem}")
    })
}

#[test]
fn steps_hooks_and_signers_that_are_killed_or_kill_leave_nothing_half_done() {
    let _turn = sweep::turn();
    let cases = cases();
    let outcomes = sweep::each(&cases, done);
    let mut report = Report::default();
    report.add("steps, hooks and signers", "kills", cases.len(), outcomes.into_iter().collect());
    report.conclude();
}
