//! The ecosystems that `init` knows: each is a file of this room, which says what its manifests are called, where they
//! hold a version, and where the version is where they do not.

mod cargo;
mod chart;
mod npm;
mod plain;
mod python;

use super::leading::Candidate;
use crate::manifest::Format;
use crate::snapshot::Survey;

/// Lists the ecosystems: the enum, its `ALL`, and the way to each one's definition.
macro_rules! ecosystems {
    ($($(#[$documentation:meta])* $ecosystem:ident = $module:ident;)+) => {
        /// An ecosystem with a manifest of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in super::super) enum Ecosystem {
            $($(#[$documentation])* $ecosystem,)+
        }

        impl Ecosystem {
            /// Every ecosystem there is.
            pub(in super::super) const ALL: &[Self] = &[$(Self::$ecosystem,)+];

            fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$ecosystem => &$module::DEFINITION,)+
                }
            }
        }
    };
}

// To add an ecosystem: write its file with a `DEFINITION`, and give it a line here.
ecosystems! {
    /// Rust.
    Cargo = cargo;
    /// Python.
    Python = python;
    /// npm, and whatever else reads a `package.json`.
    Npm = npm;
    /// Helm charts.
    Chart = chart;
    /// A file with a version alone.
    Plain = plain;
}

/// What an ecosystem's file tells about it.
struct Definition {
    /// What people call a package of it.
    word: &'static str,
    /// What its manifests are called.
    manifests: &'static [&'static str],
    /// Files beside them that repeat the version.
    beside: &'static [&'static str],
    /// Which ones speak for a repository where there are several: those with the lowest; others follow them.
    rank: u8,
    /// Files that may hold the version in a form which no release can set, and what to do about it.
    unread: &'static [(&'static str, &'static str)],
    /// How a manifest is read.
    format: Format,
    /// The keys that choose one of several places of a version; each that holds one is a package of its own.
    keys: &'static [&'static str],
    /// Whether a release writes PEP 440.
    pep440: bool,
    /// Whether a manifest says that its package is never published.
    is_private: fn(&str) -> bool,
    /// Whether a manifest is the head of a workspace whose packages are released, itself only a frame.
    is_frame: fn(&str) -> bool,
    /// Where the version is that a manifest does not hold.
    elsewhere: fn(&Survey, &str, &str) -> Elsewhere,
    /// The files that a manifest names as that place.
    named_files: fn(&str, &str) -> Vec<String>,
}

/// Where a version is that a manifest does not hold.
pub(super) enum Elsewhere {
    /// In the manifest of its workspace.
    Workspace,
    /// In another file, which a release can set.
    File(Box<Candidate>),
    /// Nowhere that a release could set, for this reason.
    Unsupported(String),
    /// Nowhere.
    Nowhere,
}

/// The files that a manifest names as the place of its version.
pub(super) fn named_files(path: &str, text: &str) -> Vec<String> {
    Ecosystem::of(path).map(|it| (it.definition().named_files)(path, text)).unwrap_or_default()
}

impl Ecosystem {
    /// The ecosystem that has manifests of this name.
    pub(super) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        Self::ALL.iter().copied().find(|ecosystem| ecosystem.definition().manifests.contains(&name))
    }

    /// Whether a file of this name is a manifest, or repeats one.
    pub(super) fn knows(name: &str) -> bool {
        let mut all = Self::ALL.iter().map(|ecosystem| ecosystem.definition());
        all.any(|it| it.manifests.contains(&name) || it.beside.contains(&name))
    }

    /// Why a file that may hold a version is none to release by.
    pub(super) fn why_unread(path: &str) -> Option<String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut all = Self::ALL.iter().flat_map(|ecosystem| ecosystem.definition().unread);
        all.find(|(unread, _)| *unread == name).map(|(_, why)| (*why).to_owned())
    }

    /// What manifests are called, for people.
    pub(super) fn manifests() -> String {
        let names: Vec<&str> = Self::ALL.iter().flat_map(|it| it.definition().manifests).copied().collect();
        match names.split_last() {
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }

    pub(super) fn word(self) -> &'static str {
        self.definition().word
    }

    pub(super) fn rank(self) -> u8 {
        self.definition().rank
    }

    pub(super) fn format(self) -> Format {
        self.definition().format
    }

    pub(super) fn keys(self) -> &'static [&'static str] {
        self.definition().keys
    }

    pub(super) fn writes_pep440(self) -> bool {
        self.definition().pep440
    }

    pub(super) fn is_private(self, text: &str) -> bool {
        (self.definition().is_private)(text)
    }

    pub(super) fn is_frame(self, text: &str) -> bool {
        (self.definition().is_frame)(text)
    }

    pub(super) fn elsewhere(self, survey: &Survey, path: &str, text: &str) -> Elsewhere {
        (self.definition().elsewhere)(survey, path, text)
    }
}
