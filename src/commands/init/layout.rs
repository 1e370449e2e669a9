//! What kind of repository this is: trueppm-suite, one package, or several. Pure: a survey goes in. The locators that
//! a release uses say where the versions are, so whatever is listed here can also be released.

use std::collections::BTreeSet;

use super::choice::Answers;
use super::ecosystems::Ecosystem;
use super::elsewhere::{Others, others};
use super::followers::{chart_place, lock_places, module_places};
use super::leading::{Candidate, Reading, few, is_example, read, shared_version};
use super::notes::{Found, Notes, notes};
use super::siblings::{asking, of_python};
use super::suite::{Suite, suite};
use super::tags::{Shapes, shapes};
use crate::error::{Error, Problem, Result};
use crate::glob::is_glob;
use crate::plan::may_hold_version;
use crate::snapshot::Survey;
use crate::version::Version;
use crate::words::on_one_line;

/// What a repository was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// trueppm-suite, in one of its forms.
    Suite(Suite),
    /// Packages that share one version.
    Packages(Box<Packages>),
}

/// Packages that share one version, and what holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packages {
    /// The version they share; of a development version, its base.
    pub(super) version: Version,
    /// What the first of them holds.
    pub(super) standing: Version,
    /// What was found, for people, each thing once: `Cargo package demo (Cargo.toml), at 0.1.0`.
    pub(super) found: Vec<String>,
    /// The names of tags.
    pub(super) tags: Shapes,
    /// The places that hold the version, the one that says what it is first.
    pub(super) manifests: Vec<Place>,
    /// Other files that hold the version.
    pub(super) others: Others,
    /// The manifests in which the packages ask for each other by version.
    pub(super) asking: Vec<String>,
    /// Files that hold a version and are left out, with the reason.
    pub(super) ignored: Vec<(String, String)>,
    /// Files that hold no version that could be found, with the reason.
    pub(super) without: Vec<(String, String)>,
    /// The changelog.
    pub(super) notes: Notes,
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

/// Whether a file is looked into: it may hold a version, and a configuration can name it.
pub(super) fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = Ecosystem::knows(name)
        || may_hold_version(path) && near_the_top(path)
        || super::notes::is_wanted(path)
        || super::import::may_name_types(path)
        || super::suite::is_wanted(path);
    is_nameable(path) && known
}

/// Files that a manifest names as the place of its version, whatever they are called.
pub(super) fn named_files(survey: &Survey) -> BTreeSet<String> {
    let named = survey.texts.iter().flat_map(|(path, text)| super::ecosystems::named_files(path, text));
    named.filter(|path| is_nameable(path) && survey.paths.contains(path)).collect()
}

fn is_nameable(path: &str) -> bool {
    !path.contains(|character: char| character.is_control() || character == '\\') && !is_glob(path)
}

/// What may hold the version by the way is looked for where people keep it: not deep in a tree, nor among examples.
fn near_the_top(path: &str) -> bool {
    path.matches('/').count() <= 3 && !is_example(path)
}

/// Recognises a layout.
///
/// # Errors
/// Nothing that holds a version this program can release, with what was looked at; or a question was not answered.
pub(super) fn recognise(survey: &Survey, answers: &mut dyn Answers) -> Result<Layout> {
    if let Some(suite) = suite(survey) {
        return Ok(Layout::Suite(suite));
    }
    packages(survey, answers).map(|packages| Layout::Packages(Box::new(packages)))
}

fn packages(survey: &Survey, answers: &mut dyn Answers) -> Result<Packages> {
    let reading = read(survey);
    // A package at the top whose version no release can set is not passed over for its examples.
    let top_has_none = reading.unsupported.iter().any(|(path, _)| !path.contains('/'));
    let only_examples = reading.candidates.iter().all(|candidate| is_example(&candidate.path));
    let version = match shared_version(&reading.candidates, survey, answers)? {
        Some(version) if !(top_has_none && only_examples) => version,
        _ => return Err(Error::refused(nothing_to_release(&reading, survey))),
    };
    let Reading { candidates, inheriting, foreign: mut ignored, mut without, unsupported } = reading;
    without.extend(unsupported);
    let (chosen, others_left): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|candidate| candidate.version == version);
    let foreign_names: Vec<String> = others_left.iter().filter_map(|it| it.name.clone()).collect();
    ignored.extend(
        others_left
            .into_iter()
            .map(|it| (it.path, format!("has a version of its own: {}", on_one_line(&it.held)))),
    );
    let (chosen, left) = without_examples(survey, chosen);
    ignored.extend(left.into_iter().map(|it| (it.path, "an example or a fixture: not released".to_owned())));
    let mut manifests: Vec<Place> = chosen.iter().map(manifest).collect();
    let asking = asking(survey, &chosen, &inheriting);
    manifests.extend(module_places(survey, &chosen, &version));
    for lock in survey.texts.keys() {
        manifests.extend(lock_places(survey, lock, &chosen, &inheriting));
    }
    // A chart that is released itself moves in both of its places, where both hold the version.
    for place in manifests.iter_mut().filter(|place| Ecosystem::of(&place.path) == Some(Ecosystem::Chart)) {
        if let Ok(both) = chart_place(survey, &place.path, &version) {
            place.key = both.key;
        }
    }
    let is_chart = |path: &&String| Ecosystem::of(path) == Some(Ecosystem::Chart);
    if !chosen.iter().any(|it| it.ecosystem == Ecosystem::Chart) {
        for chart in survey.texts.keys().filter(is_chart) {
            match chart_place(survey, chart, &version) {
                Ok(place) => manifests.push(place),
                Err(why) => ignored.push((chart.clone(), why)),
            }
        }
    }
    // Two packages of one name, or a name that two rules know, give one place.
    let mut seen = BTreeSet::new();
    manifests.retain(|place| seen.insert((place.path.clone(), place.key.clone(), place.package.clone())));
    // A file that is listed cannot be left out for another place in it.
    let listed = |path: &str| manifests.iter().any(|place| place.path == path);
    without.extend(ignored.iter().filter(|(path, _)| listed(path)).cloned());
    ignored.retain(|(path, _)| !listed(path));
    for list in [&mut ignored, &mut without] {
        list.sort();
        list.dedup_by(|one, other| one.0 == other.0);
    }
    let foreign: Vec<&str> = foreign_names.iter().map(String::as_str).collect();
    let tags = shapes(&survey.tags, &version, &foreign, answers)?;
    let notes = notes(survey, answers)?;
    let known = |path: &str| {
        let is_changelog = super::notes::is_wanted(path);
        listed(path) || ignored.iter().any(|(other, _)| other == path) || is_changelog
    };
    let mut others = others(survey, &chosen, &version, &known);
    let python = || chosen.iter().filter(|package| package.ecosystem == Ecosystem::Python);
    let in_modules = python().filter(|package| Ecosystem::of(&package.path) != Some(Ecosystem::Python));
    let names: Vec<&str> = in_modules.filter_map(|package| package.name.as_deref()).collect();
    for package in python() {
        others.patterns.extend(of_python(survey, &package.path, &names, &version));
    }
    let standing = chosen.first().and_then(|it| Version::parse_standing(&it.held)).unwrap_or(version);
    let mut packages = Packages {
        version,
        standing,
        found: Vec::new(),
        tags,
        manifests,
        asking,
        others,
        ignored,
        without,
        notes,
    };
    packages.found = found(&packages, &chosen);
    Ok(packages)
}

/// The chosen packages without examples and fixtures, and these; one stays that a package which is none asks for.
fn without_examples(survey: &Survey, chosen: Vec<Candidate>) -> (Vec<Candidate>, Vec<Candidate>) {
    if chosen.iter().all(|it| is_example(&it.path)) {
        return (chosen, Vec::new());
    }
    let texts: Vec<&String> = chosen
        .iter()
        .filter(|it| !is_example(&it.path))
        .filter_map(|it| survey.texts.get(&it.path))
        .collect();
    let asked_for = |name: &str| {
        texts
            .iter()
            .any(|text| text.contains(&format!("\"{name}\"")) || text.contains(&format!("\n{name} = ")))
    };
    chosen.into_iter().partition(|it| !is_example(&it.path) || it.name.as_deref().is_some_and(asked_for))
}

fn nothing_to_release(reading: &Reading, survey: &Survey) -> Problem {
    let of_old = survey.texts.keys().filter_map(|path| Some((path.clone(), Ecosystem::why_unread(path)?)));
    let of_old: Vec<(String, String)> = of_old.collect();
    let unusable = reading.unsupported.iter().chain(&reading.foreign).chain(&reading.without).chain(&of_old);
    let list: String = unusable.map(|(path, why)| format!("\n{}: {why}", on_one_line(path))).collect();
    Problem::content(format!("no package with a version was found here{list}"))
        .hint(format!("a version is looked for in every {} that git does not ignore", Ecosystem::manifests()))
        .hint(
            "to describe another layout by hand, start from the built-in one: `trueppm-release init --example \
             trueppm-suite`",
        )
}

/// What was found, each thing once.
fn found(packages: &Packages, chosen: &[Candidate]) -> Vec<String> {
    let Packages { version, tags, others, notes, .. } = packages;
    let mut found: Vec<String> = chosen.iter().map(described).collect();
    if let Some(last) = found.last_mut() {
        let held =
            chosen.first().map(|it| it.held.as_str()).filter(|held| Version::parse_either(held).is_none());
        last.push_str(&match held {
            Some(held) => format!(", at {}, which is released as {version}", on_one_line(held)),
            None => format!(", at {version}"),
        });
    }
    if let Some(seen) = &tags.seen {
        found.push(format!("tags named {} (such as {})", tags.names.join(" and "), on_one_line(seen)));
    }
    if let Found::Changelog(path) | Found::Unfit(path) = &notes.changelog {
        found.push(format!("changelog {}", on_one_line(path)));
    }
    if let Some(folder) = &notes.fragments {
        found.push(format!("fragments in {folder}"));
    }
    if !notes.types.is_empty() {
        let names: Vec<&str> = notes.types.iter().map(|(name, _)| name.as_str()).collect();
        found.push(format!("types of changes: {}", names.join(", ")));
    }
    let mut paths: Vec<&str> = others.patterns.iter().map(|it| it.path.as_str()).collect();
    paths.dedup();
    if !paths.is_empty() {
        found.push(format!("the version also in {}", paths.join(", ")));
    }
    if !others.unsure.is_empty() {
        let unsure: Vec<String> =
            others.unsure.iter().map(|(path, lines)| format!("{path} ({lines})")).collect();
        found.push(format!("the same number in {}, which is left to you", unsure.join(", ")));
    }
    let left = packages.ignored.iter().chain(&packages.notes.left);
    let left: Vec<&(String, String)> = left.collect();
    // A repository may have hundreds of fixtures: the configuration names them all.
    const SHOWN: usize = 10;
    found
        .extend(left.iter().take(SHOWN).map(|(path, why)| format!("left out: {}: {why}", on_one_line(path))));
    let rest: Vec<&str> = left.iter().skip(SHOWN).map(|(path, _)| path.as_str()).collect();
    if !rest.is_empty() {
        found.push(format!("left out as well: {}", few(&rest)));
    }
    found
}

fn manifest(candidate: &Candidate) -> Place {
    let as_semver = Version::parse_semver(&candidate.held).is_ok_and(|it| !it.is_stable());
    Place {
        path: candidate.path.clone(),
        format: candidate.format,
        key: candidate.key.map(str::to_owned),
        value: (candidate.ecosystem.writes_pep440() && !as_semver).then(|| PEP440.to_owned()),
        ..Place::default()
    }
}

fn described(candidate: &Candidate) -> String {
    let word = candidate.ecosystem.word();
    let what = match (candidate.key, &candidate.name) {
        (Some("workspace.package.version"), _) | (None, None) if candidate.ecosystem == Ecosystem::Cargo => {
            "Cargo workspace".to_owned()
        }
        _ if candidate.ecosystem.rank() > 0 => word.to_owned(),
        (_, Some(name)) => format!("{word} package {}", on_one_line(name)),
        (_, None) => format!("{word} package"),
    };
    format!("{what} ({})", on_one_line(&candidate.path))
}
