//! Clones that do not have everything: sparse, partial and shallow ones.

use super::{refused, released};
use crate::sandbox::Sandbox;

/// A clone of the suite in the folder `clone`, made with these options over the wire protocol.
fn cloned(options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    sandbox.write("docs/guide/plan.md", "A plan.\n");
    sandbox.write("docs/guide/deep/board.md", "A board.\n");
    sandbox.commit_all("docs: a guide");
    let url = format!("file://{}", sandbox.root().display());
    let target = sandbox.around().join("clone");
    let words =
        [&["clone", "--quiet", "--template="], options, &[&url, target.to_str().expect("UTF-8")]].concat();
    sandbox.git(&words);
    sandbox.moved_to("clone")
}

#[test]
fn a_sparse_index_is_refused_and_releasable_after_what_the_hint_says() {
    let sandbox = cloned(&[]);
    sandbox.git(&[
        "sparse-checkout",
        "set",
        "--cone",
        "--sparse-index",
        "packages",
        "changelog.d",
        "docs/api",
        "scripts",
    ]);
    refused(&sandbox, &["sparse index", "git sparse-checkout reapply --no-sparse-index"]);
    sandbox.git(&["sparse-checkout", "reapply", "--no-sparse-index"]);
    released(&sandbox);
}

#[test]
fn a_sparse_checkout_that_holds_the_releases_files_is_released_and_stays_sparse() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "changelog.d", "docs/api", "scripts"]);
    assert!(!sandbox.exists("docs/guide"));
    released(&sandbox);
    assert!(!sandbox.exists("docs/guide"));
    assert_eq!(sandbox.git(&["show", "HEAD:docs/guide/plan.md"]), "A plan.\n");
}

#[test]
fn a_sparse_checkout_without_the_releases_files_is_refused_and_says_what_to_add() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages/api", "changelog.d", "docs/api", "scripts"]);
    let leaves_out = "the sparse checkout leaves out 5 files that the release changes";
    refused(&sandbox, &["packages/web/package.json", leaves_out, "git sparse-checkout disable"]);
    let said = sandbox.run(&["minor", "--yes"]).expect(1).stderr;
    let hint = said.lines().find_map(|line| line.strip_prefix("hint: git ")).expect("a command");
    assert_eq!(hint, "sparse-checkout add packages/helm packages/scheduler packages/web");
    sandbox.git(&hint.split(' ').collect::<Vec<_>>());
    released(&sandbox);
}

#[test]
fn fragments_outside_the_sparse_checkout_are_not_forgotten() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "docs/api", "scripts"]);
    refused(&sandbox, &["changelog.d/101.added.md", "git sparse-checkout add changelog.d"]);
    // A pre-release touches no fragment, so their absence is no matter.
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_partial_clone_without_blobs_is_released_and_the_missing_stay_missing() {
    let sandbox = cloned(&["--filter=blob:none"]);
    released(&sandbox);
}

#[test]
fn a_sparse_partial_clone_without_blobs_is_released() {
    let sandbox = cloned(&["--filter=blob:none", "--sparse"]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "changelog.d", "docs/api", "scripts"]);
    released(&sandbox);
}

#[test]
fn a_partial_clone_whose_objects_are_missing_is_refused_with_the_fetch_that_brings_them() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let sandbox = cloned(&[filter, "--no-checkout"]);
        refused(&sandbox, &["is not in this repository", "git fetch --refetch --no-filter"]);
        sandbox.git(&["fetch", "--quiet", "--refetch", "--no-filter"]);
        sandbox.git(&["checkout", "--quiet"]);
        released(&sandbox);
    }
}

#[test]
fn a_partial_clone_without_trees_is_released_once_it_is_checked_out() {
    let sandbox = cloned(&["--filter=tree:0"]);
    released(&sandbox);
}

#[test]
fn a_clone_of_depth_one_is_released() {
    let sandbox = cloned(&["--depth=1"]);
    released(&sandbox);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]).trim(), "2");
}

#[test]
fn a_manifest_that_nobody_lists_and_that_is_not_in_the_clone_only_warns() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.write("docs/guide/package.json", "{\"version\": \"9.9.9\"}\n");
    sandbox.commit_all("docs: a guide");
    let url = format!("file://{}", sandbox.root().display());
    let target = sandbox.around().join("clone").display().to_string();
    let words = ["clone", "--quiet", "--template=", "--filter=blob:none", "--sparse", &url, &target];
    sandbox.git(&words);
    let sandbox = sandbox.moved_to("clone");
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "changelog.d", "docs/api", "scripts"]);
    sandbox
        .run(&["minor", "--dry-run", "--strict"])
        .expect(0)
        .shows("not in this clone, so nobody looked whether they hold a version: `docs/guide/package.json`");
    released(&sandbox).says("`docs/guide/package.json`").says("git fetch --refetch --no-filter");
    // What the release edits is needed.
    let profile = trueppm_release::config::built_in();
    let listed = format!("{profile}\n[[manifest]]\npath = \"docs/guide/package.json\"\n");
    sandbox.write("trueppm-release.toml", listed);
    sandbox.git(&["add", "--sparse", "trueppm-release.toml"]);
    sandbox.git(&["commit", "--quiet", "-m", "chore: list it"]);
    let run = sandbox.run(&["minor", "--yes"]).expect(1);
    run.says("cannot read `docs/guide/package.json`").says("git fetch --refetch --no-filter");
}
