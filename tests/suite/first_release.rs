//! The first release of a project: what its manifests say can be released as it is, or as a pre-release, while no tag
//! of a release exists anywhere. Where no file changes, the commit is an empty one, with all that a release promises.

use std::path::Path;

use crate::common::pty::Launch;
use crate::origin::Origin;
use crate::sandbox::{Run, Sandbox};

const CONFIGURATION: &str = r#"
[release]
version-from = "package.json"
commit-message = "chore(release): {version}"

[[tag]]
name = "v{version}"
message = "Release v{version}"

[[manifest]]
path = "package.json"

[[pattern]]
path = "README.md"
find = "own=={previous}"
replace = "own=={version}"
count = 1
"#;

/// A project that says 0.1.0 in its manifest and its README and never released anything.
fn project() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("trueppm-release.toml", CONFIGURATION);
    sandbox.write("package.json", "{\n  \"name\": \"own\",\n  \"version\": \"0.1.0\"\n}\n");
    sandbox.write("README.md", "pip install own==0.1.0\n");
    sandbox.commit_all("feat: everything");
    sandbox
}

/// The demonstration suite without its tags.
fn untagged() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "-d", "v0.1.0", "scheduler-v0.1.0"]);
    sandbox.replace("CHANGELOG.md", "## [0.1.0] - 2026-01-15", "## [0.0.9] - 2026-01-15");
    sandbox.commit_all("docs: nothing was released");
    sandbox
}

/// References, index and work tree, without the log of what was there in between.
fn visible(sandbox: &Sandbox) -> (crate::sandbox::State, String, String) {
    let refs = sandbox.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    (sandbox.state().only_work_tree(), refs, sandbox.git(&["ls-files", "--stage"]))
}

#[track_caller]
fn not_ahead(sandbox: &Sandbox, typed: &str) -> Run {
    let said = format!(
        "error: {typed} is not ahead of the current version 0.1.0\n\
         hint: use `patch`, `minor` or `major`, or a later version\n"
    );
    let run = sandbox.refused(1, &[typed, "--yes"]);
    assert_eq!(run.stderr, said);
    run
}

#[test]
fn what_stands_in_the_manifests_is_released_by_an_empty_commit_and_taken_back() {
    let sandbox = project();
    let before = visible(&sandbox);
    let base = sandbox.commit("HEAD");
    sandbox
        .refused(0, &["0.1.0", "--dry-run", "--strict"])
        .shows("  current : 0.1.0\n  new     : 0.1.0   <- as typed\n  tags    : v0.1.0\n")
        .shows("  note    : this is the first release: there is no tag of another one here\n")
        .shows("  note    : no file changes: the release commit is an empty one\n")
        .shows("Files:\n  none\n");
    sandbox.run(&["v0.1.0", "--yes"]).expect(0).shows("Released 0.1.0 as ");
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s%n%P"]), format!("chore(release): 0.1.0\n{base}\n"));
    assert_eq!(sandbox.git(&["diff", "--stat", "HEAD^", "HEAD"]), "");
    assert_eq!(sandbox.git(&["cat-file", "-t", "v0.1.0"]), "tag\n");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.1.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.git(&["fsck", "--strict"]);
    // There is a release now.
    not_ahead(&sandbox, "0.1.0");
    not_ahead(&sandbox, "0.1.0-rc.1");

    sandbox.refused(0, &["undo", "--dry-run"]).shows("  files   : none\n").shows("Files:\n  none\n");
    sandbox.run(&["undo", "--yes"]).expect(0).shows("Took back 0.1.0: main is at ");
    let after = visible(&sandbox);
    before.0.assert_same(&after.0);
    assert_eq!((&before.1, &before.2), (&after.1, &after.2));
    // And once more, as if nothing had been.
    sandbox.run(&["0.1.0", "--yes"]).expect(0);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("README.md"), "pip install own==0.2.0\n");
}

#[test]
fn a_pre_release_of_what_stands_there_can_be_the_first_and_leads_to_it() {
    let sandbox = project();
    sandbox.run(&["0.1.0-rc.1", "--yes"]).expect(0);
    assert_eq!(sandbox.read("README.md"), "pip install own==0.1.0-rc.1\n");
    sandbox.refused(1, &["0.1.0-beta.1", "--yes"]).says("0.1.0-beta.1 is not ahead of the current version");
    sandbox.run(&["rc", "--yes"]).expect(0);
    sandbox.run(&["release", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag"]), "v0.1.0\nv0.1.0-rc.1\nv0.1.0-rc.2\n");
}

#[test]
fn a_pre_release_that_stands_in_the_manifests_can_be_the_first_but_none_before_it() {
    let sandbox = project();
    for path in ["package.json", "README.md"] {
        sandbox.replace(path, "0.1.0", "0.1.0-beta.2");
    }
    sandbox.commit_all("chore: begin with a beta");
    sandbox.refused(1, &["0.1.0-beta.1", "--yes"]).says("is not ahead of the current version 0.1.0-beta.2");
    sandbox.run(&["0.1.0-beta.2", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.1.0-beta.2\n");
}

#[test]
fn the_whole_layout_is_released_as_it_is_with_its_changelog_and_steps() {
    let sandbox = untagged();
    sandbox.run(&["0.1.0", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.1.0\nv0.1.0\n");
    let changed = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]);
    let changed: Vec<&str> = changed.lines().filter(|path| !path.starts_with("changelog.d/")).collect();
    assert_eq!(changed, ["CHANGELOG.md"], "only what was pending");
    assert!(sandbox.read("CHANGELOG.md").contains("\n## [Unreleased]\n\n## [0.1.0] - 2026-02-03\n"));
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert!(sandbox.exists("changelog.d/101.added.md"));
}

#[test]
fn the_words_stay_as_they_are_and_release_names_what_can_be_typed() {
    let sandbox = project();
    sandbox.refused(0, &["minor", "--dry-run"]).shows("  new     : 0.2.0   <- suggested\n");
    let said = "error: 0.1.0 is already stable\nhint: for a first release of what stands there: `0.1.0`\n\
                hint: use `patch`, `minor` or `major`\n";
    assert_eq!(sandbox.refused(1, &["release", "--yes"]).stderr, said);
    sandbox.git(&["tag", "v0.0.1"]);
    assert!(!sandbox.refused(1, &["release", "--yes"]).stderr.contains("first release"));
    for typed in ["0.1.0", "0.1.0-rc.1"] {
        not_ahead(&sandbox, typed);
    }
    // A tag that no template could have made is no release.
    sandbox.git(&["tag", "-d", "v0.0.1"]);
    sandbox.git(&["tag", "vnext"]);
    sandbox.refused(0, &["0.1.0", "--dry-run"]).shows("<- as typed");
    for typed in ["0.0.9", "0.0.9-rc.1"] {
        not_ahead(&sandbox, typed);
    }
}

#[test]
fn a_tag_of_any_kind_and_version_on_the_remote_says_that_it_is_not_the_first() {
    let sandbox = untagged();
    let origin = Origin::of(&sandbox);
    let note = "  note    : this is the first release: there is no tag of another one here or on origin\n";
    sandbox.refused(0, &["0.1.0", "--dry-run"]).shows(note);
    for tag in ["v0.0.1", "scheduler-v9.0.0a1", "v0.1.0-alpha.1"] {
        origin.git(&["tag", tag, "main"]);
        not_ahead(&sandbox, "0.1.0");
        not_ahead(&sandbox, "0.1.0-rc.1");
        sandbox.refused(1, &["0.1.0", "--dry-run"]).shows("error: 0.1.0 is not ahead of");
        origin.git(&["tag", "-d", tag]);
    }
    sandbox.run(&["0.1.0", "--yes", "--push"]).expect(0);
    assert!(origin.refs().contains("refs/tags/scheduler-v0.1.0 "), "{}", origin.refs());
}

#[test]
fn where_nobody_says_which_tags_there_are_it_is_refused_with_the_reason() {
    let sandbox = project();
    let origin = Origin::of(&sandbox);
    let offline = "whether 0.1.0 would be the first release cannot be told: `origin` was not asked for its tags \
                   (`--offline`)";
    sandbox
        .refused(1, &["0.1.0", "--yes", "--offline"])
        .says(&format!("error: {offline}\nhint: leave `--offline` out\n"));
    sandbox.refused(0, &["0.1.0", "--dry-run", "--offline"]).shows(&format!("  here: {offline}\n"));
    sandbox.refused(1, &["0.1.0", "--dry-run", "--offline", "--strict"]);
    std::fs::rename(&origin.folder, sandbox.around().join("away.git")).expect("the remote goes");
    sandbox.refused(1, &["0.1.0", "--yes"]).says("error: `origin` cannot be asked").says(
        "error: whether 0.1.0 would be the first release cannot be told: `origin` did not say which tags it has\n",
    );
}

#[test]
fn a_shallow_clone_alone_proves_nothing() {
    let sandbox = project();
    sandbox.write("README.md", "pip install own==0.1.0 now\n");
    sandbox.commit_all("docs: more");
    let url = format!("file://{}", sandbox.root().display());
    sandbox.git(&["clone", "--quiet", "--depth=1", "--no-tags", &url, "../shallow"]);
    let shallow = sandbox.moved_to("shallow");
    let refuses = |words: &[&str], why: &str| {
        shallow.refused(1, words).says(&format!("would be the first release cannot be told: {why}"));
    };
    refuses(&["0.1.0-rc.1", "--yes", "--offline"], "`origin` was not asked for its tags");
    shallow
        .refused(0, &["0.1.0-rc.1", "--dry-run"])
        .shows("there is no tag of another one here or on origin");
    shallow.git(&["remote", "remove", "origin"]);
    refuses(
        &["0.1.0", "--yes"],
        "this clone is shallow, so it may lack tags, and there is no remote `origin`",
    );
}

#[test]
fn steps_and_hooks_see_the_empty_commit_and_a_hook_that_fails_leaves_nothing() {
    let sandbox = project();
    let step = "\n[[step]]\nname = \"look\"\nrun = [\"sh\", \"-c\", \"echo {previous} {version} > ../step\"]\nwrites = []\n";
    sandbox.write("trueppm-release.toml", format!("{CONFIGURATION}{step}"));
    sandbox.commit_all("chore: a step");
    let hook = |name: &str, script: &str| {
        crate::origin::executable(&sandbox.root().join(".git/hooks").join(name), script);
    };
    hook("pre-commit", "#!/bin/sh\ngit diff --cached --name-only > ../staged\n");
    hook("commit-msg", "#!/bin/sh\nexit 1\n");
    let before = visible(&sandbox);
    sandbox.run(&["0.1.0", "--yes"]).expect(4).says("nothing was released");
    let after = visible(&sandbox);
    before.0.assert_same(&after.0);
    assert_eq!((&before.1, &before.2), (&after.1, &after.2));
    hook("commit-msg", "#!/bin/sh\nexit 0\n");
    sandbox.run(&["0.1.0", "--yes"]).expect(0);
    assert_eq!(sandbox.read("../staged"), "");
    assert_eq!(sandbox.read("../step"), "0.1.0 0.1.0\n");
    assert_eq!(sandbox.git(&["diff", "--stat", "HEAD^", "HEAD"]), "");
}

/// Kills the release when git tells this state of the branch's change.
fn killed_when(state: &str) -> Sandbox {
    let sandbox = project();
    sandbox.git(&["config", "core.hooksPath", "../hooks"]);
    let hook = format!(
        "#!/usr/bin/env bash\nread -r old new name\n[ \"$1\" = {state} ] || exit 0\n\
         [ \"$name\" = refs/heads/main ] || [ \"$name\" = HEAD ] || exit 0\n[ -e ../killed ] && exit 0\n\
         touch ../killed\nread -r _ _ _ git _ < /proc/$PPID/stat\nkill -9 $git\nexit 0\n"
    );
    crate::origin::executable(Path::new(&sandbox.around().join("hooks/reference-transaction")), &hook);
    let run = sandbox.run(&["0.1.0", "--yes"]);
    assert_eq!(run.code, -1, "killed: {}", run.stderr);
    sandbox
}

#[test]
fn a_first_release_that_is_killed_is_put_back_or_completed() {
    let sandbox = killed_when("prepared");
    sandbox
        .run(&[])
        .expect(0)
        .says("the release of 0.1.0 was interrupted; everything is as it was before it");
    assert_eq!(sandbox.git(&["tag"]), "");
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "1\n");
    sandbox.run(&["0.1.0", "--yes"]).expect(0);

    let sandbox = killed_when("committed");
    sandbox.run(&[]).expect(0).says("was interrupted after its commit was made; it is complete now");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.1.0\n");
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "2\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "1\n");
}

#[test]
fn it_can_be_typed_at_the_gate() {
    let sandbox = project();
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
    let variables = sandbox.variables();
    let launch = variables.iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let mut session = launch.arguments(["minor"]).size(100, 60).start();
    let asked =
        |version: &'static str| move |it: &crate::common::pty::Session| it.flowing().contains(version);
    session.wait_until("the question", asked("Enter to accept 0.2.0,"));
    session.send("0.1.0\r");
    session.wait_until("the other question", asked("Enter to accept 0.1.0,"));
    assert!(session.flowing().contains("note    : this is the first release"), "{}", session.dump());
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert_eq!(sandbox.git(&["tag"]), "v0.1.0\n");
}

#[test]
fn init_names_it_while_there_is_no_tag() {
    let sandbox = project();
    sandbox.git(&["rm", "--quiet", "trueppm-release.toml"]);
    sandbox.commit_all("chore: start over");
    let named =
        "Or, while there is no release, 0.1.0 itself as the first one:\n  trueppm-release 0.1.0 --dry-run\n";
    sandbox.run(&["init"]).expect(0).shows(named);
    sandbox.commit_all("chore: describe the release");
    sandbox.run(&["0.1.0", "--dry-run", "--strict"]).expect(0);
    sandbox.git(&["tag", "v0.1.0"]);
    sandbox.git(&["rm", "--quiet", "trueppm-release.toml"]);
    let run = sandbox.run(&["init"]).expect(0);
    assert!(!run.stdout.contains("first one"), "{}", run.stdout);
}
