//! The whole way of two repositories: trueppm-suite is released and pushed, then trueppm-enterprise is released on top
//! of it with the configuration that `init --example enterprise` writes, unchanged.

use crate::origin::Origin;
use crate::sandbox::{Run, Sandbox};

/// Where the example expects the other repository.
const OSS_URL: &str = "https://gitlab.com/trueppm/trueppm.git";
/// Every file that holds the pin or the version.
const FILES: [(&str, &str); 8] = [
    (
        "pyproject.toml",
        "[project]\nname = \"trueppm-enterprise\"\nversion = \"1.4.0\"\n\n[tool.trueppm]\noss-tag = \"v0.1.0\" # keep\n",
    ),
    (
        "uv.lock",
        "version = 1\n\n[[package]]\nname = \"trueppm-enterprise\"\nversion = \"1.4.0\"\nsource = { editable = \".\" }\n",
    ),
    (
        "helm/Chart.yaml",
        "name: trueppm-enterprise\nversion: 1.4.0\nappVersion: \"0.1.0\"\ndependencies:\n  - name: x\n    version: 1.4.0\n",
    ),
    ("deploy/.env", "# TRUEPPM_OSS_TAG=v0.1.0\nTRUEPPM_OSS_TAG=v0.1.0\nOTHER_TAG=v0.1.0\n"),
    (
        "Dockerfile",
        "ARG TRUEPPM_OSS_TAG=v0.1.0\nFROM api:${TRUEPPM_OSS_TAG} AS api\nARG TRUEPPM_OSS_TAG=v0.1.0\nLABEL oss=v0.1.0\n",
    ),
    (
        "helm/values.yaml",
        "# The OSS images.\noss:\n  image:\n    tag: v0.1.0 # keep\nown:\n  image: {tag: v0.1.0}\n",
    ),
    ("README.md", "# Enterprise\n\nThis is built on trueppm-suite v0.1.0. Before v0.1.0 there was none.\n"),
    ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.4.0] - 2026-01-01\n\n- Something.\n"),
];

/// The enterprise repository with the example as its configuration, and the URL of the example led to the bare
/// repository of a suite.
fn enterprise(oss: &Origin<'_>) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in FILES {
        sandbox.write(path, text);
    }
    sandbox.write("changelog.d/oss.added.md", "The newest OSS release.\n");
    sandbox.commit_all("feat: everything");
    sandbox.git(&["config", &format!("url.{}.insteadOf", oss.folder.display()), OSS_URL]);
    sandbox.run(&["init", "--example", "enterprise"]).expect(0);
    sandbox.run(&["config", "--check"]).expect(0);
    sandbox.commit_all("chore: describe the release");
    sandbox
}

#[test]
fn the_enterprise_release_follows_the_released_oss_tag() {
    let suite = Sandbox::suite();
    let oss = Origin::of(&suite);
    let sandbox = enterprise(&oss);
    let _own = Origin::of(&sandbox);

    // Not released there yet.
    let words = ["minor", "--oss-tag", "v0.2.0", "--yes"];
    sandbox.refused(1, &words).says(&format!(
        "error: tag `v0.2.0` does not exist on `{OSS_URL}`, where the pin `oss-tag` comes from\n"
    ));
    // Released here, but not pushed: still not there.
    suite.run(&["minor", "--yes"]).expect(0);
    sandbox.refused(1, &words).says("does not exist");
    suite.run(&["undo", "--yes"]).expect(0);
    suite.run(&["minor", "--yes", "--push"]).expect(0);

    sandbox
        .refused(2, &["minor", "--oss-tag", "0.2.0", "--yes"])
        .says("hint: did you mean `--oss-tag v0.2.0`?\n");
    sandbox.refused(1, &["minor", "--yes"]).says("error: the pin `oss-tag` is required");
    let preview = sandbox.refused(0, &["minor", "--oss-tag", "v0.2.0", "--dry-run", "--strict"]);
    preview.shows(&format!(
        "  current : 1.4.0\n  new     : 1.5.0   <- suggested\n  tags    : v1.5.0\n  pin     : oss-tag v0.1.0 → v0.2.0   <- tag on {OSS_URL}\n"
    ));

    sandbox.run(&[&words[..], &["--push"]].concat()).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list"]), "v1.5.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["rev-list", "--count", "v1.5.0^..HEAD"]), "1\n");
    for (path, expected) in after() {
        assert_eq!(sandbox.read(path), expected, "{path}");
    }
    assert!(sandbox.read("CHANGELOG.md").contains("## [1.5.0] - 2026-02-03\n"));

    // The next pre-release keeps the pin, given by its variable.
    let run = sandbox.run_with(&["patch", "rc", "--yes"], &[("TRUEPPM_OSS_TAG", "v0.2.0")]).expect(0);
    run.says("Version confirmed via --yes: 1.5.0 → 1.5.1-rc.1");
    assert!(sandbox.read("deploy/.env").contains("\nTRUEPPM_OSS_TAG=v0.2.0\n"));
}

/// The files as they must be afterwards, written beside what they were.
fn after() -> Vec<(&'static str, String)> {
    let after = |path: &'static str, changes: &[(&str, &str)]| {
        let text = FILES.iter().find(|(name, _)| *name == path).expect("a file").1;
        let changed = changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{path}: {from}");
            text.replace(from, to)
        });
        (path, changed)
    };
    vec![
        after(
            "pyproject.toml",
            &[("version = \"1.4.0\"", "version = \"1.5.0\""), ("\"v0.1.0\"", "\"v0.2.0\"")],
        ),
        after("helm/values.yaml", &[("    tag: v0.1.0", "    tag: v0.2.0")]),
        after("README.md", &[("suite v0.1.0", "suite v0.2.0")]),
        after("uv.lock", &[("version = \"1.4.0\"", "version = \"1.5.0\"")]),
        after("helm/Chart.yaml", &[("\nversion: 1.4.0", "\nversion: 1.5.0"), ("\"0.1.0\"", "\"0.2.0\"")]),
        after("deploy/.env", &[("\nTRUEPPM_OSS_TAG=v0.1.0", "\nTRUEPPM_OSS_TAG=v0.2.0")]),
        after("Dockerfile", &[("TRUEPPM_OSS_TAG=v0.1.0", "TRUEPPM_OSS_TAG=v0.2.0")]),
    ]
}

#[test]
fn the_oss_tag_alone_takes_the_step_that_the_pending_changes_call_for() {
    let suite = Sandbox::suite();
    let oss = Origin::of(&suite);
    let sandbox = enterprise(&oss);
    suite.run(&["patch", "--yes", "--push"]).expect(0);
    let mut command = sandbox.command(&["--yes"]);
    command.env("TRUEPPM_OSS_TAG", "v0.1.1");
    // A variable alone is no word: what is to be released has to be said.
    sandbox.refused_by(2, &mut command).says("error: `--yes` needs to know what to release");
    let run: Run = sandbox.run(&["--oss-tag", "v0.1.1", "--yes"]).expect(0);
    run.says("Version confirmed via --yes: 1.4.0 → 1.5.0");
    assert!(sandbox.read("Dockerfile").contains("ARG TRUEPPM_OSS_TAG=v0.1.1\n"));
}
