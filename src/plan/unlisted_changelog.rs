//! A changelog that is there although none is configured: a release goes past it, which is right only where somebody
//! meant it so.

use crate::config::Config;
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
