//! Packages of one repository that ask for each other by version. A release moves such a range by itself where it no longer
//! admits the new version, so that the configuration needs no entry for it, only a word on where they stand.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, TableLike};

use super::ecosystems::Ecosystem;
use super::elsewhere::Exact;
use super::leading::{Candidate, folder_of};
use crate::manifest::folders::joined;
use crate::manifest::requirement::{PackageSource, Requirement};
use crate::manifest::{Format, cargo_manifest, npm_manifest, python_manifest};
use crate::snapshot::Survey;
use crate::version::Version;

/// The manifests in which one of these packages is asked for by version.
pub(super) fn asking(survey: &Survey, chosen: &[Candidate], inheriting: &[(String, String)]) -> Vec<String> {
    let of = |ecosystem| chosen.iter().filter(move |package| package.ecosystem == ecosystem);
    let crates = of(Ecosystem::Cargo).map(|package| &package.path);
    let folders: Vec<&str> =
        crates.chain(inheriting.iter().map(|(path, _)| path)).map(|path| folder_of(path)).collect();
    let npm: Vec<String> = of(Ecosystem::Npm).filter_map(|package| package.name.clone()).collect();
    let name = |path: &String| python_manifest(survey.texts.get(path)?, path).ok()?.name;
    let python: Vec<String> = of(Ecosystem::Python).filter_map(|package| name(&package.path)).collect();
    let asks = |(path, text): &(&String, &String)| {
        let is_own = |requirement: &Requirement| match (&requirement.source, Format::from_path(path)) {
            (PackageSource::Folder(to), Some(Format::CargoToml)) => {
                joined(folder_of(path), to).is_some_and(|it| folders.contains(&it.as_str()))
            }
            (_, Some(Format::PackageJson)) => npm.contains(&requirement.package),
            (_, Some(Format::Pyproject)) => python.contains(&requirement.package),
            _ => false,
        };
        let requirements = match Format::from_path(path) {
            Some(Format::CargoToml) => cargo_manifest(text, path).map(|it| it.requirements),
            Some(Format::PackageJson) => npm_manifest(text, path).map(|it| it.requirements),
            Some(Format::Pyproject) => python_manifest(text, path).map(|it| it.requirements),
            _ => return false,
        };
        requirements.is_ok_and(|requirements| requirements.iter().any(is_own))
    };
    survey.texts.iter().filter(asks).map(|(path, _)| path.clone()).collect()
}

/// Requirements of a Python package that hold one whose version is in a module to exactly that: `own-core==0.1.0`. Only a
/// version in a manifest moves them by itself.
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
