//! Repositories of another user: opened where git opens them, otherwise refused with the line that opens them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::refused;
use crate::sandbox::Sandbox;

#[test]
fn a_repository_of_another_owner_is_refused_and_the_printed_command_opens_it() {
    let sandbox = Sandbox::suite();
    let foreign = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
    if !foreign.is_ok_and(|output| output.status.success()) {
        eprintln!("only root can give a repository away: nothing to test here");
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
    let foreign = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
    if !foreign.is_ok_and(|output| output.status.success()) {
        eprintln!("only root can give a repository away: nothing to test here");
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
