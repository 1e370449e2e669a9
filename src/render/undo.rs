//! An undo as people see it: what goes and what comes back, before and after.

use crate::git::{Effect, Returned};
use crate::plan::Undo;
use crate::ui::{Role, Text};
use crate::words::counted;

/// Of so many files in one folder each is named; more come back, or go, as a number.
const NAMED: usize = 10;

/// The block above the question.
pub fn undo_gate(undo: &Undo) -> Text {
    let mut text = Text::default();
    let tags: Vec<&str> = undo.tags.iter().map(|tag| tag.name.as_str()).collect();
    text.spans([
        (None, "About to take back the release ".into()),
        (Some(Role::Version), undo.version.to_string()),
        (None, ":".into()),
    ]);
    text.plain(format!("  commit  : {} on {}, {}", undo.commit.short(), undo.place(), undo.subject));
    let version = undo.previous.map(|version| format!(", version {version}")).unwrap_or_default();
    text.plain(format!("  back to : {}{version}", undo.parent.short()));
    text.plain(format!("  deletes : {}", tags.join(", ")));
    text.plain(format!("  files   : {}", counts(undo)));
    for note in &undo.notes {
        text.plain(format!("  note    : {note}"));
    }
    for warning in &undo.warnings {
        text.spans([
            (None, "  ".into()),
            (Some(Role::Warning), "warning".into()),
            (None, format!(" : {warning}")),
        ]);
    }
    text
}

/// The question below the block.
pub fn undo_question(undo: &Undo) -> String {
    format!("Enter to take {} back, or 'q' to leave everything as it is:", undo.version)
}

/// The dry run: the block and its files. A folder of fragments comes back as a number, unless `whole` asks for every
/// name.
pub fn undo(undo: &Undo, whole: bool) -> Text {
    let mut text = undo_gate(undo);
    text.blank().role(Role::Bold, "Files:");
    let named = if whole { usize::MAX } else { NAMED };
    let mut rest = undo.files.as_slice();
    while let Some(first) = rest.first() {
        let alike = |other: &&Returned| other.effect == first.effect && folder(other) == folder(first);
        let number = rest.iter().take_while(alike).count();
        let (run, others) = rest.split_at(number);
        rest = others;
        // What changes is a manifest or a changelog, and each of those is worth a line.
        if first.effect != Effect::Changes && number > named {
            line(&mut text, first.effect, &format!("{}/  {}", folder(first), counted(number, "file")));
        } else {
            run.iter().for_each(|returned| line(&mut text, returned.effect, &returned.change.path));
        }
    }
    if undo.files.is_empty() {
        text.plain("  none");
    }
    text
}

fn folder(returned: &Returned) -> &str {
    returned.change.path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

fn line(text: &mut Text, effect: Effect, what: &str) {
    let (role, word) = match effect {
        Effect::Changes => (None, "changes back"),
        Effect::Returns => (Some(Role::Added), "comes back  "),
        Effect::Goes => (Some(Role::Removed), "goes        "),
    };
    text.spans([(None, "  ".into()), (role, word.into()), (None, format!("  {what}"))]);
}

/// The closing text.
pub fn taken_back(undo: &Undo) -> Text {
    let mut text = Text::default();
    text.spans([
        (None, "Took back ".into()),
        (Some(Role::Version), undo.version.to_string()),
        (
            None,
            format!(
                ": {} is at {} again, {} deleted, {}.",
                undo.place(),
                undo.parent.short(),
                counted(undo.tags.len(), "tag"),
                counts(undo)
            ),
        ),
    ]);
    text.plain("Nothing of it was public. git keeps the commit for a while:");
    text.plain(format!("  git show {} --stat", undo.commit.short()));
    text
}

fn counts(undo: &Undo) -> String {
    let count = |effect: Effect| undo.files.iter().filter(|returned| returned.effect == effect).count();
    let parts: Vec<String> =
        [(Effect::Changes, "changed back"), (Effect::Returns, "put back"), (Effect::Goes, "deleted")]
            .into_iter()
            .filter(|(effect, _)| count(*effect) > 0)
            .map(|(effect, word)| format!("{} {word}", counted(count(effect), "file")))
            .collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{ObjectId, TreeChange};
    use crate::version::Version;

    fn undoing(files: Vec<Returned>) -> Undo {
        let id = ObjectId::parse(&"1".repeat(40)).expect("an id");
        Undo {
            reference: "refs/heads/main".into(),
            commit: id.clone(),
            parent: id,
            subject: "chore: release".into(),
            version: Version { major: 0, minor: 2, patch: 0, pre: None },
            previous: None,
            tags: Vec::new(),
            files,
            hook_seconds: None,
            notes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn file(effect: Effect, path: impl Into<String>) -> Returned {
        Returned { change: TreeChange { path: path.into(), file: None }, effect }
    }

    fn files(text: &Text) -> String {
        text.to_plain().split("Files:\n").nth(1).expect("a list of files").to_owned()
    }

    #[test]
    fn a_folder_of_fragments_is_counted_and_a_few_files_are_named() {
        let many = |folder: &str, effect: Effect, number: usize| -> Vec<Returned> {
            (0..number).map(|it| file(effect, format!("{folder}/{it:03}.added.md"))).collect()
        };
        let all = [
            vec![file(Effect::Changes, "CHANGELOG.md")],
            many("changelog.d", Effect::Returns, 800),
            many("docs/api", Effect::Goes, NAMED + 1),
            many("few", Effect::Returns, 2),
            many("packages", Effect::Changes, NAMED + 1),
        ];
        let undo = undoing(all.concat());
        let shown = files(&super::undo(&undo, false));
        assert!(
            shown.starts_with(
                "  changes back  CHANGELOG.md\n  comes back    changelog.d/  800 files\n  \
                 goes          docs/api/  11 files\n  comes back    few/000.added.md\n  \
                 comes back    few/001.added.md\n  changes back  packages/000.added.md\n"
            ),
            "{shown}"
        );
        assert_eq!(shown.lines().count(), 1 + 1 + 1 + 2 + 11);
        assert_eq!(files(&super::undo(&undo, true)).lines().count(), undo.files.len());
    }

    #[test]
    fn the_undo_of_a_release_that_changed_no_file_says_so() {
        assert_eq!(files(&super::undo(&undoing(Vec::new()), false)), "  none\n");
    }
}
