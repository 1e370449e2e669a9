//! What one commit did, and who else holds it: the questions that taking a release back asks.

use std::path::Path;

use git2::Delta;
use serde::Serialize;

use super::trouble::explain;
use super::{ObjectId, Repository, Tag, TreeChange};
use crate::error::Problem;

/// What becomes of a file when a commit is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It has other bytes, or another mode, again.
    Changes,
    /// The commit deleted it; it is there again.
    Returns,
    /// The commit made it; it is gone again.
    Goes,
}

/// One file that goes back to what it was before a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// What it was.
    pub change: TreeChange,
    /// For people.
    pub effect: Effect,
}

impl Repository {
    /// The parents of a commit, as far as this repository has them, and the first line of its message.
    ///
    /// # Errors
    /// The commit cannot be read.
    pub fn parents_and_subject(&self, commit: &ObjectId) -> Result<(Vec<ObjectId>, String), Problem> {
        let failed = |error| explain(&format!("cannot read commit `{}`", commit.short()), &error);
        let found = self.oid(commit).and_then(|id| self.inner.find_commit(id)).map_err(failed)?;
        let message = String::from_utf8_lossy(found.message_bytes()).into_owned();
        let parents = found
            .parent_ids()
            .filter(|id| self.inner.find_commit(*id).is_ok())
            .map(ObjectId::from_git)
            .collect();
        Ok((parents, message.lines().next().unwrap_or_default().to_owned()))
    }

    /// Everything that would have to change to go from `commit` back to `parent`, in byte order of the paths.
    ///
    /// # Errors
    /// A tree cannot be read, a name is not UTF-8, or something other than plain files differs.
    pub fn way_back(&self, commit: &ObjectId, parent: &ObjectId) -> Result<Vec<Returned>, Problem> {
        let (from, to) = (self.tree_of(commit)?, self.tree_of(parent)?);
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).skip_binary_check(true);
        let diff = self
            .inner
            .diff_tree_to_tree(Some(&from), Some(&to), Some(&mut options))
            .map_err(|error| explain("cannot compare the release with its parent", &error))?;
        let mut files = Vec::new();
        for delta in diff.deltas() {
            let side = if delta.status() == Delta::Deleted { delta.old_file() } else { delta.new_file() };
            let shown = side.path_bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            let path = side.path().and_then(Path::to_str).map(str::to_owned).ok_or_else(|| {
                Problem::circumstance(format!("the release changed `{shown}`, whose name is not UTF-8"))
            })?;
            let plain = |file: &git2::DiffFile<'_>| {
                matches!(file.mode(), git2::FileMode::Blob | git2::FileMode::BlobExecutable)
            };
            let (effect, sides): (Effect, Vec<_>) = match delta.status() {
                Delta::Added => (Effect::Returns, vec![delta.new_file()]),
                Delta::Deleted => (Effect::Goes, vec![delta.old_file()]),
                _ => (Effect::Changes, vec![delta.old_file(), delta.new_file()]),
            };
            if !sides.iter().all(plain) {
                return Err(Problem::circumstance(format!(
                    "HEAD changed `{path}`, which is not a plain file"
                ))
                .hint("a release changes plain files only: this one is taken back by hand"));
            }
            let file = (effect != Effect::Goes).then(|| {
                let new = delta.new_file();
                (ObjectId::from_git(new.id()), new.mode() == git2::FileMode::BlobExecutable)
            });
            files.push(Returned { change: TreeChange { path, file }, effect });
        }
        files.sort_by(|left, right| left.change.path.cmp(&right.change.path));
        Ok(files)
    }

    /// What lies in the work tree where `paths` are to be made: the places themselves, and whatever stands where one
    /// of their folders would be. Nothing of it may be overwritten.
    pub fn occupied(&self, paths: &[String]) -> Vec<String> {
        let mut found = Vec::new();
        for path in paths {
            let mut walked = self.work_dir.clone();
            let mut parts = Path::new(path).components().peekable();
            while let Some(part) = parts.next() {
                walked.push(part);
                let Ok(metadata) = walked.symlink_metadata() else { break };
                if parts.peek().is_none() || !metadata.is_dir() {
                    let shown = walked.strip_prefix(&self.work_dir).unwrap_or(&walked);
                    found.push(shown.display().to_string());
                    break;
                }
            }
        }
        found.dedup();
        found
    }

    /// The local branches that are at `commit`, without `refs/heads/`.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn branches_at(&self, commit: &ObjectId) -> Result<Vec<String>, Problem> {
        let doing = "cannot read the branches";
        let references =
            self.inner.references_glob("refs/heads/*").map_err(|error| explain(doing, &error))?;
        let mut found = Vec::new();
        for reference in references {
            let reference = reference.map_err(|error| explain(doing, &error))?;
            if reference.target().map(ObjectId::from_git).as_ref() == Some(commit) {
                let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
                found.push(name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned());
            }
        }
        Ok(found)
    }

    /// Whether the history of `tip` holds `commit`; `None` when this repository does not have `tip`.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn holds(&self, tip: &ObjectId, commit: &ObjectId) -> Result<Option<bool>, Problem> {
        if tip == commit {
            return Ok(Some(true));
        }
        let failed = |error| explain("cannot search the history of the remote branch", &error);
        let (tip, commit) = (self.oid(tip).map_err(failed)?, self.oid(commit).map_err(failed)?);
        if self.inner.find_commit(tip).is_err() {
            return Ok(None);
        }
        self.inner.graph_descendant_of(tip, commit).map(Some).map_err(failed)
    }

    /// Whether the tag has an object of its own.
    pub fn is_annotated(&self, tag: &Tag) -> bool {
        self.oid(&tag.target).is_ok_and(|id| self.inner.find_tag(id).is_ok())
    }
}
