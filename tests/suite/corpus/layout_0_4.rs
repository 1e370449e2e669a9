//! The layout of the project as it is today, as far as it holds versions: three Python packages, a web package, a crate, a
//! chart, five lock files, both versions of one JSON file, a pin in a README. It is cut as beta, rc and release in
//! sequence; parsers that are not ours read every file before and after and must agree on everything but the versions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{IN_PROGRESS, copy_into, corpus};
use crate::manifests::configuration;
use crate::sandbox::Sandbox;

/// Everything that holds a version; other parts of a configuration go around it.
pub(crate) const VERSIONS: &str = r#"
[[manifest]]
path = "packages/api/pyproject.toml"

[[manifest]]
path = "packages/*/pyproject.toml"
value = "{pep440}"

[[manifest]]
path = "packages/web/package.json"

[[manifest]]
path = "packages/wasm-scheduler/Cargo.toml"

# What the registry shows, and the package it starts: one version in two spellings.
[[manifest]]
path = "packages/mcp/server.json"
key = "/version"

[[manifest]]
path = "packages/mcp/server.json"
key = "/packages/0/version"
value = "{pep440}"

[[manifest]]
path = "packages/helm/Chart.yaml"
follows = true

[[manifest]]
path = "packages/*/uv.lock"
value = "{pep440}"
follows = true

[[manifest]]
path = "packages/web/package-lock.json"
follows = true

[[manifest]]
path = "packages/wasm-scheduler/Cargo.lock"
follows = true

[[pattern]]
path = "packages/scheduler/README.md"
find = "trueppm-scheduler=={previous-pep440}"
replace = "trueppm-scheduler=={pep440}"
count = 1

[[ignore]]
path = "packages/helm/charts/**"
reason = "vendored subcharts with versions of their own"
"#;

/// The files that hold a version, with the places where it stands and the spelling it has there.
const PLACES: [(&str, &[(&str, Spelling)]); 13] = [
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

#[test]
fn beta_rc_and_release_move_every_version_and_nothing_else() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, &tree);
    let head = configuration("packages/api/pyproject.toml", VERSIONS);
    // Nothing that holds a version may be left out of this layout.
    sandbox.write("trueppm-release.toml", head.replace("[release]\n", "[release]\nunlisted = \"refuse\"\n"));
    sandbox.commit_all("feat: everything");

    let preview = sandbox.run(&["beta", "--dry-run"]).expect(0);
    let said = format!("{}{}", preview.stdout, preview.stderr);
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains("warning")).collect();
    assert_eq!(warnings.len(), 2, "the chart already says 0.4.0, in both places: {warnings:?}");
    assert!(warnings.iter().all(|line| line.contains("Chart.yaml") && line.contains("`0.4.0`")));

    for (word, semver, pep440) in
        [("beta", "0.4.0-beta.2", "0.4.0b2"), ("rc", "0.4.0-rc.1", "0.4.0rc1"), ("release", "0.4.0", "0.4.0")]
    {
        let before: BTreeMap<&str, String> =
            PLACES.iter().map(|(path, _)| (*path, sandbox.read(path))).collect();
        sandbox.run(&[word, "--yes"]).expect(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        let changed = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]);
        let mut expected: Vec<&str> = PLACES.iter().map(|(path, _)| *path).collect();
        expected.sort_unstable();
        assert_eq!(changed.lines().collect::<Vec<_>>(), expected, "{word}");
        for (path, places) in PLACES {
            let (before, after) = (&before[path], sandbox.read(path));
            assert_eq!(sandbox.git(&["show", &format!("v{semver}:{path}")]), after);
            let (old, new) = (parsed(path, before), parsed(path, &after));
            let mut found = BTreeMap::new();
            differences(&old, &new, "", &mut found);
            let expected: BTreeMap<String, String> = places
                .iter()
                .map(|(place, spelling)| {
                    let version = match spelling {
                        Spelling::Semver => semver,
                        Spelling::Pep440 => pep440,
                    };
                    let pin = if place.is_empty() { "trueppm-scheduler==" } else { "" };
                    (pointer(&old, place), format!("{pin}{version}"))
                })
                .collect();
            let found: BTreeMap<String, String> = found.into_iter().map(|(at, (_, new))| (at, new)).collect();
            assert_eq!(found, expected, "{word}: {path}");
            // Not only the values: also the bytes around them are the same.
            let lines = |text: &str| text.split('\n').count();
            assert_eq!(lines(before), lines(&after), "{path}");
            let differ = before.split('\n').zip(after.split('\n')).filter(|(one, other)| one != other);
            assert_eq!(differ.count(), expected.len(), "{word}: {path}");
        }
    }
    assert_eq!(sandbox.git(&["tag", "--list"]), "v0.4.0\nv0.4.0-beta.2\nv0.4.0-rc.1\n");
    let registry = "name = \"trueppm-scheduler\"\nversion = \"0.2.0a1\"\nsource = { registry";
    assert!(sandbox.read("packages/api/uv.lock").contains(registry), "the registry's package stays");
}

#[test]
fn a_package_that_this_layout_does_not_list_is_named_2602() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, &tree);
    let crate_ = "[[manifest]]\npath = \"packages/wasm-scheduler/Cargo.toml\"\n";
    let without = VERSIONS.replace(crate_, "");
    assert_ne!(without.len(), VERSIONS.len());
    sandbox.write("trueppm-release.toml", configuration("packages/api/pyproject.toml", &without));
    sandbox.commit_all("feat: everything");
    let run = sandbox.run(&["beta", "--yes"]).expect(0);
    run.says("`packages/wasm-scheduler/Cargo.toml:3` holds the version `0.4.0-beta.1` and is neither listed nor ignored");
}
