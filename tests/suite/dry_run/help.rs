//! The help, held against what the program does.

use trueppm_release::error::Kind;

use super::*;

/// Every kind of end; a new one does not compile until it stands here, and then it is looked for in the help.
fn kinds() -> Vec<Kind> {
    let all = [
        Kind::Refused,
        Kind::Usage,
        Kind::Declined,
        Kind::RolledBack,
        Kind::RecoveryNeeded,
        Kind::NotPushed,
        Kind::NothingToRelease,
        Kind::Bug,
    ];
    for kind in all {
        match kind {
            Kind::Refused
            | Kind::Usage
            | Kind::Declined
            | Kind::RolledBack
            | Kind::RecoveryNeeded
            | Kind::NotPushed
            | Kind::NothingToRelease
            | Kind::Bug => {}
        }
    }
    all.to_vec()
}

/// The examples on the pages of the commands.
fn examples() -> Vec<String> {
    let sandbox = Sandbox::empty();
    let of = |command: &str| section(&sandbox.run(&["help", command]).expect(0).stdout, "Examples:");
    ["undo", "init", "config"].into_iter().flat_map(of).collect()
}

fn help() -> String {
    let sandbox = Sandbox::empty();
    let run = sandbox.run(&["--help"]).expect(0);
    assert_eq!(run.stderr, "");
    run.stdout
}

fn section(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect();
    assert!(!lines.is_empty(), "no `{heading}` in\n{help}");
    lines
}

#[test]
fn the_exit_codes_in_the_help_are_those_of_the_program() {
    let listed: Vec<u8> = section(&help(), "Exit codes:")
        .iter()
        .map(|line| {
            let (code, meaning) = line.trim_start().split_once(' ').expect("a code and its meaning");
            assert!(!meaning.trim().is_empty(), "{line}");
            code.parse().expect("a number")
        })
        .collect();
    let mut defined: Vec<u8> = kinds().into_iter().map(|kind| kind as u8).collect();
    defined.insert(0, 0);
    assert_eq!(listed, defined);
}

#[test]
fn the_exit_codes_in_the_guide_are_those_of_the_program() {
    let guide = include_str!("../../../docs/guide.md");
    let (_, section) = guide.split_once("## Exit codes\n").expect("the section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let listed: Vec<u8> = rows.collect();
    let mut defined: Vec<u8> = kinds().into_iter().map(|kind| kind as u8).collect();
    defined.insert(0, 0);
    assert_eq!(listed, defined);
}

#[test]
fn every_example_of_the_help_works() {
    let help = help();
    let examples: Vec<String> = section(&help, "Examples:").into_iter().chain(examples()).collect();
    assert!(examples.len() >= 8, "{examples:#?}");
    for example in &examples {
        let (command, meaning) = example.trim_start().split_once("  ").expect("a command and its meaning");
        assert!(!meaning.trim().is_empty(), "{example}");
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[0], "trueppm-release");
        let sandbox = Sandbox::suite();
        let _origin = crate::origin::Origin::of(&sandbox);
        if words.contains(&"undo") {
            sandbox.run(&["minor", "--yes"]).expect(0);
        }
        let kept = sandbox.around().display().to_string();
        let mut command = sandbox.command(&words[1..]);
        command.env("RELEASE_ASSUME_YES", "1").env("TMPDIR", kept);
        Run::from(command.output().expect("binary starts")).expect(0);
    }
}

#[test]
fn what_the_help_says_that_words_give_is_what_they_give() {
    let help = help();
    let said = section(&help, "WORDS is one of:").join("\n");
    for (words, current, pep440, base) in [
        ("patch", "0.1.0", "0.1.0", "0.1.0"),
        ("minor", "0.1.0", "0.1.0", "0.1.0"),
        ("major", "0.1.0", "0.1.0", "0.1.0"),
        ("minor alpha", "0.1.0", "0.1.0", "0.1.0"),
        ("alpha", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
        ("beta", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
        ("rc", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
        ("release", "0.2.0-rc.1", "0.2.0rc1", "0.2.0"),
    ] {
        let sandbox = Sandbox::suite_at(current, pep440, base);
        let words: Vec<&str> = words.split(' ').chain(["-n"]).collect();
        let run = sandbox.run(&words).expect(0);
        let new = run.stdout.lines().find_map(|line| line.strip_prefix("  new     : ")).expect("a version");
        let new = new.split(' ').next().expect("a version");
        let line = said.lines().find(|line| {
            let given = line.split_once(&format!("{current} → ")).map(|(_, given)| given);
            // `-beta.1` stands for the same release part.
            let gives = |given: &str| given == new || format!("{base}{given}") == new;
            given.is_some_and(|given| given.split([' ', ',']).any(gives))
        });
        assert!(line.is_some(), "the help does not say that {words:?} makes {new} of {current}:\n{said}");
    }
}

#[test]
fn the_short_help_and_the_version_are_data() {
    let sandbox = Sandbox::empty();
    let run = sandbox.run(&["--version"]).expect(0);
    assert_eq!(run.stdout, format!("trueppm-release {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run.stderr, "");
    sandbox.run(&["-h"]).expect(0).shows("WORDS is one of:\n").shows("  -n, --dry-run");
    // Help is given in a broken place too, and looks at nothing.
    sandbox.write(RELEASE_TOML, "not toml");
    for words in [&["--help"][..], &["-h"], &["help", "undo"], &["config", "--help"]] {
        writes_nothing(&sandbox, 0, words);
    }
}
