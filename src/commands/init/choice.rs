//! What a look at the files cannot tell: questions with the answers that the files allow, and the one that is taken where
//! nobody is asked. Whoever asks knows nothing of who answers: a person at a terminal, or the defaults.

use crate::error::{Problem, Result};
use crate::words::on_one_line;

/// A question about the repository with its answers; all texts are ready to be shown, on one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is asked, without a question mark: `version to release`.
    pub(super) question: String,
    /// The answers, of which there are at least two.
    pub(super) answers: Vec<String>,
    /// The number of the answer that the files speak for, counted from 0.
    pub(super) default: usize,
}

impl Choice {
    /// A question whose first answer is the default.
    pub(super) fn new(question: &str, answers: impl IntoIterator<Item = String>) -> Self {
        let answers = answers.into_iter().map(|answer| on_one_line(&answer)).collect();
        Self { question: question.to_owned(), answers, default: 0 }
    }
}

/// A question that a word answers, such as the name of a branch.
#[derive(Debug, Clone)]
pub(super) struct Wording {
    /// What is asked, without a question mark: `branch to release from`.
    pub(super) question: &'static str,
    /// The answer that the files speak for.
    pub(super) default: String,
    /// What is wrong with an answer.
    pub(super) fault: fn(&str) -> Option<Problem>,
}

/// Whoever answers.
pub(super) trait Answers {
    /// The number of the answer that is taken.
    ///
    /// # Errors
    /// Somebody was asked and did not want to answer: nothing is written then.
    fn choose(&mut self, choice: &Choice) -> Result<usize>;

    /// The word that is taken.
    ///
    /// # Errors
    /// As for a choice.
    fn word(&mut self, wording: &Wording) -> Result<String>;
}

/// Takes every default, and keeps what has to be said about it.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    /// One line for each choice: what was taken, and what else there was.
    pub(super) lines: Vec<String>,
}

impl Answers for Defaults {
    fn choose(&mut self, choice: &Choice) -> Result<usize> {
        let taken = choice.answers.get(choice.default).map_or("", String::as_str);
        let numbered = choice.answers.iter().enumerate();
        let others =
            numbered.filter(|(number, _)| *number != choice.default).map(|(_, answer)| answer.as_str());
        let others: Vec<&str> = others.collect();
        self.lines.push(format!("{}: {taken} (not: {})", choice.question, others.join("; ")));
        Ok(choice.default)
    }

    fn word(&mut self, wording: &Wording) -> Result<String> {
        self.lines.push(format!("{}: {}", wording.question, on_one_line(&wording.default)));
        Ok(wording.default.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_taken_and_said_with_what_else_there_was() {
        let mut answers = Defaults::default();
        let choice = Choice::new("version to release", ["1.2.0".into(), "0.3.0\n".into(), "2".into()]);
        assert_eq!(answers.choose(&choice).ok(), Some(0));
        assert_eq!(answers.choose(&Choice { default: 2, ..choice }).ok(), Some(2));
        let first = answers.lines.first().map(String::as_str);
        assert!(
            first.is_some_and(|line| line.starts_with("version to release: 1.2.0 (not: 0.3.0")),
            "{first:?}"
        );
        assert!(
            answers.lines.get(1).is_some_and(|line| line.starts_with("version to release: 2 (not: 1.2.0; "))
        );
    }
}
