//! commitizen: the version in whole files, or in the lines of a file that match an expression; tags and messages with
//! `$`-placeholders. Its changelog is made of commits, which has no counterpart here.

use toml_edit::{Document, Item};

use super::translate::template;
use super::{Find, Rewrite, Said, Tool};

pub(super) const TOOL: Tool =
    Tool { name: "commitizen", files: &["pyproject.toml", ".cz.toml", "cz.toml"], read };

const MARKS: [(&str, &str); 14] = [
    ("${new_version}", "{version}"),
    ("$new_version", "{version}"),
    ("${current_version}", "{previous}"),
    ("$current_version", "{previous}"),
    ("${version}", "{version}"),
    ("$version", "{version}"),
    ("${major}", "{major}"),
    ("$major", "{major}"),
    ("${minor}", "{minor}"),
    ("$minor", "{minor}"),
    ("${patch}", "{patch}"),
    ("$patch", "{patch}"),
    // Only pre-releases have them, and what they look like is the version's own business.
    ("${prerelease}", ""),
    ("$prerelease", ""),
];

/// Keys whose meaning is the version's, the commits' or nobody's.
const SILENT: [&str; 15] = [
    "name",
    "version",
    "version_provider",
    "version_scheme",
    "version_files",
    "tag_format",
    "bump_message",
    "annotated_tag",
    "gpg_sign",
    "major_version_zero",
    "update_changelog_on_bump",
    "changelog_file",
    "changelog_incremental",
    "use_shortcuts",
    "style",
];

fn read(_path: &str, text: &str) -> Option<Said> {
    let document = Document::parse(text).ok()?;
    let table = document.get("tool")?.get("commitizen")?.as_table_like()?;
    let word = |key: &str| table.get(key).and_then(Item::as_str);
    let mut said = Said::default();
    let spelled = |template: String| match word("version_scheme") {
        Some("semver" | "semver2") => template,
        _ => template.replace("{version}", "{pep440}").replace("{previous}", "{previous-pep440}"),
    };
    let tag = word("tag_format").unwrap_or("$version");
    // A tag of the three numbers alone would be the same for a pre-release and its release.
    let whole = tag.contains("version");
    match template(tag, &MARKS, &["$"]).filter(|_| whole) {
        Some(template) => said.tag = Some(spelled(template)),
        None => said.left_out.push("`tag_format`, which is put together of parts of the version".to_owned()),
    }
    if let Some(message) = word("bump_message") {
        match template(message, &MARKS, &["$"]) {
            Some(template) => said.commit_message = Some(spelled(template)),
            None => said
                .left_out
                .push("`bump_message`, which holds a placeholder that is not known here".to_owned()),
        }
    }
    let files = table.get("version_files").and_then(Item::as_array);
    for entry in files.into_iter().flatten().filter_map(|entry| entry.as_str()) {
        let (path, find) = match entry.split_once(':') {
            Some((path, expression)) => (path, Find::Line { expression: expression.to_owned() }),
            None => (entry, Find::Text { find: "{previous}".to_owned(), replace: "{version}".to_owned() }),
        };
        said.rewrites.push(Rewrite { path: path.to_owned(), find });
    }
    if word("version_provider") == Some("scm") {
        said.left_out
            .push("`version_provider = \"scm\"`: a release writes the version into a file".to_owned());
    }
    if table.get("update_changelog_on_bump").and_then(Item::as_bool) == Some(true) {
        said.left_out.push(
            "`update_changelog_on_bump`: entries come from people here, in the changelog or as fragments, and not from commits"
                .to_owned(),
        );
    }
    said.leave_out(table.iter().map(|(key, _)| key).filter(|key| !SILENT.contains(key)));
    Some(said)
}
