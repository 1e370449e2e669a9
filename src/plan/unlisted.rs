//! Manifests of the repository that hold a version and that the configuration does not speak of: nobody moves them, and
//! they fall behind release by release until somebody notices.

use std::collections::BTreeMap;

use serde::Serialize;

use super::build::Workshop;
use crate::config::Unlisted;
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::manifest::{Format, held, package_name};
use crate::words::{counted, on_one_line};

/// How many files are named before they are only counted.
const LISTED_FILES: usize = 10;

/// What stands for a package that is never published; it is no version that could fall behind.
const NEVER_PUBLISHED: &str = "0.0.0";

/// A manifest that holds a version and is neither listed nor ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlistedManifest {
    /// The file.
    pub path: String,
    /// Where in it, counted from 1.
    pub line: usize,
    /// What it holds.
    pub version: String,
}

/// Finds them, and says so in the way the configuration wants.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<UnlistedManifest> {
    let found = find(&workshop.snapshot.unlisted, &workshop.snapshot.files);
    let mut said: Vec<String> = found
        .iter()
        .take(LISTED_FILES)
        .map(|it| {
            let (path, line, version) = (on_one_line(&it.path), it.line, on_one_line(&it.version));
            format!("`{path}:{line}` holds the version `{version}` and is neither listed nor ignored")
        })
        .collect();
    let more = found.len().saturating_sub(LISTED_FILES);
    if more > 0 {
        said.push(format!(
            "{} hold a version and are neither listed nor ignored",
            counted(more, "more file")
        ));
    }
    match workshop.config.release.unlisted {
        Unlisted::Note => workshop.notes.extend(said),
        Unlisted::Warning => workshop.warnings.extend(said),
        Unlisted::Refuse if said.is_empty() => {}
        Unlisted::Refuse => workshop.problems.push(
            Problem::content(format!("the configuration does not know every manifest\n{}", said.join("\n")))
                .hint("add each as `[[manifest]]`, or as `[[ignore]]` with a reason"),
        ),
    }
    workshop.warnings.extend(unread(&workshop.snapshot.unread));
    found
}

/// What could not be looked at may hold a version: nobody knows, and nothing depends on it.
fn unread(paths: &[String]) -> Option<String> {
    let shown: Vec<String> =
        paths.iter().take(LISTED_FILES).map(|path| format!("`{}`", on_one_line(path))).collect();
    let more = paths.len().saturating_sub(LISTED_FILES);
    let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "more file")) };
    (!shown.is_empty()).then(|| {
        format!(
            "not in this clone, so nobody looked whether they hold a version: {}{more}\n\
             `git fetch --refetch --no-filter` brings what is missing",
            shown.join(", ")
        )
    })
}

fn find(candidates: &[(String, TreeEntry)], listed: &BTreeMap<String, TreeEntry>) -> Vec<UnlistedManifest> {
    let mut found = Vec::new();
    for (path, entry) in candidates {
        let TreeEntry::File { bytes, .. } = entry else { continue };
        let (Some(format), Ok(text)) = (Format::from_path(path), std::str::from_utf8(bytes)) else {
            continue;
        };
        let package = if format.is_named_by_neighbour() { neighbour(path, listed) } else { None };
        let held = held(text, path, format, package.as_deref());
        if let Some(held) = held.filter(|it| !matches!(it.value.as_str(), "" | NEVER_PUBLISHED)) {
            found.push(UnlistedManifest { path: path.clone(), line: held.line, version: held.value });
        }
    }
    found
}

/// The name of the package whose manifest lies beside a lock file.
fn neighbour(path: &str, listed: &BTreeMap<String, TreeEntry>) -> Option<String> {
    let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default();
    ["pyproject.toml", "Cargo.toml"].into_iter().find_map(|name| {
        let manifest = format!("{folder}{name}");
        let TreeEntry::File { bytes, .. } = listed.get(&manifest)? else { return None };
        package_name(std::str::from_utf8(bytes).ok()?, Format::from_path(name)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::ObjectId;

    fn file(path: &str, text: &str) -> (String, TreeEntry) {
        let id = ObjectId::parse(&"0".repeat(40)).unwrap();
        (path.to_owned(), TreeEntry::File { bytes: text.as_bytes().to_vec(), id, executable: false })
    }

    #[test]
    fn what_holds_a_version_is_found_and_what_holds_none_is_not() {
        let candidates = [
            file("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n"),
            file(
                "a/Cargo.lock",
                "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n",
            ),
            file("b/Cargo.toml", "[package]\nversion.workspace = true\n"),
            file("c/package.json", "{\"private\": true}"),
            file("d/package.json", "{\"private\": true,\n\"version\": \"0.0.0\"}"),
            file("e/package.json", "{\"private\": true,\n\"version\": \"1.0.0\"}"),
            file("f/package.json", "{\"version\": \"\"}"),
            file("g/package.json", "not JSON"),
            file("h/pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
            file("i/pyproject.toml", "[tool.poetry]\nversion = \"3.0\"\n"),
            file("j/Chart.yaml", "version: 1.2.3\n"),
            ("k/Chart.yaml".to_owned(), TreeEntry::Symlink),
        ];
        let listed = BTreeMap::from([file("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n")]);
        let found = find(&candidates, &listed);
        let found: Vec<_> = found.iter().map(|it| (it.path.as_str(), it.line, it.version.as_str())).collect();
        assert_eq!(
            found,
            [
                ("a/Cargo.toml", 3, "0.1.0"),
                ("a/Cargo.lock", 3, "0.1.0"),
                ("e/package.json", 2, "1.0.0"),
                ("i/pyproject.toml", 2, "3.0"),
                ("j/Chart.yaml", 1, "1.2.3"),
            ]
        );
    }
}
