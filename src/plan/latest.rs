//! What is to be said of the release that the manifests speak of, while this clone is the only place that has it, or
//! while nothing was committed since. It explains more than what follows from it, such as an empty changelog.

use super::build::values;
use super::push::command;
use super::undo::{Candidate, LocalTag, release_of};
use super::{PublishedRef, Refspecs};
use crate::config::Config;
use crate::error::Problem;
use crate::git::{Position, RemoteRefs};
use crate::snapshot::{Latest, RemoteState, Snapshot, Unasked};
use crate::version::Version;
use crate::words::{counted, shell_word};

/// A release that is here and not on the remote, with the ways on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpushed {
    /// What is so, as a message.
    pub message: String,
    /// The ways on.
    pub ways: Vec<WayOn>,
}

/// What can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOn {
    /// In words.
    pub what: &'static str,
    /// As a command to copy.
    pub command: String,
}

/// What the tags of a version are called, those that only some releases get included.
pub fn tag_names(config: &Config, version: &Version) -> Vec<String> {
    let values = values(version, version, "");
    config.tag.iter().map(|tag| tag.name.render(&values)).collect()
}

/// The release of HEAD's history that the remote does not have. Without a remote every release would be one: only the
/// one that HEAD is counts then.
pub(super) fn unpushed(config: &Config, snapshot: &Snapshot) -> Option<Unpushed> {
    let latest = snapshot.latest.as_ref()?;
    let place = place(config, snapshot, latest)?;
    let version = latest.version;
    let what = match latest.above {
        0 => format!("the release {version} is here"),
        above => format!("the release {version} is here, {} below HEAD,", counted(above, "commit")),
    };
    let ways = ways(config, snapshot, latest);
    (!ways.is_empty()).then(|| Unpushed { message: format!("{what} {place}"), ways })
}

/// What a release on top of an unpushed one leaves open: its push takes the commit along, and not the other tags.
pub(super) fn warning(config: &Config, snapshot: &Snapshot) -> Option<String> {
    let Unpushed { message, .. } = unpushed(config, snapshot)?;
    (!snapshot.places.is_empty()).then(|| format!("{message}: the push of this one leaves its tags out"))
}

/// Why there may be nothing to release: nothing was committed since the last one, which is here or was pushed.
pub(super) fn nothing_since(config: &Config, snapshot: &Snapshot) -> Option<Problem> {
    let latest = snapshot.latest.as_ref().filter(|latest| latest.above == 0)?;
    if let Some(Unpushed { message, ways }) = unpushed(config, snapshot) {
        let problem = Problem::content(format!("{message}, and nothing was committed since"));
        let hint = |WayOn { what, command }: WayOn| format!("{what}: `{command}`");
        return Some(ways.into_iter().map(hint).fold(problem, Problem::hint));
    }
    let version = latest.version;
    let there = if is_published(snapshot, latest) {
        format!(", which is on {}", config.release.remote)
    } else {
        String::new()
    };
    Some(
        Problem::content(format!("nothing was committed since the release {version}{there}"))
            .hint("commit what is to be released first"),
    )
}

/// The refusal of a release without a change, with what explains it in front. It stays one problem: its exit code says
/// that nothing else is wrong.
pub(super) fn explained(nothing: Problem, config: &Config, snapshot: &Snapshot) -> Problem {
    match nothing_since(config, snapshot) {
        Some(since) => Problem {
            message: format!("{}\n{}", since.message, nothing.message),
            hints: [since.hints, nothing.hints].concat(),
            ..nothing
        },
        None => nothing,
    }
}

/// Whether an `undo` would take it for a release that can be taken back, as far as this clone knows.
pub(super) fn may_be_taken_back(config: &Config, snapshot: &Snapshot) -> bool {
    snapshot.latest.as_ref().is_some_and(|latest| {
        latest.above == 0
            && latest.on_branch != Some(true)
            && tags_there(snapshot, latest) == 0
            && is_recognized(config, latest)
    })
}

fn is_recognized(config: &Config, latest: &Latest) -> bool {
    let candidate = Candidate {
        commit: &latest.commit,
        subject: &latest.subject,
        parents: &latest.parents,
        version: latest.version,
        previous: latest.previous,
        tags: &latest.tags,
    };
    release_of(config, &candidate).is_ok()
}

/// How many of its tags the remote has, as far as it was asked.
fn tags_there(snapshot: &Snapshot, latest: &Latest) -> usize {
    let Some(refs) = snapshot.remote.answer() else { return 0 };
    latest
        .tags
        .iter()
        .filter(|tag| refs.tags.get(&tag.name).is_some_and(|it| it.object == tag.object))
        .count()
}

fn is_published(snapshot: &Snapshot, latest: &Latest) -> bool {
    let Some(answers) = snapshot.remote.answers() else { return latest.on_branch == Some(true) };
    let has = |refs: &RemoteRefs, tag: &LocalTag| {
        refs.tags.get(&tag.name).is_some_and(|there| there.object == tag.object)
    };
    let mut pushed = answers.places.iter().filter(|(place, _)| place.pushed);
    let has_all = pushed.all(|(_, refs)| latest.tags.iter().all(|tag| has(refs, tag)));
    has_all && latest.on_branch != Some(false)
}

/// Where it is not; nothing where it is everywhere, or where a release has no other place to be.
fn place(config: &Config, snapshot: &Snapshot, latest: &Latest) -> Option<String> {
    if is_published(snapshot, latest) {
        return None;
    }
    let (branch, remote) = (config.release.branch.name(), &config.release.remote);
    Some(match &snapshot.remote {
        RemoteState::Answered(_) if latest.on_branch == Some(true) => {
            format!("and on {remote}/{branch}, but its tags are not")
        }
        RemoteState::Answered(_) => format!("and not pushed to {remote}"),
        _ if snapshot.places.is_empty() => {
            // Where nobody pushes, a release that undo does not know is just how things are.
            if !is_recognized(config, latest) {
                return None;
            }
            let others = match snapshot.other_remotes.as_slice() {
                [] => String::new(),
                others => format!(", but `{}`", others.join("`, `")),
            };
            format!("and not pushed: there is no remote `{remote}`{others}")
        }
        RemoteState::Unasked(Unasked::NoRemote) => return None,
        _ if latest.on_branch.is_some() => format!("and not on {remote}/{branch}, as last fetched"),
        _ => format!("and not pushed, as far as this clone knows: {remote}/{branch} was never fetched"),
    })
}

/// What can be done with it: push it, take it back.
fn ways(config: &Config, snapshot: &Snapshot, latest: &Latest) -> Vec<WayOn> {
    let remote = &config.release.remote;
    let mut ways = Vec::new();
    // A branch that has moved on there refuses the push.
    let is_behind = |position: &Position| {
        matches!(position, Position::After(_) | Position::Diverged { .. } | Position::Unknown(_))
    };
    let behind = match (snapshot.positions.as_slice(), &snapshot.upstream) {
        ([], upstream) => upstream.as_ref().is_some_and(|upstream| upstream.behind > 0),
        (positions, _) => positions.iter().any(|(place, position)| place.pushed && is_behind(position)),
    };
    let taken = snapshot.remote.answer().is_some_and(|refs| {
        latest.tags.iter().any(|tag| refs.tags.get(&tag.name).is_some_and(|it| it.object != tag.object))
    });
    // Which of several other remotes is meant is for the configuration to say.
    if !taken && !behind && snapshot.other_remotes.is_empty() {
        let push = push_command(config, snapshot, latest);
        ways.push(if !snapshot.places.is_empty() {
            WayOn { what: "push it", command: push }
        } else {
            let add = format!("git remote add {} URL", shell_word(remote));
            WayOn { what: "add the remote and push it", command: format!("{add} && {push}") }
        });
    }
    if may_be_taken_back(config, snapshot) {
        let what = if ways.is_empty() { "take it back" } else { "or take it back" };
        ways.push(WayOn { what, command: "trueppm-release undo".into() });
    }
    ways
}

fn push_command(config: &Config, snapshot: &Snapshot, latest: &Latest) -> String {
    let branch = config.release.branch.name();
    let published = match &snapshot.head.branch {
        Some(name) if name == branch => PublishedRef::Branch(name.clone()),
        _ => PublishedRef::DetachedFor(branch.to_owned()),
    };
    let tags = latest.tags.iter().map(|tag| tag.name.as_str());
    let refspecs = Refspecs::new(&published, tags, &snapshot.references);
    command(&config.release.remote, &refspecs.short, false)
}
