//! The release that the manifests speak of, as far as this clone has it: where its tags are, and whether the branch of
//! the remote has its commit too. A release that everybody has is no question, so nothing more is read of it.

use std::collections::BTreeMap;

use super::RemoteState;
use super::configuration::Loaded;
use crate::error::Problem;
use crate::git::{ObjectId, Place, Position, Repository, Tag, TreeEntry, Upstream};
use crate::plan::{self, LocalTag};
use crate::version::Version;

/// A release whose tags are here, in the history of HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// The version that the manifests hold.
    pub version: Version,
    /// The commit that its tags stand for.
    pub commit: ObjectId,
    /// Those of its tags that are here, in the order of the configuration.
    pub tags: Vec<LocalTag>,
    /// The first line of the commit's message.
    pub subject: String,
    /// The commit's parents, as far as they are here.
    pub parents: Vec<ObjectId>,
    /// The version at its only parent, where that can be read.
    pub previous: Option<Version>,
    /// How many commits HEAD has on top of it; none where HEAD is it.
    pub above: usize,
    /// Whether the release branch of the remote has the commit: by what it said, or else as last fetched. Nothing where
    /// no such branch is known.
    pub on_branch: Option<bool>,
}

/// Looks the release up. One that lies below HEAD is only of interest while HEAD has commits that the remote's branch
/// does not have.
pub(super) fn latest(
    repository: &Repository,
    loaded: &Loaded,
    base: &ObjectId,
    files: &BTreeMap<String, TreeEntry>,
    tags: &[Tag],
    (remote, positions, upstream): (&RemoteState, &[(Place, Position)], Option<&Upstream>),
) -> Result<Option<Latest>, Problem> {
    let config = &loaded.config;
    // Without a version there is no release either, and that is said elsewhere.
    let Ok(version) = plan::current_version(config, files) else { return Ok(None) };
    let names = plan::tag_names(config, &version);
    let mut found = Vec::new();
    for tag in names.iter().filter_map(|name| tags.iter().find(|tag| tag.name == *name)) {
        let (commit, annotated) = (repository.tag_commit(tag)?, repository.is_annotated(tag));
        found.push(LocalTag { name: tag.name.clone(), object: tag.target.clone(), annotated, commit });
    }
    let Some(commit) = found.first().and_then(|tag| tag.commit.clone()) else { return Ok(None) };
    if found.iter().any(|tag| tag.commit.as_ref() != Some(&commit)) {
        return Ok(None);
    }
    let pushed: Vec<_> = positions.iter().filter(|(place, _)| place.pushed).collect();
    let is_ahead = |position: &Position| !matches!(position, Position::Same | Position::After(_));
    let nothing_new = if pushed.is_empty() {
        upstream.is_none_or(|upstream| upstream.ahead == 0)
    } else {
        !pushed.iter().any(|(_, position)| is_ahead(position))
    };
    let above = if commit == *base {
        0
    } else {
        if nothing_new {
            return Ok(None);
        }
        match repository.position(base, Some(&commit))? {
            Position::Before(above) => above,
            _ => return Ok(None),
        }
    };
    let fetched = match upstream {
        Some(upstream) => repository.holds(&upstream.commit, &commit)?,
        None => None,
    };
    let mut on_branch = if pushed.is_empty() { fetched } else { Some(true) };
    for (place, position) in pushed {
        let held = match position {
            Position::Same | Position::After(_) => Some(true),
            Position::Absent => Some(false),
            // The branch has moved on since it was fetched, and nobody knows to what.
            Position::Unknown(_) => fetched.filter(|held| *held),
            Position::Before(_) | Position::Diverged { .. } => {
                match tip_of(remote, place, config.release.branch.name()) {
                    Some(tip) => repository.holds(tip, &commit)?,
                    None => None,
                }
            }
        };
        on_branch = match (on_branch, held) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    }
    if above > 0 && on_branch == Some(true) {
        return Ok(None);
    }
    let (parents, subject) = repository.parents_and_subject(&commit)?;
    let previous = match parents.as_slice() {
        [parent] => version_at(repository, loaded, parent)?,
        _ => None,
    };
    Ok(Some(Latest { version, commit, tags: found, subject, parents, previous, above, on_branch }))
}

/// Where a branch is in one place of the remote.
fn tip_of<'a>(remote: &'a RemoteState, place: &Place, branch: &str) -> Option<&'a ObjectId> {
    let mut places = remote.answers()?.places.iter();
    places.find(|(other, _)| other == place).and_then(|(_, refs)| refs.branches.get(branch))
}

fn version_at(
    repository: &Repository,
    loaded: &Loaded,
    commit: &ObjectId,
) -> Result<Option<Version>, Problem> {
    let config = &loaded.config;
    let path = &config.release.version_from;
    let entry = repository.tree_file(commit, path, config.limits.manifest_bytes)?;
    Ok(plan::current_version(config, &BTreeMap::from([(path.clone(), entry)])).ok())
}
