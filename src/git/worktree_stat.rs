//! The cheap half of "is the work tree clean": what the file system says about each file, compared with what the
//! index remembers. Folders are opened one part at a time and never through a symbolic link, so a folder that was
//! replaced by a link is noticed. Whatever is not certainly unchanged is left to an exact comparison.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use git2::IndexEntry;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, statat};

/// More threads than two brought nothing on any machine that was measured.
const THREADS: usize = 2;

/// A moment, in seconds and nanoseconds.
pub(super) type Moment = (i64, i64);

/// What an entry is compared by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// When the index was written: a file as young as that may have changed without a trace in its times.
    pub(super) written: Moment,
    /// The file system knows which files are executable (`core.fileMode`).
    pub(super) modes: bool,
}

/// The positions in `entries` of those that may have changed.
pub(super) fn doubtful(work_dir: &Path, entries: &[IndexEntry], measure: Measure) -> Vec<usize> {
    let chunk = entries.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = entries
            .chunks(chunk)
            .enumerate()
            .map(|(number, part)| {
                scope.spawn(move || (number * chunk, part.len(), compare(work_dir, part, measure)))
            })
            .collect();
        let mut found = Vec::new();
        for (number, worker) in workers.into_iter().enumerate() {
            match worker.join() {
                Ok((start, _, positions)) => {
                    found.extend(positions.into_iter().map(|position| start + position))
                }
                // Not reachable by any input; should it happen, nothing of this part is certain.
                Err(_) => found.extend((number * chunk..entries.len()).take(chunk)),
            }
        }
        found
    })
}

#[expect(clippy::disallowed_methods, reason = "folders are opened for looking at what is in them")]
fn compare(work_dir: &Path, entries: &[IndexEntry], measure: Measure) -> Vec<usize> {
    let Ok(root) = openat(CWD, work_dir, FOLDER.difference(OFlags::NOFOLLOW), Mode::empty()) else {
        return (0..entries.len()).collect();
    };
    let mut folders = Folders { root, open: Vec::new() };
    let changed = |(position, entry): (usize, &IndexEntry)| {
        (!folders.stat(&entry.path).is_some_and(|stat| unchanged(entry, &stat, measure))).then_some(position)
    };
    entries.iter().enumerate().filter_map(changed).collect()
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The folders on the way to the current file; the index is sorted, so most are used again.
struct Folders {
    root: OwnedFd,
    open: Vec<(Vec<u8>, OwnedFd)>,
}

impl Folders {
    #[expect(clippy::disallowed_methods, reason = "folders are opened for looking at what is in them")]
    fn stat(&mut self, path: &[u8]) -> Option<Stat> {
        let mut parts = path.split(|byte| *byte == b'/').peekable();
        let mut depth = 0;
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                self.open.truncate(depth);
                return statat(self.top(), part, AtFlags::SYMLINK_NOFOLLOW).ok();
            }
            if self.open.get(depth).is_none_or(|(name, _)| name != part) {
                self.open.truncate(depth);
                let folder = openat(self.top(), part, FOLDER, Mode::empty()).ok()?;
                self.open.push((part.to_vec(), folder));
            }
            depth += 1;
        }
        None
    }

    fn top(&self) -> BorrowedFd<'_> {
        self.open.last().map_or(self.root.as_fd(), |(_, folder)| folder.as_fd())
    }
}

/// The index keeps the lower 32 bits of sizes, inode numbers and seconds.
fn unchanged(entry: &IndexEntry, stat: &Stat, measure: Measure) -> bool {
    let modified = (i64::from(entry.mtime.seconds()), i64::from(entry.mtime.nanoseconds()));
    let kind = FileType::from_raw_mode(stat.st_mode);
    let same_kind = match entry.mode {
        0o100_644 => kind.is_file() && !(measure.modes && stat.st_mode & 0o100 != 0),
        0o100_755 => kind.is_file() && !(measure.modes && stat.st_mode & 0o100 == 0),
        0o120_000 => kind.is_symlink(),
        _ => false,
    };
    same_kind
        && modified < measure.written
        && entry.file_size == stat.st_size as u32
        && entry.ino == stat.st_ino as u32
        && entry.mtime.seconds() == stat.st_mtime as i32
        && entry.mtime.nanoseconds() == stat.st_mtime_nsec as u32
        && entry.ctime.seconds() == stat.st_ctime as i32
        && entry.ctime.nanoseconds() == stat.st_ctime_nsec as u32
}

#[cfg(test)]
mod tests {
    use super::{AtFlags, CWD, IndexEntry, Measure, Moment, Stat, doubtful, statat, unchanged};
    use git2::IndexTime;

    fn by(written: Moment) -> Measure {
        Measure { written, modes: true }
    }

    fn entry_of(stat: &Stat) -> IndexEntry {
        IndexEntry {
            ctime: IndexTime::new(stat.st_ctime as i32, stat.st_ctime_nsec as u32),
            mtime: IndexTime::new(stat.st_mtime as i32, stat.st_mtime_nsec as u32),
            dev: 0,
            ino: stat.st_ino as u32,
            mode: 0o100_644,
            uid: 0,
            gid: 0,
            file_size: stat.st_size as u32,
            id: git2::Oid::from_bytes(&[0; 20]).unwrap(),
            flags: 0,
            flags_extended: 0,
            path: b"file".to_vec(),
        }
    }

    #[test]
    fn a_file_is_unchanged_only_when_everything_agrees_and_it_is_older_than_the_index() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stat = statat(CWD, file.path(), AtFlags::SYMLINK_NOFOLLOW).unwrap();
        let modified = (i64::from(stat.st_mtime as i32), stat.st_mtime_nsec as i64);
        let later = (modified.0, modified.1 + 1);
        let entry = entry_of(&stat);
        assert!(unchanged(&entry, &stat, by(later)));
        assert!(!unchanged(&entry, &stat, by(modified)), "as young as the index");
        let altered = |alter: fn(&mut IndexEntry)| {
            let mut entry = entry_of(&stat);
            alter(&mut entry);
            unchanged(&entry, &stat, by(later))
        };
        assert!(!altered(|entry| entry.file_size += 1));
        assert!(!altered(|entry| entry.ino ^= 1));
        assert!(!altered(|entry| entry.mode = 0o100_755));
        assert!(!altered(|entry| entry.mode = 0o120_000));
        let without_modes = Measure { written: later, modes: false };
        let executable = IndexEntry { mode: 0o100_755, ..entry_of(&stat) };
        assert!(unchanged(&executable, &stat, without_modes), "the file system does not know");
        let link = IndexEntry { mode: 0o120_000, ..entry_of(&stat) };
        assert!(!unchanged(&link, &stat, without_modes));
        assert!(!altered(|entry| entry.mtime = IndexTime::new(entry.mtime.seconds() - 1, 0)));
        assert!(!altered(
            |entry| entry.mtime = IndexTime::new(entry.mtime.seconds(), entry.mtime.nanoseconds() ^ 1)
        ));
        assert!(!altered(|entry| entry.ctime = IndexTime::new(entry.ctime.seconds() - 1, 0)));
        assert!(!altered(
            |entry| entry.ctime = IndexTime::new(entry.ctime.seconds(), entry.ctime.nanoseconds() ^ 1)
        ));
    }

    #[test]
    fn the_positions_of_doubtful_entries_count_from_the_first_entry() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        drop(crate::disk::Disk::default().create(&path).unwrap());
        let good = entry_of(&statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW).unwrap());
        let mut entries: Vec<IndexEntry> =
            (0..9).map(|_| entry_of(&statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW).unwrap())).collect();
        let after = (i64::from(good.mtime.seconds()) + 1, 0);
        assert_eq!(doubtful(folder.path(), &entries, by(after)), [0_usize; 0]);
        entries[1].path = b"missing".to_vec();
        entries[7].path = b"no/such/folder".to_vec();
        assert_eq!(doubtful(folder.path(), &entries, by(after)), [1, 7]);
        assert_eq!(doubtful(&folder.path().join("gone"), &entries, by(after)).len(), 9);
        assert_eq!(doubtful(folder.path(), &[], by(after)), [0_usize; 0]);
    }
}
