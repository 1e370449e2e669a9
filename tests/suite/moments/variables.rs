//! The release in the environment of its steps and checks.

use super::{check, package, releases, step};
use crate::origin::Origin;

const SHOW: &str = "env | grep ^RELEASE_ | sort > ../$0.env";

fn shown(sandbox: &crate::sandbox::Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.around().join(name)).expect("it ran")
}

#[test]
fn steps_and_checks_of_every_moment_find_the_release_in_their_environment() {
    let show = |at: &str| format!("env | grep ^RELEASE_ | sort > ../{at}.env");
    let more: String = ["before-gate", "after-gate", "after-bump", "before-commit", "after-release"]
        .iter()
        .map(|at| check(at, &show(at), &format!("at = \"{at}\"")))
        .collect();
    let more = more + "[[tag]]\nname = \"own-v{pep440}\"\nmessage = \"Own\"\n";
    let sandbox = package("0.1.0", &more);
    let _origin = Origin::of(&sandbox);
    let stale = [("RELEASE_COMMIT", "stale"), ("RELEASE_VERSION", "9.9.9"), ("RELEASE_NAME", "kept")];
    sandbox.run_with(&["minor", "rc", "--yes", "--date", "2026-01-31"], &stale).expect(0);
    let expected = "RELEASE_BASE=0.2.0\nRELEASE_BRANCH=main\nRELEASE_DATE=2026-01-31\nRELEASE_MAJOR=0\nRELEASE_MINOR=2\n\
                    RELEASE_NAME=kept\nRELEASE_PATCH=0\nRELEASE_PEP440=0.2.0rc1\nRELEASE_PRERELEASE=true\nRELEASE_PREVIOUS=0.1.0\n\
                    RELEASE_PREVIOUS_BASE=0.1.0\nRELEASE_PREVIOUS_PEP440=0.1.0\nRELEASE_REMOTE=origin\nRELEASE_STAGE=rc\n\
                    RELEASE_TAGS=v0.2.0-rc.1 own-v0.2.0rc1\nRELEASE_VERSION=0.2.0-rc.1\n";
    for at in ["before-gate", "after-gate", "after-bump", "before-commit"] {
        assert_eq!(shown(&sandbox, &format!("{at}.env")), expected, "{at}");
    }
    let with_commit =
        expected.replace("RELEASE_DATE", &format!("RELEASE_COMMIT={}\nRELEASE_DATE", sandbox.commit("HEAD")));
    assert_eq!(shown(&sandbox, "after-release.env"), with_commit);
}

#[test]
fn a_stable_release_says_so() {
    let sandbox = package("0.2.0-rc.1", &step("look", &SHOW.replace("$0", "look"), ""));
    sandbox.run(&["release", "--yes"]).expect(0);
    let env = shown(&sandbox, "look.env");
    assert!(env.contains("RELEASE_STAGE=stable\n") && env.contains("RELEASE_PRERELEASE=false\n"), "{env}");
    assert!(
        env.contains("RELEASE_PREVIOUS=0.2.0-rc.1\n") && env.contains("RELEASE_PREVIOUS_PEP440=0.2.0rc1\n")
    );
}

#[test]
fn what_the_configuration_says_stands_over_what_the_release_gives() {
    let own = "environment = { RELEASE_VERSION = \"{pep440}\", RELEASE_COMMIT = \"none\" }";
    let sandbox = package("0.1.0", &step("look", &SHOW.replace("$0", "look"), own));
    sandbox.run(&["minor", "rc", "--yes"]).expect(0);
    let env = shown(&sandbox, "look.env");
    assert!(env.contains("RELEASE_VERSION=0.2.0rc1\n") && env.contains("RELEASE_COMMIT=none\n"), "{env}");
}

#[test]
fn the_command_to_run_by_hand_has_the_variables_that_it_speaks_of() {
    let more = step("announce", "echo $RELEASE_VERSION $RELEASE_COMMIT; exit 1", "at = \"after-release\"");
    let sandbox = package("0.1.0", &more);
    let run = releases(&sandbox);
    let commit = sandbox.commit("HEAD");
    run.says(&format!(
        "by hand: RELEASE_COMMIT={commit} RELEASE_VERSION=0.2.0 bash -c 'echo $RELEASE_VERSION"
    ));
}

#[test]
fn a_verbose_preview_lists_the_environment() {
    let sandbox = package("0.1.0", &check("look", "true", ""));
    let verbose = sandbox.run(&["minor", "-n", "-v"]).expect(0);
    verbose.shows("In the environment of each of them:\n  RELEASE_VERSION=0.2.0\n  RELEASE_PEP440=0.2.0\n");
    let plain = sandbox.run(&["minor", "-n"]).expect(0);
    assert!(!plain.stdout.contains("RELEASE_VERSION"), "{}", plain.stdout);
    sandbox.run(&["--help"]).expect(0).shows("RELEASE_VERSION");
}
