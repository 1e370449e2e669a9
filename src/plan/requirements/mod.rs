//! What packages of the repository ask of each other. Where a released package's new version is no longer in a range that
//! some manifest asks for, the range moves with it, in whatever file it stands; where nobody can tell how, there is no
//! release. This comes after the entries of the configuration, on the texts that they leave. Each ecosystem says in a
//! file of its own which ranges are on which packages.

mod cargo;
mod npm;
mod python;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;

use super::PlannedVersion;
use super::build::Workshop;
use super::guards::plain_text;
use super::layout::{edited, manifests};
use super::manifests::{nothing_of_its_own, record, working_text};
use super::overlooked::overlooked_among;
use crate::config::Config;
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::manifest::folders::folder_of;
use crate::manifest::requirement::{Moved, Requirement};
use crate::manifest::splice::{Edit, splice};
use crate::manifest::{EVERY_PACKAGE, Format, Found, Target, crates_of_folders, locate, moved};
use crate::snapshot::Globs;
use crate::words::on_one_line;

/// A package that is released, and the versions that its manifest holds before and after.
struct Released {
    /// The folder of its manifest.
    folder: String,
    old: String,
    new: String,
}

/// What a manifest says of its own package: its name and its version, where it has them.
type Own<'a> = (Option<&'a str>, Option<&'a str>);

/// The packages that are released, by their names. A name that two packages with different versions bear says nothing.
fn released_by_name<'a>(
    manifests: &Manifests<'_>,
    before: impl Fn(&str) -> Option<Own<'a>>,
    after: impl Iterator<Item = (&'a str, Own<'a>)>,
) -> BTreeMap<String, Released> {
    let mut released: BTreeMap<String, Released> = BTreeMap::new();
    let mut unclear = BTreeSet::new();
    for (path, own) in after {
        let was = before(path).and_then(|(_, version)| version);
        let ((Some(name), Some(new)), Some(old)) = (own, was) else { continue };
        if old == new && !manifests.0.get(path).is_some_and(|text| text.listed) {
            continue;
        }
        if released.get(name).is_some_and(|other| (other.old.as_str(), other.new.as_str()) != (old, new)) {
            unclear.insert(name.to_owned());
        }
        let (folder, old, new) = (folder_of(path).to_owned(), old.to_owned(), new.to_owned());
        released.insert(name.to_owned(), Released { folder, old, new });
    }
    released.retain(|name, _| !unclear.contains(name));
    released
}

/// How an ecosystem finds its ranges. One more ecosystem is one more file, and a name here.
type Reader = fn(&Manifests<'_>) -> Demands;

const READERS: [Reader; 3] = [cargo::demands, npm::demands, python::demands];

/// The manifests of the repository by their paths.
pub(super) struct Manifests<'a>(BTreeMap<&'a str, Text<'a>>);

/// One of them.
struct Text<'a> {
    /// What it is at HEAD.
    before: &'a str,
    /// What the entries of the configuration leave.
    after: Cow<'a, str>,
    /// An entry of the configuration sets the version of its package.
    listed: bool,
}

/// The ranges of one ecosystem on packages that are released, and what stands in the way of a release there.
#[derive(Default)]
struct Demands {
    found: Vec<Demand>,
    problems: Vec<Problem>,
}

/// A range on a package that is released.
struct Demand {
    /// The file that it stands in.
    path: String,
    /// How its ranges are read.
    format: Format,
    /// Where it stands in the text that the configuration leaves.
    requirement: Requirement,
    /// The version of the package before, in the spelling of its own manifest.
    old: String,
    /// And after the release.
    new: String,
    /// An entry of the configuration has set it already.
    is_set: bool,
    /// What becomes of it, where its format alone does not tell.
    becomes: Option<Moved>,
}

impl Manifests<'_> {
    /// Those of one format.
    fn of(&self, format: Format) -> impl Iterator<Item = (&str, &Text<'_>)> {
        let files = self.0.iter().map(|(path, text)| (*path, text));
        files.filter(move |(path, _)| Format::from_path(path) == Some(format))
    }
}

/// Whether a word stands anywhere in a text.
fn mentions(text: &Text<'_>, word: &str) -> bool {
    memmem::find(text.after.as_bytes(), word.as_bytes()).is_some()
}

/// Whether a range was the same before the entries of the configuration had their turn.
fn held_before(before: Option<&Requirement>, requirement: &Requirement) -> bool {
    before.is_none_or(|before| before.found.value == requirement.found.value)
}

/// Moves every range that has to. Adds what must stand in the files afterwards.
pub(super) fn plan(workshop: &mut Workshop, versions: &mut Vec<PlannedVersion>) {
    let (config, snapshot) = (workshop.config, workshop.snapshot);
    let mut texts = BTreeMap::new();
    let others = snapshot.unlisted.iter().chain(&snapshot.ignored).map(|(path, entry)| (path, entry));
    for (path, entry) in snapshot.files.iter().chain(others) {
        if let (true, Some(before)) = (is_wanted(path), plain(entry)) {
            let after = working_text(workshop, path).unwrap_or(Cow::Borrowed(before));
            texts.entry(path.as_str()).or_insert(Text { before, after, listed: false });
        }
    }
    let own = |key: Option<&str>, format: Format| key.is_none_or(|key| format.has_place(key));
    for listed in manifests(config, &snapshot.globs) {
        if let (Some(text), Some(format)) = (texts.get_mut(listed.path), Format::from_path(listed.path)) {
            text.listed |= own(listed.entry.key.as_deref(), format);
        }
    }
    let manifests = Manifests(texts);
    let mut moves: BTreeMap<String, Vec<(Demand, String)>> = BTreeMap::new();
    let mut problems = Vec::new();
    for demands in READERS.iter().map(|read| read(&manifests)) {
        problems.extend(demands.problems);
        for demand in demands.found {
            let by_format =
                || moved(demand.format, &demand.requirement.found.value, &demand.old, &demand.new);
            match demand.becomes.clone().unwrap_or_else(by_format) {
                Moved::Stays => {}
                Moved::To(range) if !demand.is_set => {
                    moves.entry(demand.path.clone()).or_default().push((demand, range));
                }
                Moved::To(range) => problems.push(set_wrongly(&demand, &range)),
                Moved::Unknown => problems.push(unknown(&demand)),
            }
        }
    }
    drop(manifests);
    workshop.problems.extend(problems);
    let unseen = |path: &String| snapshot.dependents.contains(path) && moves.contains_key(path);
    workshop.problems.extend(overlooked_among(snapshot, &unseen));
    for (path, moves) in moves {
        set(workshop, &path, &moves, versions);
    }
}

/// The manifests, among those that the configuration does not list, in which a released package is asked for: a release
/// may have to change them.
pub fn dependents(
    config: &Config,
    globs: &Globs,
    files: &BTreeMap<String, TreeEntry>,
    others: &[&[(String, TreeEntry)]],
) -> Vec<String> {
    let manifests = at_head(config, globs, files, others);
    let demands = READERS.iter().flat_map(|read| read(&manifests).found);
    let mut paths: Vec<String> =
        demands.map(|demand| demand.path).filter(|path| !files.contains_key(path)).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// The crates that every entry of a Cargo.lock stands for, where some of those that lie in folders are none of the release:
/// outside the repository, or with a version of their own. Nothing where the target means what it says.
pub(super) fn each_crate(workshop: &Workshop, target: &Target<'_>, text: &str) -> Option<Vec<String>> {
    if (target.format, target.package) != (Format::CargoLock, Some(EVERY_PACKAGE)) {
        return None;
    }
    let snapshot = workshop.snapshot;
    let others = [snapshot.unlisted.as_slice(), &snapshot.ignored];
    let crates = cargo::crates(&at_head(workshop.config, &snapshot.globs, &snapshot.files, &others));
    let entries = crates_of_folders(text);
    let any_is_known = entries.iter().any(|(name, _)| crates.contains_key(name));
    let current = workshop.current.to_string();
    // Nobody here asks for the unknown ones: an outside crate may, and then theirs is another version.
    let moves = |(name, version): &&(String, String)| match crates.get(name) {
        Some(of_release) => *of_release,
        None => !any_is_known || *version == current,
    };
    let own: Vec<String> = entries.iter().filter(moves).map(|(name, _)| name.clone()).collect();
    (own.len() < entries.len()).then_some(own)
}

/// The manifests as they are committed.
fn at_head<'a>(
    config: &Config,
    globs: &Globs,
    files: &'a BTreeMap<String, TreeEntry>,
    others: &[&'a [(String, TreeEntry)]],
) -> Manifests<'a> {
    let listed: BTreeSet<&str> = edited(config, globs).into_iter().map(|(path, _)| path).collect();
    let others = others.iter().flat_map(|others| others.iter()).map(|(path, entry)| (path, entry));
    let mut texts = BTreeMap::new();
    for (path, entry) in files.iter().chain(others) {
        if let (true, Some(before)) = (is_wanted(path), plain(entry)) {
            let listed = listed.contains(path.as_str());
            texts.insert(path.as_str(), Text { before, after: Cow::Borrowed(before), listed });
        }
    }
    Manifests(texts)
}

/// Whether ranges may stand in a file of that name.
fn is_wanted(path: &str) -> bool {
    Format::from_path(path).is_some_and(|format| format.is_manifest() || format.is_lock())
}

fn plain(entry: &TreeEntry) -> Option<&str> {
    match entry {
        TreeEntry::File { bytes, .. } => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// Writes the ranges of one file.
fn set(workshop: &mut Workshop, path: &str, moves: &[(Demand, String)], versions: &mut Vec<PlannedVersion>) {
    let Some(text) = working_text(workshop, path) else { return };
    let edits: Vec<Edit> = moves
        .iter()
        .map(|(demand, range)| Edit { span: demand.requirement.found.span, replacement: range.clone() })
        .collect();
    let after = match splice(&text, &edits) {
        Ok(after) => after,
        Err(error) => {
            let message = format!("{path}: cannot move what it asks of other packages: {error}");
            workshop.problems.push(Problem::content(message));
            return;
        }
    };
    if !workshop.files.contains_key(path) {
        let limit = workshop.config.limits.manifest_bytes;
        let in_the_way = plain_text(workshop.snapshot, path, false, limit, "manifest-bytes");
        workshop.problems.extend(in_the_way);
    }
    for (demand, range) in moves {
        let key = demand.requirement.found.key.as_str();
        let target = Target { format: demand.format, key: Some(key), package: None };
        // Where the place can be found again by its name alone, hooks and steps are held to it.
        if locate(&after, path, &target).is_ok_and(|found| found.iter().all(|it| it.value == *range)) {
            versions.push(PlannedVersion {
                path: path.to_owned(),
                format: demand.format.name().to_owned(),
                key: Some(key.to_owned()),
                package: None,
                value: range.clone(),
            });
        }
    }
    let found: Vec<Found> = moves.iter().map(|(demand, _)| demand.requirement.found.clone()).collect();
    let range_of = |place: &Found| {
        let of = moves.iter().find(|(demand, _)| demand.requirement.found.span == place.span);
        of.map(|(_, range)| range.clone()).unwrap_or_default()
    };
    record(workshop, path, after, &found, &range_of);
    let nothing = nothing_of_its_own(path);
    workshop.notes.retain(|note| *note != nothing);
}

/// `path:line` and what stands there, which the new version is not in.
fn words(demand: &Demand) -> String {
    let Demand { path, requirement, new, .. } = demand;
    let (line, range) = (requirement.found.line, on_one_line(&requirement.found.value));
    let (path, package) = (on_one_line(path), on_one_line(&requirement.package));
    format!("{path}:{line}: `{range}` is asked of `{package}`, which will be `{new}`")
}

fn unknown(demand: &Demand) -> Problem {
    let old = &demand.old;
    Problem::content(format!("{}, and how that moves cannot be told", words(demand)))
        .hint(format!(
            "write `{old}` there, or a range that ends right above it, and commit: such a one moves"
        ))
        .hint("or give the place a `[[pattern]]`, which says what will stand there")
}

fn set_wrongly(demand: &Demand, range: &str) -> Problem {
    Problem::content(format!("{}, and that is what the configuration sets", words(demand))).hint(format!(
        "take the entry of that place out of the configuration: without one, it becomes `{}` by itself",
        on_one_line(range)
    ))
}
