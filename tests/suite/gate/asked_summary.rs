//! A required summary that nobody gave is asked for on a terminal, before the gate: as a line or in the editor that git
//! would open. Whatever ends the question otherwise leaves everything as it was.

use rustix::process::{Signal, kill_process};

use super::{BINARY, INTERRUPTED, ends_with, launch, push_everything, wait_for_question};
use crate::common::pty::{Launch, Session};
use crate::origin::executable;
use crate::sandbox::Sandbox;

const OPENING: &str = "CHANGELOG.md opens the section of 0.2.0 with a summary, and there is none yet.";
const QUESTION: &str =
    "Type it and press Enter, press Enter alone to write it in an editor, or 'q' to abort:";
const ABORTED: &str = "error: aborted at the question for a summary: nothing was written";

/// The suite with a changelog that requires a summary, and more configuration.
fn suite(more: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    let config = trueppm_release::config::built_in();
    let config = config.replacen("rotate = \"stable\"", "rotate = \"stable\"\nsummary = \"required\"", 1);
    sandbox.write("trueppm-release.toml", format!("{config}\n{more}"));
    sandbox.commit_all("chore: a summary is required");
    push_everything(&sandbox);
    sandbox
}

fn start(sandbox: &Sandbox, words: &[&str]) -> Launch {
    launch(sandbox, BINARY).arguments(words.iter().copied()).size(120, 100)
}

/// Waits for the question to be asked so many times.
fn asked(session: &Session, times: usize) {
    session.wait_until("the question for a summary", |session| {
        session.words().matches(QUESTION).count() == times && session.is_raw()
    });
}

fn open(sandbox: &Sandbox) -> Session {
    let session = start(sandbox, &["minor"]).start();
    asked(&session, 1);
    session
}

/// A script for an editor, and the variable that names it.
fn editor(sandbox: &Sandbox, script: &str) -> String {
    let path = sandbox.around().join("an editor.sh");
    executable(&path, &format!("#!/bin/sh\n{script}\n"));
    format!("'{}'", path.display())
}

/// Waits for the gate behind the question.
fn gate(session: &Session) {
    session.wait_until("the gate", |session| session.words().ends_with("to override, or 'q' to abort:"));
}

fn accept(sandbox: &Sandbox, mut session: Session, summary: &str) {
    gate(&session);
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    let changelog = sandbox.read("CHANGELOG.md");
    assert!(changelog.contains(&format!("\n\n{summary}\n\n###")), "{changelog}");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_line_that_is_typed_is_shown_at_the_gate_and_opens_the_section() {
    let sandbox = suite("");
    let before = sandbox.state();
    let mut session = open(&sandbox);
    assert!(session.words().contains(OPENING), "{}", session.dump());
    assert!(!session.words().contains("About to cut"), "{}", session.dump());
    session.send("Typed words, and ü.\r");
    gate(&session);
    let rows = session.rows();
    let at = rows.iter().position(|row| row.starts_with("  summary")).expect("a summary");
    let shown = ["  summary : CHANGELOG.md, from your answer", "            | Typed words, and ü."];
    assert_eq!(rows[at..at + 2], shown);
    before.assert_same(&sandbox.state());
    accept(&sandbox, session, "Typed words, and ü.");
}

#[test]
fn every_way_to_abandon_the_question_changes_nothing() {
    let sandbox = suite("");
    for keys in ["\u{1b}", "\u{4}", "q\r", "half a line\u{1b}", "\u{3}", "half a line\u{3}"] {
        let said = if keys.ends_with('\u{3}') { INTERRUPTED } else { ABORTED };
        ends_with(&sandbox, open(&sandbox), keys, said);
    }
    let before = sandbox.state();
    let mut session = open(&sandbox);
    kill_process(session.process(), Signal::TERM).expect("the signal is sent");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
    assert!(session.words().ends_with(INTERRUPTED), "{}", session.dump());
    before.assert_same(&sandbox.state());
}

#[test]
fn enter_alone_opens_the_editor_that_git_would_open() {
    let sandbox = suite("");
    let script = "cp \"$1\" ../page; printf 'One.\\n\\nTwo.\\n' | cat - ../page > ../new; mv ../new \"$1\"";
    let editor = editor(&sandbox, script);
    sandbox.git(&["config", "core.editor", &editor]);
    let launch = start(&sandbox, &["minor"]).environment("VISUAL", "false").environment("EDITOR", "false");
    let mut session = launch.start();
    asked(&session, 1);
    session.send("\r");
    accept(&sandbox, session, "One.\n\nTwo.");
    let page = std::fs::read_to_string(sandbox.around().join("page")).expect("what the editor was given");
    assert!(page.contains("Above: what the section of 0.2.0 in CHANGELOG.md opens with"), "{page}");
}

#[test]
fn an_editor_that_fails_or_writes_nothing_asks_again() {
    let sandbox = suite("");
    for (script, said) in [
        ("exit 1", "failed, so nothing of it is taken"),
        ("true", "error: the summary says nothing"),
        ("printf '\\377' > \"$1\"", "error: what the editor wrote is not UTF-8 text"),
        ("printf 'a\\033[2Jb\\n' > \"$1\"", "holds a control character (line 1)"),
        ("rm \"$1\"", "cannot be used: "),
    ] {
        let editor = editor(&sandbox, script);
        let mut session = start(&sandbox, &["minor"]).environment("GIT_EDITOR", &editor).start();
        asked(&session, 1);
        session.send("\r");
        asked(&session, 2);
        assert!(session.words().contains(said), "{script}\n{}", session.dump());
        ends_with(&sandbox, session, "q\r", ABORTED);
    }
}

#[test]
fn a_text_that_is_no_summary_is_refused_and_the_editor_has_it_again() {
    let sandbox = suite("");
    let script = "if [ -e ../once ]; then cp \"$1\" ../again; sed -i s/##/Not/ \"$1\"; \
                  else touch ../once; printf '## A heading\\n' > \"$1\"; fi";
    let editor = editor(&sandbox, script);
    let mut session = start(&sandbox, &["minor"]).environment("GIT_EDITOR", &editor).start();
    asked(&session, 1);
    session.send("# A heading\r");
    asked(&session, 2);
    assert!(session.words().contains("error: the summary holds headings (line 1)"), "{}", session.dump());
    session.send("\r");
    asked(&session, 3);
    session.send("\r");
    accept(&sandbox, session, "Not A heading");
    let again = std::fs::read_to_string(sandbox.around().join("again")).expect("the text");
    assert!(again.starts_with("## A heading\n\n"), "{again}");
}

#[test]
fn of_several_lines_that_are_pasted_none_is_taken() {
    let sandbox = suite("");
    let mut session = open(&sandbox);
    session.send("First line.\rSecond line.\r");
    asked(&session, 2);
    assert!(session.words().contains("error: more than one line was typed or pasted"), "{}", session.dump());
    ends_with(&sandbox, session, "q\r", ABORTED);
}

#[test]
fn an_interrupt_while_the_editor_is_open_ends_it_and_changes_nothing() {
    let sandbox = suite("");
    let before = sandbox.state();
    let editor = editor(&sandbox, "stty -echo; touch ../open; exec sleep 60");
    let mut session = start(&sandbox, &["minor"]).environment("GIT_EDITOR", &editor).start();
    asked(&session, 1);
    session.send("\r");
    session.wait_until("the editor", |_| sandbox.around().join("open").exists());
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
    assert!(session.words().ends_with(INTERRUPTED), "{}", session.dump());
    before.assert_same(&sandbox.state());
}

#[test]
fn nobody_is_asked_where_nobody_sits_or_where_something_else_is_wrong() {
    let sandbox = suite("");
    sandbox.refused(1, &["minor", "--yes"]).says("pass `--summary TEXT`");
    sandbox.refused(1, &["minor", "-n"]).shows("pass `--summary TEXT`");
    for words in [&["minor", "--yes"][..], &["minor", "-n"]] {
        let before = sandbox.state();
        let mut session = start(&sandbox, words).start();
        assert_eq!(session.exit_code(), 1, "{}", session.dump());
        let said = String::from_utf8_lossy(&session.bytes()).into_owned();
        assert!(!said.contains("Type it and press Enter") && said.contains("--summary"), "{said}");
        before.assert_same(&sandbox.state());
    }
    sandbox.git(&["tag", "v0.2.0"]);
    let mut session = start(&sandbox, &["minor"]).start();
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(!session.words().contains(QUESTION), "{}", session.dump());
    assert!(session.words().contains("tag `v0.2.0` already exists") && session.words().contains("--summary"));
}

#[test]
fn checks_run_once_and_before_the_question() {
    let more = "[[check]]\nname = \"look\"\nrun = [\"bash\", \"-c\", \"echo look >> ../ran\"]\n\
                [[check]]\nname = \"perhaps\"\nrun = [\"bash\", \"-c\", \"echo perhaps >> ../ran; exit 1\"]\nrequired = false\n";
    let sandbox = suite(more);
    let mut session = open(&sandbox);
    let ran = || std::fs::read_to_string(sandbox.around().join("ran")).expect("they ran");
    assert_eq!(ran(), "look\nperhaps\n");
    session.send("Words.\r");
    gate(&session);
    assert!(session.words().contains("warning : check `perhaps` failed: exit code 1"), "{}", session.dump());
    assert_eq!(ran(), "look\nperhaps\n");
    accept(&sandbox, session, "Words.");
}

#[test]
fn a_version_typed_at_the_gate_that_needs_a_summary_asks_for_it() {
    let sandbox = suite("");
    let mut session = start(&sandbox, &["minor", "rc"]).start();
    wait_for_question(&session, 1);
    session.send("0.2.0\r");
    asked(&session, 1);
    session.send("Words.\r");
    session.wait_for("Enter to accept 0.2.0, ");
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert!(sandbox.read("CHANGELOG.md").contains("\n\nWords.\n\n###"));
}
