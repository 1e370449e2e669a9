//! A changelog that is there although it is not configured: a release goes past it, which is right only where somebody
//! meant it so. Beside a package with a tag of its own it is more than a note: publish jobs look for the section.

use toml_edit::Value;

use super::build::Workshop;
use crate::config::{Condition, Config, Placeholder, Template};
use crate::glob::{Glob, is_glob};
use crate::snapshot::Snapshot;

/// What changelogs are called, in small letters and without an extension.
const STEMS: [&str; 10] = [
    "changelog",
    "change-log",
    "change_log",
    "changes",
    "history",
    "news",
    "releases",
    "release-notes",
    "release_notes",
    "releasenotes",
];
const EXTENSIONS: [&str; 6] = ["md", "markdown", "rst", "txt", "adoc", "org"];

/// Whether a file is called as changelogs are.
pub fn is_called_changelog(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if EXTENSIONS.contains(&extension) => stem,
        Some(_) => return false,
        None => &name,
    };
    STEMS.contains(&stem)
}

/// The note about it; nothing where a changelog is configured, or another part of the release writes the file.
pub(super) fn note(config: &Config, snapshot: &Snapshot) -> Option<String> {
    if !config.changelog.is_empty() {
        return None;
    }
    let written = |path: &str| {
        let by_step = config.step.iter().flat_map(|step| &step.writes).any(|pattern| {
            pattern == path || is_glob(pattern) && Glob::new(pattern).is_ok_and(|glob| glob.matches(path))
        });
        by_step || snapshot.files.contains_key(path)
    };
    let found = snapshot.changelogs_at_top.iter().find(|path| !written(path))?;
    Some(format!("there is a {found}, but no [changelog] is configured: the release leaves it as it is"))
}

/// The kind of tag that the package in this folder has for itself: `own-v{version}` for `packages/own`.
pub fn own_tag<'a>(config: &'a Config, folder: &str) -> Option<&'a Template> {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let is_own = |tag: &str| {
        let before = tag.split('{').next().unwrap_or_default();
        let before = before.strip_suffix('v').unwrap_or(before);
        before.strip_suffix(['-', '_', '/', '@']) == Some(name)
    };
    config.tag.iter().map(|tag| &tag.name).find(|tag| is_own(tag.as_str()))
}

/// The entry that would let a release write its section: it is written for every release, as the tag needs it.
pub fn entry(path: &str, tag: &Template) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let value = if tag.holds(Placeholder::Pep440) { "value = \"{pep440}\"\n" } else { "" };
    format!(
        "[[changelog]]\npath = {}\n{value}rotate = \"always\"\n\
         empty = \"_No library-facing changes in this release._\"\ntag = {}\n",
        quoted(path),
        quoted(tag.as_str())
    )
}

/// Warns of each changelog of a package that gets a tag of its own and no section.
pub(super) fn warnings(workshop: &Workshop) -> Vec<String> {
    let warning = |path: &String| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let tag = own_tag(workshop.config, folder)?;
        let made = workshop.config.tag.iter().find(|it| it.name == *tag)?;
        if !Condition::any_holds(&made.only_when, &workshop.current, &workshop.version) {
            return None;
        }
        Some(format!(
            "`{path}` gets no section for `{}`, and a publish job that looks for one refuses the tag\n\
             add this to `trueppm-release.toml`, where all changelogs are written as `[[changelog]]`; without that file, \
             `trueppm-release init` writes one that has it:\n{}",
            tag.render(&workshop.values()),
            entry(path, tag).trim_end()
        ))
    };
    workshop.snapshot.changelogs_beside.iter().filter_map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changelog_is_known_by_its_usual_names_in_any_case() {
        for name in ["CHANGELOG.md", "changelog", "Changes.rst", "HISTORY.md", "NEWS", "Release-Notes.txt"] {
            assert!(is_called_changelog(name), "{name}");
        }
        for name in ["README.md", "changelog.d", "changelog.toml", "news.py", "history.db", "MY-CHANGELOG.md"]
        {
            assert!(!is_called_changelog(name), "{name}");
        }
    }
}
