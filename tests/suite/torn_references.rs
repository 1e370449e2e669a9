//! The power goes while git moves the references of a release, because a hook watches them: what git had not brought to
//! the disk is empty or half there. The journal says whose it is, so the next start needs nobody to remove it.

use std::fs::File;

use crate::sandbox::{Sandbox, State};

/// Everything but objects, and what the index knows of the times of files.
fn everything(sandbox: &Sandbox) -> State {
    let mut state = sandbox.state().without_objects();
    state.forget(".git/index");
    state
}

const TAGS: [&str; 2] = ["refs/tags/v0.2.0", "refs/tags/scheduler-v0.2.0"];

/// A repository whose hook lets everything die at once, release and git, when `name` has come to `state`.
fn dying(state: &str, name: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.hooksPath", "../hooks"]);
    let hook = format!(
        "#!/usr/bin/env bash\nmeant=\nwhile read -r old new name; do [ $name = {name} ] && meant=1; done\n\
         [ \"$1\" = {state} ] && [ -n \"$meant\" ] && [ -e ../armed ] || exit 0\nrm ../armed\n\
         read -r _ _ _ release _ < /proc/$PPID/stat\nchildren=$(cat /proc/$release/task/*/children)\n\
         trap '' HUP\nkill -STOP $release\nkill -9 $children $release\nexit 0\n"
    );
    sandbox.write("../hooks/reference-transaction", hook);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    let path = sandbox.around().join("hooks/reference-transaction");
    std::fs::set_permissions(path, executable).expect("executable");
    sandbox
}

fn cut(sandbox: &Sandbox, words: &[&str]) {
    sandbox.write("../armed", "");
    let run = sandbox.run(words);
    assert_eq!(run.code, -1, "killed: {}", run.stderr);
    assert!(!sandbox.exists("../armed"), "by its hook");
}

/// The locks that git has left.
fn locks(sandbox: &Sandbox) -> Vec<String> {
    let names = ["HEAD", "packed-refs", "refs/heads/main"].into_iter().chain(TAGS);
    names.map(|name| format!(".git/{name}.lock")).filter(|path| sandbox.exists(path)).collect()
}

/// Lets every lock hold no more than this many bytes of what it holds.
fn torn(sandbox: &Sandbox, length: u64) {
    for lock in locks(sandbox) {
        let file = File::options().write(true).open(sandbox.root().join(&lock)).expect("a lock");
        let is = file.metadata().expect("it is there").len();
        file.set_len(is.min(length)).expect("cut off");
    }
}

fn is_released(sandbox: &Sandbox) -> bool {
    sandbox.git(&["tag", "--points-at", "HEAD"]) == "scheduler-v0.2.0\nv0.2.0\n"
}

/// The next start needs nobody, and makes one of two states of what it finds.
fn recovered(sandbox: &Sandbox, before: &State, case: &str) -> bool {
    let run = sandbox.run(&[]);
    assert_eq!(run.code, 0, "{case}: {}", run.stderr);
    assert!(locks(sandbox).is_empty(), "{case}: {:?}", locks(sandbox));
    assert!(!sandbox.exists(".git/trueppm-release"), "{case}");
    sandbox.git(&["fsck", "--strict"]);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "", "{case}");
    let left = before.differences(&everything(sandbox));
    let forward = !left.is_empty();
    if forward {
        assert!(run.stderr.contains("it is complete now"), "{case}: {left:?} {}", run.stderr);
    } else {
        assert!(run.stderr.contains("everything is as it was before it"), "{case}: {}", run.stderr);
    }
    forward
}

#[test]
fn torn_locks_of_git_are_the_releases_own_and_go() {
    for (state, name, forward) in [
        ("prepared", "refs/heads/main", false),
        ("prepared", TAGS[0], false),
        ("prepared", TAGS[1], false),
        ("committed", "refs/heads/main", true),
        ("committed", TAGS[0], true),
    ] {
        for length in [0, 17] {
            let case = format!("{state} {name}, {length} bytes");
            let sandbox = dying(state, name);
            let before = everything(&sandbox);
            cut(&sandbox, &["minor", "--yes"]);
            assert!(!locks(&sandbox).is_empty(), "{case}: git has left nothing");
            torn(&sandbox, length);
            assert_eq!(recovered(&sandbox, &before, &case), forward, "{case}");
            assert_eq!(is_released(&sandbox), forward, "{case}");
        }
    }
}

#[test]
fn torn_locks_of_an_undo_go_as_well_with_that_of_the_packed_references() {
    for (state, name, packed, forward) in [
        ("prepared", TAGS[0], false, false),
        ("prepared", TAGS[0], true, false),
        ("prepared", "refs/heads/main", false, false),
        ("prepared", "refs/heads/main", true, false),
        ("committed", TAGS[0], false, true),
        ("committed", TAGS[0], true, true),
    ] {
        let case = format!("{state} {name}, packed: {packed}");
        let sandbox = dying(state, name);
        sandbox.run(&["minor", "--yes"]).expect(0);
        if packed {
            sandbox.git(&["pack-refs", "--all"]);
        }
        let before = everything(&sandbox);
        cut(&sandbox, &["undo", "--yes"]);
        torn(&sandbox, 0);
        assert_eq!(recovered(&sandbox, &before, &case), forward, "{case}");
        assert_eq!(is_released(&sandbox), !forward, "{case}");
    }
}

#[test]
fn torn_references_are_put_right_by_what_the_journal_says() {
    for (torn, forward) in
        [(&["refs/heads/main"][..], true), (&[TAGS[0]][..], true), (&["refs/heads/main", TAGS[0]][..], false)]
    {
        let sandbox = dying("committed", TAGS[0]);
        let before = everything(&sandbox);
        cut(&sandbox, &["minor", "--yes"]);
        for name in torn {
            sandbox.write(&format!(".git/{name}"), "");
        }
        let case = torn.join(" and ");
        assert_eq!(recovered(&sandbox, &before, &case), forward, "{case}");
        assert_eq!(is_released(&sandbox), forward, "{case}");
    }
}

#[test]
fn a_lock_that_is_not_torn_or_that_somebody_holds_stays_and_is_named() {
    let lock = format!(".git/{}.lock", TAGS[0]);
    let sandbox = dying("committed", "refs/heads/main");
    cut(&sandbox, &["minor", "--yes"]);
    let other = sandbox.git(&["rev-parse", "HEAD^"]);
    sandbox.write(&lock, &other);
    sandbox.run(&[]).expect(5).says(&lock);
    assert_eq!(sandbox.read(&lock), other);
    sandbox.write(&lock, "");
    let held = File::open(sandbox.root().join(&lock)).expect("a lock");
    sandbox.run(&[]).expect(5).says(&lock);
    assert!(sandbox.exists(&lock));
    drop(held);
    sandbox.run(&[]).expect(0).says("it is complete now, with all its tags");
    assert!(is_released(&sandbox));
}
