//! `auto` as a bump word: the request that the pending changes at HEAD stand for. The snapshot holds them, so the same
//! commit always gives the same answer.

use std::collections::BTreeMap;

use super::changelog::fragment;
use super::first;
use super::manifests::{current_version, text_of};
use crate::changelog::{Category, Pending};
use crate::config::Config;
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::{FragmentFile, Snapshot};
use crate::version::{Automatic, Changes, Next, Request, Version, automatic};

/// The step that a release takes.
pub(super) struct Step {
    /// The version the repository has.
    pub(super) current: Version,
    /// The one it will have.
    pub(super) next: Next,
    /// Why `auto` is what it is, or a first release may be.
    pub(super) reason: Option<String>,
}

/// The step that a request asks for. Nothing where `auto` finds nothing to release.
pub(super) fn step(
    request: &Request,
    config: &Config,
    snapshot: &Snapshot,
    fragments: &[FragmentFile],
) -> Result<Option<Step>, Vec<Problem>> {
    let current = current_version(config, &snapshot.files)?;
    let (request, reason) = match request {
        Request::Auto => match what_auto_gives(&current, config, &snapshot.files, fragments) {
            Some(Automatic { request, reason }) => (request, Some(reason)),
            None => return Ok(None),
        },
        request => (*request, None),
    };
    let (next, note) = first::step(&current, &request, config, snapshot).map_err(|problem| vec![problem])?;
    Ok(Some(Step { current, next, reason: reason.or(note) }))
}

/// What `auto` gives from here; nothing where nothing is pending.
pub(super) fn what_auto_gives(
    current: &Version,
    config: &Config,
    files: &BTreeMap<String, TreeEntry>,
    fragments: &[FragmentFile],
) -> Option<Automatic> {
    let mut pending = Pending::default();
    for file in fragments {
        // What is wrong with a fragment is reported where it is read for the changelog.
        if let Ok(Some((fragment, _))) = fragment(file.clone(), config.limits.manifest_bytes) {
            pending.add_fragment(&fragment);
        }
    }
    for changelog in &config.changelog {
        if let Some(text) = text_of(files, &changelog.path) {
            pending.add_unreleased(&changelog.path, text, changelog.placeholder.as_deref());
        }
    }
    let changes = Changes {
        removed: pending.of(&[Category::Removed]),
        breaking: pending.breaking,
        features: pending.of(&[Category::Added, Category::Changed, Category::Deprecated]) + pending.untyped,
        fixes: pending.of(&[Category::Fixed, Category::Security]),
    };
    automatic(current, &changes)
}

/// Why `auto` could not tell: a fragment that no release would take. A request that rotates reports these itself.
pub(super) fn unreadable(config: &Config, fragments: &[FragmentFile]) -> Vec<Problem> {
    fragments.iter().filter_map(|file| fragment(file.clone(), config.limits.manifest_bytes).err()).collect()
}

/// The refusal of a release without a change.
pub(super) fn nothing(config: &Config) -> Problem {
    let problem = Problem::content("nothing to release: no change is pending");
    match config.changelog.first() {
        Some(changelog) => {
            let place = match &changelog.fragments {
                Some(folder) => format!("`{folder}/` or under `[Unreleased]` in `{}`", changelog.path),
                None => format!("`{}` under `[Unreleased]`", changelog.path),
            };
            problem
                .hint(format!("write what changed into {place} and commit it"))
                .hint("or say the step yourself: `patch`, `minor` or `major`")
        }
        None => problem.hint(
            "`auto` reads a `[changelog]`, and the configuration has none; say `patch`, `minor` or `major`",
        ),
    }
}
