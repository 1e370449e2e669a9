//! The steps and checks of a preview, by the moment at which they would run. A dry run writes nothing, so it runs none
//! of them; it says what each is, and of its environment only the names.

use crate::plan::{Moment, Outcome, Passing, PlannedStep, RELEASE_VARIABLES, StepKind};
use crate::ui::{Role, Text};
use crate::words::{counted, shell_word};

/// One block for each moment that has something to run, and the environment that all of it has, where more is wanted.
pub(super) fn steps(text: &mut Text, steps: &[PlannedStep], verbose: bool) {
    for moment in Moment::ALL {
        let mut at_this = steps.iter().filter(|step| step.moment == moment).peekable();
        if at_this.peek().is_none() {
            continue;
        }
        let kinds: Vec<StepKind> = at_this.clone().map(|step| step.kind).collect();
        let what = match (kinds.contains(&StepKind::Step), kinds.contains(&StepKind::Check)) {
            (true, true) => "Steps and checks",
            (false, true) => "Checks",
            _ => "Steps",
        };
        let when = match moment {
            Moment::BeforeGate => "before the question is asked",
            Moment::AfterGate => "after the question is answered",
            Moment::AfterBump => "after the files are written",
            Moment::BeforeCommit => "before the commit",
            Moment::AfterRelease => "after the release",
        };
        text.role(Role::Bold, format!("{what}, {when}:"));
        for step in at_this {
            one(text, step);
        }
        text.blank();
    }
    let given = steps.iter().find(|step| !step.skipped).map(|step| &step.given);
    if let Some(given) = given.filter(|_| verbose) {
        text.role(Role::Bold, "In the environment of each of them:");
        for (name, value) in RELEASE_VARIABLES.iter().filter_map(|name| Some((name, given.get(*name)?))) {
            text.plain(format!("  {name}={}", shell_word(value))).exact();
        }
        text.blank();
    }
}

fn one(text: &mut Text, step: &PlannedStep) {
    let aside = match (step.skipped, step.applies) {
        (_, false) => "  (not for this release)",
        (true, true) => "  (left out)",
        (false, true) => "",
    };
    text.plain(format!("  {}: {}{aside}", step.name, step.run.join(" "))).exact();
    if !step.only_when.is_empty() {
        let kinds: Vec<&str> = step.only_when.iter().map(|kind| kind.name()).collect();
        text.plain(format!("    only when {}", kinds.join(" or ")));
    }
    if let Some(variable) = &step.skip_variable {
        text.plain(format!("    left out with {variable}=1"));
    }
    if let Some(folder) = &step.folder {
        text.plain(format!("    in {folder}"));
    }
    if !step.environment.is_empty() {
        let names: Vec<&str> = step.environment.keys().map(String::as_str).collect();
        text.plain(format!("    with {} in its environment", names.join(", ")));
    }
    for output in &step.outputs {
        text.plain(format!("    writes {}", output.path));
    }
    for pattern in &step.patterns {
        text.plain(format!("    writes what matches {pattern}"));
    }
    for expectation in &step.expectations {
        let place = expectation.key.as_ref().map(|key| format!(" at {key}")).unwrap_or_default();
        text.plain(format!("    then {} must hold {}{place}", expectation.path, expectation.value));
    }
    match &step.passing {
        Passing::ExitCode => {}
        Passing::EmptyOutput => {
            text.plain("    passes with no output");
        }
        Passing::Json { pointer, value } => {
            let place = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
            text.plain(format!("    passes with {value}{place} in its output"));
        }
    }
    if step.exit_codes.iter().ne([(&0, &Outcome::Continue)]) {
        let codes = step.exit_codes.iter().map(|(code, outcome)| format!("{code} {}", outcome.name()));
        text.plain(format!("    exit codes: {}, any other stop", codes.collect::<Vec<_>>().join(", ")));
    }
    if !step.required {
        text.plain("    best effort: a failure is a warning");
    }
    if step.timeout_seconds != DEFAULT_SECONDS {
        let limit = usize::try_from(step.timeout_seconds).unwrap_or(usize::MAX);
        text.plain(format!("    stopped after {}", counted(limit, "second")));
    }
}

/// The limit that goes without saying.
const DEFAULT_SECONDS: u64 = 600;
