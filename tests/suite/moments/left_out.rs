//! Steps and checks that a variable of the environment leaves out: how it is said, and what then still has to hold.

use super::{check, package, step};
use crate::common::pty::Launch;
use crate::sandbox::{Run, Sandbox};

const VARIABLE: &str = "skip-variable = \"RELEASE_SKIP_IMAGE_SCAN\"";

fn scanning() -> Sandbox {
    package("0.1.0", &check("image scan", "touch ../ran", &format!("at = \"after-gate\"\n{VARIABLE}")))
}

fn run(sandbox: &Sandbox, words: &[&str], value: &str) -> Run {
    sandbox.run_with(words, &[("RELEASE_SKIP_IMAGE_SCAN", value)])
}

#[test]
fn the_variable_leaves_a_check_out_as_every_switch_says_yes_and_that_is_a_warning() {
    for (value, left_out) in
        [("1", true), ("true", true), ("Yes", true), ("on", true), ("", false), ("0", false), ("no", false)]
    {
        let sandbox = scanning();
        let run = run(&sandbox, &["minor", "--yes"], value).expect(0);
        let warning = format!("warning: check `image scan` is left out (RELEASE_SKIP_IMAGE_SCAN={value})\n");
        assert_eq!(run.stderr.contains(&warning), left_out, "{}", run.stderr);
        assert_eq!(sandbox.around().join("ran").exists(), !left_out, "{value}");
    }
}

#[test]
fn a_variable_that_is_neither_yes_nor_no_is_wrong_usage() {
    let sandbox = scanning();
    for words in [&["minor", "--yes"][..], &["minor", "-n"]] {
        let before = sandbox.state_around();
        run(&sandbox, words, "pls\n")
            .expect(2)
            .says("error: RELEASE_SKIP_IMAGE_SCAN is `pls\\n`, which is neither yes nor no\n")
            .says("hint: set `RELEASE_SKIP_IMAGE_SCAN=1` (or true, yes, on) to leave the step out");
        before.assert_same(&sandbox.state_around());
    }
}

#[test]
fn a_dry_run_says_what_is_left_out_and_by_which_variable_it_can_be() {
    let sandbox = scanning();
    run(&sandbox, &["minor", "-n"], "1")
        .expect(0)
        .shows("  warning : check `image scan` is left out (RELEASE_SKIP_IMAGE_SCAN=1)\n")
        .shows(
            "  image scan: bash -c touch ../ran  (left out)\n    left out with RELEASE_SKIP_IMAGE_SCAN=1\n",
        );
    let run = sandbox.run(&["minor", "-n"]).expect(0);
    assert!(!run.stdout.contains("warning") && !run.stdout.contains("(left out)"), "{}", run.stdout);
    run.shows("  image scan: bash -c touch ../ran\n    left out with RELEASE_SKIP_IMAGE_SCAN=1\n");
}

#[test]
fn a_step_that_is_not_for_this_release_is_not_said_to_be_left_out() {
    let more = check("image scan", "false", &format!("only-when = [\"pre-release\"]\n{VARIABLE}"));
    let run = run(&package("0.1.0", &more), &["minor", "--yes"], "1").expect(0);
    assert!(!run.stderr.contains("left out"), "{}", run.stderr);
}

#[test]
fn what_a_step_that_is_left_out_promises_must_hold_all_the_same() {
    let promise =
        "writes = [\"a.json\"]\nexpect = [{ path = \"a.json\", key = \"/v\", value = \"{version}\" }]";
    let sandbox = package("0.1.0", &step("notes", "true", &format!("{promise}\n{VARIABLE}")));
    sandbox.write("a.json", "{\"v\": \"0.1.0\"}\n");
    sandbox.commit_all("docs: notes");
    let before = sandbox.state();
    run(&sandbox, &["minor", "--yes"], "1").expect(1).says(
        "step `notes` is left out, but what it promises does not hold: `a.json:1` holds `0.1.0` at `/v`",
    );
    before.assert_same(&sandbox.state());
    sandbox.write("a.json", "{\"v\": \"0.2.0\"}\n");
    sandbox.commit_all("docs: notes");
    run(&sandbox, &["minor", "--yes"], "1").expect(0);
}

#[test]
fn several_steps_may_share_a_variable() {
    let more = check("one", "false", VARIABLE) + &check("two", "false", VARIABLE);
    let sandbox = package("0.1.0", &more);
    run(&sandbox, &["minor", "--yes"], "maybe").expect(2).says_once("error: ");
    run(&sandbox, &["minor", "--yes"], "1")
        .expect(0)
        .says("warning: check `one` is left out (RELEASE_SKIP_IMAGE_SCAN=1)\n")
        .says("warning: check `two` is left out (RELEASE_SKIP_IMAGE_SCAN=1)\n");
}

#[test]
fn the_gate_warns_of_what_is_left_out() {
    let sandbox = scanning();
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
    let launch =
        sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let launch = launch.environment("RELEASE_SKIP_IMAGE_SCAN", "1");
    let mut session = launch.arguments(["minor"]).size(120, 60).start();
    session.wait_for("Enter to accept 0.2.0");
    let rows = session.rows();
    let warning = "  warning : check `image scan` is left out (RELEASE_SKIP_IMAGE_SCAN=1)".to_owned();
    assert!(rows.contains(&warning), "{}", session.dump());
    session.send("q\r");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
}
