//! What a package.json asks of other packages, and what the lock files of npm repeat of it. The lock file also tells what
//! a range was resolved to: a folder of the repository, or something of that name from elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json_reader::{members, string, whole};
use super::requirement::{PackageSource, Requirement};
use super::{Found, Problem, Source};

/// Tables that name other packages.
const TABLES: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// Tables that say which versions of packages are taken whoever asks, by the keys that lead there.
const FORCED: [&[&str]; 3] = [&["overrides"], &["resolutions"], &["pnpm", "overrides"]];

/// A package.json, as far as other files of the repository depend on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NpmManifest {
    /// The name of its package.
    pub name: Option<String>,
    /// The version of its package.
    pub version: Option<String>,
    /// The globs of the folders of its workspace.
    pub workspaces: Vec<String>,
    /// What it asks of other packages.
    pub requirements: Vec<Requirement>,
}

/// A range that a lock file repeats from a manifest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// The folder of the manifest, seen from that of the lock file.
    pub folder: String,
    /// Where the range stands in the manifest: its key there, with `*` in place of a table that is not told.
    pub key: String,
    /// The name under which the package is asked for.
    pub package: String,
    /// Where it stands here, and what it is.
    pub found: Found,
    /// The range was resolved to a package of the repository, or to another one; nothing where that is not told.
    pub is_own: Option<bool>,
}

/// Reads a package.json.
///
/// # Errors
/// It is not JSON.
pub fn npm_manifest(text: &str, path: &str) -> Result<NpmManifest, Problem> {
    let source = Source::new(text, path);
    let root = members(whole(&source)?);
    let text_of = |key: &str| {
        let pick = root.iter().rfind(|(name, _)| name == key)?.1;
        Some(string(&source, &pick, key).ok()?.value)
    };
    let mut read =
        NpmManifest { name: text_of("name"), version: text_of("version"), ..NpmManifest::default() };
    for (key, pick) in &root {
        let raw = pick.raw.unwrap_or_default();
        if key == "workspaces" {
            read.workspaces = globs(raw);
        }
        if TABLES.contains(&key.as_ref()) {
            for (name, pick) in members(raw) {
                let place = format!("/{key}/{}", escaped(&name));
                read.requirements
                    .extend(string(&source, &pick, &place).ok().map(|found| asked(&name, found)));
            }
        }
        for steps in FORCED.iter().filter(|steps| steps.first() == Some(&key.as_ref())) {
            let table = match steps.get(1) {
                Some(step) => members(raw).into_iter().rfind(|(name, _)| name == step).map(|(_, pick)| pick),
                None => Some(*pick),
            };
            let raw = table.and_then(|pick| pick.raw).unwrap_or_default();
            forced(&source, raw, &format!("/{}", steps.join("/")), "", &mut read.requirements);
        }
    }
    Ok(read)
}

/// A range by the name under which a package is asked for; another name may stand in front of the range.
fn asked(name: &str, found: Found) -> Requirement {
    let alias = found.value.strip_prefix("workspace:").and_then(|rest| rest.rsplit_once('@'));
    let package = alias.map_or(name, |(alias, _)| alias).to_owned();
    Requirement { package, found, source: PackageSource::Elsewhere(None) }
}

/// Ranges that hold whoever asks: `one`, `**/one`, `two/one`, `one@1`, and `.` for the package that it stands under.
fn forced(source: &Source<'_>, raw: &str, place: &str, above: &str, into: &mut Vec<Requirement>) {
    for (key, pick) in members(raw) {
        let place = format!("{place}/{}", escaped(&key));
        let last = key.rfind('/').map(|at| match key.get(..at).and_then(|before| before.rfind('/')) {
            Some(scope) if key.get(scope + 1..).is_some_and(|rest| rest.starts_with('@')) => scope + 1,
            None if key.starts_with('@') => 0,
            _ => at + 1,
        });
        let named = key.get(last.unwrap_or(0)..).unwrap_or_default();
        let name = named
            .char_indices()
            .skip(1)
            .find(|(_, it)| *it == '@')
            .map_or(named, |(at, _)| named.get(..at).unwrap_or(named));
        let name = if name == "." { above } else { name };
        match string(source, &pick, &place) {
            Ok(found) => into.push(asked(name, found)),
            Err(_) => forced(source, pick.raw.unwrap_or_default(), &place, name, into),
        }
    }
}

/// The globs of a workspace: a list, or a list under `packages`.
fn globs(raw: &str) -> Vec<String> {
    let value = serde_json::from_str(raw).unwrap_or(Value::Null);
    let list = value.as_array().or_else(|| value.get("packages")?.as_array());
    list.into_iter().flatten().filter_map(|glob| Some(glob.as_str()?.to_owned())).collect()
}

/// A name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What a package-lock.json repeats of the manifests of its workspace.
///
/// # Errors
/// It is not JSON.
pub fn package_lock_copies(text: &str, path: &str) -> Result<Vec<Copied>, Problem> {
    let source = Source::new(text, path);
    let root = members(whole(&source)?);
    let table = |key: &str| {
        root.iter().rfind(|(name, _)| name == key).and_then(|(_, pick)| pick.raw).unwrap_or_default()
    };
    let packages = members(table("packages"));
    let links: BTreeMap<&str, bool> = packages
        .iter()
        .filter(|(folder, _)| folder.split('/').any(|part| part == "node_modules"))
        .map(|(folder, pick)| (folder.as_ref(), is_true(pick.raw.unwrap_or_default(), "link")))
        .collect();
    let mut copies = Vec::new();
    for (folder, pick) in packages.iter().filter(|(folder, _)| !links.contains_key(folder.as_ref())) {
        for (key, table) in members(pick.raw.unwrap_or_default()) {
            if !TABLES.contains(&key.as_ref()) {
                continue;
            }
            for (name, pick) in members(table.raw.unwrap_or_default()) {
                let place = format!("/packages/{}/{key}/{}", escaped(folder), escaped(&name));
                let Ok(found) = string(&source, &pick, &place) else { continue };
                copies.push(Copied {
                    folder: folder.clone().into_owned(),
                    key: format!("/{key}/{}", escaped(&name)),
                    is_own: resolved(&links, folder, &name),
                    package: name.into_owned(),
                    found,
                });
            }
        }
    }
    // Version 2 has the same once more for npm 6, which knows members by their names.
    for (member, pick) in members(table("dependencies")) {
        let fields = members(pick.raw.unwrap_or_default());
        let field = |key: &str| fields.iter().rfind(|(name, _)| name == key).map(|(_, pick)| *pick);
        let folder = field("version").and_then(|pick| string(&source, &pick, "version").ok());
        let Some(folder) = folder.and_then(|found| Some(found.value.strip_prefix("file:")?.to_owned()))
        else {
            continue;
        };
        for (name, pick) in field("requires").and_then(|pick| pick.raw).map(members).unwrap_or_default() {
            let place = format!("/dependencies/{}/requires/{}", escaped(&member), escaped(&name));
            let Ok(found) = string(&source, &pick, &place) else { continue };
            let is_own = resolved(&links, &folder, &name);
            let key = format!("/*/{}", escaped(&name));
            copies.push(Copied { folder: folder.clone(), key, package: name.into_owned(), is_own, found });
        }
    }
    Ok(copies)
}

/// Whether the package that a folder asks for is one of the repository; nothing where the lock file has none. npm looks for
/// it in the folder's own `node_modules`, and then in those above.
fn resolved(links: &BTreeMap<&str, bool>, folder: &str, name: &str) -> Option<bool> {
    let mut at = folder;
    loop {
        let place =
            if at.is_empty() { format!("node_modules/{name}") } else { format!("{at}/node_modules/{name}") };
        if let Some(link) = links.get(place.as_str()) {
            return Some(*link);
        }
        if at.is_empty() {
            return None;
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn is_true(raw: &str, key: &str) -> bool {
    members(raw).iter().any(|(name, pick)| name == key && pick.raw == Some("true"))
}
