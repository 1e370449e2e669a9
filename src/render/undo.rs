//! An undo as people see it: what goes and what comes back, before and after.

use super::text::Text;
use crate::git::Effect;
use crate::plan::Undo;
use crate::ui::Role;
use crate::words::counted;

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

/// The dry run: the block and every file.
pub fn undo(undo: &Undo) -> Text {
    let mut text = undo_gate(undo);
    text.blank().role(Role::Bold, "Files:");
    for returned in &undo.files {
        let (role, word) = match returned.effect {
            Effect::Changes => (None, "changes back"),
            Effect::Returns => (Some(Role::Added), "comes back  "),
            Effect::Goes => (Some(Role::Removed), "goes        "),
        };
        text.spans([(None, "  ".into()), (role, word.into()), (None, format!("  {}", returned.change.path))]);
    }
    text
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
