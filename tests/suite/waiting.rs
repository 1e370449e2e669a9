//! What is said while a remote is waited for, and what stopping then does: the same words and a documented code at every
//! moment of a release.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::pty::Launch;
use crate::moments::package;
use crate::origin::{Origin, executable};
use crate::sandbox::{Run, Sandbox};

const NOTHING: &str = "error: interrupted: nothing was changed\n";

/// A remote that says nothing until it may: `uploadpack` answers questions, `receivepack` takes pushes.
pub(crate) struct Held<'a>(&'a Sandbox);

impl<'a> Held<'a> {
    pub(crate) fn back(sandbox: &'a Sandbox, program: &str) -> Self {
        let script = sandbox.around().join(program);
        let around = sandbox.around().display().to_string();
        let name = program.replace("pack", "-pack");
        executable(
            &script,
            &format!(
                "touch '{around}/asked'\nwhile [ ! -e '{around}/go' ]; do sleep 0.02; done\nexec git {name} \"$@\""
            ),
        );
        sandbox.git(&["config", &format!("remote.origin.{program}"), script.to_str().expect("UTF-8")]);
        Self(sandbox)
    }

    pub(crate) fn wait_until_asked(&self) {
        let start = Instant::now();
        while !self.0.around().join("asked").exists() {
            assert!(start.elapsed() < Duration::from_secs(60), "nobody asks");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn let_go(&self) {
        self.0.write("../go", "");
    }

    fn again(&self) {
        for file in ["asked", "go"] {
            // The first time there is none.
            let _ = std::fs::remove_file(self.0.around().join(file));
        }
    }
}

fn started(sandbox: &Sandbox, words: &[&str]) -> Child {
    sandbox.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("binary starts")
}

fn stop(child: &Child, signal: Signal) {
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(process, signal).expect("the signal is sent");
}

fn launch(sandbox: &Sandbox, words: &[&str]) -> Launch {
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root()).size(100, 60);
    let launch = launch.arguments(words.iter().copied());
    sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value))
}

#[test]
fn without_a_terminal_one_line_says_what_is_waited_for() {
    let sandbox = package("0.1.0", "");
    let _origin = Origin::of(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    let held = Held::back(&sandbox, "uploadpack");
    for words in [&["minor", "--dry-run"][..], &["minor", "--yes", "--dry-run"], &["undo", "--dry-run"]] {
        held.again();
        let mut child = started(&sandbox, words);
        let mut said = BufReader::new(child.stderr.take().expect("standard error"));
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        assert_eq!(line, "asking origin…\n", "{words:?}");
        held.let_go();
        let rest: Vec<String> = said.lines().map(|line| line.expect("a line")).collect();
        assert!(!rest.iter().any(|line| line.contains("asking")), "{rest:?}");
        child.wait().expect("it ends");
    }
}

#[test]
fn a_push_that_is_waited_for_says_so() {
    let sandbox = package("0.1.0", "");
    let _origin = Origin::of(&sandbox);
    let held = Held::back(&sandbox, "receivepack");
    let mut child = started(&sandbox, &["minor", "--yes", "--push"]);
    let said = BufReader::new(child.stderr.take().expect("standard error"));
    let mut lines = said.lines().map(|line| line.expect("a line"));
    assert!(lines.any(|line| line == "pushing to origin…"));
    held.let_go();
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().expect("it ends").success(), "{rest:?}");
}

#[test]
fn on_a_terminal_the_line_comes_after_a_while_and_goes_again() {
    let sandbox = package("0.1.0", "");
    let _origin = Origin::of(&sandbox);
    let held = Held::back(&sandbox, "uploadpack");
    let mut session = launch(&sandbox, &["minor"]).start();
    session.wait_until("the line", |session| session.rows() == ["asking origin…"]);
    held.let_go();
    session.wait_for("'q' to abort:");
    assert!(!session.flowing().contains("asking"), "{}", session.dump());
    session.send("q\r");
    assert_eq!(session.exit_code(), 3);
    // Quiet is quiet.
    held.again();
    let mut session = launch(&sandbox, &["minor", "--quiet"]).start();
    held.wait_until_asked();
    held.let_go();
    session.wait_for("'q' to abort:");
    assert!(!String::from_utf8_lossy(&session.bytes()).contains("asking"), "{}", session.dump());
    session.send("q\r");
    assert_eq!(session.exit_code(), 3);
}

#[test]
fn an_interrupt_before_anything_is_written_says_so_in_one_sentence() {
    let sandbox = package("0.1.0", "");
    let _origin = Origin::of(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    let held = Held::back(&sandbox, "uploadpack");
    let before = sandbox.state();
    let signals = [Signal::INT, Signal::TERM, Signal::HUP];
    let commands = [&["minor", "--yes"][..], &["minor", "--dry-run"], &["undo", "--yes"]];
    for (words, signal) in commands.into_iter().zip(signals) {
        held.again();
        let child = started(&sandbox, words);
        held.wait_until_asked();
        stop(&child, signal);
        let run: Run = child.wait_with_output().expect("it ends").into();
        run.expect(1).says(&format!("{NOTHING}  interrupted while `origin` was asked\n"));
        before.assert_same(&sandbox.state());
    }
    held.again();
    let mut session = launch(&sandbox, &["minor"]).start();
    held.wait_until_asked();
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(session.flowing().contains(NOTHING.trim_end()), "{}", session.dump());
    before.assert_same(&sandbox.state());
    held.let_go();
    let mut session = launch(&sandbox, &["undo"]).start();
    session.wait_for("'q' to leave everything as it is:");
    session.send("\u{3}");
    assert_eq!(session.exit_code(), 3, "{}", session.dump());
    assert!(session.flowing().contains(NOTHING.trim_end()), "{}", session.dump());
    before.assert_same(&sandbox.state());
}

#[test]
fn an_interrupt_during_the_push_leaves_the_release_and_says_that_it_is_not_pushed() {
    let sandbox = package("0.1.0", "");
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    let held = Held::back(&sandbox, "receivepack");
    let child = started(&sandbox, &["minor", "--yes", "--push"]);
    held.wait_until_asked();
    stop(&child, Signal::INT);
    let run: Run = child.wait_with_output().expect("it ends").into();
    run.expect(6)
        .says("error: interrupted: 0.2.0 is released here, but not pushed to origin")
        .says("hint: or take the release back: `trueppm-release undo`");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.2.0\n");
    assert_eq!(origin.refs(), refs);
}
