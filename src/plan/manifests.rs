//! The versions in the manifests: all of them must agree before, each gets its own spelling afterwards. What is
//! configured to follow is set whatever it held, and a drift is a warning.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use super::build::Workshop;
use super::layout::{Listed, manifests};
use super::requirements::each_crate;
use super::spelling::{Spelling, is_expected, other_spelling, render, without_v};
use super::{FileChange, PlannedVersion, ValueChange};
use crate::config::{Config, Manifest};
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::manifest::{Format, Found, Target, key_of, left_behind, locate, package_name, replace};
use crate::version::Version;
use crate::words::on_one_line;

/// The text of a file the plan can work with; anything else is reported by the guard of the layout.
pub(super) fn text_of<'a>(files: &'a BTreeMap<String, TreeEntry>, path: &str) -> Option<&'a str> {
    match files.get(path)? {
        TreeEntry::File { bytes, .. } => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// Reads the version the repository has now.
///
/// # Errors
/// The manifest is not readable, or what it holds is no version of this scheme.
pub fn current_version(
    config: &Config,
    files: &BTreeMap<String, TreeEntry>,
) -> Result<Version, Vec<Problem>> {
    let path = &config.release.version_from;
    let Some(manifest) = config.version_manifest() else {
        return Err(vec![Problem::content(format!(
            "`{path}` is not a listed manifest, so there is no current version"
        ))]);
    };
    let Some(text) = text_of(files, path) else {
        return Err(vec![
            Problem::content(format!("the current version cannot be read from `{path}` at HEAD"))
                .hint(format!("commit `{path}` as a plain text file"))
                .hint("or describe another layout in a `trueppm-release.toml` at the top of the repository"),
        ]);
    };
    let found = locate(text, path, &target(manifest, None))?;
    let Some(first) = found.first() else {
        return Err(vec![Problem::content(format!("`{path}` holds no version"))]);
    };
    Version::parse_standing(without_v(&first.value)).ok_or_else(|| {
        vec![
            Problem::content(format!(
                "the current version `{}` at `{path}:{}` is not one this tool releases",
                first.value, first.line
            ))
            .hint("write it as `1.2.3` or `1.2.3-alpha.1` (beta and rc likewise)"),
        ]
    })
}

fn target<'a>(manifest: &'a Manifest, package: Option<&'a str>) -> Target<'a> {
    let format = format_of(manifest);
    let package = package.filter(|_| format.is_named_by_neighbour());
    Target { format, key: manifest.key.as_deref(), package: manifest.package.as_deref().or(package) }
}

/// The configuration was validated: a format is given, or the file name tells it.
fn format_of(manifest: &Manifest) -> Format {
    let named = manifest.format.as_deref().and_then(Format::from_name);
    named.or_else(|| Format::from_path(&manifest.path)).unwrap_or(Format::Json)
}

/// Plans every manifest of the configuration. Returns what must stand in them afterwards.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<PlannedVersion> {
    let mut versions = Vec::new();
    let mut mismatches = Vec::new();
    let (config, snapshot) = (workshop.config, workshop.snapshot);
    let (values, current_values) = (workshop.values(), workshop.current_values());
    let listed = manifests(config, &snapshot.globs);
    let names = package_names(&listed, &snapshot.files);
    let mut set: BTreeMap<&str, (Format, Vec<String>)> = BTreeMap::new();
    for Listed { entry: manifest, path } in listed {
        let Some(text) = working_text(workshop, path) else { continue };
        let package = Path::new(path).parent().and_then(|folder| names.get(folder)).map(String::as_str);
        let every = target(manifest, package);
        let crates = each_crate(workshop, &every, &text);
        let targets = crates.as_ref().map_or(vec![every], |names| {
            names.iter().map(|name| Target { package: Some(name), ..every }).collect()
        });
        for all in targets {
            let places = match locate(&text, path, &all) {
                Err(problems) => {
                    workshop.problems.extend(problems);
                    continue;
                }
                Ok(places) if places.is_empty() => {
                    workshop.notes.push(nothing_of_its_own(path));
                    continue;
                }
                Ok(places) => places,
            };
            for (target, held) in one_by_one(manifest, &text, path, all, &places) {
                let after = render(manifest, &target, path, held, &values);
                let expected = render(manifest, &target, path, held, &current_values);
                let Some(text) = working_text(workshop, path) else { continue };
                match replace(&text, path, &target, &after) {
                    Err(problems) => workshop.problems.extend(problems),
                    Ok(replaced) => {
                        let places = set.entry(path).or_insert_with(|| (target.format, Vec::new()));
                        places.1.extend(replaced.found.iter().map(|place| place.key.clone()));
                        let listed = Listed { entry: manifest, path };
                        compare(workshop, &listed, &replaced.found, (&expected, &after), &mut mismatches);
                        record(workshop, path, replaced.text, &replaced.found, &|_| after.clone());
                        versions.push(PlannedVersion {
                            path: path.to_owned(),
                            format: target.format.name().to_owned(),
                            key: target.key.map(str::to_owned),
                            package: target.package.map(str::to_owned),
                            value: after,
                        });
                    }
                }
            }
        }
    }
    for (path, (format, places)) in &set {
        second_places(workshop, path, *format, places);
    }
    if !mismatches.is_empty() {
        let (current, source) = (workshop.current, &workshop.config.release.version_from);
        let list: String = mismatches.iter().map(|line| format!("\n{line}")).collect();
        workshop.problems.push(
            Problem::content(format!(
                "manifests are out of step with `{current}`, the version in `{source}`{list}"
            ))
            .hint("set them to the expected values and commit, then run the release again"),
        );
    }
    versions
}

/// The places of an entry that spell the version differently, each by its key, with what it holds; otherwise all at once.
fn one_by_one<'a>(
    manifest: &Manifest,
    text: &str,
    path: &str,
    all: Target<'a>,
    places: &'a [Found],
) -> Vec<(Target<'a>, &'a str)> {
    let held = places.first().map_or("", |place| place.value.as_str());
    let spelled = |place: &Found| Spelling::of(&place.value);
    let alike = places.iter().all(|place| places.first().map(spelled) == Some(spelled(place)));
    if manifest.value.is_some() || alike {
        return vec![(all, held)];
    }
    let keyed = places.iter().map(|place| {
        let key = key_of(all.format, text, path, place)?;
        Some((Target { key: Some(key), ..all }, place.value.as_str()))
    });
    keyed.collect::<Option<_>>().unwrap_or_else(|| vec![(all, held)])
}

/// What is said of a lock file that an entry lists and that has no version of its own.
pub(super) fn nothing_of_its_own(path: &str) -> String {
    format!("`{path}` holds no version of its own: nothing to change")
}

/// Warns where a file holds the version in a second place that no entry sets: it would be left behind.
fn second_places(workshop: &mut Workshop, path: &str, format: Format, set: &[String]) {
    let Some(text) = text_of(&workshop.snapshot.files, path) else { return };
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let current = workshop.current.to_string();
    for place in left_behind(text, path, format, &set) {
        // The tables of a pyproject.toml are one package; two places of another format may well differ.
        if format != Format::Pyproject && !is_expected(&place.value, &current) {
            continue;
        }
        let (line, name, value) = (place.line, &place.key, on_one_line(&place.value));
        let key = key_of(format, text, path, &place).unwrap_or_default();
        workshop.warnings.push(format!(
            "`{path}:{line}` holds {name} `{value}` as well, and no entry sets it\n\
             add a `[[manifest]]` with `path = \"{path}\"` and `key = \"{key}\"`, or take that line out"
        ));
    }
}

/// The names that packages give themselves, by folder: a lock file's own entry is the one of its neighbour.
fn package_names(
    listed: &[Listed<'_, Manifest>],
    files: &BTreeMap<String, TreeEntry>,
) -> BTreeMap<std::path::PathBuf, String> {
    let mut names = BTreeMap::new();
    for Listed { entry, path } in listed {
        if let (Some(text), Some(folder)) = (text_of(files, path), Path::new(path).parent())
            && let Some(name) = package_name(text, format_of(entry))
        {
            names.insert(folder.to_owned(), name);
        }
    }
    names
}

/// The text so far: as it is at HEAD, or as an earlier entry for the same file left it.
pub(super) fn working_text<'a>(workshop: &Workshop<'a>, path: &str) -> Option<Cow<'a, str>> {
    if let Some(FileChange { after: Some(after), .. }) = workshop.files.get(path) {
        return Some(Cow::Owned(after.clone()));
    }
    text_of(&workshop.snapshot.files, path).map(Cow::Borrowed)
}

fn compare(
    workshop: &mut Workshop,
    Listed { entry, path }: &Listed<'_, Manifest>,
    found: &[Found],
    (expected, after): (&str, &str),
    mismatches: &mut Vec<String>,
) {
    for place in found {
        let (line, value) = (place.line, &place.value);
        if is_expected(value, expected) || (entry.follows && is_expected(value, after)) {
            workshop.warnings.extend(other_spelling(entry, path, place, (expected, after)));
            continue;
        }
        // What was found is then not what the file holds, and nobody could set it to the expected value.
        let set =
            |value: &ValueChange| (&value.key, value.line, &value.to) == (&place.key, line, &place.value);
        if workshop.files.get(*path).is_some_and(|change| change.values.iter().any(set)) {
            let problem = Problem::content(format!(
                "`{path}:{line}`: {} is set by two entries of the configuration",
                place.key
            ));
            workshop
                .problems
                .push(problem.hint("keep the `[[manifest]]` that is meant, and take the other out"));
            continue;
        }
        if entry.follows {
            workshop.warnings.push(format!(
                "`{path}:{line}` holds {} `{value}` where `{expected}` was expected; it will be `{after}`",
                place.key
            ));
        } else {
            mismatches.push(format!("{path}:{line}: found `{value}`, expected `{expected}`"));
        }
    }
}

/// Whether two spellings mean the same version; what is no version must be the same text.
pub(super) fn is_same_version(left: &str, right: &str) -> bool {
    match (Version::parse_standing(left), Version::parse_standing(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// Notes what was found in a file and what `after` says takes its place.
pub(super) fn record(
    workshop: &mut Workshop,
    path: &str,
    text: String,
    found: &[Found],
    after: &dyn Fn(&Found) -> String,
) {
    let change = |place: &Found| ValueChange {
        key: place.key.clone(),
        line: place.line,
        from: place.value.clone(),
        to: after(place),
    };
    let values = found.iter().map(change).filter(|value| value.from != value.to);
    if let Some(change) = workshop.files.get_mut(path) {
        change.values.extend(values);
        change.after = Some(text);
        return;
    }
    let Some(TreeEntry::File { executable, .. }) = workshop.snapshot.files.get(path) else { return };
    let Some(before) = text_of(&workshop.snapshot.files, path) else { return };
    if before != text {
        workshop.files.insert(
            path.to_owned(),
            FileChange {
                path: path.to_owned(),
                executable: *executable,
                before: String::new(), // moved in by `draft`, last of all
                after: Some(text),
                values: values.collect(),
            },
        );
    }
}
