//! The way back of files in the work tree: the release's own, what a step made, and the message that hooks were shown.
//! What may be a person's is kept or named, never overwritten unseen.

use std::collections::BTreeMap;

use super::{Left, Writer};
use crate::apply::files::{State, cannot, changed_by_others, state};
use crate::apply::journal::{After, Before, FileRecord, Journal, Phase};
use crate::apply::put_back::put_back;
use crate::apply::running::Running;
use crate::apply::saved;
use crate::disk::read_plain;
use crate::error::Problem;
use crate::glob::{Glob, fixed_folder};
use crate::words::{on_one_line, shell_word};

pub(super) fn files_back(running: &Running, journal: &Journal, writer: Writer, left: &mut Left) {
    let mut to_restore: Vec<&FileRecord> = Vec::new();
    let mut to_save: Vec<String> = Vec::new();
    let matching = match unnamed_outputs(running, journal) {
        Ok(matching) => matching,
        Err(problem) => {
            left.failed.push(problem);
            Vec::new()
        }
    };
    // Each of them gets its place in the journal, by which what lies beside it is found again.
    if !matching.is_empty() {
        left.or_failed(running.note(|noted| noted.files.extend(matching.iter().cloned())));
    }
    // Of a file that nobody has announced by name a copy is kept where a person may have made it since.
    if writer == Writer::Dead {
        to_save.extend(matching.iter().map(|record| record.path.clone()));
    }
    to_restore.extend(&matching);
    // What is there may be the work of a hook that was killed, or of a person afterwards: it is kept.
    let by_a_hook = writer == Writer::Dead && journal.phase == Phase::Hooks;
    let by_a_child = by_a_hook || (writer == Writer::Alive && journal.phase >= Phase::Steps);
    for record in &journal.files {
        let found = match state(running, record) {
            Err(problem) => {
                left.failed.push(problem);
                continue;
            }
            Ok(State::Before) => continue,
            Ok(State::Other) if !by_a_hook => {
                left.foreign.push(changed_by_others(&record.path));
                continue;
            }
            Ok(found) => found,
        };
        let blocked = || by_a_child && saved::is_blocked(running, &record.path);
        if found == State::Other || record.after == After::Aside || blocked() {
            to_save.push(record.path.clone());
        }
        to_restore.push(record);
    }
    keep_aside(running, writer, &to_save, &mut to_restore, left);
    if let Err(problems) = put_back(running, &to_restore) {
        left.failed.extend(problems);
    }
    // Also those that were gone before: their folders may have stayed when this was interrupted.
    let gone: Vec<String> = journal
        .files
        .iter()
        .chain(&matching)
        .filter(|record| record.before == Before::Nothing)
        .map(|record| record.path.clone())
        .collect();
    left.or_failed(running.repository.remove_new_folders(running.disk, &journal.from, &gone));
}

/// Moves away what must not be lost. Also what an earlier attempt at this has moved is named.
fn keep_aside(
    running: &Running,
    writer: Writer,
    to_save: &[String],
    to_restore: &mut Vec<&FileRecord>,
    left: &mut Left,
) {
    let repository = running.repository;
    // A release that still runs has said already what it keeps of these.
    let said = |record: &&&FileRecord| writer == Writer::Alive && record.after == After::Aside;
    let said: Vec<&str> = to_restore.iter().filter(said).map(|record| record.path.as_str()).collect();
    let kept: Vec<String> =
        to_save.iter().filter(|path| saved::there(repository, path).is_some()).cloned().collect();
    let unsaved = saved::keep(running, to_save);
    to_restore.retain(|record| !unsaved.iter().any(|(path, _)| *path == record.path));
    left.failed.extend(unsaved.into_iter().map(|(_, problem)| problem));
    let Some(folder) = saved::filled(running) else { return };
    let news: Vec<String> =
        kept.iter().filter(|path| !said.contains(&path.as_str())).map(|path| on_one_line(path)).collect();
    let shown = folder.display();
    if !news.is_empty() {
        left.notes.push(format!("what was found in `{}` is kept in `{shown}`", news.join("`, `")));
    } else if kept.is_empty() {
        left.notes.push(format!("what was found is kept in `{shown}`"));
    }
}

/// What else is changed may be the work of a step or a hook that was killed, or of a person since: nobody can tell, so
/// it is named and left.
pub(super) fn name_others(running: &Running, journal: &Journal, left: &mut Left) {
    match running.repository.status() {
        Err(problem) => left.failed.push(problem),
        Ok(status) => {
            let others = status.changed.into_iter().map(|change| change.path);
            let others = others.filter(|path| !journal.files.iter().any(|record| record.path == *path));
            left.notes.extend(others.map(|path| {
                let word = shell_word(&path);
                format!(
                    "`{}` is changed as well, by a step or a hook or since then, and is left as it is\n\
                     look at it: `git diff -- {word}`; as it was: `git checkout -- {word}`",
                    on_one_line(&path)
                )
            }));
        }
    }
}

/// What a step that did not come to its end has changed or made where one of its patterns matches.
fn unnamed_outputs(running: &Running, journal: &Journal) -> Result<Vec<FileRecord>, Problem> {
    if journal.phase < Phase::Steps || journal.patterns.is_empty() {
        return Ok(Vec::new());
    }
    let repository = running.repository;
    let globs: Vec<Glob> = journal.patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()).collect();
    let changed = repository.status()?.changed.into_iter().map(|change| (change.path, Before::Checkout));
    let mut found: BTreeMap<String, Before> = changed.collect();
    for pattern in &journal.patterns {
        let new = repository.untracked_below(fixed_folder(pattern))?;
        found.extend(new.into_iter().map(|file| (file.path, Before::Nothing)));
    }
    found.retain(|path, _| {
        globs.iter().any(|glob| glob.matches(path))
            && !journal.files.iter().any(|record| record.path == *path)
    });
    let record = |(path, before)| FileRecord { path, before, after: After::Anything };
    Ok(found.into_iter().map(record).collect())
}

pub(super) fn message_back(running: &Running, before: Option<&[u8]>) -> Result<(), Problem> {
    let path = running.repository.message_file();
    let failed = |error: std::io::Error| cannot("put back", "COMMIT_EDITMSG", &error);
    match before {
        None => running.disk.remove(&path).map_err(failed),
        Some(bytes) if read_plain(&path).ok().flatten().as_deref() == Some(bytes) => Ok(()),
        Some(bytes) => {
            let beside = running.places.running.join("message");
            running.disk.replace(&path, &beside, bytes, None).map_err(failed)
        }
    }
}
