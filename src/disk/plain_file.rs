//! Reading a plain file without being led elsewhere: no link is followed, and nothing that is no file is waited for.

use std::fs::File;
use std::io::{Read as _, Result};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// The bytes of a plain file; nothing where no file is, also where something that is no plain file lies there.
///
/// # Errors
/// Those of the file system.
pub fn read_plain(path: &Path) -> Result<Option<Vec<u8>>> {
    read_plain_with_mode(path).map(|found| found.map(|(bytes, _)| bytes))
}

/// The same with its permission bits. A link is not followed, and a pipe that a step left there is not waited for.
///
/// # Errors
/// Those of the file system.
#[expect(clippy::disallowed_methods, reason = "reads, and nothing else")]
pub fn read_plain_with_mode(path: &Path) -> Result<Option<(Vec<u8>, u32)>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        // Nothing, a link, or a socket.
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::MLINK | Errno::NXIO) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.read_to_end(&mut bytes)?;
    Ok(Some((bytes, metadata.mode() & 0o7777)))
}
