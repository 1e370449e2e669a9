//! How planning grows: whole dry runs of a stable release over ever more manifests and fragments, `cargo bench --bench
//! planning`. Each size is measured in the same rounds as the smaller ones, and git reads the same files beside it; what
//! grows linearly takes ten times as long for ten times as much, once the start of a process is taken off.

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

/// Manifests and fragments.
const SIZES: [(usize, usize); 4] = [(1, 1), (100, 1_000), (500, 5_000), (1_000, 10_000)];

fn main() {
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(9);
    let folder = tempfile::tempdir().expect("temporary folder");
    let places: Vec<PathBuf> =
        SIZES.iter().map(|(manifests, fragments)| prepare(folder.path(), *manifests, *fragments)).collect();
    let mut ours: Vec<Vec<Duration>> = vec![Vec::new(); SIZES.len()];
    let mut gits: Vec<Vec<Duration>> = vec![Vec::new(); SIZES.len()];
    for round in 0..=rounds {
        for (number, place) in places.iter().enumerate() {
            let planned = timed(place, &[PROGRAM, "minor", "--dry-run", "--offline"]);
            let read = timed(place, &["git", "grep", "--count", "--quiet", "-e", "0.1.0", "HEAD"]);
            if round > 0 {
                ours[number].push(planned);
                gits[number].push(read);
            }
        }
    }
    println!("{rounds} rounds, medians of whole processes");
    let (start, largest) = (median(&ours[0]), SIZES[SIZES.len() - 1]);
    for (number, (manifests, fragments)) in SIZES.iter().enumerate() {
        let (time, read) = (median(&ours[number]), median(&gits[number]));
        let each = (time - start) / (manifests + fragments) as f64 * 1000.0;
        println!(
            "{manifests:>5} manifests, {fragments:>6} fragments: dry run {time:.1} ms ({each:.1} µs for each file), \
             git grep HEAD {read:.1} ms"
        );
    }
    let tenth = median(&ours[1]) - start;
    let whole = median(&ours[SIZES.len() - 1]) - start;
    println!(
        "{} manifests against a tenth of it: {:.1} times as long (linear: 10)",
        largest.0,
        whole / tenth
    );
}

/// A repository with so many packages and fragments, packed as a clone has it.
fn prepare(folder: &Path, manifests: usize, fragments: usize) -> PathBuf {
    let origin = folder.join(format!("origin-{manifests}"));
    std::fs::create_dir_all(&origin).expect("folder");
    git(&origin, &["init", "--quiet", "--initial-branch=main", "--template="]);
    let write = |path: &str, text: &str| {
        let target = origin.join(path);
        std::fs::create_dir_all(target.parent().expect("parent")).expect("folders");
        std::fs::write(target, text).expect("write");
    };
    let mut config =
        "[release]\nversion-from = \"packages/0/package.json\"\ncommit-message = \"Release {version}\"\n\n\
                      [[tag]]\nname = \"v{version}\"\nmessage = \"Release v{version}\"\n"
            .to_owned();
    for number in 0..manifests {
        write(
            &format!("packages/{number}/package.json"),
            &format!("{{\n  \"name\": \"package-{number}\",\n  \"version\": \"0.1.0\"\n}}\n"),
        );
        writeln!(config, "\n[[manifest]]\npath = \"packages/{number}/package.json\"").expect("text");
    }
    config.push_str("\n[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n");
    write("trueppm-release.toml", &config);
    write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    for number in 0..fragments {
        let text = format!("Entry {number} says what changed, in a sentence of some length (#{number}).\n");
        write(&format!("changelog.d/{number}.fixed.md"), &text);
    }
    git(&origin, &["add", "--all"]);
    git(&origin, &["commit", "--quiet", "--message", "everything"]);
    let clone = folder.join(format!("clone-{manifests}"));
    git(
        folder,
        &["clone", "--quiet", "--no-local", &format!("origin-{manifests}"), &format!("clone-{manifests}")],
    );
    // An index that is younger than every file, as a person's is.
    std::thread::sleep(Duration::from_millis(1100));
    git(&clone, &["status", "-uno"]);
    git(&clone, &["status", "-uno"]);
    clone
}
