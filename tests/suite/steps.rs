//! What goes wrong while a release is being carried out: the step, a signal, a lock, a full or read-only place. Each
//! ends with everything as it was before, or says exactly what is not.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::sandbox::{Run, Sandbox, State};

const EXPORT: &str = "scripts/export-openapi.sh";
const SCHEMA: &str = "docs/api/openapi.json";

/// The suite with another export script.
fn exporting(script: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write(EXPORT, format!("#!/usr/bin/env bash\n{script}\n"));
    sandbox.commit_all("chore: another export");
    sandbox
}

/// The same with a part of the built-in configuration replaced.
fn configured(script: &str, from: &str, to: &str) -> Sandbox {
    let sandbox = exporting(script);
    let built_in = trueppm_release::config::built_in();
    assert!(built_in.contains(from), "the built-in configuration does not hold `{from}`");
    sandbox.write("trueppm-release.toml", built_in.replacen(from, to, 1));
    sandbox.commit_all("chore: configuration");
    sandbox
}

/// Runs a minor release that must fail on the way and leave nothing behind but unreachable objects.
#[track_caller]
fn stops(sandbox: &Sandbox) -> Run {
    let before = sandbox.state().without_objects();
    let run = sandbox.run(&["minor", "--yes"]).expect(4);
    is_as_before(sandbox, &before);
    run.says("nothing was released, and every file is as it was before")
}

#[track_caller]
fn is_as_before(sandbox: &Sandbox, before: &State) {
    before.assert_same(&sandbox.state().without_objects());
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_failing_step_stops_the_release_and_its_output_is_shown() {
    let sandbox = exporting("echo 'the schema has a hole'; echo half > docs/api/openapi.json; exit 3");
    stops(&sandbox)
        .says("step `OpenAPI schema` failed: exit code 3")
        .says("| the schema has a hole")
        .says("run it by hand to see more: `bash scripts/export-openapi.sh`");
    // Nothing is in the way of the next attempt.
    sandbox.write(EXPORT, "echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json\n");
    sandbox.commit_all("fix: export");
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn the_beginning_and_the_end_of_a_long_output_are_shown_and_the_cut_is_counted() {
    let sandbox = exporting("for i in $(seq 1 100); do echo \"line $i.\"; done; exit 1");
    let run = stops(&sandbox);
    let run = run.says("| line 10.\n  | … (50 lines are left out)\n  | line 61.\n").says("| line 100.");
    assert!(!run.stderr.contains("line 11.") && !run.stderr.contains("line 60."), "{}", run.stderr);
}

#[test]
fn a_step_killed_by_a_signal_is_said_to_be() {
    stops(&exporting("kill -9 $$")).says("step `OpenAPI schema` failed: killed by signal 9");
}

#[test]
fn a_missing_script_stops_the_release() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", EXPORT]);
    sandbox.commit_all("chore: lose the script");
    stops(&sandbox).says("step `OpenAPI schema` failed: exit code 127").says(EXPORT);
}

#[test]
fn a_missing_program_stops_the_release_and_names_the_way_around() {
    let sandbox = configured("true", "run = [\"bash\", ", "run = [\"no-such-program\", ");
    stops(&sandbox)
        .says("step `OpenAPI schema` cannot start: `no-such-program`: there is no such program here\n")
        .says("`--skip-step 'OpenAPI schema'`");
}

#[test]
fn a_step_that_disagrees_about_the_version_stops_the_release() {
    let sandbox = exporting(
        "echo 'settings say 9.9.9'; printf '{\\n  \"info\": {\"version\": \"9.9.9\"}\\n}\\n' > docs/api/openapi.json",
    );
    stops(&sandbox)
        .says("step `OpenAPI schema` did not do what it promises")
        .says("`docs/api/openapi.json:2` holds `9.9.9` at `/info/version`, expected `0.2.0`")
        .says("| settings say 9.9.9");
}

#[test]
fn a_step_that_writes_no_json_stops_the_release() {
    stops(&exporting("echo 'Traceback (most recent call last)' > docs/api/openapi.json"))
        .says("step `OpenAPI schema` did not do what it promises")
        .says(SCHEMA);
}

#[test]
fn a_step_that_writes_nothing_stops_the_release() {
    stops(&exporting("echo 'cannot import name urls' >&2"))
        .says("| cannot import name urls")
        .says("step `OpenAPI schema` did not do what it promises")
        .says("holds `0.1.0` at `/info/version`, expected `0.2.0`");
}

#[test]
fn a_step_that_removes_its_output_or_makes_a_folder_of_it_stops_the_release() {
    for script in [
        "rm docs/api/openapi.json",
        "rm -r docs; mkdir docs",
        "rm docs/api/openapi.json; mkdir docs/api/openapi.json",
    ] {
        stops(&exporting(&format!("echo on my way\n{script}")))
            .says(
                "step `OpenAPI schema` did not do what it promises: there is no file `docs/api/openapi.json`",
            )
            .says("| on my way");
    }
}

const BEATING: &str = "(while :; do echo beat >> ../beats; sleep 0.02; done) &\nwait";

/// Nothing that the step started is alive: the file it writes all the time does not grow any more.
#[track_caller]
fn has_no_pulse(sandbox: &Sandbox) {
    let length = || std::fs::metadata(sandbox.around().join("beats")).expect("it did beat").len();
    let then = length();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(length(), then, "what the step started is still running");
}

#[test]
fn a_hanging_step_is_stopped_with_everything_it_started() {
    let sandbox = configured(BEATING, "timeout-seconds = 600", "timeout-seconds = 1");
    stops(&sandbox).says("step `OpenAPI schema` did not end within 1 second and was stopped");
    has_no_pulse(&sandbox);
}

#[test]
fn a_hanging_step_that_ignores_requests_to_end_is_killed() {
    let script = format!("trap '' TERM\necho stubborn\n{BEATING}; wait");
    let sandbox = configured(&script, "timeout-seconds = 600", "timeout-seconds = 1");
    stops(&sandbox).says("did not end within 1 second and was stopped").says("| stubborn");
    has_no_pulse(&sandbox);
}

#[test]
fn a_tracked_file_that_a_step_changes_undeclared_is_named_kept_aside_and_put_back() {
    let export = "echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json";
    for (ending, code) in [("", "changed files that it does not declare"), ("exit 7", "exit code 7")] {
        let sandbox =
            exporting(&format!("{export}\necho mine > README.md\nrm changelog.d/README.md\n{ending}"));
        let before = sandbox.state().without_objects();
        let run = sandbox.run(&["minor", "--yes"]).expect(4).says(code).says("README.md");
        assert_eq!(sandbox.read(".git/trueppm-release/saved-1/README.md"), "mine\n");
        run.says("changed files that it does not declare").says(".git/trueppm-release/saved-1`");
        // A second attempt does not overwrite the copy of the first one.
        sandbox.run(&["minor", "--yes"]).expect(4).says(".git/trueppm-release/saved-2`");
        std::fs::remove_dir_all(sandbox.root().join(".git/trueppm-release")).expect("the copies go");
        is_as_before(&sandbox, &before);
    }
}

#[test]
fn a_file_that_cannot_be_kept_aside_is_not_put_back_either() {
    // A linked work tree keeps its copies in its own part of the git directory.
    let sandbox = exporting(
        "echo mine > README.md\necho in the way > ../suite/.git/worktrees/linked/trueppm-release\nexit 1",
    );
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let sandbox = sandbox.moved_to("linked");
    let readme = sandbox.read("README.md");
    let before = sandbox.state().without_objects();
    sandbox
        .run(&["minor", "--yes"])
        .expect(5)
        .says("recovery needed: `README.md` was changed by a step or a hook, and cannot be kept in `")
        .says("git checkout -- README.md")
        .says("once the reason is gone, run `trueppm-release`: it goes on from here");
    assert_eq!(sandbox.read("README.md"), "mine\n");
    let own = sandbox.around().join("suite/.git/worktrees/linked/trueppm-release");
    std::fs::remove_file(&own).expect("nothing is in the way any more");
    sandbox.run(&[]).expect(0).says("what was found in `README.md` is kept in `");
    assert_eq!(std::fs::read_to_string(own.join("saved-1/README.md")).expect("it is kept"), "mine\n");
    assert_eq!(sandbox.read("README.md"), readme);
    is_as_before(&sandbox, &before);
}

#[test]
fn untracked_files_of_a_step_are_left_where_they_are() {
    let sandbox = exporting("echo cache > docs/api/cache.tmp; exit 1");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4);
    assert_eq!(sandbox.read("docs/api/cache.tmp"), "cache\n");
    sandbox.remove("docs/api/cache.tmp");
    is_as_before(&sandbox, &before);

    let sandbox = Sandbox::suite();
    sandbox.write(EXPORT, format!("{}\necho cache > cache.tmp\n", sandbox.read(EXPORT)));
    sandbox.commit_all("chore: a careless export");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? cache.tmp\n");
}

#[test]
fn what_a_step_staged_is_no_longer_staged_after_a_failure() {
    let sandbox = exporting("echo half > docs/api/openapi.json\ngit add --all\nexit 1");
    stops(&sandbox).says("exit code 1");
}

#[test]
fn output_with_escape_sequences_and_invalid_bytes_never_reaches_the_terminal_raw() {
    let sandbox = exporting(
        r"printf 'a\033[31mred\033[0m\033]0;title\007b\rc\xff\xfe \xc2\x9b31m\xe2\x80\xaeright\n' >&2; exit 1",
    );
    let run = stops(&sandbox).says("red").says("right");
    let harmful = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
    assert_eq!(run.stderr.chars().find(harmful), None, "{:?}", run.stderr);
}

#[test]
fn a_signal_while_a_step_runs_puts_everything_back() {
    for (signal, name) in [(Signal::INT, "INT"), (Signal::TERM, "TERM"), (Signal::HUP, "HUP")] {
        let sandbox = exporting(&format!("echo half > docs/api/openapi.json\n{BEATING}"));
        let before = sandbox.state().without_objects();
        let child = sandbox
            .command(&["minor", "--yes"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("binary starts");
        wait_for(&sandbox.around().join("beats"));
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(process, signal).expect("the signal is sent");
        let run: Run = child.wait_with_output().expect("it ends").into();
        assert_eq!(run.code, 4, "SIG{name}: {}", run.stderr);
        assert!(!run.stderr.contains("by hand"), "{}", run.stderr);
        run.says(
            "error: interrupted: everything was put back\n  interrupted while step `OpenAPI schema` was running\n",
        )
        .says("nothing was released");
        is_as_before(&sandbox, &before);
        has_no_pulse(&sandbox);
    }
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "{} never appears", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_lock_that_somebody_holds_stops_the_release_and_stays_theirs() {
    for (lock, words) in [
        ("index.lock", "the index is locked"),
        ("refs/heads/main.lock", "refs/heads/main"),
        ("HEAD.lock", "HEAD"),
        ("refs/tags/v0.2.0.lock", "refs/tags/v0.2.0"),
        ("refs/tags/scheduler-v0.2.0.lock", "refs/tags/scheduler-v0.2.0"),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.write(&format!(".git/{lock}"), "theirs");
        let before = sandbox.state().without_objects();
        let run = sandbox.run(&["minor", "--yes"]).expect(4).says(words).says("lock").says("hint: ");
        before.assert_same(&sandbox.state().without_objects());
        assert!(run.stderr.contains("another git process"), "{lock}: {}", run.stderr);
        sandbox.remove(&format!(".git/{lock}"));
        sandbox.run(&["minor", "--yes"]).expect(0);
    }
}

#[test]
fn a_tag_or_commit_that_appears_while_a_step_runs_stops_the_release_and_stays() {
    let good = "echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json\n";
    let sandbox = exporting(&format!("{good}git tag scheduler-v0.2.0"));
    sandbox.run(&["minor", "--yes"]).expect(4).says("tag `scheduler-v0.2.0` already exists");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");

    let sandbox =
        exporting(&format!("{good}echo theirs > README.md\ngit add README.md\ngit commit --quiet -m theirs"));
    let base = sandbox.commit("HEAD");
    sandbox.run(&["minor", "--yes"]).expect(4).says("moved meanwhile");
    assert_eq!(sandbox.commit("HEAD^"), base);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]), "theirs\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["tag", "--list", "*0.2.0"]), "");
}

#[test]
fn a_folder_that_cannot_be_written_to_stops_the_release_half_way_and_puts_the_first_half_back() {
    let sandbox = Sandbox::suite();
    let binary = sandbox.around().join("trueppm-release");
    std::fs::copy(env!("CARGO_BIN_EXE_trueppm-release"), &binary).expect("a copy of the binary");
    let folder = sandbox.root().join("packages/web");
    let before = sandbox.state().without_objects();
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).expect("read-only");
    let mut command = std::process::Command::new(&binary);
    command.env_clear().envs(sandbox.variables()).current_dir(sandbox.root());
    command.args(["minor", "--yes"]).stdin(Stdio::null());
    if geteuid().is_root() {
        // Root writes everywhere: the release is somebody else's then.
        give(sandbox.around(), 65534);
        command.uid(65534).gid(65534);
    }
    let run: Run = command.output().expect("binary starts").into();
    if geteuid().is_root() {
        give(sandbox.around(), 0);
    }
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).expect("writable");
    run.expect(4).says("`packages/web/package-lock.json` cannot be written: permission denied");
    is_as_before(&sandbox, &before);
}

fn give(path: &Path, user: u32) {
    std::os::unix::fs::lchown(path, Some(user), Some(user)).expect("root may do so");
    if std::fs::symlink_metadata(path).expect("metadata").is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            give(&entry.expect("an entry").path(), user);
        }
    }
}

#[test]
fn a_step_finds_the_new_version_in_the_files_and_the_progress_names_it() {
    let sandbox = exporting(
        "grep -q '\"VERSION\": \"0.2.0\"' packages/api/src/trueppm_api/settings/base.py || exit 9\n\
         grep -q '\"version\": \"0.2.0\"' packages/web/package.json || exit 8\n\
         [ -t 0 ] && exit 7\nread -r line && exit 6\n\
         echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json",
    );
    sandbox.run(&["minor", "--yes"]).expect(0).says("OpenAPI schema");
}
