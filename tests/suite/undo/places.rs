//! The permissions of what an undo puts back, and the folders that it empties: as git has both when it checks out.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::{assert_taken_back, visible};
use crate::moments::package;
use crate::sandbox::{Run, Sandbox};

fn mode(sandbox: &Sandbox, path: &str) -> u32 {
    std::fs::metadata(sandbox.root().join(path)).expect("it is there").permissions().mode() & 0o7777
}

fn set_mode(sandbox: &Sandbox, path: &str, mode: u32) {
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(sandbox.root().join(path), permissions).expect("permissions");
}

fn masked(sandbox: &Sandbox, mask: &str, words: &str) -> Run {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("umask {mask}; exec \"$0\" {words}"), env!("CARGO_BIN_EXE_trueppm-release")])
        .env_clear()
        .envs(sandbox.variables())
        .current_dir(sandbox.root())
        .stdin(Stdio::null());
    Run::from(command.output().expect("sh starts"))
}

#[test]
fn files_that_stay_keep_their_permissions_and_those_that_come_back_get_what_the_mask_leaves() {
    for (mask, plain, executable) in [("0002", 0o664, 0o775), ("0027", 0o640, 0o750)] {
        let sandbox = Sandbox::suite();
        set_mode(&sandbox, "changelog.d/102.added.md", 0o755);
        sandbox.commit_all("chore: an executable fragment");
        set_mode(&sandbox, "packages/web/package.json", 0o600);
        set_mode(&sandbox, "CHANGELOG.md", 0o664);
        for words in ["minor --yes", "undo --yes"] {
            masked(&sandbox, mask, words).expect(0);
            assert_eq!(mode(&sandbox, "packages/web/package.json"), 0o600, "{words}");
            assert_eq!(mode(&sandbox, "CHANGELOG.md"), 0o664, "{words}");
        }
        assert_eq!(mode(&sandbox, "changelog.d/101.added.md"), plain);
        assert_eq!(mode(&sandbox, "changelog.d/102.added.md"), executable);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn folders_that_only_held_what_is_taken_back_go_with_it() {
    let step = "[[step]]\nname = \"notes\"\nwrites = [\"docs/**\"]\n\
                run = [\"sh\", \"-c\", \"mkdir -p docs/new/deep; echo a > docs/new/deep/a.md; echo b > docs/b.md\"]\n";
    let sandbox = package("0.1.0", step);
    sandbox.write("docs/keep", "");
    sandbox.commit_all("docs: a folder");
    let before = visible(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.exists("docs/new/deep/a.md"));
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert!(!sandbox.exists("docs/new"));
    assert_taken_back(&before, &sandbox);
    // A folder with something else in it stays.
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.write("docs/new/mine.txt", "mine\n");
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert!(sandbox.exists("docs/new/mine.txt") && !sandbox.exists("docs/new/deep"));
}

#[test]
fn what_a_release_puts_back_after_a_failure_has_its_permissions() {
    let step = "[[step]]\nname = \"it\"\nwrites = [\"a.txt\", \"docs/*\"]\n\
                run = [\"sh\", \"-c\", \"rm a.txt; echo x > a.txt; echo x > docs/b.txt; chmod 644 docs/b.txt; exit 1\"]\n";
    let sandbox = package("0.1.0", step);
    sandbox.write("a.txt", "a\n");
    sandbox.write("docs/b.txt", "b\n");
    sandbox.commit_all("docs: files");
    set_mode(&sandbox, "a.txt", 0o600);
    set_mode(&sandbox, "package.json", 0o640);
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4);
    before.assert_same(&sandbox.state().without_objects());
}
