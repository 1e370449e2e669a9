//! What a heading of a changelog says: that the unreleased changes begin, or the section of a release, or neither. A
//! release is an optional name or `v`, a version, then nothing, a date or brackets; where a heading holds a version and
//! says more than that, nobody can tell, and it is not guessed.

mod follow;
mod tokens;
mod vocabulary;

use std::ops::Range;

pub(super) use follow::{Newest, following};
use tokens::{Kind, Token, tokens};

use super::blocks::{Blocks, Place};
pub(super) use vocabulary::is_later;
use vocabulary::{
    is_date, is_datelike, is_filler, is_nearly_unreleased, is_wildcard, lower, number, version_in,
};

/// What a heading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// The unreleased changes begin here.
    Unreleased,
    /// The section of a release begins here.
    Release(Named<'a>),
    /// It holds a version, a date or brackets, but may be about something else.
    Doubtful,
    /// A word that people write for unreleased changes, in a heading that says more than that.
    NearlyUnreleased,
    /// Nothing of the kind.
    Other,
}

/// The release that a heading names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// Its version without a `v`.
    pub(super) version: &'a str,
    /// The name in front of it, if it is more than "Version" or "Release".
    pub(super) name: Option<&'a str>,
    /// It has a date, or stands in square brackets without a name: hardly anything else is written that way.
    pub(super) sure: bool,
}

/// The text of an ATX heading, given as its line: without the `#` in front and behind (CommonMark 4.2).
pub(super) fn text_of(line: &str) -> &str {
    let text = line.trim().trim_start_matches('#').trim_matches([' ', '\t']);
    let open = text.trim_end_matches('#');
    if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { text }
}

/// Reads the text of a heading.
pub(super) fn read(text: &str) -> Said<'_> {
    // Most headings name a type or a topic: they need no closer look.
    let suspect = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'[' | b'(');
    if text.len() > 40 && !text.bytes().any(suspect) {
        return Said::Other;
    }
    let all = tokens(text);
    let mut said: Vec<&Token> = all.iter().filter(|token| token.kind != Kind::Decoration).collect();
    let leading = said.iter().take_while(|token| token.kind == Kind::Separator).count();
    said.drain(..leading);
    match said.split_first() {
        None => Said::Other,
        Some((first, rest)) if is_unreleased(text, first) => unreleased(text, first, rest),
        Some(_) => release(text, &said),
    }
}

/// What a heading says that begins with the word "unreleased".
fn unreleased<'a>(text: &'a str, first: &Token, rest: &[&Token]) -> Said<'a> {
    let alone = |token: &&&Token| {
        let filler = |token: &Token| {
            let word = lower(word(text, &token.span));
            is_filler(&word) || matches!(word.as_str(), "change" | "changes" | "section" | "work")
        };
        !matches!(token.kind, Kind::Word)
            || filler(token)
            || is_datelike(word(text, &token.span))
            || version_in(word(text, &token.span)).is_some()
    };
    let bracketed = matches!(first.kind, Kind::Bracket { .. });
    if bracketed || rest.iter().all(|token| alone(&token)) {
        Said::Unreleased
    } else {
        Said::NearlyUnreleased
    }
}

fn is_unreleased(text: &str, token: &Token) -> bool {
    let word = match &token.kind {
        Kind::Word => word(text, &token.span),
        Kind::Bracket { label, .. } => {
            word(text, label).trim_matches(|it: char| it.is_whitespace() || "*_`".contains(it))
        }
        _ => return false,
    };
    word.eq_ignore_ascii_case("unreleased")
}

/// What a heading says that does not begin with the word "unreleased".
fn release<'a>(text: &'a str, said: &[&Token]) -> Said<'a> {
    let found = said.iter().enumerate().find_map(|(index, token)| Some((index, versioned(text, token)?)));
    let Some((index, Versioned { version, name, bracketed })) = found else {
        return without_version(text, said);
    };
    let before = said.get(..index).unwrap_or_default();
    let after = After::read(text, said.get(index + 1..).unwrap_or_default());
    let names = names(text, before);
    let version = text.get(version).unwrap_or_default();
    let (name, words) = match (name.and_then(|name| text.get(name)), &names) {
        (Some(name), names) => (Some(name), names.words + 1),
        (None, names) => (names.first.clone().and_then(|name| text.get(name)), names.words),
    };
    let sure = after.dated || (bracketed && name.is_none());
    let opens = names.plain
        && match words {
            0 => bracketed || after.dated || after.plain,
            1 => bracketed || after.plain,
            _ => bracketed || (after.dated && after.plain),
        };
    if opens { Said::Release(Named { version, name, sure }) } else { Said::Doubtful }
}

/// What a heading says that names no version of two numbers or more.
fn without_version<'a>(text: &'a str, said: &[&Token]) -> Said<'a> {
    let names = names(text, said);
    let nearly = names.first.clone().is_some_and(|name| is_nearly_unreleased(word(text, &name)));
    let mentions = said.iter().any(|token| {
        let inner = match &token.kind {
            Kind::Bracket { label, .. } => label,
            Kind::Paren(inner) => inner,
            _ => &token.span,
        };
        word(text, inner).trim().eq_ignore_ascii_case("unreleased")
    });
    let bracket = match said.first().map(|token| &token.kind) {
        Some(Kind::Bracket { label, .. }) => Some(word(text, label).trim()),
        _ => None,
    };
    let only = matches!(said, [one] if one.kind == Kind::Word && lower(word(text, &one.span)) == "tbd");
    if mentions || only || (nearly && names.words == 1) || bracket.is_some_and(is_nearly_unreleased) {
        return Said::NearlyUnreleased;
    }
    let whole = |token: &&Token| match &token.kind {
        Kind::Word => Some(number(word(text, &token.span))?),
        Kind::Bracket { label, .. } => Some(number(word(text, label).trim())?),
        _ => None,
    };
    if let Some((index, version)) = said.iter().enumerate().find_map(|(index, it)| Some((index, whole(it)?)))
    {
        let before = self::names(text, said.get(..index).unwrap_or_default());
        let after = After::read(text, said.get(index + 1..).unwrap_or_default());
        if before.words == 0 && after.dated && after.plain {
            return Said::Release(Named { version, name: None, sure: true });
        }
        return if before.words == 0 || after.dated { Said::Doubtful } else { Said::Other };
    }
    let in_parens = |token: &&Token| match &token.kind {
        Kind::Paren(inner) => version_in(word(text, inner).trim()).is_some(),
        _ => false,
    };
    let wildcard = |token: &&Token| token.kind == Kind::Word && is_wildcard(word(text, &token.span));
    let date = !said.is_empty() && After::read(text, said).is_nothing_but_a_date;
    let first_is_wildcard = said.first().is_some_and(wildcard);
    if bracket.is_some() || date || first_is_wildcard || said.iter().any(in_parens) {
        Said::Doubtful
    } else {
        Said::Other
    }
}

/// A version in a piece of a heading.
struct Versioned {
    version: Range<usize>,
    name: Option<Range<usize>>,
    bracketed: bool,
}

fn versioned(text: &str, token: &Token) -> Option<Versioned> {
    match &token.kind {
        Kind::Word => {
            let (name, version) = version_in(word(text, &token.span))?;
            let at = token.span.start;
            let name = (!name.is_empty()).then(|| at..at + name.end);
            Some(Versioned { version: at + version.start..at + version.end, name, bracketed: false })
        }
        Kind::Bracket { label, .. } => {
            let inner = tokens(word(text, label));
            let words: Vec<&Token> = inner.iter().filter(|token| token.kind != Kind::Decoration).collect();
            let (last, before) = words.split_last()?;
            if last.kind != Kind::Word {
                return None;
            }
            let (joined, version) = version_in(word(word(text, label), &last.span))?;
            let at = label.start + last.span.start;
            let names = names(word(text, label), before);
            if !names.plain {
                return None;
            }
            let name = match names.first {
                _ if !joined.is_empty() => Some(at..at + joined.end),
                Some(name) => Some(label.start + name.start..label.start + name.end),
                None => None,
            };
            Some(Versioned { version: at + version.start..at + version.end, name, bracketed: true })
        }
        _ => None,
    }
}

/// The words in front of a version.
struct Names {
    /// All of them together; words that are said of every release are none.
    first: Option<Range<usize>>,
    words: usize,
    /// There is nothing but words.
    plain: bool,
}

fn names(text: &str, before: &[&Token]) -> Names {
    let mut found = Names { first: None, words: 0, plain: true };
    for token in before {
        match &token.kind {
            Kind::Word if found.words == 0 && is_filler(&lower(word(text, &token.span))) => {}
            Kind::Word
                if matches!(
                    lower(word(text, &token.span)).as_str(),
                    "v" | "v." | "ver" | "version" | "release"
                ) => {}
            Kind::Word => {
                let start = found.first.as_ref().map_or(token.span.start, |name| name.start);
                found.first = Some(start..token.span.end);
                found.words += 1;
            }
            Kind::Separator => {}
            _ => found.plain = false,
        }
    }
    found
}

/// What follows a version.
struct After {
    /// There is a date, or something that stands for one.
    dated: bool,
    /// There is nothing but a date, brackets, and the words that go with them.
    plain: bool,
    is_nothing_but_a_date: bool,
}

impl After {
    fn read(text: &str, after: &[&Token]) -> Self {
        let mut found = Self { dated: false, plain: true, is_nothing_but_a_date: true };
        for token in after {
            match &token.kind {
                Kind::Word => {
                    let it = word(text, &token.span);
                    let date = is_datelike(it);
                    found.dated |= is_date(it);
                    found.plain &= date || is_filler(&lower(it));
                    found.is_nothing_but_a_date &= date;
                }
                Kind::Paren(inner) => {
                    found.dated |= word(text, inner).split([' ', ',']).any(is_date);
                    found.is_nothing_but_a_date = false;
                }
                Kind::Bracket { .. } | Kind::Quoted => found.is_nothing_but_a_date = false,
                Kind::Separator | Kind::Decoration => {}
            }
        }
        found.is_nothing_but_a_date &= found.dated;
        found
    }
}

/// The words of a heading in lower case, without what surrounds them; those in round brackets say nothing about it.
pub(super) fn words(text: &str) -> Vec<String> {
    let bare = |span: &Range<usize>| {
        let word = word(text, span).trim_matches(|it: char| !it.is_alphanumeric());
        (!word.is_empty()).then(|| lower(word))
    };
    tokens(text)
        .iter()
        .flat_map(|token| match &token.kind {
            Kind::Word => bare(&token.span).into_iter().collect(),
            Kind::Bracket { label, .. } => words(word(text, label)),
            _ => Vec::new(),
        })
        .collect()
}

/// Where the link of a heading points to: the first of those that say it themselves.
pub(super) fn target(text: &str) -> Option<Range<usize>> {
    let all = tokens(text);
    let found = all.into_iter().find_map(|token| match token.kind {
        Kind::Bracket { target, .. } => Some(target),
        _ => None,
    })??;
    // A title may follow the address.
    let inner = text.get(found.clone())?;
    let start = found.start + (inner.len() - inner.trim_start_matches([' ', '<']).len());
    let end =
        inner.trim_start_matches([' ', '<']).find([' ', '>']).map_or(found.end, |length| start + length);
    (end > start).then_some(start..end)
}

/// The label of the link definition that a heading uses: what stands in its first brackets, or in the second ones.
pub(super) fn label(text: &str) -> Option<String> {
    let found = tokens(text).into_iter().find_map(|token| match token.kind {
        Kind::Bracket { label, target: None, reference } => Some((token.span, reference.unwrap_or(label))),
        _ => None,
    });
    let (span, label) = found?;
    text.get(span)?.starts_with('[').then(|| word(text, &label).trim().to_owned())
}

/// Whether a heading says itself where it links to.
pub(super) fn has_link(text: &str) -> bool {
    target(text).is_some()
}

/// Where the square brackets end that have no link of their own.
pub(super) fn end_of_bare_brackets(text: &str) -> Option<usize> {
    tokens(text).into_iter().find_map(|token| match token.kind {
        Kind::Bracket { target: None, reference: None, .. } => Some(token.span.end),
        _ => None,
    })
}

fn word<'a>(text: &'a str, span: &Range<usize>) -> &'a str {
    text.get(span.clone()).unwrap_or_default()
}

/// Whether this text is the name of a release.
pub(super) fn is_release(text: &str) -> bool {
    matches!(read(text), Said::Release(_))
}

/// Whether a line is a heading, of the first or second level, that opens the section of exactly this version.
pub fn opens_section(line: &str, version: &str) -> bool {
    let read = Blocks::new().read(line);
    let heading = matches!((read.kind, read.place), (super::blocks::Kind::Heading(1 | 2), Place::Outside));
    let is = |named: &Named<'_>| named.version == bare(version) && (named.sure || named.name.is_none());
    heading && matches!(self::read(text_of(line)), Said::Release(ref named) if is(named))
}

/// A version without its `v`.
fn bare(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

/// A tag cut where the version begins that it ends with: `own-v` and `1.2.3`.
pub(super) fn cut_at_version(tag: &str) -> Option<(&str, &str)> {
    let (_, version) = version_in(tag)?;
    tag.split_at_checked(version.start)
}

#[cfg(test)]
mod tests;
