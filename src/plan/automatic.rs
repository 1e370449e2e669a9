//! `auto` as a bump word: the request that the pending changes at HEAD stand for. The snapshot holds them, so the same
//! commit always gives the same answer.

use std::collections::BTreeMap;

use super::changelog::fragment;
use super::first;
use super::manifests::{current_version, text_of};
use crate::changelog::{Category, Pending, UnknownHeading, how_to_say_what_changed};
use crate::config::Config;
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::{FragmentFile, Snapshot};
use crate::version::{Automatic, Bump, Changes, Next, Request, Stage, Version, automatic};
use crate::words::{counted, on_one_line};

/// The step that a release takes.
pub(super) struct Step {
    /// The version the repository has.
    pub(super) current: Version,
    /// The one it will have.
    pub(super) next: Next,
    /// Why `auto` is what it is, or a first release may be.
    pub(super) reason: Option<String>,
    /// What `auto` could not make sense of.
    pub(super) warnings: Vec<String>,
}

/// The step that a request asks for. Nothing where `auto` finds nothing to release.
pub(super) fn step(
    request: &Request,
    config: &Config,
    snapshot: &Snapshot,
    fragments: &[FragmentFile],
) -> Result<Option<Step>, Vec<Problem>> {
    let current = current_version(config, &snapshot.files)?;
    let (request, reason, warnings) = match request {
        Request::Auto => {
            let pending = pending(config, &snapshot.files, fragments);
            match automatic(&current, &changes(&pending)) {
                Some(Automatic { request, reason }) => (request, Some(reason), warnings(&current, &pending)),
                None => return Ok(None),
            }
        }
        request => (*request, None, Vec::new()),
    };
    let (next, note) = first::step(&current, &request, config, snapshot).map_err(|problem| vec![problem])?;
    Ok(Some(Step { current, next, reason: reason.or(note), warnings }))
}

/// What `auto` gives from here; nothing where nothing is pending.
pub(super) fn what_auto_gives(
    current: &Version,
    config: &Config,
    files: &BTreeMap<String, TreeEntry>,
    fragments: &[FragmentFile],
) -> Option<Automatic> {
    automatic(current, &changes(&pending(config, files, fragments)))
}

/// What is pending in fragments and changelogs.
fn pending(config: &Config, files: &BTreeMap<String, TreeEntry>, fragments: &[FragmentFile]) -> Pending {
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
    pending
}

fn changes(pending: &Pending) -> Changes {
    Changes {
        removed: pending.of(&[Category::Removed]),
        breaking: pending.breaking,
        features: pending.of(&[Category::Added, Category::Changed, Category::Deprecated]) + pending.untyped,
        fixes: pending.of(&[Category::Fixed, Category::Security]),
    }
}

/// The headings that `auto` does not know, where it matters: in a series of pre-releases it does not look at them.
fn warnings(current: &Version, pending: &Pending) -> Vec<String> {
    let unknown = pending.unknown.iter().filter(|_| current.is_stable());
    unknown
        .map(|UnknownHeading { path, line, heading, entries }| {
            format!(
                "`auto` does not know the heading `{}` (`{path}`, line {line}) and takes {} below it for a change of \
                 behaviour; write the name of a type, such as `### Fixed`, `### Changed` or `### Breaking Changes`",
                on_one_line(heading),
                counted(*entries, "entry")
            )
        })
        .collect()
}

/// Why `auto` could not tell: a fragment that no release would take. A request that rotates reports these itself.
pub(super) fn unreadable(config: &Config, fragments: &[FragmentFile]) -> Vec<Problem> {
    fragments.iter().filter_map(|file| fragment(file.clone(), config.limits.manifest_bytes).err()).collect()
}

/// The refusal of a release without a change. `would_do` are the words that a release could be made with all the same.
pub(super) fn nothing(config: &Config, would_do: &[Request]) -> Problem {
    let mut problem = Problem::content("nothing to release: no change is pending");
    problem = match config.changelog.first() {
        Some(changelog) => {
            let how = how_to_say_what_changed(&changelog.path, changelog.fragments.as_deref());
            problem.hint(format!("say what changed: {how}; then commit it"))
        }
        None => problem.hint("`auto` reads a `[changelog]`, and the configuration has none"),
    };
    let words: Vec<String> = would_do.iter().map(|request| format!("`{request}`")).collect();
    match words.split_last() {
        None => problem,
        Some((word, [])) => problem.hint(format!("or say the step yourself: {word}")),
        Some((last, others)) => {
            problem.hint(format!("or say the step yourself: {} or {last}", others.join(", ")))
        }
    }
}

/// What could be said in place of `auto`: each step from a stable version; in a series its next, a later stage, or the
/// release that it leads to.
pub(super) fn in_place_of_auto(current: &Version) -> Vec<Request> {
    match current.pre {
        None => Bump::ALL.into_iter().map(|bump| Request::Bump(bump, None)).collect(),
        Some((stage, _)) => {
            let on = Stage::ALL.into_iter().filter(|other| *other >= stage).map(Request::Stage);
            on.chain([Request::Release]).collect()
        }
    }
}
