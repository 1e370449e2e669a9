//! Releases of the real files without any configuration, compared byte for byte with what the release script of that
//! layout makes of them. The script's work is done here a second time, by the plain replacement of lines that it is, and
//! shares nothing with the program.

use std::path::Path;

use super::{IN_PROGRESS, SETTINGS, changes, copy_into, corpus, fragments, once, settings};
use crate::sandbox::Sandbox;

const SCHEDULERS: &str = "packages/scheduler/CHANGELOG.md";
const MODULE: &str = "packages/mcp/src/trueppm_mcp/__init__.py";
const CALLOUT: &str = "packages/website/src/content/docs/features/a.md";

/// Stands in for the export: the version comes from the environment, the three megabytes stay.
const EXPORT: &str = r#"#!/usr/bin/env bash
set -euo pipefail
document=docs/api/openapi.json
sed "/^    \"info\": {/,/^    }/ s/\"version\": \"[^\"]*\"/\"version\": \"${TRUEPPM_VERSION:?}\"/" "$document" > exported.tmp
mv exported.tmp "$document"
"#;

/// Stands in for the removal of callouts: not before the roadmap says so.
const CALLOUTS: &str = r#"[ "$1 $2" = "0.4 --apply" ] || exit 1
grep -q '^### 0.4' packages/website/src/content/docs/overview/roadmap.md || exit 2
printf 'Before.\n\nAfter.\n' > packages/website/src/content/docs/features/a.md
"#;

/// The image scan is left out.
const WITHOUT_DOCKER: [(&str, &str); 1] = [("RELEASE_SKIP_IMAGE_SCAN", "1")];

/// One version in both spellings.
#[derive(Clone, Copy)]
struct Version {
    semver: &'static str,
    pep440: &'static str,
}

const CURRENT: Version = Version { semver: "0.4.0-beta.1", pep440: "0.4.0b1" };
const BETA: Version = Version { semver: "0.4.0-beta.2", pep440: "0.4.0b2" };
const STABLE: Version = Version { semver: "0.4.0", pep440: "0.4.0" };

fn repository(tree: &Path) -> Sandbox {
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, tree);
    sandbox.write(SETTINGS, settings("TRUEPPM_VERSION"));
    sandbox.write(MODULE, "\"\"\"Tools.\"\"\"\n\n__version__ = \"0.4.0b1\"\n\n__all__ = [\"__version__\"]\n");
    sandbox.write("scripts/export-openapi.sh", EXPORT);
    sandbox.write("scripts/remove-ships-in-callouts.sh", CALLOUTS);
    sandbox.write(CALLOUT, "Before.\n\n:::note[Ships in 0.4]\nSoon.\n:::\n\nAfter.\n");
    sandbox.write("packages/website/src/content/docs/overview/roadmap.md", "## Shipped\n\n### 0.3\n");
    sandbox.commit_all("feat: everything");
    sandbox
}

/// What the script leaves of doubled blank lines: one, and one line end at the end.
fn collapsed(lines: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in lines {
        if !(line.trim().is_empty() && kept.last().is_some_and(|last| last.trim().is_empty())) {
            kept.push(line);
        }
    }
    format!("{}\n", kept.join("\n").trim_end_matches('\n'))
}

/// The fragments as the script pastes them: by type, by name as the shell sorts them, one below the other.
fn assembled(fragments: &[(String, String)]) -> String {
    let mut block = String::new();
    for (kind, heading) in
        [("added", "Added"), ("changed", "Changed"), ("fixed", "Fixed"), ("security", "Security")]
    {
        let end = format!(".{kind}.md");
        let texts: String = fragments
            .iter()
            .filter(|(name, _)| name.ends_with(&end))
            .map(|(_, text)| format!("{}\n", text.trim_end_matches('\n')))
            .collect();
        if !texts.is_empty() {
            block.push_str(&format!("\n### {heading}\n{texts}"));
        }
    }
    block
}

/// The suite's changelog after the script.
fn rotated(
    before: &str,
    fragments: &[(String, String)],
    version: Version,
    date: &str,
    summary: &str,
) -> String {
    let (head, rest) = before.split_once("## [Unreleased]\n").expect("an [Unreleased]");
    let (_, older) = rest.split_once("\n## [").expect("an older section");
    let section = format!("## [{}] — {date}\n\n{summary}\n\n{}", version.semver, assembled(fragments));
    let text = format!("{head}## [Unreleased]\n\n_Nothing yet._\n\n{section}\n## [{older}");
    collapsed(&text.split('\n').collect::<Vec<_>>())
}

/// The library's changelog after the script.
fn scheduler_rotated(before: &str, from: Version, to: Version, date: &str, body: &str) -> String {
    let (head, rest) = before.split_once("## [Unreleased]\n").expect("an [Unreleased]");
    let (_, older) = rest.split_once("\n## [").expect("an older section");
    let section = format!("## [{}] - {date}\n\n{body}\n", to.pep440);
    let text = format!("{head}## [Unreleased]\n\n_Nothing yet._\n\n{section}\n## [{older}");
    let links = |line: &str| {
        let Some(compare) = line
            .strip_prefix("[Unreleased]: ")
            .and_then(|link| link.strip_suffix(&format!("scheduler-v{}...main", from.pep440)))
        else {
            return line.to_owned();
        };
        format!(
            "[Unreleased]: {compare}scheduler-v{to}...main\n[{to}]: {compare}scheduler-v{}...scheduler-v{to}",
            from.pep440,
            to = to.pep440
        )
    };
    let lines: Vec<String> = text.split('\n').map(links).collect();
    let text = lines.join("\n");
    collapsed(&text.split('\n').collect::<Vec<_>>())
}

/// The files that the script only sets the version in, each in the one place that it looks for.
fn bumped(sandbox: &Sandbox, from: Version, to: Version) -> Vec<(&'static str, String)> {
    let semver = |path: &'static str, around: [&str; 2]| {
        let [before, after] = around;
        let (old, new) = (format!("{before}{}{after}", from.semver), format!("{before}{}{after}", to.semver));
        (path, once(&sandbox.read(path), &old, &new))
    };
    let pep440 = |path: &'static str, around: [&str; 2]| {
        let [before, after] = around;
        let (old, new) = (format!("{before}{}{after}", from.pep440), format!("{before}{}{after}", to.pep440));
        (path, once(&sandbox.read(path), &old, &new))
    };
    let toml = ["\nversion = \"", "\"\n"];
    let own =
        |path: &'static str, name: &str| pep440(path, [&format!("name = \"{name}\"\nversion = \""), "\"\n"]);
    let server = "packages/mcp/server.json";
    let outer = once(
        &sandbox.read(server),
        &format!("\n  \"version\": \"{}\",", from.semver),
        &format!("\n  \"version\": \"{}\",", to.semver),
    );
    let both = once(
        &outer,
        &format!("\n      \"version\": \"{}\",", from.pep440),
        &format!("\n      \"version\": \"{}\",", to.pep440),
    );
    vec![
        semver("packages/api/pyproject.toml", toml),
        pep440("packages/scheduler/pyproject.toml", toml),
        pep440("packages/mcp/pyproject.toml", toml),
        pep440(MODULE, ["\n__version__ = \"", "\"\n"]),
        (server, both),
        semver("packages/web/package.json", ["\"version\": \"", "\""]),
        semver("packages/wasm-scheduler/Cargo.toml", toml),
        semver(
            "packages/wasm-scheduler/Cargo.lock",
            ["name = \"trueppm-wasm-scheduler\"\nversion = \"", "\"\n"],
        ),
        own("packages/api/uv.lock", "trueppm-api"),
        own("packages/scheduler/uv.lock", "trueppm-scheduler"),
        own("packages/mcp/uv.lock", "trueppm-mcp"),
        pep440("docs/api/openapi.json", ["        \"version\": \"", "\","]),
    ]
}

/// Cuts the release without any configuration and compares commit, tags and every file with what the script makes.
#[track_caller]
fn assert_as_the_script(
    sandbox: &Sandbox,
    word: &str,
    (from, to): (Version, Version),
    date: &str,
    library: &str,
    callouts: bool,
) {
    let summary = "**What is new.** In a sentence,\nor two.";
    let pending: Vec<(String, String)> = fragments(&sandbox.root().join("changelog.d"));
    let mut expected = bumped(sandbox, from, to);
    expected.push(("CHANGELOG.md", rotated(&sandbox.read("CHANGELOG.md"), &pending, to, date, summary)));
    expected.push((SCHEDULERS, scheduler_rotated(&sandbox.read(SCHEDULERS), from, to, date, library)));
    if callouts {
        expected.push((CALLOUT, "Before.\n\nAfter.\n".into()));
    }

    let words = [word, "--yes", "--date", date, "--summary", summary];
    sandbox
        .run_with(&words, &WITHOUT_DOCKER)
        .expect(0)
        .says("the built-in profile `trueppm-suite-0.4` is in force: ");

    for (path, text) in &expected {
        assert!(sandbox.read(path) == *text, "{path} in the work tree is not as the script has it");
        assert!(
            sandbox.git(&["show", &format!("HEAD:{path}")]) == *text,
            "{path} is not as the script has it"
        );
    }
    let deleted = pending.iter().map(|(name, _)| (format!("changelog.d/{name}"), "D".to_owned()));
    let changed = expected.iter().map(|(path, _)| ((*path).to_owned(), "M".to_owned()));
    assert_eq!(changes(sandbox), changed.chain(deleted).collect());
    let format = "--format=%(refname:short) %(objecttype) %(contents:subject)";
    assert_eq!(
        sandbox.git(&["tag", "--points-at", "HEAD", format]),
        format!(
            "mcp-v{pep440} tag Release trueppm-mcp {pep440}\nscheduler-v{pep440} tag Release trueppm-scheduler {pep440}\n\
             v{semver} tag Release v{semver}\n",
            semver = to.semver,
            pep440 = to.pep440
        )
    );
    assert_eq!(
        sandbox.git(&["log", "-1", "--format=%B"]).trim_end(),
        format!(
            "chore(release): bump version to {}\n\nAutomated release commit. See CHANGELOG.md for details.",
            to.semver
        )
    );
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_beta_and_the_release_equal_those_of_the_script_byte_for_byte_without_any_configuration() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let sandbox = repository(&tree);
    let nothing = "_No library-facing changes in this release._";
    assert_as_the_script(&sandbox, "beta", (CURRENT, BETA), "2026-09-01", nothing, false);

    let entries = "### Fixed\n\n- A fix of the library.";
    sandbox.replace(
        SCHEDULERS,
        "## [Unreleased]\n\n_Nothing yet._\n",
        &format!("## [Unreleased]\n\n{entries}\n"),
    );
    sandbox.replace(
        "packages/website/src/content/docs/overview/roadmap.md",
        "### 0.3\n",
        "### 0.3\n\n### 0.4\n",
    );
    sandbox.write("changelog.d/9.fixed.md", "- Nine.\n\n\n- And a half.\n\n");
    sandbox.write("changelog.d/10.fixed.md", "Ten, without a line end");
    sandbox.write("changelog.d/a-1.2.added.md", "- A slug with dots.\n");
    sandbox.commit_all("fix: the last things");
    assert_as_the_script(&sandbox, "release", (BETA, STABLE), "2026-10-01", entries, true);
}

#[test]
fn init_writes_the_profile_for_the_real_files_and_the_release_with_it_is_the_same() {
    let Some(tree) = corpus(IN_PROGRESS) else { return };
    let (without, with) = (repository(&tree), repository(&tree));
    with.run(&["init"]).expect(0).says("found: trueppm-suite-0.4: ");
    with.commit_all("chore: describe the release");
    for sandbox in [&without, &with] {
        let run = sandbox.run_with(&["beta", "--yes", "--summary", "In short."], &WITHOUT_DOCKER).expect(0);
        assert!(!run.stderr.contains("neither listed nor ignored"), "{}", run.stderr);
    }
    with.git(&["rm", "--quiet", "trueppm-release.toml"]);
    let tree = |sandbox: &Sandbox| sandbox.git(&["write-tree"]);
    assert_eq!(tree(&without), tree(&with));
}
