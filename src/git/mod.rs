//! The only room that names git2: what the repository is (HEAD, trees, cleanliness, tags, remotes, settings) and
//! the writing half (objects, references, index). Everything that leaves it is a plain value: an [`ObjectId`],
//! bytes, paths as text. Nothing here decides whether a release may go ahead; it reports, or refuses with a
//! [`Problem`](crate::error::Problem) that says what to run.

#![expect(clippy::disallowed_types, reason = "this room owns libgit2")]

mod broken;
mod command;
mod commit_files;
mod conversion;
mod date;
mod editor;
mod head;
mod history;
mod hooked_refs;
mod hooks;
mod identity;
mod index;
mod index_entry;
mod listing;
mod locks;
mod loose;
mod ls_remote;
mod objects;
mod obstacles;
mod open;
mod output_files;
mod overlooked;
mod packed_refs;
mod places;
mod publish;
mod push;
mod reflog;
mod remote;
mod scrub;
mod settings;
mod sharing;
mod signing;
mod signing_key;
mod staged;
mod status;
mod submodules;
mod tags;
mod talk;
#[cfg(test)]
mod tests;
mod torn;
mod tree;
mod trouble;
mod trust;
mod untracked;
mod work_files;
mod work_tree_files;
mod worktree_stat;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ui::Ui;

pub use commit_files::CommitFiles;
pub use head::Head;
pub use history::{Effect, Returned};
pub use hooked_refs::{Asking, HookedRefs};
pub use hooks::{Hooks, tidied};
pub use identity::{Identities, IdentityEnv, Signature};
pub use index::PreparedIndex;
pub use locks::{Announce, LockRecord, Locks};
pub use ls_remote::{RemoteRefs, RemoteTag};
pub use objects::{Sign, TreeChange, is_tag_name};
pub use open::{Location, is_outside, open};
pub use overlooked::Overlooked;
pub use places::Place;
pub use publish::{LockedRefs, RefChange, RefUpdates};
pub use remote::{Position, Upstream};
pub use settings::Signing;
pub use signing::Signer;
pub use staged::{Difference, Entry};
pub use status::{ChangedPath, Status};
pub use submodules::{ChangedSubmodule, submodule_around};
pub use tags::Tag;
pub use talk::{RemoteTrouble, Talk};
pub use torn::TornLock;
pub use tree::{Blob, TreeEntry, TreeEntryKind, TreeItem};
pub use untracked::Untracked;

/// The name of a git object: 40 hexadecimal digits, or 64 in a SHA-256 repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ObjectId(String);

impl ObjectId {
    /// Reads a full object id as git prints it (lower case); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (hexadecimal && matches!(text.len(), 40 | 64)).then(|| Self(text.to_owned()))
    }

    /// All hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }

    fn from_git(id: git2::Oid) -> Self {
        Self(id.to_string())
    }
}

impl TryFrom<String> for ObjectId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not the id of an object")
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An open repository with a work tree. It may be sent to another thread, but not shared: a second thread takes
/// [`Repository::another_handle`].
pub struct Repository {
    inner: git2::Repository,
    location: Location,
    start_dir: PathBuf,
    work_dir: PathBuf,
    /// Whom a person hears while a remote is waited for.
    voice: Option<Ui>,
}

impl Repository {
    /// The same repository, which says so while it waits for a remote.
    #[must_use]
    pub fn heard_through(mut self, ui: &Ui) -> Self {
        self.voice = Some(ui.clone());
        self
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Repository").field("work_dir", &self.work_dir).finish_non_exhaustive()
    }
}
