//! Releases that really went wrong, each as a test that carries its number: it must be impossible now, or refused
//! before anything is touched.

mod changelogs;
mod manifests;
mod steps;

use crate::origin::Origin;
use crate::sandbox::{DATE, Sandbox};

const EXPORT: &str = "scripts/export-openapi.sh";

#[test]
fn failure_manifests_out_of_lockstep_are_refused_with_every_place() {
    let sandbox = Sandbox::suite();
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.9\"");
    sandbox.replace("packages/scheduler/pyproject.toml", "version = \"0.1.0\"", "version = \"0.1.1\"");
    sandbox.commit_all("chore: drift");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("out of step with `0.1.0`, the version in `packages/api/pyproject.toml`")
        .says("packages/web/package.json:3: found `0.0.9`, expected `0.1.0`")
        .says("packages/scheduler/pyproject.toml:7: found `0.1.1`, expected `0.1.0`");
}

#[test]
fn failure_1018_a_schema_that_claims_the_previous_version_stops_the_release() {
    let sandbox = Sandbox::suite();
    let before_release = sandbox.read("docs/api/openapi.json");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(before_release.contains("\"version\": \"0.1.0\""));
    assert!(sandbox.git(&["show", "v0.2.0:docs/api/openapi.json"]).contains("\"version\": \"0.2.0\""));

    let sandbox = Sandbox::suite();
    sandbox.write(EXPORT, "echo 'nothing to do'\n");
    sandbox.commit_all("chore: a lazy export");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4).says("holds `0.1.0` at `/info/version`, expected `0.2.0`");
    before.assert_same(&sandbox.state().without_objects());
}

#[test]
fn failure_1383_a_release_needs_no_shell_no_awk_and_no_sed() {
    let sandbox = Sandbox::suite();
    let folder = sandbox.around().join("empty");
    std::fs::create_dir(&folder).expect("an empty folder");
    sandbox.git(&["rm", "--quiet", EXPORT]);
    let config = trueppm_release::config::built_in();
    let (head, tail) = config.split_once("[[step]]").expect("a step");
    let (_, tail) = tail.split_once("[changelog]").expect("the changelog after it");
    sandbox.write("trueppm-release.toml", format!("{head}[changelog]{tail}"));
    sandbox.commit_all("chore: no step");
    sandbox.run_with(&["minor", "--yes"], &[("PATH", &folder.display().to_string())]).expect(0);
    assert!(sandbox.git(&["show", "v0.2.0:CHANGELOG.md"]).contains(&format!("## [0.2.0] - {DATE}")));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn failure_1386_the_tree_of_the_tag_holds_no_consumed_fragment() {
    let sandbox = Sandbox::suite();
    assert_eq!(sandbox.git(&["ls-tree", "-r", "--name-only", "HEAD", "changelog.d/"]).lines().count(), 5);
    sandbox.run(&["minor", "--yes"]).expect(0);
    for tag in ["v0.2.0", "scheduler-v0.2.0"] {
        assert_eq!(
            sandbox.git(&["ls-tree", "-r", "--name-only", tag, "changelog.d/"]),
            "changelog.d/README.md\n"
        );
    }
    assert_eq!(sandbox.git(&["ls-files", "changelog.d/"]), "changelog.d/README.md\n");
    assert_eq!(std::fs::read_dir(sandbox.root().join("changelog.d")).expect("the folder").count(), 1);
}

#[test]
fn failure_1389_lock_files_name_the_new_version_in_every_place_of_their_own_entry() {
    let sandbox = Sandbox::suite();
    sandbox.run(&["minor", "--yes"]).expect(0);
    let count =
        |path: &str, text: &str| sandbox.git(&["show", &format!("v0.2.0:{path}")]).matches(text).count();
    assert_eq!(
        count("packages/web/package-lock.json", "\"name\": \"@trueppm/web\",\n  \"version\": \"0.2.0\""),
        1
    );
    assert_eq!(
        count("packages/web/package-lock.json", "\"name\": \"@trueppm/web\",\n      \"version\": \"0.2.0\""),
        1
    );
    for package in ["api", "scheduler"] {
        let own =
            format!("name = \"trueppm-{package}\"\nversion = \"0.2.0\"\nsource = {{ editable = \".\" }}");
        assert_eq!(count(&format!("packages/{package}/uv.lock"), &own), 1);
    }
    let registry = "name = \"trueppm-scheduler\"\nversion = \"0.1.0\"\nsource = { registry";
    assert_eq!(count("packages/api/uv.lock", registry), 1);
}

#[test]
fn failure_2605_a_heading_written_by_hand_for_the_version_is_refused() {
    for heading in ["## [0.2.0] - 2026-02-01", "## [0.2.0]", "## [v0.2.0] - soon", "## [ 0.2.0 ]"] {
        let sandbox = Sandbox::suite();
        sandbox.replace("CHANGELOG.md", "## [0.1.0]", &format!("{heading}\n\n- by hand\n\n## [0.1.0]"));
        sandbox.commit_all("docs: release notes");
        sandbox
            .refused(1, &["minor", "--yes"])
            .says("`CHANGELOG.md` already has a section for `0.2.0` (line 13)")
            .says("hint: move its entries under `[Unreleased]`");
    }
}

#[test]
fn failure_3907_the_chart_moves_in_both_places_for_every_pre_release_and_its_dependencies_stay() {
    let sandbox = Sandbox::suite();
    for (words, version) in [
        (&["minor", "beta", "--yes"][..], "0.2.0-beta.1"),
        (&["beta", "--yes"], "0.2.0-beta.2"),
        (&["release", "--yes"], "0.2.0"),
    ] {
        sandbox.run(words).expect(0);
        let chart = sandbox.git(&["show", &format!("v{version}:packages/helm/Chart.yaml")]);
        assert!(chart.contains(&format!("\nversion: {version}\nappVersion: \"{version}\" #")), "{chart}");
        assert!(chart.contains("name: postgresql\n    version: \"0.1.0\"\n"), "{chart}");
    }
}

#[test]
fn failure_4022_a_step_may_bring_a_declared_file_up_to_date_before_the_commit() {
    let sandbox = Sandbox::suite();
    let step = "[[step]]\nname = \"digest\"\nrun = [\"bash\", \"scripts/digest.sh\"]\nwrites = [\".gitlab-ci.yml\"]\n\n\
                [changelog]";
    sandbox
        .write("trueppm-release.toml", trueppm_release::config::built_in().replacen("[changelog]", step, 1));
    sandbox.write(
        "scripts/digest.sh",
        "echo \"digest: $(git hash-object packages/*/pyproject.toml docs/api/openapi.json | git hash-object --stdin)\" \
         > .gitlab-ci.yml\n",
    );
    sandbox.write(".gitlab-ci.yml", "digest: stale\n");
    sandbox.commit_all("ci: digest");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let released = sandbox.git(&["show", "v0.2.0:.gitlab-ci.yml"]);
    assert_ne!(released, "digest: stale\n");
    // The digest is that of the released files: written again, it is the same.
    sandbox.git(&["checkout", "--quiet", "v0.2.0"]);
    let again = std::process::Command::new("bash")
        .arg("scripts/digest.sh")
        .current_dir(sandbox.root())
        .status()
        .expect("bash starts");
    assert!(again.success());
    assert_eq!(sandbox.read(".gitlab-ci.yml"), released);
}

#[test]
fn failure_everything_is_checked_before_the_first_write_and_reported_together() {
    let sandbox = Sandbox::suite();
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.9\"");
    sandbox.replace("CHANGELOG.md", "## [Unreleased]", "## Next");
    sandbox.write("changelog.d/7.fix.md", "x");
    sandbox.write("changelog.d/8.added.md", "");
    sandbox.replace("packages/helm/Chart.yaml", "appVersion", "appversion");
    sandbox.commit_all("chore: all kinds of trouble");
    sandbox.git(&["tag", "v0.2.0"]);
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    sandbox.write("README.md", "changed\n");
    sandbox.write("changelog.d/9.added.md", "never committed");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("packages/web/package.json:3: found `0.0.9`, expected `0.1.0`")
        .says("`CHANGELOG.md` has no `[Unreleased]` heading")
        .says("`changelog.d/7.fix.md`")
        .says("`changelog.d/8.added.md` is empty")
        .says("no top-level `appVersion`")
        .says("tag `v0.2.0` already exists")
        .says("not on `main`: the checked-out branch is `feature`")
        .says("working tree is not clean\n")
        .says("changelog.d/9.added.md");
}

#[test]
fn failure_fragments_without_a_list_marker_do_not_run_together() {
    let sandbox = Sandbox::suite();
    for number in 1..=3 {
        sandbox.write(
            &format!("changelog.d/n{number}.fixed.md"),
            format!("Paragraph {number}\nin two lines.\n"),
        );
    }
    sandbox.commit_all("docs: fragments");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.read("CHANGELOG.md").contains(
        "- Milestones keep their date when their predecessor is deleted.\n- Paragraph 1\n  in two lines.\n\
         - Paragraph 2\n  in two lines.\n- Paragraph 3\n  in two lines.\n\n"
    ));
}

#[test]
fn failure_older_sections_stay_byte_for_byte() {
    let older = "## [0.1.0] - 2026-01-15\n\n\n\n### Added   \n* star\n\n\n\n\n\ttabs \r\n### Added\n- again\n\n\n\n## [0.0.9]\n\n\n";
    let sandbox = Sandbox::suite();
    sandbox.write("CHANGELOG.md", format!("# Changelog\n\n\n\n## [Unreleased]\n\n- x\n\n{older}"));
    sandbox.commit_all("docs: an old changelog");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let text = sandbox.read("CHANGELOG.md");
    assert!(text.starts_with("# Changelog\n\n\n\n## [Unreleased]\n\n## [0.2.0]"), "{text}");
    assert!(text.ends_with(older), "{text}");
}

#[test]
fn failure_a_failed_attempt_leaves_nothing_that_blocks_the_next() {
    let sandbox = Sandbox::suite();
    let export = sandbox.read(EXPORT);
    sandbox.write(EXPORT, "exit 1\n");
    sandbox.commit_all("chore: break the export");
    for _ in 0..2 {
        let before = sandbox.state().without_objects();
        sandbox.run(&["minor", "--yes"]).expect(4);
        before.assert_same(&sandbox.state().without_objects());
    }
    sandbox.write(EXPORT, export);
    sandbox.commit_all("fix: mend the export");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
}

#[test]
fn failure_a_release_that_was_not_pushed_is_undone_and_does_not_block_the_next() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    let base = sandbox.commit("HEAD");
    let before = sandbox.state().only_work_tree();
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.refused(1, &["0.2.0", "--yes"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.commit("HEAD"), base);
    assert_eq!(sandbox.git(&["tag"]), "scheduler-v0.1.0\nv0.1.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    before.assert_same(&sandbox.state().only_work_tree());
    // A tag that an attempt of another tool left is refused with the way out, and then no longer in the way.
    sandbox.git(&["tag", "-a", "v0.2.0", "-m", "a failed attempt"]);
    sandbox.commit_all("fix: one more");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists here, not on origin and not on HEAD\n")
        .says("hint: it was never pushed: `git tag -d v0.2.0`\n");
    sandbox.git(&["tag", "-d", "v0.2.0"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
}
