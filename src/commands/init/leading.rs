//! Which version a repository is released at: what every manifest holds, and which of them counts. The package at the top
//! comes first, then packages that are published, then private ones, and examples and fixtures last of all.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::choice::{Answers, Choice};
use super::ecosystems::{Ecosystem, Elsewhere};
use crate::error::Result;
use crate::manifest::{Format, Target, locate, package_name};
use crate::snapshot::Survey;
use crate::version::Version;
use crate::words::on_one_line;

/// A place that holds the version of a package.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) ecosystem: Ecosystem,
    pub(super) path: String,
    pub(super) key: Option<&'static str>,
    /// The format, where the file's name does not tell it.
    pub(super) format: Option<&'static str>,
    pub(super) name: Option<String>,
    /// The version that is released next to what stands there: of a development version, its base.
    pub(super) version: Version,
    /// What stands there.
    pub(super) held: String,
    /// It is never published.
    pub(super) private: bool,
}

/// What reading all manifests gave; paths with reasons.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) candidates: Vec<Candidate>,
    /// Packages that take their version from their workspace: the manifest's path and the package's name.
    pub(super) inheriting: Vec<(String, String)>,
    /// What a manifest holds that no release can be made of.
    pub(super) foreign: Vec<(String, String)>,
    /// Why a manifest holds no version.
    pub(super) without: Vec<(String, String)>,
    /// Why a version cannot be set in any file.
    pub(super) unsupported: Vec<(String, String)>,
}

/// Reads every manifest, those at the top first.
pub(super) fn read(survey: &Survey) -> Reading {
    let mut reading = Reading::default();
    let mut paths: Vec<&String> = survey.texts.keys().collect();
    paths.sort_by_key(|path| (path.matches('/').count(), path.as_str()));
    for path in paths {
        let Some(ecosystem) = Ecosystem::of(path) else { continue };
        if let Some(text) = survey.texts.get(path) {
            read_one(&mut reading, survey, ecosystem, path, text);
        }
    }
    // A chart speaks for the repository only where nothing else does, a bare file only where no chart does either.
    if let Some(first) = reading.candidates.iter().map(|it| it.ecosystem.rank()).min() {
        let follows = |path: &str| Ecosystem::of(path).is_some_and(|it| it.rank() > first);
        reading.candidates.retain(|it| it.ecosystem.rank() == first);
        reading.foreign.retain(|(path, _)| !follows(path));
        reading.without.retain(|(path, _)| !follows(path));
    }
    reading
}

fn read_one(reading: &mut Reading, survey: &Survey, ecosystem: Ecosystem, path: &str, text: &str) {
    let format = ecosystem.format();
    let name = package_name(text, format);
    let keyed = ecosystem.keys().iter().map(|key| (Some(*key), value(text, path, format, Some(key))));
    let mut values: Vec<_> = keyed.filter(|(_, value)| value.is_ok()).collect();
    if values.len() < 2 && ecosystem != Ecosystem::Chart {
        values = vec![(None, value(text, path, format, None))];
    }
    // What the chart installs may have a version of its own.
    values.truncate(if ecosystem == Ecosystem::Chart { 1 } else { usize::MAX });
    let private = ecosystem.is_private(text);
    let elsewhere = ecosystem.elsewhere(survey, path, text);
    if let Elsewhere::Unsupported(why) = elsewhere {
        reading.unsupported.push((path.to_owned(), why));
        return;
    }
    for (key, value) in values {
        let held = match (value, &elsewhere, &name) {
            (Ok(held), ..) => held,
            (Err(_), Elsewhere::Workspace, Some(name)) => {
                reading.inheriting.push((path.to_owned(), name.clone()));
                continue;
            }
            (Err(_), Elsewhere::File(candidate), _) => {
                reading.candidates.push(Candidate { private, ..(**candidate).clone() });
                continue;
            }
            (Err(why), ..) => {
                let why = why.strip_prefix(&format!("{path}: ")).unwrap_or(&why).to_owned();
                reading.without.push((path.to_owned(), why));
                continue;
            }
        };
        match Version::parse_standing(&held) {
            Some(version) => {
                let version = if version.is_dev() { version.base() } else { version };
                let (path, name) = (path.to_owned(), name.clone());
                let format = None;
                reading.candidates.push(Candidate {
                    ecosystem,
                    path,
                    key,
                    format,
                    name,
                    version,
                    held,
                    private,
                });
            }
            None => {
                let why = format!("`{}` is not a version this tool releases", on_one_line(&held));
                reading.foreign.push((path.to_owned(), why));
            }
        }
    }
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

/// How much a manifest speaks for the repository; the first counts most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Root,
    Package,
    Private,
    Example,
}

/// What stands for a package that is never published.
const NEVER_PUBLISHED: &str = "0.0.0";

fn weight(candidate: &Candidate, survey: &Survey) -> Weight {
    let is_frame =
        || survey.texts.get(&candidate.path).is_some_and(|text| candidate.ecosystem.is_frame(text));
    let in_root_package = candidate.ecosystem.format().is_manifest() && belongs_to_root(candidate, survey);
    if is_example(&candidate.path) {
        Weight::Example
    } else if candidate.held == NEVER_PUBLISHED {
        Weight::Private
    } else if in_root_package && !(candidate.private && is_frame()) {
        Weight::Root
    } else if candidate.private {
        Weight::Private
    } else {
        Weight::Package
    }
}

/// Whether a manifest lies at the top, or a file holds the version of one that does.
fn belongs_to_root(candidate: &Candidate, survey: &Survey) -> bool {
    let is_manifest = Ecosystem::of(&candidate.path).is_some();
    let manifests = survey.texts.keys().filter(|path| Ecosystem::of(path) == Some(candidate.ecosystem));
    let above = manifests.map(|path| folder_of(path)).filter(|folder| lies_below(&candidate.path, folder));
    let own =
        if is_manifest { folder_of(&candidate.path) } else { above.max_by_key(|it| it.len()).unwrap_or("-") };
    own.is_empty()
}

/// Whether a file lies among examples, fixtures or tests.
pub(super) fn is_example(path: &str) -> bool {
    const FOLDERS: [&str; 27] = [
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "fixture",
        "fixtures",
        "__fixtures__",
        "test",
        "tests",
        "__tests__",
        "testdata",
        "test-data",
        "test_data",
        "testing",
        "e2e",
        "spec",
        "specs",
        "bench",
        "benches",
        "benchmark",
        "benchmarks",
        "playground",
        "playgrounds",
        "template",
        "templates",
    ];
    folder_of(path).split('/').any(|folder| FOLDERS.contains(&folder.to_lowercase().as_str()))
}

/// The version that counts. Where packages that are no examples differ, it is a choice.
pub(super) fn shared_version(
    candidates: &[Candidate],
    survey: &Survey,
    answers: &mut dyn Answers,
) -> Result<Option<Version>> {
    let mut weighed: Vec<(Weight, &Candidate)> =
        candidates.iter().map(|it| (weight(it, survey), it)).collect();
    if weighed.iter().any(|(weight, _)| *weight != Weight::Example) {
        weighed.retain(|(weight, _)| *weight != Weight::Example);
    }
    // Each version with the weightiest place that holds it, and how many of that weight do.
    let mut versions: BTreeMap<Version, (Weight, usize, usize)> = BTreeMap::new();
    for (order, (weight, candidate)) in weighed.iter().enumerate() {
        let entry = versions.entry(candidate.version).or_insert((*weight, 0, order));
        if *weight < entry.0 {
            *entry = (*weight, 0, order);
        }
        entry.1 += usize::from(entry.0 == *weight);
    }
    let mut versions: Vec<(Version, (Weight, usize, usize))> = versions.into_iter().collect();
    versions.sort_by_key(|(version, (weight, count, order))| {
        let first_at_top = if *weight == Weight::Root { *order } else { usize::MAX };
        (*weight, first_at_top, Reverse(*count), Reverse(*version))
    });
    let described = |version: &Version| {
        let places = weighed.iter().filter(|(_, candidate)| candidate.version == *version);
        let paths: Vec<&str> = places.map(|(_, candidate)| candidate.path.as_str()).collect();
        format!("{version} ({})", few(&paths))
    };
    let number = match versions.as_slice() {
        [] | [_] => 0,
        several => {
            let given = several.iter().map(|(version, _)| described(version));
            answers.choose(&Choice::new("version to release", given))?
        }
    };
    Ok(versions.get(number).map(|(version, _)| *version))
}

/// A few of these paths, and how many more there are.
pub(super) fn few(paths: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = paths.iter().take(SHOWN).copied().collect();
    match paths.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file lies in a folder or below it.
pub(super) fn lies_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
