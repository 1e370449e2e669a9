//! What must hold between the values of a configuration: names that refer to each other, things listed twice,
//! files that two parts would write. It reads the document, not the typed value, so that these problems are
//! reported together with wrong types and unknown keys; what is missing or misshapen is passed over here.

use std::collections::HashMap;
use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::findings::{Findings, line_of};
use super::rules::{self, samples};
use super::template::{Placeholder, Template};
use crate::error::Problem;
use crate::manifest::Format;
use crate::words::nearest;

/// Checks what the values of a document say about each other.
pub(super) fn check(root: &dyn TableLike, text: &str, findings: &mut Findings) {
    let manifests = tables(root, "manifest");
    let tags = tables(root, "tag");
    check_manifests(&manifests, text, findings);
    check_version_from(root, &manifests, findings);
    check_tags(&tags, text, findings);
    check_changelog(root, &manifests, findings);
    check_pins(root, &manifests, text, findings);
    check_steps(root, &manifests, text, findings);
    check_reminders(root, &tags, findings);
}

/// A string and where it stands.
#[derive(Debug, Clone)]
struct Text<'a> {
    text: &'a str,
    place: Option<Range<usize>>,
}

fn check_manifests(manifests: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let mut seen = Seen::new(text);
    for manifest in manifests {
        let Some(path) = string(*manifest, "path") else { continue };
        let key = string(*manifest, "key");
        let package = string(*manifest, "package");
        let listed = match (&key, &package) {
            (Some(key), _) => format!("`{}` with key `{}`", path.text, key.text),
            (None, Some(package)) => format!("`{}` with package `{}`", path.text, package.text),
            (None, None) => format!("`{}`", path.text),
        };
        let place = [key.as_ref(), package.as_ref()].map(|part| part.map(|part| part.text));
        seen.ensure_new((path.text, place), &path, &listed, findings);

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
            findings.add(key.map_or(path.place, |key| key.place), problem);
        }
        // Elsewhere the file holds one package: a name would look like a condition, and be none.
        if let Some(package) = string(*manifest, "package").filter(|_| !format.name().ends_with("-lock")) {
            let problem = Problem::content(format!("`{}`: `package` is for lock files only", path.text));
            findings.add(package.place, problem.hint("leave `package` out"));
        }
    }
}

fn unknown_format(path: &str) -> Problem {
    let names: Vec<_> = Format::ALL.iter().map(|format| format!("`{}`", format.name())).collect();
    Problem::content(format!("the format of `{path}` cannot be told from its name"))
        .hint(format!("say it with `format = \"…\"`: {}", names.join(", ")))
}

fn check_version_from(root: &dyn TableLike, manifests: &[&dyn TableLike], findings: &mut Findings) {
    let release = root.get("release").and_then(Item::as_table_like);
    let Some(from) =
        release.and_then(|release| string(release, "version-from")).filter(|from| !from.text.is_empty())
    else {
        return;
    };
    let paths = || manifests.iter().filter_map(|manifest| Some(string(*manifest, "path")?.text));
    let named: Vec<_> = manifests
        .iter()
        .copied()
        .filter(|manifest| string(*manifest, "path").is_some_and(|path| path.text == from.text))
        .collect();
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
    let whole =
        |value: &str| value == "{version}" || value == "{pep440}" || !rules::manifest_value(value).is_empty();
    if let Some(value) = string(leading, "value").filter(|value| !whole(value.text)) {
        let problem = Problem::content(format!(
            "`version-from` reads the whole version from `{name}`, which only holds `{}`",
            value.text
        ));
        findings.add(value.place, problem.hint("write `value = \"{version}\"` or `value = \"{pep440}\"`"));
    }
}

fn check_tags(tags: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let names: Vec<(Text<'_>, Template)> = tags
        .iter()
        .filter_map(|tag| string(*tag, "name"))
        .filter_map(|name| Some((name.clone(), Template::parse(name.text).ok()?)))
        .collect();
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

fn check_changelog(root: &dyn TableLike, manifests: &[&dyn TableLike], findings: &mut Findings) {
    let Some(changelog) = root.get("changelog").and_then(Item::as_table_like) else { return };
    let Some(path) = string(changelog, "path") else { return };
    if is_manifest(manifests, path.text) {
        let problem = Problem::content(format!("`{}` is a `[[manifest]]` and the changelog", path.text));
        findings.add(path.place, problem);
    }
}

/// Pins are told apart by name and variable, and have places of their own.
fn check_pins(root: &dyn TableLike, manifests: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let mut seen = Seen::new(text);
    let mut places = Seen::new(text);
    let key_of = |table: &dyn TableLike| string(table, "key").map(|key| key.text.to_owned());
    for pin in tables(root, "pin") {
        if let Some(name) = string(pin, "name") {
            seen.ensure_new((name.text, [None; 2]), &name, &format!("the pin `{}`", name.text), findings);
        }
        if let Some(name) = string(pin, "variable") {
            let listed = format!("the variable `{}`", name.text);
            seen.ensure_new((name.text, [Some("variable"), None]), &name, &listed, findings);
        }
        for write in tables(pin, "write") {
            let Some(path) = string(write, "path") else { continue };
            let key = string(write, "key");
            let place = [key.as_ref().map(|key| key.text), None];
            places.ensure_new(
                (path.text, place),
                &path,
                &format!("`{}` with that `key`", path.text),
                findings,
            );
            let is_manifest = |manifest: &&&dyn TableLike| {
                let same_path = string(**manifest, "path").is_some_and(|other| other.text == path.text);
                same_path && key_of(**manifest) == key_of(write)
            };
            if manifests.iter().any(|manifest| is_manifest(&manifest)) {
                let problem =
                    Problem::content(format!("`{}` is a `[[manifest]]` and written by a pin", path.text));
                findings
                    .add(path.place.clone(), problem.hint("keep one of the two, or give each its own `key`"));
            }
            let format = match string(write, "format") {
                Some(name) => Format::from_name(name.text),
                None => {
                    let format = Format::from_path(path.text);
                    if format.is_none() && !path.text.is_empty() {
                        findings.add(path.place.clone(), unknown_format(path.text));
                    }
                    format
                }
            };
            let readable = key.is_some() || !write.contains_key("key");
            let checked = format.map(|format| format.check_key(key.as_ref().map(|key| key.text)));
            if let Some(Err(mut problem)) = checked.filter(|_| readable) {
                problem.message = format!("`{}`: {}", path.text, problem.message);
                findings.add(key.map_or(path.place, |key| key.place), problem);
            }
        }
    }
}

fn check_steps(root: &dyn TableLike, manifests: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let changelog = root.get("changelog").and_then(Item::as_table_like);
    let changelog_path = changelog.and_then(|changelog| string(changelog, "path"));
    let is_changelog = |path: &str| changelog_path.as_ref().is_some_and(|changelog| changelog.text == path);
    let mut seen = Seen::new(text);
    for step in tables(root, "step") {
        if let Some(name) = string(step, "name") {
            seen.ensure_new((name.text, [None; 2]), &name, &format!("the step `{}`", name.text), findings);
        }
        if let Some(program) = strings(step, "run").first().filter(|program| program.text.trim().is_empty()) {
            findings.add(program.place.clone(), Problem::content("`run` in `[[step]]` names no program"));
        }
        let writes = strings(step, "writes");
        for path in &writes {
            if is_manifest(manifests, path.text) || is_changelog(path.text) {
                let problem = Problem::content(format!("`{}` is written by the release itself", path.text));
                findings.add(path.place.clone(), problem.hint("a step writes files of its own"));
            }
        }
        for expect in tables(step, "expect") {
            let Some(path) = string(expect, "path") else { continue };
            if writes.iter().any(|written| written.text == path.text) {
                continue;
            }
            let problem =
                Problem::content(format!("`expect` names `{}`, which the step does not write", path.text));
            let hint = match nearest(path.text, writes.iter().map(|written| written.text)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add it: `writes = [{:?}]`", path.text),
            };
            findings.add(path.place, problem.hint(hint));
        }
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
            let problem = Problem::content("`text` in `[[reminder]]` speaks of `{tag}`, but not of which");
            findings
                .add(text.place, problem.hint("add `tag = \"…\"` with the `name` of one of the `[[tag]]`"));
        }
        let names = || tags.iter().filter_map(|tag| Some(string(*tag, "name")?.text));
        if let Some(tag) = tag.filter(|tag| !names().any(|name| name == tag.text)) {
            let problem = Problem::content(format!(
                "`tag` in `[[reminder]]`: no `[[tag]]` has the name `{}`",
                tag.text
            ));
            let hint = match nearest(tag.text, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write the `name` of one of the `[[tag]]`".to_owned(),
            };
            findings.add(tag.place, problem.hint(hint));
        }
    }
}

/// Remembers what was listed, to say where something listed twice stood first.
struct Seen<'a> {
    text: &'a str,
    lines: HashMap<(&'a str, [Option<&'a str>; 2]), usize>,
}

impl<'a> Seen<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, lines: HashMap::new() }
    }

    fn ensure_new(
        &mut self,
        name: (&'a str, [Option<&'a str>; 2]),
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

fn is_manifest(manifests: &[&dyn TableLike], path: &str) -> bool {
    manifests.iter().any(|manifest| string(*manifest, "path").is_some_and(|listed| listed.text == path))
}

/// The tables under a key, in either spelling: `[[key]]` or `key = [{ … }]`.
fn tables<'a>(table: &'a dyn TableLike, key: &str) -> Vec<&'a dyn TableLike> {
    match table.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(toml_edit::Value::Array(list))) => {
            list.iter().filter_map(|value| Some(value.as_inline_table()? as &dyn TableLike)).collect()
        }
        _ => Vec::new(),
    }
}

fn string<'a>(table: &'a dyn TableLike, key: &str) -> Option<Text<'a>> {
    let item = table.get(key)?;
    Some(Text { text: item.as_str()?, place: item.span() })
}

fn strings<'a>(table: &'a dyn TableLike, key: &str) -> Vec<Text<'a>> {
    let list = table.get(key).and_then(Item::as_array);
    let values = list.into_iter().flat_map(toml_edit::Array::iter);
    values.filter_map(|value| Some(Text { text: value.as_str()?, place: value.span() })).collect()
}

fn flag(table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_bool).unwrap_or(false)
}
