//! What the paths of a configuration stand for in one commit: globs are spelled out, and manifests that nobody listed
//! are looked up. Only names of the commit count, so nothing here can lead out of the repository.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::config::{Config, Paths};
use crate::error::Problem;
use crate::git::{ObjectId, Repository, TreeEntry, TreeEntryKind};
use crate::glob::is_glob;
use crate::manifest::Format;
use crate::plan;

/// Folders whose files are other people's, where somebody has committed them.
const VENDORED: [&str; 3] = ["node_modules", "vendor", "site-packages"];

/// The files that each glob of a configuration stands for, in byte order.
pub type Globs = BTreeMap<String, Vec<String>>;

/// Spells out the globs of manifests and patterns. What is ignored is not among it.
pub(super) fn globs(repository: &Repository, base: &ObjectId, config: &Config) -> Result<Globs, Problem> {
    let paths = || config.manifest.iter().map(|it| &it.path).chain(config.pattern.iter().map(|it| &it.path));
    let mut globs: Globs =
        paths().filter(|path| is_glob(path)).map(|path| (path.clone(), Vec::new())).collect();
    if globs.is_empty() {
        return Ok(globs);
    }
    let names: Vec<String> = globs.keys().cloned().collect();
    let wanted = Paths::new(names.iter().map(String::as_str));
    let ignored = ignored(config);
    // A file may be called as a glob is written, `app/[page]/package.json`; then it is the one that is meant.
    let is_name = |path: &str| names.binary_search_by(|name| name.as_str().cmp(path)).is_ok();
    let is_wanted = |path: &str| (wanted.hold(path) || is_name(path)) && !ignored.hold(path);
    let mut files = repository.files_of(base, &is_wanted)?;
    files.sort();
    for file in files {
        for name in wanted.matching(&file).into_iter().filter_map(|number| names.get(number)) {
            if let Some(matched) = globs.get_mut(name).filter(|_| *name != file) {
                matched.push(file.clone());
            }
        }
        if let Some(matched) = globs.get_mut(&file) {
            matched.push(file);
        }
    }
    Ok(globs)
}

/// The paths that the configuration says to leave alone.
fn ignored(config: &Config) -> Paths {
    Paths::new(config.ignore.iter().map(|ignore| ignore.path.as_str()))
}

/// Whether the name of a tracked file is that of a manifest or a lock file.
pub(super) fn may_hold_a_version(path: &[u8]) -> bool {
    let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    let name = path.get(start..).unwrap_or_default();
    // Most files of a repository are told by their last letters, without a look at the formats.
    let plausible = [&b"toml"[..], b"json", b"lock", b"yaml", b".yml"].iter().any(|end| name.ends_with(end));
    plausible
        && std::str::from_utf8(name)
            .ok()
            .and_then(Format::from_path)
            .is_some_and(|format| format.is_manifest() || format.is_lock())
}

/// Whether the name of a tracked file is one of these, or says otherwise that it may hold the version.
pub(super) fn may_matter(path: &[u8]) -> bool {
    may_hold_a_version(path) || std::str::from_utf8(path).is_ok_and(plan::may_hold_version)
}

/// What a search for manifests found.
#[derive(Default)]
pub(super) struct Search {
    /// Neither listed nor ignored.
    pub(super) unlisted: Vec<(String, TreeEntry)>,
    /// Manifests that the configuration ignores, lock files above those that it lists, and those of uv.
    pub(super) ignored: Vec<(String, TreeEntry)>,
    /// The names of those that could not be read.
    pub(super) unread: Vec<String>,
}

/// Reads the manifests among `candidates` that are not listed, and the lock files beside manifests that are listed. Nobody
/// asked for them, so one that is not in this clone keeps no release from being cut.
pub(super) fn unlisted(
    repository: &Repository,
    base: &ObjectId,
    config: &Config,
    listed: &BTreeMap<String, TreeEntry>,
    candidates: Vec<String>,
) -> Result<Search, Problem> {
    let ignored = ignored(config);
    let folder = |path: &str| path.rfind('/').and_then(|end| path.get(..end)).unwrap_or_default().to_owned();
    let is_manifest = |path: &str| Format::from_path(path).is_some_and(Format::is_manifest);
    let is_lock = |path: &str| Format::from_path(path).is_some_and(Format::is_lock);
    let is_of_uv = |path: &str| Format::from_path(path) == Some(Format::UvLock);
    let released: HashSet<String> =
        listed.keys().filter(|path| is_manifest(path)).map(|path| folder(path)).collect();
    let files = repository.commit_files(base)?;
    let mut found = Search::default();
    for path in candidates {
        let (known, left_alone) = (listed.contains_key(&path), ignored.hold(&path));
        let vendored = path.split('/').any(|part| VENDORED.contains(&part));
        let told = is_manifest(&path) || (!left_alone && released.contains(&folder(&path)));
        // A lock file repeats what the manifests of its whole workspace ask of each other; and that of a project which is not
        // released says whether it takes the released packages from here.
        let says_more = || is_lock(&path) && (is_above(&folder(&path), &released) || is_of_uv(&path));
        if known || vendored || !(told || says_more()) {
            continue;
        }
        match files.read(&path, config.limits.manifest_bytes) {
            Ok(entry) if left_alone || !told => found.ignored.push((path, entry)),
            Ok(entry) => found.unlisted.push((path, entry)),
            Err(_) => found.unread.push(path),
        }
    }
    Ok(found)
}

/// Of other files that may hold the version, so many are looked into, those at the top first.
const MOST_OTHERS: usize = 200;

/// And so many bytes of each: what is longer is not kept by hand.
const OTHER_BYTES: u64 = 256 * 1024;

/// Reads the files among `candidates` that lie at the top or near a listed manifest and that the configuration does not
/// speak of. Nobody asked for them: what is not in this clone, or is too large, is passed over.
pub(super) fn others(
    repository: &Repository,
    base: &ObjectId,
    config: &Config,
    listed: &BTreeMap<String, TreeEntry>,
    candidates: Vec<String>,
) -> Result<Vec<(String, TreeEntry)>, Problem> {
    let is_manifest = |path: &str| Format::from_path(path).is_some_and(Format::is_manifest);
    let folders: BTreeSet<&str> = (listed.keys().filter(|path| is_manifest(path)))
        .filter_map(|path| path.rsplit_once('/').map(|(folder, _)| folder))
        .chain([""])
        .collect();
    let ignored = ignored(config);
    let written = Paths::new(config.step.iter().flat_map(|step| &step.writes).map(String::as_str));
    let is_of_changelog = |path: &str| {
        config.changelog.iter().any(|changelog| {
            let folder = changelog.fragments.as_deref().filter(|folder| !folder.is_empty());
            changelog.path == path || folder.is_some_and(|folder| super::is_below(path, folder))
        })
    };
    let mut wanted: Vec<String> = candidates
        .into_iter()
        .filter(|path| !listed.contains_key(path) && !ignored.hold(path) && !written.hold(path))
        .filter(|path| !path.split('/').any(|part| VENDORED.contains(&part)) && !is_of_changelog(path))
        .filter(|path| folders.iter().any(|folder| is_near(path, folder)))
        .collect();
    wanted.sort_by_cached_key(|path| (path.matches('/').count(), path.clone()));
    wanted.truncate(MOST_OTHERS);
    let files = repository.commit_files(base)?;
    let read = |path: String| files.read(&path, OTHER_BYTES).ok().map(|entry| (path, entry));
    Ok(wanted.into_iter().filter_map(read).collect())
}

/// Whether a file lies in a folder or in one directly below it, or where its sources or documents are.
fn is_near(path: &str, folder: &str) -> bool {
    let rest = match folder {
        "" => Some(path),
        folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
    };
    rest.is_some_and(|rest| match rest.matches('/').count() {
        0 | 1 => true,
        2 => ["src/", "lib/", "docs/", "doc/"].iter().any(|start| rest.starts_with(start)),
        _ => false,
    })
}

/// Whether a folder is one of these, or one of them lies below it.
fn is_above(folder: &str, others: &HashSet<String>) -> bool {
    let is_below = |other: &String| {
        other.strip_prefix(folder).is_some_and(|rest| matches!(rest.bytes().next(), None | Some(b'/')))
    };
    folder.is_empty() || others.iter().any(is_below)
}

/// Files called as changelogs are, beside a listed manifest whose package has a tag of its own: `packages/own/` for a tag
/// `own-v1.2.3`. Those that are configured, ignored or written by a step are not among them.
pub(super) fn changelogs_beside(
    repository: &Repository,
    base: &ObjectId,
    config: &Config,
    listed: &BTreeMap<String, TreeEntry>,
) -> Result<Vec<String>, Problem> {
    let is_manifest = |path: &str| Format::from_path(path).is_some_and(Format::is_manifest);
    let folders: BTreeSet<&str> = (listed.keys().filter(|path| is_manifest(path)))
        .filter_map(|path| path.rsplit_once('/').map(|(folder, _)| folder))
        .filter(|folder| plan::own_tag(config, folder).is_some())
        .collect();
    let ignored = ignored(config);
    let written = Paths::new(config.step.iter().flat_map(|step| &step.writes).map(String::as_str));
    let mut found = Vec::new();
    for folder in folders {
        for item in repository.tree_list(base, folder)?.unwrap_or_default() {
            let path = format!("{folder}/{}", item.name);
            let known = config.changelog.iter().any(|changelog| changelog.path == path)
                || ignored.hold(&path)
                || written.hold(&path);
            if item.kind == TreeEntryKind::File && plan::is_called_changelog(&item.name) && !known {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// The files at the top of a commit that are called as changelogs are, where none is configured.
pub(super) fn changelogs_at_top(
    repository: &Repository,
    base: &ObjectId,
    config: &Config,
) -> Result<Vec<String>, Problem> {
    if !config.changelog.is_empty() {
        return Ok(Vec::new());
    }
    let top = repository.tree_list(base, "")?.unwrap_or_default();
    let called = top
        .into_iter()
        .filter(|item| item.kind == TreeEntryKind::File && plan::is_called_changelog(&item.name));
    Ok(called.map(|item| item.name).collect())
}
