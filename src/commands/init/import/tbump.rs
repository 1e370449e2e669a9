//! tbump: files in which the version is replaced, everywhere or in the lines that hold a given text.

use toml_edit::{Document, Item};

use super::bumpversion::tables;
use super::translate::{before, template};
use super::{Find, Rewrite, Said, Tool};

pub(super) const TOOL: Tool = Tool { name: "tbump", files: &["tbump.toml"], read };

const MARKS: [(&str, &str); 2] = [("{new_version}", "{version}"), ("{current_version}", "{version}")];

fn read(_path: &str, text: &str) -> Option<Said> {
    let document = Document::parse(text).ok()?;
    document.get("version")?.get("current")?;
    let mut said = Said::default();
    let git = |key: &str| document.get("git").and_then(|git| git.get(key)).and_then(Item::as_str);
    for (key, target) in [("tag_template", &mut said.tag), ("message_template", &mut said.commit_message)] {
        let Some(text) = git(key) else { continue };
        match template(text, &MARKS, &["{"]) {
            Some(template) => *target = Some(template),
            None => said.left_out.push(format!("`{key}`, which holds a placeholder that is not known here")),
        }
    }
    // Its annotated tags say their own name.
    said.tag_message = said.tag.as_ref().map(|_| "{tag}".to_owned());
    for file in tables(document.get("file")) {
        let Some(path) = file.get("src").and_then(Item::as_str) else { continue };
        if file.contains_key("version_template") {
            said.left_out.push(format!("`{path}`, whose `version_template` writes a part of the version"));
            continue;
        }
        let search = file.get("search").and_then(Item::as_str).unwrap_or("{current_version}");
        match template(search, &MARKS, &["{"]) {
            Some(replace) => {
                let find = Find::Text { find: before(&replace), replace };
                said.rewrites.push(Rewrite { path: path.to_owned(), find });
            }
            None => said
                .left_out
                .push(format!("`{path}`, whose `search` holds a placeholder that is not known here")),
        }
    }
    for key in ["before_commit", "after_push"] {
        for hook in tables(document.get(key)) {
            let name =
                hook.get("name").or_else(|| hook.get("cmd")).and_then(Item::as_str).unwrap_or_default();
            said.left_out.push(format!("`{key}`: `{name}`, for a `[[step]]` or a `[[check]]`"));
        }
    }
    if document.contains_key("field") {
        said.leave_out(["field"]);
    }
    Some(said)
}
