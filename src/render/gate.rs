//! The gate's block: the last point at which a wrong stage or a stale base can be caught, so it is short and always
//! of the same shape.

use crate::plan::{Origin, Plan, PlannedPin, PlannedSection};
use crate::ui::{Role, Text};
use crate::words::counted;

/// The block above the question.
pub fn gate(plan: &Plan) -> Text {
    let mut text = Text::default();
    let tags: Vec<&str> = plan.tags.iter().map(|tag| tag.name.as_str()).collect();
    let marker = match plan.origin {
        Origin::Suggested => "   <- suggested",
        Origin::Typed => "   <- as typed",
    };
    text.plain("About to cut a release:");
    text.plain(format!("  current : {}", plan.current));
    text.spans([
        (None, "  new     : ".into()),
        (Some(Role::Version), plan.version.to_string()),
        (Some(Role::Dim), marker.into()),
    ]);
    text.plain(format!("  tags    : {}", tags.join(", ")));
    for pin in &plan.pins {
        pinned(&mut text, pin);
    }
    if let Some(push) = &plan.push {
        text.plain(format!("  push    : accepting also runs {}", push.command()));
        for reminder in plan.reminders.iter().filter(|reminder| reminder.before_push) {
            for (number, line) in reminder.text.lines().enumerate() {
                text.plain(format!("  {} {line}", if number == 0 { "before  :" } else { "         " }));
            }
        }
    }
    for section in &plan.sections {
        summary(&mut text, section);
    }
    for note in &plan.notes {
        for (number, line) in note.lines().enumerate() {
            text.plain(format!("  {} {line}", if number == 0 { "note    :" } else { "         " }));
        }
    }
    for warning in &plan.warnings {
        let mut lines = warning.lines();
        text.spans([
            (None, "  ".into()),
            (Some(Role::Warning), "warning".into()),
            (None, format!(" : {}", lines.next().unwrap_or_default())),
        ]);
        // What a check printed must not read as a line of this block.
        for line in lines {
            text.plain(format!("            {line}"));
        }
    }
    text
}

/// A value from elsewhere: what it was, what it becomes, and whether somebody looked for it there.
fn pinned(text: &mut Text, pin: &PlannedPin) {
    let from = if pin.from.is_empty() { "?".to_owned() } else { pin.from.join(", ") };
    let found = pin.found_on.as_ref().map_or(String::new(), |remote| format!("   <- tag on {remote}"));
    text.spans([
        (None, format!("  pin     : {} {from} → ", pin.name)),
        (Some(Role::Version), pin.to.clone()),
        (Some(Role::Dim), found),
    ]);
}

/// How many lines of a summary the gate shows; the preview shows all of it.
const SHOWN_LINES: usize = 3;

/// How many characters of each.
const SHOWN_CHARACTERS: usize = 200;

/// What the section opens with, and what that takes the place of.
fn summary(text: &mut Text, section: &PlannedSection) {
    let Some(summary) = &section.summary else { return };
    let from = match summary.given_by {
        Some(source) => format!("from {source}"),
        None => "as it stands under [Unreleased]".into(),
    };
    text.plain(format!("  summary : {}, {from}", section.path));
    excerpt(text, &summary.text);
    if let Some(replaced) = &summary.replaces {
        text.plain("            in place of");
        excerpt(text, replaced);
    }
}

/// The first lines of a text that others wrote.
fn excerpt(text: &mut Text, whole: &str) {
    let mut lines = whole.lines().filter(|line| !line.trim().is_empty());
    for line in lines.by_ref().take(SHOWN_LINES) {
        let shown: String = line.chars().take(SHOWN_CHARACTERS).collect();
        let cut = if shown.len() < line.len() { "…" } else { "" };
        text.plain(format!("            | {shown}{cut}"));
    }
    let more = lines.count();
    if more > 0 {
        text.plain(format!("            … and {}", counted(more, "more line")));
    }
}

/// The question below the block.
pub fn question(plan: &Plan) -> String {
    format!("Enter to accept {}, type an explicit version to override, or 'q' to abort:", plan.version)
}
