//! What a repository's release consists of: its tags, manifests, steps, changelog and reminders, as written
//! in `trueppm-release.toml` or in a built-in profile, which is such a file too. Text goes in and a checked
//! [`Config`] comes out; who finds and reads the file is not decided here.

mod branch;
mod changelog;
mod check_pins;
mod check_steps;
mod command_line;
mod findings;
mod known;
mod load;
mod own_types;
mod paths;
mod patterns;
mod pin;
mod profile;
mod requires;
mod rules;
mod schema;
mod steps;
mod template;
mod toml;
mod validate;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::changelog::Types;

pub use self::branch::Branch;
pub use self::changelog::{Changelog, Empty, Rotate, heading_values};
pub use self::load::parse;
pub use self::paths::Paths;
pub use self::patterns::{Ignore, Pattern, Unlisted, placeholder_of};
pub use self::pin::{Pin, PinWrite};
pub use self::profile::{Choice, MCP, Profile, SETTINGS};
pub use self::schema::schema;
pub use self::steps::{Condition, Expect, Moment, Outcome, Passes, Step};
pub use self::template::{Placeholder, Reading, Template, Values};
pub use self::toml::{Unwritable, to_toml};

/// The text of the built-in profile that explains every key: the layout of trueppm-suite with two tags.
pub fn built_in() -> &'static str {
    Profile::Suite.text()
}

/// The text of an example: a repository that builds on the releases of another one and pins them.
pub fn enterprise_example() -> &'static str {
    include_str!("trueppm-enterprise.toml")
}

/// Where the text of a configuration came from; displayed before line and column in every problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The profile that is part of this program.
    BuiltIn,
    /// A file, by the path to show.
    File(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::BuiltIn => "built-in profile",
            Self::File(path) => path,
        })
    }
}

/// A checked configuration: paths stay inside the repository, templates render, names refer to what exists.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The oldest version of trueppm-release that may read this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
    /// Where the release is cut and what its commit says.
    #[serde(default)]
    pub release: Release,
    /// The kinds of tag a release makes; at least one. One `v{version}` where none is written.
    #[serde(default = "one_tag")]
    pub tag: Vec<Tag>,
    /// The places that hold the version; at least one.
    pub manifest: Vec<Manifest>,
    /// Versions in texts that have no format of their own.
    #[serde(default)]
    pub pattern: Vec<Pattern>,
    /// Files that hold a version and are no part of the release.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// Values from elsewhere that a release writes down, such as the tag of another project.
    #[serde(default)]
    pub pin: Vec<Pin>,
    /// Commands that a release runs.
    #[serde(default)]
    pub step: Vec<Step>,
    /// Commands that must pass.
    #[serde(default)]
    pub check: Vec<Step>,
    /// The changelogs that the project keeps.
    #[serde(default, deserialize_with = "changelog::one_or_many")]
    pub changelog: Vec<Changelog>,
    /// What a person still has to do.
    #[serde(default)]
    pub reminder: Vec<Reminder>,
    /// How large a file may be.
    #[serde(default)]
    pub limits: Limits,
}

/// The `[release]` table.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Release {
    /// The branch that releases are cut on, or a list of branches and globs such as `release/*`.
    pub branch: Branch,
    /// The remote that the release is pushed to.
    pub remote: String,
    /// How long the remote may take to say what it has, in seconds.
    pub remote_timeout_seconds: u64,
    /// How long a push may take, the hooks of both sides included, in seconds.
    pub push_timeout_seconds: u64,
    /// The path of the manifest that says what the current version is: the first one that can, where none is named.
    pub version_from: String,
    /// The release commit's message.
    pub commit_message: Template,
    /// What becomes of manifests that hold a version and are neither listed nor ignored.
    pub unlisted: Unlisted,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            branch: Branch::default(),
            remote: "origin".to_owned(),
            remote_timeout_seconds: 20,
            push_timeout_seconds: 300,
            // Settled when the whole file has been read.
            version_from: String::new(),
            commit_message: Template::ending_in_version("chore(release): bump version to "),
            unlisted: Unlisted::default(),
        }
    }
}

/// One kind of tag.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tag {
    /// The tag's name; holds `{version}`, `{pep440}` or `{base}`.
    pub name: Template,
    /// The message of the annotated tag.
    pub message: Template,
    /// What pushing the tag starts, one line each, shown to a person.
    #[serde(default)]
    pub starts: Vec<Template>,
    /// The releases that get it: those for which any of these holds; every one where none is given.
    #[serde(default)]
    pub only_when: Vec<Condition>,
}

/// One place that holds the version.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manifest {
    /// The file, relative to the repository root, or a glob that stands for several.
    pub path: String,
    /// The format's name where the file's name does not give it away.
    pub format: Option<String>,
    /// The place inside the file, for formats that need one.
    pub key: Option<String>,
    /// The package whose entry it is, for lock files that hold several; `*` for every own one.
    pub package: Option<String>,
    /// What the place holds for a version; without it, the spelling that stands there is kept.
    pub value: Option<Template>,
    /// Set whatever it held before; a drift is a warning, not a refusal.
    #[serde(default)]
    pub follows: bool,
    /// Passed over when the file does not exist.
    #[serde(default)]
    pub optional: bool,
}

impl Manifest {
    /// The name of the format, written or told from the file's name; there is one in every checked
    /// configuration.
    pub fn format_name(&self) -> Option<&str> {
        self.format.as_deref().or_else(|| Some(crate::manifest::Format::from_path(&self.path)?.name()))
    }
}

/// What a person still has to do around a release.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reminder {
    /// What to do; may have several lines, commands on lines of their own.
    pub text: Template,
    /// For which releases.
    #[serde(default)]
    pub when: When,
    /// The kind of tag that is meant, by its `name`: what `{tag}` stands for, and whose first tag it is.
    pub tag: Option<Template>,
    /// To be done before the push, not after it.
    #[serde(default)]
    pub before_push: bool,
}

/// The releases that a reminder is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every release.
    #[default]
    Always,
    /// Stable releases.
    Stable,
    /// Pre-releases.
    PreRelease,
    /// A release that makes the first tag of the kind that `tag` names.
    FirstTag,
}

/// The `[limits]` table: larger files are refused before they are read, slower hooks are stopped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// For each changelog, in bytes.
    pub changelog_bytes: u64,
    /// For each manifest and each fragment, in bytes.
    pub manifest_bytes: u64,
    /// How long a git hook may take, in seconds.
    pub hook_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            changelog_bytes: 256 * 1024 * 1024,
            manifest_bytes: 16 * 1024 * 1024,
            hook_seconds: ten_minutes(),
        }
    }
}

impl Config {
    /// The types of the fragments that lie in the folder of this path: those of the changelog that takes them.
    pub fn types_beside(&self, path: &str) -> Types {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let taking = self.changelog.iter().find(|changelog| changelog.fragments.as_deref() == Some(folder));
        taking.map(|changelog| changelog.types.clone()).unwrap_or_default()
    }

    /// The manifest that says what the current version is; there is one in every checked configuration, and
    /// its value is `{version}` or `{pep440}`. One that names the file comes before a glob that only matches it.
    pub fn version_manifest(&self) -> Option<&Manifest> {
        let from = &self.release.version_from;
        let leads = |manifest: &&Manifest| !manifest.follows && !manifest.optional;
        let named = self.manifest.iter().filter(|it| it.path == *from).find(leads);
        named.or_else(|| {
            self.manifest.iter().filter(|it| Paths::new([it.path.as_str()]).hold(from)).find(leads)
        })
    }
}

/// The name of the one kind of tag where a configuration writes none.
const USUAL_TAG: &str = "v{version}";

fn one_tag() -> Vec<Tag> {
    vec![Tag {
        name: Template::ending_in_version("v"),
        message: Template::ending_in_version("Release v"),
        starts: Vec::new(),
        only_when: Vec::new(),
    }]
}

fn ten_minutes() -> u64 {
    600
}

#[cfg(test)]
mod tests;
