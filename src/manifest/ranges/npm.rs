//! Ranges of package.json, as node-semver reads them: comparators with blanks between them, `a - b`, `x` for any number,
//! and alternatives with `||` between them. What is no such range, a tag, an address or a folder, is not read at all.

use std::ops::Range as Bytes;

use super::{Alternative, Bound, Clause, Operator, Test, caret, lowest_of, next_after, tilde};

/// What package managers put before a range that is meant for the workspace or the registry.
const PROTOCOLS: [&str; 2] = ["workspace:", "npm:"];

/// Longest first.
const OPERATORS: [(&str, Operator); 8] = [
    ("<=", Operator::LessEqual),
    (">=", Operator::GreaterEqual),
    ("~>", Operator::Tilde),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Exact),
    ("^", Operator::Caret),
    ("~", Operator::Tilde),
];

pub(super) fn parse(text: &str) -> Option<Vec<Alternative>> {
    let protocol = PROTOCOLS.into_iter().find(|protocol| text.starts_with(protocol)).unwrap_or_default();
    let mut alternatives = Vec::new();
    let mut start = protocol.len();
    for part in text.get(start..)?.split("||") {
        let at = trimmed(start, part);
        alternatives.push(Alternative { clauses: clauses(text, &at)?, at });
        start += part.len() + 2;
    }
    Some(alternatives)
}

fn trimmed(start: usize, part: &str) -> Bytes<usize> {
    let begin = start + (part.len() - part.trim_start().len());
    begin..begin + part.trim().len()
}

fn clauses(text: &str, at: &Bytes<usize>) -> Option<Vec<Clause>> {
    let part = text.get(at.clone())?;
    if let Some((low, high)) = part.split_once(" - ") {
        let high_start = at.end - high.len();
        return Some(vec![
            clause(text, trimmed(at.start, low), Operator::GreaterEqual)?,
            clause(text, trimmed(high_start, high), Operator::LessEqual)?,
        ]);
    }
    let mut clauses = Vec::new();
    let mut next = at.start;
    while let Some(rest) = text.get(next..at.end).filter(|rest| !rest.is_empty()) {
        let blanks = rest.len() - rest.trim_start().len();
        if blanks > 0 {
            next += blanks;
            continue;
        }
        let (sign, operator) =
            OPERATORS.into_iter().find(|(sign, _)| rest.starts_with(sign)).unwrap_or(("", Operator::Exact));
        let after = rest.get(sign.len()..)?;
        let start = next + sign.len() + (after.len() - after.trim_start().len());
        let bound = text.get(start..at.end)?;
        let end = start + bound.find(char::is_whitespace).unwrap_or(bound.len());
        let mut clause = clause(text, start..end, operator)?;
        clause.operator_at = next..next + sign.len();
        next = end;
        clauses.push(clause);
    }
    Some(clauses)
}

fn clause(text: &str, at: Bytes<usize>, operator: Operator) -> Option<Clause> {
    let written = text.get(at.clone())?;
    let digits = written.trim_start_matches(['v', '=']);
    let bound_at = at.end - digits.len()..at.end;
    let bound = bound(digits)?;
    let tests = tests(operator, &bound)?;
    Some(Clause { operator, operator_at: at.start..at.start, bound_at, bound, tests })
}

fn bound(written: &str) -> Option<Bound> {
    let without_build = written.split('+').next()?;
    let (numbers, pre) = match without_build.split_once('-') {
        Some((numbers, pre)) => (numbers, semver::Prerelease::new(pre).ok().filter(|pre| !pre.is_empty())?),
        None => (without_build, semver::Prerelease::EMPTY),
    };
    let suffix = written.get(numbers.len()..)?.to_owned();
    let mut wildcard = "x";
    let mut read = Vec::new();
    for part in numbers.split('.') {
        read.push(match part {
            "x" => None,
            "X" | "*" => {
                wildcard = if part == "X" { "X" } else { "*" };
                None
            }
            digits => Some(number(digits)?),
        });
    }
    let mut counted = read.iter().map_while(|number| *number);
    let mut next = || counted.next().unwrap_or(0);
    let lowest = semver::Version { pre, ..semver::Version::new(next(), next(), next()) };
    let bound = Bound { numbers: read, wildcard, suffix, lowest };
    let is_right = bound.numbers.len() <= 3 && (bound.suffix.is_empty() || bound.is_whole());
    is_right.then_some(bound)
}

fn number(digits: &str) -> Option<u64> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

fn tests(operator: Operator, bound: &Bound) -> Option<Vec<Test>> {
    let written = bound.leading();
    if written.is_empty() {
        return Some(Vec::new());
    }
    let lowest = bound.lowest.clone();
    let whole = bound.is_whole();
    Some(match operator {
        Operator::Caret => return caret(bound),
        Operator::Tilde => return tilde(bound),
        Operator::Exact if whole => vec![Test::Equal(lowest)],
        Operator::Exact => vec![Test::GreaterEqual(lowest), Test::Less(next_after(&written)?)],
        Operator::Less if whole => vec![Test::Less(lowest)],
        Operator::Less => vec![Test::Less(lowest_of(lowest)?)],
        Operator::LessEqual if whole => vec![Test::LessEqual(lowest)],
        Operator::LessEqual => vec![Test::Less(next_after(&written)?)],
        Operator::Greater if whole => vec![Test::Greater(lowest)],
        Operator::Greater => {
            vec![Test::GreaterEqual(semver::Version {
                pre: semver::Prerelease::EMPTY,
                ..next_after(&written)?
            })]
        }
        Operator::GreaterEqual => vec![Test::GreaterEqual(lowest)],
        Operator::Compatible | Operator::Not => return None,
    })
}
