//! Making a release visible where a reference-transaction hook is active: git itself moves the references, one
//! transaction for the commit and one for each tag, as `git commit` and `git tag` would. All of them are prepared,
//! which is when the hook may refuse, before the first is committed; a process that is left alone aborts by itself.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::command::git;
use super::hooks::author_variables;
use super::objects::is_tag_name;
use super::{PublishFailure, RefUpdates, Repository, Signature};
use crate::error::Problem;

/// How long a transaction that is taken back has to let its hook know.
const GRACE: Duration = Duration::from_secs(3);
/// More of what was said is not shown.
const SHOWN_BYTES: usize = 16 * 1024;

/// All references of a release, locked by git and agreed to by the hook. Nothing is visible yet; dropping it takes
/// everything back.
pub struct HookedRefs<'r> {
    repository: &'r Repository,
    updates: RefUpdates,
    /// The commit's first.
    transactions: Vec<Transaction>,
}

/// One `git update-ref --stdin`.
struct Transaction {
    what: String,
    child: Child,
    stdout: File,
    stderr: File,
    limit: Duration,
}

impl Repository {
    /// Has git lock HEAD, the published reference and the tags and ask the hook, and checks under the locks that HEAD
    /// still resolves to the reference. `stop` is asked now and then whether to give up, at the latest after `limit`.
    ///
    /// # Errors
    /// A lock is held by somebody else, a check failed, or the hook refused. No lock of ours is left.
    pub fn lock_refs_with_hook<'r>(
        &'r self,
        updates: &RefUpdates,
        author: &Signature,
        limit: Duration,
        stop: &dyn Fn() -> bool,
    ) -> Result<HookedRefs<'r>, Problem> {
        if let Some((name, _)) = updates.tags.iter().find(|(name, _)| !is_tag_name(name)) {
            return Err(Problem::content(format!("`{name}` is not a name that git accepts for a tag")));
        }
        let begin = |what: &str, author: Option<&Signature>, wanted: String, message: &str| {
            let mut command = git(&self.start_dir);
            command.args(["update-ref", "-m", message, "--stdin", "-z"]);
            // The entry in the reflog has the date of the commit, as where one git process makes both.
            command.env("GIT_COMMITTER_DATE", format!("@{}", updates.committer.date()));
            if let Some(author) = author {
                author_variables(&mut command, author);
            }
            Transaction::begin(command, what, &wanted, limit, stop)
        };
        let RefUpdates { reference, old, new, .. } = updates;
        let mut transactions =
            vec![begin(reference, Some(author), format!("update HEAD\0{new}\0{old}\0"), &updates.message)?];
        let tag_message = self.tag_log_message(updates);
        self.check_head(updates)?;
        self.check_tags(updates)?;
        for (name, id) in updates.tag_references() {
            transactions.push(begin(&name, None, format!("create {name}\0{id}\0"), &tag_message)?);
        }
        Ok(HookedRefs { repository: self, updates: updates.clone(), transactions })
    }
}

impl HookedRefs<'_> {
    /// Moves the branch, then makes the tags.
    ///
    /// # Errors
    /// A reference could not be written; [`PublishFailure::published`] says which ones were.
    pub fn publish(self) -> Result<(), PublishFailure> {
        let Self { repository, updates, transactions } = self;
        for transaction in transactions {
            transaction.commit().map_err(|problem| PublishFailure {
                problem,
                published: repository.published_of(&updates),
            })?;
        }
        Ok(())
    }
}

impl Transaction {
    fn begin(
        mut command: Command,
        what: &str,
        wanted: &str,
        limit: Duration,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Problem> {
        let failed = |error: std::io::Error| {
            Problem::circumstance(format!("cannot move `{what}` with git: {}", error.kind()))
        };
        let stdout = tempfile::tempfile().map_err(failed)?;
        let stderr = tempfile::tempfile().map_err(failed)?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(stdout.try_clone().map_err(failed)?)
            .stderr(stderr.try_clone().map_err(failed)?)
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let mut transaction = Self { what: what.to_owned(), child, stdout, stderr, limit };
        transaction.ask(&format!("start\0{wanted}prepare\0"), "prepare: ok\n", stop)?;
        Ok(transaction)
    }

    /// Nobody can stop this: half of the references would have to be taken back again.
    fn commit(mut self) -> Result<(), Problem> {
        self.ask("commit\0", "commit: ok\n", &|| false)
    }

    /// Says something and waits for the answer that means yes.
    fn ask(&mut self, words: &str, answer: &str, stop: &dyn Fn() -> bool) -> Result<(), Problem> {
        if let Some(stdin) = &mut self.child.stdin {
            // A process that ended already has its reason on stderr; the loop below finds it.
            let _broken = stdin.write_all(words.as_bytes()).and_then(|()| stdin.flush());
        }
        let start = Instant::now();
        let mut nap = Duration::from_millis(1);
        loop {
            let ended = !matches!(self.child.try_wait(), Ok(None));
            if said(&self.stdout).ends_with(answer) {
                return Ok(());
            }
            if ended {
                return Err(self.refused("git did not move"));
            }
            if stop() {
                self.end();
                return Err(self.refused("interrupted before git moved"));
            }
            if start.elapsed() >= self.limit {
                self.end();
                let seconds = self.limit.as_secs();
                return Err(self.refused(&format!("after {seconds} seconds git had not moved")));
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(50));
        }
    }

    fn refused(&self, how: &str) -> Problem {
        let lines: String = said(&self.stderr).lines().map(|line| format!("\n| {line}")).collect();
        Problem::circumstance(format!("{how} `{}`{lines}", self.what))
            .hint("the hook `reference-transaction` is active and may have refused it: do what it asks for")
    }

    /// Lets git abort, which also tells the hook, and insists after a while.
    fn end(&mut self) {
        drop(self.child.stdin.take());
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if start.elapsed() >= GRACE {
                if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
                    let _gone = kill_process_group(group, Signal::TERM);
                    std::thread::sleep(Duration::from_millis(200));
                    let _gone = kill_process_group(group, Signal::KILL);
                }
                let _reaped = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.end();
    }
}

/// What was written so far; the writer's place in the file is not disturbed.
fn said(file: &File) -> String {
    let mut bytes = vec![0; SHOWN_BYTES];
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, u64::try_from(length).unwrap_or(u64::MAX)) {
            Ok(0) | Err(_) => break,
            Ok(more) => length += more,
        }
    }
    bytes.truncate(length);
    String::from_utf8_lossy(&bytes).into_owned()
}
