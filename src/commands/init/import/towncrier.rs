//! towncrier: a changelog and a folder of fragments, `<issue>.<type>.md`. Its types are its own.

use toml_edit::{Document, Item};

use super::bumpversion::tables;
use super::{Said, Tool, plain};
use crate::changelog::Category;

pub(super) const TOOL: Tool = Tool { name: "towncrier", files: &["towncrier.toml", "pyproject.toml"], read };

/// The types where a configuration names none.
const USUAL: [&str; 5] = ["feature", "bugfix", "doc", "removal", "misc"];

fn read(_path: &str, text: &str) -> Option<Said> {
    let document = Document::parse(text).ok()?;
    let table = document.get("tool")?.get("towncrier")?.as_table_like()?;
    let word = |key: &str| table.get(key).and_then(Item::as_str);
    let mut said = Said::default();
    let changelog = word("filename").unwrap_or("NEWS.rst");
    if changelog.ends_with(".md") {
        said.changelog = Some(plain(changelog).to_owned());
        said.fragments =
            Some(plain(word("directory").unwrap_or("newsfragments")).trim_end_matches('/').to_owned());
    } else {
        said.left_out.push(format!("`{changelog}`: only a changelog in Markdown can be rotated"));
    }
    let mut types: Vec<String> = tables(table.get("type"))
        .iter()
        .filter_map(|kind| kind.get("directory").or_else(|| kind.get("name"))?.as_str())
        .map(|kind| kind.to_ascii_lowercase())
        .collect();
    if let Some(named) = table.get("fragment").and_then(Item::as_table_like) {
        types.extend(named.iter().map(|(name, _)| name.to_owned()));
    }
    if types.is_empty() {
        types = USUAL.iter().map(|kind| (*kind).to_owned()).collect();
    }
    let known = |kind: &str| Category::ALL.iter().any(|category| category.name().eq_ignore_ascii_case(kind));
    let unknown: Vec<String> =
        types.iter().filter(|kind| !known(kind)).map(|kind| format!("`{kind}`")).collect();
    if !unknown.is_empty() {
        said.left_out.push(format!(
            "types that are none here: {}; rename each fragment to `<slug>.<type>.md` with one of `{}`",
            unknown.join(", "),
            Category::ALL.map(Category::name).join("`, `").to_lowercase()
        ));
    }
    for key in ["template", "start_string", "issue_format", "wrap"] {
        if table.contains_key(key) {
            said.leave_out([key]);
        }
    }
    if let Some(format) = word("title_format") {
        said.left_out.push(format!("`title_format = {format:?}`: a new heading follows the newest one"));
    }
    Some(said)
}
