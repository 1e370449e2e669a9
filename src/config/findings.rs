//! Problems of one configuration text, each with its place in it, collected until the whole text has been
//! read.

use std::ops::Range;

use super::requires::UPGRADE;
use crate::error::Problem;
use crate::secrets::without_any_credentials;
use crate::words::counted;

/// Beyond this many, more problems help nobody: a file that is no configuration has thousands.
const MOST_PROBLEMS: usize = 100;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Why this program is too old for the text, which goes before everything that it does not understand.
    too_old: Option<(usize, Problem)>,
    found: Vec<(usize, Problem)>,
}

impl Findings {
    /// Adds a problem at a place; without one it is about the whole text and stands at its start.
    pub(super) fn add(&mut self, place: Option<Range<usize>>, problem: Problem) {
        self.found.push((place.map_or(0, |span| span.start), problem));
    }

    /// Adds that this program is too old for the text; said before everything else.
    pub(super) fn add_first(&mut self, place: Option<Range<usize>>, problem: Problem) {
        self.too_old = Some((place.map_or(0, |span| span.start), problem));
    }

    /// Adds a name that this program does not know: the mistake of a newer file is that it is read by an older program.
    pub(super) fn add_unknown(&mut self, place: Option<Range<usize>>, mut problem: Problem) {
        if self.too_old.is_some() {
            problem.hints = vec![UPGRADE.to_owned()];
        }
        self.add(place, problem);
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty() && self.too_old.is_none()
    }

    /// The problems in the order of the text, each message opening with `source:line:column: `. Lines and
    /// columns count from 1, columns in characters.
    pub(super) fn located(mut self, source: &str, text: &str) -> Vec<Problem> {
        if let Some(first) = self.too_old.take() {
            let first = Self { found: vec![first], too_old: None }.located(source, text);
            return first.into_iter().chain(self.located(source, text)).collect();
        }
        self.found.sort_by_key(|(offset, _)| *offset);
        // One walk over the text for all problems: a file of nothing but mistakes is still read in linear
        // time.
        let mut characters = text.char_indices().peekable();
        let (mut line, mut column) = (1_usize, 1_usize);
        let more = self.found.len().saturating_sub(MOST_PROBLEMS);
        self.found.truncate(MOST_PROBLEMS);
        let mut problems = Vec::with_capacity(self.found.len() + 1);
        for (offset, mut problem) in self.found {
            while let Some((_, character)) = characters.next_if(|(at, _)| *at < offset) {
                match character {
                    '\n' => (line, column) = (line + 1, 1),
                    '\u{feff}' if line == 1 && column == 1 => {}
                    _ => column += 1,
                }
            }
            // A value that is quoted may be a URL with a token in it.
            let message = without_any_credentials(&problem.message);
            problem.message = format!("{source}:{line}:{column}: {message}");
            problem.hints = problem.hints.iter().map(|hint| without_any_credentials(hint)).collect();
            problems.push(problem);
        }
        if more > 0 {
            problems.push(Problem::content(format!("{source}: and {}", counted(more, "more problem"))));
        }
        problems
    }
}

/// The line of a place, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
