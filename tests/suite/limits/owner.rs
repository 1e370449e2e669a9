//! Repositories of another user: opened where git opens them, otherwise refused with the line that opens them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::refused;
use crate::sandbox::{Run, Sandbox};

/// Gives the repository to somebody else; whether that was possible.
fn given_away(sandbox: &Sandbox) -> bool {
    let foreign = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
    let done = foreign.is_ok_and(|output| output.status.success());
    if !done {
        eprintln!("only root can give a repository away: nothing to test here");
    }
    done
}

#[test]
fn a_repository_of_another_owner_is_refused_and_the_printed_command_opens_it() {
    let sandbox = Sandbox::suite();
    if !given_away(&sandbox) {
        return;
    }
    refused(&sandbox, &["belongs to another user", "git config --global --add safe.directory "]);

    let settings = sandbox.around().join("home").join("gitconfig").display().to_string();
    let in_settings = [("GIT_CONFIG_GLOBAL", settings.as_str())];
    let refusal = sandbox.run_with(&["minor", "--yes"], &in_settings).expect(1);
    let printed =
        refusal.stderr.split("git config").nth(1).and_then(|rest| rest.lines().next()).expect("a command");
    let output = Command::new("sh")
        .args(["-c", &format!("git config{printed}")])
        .env_clear()
        .envs(sandbox.variables())
        .envs(in_settings)
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    assert!(output.status.success(), "{output:?}");
    let run = sandbox.run_with(&["minor", "--yes"], &in_settings);
    run.expect(0).shows("git push --atomic");
}

#[test]
fn trusting_another_directory_does_not_open_this_one() {
    let sandbox = Sandbox::suite();
    if !given_away(&sandbox) {
        return;
    }
    sandbox.write("../home/gitconfig", "[safe]\n\tdirectory = /elsewhere\n");
    let settings = sandbox.around().join("home").join("gitconfig").display().to_string();
    sandbox
        .run_with(&["minor", "--yes"], &[("GIT_CONFIG_GLOBAL", &settings)])
        .expect(1)
        .says("belongs to another user");
}

#[test]
fn the_owner_check_is_never_switched_off() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("list") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("read");
                let off = text.contains("set_verify_owner_validation") || text.contains("verify_owner");
                assert!(!off, "{} touches the owner check", path.display());
            }
        }
    }
}

/// Whether git itself works in the repository with these variables.
fn git_accepts(sandbox: &Sandbox, variables: &[(&str, &str)]) -> bool {
    let mut command = Command::new("git");
    command.env_clear().envs(sandbox.variables()).envs(variables.iter().copied());
    let output = command.args(["status"]).current_dir(sandbox.root()).output().expect("git starts");
    output.status.success()
}

#[test]
fn a_repository_of_another_owner_is_opened_in_every_form_in_which_git_opens_it() {
    let sandbox = Sandbox::suite();
    if !given_away(&sandbox) {
        return;
    }
    let top = sandbox.root().display().to_string();
    let around = sandbox.around().display().to_string();
    std::os::unix::fs::symlink(sandbox.root(), sandbox.around().join("link")).expect("link");
    let directory = |lines: &[&str]| -> String {
        let lines: Vec<String> = lines.iter().map(|line| format!("\tdirectory = \"{line}\"\n")).collect();
        format!("[safe]\n{}", lines.concat())
    };
    let included = format!("[include]\n\tpath = {around}/home/included\n");
    sandbox.write("../home/included", directory(&[&format!("{around}/*")]));
    let files = [
        directory(&[&top]),
        directory(&[&format!("{top}/")]),
        directory(&[&format!("{around}/*")]),
        directory(&[&format!("{around}/elsewhere/*")]),
        directory(&["~/suite"]),
        directory(&["~/*"]),
        directory(&["*"]),
        directory(&["*", ""]),
        directory(&["*", "", &format!("{around}/*")]),
        directory(&[&format!("{around}/*"), ""]),
        directory(&[&format!("%(prefix)/{top}")]),
        directory(&[&format!("{around}/link")]),
        directory(&["."]),
        included,
        String::new(),
    ];
    let settings = format!("{around}/home/gitconfig");
    let mut accepted = 0;
    for file in &files {
        sandbox.write("../home/gitconfig", file);
        let variables = [("GIT_CONFIG_GLOBAL", settings.as_str()), ("HOME", around.as_str())];
        accepted += usize::from(agrees(&sandbox, file, &variables));
    }
    let quoted = format!("'safe.directory={around}/*'");
    let by_environment: [&[(&str, &str)]; 4] = [
        &[("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", &top)],
        &[("GIT_CONFIG_PARAMETERS", &quoted)],
        &[("GIT_CONFIG_PARAMETERS", "'safe.directory=*' 'safe.directory='")],
        &[("GIT_DIR", ".git")],
    ];
    for variables in by_environment {
        accepted += usize::from(agrees(&sandbox, &format!("{variables:?}"), variables));
    }
    assert!(accepted >= 10, "git accepts only {accepted} of these");
}

/// The program releases, and takes back, where git works, and refuses where git does.
#[track_caller]
fn agrees(sandbox: &Sandbox, what: &str, variables: &[(&str, &str)]) -> bool {
    let before = sandbox.state_around();
    if !git_accepts(sandbox, variables) {
        let run = sandbox.run_with(&["minor", "--yes"], variables);
        assert_eq!(run.code, 1, "{what}: {}", run.stderr);
        run.says("belongs to another user");
        before.assert_same(&sandbox.state_around());
        return false;
    }
    for words in [["minor", "--yes"], ["undo", "--yes"]] {
        let run = sandbox.run_with(&words, variables);
        assert_eq!(run.code, 0, "{what}: {}", run.stderr);
        // The objects and files of the release are of whoever released.
        let owned = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
        assert!(owned.is_ok_and(|output| output.status.success()));
    }
    true
}

#[test]
fn the_settings_of_such_a_repository_are_those_that_git_has() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.logAllRefUpdates", "always"]);
    if !given_away(&sandbox) {
        return;
    }
    let around = sandbox.around().display().to_string();
    let settings = format!("{around}/home/gitconfig");
    let text = format!(
        "[safe]\n\tdirectory = {around}/*\n[user]\n\tname = Se \\\"Quo\\\" Ted\n\temail = se@suite.invalid\n"
    );
    sandbox.write("../home/gitconfig", text);
    let mut command = sandbox.command(&["minor", "--yes"]);
    for who in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        command.env_remove(who);
    }
    command.env("GIT_CONFIG_GLOBAL", &settings);
    Run::from(command.output().expect("binary starts")).expect(0);
    let log =
        std::fs::read_to_string(sandbox.root().join(".git/logs/refs/tags/v0.2.0")).expect("a log of the tag");
    assert!(log.contains("Se \"Quo\" Ted <se@suite.invalid>"), "{log}");
}

#[test]
fn where_only_git_can_open_it_the_line_that_both_understand_is_printed_and_works() {
    let sandbox = Sandbox::suite();
    sandbox.commit_all("docs: one more");
    let url = format!("file://{}", sandbox.root().display());
    let target = sandbox.around().join("clone").display().to_string();
    sandbox.git(&["clone", "--quiet", "--template=", "--depth=1", &url, &target]);
    let sandbox = sandbox.moved_to("clone");
    if !given_away(&sandbox) {
        return;
    }
    let around = sandbox.around().display().to_string();
    let settings = format!("{around}/home/gitconfig");
    sandbox.write("../home/gitconfig", format!("[safe]\n\tdirectory = {around}/*\n"));
    let variables = [("GIT_CONFIG_GLOBAL", settings.as_str())];
    let before = sandbox.state_around();
    let run = sandbox.run_with(&["minor", "--yes"], &variables).expect(1);
    before.assert_same(&sandbox.state_around());
    let run = run.says("git accepts it; in a shallow clone");
    // The one for a home folder that cannot be written.
    let hints = run.stderr.lines().filter_map(|line| line.split_once("cannot be written: "));
    let command = hints.map(|(_, command)| command).next().expect("a command");
    let script = format!("{command} && exec '{}' minor --yes", env!("CARGO_BIN_EXE_trueppm-release"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env_clear().envs(sandbox.variables()).env("HOME", "/nonexistent");
    shell.current_dir(sandbox.root()).stdin(Stdio::null());
    Run::from(shell.output().expect("sh starts")).expect(0);
}
