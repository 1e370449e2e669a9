//! Every change that a release makes to the disk, one function for each kind of it. Whatever is to survive a power cut
//! is synced here, and a test can let any single change fail, the way a full disk or a broken one would: nothing that
//! a release does can escape that.

mod plain_file;
mod sharing;
pub mod stored_path;

use std::cell::{Cell, OnceCell};
use std::fs::{File, FileTimes, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

pub use plain_file::{read_plain, read_plain_with_mode};
pub use sharing::{Sharing, mode_of_new_file};

/// What tells a file from every other one on this machine, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `st_dev`.
    pub device: u64,
    /// `st_ino`.
    pub inode: u64,
}

impl Identity {
    /// That of an open file.
    ///
    /// # Errors
    /// The file system does not say.
    pub fn of(file: &File) -> Result<Self> {
        file.metadata().map(|metadata| Self { device: metadata.dev(), inode: metadata.ino() })
    }

    /// That of what lies at a path, a link not followed; nothing where nothing is.
    ///
    /// # Errors
    /// The path cannot be looked at.
    pub fn at(path: &Path) -> Result<Option<Self>> {
        match path.symlink_metadata() {
            Ok(metadata) => Ok(Some(Self { device: metadata.dev(), inode: metadata.ino() })),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Nothing is there, not even the folder it would be in.
fn is_missing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The way to the disk.
#[derive(Debug, Default)]
pub struct Disk {
    changes: Cell<usize>,
    failing: Option<usize>,
    /// The folders that several people share, and how.
    shared: OnceCell<(Vec<PathBuf>, Sharing)>,
}

#[expect(clippy::disallowed_methods, reason = "this room owns every change to the disk")]
impl Disk {
    /// A disk on which the `number`th change (from 1) fails as if there were no space left, and all others succeed.
    pub fn failing_at(number: usize) -> Self {
        Self { failing: Some(number), ..Self::default() }
    }

    /// How many changes were asked for so far.
    pub fn changes(&self) -> usize {
        self.changes.get()
    }

    /// Lets somebody else change the disk who does not know this way to it, libgit2 for one: counted as one change.
    ///
    /// # Errors
    /// This change was to fail; nothing was done.
    pub fn through<T>(&self, change: impl FnOnce() -> T) -> Result<T> {
        self.change()?;
        Ok(change())
    }

    fn change(&self) -> Result<()> {
        let number = self.changes.get() + 1;
        self.changes.set(number);
        if self.failing == Some(number) {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Makes a file that is not there yet, readable and writable as the user's mask has it.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` where something is there.
    pub fn create(&self, path: &Path) -> Result<File> {
        self.change()?;
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        self.share_file(&file, path)?;
        Ok(file)
    }

    /// The same, for nobody but the user: neither now nor before its mode is set can others read what is written to it.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` where something is there.
    pub fn create_private(&self, path: &Path) -> Result<File> {
        self.change()?;
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
    }

    /// Makes a file that takes up so much space on the disk, until it is removed.
    ///
    /// # Errors
    /// There is not so much space.
    pub fn reserve(&self, path: &Path, bytes: u64) -> Result<()> {
        let file = self.create_private(path)?;
        self.change()?;
        match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                let zeros = vec![0; usize::try_from(bytes).unwrap_or_default()];
                self.write(&file, &zeros)
            }
            other => other.map_err(Into::into),
        }
    }

    /// Opens a plain file for writing, and makes it where nothing is. A link is not followed, and a pipe or a device that
    /// lies there is not opened.
    ///
    /// # Errors
    /// Those of the file system; `InvalidInput` where something else than a plain file is there.
    pub fn open(&self, path: &Path) -> Result<File> {
        self.change()?;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
        let unfit = || Error::from(ErrorKind::InvalidInput);
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(unfit());
        }
        let file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(unfit());
        }
        self.share_file(&file, path)?;
        Ok(file)
    }

    /// Writes bytes where the file stands.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&self, mut file: &File, bytes: &[u8]) -> Result<()> {
        self.change()?;
        file.write_all(bytes)
    }

    /// Waits until everything in the file is on the disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync(&self, file: &File) -> Result<()> {
        self.change()?;
        file.sync_all()
    }

    /// Waits until everything in a file that somebody else wrote is on the disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync_file(&self, path: &Path) -> Result<()> {
        self.change()?;
        File::open(path)?.sync_all()
    }

    /// Waits until the names in a folder are on the disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync_folder(&self, folder: &Path) -> Result<()> {
        self.change()?;
        File::open(folder)?.sync_all()
    }

    /// Gives an open file these permission bits.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_mode(&self, file: &File, mode: u32) -> Result<()> {
        self.change()?;
        file.set_permissions(Permissions::from_mode(mode & 0o7777))
    }

    /// Gives a file these permission bits, where it has others.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_mode_at(&self, path: &Path, mode: u32) -> Result<()> {
        let metadata = path.symlink_metadata()?;
        if !metadata.is_file() || metadata.mode() & 0o7777 == mode {
            return Ok(());
        }
        self.set_mode(&File::open(path)?, mode)
    }

    /// Makes a folder that only the user can look into.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` where something is there.
    pub fn create_private_folder(&self, folder: &Path) -> Result<()> {
        self.change()?;
        std::fs::DirBuilder::new().mode(0o700).create(folder)
    }

    /// Gives an open file this length.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_length(&self, file: &File, length: u64) -> Result<()> {
        self.change()?;
        file.set_len(length)
    }

    /// Gives an open file this time of its last change.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_modified(&self, file: &File, modified: SystemTime) -> Result<()> {
        self.change()?;
        file.set_times(FileTimes::new().set_modified(modified))
    }

    /// Makes a whole file that is not there yet. It is not synced: many of them are, one after the other, afterwards.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create_whole(&self, path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<File> {
        let file = if mode.is_some() { self.create_private(path) } else { self.create(path) }?;
        self.write(&file, bytes)?;
        if let Some(mode) = mode {
            self.set_mode(&file, mode)?;
        }
        Ok(file)
    }

    /// Puts a whole file in the place of another one, or where none was, by way of `temporary` beside it: synced before
    /// it is renamed, the folder after. At every moment one of the two is there, whole.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn replace(&self, target: &Path, temporary: &Path, bytes: &[u8], mode: Option<u32>) -> Result<()> {
        self.remove(temporary)?;
        let file = self.create_whole(temporary, bytes, mode)?;
        self.sync(&file)?;
        self.rename(temporary, target)?;
        target.parent().map_or(Ok(()), |folder| self.sync_folder(folder))
    }

    /// Adds a line to the end of a file that is there, or that is made first; synced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.change()?;
        let mut file = OpenOptions::new().append(true).create(true).mode(0o666).open(path)?;
        // As git: a log that another person began stays theirs to share.
        let _theirs = self.share_file(&file, path);
        file.write_all(bytes)?;
        self.sync(&file)
    }

    /// Cuts a file off; synced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn cut(&self, path: &Path, length: u64) -> Result<()> {
        self.change()?;
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(length)?;
        self.sync(&file)
    }

    /// Renames within one file system; what was there is replaced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.change()?;
        std::fs::rename(from, to)
    }

    /// Gives a file one more name, which must not be taken.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` where something is there.
    pub fn link(&self, from: &Path, to: &Path) -> Result<()> {
        self.change()?;
        std::fs::hard_link(from, to)
    }

    /// Makes a symbolic link where nothing is.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` where something is there.
    pub fn symlink(&self, target: &Path, path: &Path) -> Result<()> {
        self.change()?;
        std::os::unix::fs::symlink(target, path)
    }

    /// Removes a file or a link. That nothing is there is what was wanted, and is no change.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(&self, path: &Path) -> Result<()> {
        match path.symlink_metadata() {
            Err(error) if is_missing(&error) => return Ok(()),
            _ => self.change()?,
        }
        match std::fs::remove_file(path) {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes a folder and those above it. Returns the ones that were not there, from the top.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create_folders(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let missing: Vec<_> =
            folder.ancestors().take_while(|above| !above.is_dir()).map(Path::to_path_buf).collect();
        for folder in missing.iter().rev() {
            self.change()?;
            match std::fs::create_dir(folder) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                Err(_) => {}
                Ok(()) => self.share_folder(folder)?,
            }
        }
        Ok(missing.into_iter().rev().collect())
    }

    /// Removes a folder if nothing is in it; whether this removed it.
    pub fn remove_empty_folder(&self, folder: &Path) -> bool {
        self.remove_folder_if_empty(folder).unwrap_or(false)
    }

    /// The same, where it counts that an empty one is gone. A link to a folder is none.
    ///
    /// # Errors
    /// It is empty, and cannot be removed.
    pub fn remove_folder_if_empty(&self, folder: &Path) -> Result<bool> {
        if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            return Ok(false);
        }
        self.change()?;
        match std::fs::remove_dir(folder) {
            Ok(()) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes a folder with everything in it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove_folder(&self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        self.change()?;
        std::fs::remove_dir_all(folder)
    }
}
