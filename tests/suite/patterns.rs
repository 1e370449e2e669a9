//! Versions in texts that have no format of their own: pins in a README, ranges, container tags.

use crate::manifests::repository;
use crate::sandbox::Sandbox;

const MANIFEST: &str = "[[manifest]]\npath = \"package.json\"\n\n";

fn suite(patterns: &str, files: &[(&str, &str)]) -> Sandbox {
    let mut all = vec![("package.json", "{\"version\": \"0.2.0-beta.1\"}\n")];
    all.extend_from_slice(files);
    repository("package.json", &format!("{MANIFEST}{patterns}"), &all)
}

const README: &str = "\
# own

    pip install own==0.2.0b1
    docker pull registry.invalid/own:v0.2.0-beta.1
    docker pull registry.invalid/own:v0.2.0-beta.10

Pin `own==0.2.0b1`. It was `own==0.2.0b12` or own==0.2.0b1.post1 {version}.
";

const PATTERNS: &str = r#"
[[pattern]]
path = "*.md"
find = "own=={previous-pep440}"
replace = "own=={pep440}"
count = 2
[[pattern]]
path = "README.md"
find = "own:v{previous}"
replace = "own:v{version}"
count = 1
[[pattern]]
path = "setup.cfg"
regex = '^own-core>=(?<previous_pep440>[^,]+),<=(?<pep440>\S+)$'
count = 1
[[pattern]]
path = "README.md"
find = "{{version}}"
replace = "{{{base}}}"
count = 1
"#;

#[test]
fn pins_ranges_and_tags_move_from_release_to_release() {
    let range = "[options]\r\ninstall_requires =\r\nown-core>=0.1.0,<=0.2.0b1\r\n";
    let sandbox = suite(PATTERNS, &[("README.md", README), ("setup.cfg", range)]);
    let preview = sandbox.run(&["rc", "--dry-run"]).expect(0);
    preview
        .shows("README.md:3  text  own==0.2.0b1 → own==0.2.0rc1")
        .shows("setup.cfg:3  pep440  0.2.0b1 → 0.2.0rc1");
    sandbox.run(&["rc", "--yes"]).expect(0);
    let expected = README
        .replacen("own==0.2.0b1\n", "own==0.2.0rc1\n", 1)
        .replacen("`own==0.2.0b1`", "`own==0.2.0rc1`", 1)
        .replacen("own:v0.2.0-beta.1\n", "own:v0.2.0-rc.1\n", 1)
        .replacen("{version}", "{0.2.0}", 1);
    assert_eq!(sandbox.read("README.md"), expected);
    assert_eq!(sandbox.git(&["show", "v0.2.0-rc.1:README.md"]), expected);
    assert_eq!(sandbox.read("setup.cfg"), range.replace(">=0.1.0,<=0.2.0b1", ">=0.2.0b1,<=0.2.0rc1"));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_pattern_may_have_several_lines_whatever_ends_them() {
    let pattern = "[[pattern]]\npath = \"a.*\"\nfind = \"\"\"\nImage:\n  own:{previous}\"\"\"\nreplace = \"Image:\\n  own:{version}\"\ncount = 1\n";
    for end in ["\n", "\r\n"] {
        let text = format!("Image:{end}  own:0.2.0-beta.1{end}Other:{end}  own:0.2.0-beta.1{end}");
        let sandbox = suite(pattern, &[("a.txt", &text)]);
        let preview = sandbox.run(&["rc", "--dry-run"]).expect(0);
        assert!(preview.stdout.contains("own:0.2.0-beta.1 → Image:"), "on one line: {}", preview.stdout);
        sandbox.run(&["rc", "--yes"]).expect(0);
        assert_eq!(sandbox.read("a.txt"), text.replacen("-beta.1", "-rc.1", 1));
    }
}

#[test]
fn a_pin_in_the_prose_of_a_changelog_moves_while_its_sections_rotate() {
    let changelog = "# Changelog\n\nPin `own==0.2.0-beta.1`.\n\n## [Unreleased]\n\n- x\n\n## [0.1.0] - 2026-01-01\n\n- y\n";
    let pattern = "[[pattern]]\npath = \"CHANGELOG.md\"\nfind = \"own=={previous}\"\nreplace = \"own=={version}\"\ncount = 1\n\
                   [changelog]\npath = \"CHANGELOG.md\"\n";
    let sandbox = suite(pattern, &[("CHANGELOG.md", changelog)]);
    sandbox.run(&["rc", "--yes"]).expect(0);
    let pinned = changelog.replace("own==0.2.0-beta.1", "own==0.2.0-rc.1");
    assert_eq!(sandbox.read("CHANGELOG.md"), pinned, "a pre-release does not rotate");
    sandbox.run(&["release", "--yes"]).expect(0);
    let expected = pinned.replace("own==0.2.0-rc.1", "own==0.2.0").replace(
        "## [Unreleased]\n\n",
        &format!("## [Unreleased]\n\n## [0.2.0] - {}\n\n", crate::sandbox::DATE),
    );
    assert_eq!(sandbox.git(&["show", "v0.2.0:CHANGELOG.md"]), expected);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn another_number_of_places_is_refused_with_what_was_looked_for_and_where_it_is() {
    let pattern = "[[pattern]]\npath = \"README.md\"\nfind = \"own=={previous-pep440}\"\nreplace = \"own=={pep440}\"\ncount = 1\n";
    let sandbox = suite(pattern, &[("README.md", README)]);
    sandbox
        .refused(1, &["rc", "--yes"])
        .says("README.md: the text `own==0.2.0b1` is there 2 times (lines 3, 7), expected 1 time");

    let sandbox = suite(pattern, &[("README.md", "own\nown==0.1.0\n")]);
    sandbox
        .refused(1, &["rc", "--yes"])
        .says("README.md: the text `own==0.2.0b1` is there not at all, expected 1 time")
        .says("line 2 has it with `own==0.1.0`\n");
    let sandbox = suite(pattern, &[("README.md", "own==0.1.0\nown==0.0.9\nown==0.0.8\n")]);
    sandbox.refused(1, &["rc", "--yes"]).says("line 1 has it with `own==0.1.0`, and 2 more like it\n");

    let expression = "[[pattern]]\npath = \"README.md\"\nregex = '^own==(?<pep440>.*)$'\ncount = 1\n";
    let sandbox = suite(expression, &[("README.md", "own==1\nown==2\n")]);
    sandbox.refused(1, &["rc", "--yes"]).says(
        "README.md: the expression `^own==(?<pep440>.*)$` is there 2 times (lines 1, 2), expected 1 time",
    );
    let sandbox = suite(expression, &[("other", "")]);
    sandbox.refused(1, &["rc", "--yes"]).says("`README.md` is not there at HEAD");
}

#[test]
fn every_expression_is_looked_for_by_itself() {
    let pattern = |regex: &str| format!("[[pattern]]\npath = \"README.md\"\nregex = '{regex}'\ncount = 1\n");
    let patterns = pattern("^api:(?<version>.*)$") + &pattern("^own==(?<pep440>.*)$");
    let sandbox = suite(&patterns, &[("README.md", "own==0.2.0b1\napi:0.2.0-beta.1\n")]);
    sandbox.run(&["rc", "--yes"]).expect(0);
    assert_eq!(sandbox.read("README.md"), "own==0.2.0rc1\napi:0.2.0-rc.1\n");
}

#[test]
fn a_text_of_several_lines_is_shown_on_one() {
    let pattern = "[[pattern]]\npath = \"README.md\"\nfind = \"own\\n=={previous-pep440}\"\nreplace = \"own\\n=={pep440}\"\ncount = 1\n";
    let sandbox = suite(pattern, &[("README.md", "own\n==0.2.0b1\n")]);
    let run = sandbox.refused(0, &["rc", "--dry-run"]);
    run.shows("own\\n==0.2.0b1 → own\\n==0.2.0rc1\n");
    sandbox.run(&["rc", "--yes"]).expect(0);
    assert_eq!(sandbox.read("README.md"), "own\n==0.2.0rc1\n");
}

#[test]
fn a_group_that_holds_another_version_is_refused_or_follows_with_a_warning() {
    let pattern = "[[pattern]]\npath = \"Dockerfile\"\nregex = '^ARG TAG=(?<version>\\S+)'\ncount = 1\n";
    let files = [("Dockerfile", "FROM scratch\nARG TAG=0.1.0 # 0.1.0\n")];
    let sandbox = suite(pattern, &files);
    sandbox.refused(1, &["rc", "--yes"]).says("Dockerfile:2: found `0.1.0`, expected `0.2.0-beta.1`");

    let sandbox = suite(&format!("{pattern}follows = true\n"), &files);
    sandbox
        .run(&["rc", "--yes"])
        .expect(0)
        .says("`Dockerfile:2` holds `0.1.0` where `0.2.0-beta.1` was expected; it will be `0.2.0-rc.1`");
    assert_eq!(sandbox.read("Dockerfile"), "FROM scratch\nARG TAG=0.2.0-rc.1 # 0.1.0\n");
}

#[test]
fn a_hook_that_undoes_a_pattern_stops_the_release() {
    let pattern = "[[pattern]]\npath = \"README.md\"\nfind = \"own=={previous}\"\nreplace = \"own=={version}\"\ncount = 1\n\
                   [[pattern]]\npath = \"env\"\nregex = 'TAG=(?<version>.*)'\ncount = 1\n";
    for (path, text, says) in [
        ("README.md", "own==0.2.0", "the text `own==0.2.0-rc.1` is there not at all, expected 1 time"),
        (
            "env",
            "TAG=0.1.0",
            "the group `version` of `TAG=(?<version>.*)` holds `0.1.0`, expected `0.2.0-rc.1`",
        ),
    ] {
        let sandbox = suite(pattern, &[("README.md", "own==0.2.0-beta.1\n"), ("env", "TAG=0.2.0-beta.1\n")]);
        let hook = format!("#!/bin/sh\necho {text} > {path} && git add {path}\n");
        sandbox.write(".git/hooks/pre-commit", hook);
        let hook = sandbox.root().join(".git/hooks/pre-commit");
        std::fs::set_permissions(hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("mode");
        let before = sandbox.state().without_objects();
        sandbox.run(&["rc", "--yes"]).expect(4).says(says);
        let mut after = sandbox.state().without_objects();
        // What the hook wrote is kept there.
        after.forget(".git/trueppm-release");
        before.assert_same(&after);
    }
}
