//! What a configuration says may be missing, and is: changelogs, and steps whose script the commit does not have. They are
//! taken out before anything is planned, so that no other part of a release has to think of them.

use super::configuration::{Loaded, is_at};
use crate::error::Problem;
use crate::git::{ObjectId, Repository};

/// What is passed over because its file is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// The names of steps and checks.
    pub steps: Vec<String>,
    /// A sentence about each thing, for a person.
    pub notes: Vec<String>,
}

/// Takes out what may be missing and is not in this commit.
pub(super) fn pass_over(
    repository: &Repository,
    base: &ObjectId,
    loaded: &mut Loaded,
) -> Result<(), Problem> {
    let Loaded { config, passed_over, .. } = loaded;
    let is_there = |path: &str| is_at(repository, base, path);
    for changelog in std::mem::take(&mut config.changelog) {
        if !changelog.optional || is_there(&changelog.path)? {
            config.changelog.push(changelog);
        } else {
            passed_over.notes.push(format!("`{}` is not there: no section is written", changelog.path));
        }
    }
    for (word, steps) in [("step", &mut config.step), ("check", &mut config.check)] {
        for step in std::mem::take(steps) {
            match step.script().filter(|_| step.optional) {
                Some(script) if !is_there(&script)? => {
                    passed_over
                        .notes
                        .push(format!("{word} `{}` is passed over: there is no `{script}`", step.name));
                    passed_over.steps.push(step.name);
                }
                _ => steps.push(step),
            }
        }
    }
    Ok(())
}
