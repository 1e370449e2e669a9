//! What ties the children of a release (steps, hooks, git) to it. Each child holds a file that is locked before it
//! starts, and inherits the lock with it, so that the lock lasts as long as the child lives, whatever becomes of this
//! program: a recovery sees that a step of a dead release is still at work.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::fs::{FlockOperation, flock};
use rustix::io::{FdFlags, fcntl_setfd};

use crate::disk::Disk;

/// What the names of these files begin with.
const NAME: &str = "child-";

/// Starts one child, on a leash or without one.
#[derive(Debug, Default)]
pub struct Leash(Option<File>);

impl Leash {
    /// A new file for one child, in the folder of the release.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn new(disk: &Disk, folder: &Path) -> std::io::Result<Self> {
        let free = (1..).map(|number: u32| folder.join(format!("{NAME}{number}")));
        let path = free.into_iter().find(|path| path.symlink_metadata().is_err()).unwrap_or_default();
        let file = disk.create_private(&path)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self(Some(file)))
    }

    /// Starts the child.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&self, command: &mut Command) -> std::io::Result<Child> {
        let Some(file) = &self.0 else { return command.spawn() };
        // Only this child is to inherit it.
        fcntl_setfd(file, FdFlags::empty())?;
        let child = command.spawn();
        fcntl_setfd(file, FdFlags::CLOEXEC)?;
        child
    }
}

/// Those of the files in a folder whose child still lives.
#[expect(clippy::disallowed_methods, reason = "this room owns these files")]
pub fn held(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NAME))
            && File::open(path).is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
    };
    let mut held: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(ours).collect();
    held.sort();
    held
}

/// The processes that have a file open, as far as this system tells (Linux does, in `/proc/PID/fd`).
#[expect(clippy::disallowed_methods, reason = "this room says who holds a file")]
pub fn holders(path: &Path) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let holds = |process: &std::fs::DirEntry| {
        let files = std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target == path)
    };
    let mut found: Vec<u32> = processes
        .flatten()
        .filter_map(|process| {
            let number = process.file_name().to_str()?.parse().ok()?;
            holds(&process).then_some(number)
        })
        .collect();
    found.sort_unstable();
    found
}
