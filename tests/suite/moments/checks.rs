//! Checks: what passing means, what is reported when they do not pass, and that they write nothing.

use super::{check, interrupted, package, releases, step, stops};
use crate::common::pty::Launch;
use crate::sandbox::State;

#[test]
fn all_failing_checks_and_every_other_problem_are_reported_together() {
    let more = check("first", "echo 'CVE-2026-1 in the image'; exit 1", "")
        + &check("second", "echo fine", "")
        + &check("third", "printf \"\\033[31mred\"; kill -9 $$", "");
    let sandbox = package("0.1.0", &more);
    sandbox.git(&["tag", "v0.2.0"]);
    let run = sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists")
        .says("error: check `first` failed: exit code 1\n  | CVE-2026-1 in the image")
        .says("hint: fix what it found, or leave it out with `--skip-step 'first'`")
        .says("error: check `third` failed: killed by signal 9\n  | \\u{1b}[31mred");
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    sandbox.git(&["tag", "-d", "v0.2.0"]);
    sandbox.run(&["minor", "--yes", "--skip-step", "first", "--skip-step", "third"]).expect(0);
}

#[test]
fn a_value_that_looks_secret_is_not_in_the_command_to_run_by_hand() {
    let environment = "environment = { API_TOKEN = \"glpat-value\", VERSION = \"{version}\" }";
    let sandbox = package("0.1.0", &check("look", "exit 1", environment));
    let run = sandbox.refused(1, &["minor", "--yes"]);
    let run = run.says("run it by hand to see more: `API_TOKEN=… VERSION=0.2.0 bash -c 'exit 1'`");
    assert!(!run.stderr.contains("glpat"), "{}", run.stderr);
}

#[test]
fn nothing_is_started_where_nobody_can_say_yes() {
    let sandbox = package("0.1.0", &check("scan", "touch ../ran", ""));
    sandbox.refused(1, &["minor"]).says("no terminal to confirm the release on");
    assert!(!sandbox.around().join("ran").exists());
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.around().join("ran").exists());
}

#[test]
fn a_check_says_what_passing_means() {
    for (script, passes, why) in [
        ("echo '[]'", "{ json = \"\", value = [] }", ""),
        ("echo warning >&2; echo '[]'", "{ json = \"\", value = [] }", ""),
        (
            "echo '[{\"id\": 7}]'",
            "{ json = \"\", value = [] }",
            "its output holds `[{\"id\":7}]`, expected `[]`",
        ),
        ("echo '{\"state\": {\"is\": \"0.2.0\"}}'", "{ json = \"/state/is\", value = \"{version}\" }", ""),
        (
            "echo '{}'",
            "{ json = \"/state\", value = 1 }",
            "its output holds nothing at `/state`, expected `1`",
        ),
        (
            "echo nothing >&2; exit 0",
            "{ json = \"\", value = [] }",
            "it printed nothing where JSON was expected",
        ),
        ("echo '[]'; exit 2", "{ json = \"\", value = [] }", "exit code 2"),
        ("echo only talk >&2", "{ empty-output = true }", ""),
        (
            "echo found",
            "{ empty-output = true }",
            "passing means no output, and it printed something\n  | found",
        ),
        ("exit 1", "{ exit-code = 1 }", ""),
        ("echo talk; exit 1", "{ exit-code = 1 }", ""),
        ("exit 0", "{ exit-code = 1 }", "exit code 0, which is not passing here"),
    ] {
        for at in ["before-gate", "before-commit"] {
            let sandbox =
                package("0.1.0", &check("look", script, &format!("at = \"{at}\"\npasses = {passes}")));
            if why.is_empty() {
                releases(&sandbox);
            } else if at == "before-gate" {
                sandbox.refused(1, &["minor", "--yes"]).says(&format!("check `look` failed: {why}"));
            } else {
                stops(&sandbox).says(&format!("check `look` failed: {why}"));
            }
        }
    }
}

#[test]
fn a_check_that_skips_or_is_a_best_effort_does_not_refuse() {
    let more = check("not now", "exit 75", "exit-codes = { 75 = \"skip\" }")
        + &check("perhaps", "echo shaky; exit 1", "required = false")
        + &check("late", "exit 75", "at = \"before-commit\"\nexit-codes = { 75 = \"skip\" }")
        + &check("late too", "echo shaky; exit 1", "at = \"before-commit\"\nrequired = false");
    releases(&package("0.1.0", &more))
        .says("warning: check `perhaps` failed: exit code 1")
        .says("check `late` does not apply to this release (exit code 75)")
        .says("warning: check `late too` failed: exit code 1");
}

#[test]
fn what_changes_before_the_gate_is_named_and_left_alone() {
    for kind in ["check", "step"] {
        let script = "echo changed > README.md; touch new.txt";
        let command =
            step("careless", script, "at = \"before-gate\"").replace("[[step]]", &format!("[[{kind}]]"));
        let sandbox = package("0.1.0", &command);
        let commit = sandbox.commit("HEAD");
        sandbox
            .run(&["minor", "--yes"])
            .expect(1)
            .says("tracked files changed while the checks before the gate ran\n  README.md\n")
            .says("they are left as they are");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), " M README.md\n?? new.txt\n");
        assert_eq!((sandbox.commit("HEAD"), sandbox.git(&["tag"])), (commit, String::new()));
    }
}

#[test]
fn a_check_within_the_release_that_writes_is_found_out() {
    for (script, words) in [
        (
            "echo {} > package.json",
            "a check changed files of the release, and a check writes nothing\n  package.json\n",
        ),
        (
            "echo x > made.txt",
            "a check changed files of the release, and a check writes nothing\n  made.txt\n",
        ),
        (
            "echo x > README.md",
            "error: a check changed tracked files, and a check writes nothing\n  README.md\nhint: make a `[[step]]`",
        ),
    ] {
        let more = step("make", "echo made > made.txt", "writes = [\"made.txt\"]")
            + &check("careless", script, "at = \"after-bump\"");
        let sandbox = package("0.1.0", &more);
        let before = sandbox.state().without_objects();
        let run =
            sandbox.run(&["minor", "--yes"]).expect(4).says(words).says(".git/trueppm-release/saved-1`");
        assert_eq!(run.stderr.matches("error: ").count(), 1, "{}", run.stderr);
        let mut after = sandbox.state().without_objects();
        after.forget(".git/trueppm-release");
        before.assert_same(&after);
    }
}

#[test]
fn a_signal_while_a_check_before_the_gate_runs_ends_it_and_changes_nothing() {
    let more = check("slow", "touch ../started; sleep 60", "") + &check("next", "touch ../next", "");
    let sandbox = package("0.1.0", &more);
    let before: State = sandbox.state();
    interrupted(&sandbox)
        .expect(1)
        .says("error: interrupted: nothing was changed\n  interrupted while check `slow` was running\n");
    before.assert_same(&sandbox.state());
    assert!(!sandbox.around().join("next").exists());
}

#[test]
fn a_version_typed_at_the_gate_is_checked_as_well_and_what_passed_for_one_is_not_run_again_for_it() {
    let more = "[[check]]\nname = \"milestone\"\nrun = [\"bash\", \"-c\", 'echo $0 >> ../asked; [ $0 != 0.3 ]', \"{major}.{minor}\"]\n"
        .to_owned()
        + &check("scan", "echo scan >> ../asked", "")
        + &check("perhaps", "echo '  new     : 9.9.9'; exit 1", "required = false");
    let sandbox = package("0.1.0", &more);
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
    let launch =
        sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let mut session = launch.arguments(["minor"]).size(120, 120).start();
    session.wait_until("the first question", |session| session.flowing().contains("Enter to accept 0.2.0"));
    let shown = session.rows().join("\n");
    assert!(
        shown.contains("  warning : check `perhaps` failed: exit code 1\n            |   new     : 9.9.9\n"),
        "{shown}"
    );
    session.send("0.3.0\r");
    session.wait_until("the refusal", |session| {
        session.flowing().contains("check `milestone` failed: exit code 1")
    });
    session.wait_until("the question again", |session| {
        session.flowing().matches("Enter to accept 0.2.0").count() == 2
    });
    session.send("0.4.0\r");
    session.wait_until("the next question", |session| session.flowing().contains("Enter to accept 0.4.0"));
    session.send("0.2.0\r");
    session.wait_until("the first version again", |session| {
        session.flowing().matches("Enter to accept 0.2.0").count() == 3
    });
    session.send("0.4.0\r");
    session.wait_until("the same once more", |session| {
        session.flowing().matches("Enter to accept 0.4.0").count() == 2
    });
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    // What passed for one version says nothing of another, which every check finds in its environment.
    let asked = std::fs::read_to_string(sandbox.around().join("asked")).expect("they ran");
    assert_eq!(asked, "0.2\nscan\n0.3\nscan\n0.4\nscan\n");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.4.0\n");
}
