//! Packages of one repository that depend on each other by version: with the version that both share, the requirement
//! has to move as well, in the manifest and where a lock file repeats it.

use std::collections::BTreeMap;

use serde_json::Value;
use toml_edit::{Document, Item, TableLike};

use super::layout::Place;
use super::leading::{folder_of, lies_below};
use crate::manifest::folders::joined;
use crate::manifest::requirement::PackageSource;
use crate::manifest::{Format, Target, cargo_manifest, locate};
use crate::snapshot::Survey;
use crate::version::Version;

/// What may stand before a version in a requirement that a release can set; pnpm and yarn also name the workspace.
const OPERATORS: [&str; 8] = ["", "=", "^", "~", "workspace:", "workspace:=", "workspace:^", "workspace:~"];

/// Tables of a package.json that name other packages.
const NPM_TABLES: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// The template of a requirement that holds exactly this version.
fn template(requirement: &str, version: &Version) -> Option<String> {
    let operator = OPERATORS.into_iter().find(|operator| {
        requirement.strip_prefix(operator).and_then(Version::parse_either).as_ref() == Some(version)
    })?;
    Some(format!("{operator}{{version}}"))
}

/// Where crates in these folders are asked for by version: a release moves that by itself.
pub(super) fn of_crates(survey: &Survey, folders: &[&str]) -> Vec<(String, String)> {
    let manifests =
        survey.texts.iter().filter(|(path, _)| Format::from_path(path) == Some(Format::CargoToml));
    let asked = manifests.flat_map(|(path, text)| {
        let requirements = cargo_manifest(text, path).map(|it| it.requirements).unwrap_or_default();
        let own = requirements.into_iter().filter(|requirement| match &requirement.source {
            PackageSource::Folder(to) => {
                joined(folder_of(path), to).is_some_and(|it| folders.contains(&it.as_str()))
            }
            PackageSource::Elsewhere(_) => false,
        });
        own.map(|requirement| (path.clone(), requirement.found.key))
    });
    asked.collect()
}

/// A `[[pattern]]`: what stands in a file, and what a release sets it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) path: String,
    pub(super) find: String,
    pub(super) replace: String,
    pub(super) count: usize,
}

/// Requirements of a Python package that hold a sibling to exactly the shared version: `own-core==0.1.0`.
pub(super) fn of_python(survey: &Survey, path: &str, names: &[&str], version: &Version) -> Vec<Exact> {
    let Some(text) = survey.texts.get(path) else { return Vec::new() };
    let Ok(document) = Document::parse(text.as_str()) else { return Vec::new() };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for requirement in requirements(document.as_table()) {
        if let Some(prefix) = exact(requirement, names, version) {
            *found.entry(prefix.to_owned()).or_default() += 1;
        }
    }
    let spelled = version.pep440();
    let places = found.into_iter().filter_map(|(prefix, count)| {
        // Only where the text says it just as often: a name may end in another one.
        (text.matches(&format!("{prefix}{spelled}")).count() == count).then(|| Exact {
            path: path.to_owned(),
            find: format!("{prefix}{{previous-pep440}}"),
            replace: format!("{prefix}{{pep440}}"),
            count,
        })
    });
    places.collect()
}

/// All requirements of a pyproject.toml: the package's, its extras' and those of dependency groups.
fn requirements(root: &dyn TableLike) -> Vec<&str> {
    let project = root.get("project").and_then(Item::as_table_like);
    let own = project.and_then(|project| project.get("dependencies"));
    let extras = project.and_then(|project| project.get("optional-dependencies"));
    let tables =
        [extras, root.get("dependency-groups")].into_iter().flatten().filter_map(Item::as_table_like);
    let lists = own.into_iter().chain(tables.flat_map(|table| table.iter().map(|(_, list)| list)));
    lists.filter_map(Item::as_array).flatten().filter_map(|requirement| requirement.as_str()).collect()
}

/// What stands before the version in a requirement on one of these packages with exactly this version.
fn exact<'a>(requirement: &'a str, names: &[&str], version: &Version) -> Option<&'a str> {
    let (before, after) = requirement.split_once("==")?;
    let name = before.split('[').next().unwrap_or_default().trim();
    let own = names.iter().any(|own| normal_name(own) == normal_name(name));
    let spelled = after.trim_start();
    let rest = spelled.strip_prefix(version.pep440().as_str())?;
    let ends = rest.chars().all(|character| character == ' ') || rest.trim_start().starts_with(';');
    (own && ends).then(|| requirement.get(..requirement.len() - spelled.len())).flatten()
}

/// A package's name as Python's registries compare it.
fn normal_name(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Requirements on packages of this repository, and what the lock file above repeats of them.
pub(super) fn of_npm(survey: &Survey, path: &str, names: &[&str], version: &Version) -> Vec<Place> {
    let read = |text: &String| serde_json::from_str::<Value>(text).ok();
    let Some(manifest) = survey.texts.get(path).and_then(read) else { return Vec::new() };
    let folder = folder_of(path);
    let locks = survey.texts.keys().filter(|lock| {
        let name = lock.rsplit('/').next().unwrap_or(lock);
        let known = matches!(name, "package-lock.json" | "npm-shrinkwrap.json" | "pnpm-lock.yaml");
        known && lies_below(path, folder_of(lock))
    });
    let locks: Vec<&String> = locks.collect();
    let mut places = Vec::new();
    for table in NPM_TABLES {
        for name in names {
            let Some(requirement) = manifest.get(table).and_then(|table| table.get(name)?.as_str()) else {
                continue;
            };
            let tail = format!("/{table}/{}", escaped(name));
            let value = template(requirement, version);
            places.extend(place(survey, path, Format::Json, tail.clone(), value.clone()));
            for lock in &locks {
                let inner = folder.strip_prefix(folder_of(lock)).unwrap_or(folder).trim_start_matches('/');
                let (format, key) = if lock.ends_with(".yaml") {
                    let importer = if inner.is_empty() { "." } else { inner };
                    let keys = ["importers", importer, table, name, "specifier"];
                    let keys = keys.map(|key| toml_edit::Key::new(key).display_repr().into_owned());
                    (Format::Yaml, keys.join("."))
                } else {
                    (Format::Json, format!("/packages/{}{tail}", escaped(inner)))
                };
                places.extend(place(survey, lock, format, key, value.clone()));
            }
        }
    }
    places
}

/// A name as a step of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A place that the release can find, and that holds what the template gives now.
fn place(survey: &Survey, path: &str, format: Format, key: String, value: Option<String>) -> Option<Place> {
    let value = value?;
    let text = survey.texts.get(path)?;
    locate(text, path, &Target { format, key: Some(&key), package: None }).ok()?;
    let named = (Format::from_path(path) != Some(format)).then(|| format.name());
    Some(Place {
        path: path.to_owned(),
        format: named,
        key: Some(key),
        value: Some(value),
        follows: true,
        ..Place::default()
    })
}
