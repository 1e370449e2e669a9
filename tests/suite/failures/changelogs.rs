//! What went wrong with changelogs, for a project that keeps two of them.

use crate::sandbox::{DATE, Sandbox};

const LIBRARY: &str = "packages/scheduler/CHANGELOG.md";

/// Both changelogs rotate for every release, the library's in PEP 440's spelling and with fragments of its own.
const TWO: &str = "\
[[changelog]]
path = \"CHANGELOG.md\"
fragments = \"changelog.d\"
rotate = \"always\"
placeholder = \"_Nothing yet._\"
summary = \"required\"

[[changelog]]
path = \"packages/scheduler/CHANGELOG.md\"
fragments = \"packages/scheduler/changelog.d\"
value = \"{pep440}\"
rotate = \"always\"
tag = \"scheduler-v{pep440}\"
blank-lines = { before-type = 2, after-type = 0 }

";

const OLDER: &str = "## [0.1.0] - 2026-01-15\n\n\n\n### Added   \n* star\n\n\n\n\n\ttabs \r\n## A stray heading\n### Added\n\
    - again\n\n\n\n## [0.0.9]\n\n\n";

fn suite() -> Sandbox {
    let sandbox = Sandbox::suite();
    let text = trueppm_release::config::built_in();
    let (head, tail) = text.split_once("[changelog]\n").expect("the changelog");
    let (_, tail) = tail.split_once("# --- Reminders").expect("what follows");
    sandbox.write("trueppm-release.toml", format!("{head}{TWO}# --- Reminders{tail}"));
    sandbox.write("CHANGELOG.md", format!("# Suite\n\n\n\n## [Unreleased]\n\n{OLDER}"));
    sandbox.write(LIBRARY, format!("# Library\n\n## [Unreleased]\n\n\n### Fixed\n- by hand\n\n\n\n{OLDER}"));
    sandbox.write("packages/scheduler/changelog.d/1.added.md", "A library's feature.\n");
    sandbox.commit_all("docs: two changelogs");
    sandbox
}

#[test]
fn failure_a_missing_summary_is_noticed_before_anything_is_written_and_with_everything_else() {
    let sandbox = suite();
    let missing = "`CHANGELOG.md` opens each release with a summary, and there is none (line 5)";
    sandbox
        .refused(1, &["minor", "alpha", "--yes"])
        .says(missing)
        .says("hint: pass `--summary TEXT`, `--summary @FILE` or `--summary -`, or set RELEASE_SUMMARY");
    sandbox.refused(1, &["minor", "alpha", "--dry-run"]).shows(missing);

    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.9\"");
    sandbox.write("changelog.d/8.added.md", "");
    sandbox.replace(LIBRARY, "## [0.1.0]", "## [0.2.0a1]\n\n## [0.1.0]");
    sandbox.commit_all("chore: all kinds of trouble");
    sandbox
        .refused(1, &["minor", "alpha", "--yes"])
        .says(missing)
        .says("packages/web/package.json:3: found `0.0.9`, expected `0.1.0`")
        .says("`changelog.d/8.added.md` is empty")
        .says("`packages/scheduler/CHANGELOG.md` already has a section for `0.2.0a1`");
}

#[test]
fn failure_rotating_collapses_no_blank_line_in_any_older_section_of_any_changelog() {
    let sandbox = suite();
    sandbox.run(&["minor", "alpha", "--yes", "--summary", "One."]).expect(0);
    let suite = sandbox.read("CHANGELOG.md");
    let head = format!(
        "# Suite\n\n\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.2.0-alpha.1] - {DATE}\n\nOne.\n\n###"
    );
    assert!(suite.starts_with(&head), "{suite}");
    assert!(suite.ends_with(&format!("\n\n{OLDER}")), "{suite}");
    assert_eq!(
        sandbox.read(LIBRARY),
        format!(
            "# Library\n\n## [Unreleased]\n\n## [0.2.0a1] - {DATE}\n\n### Fixed\n- by hand\n\n\n### Added\n\
             - A library's feature.\n\n\n\n{OLDER}"
        )
    );
}

#[test]
fn failure_1386_the_tree_of_every_tag_holds_no_consumed_fragment_of_any_changelog() {
    let sandbox = suite();
    sandbox.run(&["minor", "alpha", "--yes", "--summary", "One."]).expect(0);
    for tag in ["v0.2.0-alpha.1", "scheduler-v0.2.0a1"] {
        let listed = sandbox.git(&["ls-tree", "-r", "--name-only", tag]);
        let left: Vec<&str> = listed.lines().filter(|path| path.contains("changelog.d/")).collect();
        assert_eq!(left, ["changelog.d/README.md"], "{tag}");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn failure_1383_an_attempt_that_is_refused_leaves_both_changelogs_and_all_fragments() {
    let sandbox = suite();
    let export = sandbox.read("scripts/export-openapi.sh");
    sandbox.write("scripts/export-openapi.sh", "exit 1\n");
    sandbox.commit_all("chore: a failing export");
    let before = sandbox.state().without_objects();
    let words = ["minor", "alpha", "--yes", "--summary", "One."];
    sandbox.run(&words).expect(4);
    before.assert_same(&sandbox.state().without_objects());
    sandbox.write("scripts/export-openapi.sh", export);
    sandbox.commit_all("fix: export");
    sandbox.run(&words).expect(0);
}

#[test]
fn failure_2605_a_heading_written_by_hand_is_found_in_either_spelling_in_either_changelog() {
    for path in ["CHANGELOG.md", LIBRARY] {
        for label in ["0.2.0a1", "0.2.0-alpha.1", "v0.2.0-alpha.1"] {
            let sandbox = suite();
            sandbox.replace(path, "## [0.1.0]", &format!("## [{label}] — by hand\n\n- x\n\n## [0.1.0]"));
            sandbox.commit_all("docs: release notes");
            sandbox
                .refused(1, &["minor", "alpha", "--yes", "--summary", "One."])
                .says(&format!("`{path}` already has a section for `0.2.0"))
                .says("hint: move its entries under `[Unreleased]`");
        }
    }
}
