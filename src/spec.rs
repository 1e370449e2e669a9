//! What was decided. This is the one room that reads the environment, the clock and the terminal, once; from here
//! on a release depends only on values, so that the same words on the same commit always give the same plan.

mod consent;
mod left_out;
mod overrides;
mod pins;
mod questions;
mod summary;
mod unknown;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use chrono::{DateTime, Datelike as _, Local, NaiveDate, Utc};

use crate::cli::{Cli, Color, Command};
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{IdentityEnv, Location};
use crate::ui::{ColorChoice, UiFacts};
use crate::version::Request;

pub use consent::{ASSUME_YES, Consent};
pub use left_out::LeftOut;
pub use overrides::Override;
pub use pins::{GivenPin, PinWord, as_overrides};
pub use questions::{ConfigQuestion, InitRequest};
pub use summary::{GivenSummary, SUMMARY_OPTION};

/// The name of the variable that fixes the date, as other tools have it.
const DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// What the program is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Show where things stand.
    Status,
    /// Cut a release, or preview it.
    Release(Request, Mode),
    /// Take back the last release, or show what that would do.
    Undo(Mode),
    /// Write a first configuration.
    Init(InitRequest),
    /// Show or check the configuration.
    Config(ConfigQuestion),
    /// Build the demonstration repository.
    Demo {
        /// Where to build it; a fresh temporary folder otherwise.
        keep: Option<PathBuf>,
    },
}

/// Whether the world may change. Matched once, in `lib.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only show the plan; `strict` also counts circumstances as a failure.
    DryRun {
        /// Exit 1 for circumstances too.
        strict: bool,
    },
    /// Do it.
    Real,
}

/// What GitLab CI says about its job (predefined CI/CD variables).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitlabJob {
    /// `CI_COMMIT_BRANCH`: unset in merge-request and tag pipelines.
    pub branch: Option<String>,
    /// `CI_COMMIT_SHA`.
    pub commit: Option<String>,
    /// Whether `CI_MERGE_REQUEST_IID` is set.
    pub merge_request: bool,
}

/// Everything that was decided before the repository is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// What to do.
    pub task: Task,
    /// How the gate is answered.
    pub consent: Consent,
    /// The date of the release section.
    pub date: NaiveDate,
    /// What the command line and the environment say beside the configuration.
    pub overrides: Vec<Override>,
    /// Seconds since 1970-01-01 UTC, and the local offset in minutes, for the commit and its tags.
    pub now: (i64, i32),
    /// What the environment says about author and committer.
    pub identity: IdentityEnv,
    /// Where the environment says the repository is.
    pub location: Location,
    /// The CI job this runs in, if it is one.
    pub gitlab: Option<GitlabJob>,
    /// The summary of this release, if one was given.
    pub summary: Option<GivenSummary>,
    /// Pins as they were typed; what they mean is for the configuration to say.
    pub pin_words: Vec<PinWord>,
    /// Names of steps to leave out.
    pub skip_steps: Vec<String>,
    /// Steps that a variable of the environment leaves out; known once the configuration is.
    pub left_out: Vec<LeftOut>,
    /// The remote is not to be asked.
    pub offline: bool,
    /// Push after the release.
    pub push: bool,
    /// A person sits at a terminal: git and ssh may ask for a password.
    pub terminal: bool,
    /// `--no-verify`: without the hooks pre-commit and commit-msg, and pre-push where it pushes.
    pub no_verify: bool,
    /// `--no-sign`: unsigned, whatever git is configured to do.
    pub no_sign: bool,
    /// A configuration file to use instead.
    pub config: Option<PathBuf>,
    /// Where to look for the repository.
    pub directory: PathBuf,
    /// `-v` was given: whole patches of deleted files, causes of errors.
    pub verbose: bool,
}

/// What the printers need to know; without words of the command line while those are not understood yet.
#[expect(clippy::disallowed_methods, reason = "this room reads the environment")]
pub fn ui_facts(cli: Option<&Cli>) -> UiFacts {
    UiFacts {
        color: match cli.map(|cli| cli.color) {
            None | Some(Color::Auto) => ColorChoice::Auto,
            Some(Color::Always) => ColorChoice::Always,
            Some(Color::Never) => ColorChoice::Never,
        },
        no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        term_dumb: std::env::var_os("TERM").is_some_and(|value| value == "dumb"),
        stdout_is_terminal: std::io::stdout().is_terminal(),
        stderr_is_terminal: std::io::stderr().is_terminal(),
        quiet: cli.is_some_and(|cli| cli.quiet),
        verbose: cli.map_or(0, |cli| cli.verbose),
    }
}

impl Spec {
    /// Decides what the words, the environment, the clock and the terminal mean together.
    ///
    /// # Errors
    /// Usage errors, all of them at once.
    pub fn decide(cli: Cli) -> Result<Self> {
        let mut problems = Vec::new();
        let pin_words = pins::pin_words(&cli, &mut problems);
        let task = keep(task(&cli), &mut problems);
        if matches!(
            task,
            Some(Task::Undo(_) | Task::Init(_) | Task::Demo { .. } | Task::Config(ConfigQuestion::Schema))
        ) {
            problems.extend(Self::no_pins(&pin_words));
        }
        if task.is_some() {
            problems.extend(unknown::out_of_place(&cli));
        }
        let consent = keep(consent::given(&cli), &mut problems);
        let date = keep(date(&cli), &mut problems);
        let directory = keep(directory(&cli), &mut problems);
        let understood = problems.is_empty();
        let summary = summary::given(&cli, task.as_ref(), directory.as_deref(), understood);
        let summary = keep(summary, &mut problems);
        let (Some(task), Some(consent), Some((date, dated_by)), Some(directory), Some(summary), []) =
            (task, consent, date, directory, summary, problems.as_slice())
        else {
            return Err(Error::new(Kind::Usage, problems));
        };
        Ok(Self {
            task,
            overrides: overrides::overrides(&cli, &consent, date, dated_by),
            consent,
            date,
            now: now(),
            identity: IdentityEnv::from_lookup(variable_os),
            location: Location::from_lookup(variable_os),
            gitlab: gitlab(),
            pin_words,
            summary,
            skip_steps: cli.skip_step,
            left_out: Vec::new(),
            offline: cli.offline,
            push: cli.push,
            terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
            no_verify: cli.no_verify,
            no_sign: cli.no_sign,
            config: cli.config,
            directory,
            verbose: cli.verbose > 0,
        })
    }
}

/// The value, or nothing and one more problem: every decision is tried before the first failure is reported.
fn keep<T>(result: std::result::Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

fn task(cli: &Cli) -> std::result::Result<Task, Problem> {
    if let Some(Command::Demo { keep }) = &cli.command {
        if !cli.words.is_empty() || cli.dry_run {
            return Err(Problem::content("`demo` takes no bump word and no `--dry-run`")
                .hint("run `trueppm-release demo`"));
        }
        return led_elsewhere().map_or(Ok(Task::Demo { keep: keep.clone() }), Err);
    }
    if let Some(Command::Undo { dry_run, .. }) = &cli.command {
        return undo(cli, *dry_run || cli.dry_run);
    }
    if let Some(Command::Init { dry_run, example, .. }) = &cli.command {
        return questions::init(cli, *dry_run || cli.dry_run, *example).map(Task::Init);
    }
    if let Some(Command::Config { check, schema, format }) = &cli.command {
        return questions::config(cli, *check, *schema, *format).map(Task::Config);
    }
    if cli.offline && cli.push {
        return Err(Problem::content("`--push` does not go with `--offline`")
            .hint("leave one of them out: what is pushed is checked with the remote before and after"));
    }
    if cli.strict && !cli.dry_run {
        return Err(Problem::content("`--strict` goes with `--dry-run`")
            .hint("add `--dry-run`, or leave `--strict` out: a real release always is"));
    }
    let mode = if cli.dry_run { Mode::DryRun { strict: cli.strict } } else { Mode::Real };
    if cli.words.is_empty() && pins::gives_pins(cli) {
        // How large a step that is, the pending changes say.
        return Ok(Task::Release(Request::Auto, mode));
    }
    if cli.words.is_empty() {
        if cli.dry_run {
            return Err(Problem::content("`--dry-run` needs to know what to release")
                .hint("run for example `trueppm-release minor --dry-run`"));
        }
        if cli.yes {
            return Err(Problem::content("`--yes` needs to know what to release")
                .hint("run for example `trueppm-release minor --yes`"));
        }
        if cli.push {
            return Err(Problem::content("`--push` needs to know what to release")
                .hint("run for example `trueppm-release minor --push`"));
        }
        return Ok(Task::Status);
    }
    let request =
        Request::from_words(&cli.words).map_err(|problem| unknown::meant_otherwise(&cli.words, problem))?;
    Ok(Task::Release(request, mode))
}

/// An undo takes nothing of what a release takes, and never goes without asking the remote.
fn undo(cli: &Cli, dry_run: bool) -> std::result::Result<Task, Problem> {
    if !cli.words.is_empty() {
        return Err(Problem::content("`undo` takes no bump word: it takes back the last release")
            .hint("run `trueppm-release undo`"));
    }
    if cli.push {
        return Err(Problem::content("`undo` pushes nothing").hint("leave `--push` out"));
    }
    if cli.offline {
        return Err(Problem::content(
            "`undo` does not go with `--offline`: whether the release was pushed is asked, not assumed",
        )
        .hint("run it where the remote can be reached"));
    }
    if cli.strict {
        return Err(Problem::content("`undo` always is strict").hint("leave `--strict` out"));
    }
    if cli.date.is_some() {
        return Err(Problem::content("`undo` takes no date: it takes back the last release")
            .hint("leave `--date` out"));
    }
    Ok(Task::Undo(if dry_run { Mode::DryRun { strict: true } } else { Mode::Real }))
}

/// Variables that lead git, and libgit2, to another repository than the one they are started in; a hook has them set.
const LEADING_ELSEWHERE: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"];

/// Why a repository of one's own cannot be built now: it would be written into another one.
fn led_elsewhere() -> Option<Problem> {
    let set: Vec<&str> = LEADING_ELSEWHERE
        .into_iter()
        .filter(|name| variable_os(name).is_some_and(|value| !value.is_empty()))
        .collect();
    (!set.is_empty()).then(|| {
        Problem::circumstance(format!(
            "the environment leads git to another repository than the demonstration's: `{}`",
            set.join("`, `")
        ))
        .hint(format!("run `env -u {} trueppm-release demo`", set.join(" -u ")))
    })
}

/// The date of the release section, and what fixed it.
#[expect(clippy::disallowed_methods, reason = "this room reads the clock")]
fn date(cli: &Cli) -> std::result::Result<(NaiveDate, Option<&'static str>), Problem> {
    if let Some(text) = &cli.date {
        let date = calendar_date(text).ok_or_else(|| {
            Problem::content(format!("`--date {text}` is not a date"))
                .hint("write it as YYYY-MM-DD, for example `--date 2026-06-29`")
        });
        return date.map(|date| (date, Some("--date")));
    }
    if let Some(text) = variable(DATE_EPOCH).filter(|text| !text.is_empty()) {
        let moment = text.parse().ok().and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
        let date = moment.map(|moment| moment.date_naive()).filter(is_writable).ok_or_else(|| {
            Problem::content(format!("{DATE_EPOCH} is `{text}`, which is not a usable number of seconds"))
                .hint("set it to seconds since 1970-01-01 UTC, or unset it")
        });
        return date.map(|date| (date, Some(DATE_EPOCH)));
    }
    Ok((Local::now().date_naive(), None))
}

/// Whether the date can be written as `YYYY-MM-DD`.
fn is_writable(date: &NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}

/// A date written exactly as `YYYY-MM-DD`; chrono alone would also take `2026-6-9`.
fn calendar_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.format("%Y-%m-%d").to_string() == text && is_writable(&date)).then_some(date)
}

#[expect(clippy::disallowed_methods, reason = "this room reads the environment and what `-C` names")]
fn directory(cli: &Cli) -> std::result::Result<PathBuf, Problem> {
    let here = std::env::current_dir().map_err(|_| {
        Problem::circumstance("the current folder cannot be read")
            .hint("change into the repository and run again")
    })?;
    let Some(folder) = &cli.directory else { return Ok(here) };
    let there = here.join(folder);
    if there.is_dir() {
        return Ok(there);
    }
    let what = if there.exists() { "is not a folder" } else { "does not exist" };
    Err(Problem::circumstance(format!("`{}` {what}", folder.display()))
        .hint("check the path that follows `-C`"))
}

#[expect(clippy::disallowed_methods, reason = "this room reads the clock")]
fn now() -> (i64, i32) {
    let moment = Local::now();
    (moment.timestamp(), moment.offset().local_minus_utc() / 60)
}

fn gitlab() -> Option<GitlabJob> {
    variable("GITLAB_CI").filter(|value| value == "true")?;
    Some(GitlabJob {
        branch: variable("CI_COMMIT_BRANCH").filter(|value| !value.is_empty()),
        commit: variable("CI_COMMIT_SHA"),
        merge_request: variable("CI_MERGE_REQUEST_IID").is_some(),
    })
}

/// A variable of the environment. What is not text is still said: a value nobody can read must not pass for unset.
fn variable(name: &str) -> Option<String> {
    variable_os(name).map(|value| value.to_string_lossy().into_owned())
}

#[expect(clippy::disallowed_methods, reason = "this room reads the environment")]
fn variable_os(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
