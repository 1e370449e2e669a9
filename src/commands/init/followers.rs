//! Files that repeat the version of packages: lock files with their own entries, charts, Python modules.

use super::ecosystems::Ecosystem;
use super::layout::{PEP440, Place};
use super::leading::{Candidate, folder_of, lies_below, value};
use crate::manifest::{Format, Target, locate};
use crate::snapshot::Survey;
use crate::version::Version;

/// The own entries of a lock file that move with the chosen packages.
pub(super) fn lock_places(
    survey: &Survey,
    lock: &str,
    chosen: &[Candidate],
    inheriting: &[(String, String)],
) -> Vec<Place> {
    let folder = folder_of(lock);
    let holds = |format: Format, key: Option<&str>, package: Option<&str>| {
        let text = survey.texts.get(lock).map(String::as_str).unwrap_or_default();
        locate(text, lock, &Target { format, key, package }).is_ok()
    };
    let place = |key: Option<String>, package: Option<&str>| Place {
        path: lock.to_owned(),
        key,
        package: package.map(str::to_owned),
        follows: true,
        ..Place::default()
    };
    let below = |ecosystem| {
        chosen
            .iter()
            .filter(move |package| package.ecosystem == ecosystem && lies_below(&package.path, folder))
    };
    let mut places = Vec::new();
    match lock.rsplit('/').next().unwrap_or(lock) {
        "Cargo.lock" => {
            let own = below(Ecosystem::Cargo).filter_map(|package| package.name.as_deref());
            let workspace_moves = below(Ecosystem::Cargo).any(|package| folder_of(&package.path) == folder);
            let members = inheriting.iter().filter(|(path, _)| workspace_moves && lies_below(path, folder));
            for name in own.chain(members.map(|(_, name)| name.as_str())) {
                if holds(Format::CargoLock, None, Some(name)) {
                    places.push(place(None, Some(name)));
                }
            }
        }
        "uv.lock" => {
            for name in below(Ecosystem::Python).filter_map(|package| package.name.as_deref()) {
                if holds(Format::UvLock, None, Some(name)) {
                    places.push(Place { value: Some(PEP440.to_owned()), ..place(None, Some(name)) });
                }
            }
        }
        "package-lock.json" | "npm-shrinkwrap.json" => {
            for package in below(Ecosystem::Npm) {
                let inner = folder_of(&package.path).strip_prefix(folder).unwrap_or_default();
                let inner = inner.trim_start_matches('/');
                let pointer = format!("/packages/{}/version", escaped(inner));
                if inner.is_empty() {
                    if holds(Format::PackageLock, None, None) {
                        places.push(place(None, None));
                    }
                } else if holds(Format::Json, Some(&pointer), None) {
                    let format = Some(Format::Json.name());
                    places.push(Place { format, ..place(Some(pointer), None) });
                }
            }
        }
        _ => {}
    }
    places
}

/// The modules of chosen Python packages that say the shared version as their `__version__`.
pub(super) fn module_places(survey: &Survey, chosen: &[Candidate], version: &Version) -> Vec<Place> {
    let owns = |package: &Candidate, module: &str| {
        package.ecosystem == Ecosystem::Python
            && nearest(survey, module).is_some_and(|folder| folder == folder_of(&package.path))
    };
    let place = |(path, text): (&String, &String)| {
        Format::from_path(path).filter(|format| *format == Format::PythonVersion)?;
        chosen.iter().find(|package| owns(package, path))?;
        let held = value(text, path, Format::PythonVersion, None).ok()?;
        (released(&held)? == *version).then(|| {
            let spelling = if held == version.pep440() || Version::parse_semver(&held).is_err() {
                PEP440
            } else {
                "{version}"
            };
            Place { path: path.clone(), value: Some(spelling.to_owned()), follows: true, ..Place::default() }
        })
    };
    survey.texts.iter().filter_map(place).collect()
}

/// The version that is released next to what stands in a place.
fn released(held: &str) -> Option<Version> {
    Version::parse_standing(held).map(|version| if version.is_dev() { version.base() } else { version })
}

/// The folder of the Python package that a module belongs to: the innermost one above it.
fn nearest<'a>(survey: &'a Survey, module: &str) -> Option<&'a str> {
    let manifests = survey.texts.keys().filter(|path| path.rsplit('/').next() == Some("pyproject.toml"));
    let above = manifests.map(|path| folder_of(path)).filter(|folder| lies_below(module, folder));
    above.max_by_key(|folder| folder.len())
}

/// A chart that holds the shared version, in one of its two keys or both.
pub(super) fn chart_place(survey: &Survey, path: &str, version: &Version) -> Result<Place, String> {
    let text = survey.texts.get(path).map(String::as_str).unwrap_or_default();
    let holds = |key| {
        let value = value(text, path, Format::Chart, Some(key)).ok();
        value.and_then(|value| released(value.strip_prefix('v').unwrap_or(&value))).as_ref() == Some(version)
    };
    let key = match (holds("version"), holds("appVersion")) {
        (true, true) => None,
        (true, false) => Some("version".to_owned()),
        (false, true) => Some("appVersion".to_owned()),
        (false, false) => return Err(format!("does not hold `{version}`")),
    };
    Ok(Place { path: path.to_owned(), key, follows: true, ..Place::default() })
}

/// A name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
