//! What a release leaves behind in files that no entry of the configuration speaks of: the version in a README or in the
//! configuration of another tool; and, wherever a version moves, the day beside it that stays. One note says it all, for
//! none of it stands in the way of a release.

use super::build::Workshop;
use super::elsewhere::{elsewhere, is_word};
use super::layout::manifests;
use super::manifests::text_of;
use crate::git::TreeEntry;
use crate::manifest::{Format, held, package_name};
use crate::words::on_one_line;

/// How many places are named before they are only counted.
const SHOWN: usize = 10;

/// What a day stands behind that belongs to a version. A day of creation belongs to the work as a whole.
const KEYS: [&str; 11] = [
    "date-released",
    "datepublished",
    "datemodified",
    "publication_date",
    "release_date",
    "release-date",
    "releasedate",
    "version_date",
    "__date__",
    "org.opencontainers.image.created",
    "org.label-schema.build-date",
];
/// Those of them that say so in a file that holds no version at all.
const ALONE: [&str; 3] = ["date-released", "org.opencontainers.image.created", "org.label-schema.build-date"];

/// A longer line is a file of its own written on one line, where nothing stands beside anything.
const LONGEST_LINE: usize = 200;

/// Says which other files hold the version, and which days stay.
pub(super) fn note(workshop: &mut Workshop) {
    // The first release of what stands there leaves nothing behind.
    if workshop.version == workshop.current {
        return;
    }
    let (mut places, mut days) = (Vec::new(), Vec::new());
    let today = workshop.date();
    for change in workshop.files.values() {
        let (before, after) = (text_of(&workshop.snapshot.files, &change.path), change.after.as_deref());
        if let (Some(before), Some(after)) = (before, after) {
            days.extend(staying(before, after, &today).into_iter().map(|day| day.at(&change.path)));
        }
    }
    let names = names(workshop);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let spellings = [workshop.current.to_string(), workshop.current.pep440()];
    for (path, entry) in &workshop.snapshot.others {
        let TreeEntry::File { bytes, .. } = entry else { continue };
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let found = elsewhere(path, text, &spellings, &names);
        let found = found.iter().find(|place| place.certain);
        places.extend(found.map(|place| format!("`{}:{}`", on_one_line(path), place.line)));
        let keys: &[&str] = if found.is_some() { &KEYS } else { &ALONE };
        let told = text.lines().enumerate().filter_map(|(number, line)| Day::told(number, line, keys));
        days.extend(told.filter(|day| day.text != today).map(|day| day.at(path)));
    }
    let mut lines = Vec::new();
    if !places.is_empty() {
        let stands = format!("`{}` stands in files that no entry sets: ", workshop.current);
        lines.push(format!("{stands}{}", few(&places)));
    }
    if !days.is_empty() {
        lines.push(format!("days of a release that no entry sets: {}", few(&days)));
    }
    if lines.is_empty() {
        return;
    }
    lines.push(
        "a `[[pattern]]` moves them, a day by `(?<date>…)` in its `regex`; an `[[ignore]]` with a reason leaves a file alone"
            .to_owned(),
    );
    workshop.notes.push(lines.join("\n"));
}

/// The first of them, and how many more there are.
fn few(places: &[String]) -> String {
    let shown: Vec<&str> = places.iter().take(SHOWN).map(String::as_str).collect();
    match places.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The packages that have the version: those that are listed, and those that take it from their workspace.
fn names(workshop: &Workshop) -> Vec<String> {
    let (snapshot, config) = (workshop.snapshot, workshop.config);
    let name = |path: &str, text: &str| {
        package_name(text, Format::from_path(path).filter(|format| format.is_manifest())?)
    };
    let listed = manifests(config, &snapshot.globs).into_iter().filter_map(|listed| {
        let text = text_of(&snapshot.files, listed.path)?;
        name(listed.path, text)
    });
    let inheriting = snapshot.unlisted.iter().filter_map(|(path, entry)| {
        let TreeEntry::File { bytes, .. } = entry else { return None };
        let (text, format) = (std::str::from_utf8(bytes).ok()?, Format::from_path(path)?);
        if held(text, path, format, None).is_some() { None } else { name(path, text) }
    });
    listed.chain(inheriting).collect()
}

/// A day in a line.
#[derive(Debug, PartialEq, Eq)]
struct Day<'a> {
    /// Counted from 1.
    line: usize,
    text: &'a str,
}

impl<'a> Day<'a> {
    /// The day that one of these keys is set to.
    fn told(number: usize, line: &'a str, keys: &[&str]) -> Option<Self> {
        let (start, text) = day_in(line)?;
        let before = line.get(..start)?.trim_end_matches(|it: char| !is_word(it)).to_lowercase();
        let is_key = keys.iter().any(|key| {
            // A citation may hold others, further in, with days of their own.
            before.strip_suffix(key).is_some_and(|rest| match *key {
                "date-released" => rest.is_empty(),
                _ => !rest.ends_with(is_word),
            })
        });
        is_key.then_some(Self { line: number + 1, text })
    }

    fn at(&self, path: &str) -> String {
        format!("`{}:{}` (`{}`)", on_one_line(path), self.line, self.text)
    }
}

/// The days in a text that a release leaves although it moves a version there.
fn staying<'a>(before: &str, after: &'a str, today: &str) -> Vec<Day<'a>> {
    let mut old = before.lines();
    let mut found = Vec::new();
    for (number, line) in after.lines().enumerate() {
        let was = old.next().unwrap_or_default();
        let day = if was == line {
            Day::told(number, line, &KEYS)
        } else {
            beside_version(was, line).map(|text| Day { line: number + 1, text })
        };
        found.extend(day.filter(|day| day.text != today));
    }
    found
}

/// The day on a line whose version moves, where the line says that it is one.
fn beside_version<'a>(was: &str, line: &'a str) -> Option<&'a str> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let (_, day) = day_in(line)?;
    let words = line.to_lowercase();
    let says_so = words.contains("date") || words.contains("release");
    (says_so && day_in(was).is_some_and(|(_, old)| old == day)).then_some(day)
}

/// The first day of a line, as `2026-01-31`, and where it begins.
fn day_in(line: &str) -> Option<(usize, &str)> {
    const SHAPE: &[u8] = b"0000-00-00";
    let bytes = line.as_bytes();
    let fits = |window: &[u8]| {
        window.iter().zip(SHAPE).all(|(it, shape)| match shape {
            b'0' => it.is_ascii_digit(),
            shape => it == shape,
        })
    };
    let is_part = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|it| it.is_ascii_digit() || *it == b'-')
    };
    let alone = |start: &usize| !is_part(start.checked_sub(1)) && !is_part(Some(start + SHAPE.len()));
    let starts = bytes.windows(SHAPE.len()).enumerate().filter(|(_, window)| fits(window));
    let start = starts.map(|(start, _)| start).find(alone)?;
    Some((start, line.get(start..start + SHAPE.len())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(before: &str, after: &str) -> Vec<(usize, String)> {
        let found = staying(before, after, "2026-02-01");
        found.into_iter().map(|day| (day.line, day.text.to_owned())).collect()
    }

    #[test]
    fn a_day_beside_a_version_that_moves_is_found_and_one_that_moves_with_it_is_not() {
        for (text, line) in [
            ("cff-version: 1.2.0\ndate-released: 2026-01-01\nversion: VERSION\n", 2),
            ("version: VERSION\r\ndate-released: '2026-01-01'\r\n", 2),
            ("ARG VERSION=VERSION\nLABEL org.opencontainers.image.created=\"2026-01-01T00:00:00Z\"\n", 2),
            ("LABEL org.opencontainers.image.created=2026-01-01 \\\n  a.version=VERSION\n", 1),
            ("  org.opencontainers.image.created: 2026-01-01\n  tag: VERSION\n", 1),
            ("{\n\"version\": \"VERSION\",\n\"dateModified\": \"2026-01-01\"\n}\n", 3),
            ("<release version=\"VERSION\" date=\"2026-01-01\"/>\n", 1),
            ("__version__ = \"VERSION\"\n__date__ = \"2026-01-01\"\n", 2),
        ] {
            let (before, after) = (text.replace("VERSION", "1.4.7"), text.replace("VERSION", "1.5.0"));
            assert_eq!(days(&before, &after), [(line, "2026-01-01".to_owned())], "{text}");
            let moved = after.replace("2026-01-01", "2026-02-01");
            assert_eq!(days(&before, &moved), [], "{text}");
        }
    }

    #[test]
    fn days_that_belong_to_something_else_are_left_in_peace() {
        for text in [
            "version: VERSION\nreferences:\n  - date-released: 2020-01-01\n",
            "version: VERSION\ncreated: 2020-01-01\n",
            "\"version\": \"VERSION\",\n\"dateCreated\": \"2020-01-01\"\n",
            "version = \"VERSION\" # since 2020-01-01\n",
            "version: VERSION\nrelease_date: 12020-01-011\n",
            "LABEL org.opencontainers.image.created=\"$DATE\" version=VERSION\n",
            "not.org.opencontainers.image.created-by=2020-01-01 VERSION\n",
        ] {
            assert_eq!(
                days(&text.replace("VERSION", "1.4.7"), &text.replace("VERSION", "1.5.0")),
                [],
                "{text}"
            );
        }
        let long = format!("{{\"version\": \"VERSION\", \"date\": \"2020-01-01\"{}}}", " ".repeat(200));
        assert_eq!(days(&long.replace("VERSION", "1.4.7"), &long.replace("VERSION", "1.5.0")), []);
    }
}
