//! What the remote's answer means for a release: tags that are taken there, a branch that has moved on, and what a
//! push would publish besides. Where nobody could be asked, that is said and not passed over.

use super::catch_up::catch_up;
use super::guards::{behind_as_last_fetched, published_name};
use super::{PlannedPush, Refspecs};
use crate::config::Config;
use crate::error::Problem;
use crate::git::{Place, Position, RemoteTrouble, Upstream};
use crate::snapshot::{CONFIG_FILE, RemoteState, Silence, Snapshot, Unasked};
use crate::spec::Spec;
use crate::words::{counted, shell_word};

/// What stands in the way, by where the release runs.
pub(super) fn circumstances(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = Vec::new();
    match &snapshot.remote {
        RemoteState::Answered(_) => {
            let moved = snapshot.positions.iter();
            problems.extend(
                moved.filter_map(|(place, position)| moved_on(spec, config, snapshot, place, position)),
            );
        }
        RemoteState::Failed(silence) => {
            problems.push(no_answer(silence));
            problems.extend(behind_as_last_fetched(spec, config, snapshot));
        }
        RemoteState::Unasked(_) => problems.extend(behind_as_last_fetched(spec, config, snapshot)),
    }
    problems.extend(no_remote(spec, config, snapshot));
    problems
}

/// There is no remote of the configured name: nothing to refuse for where there is none at all, as long as nothing is
/// to be pushed. Another one may have the tags already, so it is not passed over.
fn no_remote(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Option<Problem> {
    let remote = &config.release.remote;
    if !snapshot.places.is_empty() {
        return None;
    }
    let Some(first) = snapshot.other_remotes.first() else {
        return spec.push.then(|| {
            Problem::circumstance(format!("there is no remote `{remote}` to push to"))
                .hint(format!("add it with `git remote add {remote} URL`, or leave `--push` out"))
        });
    };
    if spec.offline && !spec.push {
        return None;
    }
    let to_push_to = if spec.push { " to push to" } else { "" };
    let others = snapshot.other_remotes.join("`, `");
    let problem = Problem::circumstance(format!("there is no remote `{remote}`{to_push_to}, but `{others}`"))
        .hint(format!(
            "name the one that releases go to in `[release]` of `{CONFIG_FILE}`: `remote = \"{first}\"`"
        ))
        .hint(format!(
            "or give it that name: `git remote rename {} {}`",
            shell_word(first),
            shell_word(remote)
        ));
    Some(if spec.push {
        problem
    } else {
        problem.hint("to go on without asking: `--offline`; whether the tags are free is then not known")
    })
}

/// What nobody checked, and what a push would publish besides the release.
pub(super) fn warnings(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Vec<String> {
    let (branch, remote) = (config.release.branch.name(), &config.release.remote);
    let mut warnings = Vec::new();
    let unchecked = format!("whether the tags are free there and {branch} is up to date is not checked");
    if snapshot.remote == RemoteState::Unasked(Unasked::Offline) {
        warnings.push(format!("{remote} was not asked (--offline): {unchecked}"));
    } else if snapshot.places.is_empty() && !snapshot.other_remotes.is_empty() && spec.offline {
        let others = snapshot.other_remotes.join(", ");
        warnings.push(format!(
            "there is no remote {remote}, but {others}, and nobody was asked (--offline): {unchecked}"
        ));
    }
    if published_name(spec, config, snapshot) == branch {
        for (there, ahead) in ahead(config, snapshot) {
            let commits = counted(ahead, "commit");
            warnings.push(format!("{branch} is ahead of {there} by {commits} that the push would publish"));
        }
    }
    warnings
}

/// How many commits a push would publish besides the release, and where; said once where it is the same everywhere.
fn ahead(config: &Config, snapshot: &Snapshot) -> Vec<(String, usize)> {
    let (branch, remote) = (config.release.branch.name(), &config.release.remote);
    let pushed: Vec<_> = snapshot.positions.iter().filter(|(place, _)| place.pushed).collect();
    let before = |position: &Position| match position {
        Position::Before(ahead) => Some(*ahead),
        _ => None,
    };
    match (pushed.as_slice(), &snapshot.upstream) {
        ([], Some(Upstream { ahead, behind: 0, .. })) if *ahead > 0 && snapshot.remote.answer().is_none() => {
            vec![(format!("{remote}/{branch}"), *ahead)]
        }
        ([(_, first), rest @ ..], _) if rest.iter().all(|(_, position)| position == first) => {
            before(first).map(|ahead| (format!("{remote}/{branch}"), ahead)).into_iter().collect()
        }
        (several, _) => several
            .iter()
            .filter_map(|(place, position)| Some((place.branch(branch), before(position)?)))
            .collect(),
    }
}

/// What is worth knowing.
pub(super) fn notes(config: &Config, snapshot: &Snapshot) -> Vec<String> {
    let branch = config.release.branch.name();
    let absent = |(place, position): &&(Place, Position)| place.pushed && *position == Position::Absent;
    let without = snapshot.positions.iter().filter(absent);
    without
        .map(|(place, _)| format!("{} has no branch {branch} yet: the push creates it", place.name))
        .collect()
}

/// The push that was asked for.
pub(super) fn push(
    spec: &Spec,
    config: &Config,
    snapshot: &Snapshot,
    refspecs: &Refspecs,
) -> Option<PlannedPush> {
    let pushed = snapshot.places.iter().filter(|place| place.pushed);
    let urls: Vec<String> = pushed.map(|place| place.url.clone()).collect();
    if urls.is_empty() || !spec.push {
        return None;
    }
    let (remote, refspecs) = (config.release.remote.clone(), refspecs.full.clone());
    Some(PlannedPush { remote, urls, refspecs, no_verify: spec.no_verify })
}

fn no_answer(silence: &Silence) -> Problem {
    let Silence { name, word, trouble } = silence;
    let go_on = "to go on without asking: `--offline`; whether the tags are free is then not known";
    match trouble {
        RemoteTrouble::Silent(seconds) => {
            let seconds = counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second");
            Problem::circumstance(format!("`{name}` did not answer within {seconds}"))
                .hint(format!("see whether it can be reached: `git ls-remote {word}`"))
                .hint("allow it more time with `remote-timeout-seconds` in `[release]`")
                .hint(go_on)
        }
        RemoteTrouble::Interrupted => Problem::interrupted(&format!("`{name}` was asked")),
        RemoteTrouble::Failed(said) => Problem::circumstance(format!("`{name}` cannot be asked\n{said}"))
            .hint(format!("see whether it can be reached: `git ls-remote {word}`"))
            .hint(go_on),
    }
}

fn moved_on(
    spec: &Spec,
    config: &Config,
    snapshot: &Snapshot,
    place: &Place,
    position: &Position,
) -> Option<Problem> {
    let there = place.branch(config.release.branch.name());
    let what = published_name(spec, config, snapshot);
    let message = match position {
        Position::Absent | Position::Same | Position::Before(_) => return None,
        Position::After(behind) => format!("{what} is behind {there} by {}", counted(*behind, "commit")),
        Position::Diverged { here, there: beyond } => format!(
            "{what} and {there} have diverged: {} here, {} there",
            counted(*here, "commit"),
            counted(*beyond, "commit")
        ),
        Position::Unknown(commit) => {
            format!("{there} is at {}, a commit that is not in this clone", commit.short())
        }
    };
    Some(Problem::circumstance(message).hint(catch_up(config, snapshot, &place.word, Some(position))))
}
