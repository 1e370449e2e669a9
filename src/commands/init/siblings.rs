//! Packages of one repository that ask for each other by version. A release moves such a range by itself where it no longer
//! admits the new version, so that the configuration needs no entry for it, only a word on where they stand.

use super::ecosystems::Ecosystem;
use super::leading::{Candidate, folder_of};
use crate::manifest::folders::joined;
use crate::manifest::requirement::{PackageSource, Requirement};
use crate::manifest::{Format, cargo_manifest, npm_manifest, python_manifest};
use crate::snapshot::Survey;

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
