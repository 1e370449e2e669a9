//! One line says what becomes of a range; properties say what no line may break; and node-semver's and PEP 440's own
//! words are what `admits` is measured by.

use proptest::prelude::*;

use super::*;

/// What a range becomes: itself, another, or `?` where nobody can tell.
fn became(dialect: Dialect, text: &str, old: &str, new: &str) -> String {
    match moved(dialect, text, old, new) {
        Moved::Stays => text.to_owned(),
        Moved::To(range) => range,
        Moved::Unknown => "?".to_owned(),
    }
}

#[track_caller]
fn table(dialect: Dialect, old: &str, new: &str, lines: &[(&str, &str)]) {
    for (text, expected) in lines {
        assert_eq!(became(dialect, text, old, new), *expected, "`{text}` from {old} to {new}");
        let again = became(dialect, expected, new, new);
        assert!(*expected == "?" || again == *expected, "`{expected}` at {new} becomes `{again}`");
    }
}

#[test]
fn a_range_of_npm_moves_in_its_style_and_precision() {
    table(
        Dialect::Npm,
        "0.4.2",
        "0.5.0",
        &[
            ("^0.4", "^0.5"),
            ("^0.4.0", "^0.5.0"),
            ("~0.4.1", "~0.5.0"),
            ("~> 0.4", "~> 0.5"),
            ("0.4.x", "0.5.x"),
            ("0.4.*", "0.5.*"),
            ("0.4.X", "0.5.X"),
            ("0.4", "0.5"),
            ("v0.4.2", "v0.5.0"),
            ("=0.4.2", "=0.5.0"),
            ("0.4.2", "0.5.0"),
            (">=0.4.2 <0.5", ">=0.5.0 <0.6"),
            (">= 0.4.2 < 0.5.0", ">= 0.5.0 < 0.6.0"),
            (">=0.4.2 <0.5.0-0", ">=0.5.0 <0.6.0-0"),
            (">=0.2 <0.5", ">=0.2 <0.6"),
            ("<0.5", "<0.6"),
            ("<=0.4", "<=0.5"),
            ("<=0.4.2", "<=0.5.0"),
            ("0.4.0 - 0.4.9", "0.4.0 - 0.5.0"),
            ("0.3 - 0.4", "0.3 - 0.5"),
            ("^0.3 || ^0.4", "^0.3 || ^0.4 || ^0.5"),
            ("0.3||0.4", "0.3||0.4||0.5"),
            ("^0.4.0 <0.4.9", "^0.5.0 <0.5.1"),
            ("workspace:^0.4.0", "workspace:^0.5.0"),
            ("npm:^0.4.0", "npm:^0.5.0"),
            (" ^0.4 ", " ^0.5 "),
        ],
    );
}

#[test]
fn what_admits_the_version_or_is_no_range_of_it_stays_byte_for_byte() {
    let same = [
        "",
        "*",
        "x",
        "latest",
        "next",
        ">=0.4",
        ">0.4.2",
        "^0",
        "0",
        "0.x",
        ">=0.4 <1",
        "<1",
        "^0.5 || ^0.4",
        "file:../a",
        "link:../a",
        "workspace:*",
        "workspace:^",
        "workspace:~",
        "workspace:packages/a",
        "workspace:^0",
        "npm:b@^0.4",
        "git+ssh://git@host.invalid/a.git#semver:^0.4",
        "own/repository",
        "^0.3.0",
        "^1.0.0",
        "0.4.2.1",
        "^0.4.2, ^0.5",
        "0.4.99999999999999999999",
        "^ä",
        "||",
        "0.4.1 || *",
    ];
    for text in same {
        assert_eq!(became(Dialect::Npm, text, "0.4.2", "0.5.0"), text);
    }
    for text in [
        "",
        "*",
        ">=0.4",
        ">0.4",
        "!=0.3",
        "==0.*",
        "~=0.4",
        "<1",
        "===0.4",
        "@ file:///a",
        "==0.4.2.post1",
        "==0.4.2+a",
    ] {
        assert_eq!(became(Dialect::Python, text, "0.4.2", "0.5.0"), text);
    }
}

#[test]
fn a_pre_release_is_written_whole_and_so_is_what_comes_after_it() {
    table(
        Dialect::Npm,
        "0.4.2",
        "0.5.0-alpha.1",
        &[
            ("^0.4", "^0.5.0-alpha.1"),
            ("0.4.x", "~0.5.0-alpha.1"),
            ("0.4", "~0.5.0-alpha.1"),
            ("=0.4", "~0.5.0-alpha.1"),
            ("0", "^0.5.0-alpha.1"),
            ("0.4.2", "0.5.0-alpha.1"),
            (">=0.4", ">=0.5.0-alpha.1"),
            (">0.4.0", ">=0.5.0-alpha.1"),
            (">=0.4.2 <0.5", ">=0.5.0-alpha.1 <0.6"),
            (">=0.2 <0.5", ">=0.5.0-alpha.1 <0.6"),
            ("0.3 - 0.4", "0.3 - 0.5.0-alpha.1"),
            ("<0.5", "?"),
            ("*", "*"),
            ("x", ">=0.5.0-alpha.1"),
            ("workspace:^", "workspace:^"),
            ("^0.3 || ^0.4", "^0.3 || ^0.4 || ^0.5.0-alpha.1"),
        ],
    );
    table(
        Dialect::Npm,
        "0.5.0-alpha.1",
        "0.5.0-beta.1",
        &[("^0.5.0-alpha.1", "^0.5.0-alpha.1"), ("0.5.0-alpha.1", "0.5.0-beta.1"), ("^0.4", "^0.4")],
    );
    table(
        Dialect::Npm,
        "0.5.0-rc.1",
        "0.5.0",
        &[
            ("^0.5.0-alpha.1", "^0.5.0"),
            ("~0.5.0-alpha.1", "~0.5.0"),
            ("0.5.0-rc.1", "0.5.0"),
            (">=0.5.0-alpha.1 <0.6", ">=0.5.0 <0.6"),
            ("0.3 - 0.5.0-rc.1", "0.3 - 0.5.0"),
            ("^0.4 || ^0.5.0-alpha.1", "^0.4 || ^0.5.0"),
            ("^0.4.0-alpha.1 || ^0.5", "^0.4.0-alpha.1 || ^0.5"),
            (">=0.4", ">=0.4"),
        ],
    );
    table(
        Dialect::Npm,
        "0.5.0",
        "0.6.0",
        &[("^0.5.0-alpha.1", "^0.6.0"), ("~0.5.0-alpha.1 || ^0.4", "~0.6.0 || ^0.4")],
    );
}

#[test]
fn yarn_takes_no_pre_release_for_any_version() {
    let lines = [
        ("*", ">=0.5.0-alpha.1"),
        ("npm:*", "npm:>=0.5.0-alpha.1"),
        ("workspace:*", "workspace:*"),
        ("^0", "^0.5.0-alpha.1"),
    ];
    table(Dialect::Yarn, "0.4.2", "0.5.0-alpha.1", &lines);
    table(Dialect::Yarn, "0.4.2", "0.5.0", &[("*", "*"), ("^0.4", "^0.5")]);
}

#[test]
fn the_major_version_moves_as_well() {
    table(
        Dialect::Npm,
        "0.9.3",
        "1.0.0",
        &[
            ("^0.9", "^1.0"),
            ("0.x", "1.x"),
            ("0", "1"),
            ("^0", "^1"),
            (">=0.9 <1", ">=1.0 <2"),
            (">=0.9 <1.0.0", ">=1.0 <2.0.0"),
        ],
    );
    table(
        Dialect::Npm,
        "1.4.0",
        "2.0.0",
        &[
            ("1 || 2", "1 || 2"),
            ("0 || 1", "0 || 1 || 2"),
            (">=1.2 <2", ">=2.0 <3"),
            (">=0.2 <2", ">=0.2 <3"),
            ("1.x", "2.x"),
            ("1.x.x", "2.x.x"),
            ("^1.2.0 || >1.3", "^1.2.0 || >1.3"),
        ],
    );
    table(
        Dialect::Npm,
        "1.4.0",
        "1.4.1",
        &[
            ("~1.4.0", "~1.4.0"),
            ("1.4.0", "1.4.1"),
            ("<=1.4.0", "<=1.4.1"),
            ("1.3.0 - 1.4.0", "1.3.0 - 1.4.1"),
        ],
    );
}

#[test]
fn specifiers_of_python_move_in_their_style_and_precision() {
    table(
        Dialect::Python,
        "1.2.0",
        "1.3.0",
        &[
            (">=1.2,<1.3", ">=1.3,<1.4"),
            (" >= 1.2.0, < 1.3 ", " >= 1.3.0, < 1.4 "),
            (">=1.2,<1.3.dev0", ">=1.3,<1.4.dev0"),
            (">=1.2,<1.3a0", ">=1.3,<1.4a0"),
            (">=1.0,<1.3", ">=1.0,<1.4"),
            ("<1.3,>=1.2", "<1.4,>=1.3"),
            ("~=1.2.0", "~=1.3.0"),
            ("==1.2.0", "==1.3.0"),
            ("==1.2", "==1.3"),
            ("===1.2.0", "===1.3.0"),
            ("==1.2.*", "==1.3.*"),
            ("==1.2.0.0", "==1.3.0.0"),
            ("<=1.2", "<=1.3"),
            (">=1.2,!=1.2.1,<1.3", ">=1.3,!=1.2.1,<1.4"),
            (">=1.2,!=1.3.0,<2", "?"),
            ("<1.3,", "<1.4,"),
        ],
    );
    table(
        Dialect::Python,
        "1.2.0",
        "1.3.1",
        &[("==1.2", "==1.3.1"), ("<=1.2", "<=1.3.1"), ("~=1.2.0", "~=1.3.1"), (">=1.2,<1.3", ">=1.3,<1.4")],
    );
    table(
        Dialect::Python,
        "1.2.0",
        "2.0.0",
        &[("~=1.2", "~=2.0"), ("==1.*", "==2.*"), (">=1.2,<2", ">=2.0,<3")],
    );
    table(
        Dialect::Python,
        "1.2.0",
        "1.3.0a1",
        &[
            (">=1.2,<1.3", ">=1.3.0a1,<1.4"),
            (">=1.2", ">=1.3.0a1"),
            ("~=1.2.0", "~=1.3.0a1"),
            ("==1.2.*", "~=1.3.0a1"),
            ("==1.2.0", "==1.3.0a1"),
            (">1.1", ">=1.3.0a1"),
            (">=1.0,<1.3", ">=1.3.0a1,<1.4"),
            (">=1.2.0a1", ">=1.2.0a1"),
            ("<1.3", "?"),
        ],
    );
    table(
        Dialect::Python,
        "1.3.0rc1",
        "1.3.0",
        &[
            ("~=1.3.0a1", "~=1.3.0"),
            (">=1.3.0a1,<1.4", ">=1.3.0,<1.4"),
            ("==1.3.0rc1", "==1.3.0"),
            (">=1.2.0a1", ">=1.2.0a1"),
            (">=1.3.0a0,<2", ">=1.3.0a0,<2"),
        ],
    );
}

#[test]
fn constraints_of_poetry_know_more_signs() {
    table(
        Dialect::Poetry,
        "1.2.0",
        "2.0.0",
        &[
            ("^1.2", "^2.0"),
            ("~1.2", "~2.0"),
            ("~1", "~2"),
            ("1.2.0", "2.0.0"),
            ("1.*", "2.*"),
            ("^0.9 || ^1.0", "^0.9 || ^1.0 || ^2.0"),
            (">=1.2,<2.0", ">=2.0,<3.0"),
            ("*", "*"),
        ],
    );
    table(
        Dialect::Poetry,
        "1.2.0",
        "1.3.0-alpha.1",
        &[("1.2.*", "~1.3.0a1"), ("~1.2", "~1.3.0a1"), ("^1.2", "^1.3.0a1")],
    );
}

#[test]
fn a_version_that_is_none_of_a_release_is_told() {
    assert_eq!(moved(Dialect::Npm, "^0.4", "0.4.0-dev.1", "0.5.0"), Moved::Unknown);
}

fn version() -> impl Strategy<Value = Version> {
    let stage = prop_oneof![
        3 => Just(None),
        1 => (prop_oneof![Just("alpha"), Just("beta"), Just("rc")], 1..4u64).prop_map(Some),
    ];
    (0..3u64, 0..4u64, 0..4u64, stage).prop_map(|(major, minor, patch, stage)| {
        let pre = stage.map_or(String::new(), |(word, count)| format!("-{word}.{count}"));
        Version::parse_semver(&format!("{major}.{minor}.{patch}{pre}")).unwrap()
    })
}

/// A version as a range may write it.
fn partial() -> impl Strategy<Value = String> {
    prop_oneof![
        version().prop_map(|it| it.to_string()),
        (0..3u64, 0..4u64, 0..4u64).prop_map(|(major, minor, patch)| format!("{major}.{minor}.{patch}")),
        (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("{major}.{minor}")),
        (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("{major}.{minor}.x")),
        (0..3u64).prop_map(|major| major.to_string()),
    ]
}

fn npm_range() -> impl Strategy<Value = String> {
    let signs = prop_oneof![
        Just("^"),
        Just("~"),
        Just(""),
        Just("="),
        Just(">="),
        Just("<"),
        Just("<="),
        Just(">"),
        Just(">= ")
    ];
    let one = (signs, partial()).prop_map(|(sign, partial)| format!("{sign}{partial}")).boxed();
    let simple = prop_oneof![
        3 => one.clone(),
        2 => (partial(), partial()).prop_map(|(low, high)| format!(">={low} <{high}")),
        1 => (partial(), partial()).prop_map(|(low, high)| format!("{low} - {high}")),
        1 => (one.clone(), one).prop_map(|(left, right)| format!("{left} {right}")),
    ];
    prop::collection::vec(simple, 1..3).prop_map(|parts| parts.join(" || "))
}

fn python_range() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        version().prop_map(|it| it.pep440()),
        (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("{major}.{minor}")),
    ];
    let signs = prop_oneof![
        Just("=="),
        Just("~="),
        Just(">="),
        Just("<"),
        Just("<="),
        Just(">"),
        Just("!="),
        Just(">= ")
    ];
    let one = prop_oneof![
        4 => (signs, number).prop_map(|(sign, number)| format!("{sign}{number}")),
        1 => (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("=={major}.{minor}.*")),
    ];
    prop::collection::vec(one, 1..3).prop_map(|parts| parts.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_moved_admits_the_version_and_then_stays(text in npm_range(), old in version(), new in version()) {
        moves_once(Dialect::Npm, &text, &old, &new)?;
    }

    #[test]
    fn what_moved_in_python_admits_the_version_and_then_stays(text in python_range(), old in version(), new in version()) {
        moves_once(Dialect::Python, &text, &old, &new)?;
        moves_once(Dialect::Poetry, &text, &old, &new)?;
    }

    #[test]
    fn python_admits_what_others_say_it_admits(text in python_range(), version in version()) {
        use std::str::FromStr;
        let theirs = pep440_rs::VersionSpecifiers::from_str(&text).unwrap();
        let range = Range::parse(Dialect::Python, &text).unwrap();
        let holds = range.alternatives[0].clauses.iter().all(|clause| clause.holds(&ordered(&version)));
        let spelled = pep440_rs::Version::from_str(&version.pep440()).unwrap();
        // PEP 440, "Exclusive ordered comparison": `<V` refuses the pre-releases of V unless V is one itself. The other
        // implementation refuses them also then, so that its order of versions is asked instead.
        let is_theirs_alone = |one: &pep440_rs::VersionSpecifier| {
            *one.operator() == pep440_rs::Operator::LessThan
                && one.version().any_prerelease()
                && one.version().release() == spelled.release()
        };
        let expected = theirs.iter().all(|one| {
            if is_theirs_alone(one) { spelled < *one.version() } else { one.contains(&spelled) }
        });
        prop_assert_eq!(holds, expected, "{} in {}", version, text);
    }

    #[test]
    fn any_text_is_read_or_left(text in "[-^~<>=!| .,x*v0-3a:]{0,16}", old in version(), new in version()) {
        for dialect in [Dialect::Npm, Dialect::Yarn, Dialect::Python, Dialect::Poetry] {
            moves_once(dialect, &text, &old, &new)?;
        }
    }
}

fn moves_once(dialect: Dialect, text: &str, old: &Version, new: &Version) -> Result<(), TestCaseError> {
    let (before, after) = (old.to_string(), new.to_string());
    let range = Range::parse(dialect, text);
    let admits = |version: &Version| range.as_ref().is_some_and(|range| range.admits(version));
    match moved(dialect, text, &before, &after) {
        Moved::To(written) => {
            let read = Range::parse(dialect, &written).unwrap();
            prop_assert!(read.admits(new), "`{written}` does not admit {new}");
            prop_assert_ne!(written.as_str(), text);
            prop_assert_eq!(moved(dialect, &written, &after, &after), Moved::Stays);
            prop_assert!(!admits(new) || (new.is_stable() && !old.is_stable()), "`{text}` admitted {new}");
        }
        Moved::Unknown => prop_assert!(admits(old) && !admits(new)),
        Moved::Stays => {}
    }
    Ok(())
}
