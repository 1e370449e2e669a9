//! Pushing: branch and tags together or nothing, never by force, and nothing that was not named.

use super::Repository;
use super::talk::{RemoteTrouble, Talk};

impl Repository {
    /// Pushes these references atomically. git's own success is not the proof: ask the remote afterwards.
    ///
    /// # Errors
    /// Why git says that it did not work.
    pub fn push(&self, remote: &str, refspecs: &[String], talk: &Talk<'_>) -> Result<(), RemoteTrouble> {
        // `push.followTags` would take other annotated tags along.
        let mut words = vec!["push", "--atomic", "--no-follow-tags", "--", remote];
        words.extend(refspecs.iter().map(String::as_str));
        self.talk(remote, &words, talk).map(|_| ())
    }
}
