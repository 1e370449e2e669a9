//! Paths of a configuration that may be globs: `packages/*/pyproject.toml` stands for every such file of the commit that
//! is released. A glob is only ever compared with the paths of a commit, so it cannot lead out of the repository.

use std::collections::HashMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::rules;
use crate::error::Problem;

/// Whether a path stands for all paths of its shape: it holds `*`, `?` or `[`.
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// Many paths and globs, to be compared with one path at once.
#[derive(Debug, Default)]
pub struct Paths {
    plain: HashMap<String, Vec<usize>>,
    globs: GlobSet,
    /// Which of the paths given each glob of the set was.
    numbers: Vec<usize>,
}

impl Paths {
    /// Takes paths and globs of a checked configuration; what is no glob after all matches nothing.
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut plain: HashMap<String, Vec<usize>> = HashMap::new();
        let mut globs = GlobSetBuilder::new();
        let mut numbers = Vec::new();
        for (number, path) in paths.into_iter().enumerate() {
            if !is_glob(path) {
                plain.entry(path.to_owned()).or_default().push(number);
            } else if let Ok(glob) = compiled(path) {
                globs.add(glob);
                numbers.push(number);
            }
        }
        Self { plain, globs: globs.build().unwrap_or_default(), numbers }
    }

    /// Which of the paths given stand for this one, in their order.
    pub fn matching(&self, path: &str) -> Vec<usize> {
        let mut found = self.plain.get(path).cloned().unwrap_or_default();
        found.extend(self.globs.matches(path).into_iter().filter_map(|index| self.numbers.get(index)));
        found.sort_unstable();
        found
    }

    /// Whether one of the paths given stands for this one.
    pub fn hold(&self, path: &str) -> bool {
        self.plain.contains_key(path) || self.globs.is_match(path)
    }
}

fn compiled(glob: &str) -> Result<globset::Glob, globset::Error> {
    // As in git: `*` stays in its folder, `**` does not, and braces mean themselves.
    let glob = glob.replace('{', "[{]").replace('}', "[}]");
    GlobBuilder::new(&glob).literal_separator(true).backslash_escape(false).build()
}

/// What is wrong with a path that may be a glob.
pub(super) fn path_or_glob(text: &str) -> Vec<Problem> {
    let faults = rules::path(text);
    if !faults.is_empty() || !is_glob(text) {
        return faults;
    }
    match compiled(text) {
        Ok(_) => Vec::new(),
        Err(error) => {
            vec![
                Problem::content(format!("`{text}` is not a glob: {}", error.kind()))
                    .hint("`*` and `?` stay in their folder, `**` does not; `[*]` stands for `*` itself"),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_stays_in_its_folder_unless_it_says_otherwise() {
        let paths =
            Paths::new(["a/b.toml", "packages/*/b.toml", "**/c.json", "[ab]/{x}*.toml", "a/b.toml", "a/?.x"]);
        for (path, expected) in [
            ("a/b.toml", vec![0, 4]),
            ("packages/x/b.toml", vec![1]),
            ("packages/.x/b.toml", vec![1]),
            ("packages/x/y/b.toml", vec![]),
            ("packages/b.toml", vec![]),
            ("c.json", vec![2]),
            ("a/b/c.json", vec![2]),
            ("a/{x}y.toml", vec![3]),
            ("a/xy.toml", vec![]),
            ("c/{x}y.toml", vec![]),
            ("a/u.x", vec![5]),
            ("a/uu.x", vec![]),
        ] {
            assert_eq!(paths.matching(path), expected, "{path}");
            assert_eq!(paths.hold(path), !expected.is_empty(), "{path}");
        }
    }

    #[test]
    fn a_path_that_is_no_glob_and_leads_nowhere_is_refused() {
        for (path, expected) in [
            ("packages/[a/b", "`packages/[a/b` is not a glob: unclosed character class; missing ']'"),
            ("packages/[b-a]", "`packages/[b-a]` is not a glob: invalid range; 'b' > 'a'"),
            ("../*/x", "`../*/x` leaves the repository"),
            ("/etc/*", "`/etc/*` is an absolute path"),
            (".git/*", "`.git/*` lies inside git's own folder"),
            ("", "is empty"),
        ] {
            assert_eq!(path_or_glob(path)[0].message, expected);
        }
        for good in ["packages/*/x", "**", "a/**/b", "a[*]b", "plain/path", "a/**"] {
            assert_eq!(path_or_glob(good), [], "{good}");
        }
    }
}
