//! One release, looked at from every side: the whole tree, the commit, the tags, what was said.

use crate::sandbox::{DATE, Sandbox};

/// Every file of the suite after a minor release of 0.1.0: the expected text, whole.
fn after(path: &str, before: &str) -> Option<String> {
    let first = |from: &str, to: &str| Some(before.replacen(from, to, 1));
    match path {
        "packages/api/pyproject.toml" => first("version = \"0.1.0\"", "version = \"0.2.0\""),
        "packages/scheduler/pyproject.toml" => first("version = \"0.1.0\"", "version = \"0.2.0\""),
        "packages/web/package.json" => first("\"version\": \"0.1.0\"", "\"version\": \"0.2.0\""),
        "packages/web/package-lock.json" => {
            Some(before.replacen("\"version\": \"0.1.0\"", "\"version\": \"0.2.0\"", 2))
        }
        "packages/api/src/trueppm_api/settings/base.py" => {
            first("\"VERSION\": \"0.1.0\"", "\"VERSION\": \"0.2.0\"")
        }
        "packages/helm/Chart.yaml" => {
            Some(before.replacen("\nversion: 0.1.0", "\nversion: 0.2.0", 1).replacen(
                "\"0.1.0\" # the",
                "\"0.2.0\" # the",
                1,
            ))
        }
        "packages/api/uv.lock" => first(
            "name = \"trueppm-api\"\nversion = \"0.1.0\"",
            "name = \"trueppm-api\"\nversion = \"0.2.0\"",
        ),
        "packages/scheduler/uv.lock" => first(
            "name = \"trueppm-scheduler\"\nversion = \"0.1.0\"",
            "name = \"trueppm-scheduler\"\nversion = \"0.2.0\"",
        ),
        "docs/api/openapi.json" => first("0.1.0", "0.2.0"),
        "CHANGELOG.md" => Some(format!(
            "\
# Changelog

What changes for the people who use the demonstration suite.

The format follows Keep a Changelog, and versions follow Semantic Versioning.

## [Unreleased]

## [0.2.0] - {DATE}

### Fixed

- Milestones keep their date when their predecessor is deleted.

### Added

- Plans can be printed on one page, whatever their length
  (landscape, with the critical path in bold).
- The board shows how long a card has been where it is.
- Cards can be pinned.

### Changed

- **Weekends are free by default.** A calendar that works on Saturdays says so:

  ```toml
  [calendar]
  saturday = \"working\"
  ```

### Security

- Django is updated to 5.2.17.

## [0.1.0] - 2026-01-15

### Added

- Plans with tasks, dependencies and a critical path.

[Unreleased]: https://gitlab.invalid/demo/suite/-/compare/v0.2.0...main
[0.2.0]: https://gitlab.invalid/demo/suite/-/compare/v0.1.0...v0.2.0
[0.1.0]: https://gitlab.invalid/demo/suite/-/tags/v0.1.0
"
        )),
        path if path.starts_with("changelog.d/") && path != "changelog.d/README.md" => None,
        _ => Some(before.to_owned()),
    }
}

#[test]
fn a_stable_release_is_exactly_this_tree_commit_and_tags() {
    let sandbox = Sandbox::suite();
    let base = sandbox.commit("HEAD");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    for (path, before) in trueppm_release::commands::demo::FILES {
        match after(path, before) {
            Some(expected) => {
                assert_eq!(sandbox.read(path), expected, "{path} in the work tree");
                assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{path}")]), expected, "{path} in the tag");
            }
            None => assert!(!sandbox.exists(path), "{path} is still there"),
        }
    }
    let kept = trueppm_release::commands::demo::FILES
        .iter()
        .filter(|(path, text)| after(path, text).is_some())
        .count();
    assert_eq!(sandbox.git(&["ls-tree", "-r", "--name-only", "v0.2.0"]).lines().count(), kept);
    assert!(sandbox.git(&["ls-tree", "v0.2.0", "scripts/export-openapi.sh"]).starts_with("100755 "));

    assert_eq!(sandbox.commit("HEAD^"), base);
    assert_eq!(sandbox.git(&["symbolic-ref", "HEAD"]).trim(), "refs/heads/main");
    assert_eq!(
        sandbox
            .git(&["show", "-s", "--format=%an <%ae> %ad|%cn <%ce> %cd|%B", "--date=raw", "HEAD"])
            .trim_end(),
        "Mara Maintainer <mara@suite.invalid> 1770076800 +0100|Mara Maintainer <mara@suite.invalid> 1770076800 \
         +0100|chore(release): bump version to 0.2.0\n\nAutomated release commit. See CHANGELOG.md for details."
    );
    for (tag, message) in
        [("v0.2.0", "Release v0.2.0"), ("scheduler-v0.2.0", "Release trueppm-scheduler 0.2.0")]
    {
        let object = sandbox.git(&["cat-file", "tag", tag]);
        let head = sandbox.commit("HEAD");
        assert_eq!(
            object,
            format!(
                "object {head}\ntype commit\ntag {tag}\ntagger Mara Maintainer <mara@suite.invalid> 1770076800 \
                 +0100\n\n{message}\n"
            )
        );
    }
    assert_eq!(sandbox.git(&["tag", "--list"]), "scheduler-v0.1.0\nscheduler-v0.2.0\nv0.1.0\nv0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(
        sandbox.git(&["reflog", "-1", "--format=%gs"]).trim(),
        "commit: chore(release): bump version to 0.2.0"
    );
    sandbox.git(&["fsck", "--strict"]);
    run.says("Version confirmed via --yes: 0.1.0 → 0.2.0")
        .shows("git log --oneline -3")
        .shows("git show v0.2.0 --stat")
        .shows("git push --atomic origin main v0.2.0 scheduler-v0.2.0");
}

#[test]
fn a_pre_release_leaves_changelog_and_fragments_alone_and_spells_each_version_its_way() {
    let sandbox = Sandbox::suite();
    let changelog = sandbox.read("CHANGELOG.md");
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.read("CHANGELOG.md"), changelog);
    assert!(sandbox.exists("changelog.d/101.added.md"));
    assert!(sandbox.read("packages/scheduler/pyproject.toml").contains("version = \"0.2.0a1\"  # kept"));
    assert!(sandbox.read("packages/api/pyproject.toml").contains("version = \"0.2.0-alpha.1\""));
    assert!(sandbox.read("packages/web/package.json").contains("\"version\": \"0.2.0-alpha.1\""));
    assert!(sandbox.read("packages/api/uv.lock").contains("version = \"0.2.0a1\"\nsource = { editable"));
    assert!(
        sandbox
            .read("packages/helm/Chart.yaml")
            .contains("\nversion: 0.2.0-alpha.1\nappVersion: \"0.2.0-alpha.1\" #")
    );
    assert!(
        sandbox.read("packages/api/src/trueppm_api/settings/base.py").contains("    \"VERSION\": \"0.2.0\",")
    );
    assert!(sandbox.read("docs/api/openapi.json").contains("\"version\": \"0.2.0\""));
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0a1\nv0.2.0-alpha.1\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_whole_series_goes_from_alpha_to_stable_and_the_next_one_opens() {
    let sandbox = Sandbox::suite();
    for (words, tags) in [
        (&["minor", "alpha"][..], "scheduler-v0.2.0a1\nv0.2.0-alpha.1\n"),
        (&["alpha"], "scheduler-v0.2.0a2\nv0.2.0-alpha.2\n"),
        (&["beta"], "scheduler-v0.2.0b1\nv0.2.0-beta.1\n"),
        (&["rc"], "scheduler-v0.2.0rc1\nv0.2.0-rc.1\n"),
        (&["release"], "scheduler-v0.2.0\nv0.2.0\n"),
    ] {
        let words: Vec<&str> = words.iter().copied().chain(["--yes"]).collect();
        sandbox.run(&words).expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), tags);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
    assert!(sandbox.read("CHANGELOG.md").contains(&format!("## [0.2.0] - {DATE}\n")));
    sandbox.run(&["alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.3.0a1\nv0.3.0-alpha.1\n");
}

#[test]
fn the_patch_of_the_dry_run_applied_to_the_base_is_the_released_tree() {
    let sandbox = Sandbox::suite();
    // Line ends, a byte order mark and a missing final newline must come through as well.
    sandbox.write(
        "packages/web/package.json",
        "\u{feff}{\r\n  \"name\": \"@trueppm/web\",\r\n  \"version\": \"0.1.0\"\r\n}",
    );
    sandbox.commit_all("chore: unusual bytes");
    let preview = sandbox.run(&["minor", "--dry-run", "-v"]).expect(0);
    sandbox.write("../plan.patch", &preview.stdout);
    sandbox.git(&["checkout", "--quiet", "-b", "by-patch"]);
    sandbox.git(&["apply", "--index", "--whitespace=nowarn", "../plan.patch"]);
    // The bytes that a step writes are not in the plan: its own output is the step's own.
    let export = std::process::Command::new("bash")
        .arg("scripts/export-openapi.sh")
        .current_dir(sandbox.root())
        .output()
        .expect("bash starts");
    assert!(export.status.success());
    sandbox.git(&["add", "docs/api/openapi.json"]);
    let by_patch = sandbox.git(&["write-tree"]);
    sandbox.git(&["reset", "--quiet", "--hard"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD^{tree}"]), by_patch);
}

#[test]
fn a_release_is_done_also_where_nobody_can_read_that_it_is() {
    let sandbox = Sandbox::suite();
    let full =
        || std::fs::File::options().write(true).open("/dev/full").expect("a device that is always full");
    let told = |words: &[&str]| {
        let mut command = sandbox.command(words);
        let run: crate::sandbox::Run = command.stdout(full()).output().expect("binary starts").into();
        run.expect(0).says("everything is done, but the output cannot be written completely");
    };
    told(&["minor", "--yes"]);
    assert_eq!(sandbox.commit("v0.2.0"), sandbox.commit("HEAD"));
    told(&["undo", "--yes"]);
    assert_eq!(sandbox.git(&["tag", "--list", "*0.2.0"]), "");
}
