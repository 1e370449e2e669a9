//! Recovery of a release that was killed: its journal says how far it came. The reference at its old commit means back,
//! at the release's commit forward, anything else is not guessed but said, with the commands for each way out.

use std::time::{Duration, Instant};

use super::journal::{Journal, Operation, Phase, Places};
use super::owner::{Holder, Life, ReleaseLock, has_traces, holder, running};
use super::running::Running;
use super::settle::{Left, Way, Writer, after_a_cut, back, forward, still_locked, way};
use crate::disk::Disk;
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{Location, ObjectId, Repository, open};
use crate::leash;
use crate::ui::Ui;
use crate::words::{on_one_line, shell_word};

/// How long the children of a dead release may take to notice; git gives up by itself at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a recovery did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// There was nothing to recover.
    Nothing,
    /// Everything is as before what was interrupted.
    Back,
    /// An interrupted release is complete now; this command pushes it.
    Released(String),
    /// An interrupted undo is complete now.
    TakenBack,
}

/// Recovers what was interrupted, if anything was, and says what it did.
///
/// # Errors
/// `Refused` when a release is running, `RecoveryNeeded` with the facts when it cannot be decided or not be done.
pub fn recover(repository: &Repository, disk: &Disk, ui: &Ui) -> Result<Recovered> {
    let places = Places::of(repository);
    places.check(repository).map_err(|problems| Error::new(Kind::Refused, problems))?;
    if !has_traces(&places) {
        // The very last thing that a release does is to remove this folder.
        disk.remove_empty_folder(&places.own);
        return Ok(Recovered::Nothing);
    }
    repository.share(disk).map_err(needed)?;
    let lock = ReleaseLock::take(&places, disk)?;
    let Some(journal) = Journal::load(&places).map_err(needed)? else {
        // It was killed before it changed anything, or after everything was done.
        let cleared = disk.remove_folder(&places.running);
        cleared.map_err(|error| needed(cannot_clear(&places, &error)))?;
        return Ok(Recovered::Nothing);
    };
    match journal.owner.life() {
        Life::Dead => {}
        Life::Alive => return Err(Error::refused(running(&places))),
        Life::Elsewhere => return Err(needed(elsewhere(&journal, &places))),
    }
    wait_for_children(&journal, &places, ui)?;
    // A linked work tree of the same repository may have been left behind.
    if journal.work_tree == repository.work_dir() {
        return recovered(&Running::taken_over(repository, disk, journal, lock), ui);
    }
    match open(&journal.work_tree, &Location::default()) {
        Ok(other) if other.common_dir() == repository.common_dir() => {
            recovered(&Running::taken_over(&other, disk, journal, lock), ui)
        }
        _ => Err(needed(without_work_tree(&journal, &places))),
    }
}

/// Whether a release is running right now.
pub fn is_running(repository: &Repository) -> bool {
    let places = Places::of(repository);
    places.check(repository).is_ok() && holder(&places) == Holder::Release
}

/// What an interrupted release means for those who only look: said, and left alone.
pub fn interrupted(repository: &Repository) -> Option<String> {
    let places = Places::of(repository);
    if let Err(problems) = places.check(repository) {
        return Some(problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("\n"));
    }
    if holder(&places) == Holder::Release {
        return Some(running(&places).message);
    }
    match Journal::load(&places) {
        Ok(None) => None,
        Ok(Some(journal)) => Some(format!(
            "the {} was interrupted: `trueppm-release` recovers it, and says what it does",
            journal.what()
        )),
        Err(problem) => Some(problem.message),
    }
}

fn needed(problem: Problem) -> Error {
    Error::new(Kind::RecoveryNeeded, vec![problem])
}

fn cannot_clear(places: &Places, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!(
        "recovery needed: `{}` cannot be removed: {}",
        places.running.display(),
        crate::words::plain(error)
    ))
    .hint("check its permissions, then run `trueppm-release` again")
}

fn recovered(running: &Running, ui: &Ui) -> Result<Recovered> {
    after_a_cut(running).map_err(needed)?;
    let journal = running.journal.borrow().clone();
    let Some(way) = way(running).map_err(needed)? else {
        let now = running.repository.reference_target(&journal.reference).map_err(needed)?;
        return moved_on(running, &journal, now.as_ref(), ui);
    };
    let moved = way == Way::Forward;
    let left = if moved { forward(running) } else { back(running, Writer::Dead) };
    let (what, version) = (journal.what(), &journal.version);
    let (said, recovered) = match (moved, journal.operation) {
        (false, _) => {
            (format!("the {what} was interrupted; everything is as it was before it"), Recovered::Back)
        }
        (true, Operation::Release) => (
            format!(
                "the {what} was interrupted after its commit was made; it is complete now, with all its tags"
            ),
            Recovered::Released(journal.push.clone()),
        ),
        (true, Operation::Undo) => (
            format!("the {what} was interrupted; it is complete now, {version} is taken back"),
            Recovered::TakenBack,
        ),
    };
    finish(running, left, &said, ui)?;
    Ok(recovered)
}

/// Ends a recovery: without a journal where everything is decided, with it where the next start has to go on.
fn finish(running: &Running, left: Left, said: &str, ui: &Ui) -> Result<()> {
    let Left { foreign, failed, mut notes, locked } = left;
    let named = |lock: &std::path::PathBuf| {
        let shown = lock.display().to_string();
        foreign.iter().chain(&failed).any(|problem| problem.message.contains(&shown))
    };
    notes.extend(locked.iter().filter(|lock| !named(lock)).map(|lock| still_locked(lock)));
    for note in &notes {
        ui.warning(note);
    }
    let again = !failed.is_empty();
    if !again && let Some(left) = running.forget() {
        return Err(needed(left));
    }
    let mut problems: Vec<Problem> = foreign.into_iter().chain(failed).collect();
    let Some(last) = problems.last_mut() else {
        ui.warning(said);
        return Ok(());
    };
    last.hints.push(if again {
        "once the reason is gone, run `trueppm-release`: it goes on from here".into()
    } else {
        "everything else of the interrupted release is dealt with".into()
    });
    Err(Error::new(Kind::RecoveryNeeded, problems))
}

/// Somebody moved the branch since. Where nothing of the release is in the work tree any more, there is nothing left to
/// decide; otherwise only a person can.
fn moved_on(running: &Running, journal: &Journal, now: Option<&ObjectId>, ui: &Ui) -> Result<Recovered> {
    let repository = running.repository;
    let changed = repository.status().map_err(needed)?.changed;
    let own = |path: &str| journal.files.iter().any(|record| record.path == path);
    let dirty: Vec<String> = changed.into_iter().map(|change| change.path).filter(|path| own(path)).collect();
    if dirty.is_empty() && journal.phase < Phase::Publish {
        let mut left = Left::default();
        for record in &journal.locks {
            if let Err(error) = repository.remove_lock(running.disk, record) {
                left.failed.push(cannot_clear(&running.places, &error));
            }
        }
        left.failed.extend(super::files::clear_beside(running).err().into_iter().flatten());
        let what = journal.what();
        finish(
            running,
            left,
            &format!("the {what} was interrupted, and nothing of it is left: the branch has moved on"),
            ui,
        )?;
        return Ok(Recovered::Back);
    }
    Err(needed(undecided(running, journal, now, &dirty)))
}

fn undecided(running: &Running, journal: &Journal, now: Option<&ObjectId>, dirty: &[String]) -> Problem {
    let reference = on_one_line(&journal.reference);
    let now = now.map_or("nothing", ObjectId::as_str);
    let mut facts = format!(
        "recovery needed: the {} was interrupted, and `{reference}` has moved since\n\
         it was at {}{}, and is now at {now}",
        journal.what(),
        journal.from,
        journal.to.as_ref().map(|to| format!(", was to go to {to}")).unwrap_or_default(),
    );
    for path in dirty {
        facts.push_str(&format!("\nchanged in the work tree: {}", on_one_line(path)));
    }
    let mut problem = Problem::circumstance(facts);
    let word = shell_word(&journal.reference);
    if let Some(to) = &journal.to {
        problem =
            problem.hint(format!("to complete it: `git update-ref {word} {to}`, then `trueppm-release`"));
        for tag in &journal.tags {
            let name = shell_word(&format!("refs/tags/{}", tag.name));
            let command = match &tag.after {
                Some(id) => format!("git update-ref {name} {id}"),
                None => format!("git update-ref -d {name}"),
            };
            problem = problem.hint(format!("to have its tag where `{reference}` is now: `{command}`"));
        }
    }
    problem
        .hint(format!("to take it back: `git update-ref {word} {}`, then `trueppm-release`", journal.from))
        .hint(format!("to keep everything as it is: {}", forget(&running.places)))
}

fn forget(places: &Places) -> String {
    format!("`rm -r {}`", shell_word(&places.running.display().to_string()))
}

fn elsewhere(journal: &Journal, places: &Places) -> Problem {
    Problem::circumstance(format!(
        "recovery needed: a {} was begun by {}, and from here nobody can tell whether it still runs",
        journal.what(),
        journal.owner.described()
    ))
    .hint("if it runs: wait until it has ended")
    .hint(format!(
        "if that machine is gone, or has been started anew: `sed -i 's/\"host\":\"[^\"]*\"/\"host\":\"'$(uname -n)'\"/' {}`, then `trueppm-release`",
        shell_word(&places.journal.display().to_string())
    ))
}

fn without_work_tree(journal: &Journal, places: &Places) -> Problem {
    let folder = on_one_line(&journal.work_tree.display().to_string());
    Problem::circumstance(format!(
        "recovery needed: the {} was interrupted in the work tree `{folder}`, which is not there any more",
        journal.what()
    ))
    .hint("put it back (`git worktree list` knows it) and run `trueppm-release` in it")
    .hint(format!(
        "or see where `{}` is (it was at {}), and when that is as you want it: {}",
        on_one_line(&journal.reference),
        journal.from.short(),
        forget(places)
    ))
}

/// A step, a hook or git may have outlived the release that started it. While it writes, nothing can be put back.
fn wait_for_children(journal: &Journal, places: &Places, ui: &Ui) -> Result<()> {
    let start = Instant::now();
    let mut said = false;
    loop {
        let held = leash::held(&places.running);
        if held.is_empty() {
            return Ok(());
        }
        if start.elapsed() >= PATIENCE {
            let mut who: Vec<u32> = held.iter().flat_map(|file| leash::holders(file)).collect();
            who.sort_unstable();
            who.dedup();
            let numbers: Vec<String> = who.iter().map(ToString::to_string).collect();
            let problem = Problem::circumstance(format!(
                "recovery needed: the {} was interrupted, but a step or a hook of it still runs",
                journal.what()
            ))
            .hint("wait until it has ended, then run `trueppm-release`");
            return Err(needed(if numbers.is_empty() {
                problem
            } else {
                problem.hint(format!("or end it: `kill {}`", numbers.join(" ")))
            }));
        }
        if !said && start.elapsed() > Duration::from_millis(500) {
            ui.status(&format!("waiting for what the interrupted {} had started", journal.what()));
            said = true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
