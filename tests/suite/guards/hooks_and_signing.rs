//! Hooks and signing are never skipped in silence.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn hook(sandbox: &Sandbox, path: &str, mode: u32) {
    sandbox.write(path, "#!/bin/sh\nexit 0\n");
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(sandbox.root().join(path), permissions).expect("permissions");
}

const DISABLE: &str = "hint: leave them out of this release alone: GIT_CONFIG_COUNT=1 \
                       GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null trueppm-release …\n";

#[test]
fn an_active_hook_is_refused_and_never_skipped_in_silence() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, ".git/hooks/pre-commit", 0o644);
    hook(&sandbox, ".git/hooks/pre-push", 0o755);
    sandbox.run(&["alpha", "--yes"]).expect(0);
    hook(&sandbox, ".git/hooks/pre-commit", 0o755);
    hook(&sandbox, ".git/hooks/commit-msg", 0o755);
    refuses(
        &sandbox,
        &["minor"],
        Here,
        &format!(
            "error: hooks are active that git would run, and this version runs none: `pre-commit`, \
             `commit-msg`\n{DISABLE}"
        ),
    );
}

#[test]
fn the_folder_of_core_hooks_path_is_looked_at_and_the_hint_leaves_the_setting_alone() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, ".husky/commit-msg", 0o755);
    sandbox.commit_all("chore: hooks");
    sandbox.git(&["config", "core.hooksPath", ".husky"]);
    refuses(
        &sandbox,
        &["minor"],
        Here,
        &format!(
            "error: hooks are active that git would run, and this version runs none: `commit-msg`\n{DISABLE}"
        ),
    );
    let variables: Vec<(&str, &str)> = DISABLE
        .split(' ')
        .filter(|word| word.starts_with("GIT_CONFIG_"))
        .filter_map(|word| word.split_once('='))
        .collect();
    sandbox.run_with(&["minor", "--yes"], &variables).expect(0);
    assert_eq!(sandbox.git(&["config", "core.hooksPath"]).trim(), ".husky");
}

#[test]
fn configured_signing_is_refused() {
    for (key, named, off) in [
        ("commit.gpgSign", "`commit.gpgSign`", &["commit.gpgSign"][..]),
        (
            "tag.gpgSign",
            "`tag.gpgSign` or `tag.forceSignAnnotated`",
            &["tag.gpgSign", "tag.forceSignAnnotated"],
        ),
        (
            "tag.forceSignAnnotated",
            "`tag.gpgSign` or `tag.forceSignAnnotated`",
            &["tag.gpgSign", "tag.forceSignAnnotated"],
        ),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["config", key, "true"]);
        let commands: Vec<String> = off.iter().map(|key| format!("git config {key} false")).collect();
        refuses(
            &sandbox,
            &["minor"],
            Here,
            &format!(
                "error: {named} is set, and this version does not sign\n\
                 hint: turn it off for this repository: `{}`\n",
                commands.join("` and `")
            ),
        );
        for command in &commands {
            sandbox.git(&command.split(' ').skip(1).collect::<Vec<_>>());
        }
        sandbox.run(&["minor", "--yes"]).expect(0);
    }
}
