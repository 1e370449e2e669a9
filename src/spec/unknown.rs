//! Words and options that mean nothing where they stand: each is answered with what was probably meant.

use crate::cli::{Cli, SEE_HELP, meant, nearly_meant};
use crate::error::Problem;
use crate::version::Request;
use crate::words::nearest;

/// What else unknown words may have meant: what other programs call that way, a command of this one, or a slip.
pub(super) fn meant_otherwise(words: &[String], mut problem: Problem) -> Problem {
    let is_known = |word: &&String| Request::from_words(std::slice::from_ref(*word)).is_ok();
    let (beside, unknown): (Vec<&String>, Vec<&String>) = words.iter().partition(is_known);
    let beside: Vec<String> = beside.into_iter().cloned().collect();
    let mut answers: Vec<String> = Vec::new();
    for answer in unknown.iter().filter_map(|word| meant(word, &beside)).flatten() {
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    if !answers.is_empty() {
        answers.push(SEE_HELP.to_owned());
        return Problem { hints: answers, ..problem };
    }
    let [word] = words else { return problem };
    if let Some(command) = nearest(word, ["config", "demo", "init", "undo", "help"]) {
        let command = if command == "help" { "--help" } else { command };
        problem.hints.insert(0, format!("did you mean `trueppm-release {command}`?"));
    } else if problem.hints.len() == 1
        && let Some((near, answers)) = nearly_meant(word, &beside)
    {
        // No word of a release is near.
        for answer in answers.into_iter().rev() {
            problem.hints.insert(0, format!("if you mean `{near}`: {answer}"));
        }
    }
    problem
}

/// Options of a release that a command has no use for.
pub(super) fn out_of_place(cli: &Cli) -> Vec<Problem> {
    let Some(command) = &cli.command else { return Vec::new() };
    let command = command.word();
    let problem = |option: String| {
        Problem::content(format!("`{command}` takes no `{option}`"))
            .hint(format!("leave `{option}` out; `trueppm-release help {command}` shows what it takes"))
    };
    cli.options_out_of_place().into_iter().map(problem).collect()
}
