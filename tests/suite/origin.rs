//! A real bare repository as the remote of a sandbox, colleagues who push to it, hooks on its side, and an `ssh` that
//! does what a test wants.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

/// The remote of a sandbox, in the folder around it.
pub(crate) struct Origin<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) folder: PathBuf,
}

impl<'a> Origin<'a> {
    /// A remote that has everything the sandbox has.
    pub(crate) fn of(sandbox: &'a Sandbox) -> Self {
        let folder = sandbox.around().join("origin.git");
        let shown = folder.display().to_string();
        sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", &shown]);
        sandbox.git(&["remote", "add", "origin", "../origin.git"]);
        sandbox.git(&["push", "--quiet", "--set-upstream", "--follow-tags", "origin", "main"]);
        Self { sandbox, folder }
    }

    /// Runs git on the remote itself.
    pub(crate) fn git(&self, words: &[&str]) -> String {
        let folder = self.folder.display().to_string();
        self.sandbox.git(&[&["--git-dir", folder.as_str()], words].concat())
    }

    /// Every reference with what it holds.
    pub(crate) fn refs(&self) -> String {
        self.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }

    /// A hook on the remote's side.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        executable(&self.folder.join("hooks").join(name), script);
    }

    pub(crate) fn remove_hook(&self, name: &str) {
        std::fs::remove_file(self.folder.join("hooks").join(name)).expect("remove the hook");
    }

    /// A commit of somebody else on top of the remote's branch; the sandbox does not have it.
    pub(crate) fn colleague_commits(&self) -> String {
        let tree = self.git(&["rev-parse", "main^{tree}"]);
        let commit = self.git(&["commit-tree", tree.trim(), "-p", "main", "-m", "fix: by a colleague"]);
        self.git(&["update-ref", "refs/heads/main", commit.trim()]);
        commit.trim().to_owned()
    }
}

/// Writes a script that may be run.
pub(crate) fn executable(path: &Path, script: &str) {
    std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
    std::fs::write(path, script).expect("script");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// Lets the sandbox reach its remote through `ssh` and this script; returns the variables that do so. `$PIDS` in it is
/// a file that the tests read.
pub(crate) fn through_ssh(sandbox: &Sandbox, url: &str, script: &str) -> [(&'static str, String); 2] {
    let path = sandbox.around().join("ssh");
    let pids = pids(sandbox);
    executable(&path, &format!("#!/bin/sh\nPIDS='{}'\n{script}\n", pids.display()));
    sandbox.git(&["remote", "set-url", "origin", url]);
    [("GIT_SSH_COMMAND", path.display().to_string()), ("GIT_SSH_VARIANT", "ssh".to_owned())]
}

/// Where scripts of these tests write their process ids.
pub(crate) fn pids(sandbox: &Sandbox) -> PathBuf {
    sandbox.around().join("pids")
}

/// The built-in layout with short limits, committed and pushed.
pub(crate) fn impatient(sandbox: &Sandbox) {
    let profile = trueppm_release::config::built_in()
        .replace("remote-timeout-seconds = 20", "remote-timeout-seconds = 1")
        .replace("push-timeout-seconds = 300", "push-timeout-seconds = 2");
    sandbox.write("trueppm-release.toml", profile);
    sandbox.commit_all("chore: no patience");
}

/// Asserts that every process that a script wrote down has ended, or does so at once: a killed one may still be on its
/// way out.
#[track_caller]
pub(crate) fn assert_all_ended(sandbox: &Sandbox) {
    let written = std::fs::read_to_string(pids(sandbox)).expect("the script ran");
    assert!(!written.is_empty());
    let runs = |pid: &str| match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')),
        Err(_) => false,
    };
    let start = Instant::now();
    while written.split_whitespace().any(runs) {
        assert!(start.elapsed() < Duration::from_secs(2), "something still runs: {written}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
