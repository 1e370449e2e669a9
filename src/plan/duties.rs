//! What git is configured to do when it commits and tags: run hooks, sign. A release does the same; what is left out
//! is left out because a person said so, and the gate says it once more.

use super::GitDuties;
use super::build::Workshop;
use crate::error::Problem;
use crate::snapshot::Snapshot;
use crate::spec::Spec;

/// What `--no-verify` leaves out, as in git; prepare-commit-msg runs all the same.
const VERIFYING: [&str; 2] = ["pre-commit", "commit-msg"];

/// What git would do here and this program cannot.
pub(super) fn unsupported(spec: &Spec, snapshot: &Snapshot) -> Vec<Problem> {
    let signs = (snapshot.signing.commit || snapshot.signing.tag) && !spec.no_sign;
    let signing = snapshot.signing.trouble.clone().filter(|_| signs);
    let hooks = snapshot.hooks.trouble.clone().filter(|_| hooks(spec, snapshot).next().is_some());
    signing.into_iter().chain(hooks).collect()
}

/// The hooks that run, and notes about everything that is left out.
pub(super) fn plan(workshop: &mut Workshop) -> GitDuties {
    let (spec, snapshot) = (workshop.spec, workshop.snapshot);
    let active = &snapshot.hooks.active;
    let left_out: Vec<&str> =
        active.iter().map(String::as_str).filter(|hook| spec.no_verify && VERIFYING.contains(hook)).collect();
    if !left_out.is_empty() {
        workshop.notes.push(format!("hooks left out (--no-verify): {}", left_out.join(", ")));
    }
    let signing = &snapshot.signing;
    if spec.no_sign && (signing.commit || signing.tag) {
        workshop.notes.push("not signed (--no-sign), although git is configured to sign".into());
    }
    for hook in &snapshot.hooks.ignored {
        workshop.warnings.push(format!(
            "the hook `{hook}` is ignored because it is not executable (`git config advice.ignoredHook false` silences this)"
        ));
    }
    GitDuties {
        hooks: hooks(spec, snapshot).cloned().collect(),
        hook_seconds: workshop.config.limits.hook_seconds,
        sign_commit: signing.commit && !spec.no_sign,
        sign_tags: signing.tag && !spec.no_sign,
    }
}

fn hooks<'a>(spec: &Spec, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a String> {
    let without = spec.no_verify;
    snapshot.hooks.active.iter().filter(move |hook| !(without && VERIFYING.contains(&hook.as_str())))
}
