//! A required summary that nobody gave is asked for before the gate: as a line, or as a text in the editor that git would
//! open here. What is written goes through the same checks as one on the command line; what does not pass is asked for
//! again, with the text as it was.

use super::asking::{gate_failed, interrupted_at_the_gate};
use crate::changelog::{misses_summary, summary_text};
use crate::confirm::{self, Answer, LONGEST_TEXT};
use crate::error::{Error, Kind, Problem, Result};
use crate::interrupt::Interrupt;
use crate::plan::{Draft, Plan};
use crate::session::Session;
use crate::spec::{Consent, GivenSummary};
use crate::ui::{Stream, Text, Ui};

/// The changelogs for which a person is to be asked: nothing else stands in the way of the draft.
pub(super) fn missing(session: &Session, draft: &Draft) -> Vec<String> {
    if session.spec.consent != Consent::Ask || session.spec.summary.is_some() {
        return Vec::new();
    }
    let changelogs = session.loaded.config.changelog.iter().map(|changelog| &changelog.path);
    let missing: Vec<String> = changelogs
        .filter(|path| draft.problems.iter().any(|problem| misses_summary(path, problem)))
        .cloned()
        .collect();
    if missing.len() == draft.problems.len() { missing } else { Vec::new() }
}

/// Asks for the summary until there is one that can be used.
///
/// # Errors
/// The person says no, somebody asked to stop, or there is no terminal after all.
pub(super) fn ask(
    session: &Session,
    plan: &Plan,
    changelogs: &[String],
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<GivenSummary> {
    let mut screen = Text::default();
    screen.plain(format!(
        "{} opens the section of {} with a summary, and there is none yet.",
        changelogs.join(" and "),
        plan.version
    ));
    let mut screen = ui.painted(Stream::Stderr, &screen);
    let question = "Type it and press Enter, press Enter alone to write it in an editor, or 'q' to abort:";
    let mut text = String::new();
    loop {
        let line = |line: &str| {
            if line.chars().count() >= LONGEST_TEXT {
                let problem = Problem::content(format!("a line has room for {LONGEST_TEXT} characters"));
                return Err(problem.hint("press Enter alone to write more in an editor"));
            }
            usable(line).map(Answer::Override)
        };
        let answer =
            confirm::ask_for_text(ui, &screen, question, || interrupt.came(), line).map_err(gate_failed)?;
        screen.clear();
        match answer {
            Answer::Override(summary) => return Ok(summary),
            Answer::Interrupted => return Err(interrupted_at_the_gate(Vec::new())),
            Answer::Decline => {
                let problem =
                    Problem::circumstance("aborted at the question for a summary: nothing was written");
                return Err(Error::new(Kind::Declined, vec![problem]));
            }
            Answer::Accept => {}
        }
        let edited = session.repository.edited(&page(&text, plan, changelogs), ui, &|| interrupt.came());
        if interrupt.came() {
            return Err(interrupted_at_the_gate(Vec::new()));
        }
        match edited.and_then(|page| {
            text = before_the_rule(&page).to_owned();
            usable(&text)
        }) {
            Ok(summary) => return Ok(summary),
            Err(problem) => ui.problem(&problem),
        }
    }
}

/// The text as a summary, or the first reason why it is none.
fn usable(text: &str) -> std::result::Result<GivenSummary, Problem> {
    let given = GivenSummary::answered(text)?;
    match summary_text(&given.text) {
        Ok(_) => Ok(given),
        Err(problems) => {
            Err(problems.into_iter().next().unwrap_or_else(|| Problem::content("it is no summary")))
        }
    }
}

/// What ends the text on the page that the editor shows.
const RULE: &str = "<!-- 8< everything from this line on is left out";

fn page(text: &str, plan: &Plan, changelogs: &[String]) -> String {
    format!(
        "{text}\n\n{RULE}\n\nAbove: what the section of {} in {} opens with, in one or more paragraphs without headings.\n\
         Save and leave the editor to go on; with nothing written the question is asked again.\n-->\n",
        plan.version,
        changelogs.join(" and ")
    )
}

fn before_the_rule(page: &str) -> &str {
    page.split_once(RULE).map_or(page, |(text, _)| text).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_the_rule_is_the_text() {
        assert_eq!(before_the_rule(&format!("One.\n\nTwo.\n\n{RULE}\nrest")), "One.\n\nTwo.");
        assert_eq!(before_the_rule("no rule left\n"), "no rule left");
        assert_eq!(before_the_rule(RULE), "");
    }
}
