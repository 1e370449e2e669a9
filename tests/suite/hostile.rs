//! Input that somebody made to do harm, or that broke on the way: paths that lead out of the repository, links, files
//! of any size and any bytes, names that would steer a terminal, settings without measure. All of it is refused
//! cleanly or handled; nothing outside is touched, nothing raw reaches the terminal, and nothing ever panics.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{Run, Sandbox};

/// Nothing that steers a terminal is in what was said. A carriage return at the end of a line of data belongs to a
/// patch.
#[track_caller]
fn harmless(run: &Run) {
    let steers = |character: char| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!run.stderr.contains(steers), "stderr: {:?}", run.stderr);
    assert!(!run.stdout.replace("\r\n", "\n").contains(steers), "stdout: {:?}", run.stdout);
}

/// Runs the real binary, which must end by itself: 124 when it had to be stopped.
fn ends(sandbox: &Sandbox, words: &[&str]) -> Run {
    let mut command = Command::new("timeout");
    command
        .args(["--kill-after=1", "60", env!("CARGO_BIN_EXE_trueppm-release")])
        .args(words)
        .env_clear()
        .envs(sandbox.variables())
        .current_dir(sandbox.root())
        .stdin(Stdio::null());
    command.output().expect("timeout starts").into()
}

/// Refused by a real run and by a dry run, with these words, harmlessly, and nothing at all changed.
#[track_caller]
fn refused(sandbox: &Sandbox, words: &[&str]) {
    let before = sandbox.state_around();
    for arguments in [&["minor", "--yes"][..], &["minor", "--dry-run", "--strict"]] {
        let run = ends(sandbox, arguments).expect(1);
        harmless(&run);
        let said = format!("{}{}", run.stdout, run.stderr);
        for word in words {
            assert!(said.contains(word), "{arguments:?} does not say `{word}`:\n{said}");
        }
        before.assert_same(&sandbox.state_around());
    }
}

/// The suite with the built-in configuration committed as a file, after this change to it.
fn configured(change: impl FnOnce(&str) -> String) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write("trueppm-release.toml", change(trueppm_release::config::built_in()));
    sandbox.commit_all("chore: configuration");
    sandbox
}

fn replaced(from: &'static str, to: String) -> impl FnOnce(&str) -> String {
    move |text| {
        assert!(text.contains(from), "no {from}");
        text.replacen(from, &to, 1)
    }
}

/// A folder outside of the repository with a copy of everything below `path`, and a link to it in its place.
fn moved_behind_a_link(sandbox: &Sandbox, path: &str) {
    let outside = sandbox.around().join("outside");
    std::fs::rename(sandbox.root().join(path), &outside).expect("rename");
    symlink(&outside, sandbox.root().join(path)).expect("link");
}

// --- Paths ----------------------------------------------------------------------------------------------------

#[test]
fn a_configured_path_that_leaves_the_repository_is_refused_with_its_place() {
    let long = "a/".repeat(3000) + "b";
    for path in [
        "/etc/passwd",
        "../outside",
        "packages/../../outside",
        ".git/config",
        ".GIT/hooks/pre-commit",
        "git~1/config",
        "C:/outside",
        "packages\\web",
        "",
        ".",
        "./packages",
        "packages//web",
        "packages/",
        "a\\u0000b",
        "a\\u001b[2J",
        "a\\nb",
        &long,
    ] {
        for (from, to) in [
            ("path = \"packages/web/package.json\"", format!("path = \"{path}\"\nformat = \"package-json\"")),
            ("path = \"CHANGELOG.md\"", format!("path = \"{path}\"")),
            ("fragments = \"changelog.d\"", format!("fragments = \"{path}\"")),
            ("writes = [\"docs/api/openapi.json\"]", format!("writes = [\"{path}\"]")),
            ("version-from = \"packages/api/pyproject.toml\"", format!("version-from = \"{path}\"")),
        ] {
            let text = replaced(from, to.replace("\\w", "\\\\w"))(trueppm_release::config::built_in());
            let sandbox = Sandbox::empty();
            sandbox.write("trueppm-release.toml", text);
            sandbox.commit_all("chore: configuration");
            let run = sandbox.refused(1, &["minor", "--yes"]);
            harmless(&run);
            run.says("error: trueppm-release.toml:");
        }
    }
}

#[test]
fn a_folder_behind_a_link_is_never_followed_out_of_the_repository() {
    for (path, file) in [
        ("packages/web", "packages/web/package.json"),
        ("packages", "packages/api/pyproject.toml"),
        ("docs/api", "docs/api/openapi.json"),
        ("changelog.d", "changelog.d"),
    ] {
        let sandbox = Sandbox::suite();
        moved_behind_a_link(&sandbox, path);
        // Not committed: git sees deleted files. The fast comparison must not look through the link.
        refused(&sandbox, &["working tree is not clean", path]);
        sandbox.commit_all("chore: a link");
        refused(&sandbox, &[file, "symbolic link"]);
    }
}

#[test]
fn an_optional_file_behind_a_link_is_not_passed_over() {
    let sandbox = configured(replaced(
        "path = \"packages/web/package-lock.json\"",
        "path = \"locks/package-lock.json\"".into(),
    ));
    sandbox.run(&["minor", "--dry-run"]).expect(0);
    std::fs::create_dir(sandbox.around().join("outside")).expect("folder");
    sandbox.write("../outside/package-lock.json", "{\"version\": \"0.1.0\"}");
    symlink(sandbox.around().join("outside"), sandbox.root().join("locks")).expect("link");
    sandbox.commit_all("chore: a link");
    refused(&sandbox, &["locks/package-lock.json", "lies below the symbolic link `locks`"]);
}

#[test]
fn a_fragment_that_is_a_link_is_refused_whatever_it_points_to() {
    for target in ["101.added.md", "../README.md", "/etc/passwd", "nowhere"] {
        let sandbox = Sandbox::suite();
        symlink(target, sandbox.root().join("changelog.d/900.fixed.md")).expect("link");
        sandbox.commit_all("docs: a fragment");
        refused(&sandbox, &["`changelog.d/900.fixed.md` is not a plain file"]);
    }
}

#[test]
fn a_folder_of_fragments_that_is_none_does_not_drop_them_in_silence() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["mv", "changelog.d", "notes.d"]);
    symlink("notes.d", sandbox.root().join("changelog.d")).expect("link");
    sandbox.replace("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- Something.\n");
    sandbox.commit_all("chore: a link");
    refused(&sandbox, &["`changelog.d` is a symbolic link"]);
    sandbox.remove("changelog.d");
    sandbox.write("changelog.d", "a file\n");
    sandbox.commit_all("chore: a file");
    refused(&sandbox, &["`changelog.d` is a plain file"]);
}

#[test]
fn a_configuration_that_is_a_link_is_refused_and_a_device_is_never_read_to_its_end() {
    for target in ["/dev/zero", "/etc/passwd", "elsewhere.toml", "nowhere"] {
        let sandbox = Sandbox::suite();
        sandbox.write("elsewhere.toml", trueppm_release::config::built_in());
        sandbox.commit_all("chore: elsewhere");
        symlink(target, sandbox.root().join("trueppm-release.toml")).expect("link");
        refused(&sandbox, &["`trueppm-release.toml` is not a plain file"]);
        sandbox.commit_all("chore: a link");
        refused(&sandbox, &["`trueppm-release.toml` is not a plain file"]);
    }
    let sandbox = Sandbox::suite();
    ends(&sandbox, &["--config", "/dev/zero", "minor", "--yes"]).expect(1).says("1 MiB");
    sandbox.refused(1, &["--config", ".", "minor", "--yes"]).says("it is a folder");
    sandbox
        .refused(1, &["--config", "no\u{1b}[2J\nerror: x", "minor", "--yes"])
        .says("there is no such file");
}

#[test]
fn what_a_step_leaves_in_place_of_its_file_is_not_followed_or_waited_for() {
    for (script, says) in [
        ("rm docs/api/openapi.json; mkfifo docs/api/openapi.json", "there is no file"),
        ("rm docs/api/openapi.json; ln -s /etc/hostname docs/api/openapi.json", "there is no file"),
        ("rm docs/api/openapi.json; mkdir docs/api/openapi.json", "there is no file"),
        ("rm docs/api/openapi.json", "docs/api/openapi.json"),
        (
            "rm -r docs/api; mkdir ../outside; ln -s ../../outside docs/api; printf '{\"info\":{\"version\":\"0.2.0\"}}' > \
          ../outside/openapi.json",
            "symbolic link",
        ),
        ("head -c 1000000 /dev/zero | tr '\\0' '[' > docs/api/openapi.json", "docs/api/openapi.json"),
        ("printf '\\377\\000' > docs/api/openapi.json", "docs/api/openapi.json"),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.write("scripts/export-openapi.sh", format!("{script}\n"));
        sandbox.commit_all("chore: a step");
        let head = sandbox.commit("HEAD");
        let run = ends(&sandbox, &["minor", "--yes"]);
        assert!(matches!(run.code, 4 | 5), "{script}: {run:?}");
        assert!(run.stderr.contains(says), "{script}: {}", run.stderr);
        assert_eq!(sandbox.commit("HEAD"), head);
        assert_eq!(sandbox.git(&["tag", "--list", "v0.2.0"]), "");
        assert!(sandbox.read("packages/web/package.json").contains("\"version\": \"0.1.0\""), "{script}");
    }
}

// --- Sizes ----------------------------------------------------------------------------------------------------

#[test]
fn files_over_the_configured_limits_are_refused_with_the_setting_that_raises_them() {
    let limits =
        |manifest: u64, changelog: u64| {
            move |text: &str| {
                text.replacen("manifest-bytes = 16777216", &format!("manifest-bytes = {manifest}"), 1)
                    .replacen("changelog-bytes = 268435456", &format!("changelog-bytes = {changelog}"), 1)
            }
        };
    refused(
        &configured(limits(16_777_216, 100)),
        &["`CHANGELOG.md` is too large", "the limit is 100", "limits.changelog-bytes"],
    );
    refused(
        &configured(limits(250, 268_435_456)),
        &["`packages/web/package-lock.json` is too large", "the limit is 250", "limits.manifest-bytes"],
    );
    let sandbox = configured(limits(5000, 268_435_456));
    sandbox.write("changelog.d/900.fixed.md", "x".repeat(5001));
    sandbox.commit_all("docs: a long fragment");
    refused(&sandbox, &["`changelog.d/900.fixed.md` is too large", "5001 bytes", "limits.manifest-bytes"]);
    // The limit itself is not over it.
    sandbox.write("changelog.d/900.fixed.md", "x".repeat(5000));
    sandbox.commit_all("docs: a shorter fragment");
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn the_limits_are_256_mib_for_a_changelog_and_16_mib_for_anything_else() {
    let sandbox = Sandbox::suite();
    let over = 16 * 1024 * 1024 + 1;
    sandbox.write("changelog.d/900.fixed.md", "x".repeat(over));
    sandbox.commit_all("docs: a long fragment");
    refused(&sandbox, &["16777217 bytes, the limit is 16777216"]);
    let source = trueppm_release::config::Source::BuiltIn;
    let text = trueppm_release::config::built_in();
    let without = text.split("[limits]").next().expect("text");
    for text in [text, without] {
        let limits = trueppm_release::config::parse(text, &source).expect("a configuration").limits;
        assert_eq!((limits.changelog_bytes, limits.manifest_bytes), (268_435_456, 16_777_216));
    }
}

#[test]
fn five_megabytes_on_one_line_are_a_fragment_like_any_other() {
    let sandbox = Sandbox::suite();
    let line = "word *emph* `code` [link](x) <b> &amp; ".repeat(5_000_000 / 39);
    sandbox.write("changelog.d/900.fixed.md", &line);
    sandbox.commit_all("docs: a long line");
    let start = Instant::now();
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
    assert!(sandbox.read("CHANGELOG.md").contains(line.trim_end()));
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn nesting_without_end_is_refused_or_read_and_never_overflows_the_stack() {
    let deep = 200_000;
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    let objects = "{\"a\":".repeat(deep);
    let keys = "a.".repeat(deep);
    for (path, text) in [
        ("packages/web/package.json", format!("{{\"version\": \"0.1.0\", \"x\": {open}{close}}}")),
        ("packages/web/package.json", format!("{{\"x\": {open}")),
        ("packages/web/package.json", objects.clone()),
        ("packages/web/package-lock.json", format!("{{\"version\": \"0.1.0\", \"packages\": {objects}")),
        ("packages/api/pyproject.toml", format!("x = {open}{close}\n[project]\nversion = \"0.1.0\"\n")),
        ("packages/api/pyproject.toml", format!("{keys}b = 1\n[project]\nversion = \"0.1.0\"\n")),
        ("packages/api/pyproject.toml", format!("[{keys}b]\n[project]\nversion = \"0.1.0\"\n")),
        ("packages/api/pyproject.toml", format!("x = {}\n", "{a = ".repeat(deep))),
        ("packages/api/uv.lock", format!("x = {open}{close}\n[[package]]\nname = \"trueppm-api\"\n")),
        ("packages/helm/Chart.yaml", format!("x: {open}{close}\nversion: 0.1.0\nappVersion: 0.1.0\n")),
        ("packages/helm/Chart.yaml", format!("version: 0.1.0\nappVersion: 0.1.0\nx: {}", "- ".repeat(deep))),
        (
            "packages/helm/Chart.yaml",
            format!("version: 0.1.0\nappVersion: 0.1.0\nx: {}", "{a: ".repeat(deep)),
        ),
        (
            "packages/api/src/trueppm_api/settings/base.py",
            format!("x = {open}{close}\nSPECTACULAR_SETTINGS = {{\"VERSION\": \"0.1.0\"}}\n"),
        ),
        (
            "packages/api/src/trueppm_api/settings/base.py",
            format!("SPECTACULAR_SETTINGS = {}", "{".repeat(deep)),
        ),
        ("CHANGELOG.md", format!("## [Unreleased]\n\n- a\n{}", "> ".repeat(deep))),
        ("changelog.d/101.added.md", "- ".repeat(deep) + "x"),
        ("changelog.d/101.added.md", format!("{open}x{close}")),
        ("trueppm-release.toml", format!("x = {open}{close}\n")),
        ("trueppm-release.toml", format!("{keys}b = 1\n")),
        ("trueppm-release.toml", format!("[{keys}b]\n")),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.write(path, &text);
        sandbox.commit_all("chore: deep");
        let before = sandbox.state();
        let run = ends(&sandbox, &["minor", "--dry-run"]);
        let start: String = text.chars().take(60).collect();
        assert!(matches!(run.code, 0 | 1), "{path} {start}: {} {}", run.code, run.stderr);
        assert!(run.stderr.len() < 20_000, "{path} {start}: {} bytes", run.stderr.len());
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn a_step_may_say_whatever_it_likes_without_filling_memory_or_terminal() {
    for (end, code) in [("", 0), ("\nexit 1", 4)] {
        let sandbox = Sandbox::suite();
        let own = sandbox.read("scripts/export-openapi.sh");
        sandbox.write(
            "scripts/export-openapi.sh",
            format!(
                "{own}\nset +e +o pipefail\nhead -c 200000000 /dev/zero | tr '\\0' '\\033'; yes | head -c 9000000 >&2{end}\n"
            ),
        );
        sandbox.commit_all("chore: a loud step");
        // A quarter of a gigabyte of address space: the output itself would not fit into it.
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -v 250000; exec \"$0\" minor --yes", env!("CARGO_BIN_EXE_trueppm-release")])
            .env_clear()
            .envs(sandbox.variables())
            .current_dir(sandbox.root())
            .stdin(Stdio::null());
        let run = Run::from(command.output().expect("sh starts")).expect(code);
        harmless(&run);
        assert!(run.stderr.len() + run.stdout.len() < 500_000, "{} bytes", run.stderr.len());
    }
}

// --- Bytes ----------------------------------------------------------------------------------------------------

#[test]
fn files_that_are_no_text_are_refused_by_name_and_byte() {
    for (path, text) in [
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n"),
        ("changelog.d/101.added.md", "A new feature.\n"),
        ("packages/web/package.json", "{\"version\": \"0.1.0\"}\n"),
        ("packages/web/package-lock.json", "{\"version\": \"0.1.0\"}\n"),
        ("packages/api/pyproject.toml", "[project]\nversion = \"0.1.0\"\n# "),
        ("packages/scheduler/pyproject.toml", "[project]\nversion = \"0.1.0\"\n# "),
        ("packages/api/uv.lock", "# "),
        ("packages/helm/Chart.yaml", "version: 0.1.0\nappVersion: 0.1.0\n# "),
        (
            "packages/api/src/trueppm_api/settings/base.py",
            "SPECTACULAR_SETTINGS = {\"VERSION\": \"0.1.0\"}\n# ",
        ),
        ("trueppm-release.toml", "# "),
    ] {
        for (bytes, says) in [(&b"\xff"[..], "UTF-8"), (b"\xed\xa0\x80", "UTF-8"), (b"\0", "")] {
            let sandbox = Sandbox::suite();
            sandbox.write(path, [text.as_bytes(), bytes].concat());
            sandbox.commit_all("chore: bytes");
            refused(&sandbox, &[path, says]);
        }
    }
}

#[test]
fn a_nul_byte_is_called_one() {
    let sandbox = Sandbox::suite();
    sandbox.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- a\0b\n");
    sandbox.write("changelog.d/101.added.md", "A\0B\n");
    sandbox.commit_all("chore: bytes");
    refused(
        &sandbox,
        &["`CHANGELOG.md` holds a NUL byte (line 5)", "`changelog.d/101.added.md` holds a NUL byte (line 1)"],
    );
}

#[test]
fn folders_in_place_of_files_are_refused_by_name() {
    for path in [
        "CHANGELOG.md",
        "packages/web/package.json",
        "packages/web/package-lock.json",
        "docs/api/openapi.json",
    ] {
        let sandbox = Sandbox::suite();
        sandbox.remove(path);
        sandbox.write(&format!("{path}/inside"), "x\n");
        sandbox.commit_all("chore: a folder");
        refused(&sandbox, &[&format!("`{path}` is a folder")]);
    }
    let sandbox = Sandbox::suite();
    sandbox.write("trueppm-release.toml/inside", "x\n");
    refused(&sandbox, &["`trueppm-release.toml` is not a plain file"]);
    sandbox.commit_all("chore: a folder");
    refused(&sandbox, &["`trueppm-release.toml` is not a plain file"]);
}

// --- Names ----------------------------------------------------------------------------------------------------

/// Names that would move the cursor, forge a line or hide what they are.
const NAMES: [&[u8]; 5] = [
    b"a\nerror: everything is fine",
    b"a\x1b[2J\x1b]0;title\x07b",
    b"a\r\x08\x7fb",
    "a\u{202e}dm.dedda\u{2066}\u{200b}\u{9b}".as_bytes(),
    b"\xff\xfe\x9b31m",
];

#[test]
fn file_names_never_reach_the_terminal_raw() {
    for name in NAMES {
        let file = |folder: &str, end: &[u8]| {
            let name = [name, end].concat();
            Path::new(folder).join(OsStr::from_bytes(&name))
        };
        // A tracked file that changed.
        let sandbox = Sandbox::suite();
        let path = sandbox.root().join(file("docs", b".md"));
        std::fs::write(&path, "one\n").expect("write");
        sandbox.commit_all("docs: a file");
        std::fs::write(&path, "two\n").expect("write");
        refused(&sandbox, &["working tree is not clean"]);
        sandbox.git(&["reset", "--quiet", "--hard"]);
        // It does not matter to a release while it is as it was.
        sandbox.run(&["minor", "--yes"]).expect(0);

        // A fragment that is not committed, and one that is.
        let sandbox = Sandbox::suite();
        std::fs::write(sandbox.root().join(file("changelog.d", b".added.md")), "x\n").expect("write");
        refused(&sandbox, &["untracked files lie where the release reads or writes"]);
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["commit", "--quiet", "-m", "docs: a fragment"]);
        for words in [&["minor", "--dry-run", "-v"][..], &["minor", "--yes"]] {
            let run = sandbox.run(words);
            assert!(matches!(run.code, 0 | 1), "{run:?}");
            harmless(&run);
        }
        // One of no known type.
        let sandbox = Sandbox::suite();
        std::fs::write(sandbox.root().join(file("changelog.d", b".oops.md")), "x\n").expect("write");
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["commit", "--quiet", "-m", "docs: a fragment"]);
        refused(&sandbox, &[]);
    }
}

#[test]
fn a_name_with_a_line_break_stays_on_its_line() {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/a\nerror: forged", "one\n");
    sandbox.commit_all("docs: a file");
    sandbox.write("docs/a\nerror: forged", "two\n");
    sandbox.write("changelog.d/b\nhint: forged.added.md", "x\n");
    for words in [&["minor", "--yes"][..], &["minor", "--dry-run"]] {
        let run = sandbox.run(words);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("docs/a\\nerror: forged") && said.contains("b\\nhint: forged"), "{said}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with("error: forged")), "{said}");
    }
}

#[test]
fn text_that_others_wrote_never_steers_the_terminal() {
    let sandbox = Sandbox::suite();
    let evil = "\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}1m\u{202e}x\r";
    sandbox.write("changelog.d/101.added.md", format!("Good {evil} news.\n"));
    sandbox.replace("packages/web/package.json", "\"0.1.0\"", "\"0.1.0\\u001b[2J\"");
    sandbox.replace(
        "packages/scheduler/pyproject.toml",
        "version = \"0.1.0\"",
        "version = \"0.1.0\\u001b[2J\"",
    );
    sandbox.commit_all("docs: evil");
    refused(&sandbox, &["manifests are out of step"]);
    sandbox.write("scripts/export-openapi.sh", "printf '\\033[2J\\033]0;t\\007\\r\\234 done'; exit 1\n");
    sandbox.write("packages/web/package.json", "{\"version\": \"0.1.0\"}\n");
    sandbox.replace("packages/scheduler/pyproject.toml", "0.1.0\\u001b[2J", "0.1.0");
    sandbox.commit_all("chore: a step that fails");
    harmless(&sandbox.run(&["minor", "--dry-run", "-v"]).expect(0));
    let run = sandbox.run(&["minor", "--yes"]).expect(4);
    harmless(&run);
    run.says("done");
}

#[test]
fn branch_names_are_shown_and_suggested_harmlessly() {
    for name in ["a\u{202e}b\u{200b}", "$(touch${IFS}x)", "a;b&c|d", "a'b\"c`d", "ü/é/漢", "x/@/y"] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", name]);
        refused(&sandbox, &["not on `main`"]);
        // Released from, where it is the configured one.
        let text = trueppm_release::config::built_in().replacen(
            "branch = \"main\"",
            &format!("branch = '''{name}'''"),
            1,
        );
        sandbox.write("trueppm-release.toml", text);
        sandbox.commit_all("chore: configuration");
        let run = sandbox.run(&["minor", "--yes"]).expect(0);
        harmless(&run);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_branch_or_tag_that_is_not_utf_8_is_handled() {
    let name = OsStr::from_bytes(b"refs/heads/caf\xe9");
    let sandbox = Sandbox::suite();
    let head = sandbox.commit("HEAD");
    std::fs::write(sandbox.root().join(".git").join(name), format!("{head}\n")).expect("write");
    let tag = OsStr::from_bytes(b"refs/tags/caf\xe9");
    std::fs::write(sandbox.root().join(".git").join(tag), format!("{head}\n")).expect("write");
    sandbox.run(&["minor", "--yes"]).expect(0);
    std::fs::write(sandbox.root().join(".git/HEAD"), b"ref: refs/heads/caf\xe9\n").expect("write");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    harmless(&run);
}

#[test]
fn references_that_git_would_never_write_are_refused_or_passed_over() {
    for line in [
        &b"refs/tags/a\x1b[2Jb"[..],
        b"refs/tags/a\r",
        b"refs/tags/../../outside",
        b"refs/tags/a b",
        b"refs/tags/",
        b"\xff",
    ] {
        let sandbox = Sandbox::suite();
        let head = sandbox.commit("HEAD");
        let packed =
            [b"# pack-refs with: peeled fully-peeled sorted \n", head.as_bytes(), b" ", line, b"\n"].concat();
        sandbox.write(".git/packed-refs", packed);
        let before = sandbox.state();
        let run = sandbox.run(&["minor", "--dry-run"]);
        assert!(matches!(run.code, 0 | 1), "{line:?}: {run:?}");
        harmless(&run);
        before.assert_same(&sandbox.state());
    }
    for head in [
        &b"ref: refs/heads/../../outside\n"[..],
        b"ref: HEAD\n",
        b"garbage\n",
        b"",
        b"\0\0",
        b"ref: \x1b[2J\n",
    ] {
        let sandbox = Sandbox::suite();
        sandbox.write(".git/HEAD", head);
        harmless(&sandbox.refused(1, &["minor", "--yes"]));
    }
}

#[test]
fn a_git_file_that_points_elsewhere_nowhere_or_at_itself_is_handled_as_git_does() {
    let sandbox = Sandbox::suite();
    let elsewhere = sandbox.around().join("elsewhere.git");
    std::fs::rename(sandbox.root().join(".git"), &elsewhere).expect("rename");
    for content in [
        &b"gitdir: ../nowhere\n"[..],
        b"gitdir: .git\n",
        b"gitdir: .\n",
        b"gitdir: \n",
        b"",
        b"\0\xff",
        b"gitdir: /dev/null\n",
        b"gitdir: ../home\n",
        b"gitdir: \x1b[2J\nerror: forged\n",
    ] {
        sandbox.write(".git", content);
        let run = sandbox.refused(1, &["minor", "--yes"]);
        harmless(&run);
        run.says("hint: ");
    }
    sandbox.remove(".git");
    symlink(".git", sandbox.root().join(".git")).expect("link");
    sandbox.refused(1, &["minor", "--yes"]).says("error: ");
    sandbox.remove(".git");
    sandbox.write(".git", "gitdir: ../elsewhere.git\n");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
}

// --- Settings -------------------------------------------------------------------------------------------------

#[test]
fn an_identity_cannot_forge_a_header() {
    let sandbox = Sandbox::suite();
    let forged = "Mara\ncommitter Eve <eve@evil.invalid> 1 +0000\n\nforged";
    let variables = [
        ("GIT_AUTHOR_NAME", forged),
        ("GIT_COMMITTER_EMAIL", "a>\n<b@c>"),
        ("GIT_COMMITTER_NAME", "<>Mara<>"),
    ];
    sandbox.run_with(&["minor", "--yes"], &variables).expect(0);
    let commit = sandbox.git(&["cat-file", "commit", "HEAD"]);
    let headers: Vec<&str> = commit.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(headers.len(), 4, "{commit}");
    assert!(headers[3].starts_with("committer Mara <ab@c> "), "{commit}");
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn an_identity_that_cannot_be_written_is_refused() {
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "<>"),
        ("GIT_COMMITTER_NAME", " \t"),
        ("GIT_AUTHOR_DATE", "99999999999999999999999 +0000"),
        ("GIT_AUTHOR_DATE", "\u{1b}[2J"),
        ("GIT_COMMITTER_DATE", "-1 +9999999"),
    ] {
        let sandbox = Sandbox::suite();
        let before = sandbox.state();
        let run = sandbox.run_with(&["minor", "--yes"], &[(name, value)]).expect(1);
        harmless(&run);
        run.says("hint: ");
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn variables_that_are_not_utf_8_are_handled() {
    for name in [
        "GIT_AUTHOR_NAME",
        "GIT_COMMITTER_EMAIL",
        "RELEASE_ASSUME_YES",
        "SOURCE_DATE_EPOCH",
        "CI_COMMIT_BRANCH",
    ] {
        let sandbox = Sandbox::suite();
        let mut command = sandbox.command(&["minor", "--yes"]);
        command.env(name, OsStr::from_bytes(b"caf\xe9\x1b[2J"));
        let run = Run::from(command.output().expect("binary starts"));
        assert!(matches!(run.code, 0..=2), "{name}: {run:?}");
        harmless(&run);
        sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn tag_templates_cannot_leave_the_tags_or_fill_the_disk() {
    let long = "x".repeat(300);
    for (name, says) in [
        ("v{version}\\n", "control character"),
        ("v{version}\\u001b", "control character"),
        ("v{version}\\u0000", "control character"),
        ("../heads/{version}", "holds `..`"),
        ("v{version}/../../heads/main", "holds `..`"),
        ("/v{version}", "empty part"),
        ("v{version}.lock", ".lock"),
        ("v{version}@{{0}}", "holds `@{`"),
        ("-d{version}", "begins with `-`"),
        ("v {version}", "holds a space"),
        ("v{tag}{version}", "`{tag}` cannot be used here: no tag is meant"),
        ("v{version", "never closed"),
        ("latest", "the same for every release"),
        (long.as_str(), "the same for every release"),
        (&format!("{long}{{version}}"), "longer than"),
    ] {
        let sandbox = configured(|text| text.replace("\"v{version}\"", &format!("\"{name}\"")));
        refused(&sandbox, &["trueppm-release.toml:", says]);
    }
}

#[test]
fn settings_without_measure_are_refused_with_their_place() {
    for (from, to) in [
        ("timeout-seconds = 600", "timeout-seconds = 9223372036854775807"),
        ("timeout-seconds = 600", "timeout-seconds = 99999999999999999999999999"),
        ("timeout-seconds = 600", "timeout-seconds = -1"),
        ("timeout-seconds = 600", "timeout-seconds = inf"),
        ("manifest-bytes = 16777216", "manifest-bytes = 0"),
        ("manifest-bytes = 16777216", "manifest-bytes = 1e99"),
        ("name = \"OpenAPI schema\"", "name = \"\\u001b[2J\""),
        ("name = \"OpenAPI schema\"", "name = \"a\\nb\""),
        ("branch = \"main\"", "branch = \"\\u0000\""),
        ("remote = \"origin\"", "remote = \"--upload-pack=touch x\""),
        ("run = [\"bash\", \"scripts/export-openapi.sh\"]", "run = [\"bash\\u0000\"]"),
        ("run = [\"bash\", \"scripts/export-openapi.sh\"]", "run = []"),
    ] {
        refused(&configured(replaced(from, to.to_owned())), &["trueppm-release.toml:"]);
    }
    // As large as a number can be, where that means no limit at all.
    configured(replaced("manifest-bytes = 16777216", "manifest-bytes = 9223372036854775807".into()))
        .run(&["minor", "--dry-run"])
        .expect(0);
}

#[test]
fn ten_thousand_mistakes_are_not_ten_thousand_screens() {
    let keys: String = (0..10_000).map(|number| format!("key{number} = {number}\n")).collect();
    let sandbox = configured(|text| format!("{keys}{text}"));
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says("trueppm-release.toml:1:1: unknown key `key0`");
    let run = sandbox.run(&["minor", "--yes"]);
    assert!(run.stderr.lines().count() < 250, "{} lines", run.stderr.lines().count());
    run.says("more problems");
    // Many of what is allowed, which must not take the square of its number.
    let tags: String = (0..20_000)
        .map(|number| format!("[[tag]]\nname=\"t{number}-{{version}}\"\nmessage=\"m\"\n"))
        .collect();
    let sandbox = configured(|text| format!("{text}\n{tags}"));
    let start = Instant::now();
    sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
}

#[test]
fn a_configuration_of_more_than_a_mebibyte_is_refused() {
    let comment = format!("# {}\n", "x".repeat(1024 * 1024));
    let sandbox = configured(|text| format!("{comment}{text}"));
    refused(&sandbox, &["`trueppm-release.toml`", "1 MiB"]);
    let sandbox = Sandbox::suite();
    sandbox.write("trueppm-release.toml", format!("{comment}{}", trueppm_release::config::built_in()));
    refused(&sandbox, &["`trueppm-release.toml`", "1 MiB"]);
    sandbox.write("../big.toml", comment);
    sandbox.run(&["--config", "../big.toml", "minor", "--yes"]).expect(1).says("1 MiB");
}

#[test]
fn words_of_the_command_line_are_shown_harmlessly() {
    let sandbox = Sandbox::suite();
    for words in [
        &["\u{1b}[2J"][..],
        &["minor", "\n\u{202e}"],
        &["minor", "--date", "\u{1b}[2J"],
        &["minor", "--skip-step", "\u{1b}[2J\n", "--yes"],
        &["-C", "\u{1b}[2J", "minor"],
        &["99999999999999999999.0.0"],
        &[&"9".repeat(100_000)],
    ] {
        let before = sandbox.state();
        let run = sandbox.run(words);
        assert!(matches!(run.code, 1 | 2), "{words:?}: {run:?}");
        harmless(&run);
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn a_folder_that_is_not_utf_8_is_released_like_any_other() {
    let sandbox = Sandbox::suite();
    let odd = sandbox.around().join(OsStr::from_bytes(b"caf\xe9\n\x1b[2J"));
    std::fs::rename(sandbox.root(), &odd).expect("rename");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueppm-release"));
    command
        .env_clear()
        .envs(sandbox.variables())
        .current_dir(&odd)
        .args(["minor", "--yes"])
        .stdin(Stdio::null());
    let run = Run::from(command.output().expect("binary starts"));
    harmless(&run);
    run.expect(0);
}
