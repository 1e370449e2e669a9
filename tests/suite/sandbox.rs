//! A throw-away repository of trueppm-suite's shape and the real binary in a cleared environment: no configuration of
//! the person who runs the tests, a fixed identity, a fixed date.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use trueppm_release::commands::demo::{EXECUTABLE, FILES};

/// The date that `--date`-less releases get.
pub(crate) const DATE: &str = "2026-02-03";
/// The same day as seconds since 1970-01-01 UTC.
pub(crate) const DATE_EPOCH: &str = "1770076800";

/// A repository and its surroundings.
pub(crate) struct Sandbox {
    pub(crate) folder: TempDir,
    pub(crate) root: PathBuf,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts the exit code, showing everything when it is another.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that a text was said on stderr.
    /// Says it in one place only.
    #[track_caller]
    pub(crate) fn says_once(self, text: &str) -> Self {
        assert_eq!(self.stderr.matches(text).count(), 1, "`{text}` in stderr:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no `{text}` in stderr:\n{}\nstdout:\n{}",
            self.stderr,
            self.stdout
        );
        self
    }

    /// Asserts that a text is on stdout.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "no `{text}` in stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// Everything below a folder: kind, permission bits and bytes of every path. Two equal states mean that nothing at
/// all changed: refs, HEAD, index, reflogs, configuration, tracked and untracked files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State(pub(crate) BTreeMap<PathBuf, (u32, Vec<u8>)>);

impl State {
    fn read(root: &Path) -> Self {
        let mut paths = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("folder can be listed") {
                let path = entry.expect("entry can be read").path();
                let metadata = std::fs::symlink_metadata(&path).expect("metadata can be read");
                let bytes = if metadata.is_symlink() {
                    std::fs::read_link(&path).expect("link can be read").into_os_string().into_encoded_bytes()
                } else if metadata.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else if metadata.is_file() {
                    std::fs::read(&path).expect("file can be read")
                } else {
                    // A pipe has nothing to read.
                    Vec::new()
                };
                let relative = path.strip_prefix(root).expect("below root").to_path_buf();
                paths.insert(relative, (metadata.mode(), bytes));
            }
        }
        Self(paths)
    }

    /// The same without unreachable leftovers that git tolerates after a failed attempt: loose objects.
    pub(crate) fn without_objects(mut self) -> Self {
        self.0.retain(|path, _| !path.starts_with(".git/objects"));
        self
    }

    /// The files that people work on, without anything of git's own.
    pub(crate) fn only_work_tree(mut self) -> Self {
        self.0.retain(|path, _| !path.starts_with(".git"));
        self
    }

    /// Leaves a path and everything below it out of the comparison.
    pub(crate) fn forget(&mut self, path: &str) {
        self.0.retain(|other, _| !other.starts_with(path));
    }

    /// Asserts that nothing changed, naming every path that did.
    #[track_caller]
    pub(crate) fn assert_same(&self, now: &State) {
        let different = self.differences(now);
        assert!(different.is_empty(), "the repository changed:\n{}", different.join("\n"));
    }

    /// Every path that is not the same, and how.
    pub(crate) fn differences(&self, now: &State) -> Vec<String> {
        let mut different: Vec<String> = Vec::new();
        for (path, was) in &self.0 {
            match now.0.get(path) {
                None => different.push(format!("gone: {}", path.display())),
                Some(is) if is.0 != was.0 => different.push(format!("mode changed: {}", path.display())),
                Some(is) if is.1 != was.1 => different.push(format!("bytes changed: {}", path.display())),
                Some(_) => {}
            }
        }
        let created = now.0.keys().filter(|path| !self.0.contains_key(*path));
        different.extend(created.map(|path| format!("created: {}", path.display())));
        different
    }
}

impl Sandbox {
    /// An empty repository on `main`.
    pub(crate) fn empty() -> Self {
        let folder =
            tempfile::Builder::new().prefix("trueppm-release-test-").tempdir().expect("temporary folder");
        let root = folder.path().join("suite");
        std::fs::create_dir_all(folder.path().join("home")).expect("home");
        std::fs::create_dir_all(&root).expect("root");
        let sandbox = Self { folder, root };
        sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template="]);
        sandbox
    }

    /// The demonstration suite at 0.1.0, committed, with its first two tags.
    pub(crate) fn suite() -> Self {
        let sandbox = Self::empty();
        for (path, text) in FILES {
            sandbox.write(path, text);
        }
        for path in EXECUTABLE {
            let permissions = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(sandbox.root.join(path), permissions).expect("permissions");
        }
        sandbox.commit_all("feat: everything");
        sandbox.git(&["tag", "-a", "v0.1.0", "-m", "Release v0.1.0"]);
        sandbox.git(&["tag", "-a", "scheduler-v0.1.0", "-m", "Release trueppm-scheduler 0.1.0"]);
        sandbox
    }

    /// The suite with every version replaced by a pre-release, committed.
    pub(crate) fn suite_at(version: &str, pep440: &str, base: &str) -> Self {
        let sandbox = Self::suite();
        sandbox.set_versions(version, pep440, base);
        sandbox.commit_all("chore: set versions");
        sandbox
    }

    /// Sets the versions of all manifests as a release would, without committing.
    pub(crate) fn set_versions(&self, version: &str, pep440: &str, base: &str) {
        let own = |text: &str, value: &str| {
            text.replacen("version = \"0.1.0\"", &format!("version = \"{value}\""), 1)
        };
        let edit = |path: &str, change: &dyn Fn(&str) -> String| self.write(path, change(&self.read(path)));
        edit("packages/api/pyproject.toml", &|text| own(text, version));
        edit("packages/scheduler/pyproject.toml", &|text| own(text, pep440));
        edit("packages/web/package.json", &|text| {
            text.replacen("\"version\": \"0.1.0\"", &format!("\"version\": \"{version}\""), 1)
        });
        edit("packages/web/package-lock.json", &|text| {
            text.replacen("\"version\": \"0.1.0\"", &format!("\"version\": \"{version}\""), 2)
        });
        edit("packages/api/src/trueppm_api/settings/base.py", &|text| {
            text.replacen("\"VERSION\": \"0.1.0\"", &format!("\"VERSION\": \"{base}\""), 1)
        });
        edit("packages/helm/Chart.yaml", &|text| {
            text.replacen("\nversion: 0.1.0", &format!("\nversion: {version}"), 1).replacen(
                "appVersion: \"0.1.0\"",
                &format!("appVersion: \"{version}\""),
                1,
            )
        });
        for (path, name) in
            [("packages/api/uv.lock", "trueppm-api"), ("packages/scheduler/uv.lock", "trueppm-scheduler")]
        {
            let from = format!("name = \"{name}\"\nversion = \"0.1.0\"\nsource = {{ editable");
            let to = format!("name = \"{name}\"\nversion = \"{pep440}\"\nsource = {{ editable");
            edit(path, &|text| text.replacen(&from, &to, 1));
        }
        edit("docs/api/openapi.json", &|text| text.replacen("0.1.0", base, 1));
    }

    /// The top of the work tree.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder around the repository, for remotes and linked work trees.
    pub(crate) fn around(&self) -> &Path {
        self.folder.path()
    }

    /// The same surroundings, with another folder of them as the work tree: a clone, a linked work tree.
    pub(crate) fn moved_to(mut self, folder: &str) -> Self {
        self.root = self.folder.path().join(folder);
        self
    }

    /// Writes a file of the work tree, with its folders.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let target = self.root.join(path);
        std::fs::create_dir_all(target.parent().expect("parent")).expect("folders");
        std::fs::write(target, text).expect("write");
    }

    /// Reads a text file of the work tree.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("read {path}: {error}"))
    }

    /// Whether a path is there.
    pub(crate) fn exists(&self, path: &str) -> bool {
        std::fs::symlink_metadata(self.root.join(path)).is_ok()
    }

    /// Deletes a file of the work tree.
    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.root.join(path)).expect("remove");
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{path}` does not hold `{from}`");
        self.write(path, text.replacen(from, to, 1));
    }

    /// Commits everything in the work tree.
    pub(crate) fn commit_all(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Runs git, which must succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn git(&self, words: &[&str]) -> String {
        let run = self.git_run(words);
        assert_eq!(run.code, 0, "git {words:?}\n{}{}", run.stdout, run.stderr);
        run.stdout
    }

    /// Runs git with more variables; it must succeed.
    #[track_caller]
    pub(crate) fn git_with(&self, words: &[&str], variables: &[(&str, &str)]) {
        let mut command = Command::new("git");
        self.surround(&mut command);
        let command = command.args(words).envs(variables.iter().copied()).stdin(Stdio::null());
        Run::from(command.output().expect("git starts")).expect(0);
    }

    /// Runs git, whatever comes of it.
    pub(crate) fn git_run(&self, words: &[&str]) -> Run {
        let mut command = Command::new("git");
        self.surround(&mut command);
        command.args(words).stdin(Stdio::null()).output().expect("git starts").into()
    }

    /// The commit a revision names.
    pub(crate) fn commit(&self, revision: &str) -> String {
        self.git(&["rev-parse", &format!("{revision}^{{commit}}")]).trim().to_owned()
    }

    /// The real binary, ready to be given more arguments or variables.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueppm-release"));
        self.surround(&mut command);
        command.args(words).stdin(Stdio::null());
        command
    }

    /// Runs the real binary without a terminal.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        self.command(words).output().expect("binary starts").into()
    }

    /// Runs the real binary with more variables.
    pub(crate) fn run_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Run {
        self.command(words).envs(variables.iter().copied()).output().expect("binary starts").into()
    }

    /// Runs the real binary, which must refuse with this code and leave everything as it was.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &[&str]) -> Run {
        let before = self.state();
        let run = self.run(words).expect(code);
        before.assert_same(&self.state());
        run
    }

    /// Runs a prepared command, which must end with this code and leave everything as it was, in and around the
    /// repository.
    #[track_caller]
    pub(crate) fn refused_by(&self, code: i32, command: &mut Command) -> Run {
        let before = self.surroundings();
        let run = Run::from(command.output().expect("binary starts")).expect(code);
        before.assert_same(&self.surroundings());
        run
    }

    /// Everything there is in and around the repository: home, remotes, linked work trees.
    pub(crate) fn surroundings(&self) -> State {
        State::read(self.around())
    }

    /// Everything there is: work tree and `.git`.
    pub(crate) fn state(&self) -> State {
        State::read(&self.root)
    }

    /// Everything there is in the surroundings as well: remotes, clones, all linked work trees.
    pub(crate) fn state_around(&self) -> State {
        State::read(self.folder.path())
    }

    /// The variables of a hermetic run.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let home = self.folder.path().join("home").display().to_string();
        let mut variables = vec![
            ("PATH".into(), std::env::var("PATH").unwrap_or_default()),
            ("HOME".into(), home.clone()),
            ("XDG_CONFIG_HOME".into(), home),
            ("TZ".into(), "UTC".into()),
            ("LC_ALL".into(), "C.UTF-8".into()),
            ("GIT_CONFIG_GLOBAL".into(), "/dev/null".into()),
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("SOURCE_DATE_EPOCH".into(), DATE_EPOCH.into()),
        ];
        for who in ["AUTHOR", "COMMITTER"] {
            variables.push((format!("GIT_{who}_NAME"), "Mara Maintainer".into()));
            variables.push((format!("GIT_{who}_EMAIL"), "mara@suite.invalid".into()));
            variables.push((format!("GIT_{who}_DATE"), format!("{DATE_EPOCH} +0100")));
        }
        variables
    }

    fn surround(&self, command: &mut Command) {
        command.env_clear().envs(self.variables()).current_dir(&self.root);
    }
}
