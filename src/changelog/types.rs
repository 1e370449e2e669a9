//! Which kind of change a heading announces: Keep a Changelog's six types, in the words that others use for them too,
//! and what breaks something. A word that is not known here stays unknown: nobody's change is guessed to be small.

use super::Category;
use super::heading::words;

/// What a heading announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// Changes of this type.
    Type(Category),
    /// Changes that break something, whatever their type.
    Breaking,
    /// Nothing that is known.
    Unknown,
}

/// Reads the text of a heading: case, emoji, emphasis and punctuation do not matter.
pub(super) fn announced(text: &str) -> Announced {
    if let Some(category) = exactly(text) {
        return Announced::Type(category);
    }
    let words = words(text);
    if breaks(text, &words) {
        return Announced::Breaking;
    }
    same(&words).or_else(|| alike(&words)).map_or(Announced::Unknown, Announced::Type)
}

/// The type whose entries stand under a heading with this text, by its own name or by a word for the same: fragments of
/// the type may be filed there.
pub(super) fn filed(text: &str) -> Option<Category> {
    exactly(text).or_else(|| {
        let words = words(text);
        if breaks(text, &words) { None } else { named(&words).or_else(|| same(&words)) }
    })
}

/// The type whose heading is spelled like this, in any case.
pub(super) fn exactly(text: &str) -> Option<Category> {
    Category::ALL.into_iter().find(|category| text.eq_ignore_ascii_case(category.heading()))
}

fn named(words: &[String]) -> Option<Category> {
    match words {
        [one] => Category::from_name(one),
        _ => None,
    }
}

/// Words for a type that mean all of it.
fn same(words: &[String]) -> Option<Category> {
    const SAME: [(Category, &[&str]); 6] = [
        (
            Category::Added,
            &[
                "added",
                "add",
                "adds",
                "additions",
                "addition",
                "features",
                "feature",
                "new features",
                "new feature",
                "new",
                "what's new",
            ],
        ),
        (Category::Changed, &["changed", "changes", "change", "other changes", "modified"]),
        (Category::Deprecated, &["deprecated", "deprecations", "deprecation", "deprecates"]),
        (
            Category::Removed,
            &["removed", "removals", "removal", "removes", "deleted", "dropped", "removed features"],
        ),
        (
            Category::Fixed,
            &[
                "fixed",
                "fix",
                "fixes",
                "bug fixes",
                "bug fix",
                "bugfixes",
                "bugfix",
                "bugs fixed",
                "fixed bugs",
                "bugs",
                "hotfixes",
                "hotfix",
                "patch changes",
            ],
        ),
        (
            Category::Security,
            &["security", "security fixes", "security fix", "vulnerabilities", "security updates"],
        ),
    ];
    look_up(&SAME, words)
}

/// Words for a part of a type.
fn alike(words: &[String]) -> Option<Category> {
    const ALIKE: [(Category, &[&str]); 2] = [
        (Category::Added, &["minor changes"]),
        (
            Category::Changed,
            &[
                "improvements",
                "improvement",
                "improved",
                "enhancements",
                "enhancement",
                "enhanced",
                "performance",
                "performance improvements",
                "perf",
                "updated",
                "updates",
                "refactoring",
                "refactorings",
                "refactored",
                "refactor",
                "code refactoring",
                "reverts",
                "reverted",
            ],
        ),
    ];
    look_up(&ALIKE, words)
}

fn look_up(table: &[(Category, &[&str])], words: &[String]) -> Option<Category> {
    let joined = words.join(" ");
    table.iter().find(|(_, known)| known.contains(&joined.as_str())).map(|(category, _)| *category)
}

/// Whether a heading is about what breaks: "Breaking Changes", "⚠ BREAKING", "Backwards-incompatible changes".
fn breaks(text: &str, words: &[String]) -> bool {
    const WORDS: [&str; 9] = [
        "breaking",
        "breaks",
        "breakage",
        "breakages",
        "incompatible",
        "incompatibilities",
        "incompatibility",
        "backwards-incompatible",
        "backward-incompatible",
    ];
    const NOT: [&str; 4] = ["non", "no", "not", "without"];
    let known = |word: &str| WORDS.contains(&word) || word.starts_with("breaking-");
    let before = |index: usize| index.checked_sub(1).and_then(|index| words.get(index));
    let said = words.iter().enumerate().any(|(index, word)| {
        known(word) && !before(index).is_some_and(|before| NOT.contains(&before.as_str()))
    });
    said || text.contains('💥')
        || text.contains(":boom:")
        || matches!(words, [one, two] if one == "major" && two == "changes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_types_are_known_however_they_are_dressed() {
        for (text, category) in [
            ("Fixed", Category::Fixed),
            ("fixed", Category::Fixed),
            ("Fixed:", Category::Fixed),
            ("\u{1f41b} Fixed", Category::Fixed),
            (":bug: Fixed", Category::Fixed),
            ("**Fixed**", Category::Fixed),
            ("Fixed (3)", Category::Fixed),
            ("[Fixed](#fixed)", Category::Fixed),
            ("✨ Added", Category::Added),
            ("Removed \u{1f525}", Category::Removed),
            ("Bug Fixes", Category::Fixed),
            ("Bugfixes", Category::Fixed),
            ("\u{1f41e} Bug fixes:", Category::Fixed),
            ("Fixes", Category::Fixed),
            ("Features", Category::Added),
            ("\u{1f680} New Features", Category::Added),
            ("Changes", Category::Changed),
            ("Security Fixes", Category::Security),
        ] {
            assert_eq!(announced(text), Announced::Type(category), "{text:?}");
            assert_eq!(filed(text), Some(category), "{text:?}");
        }
        for (text, category) in
            [("Performance", Category::Changed), ("⚡ Performance Improvements", Category::Changed)]
        {
            assert_eq!(announced(text), Announced::Type(category), "{text:?}");
            assert_eq!(filed(text), None, "{text:?} is only a part of its type");
        }
    }

    #[test]
    fn what_breaks_is_known_in_any_case_and_with_any_picture() {
        for text in [
            "Breaking Changes",
            "BREAKING CHANGES",
            "⚠ BREAKING CHANGES",
            "⚠️ Breaking changes ⚠️",
            "💥 Breaking",
            "💥",
            "Breaking",
            "BREAKING:",
            "**Breaking** changes in the API",
            "Backwards incompatible changes",
            "Backward-incompatible Changes",
            "Removed (breaking) and breaking",
            "Major Changes",
        ] {
            assert_eq!(announced(text), Announced::Breaking, "{text:?}");
            assert_eq!(filed(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for text in [
            "",
            "Documentation",
            "Internal",
            "Non-breaking changes",
            "No breaking changes",
            "Added and fixed",
            "Addedx",
        ] {
            assert_eq!(announced(text), Announced::Unknown, "{text:?}");
            assert_eq!(filed(text), None, "{text:?}");
        }
    }
}
