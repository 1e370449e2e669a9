//! Types of changes as other tools call them: Conventional Commits, towncrier, changesets, labels of issues. What is not
//! one of ours is answered with the one that means the same.

use super::{Category, Types};
use crate::words::nearest;

/// What people call each type besides its name.
const OTHER_NAMES: [(Category, &[&str]); 6] = [
    (
        Category::Added,
        &["feature", "features", "feat", "new", "add", "addition", "enhancement", "enhancements"],
    ),
    (
        Category::Changed,
        &[
            "change",
            "changes",
            "update",
            "updated",
            "improvement",
            "improved",
            "modified",
            "refactor",
            "refactoring",
            "perf",
            "performance",
            "misc",
            "chore",
            "style",
            "build",
            "deps",
            "dependencies",
            "doc",
            "docs",
        ],
    ),
    (Category::Deprecated, &["deprecation", "deprecations", "deprecate", "obsolete"]),
    (Category::Removed, &["removal", "remove", "breaking", "break", "delete", "deleted", "drop", "dropped"]),
    (Category::Fixed, &["fix", "fixes", "bug", "bugs", "bugfix", "bugfixes", "hotfix", "patch"]),
    (Category::Security, &["sec", "secure", "vuln", "vulnerability", "vulnerabilities", "cve"]),
];

/// The type that was meant: by another name, or by a slip of the hand.
pub(super) fn meant(kind: &str, types: &Types) -> Option<Category> {
    if !types.are_usual() {
        return meant_of_own(kind, types);
    }
    let other = || nearest(kind, other_names().map(|(_, name)| name)).and_then(called);
    called(&kind.to_lowercase())
        .or_else(|| nearest(kind, types.all().iter().map(Category::name)).and_then(Category::from_name))
        .or_else(other)
}

/// The same among a project's own types: by its name, by a slip, or by the one that means what the word means elsewhere.
fn meant_of_own(kind: &str, types: &Types) -> Option<Category> {
    let lower = kind.to_lowercase();
    let near =
        || nearest(kind, types.all().iter().map(Category::name)).and_then(|name| types.from_name(name));
    let alike = || {
        let group = usual(&lower)?;
        types.all().iter().find(|own| usual(own.name()).as_ref() == Some(&group)).cloned()
    };
    types.from_name(&lower).or_else(near).or_else(alike)
}

/// Which of Keep a Changelog's types a word stands for.
pub fn usual(word: &str) -> Option<Category> {
    Category::from_name(word).or_else(|| called(word))
}

fn other_names() -> impl Iterator<Item = (&'static Category, &'static str)> {
    OTHER_NAMES.iter().flat_map(|(category, names)| names.iter().map(move |name| (category, *name)))
}

fn called(word: &str) -> Option<Category> {
    other_names().find(|(_, name)| *name == word).map(|(category, _)| category.clone())
}

/// The slug and the type of a name that ends in a number behind its type, as towncrier counts several of one issue.
pub(super) fn numbered(slug: &str, number: &str, types: &Types) -> Option<(String, Category)> {
    let counts = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let (slug, kind) = slug.rsplit_once('.').filter(|_| counts)?;
    let category = types.from_name(kind).or_else(|| meant(kind, types))?;
    Some((format!("{slug}.{number}"), category))
}

/// The slug and the type of a fragment in another markup, or without an ending.
pub(super) fn converted(file_name: &str, types: &Types) -> Option<(String, Category)> {
    const ENDINGS: [&str; 5] = [".rst", ".txt", ".adoc", ".markdown", ".html"];
    let stem = ENDINGS.iter().find_map(|ending| file_name.strip_suffix(ending)).unwrap_or(file_name);
    let (slug, kind) = stem.rsplit_once('.')?;
    let known = types.from_name(kind).or_else(|| meant(kind, types).filter(|_| stem != file_name));
    known.map(|category| (slug.to_owned(), category)).or_else(|| numbered(slug, kind, types))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_by_its_meaning_and_by_a_slip() {
        for (category, kinds) in [
            (
                Category::Added,
                &["feature", "feat", "Feature", "new", "enhancement", "aded", "Added", "featrue", "ADD"][..],
            ),
            (
                Category::Changed,
                &["change", "refactor", "perf", "chnaged", "improvement", "docs", "refacter"],
            ),
            (Category::Deprecated, &["deprecation", "deprecate", "depricated"]),
            (Category::Removed, &["breaking", "removal", "remove", "deleted", "BREAKING", "removel"]),
            (Category::Fixed, &["fix", "bugfix", "bug", "hotfix", "fixd", "bugfx"]),
            (Category::Security, &["sec", "vuln", "cve", "secrity", "vulnerabilty"]),
        ] {
            for kind in kinds {
                assert_eq!(meant(kind, &Types::default()), Some(category.clone()), "{kind}");
            }
        }
        for kind in ["zzz", "2", "", "1234", "release"] {
            assert_eq!(meant(kind, &Types::default()), None, "{kind}");
        }
    }

    #[test]
    fn no_name_means_two_types_or_is_one() {
        let names: Vec<&str> = OTHER_NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for (position, name) in names.iter().enumerate() {
            assert!(!names[..position].contains(name), "{name} stands twice");
            assert_eq!(Category::from_name(name), None, "{name}");
        }
    }
}
