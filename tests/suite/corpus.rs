//! Releases of the real project's own files, read from the folder that `TRUEPPM_RELEASE_CORPUS` names: manifests,
//! lock files, a changelog of half a megabyte and 982 fragments as people wrote them. Without the variable these
//! tests say so and pass; with it, every one of them runs.

mod ecosystem_tools;
mod layout_0_4;
mod markdown;
mod newer_profile;
mod whole_releases;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::sandbox::{DATE, Sandbox};
use markdown::{bare, expected_items, section_items};

const VARIABLE: &str = "TRUEPPM_RELEASE_CORPUS";
const IN_PROGRESS: &str = "trueppm-0.4-in-progress";
const SETTINGS: &str = "packages/api/src/trueppm_api/settings/base.py";

/// Says past the capture of the test runner that something of the running test does not run here.
fn passed_over(reason: &str) {
    let name = std::thread::current().name().unwrap_or("a corpus test").to_owned();
    std::io::stderr().write_all(format!("{name}: passed over, {reason}\n").as_bytes()).expect("stderr");
}

/// A folder of the corpus; nothing when there is no corpus here, which is said.
fn corpus(folder: &str) -> Option<PathBuf> {
    let Some(corpus) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
        passed_over(&format!("{VARIABLE} is not set"));
        return None;
    };
    let path = Path::new(&corpus).join(folder);
    assert!(path.is_dir(), "{VARIABLE} is set, but there is no folder {}", path.display());
    Some(path)
}

/// Copies every file below `from` into the work tree.
fn copy_into(sandbox: &Sandbox, from: &Path) {
    let mut folders = vec![from.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("corpus folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(from).expect("below").to_str().expect("UTF-8").to_owned();
                sandbox.write(&relative, std::fs::read(&path).expect("corpus file"));
            }
        }
    }
}

/// Settings of the real shape, written for these tests.
fn settings(version: &str) -> String {
    format!(
        "\"\"\"Settings of a test. VERSION = \"9.9.9\" is not it.\"\"\"\n\nCACHES = {{\"default\": {{\"VERSION\": 3}}}}\n\n\
         SPECTACULAR_SETTINGS = {{\n    \"TITLE\": \"TruePPM API\",\n    # \"VERSION\": \"0.1.0\",\n    \
         \"VERSION\": {version},\n    \"SWAGGER_UI_SETTINGS\": {{\"VERSION\": \"5\"}},\n}}\n"
    )
}

/// Rewrites the version in the real OpenAPI document and leaves its three megabytes as they are.
const EXPORT: &str = r#"#!/usr/bin/env bash
set -euo pipefail
version=$(sed -n 's/^    "VERSION": "\(.*\)",$/\1/p' packages/api/src/trueppm_api/settings/base.py)
[ -n "$version" ]
document=docs/api/openapi.json
sed "/^    \"info\": {/,/^    }/ s/\"version\": \"[^\"]*\"/\"version\": \"$version\"/" "$document" > exported.tmp
mv exported.tmp "$document"
"#;

/// A tree of the corpus as a repository, completed by settings and an export script of the same shape.
fn repository(tree: &Path, setting: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, tree);
    sandbox.write(SETTINGS, settings(setting));
    sandbox.write("scripts/export-openapi.sh", EXPORT);
    sandbox.commit_all("feat: everything");
    sandbox
}

/// The only place where a text stands, replaced.
#[track_caller]
fn once(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` does not stand there exactly once");
    text.replacen(from, to, 1)
}

/// What `git diff` says about the release commit: the letter of every path.
fn changes(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let listed = sandbox.git(&["diff", "--name-status", "--no-renames", "HEAD^", "HEAD"]);
    let line = |line: &str| {
        let (letter, path) = line.split_once('\t').expect("letter and path");
        (path.to_owned(), letter.to_owned())
    };
    listed.lines().map(line).collect()
}

/// Asserts that a file changed in the commit and in the work tree to exactly this.
#[track_caller]
fn assert_file(sandbox: &Sandbox, path: &str, expected: &str) {
    assert!(sandbox.read(path) == expected, "{path} in the work tree is not as expected");
    assert!(sandbox.git(&["show", &format!("HEAD:{path}")]) == expected, "{path} at HEAD is not as expected");
}

/// File names and texts of the fragments of a folder, in byte order.
fn fragments(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("fragments") {
        let entry = entry.expect("entry");
        let name = entry.file_name().into_string().expect("UTF-8");
        if name != "README.md" {
            found.push((name, std::fs::read_to_string(entry.path()).expect("fragment")));
        }
    }
    found.sort();
    found
}

/// `Fixed` for `a-1.2.fixed.md`.
fn category_of(name: &str) -> String {
    let kind = name.strip_suffix(".md").and_then(|stem| stem.rsplit('.').next()).expect("type");
    let (first, rest) = kind.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// Asserts that a section holds the items of these fragments, each under its heading, in this order and no others.
#[track_caller]
fn assert_items(found: &BTreeMap<String, Vec<String>>, fragments: &[(String, String)]) {
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, text) in fragments {
        let category = category_of(name);
        let items = expected_items(text, &category);
        assert!(!items.is_empty(), "{name} yields no item");
        expected.entry(category).or_default().extend(items.iter().map(|item| bare(item)));
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (category, expected) in &expected {
        for (number, (found, expected)) in found[category].iter().zip(expected).enumerate() {
            assert_eq!(found, expected, "item {number} under {category}");
        }
        assert_eq!(found[category].len(), expected.len(), "items under {category}");
    }
}

#[test]
fn every_real_fragment_lands_exactly_once_as_items_of_its_own_under_its_heading() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = repository(&tree, "\"0.4.0b1\"");
    let before = sandbox.read("CHANGELOG.md");
    let fragments = fragments(&tree.join("changelog.d"));
    assert_eq!(fragments.len(), 982, "the corpus holds 982 fragments");
    sandbox.run(&["release", "--yes"]).expect(0);

    let after = sandbox.read("CHANGELOG.md");
    let found = section_items(&after, &format!("0.4.0 - {DATE}"));
    assert_items(&found, &fragments);
    let all: Vec<&String> = found.values().flatten().collect();
    for item in &all {
        let twins = all.iter().filter(|other| other == &item).count();
        assert_eq!(twins, 1, "an item stands {twins} times: {item}");
    }
    let order: Vec<&str> = after
        .split_once(&format!("\n## [0.4.0] - {DATE}\n"))
        .and_then(|(_, rest)| rest.split_once("\n## ["))
        .map(|(section, _)| section.lines().filter(|line| line.starts_with("### ")).collect())
        .expect("the new section");
    assert_eq!(order, ["### Added", "### Changed", "### Fixed", "### Security"], "Keep a Changelog's order");

    let start = "\n## [0.3.0-alpha.3]";
    let (_, older) = before.split_at(before.find(start).expect("older sections"));
    assert!(older.contains("\n## Schedule — dep-type UX polish"), "the corpus has its stray heading");
    assert!(after.ends_with(older), "older sections stay byte for byte");
    let (head, _) = before.split_once("\n_Nothing yet._").expect("placeholder");
    assert!(after.starts_with(&format!("{head}\n## [0.4.0] - {DATE}\n")), "what stands above stays");
    assert_eq!(after.matches("_Nothing yet._").count(), before.matches("_Nothing yet._").count() - 1);
}

#[test]
fn a_stable_release_changes_only_the_expected_bytes_of_the_real_manifests() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = repository(&tree, "\"0.4.0b1\"");
    let before = |path: &str| std::fs::read_to_string(tree.join(path)).expect("corpus file");
    let run = sandbox.run(&["release", "--yes"]).expect(0);
    let mut expected: BTreeMap<String, String> = fragments(&tree.join("changelog.d"))
        .into_iter()
        .map(|(name, _)| (format!("changelog.d/{name}"), "D".to_owned()))
        .collect();
    expected.insert("CHANGELOG.md".into(), "M".into());
    let own = |path: &str, name: &str| {
        let entry = |version: &str| format!("\nname = \"{name}\"\nversion = \"{version}\"\n");
        once(&before(path), &entry("0.4.0b1"), &entry("0.4.0"))
    };
    let lock = before("packages/web/package-lock.json");
    assert_eq!(lock.matches("\"version\": \"0.4.0-beta.1\"").count(), 2);
    for (path, after) in [
        (
            "packages/api/pyproject.toml",
            once(
                &before("packages/api/pyproject.toml"),
                "\nversion = \"0.4.0-beta.1\"\n",
                "\nversion = \"0.4.0\"\n",
            ),
        ),
        (
            "packages/scheduler/pyproject.toml",
            once(
                &before("packages/scheduler/pyproject.toml"),
                "\nversion = \"0.4.0b1\"\n",
                "\nversion = \"0.4.0\"\n",
            ),
        ),
        (
            "packages/web/package.json",
            once(
                &before("packages/web/package.json"),
                "\"version\": \"0.4.0-beta.1\"",
                "\"version\": \"0.4.0\"",
            ),
        ),
        (
            "packages/web/package-lock.json",
            lock.replace("\"version\": \"0.4.0-beta.1\"", "\"version\": \"0.4.0\""),
        ),
        ("packages/api/uv.lock", own("packages/api/uv.lock", "trueppm-api")),
        ("packages/scheduler/uv.lock", own("packages/scheduler/uv.lock", "trueppm-scheduler")),
        (SETTINGS, settings("\"0.4.0\"")),
        (
            "docs/api/openapi.json",
            once(
                &before("docs/api/openapi.json"),
                "        \"version\": \"0.4.0b1\",",
                "        \"version\": \"0.4.0\",",
            ),
        ),
    ] {
        assert_file(&sandbox, path, &after);
        expected.insert(path.to_owned(), "M".into());
    }
    // Not among them: the chart, which said 0.4.0 already, and packages that the built-in layout does not name.
    assert_eq!(changes(&sandbox), expected);
    assert_eq!(sandbox.read("changelog.d/README.md"), before("changelog.d/README.md"));
    assert_eq!(sandbox.git(&["ls-files", "changelog.d"]), "changelog.d/README.md\n");
    let registry = "name = \"trueppm-scheduler\"\nversion = \"0.2.0a1\"\nsource = { registry";
    assert!(
        sandbox.read("packages/api/uv.lock").contains(registry),
        "a registry package of the same name stays"
    );
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.4.0\nv0.4.0\n");
    let warnings: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warnings.len(), 2, "the settings drifted, the chart holds the new version: {warnings:?}");
    assert!(warnings[0].contains("`packages/scheduler/CHANGELOG.md` gets no section"), "{warnings:?}");
    assert!(warnings[1].contains(SETTINGS) && warnings[1].contains("`0.4.0b1`"), "{warnings:?}");
}

#[test]
fn a_configuration_reaches_the_real_packages_that_the_built_in_layout_does_not_know() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = repository(&tree, "\"0.4.0\"");
    let more = "\n[[manifest]]\npath = \"packages/mcp/pyproject.toml\"\nvalue = \"{pep440}\"\n\
                \n[[manifest]]\npath = \"packages/mcp/uv.lock\"\nvalue = \"{pep440}\"\n\
                \n[[manifest]]\npath = \"packages/mcp/server.json\"\nformat = \"json\"\nkey = \"/version\"\n\
                \n[[manifest]]\npath = \"packages/mcp/server.json\"\nformat = \"json\"\nkey = \"/packages/0/version\"\nvalue = \"{pep440}\"\n\
                \n[[manifest]]\npath = \"packages/wasm-scheduler/Cargo.toml\"\n\
                \n[[manifest]]\npath = \"packages/wasm-scheduler/Cargo.lock\"\n";
    sandbox.write("trueppm-release.toml", format!("{}{more}", trueppm_release::config::built_in()));
    sandbox.commit_all("chore: more packages");
    sandbox.run(&["beta", "--yes"]).expect(0);
    let before = |path: &str| std::fs::read_to_string(tree.join(path)).expect("corpus file");
    let server = once(&before("packages/mcp/server.json"), "\"0.4.0-beta.1\"", "\"0.4.0-beta.2\"");
    assert_file(&sandbox, "packages/mcp/server.json", &once(&server, "\"0.4.0b1\"", "\"0.4.0b2\""));
    for (path, from, to) in [
        ("packages/mcp/pyproject.toml", "\nversion = \"0.4.0b1\"\n", "\nversion = \"0.4.0b2\"\n"),
        (
            "packages/mcp/uv.lock",
            "name = \"trueppm-mcp\"\nversion = \"0.4.0b1\"\n",
            "name = \"trueppm-mcp\"\nversion = \"0.4.0b2\"\n",
        ),
        (
            "packages/wasm-scheduler/Cargo.toml",
            "\nversion = \"0.4.0-beta.1\"\n",
            "\nversion = \"0.4.0-beta.2\"\n",
        ),
        (
            "packages/wasm-scheduler/Cargo.lock",
            "name = \"trueppm-wasm-scheduler\"\nversion = \"0.4.0-beta.1\"\n",
            "name = \"trueppm-wasm-scheduler\"\nversion = \"0.4.0-beta.2\"\n",
        ),
    ] {
        assert_file(&sandbox, path, &once(&before(path), from, to));
    }
    assert_eq!(sandbox.read("CHANGELOG.md"), before("CHANGELOG.md"), "a pre-release does not rotate");
    assert!(sandbox.exists("changelog.d/django-5.2.16.security.md"));
}

#[test]
fn a_chart_whose_dependencies_hold_its_own_old_version_moves_without_them_3907() {
    let Some(tree) = corpus("trueppm-0.3.0-alpha.2/before") else { return };
    let sandbox = repository(&tree, "\"0.3.0\"");
    let run = sandbox.run(&["alpha", "--yes"]).expect(0);
    let before = std::fs::read_to_string(tree.join("packages/helm/Chart.yaml")).expect("chart");
    assert!(before.matches("version: \"0.2.0\"").count() > 1, "dependencies at the chart's old version");
    let after = once(&before, "\nversion: 0.2.0\n", "\nversion: 0.3.0-alpha.2\n");
    let after = once(&after, "\nappVersion: \"0.2.0\"\n", "\nappVersion: \"0.3.0-alpha.2\"\n");
    assert_file(&sandbox, "packages/helm/Chart.yaml", &after);
    run.says("`0.2.0` where `0.3.0-alpha.1` was expected");
}

#[test]
fn a_real_package_lock_that_lags_its_package_json_follows_with_a_warning_1389() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = repository(&tree, "\"0.4.0\"");
    let path = "packages/web/package-lock.json";
    let lagging =
        sandbox.read(path).replace("\"version\": \"0.4.0-beta.1\"", "\"version\": \"0.3.0-alpha.1\"");
    sandbox.write(path, &lagging);
    sandbox.commit_all("chore: a lock file that nobody updated");
    let run = sandbox.run(&["release", "--yes"]).expect(0);
    assert_eq!(lagging.matches("\"version\": \"0.3.0-alpha.1\"").count(), 2);
    let after = lagging.replace("\"version\": \"0.3.0-alpha.1\"", "\"version\": \"0.4.0\"");
    assert_file(&sandbox, path, &after);
    run.says("packages/web/package-lock.json").says("`0.3.0-alpha.1` where `0.4.0-beta.1` was expected");
}

#[test]
fn a_version_setting_that_is_a_name_is_refused_with_the_expression_shown() {
    let Some(tree) = corpus("trueppm-0.3.0-alpha.2/before") else { return };
    let sandbox = repository(&tree, "TRUEPPM_VERSION");
    let run = sandbox.refused(1, &["release", "--yes"]);
    run.says(SETTINGS).says("TRUEPPM_VERSION").says("hint:");
}

#[test]
fn real_fragments_with_headings_keep_them_inside_their_items_and_lose_the_one_that_is_their_type() {
    let Some(folder) = corpus("fragments-with-headings") else { return };
    let sandbox = Sandbox::suite();
    for name in ["101.added.md", "102.added.md", "103.changed.md", "django-5.2.17.security.md"] {
        sandbox.remove(&format!("changelog.d/{name}"));
    }
    let fragments = fragments(&folder);
    assert_eq!(fragments.len(), 3, "the corpus holds three fragments with headings");
    for (name, text) in &fragments {
        sandbox.write(&format!("changelog.d/{name}"), text);
    }
    sandbox.commit_all("chore: fragments with headings");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    let warned = |name: &str| {
        run.stderr.lines().filter(|line| line.starts_with("warning") && line.contains(name)).count()
    };
    assert_eq!(warned("249-253.changed.md"), 1, "{}", run.stderr);
    assert_eq!(warned("502.added.md"), 1, "{}", run.stderr);
    assert_eq!(warned("294-notes-normalization.added.md"), 0, "{}", run.stderr);

    let changelog = sandbox.read("CHANGELOG.md");
    let found = section_items(&changelog, &format!("0.2.0 - {DATE}"));
    let expected = |name: &str, category: &str| -> Vec<String> {
        let text = &fragments.iter().find(|(other, _)| other == name).expect("fragment").1;
        expected_items(text, category).iter().map(|item| bare(item)).collect()
    };
    let changed = expected("249-253.changed.md", "Changed");
    assert_eq!(changed.len(), 1);
    assert!(changed[0].starts_with("H2 Schedule — dep-type UX polish"), "{}", changed[0]);
    assert_eq!(found["Changed"], changed);
    let notes = expected("294-notes-normalization.added.md", "Added");
    let program = expected("502.added.md", "Added");
    assert!(notes.len() > 1, "bullets below the heading stay items of their own");
    assert_eq!(program.len(), 1);
    assert_eq!(found["Added"], [notes, program].concat());
    assert_eq!(changelog.matches("### Added\n").count(), 2, "one of the new section, one of the old one");
    assert!(section_items(&changelog, "0.1.0 - 2026-01-15").contains_key("Added"), "nothing swallows it");
}
