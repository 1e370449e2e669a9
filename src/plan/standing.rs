//! Where things stand, for the bare command: what a release would be refused for now, what waits for it, and what each
//! word could go on from. By the guards that a release has, so that the two cannot disagree; nobody asks the remote.

use std::collections::BTreeMap;

use super::build::Workshop;
use super::latest::{Unpushed, unpushed};
use super::manifests::{current_version, text_of};
use super::overlooked::overlooked;
use super::{automatic, duties, first, guards, manifests, patterns};
use crate::changelog::{Category, FileName, Pending, classify, classify_in, is_no_fragment};
use crate::config::{Changelog, Config};
use crate::error::Problem;
use crate::git::{ChangedPath, Upstream};
use crate::snapshot::{FragmentFile, Snapshot};
use crate::spec::Spec;
use crate::version::{Automatic, Version};
use crate::words::{counted, on_one_line, shell_word};

/// How many paths a message lists here before it only counts: all of it is to fit on a screen.
const LISTED_PATHS: usize = 5;

/// Of fragments, which somebody has to look at one by one, more are named.
const LISTED_FRAGMENTS: usize = 10;

/// Where a repository stands before its next release.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The version that the manifests hold.
    pub current: Version,
    /// A release that only this clone has.
    pub unpushed: Option<Unpushed>,
    /// What would refuse a release.
    pub problems: Vec<Problem>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// What waits, changelog by changelog; nothing where none is configured.
    pub pending: Vec<PendingIn>,
    /// What `auto` gives, or why it gives nothing.
    pub automatic: Result<Automatic, String>,
    /// As far as is known here, the current version itself can be the first release.
    pub may_be_first: bool,
    /// There is a remote that a release asks.
    pub has_remote: bool,
}

/// What waits for a release in one changelog and its fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingIn {
    /// The changelog.
    pub changelog: String,
    /// The folder of its fragments, if it has one.
    pub folder: Option<String>,
    /// Committed fragments by type, in the order of the changelog; only types that occur.
    pub fragments: Vec<(String, usize)>,
    /// Files meant as fragments that HEAD does not have.
    pub uncommitted: usize,
    /// Entries that stand under `[Unreleased]` already.
    pub unreleased: usize,
}

/// Works out where things stand.
///
/// # Errors
/// There is no readable current version.
pub fn standing(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Result<Standing, Vec<Problem>> {
    let current = current_version(config, &snapshot.files)?;
    let is_fragment = |path: &str| folder_of(config, path).is_some() && !is_other(path);
    let (untracked, others): (Vec<_>, Vec<_>) =
        snapshot.untracked.iter().cloned().partition(|path| is_fragment(path));
    let (changed, changes): (Vec<_>, Vec<_>) =
        snapshot.changed.iter().partition(|change| is_fragment(&change.path));
    let added = changed.iter().filter(|change| change.code.starts_with('A')).map(|change| &change.path);
    let waiting: Vec<&String> = untracked.iter().chain(added).collect();
    let mut problems = Vec::new();
    problems.extend(guards::operation(snapshot.operation.as_deref()));
    problems.extend(guards::branch(spec, config, snapshot));
    problems.extend(guards::behind_as_last_fetched(spec, config, snapshot));
    problems.extend(guards::changed(config, snapshot, &changes, LISTED_PATHS));
    problems.extend(uncommitted(config, &untracked, &changed));
    problems.extend(guards::untracked(&others, LISTED_PATHS));
    problems.extend(overlooked(snapshot));
    problems.extend(guards::uncommitted_config(snapshot));
    problems.extend(snapshot.identity.as_ref().err().cloned());
    problems.extend(duties::unsupported(spec, snapshot));
    problems.extend(guards::layout(config, snapshot));
    problems.extend(out_of_step(spec, config, snapshot, current));
    problems.extend(no_fragments(config, &snapshot.fragments));
    Ok(Standing {
        current,
        unpushed: unpushed(config, snapshot),
        problems,
        notes: snapshot.profile.iter().cloned().chain(ahead(spec, config, snapshot)).collect(),
        pending: config.changelog.iter().map(|it| pending(it, snapshot, &waiting)).collect(),
        automatic: automatic::what_auto_gives(&current, config, &snapshot.files, &snapshot.fragments),
        may_be_first: first::none_known(config, snapshot),
        has_remote: !snapshot.places.is_empty(),
    })
}

/// The folder of fragments that a path lies in directly.
fn folder_of<'a>(config: &'a Config, path: &str) -> Option<&'a str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut folders = config.changelog.iter().filter_map(|changelog| changelog.fragments.as_deref());
    folders.find(|own| *own == folder)
}

/// A README or a dot file: it may lie among the fragments, and is a file like any other.
fn is_other(path: &str) -> bool {
    is_no_fragment(name_of(path))
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Fragments that HEAD does not have as they are here: a release reads what is committed.
fn uncommitted(config: &Config, untracked: &[String], changed: &[&ChangedPath]) -> Option<Problem> {
    let untracked = untracked.iter().map(|path| (path, ""));
    let changed = changed.iter().map(|change| (&change.path, guards::how_changed(change)));
    let mut files: Vec<(&String, &str)> = untracked.chain(changed).collect();
    if files.is_empty() {
        return None;
    }
    files.sort_unstable();
    let described = |(path, how): &(&String, &str)| {
        let misnamed = if classify(name_of(path), &config.types_beside(path)).is_err() {
            "not named like a fragment"
        } else {
            ""
        };
        let remarks: Vec<&str> = [*how, misnamed].into_iter().filter(|remark| !remark.is_empty()).collect();
        let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) };
        format!("\n{}{remarks}", on_one_line(path))
    };
    let list: String = files.iter().take(LISTED_FRAGMENTS).map(described).collect();
    let more = guards::and_more(files.len(), LISTED_FRAGMENTS);
    let mut folders: Vec<String> =
        files.iter().filter_map(|(path, _)| folder_of(config, path)).map(shell_word).collect();
    folders.dedup();
    Some(Problem::circumstance(format!("{} not committed{list}{more}", are(files.len(), "fragment"))).hint(
        format!("run `git add {} && git commit`: a release reads what is committed", folders.join(" ")),
    ))
}

/// `1 file is`, `2 files are`.
fn are(number: usize, noun: &str) -> String {
    format!("{} {}", counted(number, noun), if number == 1 { "is" } else { "are" })
}

/// Versions that do not agree, and texts without the version that a pattern looks for: what every release refuses.
fn out_of_step(spec: &Spec, config: &Config, snapshot: &Snapshot, current: Version) -> Vec<Problem> {
    let mut workshop = Workshop {
        spec,
        config,
        snapshot,
        current,
        version: current,
        files: BTreeMap::new(),
        notes: Vec::new(),
        warnings: Vec::new(),
        problems: Vec::new(),
        nothing_new: false,
    };
    manifests::plan(&mut workshop);
    patterns::plan(&mut workshop);
    workshop.problems
}

/// Committed files that lie among the fragments and are none: those with another name together, the others each with
/// what is wrong.
fn no_fragments(config: &Config, files: &[FragmentFile]) -> Vec<Problem> {
    let (misnamed, others): (Vec<_>, Vec<_>) = files
        .iter()
        .cloned()
        .partition(|file| classify(&file.name, &config.types_beside(&file.path)).is_err());
    let mut problems = Vec::new();
    if !misnamed.is_empty() {
        let listed: Vec<_> = misnamed.iter().take(LISTED_FRAGMENTS).collect();
        let list: String = listed.iter().map(|file| format!("\n{}", on_one_line(&file.path))).collect();
        let more = guards::and_more(misnamed.len(), LISTED_FRAGMENTS);
        let files = are(misnamed.len(), "file");
        let mut problem = Problem::content(format!("{files} not named like a fragment{list}{more}"));
        let folder =
            |file: &FragmentFile| file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let said = listed.iter().filter_map(|file| {
            classify_in(&folder(file), &file.name, &config.types_beside(&file.path)).err()
        });
        for hint in said.flat_map(|problem| problem.hints) {
            if !problem.hints.contains(&hint) {
                problem.hints.push(hint);
            }
        }
        problems.push(problem);
    }
    problems.extend(automatic::unreadable(config, &others));
    problems
}

/// Commits that are only here. Where that is nothing but a release, it is said already.
fn ahead(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Option<String> {
    let Some(Upstream { ahead, behind: 0, .. }) = snapshot.upstream else { return None };
    let (branch, remote) = (config.release.branch.name(), &config.release.remote);
    let is_release = snapshot.latest.as_ref().is_some_and(|latest| latest.above == 0);
    if ahead == 0 || (is_release && ahead == 1) || guards::published_name(spec, config, snapshot) != branch {
        return None;
    }
    let commits = counted(ahead, "commit");
    Some(format!("{branch} is ahead of {remote}/{branch} by {commits}, as last fetched"))
}

fn pending(changelog: &Changelog, snapshot: &Snapshot, waiting: &[&String]) -> PendingIn {
    let is_own = |path: &str| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        changelog.fragments.as_deref() == Some(folder)
    };
    let own: Vec<_> = snapshot
        .fragments
        .iter()
        .filter(|file| is_own(&file.path))
        .map(|file| classify(&file.name, &changelog.types))
        .collect();
    let count = |wanted: &Category| {
        own.iter()
            .filter(|name| matches!(name, Ok(FileName::Fragment { category, .. }) if category == wanted))
            .count()
    };
    let mut unreleased = Pending::default();
    if let Some(text) = text_of(&snapshot.files, &changelog.path) {
        unreleased.add_unreleased(&changelog.path, text, changelog.placeholder.as_deref(), &changelog.types);
    }
    PendingIn {
        changelog: changelog.path.clone(),
        folder: changelog.fragments.clone(),
        fragments: changelog
            .types
            .all()
            .iter()
            .map(|category| (category.name().to_owned(), count(category)))
            .filter(|(_, number)| *number > 0)
            .collect(),
        uncommitted: waiting.iter().filter(|path| is_own(path)).count(),
        unreleased: unreleased.total(),
    }
}
