//! The gate of the real binary on a real terminal: what the screen shows before anything is written, what each answer
//! does to the repository, and that the terminal is left as it was (`Session::exit_code` asserts that each time).

mod asked_summary;
mod summary;
mod unread;

use rustix::process::{Signal, kill_process};

use crate::common::pty::{Launch, Session, wrapped};
use crate::sandbox::Sandbox;

const BINARY: &str = env!("CARGO_BIN_EXE_trueppm-release");
const WIDTHS: [u16; 2] = [80, 40];
const BLOCK: [&str; 6] = [
    "About to cut a release:",
    "  current : 0.2.0-alpha.1",
    "  new     : 0.3.0-alpha.1   <- suggested",
    "  tags    : v0.3.0-alpha.1, scheduler-v0.3.0a1",
    "  note    : pre-release — CHANGELOG will not be rotated",
    "Enter to accept 0.3.0-alpha.1, type an explicit version to override, or 'q' to abort:",
];
const ABORTED: &str = "error: aborted at the gate: nothing was written";
const INTERRUPTED: &str = "error: interrupted: nothing was changed";

/// The suite at 0.2.0-alpha.1 with everything pushed: the gate has nothing else to say.
fn suite() -> Sandbox {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.1", "0.2.0a1", "0.2.0");
    push_everything(&sandbox);
    sandbox
}

/// Gives the repository a remote beside it that has all of it.
fn push_everything(sandbox: &Sandbox) {
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox.git(&["push", "--quiet", "--set-upstream", "--follow-tags", "origin", "main"]);
}

fn launch(sandbox: &Sandbox, program: &str) -> Launch {
    let launch = Launch::new(program).directory(sandbox.root());
    sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value))
}

/// The gate for these words, waiting for a key.
fn open(sandbox: &Sandbox, columns: u16, words: &[&str]) -> Session {
    let session = launch(sandbox, BINARY).arguments(words.iter().copied()).size(columns, 120).start();
    wait_for_question(&session, 1);
    assert!(session.is_raw());
    session
}

fn wait_for_question(session: &Session, times: usize) {
    session.wait_until("the question", |session| {
        let text = session.flowing();
        text.matches("Enter to accept ").count() == times && text.matches("'q' to abort:").count() == times
    });
}

/// Types keys that must abort, and asserts that nothing at all changed.
#[track_caller]
fn aborts(sandbox: &Sandbox, session: Session, keys: &str) -> Session {
    ends_with(sandbox, session, keys, if keys.ends_with('\u{3}') { INTERRUPTED } else { ABORTED })
}

#[track_caller]
fn ends_with(sandbox: &Sandbox, mut session: Session, keys: &str, said: &str) -> Session {
    let before = sandbox.state();
    session.send(keys);
    assert_eq!(session.exit_code(), 3, "{keys:?}\n{}", session.dump());
    let rows = session.rows();
    assert!(session.words().ends_with(said), "{keys:?}\n{}", session.dump());
    // No half line is left for the shell to write behind.
    assert_eq!(session.cursor(), (u16::try_from(rows.len()).unwrap(), 0), "{keys:?}\n{}", session.dump());
    before.assert_same(&sandbox.state());
    session
}

#[test]
fn the_gate_is_exactly_this_block_when_there_is_nothing_else_to_say() {
    let sandbox = suite();
    for columns in WIDTHS {
        let session = open(&sandbox, columns, &["minor", "alpha"]);
        assert_eq!(session.rows(), wrapped(columns, &BLOCK));
        aborts(&sandbox, session, "q\r");
    }
}

#[test]
fn the_bytes_of_the_gate_are_the_block_and_one_question() {
    let sandbox = suite();
    let session = open(&sandbox, 120, &["minor", "alpha", "--color", "never"]);
    let expected = format!("{}\r\n{} ", BLOCK[..5].join("\r\n"), BLOCK[5]);
    session.wait_until("the whole question", |session| {
        session.bytes().ends_with(b"to abort: ") || session.bytes().ends_with(b" \r")
    });
    let bytes = String::from_utf8(session.bytes()).unwrap();
    assert_eq!(bytes, expected);
    aborts(&sandbox, session, "q\r");
}

#[test]
fn every_way_to_say_no_writes_nothing_and_exits_3() {
    let sandbox = suite();
    for columns in WIDTHS {
        for keys in ["q\r", "Q\r", "quit\r", "n\r", "N\r", "\u{3}", "\u{4}", "\u{1b}", "0.4\u{3}", "0.4\u{4}"]
        {
            let session = aborts(&sandbox, open(&sandbox, columns, &["minor", "alpha"]), keys);
            let typed = keys.trim_end_matches(char::is_control);
            let question = format!("{} {typed}", BLOCK[5]);
            let said = if keys.ends_with('\u{3}') { INTERRUPTED } else { ABORTED };
            let expected = [
                wrapped(columns, &[&BLOCK[..5], &[&question]].concat()),
                // It hangs below its first word.
                match (columns, said) {
                    (40, ABORTED) => {
                        vec!["error: aborted at the gate: nothing was".into(), "       written".into()]
                    }
                    _ => vec![said.to_owned()],
                },
            ]
            .concat();
            assert_eq!(session.rows(), expected, "{keys:?} at {columns}");
        }
    }
}

#[test]
fn enter_releases_what_was_shown() {
    for columns in WIDTHS {
        let sandbox = suite();
        let mut session = open(&sandbox, columns, &["minor", "alpha"]);
        session.send("\r");
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.3.0a1\nv0.3.0-alpha.1\n");
        assert_eq!(
            sandbox.git(&["log", "-1", "--format=%s"]).trim(),
            "chore(release): bump version to 0.3.0-alpha.1"
        );
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert!(
            session.words().contains("git push --atomic origin main v0.3.0-alpha.1 scheduler-v0.3.0a1"),
            "{}",
            session.dump()
        );
    }
}

#[test]
fn a_stable_release_names_its_tags_and_no_note() {
    let sandbox = Sandbox::suite();
    push_everything(&sandbox);
    let session = open(&sandbox, 80, &["minor"]);
    let block = [
        "About to cut a release:",
        "  current : 0.1.0",
        "  new     : 0.2.0   <- suggested",
        "  tags    : v0.2.0, scheduler-v0.2.0",
        "Enter to accept 0.2.0, type an explicit version to override, or 'q' to abort:",
    ];
    assert_eq!(session.rows(), wrapped(80, &block));
    aborts(&sandbox, session, "\u{1b}");
}

#[test]
fn a_version_on_the_command_line_is_shown_as_typed() {
    let sandbox = suite();
    let session = open(&sandbox, 80, &["v0.3.0-alpha.1"]);
    let mut block = BLOCK.map(str::to_owned);
    block[2] = "  new     : 0.3.0-alpha.1   <- as typed".into();
    assert_eq!(session.rows(), wrapped(80, &block.each_ref().map(String::as_str)));
    aborts(&sandbox, session, "\u{4}");
}

#[test]
fn a_typed_version_is_planned_checked_and_shown_again_before_it_counts() {
    for columns in WIDTHS {
        let sandbox = suite();
        let before = sandbox.state();
        let mut session = open(&sandbox, columns, &["minor", "alpha"]);
        session.send("v0.4.0\r");
        wait_for_question(&session, 2);
        let first = format!("{} v0.4.0", BLOCK[5]);
        let again = [
            "About to cut a release:",
            "  current : 0.2.0-alpha.1",
            "  new     : 0.4.0   <- as typed",
            "  tags    : v0.4.0, scheduler-v0.4.0",
            "  note    : 0.2.0 was never released; `release` would give it",
            "  note    : skips 1 minor; `minor` would give 0.3.0",
            "Enter to accept 0.4.0, type an explicit version to override, or 'q' to abort:",
        ];
        assert_eq!(session.rows(), wrapped(columns, &[&BLOCK[..5], &[&first], &again[..]].concat()));
        before.assert_same(&sandbox.state());
        session.send("\r");
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.4.0\nv0.4.0\n");
        // Planned anew for a stable version: the changelog is rotated although the suggestion left it alone.
        assert!(sandbox.read("CHANGELOG.md").contains("## [0.4.0] - "));
        assert!(!sandbox.exists("changelog.d/101.added.md"));
        assert_eq!(sandbox.git(&["tag", "--list", "v0.3*"]), "");
    }
}

#[test]
fn a_typed_version_that_is_refused_says_why_and_asks_again_with_the_earlier_plan() {
    let sandbox = suite();
    sandbox.git(&["tag", "-a", "v0.4.0", "-m", "left over"]);
    for columns in WIDTHS {
        for (typed, why) in [
            ("0.4.0", "error: tag `v0.4.0` already exists"),
            ("0.2.0-alpha.1", "error: 0.2.0-alpha.1 is not ahead of the current version"),
            ("0.1.9", "error: 0.1.9 is not ahead of the current version"),
        ] {
            let before = sandbox.state();
            let mut session = open(&sandbox, columns, &["minor", "alpha"]);
            session.send(format!("{typed}\r"));
            wait_for_question(&session, 2);
            assert!(session.words().contains(why), "no {why:?}\n{}", session.dump());
            assert!(session.rows().ends_with(&wrapped(columns, &BLOCK)), "{}", session.dump());
            before.assert_same(&sandbox.state());
            aborts(&sandbox, session, "q\r");
        }
    }
    let mut session = open(&sandbox, 80, &["minor", "alpha"]);
    session.send("0.4.0\r");
    wait_for_question(&session, 2);
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.3.0a1\nv0.3.0-alpha.1\n");
}

#[test]
fn a_text_that_is_no_version_says_why_and_asks_again() {
    let sandbox = suite();
    for columns in WIDTHS {
        for (typed, why) in [
            ("yes", "`yes` is not a version"),
            ("0.4", "`0.4` is not a version: the third number is missing"),
            ("0.4.0-dev.1", "`0.4.0-dev.1` is not a version"),
            ("minor", "`minor` is not a version"),
        ] {
            let mut session = open(&sandbox, columns, &["minor", "alpha"]);
            session.send(format!("{typed}\r"));
            wait_for_question(&session, 2);
            assert!(session.words().contains(&format!("error: {why}")), "{}", session.dump());
            let press = "press Enter to take 0.3.0-alpha.1, type a version and Enter to see that one, or `q` and \
                         Enter to write nothing";
            assert!(session.words().contains(press), "{}", session.dump());
            assert!(session.flowing().contains("\nhint: "), "{}", session.dump());
            assert!(session.rows().ends_with(&wrapped(columns, &BLOCK[5..])), "{}", session.dump());
            aborts(&sandbox, session, "q\r");
        }
    }
}

#[test]
fn what_else_there_is_to_know_stands_before_the_question() {
    let sandbox = suite();
    sandbox.replace("packages/helm/Chart.yaml", "appVersion: \"0.2.0-alpha.1\"", "appVersion: \"0.1.0\"");
    sandbox.commit_all("fix: a chart that lags");
    for columns in WIDTHS {
        let session = open(&sandbox, columns, &["alpha", "--skip-step", "OpenAPI schema"]);
        let block = [
            "About to cut a release:",
            "  current : 0.2.0-alpha.1",
            "  new     : 0.2.0-alpha.2   <- suggested",
            "  tags    : v0.2.0-alpha.2, scheduler-v0.2.0a2",
            "  note    : pre-release — CHANGELOG will not be rotated",
            "  note    : step `OpenAPI schema` is left out (--skip-step)",
            "  warning : main is ahead of origin/main by 1 commit that the push would publish",
            "  warning : `packages/helm/Chart.yaml:6` holds appVersion `0.1.0` where `0.2.0-alpha.1` was expected; it \
             will be `0.2.0-alpha.2`",
            "Enter to accept 0.2.0-alpha.2, type an explicit version to override, or 'q' to abort:",
        ];
        assert_eq!(session.rows(), wrapped(columns, &block));
        aborts(&sandbox, session, "q\r");
    }
}

#[test]
fn passing_over_a_base_that_was_never_released_is_noted() {
    let sandbox = suite();
    let session = open(&sandbox, 80, &["minor"]);
    let block = [
        "About to cut a release:",
        "  current : 0.2.0-alpha.1",
        "  new     : 0.3.0   <- suggested",
        "  tags    : v0.3.0, scheduler-v0.3.0",
        "  note    : 0.2.0 was never released; `release` would give it",
        "Enter to accept 0.3.0, type an explicit version to override, or 'q' to abort:",
    ];
    assert_eq!(session.rows(), wrapped(80, &block));
    aborts(&sandbox, session, "q\r");
}

#[test]
fn a_missing_remote_is_said_once_and_outside_the_gate() {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.1", "0.2.0a1", "0.2.0");
    let mut session = open(&sandbox, 80, &["minor", "alpha"]);
    let (said, block) =
        session.rows().split_first().map(|(first, rest)| (first.clone(), rest.to_vec())).unwrap();
    assert!(said.starts_with("no remote `origin`: "), "{said}");
    assert_eq!(block, wrapped(80, &BLOCK));
    session.send("0.4.0\r");
    wait_for_question(&session, 2);
    assert_eq!(session.flowing().matches("no remote").count(), 1, "{}", session.dump());
    aborts(&sandbox, session, "q\r");
}

#[test]
fn a_signal_at_the_gate_declines() {
    let sandbox = suite();
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let session = open(&sandbox, 80, &["minor", "alpha"]);
        kill_process(session.process(), signal).unwrap();
        ends_with(&sandbox, session, "", INTERRUPTED);
    }
}

#[test]
fn a_terminal_that_is_closed_at_the_gate_declines() {
    let sandbox = suite();
    let before = sandbox.state();
    let record = sandbox.around().join("process");
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "gate::a_gate_whose_terminal_is_closed", "--ignored"])
        .env_clear()
        .envs(sandbox.variables())
        .env("TRUEPPM_RELEASE_TEST_RECORD", &record)
        .current_dir(sandbox.root())
        .output()
        .unwrap();
    assert!(!ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let process = std::fs::read_to_string(&record).expect("the gate was open");
    let process = process.parse().ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
    let started = std::time::Instant::now();
    while rustix::process::test_kill_process(process).is_ok() && !is_zombie(process) {
        assert!(started.elapsed().as_secs() < 20, "it waits for a terminal that is gone");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    before.assert_same(&sandbox.state());
}

/// Whether the process has ended and only waits for someone to ask how.
fn is_zombie(process: rustix::process::Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    status.is_ok_and(|status| status.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}

/// The kernel closes the terminal of a process that aborts, as it does when a window is closed.
#[test]
#[ignore = "the second process of `a_terminal_that_is_closed_at_the_gate_declines`"]
fn a_gate_whose_terminal_is_closed() {
    let Ok(record) = std::env::var("TRUEPPM_RELEASE_TEST_RECORD") else { return };
    let launch = std::env::vars()
        .fold(Launch::new(BINARY).arguments(["minor", "alpha"]), |launch, (name, value)| {
            launch.environment(&name, &value)
        })
        .directory(std::env::current_dir().unwrap());
    let session = launch.start();
    wait_for_question(&session, 1);
    std::fs::write(record, session.process().as_raw_nonzero().to_string()).unwrap();
    std::process::abort();
}

#[test]
fn half_a_terminal_is_none() {
    let sandbox = suite();
    for redirection in ["2>../said </dev/tty", "</dev/null"] {
        let before = sandbox.state();
        let mut session =
            launch(&sandbox, "sh").arguments(["-c", &format!("exec '{BINARY}' minor {redirection}")]).start();
        assert_eq!(session.exit_code(), 1, "{redirection}\n{}", session.dump());
        let said = match redirection.starts_with('2') {
            true => sandbox.read("../said"),
            false => session.flowing(),
        };
        assert!(said.contains("error: no terminal to confirm the release on"), "{said}");
        assert!(said.contains("`--yes`") && said.contains("RELEASE_ASSUME_YES=1"), "{said}");
        assert!(!said.contains("Enter to accept"), "{said}");
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn consent_given_before_is_named_and_nothing_is_asked() {
    for (words, variable, said) in [
        (&["minor", "--yes"][..], None, "Version confirmed via --yes: 0.1.0 → 0.2.0"),
        (&["minor", "-y"], Some("0"), "Version confirmed via --yes: 0.1.0 → 0.2.0"),
        (&["minor"], Some("1"), "Version confirmed via RELEASE_ASSUME_YES: 0.1.0 → 0.2.0"),
    ] {
        let sandbox = Sandbox::suite();
        push_everything(&sandbox);
        let launch = launch(&sandbox, BINARY).arguments(words.iter().copied()).size(80, 120);
        let launch = match variable {
            Some(value) => launch.environment("RELEASE_ASSUME_YES", value),
            None => launch,
        };
        let mut session = launch.start();
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        assert_eq!(session.rows().first().map(String::as_str), Some(said), "{}", session.dump());
        assert!(!session.flowing().contains("Enter to accept"), "{}", session.dump());
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    }
}

#[test]
fn a_variable_that_says_no_asks_and_one_that_says_neither_is_wrong_usage() {
    let sandbox = suite();
    for value in ["", "0", "No", "OFF"] {
        let session = launch(&sandbox, BINARY)
            .arguments(["minor", "alpha"])
            .environment("RELEASE_ASSUME_YES", value)
            .start();
        wait_for_question(&session, 1);
        aborts(&sandbox, session, "q\r");
    }
    for value in ["y", "maybe", " 1", "2"] {
        let before = sandbox.state();
        let mut session = launch(&sandbox, BINARY)
            .arguments(["minor", "alpha"])
            .environment("RELEASE_ASSUME_YES", value)
            .start();
        assert_eq!(session.exit_code(), 2, "{value:?}\n{}", session.dump());
        assert!(session.flowing().contains("RELEASE_ASSUME_YES is `"), "{}", session.dump());
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn the_dry_run_on_a_terminal_asks_nothing_and_shows_the_same_block() {
    let sandbox = suite();
    let before = sandbox.state();
    let mut session = launch(&sandbox, BINARY).arguments(["minor", "alpha", "-n"]).size(120, 200).start();
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    let rows = session.rows();
    assert_eq!(rows.get(..5).unwrap(), &BLOCK[..5]);
    assert!(!session.flowing().contains("Enter to accept"), "{}", session.dump());
    before.assert_same(&sandbox.state());
}
