//! Python: a requirement counts unless a uv.lock says that the package is taken from elsewhere, for packages of one
//! repository are installed beside each other from their folders. uv writes no range of such a package into its lock file,
//! so that nothing has to follow there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Demand, Demands, Manifests, Own, Released, Text, held_before, mentions, released_by_name};
use crate::manifest::folders::folder_of;
use crate::manifest::{Format, PythonManifest, from_elsewhere, moved_in_python, python_manifest};

type Read<'a> = BTreeMap<&'a str, PythonManifest>;

pub(super) fn demands(manifests: &Manifests<'_>) -> Demands {
    let read = |wanted: &dyn Fn(&Text<'_>) -> bool| -> (Read<'_>, Read<'_>) {
        let files = || manifests.of(Format::Pyproject).filter(|(_, text)| wanted(text));
        let before =
            files().filter_map(|(path, text)| Some((path, python_manifest(text.before, path).ok()?)));
        let after = files().filter_map(|(path, text)| Some((path, python_manifest(&text.after, path).ok()?)));
        (before.collect(), after.collect())
    };
    // Most repositories release no package of Python, and then nobody has to read what lies about.
    let (before, after) = read(&|text| text.listed || text.before != text.after);
    let released = released_by_name(
        manifests,
        |path| before.get(path).map(own),
        after.iter().map(|(path, it)| (*path, own(it))),
    );
    if released.is_empty() {
        return Demands::default();
    }
    let (before, after) = read(&|_| true);
    let elsewhere: BTreeMap<&str, BTreeSet<String>> = manifests
        .of(Format::UvLock)
        .filter(|(_, text)| released.keys().any(|name| mentions(text, name)))
        .map(|(path, text)| (folder_of(path), from_elsewhere(&text.after, path)))
        .collect();
    let mut demands = Demands::default();
    for (path, manifest) in &after {
        let above = |name: &str| -> bool {
            let manifests = after.iter().filter(|(other, _)| is_above(folder_of(other), path));
            manifests.into_iter().any(|(_, it)| it.from_folders.contains(name))
        };
        let is_elsewhere = |name: &str| {
            elsewhere.iter().any(|(folder, names)| is_above(folder, path) && names.contains(name))
        };
        for requirement in &manifest.requirements {
            let name = requirement.package.as_str();
            let Some(Released { old, new, .. }) = released.get(name) else { continue };
            if is_elsewhere(name) && !above(name) {
                continue;
            }
            let key = &requirement.found.key;
            let was =
                before.get(path).and_then(|was| was.requirements.iter().find(|was| was.found.key == *key));
            demands.found.push(Demand {
                path: (*path).to_owned(),
                format: Format::Toml,
                becomes: Some(moved_in_python(requirement, old, new)),
                requirement: requirement.clone(),
                old: old.clone(),
                new: new.clone(),
                is_set: !held_before(was, requirement),
            });
        }
    }
    demands
}

fn own(manifest: &PythonManifest) -> Own<'_> {
    (manifest.name.as_deref(), manifest.version.as_deref())
}

/// Whether a file lies in a folder or below it.
fn is_above(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
