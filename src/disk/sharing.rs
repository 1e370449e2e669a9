//! Who may read and write what lies in a git directory that several people share. git makes every file and folder as
//! the user's mask has it and then widens or narrows it by `core.sharedRepository`; this is that arithmetic
//! (`calc_shared_perm` and `adjust_shared_perm` in git's `path.c`).

use std::fs::{File, Permissions};
use std::io::Result;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;

use super::{Disk, read_plain};

/// What `core.sharedRepository` makes of the permission bits that the user's mask gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// These bits are added: `group` adds 0660, `all` 0664.
    AtLeast(u32),
    /// These bits take the place of the mask's: a value such as `0640`.
    Exactly(u32),
}

const WRITABLE_BY_OWNER: u32 = 0o200;
const EXECUTABLE_BY_OWNER: u32 = 0o100;
const SET_GROUP: u32 = 0o2000;

impl Sharing {
    /// The permission bits of a file that would have `mode` otherwise.
    pub fn of_file(self, mode: u32) -> u32 {
        let (Self::AtLeast(bits) | Self::Exactly(bits)) = self;
        let mut bits = if mode & WRITABLE_BY_OWNER == 0 { bits & !0o222 } else { bits };
        if mode & EXECUTABLE_BY_OWNER != 0 {
            bits |= executable_where_readable(bits);
        }
        match self {
            Self::AtLeast(_) => mode | bits,
            Self::Exactly(_) => (mode & !0o777) | bits,
        }
    }

    /// The permission bits of a folder that would have `mode` otherwise. What is made in it later belongs to its group.
    pub fn of_folder(self, mode: u32) -> u32 {
        let mode = self.of_file(mode);
        let mode = mode | executable_where_readable(mode);
        if mode & 0o060 != 0 { mode | SET_GROUP } else { mode }
    }
}

fn executable_where_readable(bits: u32) -> u32 {
    (bits & 0o444) >> 2
}

#[expect(clippy::disallowed_methods, reason = "this room owns every change to the disk")]
impl Disk {
    /// From now on, what is made below these folders is made for several people.
    pub fn share(&self, folders: Vec<PathBuf>, sharing: Sharing) {
        // What shares them was said already when the same disk serves a recovery and then a release.
        let _already = self.shared.set((folders, sharing));
    }

    /// Whether a file made at `path` is made for several people.
    pub fn is_shared(&self, path: &Path) -> bool {
        self.sharing_at(path).is_some()
    }

    fn sharing_at(&self, path: &Path) -> Option<Sharing> {
        let (folders, sharing) = self.shared.get()?;
        folders.iter().any(|folder| path.starts_with(folder)).then_some(*sharing)
    }

    /// Gives an open file at `path` the permission bits that it shares with others.
    pub(super) fn share_file(&self, file: &File, path: &Path) -> Result<()> {
        let Some(sharing) = self.sharing_at(path) else { return Ok(()) };
        let mode = file.metadata()?.mode() & 0o7777;
        let wanted = sharing.of_file(mode);
        if wanted == mode { Ok(()) } else { self.set_mode(file, wanted) }
    }

    /// Gives a folder that was just made the permission bits that it shares with others.
    pub(super) fn share_folder(&self, folder: &Path) -> Result<()> {
        let Some(sharing) = self.sharing_at(folder) else { return Ok(()) };
        let mode = folder.symlink_metadata()?.mode() & 0o7777;
        let wanted = sharing.of_folder(mode);
        if wanted == mode {
            return Ok(());
        }
        self.change()?;
        std::fs::set_permissions(folder, Permissions::from_mode(wanted))
    }
}

/// The permission bits that git gives a file which it makes: those that the user's mask leaves.
pub fn mode_of_new_file(executable: bool) -> u32 {
    let mask = known_mask().unwrap_or_else(|| {
        // It can only be asked for by setting it.
        let mask = rustix::process::umask(Mode::empty());
        rustix::process::umask(mask);
        mask.bits()
    });
    (if executable { 0o777 } else { 0o666 }) & !mask
}

/// The mask as Linux tells it (`/proc/self/status`), without a moment in which it is another one.
fn known_mask() -> Option<u32> {
    let status = read_plain(Path::new("/proc/self/status")).ok().flatten()?;
    let status = String::from_utf8_lossy(&status).into_owned();
    let mask = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(mask.trim(), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::Sharing::{AtLeast, Exactly};

    #[test]
    fn a_shared_file_gets_what_git_gives_it() {
        assert_eq!(AtLeast(0o660).of_file(0o644), 0o664);
        assert_eq!(AtLeast(0o660).of_file(0o600), 0o660);
        assert_eq!(AtLeast(0o664).of_file(0o600), 0o664);
        assert_eq!(AtLeast(0o660).of_file(0o444), 0o444, "an object stays one that nobody writes to");
        assert_eq!(AtLeast(0o660).of_file(0o400), 0o440);
        assert_eq!(AtLeast(0o660).of_file(0o755), 0o775);
        assert_eq!(Exactly(0o640).of_file(0o644), 0o640);
        assert_eq!(Exactly(0o600).of_file(0o664), 0o600);
        assert_eq!(Exactly(0o640).of_file(0o444), 0o440);
        assert_eq!(Exactly(0o666).of_file(0o644), 0o666);
    }

    #[test]
    fn a_shared_folder_hands_its_group_on_where_the_group_may_do_anything() {
        assert_eq!(AtLeast(0o660).of_folder(0o755), 0o2775);
        assert_eq!(AtLeast(0o660).of_folder(0o700), 0o2770);
        assert_eq!(AtLeast(0o664).of_folder(0o700), 0o2775);
        assert_eq!(Exactly(0o640).of_folder(0o755), 0o2750);
        assert_eq!(Exactly(0o600).of_folder(0o755), 0o700);
    }
}
