use super::support::Sandbox;
use crate::git::{Location, Signing, open};

fn hooks(sandbox: &Sandbox) -> Vec<String> {
    sandbox.open().active_hooks().unwrap()
}

#[test]
fn only_hooks_that_git_would_run_are_active() {
    let sandbox = Sandbox::new();
    assert!(hooks(&sandbox).is_empty(), "samples do not count");
    for hook in ["commit-msg", "pre-commit", "post-merge", "reference-transaction"] {
        sandbox.write(&format!(".git/hooks/{hook}"), "#!/bin/sh\n");
    }
    assert!(hooks(&sandbox).is_empty(), "files that may not be executed do not count");
    for hook in ["commit-msg", "pre-commit", "post-merge", "reference-transaction"] {
        sandbox.executable(&format!(".git/hooks/{hook}"));
    }
    assert_eq!(hooks(&sandbox), ["pre-commit", "commit-msg", "reference-transaction"]);

    sandbox.git(&["worktree", "add", "--quiet", "--detach", "../linked"]);
    assert_eq!(sandbox.open_at(&sandbox.at("linked")).active_hooks().unwrap().len(), 3);

    sandbox.write("tools/hooks/post-commit", "#!/bin/sh\n");
    sandbox.executable("tools/hooks/post-commit");
    sandbox.git(&["config", "core.hooksPath", "tools/hooks"]);
    assert_eq!(hooks(&sandbox), ["post-commit"]);
    assert_eq!(sandbox.open_at(&sandbox.work.join("packages")).active_hooks().unwrap(), ["post-commit"]);
    sandbox.git(&["config", "core.hooksPath", "/dev/null"]);
    assert!(hooks(&sandbox).is_empty());
}

#[test]
fn signing_follows_every_setting_git_knows() {
    for (settings, expected) in [
        (&[][..], (false, false)),
        (&[("commit.gpgsign", "true")], (true, false)),
        (&[("commit.gpgSign", "on"), ("tag.gpgSign", "1")], (true, true)),
        (&[("tag.forceSignAnnotated", "yes")], (false, true)),
        (&[("commit.gpgsign", "false"), ("tag.gpgsign", "off")], (false, false)),
    ] {
        let sandbox = Sandbox::empty();
        settings.iter().for_each(|(name, value)| drop(sandbox.git(&["config", name, value])));
        let signing = sandbox.open().signing().unwrap();
        assert_eq!(signing, Signing { commit: expected.0, tag: expected.1, trouble: None }, "{settings:?}");
    }
    let sandbox = Sandbox::empty();
    sandbox.write(
        ".git/config",
        "[core]\n\trepositoryformatversion = 0\n[commit]\n\tgpgsign\n[tag]\n\tgpgsign = maybe\n",
    );
    let problem = sandbox.open().signing().unwrap_err();
    assert!(problem.message.contains("`tag.gpgSign` is neither true nor false: `maybe`"), "{problem:?}");
    sandbox.write(".git/config", "[core]\n\trepositoryformatversion = 0\n[commit]\n\tgpgsign\n");
    assert!(sandbox.open().signing().unwrap().commit, "a key without a value is true");
}

#[test]
fn settings_that_libgit2_does_not_see_are_asked_of_git() {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", "https://example.org/suite.git"]);
    sandbox.write(".git/extra", "[commit]\n\tgpgsign = true\n[core]\n\thooksPath = extra-hooks\n");
    sandbox.write("extra-hooks/pre-commit", "#!/bin/sh\n");
    sandbox.executable("extra-hooks/pre-commit");
    let expected = Signing { commit: true, tag: false, trouble: None };
    assert!(!sandbox.open().signing().unwrap().commit);
    sandbox.git(&["config", "includeIf.hasconfig:remote.*.url:https://example.org/**.path", "extra"]);
    assert_eq!(sandbox.open().signing().unwrap(), expected);
    assert_eq!(hooks(&sandbox), ["pre-commit"]);

    let sandbox = Sandbox::new();
    sandbox.git(&["config", "tag.gpgsign", "true"]);
    let location = Location { settings_in_environment: true, ..Location::default() };
    let repository = open(&sandbox.work, &location).unwrap();
    assert_eq!(repository.signing().unwrap(), Signing { commit: false, tag: true, trouble: None });
    assert!(repository.active_hooks().unwrap().is_empty());
}

#[test]
fn the_location_is_read_from_the_variables_git_reads() {
    let location = Location::from_lookup(|name| match name {
        "GIT_DIR" => Some("x.git".into()),
        "GIT_WORK_TREE" => Some("".into()),
        "GIT_CEILING_DIRECTORIES" => Some("/a:/b".into()),
        "GIT_CONFIG_COUNT" => Some("1".into()),
        "GIT_INDEX_FILE" => Some("other".into()),
        "GIT_NAMESPACE" => Some("others".into()),
        "GIT_OBJECT_DIRECTORY" => Some("elsewhere".into()),
        _ => None,
    });
    let expected = Location {
        git_dir: Some("x.git".into()),
        work_tree: None,
        ceilings: vec!["/a".into(), "/b".into()],
        settings_in_environment: true,
        index_elsewhere: true,
        parts_elsewhere: true,
        objects: Some("elsewhere".into()),
    };
    assert_eq!(location, expected);
    assert_eq!(Location::from_lookup(|_| None), Location::default());
}
