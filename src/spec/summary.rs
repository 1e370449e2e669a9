//! The summary of a release, wherever it is given: on the command line, in a file, piped in, or in the environment. It
//! is read once, within a limit, and only text gets further than this.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::{Task, variable};
use crate::cli::Cli;
use crate::error::Problem;

/// The option that gives the summary of a release.
pub const SUMMARY_OPTION: &str = "--summary";

/// The variable that gives it as well.
const SUMMARY_VARIABLE: &str = "RELEASE_SUMMARY";

/// More than this is no summary.
const MAXIMUM_SUMMARY_BYTES: u64 = 64 * 1024;

/// The summary that was given for a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenSummary {
    /// Lines ending in LF.
    pub text: String,
    /// What gave it: the option, the variable or a person who was asked.
    pub source: &'static str,
}

impl GivenSummary {
    /// The summary that a person gave who was asked for it.
    ///
    /// # Errors
    /// It is too long, or no plain text.
    pub fn answered(text: &str) -> Result<Self, Problem> {
        let source = "your answer";
        if u64::try_from(text.len()).is_ok_and(|length| length > MAXIMUM_SUMMARY_BYTES) {
            return Err(Problem::content("the summary is larger than 64 KiB").hint("write a shorter one"));
        }
        Ok(Self { text: plain(text, source)?, source })
    }
}

/// The summary that was given. Only a release has one, and standard input is read only where everything else is
/// `understood`: whoever types there must not find out afterwards that it was for nothing.
///
/// # Errors
/// Usage: no release to give it for, a file that cannot be read or is too large, what is not text.
pub(super) fn given(
    cli: &Cli,
    task: Option<&Task>,
    directory: Option<&Path>,
    understood: bool,
) -> Result<Option<GivenSummary>, Problem> {
    let release = match task {
        Some(Task::Release(..)) => true,
        Some(_) => false,
        None => return Ok(None),
    };
    let (source, text) = match (&cli.summary, directory) {
        (Some(_), _) if !release => {
            return Err(Problem::content(format!("`{SUMMARY_OPTION}` is for a release"))
                .hint("say what to release as well, for example `trueppm-release minor`, or leave it out"));
        }
        (Some(_), None) => return Ok(None),
        (Some(word), _) if word == "-" && !understood => return Ok(None),
        (Some(word), Some(directory)) => (SUMMARY_OPTION, summary_of(word, directory)?),
        (None, _) if !release => return Ok(None),
        (None, _) => match variable(SUMMARY_VARIABLE).filter(|text| !text.is_empty()) {
            Some(text) => (SUMMARY_VARIABLE, text),
            None => return Ok(None),
        },
    };
    Ok(Some(GivenSummary { text: plain(&text, source)?, source }))
}

/// The text with lines ending in LF, if it is plain.
fn plain(text: &str, source: &str) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n");
    let forbidden = |line: &str| line.contains(|character: char| character.is_control() && character != '\t');
    if let Some((number, _)) = (1..).zip(text.split('\n')).find(|(_, line)| forbidden(line)) {
        return Err(Problem::content(format!(
            "the summary from `{source}` holds a control character (line {number})"
        ))
        .hint("write it as plain text"));
    }
    Ok(text)
}

/// What the word after `--summary` stands for: standard input, a file, or itself.
#[expect(clippy::disallowed_methods, reason = "this room reads what the command line names")]
fn summary_of(word: &str, directory: &Path) -> Result<String, Problem> {
    let at_most = |reader: &mut dyn Read| {
        let mut bytes = Vec::new();
        reader.take(MAXIMUM_SUMMARY_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let (name, bytes) = match (word, word.strip_prefix('@')) {
        ("-", _) => ("standard input".to_owned(), at_most(&mut std::io::stdin().lock())),
        (_, Some(file)) => (
            format!("`{file}`"),
            std::fs::File::open(directory.join(file)).and_then(|mut file| at_most(&mut file)),
        ),
        (text, None) => return Ok(text.to_owned()),
    };
    let refused = |why: &str| {
        Err(Problem::content(format!("the summary cannot be read from {name}: {why}")).hint(
            "`--summary @FILE` reads a file, `--summary -` what is piped in, everything else is the text",
        ))
    };
    match bytes {
        Err(error) => refused(match error.kind() {
            ErrorKind::NotFound => "there is no such file",
            ErrorKind::PermissionDenied => "permission denied",
            ErrorKind::IsADirectory => "it is a folder",
            _ => "it cannot be opened",
        }),
        Ok(bytes) if u64::try_from(bytes.len()).is_ok_and(|length| length > MAXIMUM_SUMMARY_BYTES) => {
            refused("it is larger than 64 KiB")
        }
        Ok(bytes) => String::from_utf8(bytes).or_else(|_| refused("it is not UTF-8 text")),
    }
}
