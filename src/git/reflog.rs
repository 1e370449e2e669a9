//! Reflogs: an entry for each reference that moves, as git writes it, and its way back. A reference that is put back
//! leaves two entries, there and back again; after a failure the log should read as before, so entries of ours at its
//! very end are cut off, and nothing else is.

use std::path::PathBuf;

use super::publish::{RefChange, remove_empty_parents, sync_parent};
use super::{ObjectId, Repository, Signature};
use crate::disk::{Disk, read_plain};
use crate::error::Problem;

impl Repository {
    /// What `git tag` writes into the log of a tag, where `core.logAllRefUpdates` is `always`.
    pub fn tag_log_message(&self, commit: &ObjectId, subject: &str, committer: &Signature) -> String {
        let object = self.oid(commit).and_then(|id| self.inner.find_object(id, None));
        let short = object.and_then(|object| object.short_id());
        let short = short.ok().and_then(|text| text.as_str().ok().map(str::to_owned));
        let short = short.unwrap_or_else(|| commit.short().to_owned());
        let day = chrono::DateTime::from_timestamp(committer.seconds, 0)
            .map(|moment| moment.format("%Y-%m-%d").to_string())
            .unwrap_or_default();
        format!("tag: tagging {short} ({subject}, {day})")
    }

    /// Enters a change into the log of its reference, and of HEAD where that is the reference that HEAD stands for.
    pub(super) fn log(
        &self,
        disk: &Disk,
        head: &str,
        change: &RefChange,
        committer: &str,
    ) -> std::io::Result<()> {
        let none = "0".repeat(change.after.as_ref().map_or(40, |id| id.as_str().len()));
        let id = |id: &Option<ObjectId>| id.as_ref().map_or_else(|| none.clone(), ToString::to_string);
        // As git: one line, every run of blanks one blank.
        let message = change.message.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!("{} {} {committer}\t{message}\n", id(&change.before), id(&change.after));
        let of_head = (change.name == head && head != "HEAD").then_some("HEAD");
        for name in of_head.into_iter().chain([change.name.as_str()]) {
            let path = self.reflog_path(name);
            if path.is_file() {
                disk.append(&path, line.as_bytes())?;
                continue;
            }
            if !self.is_logged(name) {
                continue;
            }
            if let Some(folder) = path.parent() {
                disk.create_folders(folder)?;
            }
            disk.append(&path, line.as_bytes())?;
            sync_parent(disk, &path)?;
        }
        Ok(())
    }

    /// Whether git begins a log for this reference (`core.logAllRefUpdates`; with a work tree `true` by default).
    fn is_logged(&self, name: &str) -> bool {
        let setting = self.settings().ok().and_then(|settings| settings.text("core.logAllRefUpdates"));
        match setting.as_deref() {
            Some(always) if always.eq_ignore_ascii_case("always") => true,
            Some(value) if git2::Config::parse_bool(value) == Ok(false) => false,
            _ => {
                name == "HEAD"
                    || ["refs/heads/", "refs/remotes/", "refs/notes/"].iter().any(|it| name.starts_with(it))
            }
        }
    }

    /// How long the logs of these references are, in bytes; those that have none are left out.
    pub fn log_lengths<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
        let length = |name: &str| self.reflog_path(name).metadata().ok().map(|metadata| metadata.len());
        names.filter_map(|name| Some((name.to_owned(), length(name)?))).collect()
    }

    /// Cuts the last entries off the log of `reference` as long as they move between `old` and `new`, also one that
    /// was not written to its end, and never below the length that it had. One that was not there before goes with its
    /// last entry.
    ///
    /// # Errors
    /// The log cannot be read or written.
    pub fn withdraw_reflog(
        &self,
        disk: &Disk,
        reference: &str,
        old: Option<&ObjectId>,
        new: &ObjectId,
        length: Option<u64>,
    ) -> Result<(), Problem> {
        let path = self.reflog_path(reference);
        let failed = |error: std::io::Error| {
            Problem::circumstance(format!(
                "cannot take back the reflog of `{reference}`: {}",
                crate::words::plain(&error)
            ))
        };
        let Some(log) = read_plain(&path).map_err(failed)? else { return Ok(()) };
        let none = "0".repeat(new.as_str().len());
        let kept = length_without(&log, old.map_or(none.as_str(), ObjectId::as_str), new.as_str());
        let is = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let kept = is(kept).max(length.unwrap_or(0));
        if kept == 0 && length.is_none() {
            return self.remove_reflog(disk, reference).map_err(failed);
        }
        if kept >= is(log.len()) {
            return Ok(());
        }
        disk.cut(&path, kept).map_err(failed)
    }

    /// Removes the log of a reference that is gone, as git does.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove_reflog(&self, disk: &Disk, reference: &str) -> std::io::Result<()> {
        let path = self.reflog_path(reference);
        if !path.is_file() {
            return Ok(());
        }
        disk.remove(&path)?;
        sync_parent(disk, &path)?;
        remove_empty_parents(disk, &self.common_dir().join("logs"), reference);
        Ok(())
    }

    /// HEAD belongs to the work tree, every other reference to all work trees together.
    pub(super) fn reflog_path(&self, reference: &str) -> PathBuf {
        let folder = if reference == "HEAD" { self.git_dir() } else { self.common_dir() };
        folder.join("logs").join(reference)
    }
}

/// How much of `log` stands before the entries of ours at its end.
fn length_without(log: &[u8], old: &str, new: &str) -> usize {
    let (there, back) = (format!("{old} {new} "), format!("{new} {old} "));
    let ours = |line: &[u8]| line.starts_with(there.as_bytes()) || line.starts_with(back.as_bytes());
    let mut kept = log;
    loop {
        let body = kept.strip_suffix(b"\n").unwrap_or(kept);
        let start = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let Some(line) = body.get(start..).filter(|line| !line.is_empty()) else { break };
        // Without its end it was being written when the power went.
        let torn = body.len() == kept.len() && (there.as_bytes().starts_with(line) || ours(line));
        if !ours(line) && !torn {
            break;
        }
        kept = kept.get(..start).unwrap_or_default();
    }
    kept.len()
}

#[cfg(test)]
mod tests {
    use super::length_without;

    #[test]
    fn only_whole_or_torn_entries_of_ours_at_the_very_end_are_cut_off() {
        let kept = |log: &str| length_without(log.as_bytes(), "aaa", "bbb");
        assert_eq!(kept(""), 0);
        assert_eq!(kept("000 aaa x\n"), 10);
        assert_eq!(kept("000 aaa x\naaa bbb y\n"), 10);
        assert_eq!(kept("000 aaa x\naaa bbb y\nbbb aaa z\n"), 10);
        assert_eq!(kept("000 aaa x\naaa bbb y\nbbb ccc z\n"), 30);
        for torn in ["a", "aaa b", "aaa bbb ", "aaa bbb y"] {
            assert_eq!(kept(&format!("000 aaa x\n{torn}")), 10, "{torn}");
        }
        assert_eq!(kept("000 aaa x\nother"), 15);
    }
}
