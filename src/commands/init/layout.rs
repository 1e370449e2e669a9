//! What kind of repository this is: trueppm-suite, one package, or several. Pure: a survey goes in. The locators that
//! a release uses say where the versions are, so whatever is listed here can also be released.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::choice::{Answers, Choice};
use super::followers::{chart_place, lock_places, module_places};
use super::siblings::{Exact, of_crates, of_npm, of_python};
use super::suite::{Suite, suite};
use crate::changelog;
use crate::error::{Error, Problem, Result};
use crate::glob::is_glob;
use crate::manifest::{Format, Target, locate, package_name};
use crate::snapshot::Survey;
use crate::version::Version;
use crate::words::on_one_line;

/// What a repository was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// trueppm-suite, in one of its forms.
    Suite(Suite),
    /// Packages that share one version.
    Packages(Packages),
}

/// Packages that share one version, and what holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packages {
    /// The version they share.
    pub(super) version: Version,
    /// What was found, for people: `Cargo package demo (Cargo.toml)`.
    pub(super) found: Vec<String>,
    /// The places that hold the version, the one that says what it is first.
    pub(super) manifests: Vec<Place>,
    /// Requirements of Python packages on each other.
    pub(super) exact: Vec<Exact>,
    /// Files that hold another version, with the reason for leaving them out.
    pub(super) ignored: Vec<(String, String)>,
    /// Files that hold no version that could be found, with the reason.
    pub(super) without: Vec<(String, String)>,
    /// The changelog.
    pub(super) changelog: Notes,
}

/// The changelog of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    /// There is none.
    None,
    /// There is one without an `[Unreleased]` section, which no release can rotate.
    Unfit,
    /// There is one.
    Changelog {
        /// Entries are written as fragments.
        fragments: bool,
    },
}

/// One `[[manifest]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) format: Option<&'static str>,
    pub(super) key: Option<String>,
    pub(super) package: Option<String>,
    pub(super) value: Option<String>,
    pub(super) follows: bool,
}

/// The spelling of Python's packages.
pub(super) const PEP440: &str = "{pep440}";

/// The file names that are looked into.
const NAMES: [&str; 14] = [
    "Cargo.toml",
    "Cargo.lock",
    "pyproject.toml",
    "uv.lock",
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "Chart.yaml",
    "__init__.py",
    "__version__.py",
    "__about__.py",
    "_version.py",
    CHANGELOG,
];

pub(super) const CHANGELOG: &str = "CHANGELOG.md";
pub(super) const FRAGMENTS: &str = "changelog.d";

/// Whether a file is looked into: it may hold a version, and a configuration can name it.
pub(super) fn is_wanted(path: &str) -> bool {
    let nameable = !path.contains(|character: char| character.is_control() || character == '\\');
    let known = NAMES.contains(&path.rsplit('/').next().unwrap_or(path)) || super::suite::is_wanted(path);
    nameable && !is_glob(path) && known
}

/// Recognises a layout.
///
/// # Errors
/// Nothing that holds a version this program can release, with what was looked at; or a question was not answered.
pub(super) fn recognise(survey: &Survey, answers: &mut dyn Answers) -> Result<Layout> {
    if let Some(suite) = suite(survey) {
        return Ok(Layout::Suite(suite));
    }
    packages(survey, answers).map(Layout::Packages)
}

/// An ecosystem with a manifest of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ecosystem {
    Cargo,
    Python,
    Npm,
}

impl Ecosystem {
    fn of(path: &str) -> Option<Self> {
        match path.rsplit('/').next().unwrap_or(path) {
            "Cargo.toml" => Some(Self::Cargo),
            "pyproject.toml" => Some(Self::Python),
            "package.json" => Some(Self::Npm),
            _ => None,
        }
    }

    fn format(self) -> Format {
        match self {
            Self::Cargo => Format::CargoToml,
            Self::Python => Format::Pyproject,
            Self::Npm => Format::PackageJson,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo",
            Self::Python => "Python",
            Self::Npm => "npm",
        }
    }
}

/// A manifest that holds a version.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) ecosystem: Ecosystem,
    pub(super) path: String,
    pub(super) key: Option<&'static str>,
    pub(super) name: Option<String>,
    pub(super) version: Version,
}

/// What reading all manifests gave.
#[derive(Debug, Default)]
struct Reading {
    candidates: Vec<Candidate>,
    /// Cargo packages that take their version from their workspace: the manifest's path and the package's name.
    inheriting: Vec<(String, String)>,
    /// What a manifest holds that no release can be made of.
    foreign: Vec<(String, String)>,
    /// Why a manifest holds no version.
    without: Vec<(String, String)>,
}

fn packages(survey: &Survey, answers: &mut dyn Answers) -> Result<Packages> {
    let reading = read(survey);
    let Some(version) = shared_version(&reading.candidates, answers)? else {
        let unusable = reading.foreign.iter().chain(&reading.without);
        let list: String = unusable.map(|(path, why)| format!("\n{path}: {why}")).collect();
        let problem = Problem::content(format!("no package with a version was found here{list}"))
            .hint("a version is looked for in every Cargo.toml, pyproject.toml and package.json that git does not ignore")
            .hint(
                "to describe another layout by hand, start from the built-in one: `trueppm-release init --example \
                 trueppm-suite`",
            );
        return Err(Error::refused(problem));
    };
    let Reading { candidates, inheriting, foreign: mut ignored, mut without } = reading;
    let (chosen, others): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|candidate| candidate.version == version);
    ignored.extend(
        others.into_iter().map(|other| (other.path, format!("has a version of its own: {}", other.version))),
    );
    let mut manifests: Vec<Place> = chosen.iter().map(manifest).collect();
    let crates = chosen.iter().filter(|package| package.ecosystem == Ecosystem::Cargo);
    for path in crates.map(|package| &package.path).chain(inheriting.iter().map(|(path, _)| path)) {
        let known = manifests.iter().any(|place| place.path == *path && place.follows);
        manifests.extend(if known { Vec::new() } else { of_crates(survey, path, &version) });
    }
    let npm = || chosen.iter().filter(|package| package.ecosystem == Ecosystem::Npm);
    let names: Vec<&str> = npm().filter_map(|package| package.name.as_deref()).collect();
    for package in npm() {
        manifests.extend(of_npm(survey, &package.path, &names, &version));
    }
    let python = || {
        chosen.iter().filter(|package| {
            package.ecosystem == Ecosystem::Python && package.key.is_none_or(|key| key == "project.version")
        })
    };
    let names: Vec<&str> = python().filter_map(|package| package.name.as_deref()).collect();
    let exact = python().flat_map(|package| of_python(survey, &package.path, &names, &version)).collect();
    manifests.extend(module_places(survey, &chosen, &version));
    for lock in survey.texts.keys() {
        manifests.extend(lock_places(survey, lock, &chosen, &inheriting));
    }
    for chart in survey.texts.keys().filter(|path| path.rsplit('/').next() == Some("Chart.yaml")) {
        match chart_place(survey, chart, &version) {
            Ok(place) => manifests.push(place),
            Err(why) => ignored.push((chart.clone(), why)),
        }
    }
    let found = chosen.iter().map(described).collect();
    ignored.sort();
    ignored.dedup_by(|one, other| one.0 == other.0);
    without.sort();
    Ok(Packages { version, found, manifests, exact, ignored, without, changelog: notes(survey) })
}

fn read(survey: &Survey) -> Reading {
    let mut reading = Reading::default();
    let mut paths: Vec<&String> = survey.texts.keys().collect();
    // What lies at the top speaks for the repository.
    paths.sort_by_key(|path| (path.matches('/').count(), path.as_str()));
    for path in paths {
        let Some(ecosystem) = Ecosystem::of(path) else { continue };
        let Some(text) = survey.texts.get(path) else { continue };
        let name = package_name(text, ecosystem.format());
        let keys: &[&'static str] = match ecosystem {
            Ecosystem::Cargo => &["workspace.package.version", "package.version"],
            Ecosystem::Python => &["project.version", "tool.poetry.version"],
            Ecosystem::Npm => &[],
        };
        let keyed = keys.iter().map(|key| (Some(*key), value(text, path, ecosystem.format(), Some(key))));
        let mut values: Vec<_> = keyed.filter(|(_, value)| value.is_ok()).collect();
        if values.len() < 2 {
            values = vec![(None, value(text, path, ecosystem.format(), None))];
        }
        for (key, value) in values {
            match value.map(|value| (Version::parse_either(&value), value)) {
                Ok((Some(version), _)) => {
                    let (path, name) = (path.clone(), name.clone());
                    reading.candidates.push(Candidate { ecosystem, path, key, name, version });
                }
                Ok((None, value)) => {
                    let why = format!("`{}` is not a version this tool releases", on_one_line(&value));
                    reading.foreign.push((path.clone(), why));
                }
                Err(why) => {
                    match (&name, ecosystem) {
                        (Some(name), Ecosystem::Cargo) if inherits_version(text) => {
                            reading.inheriting.push((path.clone(), name.clone()));
                        }
                        (_, Ecosystem::Python) if is_dynamic(text) && module_of(survey, path).is_some() => {
                            reading.candidates.extend(module_of(survey, path).map(|(path, version)| {
                                Candidate { ecosystem, path, key, name: name.clone(), version }
                            }));
                        }
                        _ => {
                            let why = why.strip_prefix(&format!("{path}: ")).unwrap_or(&why).to_owned();
                            reading.without.push((path.clone(), why));
                        }
                    }
                }
            }
        }
    }
    reading
}

/// Whether a Cargo package says that its workspace holds the version.
fn inherits_version(text: &str) -> bool {
    let document = toml_edit::Document::parse(text).ok();
    let workspace =
        document.as_ref().and_then(|it| it.get("package")?.get("version")?.get("workspace")?.as_bool());
    workspace == Some(true)
}

/// Whether a Python package says that its version stands elsewhere.
fn is_dynamic(text: &str) -> bool {
    let document = toml_edit::Document::parse(text).ok();
    let dynamic = document.as_ref().and_then(|it| it.get("project")?.get("dynamic")?.as_array());
    dynamic.is_some_and(|names| names.iter().any(|name| name.as_str() == Some("version")))
}

/// The one module below a package that says `__version__`, and what it says.
fn module_of(survey: &Survey, package: &str) -> Option<(String, Version)> {
    let folder = folder_of(package);
    let below = survey.texts.iter().filter(|(path, _)| lies_below(path, folder));
    let mut modules = below.filter_map(|(path, text)| {
        let format = Format::from_path(path).filter(|format| *format == Format::PythonVersion)?;
        Some((path.clone(), Version::parse_either(&value(text, path, format, None).ok()?)?))
    });
    let only = modules.next()?;
    modules.next().is_none().then_some(only)
}

/// The one value that a manifest holds.
pub(super) fn value(
    text: &str,
    path: &str,
    format: Format,
    key: Option<&str>,
) -> std::result::Result<String, String> {
    let target = Target { format, key, package: None };
    match locate(text, path, &target) {
        Ok(found) => found.into_iter().next().map(|found| found.value).ok_or_else(String::new),
        Err(problems) => Err(problems.into_iter().next().map(|problem| problem.message).unwrap_or_default()),
    }
}

/// The version of the manifest at the top, or the one that most manifests hold; where they differ, that is a choice.
fn shared_version(candidates: &[Candidate], answers: &mut dyn Answers) -> Result<Option<Version>> {
    let mut counts: BTreeMap<Version, usize> = BTreeMap::new();
    for candidate in candidates {
        *counts.entry(candidate.version).or_default() += 1;
    }
    let top = candidates.iter().find(|candidate| !candidate.path.contains('/')).map(|top| top.version);
    let mut versions: Vec<(Version, usize)> = counts.into_iter().collect();
    versions.sort_by_key(|(version, count)| Reverse((top == Some(*version), *count, *version)));
    let held = |version: &Version| {
        let places = candidates.iter().filter(|candidate| candidate.version == *version);
        let paths: Vec<&str> = places.map(|candidate| candidate.path.as_str()).collect();
        format!("{version} ({})", paths.join(", "))
    };
    let number = match versions.as_slice() {
        [] | [_] => 0,
        several => {
            let answers_given = several.iter().map(|(version, _)| held(version));
            answers.choose(&Choice::new("version to release", answers_given))?
        }
    };
    Ok(versions.get(number).map(|(version, _)| *version))
}

fn manifest(candidate: &Candidate) -> Place {
    Place {
        path: candidate.path.clone(),
        key: candidate.key.map(str::to_owned),
        value: (candidate.ecosystem == Ecosystem::Python).then(|| PEP440.to_owned()),
        ..Place::default()
    }
}

fn described(candidate: &Candidate) -> String {
    let what = match (candidate.key, &candidate.name) {
        (Some("workspace.package.version"), _) | (None, None) if candidate.ecosystem == Ecosystem::Cargo => {
            "Cargo workspace".to_owned()
        }
        (_, Some(name)) => format!("{} package {}", candidate.ecosystem.word(), on_one_line(name)),
        (_, None) => format!("{} package", candidate.ecosystem.word()),
    };
    format!("{what} ({})", on_one_line(&candidate.path))
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file lies in a folder or below it.
pub(super) fn lies_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn notes(survey: &Survey) -> Notes {
    let Some(text) = survey.texts.get(CHANGELOG) else { return Notes::None };
    if !changelog::Reading::new(CHANGELOG, text, "", None).has_unreleased() {
        return Notes::Unfit;
    }
    Notes::Changelog { fragments: survey.paths.iter().any(|path| lies_below(path, FRAGMENTS)) }
}
