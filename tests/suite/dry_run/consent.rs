//! How yes is said beforehand, and what else the command line cannot mean.

use super::*;

#[test]
fn release_assume_yes_says_yes_or_no_or_is_refused() {
    let sandbox = Sandbox::suite();
    let nobody = "error: no terminal to confirm the release on, and nobody said yes beforehand\n\
                  hint: pass `--yes` (or set `RELEASE_ASSUME_YES=1`) to accept the computed version\n\
                  hint: or look first: the same command with `--dry-run`\n";
    assert_eq!(sandbox.refused(1, &["minor"]).stderr, nobody);
    for no in ["0", "", "false", "No", "OFF"] {
        let run = sandbox.refused_by(1, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", no));
        assert_eq!(run.stderr, nobody, "RELEASE_ASSUME_YES={no}");
    }
    for other in ["y", "2", " 1", "never", "1\n"] {
        let run = sandbox.refused_by(2, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", other));
        assert_eq!(
            run.stderr,
            format!(
                "error: RELEASE_ASSUME_YES is `{}`, which is neither yes nor no\n\
                 hint: set `RELEASE_ASSUME_YES=1` (or true, yes, on) to accept the computed version, \
                 or unset it (or 0, false, no, off)\n",
                other.replace('\n', "\\n")
            )
        );
    }
    let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let run = sandbox.refused_by(2, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", bytes));
    run.says("which is neither yes nor no");
    for yes in ["1", "TRUE", "Yes", "on"] {
        Sandbox::suite()
            .run_with(&["minor"], &[("RELEASE_ASSUME_YES", yes)])
            .expect(0)
            .says("Version confirmed via RELEASE_ASSUME_YES: 0.1.0 → 0.2.0\n");
    }
}

#[test]
fn yes_says_what_it_confirmed() {
    let sandbox = Sandbox::suite();
    let run = sandbox.run_with(&["minor", "-y"], &[("RELEASE_ASSUME_YES", "0")]).expect(0);
    run.says("Version confirmed via --yes: 0.1.0 → 0.2.0\n");
}

#[test]
fn every_usage_error_is_reported_at_once() {
    let sandbox = Sandbox::suite();
    let mut command = sandbox.command(&["mnior", "--date", "soon", "-C", "nowhere"]);
    let run = sandbox.refused_by(2, command.env("RELEASE_ASSUME_YES", "maybe"));
    run.says("error: `mnior` is neither a known word nor a version\nhint: did you mean `minor`?\n")
        .says("error: RELEASE_ASSUME_YES is `maybe`, which is neither yes nor no\n")
        .says("error: `--date soon` is not a date\n")
        .says("error: `nowhere` does not exist\n");
}

#[test]
fn options_that_mean_nothing_alone_are_wrong_usage() {
    let sandbox = Sandbox::suite();
    for words in [
        &["--dry-run"][..],
        &["--yes"],
        &["minor", "--strict"],
        &["minor", "-q", "-v", "-n"],
        &["minor", "--no-such-option"],
        &["minor", "--color", "sometimes"],
        &["demo", "--dry-run"],
    ] {
        let run = sandbox.refused(2, words);
        assert!(run.stderr.starts_with("error: ") && run.stdout.is_empty(), "{words:?}\n{}", run.stderr);
    }
}
