//! What the remote says: asked once in a run, before the gate, and kept when a person overrides the version there.
//! Where git reads in one place and pushes to others, each of them is asked.

use std::time::Duration;

use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, Problem, Result};
use crate::git::{Place, RemoteRefs, RemoteTrouble, Repository, Talk};
use crate::interrupt::Interrupt;
use crate::spec::Spec;

/// What is known of the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteState {
    /// Nobody asked it.
    Unasked(Unasked),
    /// Its own words.
    Answered(Answers),
    /// It was asked and gave no answer.
    Failed(Silence),
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

/// What every place of the remote said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// All of it together: every tag that is anywhere, and the branches as the first place has them that has them.
    pub all: RemoteRefs,
    /// Place by place, those that a push reaches first.
    pub places: Vec<(Place, RemoteRefs)>,
}

/// A place that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// What people call it.
    pub name: String,
    /// The word that a command takes for it.
    pub word: String,
    /// Why.
    pub trouble: RemoteTrouble,
}

impl Answers {
    fn of(places: Vec<(Place, RemoteRefs)>) -> Self {
        let mut all = RemoteRefs::default();
        for (_, refs) in &places {
            for (name, tag) in &refs.tags {
                all.tags.entry(name.clone()).or_insert_with(|| tag.clone());
            }
            for (name, tip) in &refs.branches {
                all.branches.entry(name.clone()).or_insert_with(|| tip.clone());
            }
        }
        Self { all, places }
    }

    /// Where a tag of this name is, as people call the places.
    pub fn holders(&self, tag: &str) -> Vec<&str> {
        let there = self.places.iter().filter(|(_, refs)| refs.tags.contains_key(tag));
        there.map(|(place, _)| place.name.as_str()).collect()
    }
}

impl RemoteState {
    /// What the remote has, wherever it is.
    pub fn answer(&self) -> Option<&RemoteRefs> {
        self.answers().map(|answers| &answers.all)
    }

    /// The same place by place.
    pub fn answers(&self) -> Option<&Answers> {
        match self {
            Self::Answered(answers) => Some(answers),
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

/// Asks the remote of the configuration for its branches and tags, in every place that it stands for. Whether a commit
/// was pushed anywhere (`Branches::All`) is asked of the other remotes, where that one is not there.
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
    let mut places = repository.places(&release.remote).map_err(Error::refused)?;
    if places.is_empty() && branches == Branches::All {
        let others =
            repository.other_remotes(&release.remote, release.branch.name()).map_err(Error::refused)?;
        for other in others {
            places.extend(repository.places(&other).map_err(Error::refused)?);
        }
    }
    if places.is_empty() {
        return Ok(RemoteState::Unasked(Unasked::NoRemote));
    }
    if spec.offline {
        return Ok(RemoteState::Unasked(Unasked::Offline));
    }
    let branch = match branches {
        Branches::Release => Some(release.branch.name()),
        Branches::All => None,
    };
    let interrupted = || interrupt.came();
    let mut answers = Vec::with_capacity(places.len());
    for place in places {
        match repository.refs_at(&place, branch, &talk(spec, config, &interrupted)) {
            Ok(refs) => answers.push((place, refs)),
            Err(RemoteTrouble::Interrupted) => {
                return Err(Error::refused(Problem::interrupted(&format!("`{}` was asked", place.name))));
            }
            Err(trouble) => {
                let Place { name, word, .. } = place;
                return Ok(RemoteState::Failed(Silence { name, word, trouble }));
            }
        }
    }
    Ok(RemoteState::Answered(Answers::of(answers)))
}
