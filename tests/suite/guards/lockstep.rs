//! Versions that must agree before a release, and those that follow.

use super::*;

#[test]
fn row_1_a_manifest_left_behind_is_named_with_file_line_found_and_expected() {
    let sandbox = Sandbox::suite_at("0.2.0", "0.2.0", "0.2.0");
    sandbox.replace("packages/web/package.json", "\"version\": \"0.2.0\"", "\"version\": \"0.1.0\"");
    sandbox.commit_all("chore: what the sed left behind");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: manifests are out of step with `0.2.0`, the version in `packages/api/pyproject.toml`\n\
         \u{20} packages/web/package.json:3: found `0.1.0`, expected `0.2.0`\n\
         hint: set them to the expected values and commit, then run the release again\n",
    );
    // web at 0.1, as it really was: no version of this scheme at all.
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.1\"");
    sandbox.replace("packages/scheduler/pyproject.toml", "version = \"0.2.0\"", "version = \"0.1.0\"");
    sandbox.commit_all("chore: and one more");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: manifests are out of step with `0.2.0`, the version in `packages/api/pyproject.toml`\n\
         \u{20} packages/scheduler/pyproject.toml:7: found `0.1.0`, expected `0.2.0`\n\
         \u{20} packages/web/package.json:3: found `0.1`, expected `0.2.0`\n\
         hint: set them to the expected values and commit, then run the release again\n",
    );
}

#[test]
fn a_drift_of_what_follows_is_a_warning_and_the_release_sets_it() {
    let sandbox = Sandbox::suite();
    let base = "packages/api/src/trueppm_api/settings/base.py";
    sandbox.replace(base, "\"VERSION\": \"0.1.0\"", "\"VERSION\": \"0.0.9\"");
    sandbox.replace("packages/helm/Chart.yaml", "appVersion: \"0.1.0\"", "appVersion: \"0.0.8\"");
    sandbox.replace(
        "packages/api/uv.lock",
        "name = \"trueppm-api\"\nversion = \"0.1.0\"",
        "name = \"trueppm-api\"\nversion = \"0.0.7\"",
    );
    sandbox.replace("packages/web/package-lock.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.6\"");
    sandbox.commit_all("chore: drift");
    let preview = sandbox.refused(0, &["minor", "--dry-run", "--strict"]);
    let warnings: Vec<&str> =
        preview.stdout.lines().filter_map(|line| line.strip_prefix("  warning : ")).collect();
    let expected = [
        format!("`{base}:13` holds SPECTACULAR_SETTINGS[\"VERSION\"] `0.0.9` where `0.1.0` was expected; it will be `0.2.0`"),
        "`packages/helm/Chart.yaml:6` holds appVersion `0.0.8` where `0.1.0` was expected; it will be `0.2.0`".into(),
    ];
    assert_eq!(warnings.len(), 4, "{warnings:#?}");
    assert_eq!(warnings[..2], expected);
    assert!(warnings[2].starts_with("`packages/api/uv.lock:12` holds "), "{warnings:#?}");
    assert!(warnings[3].starts_with("`packages/web/package-lock.json:3` holds "), "{warnings:#?}");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(run.stderr.matches("warning: `").count(), 4, "{}", run.stderr);
    assert!(sandbox.read(base).contains("\"VERSION\": \"0.2.0\""));
    let chart = sandbox.read("packages/helm/Chart.yaml");
    assert!(chart.contains("\nversion: 0.2.0\nappVersion: \"0.2.0\" #"), "{chart}");
}

#[test]
fn what_follows_and_holds_the_new_version_already_is_silent() {
    let sandbox = Sandbox::suite();
    let base = "packages/api/src/trueppm_api/settings/base.py";
    sandbox.replace(base, "\"VERSION\": \"0.1.0\"", "\"VERSION\": \"0.2.0\"");
    sandbox.replace("packages/helm/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0.2.0");
    sandbox.commit_all("chore: early");
    let preview = sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert!(!preview.stdout.contains("warning"), "{}", preview.stdout);
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}
