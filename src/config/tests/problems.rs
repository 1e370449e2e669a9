//! Every way to get a configuration wrong, with the exact words and the place.

use proptest::prelude::*;

use super::SMALL;
use crate::config::{Source, built_in, parse};

/// What is said about a text: one line for a problem, its hints after ` | `.
fn said(text: &str) -> Vec<String> {
    let problems = parse(text, &Source::File("x.toml".into())).err().unwrap_or_default();
    problems.into_iter().map(|problem| [vec![problem.message], problem.hints].concat().join(" | ")).collect()
}

/// What is said about the small configuration with more lines after it.
pub(super) fn said_after_small(more: &str) -> Vec<String> {
    said(&format!("{SMALL}{more}"))
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
             `cargo-toml`, `cargo-lock`, `pnpm-lock`, `yarn-lock`, `json`, `toml`, `yaml`, `env-file`, `dockerfile`",
            "x.toml:11:11: `follows` in `[[manifest]]`: expected true or false, found a string",
        ]
    );
}

#[test]
fn each_way_to_write_the_wrong_thing_is_named() {
    for (more, expected) in [
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
        (
            "format = 'cargo'",
            "11:10: `format` in `[[manifest]]`: unknown value `cargo` | known values: `pyproject`, `package-json`, `package-lock`, `chart`, `python-setting`, `python-version`, `uv-lock`, `cargo-toml`, `cargo-lock`, `pnpm-lock`, `yarn-lock`, `json`, `toml`, `yaml`, `env-file`, `dockerfile`",
        ),
        (
            "format = 'cargo-tml'",
            "11:10: `format` in `[[manifest]]`: unknown value `cargo-tml` | did you mean `cargo-toml`?",
        ),
        (
            "key = '/a'",
            "11:7: `Cargo.toml`: `key` `/a` is not one that Cargo.toml has | write `package.version` or `workspace.package.version`, or no `key`",
        ),
        (
            "value = '1.0'",
            "11:9: `value` in `[[manifest]]`: `1.0` holds nothing of the version | write `{version}`, `{pep440}` or `{base}`",
        ),
        (
            "value = '{tag}'",
            "11:9: `value` in `[[manifest]]`: `{tag}` stands for no tag here | `{tag}` can be used in `message` and `starts` of `[[tag]]` and in a `[[reminder]]` with `tag`",
        ),
        (
            "value = '{base}'",
            "11:9: `version-from` reads the whole version from `Cargo.toml`, which only holds `{base}` | write `value = \"{version}\"` or `value = \"{pep440}\"`",
        ),
        (
            "follows = true",
            "2:16: `version-from` names `Cargo.toml`, which `follows` or is `optional`: it cannot say what the version is | name a manifest that always holds the current version",
        ),
        (
            "[[manifest]]\npath = 'Cargo.toml'",
            "12:8: `Cargo.toml` is listed twice (first on line 10) | keep one of the two",
        ),
        ("package = 'x'", "11:11: `Cargo.toml`: `package` is for lock files only | leave `package` out"),
        (
            "[[manifest]]\npath = 'a.py'",
            "12:8: `a.py`: a Python file needs a `key` that says where the version is | write `key = 'SETTINGS[\"VERSION\"]'` with the names of the dictionary and of its key",
        ),
        (
            "[[manifest]]\npath = 'Chart.yaml'\nkey = 'apiVersion'",
            "13:7: `Chart.yaml`: `key` `apiVersion` is not one that a release moves in a chart | write `version` or `appVersion`, or no `key` for both",
        ),
        (
            "[[manifest]]\npath = 'a.json'",
            "12:8: `a.json`: a JSON file needs a `key` that says where the version is | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = 1",
            "13:7: `key` in `[[manifest]]`: expected a string, found a number",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = 'a.b'",
            "13:7: `a.json`: `a.b` is not a JSON pointer: it begins with `/` | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = '/a'\n[[manifest]]\npath = 'a.json'\nkey = '/a'",
            "15:8: `a.json` with key `/a` is listed twice (first on line 12) | keep one of the two",
        ),
        (
            "[[tag]]\nname = 'v{version}'\nmessage = 'x'",
            "12:8: two tags would have the name `v0.2.0` (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'v{pep440}'\nmessage = 'x'",
            "12:8: two tags would have the name `v0.2.0` (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'v{version}/api'\nmessage = 'x'",
            "12:8: git cannot hold the tags `v0.2.0` and `v0.2.0/api` together (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'latest'\nmessage = 'x'",
            "12:8: `name` in `[[tag]]`: `latest` is the same for every release | tags never move: put `{version}`, `{pep440}` or `{base}` into the name",
        ),
        (
            "[[tag]]\nname = 'w{version}.lock'\nmessage = 'x'",
            "12:8: `name` in `[[tag]]`: `w0.2.0.lock` is not a name that git takes: it has a part that ends with `.lock`",
        ),
        ("[[tag]]\nname = 'w{version}'\nmessage = '\\n'", ""),
        ("[[tag]]\nname = 'w{version}'\nmessage = ' '", "13:11: `message` in `[[tag]]` is empty"),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = \"\\nx\"",
            "13:11: `message` in `[[tag]]` begins with an empty line",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = \"x\\u0000\"",
            "13:11: `message` in `[[tag]]` holds a control character",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nstarts = ['a', 5]",
            "14:16: `starts` in `[[tag]]`, entry 2: expected a string, found a number",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nstarts = ['{tagg}']",
            "14:11: `starts` in `[[tag]]`, entry 1: unknown placeholder `{tagg}` | did you mean `{tag}`?",
        ),
        ("[[step]]\nname = 'a'\nrun = []", "13:7: `run` in `[[step]]` is an empty list"),
        ("[[step]]\nname = 'a'\nrun = ['', 'x']", "13:8: `run` in `[[step]]` names no program"),
        (
            "[[step]]\nname = 'a'\nrun = 'make'",
            "13:7: `run` in `[[step]]`: expected a list of strings, found a string | write `[\"make\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = [\"x\\u0000\"]",
            "13:8: `run` in `[[step]]`, entry 1 holds a NUL character",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\n[[step]]\nname = 'a'\nrun = ['y']",
            "15:8: the step `a` is listed twice (first on line 12) | keep one of the two",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\ntimeout-seconds = 86401",
            "14:19: `timeout-seconds` in `[[step]]`: 86401 is more than 86400",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['Cargo.toml']",
            "14:11: `Cargo.toml` is written by the release itself | a step writes files of its own",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexpect = [{ path = 'o', key = '/v', value = '{base}' }]",
            "14:20: `expect` names `o`, which the step does not write | add it: `writes = [\"o\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['o.json']\nexpect = [{ path = 'o.jsn', key = '/v', value = 'x' }]",
            "15:20: `expect` names `o.jsn`, which the step does not write | did you mean `o.json`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['o']\nexpect = [{ path = 'o', key = 'v', value = 'x' }]",
            "15:31: `key` in `expect` in `[[step]]`: `v` is not a JSON pointer | write `/v`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexpect = [{}]",
            "14:11: `expect` in `[[step]]` has no `path` || 14:11: `expect` in `[[step]]` has no `key` || 14:11: `expect` in `[[step]]` has no `value`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x', '{versio}']",
            "13:13: `run` in `[[step]]`, entry 2: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x', '{tag}']",
            "13:13: `run` in `[[step]]`, entry 2: `{tag}` stands for no tag here | `{tag}` can be used in `message` and `starts` of `[[tag]]` and in a `[[reminder]]` with `tag`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'after-bumb'",
            "14:6: `at` in `[[step]]`: unknown value `after-bumb` | did you mean `after-bump`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'sometime'",
            "14:6: `at` in `[[step]]`: unknown value `sometime` | known values: `before-gate`, `after-bump`, `before-commit`, `after-release`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'before-gate'\nwrites = ['a']",
            "15:10: a step `before-gate` writes nothing: `writes` does not go with it | let it run `after-bump` or `before-commit`, or leave the key out",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nenvironment = { A-B = 'x', 9 = 'y', C = 1, D = '{versio}' }",
            "14:17: `environment` in `[[step]]`: `A-B` is not the name of a variable | it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION` || \
             14:28: `environment` in `[[step]]`: `9` is not the name of a variable | it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION` || \
             14:41: `C` in `environment` in `[[step]]`: expected a string, found a number || \
             14:48: `D` in `environment` in `[[step]]`: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nenvironment = ['A=1']",
            "14:15: `environment` in `[[step]]`: expected a table, found a list",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nfolder = '../x'",
            "14:10: `folder` in `[[step]]`: `../x` leaves the repository | write the path relative to the repository root",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexit-codes = { 256 = 'skip', 07 = 'stop', 1 = 'skp' }",
            "14:16: `exit-codes` in `[[step]]`: `256` is not an exit code | write a number from 0 to 255: `75 = \"skip\"` || \
             14:30: `exit-codes` in `[[step]]`: `07` is not an exit code | write a number from 0 to 255: `75 = \"skip\"` || \
             14:47: `1` in `exit-codes` in `[[step]]`: unknown value `skp` | did you mean `skip`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nonly-when = ['stabel', 1]",
            "14:14: `only-when` in `[[step]]`, entry 1: unknown value `stabel` | did you mean `stable`? || \
             14:24: `only-when` in `[[step]]`, entry 2: expected a string, found a number",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nonly-when = 'stable'",
            "14:13: `only-when` in `[[step]]`: expected a list of strings, found a string | write `[\"stable\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['*.toml', 'a[']",
            "14:11: `*.toml` matches `Cargo.toml`, which is written by the release itself | a step writes files of its own || \
             14:21: `writes` in `[[step]]`: `a[` is not a pattern: unclosed character class; missing ']' | `*` and `?` stay within a name, `**` crosses folders, `[a-z]` is one character",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['docs/*']\nexpect = [{ path = 'docs/a', format = 'json', value = 'x' }]",
            "15:39: `expect` in `[[step]]`: a JSON file needs a `key` that says where the version is | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1 }",
            "14:1: unknown key `passes` in `[[step]]` | known keys: `name`, `run`, `at`, `environment`, `folder`, `timeout-seconds`, `exit-codes`, `only-when`, `required`, `writes`, `expect`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\nwrites = ['a']",
            "14:1: unknown key `writes` in `[[check]]` | known keys: `name`, `run`, `at`, `environment`, `folder`, `timeout-seconds`, `exit-codes`, `only-when`, `required`, `passes`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\n[[check]]\nname = 'a'\nrun = ['']",
            "15:8: the check `a` is listed twice (first on line 12) | keep one of the two || 16:8: `run` in `[[check]]` names no program",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = {}",
            "14:10: `passes` in `[[check]]` does not say how | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1, empty-output = true }",
            "14:10: `passes` in `[[check]]` has more than one meaning: `exit-code`, `empty-output` | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 256 }",
            "14:24: `exit-code` in `passes` in `[[check]]`: 256 is more than 255",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { empty-output = false }",
            "14:27: `empty-output` in `passes` is false, which says nothing | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { json = 'a.b' }",
            "14:19: `json` in `passes` in `[[check]]`: `a.b` is not a JSON pointer | write `/a/b` || \
             14:19: `json` in `passes` has no `value` to compare with | add for example `value = []`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1, value = [] }",
            "14:35: `value` in `passes` needs a `json` that says where it stands | add `json = \"\"` for the whole output",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { json = '', value = [1979-05-27, nan, { a = '{versio}' }] }",
            "14:32: `value` in `passes` in `[[check]]`: expected what JSON can hold, found a date || \
             14:44: `value` in `passes` in `[[check]]`: expected what JSON can hold, found a fraction || \
             14:55: `value` in `passes` in `[[check]]`: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nonly-when = ['stable', 'lts']",
            "14:24: `only-when` in `[[tag]]`, entry 2: unknown value `lts` | known values: `stable`, `pre-release`, `alpha`, `beta`, `rc`, `minor-boundary`",
        ),
        (
            "[[reminder]]\ntext = 'x'\nwhen = 'first-tag'",
            "13:8: a reminder for the first tag needs a `tag` that says of which kind | write the `name` of one of the `[[tag]]`",
        ),
        (
            "[[reminder]]\ntext = 'x {tag}'",
            "12:8: `text` in `[[reminder]]` speaks of `{tag}`, but not of which | add `tag = \"…\"` with the `name` of one of the `[[tag]]`",
        ),
        (
            "[[reminder]]\ntext = 'x'\ntag = 'v{versio}'",
            "13:7: `tag` in `[[reminder]]`: no `[[tag]]` has the name `v{versio}` | did you mean `v{version}`?",
        ),
        (
            "[[reminder]]\ntext = 1979-05-27",
            "12:8: `text` in `[[reminder]]`: expected a string, found a date",
        ),
    ] {
        let expected: Vec<_> =
            expected.split(" || ").filter(|one| !one.is_empty()).map(|one| format!("x.toml:{one}")).collect();
        assert_eq!(said_after_small(more), expected, "{more}");
    }
}

#[test]
fn the_first_tag_is_one_that_every_release_gets() {
    let limited = SMALL.replace("message = \"Release {tag}\"", "message = \"x\"\nonly-when = [\"stable\"]");
    assert_eq!(
        said(&limited),
        [
            "x.toml:8:13: the first `[[tag]]` is one that every release gets | leave its `only-when` out, or put another tag first"
        ]
    );
}

#[test]
fn what_every_release_needs_is_asked_for() {
    assert_eq!(
        said(""),
        [
            "x.toml:1:1: `[release]` is missing",
            "x.toml:1:1: `[[tag]]` is missing",
            "x.toml:1:1: `[[manifest]]` is missing",
        ]
    );
    let none = SMALL.replace("[[tag]]\nname = \"v{version}\"\nmessage = \"Release {tag}\"\n", "");
    assert_eq!(said(&format!("tag = []\n{none}")), ["x.toml:1:7: `[[tag]]` is an empty list"]);
    assert_eq!(
        said(&SMALL.replace("version-from", "# version-from")),
        ["x.toml:1:1: `[release]` has no `version-from`"]
    );
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
    // Besides the keys, three tables are missing; they are said first.
    assert_eq!(said.last().map(String::as_str), Some("x.toml: and 4903 more problems"));
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
