//! Where a version stands in a file. Each format is one file of this room: it takes the text and returns the byte
//! spans of the version in it, nothing more; [`splice()`] alone writes, and [`replace`] reads again what it wrote. No
//! user file is ever parsed and printed back, so everything that is not the version stays as it was.

mod cargo_lock;
mod cargo_range;
mod cargo_requirements;
mod cargo_toml;
mod chart;
mod dockerfile;
mod env_file;
pub mod folders;
mod format;
mod json;
mod json_reader;
mod lock_scan;
mod npm_requirements;
mod package_json;
mod package_lock;
pub mod pattern;
mod plain;
mod pnpm_lock;
mod pnpm_requirements;
#[cfg(test)]
mod properties;
mod pyproject;
mod python_module;
mod python_requirements;
mod python_setting;
mod python_tokens;
mod python_version;
mod ranges;
pub mod requirement;
mod source;
pub mod splice;
mod toml;
mod toml_reader;
mod uv_lock;
mod version_source;
mod yaml;
mod yaml_numbers;
mod yaml_reader;
mod yarn_lock;
mod yarn_requirements;

use crate::error::Problem;
pub use cargo_lock::crates_of_folders;
pub use cargo_requirements::{CargoManifest, Patch, cargo_manifest};
use format::{Definition, Role};
pub use format::{Format, takes_only_semver};
pub use npm_requirements::{Copied, NpmManifest, npm_manifest, package_lock_copies};
pub use pnpm_requirements::pnpm_lock_copies;
pub use python_requirements::{PythonManifest, from_elsewhere, moved_in_python, python_manifest};
use requirement::Moved;
use source::Source;
use splice::{Edit, splice};
pub use version_source::{VersionSource, version_source};
pub use yaml_numbers::yaml_numbers;
pub use yarn_requirements::{yarn_lock_copies, yarn_lock_keys, yarn_range};

/// A range of bytes in a text, both ends on character boundaries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// One place where a file holds the version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Exactly what stands between the quotes, in bytes of the original text (a byte order mark counted).
    pub span: Span,
    /// The value that a reader of the file gets: escapes decoded.
    pub value: String,
    /// The line of the span, counted from 1.
    pub line: usize,
    /// The place in words of the file, for messages: `[project] version`, `"version"`, `appVersion`.
    pub key: String,
}

/// What to look for in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// How the file is read.
    pub format: Format,
    /// Which value, for the formats that need or allow to be told: `SPECTACULAR_SETTINGS["VERSION"]`, a JSON
    /// pointer, `appVersion`.
    pub key: Option<&'a str>,
    /// For lock files: the name of the own package, where it is known, or [`EVERY_PACKAGE`].
    pub package: Option<&'a str>,
}

/// In place of a package's name: every entry of a lock file that is the repository's own.
pub const EVERY_PACKAGE: &str = "*";

/// A text whose version was replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replaced {
    /// The whole text with the new version.
    pub text: String,
    /// What stood there before, with spans of the text before.
    pub found: Vec<Found>,
}

/// Finds every place of the version in `text`, in order of position: at least one, unless it is a lock file
/// of pnpm or yarn, which may be in order without. `path` is for messages only.
///
/// # Errors
/// Every reason why the version cannot be told for certain: none, too many, not a plain text, or not the format.
pub fn locate(text: &str, path: &str, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let definition = target.format.definition();
    if let Err(problem) = target.format.check_key(target.key) {
        return Err(vec![Problem { message: format!("{path}: {}", problem.message), ..problem }]);
    }
    let mut found = (definition.locate)(&Source::new(text, path), target)?;
    found.sort_by_key(|place| place.span.start);
    Ok(found)
}

/// The version that a manifest or a lock file holds whatever a configuration says of it; the first, where there are
/// several. Nothing where it holds none, or cannot be read.
pub fn held(text: &str, path: &str, format: Format, package: Option<&str>) -> Option<Found> {
    let first = |key| locate(text, path, &Target { format, key, package }).ok()?.into_iter().next();
    first(None).or_else(|| format.definition().keys.iter().find_map(|key| first(Some(key))))
}

/// The places where a file holds a version as well, and which `set`, the places by their names, leaves as they are.
pub fn left_behind(text: &str, path: &str, format: Format, set: &[&str]) -> Vec<Found> {
    let places = format.definition().keys.iter().filter_map(|key| {
        locate(text, path, &Target { format, key: Some(key), package: None }).ok()?.into_iter().next()
    });
    places.filter(|place| !set.contains(&place.key.as_str())).collect()
}

/// The key by which a configuration chooses a place that [`left_behind`] found.
pub fn key_of(format: Format, text: &str, path: &str, place: &Found) -> Option<&'static str> {
    let keys = format.definition().keys.iter().copied();
    let holds = |key: &&str| {
        locate(text, path, &Target { format, key: Some(key), package: None })
            .is_ok_and(|found| found.contains(place))
    };
    keys.clone().find(holds)
}

/// What becomes of a range of versions that a file of this format asks of a package that goes from one version to another,
/// each in the spelling of the package's own manifest.
pub fn moved(format: Format, range: &str, old: &str, new: &str) -> Moved {
    (format.definition().moved)(range, old, new)
}

/// Puts `new_value` in every place of the version, leaves all other bytes, and reads the result again.
///
/// # Errors
/// As [`locate`]; or the file, read again, does not yield the new value everywhere.
pub fn replace(
    text: &str,
    path: &str,
    target: &Target<'_>,
    new_value: &str,
) -> Result<Replaced, Vec<Problem>> {
    let found = locate(text, path, target)?;
    let spelled = target.format.definition().spelled;
    let edits: Vec<Edit> = found
        .iter()
        .map(|place| Edit { span: place.span, replacement: spelled(text, place, new_value) })
        .collect();
    let replaced = splice(text, &edits)
        .map_err(|error| vec![Problem::content(format!("{path}: cannot replace the version: {error}"))])?;
    let again = locate(&replaced, path, target)?;
    let same_places =
        again.len() == found.len() && again.iter().zip(&found).all(|(new, old)| new.key == old.key);
    if !same_places {
        return Err(vec![Problem::content(format!(
            "{path}: with `{new_value}` written, the version is found in {} instead of {}",
            places(&again),
            places(&found),
        ))]);
    }
    let wrong: Vec<Problem> = again
        .iter()
        .filter(|place| place.value != new_value)
        .map(|place| {
            Problem::content(format!(
                "{path}:{}: `{}` reads `{}` after `{new_value}` was written there",
                place.line, place.key, place.value,
            ))
        })
        .collect();
    if wrong.is_empty() { Ok(Replaced { text: replaced, found }) } else { Err(wrong) }
}

/// The package's name, so that the lock file beside the manifest can be told which entry is its own. `None` where
/// the format has no such name or the text cannot be read: the lock file's locator then says what it needs.
pub fn package_name(text: &str, format: Format) -> Option<String> {
    format.definition().package_name.and_then(|read| read(&Source::new(text, "")))
}

/// Lets the entries of a lock file pass when they are of one package: of several, a configuration must choose.
fn one_name<'a>(
    source: &Source<'_>,
    entries: impl Iterator<Item = (&'a str, usize)> + Clone,
) -> Result<(), Problem> {
    let mut names = entries.clone().map(|(name, _)| name);
    let first = names.next();
    if names.all(|name| Some(name) == first) {
        return Ok(());
    }
    let names: Vec<String> = entries.map(|(name, line)| format!("`{name}` (line {line})")).collect();
    Err(Problem::content(format!(
        "{}: several packages of this repository: {}",
        source.path,
        names.join(", ")
    ))
    .hint("give `package` in the configuration: the name of the package whose version moves")
    .hint("or `package = \"*\"`: all of them move"))
}

/// Places in words, for messages.
fn places(found: &[Found]) -> String {
    let words: Vec<String> =
        found.iter().map(|place| format!("`{}` (line {})", place.key, place.line)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests;
