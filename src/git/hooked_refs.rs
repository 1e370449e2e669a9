//! Making a release visible where a reference-transaction hook is active: git itself moves the references, one
//! transaction for the commit and one for each tag, as `git commit` and `git tag` would; tags that go, go in one. All of them are prepared,
//! which is when the hook may refuse, before the first is committed; a process that is left alone aborts by itself.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::command::git;
use super::hooks::author_variables;
use super::locks::Locks;
use super::{ObjectId, RefChange, RefUpdates, Repository, Signature};
use crate::capture::{BEGINNING, Capture};
use crate::disk::Disk;
use crate::error::Problem;
use crate::leash::Leash;

/// How long a transaction that is taken back has to let its hook know.
const GRACE: Duration = Duration::from_secs(3);

/// All references of a release, locked by git and agreed to by the hook. Nothing is visible yet; dropping it takes
/// everything back.
#[must_use = "transactions that are dropped are taken back"]
pub struct HookedRefs {
    /// In the order in which they become visible.
    transactions: Vec<Transaction>,
}

/// One `git update-ref --stdin`.
struct Transaction {
    change: RefChange,
    /// What else it deletes.
    others: Vec<RefChange>,
    child: Child,
    stdout: Capture,
    stderr: Capture,
    limit: Duration,
}

/// How git is asked to change references.
pub struct Asking<'a> {
    /// The author of the commit, for the hook's environment; nobody when a release is taken back.
    pub author: Option<&'a Signature>,
    /// How long git and the hook may take.
    pub limit: Duration,
    /// Asked now and then whether to give up.
    pub stop: &'a dyn Fn() -> bool,
}

impl Repository {
    /// Has git lock HEAD and every reference that changes, and ask the hook, and checks under the locks that HEAD
    /// still resolves to the reference and that everything is where it was.
    ///
    /// # Errors
    /// A lock is held by somebody else, a check failed, or the hook refused. No lock of ours is left.
    pub fn lock_refs_with_hook(
        &self,
        updates: &RefUpdates,
        locks: &Locks<'_>,
        asking: &Asking<'_>,
    ) -> Result<HookedRefs, Problem> {
        self.check_names(updates)?;
        let mut transactions = Vec::with_capacity(updates.changes.len());
        // Deletions go together, as by `git tag -d`: each holds the lock of the packed references from when it is prepared.
        let together = |one: &RefChange, next: &RefChange| {
            one.after.is_none() && next.after.is_none() && next.name != updates.reference
        };
        for changes in updates.changes.chunk_by(together) {
            let Some((change, others)) = changes.split_first() else { continue };
            let mut command = git(&self.start_dir);
            command.args(["update-ref", "-m", &change.message, "--stdin", "-z"]);
            // The entry in the reflog has the date of the commit, as where one git process makes both.
            command.env("GIT_COMMITTER_DATE", format!("@{}", updates.committer.date()));
            let moves = change.name == updates.reference;
            if let Some(author) = asking.author.filter(|_| moves) {
                author_variables(&mut command, author);
            }
            let name = if moves { "HEAD" } else { &change.name };
            let mut wanted = match (&change.before, &change.after) {
                (Some(before), Some(after)) => format!("update {name}\0{after}\0{before}\0"),
                (None, Some(after)) => format!("create {name}\0{after}\0"),
                (Some(before), None) => format!("delete {name}\0{before}\0"),
                (None, None) => continue,
            };
            for RefChange { name, before, .. } in others {
                wanted
                    .push_str(&format!("delete {name}\0{}\0", before.as_ref().map_or("", ObjectId::as_str)));
            }
            let leash =
                Leash::new(locks.disk(), locks.folder()).map_err(|error| cannot_move(change, &error))?;
            let mut transaction = Transaction::begin(command, change, &wanted, &leash, asking)?;
            transaction.others = others.to_vec();
            transactions.push(transaction);
            if moves {
                self.check_head(updates)?;
                self.check_changes(updates)?;
            }
        }
        Ok(HookedRefs { transactions })
    }
}

impl HookedRefs {
    /// Changes the references, one after the other; each is on the disk before the next.
    ///
    /// # Errors
    /// One could not be written; those before it are.
    pub fn publish(self, repository: &Repository, disk: &Disk) -> Result<(), Problem> {
        self.transactions.into_iter().try_for_each(|transaction| {
            let changes = [std::slice::from_ref(&transaction.change), &transaction.others].concat();
            changes.iter().try_for_each(|change| repository.sync_lock_of_git(change, disk))?;
            transaction.commit()?;
            changes.iter().try_for_each(|change| repository.sync_ref(change, disk))
        })
    }
}

impl Transaction {
    fn begin(
        mut command: Command,
        change: &RefChange,
        wanted: &str,
        leash: &Leash,
        asking: &Asking<'_>,
    ) -> Result<Self, Problem> {
        let failed = |error: std::io::Error| cannot_move(change, &error);
        let (stdout, stderr) = Capture::each_of(&mut command, BEGINNING).map_err(failed)?;
        command.stdin(Stdio::piped()).process_group(0);
        let child = leash.start(&mut command).map_err(failed)?;
        let (change, others) = (change.clone(), Vec::new());
        let mut transaction = Self { change, others, child, stdout, stderr, limit: asking.limit };
        transaction.ask(&format!("start\0{wanted}prepare\0"), "prepare: ok\n", asking.stop)?;
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
            if self.stdout.so_far().text().ends_with(answer) {
                return Ok(());
            }
            if ended {
                return Err(self.refused("git did not move"));
            }
            if stop() {
                self.end();
                return Err(Problem::interrupted(&format!("git moved `{}`", self.change.name)));
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
        let shown = self.stderr.so_far().shown();
        let lines = if shown.is_empty() { shown } else { format!("\n{shown}") };
        Problem::circumstance(format!("{how} `{}`{lines}", self.change.name))
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

fn cannot_move(change: &RefChange, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("cannot move `{}` with git: {}", change.name, crate::words::plain(error)))
}
