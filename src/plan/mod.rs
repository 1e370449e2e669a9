//! What a release will be, complete and before anything is touched. A [`Plan`] is a plain value computed from
//! the decisions and the snapshot by pure functions: the preview renders it, `apply` carries it out, and neither
//! can compute anything again, so neither can disagree with the other.

mod automatic;
mod build;
mod catch_up;
mod changelog;
mod dirt;
mod duties;
mod elsewhere;
mod expectation;
mod first;
mod guards;
mod latest;
mod layout;
mod manifests;
mod overlooked;
mod patterns;
mod pins;
mod pipelines;
mod planned_step;
mod push;
mod recheck;
mod release_variables;
mod remote;
mod requirements;
mod spelling;
mod standing;
mod standing_elsewhere;
mod steps;
mod tags;
mod undo;
mod unlisted;
mod unlisted_changelog;
mod yaml_numbers;

use serde::Serialize;

use crate::error::{Error, Kind, Problem, Result, Scope};
use crate::git::{ObjectId, Signature};
use crate::version::Version;

pub use crate::config::{Moment, Outcome};
pub use build::{draft, rotating};
pub use elsewhere::{Elsewhere, elsewhere, may_hold_version};
pub use latest::{Unpushed, WayOn, tag_names};
pub use manifests::current_version;
pub use patterns::{PatternText, PlannedPattern};
pub use pins::{PlannedPin, paths as pinned_paths};
pub use pipelines::NO_GITLAB;
pub use planned_step::{Expectation, Output, Passing, PlannedStep, StepKind};
pub use push::{PlannedPush, Refspecs};
pub use recheck::PlannedVersion;
pub use release_variables::RELEASE_VARIABLES;
pub use requirements::dependents;
pub use standing::{PendingIn, Standing, standing};
pub use undo::{Facts, LocalTag, Undo, UndoneTag, undo};
pub use unlisted::UnlistedManifest;
pub use unlisted_changelog::{entry as changelog_entry, is_called_changelog, own_tag};

/// A release as one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The commit the release builds on; it must still be there when the release is published.
    pub base: ObjectId,
    /// The reference that moves: the branch, or HEAD itself where a CI job checked out a commit.
    pub published: PublishedRef,
    /// The remote the next steps push to, if one of that name is configured.
    pub remote: Option<String>,
    /// What that remote is called, whether there is one yet or not.
    pub remote_name: String,
    /// The other remotes, where there is none of that name; the one that the branch follows first.
    pub other_remotes: Vec<String>,
    /// The push that follows the release, if it was asked for.
    pub push: Option<PlannedPush>,
    /// What a push of it names.
    pub refspecs: Refspecs,
    /// A push may reach a GitLab, which starts pipelines for some references of it only.
    pub gitlab: bool,
    /// `--no-verify` was given: a push that is part of this release leaves out the hook pre-push.
    pub no_verify: bool,
    /// The version the repository has now.
    pub current: Version,
    /// The version it will have.
    pub version: Version,
    /// Whether the version was computed from a bump word, or typed as it is.
    pub origin: Origin,
    /// Every file whose bytes are known now, in byte order of the paths.
    pub files: Vec<FileChange>,
    /// Every version that must stand in the release commit, also where the file does not change.
    pub versions: Vec<PlannedVersion>,
    /// Every text that a pattern must find in the release commit.
    pub patterns: Vec<PlannedPattern>,
    /// Manifests that hold a version and are neither listed nor ignored.
    pub unlisted: Vec<UnlistedManifest>,
    /// The sections that changelogs get, in the order of the configuration.
    pub sections: Vec<PlannedSection>,
    /// The values from elsewhere that it writes down.
    pub pins: Vec<PlannedPin>,
    /// Steps and checks, in the order in which they run.
    pub steps: Vec<PlannedStep>,
    /// The one commit.
    pub commit: CommitDraft,
    /// The annotated tags on it, in the order of the configuration.
    pub tags: Vec<TagDraft>,
    /// What git is configured to do besides: hooks and signatures.
    pub duties: GitDuties,
    /// What is worth knowing; shown at the gate.
    pub notes: Vec<String>,
    /// What is probably wrong but does not stand in the way; shown at the gate.
    pub warnings: Vec<String>,
    /// What a person has to do besides, before or after the push.
    pub reminders: Vec<PlannedReminder>,
}

/// The reference that the release commit becomes visible through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublishedRef {
    /// The short name of the branch that is checked out.
    Branch(String),
    /// HEAD is detached; the push goes to this branch.
    DetachedFor(String),
}

impl PublishedRef {
    /// The short name of the branch that a push moves.
    pub fn branch(&self) -> &str {
        match self {
            Self::Branch(name) | Self::DetachedFor(name) => name,
        }
    }
}

/// Where the new version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Computed from a bump word.
    Suggested,
    /// Typed, on the command line or at the gate.
    Typed,
}

/// One file, before and after. `before` is the source of the diff, the staleness check and the undo image at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// Relative to the top of the repository, with forward slashes.
    pub path: String,
    /// Whether git stores it as executable.
    pub executable: bool,
    /// The text at the base commit.
    pub before: String,
    /// The text in the release commit; nothing where the file is deleted.
    pub after: Option<String>,
    /// The versions that change in it, for people; empty for a changelog or a fragment.
    pub values: Vec<ValueChange>,
}

/// A version that is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    /// What a person would call the place, for example `[project] version`.
    pub key: String,
    /// Counted from 1.
    pub line: usize,
    /// What stood there.
    pub from: String,
    /// What will stand there.
    pub to: String,
}

/// A section that a changelog gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedSection {
    /// The changelog.
    pub path: String,
    /// The line that opens the section.
    pub heading: String,
    /// The prose that it opens with, where the changelog asks for a summary.
    pub summary: Option<PlannedSummary>,
}

/// The prose that a section opens with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedSummary {
    /// Lines ending in LF, without blank lines at either end.
    pub text: String,
    /// What it was given by, `--summary` or the variable; nothing where it stands in the changelog already.
    pub given_by: Option<&'static str>,
    /// The prose that it takes the place of.
    pub replaces: Option<String>,
}

/// The release commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitDraft {
    /// The whole message, with its final newline.
    pub message: String,
    /// As git would choose it; nothing where git would refuse, which is also a problem.
    pub author: Option<Signature>,
    /// As git would choose it; also the tagger of the tags.
    pub committer: Option<Signature>,
}

/// One annotated tag on the release commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagDraft {
    /// The name without `refs/tags/`.
    pub name: String,
    /// The whole message, with its final newline.
    pub message: String,
    /// What pushing it starts, for people.
    pub starts: Vec<String>,
}

/// What `git commit` and `git tag` would do here beyond making the objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GitDuties {
    /// The hooks that run, in git's order.
    pub hooks: Vec<String>,
    /// After this many seconds a hook is stopped and the release with it.
    pub hook_seconds: u64,
    /// The commit is signed.
    pub sign_commit: bool,
    /// The tags are signed.
    pub sign_tags: bool,
}

impl GitDuties {
    /// Whether this hook runs.
    pub fn runs(&self, hook: &str) -> bool {
        self.hooks.iter().any(|name| name == hook)
    }
}

/// Something only a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedReminder {
    /// What to do.
    pub text: String,
    /// Whether it has to be done before the tags are pushed.
    pub before_push: bool,
}

/// A plan as far as one could be made, with everything that stands in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Nothing where not even the next version is known.
    pub plan: Option<Plan>,
    /// Everything that would refuse the real run.
    pub problems: Vec<Problem>,
    /// One of the problems is that `auto` found no change.
    pub nothing_pending: bool,
}

impl Draft {
    /// The plan, if nothing stands in its way.
    ///
    /// # Errors
    /// A refusal with every problem.
    pub fn accept(self) -> Result<Plan> {
        let refusal = self.refusal();
        match (self.plan, self.problems) {
            (Some(plan), problems) if problems.is_empty() => Ok(plan),
            (_, problems) => Err(Error::new(refusal, problems)),
        }
    }

    /// How a refusal ends: a release without a change has an exit code of its own, unless something else has to be
    /// mended in the content as well.
    pub fn refusal(&self) -> Kind {
        if self.nothing_pending && self.counts().0 == 1 { Kind::NothingToRelease } else { Kind::Refused }
    }

    /// How many problems lie in the content, and how many only in the circumstances.
    pub fn counts(&self) -> (usize, usize) {
        let content = self.problems.iter().filter(|problem| problem.scope == Scope::Content).count();
        (content, self.problems.len() - content)
    }
}
