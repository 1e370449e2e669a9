//! What a pyproject.toml asks of other packages, wherever it may: its own requirements, those of extras and groups, of the
//! build, and those of tools that keep lists of their own. Which packages are taken from the repository itself, and which
//! a uv.lock took from elsewhere, is told as well.

use std::collections::BTreeSet;

use toml_edit::{Item, TableLike};

use super::ranges::{Dialect, moved};
use super::requirement::{Moved, PackageSource, Requirement};
use super::toml_reader::{parse, string};
use super::{Found, Problem, Source, Span};

/// A pyproject.toml, as far as other files of the repository depend on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PythonManifest {
    /// The name of its package, as names are compared.
    pub name: Option<String>,
    /// The version of its package, where it stands here.
    pub version: Option<String>,
    /// What it asks of other packages.
    pub requirements: Vec<Requirement>,
    /// The packages that it takes from folders.
    pub from_folders: BTreeSet<String>,
}

/// Lists of requirements, by the keys that lead there; `*` is any name.
const LISTS: [&[&str]; 9] = [
    &["project", "dependencies"],
    &["project", "optional-dependencies", "*"],
    &["dependency-groups", "*"],
    &["build-system", "requires"],
    &["tool", "uv", "dev-dependencies"],
    &["tool", "uv", "constraint-dependencies"],
    &["tool", "uv", "override-dependencies"],
    &["tool", "pdm", "dev-dependencies", "*"],
    &["tool", "hatch", "envs", "*", "dependencies"],
];

/// Tables in which Poetry keeps them.
const POETRY: [&[&str]; 3] = [
    &["tool", "poetry", "dependencies"],
    &["tool", "poetry", "dev-dependencies"],
    &["tool", "poetry", "group", "*", "dependencies"],
];

/// What Poetry's constraints are told by: the begin of their keys.
const POETRY_KEY: &str = "tool.poetry.";

/// Reads a pyproject.toml.
///
/// # Errors
/// It is not TOML.
pub fn python_manifest(text: &str, path: &str) -> Result<PythonManifest, Problem> {
    let source = Source::new(text, path);
    let document = parse(&source)?;
    let root: &dyn TableLike = document.as_table();
    let field = |keys: &[&str]| {
        let (first, rest) = keys.split_first()?;
        rest.iter().try_fold(root.get(first)?, |item, key| item.get(key))?.as_str().map(str::to_owned)
    };
    let either = |key: &str| field(&["project", key]).or_else(|| field(&["tool", "poetry", key]));
    let mut read = PythonManifest {
        name: either("name").map(|name| normalised(&name)),
        version: either("version"),
        ..PythonManifest::default()
    };
    for keys in LISTS {
        for (key, item) in items(root, keys) {
            let entries = item.as_array().into_iter().flatten().enumerate();
            for (number, value) in entries {
                let item = Item::Value(value.clone());
                read.requirements.extend(of_list(&source, &format!("{key}.{number}"), &item));
            }
        }
    }
    for keys in POETRY {
        for (key, item) in items(root, keys) {
            for (name, item) in item.as_table_like().into_iter().flat_map(TableLike::iter) {
                let key = format!("{key}.{}", written(name));
                if item.get("path").is_some() {
                    read.from_folders.insert(normalised(name));
                }
                read.requirements.extend(of_poetry(&source, &key, name, item));
            }
        }
    }
    for (_, item) in items(root, &["tool", "uv", "sources"]) {
        let is_folder = |item: &Item| {
            let tables = item.as_array().into_iter().flatten().filter_map(|value| value.as_inline_table());
            let any = |table: &dyn TableLike| table.contains_key("workspace") || table.contains_key("path");
            item.as_table_like().is_some_and(any) || tables.into_iter().any(|table| any(table))
        };
        let sources = item.as_table_like().into_iter().flat_map(TableLike::iter);
        read.from_folders
            .extend(sources.filter(|(_, item)| is_folder(item)).map(|(name, _)| normalised(name)));
    }
    Ok(read)
}

/// What becomes of a requirement when its package goes from one version to another.
pub fn moved_in_python(requirement: &Requirement, old: &str, new: &str) -> Moved {
    let is_of_poetry = requirement.found.key.starts_with(POETRY_KEY);
    let dialect = if is_of_poetry { Dialect::Poetry } else { Dialect::Python };
    moved(dialect, &requirement.found.value, old, new)
}

/// The items at the end of some keys, each with its dotted key.
fn items<'t>(root: &'t dyn TableLike, keys: &[&str]) -> Vec<(String, &'t Item)> {
    let Some((first, rest)) = keys.split_first() else { return Vec::new() };
    let found: Vec<(&str, &Item)> = match *first {
        "*" => root.iter().collect(),
        name => root.get(name).map(|item| (name, item)).into_iter().collect(),
    };
    let deeper = found.into_iter().flat_map(|(name, item)| -> Vec<(String, &'t Item)> {
        if rest.is_empty() {
            return vec![(written(name), item)];
        }
        let Some(table) = item.as_table_like() else { return Vec::new() };
        items(table, rest).into_iter().map(|(key, item)| (format!("{}.{key}", written(name)), item)).collect()
    });
    deeper.collect()
}

fn written(key: &str) -> String {
    toml_edit::Key::new(key).display_repr().into_owned()
}

/// A requirement as PEP 508 writes it.
fn of_list(source: &Source<'_>, key: &str, item: &Item) -> Option<Requirement> {
    let found = string(source, 0, item, key).ok()?;
    let (name, from, to) = specifiers(&found.value)?;
    let package = normalised(name);
    let range = found.value.get(from..to)?.to_owned();
    let start = found.span.start + from;
    let span = Span { start, end: start + range.len() };
    // Behind an escape, a place in the value is not the same place in the text.
    let is_plain = found.span.end - found.span.start == found.value.len();
    let found = Found { span, value: range, ..found };
    is_plain.then_some(Requirement { found, package, source: PackageSource::Elsewhere(None) })
}

fn of_poetry(source: &Source<'_>, key: &str, name: &str, item: &Item) -> Option<Requirement> {
    let (item, key) = match item.as_str() {
        Some(_) => (item, key.to_owned()),
        None => (item.get("version")?, format!("{key}.version")),
    };
    let found = string(source, 0, item, &key).ok()?;
    Some(Requirement { found, package: normalised(name), source: PackageSource::Elsewhere(None) })
}

/// The name in a requirement, and where its version specifiers begin and end; nothing where it has none.
fn specifiers(text: &str) -> Option<(&str, usize, usize)> {
    let start = text.len() - text.trim_start().len();
    let is_of_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let name_length = text.get(start..)?.find(|it| !is_of_name(it))?;
    let name = text.get(start..start + name_length)?;
    let mut at = start + name_length;
    let blank = |at: usize| text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start().len());
    at += blank(at);
    if text.get(at..)?.starts_with('[') {
        at += text.get(at..)?.find(']')? + 1;
        at += blank(at);
    }
    let rest = text.get(at..)?;
    let (at, end) = match rest.strip_prefix('(') {
        Some(inner) => (at + 1, at + 1 + inner.find(')')?),
        None => (at, at + rest.find(';').unwrap_or(rest.len())),
    };
    let range = text.get(at..end)?;
    let from = at + (range.len() - range.trim_start().len());
    let to = at + range.trim_end().len();
    let has_specifiers = range.trim_start().starts_with(['<', '>', '=', '~', '!']);
    (has_specifiers && !name.is_empty() && from < to).then_some((name, from, to))
}

/// The packages that a uv.lock takes from elsewhere, by their names; none where it cannot be read.
pub fn from_elsewhere(text: &str, path: &str) -> BTreeSet<String> {
    let source = Source::new(text, path);
    let Ok(document) = parse(&source) else { return BTreeSet::new() };
    let packages = document.get("package").and_then(Item::as_array_of_tables);
    let is_folder = |table: &&toml_edit::Table| {
        let folders = ["editable", "virtual", "directory"];
        table.get("source").is_some_and(|source| folders.iter().any(|kind| source.get(kind).is_some()))
    };
    let name = |table: &toml_edit::Table| Some(normalised(table.get("name")?.as_str()?));
    let tables = packages.iter().flat_map(|packages| packages.iter());
    let (own, others): (Vec<_>, Vec<_>) = tables.partition(is_folder);
    let own: BTreeSet<String> = own.into_iter().filter_map(name).collect();
    others.into_iter().filter_map(name).filter(|name| !own.contains(name)).collect()
}

/// A name as PEP 503 compares it: lower case, each run of `-`, `_` and `.` one `-`.
pub(super) fn normalised(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).collect();
    let inner = parts.len().saturating_sub(1);
    let kept: Vec<&str> = parts
        .into_iter()
        .enumerate()
        .filter(|(index, part)| !part.is_empty() || *index == 0 || *index == inner)
        .map(|(_, part)| part)
        .collect();
    kept.join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[project]
name = "Own_Root"
version = "1.2.0"
dependencies = ["one[extra, more] >=1.2, <1.3 ; python_version > '3.8'", 'Two.x(~=1.2.0)', "three", "four @ file:///four", "a\u003e=1"]
[project.optional-dependencies]
x = ["one==1.2.0"]
[dependency-groups]
dev = ["one==1.2.*", { include-group = "o" }]
[build-system]
requires = ["one>=1.2"]
[tool.uv.sources]
one = { workspace = true }
three = [{ path = "../three", marker = "x" }]
four = { git = "https://git.invalid/four" }
[tool.poetry.dependencies]
one = "^1.2"
two = { version = "~1.2", extras = ["y"] }
five = { path = "../five" }
[tool.poetry.group."a b".dependencies]
one = "1.2.*"
[tool.pdm.dev-dependencies]
test = ["one<2"]
"#;

    #[test]
    fn every_list_and_table_is_read() {
        let read = python_manifest(TEXT, "pyproject.toml").unwrap();
        assert_eq!((read.name.as_deref(), read.version.as_deref()), (Some("own-root"), Some("1.2.0")));
        let seen: Vec<_> = read
            .requirements
            .iter()
            .map(|it| (it.found.line, it.found.key.as_str(), it.package.as_str(), it.found.value.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (5, "project.dependencies.0", "one", ">=1.2, <1.3"),
                (5, "project.dependencies.1", "two-x", "~=1.2.0"),
                (7, "project.optional-dependencies.x.0", "one", "==1.2.0"),
                (9, "dependency-groups.dev.0", "one", "==1.2.*"),
                (11, "build-system.requires.0", "one", ">=1.2"),
                (23, "tool.pdm.dev-dependencies.test.0", "one", "<2"),
                (17, "tool.poetry.dependencies.one", "one", "^1.2"),
                (18, "tool.poetry.dependencies.two.version", "two", "~1.2"),
                (21, "tool.poetry.group.\"a b\".dependencies.one", "one", "1.2.*"),
            ]
        );
        for requirement in &read.requirements {
            let Span { start, end } = requirement.found.span;
            assert_eq!(TEXT.get(start..end), Some(requirement.found.value.as_str()));
        }
        assert_eq!(
            read.from_folders.iter().map(String::as_str).collect::<Vec<_>>(),
            ["five", "one", "three"]
        );
    }

    #[test]
    fn a_lock_file_tells_what_comes_from_elsewhere() {
        let text = "[[package]]\nname = \"one\"\nsource = { editable = \"one\" }\n[[package]]\nname = \"Two_x\"\nsource = { registry = \"r\" }\n\
                    [[package]]\nname = \"one\"\nsource = { registry = \"r\" }\n";
        assert_eq!(from_elsewhere(text, "uv.lock").into_iter().collect::<Vec<_>>(), ["two-x"]);
        assert!(from_elsewhere("[", "uv.lock").is_empty());
    }

    #[test]
    fn what_is_no_requirement_with_versions_is_passed_over() {
        for text in [
            "one",
            "one[x]",
            "one[x",
            "one (",
            "-e ../one",
            "one @ file:///one",
            "",
            "ä>=1",
            "one;x",
            "(>=1)",
            "==1",
            "one ()",
        ] {
            assert_eq!(specifiers(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_compared_as_pep_503_does() {
        for (name, expected) in [("A.b_C", "a-b-c"), ("a-_.b", "a-b"), ("ab", "ab"), ("-a", "-a")] {
            assert_eq!(normalised(name), expected);
        }
    }
}
