//! The gate's block: the last point at which a wrong stage or a stale base can be caught, so it is short and always
//! of the same shape.

use super::text::Text;
use crate::plan::{Origin, Plan, PlannedPin};
use crate::ui::Role;

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
    for note in &plan.notes {
        text.plain(format!("  note    : {note}"));
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

/// The question below the block.
pub fn question(plan: &Plan) -> String {
    format!("Enter to accept {}, type an explicit version to override, or 'q' to abort:", plan.version)
}
