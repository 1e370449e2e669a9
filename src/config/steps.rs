//! `[[step]]` and `[[check]]`: commands that a release runs at named moments, what they may write and what must hold
//! afterwards. A check is a step that writes nothing and says what passing means; both are the same type, and their
//! tables differ only in the keys that they take.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command_line::RUN;
use super::known::{Entries, Key, LONGEST_STEP_SECONDS, Shape, optional, required, required_unless};
use super::rules;
use super::template::Template;
use crate::manifest::Format;
use crate::version::{Stage, Version};

/// One command of a release.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// What people call it, and what `--skip-step` takes.
    pub name: String,
    /// The program and its arguments, each a template; no shell in between.
    pub run: Vec<Template>,
    /// When it runs; nothing for the default, which differs between steps and checks.
    pub at: Option<Moment>,
    /// Variables that it runs with besides those of the release itself.
    #[serde(default)]
    pub environment: BTreeMap<String, Template>,
    /// The folder it runs in, relative to the repository root, which it is otherwise.
    pub folder: Option<String>,
    /// How long it may take, in seconds.
    #[serde(default = "super::ten_minutes")]
    pub timeout_seconds: u64,
    /// What its exit codes mean, by the code; 0 goes on and any other stops unless said otherwise.
    #[serde(default)]
    pub exit_codes: BTreeMap<String, Outcome>,
    /// The releases it is for: those for which any of these holds; every one where none is given.
    #[serde(default)]
    pub only_when: Vec<Condition>,
    /// Whether the release stops where it fails; otherwise that is a warning, and what it wrote is put back.
    #[serde(default = "yes")]
    pub required: bool,
    /// The variable of the environment that leaves it out where it is set to 1, true, yes or on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_variable: Option<String>,
    /// Passed over when the script that it runs does not exist: the first entry of `run` that is written as a path.
    #[serde(default)]
    pub optional: bool,
    /// For a step: the files it may write, relative to the repository root; may hold wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
    /// For a step: what must hold of those files afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
    /// For a check: what passing means, where it is not the exit code 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes: Option<Passes>,
    /// The how-manieth it is of all steps and checks together, as they stand in the file.
    #[serde(skip)]
    pub place: usize,
}

/// When a step or a check runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Before the question is asked: nothing of the release exists yet.
    BeforeGate,
    /// Once the release is accepted, with nothing of it written yet: for what takes minutes.
    AfterGate,
    /// Once the manifests hold the new version and the changelog is rotated.
    AfterBump,
    /// Right before the commit is made, and before git's own hooks.
    BeforeCommit,
    /// Once the commit and its tags are there; with `--push`, once the remote has them.
    AfterRelease,
}

/// What an exit code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It did its work; the release goes on.
    Continue,
    /// Not yet, or not for this release: what it wrote is put back, and nothing is demanded of it.
    Skip,
    /// It failed.
    Stop,
}

/// A kind of release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A stable version.
    Stable,
    /// A pre-release of any stage.
    PreRelease,
    /// A pre-release of the stage alpha.
    Alpha,
    /// A pre-release of the stage beta.
    Beta,
    /// A release candidate.
    Rc,
    /// The new version has another `major.minor` than the current one.
    MinorBoundary,
}

impl Moment {
    /// Every moment, in order.
    pub const ALL: [Self; 5] =
        [Self::BeforeGate, Self::AfterGate, Self::AfterBump, Self::BeforeCommit, Self::AfterRelease];

    /// As a configuration says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeGate => "before-gate",
            Self::AfterGate => "after-gate",
            Self::AfterBump => "after-bump",
            Self::BeforeCommit => "before-commit",
            Self::AfterRelease => "after-release",
        }
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Continue, Self::Skip, Self::Stop];

    /// As a configuration says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Skip => "skip",
            Self::Stop => "stop",
        }
    }
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 6] =
        [Self::Stable, Self::PreRelease, Self::Alpha, Self::Beta, Self::Rc, Self::MinorBoundary];

    /// As a configuration says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::PreRelease => "pre-release",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Rc => "rc",
            Self::MinorBoundary => "minor-boundary",
        }
    }

    /// Whether the step from `current` to `version` is of this kind.
    pub fn holds(self, current: &Version, version: &Version) -> bool {
        let is_at = |stage: Stage| version.pre.is_some_and(|(reached, _)| reached == stage);
        match self {
            Self::Stable => version.is_stable(),
            Self::PreRelease => !version.is_stable(),
            Self::Alpha => is_at(Stage::Alpha),
            Self::Beta => is_at(Stage::Beta),
            Self::Rc => is_at(Stage::Rc),
            Self::MinorBoundary => (version.major, version.minor) != (current.major, current.minor),
        }
    }

    /// Whether any of these holds; also where there are none.
    pub fn any_holds(conditions: &[Self], current: &Version, version: &Version) -> bool {
        conditions.is_empty() || conditions.iter().any(|condition| condition.holds(current, version))
    }
}

/// A value that a step must have left in a file.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expect {
    /// The file; one of the step's `writes`.
    pub path: String,
    /// The name of the file's format; `json` unless said otherwise.
    pub format: Option<String>,
    /// The place in it; for `json` a pointer.
    #[serde(default)]
    pub key: Option<String>,
    /// The package whose entry it is, for lock files.
    pub package: Option<String>,
    /// What must stand there.
    pub value: Template,
}

impl Expect {
    /// The name of the file's format.
    pub fn format_name(&self) -> &str {
        self.format.as_deref().unwrap_or(JSON)
    }
}

/// The format of what a step wrote, where nothing else is said.
const JSON: &str = "json";

/// What passing means for a check, one of three: an exit code, no output, a value in its output.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Passes {
    /// It ends with this code instead of 0.
    pub exit_code: Option<u8>,
    /// It prints nothing but white space to standard output.
    #[serde(default)]
    pub empty_output: bool,
    /// A JSON pointer (RFC 6901) into what it prints to standard output.
    pub json: Option<String>,
    /// What must stand there; strings in it are templates.
    pub value: Option<serde_json::Value>,
}

impl Step {
    /// The file of the repository that it runs.
    pub fn script(&self) -> Option<String> {
        script(self.run.iter().map(Template::as_str), self.folder.as_deref())
    }
}

/// The first word of a command that is written as a path, from the top of the repository; nothing where there is none,
/// where it leads out, or where a placeholder is in it.
pub(super) fn script<'a>(run: impl IntoIterator<Item = &'a str>, folder: Option<&str>) -> Option<String> {
    let is_path = |word: &&str| {
        word.contains('/') && !word.starts_with('-') && !word.contains(|it: char| it.is_whitespace())
    };
    let path = run.into_iter().find(is_path).filter(|path| !path.starts_with('/'))?;
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.unwrap_or_default().split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    (!path.contains(['{', '}'])).then(|| parts.join("/"))
}

fn yes() -> bool {
    true
}

/// The keys that `[[step]]` and `[[check]]` share.
macro_rules! keys_of_a_command {
    ($($more:expr),+ $(,)?) => {
        &[
            required("name", Shape::Text(rules::line)),
            required(RUN, Shape::Texts(rules::argument)),
            optional("at", Shape::Choice(|| Moment::ALL.map(Moment::name).to_vec())),
            optional("environment", Shape::Entries(&ENVIRONMENT)),
            optional("folder", Shape::Text(rules::path)),
            optional("timeout-seconds", Shape::Count(1, LONGEST_STEP_SECONDS)),
            optional("exit-codes", Shape::Entries(&EXIT_CODES)),
            optional("only-when", Shape::Choices(conditions)),
            optional("required", Shape::Flag),
            optional("skip-variable", Shape::Text(rules::environment_name)),
            optional("optional", Shape::Flag),
            $($more),+
        ]
    };
}

pub(super) const STEP: &[Key] = keys_of_a_command![
    optional("writes", Shape::Texts(rules::path)),
    optional("expect", Shape::Tables(EXPECT)),
];

pub(super) const CHECK: &[Key] = keys_of_a_command![optional("passes", Shape::Table(PASSES))];

/// The names of the conditions, which other tables take as well.
pub(super) fn conditions() -> Vec<&'static str> {
    Condition::ALL.map(Condition::name).to_vec()
}

static ENVIRONMENT: Entries =
    Entries { name: rules::environment_name, example: "NAME", value: Shape::Text(rules::argument) };

static EXIT_CODES: Entries = Entries {
    name: rules::exit_code,
    example: "75",
    value: Shape::Choice(|| Outcome::ALL.map(Outcome::name).to_vec()),
};

const EXPECT: &[Key] = &[
    required("path", Shape::Text(rules::path)),
    optional("format", Shape::Choice(|| Format::ALL.iter().map(|format| format.name()).collect())),
    required_unless("key", "format", Shape::Text(rules::place)),
    optional("package", Shape::Text(rules::line)),
    required("value", Shape::Text(rules::expected_value)),
];

const PASSES: &[Key] = &[
    optional("exit-code", Shape::Count(0, 255)),
    optional("empty-output", Shape::Flag),
    optional("json", Shape::Text(rules::pointer)),
    optional("value", Shape::Anything(rules::expected_value)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_command_is_its_first_word_with_a_slash() {
        for (run, folder, expected) in [
            (&["bash", "scripts/a.sh", "x/y"][..], None, Some("scripts/a.sh")),
            (&["./a.sh"], None, Some("a.sh")),
            (&["python3", "-u", "--out=a/b", "../tools/./a.py"], Some("docs/api"), Some("docs/tools/a.py")),
            (&["bash", "../a.sh"], None, None),
            (&["/usr/bin/true", "scripts/a.sh"], None, None),
            (&["npm", "run", "build"], None, None),
            (&["bash", "-c", "cat scripts/a.sh"], None, None),
            (&["bash", "scripts/{version}.sh"], None, None),
        ] {
            assert_eq!(script(run.iter().copied(), folder).as_deref(), expected, "{run:?}");
        }
    }

    #[test]
    fn each_condition_holds_for_its_kind_of_release() {
        let version = |text: &str| Version::parse_semver(text).expect("a version");
        for (current, next, expected) in [
            ("0.1.0", "0.2.0", &["stable", "minor-boundary"][..]),
            ("0.1.0", "0.1.1", &["stable"]),
            ("0.1.0", "0.2.0-alpha.1", &["pre-release", "alpha", "minor-boundary"]),
            ("0.2.0-alpha.1", "0.2.0-beta.1", &["pre-release", "beta"]),
            ("0.2.0-beta.1", "0.2.0-rc.1", &["pre-release", "rc"]),
            ("0.2.0-rc.1", "0.2.0", &["stable"]),
            ("0.2.0", "1.2.0", &["stable", "minor-boundary"]),
        ] {
            let (current, next) = (version(current), version(next));
            let holding = Condition::ALL.into_iter().filter(|it| it.holds(&current, &next));
            assert_eq!(holding.map(Condition::name).collect::<Vec<_>>(), expected, "{current} {next}");
            assert!(Condition::any_holds(&[], &current, &next));
        }
    }
}
