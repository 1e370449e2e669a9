//! Pins: a tag of another repository is checked, written wherever the configuration says, and goes into the release
//! commit; whatever is wrong with it refuses the release and changes nothing.

use std::path::PathBuf;
use std::process::Stdio;

use crate::common::pty::{Launch, Session};
use crate::origin::{assert_all_ended, executable};
use crate::sandbox::Sandbox;

/// A package whose image builds on another project's.
const CONFIG: &str = "\
[release]
version-from = \"package.json\"
commit-message = \"Release {version}\"

[[tag]]
name = \"v{version}\"
message = \"Release {tag}\"

[[manifest]]
path = \"package.json\"

[[pin]]
name = \"oss-tag\"
variable = \"OSS_TAG\"
description = \"the release that this one builds on\"
remote = \"../oss.git\"
remote-timeout-seconds = 10
required = true

[[pin.write]]
path = \"deploy/.env\"
key = \"OSS_TAG\"

[[pin.write]]
path = \"Dockerfile\"
key = \"OSS_TAG\"
count = 2

[[pin.write]]
path = \"package.json\"
format = \"json\"
key = \"/dependencies/oss\"
value = \"^{version}\"
";

const DOCKERFILE: &str = "ARG OSS_TAG=v0.1.0\nFROM oss:${OSS_TAG}\nARG OSS_TAG=v0.1.0 OTHER=v0.1.0\n";
const PACKAGE: &str =
    "{\n  \"version\": \"3.1.0\",\n  \"dependencies\": {\"oss\": \"^0.1.0\", \"x\": \"^0.1.0\"}\n}\n";
const ENV: &str = "# OSS_TAG=v0.1.0 is the first one\nOTHER=v0.1.0\nOSS_TAG=v0.1.0 # keep\n";

/// The repository, with the other project's bare one beside it, which has the tags v0.1.0 and v0.2.0.
fn enterprise() -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in [
        ("trueppm-release.toml", CONFIG),
        ("package.json", PACKAGE),
        ("Dockerfile", DOCKERFILE),
        ("deploy/.env", ENV),
    ] {
        sandbox.write(path, text);
    }
    sandbox.commit_all("feat: everything");
    let oss = oss(&sandbox).display().to_string();
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", &oss]);
    sandbox.git(&["push", "--quiet", &oss, "HEAD:main"]);
    for tag in ["v0.1.0", "v0.2.0"] {
        sandbox.git(&["--git-dir", &oss, "tag", "-a", tag, "-m", tag, "main"]);
    }
    sandbox
}

fn oss(sandbox: &Sandbox) -> PathBuf {
    sandbox.around().join("oss.git")
}

#[test]
fn a_pin_is_written_everywhere_and_the_own_version_moves_on_its_own_line() {
    let sandbox = enterprise();
    let run = sandbox.refused(0, &["minor", "--oss-tag", "v0.2.0", "--dry-run"]);
    run.shows("  tags    : v3.2.0\n  pin     : oss-tag v0.1.0 → v0.2.0   <- tag on ../oss.git\n")
        .shows("  deploy/.env:3  OSS_TAG  v0.1.0 → v0.2.0\n")
        .shows("  Dockerfile:1  ARG OSS_TAG  v0.1.0 → v0.2.0\n")
        .shows("  package.json:3  /dependencies/oss  ^0.1.0 → ^0.2.0\n")
        .shows("  package.json:2  \"version\"  3.1.0 → 3.2.0\n");
    sandbox.run(&["minor", "--oss-tag", "v0.2.0", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list"]), "v3.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("deploy/.env"), ENV.replace("\nOSS_TAG=v0.1.0", "\nOSS_TAG=v0.2.0"));
    assert_eq!(sandbox.read("Dockerfile"), DOCKERFILE.replace("OSS_TAG=v0.1.0", "OSS_TAG=v0.2.0"));
    let package = PACKAGE.replace("3.1.0", "3.2.0").replace("\"oss\": \"^0.1.0\"", "\"oss\": \"^0.2.0\"");
    assert_eq!(sandbox.read("package.json"), package);
    // The next one may keep the pin; the places then stay as they are.
    sandbox.run(&["patch", "--oss-tag=v0.2.0", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["show", "--format=", "--name-only", "HEAD"]), "package.json\n");
    sandbox
        .run(&["patch", "--oss-tag", "v0.1.0", "--yes"])
        .expect(0)
        .says("warning: the pin `oss-tag` goes back from `v0.2.0` to `v0.1.0`\n");
}

#[test]
fn the_command_line_stands_over_the_environment() {
    let sandbox = enterprise();
    let shown = |words: &[&str], variable: &str| {
        let run = sandbox.run_with(words, &[("OSS_TAG", variable)]).expect(0);
        let line = run.stdout.lines().find(|line| line.contains("pin ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{}", run.stdout))
    };
    assert!(shown(&["minor", "-n"], "v0.2.0").contains("→ v0.2.0"));
    assert!(shown(&["minor", "-n", "--oss-tag", "v0.1.0"], "v0.2.0").contains("→ v0.1.0"));
    assert!(shown(&["minor", "-n", "--pin", "oss-tag=v0.1.0"], "v0.2.0").contains("→ v0.1.0"));
    assert_eq!(shown(&["config"], "v0.2.0"), "# For this run: pin oss-tag v0.2.0 (OSS_TAG)");
    assert_eq!(
        shown(&["config", "--oss-tag", "v0.1.0"], "v0.2.0"),
        "# For this run: pin oss-tag v0.1.0 (--oss-tag)"
    );
    // A variable alone asks for nothing.
    sandbox.run_with(&[], &[("OSS_TAG", "v0.2.0")]).expect(0).shows("3.1.0");
}

#[test]
fn a_pin_that_is_required_and_not_given_refuses_the_release() {
    let sandbox = enterprise();
    let says = "error: the pin `oss-tag` is required (the release that this one builds on)\n";
    sandbox
        .refused(1, &["minor", "--yes"])
        .says(says)
        .says("hint: give it as `--oss-tag VALUE`\nhint: or set `OSS_TAG=VALUE`\n");
    sandbox
        .refused(1, &["minor", "--dry-run"])
        .shows("Refused until this is mended:\n  error: the pin `oss-tag`");
    sandbox.replace("trueppm-release.toml", "required = true\n", "");
    sandbox.commit_all("chore: not required");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("Dockerfile"), DOCKERFILE);
}

#[test]
fn a_tag_that_the_other_repository_does_not_have_is_refused_with_nothing_changed() {
    let sandbox = enterprise();
    let says = "tag `v0.3.0` does not exist on `../oss.git`, where the pin `oss-tag` comes from\n";
    sandbox
        .refused(1, &["minor", "--oss-tag", "v0.3.0", "--yes"])
        .says(&format!("error: {says}"))
        .says("hint: see which tags there are: `git ls-remote --tags ../oss.git`\n");
    sandbox.refused(1, &["minor", "--oss-tag", "v0.3.0", "-n"]).shows(&format!("  error: {says}"));
    // A branch of that name, or a longer tag that ends so, is no such tag.
    let oss = oss(&sandbox).display().to_string();
    sandbox.git(&["--git-dir", &oss, "branch", "v0.3.0", "main"]);
    sandbox.git(&["--git-dir", &oss, "tag", "refs/tags/v0.3.0", "main"]);
    sandbox.refused(1, &["minor", "--oss-tag", "v0.3.0", "--yes"]).says(says);
    // Nobody asked: the release is cut, and what was not checked is said.
    sandbox
        .run(&["minor", "--oss-tag", "v0.3.0", "--yes", "--offline"])
        .expect(0)
        .says("warning: whether the tag `v0.3.0` of the pin `oss-tag` exists is not checked (--offline)\n");
}

#[test]
fn a_repository_that_cannot_be_asked_refuses_and_is_only_listed_by_a_dry_run() {
    let sandbox = enterprise();
    std::fs::rename(oss(&sandbox), sandbox.around().join("elsewhere.git")).expect("rename");
    sandbox
        .refused(1, &["minor", "--oss-tag", "v0.2.0", "--yes"])
        .says("error: `../oss.git` cannot be asked\n")
        .says("hint: to go on without asking: `--offline`");
    sandbox
        .refused(0, &["minor", "--oss-tag", "v0.2.0", "-n"])
        .shows("Would refuse here (a release from the right place is not affected):\n  here: `../oss.git` cannot be asked\n");
    // One that never answers is stopped in time, with everything it started.
    let script = sandbox.around().join("ssh");
    let pids = crate::origin::pids(&sandbox);
    let hangs = format!("#!/bin/sh\necho $$ >> '{0}'\nsleep 300 &\necho $! >> '{0}'\nwait\n", pids.display());
    executable(&script, &hangs);
    sandbox.replace("trueppm-release.toml", "../oss.git", "ssh://git:secret@git.invalid/oss.git");
    sandbox.replace("trueppm-release.toml", "remote-timeout-seconds = 10", "remote-timeout-seconds = 1");
    sandbox.commit_all("chore: no patience");
    let mut command = sandbox.command(&["minor", "--oss-tag", "v0.2.0", "--yes"]);
    command.env("GIT_SSH_COMMAND", &script).env("GIT_SSH_VARIANT", "ssh").stdin(Stdio::null());
    let before = sandbox.state();
    let run = crate::sandbox::Run::from(command.output().expect("binary starts")).expect(1);
    before.assert_same(&sandbox.state());
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    run.says("error: `ssh://git@git.invalid/oss.git` did not answer within 1 second\n")
        .says("hint: allow it more time with `remote-timeout-seconds` in the `[[pin]]` `oss-tag`\n");
    assert_all_ended(&sandbox);
}

#[test]
fn wrong_usage_of_pins_exits_2_with_what_was_meant() {
    let sandbox = enterprise();
    for (words, error, hint) in [
        (
            &["minor", "--oss-tag", "0.2.0"][..],
            "`--oss-tag 0.2.0` does not have the shape `v{version}`",
            "did you mean `--oss-tag v0.2.0`?",
        ),
        (
            &["minor", "--oss-tag", "V0.2.0a1"],
            "`--oss-tag V0.2.0a1` does not have the shape",
            "did you mean `--oss-tag v0.2.0-alpha.1`?",
        ),
        (
            &["minor", "--oss-tag", "main"],
            "`--oss-tag main` does not have the shape",
            "write it like `--oss-tag v0.2.0`",
        ),
        (
            &["minor", "--oss-tag"],
            "a value is required for `--oss-tag` but none was supplied",
            "write it as `--oss-tag v0.2.0`",
        ),
        (&["minor", "--oss-tag="], "a value is required for `--oss-tag`", "write it as `--oss-tag v0.2.0`"),
        (
            &["minor", "--oss-tga", "v0.2.0"],
            "unexpected argument `--oss-tga` found",
            "a similar argument exists: `--oss-tag`",
        ),
        (
            &["minor", "--foo", "x"],
            "unexpected argument `--foo` found",
            "the pins of this configuration: `--oss-tag`",
        ),
        (
            &["minor", "--dry-rn", "--oss-tag", "v0.2.0"],
            "unexpected argument `--dry-rn` found",
            "a similar argument exists: `--dry-run`",
        ),
        (
            &["minor", "--pin", "oss-tga=v0.2.0"],
            "`--pin oss-tga=…`: no pin has that name",
            "did you mean `--pin oss-tag=…`?",
        ),
        (&["minor", "--pin", "oss-tag"], "`--pin oss-tag` names no value", "write it as `--pin NAME=VALUE`"),
        (
            &["minor", "--pin", "oss-tag=v0.2.0", "--oss-tag", "v0.2.0"],
            "`--oss-tag` is given more than once",
            "keep one of them",
        ),
        (
            &["undo", "--oss-tag", "v0.2.0"],
            "unexpected argument `--oss-tag` found",
            "`trueppm-release --help`",
        ),
        (
            &["demo", "--oss-tag", "v0.2.0"],
            "unexpected argument `--oss-tag` found",
            "`trueppm-release --help`",
        ),
        (
            &["config", "--chekc"],
            "unexpected argument `--chekc` found",
            "a similar argument exists: `--check`",
        ),
    ] {
        let run = sandbox.refused(2, words).says(&format!("error: {error}")).says(&format!("\nhint: {hint}"));
        assert_eq!(run.stdout, "", "{words:?}");
    }
    let mut command = sandbox.command(&["minor", "--yes"]);
    let run = sandbox.refused_by(2, command.env("OSS_TAG", "nightly"));
    run.says("error: `OSS_TAG=nightly` does not have the shape `v{version}`\n");
    // Also where no configuration can be read: a typo of a known option is the first thing to say.
    sandbox
        .refused(2, &["-C", "..", "minor", "--dry-rn"])
        .says("error: unexpected argument `--dry-rn` found\n");
    // Where no configuration is, nothing declares it; why there is none may be what is really wrong.
    sandbox
        .refused(2, &["-C", "..", "minor", "--oss-tag", "v0.2.0"])
        .says("error: unexpected argument `--oss-tag` found")
        .says("error: not inside a git repository");
}

#[test]
fn without_a_bump_word_the_pending_changes_say_the_step() {
    let sandbox = enterprise();
    sandbox.write(
        "trueppm-release.toml",
        format!("{CONFIG}\n[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n"),
    );
    sandbox.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    sandbox.write("changelog.d/a.fixed.md", "Mended.\n");
    sandbox.commit_all("fix: mend");
    sandbox.run(&["--oss-tag", "v0.2.0", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list"]), "v3.1.1\n");
    assert!(sandbox.read("deploy/.env").contains("\nOSS_TAG=v0.2.0 # keep\n"));
    sandbox
        .refused(8, &["--oss-tag", "v0.2.0", "--yes"])
        .says("\n  nothing to release: no change is pending\n");
}

#[test]
fn places_are_counted_and_have_to_be_there() {
    let sandbox = enterprise();
    sandbox.write("Dockerfile", DOCKERFILE.replacen("ARG OSS_TAG=v0.1.0\n", "", 1));
    sandbox.write("deploy/.env", "OTHER=1\n");
    sandbox.commit_all("chore: lose places");
    sandbox
        .refused(1, &["minor", "--oss-tag", "v0.2.0", "--yes"])
        .says("error: `Dockerfile` holds the pin `oss-tag` in 1 place (line 2), expected 2 places\n")
        .says("error: deploy/.env: no `OSS_TAG=`\n");
    sandbox.git(&["rm", "--quiet", "deploy/.env"]);
    sandbox.commit_all("chore: lose a file");
    sandbox
        .refused(1, &["minor", "--oss-tag", "v0.2.0", "--yes"])
        .says("error: `deploy/.env` is not there at HEAD\n");

    // Each place has its own spelling of one and the same value, and nothing goes back.
    let run = enterprise().run(&["minor", "--oss-tag", "v0.2.0", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning: the pin"), "{}", run.stderr);
    // As here, where nothing changes.
    let run = enterprise().run(&["minor", "--oss-tag", "v0.1.0", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning: the pin"), "{}", run.stderr);

    let sandbox = enterprise();
    sandbox.replace("Dockerfile", "ARG OSS_TAG=v0.1.0\n", "ARG OSS_TAG=v0.0.9\n");
    sandbox.commit_all("chore: drift");
    sandbox
        .run(&["minor", "--oss-tag", "v0.2.0", "--yes"])
        .expect(0)
        .says("warning: the pin `oss-tag` is not the same everywhere: `v0.1.0` in deploy/.env:3, `v0.0.9` in Dockerfile:1, `v0.1.0` in Dockerfile:3");
}

#[test]
fn a_hook_that_takes_a_pin_back_stops_the_release() {
    let sandbox = enterprise();
    let hook = "#!/bin/sh\nsed -i 's/^OSS_TAG=v0.2.0/OSS_TAG=v0.1.0/' deploy/.env && git add deploy/.env\n";
    executable(&sandbox.root().join(".git/hooks/pre-commit"), hook);
    let before = sandbox.state().without_objects();
    sandbox
        .run(&["minor", "--oss-tag", "v0.2.0", "--yes"])
        .expect(4)
        .says("`deploy/.env:3` holds `v0.1.0`, expected `v0.2.0`");
    let mut after = sandbox.state().without_objects();
    // What the hook had made of the file is kept there.
    after.forget(".git/trueppm-release");
    before.assert_same(&after);
}

#[test]
fn the_gate_shows_the_pin_and_keeps_what_the_other_repository_said() {
    let sandbox = enterprise();
    let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root()).size(120, 60);
    let launch =
        sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let mut session = launch.arguments(["minor", "--oss-tag", "v0.2.0"]).start();
    let asked = |session: &Session, times| {
        session.wait_until("the question", |session| {
            session.flowing().matches("'q' to abort:").count() == times
        });
    };
    asked(&session, 1);
    let line = "  pin     : oss-tag v0.1.0 → v0.2.0   <- tag on ../oss.git";
    assert!(session.flowing().contains(line), "{}", session.dump());
    // Asked once: what comes after the override does not depend on the other repository any more.
    std::fs::rename(oss(&sandbox), sandbox.around().join("elsewhere.git")).expect("rename");
    session.send("4.0.0\r");
    asked(&session, 2);
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    assert_eq!(sandbox.git(&["tag", "--list"]), "v4.0.0\n");
    assert!(sandbox.read("deploy/.env").contains("\nOSS_TAG=v0.2.0 # keep\n"));
}
