//! A heading for a new release, written after the newest one of the changelog: the same level, name, brackets and dashes,
//! the version and the date in the place of the old ones, the date in the form that stands there. What was said of the
//! old release alone (a code name, `[YANKED]`) is not repeated.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::tokens::{Kind, Token, tokens};
use super::vocabulary::{is_date, number};
use super::{Named, versioned};

/// The heading of the newest release in a changelog.
#[derive(Debug, Clone)]
pub(in crate::changelog) struct Newest<'a> {
    /// The number of its first line.
    pub(in crate::changelog) line: usize,
    /// What stands before its text: `## `.
    pub(in crate::changelog) before: &'a str,
    /// Its text.
    pub(in crate::changelog) text: &'a str,
    /// What stands behind its text: further `#`.
    pub(in crate::changelog) after: &'a str,
    /// The line below it that makes it a heading.
    pub(in crate::changelog) underline: Option<&'a str>,
    /// The release it names.
    pub(in crate::changelog) named: Named<'a>,
}

impl<'a> Newest<'a> {
    /// Where its own link points to.
    pub(in crate::changelog) fn target(&self) -> Option<&'a str> {
        self.bracket().and_then(|bracket| self.text.get(bracket.target?))
    }

    /// The label of the link definition that it would use: what stands in its brackets, or in the second ones.
    pub(in crate::changelog) fn label(&self) -> Option<&'a str> {
        let Bracket { label, target, reference } = self.bracket()?;
        if target.is_some() { None } else { self.text.get(reference.unwrap_or(label)) }
    }

    fn bracket(&self) -> Option<Bracket> {
        tokens(self.text).into_iter().find_map(|token| match token.kind {
            Kind::Bracket { ref label, ref target, ref reference }
                if versioned(self.text, &token).is_some() =>
            {
                let written = self.text.get(token.span.clone())?.starts_with('[');
                let (label, target, reference) = (label.clone(), target.clone(), reference.clone());
                written.then_some(Bracket { label, target, reference })
            }
            _ => None,
        })
    }
}

/// The square brackets around the version of a heading, and what they link to.
struct Bracket {
    label: Range<usize>,
    target: Option<Range<usize>>,
    reference: Option<Range<usize>>,
}

/// The heading of `version`, of this day (`2026-01-31`), in the style of `newest`; its link points to what `link` makes
/// of the old target. Of the older heading's kind it is one line or two, with LF between.
pub(in crate::changelog) fn following(
    newest: &Newest<'_>,
    version: &str,
    date: &str,
    link: &dyn Fn(&str) -> Option<String>,
) -> String {
    let text = written(newest.text, version, date, link);
    match newest.underline {
        None => format!("{}{text}{}", newest.before, newest.after).trim_end().to_owned(),
        Some(old) => {
            let mark = if old.trim_start().starts_with('=') { "=" } else { "-" };
            let length = if old.trim().len() == newest.text.chars().count() {
                text.chars().count()
            } else {
                old.trim().len()
            };
            format!("{}{text}\n{}", newest.before, mark.repeat(length.max(1)))
        }
    }
}

fn written(text: &str, version: &str, date: &str, link: &dyn Fn(&str) -> Option<String>) -> String {
    let part = |span: Range<usize>| text.get(span).unwrap_or_default();
    let all = tokens(text);
    let found = all.iter().enumerate().find_map(|(index, token)| {
        let old = match versioned(text, token) {
            Some(found) => found.version,
            None => number_in(text, token)?,
        };
        Some((index, token, old))
    });
    let Some((index, token, old)) = found else { return version.to_owned() };
    let mut out = format!("{}{version}", part(0..old.start));
    match &token.kind {
        Kind::Bracket { label, target, reference } => {
            let open = target.as_ref().or(reference.as_ref()).map_or(token.span.end, |inner| inner.start - 1);
            out.push_str(part(old.end..label.end));
            out.push_str(part(label.end..open));
            if let Some(target) = target.as_ref().and_then(|target| link(part(target.clone()))) {
                out.push_str(&format!("({target})"));
            }
            let old = part(old.clone());
            if let Some(reference) = reference.clone().map(part).filter(|it| it.contains(old)) {
                out.push_str(&format!("[{}]", reference.replace(old, version)));
            }
        }
        _ => out.push_str(part(old.end..token.span.end)),
    }
    let mut last = token.span.end;
    let when = find_date(text, last, date);
    let (mut dated, mut skip_to) = (false, 0);
    for token in all.get(index + 1..).unwrap_or_default() {
        let span = token.span.clone();
        if span.start < skip_to || token.kind == Kind::Separator {
            continue;
        }
        let gap = part(last..span.start);
        match &when {
            Some((at, new)) if at.start >= span.start && at.end <= span.end => {
                out.push_str(gap);
                out.push_str(part(span.start..at.start));
                out.push_str(new);
                out.push_str(part(at.end..span.end));
            }
            Some((at, new)) if at.start == span.start => {
                out.push_str(gap);
                out.push_str(new);
                skip_to = at.end;
            }
            _ if token.kind == Kind::Decoration => {
                out.push_str(gap);
                out.push_str(part(span.clone()));
            }
            _ => dated |= part(span.clone()).split([' ', '(', ')', ',']).any(is_date),
        }
        last = span.end.max(skip_to);
    }
    if when.is_none() && dated {
        out.push_str(" - ");
        out.push_str(date);
    }
    out.trim_end().to_owned()
}

/// A version of a single number, which is one only because a date follows.
fn number_in(text: &str, token: &Token) -> Option<Range<usize>> {
    let span = match &token.kind {
        Kind::Word => token.span.clone(),
        Kind::Bracket { label, .. } => label.clone(),
        _ => return None,
    };
    let bare = number(text.get(span.clone())?.trim())?;
    let at = span.end - text.get(span.clone())?.trim_start().len();
    let end = at + text.get(span)?.trim().len();
    Some(end - bare.len()..end)
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The number of a month that is written out or cut to three letters, counted from 1.
pub(super) fn month(word: &str) -> Option<usize> {
    let known = |name: &str| {
        word.eq_ignore_ascii_case(name)
            || name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
            || (word.eq_ignore_ascii_case("sept") && name == "September")
    };
    MONTHS.iter().position(|name| known(name)).map(|index| index + 1)
}

/// The forms of a date in which day and month cannot be mistaken for one another.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?P<ymd>\d{4}(?P<sep>[-/.])\d{1,2}[-/.]\d{1,2})\b",
        r"|\b(?P<dmy>\d{1,2}\.\d{1,2}\.\d{4})\b",
        r"|\b(?P<month>[A-Za-z]{3,9})(?P<stop>\.?) (?P<day>\d{1,2})(?P<nth>st|nd|rd|th)?(?P<comma>,?) \d{4}\b",
        r"|\b(?P<day2>\d{1,2})(?P<nth2>st|nd|rd|th|\.)?(?P<join>[ -])(?P<month2>[A-Za-z]{3,9})(?P<stop2>[.,]?)[ -]\d{4}\b",
    ))
    .ok()
});

/// The date that stands behind a version, and the given one in the same form.
fn find_date(text: &str, from: usize, date: &str) -> Option<(Range<usize>, String)> {
    let [year, month_number, day] = numbers(date)?;
    let name = MONTHS.get(usize::try_from(month_number).ok()?.checked_sub(1)?)?;
    let found = DATE.as_ref()?.captures_at(text, from)?;
    let at = found.get(0)?.range();
    let old = found.get(0)?.as_str();
    let get = |group: &str| found.name(group).map_or("", |it| it.as_str());
    let nth = |group: &str| match get(group) {
        "" => "",
        "." => ".",
        _ => ordinal(day),
    };
    let written = |old: &str| name.get(..if old.len() == 3 && *name != "May" { 3 } else { name.len() });
    let padded = |old: &str, it: u64| if old.starts_with('0') { format!("{it:02}") } else { it.to_string() };
    let new = if let Some(form) = found.name("ymd") {
        let separator = get("sep");
        let parts: Vec<&str> = form.as_str().split(['-', '/', '.']).collect();
        let wide = parts.iter().skip(1).all(|part| part.len() == 2);
        if wide {
            format!("{year:04}{separator}{month_number:02}{separator}{day:02}")
        } else {
            format!("{year}{separator}{month_number}{separator}{day}")
        }
    } else if let Some(form) = found.name("dmy") {
        if form.as_str().split('.').take(2).all(|part| part.len() == 2) {
            format!("{day:02}.{month_number:02}.{year:04}")
        } else {
            format!("{day}.{month_number}.{year}")
        }
    } else if found.name("month").is_some() {
        month(get("month"))?;
        let (name, stop) = (written(get("month"))?, get("stop"));
        format!("{name}{stop} {}{}{} {year}", padded(get("day"), day), nth("nth"), get("comma"))
    } else {
        month(get("month2"))?;
        let (name, stop, join) = (written(get("month2"))?, get("stop2"), get("join"));
        format!("{}{}{join}{name}{stop}{join}{year}", padded(get("day2"), day), nth("nth2"))
    };
    (!old.is_empty()).then_some((at, new))
}

fn numbers(date: &str) -> Option<[u64; 3]> {
    let mut parts = date.split('-').map(str::parse);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}

fn ordinal(day: u64) -> &'static str {
    match (day % 100, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}
