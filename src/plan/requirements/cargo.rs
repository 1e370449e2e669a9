//! Cargo: a range counts where the crate behind it lies in a folder of the repository, by `path` or by a `[patch]`. What
//! Cargo would take from a registry is another crate, whatever it is called.

use std::collections::BTreeMap;

use super::{Demand, Demands, Manifests, Text, mentions};
use crate::error::Problem;
use crate::manifest::folders::{folder_of, joined};
use crate::manifest::requirement::{PackageSource, Requirement};
use crate::manifest::{CargoManifest, Format, cargo_manifest};
use crate::words::on_one_line;

/// A crate whose version the release sets.
struct Released {
    name: String,
    old: String,
    new: String,
}

/// The manifests that were read, as the configuration leaves them.
type Read<'a> = BTreeMap<&'a str, CargoManifest>;

/// The crates that the manifests of the repository know in folders, and whether each is released; those outside are not.
pub(super) fn crates(manifests: &Manifests<'_>) -> BTreeMap<String, bool> {
    let read: Read<'_> = of_cargo(manifests)
        .filter_map(|(path, text)| Some((path, cargo_manifest(text.before, path).ok()?)))
        .collect();
    let mut crates = BTreeMap::new();
    for (path, manifest) in &read {
        let outside = manifest.neighbours.iter().filter(|(_, to)| joined(folder_of(path), to).is_none());
        let inside = manifest.name.iter();
        crates.extend(inside.chain(outside.map(|(name, _)| name)).map(|name| (name.clone(), false)));
    }
    crates.extend(released(manifests, &read, &read).into_values().map(|it| (it.name, true)));
    crates
}

/// The manifests in which it stands who is released, and which workspace a crate belongs to.
fn tellers<'a>(manifests: &'a Manifests<'_>, of: &dyn Fn(&'a Text<'_>) -> &'a str) -> Read<'a> {
    let tells = |text: &Text<'_>| text.listed || text.before != text.after || mentions(text, "workspace");
    let telling = of_cargo(manifests).filter(|(_, text)| tells(text));
    telling.filter_map(|(path, text)| Some((path, cargo_manifest(of(text), path).ok()?))).collect()
}

fn of_cargo<'a>(manifests: &'a Manifests<'_>) -> impl Iterator<Item = (&'a str, &'a Text<'a>)> {
    let all = manifests.0.iter().map(|(path, text)| (*path, text));
    all.filter(|(path, _)| Format::from_path(path) == Some(Format::CargoToml))
}

pub(super) fn demands(manifests: &Manifests<'_>) -> Demands {
    let before = tellers(manifests, &|text| text.before);
    let mut read = tellers(manifests, &|text| &text.after);
    let released = released(manifests, &before, &read);
    // A crate is asked for by its name, so that most manifests need no parser.
    let names: Vec<&str> = released.values().map(|it| it.name.as_str()).collect();
    for (path, text) in of_cargo(manifests) {
        if !read.contains_key(path) && names.iter().any(|name| mentions(text, name)) {
            read.extend(cargo_manifest(&text.after, path).ok().map(|it| (path, it)));
        }
    }
    let mut demands = Demands::default();
    for (path, manifest) in &read {
        for requirement in &manifest.requirements {
            let Some(released) = asked(path, requirement, &read).and_then(|it| released.get(&it)) else {
                continue;
            };
            demands.found.push(Demand {
                path: (*path).to_owned(),
                format: Format::CargoToml,
                requirement: requirement.clone(),
                old: released.old.clone(),
                new: released.new.clone(),
                is_set: before.get(path).is_some_and(|before| !held_before(before, requirement)),
                becomes: None,
            });
        }
        for (replaced, folder) in &manifest.replaced {
            let into = joined(folder_of(path), folder).and_then(|folder| released.get(&folder));
            demands.problems.extend(
                into.filter(|it| it.old != it.new)
                    .map(|it| replace(path, replaced.line, &replaced.value, it)),
            );
        }
    }
    demands
}

/// The crates that are released, by their folders: the configuration sets their version, or that of their workspace.
fn released(manifests: &Manifests<'_>, before: &Read<'_>, read: &Read<'_>) -> BTreeMap<String, Released> {
    let mut released = BTreeMap::new();
    let versions = |path: &str, of: fn(&CargoManifest) -> &Option<String>| {
        let (old, new) = (of(before.get(path)?).clone()?, of(read.get(path)?).clone()?);
        let listed = manifests.0.get(path).is_some_and(|text| text.listed);
        (listed || old != new).then_some((old, new))
    };
    for (path, manifest) in read {
        let Some(name) = &manifest.name else { continue };
        let found = if manifest.inherits {
            workspace_of(path, read).and_then(|root| versions(root, |it| &it.shared_version))
        } else {
            versions(path, |it| &it.version)
        };
        if let Some((old, new)) = found {
            released.insert(folder_of(path).to_owned(), Released { name: name.clone(), old, new });
        }
    }
    released
}

/// The manifest of the workspace that a crate belongs to.
fn workspace_of<'a>(path: &str, read: &Read<'a>) -> Option<&'a str> {
    let at = |folder: &str| {
        let manifest =
            if folder.is_empty() { "Cargo.toml".to_owned() } else { format!("{folder}/Cargo.toml") };
        read.get_key_value(manifest.as_str()).filter(|(_, it)| it.is_workspace).map(|(path, _)| *path)
    };
    let mut folder = folder_of(path);
    if let Some(named) = read.get(path).and_then(|it| it.workspace.as_deref()) {
        return joined(folder, named).and_then(|folder| at(&folder));
    }
    loop {
        match at(folder) {
            Some(root) => return Some(root),
            None if folder.is_empty() => return None,
            None => folder = folder_of(folder),
        }
    }
}

/// The folder of the crate of this repository that a range is asked of.
fn asked(path: &str, requirement: &Requirement, read: &Read<'_>) -> Option<String> {
    match &requirement.source {
        PackageSource::Folder(folder) => joined(folder_of(path), folder),
        PackageSource::Elsewhere(source) => {
            let root = workspace_of(path, read).unwrap_or(path);
            let patches = &read.get(root)?.patches;
            let patch =
                patches.iter().find(|it| it.package == requirement.package && it.source == *source)?;
            joined(folder_of(root), &patch.folder)
        }
    }
}

/// Whether the same range was asked for before the configuration's entries had their turn.
fn held_before(before: &CargoManifest, requirement: &Requirement) -> bool {
    let found = &requirement.found;
    before.requirements.iter().any(|it| it.found.key == found.key && it.found.value == found.value)
}

fn replace(path: &str, line: usize, replaced: &str, released: &Released) -> Problem {
    let (path, replaced, name) = (on_one_line(path), on_one_line(replaced), on_one_line(&released.name));
    Problem::content(format!(
        "{path}:{line}: `[replace]` puts `{name}` in the place of `{replaced}`, and it will be `{}`",
        released.new
    ))
    .hint(
        "write a `[patch]` in its place, which names no version and has taken over from `[replace]` in Cargo",
    )
}
