//! What a pattern finds and sets, and every way to be refused.

use super::*;

fn whole(text: &str) -> Literal<'_> {
    Literal { text, begins_with_version: false, ends_with_version: true }
}

fn message(result: Result<Replaced, Vec<Problem>>) -> String {
    let problems = result.unwrap_err();
    assert_eq!(problems.len(), 1);
    problems[0].message.clone()
}

#[test]
fn a_literal_changes_in_exactly_its_places() {
    let text = "\u{feff}own==0.1.0\r\nother==0.1.0, `own==0.1.0`.\r\nown==0.1.0rc1 own==0.1.0.post1 own==0.1.01 own==0.1.0-x";
    let replaced = whole("own==0.1.0").replace(text, "README.md", &whole("own==0.2.0a1"), 2).unwrap();
    let expected =
        text.replacen("own==0.1.0\r", "own==0.2.0a1\r", 1).replacen("`own==0.1.0`.", "`own==0.2.0a1`.", 1);
    assert_eq!(replaced.text, expected);
    assert_eq!(replaced.found.iter().map(|place| place.line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_version_at_the_beginning_is_a_whole_one_too() {
    let literal = Literal { text: "0.1.0", begins_with_version: true, ends_with_version: true };
    let lines: Vec<usize> = literal
        .locate("v0.1.0\n10.1.0\n2.0.1.0\n0.1.0\n=0.1.0.\n..0.1.0\n0.1.0-alpine\n0.1.0_1\n")
        .into_iter()
        .map(|place| place.line)
        .collect();
    assert_eq!(lines, [1, 4, 5, 6]);
    let anywhere = Literal { text: "0.1.0-", begins_with_version: false, ends_with_version: false };
    assert_eq!(anywhere.locate("10.1.0-alpine").len(), 1);
    assert!(Literal { text: "", ..anywhere }.locate("abc").is_empty());
}

#[test]
fn another_number_of_places_is_refused_with_their_lines() {
    let (old, new) = (whole("own==0.1.0"), whole("own==0.2.0"));
    let text = "own==0.1.0\n\nown==0.1.0\n";
    assert_eq!(
        message(old.replace(text, "README.md", &new, 1)),
        "README.md: the text `own==0.1.0` is there 2 times (lines 1, 3), expected 1 time"
    );
    assert_eq!(
        message(old.replace("own==0.2.0", "README.md", &new, 2)),
        "README.md: the text `own==0.1.0` is there not at all, expected 2 times"
    );
    let many = "own==0.1.0\n".repeat(30);
    assert!(message(old.replace(&many, "README.md", &new, 1)).contains("19, 20 and 10 more), expected"));
}

#[test]
fn what_already_stood_elsewhere_is_counted_and_left_alone() {
    let replaced = whole("own==0.1.0").replace("own==0.2.0 own==0.1.0", "x", &whole("own==0.2.0"), 1);
    assert_eq!(replaced.unwrap().text, "own==0.2.0 own==0.2.0");
    let same = whole("own==0.1.0").replace("own==0.1.0", "x", &whole("own==0.1.0"), 1);
    assert_eq!(same.unwrap().text, "own==0.1.0");
    // Written behind a digit, the new text no longer stands for itself.
    let bare = Literal { text: "X", begins_with_version: false, ends_with_version: false };
    let version = Literal { text: "0.2.0", begins_with_version: true, ends_with_version: true };
    assert_eq!(
        message(bare.replace("1X", "x", &version, 1)),
        "x: the text `0.2.0` is there not at all, expected 1 time"
    );
}

fn values(group: &str) -> Option<String> {
    match group {
        "version" => Some("0.2.0".to_owned()),
        "floor" => Some("0.1.0".to_owned()),
        _ => None,
    }
}

#[test]
fn named_groups_are_set_and_everything_else_stays() {
    let expression = Expression::parse("own>=(?<floor>[^,]+),<=(?<version>[^\"]+)\"(?<rest>.*)$").unwrap();
    assert_eq!(expression.groups().collect::<Vec<_>>(), ["floor", "version", "rest"]);
    let text = "\u{feff}a = \"own>=0.0.9,<=0.1.0\" # ä\r\nb = \"own>=0.0.8,<=0.1.0\"\r\n";
    let replaced = expression.set(text, "a.toml", 2, &values).unwrap();
    assert_eq!(replaced.text, "\u{feff}a = \"own>=0.1.0,<=0.2.0\" # ä\r\nb = \"own>=0.1.0,<=0.2.0\"\r\n");
    let found: Vec<(usize, &str, &str)> =
        replaced.found.iter().map(|place| (place.line, place.key.as_str(), place.value.as_str())).collect();
    assert_eq!(
        found,
        [
            (1, "floor", "0.0.9"),
            (1, "version", "0.1.0"),
            (1, "rest", " # ä"),
            (2, "floor", "0.0.8"),
            (2, "version", "0.1.0"),
            (2, "rest", "")
        ]
    );
}

#[test]
fn matches_that_are_not_as_expected_are_refused() {
    let set = |expression: &str, text: &str, count: usize| {
        message(Expression::parse(expression).unwrap().set(text, "Dockerfile", count, &values))
    };
    assert_eq!(
        set("^TAG=(?<version>.*)$", "TAG=1\nTAG=2\n", 1),
        "Dockerfile: the expression `^TAG=(?<version>.*)$` is there 2 times (lines 1, 2), expected 1 time"
    );
    assert_eq!(
        set("^TAG=(?<version>.*)$", "ARG TAG=1\n", 1),
        "Dockerfile: the expression `^TAG=(?<version>.*)$` is there not at all, expected 1 time"
    );
    assert_eq!(
        set("a(?<version>x)?", "\nab", 1),
        "Dockerfile:2: the group `version` of `a(?<version>x)?` takes no part in the match"
    );
    // What is written reads as two matches, or as another value.
    assert_eq!(
        set("(?<version>[1-9])", "1", 1),
        "Dockerfile:1: the group `version` of `(?<version>[1-9])` holds `2`, expected `0.2.0`"
    );
    assert_eq!(
        set("(?<version>(?<floor>1).0)", "1.0", 1),
        "Dockerfile: cannot replace the version: bytes 0..1 and 0..3 overlap"
    );
}

#[test]
fn what_is_no_expression_is_refused_before_any_text() {
    for (expression, expected) in [
        ("own==(", "`own==(` is not a regular expression: unclosed group"),
        ("own==(.*)", "`own==(.*)` has no named group that says what is set"),
        (
            "(?<version>\\w{1000}){1000}",
            "`(?<version>\\w{1000}){1000}` is not a regular expression: it is too large",
        ),
    ] {
        assert_eq!(Expression::parse(expression).unwrap_err().message, expected);
    }
    let dash = Expression::parse("own==(?<previous-pep440>.*)").unwrap_err();
    assert_eq!(
        dash.hints,
        ["a group is named after a placeholder with `_` for `-`: `(?<previous_pep440>…)`"]
    );
}
