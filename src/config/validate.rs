//! What must hold between the values of a configuration: names that refer to each other, things listed twice,
//! files that two parts would write. It reads the document, not the typed value, so that these problems are
//! reported together with wrong types and unknown keys; what is missing or misshapen is passed over here.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::changelog;
use super::check_pins;
use super::check_steps;
use super::findings::{Findings, line_of};
use super::paths::Paths;
use super::patterns;
use super::rules::{self, samples};
use super::template::{Placeholder, Template};
use crate::error::Problem;
use crate::glob::is_glob;
use crate::manifest::{Format, Target, takes_only_semver};
use crate::words::nearest;

/// Checks what the values of a document say about each other.
pub(super) fn check(root: &dyn TableLike, text: &str, findings: &mut Findings) {
    let manifests = tables(root, "manifest");
    let tags = tables(root, "tag");
    let listed = |key: &str| tables(root, key).into_iter().filter_map(|it| Some(string(it, "path")?.text));
    let by_name: HashSet<&str> = listed("manifest").chain(listed("pattern")).collect();
    let pins = tables(root, "pin").into_iter().flat_map(|pin| tables(pin, "write"));
    let pinned = pins.filter_map(|write| Some(string(write, "path")?.text));
    let edited: Vec<&str> = listed("manifest").chain(listed("pattern")).chain(pinned).collect();
    check_manifests(&manifests, text, findings);
    check_version_from(root, &manifests, findings);
    patterns::check(root, &|path| by_name.contains(path), text, findings);
    check_tags(&tags, text, findings);
    changelog::check(root, &Paths::new(listed("manifest")), text, findings);
    check_pins::check(root, &manifests, text, findings);
    check_steps::check(root, &edited, text, findings);
    check_reminders(root, &tags, findings);
}

/// A string and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) place: Option<Range<usize>>,
}

fn check_manifests(manifests: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let mut seen = Seen::new(text);
    for manifest in manifests {
        let Some(path) = string(*manifest, "path") else { continue };
        let (key, package) = (string(*manifest, "key"), string(*manifest, "package"));
        let (key_text, package_text) = (key.as_ref().map(|it| it.text), package.as_ref().map(|it| it.text));
        let mut listed = format!("`{}`", path.text);
        for (name, value) in [("key", key_text), ("package", package_text)] {
            if let Some(value) = value {
                listed.push_str(&format!(" with {name} `{value}`"));
            }
        }
        seen.ensure_new((path.text, key_text, package_text), &path, &listed, findings);

        let format = match string(*manifest, "format") {
            // A name that does not exist is already reported, with the nearest one.
            Some(name) => Format::from_name(name.text),
            None => {
                let format = Format::from_path(path.text);
                if format.is_none() && !path.text.is_empty() {
                    findings.add(path.place.clone(), unknown_format(path.text));
                }
                format
            }
        };
        let Some(format) = format else { continue };
        // A key that is no string is already reported, and is not a missing one.
        let readable = key.is_some() || !manifest.contains_key("key");
        if let Some(mut problem) =
            format.check_key(key.as_ref().map(|key| key.text)).err().filter(|_| readable)
        {
            problem.message = format!("`{}`: {}", path.text, problem.message);
            findings.add(key.as_ref().map_or(path.place.clone(), |key| key.place.clone()), problem);
        }
        let target = Target { format, key: key.as_ref().map(|key| key.text), package: None };
        let value = string(*manifest, "value").filter(|_| takes_only_semver(path.text, &target));
        // A template that is wrong in itself is already reported.
        if let Some(value) =
            value.filter(|it| Template::parse(it.text).is_ok_and(|it| it.holds(Placeholder::Pep440)))
        {
            let problem = Problem::content(format!(
                "`{}`: what reads it takes only semver, which `{{pep440}}` of a pre-release is not",
                path.text
            ));
            findings.add(value.place, problem.hint("write `value = \"{version}\"`, or leave `value` out"));
        }
        // Elsewhere the file holds one package: a name would look like a condition, and be none.
        if let Some(package) = package.filter(|_| !format.is_lock()) {
            let problem = Problem::content(format!("`{}`: `package` is for lock files only", path.text));
            findings.add(package.place, problem.hint("leave `package` out"));
        }
    }
}

pub(super) fn unknown_format(path: &str) -> Problem {
    let names: Vec<_> = Format::ALL.iter().map(|format| format!("`{}`", format.name())).collect();
    Problem::content(format!("the format of `{path}` cannot be told from its name"))
        .hint(format!("say it with `format = \"…\"`: {}", names.join(", ")))
}

fn check_version_from(root: &dyn TableLike, manifests: &[&dyn TableLike], findings: &mut Findings) {
    let release = root.get("release").and_then(Item::as_table_like);
    let written = release.is_some_and(|release| release.contains_key("version-from"));
    if !written && !manifests.is_empty() && leading(root).is_none() {
        let place = manifests.first().and_then(|first| string(*first, "path")).and_then(|path| path.place);
        let problem = Problem::content("no `[[manifest]]` can say alone what the current version is");
        findings.add(
            place,
            problem
                .hint("name a file that does: `version-from = \"…\"` in `[release]`")
                .hint("it is in a `[[manifest]]` that neither `follows` nor is `optional`, and holds the whole version"),
        );
    }
    let Some(from) =
        release.and_then(|release| string(release, "version-from")).filter(|from| !from.text.is_empty())
    else {
        return;
    };
    let paths = || manifests.iter().filter_map(|manifest| Some(string(*manifest, "path")?.text));
    let with_path = |test: &dyn Fn(&str) -> bool| -> Vec<&dyn TableLike> {
        let holds = |manifest: &&dyn TableLike| string(*manifest, "path").is_some_and(|path| test(path.text));
        manifests.iter().copied().filter(holds).collect()
    };
    let mut named = with_path(&|path| path == from.text);
    if named.is_empty() {
        named = with_path(&|path| is_glob(path) && Paths::new([path]).hold(from.text));
    }
    let name = from.text;
    if named.is_empty() {
        let problem = Problem::content(format!("`version-from` names `{name}`, which is no `[[manifest]]`"));
        let hint = match nearest(name, paths()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add a `[[manifest]]` with `path = {name:?}`"),
        };
        findings.add(from.place, problem.hint(hint));
        return;
    }
    let leads = |manifest: &dyn TableLike| !flag(manifest, "follows") && !flag(manifest, "optional");
    let Some(leading) = named.into_iter().find(|manifest| leads(*manifest)) else {
        let problem = Problem::content(format!(
            "`version-from` names `{name}`, which `follows` or is `optional`: it cannot say what the version is"
        ));
        findings.add(from.place, problem.hint("name a manifest that always holds the current version"));
        return;
    };
    // A value that is wrong in itself is already reported.
    let whole = |value: &str| is_whole(value) || !rules::manifest_value(value).is_empty();
    if let Some(value) = string(leading, "value").filter(|value| !whole(value.text)) {
        let problem = Problem::content(format!(
            "`version-from` reads the whole version from `{name}`, which only holds `{}`",
            value.text
        ));
        findings.add(value.place, problem.hint("write `value = \"{version}\"` or `value = \"{pep440}\"`"));
    }
}

fn is_whole(value: &str) -> bool {
    value == "{version}" || value == "{pep440}"
}

/// The file that says what the current version is where `version-from` is not written: the first that is listed by its
/// name, always holds the whole version, and repeats nobody else's.
pub(super) fn leading(root: &dyn TableLike) -> Option<&str> {
    fn leads(manifest: &dyn TableLike) -> Option<&str> {
        let path = string(manifest, "path")?.text;
        let format = match string(manifest, "format") {
            Some(name) => Format::from_name(name.text),
            None => Format::from_path(path),
        };
        let fixed = !flag(manifest, "follows") && !flag(manifest, "optional");
        let whole = string(manifest, "value").is_none_or(|value| is_whole(value.text));
        (fixed && whole && !is_glob(path) && !format.is_some_and(Format::is_lock)).then_some(path)
    }
    tables(root, "manifest").into_iter().find_map(leads)
}

fn check_tags(tags: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let names: Vec<(Text<'_>, Template)> = tags
        .iter()
        .filter_map(|tag| string(*tag, "name"))
        .filter_map(|name| Some((name.clone(), Template::parse(name.text).ok()?)))
        .collect();
    let limited = tags.first().and_then(|tag| Some((*tag, tag.get("only-when")?.span()?)));
    if let Some((_, place)) = limited.filter(|(tag, _)| !strings(*tag, "only-when").is_empty()) {
        let problem = Problem::content("the first `[[tag]]` is one that every release gets");
        findings.add(Some(place), problem.hint("leave its `only-when` out, or put another tag first"));
    }
    let samples = samples();
    let mut taken: Vec<Taken> = samples.iter().map(|_| Taken::default()).collect();
    for (name, template) in &names {
        let offset = name.place.clone().map_or(0, |place| place.start);
        let rendered = samples.iter().map(|values| template.render(values));
        let clashes = taken.iter_mut().zip(rendered).map(|(taken, name)| taken.clash_of(name, offset));
        // All of them, so that each sample remembers the name.
        let clashes: Vec<_> = clashes.collect();
        if let Some((first, says)) = clashes.into_iter().flatten().next() {
            let problem = Problem::content(format!("{says} (the other is on line {})", line_of(text, first)));
            findings.add(name.place.clone(), problem.hint("give every kind of tag a name of its own"));
        }
    }
}

/// The names of tags so far, and where each stood first.
#[derive(Default)]
struct Taken {
    names: HashMap<String, usize>,
    /// Every folder that a name lies in, with that name.
    folders: HashMap<String, (String, usize)>,
}

impl Taken {
    /// Why git cannot hold this tag beside an earlier one, and where that stands: references are files and folders,
    /// and no name can be both. Otherwise the name is remembered.
    fn clash_of(&mut self, name: String, offset: usize) -> Option<(usize, String)> {
        if let Some(first) = self.names.get(&name) {
            return Some((*first, format!("two tags would have the name `{name}`")));
        }
        let together = |other: &str| format!("git cannot hold the tags `{other}` and `{name}` together");
        if let Some((below, first)) = self.folders.get(&name) {
            return Some((*first, together(below)));
        }
        let folders = || name.match_indices('/').filter_map(|(end, _)| name.get(..end));
        for folder in folders() {
            if let Some(first) = self.names.get(folder) {
                return Some((*first, together(folder)));
            }
        }
        for folder in folders() {
            self.folders.entry(folder.to_owned()).or_insert_with(|| (name.clone(), offset));
        }
        self.names.insert(name, offset);
        None
    }
}

fn check_reminders(root: &dyn TableLike, tags: &[&dyn TableLike], findings: &mut Findings) {
    for reminder in tables(root, "reminder") {
        let tag = string(reminder, "tag");
        if let Some(when) = string(reminder, "when").filter(|when| when.text == "first-tag" && tag.is_none())
        {
            let problem =
                Problem::content("a reminder for the first tag needs a `tag` that says of which kind");
            findings.add(when.place, problem.hint("write the `name` of one of the `[[tag]]`"));
        }
        if let Some(text) = string(reminder, "text").filter(|_| tag.is_none())
            && Template::parse(text.text).is_ok_and(|template| template.holds(Placeholder::Tag))
        {
            let problem = Problem::content(
                "`text` in `[[reminder]]` uses `{tag}`, but does not say which tag is meant",
            );
            findings
                .add(text.place, problem.hint("add `tag = \"…\"` with the `name` of one of the `[[tag]]`"));
        }
        if let Some(tag) = tag
            && let Some(problem) = unknown_tag(&tag, "[[reminder]]", tags)
        {
            findings.add(tag.place, problem);
        }
    }
}

/// Why the `tag` in this table is the name of no tag.
pub(super) fn unknown_tag(tag: &Text<'_>, table: &str, tags: &[&dyn TableLike]) -> Option<Problem> {
    let usual = tags.is_empty().then_some(super::USUAL_TAG);
    let names = || tags.iter().filter_map(|tag| Some(string(*tag, "name")?.text)).chain(usual);
    if names().any(|name| name == tag.text) {
        return None;
    }
    let problem = Problem::content(format!("`tag` in `{table}`: no `[[tag]]` has the name `{}`", tag.text));
    Some(match nearest(tag.text, names()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("write the `name` of one of the `[[tag]]`"),
    })
}

/// Remembers what was listed, to say where something listed twice stood first.
pub(super) struct Seen<'a> {
    text: &'a str,
    lines: HashMap<Name<'a>, usize>,
}

/// What tells one listed thing from another: a name or path, and for a place in a file its key and its package.
type Name<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

impl<'a> Seen<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: HashMap::new() }
    }

    pub(super) fn ensure_new(
        &mut self,
        name: Name<'a>,
        value: &Text<'_>,
        label: &str,
        findings: &mut Findings,
    ) {
        let offset = value.place.clone().map_or(0, |place| place.start);
        match self.lines.get(&name) {
            Some(first) => {
                let line = line_of(self.text, *first);
                let problem = Problem::content(format!("{label} is listed twice (first on line {line})"));
                findings.add(value.place.clone(), problem.hint("keep one of the two"));
            }
            None => {
                self.lines.insert(name, offset);
            }
        }
    }
}

/// The tables under a key, in either spelling: `[[key]]` or `key = [{ … }]`.
pub(super) fn tables<'a>(table: &'a dyn TableLike, key: &str) -> Vec<&'a dyn TableLike> {
    match table.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(toml_edit::Value::Array(list))) => {
            list.iter().filter_map(|value| Some(value.as_inline_table()? as &dyn TableLike)).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn string<'a>(table: &'a dyn TableLike, key: &str) -> Option<Text<'a>> {
    let item = table.get(key)?;
    Some(Text { text: item.as_str()?, place: item.span() })
}

pub(super) fn strings<'a>(table: &'a dyn TableLike, key: &str) -> Vec<Text<'a>> {
    let list = table.get(key).and_then(Item::as_array);
    let values = list.into_iter().flat_map(toml_edit::Array::iter);
    values.filter_map(|value| Some(Text { text: value.as_str()?, place: value.span() })).collect()
}

fn flag(table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_bool).unwrap_or(false)
}
