//! The summary at the gate: the prose that will open the section is offered, a given one shows what it replaces, and
//! one can be typed before the gate opens.

use super::{BINARY, aborts, launch, push_everything, wait_for_question};
use crate::common::pty::Session;
use crate::sandbox::Sandbox;

/// The suite with a changelog that takes a summary, and this under `[Unreleased]`.
fn suite(body: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    let config = trueppm_release::config::built_in();
    let config = config.replacen("rotate = \"stable\"", "rotate = \"stable\"\nsummary = \"optional\"", 1);
    sandbox.write("trueppm-release.toml", config);
    sandbox.replace("CHANGELOG.md", "## [Unreleased]\n", &format!("## [Unreleased]\n\n{body}\n"));
    sandbox.commit_all("docs: a summary");
    push_everything(&sandbox);
    sandbox
}

fn open(sandbox: &Sandbox, words: &[&str]) -> Session {
    let session = launch(sandbox, BINARY).arguments(words.iter().copied()).size(240, 120).start();
    wait_for_question(&session, 1);
    session
}

/// The lines of the gate from the summary to the question.
fn shown(session: &Session) -> Vec<String> {
    let rows = session.rows();
    let from = rows.iter().position(|row| row.starts_with("  summary")).expect("a summary");
    rows.into_iter().skip(from).take_while(|row| !row.starts_with("Enter")).collect()
}

#[test]
fn the_prose_that_stands_there_is_offered_and_enter_takes_it() {
    let long = "x".repeat(201);
    let sandbox = suite(&format!("One\u{1b}[31m.\n\n{long}\nThree.\n\nFour.\nFive."));
    let expected = [
        "  summary : CHANGELOG.md, as it stands under [Unreleased]".to_owned(),
        "            | One\\u{1b}[31m.".to_owned(),
        format!("            | {}…", "x".repeat(200)),
        "            | Three.".to_owned(),
        "            … and 2 more lines".to_owned(),
    ];
    let session = open(&sandbox, &["minor"]);
    assert_eq!(shown(&session), expected, "{}", session.dump());
    aborts(&sandbox, session, "q\r");

    let sandbox = suite("One.\n\nTwo.");
    let mut session = open(&sandbox, &["minor"]);
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert!(
        sandbox.read("CHANGELOG.md").contains("\n\nOne.\n\nTwo.\n\n###"),
        "{}",
        sandbox.read("CHANGELOG.md")
    );
}

#[test]
fn a_given_summary_shows_what_it_replaces() {
    let sandbox = suite("Old words.");
    let session = open(&sandbox, &["minor", "--summary", "New words."]);
    assert_eq!(
        shown(&session),
        [
            "  summary : CHANGELOG.md, from --summary",
            "            | New words.",
            "            in place of",
            "            | Old words."
        ]
    );
    aborts(&sandbox, session, "q\r");
}

#[test]
fn a_summary_is_typed_before_the_gate_opens() {
    let sandbox = suite("Old words.");
    let mut launch = launch(&sandbox, BINARY).arguments(["minor", "--summary", "-"]).size(100, 120);
    launch.typed_ahead = b"Typed words.\n\x04".to_vec();
    let mut session = launch.start();
    wait_for_question(&session, 1);
    assert!(shown(&session).contains(&"            | Typed words.".to_owned()), "{}", session.dump());
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert!(sandbox.read("CHANGELOG.md").contains("\n\nTyped words.\n\n###"));
}

#[test]
fn a_version_typed_at_the_gate_that_rotates_nothing_is_refused_for_the_summary_and_asked_again() {
    let sandbox = suite("Old words.");
    let session = open(&sandbox, &["minor", "--summary", "New words."]);
    let mut session = session;
    session.send("0.2.0-rc.1\r");
    wait_for_question(&session, 2);
    assert!(session.flowing().contains("a summary was given, but this release rotates no changelog"));
    aborts(&sandbox, session, "q\r");
}
