//! The dry run from every place, what it reads and what its exit code says; and the words, options and variables
//! around a release: date, configuration, steps left out, consent, quiet, colour, help.

use std::process::Command;

use trueppm_release::error::Kind;

use crate::common::pty::Launch;
use crate::sandbox::{DATE, Run, Sandbox};

const RELEASE_TOML: &str = "trueppm-release.toml";

/// Runs a command that must leave everything as it was, whatever its exit code.
#[track_caller]
fn writes_nothing(sandbox: &Sandbox, code: i32, words: &[&str]) -> Run {
    sandbox.refused_by(code, &mut sandbox.command(words))
}

/// A dry run from a place that only a circumstance is wrong about: listed, exit code 0, and 1 with `--strict`.
#[track_caller]
fn circumstance(sandbox: &Sandbox, words: &[&str], message: &str) -> Run {
    let words: Vec<&str> = words.iter().copied().chain(["--dry-run"]).collect();
    let run = writes_nothing(sandbox, 0, &words);
    assert_eq!(run.stdout.matches(&format!("\n  here: {message}\n")).count(), 1, "{}", run.stdout);
    let strict: Vec<&str> = words.iter().copied().chain(["--strict"]).collect();
    writes_nothing(sandbox, 1, &strict).says("error: a release would be refused: 1 problem, listed above\n");
    run
}

/// The built-in configuration with one text replaced.
fn configuration(from: &str, to: &str) -> String {
    let built_in = trueppm_release::config::built_in();
    assert!(built_in.contains(from), "the built-in profile does not hold `{from}`");
    built_in.replacen(from, to, 1)
}

mod places {
    use super::*;

    #[test]
    fn in_a_clean_place_nothing_is_written_and_nothing_is_wrong() {
        let sandbox = Sandbox::suite();
        for words in [&["minor"][..], &["minor", "alpha"], &["patch"], &["3.0.0-rc.7"]] {
            let words: Vec<&str> = words.iter().copied().chain(["--dry-run", "--strict"]).collect();
            let run = writes_nothing(&sandbox, 0, &words);
            assert!(!run.stdout.contains("  here: ") && !run.stdout.contains("  error: "), "{}", run.stdout);
            run.says("dry run: nothing was written\n").shows("About to cut a release:\n");
        }
        writes_nothing(&sandbox, 0, &["minor", "-n"]);
    }

    #[test]
    fn an_index_that_git_would_refresh_is_not_written_either() {
        let sandbox = Sandbox::suite();
        // The same bytes anew: git status would now write the index with the new times.
        for path in ["README.md", "CHANGELOG.md", "packages/web/package.json"] {
            let text = sandbox.read(path);
            sandbox.remove(path);
            sandbox.write(path, text);
        }
        writes_nothing(&sandbox, 0, &["minor", "--dry-run", "--strict"]);
        writes_nothing(&sandbox, 0, &[]);
    }

    #[test]
    fn on_another_branch_and_a_detached_head_the_plan_is_the_same() {
        let sandbox = Sandbox::suite();
        let clean = sandbox.run(&["minor", "--dry-run"]).expect(0).stdout;
        let (gate, rest) = clean.split_once("\n\n").expect("a gate");
        sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
        let branch = circumstance(&sandbox, &["minor"], "not on `main`: the checked-out branch is `feature`");
        sandbox.git(&["checkout", "--quiet", "--detach"]);
        let detached = circumstance(&sandbox, &["minor"], "not on `main`: HEAD is detached");
        for (run, place) in [(branch, "feature"), (detached, "main")] {
            assert!(run.stdout.starts_with(gate), "{}", run.stdout);
            let rest = rest.replace("Commit on main:", &format!("Commit on {place}:"));
            assert!(run.stdout.ends_with(&rest), "{}", run.stdout);
        }
    }

    #[test]
    fn in_a_merge_request_pipeline_of_a_shallow_clone_it_works() {
        let sandbox = Sandbox::suite();
        sandbox.write("docs/more.md", "more\n");
        sandbox.commit_all("docs: more");
        let url = format!("file://{}", sandbox.root().display());
        sandbox.git(&["clone", "--quiet", "--depth=1", "--no-tags", &url, "../shallow"]);
        sandbox.git(&["-C", "../shallow", "checkout", "--quiet", "--detach"]);
        assert_eq!(sandbox.git(&["-C", "../shallow", "rev-parse", "--is-shallow-repository"]), "true\n");
        let command = || {
            let mut command = sandbox.command(&["-C", "../shallow", "minor", "--dry-run"]);
            command.envs([
                ("GITLAB_CI", "true"),
                ("CI_MERGE_REQUEST_IID", "7"),
                ("CI_COMMIT_SHA", "0123456789012345678901234567890123456789"),
            ]);
            command
        };
        let run = sandbox.refused_by(0, &mut command());
        run.shows("  here: not on `main`: HEAD is detached in a merge-request pipeline\n")
            .shows("  new     : 0.2.0   <- suggested\n")
            .shows("\n+## [0.2.0] - ");
        sandbox.refused_by(1, command().arg("--strict"));
    }

    #[test]
    fn a_dirty_tree_is_previewed_from_the_committed_bytes_and_what_would_have_mattered_is_named() {
        let sandbox = Sandbox::suite();
        let clean = sandbox.run(&["minor", "--dry-run", "-v"]).expect(0).stdout;
        sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"7.7.7\"");
        sandbox.replace("CHANGELOG.md", "- Milestones keep", "- UNCOMMITTED keep");
        sandbox.write("changelog.d/101.added.md", "UNCOMMITTED\n");
        sandbox.remove("changelog.d/102.added.md");
        sandbox.write("README.md", "UNCOMMITTED\n");
        sandbox.git(&["add", "CHANGELOG.md"]);
        let run = circumstance(&sandbox, &["minor", "-v"], "working tree is not clean");
        let matters = " (the release reads it: the committed version counts)";
        run.shows(&format!("      staged: CHANGELOG.md{matters}\n      changed: README.md\n"))
            .shows(&format!(
                "      changed: changelog.d/101.added.md{matters}\n      deleted: changelog.d/102.added.md{matters}\n"
            ))
            .shows(&format!("      changed: packages/web/package.json{matters}\n"));
        let dirty = sandbox.run(&["minor", "--dry-run", "-v"]).expect(0).stdout;
        assert!(!dirty.contains("7.7.7") && !dirty.contains("UNCOMMITTED"), "{dirty}");
        let (_, plan) = clean.split_once("\nFiles:\n").expect("the files");
        assert!(dirty.ends_with(&format!("\nFiles:\n{plan}")), "{dirty}");
        // A pre-release reads no fragments, so theirs do not matter to it.
        writes_nothing(&sandbox, 0, &["alpha", "--dry-run"])
            .shows("      staged: CHANGELOG.md\n")
            .shows("      changed: changelog.d/101.added.md\n");
    }

    #[test]
    fn a_content_problem_makes_it_1_with_and_without_strict_and_the_plan_is_shown_all_the_same() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["tag", "v0.2.0"]);
        sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
        for (mode, counted) in [(&[][..], "1 problem"), (&["--strict"], "2 problems")] {
            let words: Vec<&str> = ["minor", "--dry-run"].iter().chain(mode).copied().collect();
            writes_nothing(&sandbox, 1, &words)
                .says(&format!("error: a release would be refused: {counted}, listed above\n"))
                .shows("  error: tag `v0.2.0` already exists\n")
                .shows("  here: not on `main`: the checked-out branch is `feature`\n")
                .shows("\nFiles:\n")
                .shows("\ndiff --git a/CHANGELOG.md b/CHANGELOG.md\n");
        }
    }

    #[test]
    fn nobody_needs_to_be_asked_for_a_dry_run() {
        let sandbox = Sandbox::suite();
        let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run"]);
        assert!(!run.stdout.contains("no terminal"), "{}", run.stdout);
        // --dry-run stands over --yes, whatever their order.
        writes_nothing(&sandbox, 0, &["minor", "--yes", "--dry-run"]);
        let mut command = sandbox.command(&["minor", "-n"]);
        sandbox.refused_by(0, command.env("RELEASE_ASSUME_YES", "1"));
    }

    #[test]
    fn packed_references_and_a_missing_temporary_folder_do_not_matter() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["pack-refs", "--all"]);
        sandbox.git(&["gc", "--quiet"]);
        let mut command = sandbox.command(&["minor", "-n", "--strict"]);
        sandbox.refused_by(0, command.env("TMPDIR", "/nonexistent")).shows("  new     : 0.2.0");
    }
}

mod configuration {
    use super::*;

    #[test]
    fn an_uncommitted_configuration_is_used_by_a_dry_run_that_says_so_and_refused_by_a_release() {
        let sandbox = Sandbox::suite();
        let message = "the configuration `trueppm-release.toml` is not committed as it is used here";
        sandbox.write(RELEASE_TOML, configuration("name = \"v{version}\"", "name = \"suite-{version}\""));
        sandbox.replace(RELEASE_TOML, "tag = \"v{version}\"", "tag = \"suite-{version}\"");
        circumstance(&sandbox, &["minor"], message).shows("  tags    : suite-0.2.0, scheduler-v0.2.0\n");
        let run = sandbox.refused(1, &["minor", "--yes"]);
        assert_eq!(
            run.stderr,
            format!("error: {message}\nhint: run `git add {RELEASE_TOML} && git commit`, or move it away\n")
        );
        sandbox.commit_all("chore: configure");
        writes_nothing(&sandbox, 0, &["minor", "--dry-run", "--strict"]).shows("suite-0.2.0");

        sandbox.replace(RELEASE_TOML, "suite-{version}", "changed-{version}");
        sandbox.replace(RELEASE_TOML, "tag = \"suite-{version}\"", "tag = \"changed-{version}\"");
        let run = sandbox.refused(1, &["minor", "--yes"]);
        run.says(&format!(
            "error: {message}\nhint: run `git add {RELEASE_TOML} && git commit`, or take it back with `git checkout HEAD -- \
             {RELEASE_TOML}`\n"
        ))
        .says("error: working tree is not clean\n  changed: trueppm-release.toml\n");
        writes_nothing(&sandbox, 0, &["minor", "--dry-run"])
            .shows(&format!("  here: {message}\n"))
            .shows("  tags    : changed-0.2.0, scheduler-v0.2.0\n");
        sandbox.git(&["checkout", "--quiet", "--", RELEASE_TOML]);
        sandbox.run(&["minor", "--yes"]).expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nsuite-0.2.0\n");
    }

    #[test]
    fn a_faulty_configuration_is_refused_with_its_place_in_every_mode() {
        let sandbox = Sandbox::suite();
        sandbox.write(RELEASE_TOML, configuration("branch = \"main\"", "brunch = \"main\""));
        sandbox.commit_all("chore: configure");
        for words in [&["minor", "--yes"][..], &["minor", "--dry-run"], &[]] {
            writes_nothing(&sandbox, 1, words)
                .says("error: trueppm-release.toml:13:1: unknown key `brunch` in `[release]`\n")
                .says("hint: did you mean `branch`?\n");
        }
    }

    #[test]
    fn config_replaces_the_built_in_and_the_repositorys_own_and_counts_from_where_it_runs() {
        let sandbox = Sandbox::suite();
        sandbox.write(RELEASE_TOML, configuration("branch = \"main\"", "branch = \"never\""));
        sandbox.commit_all("chore: configure");
        let text = configuration("name = \"scheduler-v{pep440}\"", "name = \"engine-v{pep440}\"");
        let text = text.replace("tag = \"scheduler-v{pep440}\"", "tag = \"engine-v{pep440}\"");
        sandbox.write("../other.toml", &text);
        let absolute = sandbox.around().join("other.toml").display().to_string();
        for words in [
            &["minor", "--dry-run", "--strict", "--config", "../other.toml"][..],
            &["minor", "--dry-run", "--strict", "--config", &absolute],
            &["-C", "packages/web", "--config", "../../../other.toml", "minor", "-n", "--strict"],
        ] {
            writes_nothing(&sandbox, 0, words).shows("  tags    : v0.2.0, engine-v0.2.0\n");
        }
        sandbox.run(&["minor", "--yes", "--config", "../other.toml"]).expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "engine-v0.2.0\nv0.2.0\n");
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_refused_by_name() {
        let sandbox = Sandbox::suite();
        let run = writes_nothing(&sandbox, 1, &["minor", "--yes", "--config", "no.toml"]);
        assert_eq!(
            run.stderr,
            "error: configuration `no.toml` cannot be read: there is no such file\n\
             hint: check the path that follows `--config`\n"
        );
        writes_nothing(&sandbox, 1, &["minor", "-n", "--config", "docs"])
            .says("cannot be read: it is a folder");
    }
}

mod date {
    use super::*;

    fn heading(run: &Run) -> String {
        let added = run.stdout.lines().find(|line| line.starts_with("+## [0.2.0] - "));
        added.expect("a heading").trim_start_matches("+## [0.2.0] - ").to_owned()
    }

    #[test]
    fn the_date_comes_from_the_option_then_from_source_date_epoch_then_from_the_clock() {
        let sandbox = Sandbox::suite();
        let dry = &["minor", "--dry-run"];
        assert_eq!(heading(&sandbox.run(dry).expect(0)), DATE);
        let option = &["minor", "--dry-run", "--date", "2024-02-29"];
        assert_eq!(heading(&sandbox.run(option).expect(0)), "2024-02-29");
        // The last second of a day in UTC, whatever the zone of this place.
        let variables = [("SOURCE_DATE_EPOCH", "86399"), ("TZ", "Asia/Tokyo")];
        assert_eq!(heading(&sandbox.run_with(dry, &variables).expect(0)), "1970-01-01");
        let today = || {
            let output = Command::new("date").arg("+%F").env("TZ", "UTC").output().expect("date runs");
            String::from_utf8(output.stdout).expect("a date").trim().to_owned()
        };
        let before = today();
        let clock = heading(&sandbox.run_with(dry, &[("SOURCE_DATE_EPOCH", "")]).expect(0));
        assert!(before <= clock && clock <= today(), "{clock}");
        sandbox.run(&["minor", "--yes", "--date", "2031-12-24"]).expect(0);
        assert!(sandbox.read("CHANGELOG.md").contains("\n## [0.2.0] - 2031-12-24\n"));
    }

    #[test]
    fn what_is_no_date_is_wrong_usage() {
        let sandbox = Sandbox::suite();
        for text in ["2026-02-30", "2026-2-3", "03.02.2026", "", "today", "+12026-01-01", "0000-01-01"] {
            let run = sandbox.refused(2, &["minor", "--yes", &format!("--date={text}")]);
            assert_eq!(
                run.stderr,
                format!(
                    "error: `--date {text}` is not a date\n\
                     hint: write it as YYYY-MM-DD, for example `--date 2026-06-29`\n"
                )
            );
        }
        for text in ["yesterday", "1.5", "99999999999999999999", "999999999999", "2026-02-03"] {
            let mut command = sandbox.command(&["minor", "--dry-run"]);
            let run = sandbox.refused_by(2, command.env("SOURCE_DATE_EPOCH", text));
            assert_eq!(
                run.stderr,
                format!(
                    "error: SOURCE_DATE_EPOCH is `{text}`, which is not a usable number of seconds\n\
                     hint: set it to seconds since 1970-01-01 UTC, or unset it\n"
                )
            );
        }
    }
}

mod skipped_steps {
    use super::*;

    const SKIP: &[&str] = &["--skip-step", "OpenAPI schema"];

    fn with_skip(words: &[&'static str]) -> Vec<&'static str> {
        words.iter().chain(SKIP).copied().collect()
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_nearest_name() {
        let sandbox = Sandbox::suite();
        let run = sandbox.refused(1, &["minor", "--yes", "--skip-step", "openapi shema"]);
        assert_eq!(
            run.stderr,
            "error: `--skip-step openapi shema`: no step has that name\n\
             hint: did you mean `--skip-step 'OpenAPI schema'`?\n"
        );
        let run = sandbox.refused(1, &["minor", "--yes", "--skip-step", "tests"]);
        assert_eq!(
            run.stderr,
            "error: `--skip-step tests`: no step has that name\nhint: the steps are: `OpenAPI schema`\n"
        );
        writes_nothing(&sandbox, 1, &["minor", "-n", "--skip-step", "tests"]).shows("no step has that name");
    }

    #[test]
    fn a_promise_that_does_not_hold_without_the_step_is_refused() {
        let sandbox = Sandbox::suite();
        let message = "step `OpenAPI schema` is left out, but what it promises does not hold: \
                       `docs/api/openapi.json:5` holds `0.1.0` at `/info/version`, expected `0.2.0`";
        let hint = "make `docs/api/openapi.json` hold `0.2.0` at `/info/version`";
        let run = sandbox.refused(1, &with_skip(&["minor", "--yes"]));
        assert_eq!(run.stderr, format!("error: {message}\nhint: {hint}\n"));
        writes_nothing(&sandbox, 1, &with_skip(&["minor", "--dry-run"]))
            .shows(&format!("  error: {message}\n  hint: {hint}\n"));
        sandbox.git(&["rm", "--quiet", "docs/api/openapi.json"]);
        sandbox.commit_all("chore: no schema");
        sandbox.refused(1, &with_skip(&["minor", "--yes"])).says("but what it promises does not hold: ");
    }

    #[test]
    fn a_promise_that_holds_lets_the_release_go_without_the_step() {
        let sandbox = Sandbox::suite();
        sandbox.replace("docs/api/openapi.json", "\"0.1.0\"", "\"0.2.0\"");
        // Were it run all the same, it would fail.
        sandbox.write("scripts/export-openapi.sh", "exit 1\n");
        sandbox.commit_all("chore: the schema is exported elsewhere");
        writes_nothing(&sandbox, 0, &with_skip(&["minor", "--dry-run", "--strict"]))
            .shows("  note    : step `OpenAPI schema` is left out (--skip-step)\n")
            .shows("  OpenAPI schema: bash scripts/export-openapi.sh  (left out)\n");
        let schema = sandbox.read("docs/api/openapi.json");
        sandbox.run(&with_skip(&["minor", "--yes"])).expect(0);
        assert_eq!(sandbox.read("docs/api/openapi.json"), schema);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    }
}

mod consent {
    use super::*;

    #[test]
    fn release_assume_yes_is_1_or_it_is_not_a_yes() {
        let sandbox = Sandbox::suite();
        let nobody = "error: no terminal to confirm the release on, and nobody said yes beforehand\n\
                      hint: pass `--yes` (or set `RELEASE_ASSUME_YES=1`) to accept the computed version\n\
                      hint: or look first: the same command with `--dry-run`\n";
        assert_eq!(sandbox.refused(1, &["minor"]).stderr, nobody);
        for no in ["0", ""] {
            let run = sandbox.refused_by(1, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", no));
            assert_eq!(run.stderr, nobody, "RELEASE_ASSUME_YES={no}");
        }
        for other in ["yes", "true", "2", " 1", "no"] {
            let run = sandbox.refused_by(2, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", other));
            assert_eq!(
                run.stderr,
                format!(
                    "error: RELEASE_ASSUME_YES is `{other}`, which is neither yes nor no\n\
                     hint: set `RELEASE_ASSUME_YES=1` to accept the computed version, or unset it\n"
                )
            );
        }
        let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
        let run = sandbox.refused_by(2, sandbox.command(&["minor"]).env("RELEASE_ASSUME_YES", bytes));
        run.says("which is neither yes nor no");
        sandbox
            .run_with(&["minor"], &[("RELEASE_ASSUME_YES", "1")])
            .expect(0)
            .says("Version confirmed via RELEASE_ASSUME_YES: 0.1.0 → 0.2.0\n");
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
}

mod voice {
    use super::*;

    #[test]
    fn quiet_leaves_out_the_talk_and_keeps_data_warnings_and_errors() {
        let sandbox = Sandbox::suite();
        let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run", "-q"]);
        assert_eq!(run.stderr, "");
        run.shows("About to cut a release:\n");
        sandbox.refused(1, &["release", "--yes", "--quiet"]).says("error: 0.1.0 is already stable\n");
        sandbox.replace("packages/helm/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0.0.9");
        sandbox.commit_all("chore: drift");
        let run = sandbox.run(&["minor", "--yes", "-q"]).expect(0);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        run.says("warning: `packages/helm/Chart.yaml:5` holds version `0.0.9`").shows("git push --atomic");
    }

    #[test]
    fn colour_is_on_and_off_as_told_and_never_in_a_pipe_by_itself() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
        let coloured = |words: &[&str], variables: &[(&str, &str)]| {
            let mut command = sandbox.command(words);
            let run = sandbox.refused_by(0, command.envs(variables.iter().copied()));
            run.stdout.contains('\u{1b}')
        };
        let dry = ["minor", "--dry-run"];
        assert!(!coloured(&dry, &[]));
        assert!(!coloured(&dry, &[("CLICOLOR_FORCE", "1")]));
        assert!(!coloured(&["minor", "--dry-run", "--color", "auto"], &[]));
        assert!(!coloured(&["minor", "--dry-run", "--color=never"], &[]));
        assert!(coloured(&["minor", "--dry-run", "--color", "always"], &[]));
        // The command line stands over the environment.
        assert!(coloured(&["minor", "--dry-run", "--color", "always"], &[("NO_COLOR", "1")]));
        assert!(coloured(&["--color", "always"], &[]));
        let painted = sandbox.run(&["minor", "--dry-run", "--color", "always"]).expect(0).stdout;
        let plain = sandbox.run(&["minor", "--dry-run"]).expect(0).stdout;
        assert_eq!(dialoguer::console::strip_ansi_codes(&painted), plain);
        assert!(sandbox.refused(1, &["release", "--color", "always", "-y"]).stderr.contains("\u{1b}["));
        assert!(!sandbox.refused(1, &["release", "-y"]).stderr.contains('\u{1b}'));
    }

    #[test]
    fn on_a_terminal_there_is_colour_unless_no_color_or_a_dumb_terminal_objects() {
        let sandbox = Sandbox::suite();
        let shown = |arguments: &[&str], variables: &[(&str, &str)]| {
            let mut launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release"))
                .arguments(arguments.iter().copied())
                .directory(sandbox.root());
            for (name, value) in sandbox.variables() {
                launch = launch.environment(&name, &value);
            }
            for (name, value) in variables {
                launch = launch.environment(name, value);
            }
            let mut session = launch.start();
            assert_eq!(session.exit_code(), 0, "{}", session.dump());
            session.bytes().contains(&0x1b)
        };
        assert!(shown(&[], &[]));
        assert!(!shown(&[], &[("NO_COLOR", "1")]));
        assert!(shown(&[], &[("NO_COLOR", "")]));
        assert!(!shown(&[], &[("TERM", "dumb")]));
        assert!(!shown(&["--color", "never"], &[]));
        assert!(shown(&["--color", "always"], &[("NO_COLOR", "1")]));
    }

    #[test]
    fn names_with_escape_sequences_reach_no_terminal() {
        let sandbox = Sandbox::suite();
        sandbox.write("docs/\u{1b}[2Jgone.md", "text\n");
        sandbox.git(&["add", "--all"]);
        let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run"]);
        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
        run.shows("docs/\\u{1b}[2Jgone.md");
        let run = sandbox.refused(1, &["minor", "--yes"]);
        assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
}

mod status {
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
            .shows("1 file there that is no fragment: `--dry-run` names it\n")
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
}

mod help {
    use super::*;

    /// Every kind of end; a new one does not compile until it stands here, and then it is looked for in the help.
    fn kinds() -> Vec<Kind> {
        let all =
            [Kind::Refused, Kind::Usage, Kind::Declined, Kind::RolledBack, Kind::RecoveryNeeded, Kind::Bug];
        for kind in all {
            match kind {
                Kind::Refused
                | Kind::Usage
                | Kind::Declined
                | Kind::RolledBack
                | Kind::RecoveryNeeded
                | Kind::Bug => {}
            }
        }
        all.to_vec()
    }

    fn help() -> String {
        let sandbox = Sandbox::empty();
        let run = sandbox.run(&["--help"]).expect(0);
        assert_eq!(run.stderr, "");
        run.stdout
    }

    fn section(help: &str, heading: &str) -> Vec<String> {
        let lines = help.lines().skip_while(|line| *line != heading).skip(1);
        let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect();
        assert!(!lines.is_empty(), "no `{heading}` in\n{help}");
        lines
    }

    #[test]
    fn the_exit_codes_in_the_help_are_those_of_the_program() {
        let listed: Vec<u8> = section(&help(), "Exit codes:")
            .iter()
            .map(|line| {
                let (code, meaning) = line.trim_start().split_once(' ').expect("a code and its meaning");
                assert!(!meaning.trim().is_empty(), "{line}");
                code.parse().expect("a number")
            })
            .collect();
        let mut defined: Vec<u8> = kinds().into_iter().map(|kind| kind as u8).collect();
        defined.insert(0, 0);
        assert_eq!(listed, defined);
    }

    #[test]
    fn every_example_of_the_help_works() {
        let help = help();
        let examples = section(&help, "Examples:");
        assert!(examples.len() >= 3, "{examples:#?}");
        for example in &examples {
            let (command, meaning) =
                example.trim_start().split_once("  ").expect("a command and its meaning");
            assert!(!meaning.trim().is_empty(), "{example}");
            let words: Vec<&str> = command.split(' ').collect();
            assert_eq!(words[0], "trueppm-release");
            let sandbox = Sandbox::suite();
            let kept = sandbox.around().display().to_string();
            let mut command = sandbox.command(&words[1..]);
            command.env("RELEASE_ASSUME_YES", "1").env("TMPDIR", kept);
            Run::from(command.output().expect("binary starts")).expect(0);
        }
    }

    #[test]
    fn what_the_help_says_that_words_give_is_what_they_give() {
        let help = help();
        let said = section(&help, "WORDS is one of:").join("\n");
        for (words, current, pep440, base) in [
            ("patch", "0.1.0", "0.1.0", "0.1.0"),
            ("minor", "0.1.0", "0.1.0", "0.1.0"),
            ("major", "0.1.0", "0.1.0", "0.1.0"),
            ("minor alpha", "0.1.0", "0.1.0", "0.1.0"),
            ("alpha", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
            ("beta", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
            ("rc", "0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
            ("release", "0.2.0-rc.1", "0.2.0rc1", "0.2.0"),
        ] {
            let sandbox = Sandbox::suite_at(current, pep440, base);
            let words: Vec<&str> = words.split(' ').chain(["-n"]).collect();
            let run = sandbox.run(&words).expect(0);
            let new =
                run.stdout.lines().find_map(|line| line.strip_prefix("  new     : ")).expect("a version");
            let new = new.split(' ').next().expect("a version");
            let line = said.lines().find(|line| {
                let given = line.split_once(&format!("{current} → ")).map(|(_, given)| given);
                // `-beta.1` stands for the same release part.
                let gives = |given: &str| given == new || format!("{base}{given}") == new;
                given.is_some_and(|given| given.split([' ', ',']).any(gives))
            });
            assert!(line.is_some(), "the help does not say that {words:?} makes {new} of {current}:\n{said}");
        }
    }

    #[test]
    fn the_short_help_and_the_version_are_data() {
        let sandbox = Sandbox::empty();
        let run = sandbox.run(&["--version"]).expect(0);
        assert_eq!(run.stdout, format!("trueppm-release {}\n", env!("CARGO_PKG_VERSION")));
        assert_eq!(run.stderr, "");
        sandbox.run(&["-h"]).expect(0).shows("Exit codes:\n").shows("Examples:\n");
        // Help is given in a broken place too, and looks at nothing.
        sandbox.write(RELEASE_TOML, "not toml");
        writes_nothing(&sandbox, 0, &["--help"]);
    }
}
