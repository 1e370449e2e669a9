//! The file in which hooks find the message of the commit. git leaves it behind after a commit; a release that fails
//! leaves what was there before, which the journal keeps.

use super::running::Running;
use crate::disk::read_plain;
use crate::error::Problem;

fn failed(error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("the message for the hooks cannot be kept: {}", crate::words::plain(error)))
        .hint("check the permissions of git's folder, and the space on the disk")
}

/// Writes the message.
pub(super) fn write(running: &Running, message: &str) -> Result<(), Problem> {
    let beside = running.places.running.join("message");
    let path = running.repository.message_file();
    running.disk.replace(&path, &beside, message.as_bytes(), None).map_err(|error| failed(&error))
}

/// The message as the hooks left it.
pub(super) fn read(running: &Running) -> Result<String, Problem> {
    let bytes = read_plain(&running.repository.message_file()).map_err(|error| failed(&error))?;
    String::from_utf8(bytes.unwrap_or_default()).map_err(|_| {
        Problem::content("a hook left a message that is not UTF-8 text")
            .hint("look at the hooks `prepare-commit-msg` and `commit-msg`")
    })
}
