//! A step or a check as it will run: every template filled in, and what it may and must do. What it is run with may be
//! a secret, so a value of its environment is shown only where it does not look like one.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::release_variables::COMMIT_VARIABLE;
use super::{Moment, Outcome};
use crate::config::Condition;
use crate::git::ObjectId;
use crate::glob::Glob;
use crate::words::shell_word;

/// A command that runs at a moment of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// Whether it may write.
    pub kind: StepKind,
    /// Its name in the configuration.
    pub name: String,
    /// The program and its arguments; no shell in between.
    pub run: Vec<String>,
    /// When it runs.
    pub moment: Moment,
    /// What the release puts into its environment, by the names in `RELEASE_VARIABLES`; the configuration's own
    /// `environment` stands over it.
    pub given: BTreeMap<String, String>,
    /// What its environment has besides; a value that looks like a secret is not written out.
    #[serde(serialize_with = "without_secrets")]
    pub environment: BTreeMap<String, String>,
    /// Where it runs, relative to the top of the repository.
    pub folder: Option<String>,
    /// The files it writes, as far as they are named.
    pub outputs: Vec<Output>,
    /// Patterns of files it may write besides; which these are is known only afterwards.
    pub patterns: Vec<String>,
    /// What must hold in its files afterwards.
    pub expectations: Vec<Expectation>,
    /// What besides the exit code must hold.
    pub passing: Passing,
    /// What its exit codes mean; any other stops.
    pub exit_codes: BTreeMap<u8, Outcome>,
    /// The kinds of release it is for; all of them where there are none.
    pub only_when: Vec<Condition>,
    /// Whether this release is of such a kind.
    pub applies: bool,
    /// A failure stops the release; otherwise it is a warning.
    pub required: bool,
    /// After this many seconds it is stopped, and has failed.
    pub timeout_seconds: u64,
    /// The variable of the environment that leaves it out.
    pub skip_variable: Option<String>,
    /// It does not run: left out with `--skip-step` or its variable, or not for this release.
    pub skipped: bool,
}

/// Whether a command of a release may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// It may write what it declares.
    Step,
    /// It writes nothing.
    Check,
}

impl StepKind {
    /// As messages say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Check => "check",
        }
    }
}

/// What passing means besides an exit code that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passing {
    /// Nothing more.
    ExitCode,
    /// Nothing but white space on standard output.
    EmptyOutput,
    /// This value in the JSON on standard output.
    Json {
        /// Where in it, as a JSON pointer (RFC 6901).
        pointer: String,
        /// What must stand there.
        value: serde_json::Value,
    },
}

/// A file that a step writes: never its bytes, which nobody can know before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Relative to the top of the repository.
    pub path: String,
    /// The blob at the base commit, if the file exists there.
    pub before: Option<ObjectId>,
}

/// A value that must stand in a file once a step has run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// The file.
    pub path: String,
    /// The name of its format.
    pub format: String,
    /// Where in it, for `json` as a JSON pointer (RFC 6901); nothing where the format knows.
    pub key: Option<String>,
    /// The package whose entry it is, for lock files.
    pub package: Option<String>,
    /// What must stand there.
    pub value: String,
}

impl PlannedStep {
    /// `step` or `check` with its name, as messages begin.
    pub fn label(&self) -> String {
        format!("{} `{}`", self.kind.word(), self.name)
    }

    /// The same step once the release has made this commit.
    #[must_use]
    pub fn after(&self, commit: &ObjectId) -> Self {
        let mut step = self.clone();
        step.given.insert(COMMIT_VARIABLE.into(), commit.as_str().into());
        step
    }

    /// What an exit code means.
    pub fn outcome(&self, code: i32) -> Outcome {
        let listed = u8::try_from(code).ok().and_then(|code| self.exit_codes.get(&code));
        listed.copied().unwrap_or(Outcome::Stop)
    }

    /// The patterns, ready to match.
    pub fn globs(&self) -> Vec<Glob> {
        // They were read once already, when the configuration was.
        self.patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()).collect()
    }

    /// Whether it declares that it may write this file.
    pub fn may_write(&self, path: &str) -> bool {
        self.outputs.iter().any(|output| output.path == path)
            || self.globs().iter().any(|glob| glob.matches(path))
    }

    /// The same as a command line for a shell at the top of the repository.
    pub fn by_hand(&self) -> String {
        let folder = self.folder.iter().map(|folder| format!("cd {} && ", shell_word(folder)));
        // Of what the release gives it, what the command itself speaks of.
        let spoken_of = |name: &str| {
            !self.environment.contains_key(name) && self.run.iter().any(|word| word.contains(name))
        };
        let given = self.given.iter().filter(|(name, _)| spoken_of(name));
        let variables = given.chain(&self.environment).map(|(name, value)| {
            if looks_secret(name, value) {
                format!("{name}=… ")
            } else {
                format!("{name}={} ", shell_word(value))
            }
        });
        let words: Vec<String> = self.run.iter().map(|word| shell_word(word)).collect();
        folder.chain(variables).chain([words.join(" ")]).collect()
    }
}

/// Whether a variable holds what nobody else may see: by its name, or by what tokens begin with.
fn looks_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let named =
        ["TOKEN", "SECRET", "PASS", "CREDENTIAL", "PRIVATE", "AUTH"].iter().any(|word| name.contains(word))
            || name.split('_').any(|word| matches!(word, "KEY" | "APIKEY" | "PAT" | "PWD"));
    let begins =
        ["glpat-", "gldt-", "glcbt-", "ghp_", "gho_", "ghs_", "github_pat_", "npm_", "pypi-", "AKIA"];
    let in_url = value
        .split_once("://")
        .is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|it| it.contains('@')));
    named || in_url || begins.iter().any(|start| value.contains(start)) || value.contains("PRIVATE KEY")
}

fn without_secrets<S: Serializer>(variables: &BTreeMap<String, String>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(
        variables
            .iter()
            .map(|(name, value)| (name, if looks_secret(name, value) { "…" } else { value.as_str() })),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A step that runs this after the bump and declares nothing.
    pub(in crate::plan) fn step(run: &[&str]) -> PlannedStep {
        PlannedStep {
            kind: StepKind::Step,
            name: "a step".into(),
            run: run.iter().map(|word| (*word).to_owned()).collect(),
            moment: Moment::AfterBump,
            given: BTreeMap::new(),
            environment: BTreeMap::new(),
            folder: None,
            outputs: Vec::new(),
            patterns: Vec::new(),
            expectations: Vec::new(),
            passing: Passing::ExitCode,
            exit_codes: [(0, Outcome::Continue)].into(),
            only_when: Vec::new(),
            applies: true,
            required: true,
            timeout_seconds: 600,
            skip_variable: None,
            skipped: false,
        }
    }

    #[test]
    fn a_command_to_run_by_hand_is_complete_but_for_secrets() {
        let mut step = step(&["bash", "a b.sh"]);
        assert_eq!(step.by_hand(), "bash 'a b.sh'");
        step.folder = Some("packages/api".into());
        let variables = [
            ("VERSION", "0.2.0"),
            ("NPM_TOKEN", "x"),
            ("URL", "https://me:pw@registry.invalid/"),
            ("X", "a b"),
        ];
        step.environment = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(
            step.by_hand(),
            "cd packages/api && NPM_TOKEN=… URL=… VERSION=0.2.0 X='a b' bash 'a b.sh'"
        );
        let written = serde_json::to_string(&step).expect("a plain value");
        assert!(!written.contains("pw@") && written.contains("\"VERSION\":\"0.2.0\""), "{written}");
    }

    #[test]
    fn secrets_are_told_by_name_and_by_what_they_begin_with() {
        for (name, value, secret) in [
            ("CI_JOB_TOKEN", "x", true),
            ("SIGNING_KEY", "x", true),
            ("PGPASSWORD", "x", true),
            ("X", "glpat-abc", true),
            ("X", "https://u:p@h/", true),
            ("X", "https://h/a@b", false),
            ("MONKEY", "x", false),
            ("TRUEPPM_VERSION", "0.2.0", false),
        ] {
            assert_eq!(looks_secret(name, value), secret, "{name}={value}");
        }
    }

    #[test]
    fn an_exit_code_that_is_not_listed_stops() {
        let mut step = step(&["true"]);
        step.exit_codes.insert(75, Outcome::Skip);
        for (code, outcome) in [
            (0, Outcome::Continue),
            (75, Outcome::Skip),
            (1, Outcome::Stop),
            (256, Outcome::Stop),
            (-1, Outcome::Stop),
        ] {
            assert_eq!(step.outcome(code), outcome, "{code}");
        }
    }

    #[test]
    fn a_step_may_write_what_it_names_and_what_its_patterns_match() {
        let mut step = step(&["true"]);
        step.outputs.push(Output { path: "a.json".into(), before: None });
        step.patterns.push("docs/**/*.md".into());
        assert!(step.may_write("a.json") && step.may_write("docs/x/y.md"));
        assert!(!step.may_write("b.json") && !step.may_write("docs/x/y.txt"));
    }
}
