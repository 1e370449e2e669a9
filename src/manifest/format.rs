//! The kinds of files that hold a version, and what each of them tells about itself: its name, the files it recognises,
//! and how it reads them. Which file of this room is which format stands here and nowhere else.

use super::requirement::Moved;
use super::source::Source;
use super::{Found, Target};
use crate::error::Problem;

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
            pub(super) fn definition(self) -> &'static Definition {
                match self {
                    $(Format::$format => &super::$module::DEFINITION,)+
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
pub(super) type Locate = fn(&Source<'_>, &Target<'_>) -> Result<Vec<Found>, Vec<Problem>>;

/// What a format's file tells about the format: its name, the files it recognises, and how it reads them.
pub(super) struct Definition {
    /// The name by which a configuration gives the format.
    pub(super) name: &'static str,
    /// File names that are this format.
    pub(super) file_names: &'static [&'static str],
    /// File name extensions, with their dot, that are this format when no format claims the whole name.
    pub(super) extensions: &'static [&'static str],
    /// What part such a file plays in a repository.
    pub(super) role: Role,
    /// The keys that choose one of a few places where the version may be.
    pub(super) keys: &'static [&'static str],
    /// Refuses a key that the format cannot look for.
    pub(super) check_key: fn(Option<&str>) -> Result<(), Problem>,
    /// Whether what reads the place takes semver and nothing else.
    pub(super) only_semver: fn(Option<&str>) -> bool,
    /// Finds the version; the key has been checked.
    pub(super) locate: Locate,
    /// How a value is written in a place of the text, where its own characters alone would say something else.
    pub(super) spelled: fn(&str, &Found, &str) -> String,
    /// Reads the package's name, for the formats that lock files stand beside.
    pub(super) package_name: Option<fn(&Source<'_>) -> Option<String>>,
    /// What becomes of a range in this format, when the package goes from one version to another.
    pub(super) moved: fn(&str, &str, &str) -> Moved,
}

impl Definition {
    /// What a format says that says nothing special; every format has a name and a way to locate of its own.
    pub(super) const PLAIN: Definition = Definition {
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
pub(super) enum Role {
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

/// The check of the formats that know their place themselves.
fn takes_no_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        None => Ok(()),
        Some(key) => Err(Problem::content(format!("`key` `{key}` given, but this format takes no `key`"))
            .hint("remove `key`; the format finds the version by itself")),
    }
}
