//! Every way to get a configuration wrong, with the exact words and the place: here a text as a whole and the tables in
//! it. What goes wrong inside a table is said in that table's file beside this one.

use proptest::prelude::*;

use super::SMALL;
use crate::config::{Source, built_in, parse};

/// What is said about a text: one line for a problem, its hints after ` | `.
pub(super) fn said(text: &str) -> Vec<String> {
    let problems = parse(text, &Source::File("x.toml".into())).err().unwrap_or_default();
    problems.into_iter().map(|problem| [vec![problem.message], problem.hints].concat().join(" | ")).collect()
}

/// What is said about the small configuration with more lines after it.
pub(super) fn said_after_small(more: &str) -> Vec<String> {
    said(&format!("{SMALL}{more}"))
}

/// Each of these, written after the small configuration, gets exactly these problems: several are separated by ` || `.
pub(super) fn each_is_said(rows: &[(&str, &str)]) {
    for (more, expected) in rows {
        let expected: Vec<_> =
            expected.split(" || ").filter(|one| !one.is_empty()).map(|one| format!("x.toml:{one}")).collect();
        assert_eq!(said_after_small(more), expected, "{more}");
    }
}

#[test]
fn every_problem_of_a_text_is_reported_in_its_order() {
    let text = "\
releese = 1
[release]
brnach = \"main\"
remote = 7
version-from = \"../Cargo.toml\"
commit-message = \"{versoin}\"
[[tag]]
name = \"v {version}\"
[[manifest]]
path = \"README.md\"
follows = \"yes\"
";
    assert_eq!(
        said(text),
        [
            "x.toml:1:1: unknown key `releese` at the top level | did you mean `[release]`?",
            "x.toml:3:1: unknown key `brnach` in `[release]` | did you mean `branch`?",
            "x.toml:4:10: `remote` in `[release]`: expected a string, found a number",
            "x.toml:5:16: `version-from` in `[release]`: `../Cargo.toml` leaves the repository | write the path \
             relative to the repository root",
            "x.toml:5:16: `version-from` names `../Cargo.toml`, which is no `[[manifest]]` | add a `[[manifest]]` \
             with `path = \"../Cargo.toml\"`",
            "x.toml:6:18: `commit-message` in `[release]`: unknown placeholder `{versoin}` | did you mean \
             `{version}`?",
            "x.toml:7:1: `[[tag]]` has no `message`",
            "x.toml:8:8: `name` in `[[tag]]`: `v 0.2.0` is not a name that git takes: it holds a space",
            "x.toml:10:8: the format of `README.md` cannot be told from its name | say it with `format = \"…\"`: \
             `pyproject`, `package-json`, `package-lock`, `chart`, `python-setting`, `python-version`, `uv-lock`, \
             `cargo-toml`, `cargo-lock`, `pnpm-lock`, `yarn-lock`, `json`, `toml`, `yaml`, `plain`, `env-file`, `dockerfile`",
            "x.toml:11:11: `follows` in `[[manifest]]`: expected true or false, found a string",
        ]
    );
}

#[test]
fn each_mistake_in_a_table_itself_in_limits_or_in_a_changelog_is_named() {
    each_is_said(&[
        ("[limits]\nmanifest-bytes = 0", "12:18: `manifest-bytes` in `[limits]`: 0 is less than 1"),
        (
            "[limits]\nmanifest-bytes = 1.5",
            "12:18: `manifest-bytes` in `[limits]`: expected a whole number, found a fraction",
        ),
        (
            "[limits]\nmanifest_bytes = 1",
            "12:1: unknown key `manifest_bytes` in `[limits]` | did you mean `manifest-bytes`?",
        ),
        (
            "[limits]\nsize = 1",
            "12:1: unknown key `size` in `[limits]` | known keys: `changelog-bytes`, `manifest-bytes`, `hook-seconds`",
        ),
        (
            "limits = 1",
            "11:1: unknown key `limits` in `[[manifest]]` | known keys: `path`, `format`, `key`, `package`, `value`, `follows`, `optional`",
        ),
        ("[[limits]]", "11:1: `limits`: expected a table, found a list of tables | write `[limits]`"),
        (
            "[reminder]\ntext = 'x'",
            "11:1: `reminder`: expected a list of tables, found a table | write `[[reminder]]`, with two brackets",
        ),
        (
            "[[changelogs]]\npath = 'x'",
            "11:3: unknown key `changelogs` at the top level | did you mean `[changelog]`?",
        ),
        ("[changelog]\nfragments = 'changelog.d'", "11:1: `[changelog]` has no `path`"),
        ("[changelog]\npath = ''", "12:8: `path` in `[changelog]` is empty"),
        (
            "[changelog]\npath = 'C.md'\nrotate = 'stabel'",
            "13:10: `rotate` in `[changelog]`: unknown value `stabel` | did you mean `stable`?",
        ),
        (
            "[changelog]\npath = 'C.md'\nrotate = 'never'",
            "13:10: `rotate` in `[changelog]`: unknown value `never` | known values: `stable`, `always`",
        ),
        (
            "[changelog]\npath = 'C.md'\nrotate = true",
            "13:10: `rotate` in `[changelog]`: expected a string, found true or false",
        ),
        (
            "[changelog]\npath = 'C.md'\nfragments = 'd/'",
            "13:13: `fragments` in `[changelog]`: `d/` has a part that names nothing | write `d`",
        ),
        ("[changelog]\npath = 'Cargo.toml'", "12:8: `Cargo.toml` is a `[[manifest]]` and the changelog"),
    ]);
}

#[test]
fn what_every_release_needs_is_asked_for() {
    assert_eq!(said(""), ["x.toml:1:1: `[[manifest]]` is missing"]);
    let none = SMALL.replace("[[tag]]\nname = \"v{version}\"\nmessage = \"Release {tag}\"\n", "");
    assert_eq!(said(&format!("tag = []\n{none}")), ["x.toml:1:7: `[[tag]]` is an empty list"]);
    // Without `version-from` one of the manifests must be able to say what the version is.
    for unfit in ["follows = true", "optional = true", "value = '{base}'"] {
        let text =
            format!("[[manifest]]\npath = 'Cargo.toml'\n{unfit}\n[[manifest]]\npath = '*/Cargo.toml'\n");
        assert_eq!(
            said(&text),
            [
                "x.toml:2:8: no `[[manifest]]` can say alone what the current version is | name a file that does: \
                 `version-from = \"…\"` in `[release]` | it is in a `[[manifest]]` that neither `follows` nor is \
                 `optional`, and holds the whole version"
            ],
            "{unfit}"
        );
    }
    assert_eq!(
        said(&SMALL.replace("\"Cargo.toml\"\ncommit", "\"cargo.toml\"\ncommit")),
        [
            "x.toml:2:16: `version-from` names `cargo.toml`, which is no `[[manifest]]` | did you mean `Cargo.toml`?"
        ]
    );
}

#[test]
fn text_that_is_not_toml_is_placed_too() {
    assert_eq!(said("[release]\nbranch = main\n").len(), 1);
    assert!(said("[release]\nbranch = main\n")[0].starts_with("x.toml:2:10: this is not TOML: "));
    assert!(said("[release]\n[release]\n")[0].starts_with("x.toml:2:2: this is not TOML: "));
    let problems = parse("a = ", &Source::BuiltIn).unwrap_err();
    assert!(problems[0].message.starts_with("built-in profile:1:"), "{problems:?}");
}

#[test]
fn a_file_of_nothing_but_mistakes_is_not_listed_to_its_end() {
    let text: String = (0..5000).map(|number| format!("key{number} = 1\n")).collect();
    let said = said(&text);
    assert_eq!(said.len(), 101);
    // Besides the keys, a table is missing; it is said first.
    assert_eq!(said.last().map(String::as_str), Some("x.toml: and 4901 more problems"));
}

#[test]
fn columns_count_characters_and_not_bytes() {
    assert_eq!(
        said_after_small("[[step]]\nname = 'ä'\nrun = ['ä', 5]"),
        ["x.toml:13:13: `run` in `[[step]]`, entry 2: expected a string, found a number"]
    );
    let with_mark = said(&format!("\u{feff}x = 1\n{SMALL}"));
    assert!(with_mark[0].starts_with("x.toml:1:1: unknown key `x`"), "{with_mark:?}");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_never_panics(text in "\\PC*") {
        let _ = said(&text);
    }

    #[test]
    fn any_damage_to_the_profile_is_read_or_placed(at in 0..built_in().len(), cut in 0..40_usize, put in "[\\[\\]{}=\"',.a-z0-9\n]{0,6}") {
        let text = built_in();
        let start = text.floor_char_boundary(at);
        let end = text.floor_char_boundary((start + cut).min(text.len()));
        let damaged = format!("{}{put}{}", text.get(..start).unwrap(), text.get(end..).unwrap());
        for problem in said(&damaged) {
            let mut place = problem.split(':').skip(1);
            let line: usize = place.next().unwrap().parse().unwrap();
            let column: usize = place.next().unwrap().parse().unwrap();
            // The place lies inside the text, or right behind the end of a line.
            let lines: Vec<&str> = damaged.split('\n').collect();
            prop_assert!(line <= lines.len() && column <= lines[line - 1].chars().count() + 1, "{problem}");
        }
    }
}
