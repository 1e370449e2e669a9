//! Puts what was carried over into a first configuration, whose own words and comments stay: values take the place of
//! others, texts that move come at the end, and below them what could not be carried over.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::carry::{Carried, carry};
use crate::changelog::{Reading, TypeEntry, Types};
use crate::config::{self, Config, Source, Template};
use crate::manifest::{Format, Target, locate};
use crate::snapshot::Survey;
use crate::version::Version;
use crate::words::on_one_line;

/// A configuration with what other tools had to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands::init) struct Imported {
    /// The whole text.
    pub(in crate::commands::init) text: String,
    /// The tools with their files.
    pub(in crate::commands::init) from: Vec<String>,
    /// Whether one of them names the branch.
    pub(in crate::commands::init) names_branch: bool,
    /// Whether one of them names the tag.
    pub(in crate::commands::init) names_tag: bool,
    /// What could not be carried over, a line each.
    pub(in crate::commands::init) left_out: Vec<String>,
}

/// Carries over what holds. `tags` are those of the repository: they show how releases are named better than any
/// configuration.
pub(in crate::commands::init) fn import(written: &str, survey: &Survey, tags: &[String]) -> Option<Imported> {
    let config = parsed(written)?;
    let version = present_version(&config, survey)?;
    let carried = carry(survey, &version, spells_pep440(&config), &config);
    if carried.from.is_empty() {
        return None;
    }
    let mut left_out: Vec<String> =
        carried.left_out.iter().map(|(file, what)| format!("{file}: {}", on_one_line(what))).collect();
    let mut document: DocumentMut = written.parse().ok()?;
    let named = |template: &Template| tags.iter().any(|tag| template.could_render_as(tag).is_some());
    let keeps_tag = config.tag.first().is_some_and(|tag| named(&tag.name));
    release(&mut document, &carried);
    if !keeps_tag {
        tag(&mut document, &carried);
    }
    let mut text = document.to_string();
    text.push_str(&changelog(&config, &carried, survey, &mut left_out));
    text.push_str(&patterns(&carried));
    text.push_str(&remarks(&left_out));
    // Whatever a tool takes and this one does not: then the file stays as it was, and says so.
    if parsed(&text).is_none() {
        left_out = carried.from.iter().map(|from| format!("{from}: nothing of it")).collect();
        text = format!("{written}{}", remarks(&left_out));
    }
    let (names_branch, names_tag) = (!carried.branches.is_empty(), carried.tag.is_some());
    Some(Imported { text, from: carried.from, names_branch, names_tag, left_out })
}

/// A configuration with this branch and this name of its first tag.
pub(in crate::commands::init) fn with(
    written: &str,
    branch: Option<String>,
    tag_name: Option<String>,
) -> String {
    let carried = Carried { branches: branch.into_iter().collect(), tag: tag_name, ..Carried::default() };
    let Ok(mut document) = written.parse::<DocumentMut>() else { return written.to_owned() };
    release(&mut document, &carried);
    tag(&mut document, &carried);
    document.to_string()
}

fn parsed(text: &str) -> Option<Config> {
    config::parse(text, &Source::BuiltIn).ok()
}

fn present_version(config: &Config, survey: &Survey) -> Option<Version> {
    let (manifest, path) = (config.version_manifest()?, &config.release.version_from);
    let format = manifest.format_name().and_then(Format::from_name)?;
    let target = Target { format, key: manifest.key.as_deref(), package: None };
    let found = locate(survey.texts.get(path)?, path, &target).ok()?;
    Version::parse_either(&found.first()?.value)
}

/// Whether the project spells its version as Python does.
fn spells_pep440(config: &Config) -> bool {
    config.version_manifest().is_some_and(|manifest| match &manifest.value {
        Some(value) => value.as_str() == "{pep440}",
        None => manifest.format_name().is_some_and(|name| name == "pyproject" || name.starts_with("python")),
    })
}

fn release(document: &mut DocumentMut, carried: &Carried) {
    let branch = match carried.branches.as_slice() {
        [] => None,
        [only] => Some(Value::from(only.as_str())),
        several => Some(Value::Array(Array::from_iter(several.iter().map(String::as_str)))),
    };
    let values = [
        ("branch", branch),
        ("remote", carried.remote.as_deref().map(Value::from)),
        ("commit-message", carried.commit_message.as_deref().map(Value::from)),
    ];
    for (key, value) in values.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        if let Some(table) =
            document.entry("release").or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()
        {
            set(table, key, value);
        }
    }
}

fn tag(document: &mut DocumentMut, carried: &Carried) {
    let Some(name) = &carried.tag else { return };
    let tags = document.entry("tag").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tags) = tags.as_array_of_tables_mut() else { return };
    if tags.is_empty() {
        tags.push(Table::new());
    }
    let Some(first) = tags.get_mut(0) else { return };
    let message = carried.tag_message.clone().unwrap_or_else(|| "Release {tag}".to_owned());
    set(first, "name", name.as_str().into());
    set(first, "message", message.into());
}

/// Sets a value where it stands, or adds it.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(before) = table.get(key).and_then(Item::as_value) {
        *value.decor_mut() = before.decor().clone();
    }
    table.insert(key, Item::Value(value));
}

/// A changelog that only the other tool knows of.
fn changelog(config: &Config, carried: &Carried, survey: &Survey, left_out: &mut Vec<String>) -> String {
    let Some(path) = carried.changelog.as_ref().filter(|_| config.changelog.is_empty()) else {
        return String::new();
    };
    let text = survey.texts.get(path).map(String::as_str).unwrap_or_default();
    if !Reading::new(path, text, "", None, &Types::default()).has_unreleased() {
        left_out.push(format!("{path}: the changelog has no section `[Unreleased]` for what comes next"));
        return String::new();
    }
    let mut table = format!("\n[changelog]\npath = {}\n", quoted(path));
    let below = |folder: &str| survey.paths.iter().any(|path| path.starts_with(&format!("{folder}/")));
    if let Some(folder) = carried.fragments.as_ref().filter(|folder| below(folder)) {
        table.push_str(&format!("fragments = {}\n", quoted(folder)));
    }
    table.push_str(&types_table(&carried.types));
    table
}

/// A table of types, each with the heading and the bump that it has.
pub(in crate::commands::init) fn types_table(types: &[(String, TypeEntry)]) -> String {
    if types.is_empty() {
        return String::new();
    }
    let lines = types.iter().map(|(name, TypeEntry { heading, bump })| {
        format!("{name} = {{ heading = {}, bump = \"{}\" }}\n", quoted(heading), bump.word())
    });
    format!(
        "\n# The types of changes: `auto` takes the highest bump of what is pending, and \"none\" is no reason for a release.\n\
         [changelog.types]\n{}",
        lines.collect::<String>()
    )
}

fn patterns(carried: &Carried) -> String {
    let mut text = String::new();
    if !carried.patterns.is_empty() {
        text.push_str(&format!(
            "\n# Texts that move with the version, as {} had them: `find` stands there now, `count` times.\n",
            carried.from.join(" and ")
        ));
    }
    for (number, pattern) in carried.patterns.iter().enumerate() {
        let gap = if number == 0 { "" } else { "\n" };
        text.push_str(&format!(
            "{gap}[[pattern]]\npath = {}\nfind = {}\nreplace = {}\ncount = {}\n",
            quoted(&pattern.path),
            quoted(&pattern.find),
            quoted(&pattern.replace),
            pattern.count
        ));
    }
    text
}

fn remarks(left_out: &[String]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let lines: String = left_out.iter().map(|line| format!("#   {line}\n")).collect();
    format!("\n# Not carried over from other tools:\n{lines}")
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
