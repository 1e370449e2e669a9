//! What a changed path is called in the list under a refusal.

use super::*;

#[test]
fn a_changed_path_is_called_what_git_status_says_of_it() {
    for (code, staged, unstaged, expected) in [
        (" M", false, true, "changed"),
        ("M ", true, false, "staged"),
        ("MM", true, true, "staged and changed again"),
        ("D ", true, false, "staged, deleted"),
        (" D", false, true, "deleted"),
        ("AD", true, true, "deleted"),
        ("UU", true, true, "in conflict"),
        ("AA", true, true, "in conflict"),
        ("DD", true, true, "in conflict"),
        ("UD", true, true, "in conflict"),
    ] {
        let change = ChangedPath { path: "a".into(), staged, unstaged, code: code.into(), submodule: None };
        assert_eq!(how_changed(&change), expected, "{code}");
    }
}
