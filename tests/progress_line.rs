//! What is seen while a step runs, on a terminal and without one.

#![cfg(test)]

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;

use common::pty::{Launch, Session};

/// The step of `tests/programs/step.rs`.
fn step() -> PathBuf {
    static STEP: LazyLock<PathBuf> = LazyLock::new(|| common::example("step"));
    STEP.clone()
}

const WARNING: &str = "warning: something was said meanwhile";

/// The last row of a step that is done, without the time it took.
fn without_time(row: &str) -> &str {
    row.rsplit_once(" (").map_or(row, |(before, _)| before)
}

#[test]
fn on_a_terminal_the_line_moves_in_place_and_goes_when_the_step_ends() {
    for (columns, words, running, outcome) in [
        (80, vec!["1200"], "running step `OpenAPI\\nschema` (1 s)", "step `OpenAPI\\nschema` done"),
        (80, vec!["100", "fail"], "running step `OpenAPI\\nschema` (0 s)", "step `OpenAPI\\nschema` failed"),
        (20, vec!["100"], "running step `Op", "step `OpenAPI\\nschema` done"),
    ] {
        let mut session = Launch::new(step()).size(columns, 10).arguments(words).start();
        // Among all that was ever written: the line itself goes again.
        let is_shown = |session: &Session| String::from_utf8_lossy(&session.bytes()).contains(running);
        session.wait_until(running, is_shown);
        assert_eq!(session.exit_code(), 0);
        let shown = session.flowing();
        // Where it is narrow, text continues on the next line.
        let text = shown.lines().collect::<Vec<_>>().join(if columns < 80 { " " } else { "\n" });
        let expected = [WARNING, outcome].join(if columns < 80 { " " } else { "\n" });
        assert_eq!(without_time(&text), expected, "{}", session.dump());
    }
}

#[test]
fn a_terminal_without_escape_sequences_gets_plain_lines() {
    let mut session = Launch::new(step()).arguments(["dumb", "1"]).start();
    assert_eq!(session.exit_code(), 0);
    let rows = session.rows();
    let rows: Vec<&str> = rows.iter().map(|row| without_time(row)).collect();
    assert_eq!(rows, ["running step `OpenAPI\\nschema`…", WARNING, "step `OpenAPI\\nschema` done"]);
    assert!(!session.bytes().contains(&0x1b));
}

#[test]
fn quiet_leaves_the_warnings() {
    let mut session = Launch::new(step()).arguments(["quiet", "1"]).start();
    assert_eq!(session.exit_code(), 0);
    assert_eq!(session.rows(), [WARNING]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "starts the step without a terminal")]
fn without_a_terminal_a_log_shows_what_was_waited_for() {
    let output = std::process::Command::new(step()).arg("1").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = said.lines().map(without_time).collect();
    assert_eq!(lines, ["running step `OpenAPI\\nschema`…", WARNING, "step `OpenAPI\\nschema` done"]);
    assert!(output.stdout.is_empty());
}
