//! towncrier: a changelog and a folder of fragments, `<issue>.<type>.md`. Its types are its own.

use toml_edit::{Document, Item};

use super::bumpversion::tables;
use super::types::{Foreign, capitalised, say, towncriers};
use super::{Said, Tool, plain};

pub(super) const TOOL: Tool = Tool { name: "towncrier", files: &["towncrier.toml", "pyproject.toml"], read };

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
    let mut types = Vec::new();
    for kind in tables(table.get("type")) {
        let word = |key: &str| kind.get(key).and_then(Item::as_str);
        let Some(heading) = word("name").or_else(|| word("directory")) else { continue };
        let name = word("directory").map_or_else(|| heading.to_lowercase(), str::to_owned);
        if kind.get("showcontent").and_then(Item::as_bool) == Some(false) {
            said.left_out
                .push(format!("`showcontent = false` of `{name}`: its fragments are written as any other"));
        }
        types.push(Foreign { name, heading: heading.to_owned(), level: None });
    }
    for (name, item) in
        table.get("fragment").and_then(Item::as_table_like).into_iter().flat_map(|it| it.iter())
    {
        let heading = item.as_table_like().and_then(|kind| kind.get("name")?.as_str());
        let heading = heading.map_or_else(|| capitalised(name), str::to_owned);
        types.push(Foreign { name: name.to_owned(), heading, level: None });
    }
    say(&mut said, if types.is_empty() { towncriers() } else { types });
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
