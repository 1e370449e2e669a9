//! Behind the remote, also with commits of one's own: whatever the refusal says is run by a shell as it stands, and the
//! release is possible afterwards.

use super::*;
use crate::origin::Origin;

/// A colleague's commit on the remote. The clone does not have it before it fetches.
fn colleague(origin: &Origin<'_>) {
    let tree = origin.git(&["rev-parse", "main^{tree}"]);
    let entry = origin.git(&["ls-tree", "main", "README.md"]);
    let listed = origin.git(&["ls-tree", tree.trim()]);
    let there = listed.lines().map(str::to_owned).chain([entry.trim().replace("README.md", "THERE.md")]);
    let listing = there.collect::<Vec<_>>().join("\n") + "\n";
    std::fs::write(origin.sandbox.around().join("tree"), listing).expect("a listing");
    let folder = origin.folder.display();
    let script = format!("git --git-dir '{folder}' mktree < ../tree");
    let tree = shell(origin.sandbox, &script);
    let commit = origin.git(&["commit-tree", tree.trim(), "-p", "main", "-m", "docs: by a colleague"]);
    origin.git(&["update-ref", "refs/heads/main", commit.trim()]);
}

/// Runs a line as a person would who copied it.
#[track_caller]
fn shell(sandbox: &Sandbox, line: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_trueppm-release"));
    let mut command = std::process::Command::new("sh");
    command.env_clear().envs(sandbox.variables()).current_dir(sandbox.root()).args(["-c", line]);
    let path = format!("{}:{}", binary.parent().expect("folder").display(), std::env::var("PATH").unwrap());
    command.env("PATH", path).env("RELEASE_ASSUME_YES", "1").env("GIT_EDITOR", "true");
    let run: crate::sandbox::Run = command.output().expect("sh starts").into();
    let run = run.expect(0);
    run.stdout
}

/// Whether it is known before that the remote has moved on.
#[derive(Clone, Copy)]
enum Fetched {
    Yes,
    No,
}

/// The release is refused with this way to catch up, which works: then it is cut and pushed.
#[track_caller]
fn catches_up(sandbox: &Sandbox, fetched: Fetched, hint: &str, command: &str) {
    if matches!(fetched, Fetched::Yes) {
        sandbox.git(&["fetch", "--quiet", "origin"]);
        sandbox.refused(0, &[]).shows(&format!("  hint: {hint}\n"));
    }
    sandbox.refused(1, &["minor", "alpha", "--yes"]).says(&format!("hint: {hint}\n"));
    assert!(hint.contains(&format!("`{command}`")), "{hint}");
    shell(sandbox, command);
    sandbox.run(&["minor", "alpha", "--yes", "--push"]).expect(0);
    assert!(sandbox.exists("THERE.md"));
}

/// What a person may have told git about pulling: none of it may get in the way.
const SETTINGS: [&[(&str, &str)]; 3] = [
    &[],
    &[("pull.ff", "only"), ("merge.ff", "only")],
    &[("pull.rebase", "true"), ("branch.main.rebase", "true")],
];

#[test]
fn commits_that_are_only_here_go_on_top_of_those_that_are_only_there() {
    for (fetched, settings) in [Fetched::Yes, Fetched::No, Fetched::No].into_iter().zip(SETTINGS) {
        let sandbox = Sandbox::suite();
        let origin = Origin::of(&sandbox);
        settings.iter().for_each(|(name, value)| _ = sandbox.git(&["config", name, value]));
        colleague(&origin);
        commit_on_main(&sandbox, "docs/here.md");
        let command = "git pull --rebase origin main";
        catches_up(&sandbox, fetched, &format!("run `{command}`"), command);
    }
}

#[test]
fn a_clone_without_commits_of_its_own_only_moves_forward() {
    for (fetched, settings) in [Fetched::Yes, Fetched::No, Fetched::No].into_iter().zip(SETTINGS) {
        let sandbox = Sandbox::suite();
        let origin = Origin::of(&sandbox);
        settings.iter().for_each(|(name, value)| _ = sandbox.git(&["config", name, value]));
        colleague(&origin);
        let command = "git pull --ff-only origin main";
        catches_up(&sandbox, fetched, &format!("run `{command}`"), command);
    }
}

#[test]
fn a_release_that_is_only_here_is_taken_back_first() {
    for (fetched, settings) in [Fetched::Yes, Fetched::No, Fetched::No].into_iter().zip(SETTINGS) {
        let sandbox = Sandbox::suite();
        let origin = Origin::of(&sandbox);
        settings.iter().for_each(|(name, value)| _ = sandbox.git(&["config", name, value]));
        commit_on_main(&sandbox, "docs/here.md");
        sandbox.run(&["patch", "--yes"]).expect(0);
        colleague(&origin);
        let command = "git fetch origin && trueppm-release undo && git pull --rebase origin main";
        let hint = format!("take the release 0.1.1 back, catch up, and cut it again: `{command}`");
        catches_up(&sandbox, fetched, &hint, command);
        assert_eq!(sandbox.git(&["tag", "--list", "*0.1.1"]), "");
    }
}

#[test]
fn a_release_below_other_commits_keeps_its_tags() {
    for (fetched, settings) in [Fetched::Yes, Fetched::No, Fetched::No].into_iter().zip(SETTINGS) {
        let sandbox = Sandbox::suite();
        let origin = Origin::of(&sandbox);
        settings.iter().for_each(|(name, value)| _ = sandbox.git(&["config", name, value]));
        sandbox.run(&["patch", "--yes"]).expect(0);
        let release = sandbox.commit("HEAD");
        commit_on_main(&sandbox, "docs/here.md");
        colleague(&origin);
        let command = "git pull --no-rebase --no-ff origin main";
        let hint = format!("run `{command}`: a rebase would leave the tags of 0.1.1 behind");
        catches_up(&sandbox, fetched, &hint, command);
        assert_eq!(sandbox.commit("v0.1.1"), release);
        sandbox.git(&["merge-base", "--is-ancestor", &release, "origin/main"]);
    }
}

#[test]
fn from_another_branch_the_way_leads_to_the_release_branch_first() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    colleague(&origin);
    commit_on_main(&sandbox, "docs/here.md");
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    let command = "git checkout main && git pull --rebase origin main";
    catches_up(&sandbox, Fetched::No, &format!("run `{command}`"), command);
}
