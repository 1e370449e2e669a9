//! The failures that steps, checks and the question to the remote make impossible.

use crate::origin::Origin;
use crate::sandbox::Sandbox;

use super::EXPORT;

/// The suite with more steps and checks in its configuration.
fn suite_with(more: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    let profile = trueppm_release::config::built_in();
    assert!(profile.contains("\n[changelog]\n"));
    sandbox.write(
        "trueppm-release.toml",
        profile.replacen("\n[changelog]\n", &format!("\n{more}\n[changelog]\n"), 1),
    );
    sandbox
}

#[test]
fn failure_1018_an_export_that_derives_the_version_gets_the_new_one_and_is_held_to_it() {
    // The newer layout: the setting is a name, and what it stands for comes from the environment.
    let profile = trueppm_release::config::built_in()
        .replacen("at = \"after-bump\"\n", "environment = { TRUEPPM_VERSION = \"{pep440}\" }\n", 1)
        .replacen(
            "key = \"/info/version\", value = \"{base}\"",
            "key = \"/info/version\", value = \"{pep440}\"",
            1,
        );
    let sandbox = Sandbox::suite();
    sandbox.write("trueppm-release.toml", profile);
    sandbox.write(
        EXPORT,
        "printf '{\"info\": {\"version\": \"%s\"}}\\n' \"$TRUEPPM_VERSION\" > docs/api/openapi.json\n",
    );
    sandbox.commit_all("feat: derive the version");
    sandbox.run(&["minor", "beta", "--yes"]).expect(0);
    assert_eq!(
        sandbox.git(&["show", "HEAD:docs/api/openapi.json"]),
        "{\"info\": {\"version\": \"0.2.0b1\"}}\n"
    );

    sandbox.write(EXPORT, "printf '{\"info\": {\"version\": \"0.2.0b1\"}}\\n' > docs/api/openapi.json\n");
    sandbox.commit_all("chore: an export that knows better");
    let before = sandbox.state().without_objects();
    sandbox.run(&["beta", "--yes"]).expect(4).says("holds `0.2.0b1` at `/info/version`, expected `0.2.0b2`");
    before.assert_same(&sandbox.state().without_objects());
}

#[test]
fn failure_1391_a_cve_in_the_image_refuses_the_release_before_the_gate() {
    let sandbox = suite_with(
        "[[check]]\nname = \"image scan\"\nrun = [\"bash\", \"scripts/scan.sh\", \"{version}\"]\n\n\
         [[check]]\nname = \"milestone\"\nrun = [\"cat\", \"open-issues.json\"]\npasses = { json = \"\", value = [] }\n",
    );
    sandbox.write("scripts/scan.sh", "echo \"CVE-2026-1391 in trueppm-api:$1\"\nexit 1\n");
    sandbox.write("open-issues.json", "[{\"iid\": 7}]\n");
    sandbox.commit_all("ci: scan the image");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: check `image scan` failed: exit code 1\n  | CVE-2026-1391 in trueppm-api:0.2.0\n")
        .says("error: check `milestone` failed: its output holds `[{\"iid\":7}]`, expected `[]`\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["tag"]), "scheduler-v0.1.0\nv0.1.0\n");
    sandbox.write("scripts/scan.sh", "echo \"nothing found in trueppm-api:$1\"\n");
    sandbox.write("open-issues.json", "[]\n");
    sandbox.commit_all("fix: the CVE");
    sandbox.run(&["minor", "--yes"]).expect(0);
}

/// A script that does what the project's own does for its "Ships in" notes.
const NOTES: &str = "\
# Nothing ships before the stable release: exit code 75, not yet.
case \"$1\" in *-*) sed -i 's/Ships/Shipped/' docs/guide/*.md; exit 75;; esac
for note in $(grep -rl \"Ships in $2\\.\" docs/guide); do
  sed -i \"/Ships in $2\\\\./d\" \"$note\"
done
";

#[test]
fn failure_2694_and_2824_ships_in_notes_go_with_their_release_and_no_earlier() {
    let sandbox = suite_with(
        "[[step]]\nname = \"ships-in notes\"\nrun = [\"bash\", \"scripts/notes.sh\", \"{version}\", \"{major}.{minor}\"]\n\
         writes = [\"docs/guide/**/*.md\"]\nexit-codes = { 75 = \"skip\" }\n",
    );
    sandbox.write("scripts/notes.sh", NOTES);
    let notes = [
        ("docs/guide/a.md", "A.\nShips in 0.2.\nStays.\n"),
        ("docs/guide/deep/b.md", "Ships in 0.2.\nB.\n"),
        ("docs/guide/later.md", "Ships in 0.3.\n"),
        ("docs/elsewhere.md", "Ships in 0.2.\n"),
    ];
    for (path, text) in notes {
        sandbox.write(path, text);
    }
    sandbox.commit_all("docs: notes");
    let says = "step `ships-in notes` has nothing to do for this release (exit code 75)";
    sandbox.run(&["minor", "rc", "--yes"]).expect(0).says(says);
    for (path, text) in notes {
        assert_eq!(sandbox.git(&["show", &format!("v0.2.0-rc.1:{path}")]), text, "deleted too early");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.run(&["release", "--yes"]).expect(0);
    for (path, text) in [
        ("docs/guide/a.md", "A.\nStays.\n"),
        ("docs/guide/deep/b.md", "B.\n"),
        ("docs/guide/later.md", "Ships in 0.3.\n"),
        ("docs/elsewhere.md", "Ships in 0.2.\n"),
    ] {
        assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{path}")]), text);
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

/// What the project stores in `.gitlab-ci.yml`: a digest over all manifests.
const DIGEST: &str = "\
digest=$(cat packages/*/pyproject.toml packages/web/package.json docs/api/openapi.json | git hash-object --stdin)
case \"$1\" in
  write) sed -i \"s/^  MANIFESTS: .*/  MANIFESTS: $digest/\" .gitlab-ci.yml;;
  check) grep -qx \"  MANIFESTS: $digest\" .gitlab-ci.yml || { echo 'the digest is stale'; exit 1; };;
esac
";

#[test]
fn failure_4022_a_stale_digest_over_the_manifests_is_brought_up_to_date_or_vetoes_the_commit() {
    let write = "[[step]]\nname = \"digest\"\nrun = [\"bash\", \"scripts/digest.sh\", \"write\"]\nwrites = [\".gitlab-ci.yml\"]\n\n";
    let check = "[[check]]\nname = \"digest is fresh\"\nrun = [\"bash\", \"scripts/digest.sh\", \"check\"]\nat = \"before-commit\"\n";
    for (steps, released) in [(format!("{write}{check}"), true), (check.to_owned(), false)] {
        let sandbox = suite_with(&steps);
        sandbox.write("scripts/digest.sh", DIGEST);
        sandbox.write(".gitlab-ci.yml", "variables:\n  MANIFESTS: stale\n");
        let mut bash = std::process::Command::new("bash");
        let status = bash.args(["scripts/digest.sh", "write"]).current_dir(sandbox.root()).status();
        assert!(status.expect("bash starts").success());
        let stored = sandbox.read(".gitlab-ci.yml");
        sandbox.commit_all("ci: store a digest of the manifests");
        let before = sandbox.state().without_objects();
        if !released {
            sandbox
                .run(&["minor", "--yes"])
                .expect(4)
                .says("error: check `digest is fresh` failed: exit code 1\n  | the digest is stale\n")
                .says("nothing was released, and every file is as it was before");
            before.assert_same(&sandbox.state().without_objects());
            continue;
        }
        sandbox.run(&["minor", "--yes"]).expect(0);
        assert_ne!(sandbox.git(&["show", "v0.2.0:.gitlab-ci.yml"]), stored);
        // The digest is that of the released files.
        sandbox.git(&["checkout", "--quiet", "v0.2.0"]);
        let mut bash = std::process::Command::new("bash");
        let status = bash.args(["scripts/digest.sh", "check"]).current_dir(sandbox.root()).status();
        assert!(status.expect("bash starts").success());
    }
}

#[test]
fn failure_4061_a_version_that_is_published_is_not_free_because_this_clone_does_not_know_its_tag() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.git(&["tag", "v0.2.0", "main"]);
    assert_eq!(sandbox.git(&["tag"]), "scheduler-v0.1.0\nv0.1.0\n");
    sandbox.refused(1, &["minor", "--yes"]).says("error: tag `v0.2.0` already exists on origin\n");
    // Where the remote cannot tell, nothing is assumed; `--offline` says what that leaves unchecked.
    std::fs::rename(&origin.folder, sandbox.around().join("moved.git")).expect("the remote is gone");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: `origin` cannot be asked")
        .says("to go on without asking: `--offline`");
    sandbox
        .run(&["minor", "--yes", "--offline"])
        .expect(0)
        .says("warning: origin was not asked (--offline): ");
}

#[test]
fn failure_4061_a_branch_that_moved_on_at_the_remote_is_not_released_over() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let there = origin.colleague_commits();
    // Nothing was fetched since: this clone alone would call itself up to date.
    assert_eq!(sandbox.commit("origin/main"), sandbox.commit("HEAD"));
    sandbox
        .refused(1, &["minor", "--yes"])
        .says(&format!(
            "error: origin/main is at {}, a commit that is not in this clone\n",
            there.get(..10).unwrap()
        ))
        .says("hint: run `git pull --ff-only origin main`\n");
    sandbox.git(&["pull", "--quiet", "--ff-only", "origin", "main"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}
