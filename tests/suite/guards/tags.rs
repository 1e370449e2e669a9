//! Names of tags that are taken, or that git could not store beside others.

use super::*;

const PUSHED: &str =
    "hint: if it was pushed: look at its pipeline; if its images are published, nothing is left to do\n";

#[test]
fn a_tag_of_that_name_is_refused_lightweight_or_annotated() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "v0.2.0"]);
    refuses(
        &sandbox,
        &["minor"],
        Content,
        &format!(
            "error: tag `v0.2.0` already exists\n{PUSHED}hint: if it never left this clone: `git tag -d v0.2.0`\n"
        ),
    );
    sandbox.git(&["tag", "-d", "v0.2.0"]);
    sandbox.git(&["tag", "-a", "scheduler-v0.2.0a1", "-m", "taken"]);
    refuses(
        &sandbox,
        &["minor", "alpha"],
        Content,
        &format!(
            "error: tag `scheduler-v0.2.0a1` already exists\n{PUSHED}\
             hint: if it never left this clone: `git tag -d scheduler-v0.2.0a1`\n"
        ),
    );
}

#[test]
fn packed_tags_are_seen() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "v0.2.0"]);
    sandbox.git(&["pack-refs", "--all", "--prune"]);
    sandbox.refused(1, &["minor", "--yes"]).says("tag `v0.2.0` already exists");
}

#[test]
fn a_tag_that_git_cannot_store_beside_another_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "v0.2.0/old"]);
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: tag `v0.2.0` cannot exist beside the tag `v0.2.0/old`\n\
         hint: git stores tags like files in folders; rename one of the two templates, or delete the old tag\n",
    );
}
