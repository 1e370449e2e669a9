//! What the repository is, read once and read only. Everything a plan needs comes from the HEAD tree, not from the
//! working directory, so that a plan depends on a commit and a request; what lies about uncommitted is only named.

mod committed;
mod configuration;
mod latest;
mod layout;
mod optional;
mod pins;
mod reading;
mod remote;
mod survey;

use std::collections::BTreeMap;
use std::path::Path;

use crate::changelog::{FileName, Types, classify};
use crate::config::Choice;
use crate::error::Problem;
use crate::git::{
    ChangedPath, Head, Hooks, Identities, ObjectId, Overlooked, Place, Position, Repository, Signing, Tag,
    TreeEntry, Untracked, Upstream,
};
use crate::glob::{Glob, fixed_folder, is_glob};
use crate::plan;
use crate::spec::Spec;
use crate::version::Request;
use committed::Committed;

pub use configuration::{
    CONFIG_FILE, Loaded, configuration, configuration_anywhere, has_configuration, is_ignored,
};
pub use latest::Latest;
pub use layout::Globs;
pub use optional::PassedOver;
pub use pins::{PinRemote, Pinned, ask_for_pins};
pub use remote::{Answers, Branches, RemoteState, Silence, Unasked, ask, talk};
pub use survey::{Survey, survey};

/// A fragment as it is at HEAD.
#[derive(Debug, Clone, PartialEq)]
pub struct FragmentFile {
    /// The path from the top of the repository.
    pub path: String,
    /// The last part of the path.
    pub name: String,
    /// What it is.
    pub entry: TreeEntry,
}

/// The repository at one moment, for one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The commit that everything is read from.
    pub base: ObjectId,
    /// Where HEAD is.
    pub head: Head,
    /// History was cut off when cloning: commits and tags that are not here may exist all the same.
    pub shallow: bool,
    /// A merge, rebase or the like that is under way.
    pub operation: Option<String>,
    /// Tracked paths that differ from HEAD.
    pub changed: Vec<ChangedPath>,
    /// Untracked files that lie where the release reads or writes.
    pub untracked: Vec<String>,
    /// Submodules: folders whose files are not this repository's.
    pub submodules: Vec<String>,
    /// Files the release changes that git is told not to look at.
    pub overlooked: Vec<(String, Overlooked)>,
    /// Every reference that is here, by its full name.
    pub references: Vec<String>,
    /// Names of all local tags.
    pub tags: Vec<String>,
    /// Names of the tags that stand for the base commit.
    pub tags_at_base: Vec<String>,
    /// The release of the version that the manifests hold, where HEAD is it or has it and the remote's branch does not.
    pub latest: Option<Latest>,
    /// Where the configured remote is; nothing where there is no such remote.
    pub places: Vec<Place>,
    /// The other remotes, where there is none of the configured name; the one that the branch follows first.
    pub other_remotes: Vec<String>,
    /// What the remote said.
    pub remote: RemoteState,
    /// The pins that were given, and what their own remotes said.
    pub pins: Vec<Pinned>,
    /// How the base commit stands to the release branch in each place, as far as the remote said.
    pub positions: Vec<(Place, Position)>,
    /// The remote-tracking branch, as far as it is known here.
    pub upstream: Option<Upstream>,
    /// Who would commit.
    pub identity: Result<Identities, Problem>,
    /// Hooks that git would run.
    pub hooks: Hooks,
    /// What git would sign.
    pub signing: Signing,
    /// Every file the configuration names, by path.
    pub files: BTreeMap<String, TreeEntry>,
    /// The files that each glob of the configuration stands for.
    pub globs: Globs,
    /// Manifests, and lock files beside listed ones, that the configuration does not speak of.
    pub unlisted: Vec<(String, TreeEntry)>,
    /// Manifests that the configuration says to leave alone, and lock files above listed ones: what they ask of released
    /// packages moves all the same.
    pub ignored: Vec<(String, TreeEntry)>,
    /// Of both, those in which a released package is asked for; they are among the files as well.
    pub dependents: Vec<String>,
    /// Files that may be such and cannot be read, as in a partial clone.
    pub unread: Vec<String>,
    /// Other files near listed ones, not spoken of either, whose names say that they may hold the version.
    pub others: Vec<(String, TreeEntry)>,
    /// What keeps a file from being plain text here: attributes, links.
    pub obstacles: BTreeMap<String, Vec<String>>,
    /// The folders of fragments, where this request consumes them; each file lies directly in its folder.
    pub fragments: Vec<FragmentFile>,
    /// What is called like a changelog at the top, where none is configured.
    pub changelogs_at_top: Vec<String>,
    /// The configuration in force is not committed.
    pub uncommitted_config: Option<String>,
    /// And git is told to ignore it.
    pub ignored_config: bool,
    /// Which built-in profile is in force and why, where somebody may expect another one.
    pub profile: Option<String>,
    /// What the configuration says may be missing, and is.
    pub passed_over: PassedOver,
    /// Changelogs beside manifests with a tag of their own, which the configuration does not speak of.
    pub changelogs_beside: Vec<String>,
}

impl Snapshot {
    /// Reads what one request needs. A request that does not rotate the changelog reads no fragments.
    ///
    /// # Errors
    /// A repository that cannot be read at all; whatever can be reported by a guard is not an error here.
    pub fn take(
        repository: &Repository,
        spec: &Spec,
        loaded: &Loaded,
        request: Option<&Request>,
        remote: &RemoteState,
    ) -> Result<Self, Vec<Problem>> {
        let config = &loaded.config;
        let one = |problem: Problem| vec![problem];
        let head = repository.head().map_err(one)?;
        let base = base(repository).map_err(one)?;
        // Asking the file system about every tracked file takes as long as reading what is committed: both at once.
        let other = repository.another_handle().map_err(one)?;
        let (committed, (other, status)) = beside(
            move || {
                let status = other.status_noting(layout::may_matter);
                (other, status)
            },
            || Committed::read(repository, &base, spec, loaded, request),
        );
        let Committed { mut files, globs, fragments, fragments_folders } = committed?;
        let status = status.map_err(one)?;
        let candidates = match status.noted {
            Some(noted) => noted,
            None => other.files_of(&base, &|path| layout::may_matter(path.as_bytes())).map_err(one)?,
        };
        let (candidates, named_so): (Vec<String>, Vec<String>) =
            candidates.into_iter().partition(|path| layout::may_hold_a_version(path.as_bytes()));
        let others = layout::others(repository, &base, config, &files, named_so).map_err(one)?;
        let layout::Search { unlisted, ignored, unread } =
            layout::unlisted(repository, &base, config, &files, candidates).map_err(one)?;
        let dependents = plan::dependents(config, &globs, &files, &[&unlisted, &ignored]);
        let read = unlisted.iter().chain(&ignored).filter(|(path, _)| dependents.contains(path));
        files.extend(read.cloned());
        // From here on with the handle that has read the index already.
        let named: Vec<String> = files.keys().cloned().collect();
        let mut untracked = other.untracked(&named).map_err(one)?;
        for folder in fragments_folders {
            let lying_about = other.untracked_in(folder).map_err(one)?;
            untracked.extend(
                lying_about
                    .into_iter()
                    .filter(|file| matters_as_fragment(file, &config.types_beside(&file.path))),
            );
        }
        // What lies where a pattern matches would be taken for something that the step wrote.
        let patterns = config.step.iter().filter(|step| !spec.leaves_out(&step.name));
        for pattern in patterns.flat_map(|step| &step.writes).filter(|path| is_glob(path)) {
            let glob = Glob::new(pattern).map_err(one)?;
            let below = other.untracked_below(fixed_folder(pattern)).map_err(one)?;
            let new = below.into_iter().filter(|file| glob.matches(&file.path) && !untracked.contains(file));
            let new: Vec<Untracked> = new.collect();
            untracked.extend(new);
        }
        let edited = files.keys().map(String::as_str);
        let consumed = fragments.iter().filter(|file| {
            let types = config.types_beside(&file.path);
            matches!(classify(&file.name, &types), Ok(FileName::Fragment { .. }))
        });
        let overlooked =
            other.overlooked(edited.chain(consumed.map(|file| file.path.as_str()))).map_err(one)?;
        let mut obstacles = BTreeMap::new();
        for (path, entry) in &files {
            let committed = match entry {
                TreeEntry::File { bytes, .. } => Some(bytes.as_slice()),
                _ => None,
            };
            obstacles.insert(path.clone(), other.path_obstacles(path, committed).map_err(one)?);
        }
        let changelogs_beside = layout::changelogs_beside(repository, &base, config, &files).map_err(one)?;
        let (seconds, offset_minutes) = spec.now;
        let tags = repository.local_tags().map_err(one)?;
        let release = &config.release;
        let mut positions = Vec::new();
        for (place, refs) in remote.answers().iter().flat_map(|answers| &answers.places) {
            let position =
                repository.position(&base, refs.branches.get(release.branch.name())).map_err(one)?;
            positions.push((place.clone(), position));
        }
        let places = repository.places(&release.remote).map_err(one)?;
        let other_remotes = match places.as_slice() {
            [] => repository.other_remotes(&release.remote, release.branch.name()).map_err(one)?,
            _ => Vec::new(),
        };
        let upstream = repository.upstream(&base, release.branch.name(), &release.remote).map_err(one)?;
        let known = (remote, positions.as_slice(), upstream.as_ref());
        let latest = latest::latest(repository, loaded, &base, &files, &tags, known).map_err(one)?;
        Ok(Self {
            operation: repository.operation_in_progress().map(str::to_owned),
            shallow: repository.is_shallow(),
            changed: status.changed,
            submodules: status.submodules,
            overlooked,
            untracked: untracked.into_iter().map(|file| file.path).collect(),
            tags_at_base: standing_for(repository, &base, remote, &tags).map_err(one)?,
            references: repository.reference_names().map_err(one)?,
            tags: tags.into_iter().map(|tag| tag.name).collect(),
            places,
            other_remotes,
            remote: remote.clone(),
            pins: loaded.pins.clone(),
            positions,
            upstream,
            latest,
            identity: repository.identity(seconds, offset_minutes, &spec.identity),
            hooks: repository.hooks().map_err(one)?,
            signing: repository.signing().map_err(one)?,
            obstacles,
            files,
            globs,
            unlisted,
            ignored,
            dependents,
            unread,
            others,
            fragments,
            changelogs_at_top: layout::changelogs_at_top(repository, &base, config).map_err(one)?,
            uncommitted_config: loaded.uncommitted.then(|| CONFIG_FILE.to_owned()),
            ignored_config: loaded.ignored,
            profile: loaded.profile.as_ref().filter(|it| it.worth_saying).map(Choice::note),
            passed_over: loaded.passed_over.clone(),
            changelogs_beside,
            base,
            head,
        })
    }

    /// The blob a path has at HEAD, whatever its size.
    pub fn blob_id(&self, path: &str) -> Option<ObjectId> {
        match self.files.get(path) {
            Some(TreeEntry::File { id, .. } | TreeEntry::TooLarge { id, .. }) => Some(id.clone()),
            _ => None,
        }
    }
}

/// Does two things at once, the first of them on a thread of its own.
fn beside<T: Send, U>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> U) -> (U, T) {
    std::thread::scope(|scope| {
        let thread = scope.spawn(one);
        let done = other();
        // A panic is a bug and stays one, whichever thread it happens on.
        (done, thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The tags that stand for a commit. Only those that the remote does not have are looked at: there may be thousands,
/// and what the remote has is no question.
fn standing_for(
    repository: &Repository,
    commit: &ObjectId,
    remote: &RemoteState,
    tags: &[Tag],
) -> Result<Vec<String>, Problem> {
    let Some(there) = remote.answer() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for tag in tags.iter().filter(|tag| !there.tags.contains_key(&tag.name)) {
        if repository.tag_commit(tag)?.as_ref() == Some(commit) {
            found.push(tag.name.clone());
        }
    }
    Ok(found)
}

/// The commit that HEAD is at.
fn base(repository: &Repository) -> Result<ObjectId, Problem> {
    repository.head()?.commit.ok_or_else(|| {
        Problem::circumstance("the branch has no commit yet, so there is nothing to release")
            .hint("commit the files first: `git add --all && git commit`")
    })
}

/// Whether an untracked file is a fragment, or was meant as one. README and dot files are not; and what git was told
/// to ignore is one only where its name is: an editor's backup is nobody's forgotten fragment.
fn matters_as_fragment(file: &Untracked, types: &Types) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    match classify(name, types) {
        Ok(FileName::NotAFragment) => false,
        Ok(FileName::Fragment { .. }) => true,
        Err(_) => !file.ignored,
    }
}

/// Whether a path lies below a folder, or is it.
pub fn is_below(path: &str, folder: &str) -> bool {
    Path::new(path).starts_with(folder)
}
