//! The words of a heading: what Markdown puts around them (emphasis, links, brackets, badges) taken off, and where each
//! stands in the line, so that a heading can be read and a new one be written after it.

use std::ops::Range;

/// What a piece of a heading is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything between white space.
    Word,
    /// A text in square brackets, escaped or not.
    Bracket {
        /// What stands between them.
        label: Range<usize>,
        /// What the link points to, if it says so itself: `[label](here)`.
        target: Option<Range<usize>>,
        /// The label of the definition it points to: `[label][here]`.
        reference: Option<Range<usize>>,
    },
    /// A text in round brackets; this is what stands between them.
    Paren(Range<usize>),
    /// A text in quotation marks.
    Quoted,
    /// A dash, a colon, a comma and their like.
    Separator,
    /// An emoji, a mark of emphasis, a tag of HTML, a picture.
    Decoration,
}

/// A piece of a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// The pieces of a heading, without the white space between them.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = token(text, at, first);
        at = token.span.end;
        found.push(token);
    }
    found
}

/// The piece that begins here with this character.
fn token(text: &str, at: usize, first: char) -> Token {
    let rest = text.get(at..).unwrap_or_default();
    let one = |kind| Token { kind, span: at..at + first.len_utf8() };
    let found = match first {
        '!' if rest.starts_with("![") => bracket(text, at, 1)
            .map(|image| Token { kind: Kind::Decoration, span: image.span })
            .or_else(|| Some(one(Kind::Decoration))),
        '<' => rest.find('>').map(|end| Token { kind: Kind::Decoration, span: at..at + end + 1 }),
        '[' => bracket(text, at, 0),
        '\\' if rest.starts_with("\\[") => bracket(text, at, 1),
        '(' => {
            closing(text, at, '(', ')').map(|end| Token { kind: Kind::Paren(at + 1..end - 1), span: at..end })
        }
        '"' | '“' | '„' | '«' | '\'' | '‘' => {
            quoted(rest, first).map(|length| Token { kind: Kind::Quoted, span: at..at + length })
        }
        ':' => shortcode(rest).map(|length| Token { kind: Kind::Decoration, span: at..at + length }),
        _ => None,
    };
    if let Some(found) = found {
        return found;
    }
    if is_separator(first) {
        return one(Kind::Separator);
    }
    let starts = first.is_alphanumeric() || matches!(first, '@' | '.' | '#' | '&' | '+' | '$');
    if !starts {
        return one(Kind::Decoration);
    }
    let ends = |character: char| {
        character.is_whitespace() || matches!(character, '[' | '(' | '<' | '"' | '“' | '—' | '–' | '|' | '`')
    };
    let word = rest.split(ends).next().unwrap_or_default();
    let word = word.trim_end_matches([':', ';', ',', '.', '*', '_', '~', '!', '?', '\\', ')']);
    Token { kind: Kind::Word, span: at..at + word.len().max(first.len_utf8()) }
}

fn is_separator(character: char) -> bool {
    matches!(character, '-' | '–' | '—' | ':' | ',' | ';' | '/' | '|' | '·' | '•' | '=' | '>' | '~' | '.')
}

/// A text in square brackets, `lead` bytes of something else in front of it, and the link behind it.
fn bracket(text: &str, at: usize, lead: usize) -> Option<Token> {
    let open = at + lead;
    let end = closing(text, open, '[', ']')?;
    let inner = end - 1;
    let escaped = text.get(..inner).is_some_and(|before| before.ends_with('\\'));
    let label = open + 1..if escaped { inner - 1 } else { inner };
    let (mut target, mut reference, mut after) = (None, None, end);
    match text.get(end..).and_then(|rest| rest.chars().next()) {
        Some('(') => {
            if let Some(closed) = closing(text, end, '(', ')') {
                target = Some(end + 1..closed - 1);
                after = closed;
            }
        }
        Some('[') => {
            if let Some(closed) = closing(text, end, '[', ']') {
                reference = Some(end + 1..closed - 1);
                after = closed;
            }
        }
        _ => {}
    }
    Some(Token { kind: Kind::Bracket { label, target, reference }, span: at..after })
}

/// Where the bracket that opens here is closed: behind its other half.
fn closing(text: &str, at: usize, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, character) in text.get(at..)?.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + index + close.len_utf8());
            }
        }
    }
    None
}

/// The length of a text in quotation marks.
fn quoted(rest: &str, first: char) -> Option<usize> {
    let close = match first {
        '“' | '„' => ['”', '“'],
        '«' => ['»', '»'],
        '‘' => ['’', '’'],
        other => [other, other],
    };
    let inner = rest.get(first.len_utf8()..)?;
    let end = inner.find(close)?;
    let length = inner.get(end..)?.chars().next()?.len_utf8();
    (end > 0).then_some(first.len_utf8() + end + length)
}

/// The length of `:name:`, which some hosts show as an emoji.
fn shortcode(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix(':')?;
    let end = name.find(':')?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte);
    let letters = name.get(..end)?.bytes();
    (end > 0 && letters.clone().all(known) && letters.clone().any(|byte| byte.is_ascii_alphabetic()))
        .then_some(end + 2)
}
