//! The steps that run once the files are written. Their outputs are not known beforehand, so the plan says which
//! file each may write, which blob it replaces, and what must hold afterwards.

use super::build::Workshop;
use super::manifests::text_of;
use super::{Expectation, Output, PlannedStep};
use crate::error::Problem;
use crate::words::nearest;

/// Plans every configured step; a skipped one must already hold what it promises.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<PlannedStep> {
    unknown_skips(workshop);
    let values = workshop.values();
    let mut planned = Vec::new();
    for step in &workshop.config.step {
        let skipped = workshop.spec.skip_steps.contains(&step.name);
        let expectations: Vec<Expectation> = step
            .expect
            .iter()
            .map(|expect| Expectation {
                path: expect.path.clone(),
                key: expect.key.clone(),
                value: expect.value.render(&values),
            })
            .collect();
        if skipped {
            workshop.notes.push(format!("step `{}` is left out (--skip-step)", step.name));
            for expectation in &expectations {
                let kept = workshop.files.get(&expectation.path).and_then(|change| change.after.as_deref());
                let text = kept.or_else(|| text_of(&workshop.snapshot.files, &expectation.path));
                if let Err(problem) = expectation.check(text.unwrap_or_default().as_bytes()) {
                    workshop.problems.push(Problem {
                        message: format!(
                            "step `{}` is left out, but what it promises does not hold: {}",
                            step.name, problem.message
                        ),
                        ..problem
                    });
                }
            }
        }
        planned.push(PlannedStep {
            name: step.name.clone(),
            run: step.run.clone(),
            outputs: step
                .writes
                .iter()
                .map(|path| Output { path: path.clone(), before: workshop.snapshot.blob_id(path) })
                .collect(),
            expectations,
            timeout_seconds: step.timeout_seconds,
            skipped,
        });
    }
    planned
}

fn unknown_skips(workshop: &mut Workshop) {
    let names: Vec<&str> = workshop.config.step.iter().map(|step| step.name.as_str()).collect();
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
