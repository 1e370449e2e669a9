//! The whole layout of the project as it is today, from one configuration: three Python packages, a web package, a crate,
//! a chart, five lock files, both versions of one JSON file, a pin in a README, an exported schema of three megabytes,
//! two changelogs, three tags. It is cut as beta, rc and release in sequence; parsers that are not ours read every file
//! before and after and must agree on everything but the versions, and each ecosystem's own tool takes the result.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::ecosystem_tools::Tools;
use super::markdown::section_items;
use super::{IN_PROGRESS, SETTINGS, assert_items, changes, copy_into, corpus, fragments, settings};
use crate::sandbox::Sandbox;

const LAYOUT: &str = include_str!("trueppm-0.4.toml");
const SCHEDULER: &str = "packages/scheduler/CHANGELOG.md";
const EXPORT: &str = "scripts/export-openapi.sh";

/// Writes the version that the environment gives into the real document and leaves its three megabytes as they are.
const EXPORTS: &str = r#"#!/usr/bin/env bash
set -euo pipefail
document=docs/api/openapi.json
sed "/^    \"info\": {/,/^    }/ s/\"version\": \"[^\"]*\"/\"version\": \"${TRUEPPM_VERSION:?}\"/" "$document" > exported.tmp
mv exported.tmp "$document"
"#;

/// The files that hold a version, with the places where it stands and the spelling it has there.
const PLACES: [(&str, &[(&str, Spelling)]); 14] = [
    ("docs/api/openapi.json", &[("/info/version", Spelling::Pep440)]),
    ("packages/api/pyproject.toml", &[("/project/version", Spelling::Semver)]),
    ("packages/scheduler/pyproject.toml", &[("/project/version", Spelling::Pep440)]),
    ("packages/mcp/pyproject.toml", &[("/project/version", Spelling::Pep440)]),
    ("packages/web/package.json", &[("/version", Spelling::Semver)]),
    ("packages/wasm-scheduler/Cargo.toml", &[("/package/version", Spelling::Semver)]),
    (
        "packages/mcp/server.json",
        &[("/version", Spelling::Semver), ("/packages/0/version", Spelling::Pep440)],
    ),
    ("packages/helm/Chart.yaml", &[("/version", Spelling::Semver), ("/appVersion", Spelling::Semver)]),
    ("packages/api/uv.lock", &[("trueppm-api", Spelling::Pep440)]),
    ("packages/scheduler/uv.lock", &[("trueppm-scheduler", Spelling::Pep440)]),
    ("packages/mcp/uv.lock", &[("trueppm-mcp", Spelling::Pep440)]),
    (
        "packages/web/package-lock.json",
        &[("/version", Spelling::Semver), ("/packages//version", Spelling::Semver)],
    ),
    ("packages/wasm-scheduler/Cargo.lock", &[("trueppm-wasm-scheduler", Spelling::Semver)]),
    ("packages/scheduler/README.md", &[("", Spelling::Pep440)]),
];

#[derive(Clone, Copy)]
enum Spelling {
    Semver,
    Pep440,
}

/// A file as a parser that is not ours reads it.
fn parsed(path: &str, text: &str) -> Value {
    match path.rsplit('.').next() {
        Some("toml" | "lock") => toml::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}")),
        Some("json") => serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}")),
        Some("yaml") => serde_yaml_ng::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}")),
        _ => Value::Array(text.split('\n').map(Value::from).collect()),
    }
}

/// Every place where two documents differ, with both values.
fn differences(before: &Value, after: &Value, at: &str, into: &mut BTreeMap<String, (String, String)>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            assert!(one.keys().eq(other.keys()), "keys at {at}");
            for (key, value) in one {
                differences(value, &other[key], &format!("{at}/{key}"), into);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            assert_eq!(one.len(), other.len(), "entries at {at}");
            for (index, (value, other)) in one.iter().zip(other).enumerate() {
                differences(value, other, &format!("{at}/{index}"), into);
            }
        }
        (one, other) if one == other => {}
        (Value::String(one), Value::String(other)) => {
            into.insert(at.to_owned(), (one.clone(), other.clone()));
        }
        (one, other) => panic!("{at}: {one} became {other}"),
    }
}

/// The pointer to the version of a place; for a lock file it is told by the name of the one entry that no registry has.
fn pointer(document: &Value, place: &str) -> String {
    if place.starts_with('/') {
        return place.to_owned();
    }
    let Some(packages) = document.get("package").and_then(Value::as_array) else {
        let lines = document.as_array().expect("lines");
        let pin = |line: &Value| line.as_str().is_some_and(|line| line.starts_with("trueppm-scheduler=="));
        return format!("/{}", lines.iter().position(pin).expect("the pin"));
    };
    let own = |entry: &Value| {
        let source = entry.get("source");
        entry["name"] == place && source.is_none_or(|source| source.get("registry").is_none())
    };
    let found: Vec<usize> =
        packages.iter().enumerate().filter(|(_, entry)| own(entry)).map(|(index, _)| index).collect();
    assert_eq!(found.len(), 1, "{place} is in the lock file once");
    format!("/package/{}/version", found[0])
}

/// One version in the spellings that this layout has for it.
struct Version {
    semver: String,
    pep440: String,
}

impl Version {
    fn of(semver: &str) -> Self {
        let pep440: pep440_rs::Version = semver.parse().expect("a version");
        Self { semver: semver.to_owned(), pep440: pep440.to_string() }
    }

    /// Its tags, sorted, with the line that each says.
    fn tags(&self) -> [(String, String); 3] {
        let Self { semver, pep440 } = self;
        [
            (format!("mcp-v{pep440}"), format!("Release trueppm-mcp {pep440}")),
            (format!("scheduler-v{pep440}"), format!("Release trueppm-scheduler {pep440}")),
            (format!("v{semver}"), format!("Release v{semver}")),
        ]
    }
}

/// The tree of the corpus as a repository with this configuration, at the version that it holds: a beta.
fn repository(tree: &Path, layout: &str) -> (Sandbox, Version) {
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, tree);
    sandbox.write(SETTINGS, settings("TRUEPPM_VERSION"));
    sandbox.write(EXPORT, EXPORTS);
    sandbox.write("trueppm-release.toml", layout);
    sandbox.commit_all("feat: everything");
    let api = parsed("pyproject.toml", &sandbox.read("packages/api/pyproject.toml"));
    let current = Version::of(api["project"]["version"].as_str().expect("a version"));
    for (tag, says) in current.tags() {
        sandbox.git(&["tag", "-a", &tag, "-m", &says]);
    }
    (sandbox, current)
}

/// Asserts that every file that holds a version holds the new one in every place, and otherwise what it held.
#[track_caller]
fn assert_only_versions_moved(sandbox: &Sandbox, before: &BTreeMap<&str, String>, version: &Version) {
    for (path, places) in PLACES {
        let (before, after) = (&before[path], sandbox.read(path));
        assert!(sandbox.git(&["show", &format!("v{}:{path}", version.semver)]) == after, "{path} of the tag");
        let (old, new) = (parsed(path, before), parsed(path, &after));
        let mut found = BTreeMap::new();
        differences(&old, &new, "", &mut found);
        let expected: BTreeMap<String, String> = places
            .iter()
            .map(|(place, spelling)| {
                let version = match spelling {
                    Spelling::Semver => &version.semver,
                    Spelling::Pep440 => &version.pep440,
                };
                let pin = if place.is_empty() { "trueppm-scheduler==" } else { "" };
                (pointer(&old, place), format!("{pin}{version}"))
            })
            .collect();
        let found: BTreeMap<String, String> = found.into_iter().map(|(at, (_, new))| (at, new)).collect();
        assert_eq!(found, expected, "{path}");
        // Not only the values: also the bytes around them are the same.
        let lines = |text: &str| text.split('\n').count();
        assert_eq!(lines(before), lines(&after), "{path}");
        let differ = before.split('\n').zip(after.split('\n')).filter(|(one, other)| one != other);
        assert_eq!(differ.count(), expected.len(), "{path}");
    }
}

/// Asserts that the release commit has its three annotated tags, a clean work tree and sound objects.
#[track_caller]
fn assert_released(sandbox: &Sandbox, version: &Version) {
    let format = "--format=%(refname:short) %(objecttype) %(contents:subject)";
    let expected: String = version.tags().iter().map(|(tag, says)| format!("{tag} tag {says}\n")).collect();
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD", format]), expected);
    let subject = format!("chore(release): bump version to {}\n", version.semver);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]), subject);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    let fsck = sandbox.git_run(&["fsck", "--strict", "--full", "--no-progress"]).expect(0);
    assert_eq!(format!("{}{}", fsck.stdout, fsck.stderr), "");
}

#[test]
fn beta_rc_and_release_of_the_whole_layout_come_from_one_configuration() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let (sandbox, current) = repository(&tree, LAYOUT);
    let tools = Tools::here();
    let suite = sandbox.read("CHANGELOG.md");
    let scheduler = sandbox.read(SCHEDULER);
    let fragments = fragments(&tree.join("changelog.d"));
    assert_eq!(fragments.len(), 982, "the corpus holds 982 fragments");
    let (base, beta) = current.semver.split_once("-beta.").expect("the corpus is at a beta");
    let next = beta.parse::<u32>().expect("a number") + 1;
    let versions = [format!("{base}-beta.{next}"), format!("{base}-rc.1"), base.to_owned()]
        .map(|text| Version::of(&text));

    let preview = sandbox.run(&["beta", "--dry-run", "--strict"]).expect(0);
    let said = format!("{}{}", preview.stdout, preview.stderr);
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains("warning")).collect();
    assert_eq!(warnings.len(), 2, "the chart already says {base}, in both places: {warnings:?}");
    assert!(warnings.iter().all(|line| line.contains("Chart.yaml") && line.contains(&format!("`{base}`"))));

    // A missing summary is noticed before a fragment is gone.
    let missing = sandbox.refused(1, &["release", "--yes"]);
    missing.says("`CHANGELOG.md` opens each release with a summary, and there is none (line 14)");
    let summary = "**The first stable one.** What the betas promised.";
    let words: [(&[&str], &str); 3] = [
        (&["beta"], "2026-09-01"),
        (&["rc"], "2026-09-02"),
        (&["release", "--summary", summary], "2026-09-03"),
    ];
    for ((words, date), version) in words.into_iter().zip(&versions) {
        if words == ["rc"] {
            sandbox.replace(SCHEDULER, "## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A fix.\n");
            sandbox.commit_all("fix: something");
        }
        let before: BTreeMap<&str, String> =
            PLACES.iter().map(|(path, _)| (*path, sandbox.read(path))).collect();
        sandbox.run(&[words, &["--yes", "--date", date]].concat()).expect(0);
        assert_released(&sandbox, version);
        assert_only_versions_moved(&sandbox, &before, version);

        let mut expected: BTreeMap<String, String> =
            PLACES.iter().map(|(path, _)| ((*path).to_owned(), "M".to_owned())).collect();
        expected.insert(SCHEDULER.into(), "M".into());
        if version.semver == base {
            expected.insert("CHANGELOG.md".into(), "M".into());
            let consumed = fragments.iter().map(|(name, _)| (format!("changelog.d/{name}"), "D".into()));
            expected.extend(consumed);
        } else {
            assert!(
                sandbox.read("CHANGELOG.md") == suite,
                "the suite's changelog waits for a stable release"
            );
        }
        assert_eq!(changes(&sandbox), expected, "{}", version.semver);
        tools.accept(&sandbox, &format!("v{}", version.semver), &version.semver, &version.pep440);
    }

    assert_eq!(sandbox.git(&["tag", "--list"]).lines().count(), 3 * (1 + versions.len()));
    let registry = "name = \"trueppm-scheduler\"\nversion = \"0.2.0a1\"\nsource = { registry";
    assert!(sandbox.read("packages/api/uv.lock").contains(registry), "the registry's package stays");
    assert_eq!(sandbox.read(SETTINGS), settings("TRUEPPM_VERSION"));
    assert_eq!(sandbox.git(&["ls-files", "changelog.d"]), "changelog.d/README.md\n");
    assert_suite_changelog(&sandbox, &suite, &format!("{base}] — 2026-09-03"), summary, &fragments);
    assert_scheduler_changelog(&sandbox, &scheduler, &current, &versions);
}

/// Asserts that the stable release took every fragment, under its summary, and left the rest as it was.
#[track_caller]
fn assert_suite_changelog(
    sandbox: &Sandbox,
    before: &str,
    heading: &str,
    summary: &str,
    fragments: &[(String, String)],
) {
    let (head, older) = before.split_once("_Nothing yet._\n").expect("placeholder");
    let after = sandbox.read("CHANGELOG.md");
    let opening = format!("{head}_Nothing yet._\n\n## [{heading}\n\n{summary}\n\n### Added\n- ");
    assert!(after.starts_with(&opening), "{}", after.get(..2000).unwrap_or_default());
    assert!(after.ends_with(older), "older sections stay byte for byte");
    let items = section_items(&after.replacen(summary, "", 1), &heading.replacen(']', "", 1));
    assert_items(&items, fragments);
}

/// Asserts that the library's changelog has a section and a link for each release, and nothing else is new.
#[track_caller]
fn assert_scheduler_changelog(sandbox: &Sandbox, before: &str, current: &Version, versions: &[Version; 3]) {
    let current = &current.pep440;
    let [beta, rc, stable] = versions.each_ref().map(|version| &version.pep440);
    let (head, older) = before.split_once(&format!("## [{current}]")).expect("the newest section");
    let (older, footer) = older.split_once("\n[Unreleased]: ").expect("footer");
    let (link, footer) = footer.split_once('\n').expect("older links");
    let compare = link.strip_suffix(&format!("scheduler-v{current}...main")).expect("a compare link");
    let nothing = "_No library-facing changes in this release._";
    assert_eq!(
        sandbox.read(SCHEDULER),
        format!(
            "{head}## [{stable}] - 2026-09-03\n\n{nothing}\n\n## [{rc}] - 2026-09-02\n\n### Fixed\n\n- A fix.\n\n\
             ## [{beta}] - 2026-09-01\n\n{nothing}\n\n## [{current}]{older}\n\
             [Unreleased]: {compare}scheduler-v{stable}...main\n\
             [{stable}]: {compare}scheduler-v{rc}...scheduler-v{stable}\n\
             [{rc}]: {compare}scheduler-v{beta}...scheduler-v{rc}\n\
             [{beta}]: {compare}scheduler-v{current}...scheduler-v{beta}\n{footer}"
        )
    );
}

#[test]
fn the_configuration_of_the_whole_layout_says_nothing_about_one_release() {
    let release = regex::Regex::new(r"[0-9]+\.[0-9]+|[0-9]{4}-[0-9]{2}").expect("a pattern");
    let named: Vec<&str> = LAYOUT.lines().filter(|line| release.is_match(line)).collect();
    assert_eq!(named, Vec::<&str>::new());
}

#[test]
fn an_export_that_does_not_take_the_version_from_the_environment_stops_the_release_1018() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let (sandbox, current) = repository(&tree, LAYOUT);
    sandbox.write(EXPORT, "echo 'nothing to do'\n");
    sandbox.commit_all("chore: a lazy export");
    let before = sandbox.state().without_objects();
    let held = format!("holds `{}` at `/info/version`, expected `", current.pep440);
    sandbox.run(&["beta", "--yes"]).expect(4).says(&held);
    before.assert_same(&sandbox.state().without_objects());
}

#[test]
fn a_package_that_this_layout_does_not_list_is_named_2602() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let crate_ = "[[manifest]]\npath = \"packages/wasm-scheduler/Cargo.toml\"\n";
    assert!(LAYOUT.contains(crate_));
    let (sandbox, current) = repository(&tree, &LAYOUT.replace(crate_, ""));
    let said = format!(
        "`packages/wasm-scheduler/Cargo.toml:3` holds the version `{}` and is neither listed nor ignored",
        current.semver
    );
    sandbox.refused(1, &["beta", "--yes"]).says(&said);
    let warn = LAYOUT.replace(crate_, "").replace("unlisted = \"refuse\"\n", "");
    sandbox.write("trueppm-release.toml", warn);
    sandbox.commit_all("chore: only warn");
    sandbox.run(&["beta", "--yes"]).expect(0).says(&said);
}
