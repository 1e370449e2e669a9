//! What the remote says: asked once in a run, before the gate, and kept when a person overrides the version there.

use std::time::Duration;

use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, Problem, Result};
use crate::git::{RemoteRefs, RemoteTrouble, Repository, Talk};
use crate::interrupt::Interrupt;
use crate::spec::Spec;

/// What is known of the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteState {
    /// Nobody asked it.
    Unasked(Unasked),
    /// Its own words.
    Answered(RemoteRefs),
    /// It was asked and gave no answer.
    Failed(RemoteTrouble),
}

/// Why the remote was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unasked {
    /// The question at hand does not depend on it.
    NotNeeded,
    /// There is no remote of the configured name.
    NoRemote,
    /// `--offline`.
    Offline,
}

impl RemoteState {
    /// The answer, if there is one.
    pub fn answer(&self) -> Option<&RemoteRefs> {
        match self {
            Self::Answered(refs) => Some(refs),
            _ => None,
        }
    }
}

/// Which branches of the remote matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branches {
    /// The one that releases are cut on.
    Release,
    /// All: a commit may have been pushed to any of them.
    All,
}

/// How this run talks to the remote.
pub fn talk<'a>(spec: &Spec, config: &Config, interrupted: &'a dyn Fn() -> bool) -> Talk<'a> {
    let limit = Duration::from_secs(config.release.remote_timeout_seconds);
    Talk { limit, interactive: spec.terminal, interrupted }
}

/// Asks the remote of the configuration for its branches and tags.
///
/// # Errors
/// The settings cannot be read, or somebody asked to stop. A remote that does not answer is a state, not an error.
pub fn ask(
    repository: &Repository,
    spec: &Spec,
    config: &Config,
    branches: Branches,
    interrupt: &Interrupt,
) -> Result<RemoteState> {
    let release = &config.release;
    if !repository.remote_exists(&release.remote).map_err(Error::refused)? {
        return Ok(RemoteState::Unasked(Unasked::NoRemote));
    }
    if spec.offline {
        return Ok(RemoteState::Unasked(Unasked::Offline));
    }
    let branch = match branches {
        Branches::Release => Some(release.branch.as_str()),
        Branches::All => None,
    };
    let interrupted = || interrupt.came();
    match repository.remote_refs(&release.remote, branch, &talk(spec, config, &interrupted)) {
        Ok(refs) => Ok(RemoteState::Answered(refs)),
        Err(RemoteTrouble::Interrupted) => Err(Error::refused(Problem::circumstance(format!(
            "interrupted while `{}` was asked: nothing was written",
            release.remote
        )))),
        Err(trouble) => Ok(RemoteState::Failed(trouble)),
    }
}
