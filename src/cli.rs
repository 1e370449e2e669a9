//! The words a person types, and the help that teaches them. Nothing is resolved here: what was typed is kept
//! as it was typed, and `spec.rs` decides what it means.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
What to say:
  patch | minor | major           0.1.0 → 0.1.1 | 0.2.0 | 1.0.0
  minor alpha (or beta, or rc)    0.1.0 → 0.2.0-alpha.1, the start of a series
  alpha | beta | rc               0.2.0-alpha.1 → 0.2.0-alpha.2 | 0.2.0-beta.1 | 0.2.0-rc.1
  release                         0.2.0-rc.1 → 0.2.0
  1.2.3                           exactly this one
  (nothing)                       where things stand, and what each word would give

Examples:
  trueppm-release minor --dry-run   everything that would change, as a diff; writes nothing
  trueppm-release minor             shows the gate, then one commit and its tags; pushes nothing
  trueppm-release rc --yes          in CI, where nobody can answer the gate
  trueppm-release demo              a real release in a throw-away repository

Exit codes:
  0   done, or previewed
  1   refused: nothing was changed (a dry run: the content has problems)
  2   wrong usage
  3   declined at the gate: nothing was changed
  4   failed on the way: everything was put back, nothing was released
  5   recovery needed: it failed and somebody else's change is in the way; the message has the facts
  70  a bug in trueppm-release";

/// Cut a release: one plan, one commit, immutable tags, all or nothing.
#[derive(Debug, Parser)]
#[command(
    name = "trueppm-release",
    version,
    about = "Cut a release: one plan, one commit, immutable tags, all or nothing",
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = false,
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to release: patch, minor, major, alpha, beta, rc, release, `minor alpha`, or a version like 1.2.3
    #[arg(value_name = "BUMP", num_args = 0..)]
    pub words: Vec<String>,

    /// Show everything that would happen and write nothing at all
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Accept the computed version without asking (also RELEASE_ASSUME_YES=1)
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// In a dry run, exit 1 also for what is only wrong here: branch, dirty tree, identity
    #[arg(long, requires = "dry_run")]
    pub strict: bool,

    /// Leave out a configured step; what it promises must hold all the same
    #[arg(long, value_name = "NAME")]
    pub skip_step: Vec<String>,

    /// The date of the release section (also SOURCE_DATE_EPOCH); today otherwise
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,

    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,

    /// Use this configuration instead of trueppm-release.toml or the built-in one
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// When to use colour (also NO_COLOR)
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,

    /// Say only what is asked for, and what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more: whole patches of deleted files, output of steps, causes of errors
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,

    /// What to do instead of a release.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked for besides a release.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build a small repository in a temporary folder and cut a real stable release in it
    Demo {
        /// Build it here instead, in a folder that does not exist yet or is empty
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
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
