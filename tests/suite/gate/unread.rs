//! Nobody says yes to what they have not read: what is typed before the question stands on the screen is no answer, be
//! the wait for it long or short, the first time and each time it is asked again.

use super::{BINARY, aborts, launch, push_everything, wait_for_question};
use crate::common::pty::Session;
use crate::moments::package;
use crate::sandbox::Sandbox;
use crate::waiting::Held;

/// Everything that a person may have typed meanwhile, and that would be a yes, a no or a version at the gate.
const TYPED: [&str; 5] = ["\r", "\r\r", "\n", "q\r", "9.9.9\r\r"];

/// Starts a release of a package with a remote, which asks a question.
fn open(sandbox: &Sandbox, words: &[&str]) -> Session {
    launch(sandbox, BINARY).arguments(words.iter().copied()).size(120, 60).start()
}

/// A package that is pushed, with this besides.
fn pushed(more: &str) -> Sandbox {
    let sandbox = package("0.1.0", more);
    push_everything(&sandbox);
    sandbox
}

/// A check that runs until the file `go` is there.
fn slow_check() -> String {
    let script = "touch ../asked; while [ ! -e ../go ]; do sleep 0.02; done";
    // The version makes it another check for each version that is typed.
    format!("[[check]]\nname = \"slow\"\nrun = [\"sh\", \"-c\", '{script}', \"{{version}}\"]\n")
}

#[test]
fn what_is_typed_while_a_slow_remote_is_asked_is_no_answer() {
    for typed in TYPED {
        let sandbox = pushed("");
        let refs = sandbox.git(&["ls-remote", "origin"]);
        let held = Held::back(&sandbox, "uploadpack");
        let mut session = open(&sandbox, &["minor", "--push"]);
        held.wait_until_asked();
        session.send(typed);
        held.let_go();
        wait_for_question(&session, 1);
        aborts(&sandbox, session, "q\r");
        assert_eq!(sandbox.git(&["ls-remote", "origin"]), refs);
    }
}

#[test]
fn what_is_typed_while_a_check_runs_is_no_answer_the_first_time_and_after_an_override() {
    let sandbox = pushed(&slow_check());
    let go = sandbox.around().join("go");
    let asked = sandbox.around().join("asked");
    let wait = || {
        let start = std::time::Instant::now();
        while !asked.exists() {
            assert!(start.elapsed().as_secs() < 60, "the check never runs");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::fs::remove_file(&asked).unwrap();
    };
    let mut session = open(&sandbox, &["minor"]);
    wait();
    session.send("\r\r");
    std::fs::write(&go, "").unwrap();
    wait_for_question(&session, 1);
    std::fs::remove_file(&go).unwrap();
    session.send("0.3.0\r\r");
    wait();
    session.send("\r");
    std::fs::write(&go, "").unwrap();
    wait_for_question(&session, 2);
    aborts(&sandbox, session, "q\r");
}

#[test]
fn the_second_of_two_taps_and_the_rest_of_a_paste_are_no_answer() {
    for (first, second) in [("", "\r"), ("0.3.0\r", "\r"), ("0.3.0\r\r\r", ""), ("nonsense\r\r", "")] {
        let sandbox = pushed("");
        let mut session = open(&sandbox, &["minor"]);
        let mut questions = 1;
        if !first.is_empty() {
            wait_for_question(&session, 1);
            session.send(first);
            questions = 2;
        }
        if !second.is_empty() {
            // The block stands there, and nobody has read it yet.
            let blocks = |session: &Session| session.flowing().matches("  tags    : ").count();
            session.wait_until("the block", |session| blocks(session) == questions);
            session.send(second);
        }
        wait_for_question(&session, questions);
        aborts(&sandbox, session, "q\r");
    }
}

#[test]
fn a_typed_version_that_is_refused_leaves_no_answer_behind() {
    let sandbox = pushed("");
    let mut session = open(&sandbox, &["minor"]);
    wait_for_question(&session, 1);
    session.send("0.0.1\r\r");
    wait_for_question(&session, 2);
    assert!(session.words().contains("0.0.1 is not ahead"), "{}", session.dump());
    aborts(&sandbox, session, "q\r");
}

#[test]
fn a_release_that_skips_versions_says_so_where_it_is_confirmed() {
    let sandbox = pushed("");
    let mut session = open(&sandbox, &["minor"]);
    wait_for_question(&session, 1);
    session.send("30.0.0\r");
    wait_for_question(&session, 2);
    let note = "  note    : skips 29 majors; `major` would give 1.0.0";
    assert!(session.rows().contains(&note.to_owned()), "{}", session.dump());
    aborts(&sandbox, session, "q\r");
    sandbox
        .refused(0, &["0.1.7", "--dry-run"])
        .shows("  note    : skips 6 patches; `patch` would give 0.1.1\n");
    sandbox.run(&["0.1.3", "--yes"]).expect(0).says("note: skips 2 patches; `patch` would give 0.1.1\n");
}
