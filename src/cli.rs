//! The words a person types, and the help that teaches them. Nothing is resolved here: what was typed is kept
//! as it was typed, and `spec.rs` decides what it means.

mod meanings;
mod own_options;
mod pages;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::error::{Error, Kind, Problem, Result};

pub use meanings::{meant, nearly_meant};
pub use own_options::{OwnOption, known_options};

/// Everything on one page: what can be said comes first, so that a first look teaches the main thing.
const PAGE: &str = "\
{about}

{usage-heading} {usage}

{before-help}Options:
{options}{after-help}";

const USAGE: &str = "\
trueppm-release [OPTIONS] WORDS              cut a release, after asking
       trueppm-release [OPTIONS] WORDS --dry-run    only show what it would be
       trueppm-release                              where things stand
       trueppm-release undo [-n] [-y]               take the last release back
       trueppm-release init [-n] [-y] [--example NAME]
                                                    a first configuration
       trueppm-release config [--check | --schema | --format FORMAT]
                                                    the configuration in force
       trueppm-release demo [--keep DIR]            a real release in a
                                                    throw-away repository
       trueppm-release help [COMMAND]               this page, or a command's";

const WORDS: &str = "\
WORDS is one of:
  patch | minor | major          0.1.0 → 0.1.1 | 0.2.0 | 1.0.0
  minor alpha (or beta, or rc)   0.1.0 → 0.2.0-alpha.1, the start of a series
  alpha | beta | rc              0.2.0-alpha.1 → -alpha.2 | -beta.1 | -rc.1
  release                        0.2.0-rc.1 → 0.2.0
  1.2.3 | 1.2.3-rc.1             exactly this version
  auto                           whatever the pending changes call for
";

const EXAMPLES: &str = "\
Examples:
  trueppm-release minor -n       everything that would change, as a diff
  trueppm-release minor          asks, then one commit and its tags; no push
  trueppm-release rc --yes       in CI, where nobody can be asked
  trueppm-release minor --push   the same, then pushes it, all or nothing
  trueppm-release undo           takes back a release that was not pushed

Steps and checks find the release in their environment: RELEASE_VERSION,
RELEASE_PREVIOUS, RELEASE_TAGS and others, which `-n -v` lists.

Exit codes:
  0   done, or previewed
  1   refused, or interrupted before the gate (a dry run: it has problems)
  2   wrong usage
  3   declined or interrupted at the gate: nothing was changed
  4   failed or interrupted on the way: everything was put back
  5   recovery needed: interrupted or failed, and a person has to decide
  6   released here, but not pushed, or interrupted while it was
  8   nothing to release: `auto` found no pending change
  70  a bug in trueppm-release";

/// Cut a release: one plan, one commit, immutable tags, all or nothing.
#[derive(Debug, Parser)]
#[command(
    name = "trueppm-release",
    version,
    about = "Cut a release: one plan, one commit, immutable tags, all or nothing",
    help_template = PAGE,
    override_usage = USAGE,
    before_help = WORDS,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = false,
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true,
    disable_help_flag = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to release: patch, minor, major, alpha, beta, rc, release, `minor alpha`, auto, or a version like 1.2.3
    #[arg(value_name = "WORDS", num_args = 0..)]
    pub words: Vec<String>,

    /// Show everything that would happen and write nothing at all
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Accept the computed version without asking (also RELEASE_ASSUME_YES=1)
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// In a dry run, exit 1 also for what is only wrong here: branch, dirty tree, identity
    #[arg(long)]
    pub strict: bool,

    /// Leave out a configured step or check; what a step promises must hold all the same
    #[arg(long, value_name = "NAME")]
    pub skip_step: Vec<String>,

    /// Leave out the hooks that `--no-verify` leaves out in git: pre-commit, commit-msg and, with `--push`, pre-push
    #[arg(long)]
    pub no_verify: bool,

    /// Sign neither the commit nor the tags, whatever git is configured to do
    #[arg(long)]
    pub no_sign: bool,

    /// Give a pin of the configuration; `--NAME VALUE` does the same, and so does its variable
    #[arg(long, value_name = "NAME=VALUE", global = true)]
    pub pin: Vec<String>,

    /// Options that only the configuration knows, such as `--oss-tag v0.2.0`.
    #[arg(skip)]
    pub own_options: Vec<OwnOption>,

    /// The date of the release section (also SOURCE_DATE_EPOCH); today otherwise
    #[arg(long, value_name = "YYYY-MM-DD", global = true)]
    pub date: Option<String>,

    /// What the release section opens with: a text, @FILE, or - for standard input (also RELEASE_SUMMARY)
    #[arg(long, value_name = "TEXT|@FILE|-")]
    pub summary: Option<String>,

    /// Push the branch and all tags after the release, all or nothing, and prove that they arrived
    #[arg(long)]
    pub push: bool,

    /// Do not ask the remote; what is not checked then is said
    #[arg(long, global = true)]
    pub offline: bool,

    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,

    /// Use this file instead of trueppm-release.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Colour: auto, always or never (also NO_COLOR)
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        global = true
    )]
    pub color: Color,

    /// Say only what is asked for, and what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more: what steps print, line by line, patches of deleted files, causes of errors
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,

    /// Print this page; `-h` prints a short one
    #[arg(short, long, action = ArgAction::HelpShort, global = true)]
    pub help: Option<bool>,

    /// The options that were typed, by the names of these fields.
    #[arg(skip)]
    pub given: Vec<String>,

    /// What to do instead of a release.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked for besides a release.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build a small repository in a temporary folder and cut a real stable release in it
    #[command(override_usage = pages::DEMO_USAGE, after_help = pages::DEMO_EXAMPLES)]
    Demo {
        /// Build it here instead, in a folder that does not exist yet or is empty
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// Take back the last release, if nothing of it was pushed: its tags, its commit, its files
    #[command(override_usage = pages::UNDO_USAGE, after_help = pages::UNDO_EXAMPLES)]
    Undo {
        /// Show what would be taken back and change nothing
        #[arg(short = 'n', long)]
        dry_run: bool,

        /// Take it back without asking (also RELEASE_ASSUME_YES=1)
        #[arg(short = 'y', long)]
        yes: bool,
    },
    /// Write a first trueppm-release.toml for the layout found here; never over anything
    #[command(override_usage = pages::INIT_USAGE, after_help = pages::INIT_EXAMPLES)]
    Init {
        /// Print it and write nothing
        #[arg(short = 'n', long)]
        dry_run: bool,

        /// Take the answers that the files speak for without asking (also RELEASE_ASSUME_YES=1)
        #[arg(short = 'y', long)]
        yes: bool,

        /// Write this example in place of what is found here
        #[arg(long, value_name = "NAME")]
        example: Option<Example>,
    },
    /// Print the configuration in force and where it came from
    #[command(override_usage = pages::CONFIG_USAGE, after_help = pages::CONFIG_EXAMPLES)]
    Config {
        /// Only say whether it is in order, or what is wrong where
        #[arg(long, conflicts_with_all = ["schema", "format"])]
        check: bool,

        /// Print the JSON schema of configurations, for editors
        #[arg(long, conflicts_with = "format")]
        schema: bool,

        /// How to print it: toml (unless said otherwise) or json
        #[arg(
            long,
            value_name = "FORMAT",
            default_value = "toml",
            hide_default_value = true,
            hide_possible_values = true
        )]
        format: ConfigFormat,
    },
}

/// An example configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Example {
    /// A repository that builds on the releases of another one and pins them.
    Enterprise,
    /// The built-in layout with two tags, every key explained.
    TrueppmSuite,
    /// The built-in layout since the 0.4 series, with three tags.
    #[value(name = "trueppm-suite-0.4")]
    TrueppmSuite04,
}

/// How a configuration is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    /// As it can be read back.
    Toml,
    /// With its origin, for programs.
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Also into a pipe.
    Always,
    /// Never.
    Never,
}

/// What came of a command line.
#[derive(Debug)]
pub enum Typed {
    /// Something to do.
    Task(Box<Cli>),
    /// Only a page to print: help, or the version.
    Page(String),
}

impl Command {
    /// The word that it is typed as.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Demo { .. } => "demo",
            Self::Undo { .. } => "undo",
            Self::Init { .. } => "init",
            Self::Config { .. } => "config",
        }
    }
}

impl Cli {
    /// Reads the command line. Help that is asked for anywhere in it is all that is given.
    ///
    /// # Errors
    /// Wrong usage, in the words and with the exit code of every other error.
    pub fn read(words: impl Iterator<Item = OsString>) -> Result<Typed> {
        let (words, own_options) = own_options::set_apart(words);
        if let Some(asked) = pages::asked_for(&words) {
            let page = asked.page().map_err(|problem| Error::new(Kind::Usage, vec![problem]))?;
            return Ok(Typed::Page(page));
        }
        match Self::parsed(words) {
            Ok(cli) => Ok(Typed::Task(Box::new(Self { own_options, ..cli }))),
            Err(error) if error.use_stderr() => Err(Error::new(Kind::Usage, vec![in_our_words(&error)])),
            Err(page) => Ok(Typed::Page(page.render().to_string())),
        }
    }

    fn parsed(words: impl IntoIterator<Item = OsString>) -> std::result::Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(words)?;
        let was_typed = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        let given = matches.ids().filter(was_typed).map(|id| id.as_str().to_owned()).collect();
        Ok(Self { given, ..Self::from_arg_matches(&matches)? })
    }

    /// The options that were typed and that the command does not take, as they are typed.
    pub fn options_out_of_place(&self) -> Vec<String> {
        let Some(command) = &self.command else { return Vec::new() };
        let own = Self::command();
        let out_of_place = |arg: &&clap::Arg| {
            let id = arg.get_id().as_str();
            !arg.is_positional()
                && self.given.iter().any(|given| given == id)
                && !pages::takes(command.word(), id)
        };
        own.get_arguments().filter(out_of_place).filter_map(pages::as_typed).collect()
    }
}

/// The parser's complaint as a problem with hints: its first paragraph, its tips and the values it would take.
fn in_our_words(error: &clap::Error) -> Problem {
    let text = error.render().to_string().replace('\'', "`");
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut lines = text.lines().map(str::trim);
    let mut problem = Problem::content(lines.next().unwrap_or_default());
    for line in lines.take_while(|line| !line.starts_with("Usage:")) {
        if let Some(tip) = line.strip_prefix("tip: ") {
            problem = problem.hint(tip);
        } else if let Some(values) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            problem = problem.hint(values);
        }
    }
    problem.hint(SEE_HELP)
}

/// The last hint of every wrong usage.
pub const SEE_HELP: &str = "`trueppm-release --help` shows everything that can be said, with examples";

#[cfg(test)]
mod tests;
