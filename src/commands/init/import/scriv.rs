//! scriv: a changelog and a folder of fragments that hold headings of their own, so that each has to be split by type.

use toml_edit::{Document, Item, Value};

use super::ini::sections;
use super::types::{Foreign, say};
use super::{Said, Tool};

pub(super) const TOOL: Tool =
    Tool { name: "scriv", files: &["pyproject.toml", "setup.cfg", "tox.ini", "changelog.d/scriv.ini"], read };

fn read(path: &str, text: &str) -> Option<Said> {
    if path.ends_with(".toml") {
        let document = Document::parse(text).ok()?;
        let table = document.get("tool")?.get("scriv")?.as_table_like()?;
        return Some(of(&|key| match table.get(key)? {
            // A list is as good as its words with commas between.
            Item::Value(Value::Array(list)) => {
                Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            }
            item => item.as_str().map(str::to_owned),
        }));
    }
    let sections = sections(text);
    let section = sections.iter().find(|section| matches!(section.name.as_str(), "scriv" | "tool.scriv"))?;
    Some(of(&|key| section.get(key).map(str::to_owned)))
}

fn of(word: &dyn Fn(&str) -> Option<String>) -> Said {
    let mut said = Said::default();
    let format = word("format").unwrap_or_else(|| "rst".to_owned());
    let changelog = word("changelog").unwrap_or_else(|| format!("CHANGELOG.{format}"));
    if changelog.ends_with(".md") {
        said.changelog = Some(changelog);
    } else {
        said.left_out.push(format!("`{changelog}`: only a changelog in Markdown can be rotated"));
    }
    let folder = word("fragment_directory").unwrap_or_else(|| "changelog.d".to_owned());
    said.left_out.push(format!(
        "`{folder}`: its fragments hold headings; give each type a file of its own, `changelog.d/<slug>.<type>.md`"
    ));
    let categories = word("categories").unwrap_or_default();
    let names = categories.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    let types =
        names.map(|name| Foreign { name: name.to_lowercase(), heading: name.to_owned(), level: None });
    say(&mut said, types.collect());
    said
}
