//! Taking references back after a failure: the tags first, then the branch, so that no tag ever stands on a commit
//! that is not published. Only what still holds our objects is touched.

use super::trouble::explain;
use super::{ObjectId, RefUpdates, Repository};
use crate::error::Problem;

impl Repository {
    /// Undoes whatever of `updates` is visible: deletes tags that hold our tag objects, moves the reference back if
    /// it is at our commit, and takes our reflog entries back. What somebody else made meanwhile stays.
    ///
    /// # Errors
    /// Every reference that could not be put back. While a tag is left, the branch is left too.
    pub fn rollback_refs(&self, updates: &RefUpdates) -> Result<(), Vec<Problem>> {
        let failed: Vec<Problem> =
            updates.tag_references().filter_map(|(name, id)| self.delete_if_at(&name, id).err()).collect();
        if !failed.is_empty() {
            return Err(failed);
        }
        self.move_back(updates).map_err(|problem| vec![problem])
    }

    fn delete_if_at(&self, name: &str, id: &ObjectId) -> Result<(), Problem> {
        if self.reference_target(name)?.as_ref() != Some(id) {
            return Ok(());
        }
        let mut transaction = self.lock(std::iter::once(name.to_owned()))?;
        if self.reference_target(name)?.as_ref() != Some(id) {
            return Ok(());
        }
        let deleted = transaction.remove(name).and_then(|()| transaction.commit());
        deleted.map_err(|error| explain(&format!("cannot delete `{name}`"), &error))
    }

    fn move_back(&self, updates: &RefUpdates) -> Result<(), Problem> {
        let RefUpdates { reference, old, new, .. } = updates;
        let doing = || format!("cannot move `{reference}` back to {}", old.short());
        let current = self.reference_target(reference)?;
        if current.as_ref() == Some(new) {
            let mut transaction = self.lock(std::iter::once(reference.clone()))?;
            if self.reference_target(reference)?.as_ref() == Some(new) {
                self.oid(old)
                    .and_then(|id| transaction.set_target(reference, id, None, "release taken back"))
                    .and_then(|()| transaction.commit())
                    .map_err(|error| explain(&doing(), &error))?;
            }
        }
        let now = self.reference_target(reference)?;
        if now.as_ref() != Some(old) {
            let now = now.as_ref().map_or("nothing", ObjectId::short);
            return Err(Problem::circumstance(format!("{}: somebody moved it to {now}", doing())));
        }
        self.withdraw_reflog("HEAD", old, new)?;
        if reference != "HEAD" {
            self.withdraw_reflog(reference, old, new)?;
        }
        Ok(())
    }
}
