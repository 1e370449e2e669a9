//! Which tracked files differ from HEAD: the same answer as `git status --porcelain -uno --no-renames`, in a
//! fraction of the time of libgit2's own status. First the file system is compared with what the index remembers;
//! only what is in doubt is compared exactly, and what libgit2 then calls changed is confirmed by git itself,
//! which alone runs filters and judges submodules. The index is never written.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use git2::{AttrCheckFlags, Delta, DiffOptions, Index, IndexEntry, IndexEntryExtendedFlag, IndexEntryFlag};

use super::Repository;
use super::submodules::{ChangedSubmodule, Marks, tracked_line};
use super::trouble::explain;
use super::worktree_stat::{self, Measure, Moment};
use crate::error::Problem;

/// A path that is not as HEAD has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPath {
    /// From the top of the work tree; replacement characters stand for what is not UTF-8.
    pub path: String,
    /// The index differs from HEAD.
    pub staged: bool,
    /// The work tree differs from the index.
    pub unstaged: bool,
    /// The two letters of `git status --short`.
    pub code: String,
    /// Where the path is a submodule: what differs, and how to bring it back.
    pub submodule: Option<ChangedSubmodule>,
}

/// What has changed among tracked files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// In byte order of the paths.
    pub changed: Vec<ChangedPath>,
    /// The tracked files that were wanted by name, where the index has exactly what HEAD has; otherwise nothing.
    pub noted: Option<Vec<String>>,
    /// The submodules that the index has.
    pub submodules: Vec<String>,
}

/// Above this many paths git is asked about the whole tree: a command line has an end.
const MOST_PATHS: usize = 400;
/// How often the work tree is compared while files come and go in it.
const COMPARISONS: usize = 20;
const SUBMODULE: u32 = 0o160_000;
const NOT_CHANGED: char = ' ';

/// Letters for the index and for the work tree, by path.
type Letters = BTreeMap<Vec<u8>, (char, char)>;

/// A path with the letter of the work tree, and what git says of it where it is a submodule.
type Unstaged = (Vec<u8>, char, Option<Marks>);

impl Repository {
    /// Compares HEAD, index and work tree, tracked files only.
    ///
    /// # Errors
    /// The index or a tree cannot be read, or git is needed for an answer and is not there.
    pub fn status(&self) -> Result<Status, Problem> {
        self.status_noting(|_| false)
    }

    /// The same, and on the way the tracked files whose paths are wanted: every entry is looked at anyway.
    ///
    /// # Errors
    /// As [`Repository::status`].
    pub fn status_noting(&self, wanted: fn(&[u8]) -> bool) -> Result<Status, Problem> {
        // Asked before the entries are read: should the index be replaced in between, more files are in doubt.
        let written = self.index_written();
        let index = self.current_index()?;
        let parts = self.sort_entries(&index, wanted);
        let mut letters = Letters::new();
        let as_head = self.staged(&index, &parts, &mut letters)?;
        let noted = as_head.then_some(parts.noted);
        let mut marks = BTreeMap::new();
        for (path, letter, marked) in self.unstaged(&index, parts.plain, parts.for_git, written)? {
            marks.extend(marked.map(|marked| (path.clone(), marked)));
            letters.entry(path).or_insert((NOT_CHANGED, NOT_CHANGED)).1 = letter;
        }
        for path in parts.intended {
            let on_disk = self.work_dir.join(path_of(&path)).symlink_metadata().is_ok();
            letters.insert(path, (NOT_CHANGED, if on_disk { 'A' } else { 'D' }));
        }
        for (path, stages) in parts.conflicts {
            letters.insert(path, conflict_letters(stages));
        }
        let submodules = parts.submodules;
        let shown = |(bytes, (staged, unstaged)): (Vec<u8>, (char, char))| {
            let path = String::from_utf8_lossy(&bytes).into_owned();
            let is_submodule = submodules.binary_search(&path).is_ok();
            let (marks, staged_too) = (marks.get(&bytes).copied(), staged != NOT_CHANGED);
            ChangedPath {
                submodule: is_submodule.then(|| self.changed_submodule(&path, staged_too, marks)),
                path,
                staged: staged_too,
                unstaged: unstaged != NOT_CHANGED,
                code: format!("{staged}{unstaged}"),
            }
        };
        Ok(Status { changed: letters.into_iter().map(shown).collect(), noted, submodules })
    }

    /// When the index file was written; before all time when there is none, which puts every file in doubt.
    fn index_written(&self) -> Moment {
        let path = self.inner.index().ok().and_then(|index| index.path().map(Path::to_path_buf));
        let metadata = path.and_then(|path| path.metadata().ok());
        metadata.map_or((i64::MIN, 0), |metadata| (metadata.mtime(), metadata.mtime_nsec()))
    }

    fn sort_entries(&self, index: &Index, wanted: fn(&[u8]) -> bool) -> Parts {
        // git looks at a file outside the sparse checkout again as soon as somebody puts it there.
        let sparse =
            self.inner.config().and_then(|config| config.get_bool("core.sparseCheckout")).unwrap_or(false);
        let mut parts = Parts { plain: Vec::with_capacity(index.len()), ..Parts::default() };
        for entry in index.iter() {
            if entry.mode != SUBMODULE
                && wanted(&entry.path)
                && let Ok(path) = std::str::from_utf8(&entry.path)
            {
                parts.noted.push(path.to_owned());
            }
            if entry.mode == SUBMODULE
                && let Ok(path) = std::str::from_utf8(&entry.path)
            {
                parts.submodules.push(path.to_owned());
            }
            let stage = (entry.flags >> 12) & 3;
            let extended = IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended);
            let on_disk =
                |entry: &IndexEntry| self.work_dir.join(path_of(&entry.path)).symlink_metadata().is_ok();
            if stage != 0 {
                *parts.conflicts.entry(entry.path).or_default() |= 1 << (stage - 1);
            } else if extended.is_intent_to_add() {
                parts.intended.insert(entry.path);
            } else if extended.is_skip_worktree() {
                if sparse && on_disk(&entry) {
                    parts.for_git.push(entry.path);
                }
            } else if IndexEntryFlag::from_bits_truncate(entry.flags).is_valid() {
                continue;
            } else if entry.mode == SUBMODULE {
                if self.is_populated(&entry.path) {
                    parts.for_git.push(entry.path);
                }
            } else {
                parts.plain.push(entry);
            }
        }
        parts
    }

    /// An empty folder stands for a submodule that was not fetched, and is no change.
    fn is_populated(&self, submodule: &[u8]) -> bool {
        let folder = self.work_dir.join(path_of(submodule));
        folder.join(".git").symlink_metadata().is_ok()
            || !folder.symlink_metadata().is_ok_and(|it| it.is_dir())
    }

    /// Index against HEAD. Says whether the index remembers that it is HEAD's tree.
    fn staged(&self, index: &Index, parts: &Parts, letters: &mut Letters) -> Result<bool, Problem> {
        let doing = "cannot compare the index with HEAD";
        let tree = self.head()?.commit.map(|commit| self.tree_of(&commit)).transpose()?;
        if tree.as_ref().is_some_and(|tree| self.remembered_tree() == Some(tree.id())) {
            return Ok(true);
        }
        let diff = self
            .inner
            .diff_tree_to_index(tree.as_ref(), Some(index), Some(DiffOptions::new().include_typechange(true)))
            .map_err(|error| explain(doing, &error))?;
        for delta in diff.deltas() {
            let file = if delta.status() == Delta::Deleted { delta.old_file() } else { delta.new_file() };
            let Some(path) = file.path_bytes() else { continue };
            if let Some(letter) = letter_of(delta.status())
                && !parts.intended.contains(path)
            {
                letters.insert(path.to_vec(), (letter, NOT_CHANGED));
            }
        }
        Ok(false)
    }

    /// The tree the index says it equals, if its memory is complete. Writing the tree into a repository in memory
    /// that holds nothing answers this: a complete memory is returned at once, anything else fails, and no object
    /// can reach the disk.
    pub(super) fn remembered_tree(&self) -> Option<git2::Oid> {
        let nothing = git2::Odb::new_ext(self.inner.object_format()).ok()?;
        let nowhere = git2::Repository::from_odb(nothing).ok()?;
        self.inner.index().ok()?.write_tree_to(&nowhere).ok()
    }

    /// Work tree against index: path and letter.
    fn unstaged(
        &self,
        index: &Index,
        plain: Vec<IndexEntry>,
        for_git: Vec<Vec<u8>>,
        written: Moment,
    ) -> Result<Vec<Unstaged>, Problem> {
        let measure = Measure { written, modes: self.trusts_modes() };
        let doubtful: Vec<&[u8]> = worktree_stat::doubtful(&self.work_dir, &plain, measure)
            .into_iter()
            .filter_map(|position| plain.get(position).map(|entry| entry.path.as_slice()))
            .collect();
        let mut changed: Vec<Unstaged> = self
            .compare_exactly(index, &doubtful)?
            .into_iter()
            .map(|(path, letter)| (path, letter, None))
            .collect();
        let uncertain: Vec<&[u8]> = changed
            .iter()
            .filter(|(_, letter, _)| *letter != 'D')
            .map(|(path, ..)| path)
            .chain(&for_git)
            .map(Vec::as_slice)
            .collect();
        if uncertain.is_empty() {
            return Ok(changed);
        }
        match self.confirmed_by_git(&uncertain) {
            Ok(confirmed) => {
                let uncertain: BTreeSet<Vec<u8>> = uncertain.into_iter().map(<[u8]>::to_vec).collect();
                changed.retain(|(path, ..)| !uncertain.contains(path));
                changed.extend(confirmed.into_iter().filter(|(path, ..)| uncertain.contains(path)));
                Ok(changed)
            }
            Err(problem) if !for_git.is_empty() || uncertain.iter().any(|path| self.is_filtered(path)) => {
                Err(problem)
            }
            Err(_) => Ok(changed),
        }
    }

    /// libgit2's comparison by content, with line endings converted but without external filters.
    fn compare_exactly(&self, index: &Index, paths: &[&[u8]]) -> Result<Vec<(Vec<u8>, char)>, Problem> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut options = DiffOptions::new();
        options
            .include_typechange(true)
            .ignore_submodules(true)
            .update_index(false)
            .disable_pathspec_match(true);
        for path in paths {
            options.pathspec(*path);
        }
        // A file that another program replaces between libgit2's looking and its reading is no error, and is there or not
        // there the next time; whatever else is wrong stays wrong.
        let mut compare = || self.inner.diff_index_to_workdir(Some(index), Some(&mut options));
        let diff = (1..COMPARISONS)
            .find_map(|_| compare().ok())
            .map_or_else(compare, Ok)
            .map_err(|error| explain("cannot compare the work tree with the index", &error))?;
        let asked: BTreeSet<&[u8]> = paths.iter().copied().collect();
        let change = |delta: git2::DiffDelta<'_>| {
            let path = delta.old_file().path_bytes()?;
            asked.contains(path).then_some(())?;
            letter_of(delta.status()).map(|letter| (path.to_vec(), letter))
        };
        Ok(diff.deltas().filter_map(change).collect())
    }

    /// git's own word on `paths`: those that differ from the index.
    fn confirmed_by_git(&self, paths: &[&[u8]]) -> Result<Vec<Unstaged>, Problem> {
        let fixed = ["--literal-pathspecs", "status", "--porcelain=v2", "-z", "-uno", "--no-renames", "--"];
        let mut arguments: Vec<OsString> = fixed.iter().map(OsString::from).collect();
        if paths.len() <= MOST_PATHS {
            arguments.extend(paths.iter().map(|path| OsString::from_vec(path.to_vec())));
        }
        let answer = self.ask_git(arguments, &[0])?;
        let lines = answer.split(|byte| *byte == 0).filter_map(tracked_line);
        let changed = lines.filter(|(_, unstaged, ..)| *unstaged != NOT_CHANGED);
        Ok(changed.map(|(_, unstaged, marks, path)| (path.to_vec(), unstaged, marks)).collect())
    }

    /// Whether only git can tell what the file would be stored as.
    fn is_filtered(&self, path: &[u8]) -> bool {
        let path = path_of(path);
        ["filter", "working-tree-encoding"].iter().any(|attribute| {
            let value =
                self.inner.get_attr_bytes(Path::new(&path), attribute, AttrCheckFlags::FILE_THEN_INDEX);
            value.is_ok_and(|value| value.is_some())
        })
    }
}

/// The entries of the index by what has to be done with them; what git never compares is left out.
#[derive(Default)]
struct Parts {
    plain: Vec<IndexEntry>,
    /// Submodules, and files outside the sparse checkout that somebody put there.
    for_git: Vec<Vec<u8>>,
    intended: BTreeSet<Vec<u8>>,
    conflicts: BTreeMap<Vec<u8>, u8>,
    /// What the caller wants to know of.
    noted: Vec<String>,
    /// In byte order, as everything in an index.
    submodules: Vec<String>,
}

fn path_of(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

fn letter_of(delta: Delta) -> Option<char> {
    match delta {
        Delta::Added => Some('A'),
        Delta::Deleted => Some('D'),
        Delta::Modified | Delta::Unreadable => Some('M'),
        Delta::Typechange => Some('T'),
        _ => None,
    }
}

/// Bits of `stages`: 1 the common ancestor, 2 ours, 4 theirs.
fn conflict_letters(stages: u8) -> (char, char) {
    match stages {
        1 => ('D', 'D'),
        2 => ('A', 'U'),
        3 => ('U', 'D'),
        4 => ('U', 'A'),
        5 => ('D', 'U'),
        6 => ('A', 'A'),
        _ => ('U', 'U'),
    }
}
