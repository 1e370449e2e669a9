//! Releases of public repositories, as the smallest files that change in the same way: `init`, at most a few lines by
//! hand, and then every byte of every file. docs/replays.md says which ones they are, and what differs from them.

use crate::sandbox::Sandbox;

/// A release: what exists before it, what is added to the configuration by hand, and the version that it gives.
struct Replay<'a> {
    /// The newest tag.
    tagged: &'a str,
    by_hand: &'a str,
    version: &'a str,
    tag: &'a str,
    /// Each file before and after; nothing after for one that stays.
    files: &'a [(&'a str, &'a str, Option<&'a str>)],
}

#[track_caller]
fn replay(Replay { tagged, by_hand, version, tag, files }: &Replay<'_>) {
    let sandbox = Sandbox::empty();
    for (path, before, _) in *files {
        sandbox.write(path, before);
    }
    sandbox.commit_all("feat: everything");
    sandbox.git(&["tag", tagged]);
    sandbox.run(&["init", "--yes"]).expect(0);
    sandbox.write("trueppm-release.toml", sandbox.read("trueppm-release.toml") + by_hand);
    sandbox.commit_all("chore: describe the release");
    sandbox.run(&[version, "--yes", "--offline", "--date", "2026-06-20"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), format!("{tag}\n"));
    for (path, before, after) in *files {
        assert_eq!(sandbox.read(path), after.unwrap_or(before), "{path}");
    }
    let changed = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]);
    let expected = files.iter().filter(|(.., after)| after.is_some()).count();
    assert_eq!(changed.lines().count(), expected, "{changed}");
}

#[test]
fn one_line_of_a_crate_whose_tags_have_no_prefix() {
    replay(&Replay {
        tagged: "1.12.3",
        by_hand: "",
        version: "1.13.0",
        tag: "1.13.0",
        files: &[
            (
                "Cargo.toml",
                "[package]\nname = \"text\"\nversion = \"1.12.3\"  #:version\n\n[workspace]\nmembers = [\"bench\"]\n",
                Some(
                    "[package]\nname = \"text\"\nversion = \"1.13.0\"  #:version\n\n[workspace]\nmembers = [\"bench\"]\n",
                ),
            ),
            (
                "bench/Cargo.toml",
                "[package]\nname = \"bench\"\nversion = \"0.0.1\"\npublish = false\n\n[dependencies]\ntext = { path = \"..\" }\n",
                None,
            ),
        ],
    });
}

#[test]
fn a_program_with_its_lock_file_and_a_changelog_of_plain_headings() {
    replay(&Replay {
        tagged: "v0.16.0",
        by_hand: "",
        version: "0.17.0",
        tag: "v0.17.0",
        files: &[
            (
                "Cargo.toml",
                "[package]\nname = \"look\"\nversion = \"0.16.0\"\n",
                Some("[package]\nname = \"look\"\nversion = \"0.17.0\"\n"),
            ),
            (
                "Cargo.lock",
                "version = 4\n\n[[package]]\nname = \"look\"\nversion = \"0.16.0\"\n",
                Some("version = 4\n\n[[package]]\nname = \"look\"\nversion = \"0.17.0\"\n"),
            ),
            (
                "CHANGELOG.md",
                "# unreleased \n\n## Features\n\n- A colour.\n\n\n# v0.16.0\n\n## Features\n\n- First.\n",
                Some(
                    "# unreleased \n\n# v0.17.0\n\n## Features\n\n- A colour.\n\n\n# v0.16.0\n\n## Features\n\n- First.\n",
                ),
            ),
        ],
    });
}

#[test]
fn a_crate_whose_documentation_names_its_version() {
    replay(&Replay {
        tagged: "0.4.32",
        by_hand: "",
        version: "0.4.33",
        tag: "0.4.33",
        files: &[
            (
                "Cargo.toml",
                "[package]\nname = \"note\"\nversion = \"0.4.32\" # remember to move html_root_url\n",
                Some("[package]\nname = \"note\"\nversion = \"0.4.33\" # remember to move html_root_url\n"),
            ),
            (
                "src/lib.rs",
                "#![doc(\n    html_logo_url = \"https://docs.example.org/logo.svg\",\n    html_root_url = \
                 \"https://docs.example.org/note/0.4.32\"\n)]\n",
                Some(
                    "#![doc(\n    html_logo_url = \"https://docs.example.org/logo.svg\",\n    html_root_url = \
                     \"https://docs.example.org/note/0.4.33\"\n)]\n",
                ),
            ),
            (
                "tests/levels/Cargo.toml",
                "[package]\nname = \"levels\"\nversion = \"0.1.0\"\npublish = false\n",
                None,
            ),
        ],
    });
}

#[test]
fn a_package_of_python_that_another_tool_moved_until_now() {
    replay(&Replay {
        tagged: "2.3.0",
        by_hand: "",
        version: "2.4.0",
        tag: "2.4.0",
        files: &[
            (
                ".bumpversion.cfg",
                "[bumpversion]\ncommit = True\ntag = True\ntag_name = {new_version}\ncurrent_version = 2.3.0\n\n\
                 [bumpversion:file:pyproject.toml]\nsearch = version = \"{current_version}\"\nreplace = version = \
                 \"{new_version}\"\n\n[bumpversion:file:src/own/__init__.py]\n",
                Some(
                    "[bumpversion]\ncommit = True\ntag = True\ntag_name = {new_version}\ncurrent_version = 2.4.0\n\n\
                     [bumpversion:file:pyproject.toml]\nsearch = version = \"{current_version}\"\nreplace = version = \
                     \"{new_version}\"\n\n[bumpversion:file:src/own/__init__.py]\n",
                ),
            ),
            (
                "pyproject.toml",
                "[project]\nname = \"own\"\nversion = \"2.3.0\"  # a tool writes this\n",
                Some("[project]\nname = \"own\"\nversion = \"2.4.0\"  # a tool writes this\n"),
            ),
            (
                "src/own/__init__.py",
                "__all__ = (\"load\",)\n__version__ = \"2.3.0\"  # a tool writes this\n",
                Some("__all__ = (\"load\",)\n__version__ = \"2.4.0\"  # a tool writes this\n"),
            ),
        ],
    });
}

#[test]
fn a_package_of_poetry_with_a_changelog_whose_link_was_forgotten() {
    let links = "[0.12.3]: https://git.example.org/own/releases/tag/0.12.3\n[0.12.2]: https://git.example.org/own/releases/tag/0.12.2\n";
    let sections =
        "### Fixed\n\n- Dates.\n\n## [0.12.3] - 2025-11-15\n\n- A.\n\n## [0.12.2] - 2025-11-07\n\n- B.\n\n";
    let compare = "https://git.example.org/own/compare";
    let before = format!(
        "# Change Log\n\n## [Unreleased]\n\n{sections}[unreleased]: {compare}/0.12.2...master\n{links}"
    );
    let after = format!(
        "# Change Log\n\n## [Unreleased]\n\n## [0.12.4] - 2026-06-20\n\n{sections}[unreleased]: {compare}/0.12.4...master\n\
         [0.12.4]: {compare}/0.12.3...0.12.4\n{links}"
    );
    replay(&Replay {
        tagged: "0.12.3",
        by_hand: "",
        version: "0.12.4",
        tag: "0.12.4",
        files: &[
            ("CHANGELOG.md", &before, Some(&after)),
            (
                "pyproject.toml",
                "[tool.poetry]\nname = \"own\"\nversion = \"0.12.3\"\n",
                Some("[tool.poetry]\nname = \"own\"\nversion = \"0.12.4\"\n"),
            ),
            ("own/__init__.py", "\n__version__ = \"0.12.3\"\n", Some("\n__version__ = \"0.12.4\"\n")),
            (
                "tests/examples/pyproject.toml",
                "[tool.poetry]\nname = \"example\"\nversion = \"0.11.2\"\n",
                None,
            ),
        ],
    });
}

#[test]
fn a_development_version_that_is_released_as_its_base() {
    replay(&Replay {
        tagged: "2.1.2",
        by_hand: "",
        version: "2.2.0",
        tag: "2.2.0",
        files: &[
            (
                "pyproject.toml",
                "[project]\nname = \"own\"\nversion = \"2.2.0.dev\"\n",
                Some("[project]\nname = \"own\"\nversion = \"2.2.0\"\n"),
            ),
            ("CHANGES.rst", "Version 2.2.0\n-------------\n\nUnreleased\n\n-   Something.\n", None),
        ],
    });
}

#[test]
fn a_citation_and_what_a_page_shows_beside_a_package_of_npm() {
    replay(&Replay {
        tagged: "2.3.0",
        by_hand: "\n[[pattern]]\npath = \"src/Footer.vue\"\nfind = \"Version {previous}\"\nreplace = \"Version {version}\"\n\
                  count = 1\n\n[[pattern]]\npath = \".zenodo.json\"\nregex = '\"publication_date\": \"(?<date>[0-9-]{10})\"'\n\
                  count = 1\nfollows = true\n",
        version: "2.3.1",
        tag: "2.3.1",
        files: &[
            (
                "package.json",
                "{\n    \"name\": \"cite\",\n    \"version\": \"2.3.0\"\n}\n",
                Some("{\n    \"name\": \"cite\",\n    \"version\": \"2.3.1\"\n}\n"),
            ),
            (
                "package-lock.json",
                "{\n    \"name\": \"cite\",\n    \"version\": \"2.3.0\",\n    \"lockfileVersion\": 2,\n    \"packages\": {\n        \
                 \"\": {\n            \"name\": \"cite\",\n            \"version\": \"2.2.0\"\n        }\n    }\n}\n",
                // The second place had been forgotten; it is set as well, with a warning.
                Some(
                    "{\n    \"name\": \"cite\",\n    \"version\": \"2.3.1\",\n    \"lockfileVersion\": 2,\n    \"packages\": {\n        \
                     \"\": {\n            \"name\": \"cite\",\n            \"version\": \"2.3.1\"\n        }\n    }\n}\n",
                ),
            ),
            (
                "CITATION.cff",
                "cff-version: 1.2.0\ndate-released: 2026-05-01\ntitle: cite\nversion: 2.3.0\n",
                Some("cff-version: 1.2.0\ndate-released: 2026-06-20\ntitle: cite\nversion: 2.3.1\n"),
            ),
            (
                ".zenodo.json",
                "{\n  \"publication_date\": \"2026-05-01\",\n  \"title\": \"cite\",\n  \"version\": \"2.3.0\"\n}\n",
                Some(
                    "{\n  \"publication_date\": \"2026-06-20\",\n  \"title\": \"cite\",\n  \"version\": \"2.3.1\"\n}\n",
                ),
            ),
            ("src/Footer.vue", "<p>\n    Version 2.3.0\n</p>\n", Some("<p>\n    Version 2.3.1\n</p>\n")),
        ],
    });
}

#[test]
fn a_version_file_without_a_last_line_end_and_what_is_installed_from_it() {
    replay(&Replay {
        tagged: "v1.1.0",
        by_hand: "\n[[pattern]]\npath = \"deploy/own.yaml\"\nfind = \"registry.invalid/own:v{previous}\"\nreplace = \
                  \"registry.invalid/own:v{version}\"\ncount = 1\n",
        version: "1.4.9",
        tag: "v1.4.9",
        files: &[
            ("VERSION", "1.1.0", Some("1.4.9")),
            (
                "deploy/own.yaml",
                "containers:\n  - image: \"registry.invalid/own:v1.1.0\"\n",
                Some("containers:\n  - image: \"registry.invalid/own:v1.4.9\"\n"),
            ),
            ("go.mod", "module own.invalid/own\n\ngo 1.25.3\n", None),
        ],
    });
}

#[test]
fn a_package_of_npm_in_tabs_and_the_manifest_of_another_release_tool() {
    replay(&Replay {
        tagged: "v7.8.4",
        by_hand: "",
        version: "7.8.5",
        tag: "v7.8.5",
        files: &[
            (
                "package.json",
                "{\n\t\"name\": \"own\",\n\t\"version\": \"7.8.4\",\n\t\"engines\": {\n\t\t\"node\": \">=20\"\n\t}\n}\n",
                Some(
                    "{\n\t\"name\": \"own\",\n\t\"version\": \"7.8.5\",\n\t\"engines\": {\n\t\t\"node\": \">=20\"\n\t}\n}\n",
                ),
            ),
            (
                ".release-please-manifest.json",
                "{\n  \".\": \"7.8.4\"\n}\n",
                Some("{\n  \".\": \"7.8.5\"\n}\n"),
            ),
        ],
    });
}
