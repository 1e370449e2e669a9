//! Wrong usage in our words, and the width of the whole help.

use super::*;

fn complaint(words: &[&str]) -> Problem {
    let typed = ["trueppm-release"].iter().chain(words).map(OsString::from);
    in_our_words(&Cli::parsed(typed).expect_err("wrong usage"))
}

#[test]
fn wrong_usage_is_said_like_every_other_error() {
    for (words, message, hint) in [
        (&["--dry-rn"][..], "unexpected argument `--dry-rn` found", "a similar argument exists: `--dry-run`"),
        (
            &["--color", "pink"],
            "invalid value `pink` for `--color <WHEN>`",
            "possible values: auto, always, never",
        ),
    ] {
        let problem = complaint(words);
        assert_eq!((problem.message.as_str(), problem.hints[0].as_str()), (message, hint));
        assert_eq!(problem.hints.len(), 2, "{problem:?}");
    }
    let problem = complaint(&["minor", "--date"]);
    assert_eq!(problem.message, "a value is required for `--date <YYYY-MM-DD>` but none was supplied");
    assert_eq!(problem.hints.len(), 1);
}

#[test]
fn the_whole_help_fits_on_a_terminal_of_80_columns() {
    use clap::CommandFactory as _;
    let page = Cli::command().term_width(80).render_help().to_string();
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for option in [
        "--dry-run",
        "--yes",
        "--strict",
        "--skip-step",
        "--date",
        "--config",
        "-C <DIR>",
        "--keep",
        "--push",
        "--offline",
        "--pin <NAME=VALUE>",
    ] {
        assert!(page.contains(option), "{option} is not in\n{page}");
    }
    for kind in [
        Kind::Refused,
        Kind::Usage,
        Kind::Declined,
        Kind::RolledBack,
        Kind::RecoveryNeeded,
        Kind::NotPushed,
        Kind::NothingToRelease,
        Kind::Bug,
    ] {
        let code = format!("\n  {} ", kind as u8);
        assert!(page.contains(&code), "exit code{code}is not in\n{page}");
    }
}
