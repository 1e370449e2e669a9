//! `auto` as a bump word: the request that the pending changes at HEAD stand for. The snapshot holds them, so the same
//! commit always gives the same answer.

use std::collections::BTreeMap;

use super::changelog::fragment;
use super::first;
use super::manifests::{current_version, text_of};
use crate::changelog::{Category, Fragment, Level, Pending, Types, UnknownHeading, how_to_say_what_changed};
use crate::config::Config;
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::{FragmentFile, Snapshot};
use crate::version::{Automatic, Bump, Changes, Next, OwnChanges, Request, Stage, Version, automatic};
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
                Some(Automatic { request, reason }) => {
                    (request, Some(reason), warnings(config, &current, &pending))
                }
                None => return Ok(None),
            }
        }
        request => (*request, None, Vec::new()),
    };
    let (next, note) = first::step(&current, &request, config, snapshot).map_err(|problem| vec![problem])?;
    Ok(Some(Step { current, next, reason: reason.or(note), warnings }))
}

/// What `auto` gives from here, or why it gives nothing.
pub(super) fn what_auto_gives(
    current: &Version,
    config: &Config,
    files: &BTreeMap<String, TreeEntry>,
    fragments: &[FragmentFile],
) -> Result<Automatic, String> {
    let changes = changes(&pending(config, files, fragments));
    automatic(current, &changes).ok_or_else(|| why_nothing(&changes))
}

/// Why `auto` gives nothing: nothing waits, or what waits is no reason for a release.
fn why_nothing(changes: &Changes) -> String {
    let waiting: Vec<String> = (changes.own.iter())
        .map(|own| format!("{} of type `{}`", counted(own.entries, "entry"), own.name))
        .collect();
    match waiting.as_slice() {
        [] => "no change is pending".to_owned(),
        _ => format!("no pending change calls for one ({})", waiting.join(", ")),
    }
}

/// What is pending in fragments and changelogs.
fn pending(config: &Config, files: &BTreeMap<String, TreeEntry>, fragments: &[FragmentFile]) -> Pending {
    let mut pending = Pending::default();
    for file in fragments {
        // What is wrong with a fragment is reported where it is read for the changelog.
        if let Ok(Some((fragment, _))) = typed(config, file) {
            pending.add_fragment(&fragment);
        }
    }
    for changelog in &config.changelog {
        if let Some(text) = text_of(files, &changelog.path) {
            pending.add_unreleased(&changelog.path, text, changelog.placeholder.as_deref(), &changelog.types);
        }
    }
    pending
}

/// A file as a fragment of the changelog that takes it.
fn typed(config: &Config, file: &FragmentFile) -> Result<Option<(Fragment, bool)>, Problem> {
    fragment(file.clone(), config.limits.manifest_bytes, &config.types_beside(&file.path))
}

fn changes(pending: &Pending) -> Changes {
    let own = pending.entries.iter().filter(|(category, _)| matches!(category, Category::Own(_)));
    let bump = |level: Level| match level {
        Level::Major => Some(Bump::Major),
        Level::Minor => Some(Bump::Minor),
        Level::Patch => Some(Bump::Patch),
        Level::None => None,
    };
    Changes {
        removed: pending.of(&[Category::Removed]),
        breaking: pending.breaking,
        features: pending.of(&[Category::Added, Category::Changed, Category::Deprecated]) + pending.untyped,
        fixes: pending.of(&[Category::Fixed, Category::Security]),
        own: own
            .map(|(category, entries)| OwnChanges {
                name: category.name().to_owned(),
                bump: bump(category.level()),
                entries: *entries,
            })
            .collect(),
    }
}

/// The headings that `auto` does not know, where it matters: in a series of pre-releases it does not look at them.
fn warnings(config: &Config, current: &Version, pending: &Pending) -> Vec<String> {
    let examples = |path: &str| {
        let types = config.changelog.iter().find(|it| it.path == path).map(|it| &it.types);
        let own = types.filter(|types| !types.are_usual()).map(Types::all).unwrap_or_default();
        let own: Vec<String> = own.iter().take(2).map(|it| format!("`### {}`", it.heading())).collect();
        if own.is_empty() { "`### Fixed`, `### Changed`".to_owned() } else { own.join(", ") }
    };
    let unknown = pending.unknown.iter().filter(|_| current.is_stable());
    unknown
        .map(|UnknownHeading { path, line, heading, entries }| {
            format!(
                "`auto` does not know the heading `{}` (`{path}`, line {line}) and takes {} below it for a change of \
                 behaviour; write the name of a type, such as {} or `### Breaking Changes`",
                on_one_line(heading),
                counted(*entries, "entry"),
                examples(path)
            )
        })
        .collect()
}

/// Why `auto` could not tell: a fragment that no release would take. A request that rotates reports these itself.
pub(super) fn unreadable(config: &Config, fragments: &[FragmentFile]) -> Vec<Problem> {
    fragments.iter().filter_map(|file| typed(config, file).err()).collect()
}

/// The refusal of a release without a change. `would_do` are the words that a release could be made with all the same.
pub(super) fn nothing(
    config: &Config,
    snapshot: &Snapshot,
    fragments: &[FragmentFile],
    would_do: &[Request],
) -> Problem {
    let why = why_nothing(&changes(&pending(config, &snapshot.files, fragments)));
    let mut problem = Problem::content(format!("nothing to release: {why}"));
    problem = match config.changelog.first() {
        Some(changelog) => {
            let how =
                how_to_say_what_changed(&changelog.path, changelog.fragments.as_deref(), &changelog.types);
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
