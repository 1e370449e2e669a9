//! What a step or a check prints that does its work: its last lines, or all of it as it comes, and never raw.

use super::{check, package, releases, step};
use crate::sandbox::{Run, Sandbox};

fn run(sandbox: &Sandbox, word: &str) -> Run {
    sandbox.run(&["minor", "--yes", word]).expect(0)
}

/// The lines that a program of somebody else printed.
fn heard(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter_map(|line| line.strip_prefix("  | ")).collect()
}

#[test]
fn the_last_lines_of_what_did_its_work_are_shown_below_it() {
    let script = "echo 'removed 2 callouts'; echo; echo 'FLAG docs/a.md:7 by hand' >&2; echo";
    let sandbox = package("0.1.0", &step("callouts", script, ""));
    let run = releases(&sandbox);
    let (_, after) = run.stderr.split_once("step `callouts` done").expect("it ran");
    let below: Vec<&str> = after.lines().skip(1).take(2).collect();
    assert_eq!(below, ["  | removed 2 callouts", "  | FLAG docs/a.md:7 by hand"], "{}", run.stderr);
}

#[test]
fn of_many_lines_the_last_ten_are_shown_and_the_others_counted() {
    let sandbox = package("0.1.0", &step("loud", "seq 1 25", ""));
    let run = releases(&sandbox);
    let last: Vec<String> = (16..=25).map(|number| number.to_string()).collect();
    let expected: Vec<&str> = std::iter::once("… (15 lines before; `-v` shows all)")
        .chain(last.iter().map(String::as_str))
        .collect();
    assert_eq!(heard(&run), expected);
}

#[test]
fn with_verbose_everything_is_shown_once_and_with_quiet_nothing() {
    let script = "seq 1 25; printf 'no end'";
    let sandbox = package("0.1.0", &step("loud", script, ""));
    let verbose = run(&sandbox, "-v");
    let all: Vec<String> = (1..=25).map(|number| number.to_string()).chain(["no end".to_owned()]).collect();
    assert_eq!(heard(&verbose), all);
    let (_, after) = verbose.stderr.split_once("  | no end\n").expect("it is heard");
    assert!(after.starts_with("step `loud` done"), "{}", verbose.stderr);
    sandbox.run(&["undo", "--yes"]).expect(0);
    let quiet = run(&sandbox, "-q");
    assert!(heard(&quiet).is_empty() && !quiet.stderr.contains("loud"), "{}", quiet.stderr);
}

#[test]
fn with_verbose_a_line_is_shown_while_the_step_still_runs() {
    let script = "echo first; while [ ! -e ../seen ]; do sleep 0.01; done; echo last";
    let sandbox = package("0.1.0", &step("slow", script, ""));
    let mut command = sandbox.command(&["minor", "--yes", "-v"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().expect("binary starts");
    let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().expect("its words")));
    let mut heard = Vec::new();
    for line in lines.map_while(Result::ok) {
        if line == "  | first" {
            std::fs::write(sandbox.around().join("seen"), "").expect("written");
        }
        heard.extend(line.strip_prefix("  | ").map(str::to_owned));
    }
    assert!(child.wait().expect("it ends").success());
    assert_eq!(heard, ["first", "last"]);
}

#[test]
fn what_others_print_never_steers_the_terminal() {
    for word in ["-v", "--no-sign"] {
        let script = "printf '\\033[2Jred\\rerror: forged\\n'; printf '\\377\\n'";
        let sandbox = package("0.1.0", &step("hostile", script, ""));
        let run = run(&sandbox, word);
        assert_eq!(heard(&run), ["\\u{1b}[2Jred\\rerror: forged", "\u{fffd}"], "{word}");
        assert!(!run.stderr.contains(['\u{1b}', '\r']), "{}", run.stderr);
    }
}

#[test]
fn of_a_check_that_answers_in_json_only_its_talk_is_shown() {
    let more =
        check("milestone", "echo '[]'; echo '2 issues closed' >&2", "passes = { json = \"\", value = [] }");
    let sandbox = package("0.1.0", &more);
    assert_eq!(heard(&releases(&sandbox)), ["2 issues closed"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
    let verbose = run(&sandbox, "-v");
    let mut all = heard(&verbose);
    all.sort_unstable();
    assert_eq!(all, ["2 issues closed", "[]"]);
}

#[test]
fn what_a_step_says_that_skips_is_shown_and_what_it_leaves_running_is_not() {
    let more = step("callouts", "echo 'not yet'; exit 75", "exit-codes = { 75 = \"skip\" }")
        + &step("daemon", "(sleep 1; echo late) & echo started", "");
    for word in ["-v", "--no-sign"] {
        assert_eq!(heard(&run(&package("0.1.0", &more), word)), ["not yet", "started"]);
    }
}
