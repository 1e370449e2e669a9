//! Throw-away repositories made with the git program, away from the settings of whoever runs the tests.
#![expect(clippy::disallowed_methods, reason = "tests make the files and run the git they compare with")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::disk::Disk;
use crate::error::Problem;
use crate::git::{Location, Locks, ObjectId, RefChange, RefUpdates, Repository, Signature, TreeChange, open};

/// A folder that holds one repository, `repo`, and whatever else a test puts beside it.
pub(super) struct Sandbox {
    folder: TempDir,
    pub(super) work: PathBuf,
}

impl Sandbox {
    /// An empty repository on branch `main`.
    pub(super) fn empty() -> Self {
        Self::with_format("sha1")
    }

    pub(super) fn with_format(format: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().canonicalize().unwrap().join("repo");
        std::fs::create_dir(&work).unwrap();
        let sandbox = Self { folder, work };
        sandbox.git(&["init", "--quiet", "--initial-branch=main", &format!("--object-format={format}")]);
        sandbox
    }

    /// A repository with one commit of a few files, one of them executable.
    pub(super) fn new() -> Self {
        let sandbox = Self::empty();
        sandbox.fill();
        sandbox
    }

    pub(super) fn fill(&self) {
        self.write("README.md", "read me\n");
        self.write("packages/api/pyproject.toml", "version = \"0.1.0\"\n");
        self.write("packages/web/package.json", "{}\n");
        self.write("scripts/run.sh", "#!/bin/sh\n");
        self.executable("scripts/run.sh");
        for number in 0..5 {
            self.write(&format!("changelog.d/{number}.added.md"), format!("- entry {number}\n"));
        }
        self.commit("start");
    }

    /// The same sandbox, looking at another directory in it.
    pub(super) fn at(&self, directory: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(directory)
    }

    /// Runs git in the repository; fails the test when git fails.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.work, arguments)
    }

    pub(super) fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        let (done, stdout, stderr) = self.try_git_in(directory, arguments);
        assert!(done, "git {arguments:?} failed: {stderr}");
        stdout
    }

    pub(super) fn try_git(&self, arguments: &[&str]) -> (bool, String, String) {
        self.try_git_in(&self.work, arguments)
    }

    fn try_git_in(&self, directory: &Path, arguments: &[&str]) -> (bool, String, String) {
        let output = hermetic_git(self.folder.path())
            .current_dir(directory)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// Writes `text` to a file of the work tree, making its folders.
    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let target = self.work.join(path);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(target, text).unwrap();
    }

    pub(super) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.work.join(path)).unwrap()
    }

    pub(super) fn remove(&self, path: &str) {
        std::fs::remove_file(self.work.join(path)).unwrap();
    }

    pub(super) fn remove_folder(&self, path: &str) {
        std::fs::remove_dir_all(self.work.join(path)).unwrap();
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.work.join(from), self.work.join(to)).unwrap();
    }

    pub(super) fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.work.join(path)).unwrap();
    }

    /// Sets when a file was last modified, in seconds since the epoch.
    pub(super) fn set_time(&self, path: &str, seconds: u64) {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(self.work.join(path)).unwrap().set_modified(time).unwrap();
    }

    pub(super) fn executable(&self, path: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(self.work.join(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(super) fn commit(&self, message: &str) -> ObjectId {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.rev("HEAD")
    }

    pub(super) fn rev(&self, name: &str) -> ObjectId {
        ObjectId::parse(self.git(&["rev-parse", "--verify", name]).trim_end()).unwrap()
    }

    pub(super) fn open(&self) -> Repository {
        self.open_at(&self.work)
    }

    pub(super) fn open_at(&self, directory: &Path) -> Repository {
        open(directory, &Location::default()).unwrap()
    }

    pub(super) fn refused(&self, directory: &Path) -> Problem {
        open(directory, &Location::default()).unwrap_err()
    }

    /// Every file below the git directory with its bytes, for proving that nothing was written.
    pub(super) fn git_directory(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut waiting = vec![self.work.join(".git")];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    waiting.push(entry.path());
                } else {
                    found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}

pub(super) const SUBJECT: &str = "chore(release): bump version to 0.2.0";

pub(super) fn write(path: &str, id: ObjectId, executable: bool) -> TreeChange {
    TreeChange { path: path.to_owned(), file: Some((id, executable)) }
}

pub(super) fn delete(path: &str) -> TreeChange {
    TreeChange { path: path.to_owned(), file: None }
}

/// Writes a release of a few files to disk and to the object database; nothing is visible yet.
pub(super) fn release(sandbox: &Sandbox, repository: &Repository) -> (Vec<TreeChange>, RefUpdates) {
    let version = "version = \"0.2.0\"\n";
    sandbox.write("packages/api/pyproject.toml", version);
    sandbox.write("scripts/run.sh", "#!/bin/sh\nexit 0\n");
    let mut changes = vec![
        write("packages/api/pyproject.toml", repository.write_blob(version.as_bytes()).unwrap(), false),
        write("scripts/run.sh", repository.write_blob(b"#!/bin/sh\nexit 0\n").unwrap(), true),
    ];
    for number in 0..5 {
        let path = format!("changelog.d/{number}.added.md");
        sandbox.remove(&path);
        changes.push(delete(&path));
    }
    let head = repository.head().unwrap();
    let old = head.commit.unwrap();
    let tree = repository.write_tree(&old, &changes).unwrap();
    let message = format!("{SUBJECT}\n\nAutomated release commit.");
    let new = repository.write_commit(&tree, &old, &somebody(), &somebody(), &message, &unsigned).unwrap();
    let reference = head.reference;
    let mut changes_of_refs =
        vec![change(&reference, Some(old), Some(new.clone()), &format!("commit: {SUBJECT}"))];
    for name in ["v0.2.0", "scheduler/v0.2.0"] {
        let message = format!("Release {name}\n");
        let tag = repository.write_tag(name, &new, &somebody(), &message, &unsigned).unwrap();
        let logged = repository.tag_log_message(&new, SUBJECT, &somebody());
        changes_of_refs.push(change(&format!("refs/tags/{name}"), None, Some(tag), &logged));
    }
    (changes, RefUpdates { reference, changes: changes_of_refs, committer: somebody() })
}

pub(super) fn change(
    name: &str,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
    message: &str,
) -> RefChange {
    RefChange { name: name.to_owned(), before, after, message: message.to_owned() }
}

/// The way back of updates that were published.
pub(super) fn reversed(updates: &RefUpdates) -> RefUpdates {
    let changes = updates.changes.iter().rev();
    let changes =
        changes.map(|it| change(&it.name, it.after.clone(), it.before.clone(), "taken back")).collect();
    RefUpdates { changes, ..updates.clone() }
}

/// The commit that updates publish.
pub(super) fn published(updates: &RefUpdates) -> ObjectId {
    updates.changes[0].after.clone().unwrap()
}

/// Where locks are made that no journal knows of.
pub(super) struct Bench {
    folder: TempDir,
    disk: Disk,
}

impl Bench {
    pub(super) fn new(repository: &Repository) -> Self {
        let folder = tempfile::Builder::new().prefix("locks-").tempdir_in(repository.common_dir()).unwrap();
        Self { folder, disk: Disk::default() }
    }

    pub(super) fn locks(&self) -> Locks<'_> {
        Locks::new(&self.disk, self.folder.path(), Box::new(|_| Ok(())))
    }

    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }
}

pub(super) fn publish_all(repository: &Repository, changes: &[TreeChange], updates: &RefUpdates) {
    let bench = Bench::new(repository);
    let locks = bench.locks();
    let index = repository.prepare_index(changes, &locks).unwrap();
    repository.lock_refs(updates, &locks).unwrap().publish().unwrap();
    index.publish().unwrap();
}

/// Publishes only the index.
pub(super) fn publish_index(repository: &Repository, changes: &[TreeChange]) {
    let bench = Bench::new(repository);
    repository.prepare_index(changes, &bench.locks()).unwrap().publish().unwrap();
}

/// Why the index cannot be prepared.
pub(super) fn index_problem(repository: &Repository, changes: &[TreeChange]) -> Problem {
    let bench = Bench::new(repository);
    let locks = bench.locks();
    repository.prepare_index(changes, &locks).map(drop).unwrap_err()
}

/// Every reference, HEAD, every reflog, and the index: what a failure must leave as it was.
pub(super) fn visible(sandbox: &Sandbox) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = sandbox.git_directory();
    files.retain(|(path, _)| !path.to_string_lossy().contains("/.git/objects/"));
    files
}

/// The person of every test commit.
pub(super) fn somebody() -> Signature {
    Signature {
        name: "Some Body".to_owned(),
        email: "some@body.example".to_owned(),
        seconds: 1_782_727_200,
        offset_minutes: 120,
    }
}

fn hermetic_git(home: &Path) -> Command {
    let person = somebody();
    let mut command = Command::new("git");
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("HOME", home).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_AUTHOR_NAME", &person.name).env("GIT_AUTHOR_EMAIL", &person.email);
    command.env("GIT_COMMITTER_NAME", &person.name).env("GIT_COMMITTER_EMAIL", &person.email);
    command.env("GIT_AUTHOR_DATE", "@1782727200 +0200").env("GIT_COMMITTER_DATE", "@1782727200 +0200");
    command.env("LC_ALL", "C").env("TZ", "UTC");
    command
}

/// Leaves the repository's own settings only: the tests must not depend on who runs them.
pub(in crate::git) fn forget_user_settings(handle: &git2::Repository) {
    let mut own = git2::Config::open(&handle.commondir().join("config")).unwrap();
    let of_work_tree = handle.path().join("config.worktree");
    if of_work_tree.exists() {
        own.add_file(&of_work_tree, git2::ConfigLevel::Worktree, false).unwrap();
    }
    handle.set_config(&own).unwrap();
}

/// Objects as they are without a signature.
pub(super) fn unsigned(_: &[u8]) -> Result<Option<String>, crate::error::Problem> {
    Ok(None)
}
