//! What a release holds while it runs: the lock, and the journal that is brought up to date before every effect. A
//! recovery takes over the same two.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use super::files::{State, state};
use super::journal::{FileRecord, Journal, Places};
use super::owner::ReleaseLock;
use super::{record, saved};
use crate::disk::Disk;
use crate::error::{Error, Kind, Problem};
use crate::git::{Locks, Repository};
use crate::leash::Leash;

/// A release, or an undo, that has begun.
pub(super) struct Running<'a> {
    pub(super) repository: &'a Repository,
    pub(super) disk: &'a Disk,
    pub(super) places: Places,
    pub(super) journal: RefCell<Journal>,
    _lock: ReleaseLock<'a>,
}

impl<'a> Running<'a> {
    /// Takes the lock; nothing else has changed. What a killed release left without a journal is cleared away: it had
    /// changed nothing yet, or everything was done.
    ///
    /// # Errors
    /// Another release is running, or one that was interrupted has to be recovered first.
    pub(super) fn begin(repository: &'a Repository, disk: &'a Disk, journal: Journal) -> Result<Self, Error> {
        let places = Places::of(repository);
        places.check(repository).map_err(|problems| Error::new(Kind::Refused, problems))?;
        repository.share(disk).map_err(Error::refused)?;
        let lock = ReleaseLock::take(&places, disk)?;
        if places.journal.symlink_metadata().is_ok() {
            return Err(Error::refused(
                Problem::circumstance("an interrupted release was found meanwhile")
                    .hint("run `trueppm-release`: it recovers it, and says what it did"),
            ));
        }
        let failed = |error: std::io::Error| {
            Error::refused(Problem::circumstance(format!(
                "the folder of the release cannot be made: {}",
                crate::words::plain(&error)
            )))
        };
        disk.remove_folder(&places.running).map_err(failed)?;
        disk.create_folders(&places.running).map_err(failed)?;
        Ok(Self { repository, disk, places, journal: RefCell::new(journal), _lock: lock })
    }

    /// Takes over what a journal of a dead process says.
    pub(super) fn taken_over(
        repository: &'a Repository,
        disk: &'a Disk,
        journal: Journal,
        lock: ReleaseLock<'a>,
    ) -> Self {
        let places = Places::of(repository);
        Self { repository, disk, places, journal: RefCell::new(journal), _lock: lock }
    }

    /// Changes the journal and puts it on the disk.
    pub(super) fn note(&self, change: impl FnOnce(&mut Journal)) -> Result<(), Problem> {
        change(&mut self.journal.borrow_mut());
        self.journal.borrow().store(&self.places, self.disk)
    }

    /// The locks of git's files that it takes; each is in the journal before it appears.
    pub(super) fn locks(&self) -> Locks<'_> {
        let announce = |records: &[_]| self.note(|journal| journal.locks = records.to_vec());
        Locks::new(self.disk, &self.places.running, Box::new(announce))
    }

    /// Ties the children of the release to it, one leash for each.
    pub(super) fn leashes(&self) -> impl Fn() -> std::io::Result<Leash> + 'a {
        let (disk, folder) = (self.disk, self.places.running.clone());
        move || Leash::new(disk, &folder)
    }

    /// Notes files that were found where a pattern of a step matches.
    pub(super) fn found(&self, paths: &[String]) -> Result<(), Problem> {
        if paths.is_empty() {
            return Ok(());
        }
        let repository = self.repository;
        self.note(|journal| record::found(journal, repository, paths))
    }

    /// Notes that what a step or a hook made of these files is to be kept aside when they are put back. Returns the folder
    /// that it will be in, if there is anything to keep.
    pub(super) fn set_aside(&self, paths: &[String]) -> Result<Option<PathBuf>, Problem> {
        record::strangers(&mut self.journal.borrow_mut(), paths);
        let records = self.journal.borrow().files.clone();
        // One that is already as it was before the release stays where it is.
        let to_keep = |record: &&FileRecord| {
            paths.contains(&record.path) && !matches!(state(self, record), Ok(State::Before))
        };
        let kept: Vec<String> = records.iter().filter(to_keep).map(|record| record.path.clone()).collect();
        let folder = saved::announce(self, &kept)?;
        self.note(|_| ())?;
        Ok(folder)
    }

    /// Gives the space that was kept for putting back free.
    pub(super) fn free_reserve(&self) -> Result<(), Problem> {
        let reserve = self.places.reserve();
        self.disk.remove(&reserve).map_err(|error| left_over(&reserve, &error))
    }

    /// Without a journal nothing has to be recovered. Returns what could not be cleared away.
    pub(super) fn forget(&self) -> Option<Problem> {
        // A lock whose removal failed is only known to be ours as long as the journal is there.
        let locks = self.journal.borrow().locks.clone();
        for record in &locks {
            if let Err(error) = self.repository.remove_lock(self.disk, record) {
                return Some(left_over(&record.path, &error));
            }
        }
        let gone = self
            .disk
            .remove(&self.places.journal)
            .and_then(|()| self.disk.sync_folder(&self.places.running))
            .and_then(|()| self.disk.remove_folder(&self.places.running));
        gone.err().map(|error| left_over(&self.places.running, &error))
    }

    /// Done, one way or the other; the lock goes last.
    pub(super) fn finish(self) -> Option<Problem> {
        self.forget()
    }
}

fn left_over(path: &Path, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("`{}` cannot be removed: {}", path.display(), crate::words::plain(error)))
        .hint("the next start clears it away")
}
