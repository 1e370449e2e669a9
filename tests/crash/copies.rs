//! Copies of a prepared repository with everything around it, each in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
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

/// A copy of everything, the repository and its surroundings.
pub(crate) fn copy_of(original: &Sandbox) -> Sandbox {
    let folder =
        tempfile::Builder::new().prefix("trueppm-release-test-").tempdir_in(place()).expect("folder");
    let mut from = original.around().as_os_str().to_owned();
    from.push("/.");
    let copied = Command::new("cp").arg("-a").arg(from).arg(folder.path()).status().expect("cp starts");
    assert!(copied.success(), "cp -a failed");
    let root = folder.path().join(original.root().strip_prefix(original.around()).expect("below"));
    let sandbox = Sandbox { folder, root };
    point_linked_work_trees_here(&sandbox, original.around());
    sandbox
}

/// Linked work trees and their repository name each other by absolute paths.
fn point_linked_work_trees_here(sandbox: &Sandbox, was: &Path) {
    let (was, is) = (was.to_str().expect("text"), sandbox.around().to_str().expect("text"));
    let mut files = vec![sandbox.root().join(".git")];
    let known = sandbox.around().join("suite/.git/worktrees");
    if let Ok(entries) = std::fs::read_dir(known) {
        files.extend(entries.map(|entry| entry.expect("entry").path().join("gitdir")));
    }
    for file in files.into_iter().filter(|file| file.is_file()) {
        let text = std::fs::read_to_string(&file).expect("text");
        std::fs::write(&file, text.replace(was, is)).expect("write");
    }
}
