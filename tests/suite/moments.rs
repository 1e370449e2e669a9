//! Steps and checks at their moments: what they are run with, what they may write, what their exit codes mean, and what
//! is left of them when a release does not happen. What goes wrong while a step runs is in `steps.rs`.

mod after_gate;
mod checks;
mod left_out;
mod order;
mod outputs;
mod said;
mod variables;

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::origin::{Origin, executable};
use crate::sandbox::{Run, Sandbox};

/// A package of one file, with more configuration behind the least there can be.
pub(crate) fn package(version: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("package.json", format!("{{\n  \"version\": \"{version}\"\n}}\n"));
    sandbox.write("README.md", "A package.\n");
    sandbox.write(
        "trueppm-release.toml",
        format!(
            "[release]\nversion-from = \"package.json\"\ncommit-message = \"Release {{version}}\"\n\n\
             [[tag]]\nname = \"v{{version}}\"\nmessage = \"Release {{version}}\"\n\n\
             [[manifest]]\npath = \"package.json\"\n\n{more}"
        ),
    );
    sandbox.commit_all("feat: begin");
    sandbox
}

/// A script in place of a step's program, as TOML.
fn bash(script: &str) -> String {
    format!("run = [\"bash\", \"-c\", '''{}''']\n", script.replace('{', "{{").replace('}', "}}"))
}

/// A step with this script.
fn step(name: &str, script: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\n{}{more}\n\n", bash(script))
}

/// A check with this script.
fn check(name: &str, script: &str, more: &str) -> String {
    format!("[[check]]\nname = \"{name}\"\n{}{more}\n\n", bash(script))
}

/// Runs a minor release that must fail on the way and leave nothing behind but unreachable objects.
#[track_caller]
fn stops(sandbox: &Sandbox) -> Run {
    let before = sandbox.state().without_objects();
    let run = sandbox.run(&["minor", "--yes"]).expect(4);
    before.assert_same(&sandbox.state().without_objects());
    run.says("nothing was released, and every file is as it was before")
}

/// A release that must go through, with a clean work tree after it.
#[track_caller]
fn releases(sandbox: &Sandbox) -> Run {
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    run
}

/// The paths that the release commit changed, with their letters.
fn changed(sandbox: &Sandbox) -> String {
    sandbox.git(&["show", "--format=", "--name-status", "--no-renames", "HEAD"]).replace('\t', " ")
}

#[test]
fn a_step_has_its_environment_its_folder_and_the_version_in_its_arguments() {
    let sandbox = package(
        "0.1.0",
        "[[step]]\nname = \"notes\"\n\
         run = [\"bash\", \"-c\", 'echo \"$0 $1 $VERSION $(basename \"$PWD\")\" > notes.txt', \"{pep440}\", \"v{major}.{minor}\"]\n\
         environment = { VERSION = \"from {previous} to {version}\" }\nfolder = \"docs/api\"\nwrites = [\"docs/api/notes.txt\"]\n",
    );
    sandbox.write("docs/api/keep", "");
    sandbox.commit_all("docs: a folder");
    sandbox.run(&["minor", "beta", "--yes"]).expect(0);
    assert_eq!(
        sandbox.git(&["show", "HEAD:docs/api/notes.txt"]),
        "0.2.0b1 v0.2 from 0.1.0 to 0.2.0-beta.1 api\n"
    );
}

#[test]
fn the_folder_of_a_step_is_one_of_the_repository_and_no_link() {
    let sandbox = package("0.1.0", &step("elsewhere", "touch here", "folder = \"docs\""));
    for there in [false, true] {
        if there {
            std::os::unix::fs::symlink(sandbox.around(), sandbox.root().join("docs")).expect("a link");
            sandbox.commit_all("docs: a link");
        }
        stops(&sandbox).says("step `elsewhere` runs in `docs`, which is not a folder here");
    }
    assert!(!sandbox.around().join("here").exists());
}

#[test]
fn everything_that_matches_a_pattern_becomes_part_of_the_release_and_nothing_else() {
    let script = "echo new > docs/notes/0.2.md; echo changed > docs/notes/deep/old.md; rm docs/notes/gone.md; \
                  echo no > docs/notes/cache.tmp; echo ignored > docs/notes/ignored.md";
    let sandbox = package("0.1.0", &step("notes", script, "writes = [\"docs/notes/**/*.md\"]"));
    for path in ["docs/notes/deep/old.md", "docs/notes/gone.md", "docs/notes/same.md", "docs/other.md"] {
        sandbox.write(path, "old\n");
    }
    sandbox.write(".gitignore", "ignored.md\n");
    sandbox.commit_all("docs: notes");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(
        changed(&sandbox),
        "A docs/notes/0.2.md\nM docs/notes/deep/old.md\nD docs/notes/gone.md\nM package.json\n"
    );
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? docs/notes/cache.tmp\n");
}

#[test]
fn what_a_failing_step_wrote_where_a_pattern_matches_is_put_back_with_its_folders() {
    let script = "mkdir -p docs/new/deep; echo new > docs/new/deep/a.md; echo changed > docs/old.md; rm docs/gone.md; exit 1";
    let sandbox = package("0.1.0", &step("notes", script, "writes = [\"docs/**\"]"));
    sandbox.write("docs/old.md", "old\n");
    sandbox.write("docs/gone.md", "old\n");
    sandbox.commit_all("docs: notes");
    stops(&sandbox).says("step `notes` failed: exit code 1");
    // The same when a later step fails.
    let config = sandbox.read("trueppm-release.toml").replace("exit 1", "exit 0");
    sandbox.write("trueppm-release.toml", config + &step("later", "exit 3", ""));
    sandbox.commit_all("chore: another step");
    stops(&sandbox).says("step `later` failed: exit code 3");
}

#[test]
fn an_untracked_file_where_a_pattern_matches_is_refused_before_anything_is_written() {
    let sandbox = package("0.1.0", &step("notes", "true", "writes = [\"docs/**/*.md\"]"));
    sandbox.write("docs/a/mine.md", "mine\n");
    sandbox.write("docs/a/mine.txt", "mine\n");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    let run = run.says("untracked files lie where the release reads or writes\n  docs/a/mine.md\n");
    assert!(!run.stderr.contains("mine.txt"), "{}", run.stderr);
    // A step that does not run takes nothing for its own.
    sandbox.run(&["minor", "--yes", "--skip-step", "notes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? docs/\n");
}

#[test]
fn a_link_or_an_unreadable_name_that_a_pattern_matches_stops_the_release() {
    let sandbox = package("0.1.0", &step("notes", "ln -s /etc/passwd docs/a.md", "writes = [\"docs/*.md\"]"));
    sandbox.write("docs/keep", "");
    sandbox.commit_all("docs: a folder");
    stops(&sandbox).says("`docs/a.md`, which is not stored as plain text here: is a symbolic link");
    let sandbox = package("0.1.0", &step("notes", "echo x > $'docs/a\\nb.md'", "writes = [\"docs/*.md\"]"));
    sandbox.write("docs/keep", "");
    sandbox.commit_all("docs: a folder");
    stops(&sandbox).says("a step wrote `docs/a\\nb.md`, whose name is not plain UTF-8 text");
}

#[test]
fn a_step_that_skips_is_put_back_and_nothing_is_demanded_of_it() {
    let promise = "writes = [\"a.json\", \"docs/*.md\"]\nexpect = [{ path = \"a.json\", key = \"/version\", value = \"{version}\" }]\n\
                   exit-codes = { 75 = \"skip\" }";
    let sandbox = package("0.1.0", &step("notes", "echo {} > a.json; echo x > docs/a.md; exit 75", promise));
    sandbox.write("a.json", "{\"version\": \"0.1.0\"}\n");
    sandbox.write("docs/keep", "");
    sandbox.commit_all("docs: notes");
    releases(&sandbox).says("step `notes` has nothing to do for this release (exit code 75)");
    assert_eq!(changed(&sandbox), "M package.json\n");
}

#[test]
fn a_step_that_skips_leaves_what_an_earlier_one_wrote() {
    let more = step("first", "echo first > a.txt; echo first > new.txt", "writes = [\"a.txt\", \"new.*\"]")
        + &step(
            "second",
            "echo second > a.txt; rm new.txt; exit 75",
            "writes = [\"*.txt\"]\nexit-codes = { 75 = \"skip\" }",
        );
    let sandbox = package("0.1.0", &more);
    sandbox.write("a.txt", "old\n");
    sandbox.commit_all("docs: a");
    releases(&sandbox);
    assert_eq!(sandbox.git(&["show", "HEAD:a.txt"]), "first\n");
    assert_eq!(sandbox.git(&["show", "HEAD:new.txt"]), "first\n");
}

#[test]
fn exit_codes_mean_what_the_configuration_says() {
    for (codes, script, code) in [
        ("{ 3 = \"continue\" }", "exit 3", 0),
        ("{ 3 = \"continue\" }", "exit 4", 4),
        ("{ 0 = \"stop\", 3 = \"continue\" }", "exit 0", 4),
        ("{ 3 = \"stop\" }", "exit 3", 4),
        ("{ 0 = \"skip\" }", "exit 0", 0),
        ("{ 255 = \"continue\" }", "kill -9 $$", 4),
    ] {
        let sandbox = package("0.1.0", &step("codes", script, &format!("exit-codes = {codes}")));
        sandbox.run(&["minor", "--yes"]).expect(code);
    }
}

#[test]
fn a_best_effort_that_fails_is_a_warning_and_leaves_nothing() {
    let promise = "required = false\nwrites = [\"a.json\"]\nexpect = [{ path = \"a.json\", key = \"/version\", value = \"{version}\" }]";
    for (script, why) in [
        ("echo half > a.json; exit 9", "step `notes` failed: exit code 9"),
        ("echo {} > a.json", "step `notes` did not do what it promises"),
        ("sleep 60", "step `notes` did not end within 1 second and was stopped"),
    ] {
        let sandbox = package("0.1.0", &step("notes", script, &format!("timeout-seconds = 1\n{promise}")));
        sandbox.write("a.json", "{\"version\": \"0.1.0\"}\n");
        sandbox.commit_all("docs: notes");
        releases(&sandbox)
            .says(&format!("warning: {why}"))
            .says("it was a best effort: what it wrote is put back");
        assert_eq!(changed(&sandbox), "M package.json\n", "{script}");
    }
}

#[test]
fn a_step_runs_only_for_the_releases_it_is_for() {
    let more: String = ["stable", "pre-release", "beta", "minor-boundary"]
        .iter()
        .map(|kind| {
            step(
                kind,
                &format!("touch {kind}.ran"),
                &format!("only-when = [\"{kind}\"]\nwrites = [\"{kind}.ran\"]"),
            )
        })
        .collect::<String>()
        + &step(
            "either",
            "touch either.ran",
            "only-when = [\"alpha\", \"stable\"]\nwrites = [\"either.ran\"]",
        );
    for (current, words, expected) in [
        ("0.1.0", &["patch", "--yes"][..], "either stable"),
        ("0.1.0", &["minor", "--yes"], "either minor-boundary stable"),
        ("0.1.0", &["minor", "alpha", "--yes"], "either minor-boundary pre-release"),
        ("0.2.0-alpha.1", &["beta", "--yes"], "beta pre-release"),
    ] {
        let sandbox = package(current, &more);
        let preview = sandbox.refused(0, &[&words[..words.len() - 1], &["-n"]].concat());
        sandbox.run(words).expect(0);
        let ran = sandbox.git(&["ls-tree", "--name-only", "HEAD"]);
        let ran: Vec<&str> = ran.lines().filter_map(|path| path.strip_suffix(".ran")).collect();
        assert_eq!(ran.join(" "), expected, "{current} {words:?}");
        assert_eq!(
            preview.stdout.matches("(not for this release)").count(),
            5 - ran.len(),
            "{}",
            preview.stdout
        );
    }
}

#[test]
fn steps_run_in_the_order_of_their_moments() {
    let log = |word: &str, more: &str| format!("echo {word} >> ../log; {more}");
    let version = "cat package.json >> ../log";
    let more =
        step("d", &log("after-release", "git describe --exact-match >> ../log"), "at = \"after-release\"")
            + &step("c", &log("before-commit", ""), "at = \"before-commit\"")
            + &check("b2", &log("check-after-bump", ""), "at = \"after-bump\"")
            + &step("b", &log("after-bump", version), "")
            + &step("a3", &log("after-gate", version), "at = \"after-gate\"")
            + &step("a", &log("before-gate", version), "at = \"before-gate\"")
            + &check("a2", &log("check-before-gate", ""), "");
    let sandbox = package("0.1.0", &more);
    releases(&sandbox);
    let log = std::fs::read_to_string(sandbox.around().join("log")).expect("they ran");
    assert_eq!(
        log.lines().filter(|line| !line.starts_with(['{', '}'])).collect::<Vec<_>>(),
        [
            "before-gate",
            "  \"version\": \"0.1.0\"",
            "check-before-gate",
            "after-gate",
            "  \"version\": \"0.1.0\"",
            "check-after-bump",
            "after-bump",
            "  \"version\": \"0.2.0\"",
            "before-commit",
            "after-release",
            "v0.2.0"
        ]
    );
}

#[test]
fn a_dry_run_runs_nothing_and_lists_everything_with_the_names_of_the_environment_only() {
    let touch = |word: &str| format!("touch ../{word}");
    let more = check(
        "gate",
        &touch("gate"),
        "environment = { API_TOKEN = \"glpat-value\", VERSION = \"{version}\" }\nfolder = \"docs\"\nexit-codes = { 75 = \"skip\" }\n\
         passes = { json = \"/open\", value = [\"{version}\", 1] }\ntimeout-seconds = 30\nonly-when = [\"stable\", \"rc\"]",
    ) + &step(
        "notes",
        &touch("notes"),
        "writes = [\"a.json\", \"docs/*.md\"]\nrequired = false\n\
         expect = [{ path = \"a.json\", key = \"/v\", value = \"{base}\" }]",
    ) + &check(
        "quiet",
        &touch("quiet"),
        "at = \"before-commit\"\npasses = { empty-output = true }",
    ) + &step("tell", &touch("tell"), "at = \"after-release\"");
    let sandbox = package("0.1.0", &more);
    let before = sandbox.state_around();
    let run = sandbox.run(&["minor", "--dry-run", "--skip-step", "tell"]).expect(0);
    before.assert_same(&sandbox.state_around());
    let run = run.shows(
        "\
Checks, before the question is asked:
  gate: bash -c touch ../gate
    only when stable or rc
    in docs
    with API_TOKEN, VERSION in its environment
    passes with [\"0.2.0\",1] at /open in its output
    exit codes: 0 continue, 75 skip, any other stop
    stopped after 30 seconds

Steps, after the files are written:
  notes: bash -c touch ../notes
    writes a.json
    writes what matches docs/*.md
    then a.json must hold 0.2.0 at /v
    best effort: a failure is a warning

Checks, before the commit:
  quiet: bash -c touch ../quiet
    passes with no output

Steps, after the release:
  tell: bash -c touch ../tell  (left out)
",
    );
    let run = run.shows("  note    : step `tell` is left out (--skip-step)");
    assert!(!run.stdout.contains("glpat") && !run.stderr.contains("glpat"));
}

#[test]
fn a_step_must_not_change_what_only_a_step_that_skipped_may_write() {
    let more = step("skips", "exit 75", "writes = [\"README.md\"]\nexit-codes = { 75 = \"skip\" }")
        + &step("careless", "echo x > README.md", "");
    let sandbox = package("0.1.0", &more);
    sandbox
        .run(&["minor", "--yes"])
        .expect(4)
        .says("a step changed files that it does not declare\n  README.md\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_promise_can_be_about_any_format() {
    let promise = "writes = [\"Cargo.toml\"]\nexpect = [{ path = \"Cargo.toml\", format = \"cargo-toml\", value = \"{version}\" }]";
    let toml = "printf '[package]\\nname = \"a\"\\nversion = \"%s\"\\n' 0.2.0 > Cargo.toml";
    releases(&package("0.1.0", &step("crate", toml, promise)));
    stops(&package("0.1.0", &step("crate", &toml.replace("0.2.0", "0.1.0"), promise)))
        .says("step `crate` did not do what it promises: `Cargo.toml:3` holds `0.1.0`, expected `0.2.0`");
}

#[test]
fn a_step_after_the_release_finds_it_done_and_cannot_undo_it() {
    let more = step("announce", "git describe --exact-match > ../announced", "at = \"after-release\"")
        + &step(
            "broken",
            "echo no network; exit 7",
            "at = \"after-release\"\nenvironment = { V = \"{version}\" }",
        )
        + &step("last", "touch ../last", "at = \"after-release\"");
    let sandbox = package("0.1.0", &more);
    releases(&sandbox)
        .says("warning: step `broken` failed: exit code 7\n  | no network\n")
        .says("  the release is done all the same; by hand: V=0.2.0 bash -c 'echo no network; exit 7'");
    let announced = std::fs::read_to_string(sandbox.around().join("announced")).expect("it ran");
    assert_eq!(announced, "v0.2.0\n");
    assert!(sandbox.around().join("last").exists());
}

#[test]
fn with_a_push_the_steps_after_the_release_wait_until_the_remote_has_it() {
    let announce = "git ls-remote origin refs/tags/v0.2.0 | wc -l > ../announced";
    let sandbox = package("0.1.0", &step("announce", announce, "at = \"after-release\""));
    let origin = Origin::of(&sandbox);
    origin.hook("pre-receive", "#!/bin/sh\necho not today\nexit 1\n");
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("warning: step `announce` was not run: the remote does not have the release")
        .says("once the release is where it should be, by hand: bash -c 'git ls-remote");
    assert!(!sandbox.around().join("announced").exists());
    sandbox.run(&["undo", "--yes"]).expect(0);
    origin.remove_hook("pre-receive");
    sandbox.run(&["minor", "--yes", "--push"]).expect(0);
    let announced = std::fs::read_to_string(sandbox.around().join("announced")).expect("it ran");
    assert_eq!(announced.trim(), "1");
}

/// Starts a release and sends it a signal as soon as a step of it has made the file `started` beside the repository.
fn interrupted(sandbox: &Sandbox) -> Run {
    let mut command = sandbox.command(&["minor", "--yes"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("binary starts");
    while !sandbox.around().join("started").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(process, Signal::TERM).expect("the signal is sent");
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn a_signal_while_a_step_after_the_release_runs_leaves_the_release_and_names_what_is_left() {
    let at = "at = \"after-release\"";
    let more = step("slow", "touch ../started; sleep 60", at) + &step("next", "touch ../next", at);
    let sandbox = package("0.1.0", &more);
    interrupted(&sandbox)
        .expect(0)
        .says("warning: interrupted while step `slow` was running\n  the release is done all the same; by hand: ")
        .says("warning: step `next` was not run: interrupted");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert!(!sandbox.around().join("next").exists());
}

#[test]
fn a_hook_may_format_and_stage_what_a_pattern_matched_but_not_leave_it_unstaged() {
    for (hook, code) in [("git add docs/a.md", 0), ("true", 4)] {
        let sandbox = package("0.1.0", &step("notes", "echo raw > docs/a.md", "writes = [\"docs/*.md\"]"));
        sandbox.write("docs/keep", "");
        sandbox.commit_all("docs: a folder");
        let script = format!("#!/bin/sh\necho formatted > docs/a.md\n{hook}\n");
        executable(&sandbox.root().join(".git/hooks/pre-commit"), &script);
        let run = sandbox.run(&["minor", "--yes"]).expect(code);
        if code == 0 {
            assert_eq!(sandbox.git(&["show", "v0.2.0:docs/a.md"]), "formatted\n");
        } else {
            let run = run.says("a hook changed files of the release without staging them\n  docs/a.md\n");
            assert!(run.stderr.contains("every file is as it was before"), "{}", run.stderr);
            assert!(!sandbox.exists("docs/a.md"));
        }
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn three_tags_and_one_that_only_stable_releases_get_are_made_and_taken_back() {
    let more = "[[tag]]\nname = \"api-v{pep440}\"\nmessage = \"API {pep440}, after {previous}\"\nstarts = [\"api:publish: {tag}\"]\n\n\
                [[tag]]\nname = \"docs/{major}.{minor}/{base}\"\nmessage = \"Docs of {tag}\"\nonly-when = [\"stable\"]\n\n";
    let sandbox = package("0.1.0", more);
    let origin = Origin::of(&sandbox);
    for (words, tags) in [
        (&["minor", "beta", "--yes"][..], "api-v0.2.0b1\nv0.2.0-beta.1\n"),
        (&["release", "--yes"], "api-v0.2.0\ndocs/0.2/0.2.0\nv0.2.0\n"),
    ] {
        sandbox.run(words).expect(0).shows("api:publish: api-v0.2.0");
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), tags);
    }
    assert_eq!(
        sandbox.git(&["tag", "-l", "--format=%(contents)", "api-v0.2.0"]),
        "API 0.2.0, after 0.2.0-beta.1\n\n"
    );
    assert_eq!(sandbox.git(&["tag", "-l", "--format=%(contents)", "docs/*"]), "Docs of docs/0.2/0.2.0\n\n");
    assert!(!origin.refs().contains("docs/"));
    for _ in 0..2 {
        sandbox.run(&["undo", "--yes"]).expect(0);
    }
    assert_eq!(sandbox.git(&["tag"]), "");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}
