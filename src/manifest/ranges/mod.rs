//! What a range of versions becomes when the package that it asks for gets a new version: nothing where it admits that
//! version, and otherwise the same range around the new version, in the style and the precision in which it is written.
//! Here is the arithmetic; how a range is spelled and what it admits, each dialect says in a file of its own.

mod npm;
mod python;
#[cfg(test)]
mod tests;

use std::ops::Range as Bytes;

use super::Span;
use super::requirement::Moved;
use super::splice::{Edit, splice};
use crate::version::Version;

/// How a range is spelled, and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// package.json: <https://github.com/npm/node-semver>.
    Npm,
    /// The same as Yarn takes it: a pre-release is none of `*`.
    Yarn,
    /// PEP 440, which PEP 508 requirements use.
    Python,
    /// Poetry's own constraints, which know `^` and `~` as well.
    Poetry,
}

impl Dialect {
    /// Whether a range says nothing about versions, so that a pre-release is one of them as well.
    fn takes_any(self, text: &str) -> bool {
        match self {
            Self::Npm => matches!(text, "" | "*" | "workspace:*" | "npm:*"),
            Self::Yarn => text == "workspace:*",
            Self::Python | Self::Poetry => matches!(text, "" | "*"),
        }
    }

    /// Whether these are ranges of node-semver.
    fn is_of_node(self) -> bool {
        matches!(self, Self::Npm | Self::Yarn)
    }
}

/// What stands in front of a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    /// This version, or those that begin with what is written.
    Exact,
    Caret,
    Tilde,
    /// `~=`: the last number may grow.
    Compatible,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Not,
}

/// One condition of a range.
#[derive(Clone, Debug)]
struct Clause {
    operator: Operator,
    /// Nothing where no operator is written.
    operator_at: Bytes<usize>,
    /// The numbers as they are written, with what follows them.
    bound_at: Bytes<usize>,
    bound: Bound,
    /// What it means.
    tests: Vec<Test>,
}

/// A version as a range writes it: perhaps not all of its numbers.
#[derive(Clone, Debug)]
struct Bound {
    /// What is written between the dots; nothing for what stands for any number.
    numbers: Vec<Option<u64>>,
    /// What stands for any number: `x`, `*`.
    wildcard: &'static str,
    /// What follows the numbers, as it is written.
    suffix: String,
    /// The version with zeros for what is not written.
    lowest: semver::Version,
}

/// A condition on one version.
#[derive(Clone, Debug)]
enum Test {
    Less(semver::Version),
    LessEqual(semver::Version),
    Greater(semver::Version),
    GreaterEqual(semver::Version),
    Equal(semver::Version),
    Outside(semver::Version, semver::Version),
}

/// Conditions that must hold together.
#[derive(Clone, Debug)]
struct Alternative {
    /// Without the blanks around it.
    at: Bytes<usize>,
    clauses: Vec<Clause>,
}

/// A whole range.
struct Range {
    dialect: Dialect,
    alternatives: Vec<Alternative>,
}

/// What a range becomes with the new version of the package that it asks for.
pub(super) fn moved(dialect: Dialect, text: &str, old: &str, new: &str) -> Moved {
    let Some(range) = Range::parse(dialect, text).filter(|_| !dialect.takes_any(text)) else {
        return Moved::Stays;
    };
    let (Some(old), Some(new)) = (Version::parse_either(old), Version::parse_either(new)) else {
        return Moved::Unknown;
    };
    let (old, new) = (&old, &new);
    if range.admits(new) {
        return range.past_its_pre_release(text, old, new);
    }
    if !range.admits(old) {
        return Moved::Stays;
    }
    let admits_old = |alternative: &&Alternative| alternative.admits(dialect, old);
    let Some(last) = range.alternatives.iter().rfind(admits_old) else { return Moved::Stays };
    let Some(rewritten) = last.moved(dialect, text, new) else { return Moved::Unknown };
    // An author who counts alternatives gets one more; one that a pre-release needed has served.
    let appended = range.alternatives.len() > 1 && !last.names_a_pre_release();
    let edit = if appended {
        let end = range.alternatives.last().map_or(text.len(), |alternative| alternative.at.end);
        let separator = if text.contains(" || ") { " || " } else { "||" };
        Edit { span: Span { start: end, end }, replacement: format!("{separator}{rewritten}") }
    } else {
        Edit { span: Span { start: last.at.start, end: last.at.end }, replacement: rewritten }
    };
    splice(text, &[edit]).map_or(Moved::Unknown, |result| range.checked(result, new))
}

impl Range {
    fn parse(dialect: Dialect, text: &str) -> Option<Self> {
        let alternatives = match dialect {
            Dialect::Npm | Dialect::Yarn => npm::parse(text),
            Dialect::Python => python::parse(text, false),
            Dialect::Poetry => python::parse(text, true),
        }?;
        Some(Self { dialect, alternatives })
    }

    fn admits(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|alternative| alternative.admits(self.dialect, version))
    }

    /// A range with a pre-release of the stable version that it admits: whoever asks for what is stable now does not ask
    /// for what came before it.
    fn past_its_pre_release(&self, text: &str, old: &Version, new: &Version) -> Moved {
        let stable = ordered(new);
        let is_before = |clause: &&Clause| {
            let bound = &clause.bound.lowest;
            let bounds_below = !matches!(clause.operator, Operator::Less | Operator::Greater | Operator::Not);
            // `a0` and the like name no release: they stand for all pre-releases.
            let is_release = !clause.bound.is_before_all() && !bound.pre.is_empty();
            bounds_below && is_release && numbers(bound) == numbers(&stable)
        };
        if old.is_stable() || !new.is_stable() {
            return Moved::Stays;
        }
        let clauses = self.alternatives.iter().flat_map(|alternative| &alternative.clauses);
        let edits: Vec<Edit> =
            clauses.filter(is_before).map(|clause| clause.written(self.dialect, new, true)).collect();
        match splice(text, &edits) {
            Ok(result) if result != text => self.checked(result, new),
            _ => Moved::Stays,
        }
    }

    /// What was written, where it is a range that admits the version.
    fn checked(&self, result: String, new: &Version) -> Moved {
        match Range::parse(self.dialect, &result) {
            Some(range) if range.admits(new) => Moved::To(result),
            _ => Moved::Unknown,
        }
    }
}

impl Alternative {
    fn admits(&self, dialect: Dialect, version: &Version) -> bool {
        let version = ordered(version);
        let holds = self.clauses.iter().all(|clause| clause.holds(&version));
        holds && (version.pre.is_empty() || self.asks_for_pre_release(dialect, &version))
    }

    /// Nobody gets a pre-release who does not ask for one; npm wants it to be one of this very version.
    fn asks_for_pre_release(&self, dialect: Dialect, version: &semver::Version) -> bool {
        let same = |bound: &semver::Version| {
            (bound.major, bound.minor, bound.patch) == (version.major, version.minor, version.patch)
        };
        let asks = |clause: &Clause| {
            let is_ceiling = clause.operator == Operator::Less && !dialect.is_of_node();
            !is_ceiling
                && !clause.bound.lowest.pre.is_empty()
                && clause.operator != Operator::Not
                && (!dialect.is_of_node() || same(&clause.bound.lowest))
        };
        self.clauses.iter().any(asks)
    }

    fn names_a_pre_release(&self) -> bool {
        self.clauses.iter().any(|clause| !clause.bound.suffix.is_empty())
    }

    /// Its text with another version: with as few conditions and as few numbers changed as admit it.
    fn moved(&self, dialect: Dialect, text: &str, new: &Version) -> Option<String> {
        let keeps: &[bool] = if self.is_one_step() { &[false] } else { &[true, false] };
        let lengths: &[bool] = if new.is_stable() { &[false, true] } else { &[true] };
        let ways = keeps.iter().flat_map(|keep| lengths.iter().map(move |full| (*keep, *full)));
        ways.filter_map(|(keeps_lower, full)| {
            let mut edits = Vec::new();
            for clause in &self.clauses {
                edits.extend(clause.moved(dialect, new, keeps_lower, full)?);
            }
            let moved = |edit: Edit| {
                let (start, end) = (edit.span.start - self.at.start, edit.span.end - self.at.start);
                Edit { span: Span { start, end }, ..edit }
            };
            let edits: Vec<Edit> = edits.into_iter().map(moved).collect();
            splice(text.get(self.at.clone())?, &edits).ok()
        })
        .find(|result| Range::parse(dialect, result).is_some_and(|range| range.admits(new)))
    }

    /// Whether it goes from one version to just the next of its kind, `>=0.4.2 <0.5`: such a window moves as a whole.
    /// One that is open for longer, `>=1.2 <4`, only grows.
    fn is_one_step(&self) -> bool {
        let of = |wanted: &[Operator]| {
            let mut found = self.clauses.iter().filter(|clause| wanted.contains(&clause.operator));
            found.next().filter(|_| found.next().is_none())
        };
        let lower = of(&[Operator::Greater, Operator::GreaterEqual]);
        let upper = of(&[Operator::Less]);
        let (Some(lower), Some(upper)) = (lower, upper) else { return false };
        let Some(position) = upper.bound.last_step() else { return false };
        let (lower, upper) = (numbers(&lower.bound.lowest), numbers(&upper.bound.lowest));
        let counted = |numbers: [u64; 3]| -> Vec<u64> { numbers.into_iter().take(position + 1).collect() };
        let mut next = counted(lower);
        if let Some(last) = next.last_mut() {
            *last = last.saturating_add(1);
        }
        next == counted(upper)
    }
}

impl Clause {
    fn holds(&self, version: &semver::Version) -> bool {
        self.tests.iter().all(|test| match test {
            Test::Less(bound) => version < bound,
            Test::LessEqual(bound) => version <= bound,
            Test::Greater(bound) => version > bound,
            Test::GreaterEqual(bound) => version >= bound,
            Test::Equal(bound) => version == bound,
            Test::Outside(from, to) => version < from || version >= to,
        })
    }

    /// Whether `=` is not meant for one version alone.
    fn stands_for_several(&self, dialect: Dialect) -> bool {
        self.bound.numbers.contains(&None) || (dialect.is_of_node() && !self.bound.is_whole())
    }

    fn written(&self, dialect: Dialect, new: &Version, full: bool) -> Edit {
        edit(&self.bound_at, &self.bound.with(dialect, new, full))
    }

    /// What changes in it; nothing where it cannot be told.
    fn moved(&self, dialect: Dialect, new: &Version, keeps_lower: bool, full: bool) -> Option<Vec<Edit>> {
        let written = || self.written(dialect, new, full);
        Some(match self.operator {
            // What stood for several versions still does.
            Operator::Exact if full && self.stands_for_several(dialect) => {
                let operator = match (dialect, self.bound.leading().len()) {
                    (_, 0) => ">=",
                    (Dialect::Python, _) => "~=",
                    (_, 1) => "^",
                    _ => "~",
                };
                vec![edit(&self.operator_at, operator), written()]
            }
            Operator::Exact | Operator::Caret | Operator::Tilde | Operator::Compatible => vec![written()],
            Operator::GreaterEqual | Operator::Greater if keeps_lower => Vec::new(),
            Operator::GreaterEqual => vec![written()],
            // The new version is not greater than itself.
            Operator::Greater => vec![edit(&self.operator_at, ">="), written()],
            Operator::Less | Operator::LessEqual if self.holds(&ordered(new)) => Vec::new(),
            Operator::Less => vec![edit(&self.bound_at, &self.bound.after(new)?)],
            Operator::LessEqual => vec![written()],
            Operator::Not => Vec::new(),
        })
    }
}

/// The replacement of a part of a range.
fn edit(at: &Bytes<usize>, replacement: &str) -> Edit {
    Edit { span: Span { start: at.start, end: at.end }, replacement: replacement.to_owned() }
}

impl Bound {
    /// The version in its place. With fewer numbers than it has where the bound has fewer, unless it must be whole: a
    /// pre-release always is, and what took the place of one.
    fn with(&self, dialect: Dialect, version: &Version, full: bool) -> String {
        if full || !self.suffix.is_empty() {
            return match dialect {
                Dialect::Npm | Dialect::Yarn => version.to_string(),
                Dialect::Python | Dialect::Poetry => version.pep440(),
            };
        }
        let mut own = [version.major, version.minor, version.patch].into_iter();
        let numbers = self.numbers.iter().map(|number| {
            let own = own.next().unwrap_or(0);
            number.map(|_| own)
        });
        self.join(numbers)
    }

    /// The next bound of the same kind that lies after a version: after 0.5 comes 0.6, after 2.0.0 comes 3.0.0.
    fn after(&self, version: &Version) -> Option<String> {
        let last = self.last_step()?;
        if !self.suffix.is_empty() && !self.is_before_all() {
            return None;
        }
        let mut own = [version.major, version.minor, version.patch].into_iter();
        let mut stepped = Vec::new();
        for (position, number) in self.numbers.iter().enumerate() {
            let own = own.next().unwrap_or(0);
            stepped.push(match (number, position.cmp(&last)) {
                (None, _) => None,
                (_, std::cmp::Ordering::Less) => Some(own),
                (_, std::cmp::Ordering::Equal) => Some(own.checked_add(1)?),
                (_, std::cmp::Ordering::Greater) => Some(0),
            });
        }
        Some(format!("{}{}", self.join(stepped.into_iter()), self.suffix))
    }

    /// Whether it comes before every pre-release of its version that there is.
    fn is_before_all(&self) -> bool {
        matches!(self.suffix.as_str(), "-0" | ".dev0" | "dev0" | "a0")
    }

    /// Which number a bound counts by: the last that is not zero.
    fn last_step(&self) -> Option<usize> {
        self.numbers.iter().rposition(|number| number.is_some_and(|number| number > 0)).filter(|at| *at < 3)
    }

    fn join(&self, numbers: impl Iterator<Item = Option<u64>>) -> String {
        let written = numbers.map(|number| number.map_or(self.wildcard.to_owned(), |it| it.to_string()));
        written.collect::<Vec<_>>().join(".")
    }
}

/// The first version that does not begin with these numbers; its pre-releases do not belong before it either.
fn next_after(numbers: &[u64]) -> Option<semver::Version> {
    let mut counted = [0; 3];
    for (place, number) in counted.iter_mut().zip(numbers) {
        *place = *number;
    }
    let last = counted.get_mut(numbers.len().checked_sub(1)?)?;
    *last = last.checked_add(1)?;
    let [major, minor, patch] = counted;
    lowest_of(semver::Version::new(major, minor, patch))
}

/// What comes before every pre-release of a version.
fn lowest_of(version: semver::Version) -> Option<semver::Version> {
    Some(semver::Version { pre: semver::Prerelease::new("0").ok()?, ..version })
}

fn numbers(version: &semver::Version) -> [u64; 3] {
    [version.major, version.minor, version.patch]
}

/// A version of a release in the order of SemVer, which is that of PEP 440 as well.
fn ordered(version: &Version) -> semver::Version {
    let mut ordered = semver::Version::new(version.major, version.minor, version.patch);
    if let Some((stage, count)) = version.pre {
        ordered.pre = semver::Prerelease::new(&format!("{}.{count}", stage.word())).unwrap_or_default();
    }
    ordered
}

/// `^` in every dialect: what does not change the first number that is not zero.
fn caret(bound: &Bound) -> Option<Vec<Test>> {
    let written = bound.leading();
    let significant = written.iter().position(|number| *number > 0).map_or(written.len(), |at| at + 1);
    let upper = next_after(written.get(..significant)?)?;
    Some(vec![Test::GreaterEqual(bound.lowest.clone()), Test::Less(upper)])
}

/// `~` in every dialect: what changes the last number only, or the one after the first where that is all there is.
fn tilde(bound: &Bound) -> Option<Vec<Test>> {
    let written = bound.leading();
    let upper = next_after(written.get(..written.len().min(2))?)?;
    Some(vec![Test::GreaterEqual(bound.lowest.clone()), Test::Less(upper)])
}

impl Bound {
    /// The numbers before the first that may be any.
    fn leading(&self) -> Vec<u64> {
        self.numbers.iter().map_while(|number| *number).collect()
    }

    /// Whether all three numbers are written.
    fn is_whole(&self) -> bool {
        self.leading().len() >= 3
    }
}
