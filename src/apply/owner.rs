//! Who runs a release: the process, so that a later start knows whether it still lives, and the lock that keeps a
//! second release out. The lock is the kernel's (`flock`), so it ends with its process, however that ends; a record lock
//! beside it tells the process from a child that has just inherited the first one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, fcntl_lock, flock};
use rustix::process::{Flock, FlockType, fcntl_getlk};
use serde::{Deserialize, Serialize};

use super::journal::{LOCK, Places};
use crate::disk::{Disk, Identity, read_plain};
use crate::error::{Error, Kind, Problem};
use crate::leash;
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
        self.life_seen_by(&Self::this(), started(self.process))
    }

    /// The same for `here`, where the process of that number was started at `started`.
    fn life_seen_by(&self, here: &Self, started: Option<u64>) -> Life {
        // Containers of one system have names of their own. Where a system does not say which start of it this is
        // (macOS), only the name is left, and nothing where it has none.
        let named = !here.host.is_empty() && self.host == here.host;
        let known = !self.boot.is_empty() && !here.boot.is_empty();
        let same_system = if known { self.boot == here.boot } else { named };
        if !same_system {
            // Of a machine of this name that was started anew nothing lives.
            return if known && named { Life::Dead } else { Life::Elsewhere };
        }
        let same = started.is_some_and(|started| started == self.started && started != 0);
        if same && self.process != here.process { Life::Alive } else { Life::Dead }
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

/// How long the child of a release that was killed may take to become another program: until then it holds the lock of
/// the release as well, and whoever only looks holds it for a moment.
const PATIENCE: Duration = Duration::from_secs(5);
const NAP: Duration = Duration::from_millis(10);

/// What is in the file of the lock.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    #[serde(flatten)]
    owner: Owner,
    /// Besides the lock that children inherit, the process has a record lock, which ends with it alone.
    #[serde(default)]
    recorded: bool,
}

/// Who holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// Nobody, or somebody who has not said yet who it is.
    Nobody,
    /// A release that runs.
    Release,
    /// What a release that is dead had just started.
    Child,
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
                Problem::circumstance(format!(
                    "the lock of the release cannot be made: {}",
                    crate::words::plain(&error)
                ))
                .hint(format!("check the permissions of `{}`", places.own.display())),
            )
        };
        let start = Instant::now();
        loop {
            let waited = start.elapsed() >= PATIENCE;
            disk.create_folders(&places.own).map_err(failed)?;
            let file = match disk.open(&path) {
                // The release before this one has just cleared its folder away.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && !waited => {
                    std::thread::sleep(NAP);
                    continue;
                }
                Err(error) => {
                    disk.remove_empty_folder(&places.own);
                    return Err(failed(error));
                }
                Ok(file) => file,
            };
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
                match holder_of(&file, places) {
                    Holder::Child if waited => {
                        return Err(Error::new(Kind::RecoveryNeeded, vec![orphaned(places)]));
                    }
                    Holder::Child | Holder::Nobody if !waited => std::thread::sleep(NAP),
                    _ => return Err(Error::refused(running(places))),
                }
                continue;
            }
            // Whoever held it before removes the file in the end: only a lock on the file that is there counts.
            if Identity::of(&file).ok() == Identity::at(&path).ok().flatten() {
                let lock = Self { disk, places: places.clone(), path, _file: file };
                disk.set_length(&lock._file, 0).map_err(failed)?;
                // Some file systems lend the one kind of lock by the other: then there is only one.
                let recorded = fcntl_lock(&lock._file, FlockOperation::NonBlockingLockExclusive).is_ok();
                let held = serde_json::to_vec(&Held { owner: Owner::this(), recorded }).unwrap_or_default();
                disk.write(&lock._file, &held).map_err(failed)?;
                return Ok(lock);
            }
            if waited {
                return Err(failed(std::io::ErrorKind::ResourceBusy.into()));
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

/// Who holds the lock, without touching anything.
pub(super) fn holder(places: &Places) -> Holder {
    let path = lock_file(places);
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Holder::Nobody;
    }
    #[expect(clippy::disallowed_methods, reason = "the lock of a release is this room's own file")]
    let Ok(file) = File::open(path) else { return Holder::Nobody };
    if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
        return Holder::Nobody;
    }
    holder_of(&file, places)
}

/// Who holds a lock that could not be taken. A process that has a record lock lives; one that had one and has it no more
/// is dead, and only a child that it was about to start keeps the other lock. An older version has but one lock.
fn holder_of(file: &File, places: &Places) -> Holder {
    let asked = Flock::from(FlockType::WriteLock);
    match (fcntl_getlk(file, &asked), held(places)) {
        (Ok(None), Some(held)) if held.recorded && held.owner.process != std::process::id() => Holder::Child,
        (Ok(None), None) => Holder::Nobody,
        _ => Holder::Release,
    }
}

/// Whether a release runs, or has left anything to be cleared away.
pub(super) fn has_traces(places: &Places) -> bool {
    [places.running.clone(), lock_file(places)].iter().any(|path| path.symlink_metadata().is_ok())
}

fn held(places: &Places) -> Option<Held> {
    let bytes = read_plain(&lock_file(places)).ok().flatten()?;
    serde_json::from_slice(&bytes).ok()
}

/// What is said when one is.
pub(super) fn running(places: &Places) -> Problem {
    let who = held(places).map(|held| format!(": {}", held.owner.described())).unwrap_or_default();
    Problem::circumstance(format!("a release is running in this repository{who}"))
        .hint("wait until it has ended, then look where things stand: `trueppm-release`")
}

/// What is said when the one that ran is dead, and what it had started holds its lock on and on.
fn orphaned(places: &Places) -> Problem {
    let who = held(places).map(|held| format!(" ({})", held.owner.described())).unwrap_or_default();
    let problem = Problem::circumstance(format!(
        "recovery needed: a release was interrupted{who}, but what it had just started still holds its lock"
    ))
    .hint("wait until that has ended, then run `trueppm-release`");
    let others =
        leash::holders(&lock_file(places)).into_iter().filter(|number| *number != std::process::id());
    let numbers: Vec<String> = others.map(|number| number.to_string()).collect();
    if numbers.is_empty() {
        problem
    } else {
        problem.hint(format!("or end it: `kill -9 {}`", numbers.join(" ")))
    }
}

fn lock_file(places: &Places) -> PathBuf {
    places.own.join(LOCK)
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
    fn without_the_id_of_a_start_the_machine_decides_and_without_a_machine_nobody() {
        let this = Owner::this();
        let without = |owner: &Owner| Owner { boot: String::new(), ..owner.clone() };
        let another = |owner: &Owner| Owner { host: "elsewhere".into(), ..owner.clone() };
        let here = without(&this);
        for (left, here, life) in [
            (here.clone(), &here, Life::Dead),
            (this.clone(), &here, Life::Dead),
            (here.clone(), &this, Life::Dead),
            (another(&here), &here, Life::Elsewhere),
            (another(&this), &here, Life::Elsewhere),
            (another(&here), &this, Life::Elsewhere),
            // Two containers of one system.
            (another(&this), &this, Life::Dead),
        ] {
            let left = Owner { process: left.process + 1, ..left };
            assert_eq!(left.life_seen_by(here, None), life, "{left:?} seen by {here:?}");
        }
        let nameless = Owner { host: String::new(), ..here.clone() };
        assert_eq!(nameless.life_seen_by(&nameless, None), Life::Elsewhere);
        let other = Owner { process: this.process + 1, ..here.clone() };
        assert_eq!(other.life_seen_by(&here, Some(other.started)), Life::Alive);
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
        assert_eq!(holder(&places), Holder::Nobody);
        let lock = ReleaseLock::take(&places, &disk).unwrap();
        assert_eq!(holder(&places), Holder::Release);
        let refused = ReleaseLock::take(&places, &disk).unwrap_err();
        assert_eq!(refused.exit_code(), 1);
        assert!(refused.problems[0].message.contains(&std::process::id().to_string()), "{refused:?}");
        drop(lock);
        assert!(!own.exists());
        ReleaseLock::take(&places, &disk).map(drop).unwrap();
    }
}
