//! A release leaves what `git commit` and `git tag` would have left: the same objects to the byte, the same entries in
//! the reflogs.

use crate::sandbox::Sandbox;

/// Everything git keeps about the last commit and its tags, without the address of a temporary folder.
fn made(sandbox: &Sandbox) -> Vec<String> {
    let mut made = vec![sandbox.git(&["cat-file", "commit", "HEAD"])];
    made.push(sandbox.git(&["ls-tree", "-r", "HEAD"]));
    for tag in ["v0.2.0", "scheduler-v0.2.0"] {
        made.push(sandbox.git(&["cat-file", "tag", tag]));
    }
    for log in ["HEAD", "refs/heads/main", "refs/tags/v0.2.0", "refs/tags/scheduler-v0.2.0"] {
        let path = format!(".git/logs/{log}");
        let text = if sandbox.exists(&path) { sandbox.read(&path) } else { "no log".to_owned() };
        made.push(format!("{log}: {}", text.lines().last().unwrap_or_default()));
    }
    made
}

/// Takes the release back and makes it once more with git, from the same tree.
fn by_git(sandbox: &Sandbox, variables: &[(&str, &str)]) -> Vec<String> {
    let message = sandbox.git(&["log", "-1", "--format=%B"]);
    let tags: Vec<(&str, String)> = ["v0.2.0", "scheduler-v0.2.0"]
        .into_iter()
        .map(|tag| (tag, sandbox.git(&["tag", "-l", "--format=%(contents)", tag])))
        .collect();
    let released = sandbox.commit("HEAD");
    sandbox.git(&["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
    sandbox.git(&["update-ref", "refs/heads/main", "HEAD^"]);
    sandbox.git(&["read-tree", "--reset", "-u", &released]);
    sandbox.git_with(
        &["commit", "--quiet", "--cleanup=verbatim", "-m", &format!("{}\n", message.trim_end())],
        variables,
    );
    for (tag, text) in tags {
        let text = format!("{}\n", text.trim_end());
        sandbox.git_with(&["tag", "-a", "--cleanup=verbatim", "-m", &text, tag], variables);
    }
    made(sandbox)
}

/// Messages with everything that git's own tidying would change.
fn unusual_messages(sandbox: &Sandbox) {
    let profile = include_str!("../../src/config/trueppm-suite.toml");
    let profile = profile
        .replacen(
            "chore(release): bump version to {version}\n",
            "chore(release): {version}\n\n# not a comment\n  indented\n",
            1,
        )
        .replacen("message = \"Release v{version}", "message = \"Release v{version}\\n\\n# kept", 1);
    assert!(profile.contains("# not a comment") && profile.contains("# kept"), "the profile changed");
    sandbox.write("trueppm-release.toml", profile);
}

#[test]
fn objects_and_reflogs_are_those_of_git() {
    for log in ["true", "always"] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["config", "core.logAllRefUpdates", log]);
        unusual_messages(&sandbox);
        // The executable bit of a file that the release edits must stay.
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["update-index", "--chmod=+x", "packages/web/package.json"]);
        sandbox.git(&["commit", "--quiet", "-m", "chore: unusual"]);
        sandbox.git(&["checkout", "--quiet", "--force", "HEAD", "--", "."]);
        sandbox.git(&["reset", "--quiet", "--hard"]);
        sandbox.run(&["minor", "--yes"]).expect(0);
        let ours = made(&sandbox);
        assert!(
            ours[0].contains("\n# not a comment\n  indented\n") && ours[2].contains("\n# kept\n"),
            "{ours:?}"
        );
        assert!(ours[1].contains("100755 blob"), "{ours:?}");
        assert_eq!(ours[6].ends_with("no log"), log == "true");
        assert_eq!(ours, by_git(&sandbox, &[]), "{log}");
        sandbox.git(&["fsck", "--strict"]);
    }
}

#[test]
fn author_and_committer_are_chosen_as_git_chooses_them() {
    let dates = ("@1770076800 -0330", "2026-02-03T04:05:06+05:45");
    let variables = [
        ("GIT_AUTHOR_NAME", " Zoë , "),
        ("GIT_AUTHOR_EMAIL", "<zoe@suite.invalid>"),
        ("GIT_AUTHOR_DATE", dates.0),
        ("GIT_COMMITTER_NAME", "The Machine."),
        ("GIT_COMMITTER_DATE", dates.1),
    ];
    let sandbox = Sandbox::suite();
    let run = sandbox.run_with(&["minor", "--yes"], &variables);
    run.expect(0);
    let ours = made(&sandbox);
    assert!(ours[0].contains("\nauthor Zoë <zoe@suite.invalid> 1770076800 -0330\n"), "{ours:?}");
    assert_eq!(ours, by_git(&sandbox, &variables));
}
