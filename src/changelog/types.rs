//! Which kind of change a heading announces: Keep a Changelog's six types, in the words that others use for them too,
//! and what breaks something. A word that is not known here stays unknown: nobody's change is guessed to be small.

use super::blocks::{Blocks, Kind};
use super::heading::{self, Said, words};
use super::{Category, Types};

/// What a heading announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Announced {
    /// Changes of this type.
    Type(Category),
    /// Changes that break something, whatever their type.
    Breaking,
    /// Nothing that is known.
    Unknown,
}

/// Reads the text of a heading: case, emoji, emphasis and punctuation do not matter. A project's own types come first;
/// what is none of them still means what it means everywhere.
pub(super) fn announced(text: &str, types: &Types) -> Announced {
    if let Some(category) = exactly(text, types) {
        return Announced::Type(category);
    }
    let words = words(text);
    if let Some(category) = own(&words, types) {
        return Announced::Type(category);
    }
    if breaks(text, &words) {
        return Announced::Breaking;
    }
    same(&words).or_else(|| alike(&words)).map_or(Announced::Unknown, Announced::Type)
}

/// The type whose entries stand under a heading with this text, by its own name or by a word for the same: fragments of
/// the type may be filed there.
pub(super) fn filed(text: &str, types: &Types) -> Option<Category> {
    exactly(text, types).or_else(|| {
        let words = words(text);
        if !types.are_usual() {
            return own(&words, types);
        }
        if breaks(text, &words) { None } else { named(&words).or_else(|| same(&words)) }
    })
}

/// The type whose heading is spelled like this, in any case.
pub(super) fn exactly(text: &str, types: &Types) -> Option<Category> {
    types.all().iter().find(|category| text.eq_ignore_ascii_case(category.heading())).cloned()
}

/// The project's own type whose heading has these words, or whose name is this word.
fn own(heading: &[String], types: &Types) -> Option<Category> {
    if types.are_usual() || heading.is_empty() {
        return None;
    }
    let by_heading = types.all().iter().find(|category| words(category.heading()) == heading);
    by_heading.cloned().or_else(|| match heading {
        [one] => types.from_name(one),
        _ => None,
    })
}

/// Whether a text can be the heading of a type: it is found again as it is written, and is no release's.
pub fn is_type_heading(text: &str) -> bool {
    let line = format!("### {text}");
    Blocks::new().read(&line).kind == Kind::Heading(3)
        && !text.starts_with('#')
        && heading::text_of(&line) == text
        && !words(text).is_empty()
        && matches!(heading::read(text), Said::Other)
}

/// Whether two headings are the same one to a reader.
pub fn are_one_heading(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || words(one) == words(other)
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
    table.iter().find(|(_, known)| known.contains(&joined.as_str())).map(|(category, _)| category.clone())
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
    use crate::changelog::{Level, TypeEntry};

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
            assert_eq!(announced(text, &Types::default()), Announced::Type(category.clone()), "{text:?}");
            assert_eq!(filed(text, &Types::default()), Some(category), "{text:?}");
        }
        for (text, category) in
            [("Performance", Category::Changed), ("⚡ Performance Improvements", Category::Changed)]
        {
            assert_eq!(announced(text, &Types::default()), Announced::Type(category.clone()), "{text:?}");
            assert_eq!(filed(text, &Types::default()), None, "{text:?} is only a part of its type");
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
            assert_eq!(announced(text, &Types::default()), Announced::Breaking, "{text:?}");
            assert_eq!(filed(text, &Types::default()), None, "{text:?}");
        }
    }

    #[test]
    fn own_types_come_first_and_other_words_keep_their_meaning() {
        let entry = |heading: &str| TypeEntry { heading: heading.to_owned(), bump: Level::Patch };
        let own =
            [("feature", "Features"), ("breaking", "Breaking Changes"), ("doc", "Improved Documentation")];
        let types = Types::own(own.map(|(name, heading)| (name.to_owned(), entry(heading))));
        for (text, name) in [
            ("Features", "feature"),
            ("✨ Features", "feature"),
            ("Feature", "feature"),
            ("💥 BREAKING CHANGES", "breaking"),
            ("Breaking", "breaking"),
            ("improved documentation:", "doc"),
            ("Doc", "doc"),
        ] {
            let category = types.from_name(name);
            assert_eq!(filed(text, &types), category, "{text:?}");
            assert_eq!(Some(announced(text, &types)), category.map(Announced::Type), "{text:?}");
        }
        for (text, meaning) in [
            ("Fixed", Announced::Type(Category::Fixed)),
            ("Bug Fixes", Announced::Type(Category::Fixed)),
            ("Incompatible changes", Announced::Breaking),
            ("Documentation", Announced::Unknown),
        ] {
            assert_eq!(filed(text, &types), None, "{text:?}");
            assert_eq!(announced(text, &types), meaning, "{text:?}");
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
            assert_eq!(announced(text, &Types::default()), Announced::Unknown, "{text:?}");
            assert_eq!(filed(text, &Types::default()), None, "{text:?}");
        }
    }
}
