//! What the remote's answer means for a release: tags that are taken there, a branch that has moved on, and what a
//! push would publish besides. Where nobody could be asked, that is said and not passed over.

use super::guards::{behind_as_last_fetched, published_name};
use super::{PlannedPush, Refspecs};
use crate::config::Config;
use crate::error::Problem;
use crate::git::{Position, RemoteTrouble, Upstream};
use crate::snapshot::{RemoteState, Snapshot, Unasked};
use crate::spec::Spec;
use crate::words::counted;

/// What stands in the way, by where the release runs.
pub(super) fn circumstances(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = Vec::new();
    match (&snapshot.remote, &snapshot.position) {
        (RemoteState::Answered(_), Some(position)) => {
            problems.extend(moved_on(spec, config, snapshot, position))
        }
        (RemoteState::Failed(trouble), _) => {
            problems.push(no_answer(config, trouble));
            problems.extend(behind_as_last_fetched(spec, config, snapshot));
        }
        _ => problems.extend(behind_as_last_fetched(spec, config, snapshot)),
    }
    if spec.push && snapshot.remote_url.is_none() {
        let remote = &config.release.remote;
        problems.push(
            Problem::circumstance(format!("there is no remote `{remote}` to push to"))
                .hint(format!("add it with `git remote add {remote} URL`, or leave `--push` out")),
        );
    }
    problems
}

/// What nobody checked, and what a push would publish besides the release.
pub(super) fn warnings(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Vec<String> {
    let (branch, remote) = (&config.release.branch, &config.release.remote);
    let mut warnings = Vec::new();
    if snapshot.remote == RemoteState::Unasked(Unasked::Offline) {
        warnings.push(format!(
            "{remote} was not asked (--offline): whether the tags are free there and {branch} is up to date is not checked"
        ));
    }
    let ahead = match (&snapshot.position, &snapshot.upstream) {
        (Some(Position::Before(ahead)), _) => *ahead,
        (None, Some(Upstream { ahead, behind: 0, .. })) => *ahead,
        _ => 0,
    };
    if ahead > 0 && published_name(spec, config, snapshot) == branch {
        let commits = counted(ahead, "commit");
        warnings
            .push(format!("{branch} is ahead of {remote}/{branch} by {commits} that the push would publish"));
    }
    warnings
}

/// What is worth knowing.
pub(super) fn notes(config: &Config, snapshot: &Snapshot) -> Option<String> {
    let (branch, remote) = (&config.release.branch, &config.release.remote);
    (snapshot.position == Some(Position::Absent))
        .then(|| format!("{remote} has no branch {branch} yet: the push creates it"))
}

/// The push that was asked for.
pub(super) fn push(
    spec: &Spec,
    config: &Config,
    snapshot: &Snapshot,
    refspecs: &Refspecs,
) -> Option<PlannedPush> {
    let url = snapshot.remote_url.as_ref().filter(|_| spec.push)?;
    let remote = config.release.remote.clone();
    let refspecs = refspecs.full.clone();
    Some(PlannedPush { remote, url: url.clone(), refspecs, no_verify: spec.no_verify })
}

fn no_answer(config: &Config, trouble: &RemoteTrouble) -> Problem {
    let remote = &config.release.remote;
    let go_on = "to go on without asking: `--offline`; whether the tags are free is then not known";
    match trouble {
        RemoteTrouble::Silent(seconds) => {
            let seconds = counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second");
            Problem::circumstance(format!("`{remote}` did not answer within {seconds}"))
                .hint(format!("see whether it can be reached: `git ls-remote {remote}`"))
                .hint("allow it more time with `remote-timeout-seconds` in `[release]`")
                .hint(go_on)
        }
        RemoteTrouble::Interrupted => {
            Problem::circumstance(format!("interrupted while `{remote}` was asked"))
        }
        RemoteTrouble::Failed(said) => Problem::circumstance(format!("`{remote}` cannot be asked\n{said}"))
            .hint(format!("see whether it can be reached: `git ls-remote {remote}`"))
            .hint(go_on),
    }
}

fn moved_on(spec: &Spec, config: &Config, snapshot: &Snapshot, position: &Position) -> Option<Problem> {
    let (branch, remote) = (&config.release.branch, &config.release.remote);
    let what = published_name(spec, config, snapshot);
    let (message, pull) = match position {
        Position::Absent | Position::Same | Position::Before(_) => return None,
        Position::After(behind) => {
            (format!("{what} is behind {remote}/{branch} by {}", counted(*behind, "commit")), "--ff-only")
        }
        Position::Diverged { here, there } => (
            format!(
                "{what} and {remote}/{branch} have diverged: {} here, {} there",
                counted(*here, "commit"),
                counted(*there, "commit")
            ),
            "--rebase",
        ),
        Position::Unknown(commit) => (
            format!("{remote}/{branch} is at {}, a commit that is not in this clone", commit.short()),
            "--ff-only",
        ),
    };
    let problem = Problem::circumstance(message);
    Some(if snapshot.head.branch.is_some() {
        problem.hint(format!("run `git pull {pull} {remote} {branch}`"))
    } else {
        problem.hint(format!("run `git fetch {remote} {branch}`, then release from its newest commit"))
    })
}
