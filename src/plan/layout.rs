//! The configuration's manifests and patterns with the files they stand for: a glob is spelled out, and what an entry
//! says of one file by name comes before what a glob says of all.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::guards::in_submodule;
use crate::config::{Config, Manifest, Pattern};
use crate::error::Problem;
use crate::snapshot::{Globs, Snapshot};
use crate::words::on_one_line;

/// An entry of the configuration with one of its files.
pub(super) struct Listed<'a, Entry> {
    pub(super) entry: &'a Entry,
    pub(super) path: &'a str,
}

/// What tells one place from another: the file, the key and the package.
type Place<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

fn place<'a>(manifest: &'a Manifest, path: &'a str) -> Place<'a> {
    (path, manifest.key.as_deref(), manifest.package.as_deref())
}

/// The files that a path of the configuration stands for; it is one file where it is no glob. A name that would break a
/// message or a preview is left out here, and a problem.
fn files<'a>(globs: &'a Globs, path: &'a String) -> impl Iterator<Item = &'a String> + Clone {
    let files = globs.get(path).map_or(std::slice::from_ref(path), Vec::as_slice);
    files.iter().filter(|file| !is_unfit(file))
}

fn is_unfit(file: &str) -> bool {
    file.contains(char::is_control)
}

/// Every manifest with each of its files, in the order of the configuration.
pub(super) fn manifests<'a>(config: &'a Config, globs: &'a Globs) -> Vec<Listed<'a, Manifest>> {
    let by_name = |manifest: &&Manifest| !globs.contains_key(&manifest.path);
    let named: HashSet<Place<'_>> =
        config.manifest.iter().filter(by_name).map(|manifest| place(manifest, &manifest.path)).collect();
    let mut taken = HashSet::new();
    let mut listed = Vec::new();
    for entry in &config.manifest {
        let is_glob = globs.contains_key(&entry.path);
        for path in files(globs, &entry.path) {
            let place = place(entry, path);
            // Of two globs the first one counts; that there are two is a problem of its own.
            if !is_glob || (!named.contains(&place) && taken.insert(place)) {
                listed.push(Listed { entry, path });
            }
        }
    }
    listed
}

/// Every pattern with each of its files, in the order of the configuration.
pub(super) fn patterns<'a>(config: &'a Config, globs: &'a Globs) -> Vec<Listed<'a, Pattern>> {
    let of = |entry: &'a Pattern| files(globs, &entry.path).map(move |path| Listed { entry, path });
    config.pattern.iter().flat_map(of).collect()
}

/// Every file that a manifest or a pattern is in, once, and whether it may be missing: only where all of them say so.
pub(super) fn edited<'a>(config: &'a Config, globs: &'a Globs) -> Vec<(&'a str, bool)> {
    let manifests = manifests(config, globs).into_iter().map(|listed| (listed.path, listed.entry.optional));
    let patterns = patterns(config, globs).into_iter().map(|listed| (listed.path, listed.entry.optional));
    let mut numbers = HashMap::new();
    let mut edited: Vec<(&str, bool)> = Vec::new();
    for (path, optional) in manifests.chain(patterns) {
        let number = *numbers.entry(path).or_insert(edited.len());
        match edited.get_mut(number) {
            Some((_, every)) => *every &= optional,
            None => edited.push((path, optional)),
        }
    }
    edited
}

/// Globs that match nothing, and files that two of them claim.
pub(super) fn problems(config: &Config, snapshot: &Snapshot) -> Vec<Problem> {
    let globs = &snapshot.globs;
    let mut problems = Vec::new();
    let entries = config.manifest.iter().map(|it| ("[[manifest]]", &it.path, it.optional));
    for (header, path, optional) in
        entries.chain(config.pattern.iter().map(|it| ("[[pattern]]", &it.path, it.optional)))
    {
        if !globs.get(path).is_some_and(Vec::is_empty) {
            continue;
        }
        if let Some(problem) = in_submodule(snapshot, path) {
            problems.push(problem);
        } else if !optional {
            problems.push(
                Problem::content(format!("`{path}` matches no file at HEAD"))
                    .hint(format!("correct the `path` of the `{header}`; only committed files count"))
                    .hint("or say `optional = true` if there may be none"),
            );
        }
    }
    let unfit: BTreeSet<&String> = globs.values().flatten().filter(|file| is_unfit(file)).collect();
    problems.extend(unfit.into_iter().map(|file| {
        Problem::content(format!("`{}` has a control character in its name", on_one_line(file)))
            .hint("rename it, or take it out of the glob with an `[[ignore]]`")
    }));
    let mut claimed: HashMap<Place<'_>, &str> = HashMap::new();
    for manifest in config.manifest.iter().filter(|manifest| globs.contains_key(&manifest.path)) {
        for path in files(globs, &manifest.path) {
            match claimed.insert(place(manifest, path), &manifest.path) {
                Some(first) if first != manifest.path => problems.push(
                    Problem::content(format!("`{path}` is matched by `{first}` and by `{}`", manifest.path))
                        .hint("give the file a `[[manifest]]` of its own, or make one of the two narrower"),
                ),
                _ => {}
            }
        }
    }
    problems
}
