//! cargo-release: tags and messages with `{{placeholders}}`, and expressions whose matches are written anew. Publishing
//! is for the pipeline that a tag starts.

use toml_edit::{Document, Item, TableLike};

use super::bumpversion::tables;
use super::translate::template;
use super::{Find, Rewrite, Said, Tool};

pub(super) const TOOL: Tool = Tool { name: "cargo-release", files: &["release.toml", "Cargo.toml"], read };

const MARKS: [(&str, &str); 5] = [
    ("{{version}}", "{version}"),
    ("{{prev_version}}", "{previous}"),
    ("{{date}}", "{date}"),
    // What stands before the tag of a member that is released alone; the tag here is everybody's.
    ("{{prefix}}", ""),
    ("{{tag_name}}", "{tag}"),
];

/// Keys that say how it works and not what a release is.
const SILENT: [&str; 28] = [
    "tag-name",
    "tag-prefix",
    "tag-message",
    "pre-release-commit-message",
    "post-release-commit-message",
    "dev-version",
    "no-dev-version",
    "allow-branch",
    "push-remote",
    "pre-release-replacements",
    "sign-commit",
    "sign-tag",
    "push",
    "push-options",
    "publish",
    "verify",
    "release",
    "consolidate-commits",
    "consolidate-pushes",
    "shared-version",
    "dependent-version",
    "tag",
    "owners",
    "enable-features",
    "enable-all-features",
    "target",
    "certs-source",
    "metadata",
];

fn read(path: &str, text: &str) -> Option<Said> {
    let document = Document::parse(text).ok()?;
    let table: &dyn TableLike = match path {
        "Cargo.toml" => {
            let of = |table: &str| document.get(table)?.get("metadata")?.get("release")?.as_table_like();
            of("workspace").or_else(|| of("package"))?
        }
        _ => document.as_table(),
    };
    let is_its = |key: &str| SILENT.contains(&key) || key == "pre-release-hook";
    if !table.iter().any(|(key, _)| is_its(key)) {
        return None;
    }
    let word = |key: &str| table.get(key).and_then(Item::as_str);
    let mut said = Said::default();
    for (key, target) in [
        ("tag-name", &mut said.tag),
        ("tag-message", &mut said.tag_message),
        ("pre-release-commit-message", &mut said.commit_message),
    ] {
        let Some(text) = word(key) else { continue };
        match template(text, &MARKS, &["{{"]) {
            Some(template) => *target = Some(template),
            None => said.left_out.push(format!("`{key}`, which holds a placeholder that is not known here")),
        }
    }
    // A message of the commit is about all tags alike.
    if said.commit_message.as_ref().is_some_and(|message| message.contains("{tag}")) {
        said.commit_message = None;
        said.left_out.push("`pre-release-commit-message`, which names the tag".to_owned());
    }
    if let Some(prefix) = word("tag-prefix").filter(|prefix| !prefix.is_empty()) {
        said.left_out
            .push(format!("`tag-prefix = {prefix:?}`: write the whole name of the tag in `[[tag]]`"));
    }
    let branches = table.get("allow-branch").and_then(Item::as_array);
    let branches: Vec<&str> = branches.into_iter().flatten().filter_map(|branch| branch.as_str()).collect();
    if !branches.contains(&"*") {
        said.branches = branches
            .iter()
            .filter(|branch| !branch.starts_with('!'))
            .map(|branch| (*branch).to_owned())
            .collect();
    }
    said.remote = word("push-remote").map(str::to_owned);
    for replacement in tables(table.get("pre-release-replacements")) {
        let word = |key: &str| replacement.get(key).and_then(Item::as_str);
        let (Some(path), Some(search), Some(replace)) = (word("file"), word("search"), word("replace"))
        else {
            continue;
        };
        match template(replace, &MARKS, &["{{", "$"]) {
            Some(replace) => said.rewrites.push(Rewrite {
                path: path.to_owned(),
                find: Find::Expression { search: search.to_owned(), replace },
            }),
            None => said
                .left_out
                .push(format!("`{path}`, whose `replace` holds a placeholder that is not known here")),
        }
    }
    if table.contains_key("pre-release-hook") {
        said.left_out.push("`pre-release-hook`, for a `[[step]]` or a `[[check]]`".to_owned());
    }
    if table.get("tag").and_then(Item::as_bool) == Some(false) {
        said.left_out.push("`tag = false`: every release gets its tag here".to_owned());
    }
    said.leave_out(table.iter().map(|(key, _)| key).filter(|key| !is_its(key)));
    Some(said)
}
