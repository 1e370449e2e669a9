//! Finds the entries of a TOML lock file that may be a project's own. Lock files are machine-written, half a
//! megabyte long and nearly all somebody else's, so their lines are only glanced at, and a real parser reads the few
//! entries that matter. Any line that a machine would not have written sends the whole file to the parser.

use std::ops::Range;

use toml_edit::{Item, Table};

use super::source::Source;
use super::toml_reader::{parse, string};
use super::{Found, Problem};

/// One `[[package]]` as the glance sees it.
pub(super) struct Glimpse<'a> {
    /// From its header to the next one.
    range: Range<usize>,
    /// Its name.
    pub(super) name: &'a str,
    /// The right side of `source = `, as written.
    pub(super) source: Option<&'a str>,
    version_seen: bool,
}

/// One `[[package]]` as the parser reads it.
pub(super) struct Entry {
    /// Its name.
    pub(super) name: String,
    /// The line of its name, or of its header where it has none.
    pub(super) line: usize,
    version: Option<Result<Found, Problem>>,
}

impl Entry {
    /// Whether it says a version at all.
    pub(super) fn has_version(&self) -> bool {
        self.version.is_some()
    }

    /// The place of its version.
    ///
    /// # Errors
    /// The entry has no version, or one that is no string.
    pub(super) fn version(self, path: &str) -> Result<Found, Problem> {
        self.version.unwrap_or_else(|| {
            Err(Problem::content(format!(
                "{path}:{}: the entry of `{}` has no `version`",
                self.line, self.name
            ))
            .hint("if the project's version is dynamic, the lock file holds none: remove it from the configuration"))
        })
    }
}

/// The entries for which `is_own` holds. `may_be_own` says the same of a glimpse, and may say yes too often.
///
/// # Errors
/// The text is not TOML.
pub(super) fn own_entries<'a>(
    source: &Source<'a>,
    may_be_own: &dyn Fn(&Glimpse<'a>) -> bool,
    is_own: &dyn Fn(&Table) -> bool,
) -> Result<Vec<Entry>, Problem> {
    let glimpsed = glance(source.body).and_then(|glimpses| {
        let mut own = Vec::new();
        for glimpse in glimpses.iter().filter(|glimpse| may_be_own(glimpse)) {
            let part = Source::new(source.body.get(glimpse.range.clone())?, source.path);
            own.extend(entries(source, glimpse.range.start, &part, is_own).ok()?);
        }
        Some(own)
    });
    match glimpsed {
        Some(own) if !own.is_empty() => Ok(own),
        _ => entries(source, 0, source, is_own),
    }
}

/// The own entries of a part of the source that begins at `base`, read by the parser.
fn entries(
    source: &Source<'_>,
    base: usize,
    part: &Source<'_>,
    is_own: &dyn Fn(&Table) -> bool,
) -> Result<Vec<Entry>, Problem> {
    let document = parse(part)?;
    let Some(packages) = document.get("package").and_then(Item::as_array_of_tables) else {
        return Ok(Vec::new());
    };
    let entry = |table: &Table| {
        let name = table.get("name");
        let span = name.and_then(Item::span).or_else(|| table.span());
        Entry {
            name: name.and_then(Item::as_str).unwrap_or_default().to_owned(),
            line: source.line(base + span.map_or(0, |span| span.start)),
            version: table.get("version").map(|item| string(source, base, item, "[[package]] version")),
        }
    };
    Ok(packages.iter().filter(|table| is_own(table)).map(entry).collect())
}

/// Every entry, or nothing when a line is not what `uv` and `cargo` write.
fn glance(body: &str) -> Option<Vec<Glimpse<'_>>> {
    // Only strings of several lines could make a line look like what it is not.
    let holds = |quotes: &str| memchr::memmem::find(body.as_bytes(), quotes.as_bytes()).is_some();
    if holds("\"\"\"") || holds("'''") {
        return None;
    }
    let mut glimpses: Vec<Glimpse<'_>> = Vec::new();
    let (mut in_entry, mut in_array) = (false, false);
    let mut next = 0;
    for line in body.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        match line.bytes().next() {
            None | Some(b'#') => {}
            Some(b' ') if in_array => {}
            Some(b']') if in_array => in_array = line.ends_with('['),
            Some(b'[') if !in_array => {
                if let (true, Some(glimpse)) = (in_entry, glimpses.last_mut()) {
                    glimpse.range.end = start;
                }
                in_entry = line == "[[package]]";
                if in_entry {
                    let range = start..body.len();
                    glimpses.push(Glimpse { range, name: "", source: None, version_seen: false });
                } else if !is_plain_header(line) {
                    return None;
                }
            }
            Some(byte) if !in_array && byte.is_ascii_alphabetic() => {
                let (key, value) = line.split_once('=')?;
                let (key, value) = (key.trim_end(), value.trim());
                in_array = value.ends_with('[');
                match glimpses.last_mut() {
                    Some(glimpse) if in_entry => note(glimpse, key, value)?,
                    _ if key.split('.').next() == Some("package") => return None,
                    _ => {}
                }
            }
            Some(_) => return None,
        }
    }
    Some(glimpses)
}

/// Takes what a line of an entry says; nothing when it is said a second time or in an odd way.
fn note<'a>(glimpse: &mut Glimpse<'a>, key: &str, value: &'a str) -> Option<()> {
    match key {
        "name" if glimpse.name.is_empty() => {
            glimpse.name = value.strip_prefix('"')?.strip_suffix('"')?;
            (!glimpse.name.contains(['\\', '"'])).then_some(())
        }
        "version" if !glimpse.version_seen => {
            glimpse.version_seen = true;
            Some(())
        }
        "source" if glimpse.source.is_none() => {
            glimpse.source = Some(value);
            Some(())
        }
        "name" | "version" | "source" => None,
        _ => (!key.contains(['.', ' ', '"', '\''])).then_some(()),
    }
}

/// A header of something else than an entry, in the form machines write: `[metadata]`, `[[patch.unused]]`,
/// `[package.metadata]`.
fn is_plain_header(line: &str) -> bool {
    let inner = match line.strip_prefix("[[") {
        Some(rest) => rest.strip_suffix("]]"),
        None => line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')),
    };
    inner.is_some_and(|name| {
        name != "package"
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: &str) -> Option<Vec<&str>> {
        glance(body).map(|glimpses| glimpses.iter().map(|glimpse| glimpse.name).collect())
    }

    #[test]
    fn a_glance_sees_the_entries_of_what_machines_write() {
        let body = "# comment\r\nversion = 1\nmarkers = [\n    \"a\",\n]\nconflicts = [[\n    { package = \"b\" },\n\
                    ], [\n    { package = \"c\" },\n]]\n\n[options]\nx = \"y\"\n\n[[package]]\nname = \"d\"\n\
                    version = \"1\"\nsource = { editable = \".\" }\ndependencies = [\n    { name = \"x\" },\n]\n\
                    \n[package.metadata]\nname = \"no\"\n\n[[package]]\r\nname = \"e\"\r\n";
        assert_eq!(names(body), Some(vec!["d", "e"]));
        let glimpses = glance(body).unwrap();
        assert_eq!(glimpses[0].source, Some("{ editable = \".\" }"));
        assert!(
            body.get(glimpses[0].range.clone()).unwrap().ends_with("]\n\n"),
            "the entry ends before its sub-table"
        );
        assert_eq!(glimpses[1].range.end, body.len());
    }

    #[test]
    fn whatever_a_machine_would_not_write_is_left_to_the_parser() {
        for odd in [
            "[[ package ]]\nname = \"a\"\n",
            "[[\"package\"]]\nname = \"a\"\n",
            "[[package]] # comment\nname = \"a\"\n",
            "  [[package]]\nname = \"a\"\n",
            "\t[[package]]\nname = \"a\"\n",
            "[package]\nname = \"a\"\n",
            "package = [\n  { name = \"a\" },\n]\n",
            "package.x = 1\n",
            "[[package]]\nname = 'a'\n",
            "[[package]]\nname = \"\\u0061\"\n",
            "[[package]]\nname = \"a\" # \"\n",
            "[[package]]\nname = \"a\"\nname = \"b\"\n",
            "[[package]]\nname = \"a\"\nversion = \"b\"\nversion = \"b\"\n",
            "[[package]]\nname = \"a\"\nsource = \"b\"\nsource = \"b\"\n",
            "[[package]]\nname = \"a\"\nsource.editable = \".\"\n",
            "[[package]]\n\"name\" = \"a\"\n",
            "[[package]]\nname = \"a\"\n  version = \"1\"\n",
            "[[package]]\nname = \"a\"\nx = [ 1,\n  2]\n",
            "[[package]]\nname = \"a\"\nx = \"\"\"\n[[package]]\nname = \"b\"\n\"\"\"\n",
            "[[package]]\nname = \"a\"\nx = '''\n[[package]]\nname = \"b\"\n'''\n",
            "[[package]]\nname = \"a\"\nx = \"\"\"\n[[package]]\nname = \"b\"\nend = \"\"\"\n",
            "[[package]]\nname = \"a\"\nx = '''\n[[package]]\nname = \"b\"\nend = '''\n",
            "[[package]]\nname = \"a\"\n\tsource = \"b\"\n",
            "\"package\" = [\n]\n",
            "[[package]]\nname = \"a\"\n<<<<<<< HEAD\nversion = \"1\"\n=======\nversion = \"2\"\n>>>>>>> x\n",
            "[[package]]\nname = \"a\"\nx = [\n<<<<<<< HEAD\n]\n",
            "[[package]]\nname = \"a\"\n]\n",
            "[[package]]\nname\n",
        ] {
            assert_eq!(names(odd), None, "{odd}");
        }
    }
}
