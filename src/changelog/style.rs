//! How a changelog is written, as far as it can differ from Keep a Changelog's way: what stands under a fresh
//! `[Unreleased]`, in which order the headings come, how many blank lines surround them, who writes the summary.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::{Blocks, Kind, Place};
use super::{Category, Types, footer, is_conflict_marker};

/// How sections are written. The default is Keep a Changelog's way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Style {
    /// Fragments stay as they are, instead of becoming list items of their own.
    pub verbatim: bool,
    /// The types that changes have here.
    pub types: Types,
    /// Which `### Type` headings come first among those that a release adds; the others follow in the order of the
    /// types.
    pub order: Vec<Category>,
    /// Blank lines around headings.
    pub blank_lines: BlankLines,
    /// The line that stands under a fresh `[Unreleased]`.
    pub placeholder: Option<String>,
    /// What a section says when nothing changed; without it such a release is refused.
    pub empty: Option<String>,
    /// Whether sections open with a summary.
    pub summary: SummaryPolicy,
    /// The folder that fragments lie in, for what is said where nothing is pending.
    pub fragments: Option<String>,
    /// Blank lines that follow each other become one in the whole file, and it ends in one line end.
    pub tidy: bool,
}

impl Style {
    /// The categories in the order in which a release adds their headings.
    pub(super) fn categories(&self) -> impl Iterator<Item = &Category> {
        let rest = self.types.all().iter().filter(|category| !self.order.contains(category));
        self.order.iter().chain(rest)
    }
}

/// How many blank lines a release writes around headings; where nothing is said, as the file has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct BlankLines {
    /// Above the heading of a release.
    pub before_release: Option<usize>,
    /// Below the heading of a release.
    pub after_release: Option<usize>,
    /// Above a `### Type` heading.
    pub before_type: Option<usize>,
    /// Below a `### Type` heading.
    pub after_type: Option<usize>,
}

/// Whether the sections of a changelog open with a summary in prose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SummaryPolicy {
    /// Nobody is asked for one; prose that stands there stays.
    #[default]
    None,
    /// One can be given, or stands under `[Unreleased]` already.
    Optional,
    /// A release without one is refused.
    Required,
}

/// Whether a line is a paragraph for every Markdown reader, wherever a release puts it between blank lines: no
/// heading, list, quote, code, comment or link reference, and nothing that reads as a conflict.
pub fn is_paragraph(line: &str) -> bool {
    let read = Blocks::new().read(line);
    read.kind == Kind::Text
        && read.place == Place::Outside
        && !line.contains(['\n', '\r'])
        && footer::label(line).is_none()
        && !is_conflict_marker(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_nothing_that_markdown_reads_as_something_else() {
        for good in
            ["_Nothing yet._", "No changes.", "**None**", "  indented a bit", "[a] link", "#no heading"]
        {
            assert!(is_paragraph(good), "{good:?}");
        }
        for bad in [
            "",
            " ",
            "# h",
            "### Added",
            "## [0.1.0]",
            "- item",
            "1. item",
            "> quote",
            "    code",
            "\tcode",
            "```",
            "---",
            "<!-- c -->",
            "<div>",
            "[a]: b",
            "a\nb",
            "<<<<<<< HEAD",
        ] {
            assert!(!is_paragraph(bad), "{bad:?}");
        }
    }

    #[test]
    fn headings_that_are_named_come_first_and_no_heading_is_lost() {
        let style = Style { order: vec![Category::Security, Category::Fixed], ..Style::default() };
        let order: Vec<_> = style.categories().map(Category::name).collect();
        assert_eq!(order, ["security", "fixed", "added", "changed", "deprecated", "removed"]);
        assert_eq!(Style::default().categories().cloned().collect::<Vec<_>>(), Category::ALL);
    }
}
