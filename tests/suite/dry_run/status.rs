//! The bare command: where things stand.

use super::*;

#[test]
fn the_bare_command_shows_where_things_stand() {
    let sandbox = Sandbox::suite();
    let run = writes_nothing(&sandbox, 0, &[]);
    assert_eq!(run.stderr, "");
    assert_eq!(
        run.stdout,
        "\
Version  : 0.1.0
Branch   : main
Last tag : v0.1.0
Pending  : 4 fragments (2 added, 1 changed, 1 security)

What each word would give:
  patch        0.1.1
  minor        0.2.0
  major        1.0.0
  minor alpha  0.2.0-alpha.1
  alpha        0.2.0-alpha.1
  beta         0.2.0-beta.1
  rc           0.2.0-rc.1
  release      – (0.1.0 is already stable)
  auto         0.2.0

Look before you release:  trueppm-release minor --dry-run
All that can be said:     trueppm-release --help
"
    );
}

#[test]
fn the_bare_command_works_in_every_place() {
    let sandbox = Sandbox::suite_at("0.2.0-rc.1", "0.2.0rc1", "0.2.0");
    sandbox.git(&["tag", "v0.2.0-rc.1"]);
    sandbox.git(&["tag", "v0.10.0-alpha.1"]);
    sandbox.git(&["tag", "v0.9.0-alpha.1"]);
    sandbox.git(&["tag", "vnext"]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.write("README.md", "dirty\n");
    sandbox.write("changelog.d/104.improved.md", "Of no type.\n");
    sandbox.git(&["add", "changelog.d"]);
    sandbox.git(&["commit", "--quiet", "-m", "docs: a stray"]);
    writes_nothing(&sandbox, 0, &[])
        .shows("Version  : 0.2.0-rc.1\n")
        .shows("Branch   : none, HEAD is detached\n")
        .shows("Last tag : v0.10.0-alpha.1\n")
        .shows("1 file not named like a fragment: `trueppm-release minor --dry-run` names each\n")
        .shows("  beta         – (cannot move backwards from rc to beta)\n")
        .shows("  release      0.2.0\n");
}

#[test]
fn a_repository_without_tags_and_fragments_says_so() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "-d", "v0.1.0", "scheduler-v0.1.0"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.git(&["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
    writes_nothing(&sandbox, 0, &[]).shows("Last tag : none yet\n").shows("Pending  : no fragments\n");
}
