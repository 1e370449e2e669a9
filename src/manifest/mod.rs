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
mod yaml_reader;
mod yarn_lock;
mod yarn_requirements;

use crate::error::Problem;
pub use cargo_lock::crates_of_folders;
pub use cargo_requirements::{CargoManifest, Patch, cargo_manifest};
pub use npm_requirements::{Copied, NpmManifest, npm_manifest, package_lock_copies};
pub use pnpm_requirements::pnpm_lock_copies;
pub use python_requirements::{PythonManifest, from_elsewhere, moved_in_python, python_manifest};
use requirement::Moved;
use source::Source;
use splice::{Edit, splice};
pub use version_source::{VersionSource, version_source};
pub use yarn_requirements::{yarn_lock_copies, yarn_lock_keys, yarn_range};

/// Lists the formats: the enum, its `ALL`, and the way to each format's definition.
macro_rules! formats {
    ($($(#[$documentation:meta])* $format:ident = $module:ident;)+) => {
        /// A kind of file that holds a version, and the rules by which the version is found in it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Format {
            $($(#[$documentation])* $format,)+
        }

        impl Format {
            /// Every format there is.
            pub const ALL: &[Format] = &[$(Format::$format,)+];

            /// What the format's own file says about it.
            fn definition(self) -> &'static Definition {
                match self {
                    $(Format::$format => &$module::DEFINITION,)+
                }
            }
        }
    };
}

// To add a format: write its file with a `DEFINITION`, and give it a line here.
formats! {
    /// `pyproject.toml`: `[project] version` or `[tool.poetry] version`.
    Pyproject = pyproject;
    /// `package.json`: the top-level `"version"`.
    PackageJson = package_json;
    /// `package-lock.json`: the package's own version, which stands there once (v1) or twice (v2, v3).
    PackageLock = package_lock;
    /// `Chart.yaml`: top-level `version` and `appVersion`.
    Chart = chart;
    /// A Python module: a literal in a dictionary that is assigned at the top level.
    PythonSetting = python_setting;
    /// A Python module: the literal that is assigned to `__version__` at the top level.
    PythonVersion = python_version;
    /// `uv.lock`: the entry of the project itself.
    UvLock = uv_lock;
    /// `Cargo.toml`: `[package] version` or `[workspace.package] version`; a dependency on an own crate by key.
    CargoToml = cargo_toml;
    /// `Cargo.lock`: the entry of the package itself.
    CargoLock = cargo_lock;
    /// `pnpm-lock.yaml`: the entry of a package that is copied from a folder; there rarely is one.
    PnpmLock = pnpm_lock;
    /// `yarn.lock`: the entry of a package that is copied from a folder; there rarely is one.
    YarnLock = yarn_lock;
    /// Any JSON file, by JSON pointer.
    Json = json;
    /// Any TOML file, by dotted key.
    Toml = toml;
    /// Any YAML file, by the keys that lead to the value.
    Yaml = yaml;
    /// A text file that holds a version and nothing else.
    Plain = plain;
    /// A file of environment variables: `NAME=value`.
    EnvFile = env_file;
    /// A Dockerfile: the default of an `ARG`.
    Dockerfile = dockerfile;
}

/// How a format finds the version in a text: every place, or every reason why not. Only lock files that need not name the
/// packages of their own repository, those of pnpm and yarn, may hold no place at all.
type Locate = fn(&Source<'_>, &Target<'_>) -> Result<Vec<Found>, Vec<Problem>>;

/// What a format's file tells about the format: its name, the files it recognises, and how it reads them.
struct Definition {
    /// The name by which a configuration gives the format.
    name: &'static str,
    /// File names that are this format.
    file_names: &'static [&'static str],
    /// File name extensions, with their dot, that are this format when no format claims the whole name.
    extensions: &'static [&'static str],
    /// What part such a file plays in a repository.
    role: Role,
    /// The keys that choose one of a few places where the version may be.
    keys: &'static [&'static str],
    /// Refuses a key that the format cannot look for.
    check_key: fn(Option<&str>) -> Result<(), Problem>,
    /// Whether what reads the place takes semver and nothing else.
    only_semver: fn(Option<&str>) -> bool,
    /// Finds the version; the key has been checked.
    locate: Locate,
    /// How a value is written in a place of the text, where its own characters alone would say something else.
    spelled: fn(&str, &Found, &str) -> String,
    /// Reads the package's name, for the formats that lock files stand beside.
    package_name: Option<fn(&Source<'_>) -> Option<String>>,
    /// What becomes of a range in this format, when the package goes from one version to another.
    moved: fn(&str, &str, &str) -> Moved,
}

impl Definition {
    /// What a format says that says nothing special; every format has a name and a way to locate of its own.
    const PLAIN: Definition = Definition {
        name: "",
        file_names: &[],
        extensions: &[],
        role: Role::Other,
        keys: &[],
        check_key: takes_no_key,
        only_semver: |_| false,
        locate: |_, _| Ok(Vec::new()),
        spelled: |_, _, value| value.to_owned(),
        package_name: None,
        moved: |_, _, _| Moved::Unknown,
    };
}

/// What part the files of a format play in a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    /// The manifest of a package: where one holds a version, somebody should have listed it.
    Manifest,
    /// Repeats the versions of manifests. It may be the lock file of the package whose manifest lies beside it, which
    /// then says which entry is the own one.
    Lock { named_by_neighbour: bool },
    /// Holds a version only because a configuration says so.
    Other,
}

impl Format {
    /// The format of a file by its name: the whole last part of `path` first, then its extension.
    pub fn from_path(path: &str) -> Option<Format> {
        let file_name = path.rsplit('/').next().unwrap_or(path);
        let with = |test: &dyn Fn(&Definition) -> bool| {
            Format::ALL.iter().copied().find(|format| test(format.definition()))
        };
        with(&|definition| definition.file_names.contains(&file_name))
            .or_else(|| with(&|definition| definition.extensions.iter().any(|end| file_name.ends_with(end))))
    }

    /// The format that a configuration calls `name`.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// The name by which a configuration gives the format.
    pub fn name(&self) -> &'static str {
        self.definition().name
    }

    /// Whether this is the manifest of a package, recognised by its name alone.
    pub fn is_manifest(self) -> bool {
        self.definition().role == Role::Manifest
    }

    /// Whether this is a lock file: one that repeats what manifests say.
    pub fn is_lock(self) -> bool {
        matches!(self.definition().role, Role::Lock { .. })
    }

    /// Whether the manifest beside a lock file says which of its entries is the own one.
    pub fn is_named_by_neighbour(self) -> bool {
        self.definition().role == Role::Lock { named_by_neighbour: true }
    }

    /// Whether `key` is one that chooses between the places of a version in such a file.
    pub fn has_place(self, key: &str) -> bool {
        self.definition().keys.contains(&key)
    }

    /// Whether this format can look for `key`, so that a configuration can be refused before any file is read.
    ///
    /// # Errors
    /// A problem that says which keys the format knows.
    pub fn check_key(self, key: Option<&str>) -> Result<(), Problem> {
        (self.definition().check_key)(key)
    }
}

/// Whether what reads a place takes semver and nothing else, however the configuration reads the file.
pub fn takes_only_semver(path: &str, target: &Target<'_>) -> bool {
    let of_name = Format::from_path(path).filter(|_| matches!(target.format, Format::Json | Format::Toml));
    (target.format.definition().only_semver)(target.key)
        || of_name.is_some_and(|format| (format.definition().only_semver)(target.key))
}

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

/// The check of the formats that know their place themselves.
fn takes_no_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        None => Ok(()),
        Some(key) => Err(Problem::content(format!("`key` `{key}` given, but this format takes no `key`"))
            .hint("remove `key`; the format finds the version by itself")),
    }
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
