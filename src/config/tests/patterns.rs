//! Patterns, globs and ignored files: what is read, and the exact words for what is not.

use super::SMALL;
use crate::config::{Config, Placeholder, Source, Unlisted, parse, placeholder_of};

fn read(more: &str) -> Result<Config, Vec<String>> {
    parse(&format!("{SMALL}{more}"), &Source::File("x.toml".into())).map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| [vec![problem.message], problem.hints].concat().join(" | "))
            .collect()
    })
}

const PATTERN: &str = "[[pattern]]\npath = \"README.md\"\n";

#[test]
fn patterns_globs_and_ignored_files_are_read() {
    let config = read(
        "[[manifest]]\npath = \"packages/*/pyproject.toml\"\nvalue = \"{pep440}\"\n\
         [[manifest]]\npath = \"Cargo.lock\"\npackage = \"a\"\n[[manifest]]\npath = \"Cargo.lock\"\npackage = \"b\"\n\
         [[pattern]]\npath = \"**/README.md\"\nfind = \"own=={previous-pep440}\"\nreplace = \"own=={pep440}\"\ncount = 2\n\
         [[pattern]]\npath = \"a.toml\"\nregex = 'own>=(?<previous_pep440>[^,]+),<=(?P<pep440>[^\"]{1,9})'\ncount = 1\n\
         follows = true\noptional = true\n\
         [[ignore]]\npath = \"examples/**\"\nreason = \"never published\"\n",
    )
    .unwrap();
    let [literal, expression] = config.pattern.as_slice() else { panic!("{:?}", config.pattern) };
    assert_eq!((literal.count, literal.follows, literal.optional), (2, false, false));
    assert_eq!(literal.find.as_ref().map(|find| find.edges_with_version()), Some((false, true)));
    assert!(expression.regex.is_some() && expression.follows && expression.optional);
    assert_eq!(config.ignore[0].reason, "never published");
    assert_eq!(config.release.unlisted, Unlisted::Warning);
}

#[test]
fn a_glob_may_hold_the_manifest_that_says_the_version_and_a_name_comes_before_it() {
    let text = SMALL.replace("\"Cargo.toml\"\ncommit", "\"crates/own/Cargo.toml\"\ncommit");
    let more = "[[manifest]]\npath = \"crates/*/Cargo.toml\"\n";
    let config = parse(&format!("{text}{more}"), &Source::BuiltIn).unwrap();
    assert_eq!(config.version_manifest().unwrap().path, "crates/*/Cargo.toml");
    let named = "[[manifest]]\npath = \"crates/own/Cargo.toml\"\nkey = \"package.version\"\n";
    let config = parse(&format!("{text}{more}{named}"), &Source::BuiltIn).unwrap();
    assert_eq!(config.version_manifest().unwrap().key.as_deref(), Some("package.version"));
    let glob = text.replace("crates/own/Cargo.toml", "crates/*/Cargo.toml");
    let problems = parse(&format!("{glob}{named}"), &Source::BuiltIn).unwrap_err();
    assert!(
        problems[0].message.contains("`version-from` names `crates/*/Cargo.toml`, which is no"),
        "{problems:?}"
    );
}

#[test]
fn each_way_to_write_the_wrong_thing_is_named() {
    for (more, expected) in [
        (format!("{PATTERN}count = 1"), "12:8: a `[[pattern]]` needs `find` and `replace`, or `regex`"),
        (format!("{PATTERN}find = '{{previous}}'\ncount = 1"), "13:8: `find` needs a `replace`"),
        (format!("{PATTERN}replace = '{{version}}'\ncount = 1"), "13:11: `replace` needs a `find`"),
        (
            format!("{PATTERN}find = 'a'\nreplace = 'b'\nregex = '(?<version>.)'\ncount = 1"),
            "15:9: `regex` takes the place of `find` and `replace`",
        ),
        (
            format!("{PATTERN}find = 'a {{date}}'\nreplace = 'a {{date}}'\ncount = 1"),
            "14:11: `replace` is the same as `find`",
        ),
        (
            format!("{PATTERN}find = 'a'\nreplace = 'b'\ncount = 1\nfollows = true"),
            "13:8: a pattern with `find` cannot follow: it finds only what is right",
        ),
        (
            format!("{PATTERN}find = 'a=={{version}}'\nreplace = 'b'\ncount = 1"),
            "13:8: `find` in `[[pattern]]`: `{version}` is not there before the release",
        ),
        (
            format!("{PATTERN}find = 'a=={{previos}}'\nreplace = 'b'\ncount = 1"),
            "13:8: `find` in `[[pattern]]`: unknown placeholder `{previos}`",
        ),
        (
            format!("{PATTERN}find = '{{previous}}'\nreplace = '{{tag}}'\ncount = 1"),
            "14:11: `replace` in `[[pattern]]`: `{tag}` cannot be used here: no tag is meant",
        ),
        (format!("{PATTERN}find = ' '\nreplace = 'b'\ncount = 1"), "13:8: `find` in `[[pattern]]` is empty"),
        (
            format!("{PATTERN}regex = 'a=='\ncount = 1"),
            "13:9: `regex` in `[[pattern]]`: `a==` has no named group that says what is set",
        ),
        (
            format!("{PATTERN}regex = 'a==(?<versoin>.*)'\ncount = 1"),
            "13:9: `regex` in `[[pattern]]` holds the group `versoin`, which is not named after a placeholder",
        ),
        (
            format!("{PATTERN}regex = 'a==(?<previous>.*)'\ncount = 1"),
            "13:9: `regex` in `[[pattern]]` has no group that stands for the new version",
        ),
        (
            format!("{PATTERN}regex = 'a==(?<version>'\ncount = 1"),
            "13:9: `regex` in `[[pattern]]`: `a==(?<version>` is not a regular expression: unclosed group",
        ),
        (format!("{PATTERN}regex = '(?<version>.)'"), "11:1: `[[pattern]]` has no `count`"),
        (
            format!("{PATTERN}regex = '(?<version>.)'\ncount = 0"),
            "14:9: `count` in `[[pattern]]`: 0 is less than 1",
        ),
        (
            "[[pattern]]\npath = 'a/[b'\nregex = '(?<version>.)'\ncount = 1".to_owned(),
            "12:8: `path` in `[[pattern]]`: `a/[b` is not a glob: unclosed character class; missing ']'",
        ),
        ("[[ignore]]\npath = 'a'".to_owned(), "11:1: `[[ignore]]` has no `reason`"),
        ("[[ignore]]\npath = 'a'\nreason = ' '".to_owned(), "13:10: `reason` in `[[ignore]]` is empty"),
        (
            "[[ignore]]\npath = 'Cargo.toml'\nreason = 'x'".to_owned(),
            "12:8: `Cargo.toml` is listed and ignored",
        ),
        (
            "[[ignore]]\npath = 'a'\nreason = 'x'\n[[ignore]]\npath = 'a'\nreason = 'y'".to_owned(),
            "15:8: `a` is listed twice (first on line 12)",
        ),
        (
            "[[manifest]]\npath = 'a/uv.lock'\npackage = 'x'\n[[manifest]]\npath = 'a/uv.lock'\npackage = 'x'".to_owned(),
            "15:8: `a/uv.lock` with package `x` is listed twice (first on line 12)",
        ),
        (
            "[[manifest]]\npath = '*.json'\nkey = '/v'\n[changelog]\npath = 'CHANGES.json'".to_owned(),
            "15:8: `CHANGES.json` is a `[[manifest]]` and the changelog",
        ),
        (
            "[[manifest]]\npath = 'docs/**/*.json'\nkey = '/v'\n[[step]]\nname = 'x'\nrun = ['y']\nwrites = ['docs/a.json']"
                .to_owned(),
            "17:11: `docs/a.json` is written by the release itself",
        ),
    ] {
        let said = read(&more).unwrap_err();
        assert_eq!(said.len(), 1, "{more}\n{said:?}");
        let first = said[0].split(" | ").next().unwrap();
        assert_eq!(first, format!("x.toml:{expected}"), "{more}");
    }
}

#[test]
fn groups_are_named_after_placeholders() {
    for (group, placeholder) in [
        ("version", Some(Placeholder::Version)),
        ("previous_pep440", Some(Placeholder::PreviousPep440)),
        ("previous_base", Some(Placeholder::PreviousBase)),
        ("tag", None),
        ("floor", None),
    ] {
        assert_eq!(placeholder_of(group), placeholder);
    }
}
