//! Pushing: branch and tags together or nothing, never by force, and nothing that was not named.

use super::Repository;
use super::talk::{RemoteTrouble, Talk};

impl Repository {
    /// Pushes these references atomically, with the hook pre-push unless `no_verify`. git's own success is not the proof:
    /// ask the remote afterwards.
    ///
    /// # Errors
    /// Why git says that it did not work.
    pub fn push(
        &self,
        remote: &str,
        refspecs: &[String],
        no_verify: bool,
        talk: &Talk<'_>,
    ) -> Result<(), RemoteTrouble> {
        // `push.followTags` would take other annotated tags along.
        let mut words = vec!["push", "--atomic", "--no-follow-tags"];
        words.extend(no_verify.then_some("--no-verify"));
        words.extend(["--", remote]);
        words.extend(refspecs.iter().map(String::as_str));
        self.talk(remote, &words, &[], talk).map(|_| ())
    }
}
