//! The file in which hooks find the message of the commit. git leaves it behind after a commit; a release that fails
//! leaves what was there before.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::error::Problem;

/// The file, holding our message until it is kept or put back.
pub(super) struct MessageFile {
    path: PathBuf,
    before: Option<Vec<u8>>,
    kept: bool,
}

fn failed(error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("the message for the hooks cannot be kept: {}", error.kind()))
        .hint("check the permissions of git's folder, and the space on the disk")
}

impl MessageFile {
    /// Writes the message, remembering what was there.
    #[expect(clippy::disallowed_methods, reason = "this room writes what a release writes")]
    pub(super) fn write(path: PathBuf, message: &str) -> Result<Self, Problem> {
        let before = match std::fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(&error)),
        };
        let file = Self { path, before, kept: false };
        std::fs::write(&file.path, message).map_err(|error| failed(&error))?;
        Ok(file)
    }

    /// The message as the hooks left it.
    #[expect(clippy::disallowed_methods, reason = "this room writes what a release writes")]
    pub(super) fn read(&self) -> Result<String, Problem> {
        let bytes = std::fs::read(&self.path).map_err(|error| failed(&error))?;
        String::from_utf8(bytes).map_err(|_| {
            Problem::content("a hook left a message that is not UTF-8 text")
                .hint("look at the hooks `prepare-commit-msg` and `commit-msg`")
        })
    }

    /// Leaves the file, as git does after a commit.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for MessageFile {
    #[expect(clippy::disallowed_methods, reason = "this room writes what a release writes")]
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Only a convenience for people; nothing of the release depends on it.
        let _left = match &self.before {
            Some(bytes) => std::fs::write(&self.path, bytes),
            None => std::fs::remove_file(&self.path),
        };
    }
}
