//! Steps and checks of one moment run where they stand in the file, and are called what they are.

use super::{check, package, releases, step, stops};
use crate::sandbox::Sandbox;

fn log(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.around().join("log")).unwrap_or_default().replace('\n', " ")
}

fn logging(word: &str) -> String {
    format!("echo {word} >> ../log")
}

#[test]
fn a_check_runs_where_it_stands_among_the_steps_of_its_moment() {
    for at in ["before-gate", "after-gate", "after-bump", "before-commit", "after-release"] {
        let at = format!("at = \"{at}\"");
        let more = check("1", &logging("one"), &at)
            + &step("2", &logging("two"), &at)
            + &check("3", &logging("three"), &at)
            + &check("4", &logging("four"), &at)
            + &step("5", &logging("five"), &at);
        let sandbox = package("0.1.0", &more);
        let preview = sandbox.run(&["minor", "-n"]).expect(0).stdout;
        let listed: Vec<&str> = preview
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_once(": bash"))
            .map(|it| it.0)
            .collect();
        assert_eq!(listed, ["1", "2", "3", "4", "5"], "{preview}");
        releases(&sandbox)
            .says("running check `1`…\ncheck `1` done")
            .says("running step `2`…\nstep `2` done")
            .says("running check `4`…\ncheck `4` done");
        assert_eq!(log(&sandbox), "one two three four five ", "{at}");
    }
}

#[test]
fn what_stands_behind_a_failing_check_builds_on_it_and_does_not_run() {
    let at = "at = \"after-bump\"";
    let more = step("1", &logging("one"), "")
        + &check("2", &(logging("two") + "; exit 1"), at)
        + &check("3", &(logging("three") + "; exit 1"), at)
        + &step("4", &logging("four"), "")
        + &check("5", &logging("five"), at);
    let sandbox = package("0.1.0", &more);
    stops(&sandbox).says("error: check `2` failed: exit code 1").says("error: check `3` failed: exit code 1");
    assert_eq!(log(&sandbox), "one two three ");
}

#[test]
fn a_check_finds_what_the_steps_before_it_promise_and_nothing_of_those_behind_it() {
    let promise =
        "writes = [\"a.json\"]\nexpect = [{ path = \"a.json\", key = \"/v\", value = \"{version}\" }]";
    let write = |version: &str| format!("echo '{{\"v\": \"{version}\"}}' > a.json");
    let look = check("look", "grep 0.2.0 a.json; echo looked >> ../log", "at = \"after-bump\"");
    let sandbox = package("0.1.0", &(step("schema", &write("0.2.0"), promise) + &look));
    releases(&sandbox);
    assert_eq!(log(&sandbox), "looked ");
    let sandbox = package("0.1.0", &(step("schema", &write("0.3.0"), promise) + &look));
    stops(&sandbox).says("step `schema` did not do what it promises");
    assert_eq!(log(&sandbox), "");
    let behind = check("early", "[ ! -e a.json ]", "at = \"after-bump\"");
    releases(&package("0.1.0", &(behind + &step("schema", &write("0.2.0"), promise) + &look)));
}
