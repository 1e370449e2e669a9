//! Taking a reflog entry back. A reference that is put back leaves two entries, there and back again; after a
//! failure the log should read as before, so entries of ours at its very end are cut off, and nothing else is.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::{ObjectId, RefUpdates, Repository};
use crate::error::Problem;

impl Repository {
    /// What `git tag` writes into the log of a tag, where `core.logAllRefUpdates` is `always`.
    pub(super) fn tag_log_message(&self, updates: &RefUpdates) -> String {
        let commit = self.oid(&updates.new).and_then(|id| self.inner.find_object(id, None));
        let short = commit.and_then(|commit| commit.short_id());
        let short = short.ok().and_then(|text| text.as_str().ok().map(str::to_owned));
        let short = short.unwrap_or_else(|| updates.new.short().to_owned());
        let subject = updates.message.strip_prefix("commit: ").unwrap_or(&updates.message);
        let day = chrono::DateTime::from_timestamp(updates.committer.seconds, 0)
            .map(|moment| moment.format("%Y-%m-%d").to_string())
            .unwrap_or_default();
        format!("tag: tagging {short} ({subject}, {day})")
    }

    /// Cuts the last entries off the log of `reference` as long as they move between `old` and `new`. A log that
    /// becomes empty was made by us, and goes.
    ///
    /// # Errors
    /// The log cannot be read or written.
    #[expect(clippy::disallowed_methods, reason = "reflogs are git's files; this room keeps them")]
    pub(super) fn withdraw_reflog(
        &self,
        reference: &str,
        old: &ObjectId,
        new: &ObjectId,
    ) -> Result<(), Problem> {
        let path = self.reflog_path(reference);
        let failed =
            |error| Problem::circumstance(format!("cannot take back the reflog of `{reference}`: {error}"));
        let log = match std::fs::read(&path) {
            Ok(log) => log,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let kept = length_without(&log, old, new);
        if kept == log.len() {
            return Ok(());
        }
        if kept == 0 {
            return std::fs::remove_file(&path).map_err(failed);
        }
        let file = std::fs::OpenOptions::new().write(true).open(&path).map_err(failed)?;
        file.set_len(u64::try_from(kept).unwrap_or(u64::MAX)).map_err(failed)
    }

    /// HEAD belongs to the work tree, every other reference to all work trees together.
    fn reflog_path(&self, reference: &str) -> PathBuf {
        let folder = if reference == "HEAD" { self.git_dir() } else { self.common_dir() };
        folder.join("logs").join(reference)
    }
}

/// How much of `log` stands before the entries of ours at its end.
fn length_without(log: &[u8], old: &ObjectId, new: &ObjectId) -> usize {
    let there = format!("{old} {new} ");
    let back = format!("{new} {old} ");
    let mut kept = log;
    while let Some(body) = kept.strip_suffix(b"\n") {
        let start = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let Some(line) = body.get(start..) else { break };
        if !line.starts_with(there.as_bytes()) && !line.starts_with(back.as_bytes()) {
            break;
        }
        kept = kept.get(..start).unwrap_or_default();
    }
    kept.len()
}
