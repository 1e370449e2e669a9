//! What the next start makes of a release that was killed: back before the point of no return, forward after it, and
//! where neither can be told, the facts and a command for each way out. Those who only look change nothing.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::sandbox::{Run, Sandbox, State};

const RUNNING: &str = ".git/trueppm-release/running";
const JOURNAL: &str = ".git/trueppm-release/running/journal.json";
const EXPORT: &str = "scripts/export-openapi.sh";

/// The suite whose export waits until it is told to go on, and does what is given then.
pub(crate) fn waiting(script: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write(
        EXPORT,
        format!("#!/usr/bin/env bash\ntrap 'touch ../ended' EXIT\ntouch ../started\nuntil [ -e ../go ]; do sleep 0.01; done\n{script}\n"),
    );
    sandbox.commit_all("chore: a slow export");
    sandbox
}

pub(crate) fn start(sandbox: &Sandbox, words: &[&str]) -> Child {
    let child = sandbox.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("binary starts");
    wait_for(&sandbox.around().join("started"));
    child
}

pub(crate) fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "{} never appears", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn kill(child: &mut Child) {
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(process, Signal::KILL).expect("the signal is sent");
    child.wait().expect("it ends");
}

/// The release is killed while its step waits, and the step ends a little later.
pub(crate) fn killed_in_its_step(sandbox: &Sandbox) {
    let mut child = start(sandbox, &["minor", "--yes"]);
    kill(&mut child);
    sandbox.write("../go", "");
    wait_for(&sandbox.around().join("ended"));
}

/// Everything but the lock of the dead release, which says nothing any more.
fn without_lock(sandbox: &Sandbox) -> State {
    let mut state = sandbox.state();
    state.forget(".git/trueppm-release/lock");
    state
}

pub(crate) fn everything(sandbox: &Sandbox) -> State {
    sandbox.state().without_objects()
}

/// A release whose commit is made and whose process dies in the hook that runs when the first tag is made.
fn killed_after_its_commit() -> Sandbox {
    killed_after_the_commit_of(&["minor", "--yes"])
}

fn killed_after_the_commit_of(words: &[&str]) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.hooksPath", "../hooks"]);
    // The parent of git is the release; its parent is the test.
    let hook = "#!/usr/bin/env bash\nread -r old new name\n\
                [ \"$1\" = committed ] || exit 0\n[ \"$name\" = refs/heads/main ] || [ \"$name\" = HEAD ] || exit 0\n\
                [ -e ../killed ] && exit 0\ntouch ../killed\n\
                read -r _ _ _ git _ < /proc/$PPID/stat\nkill -9 $git\nexit 0\n";
    sandbox.write("../hooks/reference-transaction", hook);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    let path = sandbox.around().join("hooks/reference-transaction");
    std::fs::set_permissions(path, executable).expect("executable");
    let run = sandbox.run(words);
    assert_eq!(run.code, -1, "killed: {}", run.stderr);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]), "chore(release): bump version to 0.2.0\n");
    sandbox
}

#[test]
fn a_release_killed_in_its_step_is_put_back_by_the_bare_command_by_a_release_and_by_an_undo() {
    for words in [&[][..], &["minor", "--yes"], &["undo", "--yes"]] {
        let sandbox = waiting("echo half > docs/api/openapi.json");
        let before = everything(&sandbox);
        killed_in_its_step(&sandbox);
        assert!(!sandbox.git(&["status", "--porcelain"]).is_empty(), "it had written files");
        let run = sandbox.run(words);
        let said = "warning: the release of 0.2.0 was interrupted; everything is as it was before it";
        assert!(run.stderr.contains(said), "{words:?}: {}", run.stderr);
        // The same step spoils the next release as well: that one puts everything back by itself.
        let code = if words.is_empty() {
            0
        } else if words.contains(&"undo") {
            1
        } else {
            4
        };
        assert_eq!(run.code, code, "{words:?}: {}", run.stderr);
        before.assert_same(&everything(&sandbox));
    }
}

#[test]
fn what_a_killed_step_made_where_its_pattern_matches_is_kept_aside_and_gone() {
    let sandbox = waiting("exit 1");
    // Before it waits, the step writes where only its pattern says so: a new file, and one that is tracked.
    let script = sandbox.read(EXPORT);
    let writes = "mkdir -p docs/pages\necho new > docs/pages/new.md\necho other > docs/notes.md\n";
    sandbox.write(EXPORT, script.replacen("touch", &format!("{writes}touch"), 1));
    sandbox.write("docs/notes.md", "notes\n");
    let profile = trueppm_release::config::built_in();
    let declared = "writes = [\"docs/api/openapi.json\"]";
    assert!(profile.contains(declared), "the profile changed");
    let patterns = "writes = [\"docs/api/openapi.json\", \"docs/**/*.md\"]";
    sandbox.write("trueppm-release.toml", profile.replacen(declared, patterns, 1));
    sandbox.commit_all("chore: patterns");
    let before = everything(&sandbox);
    killed_in_its_step(&sandbox);
    assert!(sandbox.exists("docs/pages/new.md"));
    sandbox
        .run(&[])
        .expect(0)
        .says("what was found in `docs/notes.md`, `docs/pages/new.md` is kept in")
        .says("everything is as it was before it");
    assert_eq!(sandbox.read(".git/trueppm-release/saved-1/docs/pages/new.md"), "new\n");
    assert_eq!(sandbox.read(".git/trueppm-release/saved-1/docs/notes.md"), "other\n");
    std::fs::remove_dir_all(sandbox.root().join(".git/trueppm-release")).expect("the copies go");
    before.assert_same(&everything(&sandbox));
}

#[test]
fn a_recovery_that_was_killed_itself_leaves_one_folder_and_the_next_one_names_it() {
    let sandbox = waiting("exit 1");
    let script = sandbox.read(EXPORT);
    sandbox.write(
        EXPORT,
        script.replacen("touch", "mkdir -p docs/pages; echo new > docs/pages/new.md\ntouch", 1),
    );
    let profile = trueppm_release::config::built_in();
    let patterns = "writes = [\"docs/api/openapi.json\", \"docs/**/*.md\"]";
    let profile = profile.replacen("writes = [\"docs/api/openapi.json\"]", patterns, 1);
    sandbox.write("trueppm-release.toml", profile);
    sandbox.commit_all("chore: patterns");
    killed_in_its_step(&sandbox);
    let own = sandbox.root().join(".git/trueppm-release");
    let journal = std::fs::read_to_string(own.join("running/journal.json")).expect("a journal");
    sandbox.run(&[]).expect(0).says("what was found in `docs/pages/new.md` is kept in `");
    // As it is when that one is killed before its end: everything is moved, nothing was said.
    assert!(journal.contains("\"saved\":null"), "{journal}");
    let journal = journal.replace("\"saved\":null", "\"saved\":\"saved-1\"");
    sandbox.write(".git/trueppm-release/running/journal.json", journal);
    sandbox.run(&[]).expect(0).says("what was found is kept in `").says("/saved-1`");
    let left: Vec<_> =
        std::fs::read_dir(&own).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["saved-1"]);
    // One that nothing was moved into goes.
    std::fs::remove_dir_all(&own).expect("a person has looked");
    for flag in ["started", "go", "ended"] {
        std::fs::remove_file(sandbox.around().join(flag)).expect("the flag goes");
    }
    killed_in_its_step(&sandbox);
    sandbox.remove("docs/pages/new.md");
    let journal = sandbox.read(".git/trueppm-release/running/journal.json");
    let announced = journal.replace("\"saved\":null", "\"saved\":\"saved-1\"");
    sandbox.write(".git/trueppm-release/running/journal.json", announced);
    std::fs::create_dir(own.join("saved-1")).expect("a folder");
    let run = sandbox.run(&[]).expect(0);
    assert!(!run.stderr.contains("is kept in") && !own.exists(), "{}", run.stderr);
}

#[test]
fn those_who_only_look_say_it_and_change_nothing() {
    let sandbox = waiting("exit 1");
    killed_in_its_step(&sandbox);
    let says = "warning: the release of 0.2.0 was interrupted: `trueppm-release` recovers it";
    let before = sandbox.state();
    sandbox.run(&["minor", "--dry-run"]).expect(0).says(says).shows("working tree is not clean");
    sandbox.run(&["undo", "--dry-run"]).expect(1).says(says);
    before.assert_same(&sandbox.state());
}

#[test]
fn while_a_release_runs_another_one_is_refused_and_looking_is_not() {
    let sandbox = waiting("exit 1");
    let mut child = start(&sandbox, &["minor", "--yes"]);
    let says = format!("a release is running in this repository: process {}", child.id());
    let before = sandbox.state();
    sandbox.run(&["minor", "--yes"]).expect(1).says(&says);
    sandbox.run(&["undo", "--yes"]).expect(1).says(&says);
    sandbox.run(&[]).expect(0).says(&says);
    sandbox.run(&["minor", "--dry-run"]).expect(0).says(&says);
    before.assert_same(&sandbox.state());
    sandbox.write("../go", "");
    assert_eq!(child.wait().expect("it ends").code(), Some(4));
}

#[test]
fn a_step_that_outlives_its_release_is_waited_for_and_then_named() {
    let sandbox = waiting("echo half > docs/api/openapi.json");
    let before = everything(&sandbox);
    let mut child = start(&sandbox, &["minor", "--yes"]);
    kill(&mut child);
    let state = without_lock(&sandbox);
    let run =
        sandbox.run(&[]).expect(5).says("but a step or a hook of it still runs").says("or end it: `kill ");
    state.assert_same(&without_lock(&sandbox));
    let named = run.stderr.split_once("`kill ").expect("named").1.split_once('`').expect("closed").0;
    let number: i32 = named.split(' ').next().expect("one").parse().expect("a number");
    assert!(Path::new(&format!("/proc/{number}")).exists(), "{named}");
    sandbox.write("../go", "");
    sandbox.run(&[]).expect(0).says("everything is as it was before it");
    before.assert_same(&everything(&sandbox));
}

#[test]
fn a_release_whose_commit_is_made_is_completed_and_no_other_is_begun() {
    let sandbox = killed_after_its_commit();
    sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("was interrupted after its commit was made; it is complete now, with all its tags")
        .says("git push --atomic origin refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert!(!sandbox.exists(".git/trueppm-release"));
    sandbox.git(&["fsck", "--strict"]);
}

#[test]
fn what_left_out_the_hooks_is_pushed_without_them_too() {
    let sandbox = killed_after_the_commit_of(&["minor", "--yes", "--no-verify"]);
    sandbox.run(&[]).expect(0).says(
        "`git push --atomic --no-verify origin refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0`",
    );
}

#[test]
fn a_completed_release_that_was_to_be_pushed_is_not_pushed_unseen() {
    let sandbox = killed_after_its_commit();
    sandbox.git(&["init", "--quiet", "--bare", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("the interrupted release is complete here, but not pushed")
        .says("git push --atomic origin");
    assert_eq!(sandbox.git(&["ls-remote", "origin"]), "");
}

#[test]
fn what_somebody_changed_since_is_left_and_named_and_everything_else_is_back() {
    let sandbox = waiting("exit 1");
    let before = everything(&sandbox);
    killed_in_its_step(&sandbox);
    let manifest = sandbox.git(&["show", "HEAD:packages/web/package.json"]);
    sandbox.write("packages/web/package.json", "theirs\n");
    sandbox
        .run(&[])
        .expect(5)
        .says("recovery needed: `packages/web/package.json` was changed by something else")
        .says("git checkout -- packages/web/package.json");
    assert_eq!(sandbox.read("packages/web/package.json"), "theirs\n");
    sandbox.write("packages/web/package.json", manifest);
    before.assert_same(&everything(&sandbox));
    sandbox.run(&[]).expect(0);
}

#[test]
fn what_a_killed_step_changed_undeclared_is_named_and_left_to_a_person() {
    let sandbox = waiting("echo undeclared > README.md");
    let before = everything(&sandbox);
    let readme = sandbox.read("README.md");
    killed_in_its_step(&sandbox);
    sandbox
        .run(&[])
        .expect(0)
        .says("`README.md` is changed as well, by a step or a hook or since then, and is left as it is")
        .says("as it was: `git checkout -- README.md`")
        .says("everything is as it was before it");
    assert_eq!(sandbox.read("README.md"), "undeclared\n");
    sandbox.write("README.md", readme);
    before.assert_same(&everything(&sandbox));
}

#[test]
fn a_branch_that_moved_since_is_not_guessed_at() {
    let sandbox = waiting("exit 1");
    killed_in_its_step(&sandbox);
    sandbox.git(&["commit", "--quiet", "--all", "-m", "theirs"]);
    // Everything that the release wrote is committed by a person: nothing of it is left to decide.
    sandbox.run(&[]).expect(0).says("nothing of it is left: the branch has moved on");
    assert!(!sandbox.exists(RUNNING));

    let sandbox = waiting("exit 1");
    let base = sandbox.commit("HEAD");
    killed_in_its_step(&sandbox);
    sandbox.git(&["commit", "--quiet", "-m", "theirs", "packages/web/package.json"]);
    let state = without_lock(&sandbox);
    sandbox
        .run(&["minor", "--yes"])
        .expect(5)
        .says("recovery needed: the release of 0.2.0 was interrupted, and `refs/heads/main` has moved since")
        .says("changed in the work tree: CHANGELOG.md")
        .says(&format!("to take it back: `git update-ref refs/heads/main {base}`"))
        .says("to keep everything as it is: `rm -r ");
    state.assert_same(&without_lock(&sandbox));
    // The way back that is printed works.
    sandbox.git(&["update-ref", "refs/heads/main", &base]);
    sandbox.run(&[]).expect(0).says("everything is as it was before it");
    assert_eq!(sandbox.git(&["diff", "--name-only"]), "");
}

#[test]
fn a_journal_of_another_machine_is_not_touched_until_a_person_says_so() {
    let sandbox = waiting("exit 1");
    let before = everything(&sandbox);
    killed_in_its_step(&sandbox);
    let journal = sandbox.read(JOURNAL);
    let value: serde_json::Value = serde_json::from_str(&journal).expect("a journal");
    let text = |key: &str| value["owner"][key].as_str().expect("text").to_owned();
    let moved = journal.replace(&text("boot"), "another-boot");
    // The same machine, started anew: its processes are gone.
    sandbox.write(JOURNAL, &moved);
    sandbox.run(&[]).expect(0).says("everything is as it was before it");
    before.assert_same(&everything(&sandbox));

    let sandbox = waiting("exit 1");
    killed_in_its_step(&sandbox);
    let journal = sandbox.read(JOURNAL).replace(&text("boot"), "another-boot");
    sandbox.write(JOURNAL, journal.replace(&text("host"), "elsewhere.invalid"));
    let state = without_lock(&sandbox);
    let run: Run = sandbox.run(&[]).expect(5).says("on elsewhere.invalid, and from here nobody can tell");
    state.assert_same(&without_lock(&sandbox));
    // The command that is printed, as it is printed.
    let command = run.stderr.split_once("anew: `").expect("a command").1.split_once('`').expect("its end").0;
    let shell = std::process::Command::new("bash").args(["-c", command]).status().expect("bash starts");
    assert!(shell.success());
    sandbox.run(&[]).expect(0).says("everything is as it was before it");
}

#[test]
fn a_release_killed_in_a_linked_work_tree_is_recovered_from_another_one() {
    let sandbox = waiting("echo half > docs/api/openapi.json");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let before = sandbox.state_around().without_objects();
    let linked = sandbox.moved_to("linked");
    killed_in_its_step(&linked);
    let main = linked.moved_to("suite");
    main.run(&[]).expect(0).says("everything is as it was before it");
    for mark in ["go", "started", "ended"] {
        std::fs::remove_file(main.around().join(mark)).expect("a mark of the step");
    }
    let mut after = main.state_around();
    after.forget("suite/.git/objects");
    let mut before = before;
    before.forget("suite/.git/objects");
    before.assert_same(&after);

    // Gone with its work tree: said, with both ways out.
    let linked = main.moved_to("linked");
    killed_in_its_step(&linked);
    let main = linked.moved_to("suite");
    std::fs::remove_dir_all(main.around().join("linked")).expect("the work tree goes");
    main.run(&[]).expect(5).says("which is not there any more").says("rm -r ");
}

#[test]
fn a_journal_that_cannot_be_read_is_named_with_the_way_out() {
    let sandbox = Sandbox::suite();
    sandbox.write(JOURNAL, "{ torn");
    let state = without_lock(&sandbox);
    sandbox
        .run(&["minor", "--yes"])
        .expect(5)
        .says("the journal of an interrupted release cannot be understood")
        .says("git status")
        .says("rm -r ");
    state.assert_same(&without_lock(&sandbox));
    sandbox.write(JOURNAL, "{\"format\": 99}");
    sandbox.run(&["minor", "--dry-run"]).expect(0).says("cannot be understood");
}

#[test]
fn what_was_left_without_a_journal_is_cleared_away() {
    let sandbox = Sandbox::suite();
    let before = everything(&sandbox);
    sandbox.write(&format!("{RUNNING}/lock-0"), "");
    sandbox.write(".git/trueppm-release/lock", "");
    sandbox.run(&[]).expect(0);
    before.assert_same(&everything(&sandbox));
}
