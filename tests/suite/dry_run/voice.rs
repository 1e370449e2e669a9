//! Quiet, colour, and names that would steer a terminal.

use super::*;
use crate::common::pty::Launch;

#[test]
fn quiet_leaves_out_the_talk_and_keeps_data_warnings_and_errors() {
    let sandbox = Sandbox::suite();
    let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run", "-q"]);
    assert_eq!(run.stderr, "");
    run.shows("About to cut a release:\n");
    sandbox.refused(1, &["release", "--yes", "--quiet"]).says("error: 0.1.0 is already stable\n");
    sandbox.replace("packages/helm/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0.0.9");
    sandbox.commit_all("chore: drift");
    let run = sandbox.run(&["minor", "--yes", "-q"]).expect(0);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    run.says("warning: `packages/helm/Chart.yaml:5` holds version `0.0.9`")
        .shows("\nv0.2.0\nscheduler-v0.2.0\n");
}

#[test]
fn colour_is_on_and_off_as_told_and_never_in_a_pipe_by_itself() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    let coloured = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = sandbox.command(words);
        let run = sandbox.refused_by(0, command.envs(variables.iter().copied()));
        run.stdout.contains('\u{1b}')
    };
    let dry = ["minor", "--dry-run"];
    assert!(!coloured(&dry, &[]));
    assert!(!coloured(&dry, &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["minor", "--dry-run", "--color", "auto"], &[]));
    assert!(!coloured(&["minor", "--dry-run", "--color=never"], &[]));
    assert!(coloured(&["minor", "--dry-run", "--color", "always"], &[]));
    // The command line stands over the environment.
    assert!(coloured(&["minor", "--dry-run", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[]));
    let painted = sandbox.run(&["minor", "--dry-run", "--color", "always"]).expect(0).stdout;
    let plain = sandbox.run(&["minor", "--dry-run"]).expect(0).stdout;
    assert_eq!(dialoguer::console::strip_ansi_codes(&painted), plain);
    assert!(sandbox.refused(1, &["release", "--color", "always", "-y"]).stderr.contains("\u{1b}["));
    assert!(!sandbox.refused(1, &["release", "-y"]).stderr.contains('\u{1b}'));
}

#[test]
fn on_a_terminal_there_is_colour_unless_no_color_or_a_dumb_terminal_objects() {
    let sandbox = Sandbox::suite();
    let shown = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release"))
            .arguments(arguments.iter().copied())
            .directory(sandbox.root());
        for (name, value) in sandbox.variables() {
            launch = launch.environment(&name, &value);
        }
        for (name, value) in variables {
            launch = launch.environment(name, value);
        }
        let mut session = launch.start();
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        session.bytes().contains(&0x1b)
    };
    assert!(shown(&[], &[]));
    assert!(!shown(&[], &[("NO_COLOR", "1")]));
    assert!(shown(&[], &[("NO_COLOR", "")]));
    assert!(!shown(&[], &[("TERM", "dumb")]));
    assert!(!shown(&["--color", "never"], &[]));
    assert!(shown(&["--color", "always"], &[("NO_COLOR", "1")]));
}

#[test]
fn names_with_escape_sequences_reach_no_terminal() {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/\u{1b}[2Jgone.md", "text\n");
    sandbox.git(&["add", "--all"]);
    let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run"]);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    run.shows("docs/\\u{1b}[2Jgone.md");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
}
