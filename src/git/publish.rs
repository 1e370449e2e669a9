//! Making a release visible: every reference is locked first, everything is checked once more under the locks,
//! then the branch moves (the commit point) and after it the tags appear. git2's transaction compares nothing and
//! stops at its first error, so the comparing and the order are done here.

use git2::Transaction;

use super::objects::is_tag_name;
use super::trouble::explain;
use super::{ObjectId, Repository, Signature};
use crate::error::Problem;

/// What publishing one release moves and makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdates {
    /// What HEAD resolves to: a branch in full, or `HEAD` itself when detached.
    pub reference: String,
    /// Where it must be.
    pub old: ObjectId,
    /// Where it goes.
    pub new: ObjectId,
    /// For the reflog, as git writes it: `commit: ` and the subject.
    pub message: String,
    /// Who appears in the reflog.
    pub committer: Signature,
    /// Names without `refs/tags/`, and the tag objects.
    pub tags: Vec<(String, ObjectId)>,
}

impl RefUpdates {
    /// The tags' references in full, with what they will hold.
    pub(super) fn tag_references(&self) -> impl Iterator<Item = (String, &ObjectId)> {
        self.tags.iter().map(|(name, id)| (format!("refs/tags/{name}"), id))
    }
}

/// Publishing stopped part way.
#[derive(Debug)]
pub struct PublishFailure {
    /// Why.
    pub problem: Problem,
    /// The references that already hold the release; empty when nothing is visible.
    pub published: Vec<String>,
}

/// All references of a release, locked and checked. Nothing is visible yet; dropping it takes the locks away.
pub struct LockedRefs<'r> {
    repository: &'r Repository,
    updates: RefUpdates,
    branch: Transaction<'r>,
    tags: Transaction<'r>,
}

impl Repository {
    /// Locks HEAD, the published reference and the tags, and checks under the locks that HEAD still resolves to
    /// the reference, that it is where it was, and that no tag stands in the way.
    ///
    /// # Errors
    /// A lock is held by somebody else, or a check failed. No lock of ours is left.
    pub fn lock_refs(&self, updates: &RefUpdates) -> Result<LockedRefs<'_>, Problem> {
        if let Some((name, _)) = updates.tags.iter().find(|(name, _)| !is_tag_name(name)) {
            return Err(Problem::content(format!("`{name}` is not a name that git accepts for a tag")));
        }
        let committer = &updates.committer;
        let time = git2::Time::new(committer.seconds, committer.offset_minutes);
        // libgit2 knows no empty address, git does; only the reflog would show the difference.
        let signature = git2::Signature::new(&committer.name, &committer.email, &time).ok();

        let mut branch = self.lock(["HEAD".to_owned()].into_iter())?;
        if updates.reference != "HEAD" {
            lock_one(&mut branch, &updates.reference)?;
        }
        let mut tags = self.lock(updates.tag_references().map(|(name, _)| name))?;

        self.check_head(updates)?;
        self.check_tags(updates)?;

        let tag_message = self.tag_log_message(updates);
        let set = |transaction: &mut Transaction<'_>, name: &str, id: &ObjectId, message: &str| {
            self.oid(id)
                .and_then(|id| transaction.set_target(name, id, signature.as_ref(), message))
                .map_err(|error| explain(&format!("cannot prepare `{name}`"), &error))
        };
        set(&mut branch, &updates.reference, &updates.new, &updates.message)?;
        for (name, id) in updates.tag_references() {
            set(&mut tags, &name, id, &tag_message)?;
        }
        Ok(LockedRefs { repository: self, updates: updates.clone(), branch, tags })
    }

    /// A transaction that holds these locks.
    pub(super) fn lock(&self, names: impl Iterator<Item = String>) -> Result<Transaction<'_>, Problem> {
        let mut transaction =
            self.inner.transaction().map_err(|error| explain("cannot lock the references", &error))?;
        for name in names {
            lock_one(&mut transaction, &name)?;
        }
        Ok(transaction)
    }

    pub(super) fn check_head(&self, updates: &RefUpdates) -> Result<(), Problem> {
        let head = self.head()?;
        if head.reference != updates.reference {
            return Err(Problem::circumstance(format!(
                "HEAD is now on `{}`, no longer on `{}`",
                head.reference, updates.reference
            )));
        }
        if head.commit.as_ref() != Some(&updates.old) {
            let now = head.commit.as_ref().map_or("nothing", ObjectId::short);
            return Err(Problem::circumstance(format!(
                "`{}` moved meanwhile: it was at {} and is now at {now}",
                updates.reference,
                updates.old.short()
            )));
        }
        Ok(())
    }

    /// No tag of these names, none that is a folder on the way to one, and none below one.
    pub(super) fn check_tags(&self, updates: &RefUpdates) -> Result<(), Problem> {
        let doing = "cannot read the tags";
        for (number, (name, _)) in updates.tags.iter().enumerate() {
            if self.tag_exists(name)? {
                return Err(Problem::content(format!("tag `{name}` already exists"))
                    .hint(format!("see what it is: git show {}", super::trouble::shell_word(name))));
            }
            let below = format!("refs/tags/{name}/");
            let existing = self.inner.references().map_err(|error| explain(doing, &error))?;
            let mut in_the_way = None;
            for reference in existing {
                let reference = reference.map_err(|error| explain(doing, &error))?;
                let other = String::from_utf8_lossy(reference.name_bytes()).into_owned();
                if other.starts_with(&below) || format!("refs/tags/{name}").starts_with(&format!("{other}/"))
                {
                    in_the_way = Some(other);
                }
            }
            let others = updates.tags.iter().enumerate().filter(|(other, _)| *other != number);
            let twin = others.map(|(_, (other, _))| other).find(|other| {
                *other == name
                    || other.starts_with(&format!("{name}/"))
                    || name.starts_with(&format!("{other}/"))
            });
            if let Some(other) = in_the_way.or_else(|| twin.map(|other| format!("refs/tags/{other}"))) {
                return Err(Problem::content(format!("tag `{name}` cannot exist beside `{other}`")));
            }
        }
        Ok(())
    }

    /// The references that hold what `updates` says they should.
    pub(super) fn published_of(&self, updates: &RefUpdates) -> Vec<String> {
        let wanted =
            std::iter::once((updates.reference.clone(), &updates.new)).chain(updates.tag_references());
        let holds = |(name, id): (String, &ObjectId)| {
            (self.reference_target(&name).ok().flatten().as_ref() == Some(id)).then_some(name)
        };
        wanted.filter_map(holds).collect()
    }
}

impl LockedRefs<'_> {
    /// Moves the branch, then makes the tags.
    ///
    /// # Errors
    /// A reference could not be written; [`PublishFailure::published`] says which ones were.
    pub fn publish(self) -> Result<(), PublishFailure> {
        let Self { repository, updates, branch, tags } = self;
        let failure = |doing: &str, error: &git2::Error| PublishFailure {
            problem: explain(doing, error),
            published: repository.published_of(&updates),
        };
        branch.commit().map_err(|error| failure(&format!("cannot move `{}`", updates.reference), &error))?;
        tags.commit().map_err(|error| failure("cannot create the tags", &error))
    }
}

fn lock_one(transaction: &mut Transaction<'_>, name: &str) -> Result<(), Problem> {
    transaction.lock_ref(name).map_err(|error| explain(&format!("cannot lock `{name}`"), &error))
}
