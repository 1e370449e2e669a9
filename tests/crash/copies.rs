//! Copies of a prepared repository with everything around it, each in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;

use crate::sandbox::Sandbox;

/// Where copies are made: in memory where there is room and scripts may run there, else where temporary files go.
pub(crate) fn place() -> &'static Path {
    static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
        let memory = PathBuf::from("/dev/shm");
        if roomy(&memory) && runs_scripts(&memory) { memory } else { std::env::temp_dir() }
    });
    &PLACE
}

fn roomy(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|state| state.f_bavail * state.f_frsize > 1 << 30)
}

fn runs_scripts(folder: &Path) -> bool {
    let Ok(file) = tempfile::Builder::new().prefix("trueppm-release-test-").tempdir_in(folder) else {
        return false;
    };
    let script = file.path().join("script");
    executable(&script, "exit 0");
    Command::new(&script).status().is_ok_and(|status| status.success())
}

/// Writes a script that can be started.
pub(crate) fn executable(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{script}\n")).expect("write");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// Removes a folder when what is returned is dropped, or when this process ends: nothing else looks after what a
/// `static` holds.
pub(crate) fn removed_at_the_end(folder: &Path) -> ChildStdin {
    let _starting = crate::strace::STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let waiting = Command::new("sh")
        .args(["-c", "read -r _; rm -rf \"$1\"", "sh"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    waiting.expect("sh starts").stdin.expect("its input")
}

/// A copy of everything, the repository and its surroundings. What tells where and which a file is stays true: paths in
/// the files that hold them lead into the copy, and git's locks are the same files in both, because a journal knows
/// its locks by their inodes.
pub(crate) fn copy_of(original: &Sandbox) -> Sandbox {
    let folder =
        tempfile::Builder::new().prefix("trueppm-release-test-").tempdir_in(place()).expect("folder");
    let mut from = original.around().as_os_str().to_owned();
    from.push("/.");
    let copied = Command::new("cp").arg("-a").arg(from).arg(folder.path()).status().expect("cp starts");
    assert!(copied.success(), "cp -a failed");
    let root = folder.path().join(original.root().strip_prefix(original.around()).expect("below"));
    let sandbox = Sandbox { folder, root };
    for repository in ["suite", "clone"] {
        let inside = Path::new(repository).join(".git");
        at_home(&original.around().join(&inside), &sandbox.around().join(&inside), original, &sandbox);
    }
    name_paths_here(&sandbox.root().join(".git"), original, &sandbox);
    sandbox
}

/// Walks through a repository's own folder, where journals, locks and the paths of linked work trees are.
fn at_home(from: &Path, to: &Path, original: &Sandbox, copy: &Sandbox) {
    let Ok(entries) = std::fs::read_dir(to) else { return };
    for entry in entries.map(|entry| entry.expect("entry")) {
        let (name, path) = (entry.file_name(), entry.path());
        if entry.file_type().expect("type").is_dir() {
            if name != "objects" {
                at_home(&from.join(&name), &path, original, copy);
            }
        } else if name == "gitdir" || name == "journal.json" || name == "journal.new" {
            name_paths_here(&path, original, copy);
        } else if path.extension().is_some_and(|extension| extension == "lock") {
            std::fs::remove_file(&path).expect("remove");
            std::fs::hard_link(from.join(&name), &path).expect("link");
        }
    }
}

fn name_paths_here(file: &Path, original: &Sandbox, copy: &Sandbox) {
    if file.is_file() {
        let (was, is) = (original.around().to_str().expect("text"), copy.around().to_str().expect("text"));
        let text = std::fs::read_to_string(file).expect("text");
        std::fs::write(file, text.replace(was, is)).expect("write");
    }
}
