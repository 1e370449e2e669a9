//! Versions in any text: a [`Literal`] that stands there exactly so many times, or an [`Expression`] whose named groups
//! are the places to set. Nothing is guessed: another number of matches than expected is a refusal that names the
//! lines, and what was written is read again.

use std::fmt;

use regex::{Regex, RegexBuilder};

use super::source::{Source, shown};
use super::splice::{Edit, splice};
use super::{Found, Replaced};
use crate::error::Problem;
use crate::words::counted;

/// How many lines a message lists before it only counts.
const LISTED_LINES: usize = 20;

/// A compiled expression may take this much memory, in bytes; no version needs more.
const LARGEST_EXPRESSION: usize = 1024 * 1024;

/// A text that is looked for as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Literal<'a> {
    /// The text.
    pub text: &'a str,
    /// It begins with a version: what stands before it must not belong to that version.
    pub begins_with_version: bool,
    /// It ends with a version: what stands behind it must not belong to that version, so that `==0.1.0` is not found
    /// in `==0.1.0rc1` or `==0.1.01`.
    pub ends_with_version: bool,
}

impl Literal<'_> {
    /// Every place of the text, in order.
    pub fn locate(&self, text: &str) -> Vec<Found> {
        let source = Source::new(text, "");
        if self.text.is_empty() {
            return Vec::new();
        }
        let places = source.body.match_indices(self.text).filter(|(start, found)| {
            let before = source.body.get(..*start).unwrap_or_default();
            let after = source.body.get(start + found.len()..).unwrap_or_default();
            !(self.begins_with_version && goes_on_before(before)
                || self.ends_with_version && goes_on_after(after))
        });
        let mut lines = Lines::new(source);
        places
            .map(|(start, found)| Found {
                line: lines.of(start),
                ..source.found(start..start + found.len(), found.to_owned(), "text")
            })
            .collect()
    }

    /// Puts `with` in every place of the text, of which there must be `count`, and reads the result again.
    ///
    /// # Errors
    /// Another number of places, named by their lines; or the result does not hold `with` as often as expected.
    pub fn replace(
        &self,
        text: &str,
        path: &str,
        with: &Literal<'_>,
        count: usize,
    ) -> Result<Replaced, Vec<Problem>> {
        let found = self.locate(text);
        if found.len() != count {
            return Err(vec![wrong_count(path, &format!("the text `{}`", shown(self.text)), &found, count)]);
        }
        let edits: Vec<Edit> =
            found.iter().map(|place| Edit { span: place.span, replacement: with.text.to_owned() }).collect();
        let replaced = splice(text, &edits).map_err(|error| vec![not_replaced(path, &error)])?;
        // What stood there before and was not touched is there still.
        let elsewhere = with.locate(text).into_iter().filter(|other| {
            let next = found.partition_point(|own| own.span.end <= other.span.start);
            found.get(next).is_none_or(|own| other.span.end <= own.span.start)
        });
        let expected = count + elsewhere.count();
        with.check(&replaced, path, expected).map_err(|problem| vec![problem])?;
        Ok(Replaced { text: replaced, found })
    }

    /// Whether the text stands in `text` exactly `count` times.
    ///
    /// # Errors
    /// It does not; the lines where it stands are named.
    pub fn check(&self, text: &str, path: &str, count: usize) -> Result<(), Problem> {
        let found = self.locate(text);
        if found.len() == count {
            return Ok(());
        }
        Err(wrong_count(path, &format!("the text `{}`", shown(self.text)), &found, count))
    }
}

/// Whether a text that ends here could go on into a version that begins here: `1` before `0.1.0`, or `1.`.
fn goes_on_before(before: &str) -> bool {
    let mut characters = before.chars().rev();
    match characters.next() {
        Some('.') => characters.next().is_some_and(|character| character.is_ascii_digit()),
        Some(character) => character.is_ascii_digit(),
        None => false,
    }
}

/// Whether a version that ends here goes on: with a letter or a digit, or with one behind `.`, `-` or `+`.
fn goes_on_after(after: &str) -> bool {
    let mut characters = after.chars();
    match characters.next() {
        Some('.' | '-' | '+') => characters.next().is_some_and(|character| character.is_ascii_alphanumeric()),
        Some(character) => character.is_ascii_alphanumeric() || character == '_',
        None => false,
    }
}

/// A regular expression with named groups. `^` and `$` are the ends of a line, whatever ends it.
#[derive(Clone)]
pub struct Expression {
    regex: Regex,
    groups: Vec<String>,
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// It is no expression, too large, or has no named group.
    pub fn parse(expression: &str) -> Result<Self, Problem> {
        let compiled =
            RegexBuilder::new(expression).multi_line(true).crlf(true).size_limit(LARGEST_EXPRESSION).build();
        let regex = compiled.map_err(|error| {
            let why = match &error {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                // The last line says what is wrong; those above repeat the expression with a mark below it.
                error => {
                    let words = error.to_string();
                    let last = words.lines().last().unwrap_or_default().trim();
                    last.strip_prefix("error: ").unwrap_or(last).to_owned()
                }
            };
            let hint = if why.contains("capture group character") {
                "a group is named after a placeholder with `_` for `-`: `(?<previous_pep440>…)`"
            } else {
                "a backslash keeps its meaning in single quotes: `regex = '…'`"
            };
            Problem::content(format!("`{}` is not a regular expression: {why}", shown(expression))).hint(hint)
        })?;
        let groups: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
        if groups.is_empty() {
            return Err(Problem::content(format!(
                "`{}` has no named group that says what is set",
                shown(expression)
            ))
            .hint("put the version into a named group: `tool==(?<version>[0-9a-z.-]+)`"));
        }
        Ok(Self { regex, groups })
    }

    /// The names of the groups, in their order.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str)
    }

    /// How often the expression matches, and the place of every named group in every match; the key of a place is the
    /// name of its group.
    ///
    /// # Errors
    /// A match in which a named group takes no part.
    pub fn locate(&self, text: &str, path: &str) -> Result<(usize, Vec<Found>), Problem> {
        let source = Source::new(text, path);
        let mut lines = Lines::new(source);
        let (mut matches, mut found) = (0, Vec::new());
        for captures in self.regex.captures_iter(source.body) {
            matches += 1;
            let mut places = Vec::with_capacity(self.groups.len());
            for name in &self.groups {
                let Some(group) = captures.name(name) else {
                    let start = captures.get(0).map_or(0, |whole| whole.start());
                    return Err(Problem::content(format!(
                        "{}: the group `{name}` of `{}` takes no part in the match",
                        source.at(start),
                        shown(self.regex.as_str())
                    ))
                    .hint("write the expression so that every named group is in every match"));
                };
                places.push((group.range(), group.as_str(), name));
            }
            places.sort_by_key(|(range, ..)| range.start);
            for (range, value, name) in places {
                let line = lines.of(range.start);
                found.push(Found { line, ..source.found(range, value.to_owned(), name.as_str()) });
            }
        }
        Ok((matches, found))
    }

    /// Sets every named group of every match, of which there must be `count`, to what `value` says of its name, and
    /// reads the result again. A group of which it says nothing stays.
    ///
    /// # Errors
    /// Another number of matches, named by their lines; or the expression does not find in the result what was set.
    pub fn set(
        &self,
        text: &str,
        path: &str,
        count: usize,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Replaced, Vec<Problem>> {
        let (_, found) = self.expected(text, path, count).map_err(|problem| vec![problem])?;
        let edits: Vec<Edit> = found
            .iter()
            .filter_map(|place| Some(Edit { span: place.span, replacement: value(&place.key)? }))
            .collect();
        let replaced = splice(text, &edits).map_err(|error| vec![not_replaced(path, &error)])?;
        self.check(&replaced, path, count, value).map_err(|problem| vec![problem])?;
        Ok(Replaced { text: replaced, found })
    }

    /// Whether the expression matches `count` times and every group holds what `value` says of its name.
    ///
    /// # Errors
    /// It does not.
    pub fn check(
        &self,
        text: &str,
        path: &str,
        count: usize,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), Problem> {
        let (_, found) = self.expected(text, path, count)?;
        let wrong = found.iter().find_map(|place| {
            let expected = value(&place.key).filter(|expected| *expected != place.value)?;
            Some((place, expected))
        });
        match wrong {
            None => Ok(()),
            Some((place, expected)) => Err(Problem::content(format!(
                "{path}:{}: the group `{}` of `{}` holds `{}`, expected `{expected}`",
                place.line,
                place.key,
                shown(self.regex.as_str()),
                place.value
            ))),
        }
    }

    fn expected(&self, text: &str, path: &str, count: usize) -> Result<(usize, Vec<Found>), Problem> {
        let (matches, found) = self.locate(text, path)?;
        if matches == count {
            return Ok((matches, found));
        }
        let firsts: Vec<Found> = found.into_iter().step_by(self.groups.len()).collect();
        Err(wrong_count(path, &format!("the expression `{}`", shown(self.regex.as_str())), &firsts, count))
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Expression").field(&self.regex.as_str()).finish()
    }
}

/// The lines of places that come in order: one walk over the text for all of them.
struct Lines<'a> {
    source: Source<'a>,
    counted: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(source: Source<'a>) -> Self {
        Self { source, counted: 0, line: 1 }
    }

    fn of(&mut self, offset: usize) -> usize {
        let between = self.source.body.as_bytes().get(self.counted..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count();
        self.counted = self.counted.max(offset);
        self.line
    }
}

fn wrong_count(path: &str, what: &str, found: &[Found], count: usize) -> Problem {
    let listed: Vec<String> = found.iter().take(LISTED_LINES).map(|place| place.line.to_string()).collect();
    let more = found.len().saturating_sub(LISTED_LINES);
    let lines = match listed.as_slice() {
        [] => String::new(),
        [line] => format!(" (line {line})"),
        lines if more == 0 => format!(" (lines {})", lines.join(", ")),
        lines => format!(" (lines {} and {more} more)", lines.join(", ")),
    };
    let held = if found.is_empty() { "not at all".to_owned() } else { counted(found.len(), "time") };
    Problem::content(format!("{path}: {what} is there {held}{lines}, expected {}", counted(count, "time")))
        .hint(format!("correct `{path}` and commit it, or correct the `[[pattern]]` or its `count`"))
}

fn not_replaced(path: &str, error: &dyn fmt::Display) -> Problem {
    Problem::content(format!("{path}: cannot replace the version: {error}"))
        .hint("write the expression so that its named groups lie beside each other, not one in another")
}

#[cfg(test)]
mod tests;
