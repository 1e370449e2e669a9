//! `[[pattern]]` and `[[ignore]]`: versions in texts that have no format of their own, and version files that the release
//! leaves alone on purpose. Types, keys and rules of both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml_edit::TableLike;

use super::findings::Findings;
use super::known::{Key, Shape, optional, required};
use super::paths::path_or_glob;
use super::rules;
use super::template::{Placeholder, Template};
use super::validate::{Seen, string, tables};
use crate::error::Problem;
use crate::manifest::pattern::Expression;
use crate::words::nearest;

/// A version in any text file: a text that must stand there a number of times, or an expression that finds it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pattern {
    /// The file, relative to the repository root, or a glob.
    pub path: String,
    /// What stands there before the release.
    pub find: Option<Template>,
    /// What stands there afterwards.
    pub replace: Option<Template>,
    /// In place of `find` and `replace`: an expression with groups named after placeholders, each of which is set.
    pub regex: Option<String>,
    /// How often it stands in each file.
    pub count: usize,
    /// With `regex`: set whatever it held before; a drift is a warning, not a refusal.
    #[serde(default)]
    pub follows: bool,
    /// Passed over when the file does not exist.
    #[serde(default)]
    pub optional: bool,
}

/// A file that holds a version and is no part of the release. What it asks of released packages moves all the same.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ignore {
    /// The file, relative to the repository root, or a glob.
    pub path: String,
    /// Why, for people.
    pub reason: String,
}

/// What becomes of manifests that hold a version and are neither listed nor ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unlisted {
    /// A warning at the gate.
    #[default]
    Warning,
    /// A note at the gate.
    Note,
    /// No release.
    Refuse,
}

impl Unlisted {
    /// The words of a configuration.
    pub(super) const WORDS: [&'static str; 3] = ["warning", "note", "refuse"];
}

/// The largest count there may be; a file that holds more is no text that somebody reads.
const LARGEST_COUNT: i64 = 10_000;

pub(super) const PATTERN: &[Key] = &[
    required("path", Shape::Text(path_or_glob)),
    optional("find", Shape::Text(found_text)),
    optional("replace", Shape::Text(written_text)),
    optional("regex", Shape::Text(expression)),
    required("count", Shape::Count(1, LARGEST_COUNT)),
    optional("follows", Shape::Flag),
    optional("optional", Shape::Flag),
];

pub(super) const IGNORE: &[Key] =
    &[required("path", Shape::Text(path_or_glob)), required("reason", Shape::Text(rules::line))];

/// The placeholder that a group of an expression is named after: `previous_pep440` is `{previous-pep440}`.
pub fn placeholder_of(group: &str) -> Option<Placeholder> {
    let name = group.replace('_', "-");
    Placeholder::ALL.into_iter().find(|known| known.name() == name && *known != Placeholder::Tag)
}

/// What may be looked for: a text that stands there now, so nothing of a version that does not exist yet.
fn found_text(text: &str) -> Vec<Problem> {
    let template = match rules::template_without_tag(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    let new = Placeholder::ALL.into_iter().find(|it| it.is_of_new_version() && template.holds(*it));
    match new {
        Some(new) => vec![
            Problem::content(format!("`{{{}}}` is not there before the release", new.name()))
                .hint("`find` is the text that is there now: write `{previous}`, `{previous-pep440}` or `{previous-base}`")
                .hint("and `replace` is what takes its place: `{version}`, `{pep440}` or `{base}`"),
        ],
        None => text_of_lines(text),
    }
}

fn written_text(text: &str) -> Vec<Problem> {
    rules::template_without_tag(text).err().unwrap_or_else(|| text_of_lines(text))
}

fn text_of_lines(text: &str) -> Vec<Problem> {
    if text.trim().is_empty() {
        return vec![Problem::content("is empty")];
    }
    let forbidden = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    if text.contains(forbidden) { vec![Problem::content("holds a control character")] } else { Vec::new() }
}

/// An expression whose groups are named after placeholders, one of them after the new version.
fn expression(text: &str) -> Vec<Problem> {
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(problem) => return vec![problem],
    };
    let mut faults = Vec::new();
    let mut sets_version = false;
    for group in expression.groups() {
        match placeholder_of(group) {
            // The day of the release is new as well: some places hold nothing else of it.
            Some(placeholder) => {
                sets_version |= placeholder.is_of_new_version() || placeholder == Placeholder::Date
            }
            None => {
                let names: Vec<String> = Placeholder::ALL
                    .into_iter()
                    .filter(|placeholder| *placeholder != Placeholder::Tag)
                    .map(|placeholder| placeholder.name().replace('-', "_"))
                    .collect();
                let problem = Problem::content(format!(
                    "holds the group `{group}`, which is not named after a placeholder"
                ));
                faults.push(match nearest(group, names.iter().map(String::as_str)) {
                    Some(near) => problem.hint(format!("did you mean `(?<{near}>…)`?")),
                    None => problem.hint(format!(
                        "write one of `{}`, or `(?:…)` for a group that is not set",
                        names.join("`, `")
                    )),
                });
            }
        }
    }
    if faults.is_empty() && !sets_version {
        faults.push(
            Problem::content("has no group that stands for the new version")
                .hint("name one `version`, `pep440` or `base`: `tool==(?<pep440>[0-9a-z.]+)`"),
        );
    }
    faults
}

/// Checks what the keys of each pattern say about each other, and that nothing is listed and ignored.
pub(super) fn check(
    root: &dyn TableLike,
    listed: &dyn Fn(&str) -> bool,
    text: &str,
    findings: &mut Findings,
) {
    for pattern in tables(root, "pattern") {
        let (find, replace, regex) =
            (string(pattern, "find"), string(pattern, "replace"), string(pattern, "regex"));
        let place = string(pattern, "path").and_then(|path| path.place);
        let has = |key: &str| pattern.contains_key(key);
        let fault = match (has("find"), has("replace"), has("regex")) {
            (true, true, false) | (false, false, true) => None,
            (false, false, false) => Some((place, "a `[[pattern]]` needs `find` and `replace`, or `regex`")),
            (true, false, false) => Some((find.clone().and_then(|it| it.place), "`find` needs a `replace`")),
            (false, true, false) => {
                Some((replace.clone().and_then(|it| it.place), "`replace` needs a `find`"))
            }
            (.., true) => {
                Some((regex.and_then(|it| it.place), "`regex` takes the place of `find` and `replace`"))
            }
        };
        if let Some((place, what)) = fault {
            findings.add(
                place,
                Problem::content(what)
                    .hint("write `find = \"tool=={previous}\"` and `replace = \"tool=={version}\"`")
                    .hint("or `regex = 'tool==(?<version>[0-9a-z.-]+)'`, which names what is set"),
            );
        } else if let (Some(find), Some(replace)) = (&find, &replace) {
            if find.text == replace.text {
                findings.add(replace.place.clone(), Problem::content("`replace` is the same as `find`"));
            }
            if pattern.get("follows").and_then(toml_edit::Item::as_bool) == Some(true) {
                let problem =
                    Problem::content("a pattern with `find` cannot follow: it finds only what is right");
                findings.add(find.place.clone(), problem.hint("use `regex`, or leave `follows` out"));
            }
        }
    }
    let mut seen = Seen::new(text);
    for ignore in tables(root, "ignore") {
        let Some(path) = string(ignore, "path") else { continue };
        seen.ensure_new((path.text, None, None), &path, &format!("`{}`", path.text), findings);
        if listed(path.text) {
            let problem = Problem::content(format!("`{}` is listed and ignored", path.text));
            findings.add(path.place, problem.hint("take it out of one of the two"));
        }
    }
}
