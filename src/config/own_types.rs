//! The `types` table of a changelog: what a project calls its own types of changes, and the order of their headings.

use toml_edit::{Item, TableLike};

use super::findings::{Findings, line_of};
use super::known::{Entries, Key, Shape, required};
use super::load::unknown_choice;
use super::rules;
use super::validate::{Text, string, strings};
use crate::changelog::{Category, Level, Types, are_one_heading, is_type_heading};
use crate::error::Problem;
use crate::words::on_one_line;

/// The types by their names.
pub(super) static TYPES: Entries = Entries { name: type_name, example: "feature", value: Shape::Table(TYPE) };

const TYPE: &[Key] = &[
    required("heading", Shape::Text(type_heading)),
    required("bump", Shape::Choice(|| Level::WORDS.to_vec())),
];

/// The name of a type, as the file names of its fragments end: what a file system that takes `A` for `a` keeps apart.
fn type_name(text: &str) -> Vec<Problem> {
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    let plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '-' | '_')
    };
    if starts && text.chars().all(plain) && text != "md" {
        return Vec::new();
    }
    vec![
        Problem::content(format!("`{}` is no name of a type", on_one_line(text)))
            .hint("begin with a letter and write lower case, digits, `-` and `_`: fragments are called `<slug>.<type>.md`"),
    ]
}

/// The heading of a type.
fn type_heading(text: &str) -> Vec<Problem> {
    let mut faults = rules::line(text);
    if faults.is_empty() && !is_type_heading(text) {
        faults.push(
            Problem::content(format!("`{text}` would not be found again as the heading of a type"))
                .hint("write a few words, without `#`, a version or a date, for example `Bug Fixes`"),
        );
    }
    faults
}

/// Checks the table, and that `order` names types of it.
pub(super) fn check(changelog: &dyn TableLike, text: &str, findings: &mut Findings) {
    check_types(changelog, text, findings);
    check_order(changelog, findings);
}

/// The table of types says something, and no heading is that of two types.
fn check_types(changelog: &dyn TableLike, text: &str, findings: &mut Findings) {
    let Some(types) = changelog.get("types").and_then(Item::as_table_like) else { return };
    if types.is_empty() {
        let problem = Problem::content("`types` in `[[changelog]]` names no type");
        let hint = format!("leave it out for Keep a Changelog's: {}", Types::default().listed());
        let place = changelog.get("types").and_then(Item::span);
        findings.add(place, problem.hint(hint));
    }
    let mut seen: Vec<(&str, Text<'_>)> = Vec::new();
    for (name, item) in types.iter() {
        let heading = item.as_table_like().and_then(|entry| string(entry, "heading"));
        let Some(heading) = heading.filter(|heading| type_heading(heading.text).is_empty()) else { continue };
        match seen.iter().find(|(_, other)| are_one_heading(other.text, heading.text)) {
            Some((first, other)) => {
                let line = line_of(text, other.place.clone().map_or(0, |place| place.start));
                let problem = Problem::content(format!(
                    "the types `{first}` (line {line}) and `{name}` have one heading, `{}`",
                    heading.text
                ));
                findings.add(heading.place, problem.hint("give each type a heading of its own"));
            }
            None => seen.push((name, heading)),
        }
    }
}

/// What `order` names are types, each of them once.
fn check_order(changelog: &dyn TableLike, findings: &mut Findings) {
    let own = changelog.get("types").and_then(Item::as_table_like);
    let names: Vec<&str> = match own {
        Some(own) => own.iter().map(|(name, _)| name).collect(),
        None => Category::ALL.iter().map(Category::name).collect(),
    };
    let mut seen: Vec<&str> = Vec::new();
    for (kind, number) in strings(changelog, "order").into_iter().zip(1..) {
        if !names.contains(&kind.text) {
            let name = format!("`order` in `[changelog]`, entry {number}");
            findings.add_unknown(kind.place, unknown_choice(&name, kind.text, &names));
        } else if seen.contains(&kind.text) {
            let problem = Problem::content(format!("`order` in `[[changelog]]` names `{}` twice", kind.text));
            findings.add(kind.place, problem.hint("keep one of the two"));
        } else {
            seen.push(kind.text);
        }
    }
}
