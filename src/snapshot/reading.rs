//! Reading a configuration from the disk, where it may be anything: a device without end, a link, a folder.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::configuration::MAXIMUM_CONFIG_BYTES;

/// What lies where a small file should be.
pub(super) enum SmallFile {
    /// Nothing.
    Missing,
    /// Not a plain file, or one above the limit.
    Unfit,
    /// Its content.
    Bytes(Vec<u8>),
}

/// Reads a configuration of the work tree, never through a link and never more than a configuration may have.
///
/// # Errors
/// It is there and cannot be read.
pub(super) fn in_work_tree(path: &Path) -> io::Result<SmallFile> {
    in_work_tree_up_to(path, MAXIMUM_CONFIG_BYTES)
}

/// Reads a file of the work tree of at most `limit` bytes, never through a link.
///
/// # Errors
/// It is there and cannot be read.
pub(super) fn in_work_tree_up_to(path: &Path, limit: u64) -> io::Result<SmallFile> {
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(SmallFile::Missing)
        }
        Err(error) => Err(error),
        Ok(metadata) if !metadata.is_file() => Ok(SmallFile::Unfit),
        Ok(_) => up_to(path, limit),
    }
}

/// Reads whatever a person named, a pipe as well, up to what a configuration may have.
///
/// # Errors
/// It is not there or cannot be read.
pub(super) fn anywhere(path: &Path) -> io::Result<SmallFile> {
    up_to(path, MAXIMUM_CONFIG_BYTES)
}

#[expect(clippy::disallowed_methods, reason = "this room reads what is not committed")]
fn up_to(path: &Path, limit: u64) -> io::Result<SmallFile> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    Ok(if fits { SmallFile::Bytes(bytes) } else { SmallFile::Unfit })
}
