//! Remotes as this repository knows them, without asking them: how far
//! HEAD is from the remote-tracking branch.

use git2::{Direction, ErrorCode};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

/// The remote-tracking branch, and how HEAD stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// In full, such as `refs/remotes/origin/main`.
    pub reference: String,
    /// Where it was when last fetched.
    pub commit: ObjectId,
    /// Commits of HEAD that it does not have.
    pub ahead: usize,
    /// Commits it has that HEAD does not.
    pub behind: usize,
}

/// How a commit stands to a branch of the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// The remote has no such branch.
    Absent,
    /// The branch is at the commit.
    Same,
    /// The branch is an ancestor: a push would publish this many commits.
    Before(usize),
    /// The branch has this many commits more.
    After(usize),
    /// Each has commits that the other does not have.
    Diverged {
        /// Only here.
        here: usize,
        /// Only there.
        there: usize,
    },
    /// The branch is at a commit that this repository does not have.
    Unknown(ObjectId),
}

impl Repository {
    /// How `commit` stands to what a branch of the remote holds.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn position(&self, commit: &ObjectId, there: Option<&ObjectId>) -> Result<Position, Problem> {
        let Some(there) = there else { return Ok(Position::Absent) };
        if there == commit {
            return Ok(Position::Same);
        }
        let doing = "cannot compare HEAD with the remote branch";
        let failed = |error: git2::Error| explain(doing, &error);
        let (here_id, there_id) = (self.oid(commit).map_err(failed)?, self.oid(there).map_err(failed)?);
        if self.inner.find_commit(there_id).is_err() {
            return Ok(Position::Unknown(there.clone()));
        }
        Ok(match self.inner.graph_ahead_behind(here_id, there_id).map_err(failed)? {
            (here, 0) => Position::Before(here),
            (0, there) => Position::After(there),
            (here, there) => Position::Diverged { here, there },
        })
    }

    /// Where `branch` of `remote` was when last fetched, compared with `commit`; `None` when this repository does
    /// not track it. In a shallow clone the counts end where history does.
    ///
    /// # Errors
    /// The configuration or the history cannot be read.
    pub fn upstream(
        &self,
        commit: &ObjectId,
        branch: &str,
        remote: &str,
    ) -> Result<Option<Upstream>, Problem> {
        let source = format!("refs/heads/{branch}");
        if !git2::Reference::is_valid_name(&source.replace('\0', " ")) {
            return Ok(None);
        }
        let Some(remote) = self.find_remote(remote)? else { return Ok(None) };
        let mapped = remote
            .refspecs()
            .filter(|refspec| refspec.direction() == Direction::Fetch && refspec.src_matches(&source))
            .find_map(|refspec| refspec.transform(&source).ok());
        let Some(reference) = mapped.as_ref().and_then(|name| name.as_str().ok()).map(str::to_owned) else {
            return Ok(None);
        };
        let Some(tracked) = self.reference_target(&reference)? else { return Ok(None) };
        let (ahead, behind) = if tracked == *commit {
            (0, 0)
        } else {
            self.oid(commit)
                .and_then(|here| self.inner.graph_ahead_behind(here, self.oid(&tracked)?))
                .map_err(|error| explain(&format!("cannot compare HEAD with `{reference}`"), &error))?
        };
        Ok(Some(Upstream { reference, commit: tracked, ahead, behind }))
    }

    pub(super) fn find_remote(&self, name: &str) -> Result<Option<git2::Remote<'_>>, Problem> {
        match self.inner.find_remote(name) {
            Ok(remote) => Ok(Some(remote)),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(error) => Err(explain(&format!("cannot read remote `{name}`"), &error)),
        }
    }
}
