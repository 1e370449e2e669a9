//! What can go wrong, in the words a maintainer reads. A [`Problem`] is one fact with its way out; an
//! [`Error`] is why the program ends, with every problem that was found and the exit code a script sees.

use serde::Serialize;

/// Whether a problem lies in what is released or in where the release runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// What the merge request can mend: manifests, changelog, fragments, tags, version, configuration.
    Content,
    /// Where and by whom it runs: branch, cleanliness, remote, identity. A dry run only lists these.
    Circumstance,
}

/// One thing that stands in the way of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, in lower case, names in backticks; further lines are details, indented by the printer.
    pub message: String,
    /// What to run or write next; one entry a way out.
    pub hints: Vec<String>,
    /// Decides the exit code of a dry run.
    pub scope: Scope,
}

impl Problem {
    /// A problem of the content, without a hint yet.
    pub fn content(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), scope: Scope::Content }
    }

    /// A problem of the circumstances, without a hint yet.
    pub fn circumstance(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), scope: Scope::Circumstance }
    }

    /// Somebody asked to stop while this was going on.
    pub fn interrupted(during: &str) -> Self {
        Self::circumstance(format!("{INTERRUPTED} while {during}"))
    }

    /// Whether it says no more than that somebody asked to stop.
    pub fn is_interruption(&self) -> bool {
        self.message == INTERRUPTED || self.message.starts_with("interrupted while ")
    }

    /// The same problem with one more way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// What a problem says that is no more than a wish to stop.
pub const INTERRUPTED: &str = "interrupted";

/// Why the program ended without doing what was asked. The numbers are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Nothing was changed: a guard refused.
    Refused = 1,
    /// The command line or the environment makes no sense.
    Usage = 2,
    /// A person said no at the gate.
    Declined = 3,
    /// Something failed on the way; everything was put back.
    RolledBack = 4,
    /// Something failed on the way and could not be put back without overwriting somebody's work.
    RecoveryNeeded = 5,
    /// The release is done, but the remote does not have it, or not all of it.
    NotPushed = 6,
    /// Nothing was changed: no change is pending that a release could be made of.
    NothingToRelease = 8,
    /// A defect in this program.
    Bug = 70,
}

/// Why the program ended, with everything that was found.
#[derive(Debug)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// At least one; printed in order.
    pub problems: Vec<Problem>,
    /// What lay underneath, shown with `-v` only: never a raw library error as the message.
    pub cause: Option<anyhow::Error>,
}

impl Error {
    /// An error of this kind that says these problems.
    pub fn new(kind: Kind, problems: Vec<Problem>) -> Self {
        Self { kind, problems, cause: None }
    }

    /// A refusal: nothing was changed.
    pub fn refused(problem: Problem) -> Self {
        Self::new(Kind::Refused, vec![problem])
    }

    /// The same error, remembering what lay underneath.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        self.kind as u8
    }
}

/// The result of everything that can end the program.
pub type Result<T> = std::result::Result<T, Error>;
