//! A release right on top of another one. That nothing was committed in between is said before what follows from it,
//! and so is a release that was never pushed, with its two ways on.

use super::*;
use crate::origin::Origin;
use crate::sandbox::Run;

const EMPTY: &str = "error: `[Unreleased]` section is empty (`CHANGELOG.md`, line 7)\n";
const PUSH: &str = "git push --atomic origin ";

/// A suite with everything pushed, and 0.2.0 on top of it, which is not.
fn released(sandbox: &Sandbox) -> Origin<'_> {
    let origin = Origin::of(sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    origin
}

/// What a refused release says first, and what it says after that.
#[track_caller]
fn says_first(run: &Run, first: &str, then: &str) {
    let rest = run.stderr.strip_prefix(first);
    let rest = rest.unwrap_or_else(|| panic!("it does not begin with\n{first}but says\n{}", run.stderr));
    assert!(rest.contains(then), "after that there is no `{then}` in\n{rest}");
}

/// The command in the hint that begins with these words.
#[track_caller]
fn hinted(run: &Run, start: &str) -> String {
    let line = run.stderr.lines().find(|line| line.starts_with(&format!("hint: {start}")));
    let line = line.unwrap_or_else(|| panic!("no hint `{start}` in\n{}", run.stderr));
    line.split('`').nth(1).expect("a command").to_owned()
}

#[test]
fn an_unpushed_release_comes_before_the_empty_section_and_both_ways_on_work() {
    let sandbox = Sandbox::suite();
    let origin = released(&sandbox);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    let first =
        "error: the release 0.2.0 is here and not pushed to origin, and nothing was committed since\n";
    says_first(&run, first, EMPTY);
    let (push, undo) = (hinted(&run, "push it: "), hinted(&run, "or take it back: "));
    assert!(push.starts_with(PUSH), "{push}");
    assert_eq!(undo, "trueppm-release undo");
    let preview = sandbox.refused(1, &["minor", "--dry-run"]).stdout;
    let at = |text: &str| preview.find(text).unwrap_or_else(|| panic!("no `{text}` in\n{preview}"));
    assert!(at(first) < at(EMPTY), "{preview}");

    sandbox.run(&["undo", "--yes"]).expect(0);
    sandbox.run(&["minor", "--yes"]).expect(0);
    let words: Vec<&str> = push.split(' ').skip(1).collect();
    sandbox.git(&words);
    assert!(origin.refs().contains("refs/tags/v0.2.0 "), "{}", origin.refs());
    let run = sandbox.refused(1, &["patch", "--yes"]);
    let first = "error: nothing was committed since the release 0.2.0, which is on origin\n";
    says_first(&run, first, EMPTY);
    assert!(!run.stderr.contains("undo") && !run.stderr.contains("push"), "{}", run.stderr);
}

#[test]
fn auto_says_it_too_and_keeps_its_exit_code() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    let run = sandbox.refused(8, &["auto", "--yes"]);
    let first =
        "error: the release 0.2.0 is here and not pushed to origin, and nothing was committed since\n";
    says_first(&run, first, "nothing to release: no change is pending\n");
    hinted(&run, "push it: ");
    sandbox.git(&["push", "--quiet", "origin", "main", "v0.2.0", "scheduler-v0.2.0"]);
    let run = sandbox.refused(8, &["auto", "--yes"]);
    says_first(
        &run,
        "error: nothing was committed since the release 0.2.0, which is on origin\n",
        "nothing to",
    );
}

#[test]
fn a_push_that_was_not_whole_is_told_apart() {
    // The branch alone: what is missing can be pushed, and nothing can be taken back.
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.git(&["push", "--quiet", "origin", "main"]);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    says_first(&run, "error: the release 0.2.0 is here and on origin/main, but its tags are not, and", EMPTY);
    assert!(!run.stderr.contains("undo"), "{}", run.stderr);
    let push = hinted(&run, "push it: ");
    sandbox.git(&push.split(' ').skip(1).collect::<Vec<_>>());
    let run = sandbox.refused(1, &["minor", "--yes"]);
    says_first(&run, "error: nothing was committed since the release 0.2.0, which is on origin\n", EMPTY);

    // A tag alone: what is public stays public.
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.git(&["push", "--quiet", "origin", "v0.2.0"]);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    assert!(!run.stderr.contains("undo"), "{}", run.stderr);
    let push = hinted(&run, "push it: ");
    sandbox.git(&push.split(' ').skip(1).collect::<Vec<_>>());
}

#[test]
fn without_an_answer_it_says_what_was_fetched_last_and_without_a_remote_that_there_is_none() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    let run = sandbox.refused(1, &["minor", "--yes", "--offline"]);
    let known = "error: the release 0.2.0 is here and not on origin/main, as last fetched, and nothing was committed since\n";
    says_first(&run, known, EMPTY);
    sandbox.git(&["remote", "remove", "origin"]);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    let none = "error: the release 0.2.0 is here and not pushed: there is no remote `origin`, and nothing was committed since\n";
    says_first(&run, none, EMPTY);
    let add = hinted(&run, "add the remote and push it: ");
    assert!(add.starts_with(&format!("git remote add origin URL && {PUSH}")), "{add}");
    hinted(&run, "or take it back: ");
}

#[test]
fn other_commits_since_then_leave_the_empty_section_alone() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    commit_on_main(&sandbox, "docs/here.md");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    assert!(run.stderr.starts_with(EMPTY), "{}", run.stderr);
    // A release that is possible takes the commits of the other one along, but not its tags.
    let warning = "the release 0.2.0 is here, 1 commit below HEAD, and not pushed to origin: the push of this one \
                   leaves its tags out\n";
    sandbox.refused(0, &["minor", "alpha", "--dry-run"]).shows(&format!("  warning : {warning}"));
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0).says(&format!("warning: {warning}"));
    // Tags that somebody made by hand: there is no release that undo could take back.
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.git(&["rm", "--quiet", "-r", "changelog.d"]);
    sandbox.replace("CHANGELOG.md", "- Milestones keep their date when their predecessor is deleted.\n", "");
    sandbox.commit_all("docs: nothing is pending");
    sandbox.git(&["tag", "-d", "v0.1.0", "scheduler-v0.1.0"]);
    for tag in ["v0.1.0", "scheduler-v0.1.0"] {
        sandbox.git(&["tag", "-a", tag, "-m", "by hand"]);
    }
    let run = sandbox.refused(1, &["minor", "--yes", "--offline"]);
    says_first(&run, "error: the release 0.1.0 is here and not on origin/main, as last fetched", EMPTY);
    assert!(!run.stderr.contains("undo"), "{}", run.stderr);
}
