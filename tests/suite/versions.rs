//! The table of versions, row by row, through the real binary: what a dry run shows as new, and the words of a refusal.

use crate::sandbox::{Run, Sandbox};

const STAGES: [&str; 3] = ["alpha", "beta", "rc"];

fn split(words: &str) -> Vec<&str> {
    words.split(' ').collect()
}

/// The dry run of these words, which must be possible.
#[track_caller]
fn previewed(sandbox: &Sandbox, words: &str) -> Run {
    let words: Vec<&str> = split(words).into_iter().chain(["--dry-run"]).collect();
    sandbox.run(&words).expect(0)
}

#[track_caller]
fn gives(sandbox: &Sandbox, words: &str, new: &str, marker: &str) {
    let run = previewed(sandbox, words);
    assert!(
        run.stdout.lines().any(|line| line == format!("  new     : {new}   <- {marker}")),
        "`{words}` does not give {new}:\n{}",
        run.stdout
    );
}

/// Impossible from here, whether it is only looked at or done: exit code 1, the words, and nothing changed.
#[track_caller]
fn impossible(sandbox: &Sandbox, words: &str, message: &str, hint: &str) {
    let yes: Vec<&str> = split(words).into_iter().chain(["--yes"]).collect();
    let run = sandbox.refused(1, &yes);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, format!("error: {message}\nhint: {hint}\n"), "{words}");
    let dry: Vec<&str> = split(words).into_iter().chain(["--dry-run"]).collect();
    sandbox.refused(1, &dry).shows(&format!("  error: {message}\n  hint: {hint}\n"));
}

#[test]
fn a_stable_version_goes_up_by_patch_minor_and_major_and_a_stage_opens_the_next_minor() {
    let sandbox = Sandbox::suite();
    for (words, new) in [
        ("patch", "0.1.1"),
        ("minor", "0.2.0"),
        ("major", "1.0.0"),
        ("patch alpha", "0.1.1-alpha.1"),
        ("patch beta", "0.1.1-beta.1"),
        ("patch rc", "0.1.1-rc.1"),
        ("minor alpha", "0.2.0-alpha.1"),
        ("minor beta", "0.2.0-beta.1"),
        ("minor rc", "0.2.0-rc.1"),
        ("major alpha", "1.0.0-alpha.1"),
        ("major beta", "1.0.0-beta.1"),
        ("major rc", "1.0.0-rc.1"),
        ("alpha", "0.2.0-alpha.1"),
        ("beta", "0.2.0-beta.1"),
        ("rc", "0.2.0-rc.1"),
    ] {
        gives(&sandbox, words, new, "suggested");
    }
    for (words, new) in [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("1.0.0-rc.2", "1.0.0-rc.2"),
        ("v1.0.0-rc.2", "1.0.0-rc.2"),
        ("0.1.1", "0.1.1"),
    ] {
        gives(&sandbox, words, new, "as typed");
    }
    impossible(&sandbox, "release", "0.1.0 is already stable", "use `patch`, `minor` or `major`");
}

#[test]
fn a_pre_release_goes_on_through_its_stages() {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.1", "0.2.0a1", "0.2.0");
    for (words, new) in [
        ("alpha", "0.2.0-alpha.2"),
        ("beta", "0.2.0-beta.1"),
        ("rc", "0.2.0-rc.1"),
        ("release", "0.2.0"),
        ("minor alpha", "0.3.0-alpha.1"),
        ("major beta", "1.0.0-beta.1"),
    ] {
        gives(&sandbox, words, new, "suggested");
        let shown = previewed(&sandbox, words).stdout;
        assert!(
            !shown.contains("was never released"),
            "`{words}` has a note that it must not have:\n{shown}"
        );
    }
}

#[test]
fn the_tenth_alpha_follows_the_ninth() {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.9", "0.2.0a9", "0.2.0");
    gives(&sandbox, "alpha", "0.2.0-alpha.10", "suggested");
    previewed(&sandbox, "alpha").shows("  tags    : v0.2.0-alpha.10, scheduler-v0.2.0a10\n");
}

#[test]
fn a_bump_from_a_pre_release_counts_from_its_release_part_and_says_that_this_was_never_released() {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.1", "0.2.0a1", "0.2.0");
    for (words, new) in [("patch", "0.2.1"), ("minor", "0.3.0"), ("major", "1.0.0")] {
        gives(&sandbox, words, new, "suggested");
        previewed(&sandbox, words).shows("  note    : 0.2.0 was never released; `release` would give it\n");
    }
}

#[test]
fn the_gate_of_the_issue_is_shown_byte_for_byte() {
    let sandbox = Sandbox::suite_at("0.2.0-alpha.1", "0.2.0a1", "0.2.0");
    let shown = previewed(&sandbox, "minor alpha").stdout;
    let gate = "\
About to cut a release:
  current : 0.2.0-alpha.1
  new     : 0.3.0-alpha.1   <- suggested
  tags    : v0.3.0-alpha.1, scheduler-v0.3.0a1
  note    : pre-release — CHANGELOG will not be rotated

";
    assert!(shown.starts_with(gate), "{shown}");
}

#[test]
fn a_release_candidate_does_not_go_back_to_beta_or_alpha() {
    let sandbox = Sandbox::suite_at("0.2.0-rc.1", "0.2.0rc1", "0.2.0");
    gives(&sandbox, "rc", "0.2.0-rc.2", "suggested");
    gives(&sandbox, "release", "0.2.0", "suggested");
    for stage in ["beta", "alpha"] {
        impossible(
            &sandbox,
            stage,
            &format!("cannot move backwards from rc to {stage}"),
            &format!(
                "use `rc` for the next rc, `release` for 0.2.0, or `minor {stage}` to open another series"
            ),
        );
    }
}

#[test]
fn an_explicit_version_must_be_ahead_of_the_current_one() {
    let sandbox = Sandbox::suite_at("1.2.3", "1.2.3", "1.2.3");
    for typed in ["1.2.3", "v1.2.3", "1.2.2", "1.2.3-rc.1", "0.9.9"] {
        let plain = typed.trim_start_matches('v');
        impossible(
            &sandbox,
            typed,
            &format!("{plain} is not ahead of the current version 1.2.3"),
            "use `patch`, `minor` or `major`, or a later version",
        );
    }
    gives(&sandbox, "1.2.4-alpha.7", "1.2.4-alpha.7", "as typed");
}

#[test]
fn a_number_that_cannot_go_up_is_refused_and_nothing_overflows() {
    let largest = format!("0.1.{}", u64::MAX);
    let sandbox = Sandbox::suite_at(&largest, &largest, &largest);
    impossible(
        &sandbox,
        "patch",
        &format!("the patch number of {largest} is the largest there is and cannot go up"),
        "raise a number before it, or give a later version",
    );
    gives(&sandbox, "minor", "0.2.0", "suggested");
}

/// What was typed makes no sense anywhere: exit code 2, everything that is accepted, and nothing changed.
#[track_caller]
fn nonsense(sandbox: &Sandbox, words: &[&str], message: &str, meant: Option<&str>) {
    for mode in ["--yes", "--dry-run"] {
        let all: Vec<&str> = words.iter().copied().chain([mode]).collect();
        let run = sandbox.refused(2, &all);
        assert_eq!(run.stdout, "");
        let first = run.stderr.lines().next().unwrap_or_default();
        assert!(first.contains(message), "{words:?}: {first}");
        match meant {
            Some(meant) => assert!(
                run.stderr.contains(&format!("hint: did you mean `{meant}`?\n")),
                "{words:?}: no hint at `{meant}` in\n{}",
                run.stderr
            ),
            None => assert!(!run.stderr.contains("did you mean"), "{words:?}:\n{}", run.stderr),
        }
        assert!(
            run.stderr.contains("accepted are `patch`") || run.stderr.contains("a version is `x.y.z`"),
            "{words:?}: what is accepted is not said:\n{}",
            run.stderr
        );
    }
}

#[test]
fn a_malformed_version_is_wrong_usage_that_says_what_is_wrong_and_what_is_accepted() {
    let sandbox = Sandbox::suite();
    for (typed, message, meant) in [
        ("1.2", "the third number is missing", Some("1.2.0")),
        ("01.2.3", "`01` has a leading zero", Some("1.2.3")),
        ("1.2.3-alpha", "the stage `alpha` needs a number", Some("1.2.3-alpha.1")),
        ("1.2.3-alpha.01", "`01` has a leading zero", Some("1.2.3-alpha.1")),
        ("1.2.3+build", "build metadata (`+build`) is not accepted", Some("1.2.3")),
        ("1.2.3-dev.1", "`dev` is not a stage: the stages are `alpha`, `beta` and `rc`", None),
        ("18446744073709551616.0.0", "is past the largest number", None),
        ("1.0.0-rc.18446744073709551616", "is past the largest number", None),
        ("0.2.0a1", "this is the PEP 440 spelling", Some("0.2.0-alpha.1")),
    ] {
        nonsense(&sandbox, &[typed], &format!("`{typed}` is not a version: "), meant);
        nonsense(&sandbox, &[typed], message, meant);
    }
}

#[test]
fn words_that_do_not_go_together_are_wrong_usage() {
    let sandbox = Sandbox::suite();
    for (words, why, meant) in [
        ("release rc", "`release` stands alone", Some("rc")),
        ("alpha beta", "there can be only one stage", None),
        ("1.2.3 rc", "a version stands alone", Some("1.2.3-rc.1")),
        ("alpha minor", "a stage follows its bump", Some("minor alpha")),
        ("minor major", "only one number can go up", None),
    ] {
        nonsense(&sandbox, &split(words), &format!("`{words}` do not go together: {why}"), meant);
    }
}

#[test]
fn a_typo_is_answered_with_the_nearest_word() {
    let sandbox = Sandbox::suite();
    for (typed, meant) in [
        ("mnior", "minor"),
        ("ptach", "patch"),
        ("majro", "major"),
        ("realease", "release"),
        ("Beta", "beta"),
        ("alhpa", "alpha"),
    ] {
        nonsense(
            &sandbox,
            &[typed],
            &format!("`{typed}` is neither a known word nor a version"),
            Some(meant),
        );
    }
    nonsense(&sandbox, &["banana"], "`banana` is neither a known word nor a version", None);
}

#[test]
fn nonsense_is_refused_before_the_repository_is_looked_at() {
    let sandbox = Sandbox::empty();
    nonsense(&sandbox, &["mnior"], "`mnior` is neither a known word nor a version", Some("minor"));
}

#[test]
fn a_version_and_its_pep_440_spelling_agree_in_every_stage() {
    for (version, pep440) in [("0.2.0-beta.3", "0.2.0b3"), ("0.2.0-rc.2", "0.2.0rc2")] {
        let sandbox = Sandbox::suite_at(version, pep440, "0.2.0");
        let run = previewed(&sandbox, "rc");
        assert!(!run.stdout.contains("out of step"), "{}", run.stdout);
        assert!(!run.stdout.contains("warning"), "{}", run.stdout);
        // The other spelling of the same version is no drift either: all of them are compared as versions.
        let other = Sandbox::suite_at(version, version, "0.2.0");
        previewed(&other, "rc").shows("scheduler-v0.2.0rc");
    }
}

#[test]
fn a_current_version_outside_the_scheme_is_refused_with_its_place() {
    let sandbox = Sandbox::suite();
    sandbox.replace("packages/api/pyproject.toml", "\"0.1.0\"", "\"0.1.0.post3\"");
    sandbox.commit_all("chore: a version that was made twice");
    impossible(
        &sandbox,
        "minor",
        "the current version `0.1.0.post3` at `packages/api/pyproject.toml:7` is not one this tool releases",
        "write it as `1.2.3` or `1.2.3-alpha.1` (beta and rc likewise)",
    );
}

#[test]
fn every_stage_of_a_series_is_ahead_of_the_one_before() {
    for (position, stage) in STAGES.iter().enumerate() {
        let spelled = ["a", "b", "rc"][position];
        let sandbox = Sandbox::suite_at(&format!("0.2.0-{stage}.1"), &format!("0.2.0{spelled}1"), "0.2.0");
        for later in &STAGES[position..] {
            let number = if later == stage { 2 } else { 1 };
            gives(&sandbox, later, &format!("0.2.0-{later}.{number}"), "suggested");
        }
        for earlier in &STAGES[..position] {
            sandbox.refused(1, &[earlier, "--yes"]).says("cannot move backwards");
        }
    }
}
