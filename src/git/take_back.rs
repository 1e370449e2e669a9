//! Taking a published release back: every reference is locked and checked first, then its tags go, then the branch
//! moves back, so that at no time a tag stands on a commit that is not published.

use super::trouble::explain;
use super::{ObjectId, Repository, Signature};
use crate::error::Problem;

/// What taking one release back moves and deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefReturn {
    /// What HEAD resolves to: a branch in full, or `HEAD` itself when detached.
    pub reference: String,
    /// The release commit, where it must be.
    pub from: ObjectId,
    /// The parent, where it goes.
    pub to: ObjectId,
    /// For the reflog.
    pub message: String,
    /// Who appears in the reflog.
    pub committer: Signature,
    /// Names without `refs/tags/`, and the tag objects they must hold.
    pub tags: Vec<(String, ObjectId)>,
}

impl Repository {
    /// Deletes the tags and moves the reference back, if under their locks all of them still are what they should be.
    ///
    /// # Errors
    /// A lock is held by somebody else or a check failed, and nothing has changed; or a reference could not be
    /// written, and the tags that were already gone are there again, as far as no further problem says otherwise.
    pub fn take_refs_back(&self, back: &RefReturn) -> Result<(), Vec<Problem>> {
        let one = |problem: Problem| vec![problem];
        let time = git2::Time::new(back.committer.seconds, back.committer.offset_minutes);
        let signature = git2::Signature::new(&back.committer.name, &back.committer.email, &time).ok();
        let mut places = vec!["HEAD".to_owned()];
        if back.reference != "HEAD" {
            places.push(back.reference.clone());
        }
        let mut branch = self.lock(places.into_iter()).map_err(one)?;
        let mut tags = self.lock(back.tags.iter().map(|(name, _)| full(name))).map_err(one)?;
        self.check_unchanged(back).map_err(one)?;

        let moving = || format!("cannot move `{}` back to {}", back.reference, back.to.short());
        self.oid(&back.to)
            .and_then(|id| branch.set_target(&back.reference, id, signature.as_ref(), &back.message))
            .map_err(|error| one(explain(&moving(), &error)))?;
        for (name, _) in &back.tags {
            tags.remove(&full(name)).map_err(|error| one(explain("cannot delete the tags", &error)))?;
        }
        let deleted = tags.commit().map_err(|error| explain("cannot delete the tags", &error));
        let moved = deleted.and_then(|()| branch.commit().map_err(|error| explain(&moving(), &error)));
        moved.map_err(|problem| {
            let mut problems = one(problem);
            problems.extend(back.tags.iter().filter_map(|(name, id)| self.make_again(name, id).err()));
            problems
        })
    }

    fn check_unchanged(&self, back: &RefReturn) -> Result<(), Problem> {
        let head = self.head()?;
        if head.reference != back.reference || head.commit.as_ref() != Some(&back.from) {
            return Err(Problem::circumstance(format!(
                "HEAD is no longer on `{}` at {}",
                back.reference,
                back.from.short()
            ))
            .hint("run the undo again: it looks anew"));
        }
        for (name, id) in &back.tags {
            if self.reference_target(&full(name))?.as_ref() != Some(id) {
                return Err(Problem::circumstance(format!("tag `{name}` is no longer what it was"))
                    .hint("run the undo again: it looks anew"));
            }
        }
        Ok(())
    }

    /// Puts a deleted tag back; one that is still there stays as it is.
    fn make_again(&self, name: &str, id: &ObjectId) -> Result<(), Problem> {
        let reference = full(name);
        let mut transaction = self.lock(std::iter::once(reference.clone()))?;
        if self.reference_target(&reference)?.is_some() {
            return Ok(());
        }
        self.oid(id)
            .and_then(|id| transaction.set_target(&reference, id, None, "tag put back"))
            .and_then(|()| transaction.commit())
            .map_err(|error| {
                explain(&format!("cannot put tag `{name}` back"), &error)
                    .hint(format!("git update-ref refs/tags/{name} {id}"))
            })
    }
}

fn full(name: &str) -> String {
    format!("refs/tags/{name}")
}
