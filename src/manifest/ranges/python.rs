//! Version specifiers of PEP 440 (<https://peps.python.org/pep-0440/#version-specifiers>): conditions with commas between
//! them. Poetry knows `^`, `~`, bare versions and alternatives besides. Epochs, post releases and local versions are no
//! versions of a release here, so that what names one is not read.

use std::ops::Range as Bytes;

use super::{Alternative, Bound, Clause, Operator, Test, caret, lowest_of, next_after, tilde};

/// Longest first.
const OPERATORS: [(&str, Operator); 8] = [
    ("===", Operator::Exact),
    ("==", Operator::Exact),
    ("~=", Operator::Compatible),
    ("!=", Operator::Not),
    ("<=", Operator::LessEqual),
    (">=", Operator::GreaterEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// What only Poetry knows.
const POETRY: [(&str, Operator); 3] =
    [("^", Operator::Caret), ("~", Operator::Tilde), ("=", Operator::Exact)];

/// How PEP 440 spells the stages of a pre-release, and where each stands in the order of SemVer.
const STAGES: [(&str, &str); 9] = [
    ("alpha", "alpha"),
    ("beta", "beta"),
    ("preview", "rc"),
    ("pre", "rc"),
    ("rc", "rc"),
    ("a", "alpha"),
    ("b", "beta"),
    ("c", "rc"),
    ("dev", ""),
];

pub(super) fn parse(text: &str, poetry: bool) -> Option<Vec<Alternative>> {
    let mut alternatives = Vec::new();
    let mut start = 0;
    let parts: Vec<&str> = if poetry { text.split("||").collect() } else { vec![text] };
    for part in parts {
        let at = trimmed(start, part);
        alternatives.push(Alternative { clauses: clauses(text, &at, poetry)?, at });
        start += part.len() + 2;
    }
    Some(alternatives)
}

fn trimmed(start: usize, part: &str) -> Bytes<usize> {
    let begin = start + (part.len() - part.trim_start().len());
    begin..begin + part.trim().len()
}

fn clauses(text: &str, at: &Bytes<usize>, poetry: bool) -> Option<Vec<Clause>> {
    let mut clauses = Vec::new();
    let mut start = at.start;
    let part = text.get(at.clone())?;
    if part.is_empty() {
        return Some(clauses);
    }
    for part in part.split(',') {
        let at = trimmed(start, part);
        start += part.len() + 1;
        // A comma may stand at the end.
        if at.is_empty() && start > text.len() && !clauses.is_empty() {
            continue;
        }
        clauses.push(clause(text, &at, poetry)?);
    }
    Some(clauses)
}

fn clause(text: &str, at: &Bytes<usize>, poetry: bool) -> Option<Clause> {
    let written = text.get(at.clone())?;
    let known = OPERATORS.into_iter().chain(POETRY.into_iter().filter(|_| poetry));
    let found = known.into_iter().find(|(sign, _)| written.starts_with(sign));
    let (sign, operator) = match found {
        Some(found) => found,
        None if poetry => ("", Operator::Exact),
        None => return None,
    };
    let rest = written.get(sign.len()..)?.trim_start();
    let operator_at = at.start..at.start + sign.len();
    let bound = bound(rest)?;
    let tests = tests(operator, &bound)?;
    Some(Clause { operator, operator_at, bound_at: at.end - rest.len()..at.end, bound, tests })
}

fn bound(written: &str) -> Option<Bound> {
    let end = written
        .find(|character: char| !character.is_ascii_digit() && character != '.' && character != '*')
        .unwrap_or(written.len());
    let (numbers, _) = written.split_at_checked(end)?;
    let numbers = numbers.trim_end_matches('.');
    let suffix = written.get(numbers.len()..)?;
    let mut read = Vec::new();
    for part in numbers.split('.') {
        read.push(match part {
            "*" => None,
            digits => Some(digits.parse().ok()?),
        });
    }
    let wild = read.iter().position(Option::is_none);
    let is_last = wild.is_none_or(|at| at + 1 == read.len() && suffix.is_empty());
    let counted: Vec<u64> = read.iter().map_while(|number| *number).collect();
    let beyond = counted.iter().skip(3).any(|number| *number > 0);
    if !is_last || beyond || read.is_empty() {
        return None;
    }
    let mut counted = counted.into_iter();
    let mut next = || counted.next().unwrap_or(0);
    let base = semver::Version::new(next(), next(), next());
    let lowest = semver::Version { pre: pre_release(suffix)?, ..base };
    Some(Bound { numbers: read, wildcard: "*", suffix: suffix.to_owned(), lowest })
}

/// The part after the numbers in the order of SemVer: `a1`, `-alpha.1`, `.dev0`.
fn pre_release(suffix: &str) -> Option<semver::Prerelease> {
    if suffix.is_empty() {
        return Some(semver::Prerelease::EMPTY);
    }
    let separators = ['.', '-', '_'];
    let word = suffix.strip_prefix(separators).unwrap_or(suffix).to_ascii_lowercase();
    let (stage, ordered, rest) =
        STAGES.into_iter().find_map(|(stage, ordered)| Some((stage, ordered, word.strip_prefix(stage)?)))?;
    let digits = rest.strip_prefix(separators).unwrap_or(rest);
    let count: u64 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    // What is in development comes before every pre-release.
    let ordered = if stage == "dev" { count.to_string() } else { format!("{ordered}.{count}") };
    semver::Prerelease::new(&ordered).ok()
}

fn tests(operator: Operator, bound: &Bound) -> Option<Vec<Test>> {
    let written = bound.leading();
    let lowest = bound.lowest.clone();
    if written.is_empty() {
        return Some(Vec::new());
    }
    let wild = bound.numbers.iter().any(Option::is_none);
    // Zeros beyond the third number say nothing.
    let counted = written.get(..written.len().min(3))?;
    Some(match operator {
        Operator::Caret => return caret(bound),
        Operator::Tilde => return tilde(bound),
        Operator::Exact if wild => {
            vec![Test::GreaterEqual(lowest_of(lowest)?), Test::Less(next_after(counted)?)]
        }
        Operator::Not if wild => vec![Test::Outside(lowest_of(lowest)?, next_after(counted)?)],
        _ if wild => return None,
        Operator::Exact => vec![Test::Equal(lowest)],
        Operator::Not => vec![Test::Outside(lowest.clone(), just_after(&lowest)?)],
        Operator::Compatible => {
            let kept = counted.get(..written.len().checked_sub(1)?.min(3))?;
            vec![Test::GreaterEqual(lowest), Test::Less(next_after(kept)?)]
        }
        // `<1.3` does not admit the pre-releases of 1.3 unless it names one.
        Operator::Less if lowest.pre.is_empty() => vec![Test::Less(lowest_of(lowest)?)],
        Operator::Less => vec![Test::Less(lowest)],
        Operator::LessEqual => vec![Test::LessEqual(lowest)],
        Operator::Greater => vec![Test::Greater(lowest)],
        Operator::GreaterEqual => vec![Test::GreaterEqual(lowest)],
    })
}

/// The version that comes right after another.
fn just_after(version: &semver::Version) -> Option<semver::Version> {
    if version.pre.is_empty() {
        return next_after(&[version.major, version.minor, version.patch]);
    }
    let pre = semver::Prerelease::new(&format!("{}.0", version.pre)).ok()?;
    Some(semver::Version { pre, ..version.clone() })
}
