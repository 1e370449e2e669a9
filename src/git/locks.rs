//! Locks on git's files, as git takes them: `X.lock` beside `X`, made where nothing is, renamed over `X` when its
//! content is complete. A lock appears by a second name for a file whose identity was announced before, so that
//! after a power cut or a `kill -9` the journal proves which locks are ours; no other one is ever removed.

use std::cell::RefCell;
use std::fs::{File, Permissions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Repository;
use crate::disk::{Disk, Identity, stored_path};
use crate::error::Problem;

/// A lock that was taken or was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRecord {
    /// The lock file.
    #[serde(with = "stored_path")]
    pub path: PathBuf,
    /// The file that it is a name of.
    pub identity: Identity,
}

/// What is done with the records before the first of their locks appears.
pub type Announce<'a> = dyn Fn(&[LockRecord]) -> Result<(), Problem> + 'a;

/// How long another git process may go on holding a lock before it is in the way, as git's settings have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Not at all.
    None,
    /// This long.
    For(Duration),
    /// Until a person has had enough.
    Forever,
}

/// A file of git's that is to be locked.
pub(super) struct Target {
    /// What a message calls it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) patience: Patience,
}

/// Whoever nobody can stop does not wait longer than this, whatever git's settings say.
const ALONE: Duration = Duration::from_secs(10);

/// The locks that one release takes.
pub struct Locks<'a> {
    disk: &'a Disk,
    /// Where the files of the locks are made.
    folder: PathBuf,
    records: RefCell<Vec<LockRecord>>,
    announce: Box<Announce<'a>>,
    /// Asked while it waits for somebody else's lock, whether to give up.
    stop: Box<dyn Fn() -> bool + 'a>,
}

/// One lock. Dropping it takes it away.
#[derive(Debug)]
#[must_use = "a lock that is dropped is gone"]
pub(super) struct Lock<'a> {
    disk: &'a Disk,
    path: PathBuf,
    target: PathBuf,
    file: File,
    identity: Identity,
    published: bool,
}

impl<'a> Locks<'a> {
    /// No lock yet. `folder` must be there; all records so far are handed to `announce` whenever there are new ones.
    pub fn new(disk: &'a Disk, folder: &Path, announce: Box<Announce<'a>>) -> Self {
        let begun = Instant::now();
        let stop = Box::new(move || begun.elapsed() >= ALONE);
        Self { disk, folder: folder.to_path_buf(), records: RefCell::default(), announce, stop }
    }

    /// The same for somebody who can be stopped.
    #[must_use]
    pub fn stopped_by(self, stop: impl Fn() -> bool + 'a) -> Self {
        Self { stop: Box::new(stop), ..self }
    }

    /// The way to the disk.
    pub(super) fn disk(&self) -> &'a Disk {
        self.disk
    }

    /// Where files of a release may be made that are not part of anything yet.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Locks these files, in this order; all of them or none.
    ///
    /// # Errors
    /// Somebody else goes on holding a lock, or it cannot be made.
    pub(super) fn take(&self, targets: &[Target]) -> Result<Vec<Lock<'a>>, Problem> {
        let mut made = Vec::with_capacity(targets.len());
        for Target { name, path: target, patience } in targets {
            // Those of a release that was killed are still there while it is being recovered.
            let free = (0..).map(|number: u32| self.folder.join(format!("lock-{number}")));
            let file = free.into_iter().find(|file| file.symlink_metadata().is_err()).unwrap_or_default();
            let failed = |error| cannot(name, &error);
            let opened = self.disk.create(&file).map_err(failed)?;
            let identity = Identity::of(&opened).map_err(failed)?;
            let path = lock_path(target);
            self.records.borrow_mut().push(LockRecord { path: path.clone(), identity });
            made.push((name, target, *patience, path, file, opened, identity));
        }
        (self.announce)(&self.records.borrow())?;
        let mut taken = Vec::with_capacity(made.len());
        let mut in_place = false;
        for (name, target, patience, path, file, opened, identity) in made {
            let (disk, target) = (self.disk, target.clone());
            let mut lock = Lock { disk, path, target, file: opened, identity, published: false };
            let linked = self.patiently(patience, || match self.disk.link(&file, &lock.path) {
                Err(error) if is_without_links(&error) => {
                    in_place = true;
                    self.make_in_place(&mut lock)
                }
                other => other,
            });
            if let Err(error) = linked {
                // What lies there is not ours.
                lock.published = true;
                return Err(match error.kind() {
                    ErrorKind::AlreadyExists => held(name, &lock.path),
                    _ => cannot(name, &error),
                });
            }
            taken.push(lock);
        }
        if in_place {
            (self.announce)(&self.records.borrow())?;
        }
        Ok(taken)
    }

    /// Tries again as long as somebody else holds the lock: at first after a millisecond, then less and less often.
    fn patiently(
        &self,
        patience: Patience,
        mut attempt: impl FnMut() -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let begun = Instant::now();
        let mut nap = Duration::from_millis(1);
        loop {
            let held = match attempt() {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => error,
                other => return other,
            };
            let over = match patience {
                Patience::None => true,
                Patience::For(limit) => begun.elapsed() >= limit,
                Patience::Forever => false,
            };
            if over || (self.stop)() {
                return Err(held);
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(50));
        }
    }

    /// The lock where a file cannot have a second name: on another file system, or on one that knows none.
    fn make_in_place(&self, lock: &mut Lock<'a>) -> std::io::Result<()> {
        lock.file = self.disk.create(&lock.path)?;
        lock.identity = Identity::of(&lock.file)?;
        self.note(lock);
        Ok(())
    }

    fn note(&self, lock: &Lock<'a>) {
        for record in self.records.borrow_mut().iter_mut().filter(|record| record.path == lock.path) {
            record.identity = lock.identity;
        }
    }

    /// What somebody who was allowed to (a hook that stages) has put in the place of the lock's file is now ours.
    ///
    /// # Errors
    /// The lock is gone, or cannot be looked at.
    pub(super) fn adopt(&self, lock: &mut Lock<'a>) -> Result<(), Problem> {
        let gone = || Problem::circumstance(format!("the lock `{}` is gone", lock.path.display()));
        let now = Identity::at(&lock.path).ok().flatten().ok_or_else(gone)?;
        if now == lock.identity {
            return Ok(());
        }
        lock.identity = now;
        self.note(lock);
        (self.announce)(&self.records.borrow())
    }
}

impl Lock<'_> {
    /// The lock file itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is locked.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Writes the content to be, and waits until it is on the disk.
    pub(super) fn fill(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.disk.write(&self.file, bytes)?;
        self.disk.sync(&self.file)
    }

    /// Gives the file to be the permissions of the one that it will replace, unless the repository says who may do what.
    pub(super) fn like(&self, permissions: &Permissions) -> std::io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        if self.disk.is_shared(&self.path) {
            return Ok(());
        }
        self.disk.set_mode(&self.file, permissions.mode())
    }

    /// Puts the content in the place of what was locked. Its folder is not synced yet.
    pub(super) fn publish(mut self) -> std::io::Result<()> {
        self.disk.rename(&self.path, &self.target)?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        if !self.published {
            let record = LockRecord { path: self.path.clone(), identity: self.identity };
            // What cannot be removed now is in the journal, and is removed by what reads that.
            let _later = remove(self.disk, &record);
        }
    }
}

fn remove(disk: &Disk, record: &LockRecord) -> std::io::Result<()> {
    if Identity::at(&record.path)? == Some(record.identity) { disk.remove(&record.path) } else { Ok(()) }
}

impl Repository {
    /// Removes a lock if it is the one that was recorded, and the folders that were made for it.
    ///
    /// # Errors
    /// It is ours, and cannot be removed.
    pub fn remove_lock(&self, disk: &Disk, record: &LockRecord) -> std::io::Result<()> {
        remove(disk, record)?;
        if let Some(name) = record.path.strip_prefix(self.common_dir()).ok().and_then(Path::to_str) {
            super::publish::remove_empty_parents(disk, self.common_dir(), name);
        }
        Ok(())
    }

    /// Removes the lock of an index that hooks were given: one that stages puts another file in its place, by way of a
    /// lock on the lock. Both have names that only come from ours, which nobody but the hook could replace.
    ///
    /// # Errors
    /// One of them cannot be removed.
    pub fn remove_hooked_index_lock(&self, disk: &Disk, record: &LockRecord) -> std::io::Result<()> {
        disk.remove(&lock_path(&record.path))?;
        let begins = crate::disk::read_plain(&record.path)?.unwrap_or_default();
        let whole = begins.starts_with(b"DIRC");
        if whole { disk.remove(&record.path) } else { remove(disk, record) }
    }

    /// Removes the locks that a git process left behind which was killed while it moved `name` to `id` for a release: a
    /// lock that holds the id of an object that only this release made is no other's. No such process may live.
    pub fn remove_lock_of_dead_git(&self, disk: &Disk, name: &str, id: &super::ObjectId) {
        let lock = lock_path(&self.reference_path(name));
        let holds = crate::disk::read_plain(&lock).ok().flatten();
        if holds.is_none_or(|bytes| bytes.trim_ascii() != id.as_str().as_bytes()) {
            return;
        }
        // What cannot be removed stands in the way of the next release, which names it.
        let _left = disk.remove(&lock);
        let of_head = lock_path(&self.reference_path("HEAD"));
        if name != "HEAD"
            && of_head.metadata().is_ok_and(|metadata| metadata.len() == 0)
            && !name.starts_with("refs/tags/")
        {
            let _left = disk.remove(&of_head);
        }
    }

    /// Those of the locks of these references that are there.
    pub fn locked(&self, names: &[String]) -> Vec<PathBuf> {
        let mut locks: Vec<PathBuf> =
            names.iter().map(|name| lock_path(&self.reference_path(name))).collect();
        locks.retain(|lock| lock.symlink_metadata().is_ok());
        locks.dedup();
        locks
    }

    /// The lock of a reference, or of the packed ones, to be.
    pub(super) fn reference_lock(&self, name: &str) -> Result<Target, Problem> {
        let (setting, usual) = match name {
            "packed-refs" => ("core.packedRefsTimeout", 1000),
            _ => ("core.filesRefLockTimeout", 100),
        };
        let milliseconds = match self.settings()?.text(setting) {
            Some(text) => git2::Config::parse_i64(text.replace('\0', " ")).map_err(|_| {
                Problem::circumstance(format!("git's setting `{setting}` is not a number: `{text}`"))
                    .hint(format!("git config --show-origin --get-all {setting}"))
            })?,
            None => usual,
        };
        let patience = match u64::try_from(milliseconds) {
            Ok(0) => Patience::None,
            Ok(milliseconds) => Patience::For(Duration::from_millis(milliseconds)),
            Err(_) => Patience::Forever,
        };
        Ok(Target { name: format!("`{name}`"), path: self.reference_path(name), patience })
    }

    /// The file of a reference: HEAD belongs to the work tree, every other one to all work trees together.
    pub(super) fn reference_path(&self, name: &str) -> PathBuf {
        if name == "HEAD" { self.git_dir().join(name) } else { self.common_dir().join(name) }
    }
}

/// The error of a file system that gives a file no second name there.
fn is_without_links(error: &std::io::Error) -> bool {
    let known = [rustix::io::Errno::XDEV, rustix::io::Errno::PERM, rustix::io::Errno::OPNOTSUPP];
    known.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

pub(super) fn lock_path(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn cannot(name: &str, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("cannot lock {name}: {}", crate::words::plain(error)))
        .hint("check the permissions of git's folder, and the space on the disk")
}

fn held(name: &str, path: &Path) -> Problem {
    let what = if name == "the index" {
        "the index is locked".to_owned()
    } else {
        format!("cannot lock {name}: it is locked")
    };
    Problem::circumstance(format!("{what}: `{}` exists", path.display()))
        .hint("another git process seems to be running in this repository: wait until it has ended")
        .hint("if none is running, remove that file")
}
