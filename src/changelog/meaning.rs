//! Types of changes as other tools call them: Conventional Commits, towncrier, changesets, labels of issues. What is not
//! one of ours is answered with the one that means the same.

use super::Category;
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
pub(super) fn meant(kind: &str) -> Option<Category> {
    let names =
        || OTHER_NAMES.iter().flat_map(|(category, names)| names.iter().map(|name| (*category, *name)));
    let called = |word: &str| names().find(|(_, name)| *name == word).map(|(category, _)| category);
    let own = || nearest(kind, Category::ALL.map(Category::name)).and_then(Category::from_name);
    let other = || nearest(kind, names().map(|(_, name)| name)).and_then(called);
    called(&kind.to_lowercase()).or_else(own).or_else(other)
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
                assert_eq!(meant(kind), Some(category), "{kind}");
            }
        }
        for kind in ["zzz", "2", "", "1234", "release"] {
            assert_eq!(meant(kind), None, "{kind}");
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
