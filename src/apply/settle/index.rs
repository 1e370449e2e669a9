//! The index on both ways out: put back as it was, or published as it was prepared. One that somebody else has changed
//! since is left.

use super::{Left, Writer};
use crate::apply::files::cannot;
use crate::apply::journal::{Journal, Phase};
use crate::apply::running::Running;
use crate::disk::read_plain;
use crate::error::Problem;
use crate::git::TreeChange;
use crate::words::on_one_line;

/// Puts the index back, unless somebody committed meanwhile, which it then belongs to, or staged something else.
pub(super) fn index_back(running: &Running, journal: &Journal, writer: Writer, left: &mut Left) {
    if !journal.keeps_index || journal.phase < Phase::Steps {
        return;
    }
    let repository = running.repository;
    let restored = || -> Result<Option<String>, Problem> {
        let failed = |error: std::io::Error| cannot("read", "index", &error);
        let path = repository.index_path()?;
        let Some(before) = read_plain(&running.places.index).map_err(failed)? else { return Ok(None) };
        let now = read_plain(&path).map_err(failed)?;
        if now.as_ref() == Some(&before) || repository.head()?.commit.as_ref() != Some(&journal.from) {
            return Ok(None);
        }
        if writer == Writer::Dead && now.is_some() {
            let differences = repository.index_differences(&running.places.index, &path)?;
            let own = |path: &String| journal.files.iter().any(|record| record.path == *path);
            let others: Vec<String> = differences.into_iter().filter(|path| !own(path)).collect();
            if !others.is_empty() {
                let list: Vec<String> = others.iter().map(|path| on_one_line(path)).collect();
                return Ok(Some(format!(
                    "the index is left as it is, because more is staged than a release would stage: `{}`",
                    list.join("`, `")
                )));
            }
        }
        repository.restore_index(&before, &running.locks()).map(|()| None)
    };
    match restored() {
        Ok(note) => left.notes.extend(note),
        Err(problem) => left.failed.push(Problem {
            message: format!(
                "recovery needed: the index changed and cannot be put back: {}",
                problem.message
            ),
            ..problem
        }),
    }
}

/// Publishes the index that was prepared, if its lock is still there; whether it was.
pub(super) fn index_forward(running: &Running, journal: &Journal) -> Result<bool, Problem> {
    running.repository.publish_locked_index(running.disk, &journal.locks)
}

/// Without the prepared index, the one that is there gets what the release changed.
pub(super) fn index_anew(running: &Running, journal: &Journal, left: &mut Left) {
    let repository = running.repository;
    let Some(to) = &journal.to else { return };
    let done = || -> Result<(), Problem> {
        let returned = repository.way_back(&journal.from, to)?;
        let changes: Vec<TreeChange> = returned.into_iter().map(|returned| returned.change).collect();
        if repository.index_holds(&changes)? {
            return Ok(());
        }
        repository.prepare_index(&changes, &running.locks())?.publish()
    };
    if let Err(problem) = done() {
        left.notes.push(format!(
            "the index does not show it yet ({}): once that is mended, `git reset --quiet` brings it up to date, \
             and the files stay as they are",
            problem.message
        ));
    }
}
