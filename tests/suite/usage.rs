//! What is typed wrongly, and the page that teaches what can be typed.

use crate::sandbox::{Run, Sandbox};

#[test]
fn wrong_usage_exits_2_with_an_error_and_a_way_on() {
    let sandbox = Sandbox::suite();
    for (words, error, hint) in [
        (&["mnior"][..], "`mnior` is neither a known word nor a version", "did you mean `minor`?"),
        (&["deom"], "`deom` is neither a known word nor a version", "did you mean `trueppm-release demo`?"),
        (&["hlep"], "`hlep` is neither a known word nor a version", "did you mean `trueppm-release --help`?"),
        (
            &["minor", "--dry-rn"],
            "unexpected argument `--dry-rn` found",
            "a similar argument exists: `--dry-run`",
        ),
        (&["minor", "--color", "pink"], "invalid value `pink` for", "possible values: auto, always, never"),
        (
            &["minor", "--date"],
            "a value is required for `--date <YYYY-MM-DD>`",
            "`trueppm-release --help` shows",
        ),
        (&["minor", "--date", "2026-6-9"], "`--date 2026-6-9` is not a date", "write it as YYYY-MM-DD"),
        (&["minor", "--strict"], "`--strict` goes with `--dry-run`", "add `--dry-run`"),
        (
            &["-n"],
            "`--dry-run` needs to know what to release",
            "run for example `trueppm-release minor --dry-run`",
        ),
        (&["-y"], "`--yes` needs to know what to release", "run for example `trueppm-release minor --yes`"),
        (
            &["minor", "-q", "-v"],
            "the argument `--quiet` cannot be used with",
            "`trueppm-release --help` shows",
        ),
        (&["minor", "demo"], "`demo` takes no bump word", "run `trueppm-release demo`"),
        (&["-C", "nowhere"], "`nowhere` does not exist", "check the path that follows `-C`"),
        (&["-C", "README.md", "minor"], "`README.md` is not a folder", "check the path that follows `-C`"),
        (&["1.2"], "`1.2` is not a version", "did you mean `1.2.0`?"),
    ] {
        let run = sandbox.refused(2, words).says(&format!("error: {error}")).says(&format!("\nhint: {hint}"));
        assert_eq!(run.stdout, "", "{words:?}");
        assert!(!run.stderr.contains("Usage:"), "{}", run.stderr);
    }
}

#[test]
fn help_and_version_are_data_on_standard_output() {
    let sandbox = Sandbox::empty();
    for words in
        [&["--help"][..], &["help"], &["minor", "--help"], &["help", "minor"], &["--help", "--dry-rn"]]
    {
        let run = sandbox.refused(0, words);
        assert_eq!(run.stderr, "", "{words:?}");
        for text in ["Usage: trueppm-release ", "Examples:", "Exit codes:", "  70  a bug"] {
            assert!(run.stdout.contains(text), "no {text:?} in\n{}", run.stdout);
        }
        assert!(!run.stdout.contains("\n\n\n"), "{}", run.stdout);
    }
    let short = sandbox.refused(0, &["-h"]);
    assert_eq!(short.stderr, "");
    assert!(short.stdout.lines().count() < 24, "{}", short.stdout);
    assert!(short.stdout.lines().all(|line| line.chars().count() <= 80), "{}", short.stdout);
    short.shows("Usage: trueppm-release ").shows("`trueppm-release --help` has every option");
    let run = sandbox.refused(0, &["--version"]);
    assert_eq!(run.stdout, format!("trueppm-release {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_command_has_a_page_of_its_own_however_it_is_asked_for() {
    let sandbox = Sandbox::empty();
    for command in ["undo", "init", "config", "demo"] {
        let page = sandbox.refused(0, &["help", command]).stdout;
        assert!(page.contains(&format!("Usage: trueppm-release {command} ")), "{page}");
        assert!(page.contains(&format!("\n  trueppm-release {command} ")), "{page}");
        for words in
            [&["-h", command][..], &[command, "-h"], &[command, "--help"], &["-C", "..", command, "help"]]
        {
            let run = sandbox.refused(0, words);
            assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (page.as_str(), ""), "{words:?}");
        }
        for of_a_release in ["--pin <", "--offline", "--push", "--skip-step"] {
            assert!(!page.contains(of_a_release), "{of_a_release} in\n{page}");
        }
    }
    let run = sandbox.refused(2, &["help", "publish"]).says("error: there is no page about `publish`\n");
    run.says("hint: `trueppm-release minor --push` cuts a release and pushes it");
}

#[test]
fn a_command_refuses_what_its_page_does_not_show() {
    let sandbox = Sandbox::suite();
    for (words, error) in [
        (&["init", "--offline"][..], "`init` takes no `--offline`"),
        (&["--push", "init"], "`init` takes no `--push`"),
        (&["--strict", "init"], "`init` takes no `--strict`"),
        (&["--skip-step", "x", "undo"], "`undo` takes no `--skip-step`"),
        (&["--no-sign", "undo", "-n"], "`undo` takes no `--no-sign`"),
        (&["demo", "--config", "x"], "`demo` takes no `--config`"),
        (&["--no-verify", "demo"], "`demo` takes no `--no-verify`"),
        (&["--strict", "config"], "`config` takes no `--strict`"),
        (&["--summary", "x", "undo"], "`--summary` is for a release"),
    ] {
        let run = sandbox.refused(2, words).says(&format!("error: {error}\nhint: "));
        assert_eq!(run.stderr.matches("error:").count(), 1, "{words:?}: {}", run.stderr);
    }
    sandbox.refused(0, &["--yes", "--skip-step", "x", "--push", "config", "--check"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.run(&["-q", "-y", "undo"]).expect(0);
}

#[test]
fn words_of_other_tools_are_answered_with_what_there_is_for_the_same_wish() {
    let sandbox = Sandbox::suite();
    for (words, hint) in [
        (&["publish"][..], "`trueppm-release minor --push` "),
        (&["push"], "`trueppm-release minor --push` "),
        (&["publish", "patch"], "`trueppm-release patch --push` "),
        (&["minor", "rc", "deploy"], "`trueppm-release minor rc --push` "),
        (&["bump"], "`trueppm-release minor` "),
        (&["bump", "major"], "`trueppm-release major` "),
        (&["tag"], "`trueppm-release minor` "),
        (&["tag", "v1.2.3"], "`trueppm-release v1.2.3` "),
        (&["cut"], "`trueppm-release minor` "),
        (&["preview"], "`trueppm-release minor --dry-run` "),
        (&["dry-run"], "`trueppm-release minor --dry-run` "),
        (&["notes"], "`trueppm-release minor --dry-run` "),
        (&["changelog"], "`trueppm-release minor --dry-run` "),
        (&["status"], "`trueppm-release` alone "),
        (&["next"], "`trueppm-release` alone "),
        (&["version"], "`trueppm-release` alone "),
        (&["check"], "`trueppm-release minor --dry-run --strict` "),
        (&["verify"], "`trueppm-release minor --dry-run --strict` "),
        (&["rollback"], "`trueppm-release undo` "),
        (&["revert"], "`trueppm-release undo` "),
        (&["abort"], "a release that is waiting for an answer is left with `q`"),
        (&["pre"], "`trueppm-release minor alpha` "),
        (&["prerelease"], "`trueppm-release minor alpha` "),
        (&["stable"], "`trueppm-release release` "),
        (&["final"], "`trueppm-release release` "),
        (&["alfa"], "`trueppm-release minor alpha` "),
        (&["stauts"], "if you mean `status`: `trueppm-release` alone "),
        (&["release", "minor"], "did you mean `minor`?"),
        (&["minor", "--dryrun"], "a similar argument exists: `--dry-run`"),
        (&["--bump", "minor"], "`trueppm-release minor` "),
        (&["--bump"], "`trueppm-release minor` "),
        (&["--preview"], "`trueppm-release minor --dry-run` "),
        (&["--publish"], "`trueppm-release minor --push` "),
        (&["--minor"], "`minor` is a word, without dashes: `trueppm-release minor`"),
        (&["--undo"], "`undo` is a word, without dashes: `trueppm-release undo`"),
        (&["minor", "--force"], "nothing overrides a refusal; `trueppm-release minor --dry-run` "),
        (&["minor", "--no-push"], "nothing is pushed unless `--push` is given"),
    ] {
        let run = sandbox.refused(2, words);
        let first = run.stderr.lines().find_map(|line| line.strip_prefix("hint: ")).unwrap_or_default();
        assert!(first.starts_with(hint), "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{words:?}");
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error_in_plain_words() {
    let sandbox = Sandbox::suite();
    let full =
        || std::fs::File::options().write(true).open("/dev/full").expect("a device that is always full");
    for words in [
        &["--version"][..],
        &["--help"],
        &["-h"],
        &["help", "undo"],
        &[],
        &["minor", "-n"],
        &["config"],
        &["config", "--format", "json"],
        &["config", "--schema"],
        &["init", "-n"],
    ] {
        let run = sandbox.refused_by(1, sandbox.command(words).stdout(full()));
        run.says("error: the output cannot be written completely\nhint: look at where standard output goes");
        // A reader that has seen enough is none.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let run = sandbox.refused_by(0, sandbox.command(words).stdout(writer));
        assert!(!run.stderr.contains("error:"), "{words:?}: {}", run.stderr);
    }
    // What is done is done, and only the words about it are lost.
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "chore: begin"]);
    let mut command = sandbox.command(&["init"]);
    Run::from(command.stdout(full()).output().expect("binary starts"))
        .expect(0)
        .says("warning: everything is done, but the output cannot be written completely");
    assert!(sandbox.exists("trueppm-release.toml"));
}

#[test]
fn outside_a_repository_and_in_one_without_a_commit_it_says_what_to_do() {
    let sandbox = Sandbox::empty();
    for words in [&[][..], &["minor"], &["minor", "--dry-run"]] {
        sandbox
            .refused(1, words)
            .says("error: the branch has no commit yet")
            .says("hint: commit the files first");
        let words: Vec<&str> = ["-C", ".."].iter().chain(words).copied().collect();
        sandbox
            .refused(1, &words)
            .says("error: not inside a git repository")
            .says("hint: run it inside the work tree");
    }
}

/// Everything that needs a configuration, whatever it does with it.
const OF_A_CONFIGURATION: [&[&str]; 13] = [
    &[],
    &["minor"],
    &["minor", "--yes"],
    &["minor", "-n"],
    &["auto", "-n"],
    &["rc", "--push", "--yes"],
    &["1.2.3", "--offline", "-n", "--strict"],
    &["undo"],
    &["undo", "-n"],
    &["undo", "--yes"],
    &["config"],
    &["config", "--format", "json"],
    &["config", "--check"],
];

#[test]
fn in_a_repository_of_another_shape_every_command_says_so_first_and_names_init() {
    for files in [
        &["README.md"][..],
        &["Cargo.toml", "src/lib.rs"],
        &["packages/api/pyproject.toml"],
        &["packages/api/pyproject.toml", "packages/web/package.json", "CHANGELOG.md"],
    ] {
        let sandbox = Sandbox::empty();
        for file in files {
            sandbox.write(file, "");
        }
        sandbox.commit_all("chore: begin");
        for words in OF_A_CONFIGURATION {
            let run = sandbox.refused(1, words);
            assert!(
                run.stderr.starts_with(
                    "error: this repository has no `trueppm-release.toml`, and it is not trueppm-suite"
                ),
                "{files:?} {words:?}: {}",
                run.stderr
            );
            assert!(run.stderr.contains("\nhint: `trueppm-release init` writes a first configuration"));
            assert_eq!((run.stderr.matches("error:").count(), run.stdout.as_str()), (1, ""), "{words:?}");
        }
    }
    // Before the first commit there is only the work tree to tell by.
    Sandbox::empty().refused(1, &["config", "--check"]).says("it is not trueppm-suite");
}

#[test]
fn a_suite_that_misses_a_file_is_told_which_one() {
    let sandbox = Sandbox::suite();
    sandbox.remove("packages/api/pyproject.toml");
    sandbox.commit_all("chore: lose it");
    sandbox.refused(1, &["minor", "-n"]).shows("`packages/api/pyproject.toml` is not there at HEAD");
    let run = sandbox.refused(1, &["config", "--check"]);
    let run = run.says("there is no `packages/api/pyproject.toml` here");
    assert!(!run.stderr.contains("is in order"), "{}", run.stderr);
}

#[test]
fn wrong_usage_is_wrong_usage_outside_a_repository_and_without_a_configuration_too() {
    let sandbox = Sandbox::empty();
    sandbox.write("README.md", "");
    sandbox.commit_all("chore: begin");
    std::fs::write(sandbox.around().join("other.toml"), crate::config_command::OTHER).expect("write");
    for (place, why) in
        [("..", "not inside a git repository"), (".", "this repository has no `trueppm-release.toml`")]
    {
        for words in [
            &["publish"][..],
            &["minor", "--frob"],
            &["minor", "-n", "--frob=1"],
            &["--frob", "1"],
            &["config", "--frob"],
            &["config", "--check", "--frob", "x"],
            &["undo", "--frob"],
            &["init", "--frob"],
            &["minor", "-x"],
            &["minor", "--pin", "x"],
            &["minor", "--skip-step"],
            &["minor", "--strict"],
            &["minor", "--date", "never"],
            &["-n"],
        ] {
            let run = sandbox.refused(2, &[&["-C", place][..], words].concat());
            assert_eq!(run.stdout, "", "{words:?}");
            if words.contains(&"--frob") && !["undo", "init"].contains(&words[0]) {
                run.says("error: unexpected argument `--frob` found").says(&format!("error: {why}"));
            }
        }
        sandbox
            .run_with(&["-C", place, "minor"], &[("RELEASE_ASSUME_YES", "perhaps")])
            .expect(2)
            .says("RELEASE_ASSUME_YES is `perhaps`");
    }
    // A configuration that is named is asked which options there are.
    let named = ["-C", "..", "--config", "other.toml", "minor"];
    sandbox.refused(2, &[&named[..], &["--frob", "1"]].concat()).says("unexpected argument `--frob` found");
    sandbox.refused(1, &named).says("error: not inside a git repository");
    // Where a configuration is there and out of order, what it would declare is not known.
    sandbox.write("trueppm-release.toml", "[release]");
    sandbox.refused(1, &["minor", "--frob", "1"]).says("trueppm-release.toml:1:1: ");
}

#[test]
fn a_folder_below_the_top_is_as_good_as_the_top() {
    let sandbox = Sandbox::suite();
    let top = sandbox.refused(0, &["minor", "-n"]);
    let below = sandbox.refused(0, &["-C", "packages/web", "minor", "-n"]);
    assert_eq!(below.stdout, top.stdout);
    sandbox.run(&["-C", "packages/web", "minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
}
