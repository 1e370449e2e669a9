//! The changelog and its fragments. A release takes what stands under `[Unreleased]`, merges the fragments of
//! `changelog.d` into it and turns it into a section of its own: [`rotate`]. Everything else in the file stays byte
//! for byte, and each fragment lands exactly once or the release is refused. Pure: text in, text or problems out.

mod blocks;
mod category;
mod document;
mod footer;
mod fragment;
mod heading;
mod html;
mod meaning;
mod pending;
#[cfg(test)]
mod properties;
mod rotate;
mod starts;
mod style;
mod summary;
mod tidy;
mod types;
mod writer;

use crate::error::Problem;

pub use category::{Category, Level, OwnType, TypeEntry, Types};
pub use fragment::fragment_items;
pub use heading::opens_section;
pub use meaning::usual as usual_type;
pub use pending::{Pending, UnknownHeading, has_entries};
pub use rotate::{Reading, Rotated, misses_summary, rotate};
pub use style::{BlankLines, Style, SummaryPolicy, is_paragraph};
pub use summary::{Summary, summary_text};
pub use types::{are_one_heading, is_type_heading};

/// What a file in the fragments' folder is, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileName {
    /// `<slug>.<type>.md`
    Fragment {
        /// Everything before the type; may hold dots.
        slug: String,
        /// The last part before `.md`.
        category: Category,
    },
    /// A README or a dot file: it may lie there, and no release touches it.
    NotAFragment,
}

/// Whether a file may lie among fragments and is none: `README.md`, `README` and dot files.
pub fn is_no_fragment(file_name: &str) -> bool {
    file_name.starts_with('.') || matches!(file_name, "README.md" | "README")
}

/// Says what a file in the fragments' folder is, for a changelog with these types. `README.md`, `README` and dot files
/// are not fragments.
///
/// # Errors
/// Any other name: a fragment whose type is mistyped must not be dropped silently. The problem lists the types,
/// with the nearest one as a name to copy.
pub fn classify(file_name: &str, types: &Types) -> Result<FileName, Problem> {
    named(file_name, "", types)
}

/// The same for a file in this folder, which is named in what is said.
///
/// # Errors
/// Those of [`classify`].
pub fn classify_in(folder: &str, file_name: &str, types: &Types) -> Result<FileName, Problem> {
    named(file_name, &format!("{folder}/"), types)
}

fn named(file_name: &str, folder: &str, types: &Types) -> Result<FileName, Problem> {
    if is_no_fragment(file_name) {
        return Ok(FileName::NotAFragment);
    }
    let refused = |why: String| {
        Problem::content(format!("`{folder}{file_name}` is not named like a changelog fragment: {why}"))
            .hint(format!("a fragment is called `{folder}<slug>.<type>.md`; types are {}", types.listed()))
    };
    let meant =
        |slug: &str, category: &Category| format!("did you mean `{folder}{slug}.{}.md`?", category.name());
    let Some(stem) = file_name.strip_suffix(".md") else {
        let problem = refused("it does not end in `.md`".to_owned());
        return Err(match meaning::converted(file_name, types) {
            Some((slug, category)) => {
                problem.hint(format!("write it in Markdown, as `{folder}{slug}.{}.md`", category.name()))
            }
            None => problem,
        });
    };
    let Some((slug, kind)) = stem.rsplit_once('.') else {
        return Err(refused(match types.from_name(stem) {
            Some(_) => format!("there is no slug before `{stem}`"),
            None => "it names no type".to_owned(),
        }));
    };
    if let Some(category) = types.from_name(kind) {
        return Ok(FileName::Fragment { slug: slug.to_owned(), category });
    }
    let problem = refused(format!("`{kind}` is not a type"));
    Err(match (meaning::numbered(slug, kind, types), meaning::meant(kind, types)) {
        (Some((slug, category)), _) => problem.hint(meant(&slug, &category)),
        (None, Some(near)) => problem.hint(meant(slug, &near)),
        (None, None) => problem,
    })
}

/// What to write where nothing is pending: a fragment, if there is a folder for them, or an entry in the changelog.
pub fn how_to_say_what_changed(changelog: &str, fragments: Option<&str>, types: &Types) -> String {
    let by_hand = format!("under `[Unreleased]` in `{changelog}`");
    match fragments {
        Some(folder) => {
            format!(
                "add fragments, `{folder}/<slug>.<type>.md` (types are {}), or write it {by_hand}",
                types.listed()
            )
        }
        None => format!("write it {by_hand}"),
    }
}

/// One change, as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Where it lies, from the repository's root; named in messages and decides the order.
    pub path: String,
    /// The heading it belongs under.
    pub category: Category,
    /// The content of the file, a BOM and CRLF included.
    pub text: String,
}

/// The release that the new section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release<'a> {
    /// As this changelog spells it: `0.2.0-alpha.1` or `0.2.0a1`.
    pub version: &'a str,
    /// The line that opens the section, as the configuration has it.
    pub heading: &'a str,
    /// The day of the release (`2026-01-31`), where the line that opens the section is to be written in the style of the
    /// newest one in the changelog instead.
    pub follows: Option<&'a str>,
    /// What compare links point to: `v0.2.0`.
    pub tag: &'a str,
    /// Where the compare link of this release starts, if not where the `[Unreleased]` link did.
    pub previous_tag: Option<&'a str>,
    /// The tags that are known to exist.
    pub tags: &'a [String],
    /// The summary that was given for this release, as [`summary_text`] returned it.
    pub summary: Option<&'a str>,
}

/// The lines of a text with their line endings, as (content, ending); a CR belongs to the ending only before an LF.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split_inclusive('\n').map(|line| {
        let content = line.strip_suffix('\n').map_or(line, |rest| rest.strip_suffix('\r').unwrap_or(rest));
        line.split_at(content.len())
    })
}

/// Whether a line reads as the start of a release section, wherever it stands.
fn reads_as_release_heading(line: &str) -> bool {
    line.strip_prefix("## [").is_some_and(|rest| rest.contains(']'))
}

/// Whether a line is a marker that a merge left behind. `=======` alone is not: it may underline a heading.
fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", ">>>>>>>"]
        .iter()
        .filter_map(|marker| line.strip_prefix(marker))
        .any(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// `line 3`, `lines 3 and 9`, `lines 3, 7 and 9`
fn name_lines(numbers: &[usize]) -> String {
    let words: Vec<_> = numbers.iter().map(usize::to_string).collect();
    match words.split_last() {
        Some((last, [])) => format!("line {last}"),
        Some((last, rest)) => format!("lines {} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragments_type_is_the_last_part_before_md() {
        for (name, slug, category) in [
            ("56.fixed.md", "56", Category::Fixed),
            ("django-5.2.16.security.md", "django-5.2.16", Category::Security),
            ("a.fixed.added.md", "a.fixed", Category::Added),
            ("README.removed.md", "README", Category::Removed),
        ] {
            assert_eq!(
                classify(name, &Types::default()).unwrap(),
                FileName::Fragment { slug: slug.to_owned(), category },
                "{name}"
            );
        }
    }

    #[test]
    fn a_readme_and_dot_files_are_not_fragments() {
        for name in ["README.md", "README", ".gitkeep", ".x.added.md", ".added.md"] {
            assert_eq!(classify(name, &Types::default()).unwrap(), FileName::NotAFragment, "{name}");
        }
    }

    #[test]
    fn a_name_is_read_and_answered_with_the_projects_own_types() {
        let entry = |heading: &str| TypeEntry { heading: heading.to_owned(), bump: Level::Minor };
        let own = ["feature", "bugfix", "doc", "removal", "misc"];
        let types = Types::own(own.map(|name| (name.to_owned(), entry(name))));
        for (name, slug, kind) in [
            ("1234.feature.md", "1234", "feature"),
            ("+orphan.bugfix.md", "+orphan", "bugfix"),
            ("1234.1.doc.md", "1234.1", "doc"),
        ] {
            let category = types.from_name(kind).unwrap();
            let expected = FileName::Fragment { slug: slug.to_owned(), category };
            assert_eq!(classify(name, &types), Ok(expected), "{name}");
        }
        assert_eq!(classify("README.md", &types), Ok(FileName::NotAFragment));
        for (name, near) in [
            ("1.fixed.md", Some("did you mean `1.bugfix.md`?")),
            ("1.added.md", Some("did you mean `1.feature.md`?")),
            ("1.breaking.md", Some("did you mean `1.removal.md`?")),
            ("1.Feature.md", Some("did you mean `1.feature.md`?")),
            ("1.featre.md", Some("did you mean `1.feature.md`?")),
            ("1234.feature.1.md", Some("did you mean `1234.1.feature.md`?")),
            ("1234.feature.rst", Some("write it in Markdown, as `1234.feature.md`")),
            ("+some.bugfix.2.rst", Some("write it in Markdown, as `+some.2.bugfix.md`")),
            ("1234.removal", Some("write it in Markdown, as `1234.removal.md`")),
            ("1.security.md", None),
            ("notes.txt", None),
        ] {
            let problem = classify(name, &types).unwrap_err();
            assert!(problem.hints[0].ends_with("types are feature, bugfix, doc, removal, misc"), "{name}");
            assert_eq!(problem.hints.get(1).map(String::as_str), near, "{name}");
        }
    }

    #[test]
    fn any_other_name_is_refused_with_the_types_and_the_nearest_one() {
        for (name, why, near) in [
            ("56.fix.md", "`fix` is not a type", Some("`56.fixed.md`")),
            ("a.b.Added.md", "`Added` is not a type", Some("`a.b.added.md`")),
            ("x.secrity.md", "`secrity` is not a type", Some("`x.security.md`")),
            ("x.zzz.md", "`zzz` is not a type", None),
            ("x.added.2.md", "`2` is not a type", Some("`x.2.added.md`")),
            ("x.md", "it names no type", None),
            ("added.md", "there is no slug before `added`", None),
            ("x.added.md~", "it does not end in `.md`", None),
            ("x.added", "it does not end in `.md`", Some("`x.added.md`")),
            ("x.fix.3.rst", "it does not end in `.md`", Some("`x.3.fixed.md`")),
            ("x.added.txt", "it does not end in `.md`", Some("`x.added.md`")),
            ("readme.md", "it names no type", None),
        ] {
            let problem = classify(name, &Types::default()).unwrap_err();
            assert!(problem.message.contains(why), "{name}: {}", problem.message);
            assert!(
                problem.hints[0].contains("added, changed, deprecated, removed, fixed, security"),
                "{name}"
            );
            assert_eq!(problem.hints.get(1).is_some(), near.is_some(), "{name}: {:?}", problem.hints);
            assert!(near.is_none_or(|near| problem.hints[1].contains(near)), "{name}: {:?}", problem.hints);
        }
    }
}
