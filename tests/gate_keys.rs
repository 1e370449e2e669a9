//! Every key at the gate, typed on a real terminal of 80 and of 40 columns: what the screen then shows, which
//! answer it is, and that the terminal is left as it was (which `Session::exit_code` asserts each time).

#![cfg(test)]

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;

use common::pty::{Launch, Session, wrapped};

const BLOCK: [&str; 5] = [
    "About to cut a release:",
    "  current : 0.2.0-alpha.1",
    "  new     : 0.3.0-alpha.1   <- suggested",
    "  tags    : v0.3.0-alpha.1, scheduler-v0.3.0a1",
    "  note    : pre-release — CHANGELOG will not be rotated",
];
const QUESTION: &str =
    "Enter to accept 0.3.0-alpha.1, type an explicit version to override, or 'q' to abort:";
const WIDTHS: [u16; 2] = [80, 40];

/// The gate of `tests/programs/gate.rs`.
fn gate() -> PathBuf {
    static GATE: LazyLock<PathBuf> = LazyLock::new(|| common::example("gate"));
    GATE.clone()
}

fn launch(columns: u16) -> Launch {
    Launch::new(gate()).size(columns, 24)
}

/// A gate that waits for a key.
fn open(columns: u16) -> Session {
    let session = launch(columns).start();
    session.wait_for("to abort: ");
    assert!(session.is_raw());
    session
}

/// The rows of the gate with this typed, and what follows.
fn screen(columns: u16, typed: &str, after: &[&str]) -> Vec<String> {
    let question = format!("{QUESTION} {typed}");
    wrapped(columns, &[&BLOCK[..], &[&question], after].concat())
}

#[test]
fn enter_accepts_and_the_declining_keys_and_words_decline() {
    let long = "9".repeat(300);
    let accepted = ("accepted 0.3.0-alpha.1", 0);
    let declined = ("declined", 3);
    let interrupted = ("interrupted", 3);
    for columns in WIDTHS {
        for (keys, typed, (answer, code)) in [
            ("\r", "", accepted),
            ("\n", "", accepted),
            ("  \r", "  ", accepted),
            ("q\r", "q", declined),
            ("Q\r", "Q", declined),
            ("quit\r", "quit", declined),
            ("n\r", "n", declined),
            ("N\r", "N", declined),
            ("no\r", "no", declined),
            (" q \r", " q ", declined),
            ("\u{3}", "", interrupted),
            ("\u{4}", "", declined),
            ("\u{1b}", "", declined),
            ("0.4\u{3}", "0.4", interrupted),
            ("0.4\u{4}", "0.4", declined),
            ("0.4\u{1b}", "0.4", declined),
            // Not keys of the gate: they do nothing.
            ("\u{1a}\r", "", accepted),
            ("\u{11}\u{13}\t\0x\u{8}\r", "", declined),
            ("\u{1b}[A\u{1b}[B\u{1b}[C\u{1b}[D\r", "", accepted),
            ("\u{1b}OA\u{1b}OD\u{1b}OP\r", "", accepted),
            ("\u{1b}[1;5C\u{1b}[15~\u{1b}[3~\u{1b}[H\u{1b}[F\r", "", accepted),
            ("\u{1b}[[A\u{1b}[200~q\u{1b}[201~\r", "q", declined),
            ("\u{202e}\u{200b}\u{9b}\r", "", accepted),
            // Second thoughts.
            ("q\u{7f}\r", "", accepted),
            ("0.4.0\u{8}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\r", "", accepted),
            ("0.4.0 no\u{17}\u{17}\r", "", accepted),
            ("0.4.0 no\u{15}\r", "", accepted),
            ("版本é\u{7f}\u{7f}\u{7f}q\r", "q", declined),
            (&format!("{long}\u{15}\r"), "", accepted),
        ] {
            let mut session = open(columns);
            session.send(keys);
            let ended = session.exit_code();
            assert_eq!(session.rows(), screen(columns, typed, &[answer]), "{keys:?} at {columns}");
            assert_eq!(ended, code, "{keys:?} at {columns}");
            let last_row = u16::try_from(session.rows().len()).unwrap();
            assert_eq!(session.cursor(), (last_row, 0), "{keys:?} at {columns}");
        }
    }
}

#[test]
fn keys_that_edit_edit_in_the_middle_too() {
    for columns in WIDTHS {
        for (keys, typed) in [
            ("0.5.0\u{1b}[D1", "0.5.10"),
            ("0.5.0\u{1b}OD\u{1b}[D\u{7f}6", "0.6.0"),
            ("0.5.0\u{1b}[H1", "10.5.0"),
            ("0.5.0\u{1}1\u{5}1", "10.5.01"),
            ("0.5.0\u{1b}[1~\u{1b}[3~1\u{1b}[4~2", "1.5.02"),
            ("0.5.0\u{2}\u{2}\u{b}7", "0.57"),
            ("0.5.0\u{2}\u{2}\u{15}7", "7.0"),
            ("one two\u{1b}[1;5D\u{17}", "two"),
            ("one two\u{1}\u{1b}f\u{1b}d", "one"),
            ("one two\u{1}\u{6}\u{4}", "one two"),
        ] {
            let mut session = open(columns);
            session.send(keys);
            if keys.ends_with('\u{4}') {
                assert_eq!(session.exit_code(), 3, "{keys:?} at {columns}");
            }
            let expected = screen(columns, typed, if keys.ends_with('\u{4}') { &["declined"] } else { &[] });
            session.wait_until(typed, |session| session.rows() == expected);
        }
    }
}

#[test]
fn at_80_columns_the_answer_to_a_short_version_gets_a_row_of_its_own() {
    let mut session = open(80);
    session.send("0.5.0\r");
    session.wait_for("Enter to accept 0.5.0, ");
    session.send("10.20.30-alpha.10");
    let rows = [
        "Enter to accept 0.5.0, type an explicit version to override, or 'q' to abort:",
        "> 10.20.30-alpha.10",
    ];
    session.wait_until("the answer", |session| session.rows().ends_with(&rows.map(str::to_owned)));
    session.send("\u{1b}");
    assert_eq!(session.exit_code(), 3);
}

#[test]
fn a_version_is_shown_again_before_it_counts() {
    for columns in WIDTHS {
        let mut session = open(columns);
        session.send("0.5.0\r");
        session.wait_for("Enter to accept 0.5.0,");
        session.send("\r");
        assert_eq!(session.exit_code(), 0);
        let shown = wrapped(
            columns,
            &[
                "About to cut a release:",
                "  current : 0.2.0-alpha.1",
                "  new     : 0.5.0   <- suggested",
                "  tags    : v0.5.0, scheduler-v0.5.0",
                BLOCK[4],
                "Enter to accept 0.5.0, type an explicit version to override, or 'q' to abort:",
                "accepted 0.5.0",
            ],
        );
        assert_eq!(session.rows(), [screen(columns, "0.5.0", &[]), shown].concat());
    }
}

#[test]
fn a_bad_version_says_why_and_asks_again() {
    for columns in WIDTHS {
        let mut session = open(columns);
        session.send("0.5\r");
        let why = match columns {
            40 => vec![
                "error: `0.5` is not a version",
                "hint: type a version such as 0.3.0 or",
                "      0.3.0-rc.1",
            ],
            _ => vec!["error: `0.5` is not a version", "hint: type a version such as 0.3.0 or 0.3.0-rc.1"],
        };
        let after = |typed: &str, ended: &[&str]| {
            let question = wrapped(columns, &[&format!("{QUESTION} {typed}")]);
            let why = why.iter().map(|row| (*row).to_owned());
            let ended = ended.iter().map(|row| (*row).to_owned());
            let rows = screen(columns, "0.5", &[]).into_iter().chain(why).chain(question).chain(ended);
            rows.collect::<Vec<String>>()
        };
        session.wait_until("the second question", |session| session.rows() == after("", &[]));
        session.send("q\r");
        assert_eq!(session.exit_code(), 3);
        assert_eq!(session.rows(), after("q", &["declined"]));
    }
}

#[test]
fn the_second_line_of_a_paste_is_no_answer() {
    for (pasted, question) in [
        ("0.5.0\r\r", "Enter to accept 0.5.0, "),
        ("0.5.0\n\n", "Enter to accept 0.5.0, "),
        ("0.5.0\r\n0.6.0\r\n", "Enter to accept 0.5.0, "),
        ("\u{1b}[200~0.5.0\r\r\u{1b}[201~", "Enter to accept 0.5.0, "),
        (
            "nonsense\r\r",
            "is not a version\nhint: type a version such as 0.3.0 or 0.3.0-rc.1\nEnter to accept",
        ),
    ] {
        let mut session = open(80);
        session.send(pasted);
        session.wait_for(question);
        session.send("q\r");
        assert_eq!(session.exit_code(), 3, "{pasted:?}\n{}", session.dump());
    }
}

#[test]
fn a_paste_that_arrives_in_pieces_is_no_answer_either() {
    for typed in ["0.5.0\r", "nonsense\r"] {
        let mut session = open(80);
        session.send(typed);
        // The rest comes once the block is there, and before it can have been read.
        let again = if typed.starts_with('0') { "0.5.0   <- suggested" } else { "is not a version" };
        session.wait_for(again);
        session.send("\r");
        session.wait_until("the second question", |session| {
            session.flowing().matches("Enter to accept").count() == 2
        });
        session.send("q\r");
        assert_eq!(session.exit_code(), 3, "{typed:?}\n{}", session.dump());
    }
}

#[test]
fn what_was_typed_before_the_question_is_thrown_away() {
    for typed in ["0.5.0", "0.5.0\r", "\r", "\n\n", "q\r", "\u{4}", "\r\r\r0.6.0"] {
        let mut session = launch(80).typed_ahead(typed.as_bytes()).start();
        session.wait_for("to abort: ");
        let question = wrapped(80, &[QUESTION]);
        session.wait_until("the question alone", |session| session.rows().ends_with(&question));
        session.send("0.7.0\r");
        session.wait_for("Enter to accept 0.7.0, ");
        session.send("q\r");
        assert_eq!(session.exit_code(), 3, "{typed:?}\n{}", session.dump());
    }
    let mut session = launch(80).typed_ahead(b"0.5.0").start();
    session.wait_for("to abort: ");
    assert_eq!(session.rows(), screen(80, "", &[]));
    session.send("\r");
    assert_eq!(session.exit_code(), 0);
    assert_eq!(session.rows(), screen(80, "", &["accepted 0.3.0-alpha.1"]));
}

#[test]
fn the_second_of_two_taps_is_no_answer() {
    let mut session = launch(80).start();
    // The block stands there, and nobody has read it yet.
    session.wait_for("tags    : v0.3.0-alpha.1");
    session.send("\r");
    session.wait_for("to abort: ");
    session.send("q\r");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
}

#[test]
fn ctrl_c_is_no_key_too_early() {
    let mut session = launch(80).start();
    session.wait_for("tags    : v0.3.0-alpha.1");
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
    assert!(session.flowing().contains("interrupted"), "{}", session.dump());
}

#[test]
fn erasing_back_over_the_edge_of_the_screen_leaves_nothing_behind() {
    for columns in WIDTHS {
        let mut session = open(columns);
        // Up to the last column, into it, over it, and twice around.
        let left = usize::from(columns) - "  or 'q' to abort: ".len();
        for count in [left - 1, left, left + 1, left + usize::from(columns)] {
            let text: String = "0123456789".chars().cycle().take(count).collect();
            session.send(&text);
            session.wait_until("the text", |session| session.rows() == screen(columns, &text, &[]));
            for erased in 1..=3 {
                session.send("\u{7f}");
                let rest = text.get(..count - erased).unwrap();
                session.wait_until("one less", |session| session.rows() == screen(columns, rest, &[]));
            }
            session.send("\u{15}");
            session.wait_until("the question", |session| session.rows() == screen(columns, "", &[]));
        }
        session.send("\r");
        assert_eq!(session.exit_code(), 0);
        assert_eq!(session.rows(), screen(columns, "", &["accepted 0.3.0-alpha.1"]));
    }
}

#[test]
fn erasing_at_the_bottom_of_a_small_screen_scrolls_and_stays_in_place() {
    let mut session = Launch::new(gate()).size(40, 6).start();
    session.wait_for("to abort: ");
    session.send("0".repeat(60));
    session.wait_for(&"0".repeat(60));
    session.send("\u{15}0.5.0");
    let question = format!("{QUESTION} 0.5.0");
    session.wait_until("the question alone", |session| session.rows().ends_with(&wrapped(40, &[&question])));
    assert_eq!(session.flowing().matches("Enter to accept").count(), 1, "{}", session.dump());
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 3);
}

#[test]
fn a_resize_while_the_question_is_open_is_tolerated() {
    let mut session = open(80);
    session.send("0.5.01");
    session.wait_for("0.5.01");
    session.resize(40, 24);
    session.send("\u{7f}");
    let question = format!("{QUESTION} 0.5.0");
    session.wait_until("the question again", |session| session.rows().ends_with(&wrapped(40, &[&question])));
    session.send("\r");
    session.wait_for("Enter to accept 0.5.0,");
    session.send("\r");
    assert_eq!(session.exit_code(), 0);
    assert!(session.flowing().contains("accepted 0.5.0"), "{}", session.dump());
}

#[test]
fn a_terminal_without_escape_sequences_gets_none() {
    let mut session = launch(80).arguments(["dumb"]).typed_ahead(b"0").start();
    session.wait_for("to abort: ");
    session.send("0\u{7f}0.5\u{1b}[D\u{1}\u{17}q\r");
    assert_eq!(session.exit_code(), 3);
    assert!(!session.bytes().contains(&0x1b), "{}", String::from_utf8_lossy(&session.bytes()));
}

#[test]
fn a_signal_interrupts_and_puts_the_terminal_back() {
    use rustix::process::{Signal, kill_process};
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut session = open(80);
        kill_process(session.process(), signal).unwrap();
        assert_eq!(session.exit_code(), 3, "{signal:?}");
        assert_eq!(session.rows(), screen(80, "", &["interrupted"]));
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "starts this very test binary and reads what the gate recorded"
)]
fn a_terminal_that_goes_away_declines() {
    let directory = tempfile::tempdir().unwrap();
    let record = directory.path().join("answer");
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_gate_whose_terminal_dies", "--ignored"])
        .env("TRUEPPM_RELEASE_TEST_RECORD", &record)
        .output()
        .unwrap();
    assert!(!ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let started = std::time::Instant::now();
    while std::fs::read_to_string(&record).unwrap_or_default() != "declined" {
        assert!(started.elapsed().as_secs() < 20, "{:?}", std::fs::read_to_string(&record));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// The kernel closes the terminal of a process that aborts, as it does when a window is closed.
#[test]
#[ignore = "the second process of `a_terminal_that_goes_away_declines`"]
#[expect(clippy::disallowed_methods, reason = "is told where to record by the test that starts it")]
fn a_gate_whose_terminal_dies() {
    let Ok(record) = std::env::var("TRUEPPM_RELEASE_TEST_RECORD") else { return };
    let session = launch(80).arguments(["record", &record]).start();
    session.wait_for("to abort: ");
    std::process::abort();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "starts the gate without a terminal")]
fn without_a_terminal_there_is_no_answer() {
    let output = std::process::Command::new(gate()).stdin(std::process::Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
