//! The words that headings are made of: versions in the spellings of SemVer, PEP 440 and their like, dates, and what is
//! said around them.

use std::ops::Range;

use super::follow;
use crate::version::Version;

pub(super) fn lower(word: &str) -> String {
    word.to_lowercase()
}

/// Words that are said of every release, around its version and its date.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 36] = [
        "v",
        "v.",
        "ver",
        "version",
        "release",
        "released",
        "releases",
        "changelog",
        "changes",
        "change",
        "log",
        "notes",
        "what's",
        "whats",
        "new",
        "in",
        "for",
        "on",
        "of",
        "the",
        "tag",
        "yanked",
        "unreleased",
        "tbd",
        "tba",
        "date",
        "final",
        "stable",
        "latest",
        "current",
        "lts",
        "pre-release",
        "prerelease",
        "today",
        "yyyy-mm-dd",
        "soon",
    ];
    FILLERS.contains(&word) || is_date_placeholder(word)
}

/// `2026-xx-xx`, `20XX-XX-XX`
pub(super) fn is_date_placeholder(word: &str) -> bool {
    word.len() == 10
        && word.bytes().filter(|byte| *byte == b'-').count() == 2
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"-xymd?".contains(&byte))
        && word.bytes().any(|byte| b"xymd?".contains(&byte))
}

/// Words that some projects write where Keep a Changelog has `[Unreleased]`.
pub(super) fn is_nearly_unreleased(word: &str) -> bool {
    const WORDS: [&str; 17] = [
        "unreleased",
        "next",
        "vnext",
        "upcoming",
        "head",
        "main",
        "master",
        "trunk",
        "develop",
        "development",
        "dev",
        "nightly",
        "un-released",
        "unrelease",
        "unrealeased",
        "unreleaed",
        "pending",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A version of at least two numbers that this word ends with, and the name in front of it: `own-v1.2.3`, `own@1.2.3`.
pub(super) fn version_in(word: &str) -> Option<(Range<usize>, Range<usize>)> {
    let joints = word.char_indices().filter(|(_, it)| "@/-_:=".contains(*it)).map(|(at, _)| at + 1);
    for start in std::iter::once(0).chain(joints) {
        let rest = word.get(start..)?;
        let bare = rest.strip_prefix(['v', 'V']).map_or(rest, |rest| rest.strip_prefix('.').unwrap_or(rest));
        if is_version(bare) {
            let name = word.get(..start)?.trim_end_matches(['@', '/', '-', '_', ':', '=']);
            let at = word.len() - bare.len();
            let name = if is_filler(&lower(name)) { 0..0 } else { 0..name.len() };
            return Some((name, at..word.len()));
        }
    }
    None
}

/// Two or more numbers with dots between them, in front of what SemVer, PEP 440 or their like put behind them.
pub(super) fn is_version(text: &str) -> bool {
    let numbers = match text.split_once('!') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|it| it.is_ascii_digit()) => rest,
        _ => text,
    };
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (mut rest, mut count) = (numbers, 0);
    loop {
        let length = digits(rest);
        if length == 0 {
            return false;
        }
        count += 1;
        rest = rest.get(length..).unwrap_or_default();
        match rest.strip_prefix('.') {
            Some(more) if digits(more) > 0 => rest = more,
            _ => break,
        }
    }
    count > 1 && (rest.is_empty() || is_suffix(rest))
}

/// What may stand behind the numbers of a version.
pub(super) fn is_suffix(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte);
    if text.len() > 60 || !text.bytes().all(allowed) || text.ends_with(['.', '-', '+', '_']) {
        return false;
    }
    match text.strip_prefix(['.', '-', '+', '_']) {
        Some(rest) => !matches!(rest, "x" | "X") && !rest.starts_with(['.', '-', '+', '_']),
        None => {
            const STAGES: [&str; 10] =
                ["alpha", "beta", "preview", "pre", "post", "dev", "rc", "a", "b", "c"];
            let lower = lower(text);
            let stage = STAGES.iter().find_map(|stage| lower.strip_prefix(stage));
            stage.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_alphabetic()))
        }
    }
}

/// A version of one number: `v2`, `250`.
pub(super) fn number(word: &str) -> Option<&str> {
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    (!bare.is_empty() && bare.len() <= 6 && bare.bytes().all(|byte| byte.is_ascii_digit())).then_some(bare)
}

/// `1.x`, `1.2.x`, `2.*`
pub(super) fn is_wildcard(word: &str) -> bool {
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    bare.strip_suffix(".x").or_else(|| bare.strip_suffix(".*")).is_some_and(|numbers| {
        !numbers.is_empty() && numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// A word that is a date or a part of one.
pub(super) fn is_datelike(word: &str) -> bool {
    let day = word.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let ordinal = word.get(day.len()..).unwrap_or_default();
    is_date(word)
        || ((1..=2).contains(&day.len())
            && day.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(ordinal, "" | "st" | "nd" | "rd" | "th"))
}

/// A whole date, the name of a month, or a year.
pub(super) fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let numeric =
        |text: &&str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|it| it.is_ascii_digit());
    match parts.as_slice() {
        [year] => {
            (year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && numeric(year))
                || follow::month(word.trim_end_matches([',', '.'])).is_some()
        }
        [first, second, third] => {
            (parts.iter().all(numeric) && (first.len() == 4 || third.len() == 4))
                || (numeric(first) && follow::month(second).is_some() && numeric(third))
        }
        _ => false,
    }
}

/// Whether the first of these versions is later than the second, as far as their numbers tell.
pub(in crate::changelog) fn is_later(one: &str, other: &str) -> bool {
    if let (Some(one), Some(other)) = (Version::parse_either(one), Version::parse_either(other)) {
        return one > other;
    }
    let numbers = |text: &str| -> Vec<u64> {
        let end = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
        text.get(..end).unwrap_or_default().split('.').filter_map(|part| part.parse().ok()).collect()
    };
    numbers(one) > numbers(other)
}
