//! What `init` sees in repositories of other shapes, each from `init` to a tag: the names of tags, the package that leads,
//! other files that hold the version, and what is left out, with the reason.

use crate::sandbox::{Run, Sandbox};

const FILE: &str = "trueppm-release.toml";

fn repository(files: &[(&str, &str)], tags: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.commit_all("feat: everything");
    for tag in tags {
        sandbox.git(&["tag", tag]);
    }
    sandbox
}

/// What `init` says; what it wrote is in order and committed.
#[track_caller]
fn described(sandbox: &Sandbox) -> Run {
    let run = sandbox.run(&["init"]).expect(0);
    sandbox.run(&["config", "--check"]).expect(0);
    sandbox.commit_all("chore: describe the release");
    run
}

fn python(name: &str, version: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"{version}\"\n")
}

#[test]
fn tags_go_on_as_they_are_named() {
    for (tags, released) in [
        (&["1.1.0", "1.2.0"][..], "1.2.1"),
        (&["own-1.2.0"], "own-1.2.1"),
        (&["own-v1.1.0", "own-v1.2.0"], "own-v1.2.1"),
        (&["own@1.2.0"], "own@1.2.1"),
        (&["v1.2.0"], "v1.2.1"),
        (&["v1.2.0", "own-v1.2.0"], "own-v1.2.1\nv1.2.1"),
    ] {
        let sandbox = repository(&[("pyproject.toml", &python("own", "1.2.0"))], tags);
        described(&sandbox);
        sandbox.run(&["patch", "--yes"]).expect(0);
        assert_eq!(sandbox.git(&["tag", "--list", "*1.2.1"]), format!("{released}\n"), "{tags:?}");
    }
    let sandbox = repository(&[("pyproject.toml", &python("own", "1.2.0"))], &["v1.1.0", "1.2.0"]);
    described(&sandbox)
        .says("chosen: names of tags: {version}, as 1.2.0 has (not: v{version}, as 1.1.0 has)\n")
        .says("found: tags named {version} (such as 1.2.0)\n");
}

#[test]
fn the_package_at_the_top_is_released_and_never_its_examples() {
    for version in ["3.2.0.dev", "3.2.0.dev0"] {
        let (root, example) = (python("own", version), python("example", "1.0.0"));
        let sandbox = repository(
            &[
                ("pyproject.toml", &root),
                ("examples/a/pyproject.toml", &example),
                ("examples/b/pyproject.toml", &example),
            ],
            &["3.1.0"],
        );
        described(&sandbox)
            .says(&format!(
                "found: Python package own (pyproject.toml), at {version}, which is released as 3.2.0\n"
            ))
            .says("left out: examples/a/pyproject.toml: has a version of its own: 1.0.0\n");
        sandbox.run(&["3.2.0", "--yes"]).expect(0);
        assert_eq!(sandbox.read("pyproject.toml"), python("own", "3.2.0"));
        assert_eq!(sandbox.read("examples/a/pyproject.toml"), example);
        assert_eq!(sandbox.git(&["tag", "--list"]), "3.1.0\n3.2.0\n");
    }
}

#[test]
fn private_packages_and_frames_of_workspaces_count_after_what_is_published() {
    let frame =
        "{\"name\": \"all\", \"version\": \"9.0.0\", \"private\": true, \"workspaces\": [\"packages/*\"]}";
    let sandbox = repository(
        &[
            ("package.json", frame),
            ("packages/a/package.json", "{\"name\": \"a\", \"version\": \"1.4.0\"}"),
            ("packages/site/package.json", "{\"name\": \"site\", \"version\": \"2.0.0\", \"private\": true}"),
            ("packages/old/package.json", "{\"name\": \"old\", \"version\": \"0.0.0\"}"),
        ],
        &[],
    );
    described(&sandbox)
        .says("chosen: version to release: 1.4.0 (packages/a/package.json) (not: 9.0.0 (package.json); ");
    // A private package at the top that is no frame is an application, and that is what is released.
    let sandbox = repository(
        &[
            ("package.json", "{\"name\": \"app\", \"version\": \"9.0.0\", \"private\": true}"),
            ("tools/a/package.json", "{\"name\": \"a\", \"version\": \"1.4.0\"}"),
        ],
        &[],
    );
    described(&sandbox)
        .says("chosen: version to release: 9.0.0 (package.json) (not: 1.4.0 (tools/a/package.json))");
    let sandbox = repository(
        &[
            ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.4.0\"\n"),
            ("xtask/Cargo.toml", "[package]\nname = \"xtask\"\nversion = \"0.9.0\"\npublish = false\n"),
            ("ytask/Cargo.toml", "[package]\nname = \"ytask\"\nversion = \"0.9.0\"\npublish = []\n"),
        ],
        &[],
    );
    described(&sandbox).says("chosen: version to release: 0.4.0 (a/Cargo.toml) (not: 0.9.0 (");
}

#[test]
fn two_packages_of_one_name_are_one_entry() {
    let one = "{ \"name\": \"one\", \"version\": \"1.0.0\" }\n";
    let sandbox = repository(
        &[
            (
                "two/package.json",
                "{ \"name\": \"two\", \"version\": \"1.0.0\", \"dependencies\": { \"one\": \"^1.0.0\" } }\n",
            ),
            ("fixtures/a/one/package.json", one),
            ("fixtures/b/one/package.json", one),
        ],
        &[],
    );
    described(&sandbox);
    let config = sandbox.read(FILE);
    assert_eq!(config.matches("two/package.json.\n").count(), 1, "{config}");
    sandbox.run(&["patch", "--yes"]).expect(0);
    // What only looks like a package of the project is left alone.
    let files = [
        ("package.json", "{ \"name\": \"two\", \"version\": \"1.0.0\" }\n"),
        ("test/fixtures/one/package.json", one),
    ];
    let sandbox = repository(&files, &[]);
    described(&sandbox)
        .says("left out: test/fixtures/one/package.json: an example or a fixture: not released\n");
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(sandbox.read("test/fixtures/one/package.json"), one);
}

#[test]
fn a_version_that_comes_from_the_tags_is_an_unsupported_layout() {
    let vcs = "[project]\nname = \"own\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\n";
    let example = python("example", "1.0.0");
    for files in
        [&[("pyproject.toml", vcs)][..], &[("pyproject.toml", vcs), ("examples/a/pyproject.toml", &example)]]
    {
        let run = repository(files, &["v1.0.0"]).refused(1, &["init"]);
        assert!(!run.stderr.contains("another file holds it"), "{}", run.stderr);
        let words = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains(
                "pyproject.toml: its version comes from the tags, by hatch-vcs: an unsupported layout"
            ),
            "{words}"
        );
    }
    // Beside another package it is said, and the other one is released.
    let sandbox =
        repository(&[("pyproject.toml", vcs), ("web/package.json", "{\"version\": \"1.0.0\"}")], &[]);
    described(&sandbox);
    assert!(sandbox.read(FILE).contains("its version comes from the tags, by hatch-vcs"));
}

#[test]
fn the_file_that_a_manifest_names_as_the_place_of_its_version_is_what_moves() {
    let dynamic = |more: &str| format!("[project]\nname = \"own\"\ndynamic = [\"version\"]\n\n{more}\n");
    for (more, path, text) in [
        ("[tool.hatch.version]\npath = \"src/own/release.py\"", "src/own/release.py", "VERSION = \"⟦\"\n"),
        (
            "[tool.hatch.version]\npath = \"src/own/__about__.py\"",
            "src/own/__about__.py",
            "__version__ = \"⟦\"\n",
        ),
        (
            "[tool.setuptools.dynamic]\nversion = {attr = \"own.__version__\"}",
            "own/__init__.py",
            "__version__ = '⟦'\n",
        ),
        (
            "[tool.setuptools.dynamic]\nversion = {attr = \"own.info.version\"}",
            "src/own/info.py",
            "version = '⟦'\n",
        ),
        ("[tool.setuptools.dynamic]\nversion = {file = \"VERSION\"}", "VERSION", "⟦\n"),
        ("[tool.setuptools.dynamic]\nversion = {file = [\"own/number.txt\"]}", "own/number.txt", "⟦\n"),
    ] {
        let held = text.replace('⟦', "0.4.0");
        let sandbox = repository(&[("pyproject.toml", &dynamic(more)), (path, &held)], &[]);
        described(&sandbox).says(&format!("found: Python package own ({path}), at 0.4.0\n"));
        sandbox.run(&["alpha", "--yes"]).expect(0);
        assert_eq!(sandbox.read(path), text.replace('⟦', "0.5.0a1"), "{more}");
    }
}

#[test]
fn a_chart_alone_is_released() {
    for (app, after) in [("1.2.3", "1.2.4"), ("v1.2.3", "v1.2.4"), ("7.0.0", "7.0.0")] {
        let chart = |version: &str, app: &str| {
            format!("apiVersion: v2\nname: own\nversion: {version}\nappVersion: {app}\n")
        };
        let sandbox = repository(&[("Chart.yaml", &chart("1.2.3", app))], &[]);
        described(&sandbox).says("found: Helm chart (Chart.yaml), at 1.2.3\n");
        sandbox.run(&["patch", "--yes"]).expect(0);
        assert_eq!(sandbox.read("Chart.yaml"), chart("1.2.4", after));
    }
}

#[test]
fn other_files_that_hold_the_version_move_as_patterns_or_are_named() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"one\"\nversion = \"⟦\"\nedition = \"2021\"\n"),
        ("lerna.json", "{\n  \"version\": \"⟦\"\n}\n"),
        ("src/lib.rs", "#![doc(html_root_url = \"https://docs.example.org/one/⟦\")]\n"),
        ("src/version.ts", "export const version = '⟦';\n"),
        ("CITATION.cff", "cff-version: 1.2.0\ntitle: one\ndate-released: 2026-01-01\nversion: ⟦\n"),
        ("README.md", "# one\n\n```toml\none = \"⟦\"\n```\n"),
        ("tbump.toml", "[version]\ncurrent = \"⟦\"\n"),
        ("VERSION", "⟦\n"),
        (".bumpversion.toml", "[tool.bumpversion]\ncurrent_version = \"⟦\"\n"),
        (".release-please-manifest.json", "{\n  \".\": \"⟦\"\n}\n"),
    ];
    let at = |version: &str| files.map(|(path, text)| (path, text.replace('⟦', version)));
    let before = at("1.4.7");
    let mut all: Vec<(&str, &str)> = before.iter().map(|(path, text)| (*path, text.as_str())).collect();
    all.push(("setup.py", "setup(install_requires=[\"two==1.4.7\"])\n"));
    let sandbox = repository(&all, &["v1.4.7"]);
    described(&sandbox).says("found: the same number in setup.py (line 1), which is left to you\n");
    assert!(sandbox.read(FILE).contains("#   setup.py: line 1\n"));
    for (words, version) in
        [(&["minor", "--yes"][..], "1.5.0"), (&["minor", "beta", "--yes"], "1.6.0-beta.1")]
    {
        sandbox.run(words).expect(0);
        for (path, text) in at(version) {
            let text = text.replace("2026-01-01", "2026-02-03");
            assert_eq!(sandbox.read(path), text, "{path}");
        }
        assert_eq!(sandbox.read("setup.py"), "setup(install_requires=[\"two==1.4.7\"])\n");
    }
}

#[test]
fn a_changelog_of_any_usual_name_is_found_and_what_is_no_markdown_is_named() {
    let text = "# Changes\n\n## [Unreleased]\n\n- Something.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";
    let package = ("package.json", "{\"name\": \"own\", \"version\": \"0.1.0\"}\n");
    for path in
        ["Changelog.md", "CHANGES.md", "HISTORY.md", "NEWS.md", "docs/changelog.md", "changelog.markdown"]
    {
        let sandbox = repository(&[package, (path, text)], &[]);
        described(&sandbox).says(&format!("found: changelog {path}\n"));
        sandbox.run(&["patch", "--yes"]).expect(0);
        assert!(sandbox.read(path).contains("## [0.1.1] - 2026-02-03\n\n- Something.\n"), "{path}");
    }
    for path in ["CHANGES.rst", "HISTORY.txt", "NEWS"] {
        let sandbox = repository(&[package, (path, text)], &[]);
        described(&sandbox).says(&format!("left out: {path}: a release rotates Markdown only"));
    }
    let sandbox = repository(&[package, ("CHANGELOG.md", text), ("HISTORY.md", text)], &[]);
    described(&sandbox).says("chosen: changelog: CHANGELOG.md (not: HISTORY.md)\n");
}

#[test]
fn fragments_of_other_tools_are_named_with_the_way_to_convert_them() {
    let text = "# Changes\n\n## [Unreleased]\n\n- Something.\n";
    let base = [("package.json", "{\"name\": \"own\", \"version\": \"0.1.0\"}\n"), ("CHANGELOG.md", text)];
    for (path, says) in [
        ("newsfragments/123.bugfix.rst", "git mv newsfragments/123.bugfix.rst changelog.d/123.fixed.md"),
        (
            "changelog.d/20260101_somebody.md",
            "git mv changelog.d/20260101_somebody.md changelog.d/20260101_somebody.changed.md",
        ),
        (
            ".changes/unreleased/Added-1.yaml",
            "changie's fragments are YAML: write each pending one as `changelog.d/",
        ),
        (
            ".changeset/odd-cats-sing.md",
            "changesets name the packages and bumps of a change: write each pending one",
        ),
        ("towncrier.toml", "towncrier is set up there: its fragments become `changelog.d/<slug>.<type>.md`"),
    ] {
        let sandbox = repository(&[base[0], base[1], (path, "x: y\n")], &[]);
        let words = described(&sandbox).stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(says), "{path}: {words}");
        sandbox.run(&["patch", "--yes"]).expect(0);
    }
    let own = ("changes/1.fixed.md", "It works.\n");
    let sandbox = repository(&[base[0], base[1], own], &[]);
    described(&sandbox).says("found: fragments in changes\n");
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert!(!sandbox.exists(own.0));
}

#[test]
fn the_next_step_fits_the_version_that_stands_there() {
    for (version, word) in
        [("1.4.7", "patch"), ("3.2.0.dev0", "release"), ("3.2.0a1", "alpha"), ("3.2.0rc2", "rc")]
    {
        let sandbox = repository(&[("pyproject.toml", &python("own", version))], &["v1.0.0"]);
        let run = described(&sandbox);
        assert!(run.stdout.ends_with(&format!("\n  trueppm-release {word} --dry-run\n")), "{}", run.stdout);
        sandbox.run(&[word, "--dry-run"]).expect(0);
    }
}

#[test]
fn a_version_only_in_the_old_files_of_setuptools_is_named_with_the_reason() {
    let setup = ("setup.py", "from setuptools import setup\nsetup(name=\"own\", version=\"1.0.0\")\n");
    let cfg = ("setup.cfg", "[metadata]\nname = own\nversion = 1.0.0\n");
    for files in [&[setup][..], &[cfg], &[setup, cfg]] {
        let sandbox = repository(files, &[]);
        let mut run = sandbox.refused(1, &["init"]);
        for (path, _) in files {
            run =
                run.says(&format!("\n  {path}: no release sets a version there; move it to pyproject.toml"));
        }
    }
}
