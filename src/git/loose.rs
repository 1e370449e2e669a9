//! The objects of a release on their way to the disk. libgit2 makes them and keeps them in memory; here they become
//! loose objects as git writes them (a deflated `kind size NUL content`, below `objects` by their id), each one synced
//! before it gets its name, because a reference must never outlive what it points to.

use std::collections::HashSet;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git2::{ObjectType, OdbLookupFlags, Oid};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::disk::Disk;
use crate::error::Problem;

/// Asked before the disk by libgit2; packs and loose objects have 1 and 2.
const BEFORE_THE_DISK: i32 = 1000;

const DOING: &str = "cannot write the objects of the release";

/// Nobody writes to an object again.
const READABLE: u32 = 0o444;

struct Found {
    id: Oid,
    kind: ObjectType,
    content: Vec<u8>,
}

impl Repository {
    /// From here on, objects that this handle writes stay in memory until [`Repository::write_gathered`].
    ///
    /// # Errors
    /// The object database cannot be opened.
    pub fn gather_objects(&self) -> Result<(), Problem> {
        let gather = || self.inner.odb()?.add_new_mempack_backend(BEFORE_THE_DISK).map(drop);
        gather().map_err(|error: git2::Error| explain(DOING, &error))
    }

    /// Writes everything that can be reached from `roots` and is not on the disk yet, and waits until it is there.
    ///
    /// # Errors
    /// An object cannot be read or written. What was written so far is not reachable, and harmless.
    pub fn write_gathered(&self, roots: &[ObjectId], disk: &Disk) -> Result<(), Problem> {
        let found = self.not_on_disk(roots).map_err(|error| explain(DOING, &error))?;
        let failed = |error: std::io::Error| {
            Problem::circumstance(format!("{DOING}: {}", crate::words::plain(&error)))
                .hint("check the permissions of git's folder, and the space on the disk")
        };
        let objects = self.objects_folder();
        let mut files = Vec::with_capacity(found.len());
        let mut folders = Vec::new();
        for object in &found {
            let name = object.id.to_string();
            let (folder, rest) = name.split_at_checked(2).unwrap_or_default();
            let folder = objects.join(folder);
            if !disk.create_folders(&folder).map_err(failed)?.is_empty() {
                folders.push(objects.clone());
            }
            // git knows by this name what was left over, and clears it away.
            let temporary = folder.join(format!("tmp_obj_{rest}"));
            disk.remove(&temporary).map_err(failed)?;
            let bytes = deflated(object).map_err(failed)?;
            let file = disk.create_whole(&temporary, &bytes, None).map_err(failed)?;
            // Whoever may read it, by the mask or because the repository is shared, goes on doing so.
            let mode = file.metadata().map_err(failed)?.mode() & READABLE;
            disk.set_mode(&file, mode).map_err(failed)?;
            // Not kept open: there may be more objects than a process may have open files.
            files.push((temporary, folder.join(rest)));
            folders.push(folder);
        }
        // One after the other, once all are written: the first waits for the disk, the others find their work done.
        for (temporary, _) in &files {
            disk.sync_file(temporary).map_err(failed)?;
        }
        for (temporary, target) in &files {
            disk.rename(temporary, target).map_err(failed)?;
        }
        folders.sort();
        folders.dedup();
        folders.iter().try_for_each(|folder| disk.sync_folder(folder)).map_err(failed)
    }

    /// What is reachable and only in memory, in the order in which it depends on nothing later.
    fn not_on_disk(&self, roots: &[ObjectId]) -> Result<Vec<Found>, git2::Error> {
        let handle = self.another_handle().map_err(|problem| git2::Error::from_str(&problem.message))?;
        let (here, there) = (self.inner.odb()?, handle.inner.odb()?);
        let roots: Vec<Oid> = roots.iter().map(|id| self.oid(id)).collect::<Result<_, _>>()?;
        let mut waiting = roots.clone();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) || there.exists_ext(id, OdbLookupFlags::NO_REFRESH) {
                continue;
            }
            // What is in neither was missing before, as in a partial clone; nothing here made it.
            let (kind, content) = match here.read(id) {
                Err(error) if roots.contains(&id) || error.code() != git2::ErrorCode::NotFound => {
                    return Err(error);
                }
                Err(_) => continue,
                Ok(object) => (object.kind(), object.data().to_vec()),
            };
            match kind {
                ObjectType::Commit => {
                    let commit = self.inner.find_commit(id)?;
                    waiting.push(commit.tree_id());
                    waiting.extend(commit.parent_ids());
                }
                ObjectType::Tag => waiting.push(self.inner.find_tag(id)?.target_id()),
                ObjectType::Tree => {
                    let tree = self.inner.find_tree(id)?;
                    // The commit of a submodule is in another repository.
                    let own = tree.iter().filter(|entry| entry.kind() != Some(ObjectType::Commit));
                    waiting.extend(own.map(|entry| entry.id()));
                }
                _ => {}
            }
            found.push(Found { id, kind, content });
        }
        found.reverse();
        Ok(found)
    }

    pub(super) fn objects_folder(&self) -> PathBuf {
        match &self.location.objects {
            Some(folder) => self.start_dir.join(folder),
            None => self.common_dir().join("objects"),
        }
    }
}

fn deflated(object: &Found) -> std::io::Result<Vec<u8>> {
    // As git: speed before size (`core.looseCompression`).
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    write!(encoder, "{} {}\0", object.kind.str(), object.content.len())?;
    encoder.write_all(&object.content)?;
    encoder.finish()
}
