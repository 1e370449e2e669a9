//! What a changed path is called in the list under a refusal.

use super::*;

#[test]
fn a_changed_path_is_called_what_git_status_says_of_it() {
    for (code, staged, unstaged, expected) in [
        (" M", false, true, "changed: a"),
        ("M ", true, false, "staged: a"),
        ("MM", true, true, "staged and changed again: a"),
        ("D ", true, false, "staged, deleted: a"),
        (" D", false, true, "deleted: a"),
        ("AD", true, true, "deleted: a"),
        ("UU", true, true, "in conflict: a"),
        ("AA", true, true, "in conflict: a"),
        ("DD", true, true, "in conflict: a"),
        ("UD", true, true, "in conflict: a"),
    ] {
        let change = ChangedPath { path: "a".into(), staged, unstaged, code: code.into(), submodule: None };
        assert_eq!(described(&change), expected, "{code}");
    }
}
