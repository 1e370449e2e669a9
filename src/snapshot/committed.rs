//! What one request needs of a commit: the files that the configuration names, and the fragments of the changelogs that
//! the request rotates, which are about a thousand small files.

use std::collections::BTreeMap;

use super::layout::{self, Globs};
use super::{FragmentFile, Loaded};
use crate::error::Problem;
use crate::git::{Blob, ObjectId, Repository, TreeEntry, TreeEntryKind, TreeItem};
use crate::glob::is_glob;
use crate::plan;
use crate::spec::Spec;
use crate::version::Request;

/// What one request needs of a commit.
pub(super) struct Committed<'a> {
    pub(super) files: BTreeMap<String, TreeEntry>,
    pub(super) globs: Globs,
    pub(super) fragments: Vec<FragmentFile>,
    /// Where fragments are consumed.
    pub(super) fragments_folders: Vec<&'a str>,
}

impl<'a> Committed<'a> {
    /// Reads it.
    ///
    /// # Errors
    /// A file or a folder cannot be read.
    pub(super) fn read(
        repository: &Repository,
        base: &ObjectId,
        spec: &Spec,
        loaded: &'a Loaded,
        request: Option<&Request>,
    ) -> Result<Self, Vec<Problem>> {
        let config = &loaded.config;
        let one = |problem: Problem| vec![problem];
        let commit = repository.commit_files(base).map_err(one)?;
        let read = |path: &str, limit| commit.read(path, limit).map_err(one);
        let mut files = BTreeMap::new();
        let globs = layout::globs(repository, base, config).map_err(one)?;
        let manifests = config.manifest.iter().map(|manifest| &manifest.path);
        for path in manifests.chain(config.pattern.iter().map(|pattern| &pattern.path)) {
            for path in globs.get(path).map_or(std::slice::from_ref(path), Vec::as_slice) {
                if !files.contains_key(path) {
                    files.insert(path.clone(), read(path, config.limits.manifest_bytes)?);
                }
            }
        }
        for path in plan::pinned_paths(config, &loaded.pins) {
            if !files.contains_key(path) {
                files.insert(path.to_owned(), read(path, config.limits.manifest_bytes)?);
            }
        }
        let rotating = match request {
            Some(request) => plan::rotating(request, config, &files),
            None => config.changelog.iter().collect(),
        };
        let mut fragments = Vec::new();
        let mut fragments_folders = Vec::new();
        for changelog in rotating {
            let entry = read(&changelog.path, config.limits.changelog_bytes)?;
            files.insert(changelog.path.clone(), entry);
            if let Some(folder) = &changelog.fragments {
                let limit = config.limits.manifest_bytes;
                fragments.extend(read_fragments(repository, base, folder, limit).map_err(one)?);
                fragments_folders.push(folder.as_str());
            }
        }
        for step in &config.step {
            let skipped = spec.leaves_out(&step.name);
            // What a step that does not run promises is looked up in the files as they are.
            let promised = step.expect.iter().map(|expect| &expect.path).filter(|_| skipped);
            for path in step.writes.iter().filter(|path| !is_glob(path)).chain(promised) {
                if !files.contains_key(path) {
                    // A step that runs writes these anew: only their identity matters, not their megabytes.
                    let limit = if skipped { config.limits.changelog_bytes } else { 0 };
                    files.insert(path.clone(), read(path, limit)?);
                }
            }
        }
        Ok(Self { files, globs, fragments, fragments_folders })
    }
}

/// Reads the whole folder in one go: a release consumes about a thousand small files.
fn read_fragments(
    repository: &Repository,
    base: &ObjectId,
    folder: &str,
    limit: u64,
) -> Result<Vec<FragmentFile>, Problem> {
    let listing = match repository.tree_list(base, folder)? {
        Some(listing) => listing,
        None => no_folder(repository, base, folder).map(|()| Vec::new())?,
    };
    let is_file = |item: &&TreeItem| item.kind == TreeEntryKind::File;
    let ids: Vec<ObjectId> = listing.iter().filter(is_file).map(|item| item.id.clone()).collect();
    let mut blobs = repository.blobs(&ids, limit)?.into_iter();
    let mut fragments = Vec::with_capacity(listing.len());
    for TreeItem { name, kind, id, executable } in listing {
        let entry = match kind {
            TreeEntryKind::File => match blobs.next() {
                Some(Blob::Bytes(bytes)) => TreeEntry::File { bytes, id, executable },
                Some(Blob::TooLarge(bytes)) => TreeEntry::TooLarge { bytes, id },
                None => TreeEntry::Missing,
            },
            TreeEntryKind::Symlink => TreeEntry::Symlink,
            TreeEntryKind::Folder => TreeEntry::Folder,
            TreeEntryKind::Submodule => TreeEntry::Submodule,
        };
        fragments.push(FragmentFile { path: format!("{folder}/{name}"), name, entry });
    }
    Ok(fragments)
}

/// A folder of fragments that is not there holds none. Something else in its place may hide them: a link, a submodule.
fn no_folder(repository: &Repository, base: &ObjectId, folder: &str) -> Result<(), Problem> {
    let ends = folder.match_indices('/').map(|(end, _)| end).chain([folder.len()]);
    for part in ends.filter_map(|end| folder.get(..end)) {
        let what = match repository.tree_file(base, part, 0)? {
            TreeEntry::Folder => continue,
            TreeEntry::Missing => break,
            TreeEntry::Symlink => "a symbolic link",
            TreeEntry::Submodule => "a submodule",
            TreeEntry::File { .. } | TreeEntry::TooLarge { .. } => "a plain file",
        };
        return Err(Problem::content(format!("`{part}` is {what}, not a folder that can hold fragments"))
            .hint("put the folder itself there, or name the real path as `fragments` in the configuration"));
    }
    Ok(())
}
