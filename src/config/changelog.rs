//! Changelogs: where each lies, how it is written, and which releases it takes part in. There may be one, as a table
//! `[changelog]`, or several, as `[[changelog]]`; either way each is described alone, by the same keys.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml_edit::{Item, TableLike};

use super::findings::{Findings, line_of};
use super::known::{Key, Shape, optional, required};
use super::own_types;
use super::paths::Paths;
use super::rules;
use super::template::{Placeholder, Template, Values};
use super::validate::{Seen, Text, string, strings, tables, unknown_tag};
use crate::changelog::{
    BlankLines, Style, SummaryPolicy, TypeEntry, Types, is_no_fragment, is_paragraph, opens_section,
};
use crate::error::Problem;

/// One changelog.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Changelog {
    /// The file, relative to the repository root.
    pub path: String,
    /// How it spells a version.
    #[serde(default = "Template::version")]
    pub value: Template,
    /// The folder of fragments, if entries are written as fragments.
    pub fragments: Option<String>,
    /// Which releases turn `[Unreleased]` into a section.
    #[serde(default)]
    pub rotate: Rotate,
    /// The line that opens a section; `{version}` in it is spelled as `value` says. Without it, a new section opens as
    /// the newest one does; the first one with `## [{version}] - {date}`.
    pub heading: Option<Template>,
    /// Blank lines around headings, where they are not those of the file.
    #[serde(default)]
    pub blank_lines: BlankLines,
    /// The line that stands under a fresh `[Unreleased]`.
    pub placeholder: Option<String>,
    /// The project's own types of changes, in place of Keep a Changelog's six and in the order of their headings: each
    /// with the `heading` that its entries stand under and the `bump` that `auto` takes for it (`major`, `minor`,
    /// `patch`, or `none`: no reason for a release).
    #[serde(default, skip_serializing_if = "Types::are_usual")]
    #[schemars(with = "BTreeMap<String, TypeEntry>")]
    pub types: Types,
    /// The types whose headings come first.
    #[serde(default)]
    pub order: Vec<String>,
    /// Leave fragments as they are instead of making list items of them.
    #[serde(default)]
    pub verbatim: bool,
    /// What a release gets that changed nothing.
    #[serde(default)]
    pub empty: Empty,
    /// The kind of tag that the compare links in the footer name, by its `name`; the first one otherwise.
    pub tag: Option<Template>,
    /// Whether sections open with a summary.
    #[serde(default)]
    pub summary: SummaryPolicy,
    /// Let one blank line stay of those that follow each other, in the whole file, and end it in one line end.
    #[serde(default)]
    pub tidy: bool,
    /// Passed over when the file does not exist.
    #[serde(default)]
    pub optional: bool,
}

/// Which releases turn `[Unreleased]` into a section of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rotate {
    /// Stable releases; before them the notes accumulate.
    #[default]
    Stable,
    /// Every release.
    Always,
}

/// What a release gets for which nothing stands under `[Unreleased]` and no fragment is there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Empty {
    /// It is refused.
    #[default]
    Refuse,
    /// Its section says this.
    Sentence(Template),
}

/// The word for [`Empty::Refuse`].
const REFUSE: &str = "refuse";

impl TryFrom<String> for Empty {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == REFUSE { Ok(Self::Refuse) } else { Template::try_from(text).map(Self::Sentence) }
    }
}

impl From<Empty> for String {
    fn from(empty: Empty) -> Self {
        match empty {
            Empty::Refuse => REFUSE.to_owned(),
            Empty::Sentence(sentence) => sentence.into(),
        }
    }
}

impl Changelog {
    /// How sections are written in this release.
    pub fn style(&self, values: &Values) -> Style {
        Style {
            verbatim: self.verbatim,
            types: self.types.clone(),
            order: self.order.iter().filter_map(|name| self.types.from_name(name)).collect(),
            blank_lines: self.blank_lines,
            placeholder: self.placeholder.clone(),
            empty: match &self.empty {
                Empty::Refuse => None,
                Empty::Sentence(sentence) => Some(sentence.render(values)),
            },
            summary: self.summary,
            fragments: self.fragments.clone(),
            tidy: self.tidy,
        }
    }
}

/// The values of a release as this changelog's heading has them: `{version}` is spelled as `value` says.
pub fn heading_values(value: &Template, values: &Values) -> Values {
    Values { version: value.render(values), ..values.clone() }
}

/// Reads one table or a list of them.
///
/// # Errors
/// What the types say.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Changelog>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(Box<Changelog>),
        Many(Vec<Changelog>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![*one],
        OneOrMany::Many(many) => many,
    })
}

/// The keys of one changelog.
pub(super) const KEYS: &[Key] = &[
    required("path", Shape::Text(rules::path)),
    optional("value", Shape::Text(value)),
    optional("fragments", Shape::Text(rules::path)),
    optional("rotate", Shape::Choice(|| vec!["stable", "always"])),
    optional("heading", Shape::Text(heading)),
    optional("blank-lines", Shape::Table(BLANK_LINES)),
    optional("placeholder", Shape::Text(paragraph)),
    optional("types", Shape::Entries(&own_types::TYPES)),
    optional("order", Shape::Texts(rules::line)),
    optional("verbatim", Shape::Flag),
    optional("empty", Shape::Text(empty)),
    optional("tag", Shape::Text(rules::line)),
    optional("summary", Shape::Choice(|| vec!["none", "optional", "required"])),
    optional("tidy", Shape::Flag),
    optional("optional", Shape::Flag),
];

const BLANK_LINES: &[Key] = &[
    optional("before-release", Shape::Count(0, MOST_BLANK_LINES)),
    optional("after-release", Shape::Count(0, MOST_BLANK_LINES)),
    optional("before-type", Shape::Count(0, MOST_BLANK_LINES)),
    optional("after-type", Shape::Count(0, MOST_BLANK_LINES)),
];

/// More of them is a slip of the finger.
const MOST_BLANK_LINES: i64 = 9;

/// How a version is spelled in brackets: it must tell releases apart and leave the brackets whole.
fn value(text: &str) -> Vec<Problem> {
    let template = match rules::template_without_tag(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    let whole = [Placeholder::Version, Placeholder::Pep440, Placeholder::Base];
    if !whole.into_iter().any(|placeholder| template.holds(placeholder)) {
        return vec![
            Problem::content(format!("`{text}` does not tell one release from another"))
                .hint("write `{version}` or `{pep440}`"),
        ];
    }
    if text.contains(|character: char| character.is_whitespace() || "[]".contains(character)) {
        return vec![
            Problem::content(format!("`{text}` would not be found again between the brackets of a heading"))
                .hint("leave out brackets and spaces"),
        ];
    }
    rules::line(text)
}

/// The heading of a section, as far as it can be judged alone.
fn heading(text: &str) -> Vec<Problem> {
    let mut faults = Template::parse(text).err().unwrap_or_default();
    faults.extend(rules::line(text));
    faults
}

/// A line that is a paragraph of its own.
fn paragraph(text: &str) -> Vec<Problem> {
    let mut faults = rules::line(text);
    if faults.is_empty() && !is_paragraph(text) {
        faults.push(no_paragraph(text));
    }
    faults
}

/// What an empty section says, or that there is none.
fn empty(text: &str) -> Vec<Problem> {
    let template = match rules::template_without_tag(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    let mut faults = rules::line(text);
    if faults.is_empty() && !rules::samples().iter().all(|values| is_paragraph(&template.render(values))) {
        faults.push(no_paragraph(text));
    }
    faults
}

fn no_paragraph(text: &str) -> Problem {
    Problem::content(format!("`{text}` is not a paragraph in Markdown"))
        .hint("write one line of text, for example `_Nothing yet._`")
}

/// The changelogs of a document, in either shape.
pub(super) fn changelogs(root: &dyn TableLike) -> Vec<&dyn TableLike> {
    match root.get("changelog").and_then(Item::as_table_like) {
        Some(one) => vec![one],
        None => tables(root, "changelog"),
    }
}

/// Whether this path is a changelog.
pub(super) fn is_changelog(root: &dyn TableLike, path: &str) -> bool {
    changelogs(root).into_iter().any(|changelog| string(changelog, "path").is_some_and(|it| it.text == path))
}

/// Checks what changelogs say about each other and about the rest of the document.
pub(super) fn check(root: &dyn TableLike, manifests: &Paths, text: &str, findings: &mut Findings) {
    let tags = tables(root, "tag");
    let mut paths = Seen::new(text);
    let mut folders: Vec<Text<'_>> = Vec::new();
    for changelog in changelogs(root) {
        if let Some(path) = string(changelog, "path") {
            if manifests.hold(path.text) {
                let problem =
                    Problem::content(format!("`{}` is a `[[manifest]]` and the changelog", path.text));
                findings.add(path.place.clone(), problem);
            }
            let listed = format!("the changelog `{}`", path.text);
            paths.ensure_new((path.text, None, None), &path, &listed, findings);
        }
        if let Some(folder) = string(changelog, "fragments").filter(|folder| !folder.text.is_empty()) {
            check_folder(&folder, &folders, text, findings);
            folders.push(folder);
        }
        if let Some(tag) = string(changelog, "tag")
            && let Some(problem) = unknown_tag(&tag, "[[changelog]]", &tags)
        {
            findings.add(tag.place, problem);
        }
        check_heading(changelog, findings);
        own_types::check(changelog, text, findings);
    }
    check_consumed(root, &folders, findings);
}

/// A release deletes the fragments it consumes, so it can edit none of them.
fn check_consumed(root: &dyn TableLike, folders: &[Text<'_>], findings: &mut Findings) {
    let steps = tables(root, "step");
    let places = changelogs(root).into_iter().chain(tables(root, "manifest"));
    let paths = places
        .filter_map(|table| string(table, "path"))
        .chain(steps.into_iter().flat_map(|step| strings(step, "writes")));
    for path in paths {
        let Some((folder, name)) = path.text.rsplit_once('/') else { continue };
        let consumed = folders.iter().any(|other| other.text == folder);
        if consumed && !is_no_fragment(name) {
            let problem =
                Problem::content(format!("`{}` lies among the fragments of a changelog", path.text));
            findings
                .add(path.place, problem.hint("move it elsewhere: a release deletes what it finds there"));
        }
    }
}

/// A fragment lands in one changelog: no two of them may read the same folder, or one inside the other.
fn check_folder(folder: &Text<'_>, others: &[Text<'_>], text: &str, findings: &mut Findings) {
    let inside = |one: &str, other: &str| {
        one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let shared = |other: &&Text<'_>| inside(folder.text, other.text) || inside(other.text, folder.text);
    let Some(other) = others.iter().find(shared) else { return };
    let line = line_of(text, other.place.clone().map_or(0, |place| place.start));
    let problem = if other.text == folder.text {
        Problem::content(format!(
            "two changelogs take their fragments from `{}` (first on line {line})",
            folder.text
        ))
    } else {
        let (name, first) = (folder.text, other.text);
        Problem::content(format!(
            "the fragments in `{name}` and in `{first}` (line {line}) overlap: one folder is inside the other"
        ))
    };
    let problem = problem.hint("give each changelog a folder of its own: a fragment lands in exactly one");
    findings.add(folder.place.clone(), problem);
}

/// The section must be found again by its heading, and no two releases may share one.
fn check_heading(changelog: &dyn TableLike, findings: &mut Findings) {
    let given = string(changelog, "value");
    let spelled = match &given {
        // A value that is wrong in itself is already reported.
        Some(given) if !value(given.text).is_empty() => return,
        Some(given) => Template::parse(given.text).ok(),
        None => Some(Template::version()),
    };
    let Some(spelled) = spelled else { return };
    let always = string(changelog, "rotate").is_some_and(|rotate| rotate.text == "always");
    let [stable, pre_release] = rules::samples();
    if always && spelled.render(&stable) == spelled.render(&pre_release) {
        let place = given.as_ref().and_then(|given| given.place.clone());
        let problem = Problem::content(format!("`{spelled}` is the same for every pre-release of a version"));
        let hint = "write `value = \"{version}\"` or `\"{pep440}\"`: every release gets a section of its own";
        findings.add(place, problem.hint(hint));
    }
    let opens = |template: &Template| {
        rules::samples().iter().all(|values| {
            let values = heading_values(&spelled, values).with_tag("v0.2.0");
            opens_section(&template.render(&values), &values.version)
        })
    };
    let Some(written) = string(changelog, "heading") else {
        if let Some(given) = given.filter(|_| !opens(&Template::release_heading())) {
            let problem = Problem::content(format!(
                "`value` in `[[changelog]]`: the section of a release would not be found again by `{}`",
                given.text
            ));
            findings.add(given.place, problem.hint("write `{version}` or `{pep440}`, and nothing around it"));
        }
        return;
    };
    if !heading(written.text).is_empty() {
        return;
    }
    let Ok(template) = Template::parse(written.text) else { return };
    if !opens(&template) {
        let problem = Problem::content(format!(
            "`heading` in `[[changelog]]`: the section of a release would not be found again by `{}`",
            written.text
        ));
        let hint = "write it as `## [{version}] - {date}`, where {version} is spelled as `value` says";
        findings.add(written.place, problem.hint(hint));
    }
}
