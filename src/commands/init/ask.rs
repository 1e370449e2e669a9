//! Questions of `init` to a person at a terminal. The answer that the files speak for is always there to be taken with
//! Enter; whoever does not want to answer gets no file.

use super::choice::{Answers, Choice, Wording};
use crate::config::{self, Source};
use crate::confirm::{self, Answer, Chosen};
use crate::error::{Error, Kind, Problem, Result};
use crate::interrupt::{Interrupt, NOTHING_CHANGED};
use crate::ui::Ui;

/// A person at a terminal.
pub(super) struct Terminal<'a> {
    ui: &'a Ui,
    /// While somebody is asked, a signal is an answer too.
    interrupt: Interrupt,
}

impl<'a> Terminal<'a> {
    /// Whoever sits there.
    pub(super) fn new(ui: &'a Ui) -> Self {
        Self { ui, interrupt: Interrupt::listen() }
    }
}

impl Answers for Terminal<'_> {
    fn choose(&mut self, choice: &Choice) -> Result<usize> {
        let interrupted = || self.interrupt.came();
        match confirm::choose(self.ui, &choice.question, &choice.answers, choice.default, interrupted) {
            Ok(Chosen::Taken(number)) => Ok(number),
            Ok(Chosen::Declined) => Err(declined()),
            Ok(Chosen::Interrupted) => Err(stopped()),
            Err(error) => Err(cannot_ask(error)),
        }
    }

    fn word(&mut self, wording: &Wording) -> Result<String> {
        let Wording { question, default, fault } = wording;
        let prompt = format!("{question}: Enter for {default}, type another, or 'q' to abort:");
        let parse = |typed: &str| match fault(typed) {
            Some(problem) => Err(problem),
            None => Ok(Answer::Override(typed.to_owned())),
        };
        match confirm::ask(self.ui, "", &prompt, || self.interrupt.came(), parse) {
            Ok(Answer::Accept) => Ok(wording.default.clone()),
            Ok(Answer::Override(typed)) => Ok(typed),
            Ok(Answer::Decline) => Err(declined()),
            Ok(Answer::Interrupted) => Err(stopped()),
            Err(error) => Err(cannot_ask(error)),
        }
    }
}

/// What is wrong with the name of a branch.
pub(super) fn fault_of_branch(typed: &str) -> Option<Problem> {
    fault(&format!("[release]\nbranch = {}\n", toml_edit::Value::from(typed)))
}

/// What is wrong with the name of a tag.
pub(super) fn fault_of_tag(typed: &str) -> Option<Problem> {
    fault(&format!("[[tag]]\nname = {}\nmessage = \"x\"\n", toml_edit::Value::from(typed)))
}

/// What a configuration with these lines would be refused for, without its place.
fn fault(lines: &str) -> Option<Problem> {
    let text = format!("{lines}[[manifest]]\npath = \"Cargo.toml\"\n");
    let mut problem = config::parse(&text, &Source::BuiltIn).err()?.into_iter().next()?;
    // `source:line:column: key: what`.
    if let Some(what) = problem.message.splitn(3, ": ").nth(2) {
        problem.message = what.to_owned();
    }
    Some(problem)
}

fn declined() -> Error {
    Error::new(Kind::Declined, vec![Problem::circumstance("aborted: nothing was written")])
}

fn stopped() -> Error {
    Error::new(Kind::Declined, vec![Problem::circumstance(NOTHING_CHANGED)])
}

fn cannot_ask(error: std::io::Error) -> Error {
    let problem = Problem::circumstance("the terminal cannot be asked")
        .hint("pass `--yes` to take the answers that the files speak for");
    Error::refused(problem).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_judged_as_the_configuration_judges_it() {
        for name in ["main", "release/*", "trunk"] {
            assert_eq!(fault_of_branch(name), None, "{name}");
        }
        for name in ["v{version}", "own@{version}", "{pep440}"] {
            assert_eq!(fault_of_tag(name), None, "{name}");
        }
        let said = |problem: Option<Problem>| problem.map(|it| it.message).unwrap_or_default();
        assert_eq!(said(fault_of_branch("a b")), "`a b` is not a name that git takes: it holds a space");
        assert_eq!(said(fault_of_tag("v1")), "`v1` is the same for every release");
        assert_eq!(said(fault_of_tag("{versoin}")), "unknown placeholder `{versoin}`");
    }
}
