//! The folder of the program in git's, when something else lies there, and its lock, when somebody else than a release
//! holds it: nothing is followed, nothing is waited for without an end, and what is said is true.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use rustix::fs::{FlockOperation, flock};

use crate::recovery::{everything, killed_in_its_step, waiting};
use crate::sandbox::Sandbox;

const OWN: &str = ".git/trueppm-release";

/// A repository in which one path of the program's own is taken by `make`, and what lies around it stays as it is.
fn refused(path: &str, says: &str, make: &dyn Fn(&Path, &Path)) {
    let sandbox = Sandbox::suite();
    let outside = sandbox.around().join("outside");
    std::fs::create_dir(&outside).expect("a folder");
    let taken = sandbox.root().join(path);
    std::fs::create_dir_all(taken.parent().expect("a folder")).expect("a folder");
    make(&outside, &taken);
    let before = sandbox.state_around();
    for words in [&[][..], &["minor", "--yes"], &["undo", "--yes"]] {
        sandbox
            .run(words)
            .expect(1)
            .says(&format!("{path}` is {says}"))
            .says("hint: look at what it is: `ls -ld ")
            .says("and start again");
        before.assert_same(&sandbox.state_around());
    }
    sandbox.run(&["minor", "--dry-run"]).expect(0).says(&format!("{path}` is {says}"));
    before.assert_same(&sandbox.state_around());
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo starts").success());
}

#[test]
fn a_link_in_the_place_of_a_folder_or_a_file_of_a_release_is_never_followed() {
    for path in ["", "/running", "/lock", "/running/journal.json", "/running/kept", "/running/index"] {
        let path = format!("{OWN}{path}");
        let says = "a symbolic link, and links are not followed there";
        refused(&path, says, &|outside, taken| symlink(outside.join("missing"), taken).expect("a link"));
        refused(&path, says, &|outside, taken| symlink(outside, taken).expect("a link"));
        refused(&path, says, &|outside, taken| {
            std::fs::write(outside.join("file"), "somebody's").expect("a file");
            symlink(outside.join("file"), taken).expect("a link");
        });
    }
}

#[test]
fn what_is_no_folder_or_no_file_there_is_refused() {
    for path in ["", "/running"] {
        let path = format!("{OWN}{path}");
        refused(&path, "a pipe, a socket or a device", &|_, taken| pipe(taken));
        let says = "a file, where a folder of a release would be";
        refused(&path, says, &|_, taken| std::fs::write(taken, "").expect("a file"));
    }
    for path in ["/lock", "/running/journal.json"] {
        let path = format!("{OWN}{path}");
        refused(&path, "a pipe, a socket or a device", &|_, taken| pipe(taken));
        let says = "a folder, where a file of a release would be";
        refused(&path, says, &|_, taken| std::fs::create_dir(taken).expect("a folder"));
    }
}

/// Holds the lock of a dead release, as a child does that has not become another program yet.
fn held(sandbox: &Sandbox) -> File {
    let lock = File::open(sandbox.root().join(OWN).join("lock")).expect("the lock of the dead release");
    flock(&lock, FlockOperation::NonBlockingLockExclusive).expect("nobody holds it");
    lock
}

#[test]
fn a_lock_that_the_child_of_a_dead_release_holds_is_waited_for() {
    let sandbox = waiting("exit 1");
    let before = everything(&sandbox);
    killed_in_its_step(&sandbox);
    let lock = held(&sandbox);
    let child = sandbox.command(&[]).stderr(std::process::Stdio::piped()).spawn().expect("it starts");
    // Whether it has looked by now does not matter.
    drop(lock);
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(
        said.contains("the release of 0.2.0 was interrupted; everything is as it was before it"),
        "{said}"
    );
    before.assert_same(&everything(&sandbox));
}

#[test]
fn a_lock_that_it_never_gives_up_is_no_running_release_and_no_success() {
    let sandbox = waiting("exit 1");
    let untouched = everything(&sandbox);
    killed_in_its_step(&sandbox);
    let lock = held(&sandbox);
    let before = sandbox.state();
    sandbox
        .run(&[])
        .expect(5)
        .says("recovery needed: a release was interrupted (process ")
        .says("but what it had just started still holds its lock")
        .says("or end it: `kill -9 ");
    sandbox
        .run(&["minor", "--dry-run"])
        .says("the release of 0.2.0 was interrupted: `trueppm-release` recovers it");
    before.assert_same(&sandbox.state());
    drop(lock);
    sandbox.run(&[]).expect(0).says("everything is as it was before it");
    untouched.assert_same(&everything(&sandbox));
}

#[test]
fn a_lock_that_cannot_be_taken_is_no_success_either() {
    let sandbox = waiting("exit 1");
    killed_in_its_step(&sandbox);
    std::fs::remove_file(sandbox.root().join(OWN).join("lock")).expect("gone");
    std::fs::create_dir(sandbox.root().join(OWN).join("lock")).expect("a folder");
    let before = sandbox.state();
    sandbox.run(&[]).expect(1).says("/lock` is a folder");
    before.assert_same(&sandbox.state());
}
