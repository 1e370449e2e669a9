//! The steps and checks of a release, with every template filled in. Their outputs are not known beforehand, so the
//! plan says which file each may write, which blob it replaces, and what must hold afterwards.

use std::collections::BTreeMap;

use serde_json::Value;

use super::build::Workshop;
use super::manifests::text_of;
use super::{Expectation, Moment, Outcome, Output, Passing, PlannedStep, StepKind};
use crate::config::{Condition, Passes, Step, Template, Values};
use crate::error::Problem;
use crate::glob::is_glob;
use crate::words::nearest;

/// Plans every configured step and check, in the order in which they run: by their moments, and at each as they stand in
/// the configuration.
/// A step that is left out must already hold what it promises.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<PlannedStep> {
    unknown_skips(workshop);
    let steps = workshop.config.step.iter().map(|step| (StepKind::Step, step));
    let checks = workshop.config.check.iter().map(|check| (StepKind::Check, check));
    let mut written: Vec<(StepKind, &Step)> = steps.chain(checks).collect();
    written.sort_by_key(|(_, step)| step.place);
    let mut planned: Vec<PlannedStep> =
        written.into_iter().map(|(kind, step)| planned(workshop, kind, step)).collect();
    planned.sort_by_key(|step| step.moment);
    for step in planned.iter().filter(|step| step.skipped && step.applies) {
        match workshop.spec.left_out_by(&step.name) {
            Some(variable) => {
                workshop.warnings.push(format!("{} is left out ({variable})", step.label()));
            }
            None => workshop.notes.push(format!("{} is left out (--skip-step)", step.label())),
        }
        let unmet: Vec<Problem> =
            step.expectations.iter().filter_map(|promise| unmet(workshop, step, promise)).collect();
        workshop.problems.extend(unmet);
    }
    planned
}

fn planned(workshop: &Workshop, kind: StepKind, step: &Step) -> PlannedStep {
    let values = workshop.values();
    let applies = Condition::any_holds(&step.only_when, &workshop.current, &workshop.version);
    let (patterns, named): (Vec<&String>, Vec<_>) = step.writes.iter().partition(|path| is_glob(path));
    let expectations = step.expect.iter().map(|expect| Expectation {
        path: expect.path.clone(),
        format: expect.format_name().to_owned(),
        key: expect.key.clone(),
        package: expect.package.clone(),
        value: expect.value.render(&values),
    });
    PlannedStep {
        kind,
        name: step.name.clone(),
        run: step.run.iter().map(|word| word.render(&values)).collect(),
        moment: step.at.unwrap_or(match kind {
            StepKind::Step => Moment::AfterBump,
            StepKind::Check => Moment::BeforeGate,
        }),
        given: BTreeMap::new(), // filled in by `build`, once the tags are known
        environment: step
            .environment
            .iter()
            .map(|(name, value)| (name.clone(), value.render(&values)))
            .collect(),
        folder: step.folder.clone(),
        outputs: named
            .into_iter()
            .map(|path| Output { path: path.clone(), before: workshop.snapshot.blob_id(path) })
            .collect(),
        patterns: patterns.into_iter().cloned().collect(),
        expectations: expectations.collect(),
        passing: step.passes.as_ref().map_or(Passing::ExitCode, |passes| passing(passes, &values)),
        exit_codes: exit_codes(step),
        only_when: step.only_when.clone(),
        applies,
        required: step.required,
        timeout_seconds: step.timeout_seconds,
        skip_variable: step.skip_variable.clone(),
        skipped: !applies || workshop.spec.leaves_out(&step.name),
    }
}

/// Without a word about it, 0 goes on; what is listed stands over that.
fn exit_codes(step: &Step) -> BTreeMap<u8, Outcome> {
    let passing = step.passes.as_ref().and_then(|passes| passes.exit_code).unwrap_or(0);
    let listed = step.exit_codes.iter().filter_map(|(code, outcome)| Some((code.parse().ok()?, *outcome)));
    [(passing, Outcome::Continue)].into_iter().chain(listed).collect()
}

fn passing(passes: &Passes, values: &Values) -> Passing {
    match (&passes.json, &passes.value) {
        (Some(pointer), Some(value)) => {
            Passing::Json { pointer: pointer.clone(), value: rendered(value, values) }
        }
        _ if passes.empty_output => Passing::EmptyOutput,
        _ => Passing::ExitCode,
    }
}

/// The value with every string in it filled in.
fn rendered(value: &Value, values: &Values) -> Value {
    match value {
        Value::String(text) => {
            // The configuration was validated: it is a template.
            Template::parse(text).map_or_else(|_| value.clone(), |text| Value::String(text.render(values)))
        }
        Value::Array(list) => Value::Array(list.iter().map(|value| rendered(value, values)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), rendered(value, values))).collect())
        }
        other => other.clone(),
    }
}

/// Why a promise does not hold without the step that makes it true.
fn unmet(workshop: &Workshop, step: &PlannedStep, promise: &Expectation) -> Option<Problem> {
    let kept = workshop.files.get(&promise.path).and_then(|change| change.after.as_deref());
    let text = kept.or_else(|| text_of(&workshop.snapshot.files, &promise.path));
    let problem = promise.check(text.unwrap_or_default().as_bytes()).err()?;
    let message =
        format!("{} is left out, but what it promises does not hold: {}", step.label(), problem.message);
    Some(Problem { message, ..problem })
}

fn unknown_skips(workshop: &mut Workshop) {
    let configured = workshop.config.step.iter().chain(&workshop.config.check);
    let passed_over = workshop.snapshot.passed_over.steps.iter();
    let names: Vec<&str> =
        configured.map(|step| step.name.as_str()).chain(passed_over.map(String::as_str)).collect();
    for name in &workshop.spec.skip_steps {
        if names.contains(&name.as_str()) {
            continue;
        }
        let problem = Problem::content(format!("`--skip-step {name}`: no step has that name"));
        workshop.problems.push(match (nearest(name, names.iter().copied()), names.is_empty()) {
            (Some(near), _) => problem.hint(format!("did you mean `--skip-step '{near}'`?")),
            (None, true) => problem.hint("this configuration has no steps; leave the option out"),
            (None, false) => problem.hint(format!("the steps are: `{}`", names.join("`, `"))),
        });
    }
}
