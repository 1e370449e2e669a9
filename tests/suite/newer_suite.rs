//! trueppm-suite since its 0.4 series, in small: the built-in profile is chosen by what is there, without any file and by
//! `init`, and the reason is said. What may be missing is passed over; what is half way between the two layouts is told.

use trueppm_release::config::Profile;

use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{DATE, Run, Sandbox};

const SETTINGS: &str = "packages/api/src/trueppm_api/settings/base.py";
const SCHEDULERS: &str = "packages/scheduler/CHANGELOG.md";
const NOTE: &str = "the built-in profile `trueppm-suite-0.4` is in force: `packages/mcp/pyproject.toml` is there, and the \
                    API's settings hold no version of their own";

/// What the newer layout has besides.
const MORE: [(&str, &str); 9] = [
    ("packages/mcp/pyproject.toml", "[project]\nname = \"trueppm-mcp\"\nversion = \"0.1.0\"\n"),
    ("packages/mcp/src/trueppm_mcp/__init__.py", "__version__ = \"0.1.0\"\n"),
    (
        "packages/mcp/server.json",
        "{\n  \"name\": \"mcp\",\n  \"version\": \"0.1.0\",\n  \"packages\": [{ \"version\": \"0.1.0\" }]\n}\n",
    ),
    (
        "packages/mcp/uv.lock",
        "version = 1\n\n[[package]]\nname = \"trueppm-mcp\"\nversion = \"0.1.0\"\nsource = { editable = \".\" }\n",
    ),
    (
        "packages/wasm-scheduler/Cargo.toml",
        "[package]\nname = \"trueppm-wasm-scheduler\"\nversion = \"0.1.0\"\n",
    ),
    (
        "packages/wasm-scheduler/Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"trueppm-wasm-scheduler\"\nversion = \"0.1.0\"\n",
    ),
    (
        SCHEDULERS,
        "# Changelog\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.1.0] - 2026-01-15\n\n- The first.\n\n\
         [Unreleased]: https://gitlab.invalid/-/compare/scheduler-v0.1.0...main\n\
         [0.1.0]: https://gitlab.invalid/-/tags/scheduler-v0.1.0\n",
    ),
    (
        "scripts/export-openapi.sh",
        "printf '{\"info\": {\"version\": \"%s\"}}\\n' \"$TRUEPPM_VERSION\" > docs/api/openapi.json\n",
    ),
    (
        "scripts/remove-ships-in-callouts.sh",
        "[ \"$*\" = '0.2 --apply' ] || exit 1\n[ -e roadmap-says-shipped ] || exit 2\n\
         echo 'FLAG read this page'\necho plain > packages/website/src/content/docs/a.md\n",
    ),
];

/// The demonstration suite, moved on to the newer layout; `change` may leave something out.
fn suite(change: impl Fn(&Sandbox)) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.replace(SETTINGS, "\"VERSION\": \"0.1.0\",", "\"VERSION\": TRUEPPM_VERSION,");
    for (path, text) in MORE {
        sandbox.write(path, text);
    }
    sandbox.write("packages/website/src/content/docs/a.md", "ships in 0.2\n");
    sandbox.write("packages/mobile/package.json", "{\"private\": true, \"version\": \"0.1.0\"}\n");
    change(&sandbox);
    sandbox.commit_all("feat: the newer layout");
    sandbox
}

/// Runs the program where the image scan is left out, which needs docker.
fn run(sandbox: &Sandbox, words: &[&str]) -> Run {
    sandbox.run_with(words, &[("RELEASE_SKIP_IMAGE_SCAN", "1")])
}

/// Runs the program with a docker that is this script.
fn run_with_docker(sandbox: &Sandbox, script: &str, words: &[&str]) -> Run {
    let folder = sandbox.around().join("programs");
    std::fs::create_dir_all(&folder).expect("a folder");
    let docker = folder.join("docker");
    std::fs::write(&docker, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(&docker, PermissionsExt::from_mode(0o755)).expect("permissions");
    let path = std::env::var("PATH").unwrap_or_default();
    sandbox.run_with(words, &[("PATH", &format!("{}:{path}", folder.display()))])
}

fn tags_at_head(sandbox: &Sandbox) -> String {
    sandbox.git(&["tag", "--points-at", "HEAD", "--format=%(refname:short) %(contents:subject)"])
}

fn changed(sandbox: &Sandbox) -> String {
    sandbox.git(&["diff", "--name-status", "--no-renames", "HEAD^", "HEAD"])
}

#[test]
fn without_a_file_a_pre_release_has_its_three_tags_and_both_sections() {
    let sandbox = suite(|_| ());
    let log = sandbox.around().join("docker.log");
    let docker = format!("echo \"$*\" >> '{}'", log.display());
    let words = ["minor", "alpha", "--yes", "--summary", "**In short.**"];
    let run = run_with_docker(&sandbox, &docker, &words).expect(0);
    let called = std::fs::read_to_string(&log).expect("docker was called");
    let called: Vec<&str> = called.lines().collect();
    assert_eq!(called.len(), 2, "{called:?}");
    assert!(called[0].starts_with("build --platform linux/amd64 -f packages/api/Dockerfile "), "{called:?}");
    assert!(
        called[1].ends_with("--ignore-unfixed --exit-code 1 trueppm-api:release-preflight"),
        "{called:?}"
    );
    let run = run.says(&format!("note: {NOTE}\n"));
    assert!(!run.stderr.contains("neither listed nor ignored"), "{}", run.stderr);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    assert_eq!(
        tags_at_head(&sandbox),
        "mcp-v0.2.0a1 Release trueppm-mcp 0.2.0a1\nscheduler-v0.2.0a1 Release trueppm-scheduler 0.2.0a1\n\
         v0.2.0-alpha.1 Release v0.2.0-alpha.1\n"
    );
    assert_eq!(
        sandbox.git(&["log", "-1", "--format=%B"]).trim_end(),
        "chore(release): bump version to 0.2.0-alpha.1\n\nAutomated release commit. See CHANGELOG.md for details."
    );
    assert_eq!(
        changed(&sandbox),
        "M\tCHANGELOG.md\nD\tchangelog.d/101.added.md\nD\tchangelog.d/102.added.md\nD\tchangelog.d/103.changed.md\n\
         D\tchangelog.d/django-5.2.17.security.md\nM\tdocs/api/openapi.json\nM\tpackages/api/pyproject.toml\n\
         M\tpackages/api/uv.lock\nM\tpackages/mcp/pyproject.toml\nM\tpackages/mcp/server.json\n\
         M\tpackages/mcp/src/trueppm_mcp/__init__.py\nM\tpackages/mcp/uv.lock\nM\tpackages/scheduler/CHANGELOG.md\n\
         M\tpackages/scheduler/pyproject.toml\nM\tpackages/scheduler/uv.lock\nM\tpackages/wasm-scheduler/Cargo.lock\n\
         M\tpackages/wasm-scheduler/Cargo.toml\nM\tpackages/web/package.json\n",
        "the chart, the package lock, the mobile app and the settings are left alone"
    );
    assert!(sandbox.read("packages/mcp/server.json").contains("\"version\": \"0.2.0-alpha.1\",\n"));
    assert!(sandbox.read("packages/mcp/server.json").contains("[{ \"version\": \"0.2.0a1\" }]"));
    assert_eq!(sandbox.read("docs/api/openapi.json"), "{\"info\": {\"version\": \"0.2.0a1\"}}\n");
    let suites =
        format!("## [Unreleased]\n\n_Nothing yet._\n\n## [0.2.0-alpha.1] — {DATE}\n\n**In short.**\n");
    assert!(sandbox.read("CHANGELOG.md").contains(&suites), "{}", sandbox.read("CHANGELOG.md"));
    assert_eq!(
        sandbox.read(SCHEDULERS),
        format!(
            "# Changelog\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.2.0a1] - {DATE}\n\n\
             _No library-facing changes in this release._\n\n## [0.1.0] - 2026-01-15\n\n- The first.\n\n\
             [Unreleased]: https://gitlab.invalid/-/compare/scheduler-v0.2.0a1...main\n\
             [0.2.0a1]: https://gitlab.invalid/-/compare/scheduler-v0.1.0...scheduler-v0.2.0a1\n\
             [0.1.0]: https://gitlab.invalid/-/tags/scheduler-v0.1.0\n"
        )
    );
    run.shows("  - website:build and pages: the documentation, to GitLab Pages\n")
        .shows("(fails without GHCR_USER and GHCR_TOKEN)");
}

#[test]
fn an_image_that_would_fail_after_the_tag_refuses_the_release_and_a_variable_leaves_the_scan_out() {
    let sandbox = suite(|_| ());
    let words = ["minor", "alpha", "--yes", "--summary", "x"];
    let before = sandbox.state().without_objects();
    for (script, check) in
        [("[ \"$1\" = run ] || exit 7", "API image"), ("[ \"$1\" = build ] || exit 7", "API image scan")]
    {
        run_with_docker(&sandbox, script, &words).expect(1).says(&format!("check `{check}` failed"));
        before.assert_same(&sandbox.state().without_objects());
    }
    run(&sandbox, &words).expect(0).says("RELEASE_SKIP_IMAGE_SCAN");
}

#[test]
fn callouts_go_once_the_roadmap_says_that_the_version_is_shipped() {
    let sandbox = suite(|sandbox| sandbox.write("roadmap-says-shipped", ""));
    run(&sandbox, &["minor", "--yes", "--summary", "In short."]).expect(0);
    assert!(changed(&sandbox).contains("M\tpackages/website/src/content/docs/a.md\n"));
    // A failure of the script stops the release, and nothing of it stays.
    let sandbox = suite(|sandbox| sandbox.write("scripts/remove-ships-in-callouts.sh", "exit 3\n"));
    let before = sandbox.state().without_objects();
    run(&sandbox, &["minor", "--yes", "--summary", "In short."]).expect(4).says("exit code 3");
    before.assert_same(&sandbox.state().without_objects());
}

#[test]
fn init_writes_the_profile_and_a_release_with_the_file_is_the_same() {
    let without = suite(|_| ());
    let with = suite(|_| ());
    with.run(&["init"]).expect(0).says(
        "found: trueppm-suite-0.4: `packages/mcp/pyproject.toml` is there, and the API's settings hold no version of \
         their own\n",
    );
    assert_eq!(with.read("trueppm-release.toml"), Profile::Suite04.text());
    with.refused(0, &["config", "--check"]).says("trueppm-release.toml is in order: 3 tags");
    with.commit_all("chore: describe the release");
    for sandbox in [&without, &with] {
        run(sandbox, &["minor", "--yes", "--summary", "In short."]).expect(0);
    }
    let tree = |sandbox: &Sandbox| {
        let listed = sandbox.git(&["ls-tree", "-r", "HEAD"]);
        listed
            .lines()
            .filter(|line| !line.ends_with("trueppm-release.toml"))
            .map(String::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(tree(&without), tree(&with));
    assert_eq!(tags_at_head(&without), tags_at_head(&with));
}

#[test]
fn each_profile_can_be_had_by_its_name_and_config_says_which_one_is_in_force() {
    for profile in Profile::ALL {
        let sandbox = Sandbox::empty();
        sandbox.run(&["init", "--example", profile.name()]).expect(0);
        assert_eq!(sandbox.read("trueppm-release.toml"), profile.text());
        sandbox.refused(0, &["help", "init"]).shows(profile.name());
    }
    let json = |sandbox: &Sandbox| -> serde_json::Value {
        serde_json::from_str(&sandbox.refused(0, &["config", "--format", "json"]).stdout).expect("JSON")
    };
    let older = Sandbox::suite();
    older.refused(0, &["config"]).shows("# It is trueppm-suite: there is no `packages/mcp`\n");
    assert_eq!(json(&older)["profile"], "trueppm-suite");
    let newer = suite(|_| ());
    newer.refused(0, &["config"]).shows("# It is trueppm-suite-0.4: `packages/mcp/pyproject.toml` is there");
    assert_eq!(json(&newer)["profile"], "trueppm-suite-0.4");
    newer.refused(0, &["config", "--check"]).says("built-in profile is in order: 3 tags");
    newer.refused(0, &[]).shows(&format!("note: {NOTE}\n"));
    newer.refused(0, &["minor", "--dry-run", "--summary", "x"]).shows(&format!("  note    : {NOTE}\n"));
}

#[test]
fn what_may_be_missing_is_passed_over_with_a_word() {
    let gone = [
        "packages/mcp/src/trueppm_mcp/__init__.py",
        "packages/mcp/uv.lock",
        "packages/api/uv.lock",
        "packages/scheduler/uv.lock",
        "packages/web/package-lock.json",
        "packages/helm/Chart.yaml",
        "packages/wasm-scheduler/Cargo.toml",
        "packages/wasm-scheduler/Cargo.lock",
        "packages/mobile/package.json",
        SCHEDULERS,
        SETTINGS,
        "scripts/remove-ships-in-callouts.sh",
    ];
    let sandbox = suite(|sandbox| gone.iter().for_each(|path| sandbox.remove(path)));
    // Leaving out by name what is not there is no slip of the finger.
    let skip = ["rc", "--yes", "--summary", "x", "--skip-step", "callouts of shipped versions"];
    run(&sandbox, &skip)
        .expect(0)
        .says("note: `packages/scheduler/CHANGELOG.md` is not there: no section is written\n")
        .says("note: step `callouts of shipped versions` is passed over: there is no `scripts/remove-ships-in-callouts.sh`\n");
    assert_eq!(
        sandbox.git(&["tag", "--points-at", "HEAD"]),
        "mcp-v0.2.0rc1\nscheduler-v0.2.0rc1\nv0.2.0-rc.1\n"
    );
    let sandbox = suite(|sandbox| gone.iter().for_each(|path| sandbox.remove(path)));
    sandbox.run(&["init"]).expect(0);
    assert_eq!(sandbox.read("trueppm-release.toml"), Profile::Suite04.text());
}

#[test]
fn what_the_publish_jobs_need_is_refused_where_it_is_missing_and_the_profile_is_named() {
    for gone in ["packages/mcp/pyproject.toml", "packages/mcp/server.json"] {
        let sandbox = suite(|sandbox| sandbox.remove(gone));
        sandbox
            .refused(1, &["rc", "--yes", "--summary", "x"])
            .says(&format!("error: `{gone}` is not there at HEAD\n"))
            .says("hint: the built-in profile `trueppm-suite-0.4` is in force: ");
        sandbox.run(&["init"]).expect(0).says("found: trueppm-suite-0.4: ");
    }
}

#[test]
fn a_repository_half_way_between_the_two_is_told_which_one_was_taken_and_why() {
    // The server is there, but has a version of its own: it is not released with the others yet.
    let own = suite(|sandbox| sandbox.replace("packages/mcp/pyproject.toml", "0.1.0", "0.0.9"));
    own.refused(1, &["rc", "--yes", "--summary", "x"])
        .says("packages/mcp/pyproject.toml:3: found `0.0.9`, expected `0.1.0`")
        .says(&format!("hint: {NOTE}\n"))
        .says("hint: `trueppm-release init` writes it to a file");
    // The settings still hold a version, which the newer profile would leave behind.
    let literal = suite(|sandbox| {
        sandbox.replace(SETTINGS, "TRUEPPM_VERSION,", "\"0.1.0\",");
        sandbox.write("scripts/export-openapi.sh", Sandbox::suite().read("scripts/export-openapi.sh"));
    });
    let because = "`packages/mcp/pyproject.toml` is there, but the API's settings";
    literal
        .run(&["rc", "--yes"])
        .expect(0)
        .says(&format!("note: the built-in profile `trueppm-suite` is in force: {because}"))
        .says("note: `packages/mcp/pyproject.toml:3` holds the version `0.1.0` and is neither listed nor ignored\n");
    assert_eq!(literal.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0rc1\nv0.2.0-rc.1\n");
    assert!(literal.read(SETTINGS).contains("\"VERSION\": \"0.2.0\","));
    literal.run(&["init"]).expect(0).says(&format!("found: trueppm-suite: {because}"));
    assert!(literal.read("trueppm-release.toml").contains(SCHEDULERS));
}

#[test]
fn a_scheduler_with_a_changelog_of_its_own_is_warned_of_and_init_writes_its_entry() {
    let older = || {
        let sandbox = Sandbox::suite();
        let (_, text) = MORE.iter().find(|(path, _)| *path == SCHEDULERS).expect("it is there");
        sandbox.write(SCHEDULERS, text);
        sandbox.commit_all("docs: a changelog for the library");
        sandbox
    };
    let entry = "[[changelog]]\npath = \"packages/scheduler/CHANGELOG.md\"\nvalue = \"{pep440}\"\nrotate = \"always\"\n\
                 empty = \"_No library-facing changes in this release._\"\ntag = \"scheduler-v{pep440}\"\n";
    let warning = "warning : `packages/scheduler/CHANGELOG.md` gets no section for `scheduler-v0.2.0rc1`, and a publish job \
                   that looks for one refuses the tag\n";
    let sandbox = older();
    let run = sandbox.refused(0, &["rc", "--dry-run"]);
    let run = run.shows(warning);
    let indented: String = entry.lines().map(|line| format!("            {line}\n")).collect();
    run.shows(&indented);
    sandbox.run(&["rc", "--yes"]).expect(0).says("gets no section for `scheduler-v0.2.0rc1`");

    let sandbox = older();
    sandbox.run(&["init"]).expect(0).says("found: trueppm-suite\n");
    let written = sandbox.read("trueppm-release.toml");
    assert!(written.contains(&format!("{entry}placeholder = \"_Nothing yet._\"\n")), "{written}");
    assert_eq!(
        written.replace("[[changelog]]\npath = \"CHANGELOG.md\"", "[changelog]\npath = \"CHANGELOG.md\"").len()
            - Profile::Suite.text().len(),
        format!(
            "\n# Its publish job looks for the section of the tag, so every release writes one.\n{entry}placeholder = \
             \"_Nothing yet._\"\n"
        )
        .len(),
        "nothing else differs"
    );
    sandbox.commit_all("chore: describe the release");
    let run = sandbox.run(&["rc", "--yes"]).expect(0);
    assert!(!run.stderr.contains("gets no section"), "{}", run.stderr);
    let section = format!("## [0.2.0rc1] - {DATE}\n\n_No library-facing changes in this release._\n");
    assert!(sandbox.read(SCHEDULERS).contains(&section), "{}", sandbox.read(SCHEDULERS));
    // A changelog that is left alone on purpose is not warned of.
    let sandbox = older();
    let ignored = "\n[[ignore]]\npath = \"packages/scheduler/CHANGELOG.md\"\nreason = \"by hand\"\n";
    sandbox.write("trueppm-release.toml", format!("{}{ignored}", Profile::Suite.text()));
    sandbox.commit_all("chore: describe the release");
    assert!(!sandbox.refused(0, &["rc", "--dry-run"]).stdout.contains("gets no section"));
}
