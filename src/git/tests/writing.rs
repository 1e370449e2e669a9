use super::support::{
    Sandbox, delete, index_problem, publish_all, publish_index, release, somebody, unsigned, write,
};
use crate::git::{Signature, is_tag_name};

#[test]
fn a_tree_is_the_one_git_writes() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let base = sandbox.rev("HEAD");
    let blob = repository.write_blob(b"new\n").unwrap();
    // The last file of a folder goes, a new folder comes, a file takes a folder's place.
    let changes = [
        delete("packages/web/package.json"),
        write("docs/api/openapi.json", blob.clone(), false),
        write("scripts/run.sh", blob.clone(), false),
    ];
    let tree = repository.write_tree(&base, &changes).unwrap();
    sandbox.remove_folder("packages/web");
    for path in ["docs/api/openapi.json", "scripts/run.sh"] {
        sandbox.write(path, "new\n");
    }
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["update-index", "--chmod=-x", "scripts/run.sh"]);
    assert_eq!(tree.as_str(), sandbox.git(&["write-tree"]).trim_end());
    let missing = repository.write_tree(&base, &[delete("nothing/here")]).unwrap_err();
    assert!(missing.message.starts_with("cannot write the tree"), "{missing:?}");
}

#[test]
fn messages_are_kept_as_written() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (head, tree) = (sandbox.rev("HEAD"), sandbox.rev("HEAD^{tree}"));
    let message = "subject  \n\n\n# not a comment\n\ntrailing\n\n";
    let commit = repository.write_commit(&tree, &head, &somebody(), &somebody(), message, &unsigned).unwrap();
    let stored = sandbox.git(&["cat-file", "commit", commit.as_str()]);
    assert_eq!(stored.split_once("\n\n").unwrap().1, message);
    let tag = repository.write_tag("v1", &commit, &somebody(), message, &unsigned).unwrap();
    assert_eq!(sandbox.git(&["cat-file", "tag", tag.as_str()]).split_once("\n\n").unwrap().1, message);
    assert!(repository.write_commit(&tree, &head, &somebody(), &somebody(), "a\0b", &unsigned).is_err());
    assert!(repository.write_tag("v1", &commit, &somebody(), "a\0b", &unsigned).is_err());
    let west = Signature { offset_minutes: -210, email: String::new(), ..somebody() };
    let commit = repository.write_commit(&tree, &head, &west, &somebody(), "west", &unsigned).unwrap();
    assert!(
        sandbox
            .git(&["cat-file", "commit", commit.as_str()])
            .contains("author Some Body <> 1782727200 -0330\n")
    );
    sandbox.git(&["fsck", "--strict", "--full"]);
}

#[test]
fn a_tag_has_a_name_that_git_accepts() {
    let sandbox = Sandbox::new();
    for name in
        ["v1.0.0", "web/v1.0.0", "scheduler-v0.2.0a1", "-v1", "a b", "a..b", "a.lock", "a\nb", "a~1", ""]
    {
        let git_accepts = sandbox.try_git(&["tag", "--", name]).0;
        assert_eq!(is_tag_name(name), git_accepts, "{name:?}");
    }
    assert!(!is_tag_name("a\0b") && !is_tag_name("HEAD"));
    let head = sandbox.rev("HEAD");
    assert!(
        sandbox
            .open()
            .write_tag("a b", &head, &somebody(), "m", &unsigned)
            .unwrap_err()
            .message
            .contains("`a b` is not a name")
    );
}

#[test]
fn the_index_keeps_what_others_staged_and_flagged() {
    let sandbox = Sandbox::new();
    sandbox.git(&["update-index", "--assume-unchanged", "README.md"]);
    sandbox.git(&["update-index", "--skip-worktree", "packages/web/package.json"]);
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    sandbox.write("staged", "x");
    sandbox.write("intended", "x");
    sandbox.git(&["add", "staged"]);
    sandbox.git(&["add", "--intent-to-add", "intended"]);
    publish_all(&repository, &changes, &updates);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), " A intended\nA  staged\n");
    assert_eq!(
        sandbox.git(&["ls-files", "-v", "README.md", "packages/web/package.json"]),
        "h README.md\nS packages/web/package.json\n"
    );
    assert!(sandbox.git(&["ls-files", "--stage", "scripts/run.sh"]).starts_with("100755 "));
}

#[test]
fn a_change_hidden_by_the_clock_stays_visible_in_the_new_index() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.trustctime", "false"]);
    let repository = sandbox.open();
    let (changes, _) = release(&sandbox, &repository);
    // The file, its entry and the index bear the same time, and the size is the same: only the age of the index
    // tells git that the entry is not to be trusted.
    sandbox.set_time("README.md", 1_700_000_000);
    sandbox.git(&["add", "README.md"]);
    sandbox.write("README.md", "READ ME\n");
    sandbox.set_time("README.md", 1_700_000_000);
    sandbox.set_time(".git/index", 1_700_000_000);
    assert_eq!(sandbox.git(&["--no-optional-locks", "status", "--porcelain", "README.md"]), " M README.md\n");
    publish_index(&repository, &changes);
    assert_eq!(sandbox.git(&["--no-optional-locks", "status", "--porcelain", "README.md"]), " M README.md\n");
}

#[test]
fn a_locked_index_is_said_plainly_and_left_alone() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, _) = release(&sandbox, &repository);
    sandbox.write(".git/index.lock", "theirs");
    let problem = index_problem(&repository, &changes);
    assert!(problem.message.starts_with("the index is locked: `"), "{problem:?}");
    assert_eq!(sandbox.read(".git/index.lock"), b"theirs");
}

#[test]
fn a_file_that_is_not_what_was_written_is_noticed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, _) = release(&sandbox, &repository);
    sandbox.write("packages/api/pyproject.toml", "somebody else\n");
    let problem = index_problem(&repository, &changes);
    assert!(problem.message.contains("`packages/api/pyproject.toml` on disk is not what"), "{problem:?}");
    sandbox.remove("packages/api/pyproject.toml");
    let problem = index_problem(&repository, &changes);
    assert!(problem.message.contains("cannot add `packages/api/pyproject.toml`"), "{problem:?}");
    assert!(!sandbox.work.join(".git/index.lock").exists());
}

#[test]
fn line_endings_are_converted_when_the_index_reads_files_back() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.autocrlf", "true"]);
    let repository = sandbox.open();
    let blob = repository.write_blob(b"two\nlines\n").unwrap();
    sandbox.write("README.md", "two\r\nlines\r\n");
    publish_index(&repository, &[write("README.md", blob.clone(), false)]);
    assert_eq!(sandbox.rev(":README.md"), blob);
    assert_eq!(sandbox.git(&["status", "--porcelain", "README.md"]), "M  README.md\n");
}

#[test]
fn a_file_as_written_gets_the_entry_that_git_would_give_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    for (path, executable) in [("README.md", false), ("scripts/run.sh", true)] {
        sandbox.write(path, "as written\n");
        let blob = repository.write_blob(b"as written\n").unwrap();
        publish_index(&repository, &[write(path, blob, executable)]);
        // The device is another field in libgit2 than in git, which does not look at it.
        let known = |line: &str| line.split_once("\tino: ").map_or(line, |(_, inode)| inode).to_owned();
        let entry = |debug: String| debug.lines().map(known).collect::<Vec<_>>();
        let ours = entry(sandbox.git(&["ls-files", "--stage", "--debug", path]));
        sandbox.git(&["update-index", "--force-remove", path]);
        sandbox.git(&["update-index", "--add", path]);
        assert_eq!(ours, entry(sandbox.git(&["ls-files", "--stage", "--debug", path])));
    }
}
