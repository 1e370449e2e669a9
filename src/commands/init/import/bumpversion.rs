//! bump2version and bump-my-version: files with a text that is looked for and what takes its place, in an INI file or
//! in TOML. A text without a `search` is the bare version.

use toml_edit::{Document, Item, TableLike};

use super::ini::{Section, sections};
use super::translate::template;
use super::{Find, Rewrite, Said, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "bump-my-version",
    files: &[".bumpversion.toml", ".bumpversion.cfg", "setup.cfg", "pyproject.toml"],
    read,
};

const MARKS: [(&str, &str); 4] = [
    ("{new_version}", "{version}"),
    ("{current_version}", "{previous}"),
    ("{now:%Y-%m-%d}", "{date}"),
    ("{utcnow:%Y-%m-%d}", "{date}"),
];

/// Keys that say nothing about what is released.
const HARMLESS: [&str; 8] = [
    "current_version",
    "allow_dirty",
    "commit",
    "no_verify",
    "ignore_missing_version",
    "ignore_missing_files",
    "sign_tags",
    "no_configured_files",
];

fn read(path: &str, text: &str) -> Option<Said> {
    if path.ends_with(".toml") {
        let document = Document::parse(text).ok()?;
        let table = document.get("tool")?.get("bumpversion")?.as_table_like()?;
        return Some(of_toml(table));
    }
    let sections = sections(text);
    let main = sections.iter().find(|section| section.name == "bumpversion")?;
    Some(of_ini(main, &sections))
}

fn of_toml(table: &dyn TableLike) -> Said {
    let word = |table: &dyn TableLike, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    let flag = |table: &dyn TableLike, key: &str| table.get(key).and_then(Item::as_bool);
    let mut said = Said::default();
    let (search, replace) = (word(table, "search"), word(table, "replace"));
    general(&mut said, &|key| word(table, key), flag(table, "tag"));
    for file in tables(table.get("files")) {
        let Some(path) = word(file, "filename").or_else(|| word(file, "glob")) else { continue };
        if flag(file, "regex").or(flag(table, "regex")) == Some(true) {
            said.left_out.push(format!("`{path}`: its `search` is a regular expression"));
            continue;
        }
        let search = word(file, "search").or_else(|| search.clone());
        let replace = word(file, "replace").or_else(|| replace.clone());
        rewrite(&mut said, &path, search.as_deref(), replace.as_deref());
    }
    let known = ["files", "regex", "tag", "tag_name", "tag_message", "message", "search", "replace"];
    let unknown =
        table.iter().map(|(key, _)| key).filter(|key| !known.contains(key) && !HARMLESS.contains(key));
    said.leave_out(unknown.filter(|key| !matches!(*key, "parse" | "serialize")));
    said
}

fn of_ini(main: &Section, all: &[Section]) -> Said {
    let mut said = Said::default();
    let flag = |key: &str| main.get(key).map(|value| value.eq_ignore_ascii_case("true"));
    general(&mut said, &|key| main.get(key).map(str::to_owned), flag("tag"));
    for section in all {
        // `bumpversion:file(second):path` tells a second text of one file apart.
        let Some(rest) = section.name.strip_prefix("bumpversion:") else { continue };
        let (kind, path) = rest.split_once(':').unwrap_or((rest, ""));
        if !(kind.starts_with("file") || kind.starts_with("glob")) {
            continue;
        }
        let of = |key: &str| section.get(key).or_else(|| main.get(key));
        rewrite(&mut said, path, of("search"), of("replace"));
    }
    for path in main.get("files").unwrap_or_default().split_whitespace() {
        rewrite(&mut said, path, main.get("search"), main.get("replace"));
    }
    let known =
        ["files", "tag", "tag_name", "tag_message", "message", "search", "replace", "parse", "serialize"];
    let unknown = main.keys.iter().map(|(key, _)| key.as_str());
    said.leave_out(unknown.filter(|key| !known.contains(key) && !HARMLESS.contains(key)));
    said
}

/// What is said about the commit and its tag.
fn general(said: &mut Said, word: &dyn Fn(&str) -> Option<String>, tag: Option<bool>) {
    if tag == Some(false) {
        said.left_out.push("`tag = false`: every release gets its tag here".to_owned());
    }
    for (key, target) in [
        ("tag_name", &mut said.tag),
        ("tag_message", &mut said.tag_message),
        ("message", &mut said.commit_message),
    ] {
        let Some(text) = word(key) else { continue };
        match template(&text, &MARKS, &["{"]) {
            Some(template) => *target = Some(template),
            None => said.left_out.push(format!("`{key}`, which holds a placeholder that is not known here")),
        }
    }
}

fn rewrite(said: &mut Said, path: &str, search: Option<&str>, replace: Option<&str>) {
    let find = template(search.unwrap_or("{current_version}"), &MARKS, &["{"]);
    let replace = template(replace.unwrap_or("{new_version}"), &MARKS, &["{"]);
    match (find, replace) {
        (Some(find), Some(replace)) => {
            said.rewrites.push(Rewrite { path: path.to_owned(), find: Find::Text { find, replace } });
        }
        _ => said.left_out.push(format!(
            "`{path}`, whose `search` or `replace` holds a placeholder that is not known here"
        )),
    }
}

/// The tables of a list, in either spelling.
pub(super) fn tables(item: Option<&Item>) -> Vec<&dyn TableLike> {
    match item {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(toml_edit::Value::Array(list))) => {
            list.iter().filter_map(|value| Some(value.as_inline_table()? as &dyn TableLike)).collect()
        }
        _ => Vec::new(),
    }
}
