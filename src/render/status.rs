//! Where things stand, for a person who typed no word: the version, the last tag and what is pending; what has to be
//! known or mended before the next release; and what each bump word would give from here.

use super::preview::problems;
use crate::error::Scope;
use crate::plan::{PendingIn, Standing, WayOn};
use crate::ui::{Role, Text};
use crate::version::Version;
use crate::words::counted;

/// The facts that the bare command shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The branch that is checked out; nothing on a detached HEAD.
    pub branch: Option<String>,
    /// The name of the tag of the highest released version.
    pub last_tag: Option<String>,
    /// What the next release depends on.
    pub standing: Standing,
    /// What can be typed.
    pub words: Vec<Word>,
}

/// A word that can be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word itself.
    pub word: String,
    /// What it would give, or why it would be refused.
    pub given: Result<Version, String>,
    /// Why it gives that, where it does not say so itself.
    pub why: Option<String>,
}

/// The text of the bare command.
pub fn status(status: &Status) -> Text {
    let Status { branch, last_tag, standing, words } = status;
    let mut text = Text::default();
    text.spans([(None, "Version  : ".into()), (Some(Role::Version), standing.current.to_string())]);
    text.plain(format!("Branch   : {}", branch.as_deref().unwrap_or("none, HEAD is detached")));
    text.plain(format!("Last tag : {}", last_tag.as_deref().unwrap_or("none yet")));
    let several = standing.pending.len() > 1;
    let waiting = standing.pending.iter().flat_map(|pending| lines(pending, several));
    for (number, line) in waiting.enumerate() {
        text.plain(format!("{}{line}", if number == 0 { "Pending  : " } else { "           " }));
    }
    text.blank();
    if let Some(unpushed) = &standing.unpushed {
        text.role(Role::Bold, "Not pushed yet:").plain(format!("  {}", unpushed.message));
        for WayOn { what, command } in &unpushed.ways {
            text.plain(format!("  {what}:")).plain(format!("    {command}")).exact();
        }
        text.blank();
    }
    let headings = [
        (Scope::Content, "To mend before a release:"),
        (Scope::Circumstance, "In the way of a release from here:"),
    ];
    problems(&mut text, &standing.problems, headings);
    if !standing.notes.is_empty() {
        text.role(Role::Bold, "Worth knowing:");
        for note in &standing.notes {
            text.plain(format!("  note: {note}"));
        }
        text.blank();
    }
    text.role(Role::Bold, "What each word would give:");
    let width = words.iter().map(|word| word.word.len()).max().unwrap_or(0);
    for Word { word, given, why } in words {
        match given {
            Ok(version) => {
                text.spans([(None, format!("  {word:width$}  ")), (Some(Role::Version), version.to_string())])
            }
            Err(why) => text.role(Role::Dim, format!("  {word:width$}  – ({why})")),
        };
        // A reason has its afterthought on a line of its own: both fit beside the words.
        for part in why.iter().flat_map(|why| why.split("; ")) {
            text.role(Role::Dim, format!("  {:width$}  {part}", ""));
        }
    }
    text.blank().plain("Look before you release:  trueppm-release minor --dry-run");
    text.plain("All that can be said:     trueppm-release --help");
    text
}

/// What waits in one changelog, the fragments first. Which changelog it is, is only said where there are several.
fn lines(pending: &PendingIn, several: bool) -> Vec<String> {
    let PendingIn { changelog, folder, fragments, uncommitted, unreleased } = pending;
    let mut lines = Vec::new();
    if let Some(folder) = folder {
        let total: usize = fragments.iter().map(|(_, number)| number).sum();
        let place = if several { format!(" in {folder}") } else { String::new() };
        let kinds: Vec<String> = fragments.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
        let committed = match total {
            0 => format!("no fragments{place}"),
            _ => format!("{}{place} ({})", counted(total, "fragment"), kinds.join(", ")),
        };
        let others = match uncommitted {
            0 => String::new(),
            number => format!(", {number} not committed"),
        };
        lines.push(format!("{committed}{others}"));
    }
    match unreleased {
        0 if folder.is_some() => {}
        0 => lines.push(format!("nothing under [Unreleased] in {changelog}")),
        number => lines.push(format!(
            "{} under [Unreleased]{}",
            counted(*number, "entry"),
            if several || folder.is_none() { format!(" in {changelog}") } else { String::new() }
        )),
    }
    lines
}
