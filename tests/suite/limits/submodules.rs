//! Submodules: judged as git judges them, with a remedy that works, and named where a file was expected.

use super::{refused, released};
use crate::sandbox::Sandbox;

/// A submodule at `vendor/tool`.
fn suite_with_submodule() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", "../tool"]);
    sandbox.write("../tool/file", "one\n");
    sandbox.git(&["-C", "../tool", "add", "."]);
    sandbox.git(&["-C", "../tool", "commit", "--quiet", "-m", "feat: a tool"]);
    sandbox.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "../tool",
        "vendor/tool",
    ]);
    sandbox.commit_all("chore: a submodule");
    sandbox
}

#[test]
fn a_submodule_is_judged_as_git_judges_it() {
    let sandbox = suite_with_submodule();
    sandbox.write("vendor/tool/file", "two\n");
    refused(&sandbox, &["working tree is not clean", "vendor/tool"]);
    // What the repository ignores of its submodules is not held against it.
    sandbox.git(&["config", "submodule.vendor/tool.ignore", "dirty"]);
    released(&sandbox);
}

#[test]
fn a_submodule_that_was_never_fetched_is_no_change() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["submodule", "--quiet", "deinit", "--force", "vendor/tool"]);
    released(&sandbox);
}
