//! HEAD: which commit is checked out, on which branch, and which reference a release would move. Also whether git
//! is in the middle of something else.

use git2::{ErrorCode, RepositoryState};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

/// What HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit that is checked out; `None` when the branch has no commit yet.
    pub commit: Option<ObjectId>,
    /// The branch without `refs/heads/`; `None` on a detached HEAD.
    pub branch: Option<String>,
    /// The reference that a commit moves: the branch in full, or `HEAD` itself when detached.
    pub reference: String,
    /// There is no commit yet.
    pub unborn: bool,
}

/// A branch may itself be a symbolic reference; git follows five.
const LONGEST_CHAIN: usize = 5;

impl Repository {
    /// Reads HEAD anew.
    ///
    /// # Errors
    /// HEAD, or what it points to, cannot be read or is not a commit.
    pub fn head(&self) -> Result<Head, Problem> {
        let doing = "cannot read HEAD";
        let mut name = "HEAD".to_owned();
        let mut branch = None;
        for _ in 0..=LONGEST_CHAIN {
            let reference = match self.inner.find_reference(&name) {
                Ok(reference) => reference,
                Err(error) if error.code() == ErrorCode::NotFound && name != "HEAD" => {
                    return Ok(Head { commit: None, branch, reference: name, unborn: true });
                }
                Err(error) => return Err(explain(doing, &error)),
            };
            let next =
                reference.symbolic_target().map_err(|error| explain(doing, &error))?.map(str::to_owned);
            let Some(next) = next else {
                let commit = reference.peel_to_commit().map_err(|error| explain(doing, &error))?;
                return Ok(Head {
                    commit: Some(ObjectId::from_git(commit.id())),
                    branch,
                    reference: name,
                    unborn: false,
                });
            };
            if name == "HEAD" {
                branch = Some(next.strip_prefix("refs/heads/").unwrap_or(&next).to_owned());
            }
            name = next;
        }
        Err(Problem::circumstance(format!("{doing}: `{name}` is a symbolic reference that never ends")))
    }

    /// What git is in the middle of (`merge`, `rebase`, `bisect`, …); `None` when nothing.
    pub fn operation_in_progress(&self) -> Option<&'static str> {
        Some(match self.inner.state() {
            RepositoryState::Clean => return None,
            RepositoryState::Merge => "merge",
            RepositoryState::Revert | RepositoryState::RevertSequence => "revert",
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "cherry-pick",
            RepositoryState::Bisect => "bisect",
            RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
                "rebase"
            }
            RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "am",
        })
    }
}
