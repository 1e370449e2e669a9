use super::support::Sandbox;
use crate::git::ObjectId;

#[test]
fn head_is_what_git_says_it_is() {
    let sandbox = Sandbox::new();
    let head = sandbox.open().head().unwrap();
    assert_eq!(head.commit, Some(sandbox.rev("HEAD")));
    assert_eq!(head.branch.as_deref(), Some("main"));
    assert_eq!(head.reference, "refs/heads/main");
    assert!(!head.unborn);

    sandbox.git(&["pack-refs", "--all"]);
    assert_eq!(sandbox.open().head().unwrap(), head);

    sandbox.git(&["checkout", "--quiet", "-b", "feature/x"]);
    assert_eq!(sandbox.open().head().unwrap().branch.as_deref(), Some("feature/x"));

    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let detached = sandbox.open().head().unwrap();
    assert_eq!((detached.branch, detached.reference.as_str()), (None, "HEAD"));
    assert_eq!(detached.commit, head.commit);
}

#[test]
fn a_branch_without_commits_is_unborn() {
    let head = Sandbox::empty().open().head().unwrap();
    assert!(head.unborn && head.commit.is_none());
    assert_eq!(head.branch.as_deref(), Some("main"));
    assert_eq!(head.reference, "refs/heads/main");
}

#[test]
fn a_branch_that_stands_for_another_is_followed() {
    let sandbox = Sandbox::new();
    sandbox.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    sandbox.git(&["symbolic-ref", "HEAD", "refs/heads/alias"]);
    let head = sandbox.open().head().unwrap();
    assert_eq!((head.branch.as_deref(), head.reference.as_str()), (Some("alias"), "refs/heads/main"));

    sandbox.git(&["symbolic-ref", "refs/heads/main", "refs/heads/alias"]);
    assert!(sandbox.open().head().unwrap_err().message.contains("never ends"));
}

#[test]
fn a_broken_head_is_refused_in_plain_words() {
    let sandbox = Sandbox::new();
    sandbox.write(".git/refs/heads/main", format!("{}\n", "1".repeat(40)));
    assert!(sandbox.open().head().unwrap_err().message.starts_with("cannot read HEAD"));
}

#[test]
fn an_operation_in_progress_is_named() {
    let sandbox = Sandbox::new();
    sandbox.git(&["checkout", "--quiet", "-b", "other"]);
    sandbox.write("README.md", "theirs\n");
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("README.md", "ours\n");
    sandbox.commit("ours");
    assert_eq!(sandbox.open().operation_in_progress(), None);
    for (begin, abort, name) in [
        (vec!["merge", "other"], vec!["merge", "--abort"], "merge"),
        (vec!["rebase", "other"], vec!["rebase", "--abort"], "rebase"),
        (vec!["cherry-pick", "other"], vec!["cherry-pick", "--abort"], "cherry-pick"),
        (vec!["revert", "--no-edit", "HEAD~1"], vec!["revert", "--abort"], "revert"),
        (vec!["bisect", "start"], vec!["bisect", "reset"], "bisect"),
    ] {
        sandbox.try_git(&begin);
        assert_eq!(sandbox.open().operation_in_progress(), Some(name));
        sandbox.git(&abort);
    }
    let patch = sandbox.git(&["format-patch", "--stdout", "-1", "other"]);
    sandbox.write("../patch", patch);
    sandbox.try_git(&["am", "../patch"]);
    assert_eq!(sandbox.open().operation_in_progress(), Some("am"));
}

#[test]
fn an_object_id_is_read_only_in_full() {
    assert!(ObjectId::parse(&"a1".repeat(20)).is_some());
    assert!(ObjectId::parse(&"a1".repeat(32)).is_some());
    for wrong in ["", "a1b2", &"A1".repeat(20), &"g1".repeat(20), &"a1".repeat(21)] {
        assert_eq!(ObjectId::parse(wrong), None, "{wrong}");
    }
    assert_eq!(ObjectId::parse(&"a1".repeat(20)).unwrap().short(), "a1a1a1a1a1");
}
