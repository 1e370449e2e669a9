//! `init` at a terminal: what the files do not tell is asked, and whoever does not want to answer gets no file and their
//! terminal back. `Session::exit_code` asserts the latter each time.

use crate::common::pty::{Launch, Session};
use crate::sandbox::Sandbox;

const FILE: &str = "trueppm-release.toml";
const BINARY: &str = env!("CARGO_BIN_EXE_trueppm-release");

fn repository(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.commit_all("feat: everything");
    sandbox
}

fn cargo() -> Sandbox {
    repository(&[("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n")])
}

fn start(sandbox: &Sandbox, words: &[&str]) -> Session {
    let launch = Launch::new(BINARY).directory(sandbox.root()).arguments(words.iter().copied()).size(120, 40);
    sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value)).start()
}

/// Answers one question after the other: what the screen shows, and what is typed then.
fn answer(session: &mut Session, answers: &[(&str, &str)]) {
    for (question, keys) in answers {
        // It stands there once it can be answered.
        session.wait_for(question);
        session.send(keys);
    }
}

const BRANCH: &str = "branch to release from: Enter for main, type another, or 'q' to abort:";
const TAG: &str = "name of the tag: Enter for v{version}, type another, or 'q' to abort:";

#[test]
fn enter_takes_what_the_files_speak_for() {
    let sandbox = cargo();
    let mut session = start(&sandbox, &["init"]);
    answer(&mut session, &[(BRANCH, "\r"), (TAG, "\r")]);
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    let asked = sandbox.read(FILE);
    sandbox.remove(FILE);
    // Nobody is asked without a terminal, or when somebody has said yes; what is taken is said.
    sandbox
        .run(&["init"])
        .expect(0)
        .says("chosen: branch to release from: main\n")
        .says("chosen: name of the tag: v{version}\n");
    assert_eq!(sandbox.read(FILE), asked);
    sandbox.remove(FILE);
    let mut session = start(&sandbox, &["init", "--yes"]);
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert!(session.flowing().contains("chosen: name of the tag: v{version}"), "{}", session.dump());
    assert_eq!(sandbox.read(FILE), asked);
}

#[test]
fn what_is_typed_is_written_once_it_is_in_order() {
    let sandbox = cargo();
    let mut session = start(&sandbox, &["init"]);
    answer(&mut session, &[(BRANCH, "trunk\r"), (TAG, "demo\r")]);
    session.wait_for("is the same for every release");
    session.wait_until("the question again", |session| session.flowing().matches(TAG).count() == 2);
    session.send("demo-{version}\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    let written = sandbox.read(FILE);
    assert!(
        written.contains("branch = \"trunk\"\n") && written.contains("name = \"demo-{version}\"\n"),
        "{written}"
    );
    sandbox.run(&["config", "--check"]).expect(0);
}

#[test]
fn whoever_does_not_answer_gets_no_file() {
    let sandbox = cargo();
    for (keys, said) in [
        ("\u{1b}", "error: aborted: nothing was written"),
        ("\u{4}", "error: aborted: nothing was written"),
        ("q\r", "error: aborted: nothing was written"),
        ("\u{3}", "error: interrupted: nothing was changed"),
    ] {
        for answers in [&[(BRANCH, keys)][..], &[(BRANCH, "\r"), (TAG, keys)]] {
            let before = sandbox.state();
            let mut session = start(&sandbox, &["init"]);
            answer(&mut session, answers);
            assert_eq!(session.exit_code(), 3, "{}", session.dump());
            assert!(session.flowing().contains(said), "{}", session.dump());
            before.assert_same(&sandbox.state());
        }
    }
}

#[test]
fn one_of_several_is_marked_with_the_arrows_or_its_number() {
    let package = |version: &str| format!("[package]\nname = \"demo\"\nversion = \"{version}\"\n");
    let (one, other) = (package("0.1.0"), package("0.2.0"));
    let files = [("a/Cargo.toml", one.as_str()), ("b/Cargo.toml", other.as_str())];
    let question = "Enter takes the marked one";
    for (keys, which) in
        [("\r", 0), ("\u{1b}[B\r", 1), ("\u{1b}[B\u{1b}[A\r", 0), ("2\r", 1), ("\u{1b}[A\r", 1)]
    {
        let sandbox = repository(&files);
        let mut session = start(&sandbox, &["init"]);
        session.wait_for(question);
        let listed: Vec<String> = session.rows().into_iter().filter(|row| row.contains("0.")).collect();
        assert_eq!(listed.len(), 2, "{}", session.dump());
        answer(&mut session, &[(question, keys), (BRANCH, "\r"), (TAG, "\r")]);
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        let version = if listed[which].contains("0.1.0") { "a/Cargo.toml" } else { "b/Cargo.toml" };
        let written = sandbox.read(FILE);
        assert!(written.contains(&format!("[[manifest]]\npath = \"{version}\"\n")), "{keys:?} {written}");
    }
    for (keys, code) in [("\u{1b}", 3), ("\u{4}", 3), ("\u{3}", 3), ("q", 3)] {
        let sandbox = repository(&files);
        let before = sandbox.state();
        let mut session = start(&sandbox, &["init"]);
        answer(&mut session, &[(question, keys)]);
        assert_eq!(session.exit_code(), code, "{}", session.dump());
        assert!(!String::from_utf8_lossy(&session.bytes()).contains("\u{1b}[?25l"), "the cursor was hidden");
        before.assert_same(&sandbox.state());
    }
}
