//! Files of the work tree as git sees them: stored with the conversions of `.gitattributes` and `core.autocrlf`, and
//! read back from a commit with the same conversions the other way round.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use git2::build::CheckoutBuilder;

use super::index_entry::is_converted_by_nobody;
use super::trouble::{explain, shell_word};
use super::{ObjectId, Repository};
use crate::disk::Disk;
use crate::error::Problem;
use crate::words::plain;

impl Repository {
    /// Stores a file of the work tree as `git add` would, without touching the index. Returns the blob and whether
    /// the file is executable; `None` where there is no file.
    ///
    /// # Errors
    /// The path is something other than a plain file, or the object cannot be written.
    #[expect(clippy::disallowed_methods, reason = "this room reads what is to be stored")]
    pub fn blob_of_work_tree(&self, path: &str) -> Result<Option<(ObjectId, bool)>, Problem> {
        let target = self.work_dir.join(path);
        let unreadable =
            |error: std::io::Error| Problem::circumstance(format!("cannot read `{path}`: {}", plain(&error)));
        if self.is_below_link(Path::new(path)) {
            return Err(Problem::content(format!("`{path}` lies below a symbolic link")));
        }
        let metadata = match std::fs::symlink_metadata(&target) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.map_err(unreadable)?,
        };
        if !metadata.is_file() {
            return Err(Problem::content(format!("`{path}` is not a plain file")));
        }
        let bytes = std::fs::read(&target).map_err(unreadable)?;
        let executable = self.is_executable(path, metadata.permissions().mode());
        if is_converted_by_nobody(&bytes) {
            return Ok(Some((self.write_blob(&bytes)?, executable)));
        }
        if let Some(candidates) = self.stored_with_ident(path, &bytes) {
            return Ok(Some((self.stored_by_git(path, &candidates)?, executable)));
        }
        let failed = |error: git2::Error| explain(&format!("cannot store `{path}`"), &error);
        let mut writer = self.inner.blob_writer(Some(Path::new(path))).map_err(failed)?;
        writer.write_all(&bytes).map_err(unreadable)?;
        let id = writer.commit().map_err(failed)?;
        Ok(Some((ObjectId::from_git(id), executable)))
    }

    /// Whether the file system knows which files are executable (`core.fileMode`); on one that does not, all may look so.
    pub fn trusts_modes(&self) -> bool {
        self.inner.config().and_then(|config| config.get_bool("core.fileMode")).unwrap_or(true)
    }

    /// Whether git would store a file of the work tree as executable: where the file system does not know, it stays what
    /// it was.
    fn is_executable(&self, path: &str, mode: u32) -> bool {
        if self.trusts_modes() {
            return mode & 0o100 != 0;
        }
        let known = self.inner.index().ok().and_then(|index| index.get_path(Path::new(path), 0));
        known.is_some_and(|entry| entry.mode & 0o111 != 0)
    }

    /// Stores the one of these forms of a file that git would store.
    fn stored_by_git(&self, path: &str, candidates: &[Vec<u8>]) -> Result<ObjectId, Problem> {
        if let [only] = candidates {
            return self.write_blob(only);
        }
        let said = self.ask_git(["hash-object", "--", path], &[0])?;
        let wanted = String::from_utf8_lossy(&said).trim().to_owned();
        for bytes in candidates {
            if self.blob_id(bytes)?.as_str() == wanted {
                return self.write_blob(bytes);
            }
        }
        Err(Problem::circumstance(format!("cannot tell what git stores for `{path}`"))
            .hint(format!("see what it does with it: git add --dry-run -- {}", shell_word(path))))
    }
}

impl Repository {
    /// The id that these bytes have, or would have, as a blob.
    ///
    /// # Errors
    /// libgit2 cannot hash them.
    pub fn blob_id(&self, bytes: &[u8]) -> Result<ObjectId, Problem> {
        git2::Oid::hash_object_ext(git2::ObjectType::Blob, bytes, self.inner.object_format())
            .map(ObjectId::from_git)
            .map_err(|error| explain("cannot hash a file", &error))
    }

    /// Whether these bytes are a blob that is here.
    pub fn is_blob(&self, id: &ObjectId, bytes: &[u8]) -> bool {
        let Ok(odb) = self.inner.odb() else { return false };
        let Ok(oid) = self.oid(id) else { return false };
        // The size alone tells most of them apart.
        odb.read_header(oid).is_ok_and(|(size, _)| size == bytes.len())
            && odb.read(oid).is_ok_and(|blob| blob.data() == bytes)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// It is not here.
    pub fn blob_bytes(&self, id: &ObjectId) -> Result<Vec<u8>, Problem> {
        let read = || self.inner.odb()?.read(self.oid(id)?).map(|blob| blob.data().to_vec());
        read().map_err(|error| explain(&format!("cannot read blob `{id}`"), &error))
    }
}

impl Repository {
    /// Writes files of a commit into a folder of our own, converted as for the work tree; a path that the commit does not
    /// have is left out.
    ///
    /// # Errors
    /// They cannot be read or written.
    pub fn check_out_to(
        &self,
        disk: &Disk,
        commit: &ObjectId,
        paths: &[String],
        folder: &Path,
    ) -> Result<(), Problem> {
        if paths.is_empty() {
            return Ok(());
        }
        let mut checkout = CheckoutBuilder::new();
        checkout.force().update_index(false).disable_pathspec_match(true).target_dir(folder);
        for path in paths {
            checkout.path(path.as_str());
        }
        let tree = self.tree_of(commit)?;
        let doing = "cannot read the files to put back";
        #[expect(clippy::disallowed_methods, reason = "libgit2 converts the files, as a change of the disk")]
        let checked_out = disk
            .through(|| self.inner.checkout_tree(tree.as_object(), Some(&mut checkout)))
            .map_err(|error| Problem::circumstance(format!("{doing}: {}", error.kind())))?;
        checked_out.map_err(|error| explain(doing, &error))
    }

    /// Whether a commit has a file at a path as an executable one; nothing for anything but a file.
    pub fn is_executable_at(&self, commit: &ObjectId, path: &str) -> Option<bool> {
        let tree = self.tree_of(commit).ok()?;
        let entry = tree.get_path(Path::new(path)).ok()?;
        (entry.kind() == Some(git2::ObjectType::Blob)).then(|| entry.filemode() & 0o111 != 0)
    }

    /// The blob that a commit has at a path; nothing for anything but a file.
    pub fn file_at(&self, commit: &ObjectId, path: &str) -> Option<ObjectId> {
        let tree = self.tree_of(commit).ok()?;
        let entry = tree.get_path(Path::new(path)).ok()?;
        (entry.kind() == Some(git2::ObjectType::Blob)).then(|| ObjectId::from_git(entry.id()))
    }
}
