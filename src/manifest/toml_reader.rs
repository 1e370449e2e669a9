//! Reads a TOML text with its positions, and finds the content of a string in it whatever its quotes.

use toml_edit::{Document, Item, Key, Table};

use super::source::{Source, shown};
use super::{Found, Problem};

/// The document, with spans.
///
/// # Errors
/// The text is not TOML.
pub(super) fn parse<'a>(source: &Source<'a>) -> Result<Document<&'a str>, Problem> {
    Document::parse(source.body).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let words: Vec<&str> = error.message().split_whitespace().collect();
        source.malformed(offset, &format!("not valid TOML: {}", words.join(" ")))
    })
}

/// The item at a path of keys, through tables, inline tables and dotted keys alike.
pub(super) fn at<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Item> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(first)?, |item, key| item.get(key))
}

/// One of the few places where a format may hold its version.
pub(super) struct Place {
    /// What a configuration writes to choose it.
    pub(super) key: &'static str,
    /// The keys that lead there.
    pub(super) path: &'static [&'static str],
    /// What messages call it.
    pub(super) words: &'static str,
}

/// The problem of a file that holds a version in several places, of which a configuration must choose one.
pub(super) fn choose(source: &Source<'_>, found: &[(&Item, &str)], places: &[Place]) -> Problem {
    let line = |item: &Item| source.line(item.span().map_or(0, |span| span.start));
    let found: Vec<String> =
        found.iter().map(|(item, words)| format!("`{words}` (line {})", line(item))).collect();
    let keys: Vec<String> = places.iter().map(|place| format!("`key = \"{}\"`", place.key)).collect();
    Problem::content(format!("{}: two versions: {}", source.path, found.join(" and ")))
        .hint(format!("choose with {}", keys.join(" or ")))
}

/// The parts of a dotted key as TOML writes it: `tool.own."a.b"`.
///
/// # Errors
/// It is not such a key.
pub(super) fn steps(key: &str) -> Result<Vec<String>, Problem> {
    let keys = Key::parse(key).map_err(|_| {
        Problem::content(format!("`{key}` is not a dotted key"))
            .hint("write the keys that lead there with dots between them: `tool.own.version`")
            .hint("and a key that holds other characters than letters, digits, `-` and `_` in quotes")
    })?;
    Ok(keys.iter().map(|key| key.get().to_owned()).collect())
}

/// The item at the end of some keys; a number leads into a list, which counts from 0.
pub(super) fn item_at<'t>(table: &'t Table, steps: &[String]) -> Option<&'t Item> {
    let (first, rest) = steps.split_first()?;
    rest.iter().try_fold(table.get(first)?, |item, step| match item.get(step.as_str()) {
        Some(inner) => Some(inner),
        None => item.get(step.parse::<usize>().ok()?),
    })
}

/// The string an item holds, which messages call `key`. `base` is where the text that was parsed begins in the
/// source.
///
/// # Errors
/// The item is something else than a string.
pub(super) fn string(source: &Source<'_>, base: usize, item: &Item, key: &str) -> Result<Found, Problem> {
    let span = item.span().map(|span| span.start + base..span.end + base).unwrap_or(base..base);
    let written = source.body.get(span.clone()).unwrap_or_default();
    let (Some(value), Some(quotes)) = (item.as_str(), quotes(written)) else {
        return Err(Problem::content(format!(
            "{}: `{key}` is not a string of text but `{}`",
            source.at(span.start),
            shown(written)
        ))
        .hint("write the version as a string, in quotes"));
    };
    let (opening, closing) = quotes;
    Ok(source.found(span.start + opening..span.end - closing, value.to_owned(), key))
}

/// How many bytes open and close a written string. A line break right after three quotes is no part of the value.
fn quotes(written: &str) -> Option<(usize, usize)> {
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if written.len() >= 2 * quote.len() && written.starts_with(quote) && written.ends_with(quote) {
            let content = written.get(quote.len()..)?;
            let skipped = match content {
                _ if quote.len() == 1 => 0,
                content if content.starts_with("\r\n") => 2,
                content if content.starts_with('\n') => 1,
                _ => 0,
            };
            return Some((quote.len() + skipped, quote.len()));
        }
    }
    None
}
