//! The first release. As long as nothing was released, the version that stands in the manifests may be released as it
//! is, or a pre-release of it; only tags can tell, and of those a clone may have fewer than there are.

use crate::config::Config;
use crate::error::Problem;
use crate::snapshot::{RemoteState, Snapshot, Unasked};
use crate::version::{Next, Request, Version, first, next};

/// What the tags say of earlier releases.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Past {
    /// There are none.
    Nothing,
    /// There is a tag of one.
    Released,
    /// Nobody can tell.
    Unknown {
        /// Why not, as part of a sentence.
        why: String,
        /// What would help, if anything does.
        hint: Option<String>,
    },
}

/// The step that a request asks for, with what is worth knowing of it.
pub(super) fn step(
    current: &Version,
    request: &Request,
    config: &Config,
    snapshot: &Snapshot,
) -> Result<(Next, Option<String>), Problem> {
    let refused = match next(current, request) {
        Ok(next) => return Ok((next, None)),
        Err(problem) => problem,
    };
    let typed = first(current, request);
    if typed.is_none() && *request != Request::Release {
        return Err(refused);
    }
    match (typed, past(config, snapshot)) {
        (Some(version), Past::Nothing) => {
            let place = if snapshot.remote.answer().is_some() {
                format!("here or on {}", config.release.remote)
            } else {
                "here".into()
            };
            let note = format!("this is the first release: there is no tag of another one {place}");
            Ok((Next { version, notes: Vec::new() }, Some(note)))
        }
        (Some(version), Past::Unknown { why, hint }) => {
            let problem = Problem::circumstance(format!(
                "whether {version} would be the first release cannot be told: {why}"
            ));
            let problem = hint.into_iter().fold(problem, Problem::hint);
            Err(problem.hint("or use `patch`, `minor` or `major`, or a later version"))
        }
        (None, Past::Nothing) => Err(Problem {
            hints: [vec![format!("for a first release of what stands there: `{current}`")], refused.hints]
                .concat(),
            ..refused
        }),
        _ => Err(refused),
    }
}

/// Whether this clone knows of no release; its remote may know of one.
pub(super) fn none_known(config: &Config, snapshot: &Snapshot) -> bool {
    !snapshot.tags.iter().any(|tag| is_of_release(config, tag))
        && (!snapshot.places.is_empty() || !snapshot.shallow)
}

fn past(config: &Config, snapshot: &Snapshot) -> Past {
    let remote = &config.release.remote;
    let there = snapshot.remote.answer().into_iter().flat_map(|refs| refs.tags.keys());
    if snapshot.tags.iter().chain(there).any(|tag| is_of_release(config, tag)) {
        return Past::Released;
    }
    match &snapshot.remote {
        RemoteState::Answered(_) => Past::Nothing,
        RemoteState::Unasked(Unasked::NoRemote) if !snapshot.other_remotes.is_empty() => Past::Unknown {
            why: format!(
                "there is no remote `{remote}`, and `{}` was not asked for its tags",
                snapshot.other_remotes.join("`, `")
            ),
            hint: None,
        },
        RemoteState::Unasked(Unasked::NoRemote) if !snapshot.shallow => Past::Nothing,
        RemoteState::Unasked(Unasked::NoRemote) => Past::Unknown {
            why: format!(
                "this clone is shallow, so it may lack tags, and there is no remote `{remote}` to ask"
            ),
            hint: None,
        },
        RemoteState::Unasked(Unasked::Offline) => Past::Unknown {
            why: format!("`{remote}` was not asked for its tags (`--offline`)"),
            hint: Some("leave `--offline` out".into()),
        },
        RemoteState::Unasked(Unasked::NotNeeded) | RemoteState::Failed(_) => Past::Unknown {
            why: format!("`{remote}` did not say which tags it has"),
            hint: Some(format!("see whether it can be reached: `git ls-remote --tags {remote}`")),
        },
    }
}

/// Whether one of the configured templates could have named this tag, for whatever version.
fn is_of_release(config: &Config, tag: &str) -> bool {
    config.tag.iter().any(|kind| kind.name.could_render_as(tag).is_some())
}
