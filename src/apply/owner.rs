//! Who runs a release: the process, so that a later start knows whether it still lives, and the lock that keeps a
//! second release out. The lock is the kernel's (`flock`), so it ends with its process, however that ends.

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::journal::Places;
use crate::disk::{Disk, Identity, read_plain};
use crate::error::{Error, Kind, Problem};
use crate::words::on_one_line;

/// A process, told from every other one that had or will have its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    process: u32,
    /// In clock ticks since the machine started (`/proc/PID/stat`, field 22); 0 where that is not known.
    started: u64,
    /// `/proc/sys/kernel/random/boot_id`; empty where that is not known.
    boot: String,
    host: String,
}

/// Whether a process of a journal still lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    Dead,
    /// It ran on another machine, or before this one was started under another name: nobody here can tell.
    Elsewhere,
}

impl Owner {
    /// This process.
    pub(super) fn this() -> Self {
        let process = std::process::id();
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { process, started: started(process).unwrap_or(0), boot: boot(), host }
    }

    /// Whether it still lives. Its lock is free, which says all there is to say on the same running system.
    pub(super) fn life(&self) -> Life {
        let here = Self::this();
        if self.boot == here.boot {
            let same = started(self.process).is_some_and(|started| started == self.started && started != 0);
            let other = self.process != here.process;
            return if same && other { Life::Alive } else { Life::Dead };
        }
        if self.host == here.host { Life::Dead } else { Life::Elsewhere }
    }

    /// The number of the process.
    pub(super) fn number(&self) -> u32 {
        self.process
    }

    /// For a message.
    pub(super) fn described(&self) -> String {
        format!("process {} on {}", self.process, on_one_line(&self.host))
    }
}

fn boot() -> String {
    let id = read_plain(Path::new("/proc/sys/kernel/random/boot_id")).ok().flatten().unwrap_or_default();
    String::from_utf8_lossy(&id).trim().to_owned()
}

fn started(process: u32) -> Option<u64> {
    let stat = read_plain(Path::new(&format!("/proc/{process}/stat"))).ok().flatten()?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    // The name of the program comes second, in brackets, and may hold anything.
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// The lock of a release, held until this is dropped.
#[derive(Debug)]
pub(super) struct ReleaseLock<'a> {
    disk: &'a Disk,
    places: Places,
    path: PathBuf,
    _file: File,
}

impl<'a> ReleaseLock<'a> {
    /// Takes the lock.
    ///
    /// # Errors
    /// Another release holds it, or its file cannot be made.
    pub(super) fn take(places: &Places, disk: &'a Disk) -> Result<Self, Error> {
        let path = lock_file(places);
        let failed = |error: std::io::Error| {
            Error::refused(
                Problem::circumstance(format!("the lock of the release cannot be made: {}", error.kind()))
                    .hint(format!("check the permissions of `{}`", places.own.display())),
            )
        };
        loop {
            disk.create_folders(&places.own).map_err(failed)?;
            let file = match disk.open(&path) {
                // The release before this one has just cleared its folder away.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => {
                    disk.remove_empty_folder(&places.own);
                    return Err(failed(error));
                }
                Ok(file) => file,
            };
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
                return Err(Error::new(Kind::Refused, vec![running(places)]));
            }
            // Whoever held it before removes the file in the end: only a lock on the file that is there counts.
            if Identity::of(&file).ok() == Identity::at(&path).ok().flatten() {
                let lock = Self { disk, places: places.clone(), path, _file: file };
                let owner = serde_json::to_vec(&Owner::this()).unwrap_or_default();
                disk.set_length(&lock._file, 0)
                    .and_then(|()| disk.write(&lock._file, &owner))
                    .map_err(failed)?;
                return Ok(lock);
            }
        }
    }
}

impl Drop for ReleaseLock<'_> {
    fn drop(&mut self) {
        // Removed while it is held; what cannot be removed is an empty lock, which holds nobody up.
        let _left = self.disk.remove(&self.path);
        self.disk.remove_empty_folder(&self.places.running);
        self.disk.remove_empty_folder(&self.places.own);
    }
}

/// Whether a release is running, without touching anything.
pub(super) fn is_running(places: &Places) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the lock of a release is this room's own file")]
    let file = File::open(lock_file(places));
    file.is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
}

/// Whether a release runs, or has left anything to be cleared away.
pub(super) fn has_traces(places: &Places) -> bool {
    [places.running.clone(), lock_file(places)].iter().any(|path| path.symlink_metadata().is_ok())
}

/// What is said when one is.
pub(super) fn running(places: &Places) -> Problem {
    let owner = read_plain(&lock_file(places)).ok().flatten();
    let owner: Option<Owner> = owner.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let who = owner.map(|owner| format!(": {}", owner.described())).unwrap_or_default();
    Problem::circumstance(format!("a release is running in this repository{who}"))
        .hint("wait until it has ended, then look where things stand: `trueppm-release`")
}

fn lock_file(places: &Places) -> PathBuf {
    places.own.join("lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_from_those_that_have_its_number() {
        let this = Owner::this();
        assert!(!this.boot.is_empty() && this.started > 0, "{this:?}");
        assert_eq!(this.life(), Life::Dead, "whoever asks is not the one who left the journal");
        let parent = std::os::unix::process::parent_id();
        let other = Owner { process: parent, started: started(parent).unwrap(), ..this.clone() };
        assert_eq!(other.life(), Life::Alive);
        assert_eq!(Owner { started: 1, ..other.clone() }.life(), Life::Dead);
        let rebooted = Owner { boot: "another".into(), ..other };
        assert_eq!(rebooted.life(), Life::Dead);
        assert_eq!(Owner { host: "elsewhere".into(), ..rebooted }.life(), Life::Elsewhere);
    }

    #[test]
    fn one_holds_the_lock_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own");
        let places = Places {
            journal: own.join("journal"),
            kept: own.join("kept"),
            index: own.join("index"),
            running: own.join("running"),
            own: own.clone(),
        };
        let disk = Disk::default();
        assert!(!is_running(&places));
        let lock = ReleaseLock::take(&places, &disk).unwrap();
        assert!(is_running(&places));
        let refused = ReleaseLock::take(&places, &disk).unwrap_err();
        assert_eq!(refused.exit_code(), 1);
        assert!(refused.problems[0].message.contains(&std::process::id().to_string()), "{refused:?}");
        drop(lock);
        assert!(!own.exists());
        ReleaseLock::take(&places, &disk).map(drop).unwrap();
    }
}
