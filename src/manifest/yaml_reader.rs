//! Walks a YAML text with a real parser and tells, for every key and value, the keys that lead to it; then finds the
//! bytes of a value in the text, which must be the ones that the parser read.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::source::{Source, shown};
use super::{Found, Problem};

/// One key or value on the walk.
pub(super) struct Seen<'w> {
    /// The keys that lead to it, its own included; lists count from 0. A key that is no text leads nowhere.
    pub(super) path: &'w [Option<String>],
    /// Which document of the file it is in, counted from 1.
    pub(super) document: usize,
    /// Counted from 1.
    pub(super) line: usize,
    /// What stands there.
    pub(super) what: What,
}

/// What stands somewhere in a document.
pub(super) enum What {
    /// A key of a mapping.
    Key,
    /// A value that is written plainly or in quotes.
    Text(Text),
    /// Anything that cannot be replaced by writing a version over it.
    Other(&'static str),
}

/// A value as the parser reads it.
pub(super) struct Text {
    pub(super) value: String,
    pub(super) plain: bool,
    /// In characters, as the parser counts.
    pub(super) start: usize,
}

/// A mapping or a list that is open, and what comes next in it.
enum Open {
    Key,
    Value,
    Entry(usize),
}

/// Shows everything in the text to `see`, in order.
///
/// # Errors
/// The text is not YAML.
pub(super) fn walk(source: &Source<'_>, see: &mut dyn FnMut(&Seen<'_>)) -> Result<(), Problem> {
    let mut open: Vec<Open> = Vec::new();
    // One name for each open collection but the outermost, and one for a key whose value comes next.
    let mut path: Vec<Option<String>> = Vec::new();
    let mut document = 0;
    let mut parser = Parser::new_from_str(source.body);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let offset = byte_offset(source.body, error.marker().index());
            source.malformed(offset, &format!("not valid YAML: {}", error.info()))
        })?;
        let collection = match event {
            Event::MappingStart(..) => Some(Open::Key),
            Event::SequenceStart(..) => Some(Open::Entry(0)),
            Event::Scalar(..) | Event::Alias(_) => None,
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                node_ended(&mut open, &mut path);
                continue;
            }
            Event::DocumentStart(_) => {
                document += 1;
                continue;
            }
            _ => continue,
        };
        let (line, start) = (span.start.line(), span.start.index());
        match open.last() {
            Some(Open::Key) => {
                let name = match event {
                    Event::Scalar(text, ..) => Some(text.into_owned()),
                    _ => None,
                };
                path.push(name);
                see(&Seen { path: &path, document, line, what: What::Key });
            }
            parent => {
                if let Some(Open::Entry(number)) = parent {
                    path.push(Some(number.to_string()));
                }
                see(&Seen { path: &path, document, line, what: what(event, start) });
            }
        }
        match collection {
            Some(collection) => open.push(collection),
            None => node_ended(&mut open, &mut path),
        }
    }
    Ok(())
}

/// A key, a value or an entry is complete: the collection it stands in goes on.
fn node_ended(open: &mut [Open], path: &mut Vec<Option<String>>) {
    match open.last_mut() {
        // The key keeps its place on the path for its value.
        Some(next @ Open::Key) => *next = Open::Value,
        Some(next @ Open::Value) => {
            path.pop();
            *next = Open::Key;
        }
        Some(Open::Entry(number)) => {
            path.pop();
            *number += 1;
        }
        None => {}
    }
}

fn what(event: Event<'_>, start: usize) -> What {
    match event {
        Event::Scalar(.., anchor, tag) if anchor != 0 || tag.is_some() => {
            What::Other("a value with an anchor or a tag")
        }
        Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => What::Other("a block of lines"),
        Event::Scalar(text, style, ..) => {
            What::Text(Text { value: text.into_owned(), plain: style == ScalarStyle::Plain, start })
        }
        Event::Alias(_) => What::Other("an alias of another value"),
        _ => What::Other("a collection"),
    }
}

/// The bytes of a value, which messages call `key`.
///
/// # Errors
/// There is no value, or it is not written on one line as the parser reads it.
pub(super) fn found(source: &Source<'_>, text: &Text, line: usize, key: &str) -> Result<Found, Problem> {
    let refused = |what: &str| {
        Problem::content(format!("{}:{line}: `{key}` {what}", source.path))
            .hint("write it on one line, plainly or in quotes: `key: 1.2.3` or `key: \"1.2.3\"`")
    };
    let Text { value, plain, start } = text;
    if *plain && matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL") {
        return Err(refused("has no value"));
    }
    let start = byte_offset(source.body, *start);
    let rest = source.body.get(start..).unwrap_or_default();
    let length = match rest.chars().next() {
        _ if *plain => rest.starts_with(value.as_str()).then_some(value.len()),
        Some('"') => double_quoted(rest),
        Some('\'') => single_quoted(rest),
        _ => None,
    };
    let quote = usize::from(!*plain);
    let content = length.and_then(|length| {
        let range = start + quote..(start + length).checked_sub(quote)?;
        Some((range.clone(), source.body.get(range)?))
    });
    let Some((range, written)) = content.filter(|(_, written)| !written.contains('\n')) else {
        return Err(refused("is not written on one line"));
    };
    let agrees = match rest.chars().next() {
        Some('\'') if !plain => written.replace("''", "'") == *value,
        // Escapes are the parser's to decode.
        Some('"') if !plain => written.contains('\\') || written == value,
        _ => written == value,
    };
    if !agrees {
        return Err(refused(&format!("reads `{}` but is written `{}`", shown(value), shown(written))));
    }
    Ok(source.found(range, value.clone(), key))
}

/// The value as it is written where `place` stands: a number goes into quotes, for without them every program reads
/// `1.10` as 1.1 (YAML 1.2.2, section 10.3.2).
pub(super) fn spelled(text: &str, place: &Found, value: &str) -> String {
    let before = text.get(..place.span.start).unwrap_or_default();
    let quoted = before.ends_with(['"', '\'']);
    if !quoted && value.parse::<f64>().is_ok() { format!("\"{value}\"") } else { value.to_owned() }
}

/// The length of a value in double quotes, both counted; a backslash takes the character after it with it.
pub(super) fn double_quoted(value: &str) -> Option<usize> {
    let mut characters = value.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of a value in single quotes, both counted; two quotes in a row are one quote of the value.
pub(super) fn single_quoted(value: &str) -> Option<usize> {
    let mut characters = value.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\'' && characters.next_if(|(_, next)| *next == '\'').is_none() {
            return Some(at + 1);
        }
    }
    None
}

/// The parser counts characters.
pub(super) fn byte_offset(body: &str, characters: usize) -> usize {
    body.char_indices().nth(characters).map_or(body.len(), |(offset, _)| offset)
}
