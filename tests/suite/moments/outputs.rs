//! What a step declares and does not write after all: `writes` names files that it may write, so none of them has to be
//! there in the end.

use super::{changed, package, releases, step};

#[test]
fn a_step_that_writes_none_of_the_files_it_may_write_adds_nothing_to_the_release() {
    let sandbox = package("0.1.0", &step("notes", "true", "writes = [\"docs/none.md\", \"docs/**/*.md\"]"));
    releases(&sandbox);
    assert_eq!(changed(&sandbox), "M package.json\n");
}

#[test]
fn what_one_step_writes_and_a_later_one_takes_away_again_is_no_part_of_the_release() {
    for writes in ["writes = [\"docs/draft.md\"]", "writes = [\"docs/*.md\"]"] {
        let steps = step("draft", "mkdir -p docs; echo draft > docs/draft.md", writes)
            + &step("tidy", "rm docs/draft.md", writes);
        let sandbox = package("0.1.0", &steps);
        releases(&sandbox);
        assert_eq!(changed(&sandbox), "M package.json\n");
    }
}
