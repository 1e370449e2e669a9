//! The journal: what a release has changed or is about to change, written to the disk before its effects. Whoever
//! finds it knows how everything was before, which locks are the release's own, and where the point is from which
//! there is no way back. It lies in the git directory that all work trees share.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::owner::Owner;
use crate::disk::{Disk, read_plain, stored_path};
use crate::error::Problem;
use crate::git::{LockRecord, ObjectId, Repository, Signature};
use crate::words::{on_one_line, shell_word};

/// This program's folder in git's.
pub(super) const FOLDER: &str = "trueppm-release";
/// Everything that is only there while a release runs.
const RUNNING: &str = "running";
const JOURNAL: &str = "journal.json";
/// In this program's folder: who runs a release.
pub(super) const LOCK: &str = "lock";
/// A journal of another format is not understood, and never guessed at.
const FORMAT: u32 = 1;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Operation {
    /// A release.
    Release,
    /// A release is taken back.
    Undo,
}

/// How far it is: what may have changed besides what the journal lists byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Phase {
    /// Files are written.
    Files,
    /// Steps run: what they declare may hold anything.
    Steps,
    /// Hooks run: every file of the release, and the index, may hold anything.
    Hooks,
    /// The objects are there, and the references are about to change.
    Publish,
}

/// What a file held before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Before {
    /// It was not there.
    Nothing,
    /// The bytes of a blob that a commit holds.
    Blob { id: ObjectId, mode: u32 },
    /// Other bytes (line ends that git converts): a part of the file that keeps them.
    Kept { offset: u64, length: u64, mode: u32 },
    /// Whatever git checks out for it from the commit that HEAD was at.
    Checkout,
}

/// What the release leaves in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum After {
    /// Nothing: it is deleted.
    Nothing,
    /// These bytes, by the id that they would have as a blob.
    Bytes(ObjectId),
    /// What a step or a hook makes of it.
    Anything,
    /// What a step or a hook made of it although it must not: that is kept aside before the file is put back.
    Aside,
}

impl After {
    /// Whether nobody can say what it holds.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Anything | Self::Aside)
    }
}

/// One file of the work tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileRecord {
    /// From the top of the work tree.
    pub(super) path: String,
    pub(super) before: Before,
    pub(super) after: After,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TagRecord {
    /// Without `refs/tags/`.
    pub(super) name: String,
    pub(super) before: Option<ObjectId>,
    pub(super) after: Option<ObjectId>,
}

/// The journal itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Journal {
    format: u32,
    pub(super) operation: Operation,
    /// The version that is released or taken back, as people write it.
    pub(super) version: String,
    pub(super) owner: Owner,
    #[serde(with = "stored_path")]
    pub(super) work_tree: PathBuf,
    pub(super) phase: Phase,
    /// What HEAD resolves to.
    pub(super) reference: String,
    /// Where the reference was.
    pub(super) from: ObjectId,
    /// Where it goes: once it is there, there is no way back. Nothing before that is known.
    pub(super) to: Option<ObjectId>,
    pub(super) files: Vec<FileRecord>,
    /// Where steps may write besides, as patterns: what they wrote there is only known once they have ended.
    pub(super) patterns: Vec<String>,
    pub(super) tags: Vec<TagRecord>,
    pub(super) locks: Vec<LockRecord>,
    /// Where git moves the references, because a hook watches them: the locks on them that were there before it started.
    #[serde(default)]
    pub(super) by_git: Option<Vec<LockRecord>>,
    /// The references that had a reflog before, and how many bytes it had.
    pub(super) logged: Vec<(String, u64)>,
    /// A copy of the index is kept: steps or hooks may stage something.
    pub(super) keeps_index: bool,
    /// What the file of the commit message held, where hooks read one; nothing where it was not there.
    pub(super) message: Option<Option<Vec<u8>>>,
    /// The name of the folder for what is kept aside, in this program's folder of the work tree; noted before it is made,
    /// so that whatever is in it is found again.
    #[serde(default)]
    pub(super) saved: Option<String>,
    /// The command that pushes it.
    pub(super) push: String,
    /// For the reflog, when it has to be completed or put back by somebody else.
    pub(super) committer: (String, String, i64, i32),
}

/// Where the parts of a journal lie.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) own: PathBuf,
    pub(super) running: PathBuf,
    pub(super) journal: PathBuf,
    pub(super) kept: PathBuf,
    pub(super) index: PathBuf,
}

impl Places {
    pub(super) fn of(repository: &Repository) -> Self {
        let own = repository.common_dir().join(FOLDER);
        let running = own.join(RUNNING);
        Self {
            journal: running.join(JOURNAL),
            kept: running.join("kept"),
            index: running.join("index"),
            running,
            own,
        }
    }

    /// Space that is kept free for putting back.
    pub(super) fn reserve(&self) -> PathBuf {
        self.running.join("reserve")
    }

    /// A second name for a file as it was before, by its number in the journal: to put it back takes no space then.
    pub(super) fn before(&self, number: usize) -> PathBuf {
        self.running.join(format!("before-{number}"))
    }

    /// What lies where the folders and files of a release are, and is something else: none of that is ever followed,
    /// opened or removed.
    ///
    /// # Errors
    /// Every such path, with what to do.
    pub(super) fn check(&self, repository: &Repository) -> Result<(), Vec<Problem>> {
        // Copies lie in the folder of the work tree.
        let mut folders = vec![repository.git_dir().join(FOLDER), self.own.clone(), self.running.clone()];
        folders.dedup();
        let files = [self.own.join(LOCK), self.journal.clone(), self.kept.clone(), self.index.clone()];
        let folders = folders.iter().map(|path| (path, true));
        let problems: Vec<Problem> = folders
            .chain(files.iter().map(|path| (path, false)))
            // What lies behind a link that is named is not looked at.
            .filter(|(path, _)| !path.parent().is_some_and(Path::is_symlink))
            .filter_map(|(path, folder)| stranger(path, folder))
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// What is said of something that is not the folder, or not the file, that is to be there.
fn stranger(path: &Path, folder: bool) -> Option<Problem> {
    let found = path.symlink_metadata().ok()?.file_type();
    if (folder && found.is_dir()) || (!folder && found.is_file()) {
        return None;
    }
    let is = if found.is_symlink() {
        "a symbolic link, and links are not followed there"
    } else if found.is_dir() {
        "a folder, where a file of a release would be"
    } else if found.is_file() {
        "a file, where a folder of a release would be"
    } else {
        "a pipe, a socket or a device"
    };
    let shown = path.display().to_string();
    let word = shell_word(&shown);
    let problem = Problem::circumstance(format!("`{}` is {is}", on_one_line(&shown)));
    Some(problem.hint(format!("look at what it is: `ls -ld {word}`")).hint(format!(
        "no release makes such a thing: move it away, `mv {word} {}`, and start again",
        shell_word(&format!("{shown}.moved"))
    )))
}

impl Journal {
    /// The journal of something that has changed nothing yet.
    pub(super) fn new(
        operation: Operation,
        version: String,
        owner: Owner,
        work_tree: &Path,
        reference: String,
        from: ObjectId,
        committer: &Signature,
    ) -> Self {
        Self {
            format: FORMAT,
            operation,
            version,
            owner,
            work_tree: work_tree.to_path_buf(),
            phase: Phase::Files,
            reference,
            from,
            to: None,
            files: Vec::new(),
            patterns: Vec::new(),
            tags: Vec::new(),
            locks: Vec::new(),
            by_git: None,
            logged: Vec::new(),
            keeps_index: false,
            message: None,
            saved: None,
            push: String::new(),
            committer: (
                committer.name.clone(),
                committer.email.clone(),
                committer.seconds,
                committer.offset_minutes,
            ),
        }
    }

    /// How many bytes it has on the disk.
    pub(super) fn size(&self) -> u64 {
        serde_json::to_vec(self).map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX))
    }

    /// Puts it on the disk in the place of its older self.
    pub(super) fn store(&self, places: &Places, disk: &Disk) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(self).map_err(|_| cannot("laid out"))?;
        let temporary = places.journal.with_extension("new");
        disk.replace(&places.journal, &temporary, &bytes, None).map_err(|error| {
            Problem::circumstance(format!("the journal cannot be written: {}", crate::words::plain(&error)))
                .hint("check the permissions of git's folder, and the space on the disk")
        })
    }

    /// The journal that is there; nothing where none is.
    ///
    /// # Errors
    /// It cannot be read, or says what no release of this program would.
    pub(super) fn load(places: &Places) -> Result<Option<Self>, Problem> {
        let read = read_plain(&places.journal);
        let read = read.map_err(|error| cannot(&format!("read ({})", crate::words::plain(&error))));
        let Some(bytes) = read.map_err(|problem| unclear(problem, places))? else { return Ok(None) };
        let journal: Self = serde_json::from_slice(&bytes)
            .map_err(|error| unclear(cannot(&format!("understood (line {})", error.line())), places))?;
        if journal.format != FORMAT {
            let problem = Problem::circumstance(format!(
                "the journal of an interrupted release has format {}, this program writes {FORMAT}",
                journal.format
            ));
            return Err(problem.hint("recover with the version of trueppm-release that wrote it"));
        }
        let paths = journal.files.iter().map(|file| &file.path).chain(&journal.saved);
        match paths.into_iter().find(|path| !is_inside(path)) {
            Some(path) => {
                let path = on_one_line(path);
                Err(unclear(cannot(&format!("right: `{path}` is not in the repository")), places))
            }
            None => Ok(Some(journal)),
        }
    }

    /// What a person calls it.
    pub(super) fn what(&self) -> String {
        match self.operation {
            Operation::Release => format!("release of {}", self.version),
            Operation::Undo => format!("undo of {}", self.version),
        }
    }
}

fn cannot(be: &str) -> Problem {
    Problem::circumstance(format!("the journal of an interrupted release cannot be {be}"))
}

/// Nothing can be told without it: the facts, and both ways out.
fn unclear(problem: Problem, places: &Places) -> Problem {
    problem
        .hint(format!(
            "it is `{}`; see what was done: `git status`, `git log -1`, `git tag --points-at HEAD`",
            places.journal.display()
        ))
        .hint(format!(
            "when everything is as you want it: `rm -r {}`",
            shell_word(&places.running.display().to_string())
        ))
}

/// A journal lies where only its owner writes; all the same nothing outside of the work tree is ever touched.
fn is_inside(path: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && !matches!(part, "." | "..") && !part.eq_ignore_ascii_case(".git");
    !path.contains('\0') && path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let id = |digit: &str| ObjectId::parse(&digit.repeat(40)).unwrap();
        let path = PathBuf::from("/somewhere/tree");
        let somebody =
            Signature { name: "N".into(), email: "e@x.invalid".into(), seconds: 1, offset_minutes: 0 };
        Journal {
            files: vec![FileRecord {
                path: "a/b".into(),
                before: Before::Nothing,
                after: After::Bytes(id("1")),
            }],
            ..Journal::new(
                Operation::Release,
                "0.2.0".into(),
                Owner::this(),
                &path,
                "HEAD".into(),
                id("a"),
                &somebody,
            )
        }
    }

    fn places(folder: &Path) -> Places {
        Places {
            own: folder.into(),
            running: folder.into(),
            journal: folder.join(JOURNAL),
            kept: folder.join("kept"),
            index: folder.join("index"),
        }
    }

    #[test]
    fn what_is_stored_is_loaded_again() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        assert_eq!(Journal::load(&places), Ok(None));
        journal().store(&places, &Disk::default()).unwrap();
        assert_eq!(Journal::load(&places), Ok(Some(journal())));
    }

    #[test]
    fn a_journal_that_is_broken_foreign_or_leads_outside_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let says = |bytes: &[u8]| {
            Disk::default().replace(&places.journal, &places.kept, bytes, None).unwrap();
            Journal::load(&places).unwrap_err().message
        };
        let written = |change: &dyn Fn(&mut Journal)| {
            let mut journal = journal();
            change(&mut journal);
            serde_json::to_vec(&journal).unwrap()
        };
        assert!(says(b"{\n\"format\": 1,\n").contains("cannot be understood (line 3)"));
        assert!(says(&written(&|it| it.format = 7)).contains("has format 7"));
        for path in ["../x", "/etc/passwd", "a/../../x", ".git/config", "a//b", ""] {
            let bytes = written(&|it| it.files[0].path = path.into());
            assert!(says(&bytes).contains("is not in the repository"), "{path}");
        }
    }
}
