//! What is waiting to be released, for `auto`: how many entries of each kind stand in fragments and directly under
//! `[Unreleased]`, and which of them break something. Only counted here; what that means for the next version is
//! decided in [`crate::version`].

use std::collections::BTreeMap;

use super::blocks::{Blocks, Kind, Place};
use super::document::{BodyLine, Document};
use super::fragment::unified;
use super::types::{Announced, announced};
use super::{Category, Fragment, Types};

/// Whether something stands under `[Unreleased]` that a release could be made of; also where that cannot be told.
pub fn has_entries(path: &str, text: &str, placeholder: Option<&str>) -> bool {
    Document::read(path, text, "", placeholder, &Types::default())
        .0
        .is_none_or(|document| document.has_entries())
}

/// The entries that wait for a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pending {
    /// How many there are under each heading; a fragment counts as one, whatever it holds.
    pub entries: BTreeMap<Category, usize>,
    /// List items under `[Unreleased]` that stand under no heading of a known type.
    pub untyped: usize,
    /// Entries of any type with an item that begins with `**Breaking`, or under a heading that says so.
    pub breaking: usize,
    /// Headings under `[Unreleased]` that say nothing known about the entries below them.
    pub unknown: Vec<UnknownHeading>,
}

/// A heading whose type is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownHeading {
    /// The changelog it stands in.
    pub path: String,
    /// Its line there, from 1.
    pub line: usize,
    /// The heading as it is written.
    pub heading: String,
    /// How many entries stand under it.
    pub entries: usize,
}

/// A heading above what is being counted.
struct Above<'a> {
    level: usize,
    line: usize,
    heading: &'a str,
    announced: Announced,
}

impl Pending {
    /// Adds a fragment. What is wrong with its text is said where it is turned into list items; it counts all the
    /// same.
    pub fn add_fragment(&mut self, fragment: &Fragment) {
        *self.entries.entry(fragment.category.clone()).or_default() += 1;
        let text = unified(&fragment.text);
        // A heading that says so breaks something, also where the project has a type of that name.
        let usual = Types::default();
        let mut blocks = Blocks::new();
        let mut section = Section::default();
        let (mut breaks, mut under_breaking) = (false, false);
        // Headings inside a fragment go into its list item, and yet what stands below one is an entry to its writer.
        for content in text.lines() {
            let line = BodyLine::new(content, "\n", blocks.read(content), blocks.line_number());
            if let Some((_, heading)) = line.heading() {
                let section = std::mem::take(&mut section);
                breaks |= section.breaks() || (under_breaking && section.has_text);
                under_breaking = announced(heading, &usual) == Announced::Breaking;
            } else {
                section.add(&line);
            }
        }
        breaks |= section.breaks() || (under_breaking && section.has_text);
        self.breaking += usize::from(breaks);
    }

    /// Adds what stands under `[Unreleased]` of a changelog with these types: the top-level list items, each under the heading of its type,
    /// and text under such a heading as one entry. Below a heading whose type is not known, that of the heading above it
    /// counts. Text above all headings is an introduction and no entry.
    pub fn add_unreleased(&mut self, path: &str, text: &str, placeholder: Option<&str>, types: &Types) {
        // Whatever is wrong with the changelog is said where it is rotated.
        let (Some(document), _) = Document::read(path, text, "", placeholder, types) else { return };
        let mut above: Vec<Above<'_>> = Vec::new();
        let mut section = Section::default();
        for line in document.without_placeholder() {
            if let Some((level, text)) = line.heading() {
                self.add_section(path, above.last(), std::mem::take(&mut section));
                above.retain(|other| other.level < level);
                let own = announced(text, types);
                let inherited = above.last().map(|other| other.announced.clone());
                let announced = if own == Announced::Unknown { inherited.unwrap_or(own) } else { own };
                above.push(Above { level, line: line.number, heading: line.content.trim(), announced });
            } else if !line.is_heading() {
                section.add(line);
            }
        }
        self.add_section(path, above.last(), section);
    }

    fn add_section(&mut self, path: &str, above: Option<&Above<'_>>, section: Section) {
        let entries =
            if section.items.is_empty() { usize::from(section.has_text) } else { section.items.len() };
        let opening = above.is_some() && section.items.is_empty() && is_breaking(&section.opening);
        let marked = section.items.iter().filter(|item| is_breaking(item)).count() + usize::from(opening);
        match above {
            Some(Above { announced: Announced::Breaking, .. }) => {
                self.breaking += entries;
                self.untyped += entries;
                return;
            }
            Some(Above { announced: Announced::Type(category), .. }) if entries > 0 => {
                *self.entries.entry(category.clone()).or_default() += entries;
            }
            Some(Above { announced: Announced::Type(_), .. }) => {}
            Some(Above { announced: Announced::Unknown, line, heading, .. }) => {
                self.untyped += entries;
                if entries > 0 {
                    let (path, heading) = (path.to_owned(), (*heading).to_owned());
                    self.unknown.push(UnknownHeading { path, line: *line, heading, entries });
                }
            }
            // Only a list is meant as entries where no heading says so.
            None => self.untyped += section.items.len(),
        }
        self.breaking += marked;
    }

    /// How many entries there are in all.
    pub fn total(&self) -> usize {
        self.entries.values().sum::<usize>() + self.untyped
    }

    /// How many entries stand under one of these headings.
    pub fn of(&self, categories: &[Category]) -> usize {
        categories.iter().filter_map(|category| self.entries.get(category)).sum()
    }
}

/// What stands between two headings.
#[derive(Default)]
struct Section {
    /// The text above all list items.
    opening: String,
    /// The text of each top-level list item, without its marker.
    items: Vec<String>,
    has_text: bool,
}

impl Section {
    fn add(&mut self, line: &BodyLine<'_>) {
        if line.is_blank() || line.line.kind == Kind::Comment {
            return;
        }
        self.has_text = true;
        let text = line.content.trim_start();
        match line.line.place {
            Place::Opens(item) => {
                let rest = line.content.get(item.indent..).unwrap_or_default();
                let marker = rest.find([' ', '\t']).unwrap_or(rest.len());
                self.items.push(rest.get(marker..).unwrap_or_default().trim_start().to_owned());
            }
            Place::Inside { .. } => {
                if let Some(item) = self.items.last_mut() {
                    item.push('\n');
                    item.push_str(text);
                }
            }
            Place::Outside if self.items.is_empty() => {
                self.opening.push_str(text);
                self.opening.push('\n');
            }
            Place::Outside | Place::Quoted => {}
        }
    }

    /// Whether the text or one of its items is marked as breaking.
    fn breaks(&self) -> bool {
        is_breaking(&self.opening) || self.items.iter().any(|item| is_breaking(item))
    }
}

/// Whether an item begins with a bold text whose first word is "Breaking", in any case: `**Breaking:** …`,
/// `**BREAKING CHANGE** …`.
fn is_breaking(item: &str) -> bool {
    const WORD: &str = "breaking";
    let Some(bold) = item.trim_start().strip_prefix("**") else { return false };
    let (Some(word), Some(rest)) = (bold.get(..WORD.len()), bold.get(WORD.len()..)) else { return false };
    word.eq_ignore_ascii_case(WORD) && !rest.starts_with(char::is_alphanumeric) && rest.contains("**")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_fragment(text: &str) -> Pending {
        let mut pending = Pending::default();
        pending.add_fragment(&Fragment {
            path: "changelog.d/a.fixed.md".into(),
            category: Category::Fixed,
            text: text.into(),
        });
        pending
    }

    fn of_changelog(body: &str) -> Pending {
        let mut pending = Pending::default();
        let text = format!(
            "# Changelog\n\n## [Unreleased]\n{body}\n## [0.1.0] - 2026-01-15\n\n### Removed\n- old\n"
        );
        pending.add_unreleased("CHANGELOG.md", &text, None, &Types::default());
        pending
    }

    #[test]
    fn a_fragment_counts_once_and_breaks_if_one_of_its_items_begins_with_bold_breaking() {
        for (text, breaking) in [
            ("Text.", 0),
            ("**Breaking:** the flag is gone.", 1),
            ("**BREAKING CHANGE**: gone", 1),
            ("**breaking**", 1),
            ("- one\n- **Breaking** two", 1),
            ("- **Breaking** one\n- **Breaking** two", 1),
            ("* **Breaking\n  over two lines** it is", 1),
            ("### Fixed\n\n**Breaking** after a heading that only repeats the type", 1),
            ("### Sending mail\n\n- one\n- **Breaking:** two", 1),
            ("Title\n=====\n\n- **Breaking:** one", 1),
            ("### Sending mail\r\n\r\n**Breaking** below a heading of its own", 1),
            ("One.\n\n### More\n\n**Breaking** below a later heading", 1),
            ("**Breaking** above a heading\n\n### More\n\nTwo.", 1),
            ("1. one\n2. **Breaking** two", 1),
            ("### **Breaking** in a heading", 0),
            ("### Breaking Changes\n\n- one", 1),
            ("### Breaking Changes\n\n### Fixed\n\n- one", 0),
            ("```\n- **Breaking** in an example\n```", 0),
            ("<!-- **Breaking** -->\n\nText.", 0),
            ("Text.\n\n**Breaking** in a paragraph further down", 0),
            ("Not at the start: **Breaking**", 0),
            ("- one\n\n  **Breaking** in a paragraph further down", 0),
            ("Breaking without bold", 0),
            ("**Breaking never closed", 0),
            ("**Breakingly good** news", 0),
            ("**Break** it", 0),
            ("**Bréaking** it", 0),
            ("", 0),
        ] {
            let pending = of_fragment(text);
            assert_eq!((pending.total(), pending.breaking), (1, breaking), "{text:?}");
        }
    }

    #[test]
    fn entries_under_unreleased_count_under_their_headings_and_older_sections_do_not() {
        let pending = of_changelog(
            "\nAn introduction.\n\n### Added\n\n- one\n  - not an entry of its own\n* **Breaking:** two\n\n### Fixed\n\nA paragraph.\n\n### Security\n\n<!-- nothing -->\n",
        );
        assert_eq!(pending.entries, [(Category::Added, 2), (Category::Fixed, 1)].into());
        assert_eq!((pending.untyped, pending.breaking, pending.total()), (0, 1, 3));
        assert_eq!(pending.of(&[Category::Fixed, Category::Security]), 1);
        assert_eq!(pending.of(&[Category::Added, Category::Fixed]), 3);
        assert_eq!(pending.of(&[Category::Security]), 0);
    }

    #[test]
    fn a_text_under_a_heading_is_an_entry_that_can_break_as_well() {
        let pending = of_changelog("\n### Fixed\n\n**Breaking:** the flag is gone.\n");
        assert_eq!((pending.total(), pending.breaking), (1, 1));
        let pending =
            of_changelog("\n**Breaking** is this introduction, and no entry.\n\n### Fixed\n\n- one\n");
        assert_eq!((pending.total(), pending.breaking), (1, 0));
    }

    #[test]
    fn a_list_without_a_known_heading_counts_and_prose_above_all_headings_does_not() {
        assert_eq!(of_changelog("\n- one\n- two\n").untyped, 2);
        assert_eq!(of_changelog("\n### Sound\n\n- one\n").untyped, 1);
        assert_eq!(of_changelog("\n### Sound\n\n- one\n\n### Added\n\n- two\n").total(), 2);
        for nothing in ["", "\nJust prose.\n", "\n_Nothing yet._\n", "\n### Added\n\n### Fixed\n"] {
            assert_eq!(of_changelog(nothing), Pending::default(), "{nothing:?}");
        }
    }

    #[test]
    fn what_stands_under_a_heading_that_says_breaking_breaks() {
        for heading in [
            "### Breaking Changes",
            "### BREAKING CHANGES",
            "### ⚠ BREAKING CHANGES",
            "## 💥 Breaking",
            "Breaking\n---",
        ] {
            let pending = of_changelog(&format!("\n{heading}\n\n- one\n- two\n\n### Fixed\n\n- three\n"));
            assert_eq!(
                (pending.total(), pending.breaking, pending.of(&[Category::Fixed])),
                (3, 2, 1),
                "{heading}"
            );
            assert_eq!(
                of_changelog(&format!("\n{heading}\n")),
                Pending::default(),
                "{heading} without entries"
            );
        }
    }

    #[test]
    fn other_words_for_a_type_are_that_type_and_an_unknown_one_is_named() {
        let pending = of_changelog(
            "\n### Bug Fixes\n\n- a\n\n#### Parser\n\n- b\n\n### 🐛 Fixed\n\n- c\n\n## Fixed:\n\n- d\n\nFixes\n-----\n\n- e\n",
        );
        assert_eq!((pending.of(&[Category::Fixed]), pending.total()), (5, 5));
        assert_eq!(pending.unknown, []);
        let pending = of_changelog("\n### Documentation\n\n- a\n- b\n\n### Internal\n\n### Fixed\n\n- c\n");
        assert_eq!((pending.untyped, pending.of(&[Category::Fixed])), (2, 1));
        let heading = "### Documentation".to_owned();
        assert_eq!(
            pending.unknown,
            [UnknownHeading { path: "CHANGELOG.md".into(), line: 5, heading, entries: 2 }]
        );
    }

    #[test]
    fn only_what_stands_above_the_newest_release_counts_however_its_heading_is_spelled() {
        for old in [
            "## 1.2.3 (2026-01-01)",
            "## v1.2.3",
            "# [1.2.3](https://x/compare/v1.2.2...v1.2.3) (2026-01-01)",
            "### 1.2.3 (2026-01-01)",
            "1.2.3\n-----",
            "##  [1.2.3] - 2026-01-01",
            "   ## [1.2.3] - 2026-01-01",
            "## own 1.2.3",
        ] {
            let text =
                format!("# Log\n\n## [Unreleased]\n\n### Fixed\n\nA fix.\n\n{old}\n\n### Removed\n\n- old\n");
            let mut pending = Pending::default();
            pending.add_unreleased("C.md", &text, None, &Types::default());
            assert_eq!(pending.entries, [(Category::Fixed, 1)].into(), "{old}");
        }
    }

    #[test]
    fn a_changelog_that_cannot_be_read_counts_nothing() {
        let mut pending = Pending::default();
        pending.add_unreleased("CHANGELOG.md", "no heading\n- one\n", None, &Types::default());
        assert_eq!(pending, Pending::default());
    }
}
