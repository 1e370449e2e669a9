//! What the remote says before a release: taken and stale tags, a branch that moved on, silence. A refusal changes
//! nothing, and a dry run lists what is only wrong here.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::pty::Launch;
use crate::origin::{Origin, assert_all_ended, executable, impatient, pids, through_ssh};
use crate::sandbox::{Run, Sandbox};

/// Never answers; writes down its process and that of its child.
const HANGS: &str = "echo $$ >> \"$PIDS\"\nsleep 300 &\necho $! >> \"$PIDS\"\nwait";
const URL: &str = "ssh://git@git.invalid/trueppm/suite.git";

#[track_caller]
fn with(sandbox: &Sandbox, words: &[&str], variables: &[(&str, String)]) -> Run {
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sandbox.run_with(words, &variables)
}

#[test]
fn a_tag_that_only_the_remote_has_is_refused_also_in_a_dry_run() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.git(&["tag", "scheduler-v0.2.0", "main"]);
    let says = "error: tag `scheduler-v0.2.0` already exists on origin\n\
                hint: the release was already pushed; if its images are published, nothing is left to do\n";
    sandbox.refused(1, &["minor", "--yes"]).says(says);
    sandbox
        .refused(1, &["minor", "--dry-run"])
        .shows("Refused until this is mended:\n  error: tag `scheduler-v0.2.0` already exists on origin\n");
    // Nobody asked: the release is cut, and what was not checked is said.
    sandbox
        .run(&["minor", "--yes", "--offline"])
        .expect(0)
        .says("warning: origin was not asked (--offline): ");
}

#[test]
fn a_tag_on_the_remote_whose_name_would_be_a_folder_of_ours_is_refused() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.git(&["tag", "v0.2.0/old", "main"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` cannot exist beside the tag `v0.2.0/old` on origin\n");
}

#[test]
fn a_local_tag_that_never_left_this_clone_is_refused_with_the_way_out() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.git(&["tag", "-a", "v0.2.0", "-m", "a failed attempt"]);
    sandbox.commit_all("fix: one more");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists here, not on origin and not on HEAD\n")
        .says("hint: it was never pushed: `git tag -d v0.2.0`\n");
    sandbox.git(&["tag", "-d", "v0.2.0"]);
    sandbox.git(&["tag", "-a", "v0.2.0", "-m", "on HEAD"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says(
            "error: tag `v0.2.0` already exists: it stands on HEAD, which is not its release \
             (`packages/api/pyproject.toml` holds 0.1.0)\n",
        )
        .says("hint: it was made by hand and is not on origin: `git tag -d v0.2.0`\n");
    sandbox.git(&["tag", "-d", "v0.2.0"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn commits_that_the_push_would_publish_are_counted_once() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.commit_all("fix: one");
    sandbox.commit_all("fix: two");
    let run = sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert_eq!(run.stdout.matches("that the push would publish").count(), 1, "{}", run.stdout);
    run.shows("  warning : main is ahead of origin/main by 2 commits that the push would publish\n");
    sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("warning: main is ahead of origin/main by 2 commits that the push would publish\n");
}

#[test]
fn a_remote_branch_that_moved_on_is_refused_with_the_pull_to_run() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let there = origin.colleague_commits();
    let unknown =
        format!("origin/main is at {}, a commit that is not in this clone\n", there.get(..10).unwrap());
    let hint = "run `git pull --ff-only origin main`\n";
    sandbox.refused(1, &["minor", "--yes"]).says(&format!("error: {unknown}hint: {hint}"));
    // What is only wrong here does not make a dry run red, unless it is told to.
    let preview = sandbox.refused(0, &["minor", "--dry-run"]);
    preview.shows(&format!(
        "Would refuse here (a release from the right place is not affected):\n  here: {unknown}  hint: {hint}"
    ));
    sandbox.refused(1, &["minor", "--dry-run", "--strict"]);

    sandbox.git(&["fetch", "--quiet", "origin"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says(&format!("error: main is behind origin/main by 1 commit\nhint: {hint}"));

    sandbox.commit_all("fix: meanwhile");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: main and origin/main have diverged: 1 commit here, 1 commit there\n")
        .says("hint: run `git pull --rebase origin main`\n");
    sandbox.git(&["pull", "--quiet", "--rebase", "origin", "main"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn the_answer_counts_and_not_what_was_fetched_once() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.colleague_commits();
    sandbox.git(&["fetch", "--quiet", "origin"]);
    // The colleague took it back; the remote-tracking branch here is stale.
    origin.git(&["update-ref", "refs/heads/main", &sandbox.commit("HEAD")]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn a_remote_without_the_branch_is_told_at_the_gate() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.git(&["update-ref", "-d", "refs/heads/main"]);
    sandbox
        .run(&["minor", "--dry-run"])
        .expect(0)
        .shows("  note    : origin has no branch main yet: the push creates it\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(0);
    assert_eq!(origin.git(&["rev-parse", "main"]).trim(), sandbox.commit("HEAD"));
}

#[test]
fn a_remote_that_is_not_there_is_no_error_and_one_line_says_so() {
    let sandbox = Sandbox::suite();
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(run.stderr.matches("no remote `origin`").count(), 1, "{}", run.stderr);
}

#[test]
fn a_remote_that_cannot_be_asked_is_refused_in_gits_words() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["remote", "add", "origin", "../nowhere.git"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: `origin` cannot be asked\n  fatal: '../nowhere.git' does not appear to be a git repository\n")
        .says("hint: to go on without asking: `--offline`");
    sandbox.refused(0, &["minor", "--dry-run"]).shows("  here: `origin` cannot be asked\n");
    sandbox.run(&["minor", "--yes", "--offline"]).expect(0);
}

#[test]
fn a_remote_that_hangs_is_given_up_after_the_limit_with_everything_it_started() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    impatient(&sandbox);
    let ssh = through_ssh(&sandbox, URL, HANGS);
    let before = sandbox.state();
    let start = Instant::now();
    let run = with(&sandbox, &["minor", "--yes"], &ssh).expect(1);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    before.assert_same(&sandbox.state());
    run.says("error: `origin` did not answer within 1 second\n")
        .says("hint: allow it more time with `remote-timeout-seconds` in `[release]`\n");
    assert_all_ended(&sandbox);
    with(&sandbox, &["minor", "--dry-run"], &ssh)
        .expect(0)
        .shows("  here: `origin` did not answer within 1 second\n");
    // Status does not depend on the remote, and `--offline` was asked for.
    std::fs::remove_file(pids(&sandbox)).unwrap();
    with(&sandbox, &[], &ssh).expect(0);
    with(&sandbox, &["minor", "--yes", "--offline"], &ssh).expect(0);
    assert!(!pids(&sandbox).exists(), "the remote was asked");
}

#[test]
fn an_interrupt_ends_the_question_to_the_remote_and_everything_it_started() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    let ssh = through_ssh(&sandbox, URL, HANGS);
    let before = sandbox.state();
    for words in [&["minor", "--yes"][..], &["minor", "--dry-run"]] {
        let _ = std::fs::remove_file(pids(&sandbox));
        let mut command = sandbox.command(words);
        command.envs(ssh.iter().map(|(name, value)| (*name, value)));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_two_processes(&sandbox);
        let process = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(process, Signal::INT).unwrap();
        let run: Run = child.wait_with_output().unwrap().into();
        run.expect(1)
            .says("error: interrupted: nothing was changed\n  interrupted while `origin` was asked\n");
        before.assert_same(&sandbox.state());
        assert_all_ended(&sandbox);
    }
}

fn wait_for_two_processes(sandbox: &Sandbox) {
    let start = Instant::now();
    while std::fs::read_to_string(pids(sandbox)).map_or(0, |text| text.lines().count()) < 2 {
        assert!(start.elapsed() < Duration::from_secs(20), "the remote was never asked");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn on_a_terminal_ctrl_c_and_the_limit_end_what_was_started_there_too() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    impatient(&sandbox);
    let ssh = through_ssh(&sandbox, URL, HANGS);
    let before = sandbox.state();
    let launch = || {
        let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
        let variables = sandbox.variables();
        let variables = variables.iter().map(|(name, value)| (name.as_str(), value));
        variables
            .chain(ssh.iter().map(|(name, value)| (*name, value)))
            .fold(launch.arguments(["minor"]).size(100, 40), |launch, (name, value)| {
                launch.environment(name, value)
            })
    };
    let mut session = launch().start();
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(session.flowing().contains("`origin` did not answer within 1 second"), "{}", session.dump());
    assert_all_ended(&sandbox);

    std::fs::remove_file(pids(&sandbox)).unwrap();
    let mut session = launch().start();
    wait_for_two_processes(&sandbox);
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(session.flowing().contains("interrupted while `origin` was asked"), "{}", session.dump());
    assert_all_ended(&sandbox);
    before.assert_same(&sandbox.state());
}

#[test]
fn the_remote_is_asked_once_however_often_the_version_is_overridden() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.git(&["tag", "v0.9.0", "main"]);
    let log = sandbox.around().join("asked");
    let real = String::from_utf8(
        std::process::Command::new("sh").args(["-c", "command -v git"]).output().unwrap().stdout,
    )
    .unwrap();
    let wrapper = sandbox.around().join("bin/git");
    executable(
        &wrapper,
        &format!(
            "#!/bin/sh\ncase \" $* \" in *' ls-remote '*) echo asked >> '{}';; esac\nexec {} \"$@\"\n",
            log.display(),
            real.trim()
        ),
    );
    let path =
        format!("{}:{}", wrapper.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
    let launch =
        sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let mut session = launch.environment("PATH", &path).arguments(["minor"]).size(120, 60).start();
    session.wait_for("Enter to accept 0.2.0");
    session.send("0.9.0\r");
    session.wait_for("tag `v0.9.0` already exists on origin");
    session.wait_until("the question again", |session| {
        session.flowing().matches("Enter to accept 0.2.0").count() == 2
    });
    session.send("0.8.0\r");
    session.wait_for("Enter to accept 0.8.0");
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "asked\n");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.8.0\nv0.8.0\n");
}

#[test]
fn a_detached_shallow_clone_without_tags_learns_from_the_remote_what_is_taken() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    sandbox.run(&["minor", "alpha", "--yes", "--push"]).expect(0);
    let job = sandbox.around().join("job");
    let url = format!("file://{}", origin.folder.display());
    let folder = job.display().to_string();
    sandbox.git(&["clone", "--quiet", "--depth=1", "--no-tags", &url, &folder]);
    sandbox.git(&["-C", &folder, "checkout", "--quiet", "--detach"]);
    origin.git(&["tag", "scheduler-v0.2.0a2", "main"]);
    let commit = sandbox.commit("HEAD");
    let variables = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", commit.as_str())];
    let in_job = |words: &[&str]| sandbox.run_with(&[&["-C", folder.as_str()], words].concat(), &variables);
    in_job(&["alpha", "--yes"]).expect(1).says("error: tag `scheduler-v0.2.0a2` already exists on origin\n");
    // A pipeline of an older commit must not release, and cannot pull.
    origin.git(&["tag", "-d", "scheduler-v0.2.0a2"]);
    origin.colleague_commits();
    in_job(&["alpha", "--yes"])
        .expect(1)
        .says("hint: run `git fetch origin main`, then release from its newest commit\n");
    origin.git(&["update-ref", "refs/heads/main", &commit]);
    in_job(&["alpha", "--yes", "--push"]).expect(0);
    assert!(origin.refs().contains("refs/tags/scheduler-v0.2.0a2 "), "{}", origin.refs());
}

#[test]
fn credentials_in_the_url_are_printed_nowhere() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let url = "ssh://mara:s3cr%65t@git.invalid/suite.git";
    let serves = format!(
        "case \"$*\" in *upload-pack*) exec git upload-pack '{}';; esac\n\
         echo \"fatal: unable to access '{url}/': s3cr%65t and s3cret are wrong\" >&2\nexit 128",
        origin.folder.display()
    );
    for script in
        [serves.as_str(), "echo \"denied for ssh://mara:s3cr%65t@git.invalid/x: s3cret\" >&2; exit 1"]
    {
        let ssh = through_ssh(&sandbox, url, script);
        let mut said = String::new();
        for words in [
            &["minor", "alpha", "--dry-run", "-v"][..],
            &["minor", "alpha", "--dry-run", "--push", "-v"],
            &["minor", "alpha", "--yes", "--push", "-v"],
            &["undo", "--dry-run", "-v"],
        ] {
            let run = with(&sandbox, words, &ssh);
            said.push_str(&run.stdout);
            said.push_str(&run.stderr);
        }
        assert!(!said.contains("s3cret") && !said.contains("s3cr%65t"), "{said}");
        assert!(said.contains("***") && said.contains("ssh://mara@git.invalid/"), "{said}");
    }
}
