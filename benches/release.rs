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

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{PROGRAM, git, median, timed};

/// Numbers of the real repository: fragments, other tracked files, folders they lie in.
const FRAGMENTS: usize = 982;
const OTHER_FILES: usize = 4_900;
const FOLDERS: usize = 359;
const TAGS: usize = 40;
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

    let fragments = fragment_paths(&clone);
    let cat: Vec<&str> = std::iter::once("cat").chain(fragments.iter().map(String::as_str)).collect();
    let (mut status_and_cat, mut dry_run) = (Vec::new(), Vec::new());
    let (mut git_alone, mut release) = (Vec::new(), Vec::new());
    // Nothing of this writes, so it can be repeated as it stands; the first round warms the caches.
    start_over(&clone);
    for round in 0..=4 * rounds {
        let reading = timed(&clone, &["git", "status", "-uno"]) + timed(&clone, &cat);
        let preview = timed(&clone, &[PROGRAM, "minor", "--dry-run", "--offline"]);
        if round > 0 {
            status_and_cat.push(reading);
            dry_run.push(preview);
        }
    }
    for round in 0..=rounds {
        start_over(&clone);
        warm_up(&clone);
        let released = timed(&clone, &[PROGRAM, "minor", "--yes", "--offline"]);
        assert_eq!(git(&clone, &["status", "--porcelain", "-uno"]), "", "the release leaves a clean tree");
        let ours = git(&clone, &["rev-parse", "HEAD^{tree}"]);

        // The same content once more, recorded by git: brought back into the work tree of a repository in which the
        // release's own objects are no more, so that git has to write them as well.
        git(&clone, &["diff", "--binary", "--output=../release.patch", "HEAD^", "HEAD"]);
        start_over(&clone);
        git(&clone, &["apply", "../release.patch"]);
        warm_up(&clone);
        let recorded =
            timed(&clone, &["git", "commit", "--quiet", "-a", "-m", "chore(release): bump version to 0.2.0"])
                + timed(&clone, &["git", "tag", "-a", "v0.2.0", "-m", "Release v0.2.0"])
                + timed(
                    &clone,
                    &["git", "tag", "-a", "scheduler-v0.2.0", "-m", "Release trueppm-scheduler 0.2.0"],
                );
        assert_eq!(git(&clone, &["rev-parse", "HEAD^{tree}"]), ours, "both sides record the same content");
        if round > 0 {
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

/// Brings the clone back to where both sides start: at the pushed commit, nothing of an earlier round left, and an
/// index that is younger than every file, as a person's is, so that nobody has to compare bytes.
fn start_over(clone: &Path) {
    for tag in ["v0.2.0", "scheduler-v0.2.0"] {
        if !git(clone, &["tag", "--list", tag]).is_empty() {
            git(clone, &["tag", "--delete", tag]);
        }
    }
    git(clone, &["reset", "--quiet", "--hard", "origin/main"]);
    git(clone, &["reflog", "expire", "--expire=now", "--all"]);
    git(clone, &["prune", "--expire=now"]);
    std::thread::sleep(Duration::from_millis(1100));
    // The first one writes the index once more where files are as young as it; the second one has nothing to do.
    git(clone, &["status", "-uno"]);
    git(clone, &["status", "-uno"]);
}

/// A processor that slept through [`start_over`] starts slowly: both sides get it awake, and their programs loaded.
fn warm_up(clone: &Path) {
    git(clone, &["status", "-uno"]);
    timed(clone, &[PROGRAM, "--version"]);
}

/// What `changelog.d/*.md` stands for: the shell that expands it is not part of the measurement.
fn fragment_paths(clone: &Path) -> Vec<String> {
    let names = std::fs::read_dir(clone.join("changelog.d")).expect("folder").map(|entry| {
        format!("changelog.d/{}", entry.expect("entry").file_name().into_string().expect("UTF-8"))
    });
    let mut paths: Vec<String> = names.filter(|path| path.ends_with(".md")).collect();
    paths.sort();
    paths
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

fn prepare(folder: &Path) -> PathBuf {
    let origin = folder.join("origin");
    std::fs::create_dir_all(&origin).expect("folder");
    git(&origin, &["init", "--quiet", "--initial-branch=main", "--template="]);
    let write = |path: &str, text: &str| {
        let target = origin.join(path);
        std::fs::create_dir_all(target.parent().expect("parent")).expect("folders");
        std::fs::write(target, text).expect("write");
    };
    for (path, text) in trueppm_release::commands::demo::FILES {
        if !path.starts_with("changelog.d/") {
            write(path, text);
        }
    }
    write("trueppm-release.toml", &layout_without_steps());
    write("CHANGELOG.md", &changelog());
    write("packages/api/uv.lock", &uv_lock("trueppm-api", 140, 16));
    write("packages/scheduler/uv.lock", &uv_lock("trueppm-scheduler", 40, 24));
    write("packages/web/package-lock.json", &package_lock(770));
    write("docs/api/openapi.json", &openapi());
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
    for number in 0..TAGS {
        git(&origin, &["tag", "-a", &format!("v0.0.{number}"), "-m", "Release"]);
    }
    git(folder, &["clone", "--quiet", "--no-local", "origin", "clone"]);
    folder.join("clone")
}

/// The built-in layout without its step, which would measure another program.
fn layout_without_steps() -> String {
    let mut layout: toml_edit::DocumentMut = trueppm_release::config::built_in().parse().expect("valid");
    layout.remove("step");
    layout.to_string()
}

/// Fewer than half of the real fragments start with a list marker; most are one long line of 100 to 1000 bytes, a
/// quarter is wrapped to seven lines and more.
fn fragment(number: usize) -> String {
    let marker = if number % 9 < 4 { "- " } else { "" };
    let text = words(number, 2 + number * 13 % 14);
    let text = if number.is_multiple_of(4) { text.replace('\n', "\n  ") } else { text.replace('\n', " ") };
    format!("{marker}**Change {number}**: {}\n", text.trim_end())
}

/// Prose as far as compression can tell: without chance in it, git would store most fragments as differences from
/// each other, which it does with none of the real ones.
fn words(seed: usize, lines: usize) -> String {
    const SYLLABLES: [&str; 32] = [
        "a", "the", "board", "mile", "stone", "task", "ed", "ing", "re", "plan", "er", "re", "source", "o",
        "ver", "date", "s", "link", "is", "un", "in", "to", "when", "move", "cal", "en", "dar", "ly", "fix",
        "and", "no", "w",
    ];
    let mut chance = chance(seed + 1000 * lines);
    let mut text = String::new();
    for _ in 0..lines {
        for word in 0..9 {
            for _ in 0..=chance(3) {
                text.push_str(SYLLABLES[chance(32) as usize]);
            }
            text.push(if word == 8 { '\n' } else { ' ' });
        }
    }
    text
}

/// Numbers below a limit, the same ones in every run.
fn chance(seed: usize) -> impl FnMut(u64) -> u64 {
    let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// What no compression makes shorter than half: the digests that fill lock files.
fn digest(chance: &mut impl FnMut(u64) -> u64, digits: usize) -> String {
    (0..digits).filter_map(|_| char::from_digit(chance(16) as u32, 16)).collect()
}

/// About 180 bytes a line: half of the entries are one long line each.
fn changelog() -> String {
    let mut text = String::from(
        "# Changelog\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.1.0] - 2026-01-15\n\n### Added\n\n",
    );
    let mut number = 0;
    while text.len() < CHANGELOG_BYTES {
        let wrapped = if number % 3 == 0 { "\n  " } else { " " };
        let _written = writeln!(text, "- {}", words(number, 6).replace('\n', wrapped).trim_end());
        number += 1;
    }
    text
}

/// Most lines of a real one are wheels: long, with a URL and a hash.
fn uv_lock(name: &str, packages: usize, wheels: usize) -> String {
    let mut chance = chance(packages);
    let mut text = String::from("version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n");
    for number in 0..packages {
        let _written = write!(
            text,
            "\n[[package]]\nname = \"package-{number}\"\nversion = \"1.{number}.0\"\nsource = {{ registry = \
             \"https://registry.invalid/simple\" }}\nwheels = [\n"
        );
        for wheel in 0..wheels {
            let _written = writeln!(
                text,
                "    {{ url = \"https://files.registry.invalid/packages/{}/package_{number}-1.{number}.0-cp3{wheel}-\
                 manylinux_2_17_x86_64.whl\", hash = \"sha256:{}\", size = {number} }},",
                digest(&mut chance, 64),
                digest(&mut chance, 64)
            );
        }
        text.push_str("]\n");
    }
    let _written = write!(
        text,
        "\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\nsource = {{ editable = \".\" }}\n"
    );
    text
}

fn package_lock(packages: usize) -> String {
    let mut text = String::from(
        "{\n  \"name\": \"@trueppm/web\",\n  \"version\": \"0.1.0\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \
         \"\": {\n      \"name\": \"@trueppm/web\",\n      \"version\": \"0.1.0\"\n    }",
    );
    let mut chance = chance(packages);
    for number in 0..packages {
        let integrity = digest(&mut chance, 86);
        let _written = write!(
            text,
            ",\n    \"node_modules/package-{number}\": {{\n      \"version\": \"2.{number}.0\",\n      \"resolved\": \
             \"https://registry.invalid/package-{number}/-/package-{number}-2.{number}.0.tgz\",\n      \"integrity\": \
             \"sha512-{integrity}==\",\n      \"dev\": true,\n      \"license\": \"MIT\",\n      \"dependencies\": {{\n        \
             \"package-{}\": \"^2.0.0\",\n        \"package-{}\": \"^2.0.0\"\n      }},\n      \"engines\": {{\n        \
             \"node\": \">=18\"\n      }}\n    }}",
            number / 2,
            number / 3
        );
    }
    text.push_str("\n  }\n}\n");
    text
}

/// Three megabytes that git tracks and a release without steps does not touch.
fn openapi() -> String {
    let mut text = String::from(
        "{\n    \"openapi\": \"3.0.3\",\n    \"info\": {\n        \"version\": \"0.1.0\"\n    },\n    \"paths\": {",
    );
    for number in 0..16_000 {
        let comma = if number == 0 { "" } else { "," };
        let _written = write!(
            text,
            "{comma}\n        \"/api/v1/things/{number}/\": {{\n            \"get\": {{\n                \
             \"operationId\": \"v1_things_{number}_list\",\n                \"responses\": {{}}\n            }}\n        }}"
        );
    }
    text.push_str("\n    }\n}\n");
    text
}
