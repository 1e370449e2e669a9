//! Paths with wildcards, as configurations write them: `*` and `?` stay within one part of a path, `**` crosses
//! folders, `[a-z]` is one character. Braces mean themselves, because templates have them.

use globset::{GlobBuilder, GlobMatcher};

use crate::error::Problem;

/// A path that may hold wildcards.
#[derive(Debug, Clone)]
pub struct Glob {
    matcher: GlobMatcher,
}

/// Whether a path holds a wildcard, so that it stands for any number of files.
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The folder that everything a glob can match lies in; empty for the top of the repository.
pub fn fixed_folder(path: &str) -> &str {
    let wild = path.find(['*', '?', '[']).unwrap_or(path.len());
    let before = path.get(..wild).unwrap_or_default();
    before.rfind('/').and_then(|end| path.get(..end)).unwrap_or_default()
}

impl Glob {
    /// Reads a path; one without wildcards matches itself.
    ///
    /// # Errors
    /// A bracket that is never closed, a range backwards, and the like.
    pub fn new(path: &str) -> Result<Self, Problem> {
        let braces = path.replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&braces).literal_separator(true).backslash_escape(false).build();
        glob.map(|glob| Self { matcher: glob.compile_matcher() }).map_err(|error| {
            Problem::content(format!("`{path}` is not a pattern: {}", error.kind()))
                .hint("`*` and `?` stay within a name, `**` crosses folders, `[a-z]` is one character")
        })
    }

    /// Whether a path from the top of the repository is one of those.
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_name_and_two_cross_folders() {
        for (glob, path, expected) in [
            ("docs/*.md", "docs/a.md", true),
            ("docs/*.md", "docs/sub/a.md", false),
            ("docs/*.md", "other/docs/a.md", false),
            ("docs/**/*.md", "docs/sub/deep/a.md", true),
            ("docs/**/*.md", "docs/a.md", true),
            ("docs/**", "docs/sub/a", true),
            ("docs/**", "docs", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[ab].md", "b.md", true),
            ("[ab].md", "c.md", false),
            ("{a}*", "{a}b", true),
            ("{a,b}*", "a", false),
            ("*.md", ".hidden.md", true),
            ("plain.md", "plain.md", true),
            ("plain.md", "plainxmd", false),
        ] {
            assert_eq!(Glob::new(glob).expect("a pattern").matches(path), expected, "{glob} {path}");
        }
        assert!(Glob::new("a[").is_err() && Glob::new("[b-a]").is_err());
    }

    #[test]
    fn the_fixed_folder_is_what_stands_before_the_first_wildcard() {
        for (glob, folder) in
            [("docs/*.md", "docs"), ("docs/a*/b", "docs"), ("*.md", ""), ("a/b/**", "a/b"), ("a/b", "a")]
        {
            assert_eq!(fixed_folder(glob), folder, "{glob}");
        }
    }
}
