//! Everything that must be true before a release may be cut. Guards are pure and report all they find, in every
//! mode alike: what refuses the real run is what the dry run lists.

use super::catch_up::catch_up;
use super::dirt;
use super::duties;
use super::layout;
use super::overlooked::overlooked;
use super::pinned_paths;
use super::remote;
use crate::config::{Branch, Config};
use crate::error::Problem;
use crate::git::{ChangedPath, TreeEntry, submodule_around};
use crate::glob::{fixed_folder, is_glob};
use crate::snapshot::{RemoteState, Snapshot, Unasked, is_below};
use crate::spec::{Consent, GitlabJob, Mode, Spec, Task};
use crate::words::{counted, on_one_line, shell_word};

/// How many paths a message lists before it only counts.
const LISTED_PATHS: usize = 20;

/// Where and by whom the release runs.
pub(super) fn circumstances(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(no_answer(spec));
    problems.extend(operation(snapshot.operation.as_deref()));
    problems.extend(branch(spec, config, snapshot));
    let changes: Vec<&ChangedPath> = snapshot.changed.iter().collect();
    problems.extend(changed(config, snapshot, &changes, LISTED_PATHS));
    problems.extend(untracked(&snapshot.untracked, LISTED_PATHS));
    problems.extend(overlooked(snapshot));
    problems.extend(uncommitted_config(snapshot));
    problems.extend(remote::circumstances(spec, config, snapshot));
    problems.extend(snapshot.identity.as_ref().err().cloned());
    problems.extend(duties::unsupported(spec, snapshot));
    problems
}

pub(super) fn no_answer(spec: &Spec) -> Option<Problem> {
    let what = match spec.task {
        Task::Release(_, Mode::Real) => "release",
        Task::Undo(Mode::Real) => "undo",
        _ => return None,
    };
    (spec.consent == Consent::Impossible).then(|| {
        Problem::circumstance(format!("no terminal to confirm the {what} on, and nobody said yes beforehand"))
            .hint("pass `--yes` (or set `RELEASE_ASSUME_YES=1`) to accept the computed version")
            .hint("or look first: the same command with `--dry-run`")
    })
}

pub(super) fn operation(operation: Option<&str>) -> Option<Problem> {
    let name = operation?;
    Some(
        Problem::circumstance(format!("a {name} is in progress"))
            .hint(format!("finish it, or take it back with `{}`", way_back(name))),
    )
}

fn way_back(operation: &str) -> String {
    match operation {
        "bisect" => "git bisect reset".into(),
        name => format!("git {name} --abort"),
    }
}

/// A CI job on a detached HEAD counts as being on the branch when GitLab says that it is the branch's commit.
pub(super) fn branch(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Option<Problem> {
    let branch = &config.release.branch;
    let wanted = branch.listed();
    if let Some(name) = &snapshot.head.branch {
        return (!branch.admits(name)).then(|| {
            Problem::circumstance(format!("not on {wanted}: the checked-out branch is `{name}`"))
                .hint(way_to(branch, " && git pull"))
        });
    }
    let detached = |why: String| {
        let way = way_to(branch, "");
        Some(
            Problem::circumstance(format!("not on {wanted}: HEAD is detached{why}"))
                .hint(format!("{way}, or release from a {wanted} pipeline")),
        )
    };
    match &spec.gitlab {
        None => detached(String::new()),
        Some(GitlabJob { merge_request: true, .. }) => detached(" in a merge-request pipeline".into()),
        Some(GitlabJob { branch: None, .. }) => detached(" and `CI_COMMIT_BRANCH` is not set".into()),
        Some(GitlabJob { branch: Some(name), .. }) if !branch.admits(name) => {
            detached(format!(" and `CI_COMMIT_BRANCH` is `{name}`"))
        }
        Some(GitlabJob { commit, .. }) => {
            let head = snapshot.base.as_str();
            match commit {
                Some(commit) if commit == head => None,
                Some(commit) => detached(format!(" at {head}, but `CI_COMMIT_SHA` is {commit}")),
                None => detached(" and `CI_COMMIT_SHA` is not set".into()),
            }
        }
    }
}

/// How to get onto a branch that releases are cut on.
pub(super) fn way_to(branch: &Branch, and_then: &str) -> String {
    match branch.pattern() {
        Some(pattern) if !branch.has_name() => format!(
            "check one of them out: `git branch --all --list {} {}` shows which there are",
            shell_word(pattern),
            shell_word(&format!("*/{pattern}"))
        ),
        _ => format!("run `git checkout {}{and_then}`", shell_word(branch.name())),
    }
}

/// Tracked paths that differ from HEAD, as many as `listed` by name.
pub(super) fn changed(
    config: &Config,
    snapshot: &Snapshot,
    changes: &[&ChangedPath],
    listed: usize,
) -> Option<Problem> {
    if changes.is_empty() {
        return None;
    }
    let list: String = changes
        .iter()
        .take(listed)
        .map(|change| {
            format!(
                "\n{}: {}{}{}",
                how_changed(change),
                on_one_line(&change.path),
                dirt::remark(change),
                if matters(config, snapshot, &change.path) {
                    " (the release reads it: the committed version counts)"
                } else {
                    ""
                }
            )
        })
        .collect();
    let more = and_more(changes.len(), listed);
    let problem = Problem::circumstance(format!("working tree is not clean{list}{more}"));
    let changes: Vec<ChangedPath> = changes.iter().map(|change| (*change).clone()).collect();
    Some(dirt::remedies(&changes).into_iter().fold(problem, Problem::hint))
}

/// What `git status` would say of a change, in a word or two.
pub(super) fn how_changed(change: &ChangedPath) -> &'static str {
    match (change.code.as_str(), change.staged, change.unstaged) {
        ("DD" | "AA", ..) => "in conflict",
        (code, ..) if code.contains('U') => "in conflict",
        ("D ", ..) => "staged, deleted",
        (code, ..) if code.ends_with('D') => "deleted",
        (_, true, true) => "staged and changed again",
        (_, true, false) => "staged",
        _ => "changed",
    }
}

/// Whether this release reads the path: a pre-release reads neither changelog nor fragments.
fn matters(config: &Config, snapshot: &Snapshot, path: &str) -> bool {
    let is_fragment = config.changelog.iter().any(|changelog| {
        let rotates = snapshot.files.contains_key(&changelog.path);
        rotates && changelog.fragments.as_ref().is_some_and(|folder| is_below(path, folder))
    });
    is_fragment || snapshot.files.contains_key(path)
}

/// The line below a list that names only so many.
pub(super) fn and_more(number: usize, listed: usize) -> String {
    match number.saturating_sub(listed) {
        0 => String::new(),
        rest => format!("\nand {rest} more"),
    }
}

/// Untracked files that the release would read or overwrite, as many as `listed` by name.
pub(super) fn untracked(paths: &[String], listed: usize) -> Option<Problem> {
    if paths.is_empty() {
        return None;
    }
    let list: String = paths.iter().take(listed).map(|path| format!("\n{}", on_one_line(path))).collect();
    let more = and_more(paths.len(), listed);
    Some(
        Problem::circumstance(format!("untracked files lie where the release reads or writes{list}{more}"))
            .hint("`git add` and commit what belongs to the release; move the rest away"),
    )
}

pub(super) fn uncommitted_config(snapshot: &Snapshot) -> Option<Problem> {
    let file = snapshot.uncommitted_config.as_ref()?;
    let is_committed =
        snapshot.changed.iter().any(|change| change.path == *file && !change.code.starts_with('A'));
    let way_back = if is_committed {
        format!("take it back with `git checkout HEAD -- {file}`")
    } else {
        "move it away".into()
    };
    Some(
        Problem::circumstance(format!("the configuration `{file}` is not committed as it is used here"))
            .hint(match snapshot.ignored_config {
                false => format!("run `git add {file} && git commit`, or {way_back}"),
                true => format!("git ignores it: run `git add -f {file} && git commit`, or {way_back}"),
            }),
    )
}

/// What is compared with the remote: the branch, or in another place just the commit that is checked out.
pub(super) fn published_name<'a>(spec: &Spec, config: &'a Config, snapshot: &Snapshot) -> &'a str {
    if branch(spec, config, snapshot).is_none() { config.release.branch.name() } else { "HEAD" }
}

/// Where the remote was not asked, or did not answer, what was fetched last is the best that is known.
pub(super) fn behind_as_last_fetched(spec: &Spec, config: &Config, snapshot: &Snapshot) -> Option<Problem> {
    let upstream = snapshot.upstream.as_ref().filter(|upstream| upstream.behind > 0)?;
    let (branch, remote) = (config.release.branch.name(), &config.release.remote);
    let here = published_name(spec, config, snapshot);
    let behind = counted(upstream.behind, "commit");
    // A release says which remote it did not ask, and why; the bare command asks none.
    let known =
        if snapshot.remote == RemoteState::Unasked(Unasked::NotNeeded) { ", as last fetched" } else { "" };
    let message = if upstream.ahead == 0 {
        format!("{here} is behind {remote}/{branch} by {behind}{known}")
    } else {
        let ahead = counted(upstream.ahead, "commit");
        format!("{here} and {remote}/{branch} have diverged: {ahead} here, {behind} there{known}")
    };
    Some(Problem::circumstance(message).hint(catch_up(config, snapshot, &shell_word(remote), None)))
}

/// Every file of the layout must be there, and be text that is stored as it is.
pub(super) fn layout(config: &Config, snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = layout::problems(config, snapshot);
    let edited = layout::edited(config, &snapshot.globs);
    for (path, optional) in &edited {
        let limit = config.limits.manifest_bytes;
        let found = plain_text(snapshot, path, *optional, limit, "manifest-bytes");
        // Without the manifest that holds the version this is probably a repository of another layout.
        problems.extend(found.map(|problem| match snapshot.files.get(*path) {
            Some(TreeEntry::Missing) if *path == config.release.version_from => {
                problem.hint(
                    "or describe another layout in a `trueppm-release.toml` at the top of the repository",
                )
            }
            _ => problem,
        }));
    }
    for path in pinned_paths(config, &snapshot.pins) {
        if !config.manifest.iter().any(|manifest| manifest.path == path) {
            problems.extend(plain_text(
                snapshot,
                path,
                false,
                config.limits.manifest_bytes,
                "manifest-bytes",
            ));
        }
    }
    let others =
        |path: &str| snapshot.files.contains_key(path) && !edited.iter().any(|(other, _)| *other == path);
    for changelog in config.changelog.iter().filter(|it| others(&it.path)) {
        let limit = config.limits.changelog_bytes;
        problems.extend(plain_text(snapshot, &changelog.path, false, limit, "changelog-bytes"));
    }
    for path in config.step.iter().flat_map(|step| &step.writes) {
        if is_glob(path) {
            problems.extend(in_submodule(snapshot, path));
            continue;
        }
        problems.extend(in_submodule(snapshot, path).or_else(|| match snapshot.files.get(path) {
            None | Some(TreeEntry::Missing | TreeEntry::File { .. } | TreeEntry::TooLarge { .. }) => {
                obstacles(snapshot, path)
            }
            Some(entry) => Some(not_plain(path, entry)),
        }));
    }
    problems
}

/// A submodule is a repository of its own: its files are in none of this one's commits. Of a glob counts what stands
/// before its first wildcard.
pub(super) fn in_submodule(snapshot: &Snapshot, path: &str) -> Option<Problem> {
    let inside = if is_glob(path) { format!("{}/-", fixed_folder(path)) } else { path.to_owned() };
    let submodule = submodule_around(&snapshot.submodules, &inside)?;
    Some(
        Problem::content(format!(
            "`{path}` lies in the submodule `{submodule}`, a repository of its own: no release of this one changes it"
        ))
        .hint(format!("release `{submodule}` by itself, and take `{path}` out of this configuration")),
    )
}

pub(super) fn plain_text(
    snapshot: &Snapshot,
    path: &str,
    optional: bool,
    limit: u64,
    setting: &str,
) -> Option<Problem> {
    if let Some(problem) = in_submodule(snapshot, path) {
        return Some(problem);
    }
    match snapshot.files.get(path)? {
        TreeEntry::Missing => obstacles(snapshot, path).or_else(|| {
            (!optional).then(|| {
                Problem::content(format!("`{path}` is not there at HEAD"))
                    .hint(format!("commit it, or take `{path}` out of the configuration"))
            })
        }),
        TreeEntry::File { bytes, .. } => match std::str::from_utf8(bytes) {
            Ok(text) => match line_of_nul(text) {
                Some(line) => Some(holds_nul(path, line)),
                None => obstacles(snapshot, path),
            },
            Err(error) => Some(
                Problem::content(format!("`{path}` is not UTF-8 text (byte {})", error.valid_up_to()))
                    .hint("save the file as UTF-8 and commit it"),
            ),
        },
        TreeEntry::TooLarge { bytes: size, .. } => Some(
            Problem::content(format!("`{path}` is too large: {size} bytes, the limit is {limit}"))
                .hint(format!("raise `limits.{setting}` in the configuration if that size is right")),
        ),
        entry => Some(not_plain(path, entry)),
    }
}

/// The line of the first NUL byte. git takes such a file for binary, and no format here has a place for one.
pub(super) fn line_of_nul(text: &str) -> Option<usize> {
    let (before, _) = text.split_once('\0')?;
    Some(before.matches('\n').count() + 1)
}

pub(super) fn holds_nul(path: &str, line: usize) -> Problem {
    Problem::content(format!("`{path}` holds a NUL byte (line {line}), so it is not text"))
        .hint("save the file as UTF-8 without it and commit it")
}

fn not_plain(path: &str, entry: &TreeEntry) -> Problem {
    let what = match entry {
        TreeEntry::Symlink => "a symbolic link",
        TreeEntry::Folder => "a folder",
        _ => "a submodule",
    };
    Problem::content(format!("`{path}` is {what}, not a plain file"))
        .hint("put the file itself there, or name the real path in the configuration")
}

fn obstacles(snapshot: &Snapshot, path: &str) -> Option<Problem> {
    let found = snapshot.obstacles.get(path).filter(|found| !found.is_empty())?;
    Some(
        Problem::content(format!("`{path}` is not stored as plain text here: {}", found.join(", ")))
            .hint("take the file out of that attribute or link, or out of the configuration"),
    )
}

#[cfg(test)]
mod tests;
