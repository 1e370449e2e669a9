//! Whole-process times against git on the same repository in the same run: `cargo bench --bench release`. It generates
//! a repository of trueppm-suite's size (fragments, changelog, lock files and other tracked files in the shapes of the
//! real one), clones it so that objects are packed as a person has them, and alternates the commands round by round,
//! so that a noisy machine disturbs both sides of a ratio alike.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark owns its files, starts processes and prints what it measured"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Numbers of the real repository: fragments, other tracked files, folders they lie in.
const FRAGMENTS: usize = 982;
const OTHER_FILES: usize = 4_900;
const FOLDERS: usize = 359;
const CHANGELOG_BYTES: usize = 534_000;

fn main() {
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let folder = tempfile::tempdir().expect("temporary folder");
    let clone = prepare(folder.path());
    println!(
        "{} tracked files, {FRAGMENTS} fragments, {} KB changelog; {rounds} rounds, medians of whole processes",
        git(&clone, &["ls-files"]).lines().count(),
        CHANGELOG_BYTES / 1000
    );

    let mut status_and_cat = Vec::new();
    let mut dry_run = Vec::new();
    let mut git_alone = Vec::new();
    let mut release = Vec::new();
    // The first round warms caches and is not counted.
    for round in 0..=rounds {
        let reading =
            timed(&clone, &["git", "status", "-uno"]) + timed(&clone, &["sh", "-c", "cat changelog.d/*.md"]);
        let preview = timed(&clone, &[env!("CARGO_BIN_EXE_trueppm-release"), "minor", "--dry-run"]);
        let released = timed(&clone, &[env!("CARGO_BIN_EXE_trueppm-release"), "minor", "--yes"]);
        // The same content once more, recorded by git: the work tree stays, commit and tags go.
        git(&clone, &["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
        git(&clone, &["reset", "--quiet", "HEAD^"]);
        let recorded =
            timed(&clone, &["git", "commit", "--quiet", "-a", "-m", "chore(release): bump version to 0.2.0"])
                + timed(&clone, &["git", "tag", "-a", "v0.2.0", "-m", "Release v0.2.0"])
                + timed(
                    &clone,
                    &["git", "tag", "-a", "scheduler-v0.2.0", "-m", "Release trueppm-scheduler 0.2.0"],
                );
        git(&clone, &["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
        git(&clone, &["reset", "--quiet", "--hard", "HEAD^"]);
        // Files as young as the index would make every reader compare bytes; a person's are older.
        std::thread::sleep(Duration::from_millis(1100));
        git(&clone, &["update-index", "--refresh", "-q"]);
        if round > 0 {
            status_and_cat.push(reading);
            dry_run.push(preview);
            git_alone.push(recorded);
            release.push(released);
        }
    }
    report(
        "dry run of a stable release",
        &dry_run,
        "git status -uno + cat changelog.d/*.md",
        &status_and_cat,
        1.0,
    );
    report("stable release", &release, "git commit -a + 2 x git tag -a", &git_alone, 2.0);
}

/// Prints both medians, and the median of the ratios of neighbours in time.
fn report(ours: &str, our_times: &[Duration], theirs: &str, their_times: &[Duration], goal: f64) {
    let mut ratios: Vec<f64> = our_times
        .iter()
        .zip(their_times)
        .map(|(left, right)| left.as_secs_f64() / right.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{ours}: {:.1} ms; {theirs}: {:.1} ms; ratio {:.2} (goal: at most {goal:.1})",
        median(our_times),
        median(their_times),
        ratios[ratios.len() / 2]
    );
}

fn median(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2].as_secs_f64() * 1000.0
}

fn timed(folder: &Path, words: &[&str]) -> Duration {
    let mut command = command(folder, words[0]);
    command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("command starts");
    let elapsed = start.elapsed();
    assert!(status.success(), "{words:?} failed in {}", folder.display());
    elapsed
}

fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", folder.parent().unwrap_or(folder))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
    for who in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{who}_NAME"), "Bench")
            .env(format!("GIT_{who}_EMAIL"), "bench@suite.invalid");
    }
    command
}

fn git(folder: &Path, words: &[&str]) -> String {
    let output = command(folder, "git").args(words).output().expect("git starts");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn prepare(folder: &Path) -> PathBuf {
    let origin = folder.join("origin");
    std::fs::create_dir_all(&origin).expect("folder");
    git(&origin, &["init", "--quiet", "--initial-branch=main", "--template="]);
    let write = |path: &str, text: &str| {
        let target = origin.join(path);
        std::fs::create_dir_all(target.parent().expect("parent")).expect("folders");
        std::fs::write(target, text).expect("write");
    };
    for (path, text) in trueppm_release::demo::FILES {
        if !path.starts_with("changelog.d/") {
            write(path, text);
        }
    }
    write("trueppm-release.toml", &layout_without_steps());
    write("CHANGELOG.md", &changelog());
    write("packages/api/uv.lock", &uv_lock("trueppm-api", 2_600));
    write("packages/scheduler/uv.lock", &uv_lock("trueppm-scheduler", 1_150));
    let kinds = ["fixed", "fixed", "fixed", "added", "added", "changed", "security"];
    for number in 0..FRAGMENTS {
        let kind = kinds[number % kinds.len()];
        write(&format!("changelog.d/{}.{kind}.md", 1000 + number), &fragment(number));
    }
    for number in 0..OTHER_FILES {
        let lines = 10 + number % 90;
        write(
            &format!("src/part{:03}/file{number}.ts", number % FOLDERS),
            &format!("// {number}\n{}", words(number, lines)),
        );
    }
    git(&origin, &["add", "--all"]);
    git(&origin, &["commit", "--quiet", "-m", "feat: everything"]);
    git(folder, &["clone", "--quiet", "--no-local", "origin", "clone"]);
    std::thread::sleep(Duration::from_millis(1100));
    let clone = folder.join("clone");
    git(&clone, &["update-index", "--refresh", "-q"]);
    clone
}

/// The built-in layout without its step, which would measure another program.
fn layout_without_steps() -> String {
    let mut layout: toml_edit::DocumentMut = trueppm_release::config::built_in().parse().expect("valid");
    layout.remove("step");
    layout.to_string()
}

/// About half of the real fragments start with a list marker; most are two to eight wrapped lines.
fn fragment(number: usize) -> String {
    let marker = if number % 9 < 4 { "- " } else { "" };
    format!("{marker}**Change {number}**: {}", words(number, 2 + number % 7))
}

fn words(seed: usize, lines: usize) -> String {
    let vocabulary =
        ["schedule", "milestone", "the", "board", "keeps", "its", "order", "when", "a", "task", "moves"];
    let mut text = String::new();
    for line in 0..lines {
        for word in 0..11 {
            text.push_str(vocabulary[(seed * 7 + line * 3 + word * 5) % vocabulary.len()]);
            text.push(if word == 10 { '\n' } else { ' ' });
        }
    }
    text
}

fn changelog() -> String {
    let mut text = String::from(
        "# Changelog\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.1.0] - 2026-01-15\n\n### Added\n\n",
    );
    let mut number = 0;
    while text.len() < CHANGELOG_BYTES {
        let _written = write!(text, "- {}", words(number, 6).replace('\n', "\n  ").trim_end());
        text.push('\n');
        number += 1;
    }
    text
}

fn uv_lock(name: &str, packages: usize) -> String {
    let mut text = String::from("version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n");
    for number in 0..packages {
        let _written = write!(
            text,
            "\n[[package]]\nname = \"package-{number}\"\nversion = \"1.{number}.0\"\nsource = {{ registry = \
             \"https://registry.invalid/simple\" }}\nsdist = {{ hash = \"sha256:{number:064x}\", size = {number} }}\n"
        );
    }
    let _written = write!(
        text,
        "\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\nsource = {{ editable = \".\" }}\n"
    );
    text
}
