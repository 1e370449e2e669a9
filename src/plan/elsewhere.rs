//! Other files that hold exactly the version: a README, `VERSION`, a citation, the configuration of another tool. Only
//! files of usual names are looked at, and only what is clearly the version of this project counts: a number that merely
//! looks the same, such as that of a dependency, does not.

use crate::manifest::pattern::Literal;

/// A place in such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The line, counted from 1.
    pub line: usize,
    /// What stands before the version on its line, without the blanks at its start.
    pub before: String,
    /// What stands right behind it, if that is a quote.
    pub behind: String,
    /// The version as it is spelled there.
    pub spelled: String,
    /// It is clearly this project's version; otherwise it may be a number that looks the same.
    pub certain: bool,
}

/// File names, in small letters.
const NAMES: [&str; 48] = [
    "version",
    "version.txt",
    ".version",
    "citation.cff",
    "codemeta.json",
    ".zenodo.json",
    "lerna.json",
    ".release-please-manifest.json",
    "tbump.toml",
    ".bumpversion.toml",
    ".bumpversion.cfg",
    "setup.cfg",
    "setup.py",
    ".cz.toml",
    "cz.toml",
    ".cz.json",
    "cz.json",
    ".cz.yaml",
    "pyproject.toml",
    "jsr.json",
    "deno.json",
    "composer.json",
    "manifest.json",
    "server.json",
    "plugin.json",
    "app.json",
    "tauri.conf.json",
    "sonar-project.properties",
    "gradle.properties",
    "build.gradle",
    "build.gradle.kts",
    "pom.xml",
    "meson.build",
    "cmakelists.txt",
    "mix.exs",
    "pubspec.yaml",
    "galaxy.yml",
    "antora.yml",
    "snapcraft.yaml",
    "flake.nix",
    "conf.py",
    "dockerfile",
    "containerfile",
    "makefile",
    "lib.rs",
    "project.toml",
    "version.json",
    "__init__.py",
];
/// Names without their extension that mean the same whatever the extension.
const STEMS: [&str; 5] = ["readme", "version", "_version", "__version__", "__about__"];

/// Whether a file of this name may hold the version besides the manifests.
pub fn may_hold_version(path: &str) -> bool {
    // Asked of every file of a repository, so nothing is written down on the way.
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let ends_with = |end: &str| {
        let start = name.len().checked_sub(end.len());
        start.and_then(|start| name.get(start..)).is_some_and(|own| own.eq_ignore_ascii_case(end))
    };
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
        || STEMS.iter().any(|known| known.eq_ignore_ascii_case(stem))
        || ends_with(".gemspec")
}

/// Words that a version of this project stands behind.
const KEYS: [&str; 17] = [
    "version",
    "__version__",
    "_version",
    "current_version",
    "current-version",
    "current",
    "app_version",
    "appversion",
    "package_version",
    "pkg_version",
    "project_version",
    "projectversion",
    "plugin_version",
    "release",
    "cmake_project_version",
    "softwareversion",
    "version_string",
];

/// The places of a version in a text. `spellings` are the ways to write it, `names` those of the packages that have it.
pub fn elsewhere(path: &str, text: &str, spellings: &[String], names: &[&str]) -> Vec<Elsewhere> {
    let mut found: Vec<Elsewhere> = Vec::new();
    for (number, spelled) in spellings.iter().enumerate() {
        if spellings.get(..number).is_some_and(|before| before.contains(spelled)) {
            continue;
        }
        let literal = Literal { text: spelled, begins_with_version: true, ends_with_version: true };
        for place in literal.locate(text) {
            let start = text.get(..place.span.start).unwrap_or_default();
            let before = start.rsplit('\n').next().unwrap_or_default().trim_start();
            let rest = text.get(place.span.end..).unwrap_or_default();
            let line = rest.split(['\n', '\r']).next().unwrap_or_default();
            let behind = line.chars().next().filter(|it| matches!(it, '"' | '\'' | '`'));
            found.push(Elsewhere {
                line: place.line,
                before: before.to_owned(),
                behind: behind.map(String::from).unwrap_or_default(),
                spelled: spelled.clone(),
                certain: is_certain(path, before, line, names),
            });
        }
    }
    found.sort_by_key(|place| place.line);
    found
}

fn is_certain(path: &str, before: &str, behind: &str, names: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let alone = |text: &str| text.chars().all(|it| !it.is_alphanumeric());
    if alone(before.strip_suffix('v').unwrap_or(before))
        && alone(behind)
        && name.trim_start_matches('.').starts_with("version")
    {
        return true;
    }
    let key = key_before(before);
    if name == ".release-please-manifest.json" {
        return true;
    }
    // The first table of other manifests is the project's own; a README speaks of anything.
    let is_text = name.starts_with("readme");
    KEYS.contains(&key.as_str()) && !is_text || names.iter().any(|own| stands_in(before, own))
}

/// The word that a value is assigned to: `version` in `__all__.version = "`.
fn key_before(before: &str) -> String {
    let end = before.trim_end_matches(|it: char| !is_word(it));
    // A `v` that belongs to the number, as in `version = "v1.2.3"`.
    let end = match end.strip_suffix('v') {
        Some(rest) if !rest.ends_with(|it: char| it.is_alphanumeric() || it == '_') => {
            rest.trim_end_matches(|it: char| !is_word(it))
        }
        _ => end,
    };
    let start = end.rfind(|it: char| !is_word(it)).map_or(0, |at| at + 1);
    end.get(start..).unwrap_or_default().to_lowercase()
}

/// Whether a character is part of a word such as a key or the name of a package.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

/// Whether a name stands in a text as a word of its own, not as a part of a longer one.
fn stands_in(text: &str, name: &str) -> bool {
    let forms = [name.to_owned(), name.replace('-', "_"), name.replace('_', "-")];
    name.len() > 1
        && forms.iter().any(|name| {
            text.match_indices(name.as_str()).any(|(at, found)| {
                let (before, after) = text.split_at(at);
                !before.ends_with(is_word)
                    && !after.get(found.len()..).unwrap_or_default().starts_with(is_word)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clearly_the_version_counts_and_what_looks_like_it_does_not() {
        for (path, text, certain) in [
            ("VERSION", "1.4.7\n", true),
            ("version.txt", "v1.4.7\n", true),
            ("lerna.json", "{\n  \"version\": \"1.4.7\"\n}\n", true),
            ("lerna.json", "{\n  \"npmClient\": \"1.4.7\"\n}\n", false),
            (".release-please-manifest.json", "{ \".\": \"1.4.7\" }\n", true),
            ("CITATION.cff", "cff-version: 1.4.7\n", false),
            ("CITATION.cff", "version: 1.4.7\n", true),
            ("CITATION.cff", "version: v1.4.7\n", true),
            (".bumpversion.toml", "[tool.bumpversion]\ncurrent_version = \"1.4.7\"\n", true),
            ("tbump.toml", "[version]\ncurrent = \"1.4.7\"\n", true),
            ("README.md", "one = \"1.4.7\"\n", true),
            ("README.md", "two = \"1.4.7\"\n", false),
            ("README.md", "one-more = \"1.4.7\"\n", false),
            ("README.md", "needs node version 1.4.7\n", false),
            ("src/lib.rs", "#![doc(html_root_url = \"https://docs.invalid/one/1.4.7\")]\n", true),
            ("src/version.ts", "export const version = '1.4.7';\n", true),
            ("CMakeLists.txt", "project(one VERSION 1.4.7)\n", true),
            ("Dockerfile", "FROM two:1.4.7\n", false),
        ] {
            let found = elsewhere(path, text, &["1.4.7".into()], &["one"]);
            assert_eq!(found.len(), 1, "{path}: {text}");
            assert_eq!(found[0].certain, certain, "{path}: {text}");
            assert!(may_hold_version(path), "{path}");
        }
        for text in ["1.4.70", "11.4.7", "1.4.7-rc.1", "1.4.7.1"] {
            assert_eq!(elsewhere("VERSION", text, &["1.4.7".into()], &[]), [], "{text}");
        }
        for path in ["src/main.rs", "docs/index.md", "CHANGELOG.md", "package-lock.json"] {
            assert!(!may_hold_version(path), "{path}");
        }
    }

    #[test]
    fn a_place_says_what_stands_around_it() {
        let text = "# one\n\n  pip install \"one==1.4.7\" # or\n  1.4.0b1\n";
        let found =
            elsewhere("README.md", text, &["1.4.7".into(), "1.4.7".into(), "1.4.0b1".into()], &["one"]);
        let seen: Vec<_> = found.iter().map(|it| (it.line, it.before.as_str(), it.behind.as_str())).collect();
        assert_eq!(seen, [(3, "pip install \"one==", "\""), (4, "", "")]);
    }
}
