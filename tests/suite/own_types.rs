//! A project's own types of changes, from the fragment to the section and back, through the real binary.

use crate::sandbox::Sandbox;

const TYPES: &str = "\n[changelog.types]\nfeature = { heading = \"Features\", bump = \"minor\" }\n\
    bugfix = { heading = \"Bug Fixes\", bump = \"patch\" }\nremoval = { heading = \"Removals\", bump = \"major\" }\n\
    misc = { heading = \"Misc\", bump = \"none\" }\n";

/// A package with these fragments, and this under `[Unreleased]`.
fn project(body: &str, fragments: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"1.2.0\"\n");
    sandbox.write(
        "CHANGELOG.md",
        format!("# Changelog\n\n## [Unreleased]\n{body}\n## [1.2.0] - 2026-01-01\n\n- old\n"),
    );
    sandbox.write(
        "trueppm-release.toml",
        format!(
            "[[manifest]]\npath = \"Cargo.toml\"\n\n[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"news\"\n{TYPES}"
        ),
    );
    sandbox.write("news/README.md", "Fragments.\n");
    for (name, text) in fragments {
        sandbox.write(&format!("news/{name}"), text);
    }
    sandbox.commit_all("feat: everything");
    sandbox
}

#[test]
fn a_release_files_own_types_under_their_headings_and_undo_brings_the_fragments_back() {
    let sandbox = project(
        "\n### Bug Fixes\n\n- By hand.\n",
        &[("1.misc.md", "Sundries."), ("2.feature.md", "A view."), ("+orphan.bugfix.md", "A crash.")],
    );
    sandbox.run(&["config", "--check"]).expect(0);
    let bare = sandbox.refused(0, &[]);
    bare.shows("Pending  : 3 fragments (1 feature, 1 bugfix, 1 misc)\n");
    let before = sandbox.read("CHANGELOG.md");
    sandbox.run(&["auto", "--yes"]).expect(0).says("note: `auto` is `minor`: 1 entry of type `feature`");
    let after = sandbox.read("CHANGELOG.md");
    let section = after.split_once("## [1.3.0] - ").expect("a section").1.split_once('\n').expect("lines").1;
    assert_eq!(
        section,
        "\n### Bug Fixes\n\n- By hand.\n- A crash.\n\n### Features\n\n- A view.\n\n### Misc\n\n- Sundries.\n\n\
         ## [1.2.0] - 2026-01-01\n\n- old\n"
    );
    assert_eq!(sandbox.git(&["ls-files", "news"]), "news/README.md\n");
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.read("CHANGELOG.md"), before);
    assert_eq!(sandbox.git(&["ls-files", "news"]).lines().count(), 4);
}

#[test]
fn auto_takes_the_bump_of_a_type_from_fragments_and_from_headings() {
    for (body, fragments, next, reason) in [
        (
            "",
            &[("1.bugfix.md", "x"), ("2.misc.md", "x")][..],
            "1.2.1",
            "nothing but 1 entry of type `bugfix`",
        ),
        ("\n### Features\n\n- one\n- two\n", &[("1.bugfix.md", "x")], "1.3.0", "2 entries of type `feature`"),
        ("\n### Removals\n\n- one\n", &[("1.feature.md", "x")], "2.0.0", "1 entry of type `removal`"),
        ("", &[("1.misc.md", "**Breaking:** x")], "2.0.0", "1 entry marked as breaking"),
        // What everybody calls so is understood as everywhere.
        ("\n### Fixed\n\n- one\n", &[("1.misc.md", "x")], "1.2.1", "nothing but 1 entry fixed or security"),
    ] {
        let sandbox = project(body, fragments);
        sandbox.refused(0, &["auto", "--dry-run"]).shows(&format!("  new     : {next}   ")).shows(reason);
    }
}

#[test]
fn what_calls_for_no_release_is_no_reason_for_one_and_can_be_released_all_the_same() {
    let sandbox = project("", &[("1.misc.md", "Sundries.")]);
    let why = "nothing to release: no pending change calls for one (1 entry of type `misc`)";
    sandbox
        .refused(8, &["auto", "--yes"])
        .says(why)
        .says("or say the step yourself: `patch`, `minor` or `major`");
    sandbox.refused(0, &[]).shows("Pending  : 1 fragment (1 misc)\n").shows(&format!("– ({why})"));
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert!(sandbox.read("CHANGELOG.md").contains("### Misc\n\n- Sundries.\n"));
}

#[test]
fn a_type_that_is_none_of_the_projects_is_refused_with_its_own_types() {
    let sandbox = project("", &[("1.fixed.md", "x"), ("2.feature.3.md", "x"), ("4.bugfix.rst", "x")]);
    for words in [&["patch", "--yes"][..], &["patch", "--dry-run"], &["auto", "--yes"]] {
        let run = sandbox.refused(1, words);
        let said = run.stdout + &run.stderr;
        for part in [
            "types are feature, bugfix, removal, misc",
            "`news/1.fixed.md` is not named like a changelog fragment: `fixed` is not a type",
            "did you mean `news/1.bugfix.md`?",
            "did you mean `news/2.3.feature.md`?",
            "write it in Markdown, as `news/4.bugfix.md`",
        ] {
            assert!(said.contains(part), "{words:?}: {part}\n{said}");
        }
    }
    sandbox.refused(0, &[]).shows("3 files are not named like a fragment").shows("`news/1.bugfix.md`");
}

#[test]
fn a_fragment_that_is_not_committed_is_known_by_its_own_type() {
    let sandbox = project("", &[("1.bugfix.md", "x")]);
    sandbox.write("news/2.feature.md", "not yet");
    sandbox.refused(1, &["patch", "--yes"]).says("news/2.feature.md");
    let bare = sandbox.refused(0, &[]);
    assert!(!bare.stdout.contains("not named like a fragment"), "{}", bare.stdout);
}

#[test]
fn init_writes_the_types_that_towncrier_has_and_a_release_takes_its_fragments() {
    for (configuration, heading) in [
        ("[tool.towncrier]\nfilename = \"CHANGELOG.md\"\ndirectory = \"newsfragments\"\n", "Bugfixes"),
        (
            "[tool.towncrier]\nfilename = \"CHANGELOG.md\"\n[[tool.towncrier.type]]\ndirectory = \"bugfix\"\n\
             name = \"Mended\"\n[[tool.towncrier.type]]\ndirectory = \"feature\"\nname = \"New\"\n",
            "Mended",
        ),
    ] {
        let sandbox = Sandbox::empty();
        let project = "[project]\nname = \"demo\"\nversion = \"1.2.0\"\n\n";
        sandbox.write("pyproject.toml", format!("{project}{configuration}"));
        sandbox.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-01\n\n- old\n");
        sandbox.write("newsfragments/12.feature.md", "A view.\n");
        sandbox.write("newsfragments/+a.bugfix.md", "A crash.\n");
        sandbox.commit_all("feat: everything");
        sandbox.run(&["init", "--yes"]).expect(0);
        let written = sandbox.read("trueppm-release.toml");
        assert!(written.contains("fragments = \"newsfragments\"\n"), "{written}");
        let line = format!("bugfix = {{ heading = \"{heading}\", bump = \"patch\" }}\n");
        assert!(written.contains(&line), "{written}");
        sandbox.run(&["config", "--check"]).expect(0);
        sandbox.commit_all("chore: describe the release");
        sandbox.run(&["auto", "--yes"]).expect(0).says("1 entry of type `feature`");
        let after = sandbox.read("CHANGELOG.md");
        assert!(after.contains(&format!("### {heading}\n\n- A crash.\n")), "{after}");
        assert_eq!(sandbox.git(&["ls-files", "newsfragments"]), "");
    }
}
