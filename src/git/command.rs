//! Asking the git program itself, for the few questions that libgit2 answers differently (external filters,
//! submodules, settings from the environment). It never takes optional locks, so it never writes the index.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Repository;
use crate::error::Problem;
use crate::secrets::without_any_credentials;

impl Repository {
    /// Runs git in this repository and returns what it wrote to stdout. Only for questions.
    ///
    /// # Errors
    /// git is not installed, or it ended with another code than those in `accepted`.
    pub(super) fn ask_git<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        accepted: &[i32],
    ) -> Result<Vec<u8>, Problem> {
        let output = self
            .git_here()
            .args(arguments)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| {
                Problem::circumstance(format!("cannot run `git`: {error}"))
                    .hint("install git: this repository uses features that only git itself understands")
            })?;
        if output.status.code().is_some_and(|code| accepted.contains(&code)) {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = without_any_credentials(said.trim_end());
        Err(Problem::circumstance(format!("`git` failed: {said}")))
    }

    /// git, about to start in this repository.
    pub(super) fn git_here(&self) -> Command {
        let mut command = git(&self.work_dir);
        // With a work tree named as well, git would take the top of the tree as the place to start from; naming
        // both only where the environment did keeps linked work trees and submodules as git finds them.
        if self.location.git_dir.is_some() {
            command.arg("--git-dir").arg(self.git_dir()).arg("--work-tree").arg(&self.work_dir);
            command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        }
        command
    }
}

#[expect(clippy::disallowed_methods, reason = "the git program is started in this room and only here")]
pub(super) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory);
    command
}
