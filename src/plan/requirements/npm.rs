//! npm, pnpm and Yarn: a range counts where it leads to a package of the repository, by what the lock file says or, where
//! there is none, in one workspace and between packages that are released together. What a lock file repeats of a
//! manifest becomes what the manifest says afterwards, whoever changed it there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Demand, Demands, Manifests, Own, Released, Text, held_before, mentions, released_by_name};
use crate::glob::Glob;
use crate::manifest::folders::{folder_of, joined};
use crate::manifest::requirement::{Moved, PackageSource, Requirement};
use crate::manifest::{
    Copied, Format, Found, NpmManifest, moved, npm_manifest, package_lock_copies, pnpm_lock_copies,
    yarn_lock_copies, yarn_lock_keys, yarn_range,
};

type Read<'a> = BTreeMap<&'a str, NpmManifest>;

/// A lock file, and what it repeats.
struct Lock<'a> {
    path: &'a str,
    text: &'a str,
    format: Format,
    copies: Vec<Copied>,
}

/// A range of a manifest: what it was, and what it will be.
struct Range {
    key: String,
    package: String,
    before: String,
    after: String,
}

pub(super) fn demands(manifests: &Manifests<'_>) -> Demands {
    let all: Vec<(&str, &Text<'_>)> = manifests.of(Format::PackageJson).collect();
    let (mut before, mut after): (Read<'_>, Read<'_>) = (BTreeMap::new(), BTreeMap::new());
    let tells = |text: &Text<'_>| text.listed || text.before != text.after || mentions(text, "workspaces");
    for (path, text) in all.iter().filter(|(_, text)| tells(text)) {
        before.extend(npm_manifest(text.before, path).ok().map(|it| (*path, it)));
        after.extend(npm_manifest(&text.after, path).ok().map(|it| (*path, it)));
    }
    let released = released_by_name(
        manifests,
        |path| before.get(path).map(own),
        after.iter().map(|(path, it)| (*path, own(it))),
    );
    if released.is_empty() {
        return Demands::default();
    }
    for (path, text) in &all {
        if !after.contains_key(path) && released.keys().any(|name| mentions(text, name)) {
            before.extend(npm_manifest(text.before, path).ok().map(|it| (*path, it)));
            after.extend(npm_manifest(&text.after, path).ok().map(|it| (*path, it)));
        }
    }
    let mut demands = Demands::default();
    let locks = locks(manifests, &released, &mut demands);
    let known = known(&locks);
    let of_yarn = folders_of_yarn(&locks);
    let mut ranges: BTreeMap<String, Vec<Range>> = BTreeMap::new();
    for (path, manifest) in &after {
        let listed = manifests.0.get(path).is_some_and(|text| text.listed);
        for requirement in &manifest.requirements {
            let Some(it) = released.get(&requirement.package) else { continue };
            let folder = folder_of(path);
            let is_own = match known.get(&(folder.to_owned(), requirement.package.clone())) {
                Some(is_own) => *is_own,
                None => listed || in_one_workspace(&after, folder, &it.folder),
            };
            if !is_own {
                continue;
            }
            let found = &requirement.found;
            let takes = if of_yarn.contains(folder) { Format::YarnLock } else { Format::PackageJson };
            let becomes = moved(takes, &found.value, &it.old, &it.new);
            let was = before
                .get(path)
                .and_then(|was| was.requirements.iter().find(|was| was.found.key == found.key));
            let will_be = match &becomes {
                Moved::To(range) => range.clone(),
                Moved::Stays | Moved::Unknown => found.value.clone(),
            };
            ranges.entry(folder.to_owned()).or_default().push(Range {
                key: found.key.clone(),
                package: requirement.package.clone(),
                before: was.map_or(found.value.clone(), |was| was.found.value.clone()),
                after: will_be,
            });
            demands.found.push(Demand {
                path: (*path).to_owned(),
                format: Format::Json,
                old: it.old.clone(),
                new: it.new.clone(),
                is_set: !held_before(was, requirement),
                requirement: requirement.clone(),
                becomes: Some(becomes),
            });
        }
    }
    for lock in &locks {
        follow(lock, &ranges, &released, &mut demands);
    }
    demands
}

fn own(manifest: &NpmManifest) -> Own<'_> {
    (manifest.name.as_deref(), manifest.version.as_deref())
}

/// The lock files that speak of released packages.
fn locks<'a>(
    manifests: &'a Manifests<'_>,
    released: &BTreeMap<String, Released>,
    demands: &mut Demands,
) -> Vec<Lock<'a>> {
    let mut locks = Vec::new();
    for format in [Format::PackageLock, Format::PnpmLock, Format::YarnLock] {
        for (path, text) in manifests.of(format) {
            if !released.keys().any(|name| mentions(text, name)) {
                continue;
            }
            let text: &str = &text.after;
            let copies = match format {
                Format::PackageLock => package_lock_copies(text, path),
                Format::PnpmLock => pnpm_lock_copies(text, path),
                _ => yarn_lock_copies(text, path),
            };
            match copies {
                Ok(copies) => locks.push(Lock { path, text, format, copies }),
                Err(problem) => demands.problems.push(problem),
            }
        }
    }
    locks
}

/// The folder of the manifest that a lock file repeats something of.
fn folder_in(lock: &Lock<'_>, copy: &Copied) -> Option<String> {
    joined(folder_of(lock.path), &copy.folder)
}

/// What the lock files know: whether the package that a folder asks for by some name is one of the repository.
fn known(locks: &[Lock<'_>]) -> BTreeMap<(String, String), bool> {
    let mut known = BTreeMap::new();
    for lock in locks {
        for copy in &lock.copies {
            if let (Some(is_own), Some(folder)) = (copy.is_own, folder_in(lock, copy)) {
                *known.entry((folder, copy.package.clone())).or_default() |= is_own;
            }
        }
    }
    known
}

/// The folders of a workspace of Yarn.
fn folders_of_yarn(locks: &[Lock<'_>]) -> BTreeSet<String> {
    let of_yarn = locks.iter().filter(|lock| lock.format == Format::YarnLock);
    of_yarn.flat_map(|lock| lock.copies.iter().filter_map(|copy| folder_in(lock, copy))).collect()
}

/// Whether two folders are those of one workspace.
fn in_one_workspace(read: &Read<'_>, one: &str, other: &str) -> bool {
    let roots = read.iter().filter(|(_, manifest)| !manifest.workspaces.is_empty());
    roots.into_iter().any(|(path, manifest)| {
        let root = folder_of(path);
        let is_member = |folder: &str| {
            let below = match root {
                "" => Some(folder),
                root => folder.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')),
            };
            let matches = |glob: &str| {
                let glob = glob.trim_start_matches("./").trim_end_matches('/');
                below.is_some_and(|below| Glob::new(glob).is_ok_and(|glob| glob.matches(below)))
            };
            let mut globs = manifest.workspaces.iter();
            let left_out = manifest.workspaces.iter().filter_map(|it| it.strip_prefix('!')).any(matches);
            folder == root || (!left_out && globs.any(|glob| matches(glob)))
        };
        is_member(one) && is_member(other)
    })
}

/// Sets what a lock file repeats to what the manifests say.
fn follow(
    lock: &Lock<'_>,
    ranges: &BTreeMap<String, Vec<Range>>,
    released: &BTreeMap<String, Released>,
    demands: &mut Demands,
) {
    let mut set = Vec::new();
    for copy in &lock.copies {
        let Some(released) = released.get(&copy.package) else { continue };
        let of_folder = folder_in(lock, copy).and_then(|folder| ranges.get(&folder));
        let here = |range: &str| {
            let is_yarn = lock.format == Format::YarnLock && !copy.key.starts_with("/peer");
            if is_yarn { yarn_range(range) } else { range.to_owned() }
        };
        let is_it = |range: &&Range| {
            let same_place = match copy.key.strip_prefix("/*") {
                Some(name) => range.key.ends_with(name) && !range.key.starts_with("/peer"),
                None => range.key == copy.key,
            };
            same_place && range.package == copy.package && here(&range.before) == copy.found.value
        };
        let Some(range) = of_folder.into_iter().flatten().find(is_it) else { continue };
        let after = here(&range.after);
        let becomes = if after == copy.found.value { Moved::Stays } else { Moved::To(after.clone()) };
        if after != copy.found.value {
            set.push((copy.found.clone(), after));
        }
        demands.found.push(demand(lock, copy.package.clone(), copy.found.clone(), released, becomes));
    }
    if lock.format != Format::YarnLock || set.is_empty() {
        return;
    }
    match yarn_lock_keys(lock.text, lock.path, &set) {
        Err(problem) => demands.problems.push(problem),
        Ok(keys) => {
            for (found, key) in keys {
                let named = |name: &&String| found.value.starts_with(&format!("{name}@"));
                let Some((name, released)) = released.iter().find(|(name, _)| named(name)) else { continue };
                demands.found.push(demand(lock, name.clone(), found, released, Moved::To(key)));
            }
        }
    }
}

fn demand(lock: &Lock<'_>, package: String, found: Found, released: &Released, becomes: Moved) -> Demand {
    let format = match lock.format {
        Format::PackageLock => Format::Json,
        Format::PnpmLock => Format::Yaml,
        other => other,
    };
    Demand {
        path: lock.path.to_owned(),
        format,
        requirement: Requirement { found, package, source: PackageSource::Elsewhere(None) },
        old: released.old.clone(),
        new: released.new.clone(),
        is_set: false,
        becomes: Some(becomes),
    }
}
