//! The entry of a file that the release has just written. git would read the file, convert, hash and store it; where
//! the file on disk holds exactly the bytes of its blob and nothing that a conversion could touch, all of that is
//! known already, and only the file system has to be asked.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

use git2::{IndexEntry, IndexTime};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

impl Repository {
    /// The entry for `path`, if its file is `id` byte for byte, or what `ident` makes of it; nothing where only git can
    /// tell what it would be stored as.
    ///
    /// # Errors
    /// The blob cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this room reads back what it puts into the index")]
    pub(super) fn entry_as_written(
        &self,
        path: &str,
        id: &ObjectId,
        executable: bool,
    ) -> Result<Option<IndexEntry>, Problem> {
        let file = self.work_dir.join(path);
        // The times come first: whoever changes the file after this makes its entry look stale, never its content.
        let Ok(metadata) = file.symlink_metadata() else { return Ok(None) };
        let other_mode = self.trusts_modes() && (metadata.mode() & 0o100 != 0) != executable;
        if !metadata.is_file() || other_mode {
            return Ok(None);
        }
        let Ok(on_disk) = std::fs::read(&file) else { return Ok(None) };
        let doing = || format!("cannot read back `{path}`");
        let oid = self.oid(id).map_err(|error| explain(&doing(), &error))?;
        let known = self
            .inner
            .odb()
            .and_then(|odb| {
                odb.read(oid).map(|blob| {
                    let plain = blob.data() == on_disk.as_slice() && is_converted_by_nobody(&on_disk);
                    plain || self.is_checked_out_with_ident(path, &on_disk, blob.data())
                })
            })
            .map_err(|error| explain(&doing(), &error))?;
        Ok(known.then(|| entry(path, oid, executable, &metadata)))
    }
}

/// Line endings and `ident` are the conversions that the guards of a release let pass; both are rare.
pub(super) fn is_converted_by_nobody(bytes: &[u8]) -> bool {
    memchr::memchr(b'\r', bytes).is_none() && memchr::memmem::find(bytes, b"$Id").is_none()
}

/// As libgit2 fills it in; the index keeps the lower 32 bits.
fn entry(path: &str, id: git2::Oid, executable: bool, metadata: &Metadata) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(metadata.ctime() as i32, metadata.ctime_nsec() as u32),
        mtime: IndexTime::new(metadata.mtime() as i32, metadata.mtime_nsec() as u32),
        dev: metadata.rdev() as u32,
        ino: metadata.ino() as u32,
        mode: if executable { 0o100_755 } else { 0o100_644 },
        uid: metadata.uid(),
        gid: metadata.gid(),
        file_size: metadata.size() as u32,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}
