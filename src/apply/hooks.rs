//! The hooks of a release, at the moments at which `git commit` runs them. While they run, the index of the commit is
//! the locked new one, as with `git commit -a`; afterwards the commit is made of it, if only the release's own files
//! differ in it and still hold what they should. Whatever else a hook touched is kept aside and put back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::files::{State, state};
use super::journal::Phase;
use super::steps::{Ended, Leashes, described, unleashed, wait, with_output};
use super::{Work, message, one, record, strangers};
use crate::capture::Capture;
use crate::error::Problem;
use crate::git::{Entry, ObjectId, PreparedIndex, Repository, Signature, TreeChange, tidied};
use crate::interrupt::Interrupt;
use crate::plan::Plan;
use crate::ui::Ui;
use crate::words::counted;

/// What one release's hooks are run with.
pub(super) struct Hooks<'a> {
    pub(super) repository: &'a Repository,
    pub(super) plan: &'a Plan,
    pub(super) author: &'a Signature,
    pub(super) ui: &'a Ui,
    pub(super) interrupt: &'a Interrupt,
    /// For the hooks before the commit.
    pub(super) leashes: &'a Leashes<'a>,
}

/// What is to be committed once the hooks have agreed.
pub(super) struct Agreed<'a> {
    pub(super) tree: ObjectId,
    pub(super) message: String,
    /// The index that the hooks saw and maybe changed; nothing where none ran.
    pub(super) index: Option<PreparedIndex<'a>>,
}

impl Hooks<'_> {
    /// Runs pre-commit, prepare-commit-msg and commit-msg, as far as they are active.
    ///
    /// # Errors
    /// A hook failed, or did what a release does not allow. Every file it changed is noted for being put back.
    pub(super) fn before_commit<'w>(
        &self,
        tree: ObjectId,
        changes: &[TreeChange],
        work: Work<'w>,
    ) -> Result<Agreed<'w>, Vec<Problem>> {
        let duties = &self.plan.duties;
        if !["pre-commit", "prepare-commit-msg", "commit-msg"].iter().any(|hook| duties.runs(hook)) {
            return Ok(Agreed { tree, message: self.plan.commit.message.clone(), index: None });
        }
        // The hooks may ask git about what is staged.
        self.repository.write_gathered(std::slice::from_ref(&tree), work.running.disk).map_err(one)?;
        work.running.journal.borrow_mut().phase = Phase::Hooks;
        let index = self.repository.prepare_index(changes, work.locks).map_err(one)?;
        let agreed = self.agree(&tree, index, changes, work);
        if agreed.is_err() {
            return agreed.map_err(|problem| self.keep_aside(problem, work));
        }
        let touched = strangers(self.repository, self.plan)?;
        if touched.is_empty() {
            return agreed.map_err(one);
        }
        let list: String = touched.iter().map(|path| format!("\n{path}")).collect();
        let problem =
            Problem::content(format!("a hook changed files that do not belong to the release{list}"))
                .hint("keep the hook from changing them, or run the release with `--no-verify`");
        Err(self.keep_aside(problem, work))
    }

    fn agree<'w>(
        &self,
        planned: &ObjectId,
        mut index: PreparedIndex<'w>,
        changes: &[TreeChange],
        work: Work<'w>,
    ) -> Result<Agreed<'w>, Problem> {
        let tree = if self.plan.duties.runs("pre-commit") {
            self.run_with("pre-commit", &[], &mut index, work)?;
            self.repository.staged_tree(&index)?
        } else {
            planned.clone()
        };
        self.check_tree(planned, &tree)?;
        let told = self.repository.as_told_to_hooks(&self.repository.message_file());
        message::write(work.running, &self.plan.commit.message)?;
        for (hook, arguments) in [
            ("prepare-commit-msg", &[told.as_path(), Path::new("message")][..]),
            ("commit-msg", &[told.as_path()][..]),
        ] {
            if self.plan.duties.runs(hook) {
                self.run_with(hook, arguments, &mut index, work)?;
            }
        }
        let message = self.message(&message::read(work.running)?)?;
        if self.repository.staged_tree(&index)? != tree {
            return Err(Problem::content("a hook that is there for the message staged files")
                .hint("let the hook `pre-commit` stage what belongs into the commit"));
        }
        let rewritten = self.check_files(planned, &tree, changes)?;
        let mut journal = work.running.journal.borrow_mut();
        record::anything(&mut journal, rewritten.iter().map(String::as_str));
        Ok(Agreed { tree, message, index: Some(index) })
    }

    /// Runs a hook that sees the new index, which it may replace: whatever becomes of the hook, the lock stays ours.
    fn run_with<'w>(
        &self,
        hook: &str,
        arguments: &[&Path],
        index: &mut PreparedIndex<'w>,
        work: Work<'w>,
    ) -> Result<(), Problem> {
        let ran = self.run(hook, arguments, index.file(), self.leashes);
        let adopted = index.adopt(work.locks);
        ran.and(adopted)
    }

    /// The message that the hooks left; the planned one, to the byte, if they left it alone.
    fn message(&self, text: &str) -> Result<String, Problem> {
        if text == self.plan.commit.message {
            return Ok(text.to_owned());
        }
        let tidy = tidied(text);
        if tidy.is_empty() {
            return Err(Problem::content("a hook left the message of the commit empty")
                .hint("look at the hooks `prepare-commit-msg` and `commit-msg`"));
        }
        Ok(tidy)
    }

    /// Of what pre-commit staged, only the release's own paths may differ, and they must still hold their versions.
    fn check_tree(&self, planned: &ObjectId, tree: &ObjectId) -> Result<(), Problem> {
        if planned == tree {
            return Ok(());
        }
        let mut wrong = String::new();
        for difference in self.repository.differences(planned, tree)? {
            let path = &difference.path;
            let checked = match &difference.now {
                Entry::File(bytes) => self.plan.recheck(path, Some(bytes)),
                Entry::Nothing => self.plan.recheck(path, None),
                Entry::Other => Err(Problem::content(format!("`{path}` is no longer a plain file"))),
            };
            if let Err(problem) = checked {
                wrong.push_str(&format!("\n{}", problem.message));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Problem::content(format!("the hook `pre-commit` staged what a release does not allow{wrong}"))
            .hint("keep the hook from staging it, or run the release with `--no-verify`"))
    }

    /// The own paths that the hooks rewrote: in the work tree they must be as they were staged.
    fn check_files(
        &self,
        planned: &ObjectId,
        tree: &ObjectId,
        changes: &[TreeChange],
    ) -> Result<Vec<String>, Problem> {
        let mut rewritten = Vec::new();
        let mut unstaged = String::new();
        // What a pattern of a step matched is among the changes only.
        let own: BTreeSet<&str> =
            self.plan.own_paths().chain(changes.iter().map(|change| change.path.as_str())).collect();
        for path in own {
            let staged = self.repository.file_in_tree(tree, path);
            if self.repository.blob_of_work_tree(path)? != staged {
                unstaged.push_str(&format!("\n{path}"));
            } else if staged != self.repository.file_in_tree(planned, path) {
                rewritten.push(path.to_owned());
            }
        }
        if unstaged.is_empty() {
            return Ok(rewritten);
        }
        Err(Problem::content(format!("a hook changed files of the release without staging them{unstaged}"))
            .hint("let the hook `git add` what it changes, or run the release with `--no-verify`"))
    }

    /// Keeps copies of everything that a hook changed in the work tree, and notes it for being put back.
    fn keep_aside(&self, problem: Problem, work: Work) -> Vec<Problem> {
        let records = work.running.journal.borrow().files.clone();
        let changed = |record: &&_| matches!(state(work.running, record), Ok(State::Other));
        let mut paths: Vec<String> =
            records.iter().filter(changed).map(|record| record.path.clone()).collect();
        match strangers(self.repository, self.plan) {
            Ok(others) => paths.extend(others),
            Err(unknown) => return [vec![problem], unknown].concat(),
        }
        if paths.is_empty() {
            return vec![problem];
        }
        match work.running.set_aside(&paths) {
            Ok(Some(folder)) => {
                let list = paths.join("`, `");
                vec![
                    problem.hint(format!("what the hook made of `{list}` is kept in `{}`", folder.display())),
                ]
            }
            Ok(None) => vec![problem],
            Err(unkept) => vec![problem, unkept],
        }
    }

    /// Runs post-commit. The release is done: a failure is only worth a warning, as in git.
    pub(super) fn after_commit(&self) {
        if !self.plan.duties.runs("post-commit") {
            return;
        }
        let index = match self.repository.index_file() {
            Ok(index) => self.repository.as_told_to_hooks(&index),
            Err(problem) => return self.ui.warning(&problem.message),
        };
        // By now nothing of the release is left that it could be tied to.
        if let Err(problem) = self.run("post-commit", &[], &index, &unleashed) {
            self.ui.warning(&format!("{}\nthe release is done all the same", problem.message));
        }
    }

    fn run(
        &self,
        hook: &str,
        arguments: &[&Path],
        index: &Path,
        leashes: &Leashes<'_>,
    ) -> Result<(), Problem> {
        self.interrupt.check()?;
        let progress = self.ui.progress("hook", hook);
        let command = self.repository.hook_command(hook, arguments, index, self.author);
        let result = self.supervise(hook, command, leashes);
        progress.finish(result.is_ok());
        result
    }

    fn supervise(&self, hook: &str, mut command: Command, leashes: &Leashes<'_>) -> Result<(), Problem> {
        use std::os::unix::process::CommandExt;
        let seconds = self.plan.duties.hook_seconds;
        let aside = |error: std::io::Error| {
            Problem::circumstance(format!("hook `{hook}` cannot be run: {}", crate::words::plain(&error)))
        };
        let capture = Capture::all_of(&mut command).map_err(aside)?;
        command.stdin(Stdio::null()).process_group(0);
        let mut child = leashes().and_then(|leash| leash.start(&mut command)).map_err(aside)?;
        let problem = match wait(&mut child, Duration::from_secs(seconds), self.interrupt) {
            Ended::Status(status) if status.success() => return Ok(()),
            Ended::Status(status) => format!("hook `{hook}` failed: {}", described(status)),
            Ended::TimedOut => {
                let limit = counted(usize::try_from(seconds).unwrap_or(usize::MAX), "second");
                format!("hook `{hook}` did not end within {limit} and was stopped")
            }
            Ended::Interrupted => return Err(Problem::interrupted(&format!("hook `{hook}` was running"))),
            Ended::Lost => format!("hook `{hook}` cannot be waited for"),
        };
        let problem = Problem::content(with_output(problem, &capture.so_far().shown()));
        Err(match hook {
            "pre-commit" | "commit-msg" => {
                problem.hint("do what the hook asks for, or leave it out with `--no-verify`, as in git")
            }
            _ => problem.hint(format!("look at the hook: `{}`", self.shown_path(hook).display())),
        })
    }

    fn shown_path(&self, hook: &str) -> PathBuf {
        self.repository.hook_path(hook).unwrap_or_else(|_| Path::new("hooks").join(hook))
    }
}
