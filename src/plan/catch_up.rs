//! How a clone that the remote is ahead of catches up: a command that works from where HEAD is. Commits that are only
//! here go on top of what is there, unless one of them is a release: its tags would stay on the commit it was.

use super::latest::may_be_taken_back;
use crate::config::Config;
use crate::git::Position;
use crate::snapshot::Snapshot;
use crate::words::shell_word;

/// What to run, as a hint. `remote` is the word that a command takes for it, and `position` is how HEAD stands to it,
/// where it was asked.
pub(super) fn catch_up(
    config: &Config,
    snapshot: &Snapshot,
    remote: &str,
    position: Option<&Position>,
) -> String {
    let branch = shell_word(config.release.branch.name());
    match &snapshot.head.branch {
        None => return format!("run `git fetch {remote} {branch}`, then release from its newest commit"),
        // How the branch itself stands to the remote is not known from here; this works however it does.
        Some(name) if *name != config.release.branch.name() => {
            return format!("run `git checkout {branch} && git pull --rebase {remote} {branch}`");
        }
        Some(_) => {}
    }
    let only_here = match (position, &snapshot.upstream) {
        (Some(Position::After(_)), _) => Some(0),
        (Some(Position::Diverged { here, .. }), _) => Some(*here),
        (_, Some(upstream)) => Some(upstream.ahead),
        (_, None) => None,
    };
    match (&snapshot.latest, only_here) {
        (_, Some(0)) => format!("run `git pull --ff-only {remote} {branch}`"),
        (Some(latest), Some(_)) if may_be_taken_back(config, snapshot) => format!(
            "take the release {} back, catch up, and cut it again: \
             `git fetch {remote} && trueppm-release undo && git pull --rebase {remote} {branch}`",
            latest.version
        ),
        (Some(latest), Some(_)) => format!(
            "run `git pull --no-rebase --no-ff {remote} {branch}`: a rebase would leave the tags of {} behind",
            latest.version
        ),
        _ => format!("run `git pull --rebase {remote} {branch}`"),
    }
}
