//! Whole releases of the real project, one configuration for each layout that it had: what the project's own scripts
//! and people made of a release must come out, and every further release must work without another rule.

use std::collections::BTreeMap;
use std::path::Path;

use super::markdown::section_items;
use super::{assert_items, copy_into, corpus, fragments};
use crate::sandbox::Sandbox;

const ALPHA_LAYOUT: &str = include_str!("trueppm-0.3.toml");
const SCHEDULER: &str = "packages/scheduler/CHANGELOG.md";

/// Every file below a folder.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_str().expect("UTF-8").to_owned();
                found.insert(name, std::fs::read(&path).expect("file"));
            }
        }
    }
    found
}

/// Every file of a commit.
fn committed(sandbox: &Sandbox, revision: &str) -> BTreeMap<String, Vec<u8>> {
    let export = format!("export-{revision}");
    let folder = sandbox.around().join(&export);
    std::fs::create_dir(&folder).expect("folder");
    let archive = format!("../{export}/tree.tar");
    sandbox.git(&["archive", "--output", &archive, revision]);
    let unpacked = std::process::Command::new("tar")
        .args(["-xf", "tree.tar"])
        .current_dir(&folder)
        .status()
        .expect("tar starts");
    assert!(unpacked.success());
    std::fs::remove_file(folder.join("tree.tar")).expect("archive");
    tree(&folder)
}

#[track_caller]
fn assert_same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (path, bytes) in expected {
        assert!(found[path] == *bytes, "{path} is not as expected");
    }
}

/// The configuration beside the repository: the trees are compared as a whole.
fn layout(sandbox: &Sandbox, text: &str) -> String {
    let path = sandbox.around().join("layout.toml");
    std::fs::write(&path, text).expect("configuration");
    path.display().to_string()
}

/// The paragraph that a section opens with.
fn opening(changelog: &str, heading: &str) -> String {
    let (_, section) = changelog.split_once(&format!("\n{heading}\n\n")).expect("the section");
    section.split_once("\n\n").expect("a paragraph").0.to_owned()
}

/// A tree of the corpus as a repository with the tags of its version.
fn released(tree: &Path, tags: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty();
    copy_into(&sandbox, tree);
    sandbox.commit_all("feat: everything");
    for tag in tags {
        sandbox.git(&["tag", "-a", tag, "-m", "Release"]);
    }
    sandbox
}

#[test]
fn the_real_release_0_3_0_alpha_2_comes_out_byte_for_byte_and_the_next_one_can_be_cut() {
    let Some(before) = corpus("trueppm-0.3.0-alpha.2/before") else { return };
    let after = tree(&corpus("trueppm-0.3.0-alpha.2/after").expect("corpus"));
    let sandbox = released(&before, &["v0.3.0-alpha.1", "scheduler-v0.3.0a1"]);
    let config = layout(&sandbox, ALPHA_LAYOUT);
    let date = "2026-06-29";
    let changelog = String::from_utf8(after["CHANGELOG.md"].clone()).expect("UTF-8");
    let summary = opening(&changelog, &format!("## [0.3.0-alpha.2] — {date}"));
    let words = ["alpha", "--yes", "--config", &config, "--date", date, "--summary", &summary];
    let preview = [&["--dry-run", "--strict"], &words[..]].concat();
    sandbox.run(&preview).expect(0);
    sandbox.run(&words).expect(0);

    assert_same(&committed(&sandbox, "HEAD"), &after);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.3.0a2\nv0.3.0-alpha.2\n");

    // Read again, the result is in order: the only thing that the next release lacks is something to say.
    let next = ["alpha", "--dry-run", "--strict", "--config", &config];
    let run = sandbox.refused(1, &next);
    run.shows("error: `[Unreleased]` section is empty (`CHANGELOG.md`, line 14)")
        .shows("error: `CHANGELOG.md` opens each release with a summary, and there is none")
        .says("a release would be refused: 3 problems");
    sandbox.run(&[&next[..], &["--summary", "Again."]].concat()).expect(0).shows("0.3.0-alpha.3");
}

#[test]
fn the_layout_of_0_3_holds_for_its_next_releases() {
    let Some(folder) = corpus("trueppm-0.3.0-alpha.2/after") else { return };
    let sandbox = released(&folder, &["v0.3.0-alpha.2", "scheduler-v0.3.0a2"]);
    let config = layout(&sandbox, ALPHA_LAYOUT);
    let start = |path: &str| sandbox.read(path);
    let (suite, scheduler) = (start("CHANGELOG.md"), start(SCHEDULER));
    let cut = |words: &str, summary: &str, date: &str| {
        let run = sandbox.run(&[words, "--yes", "--config", &config, "--summary", summary, "--date", date]);
        run.expect(0);
    };
    sandbox.write("changelog.d/1500.fixed.md", "A fix.\n");
    sandbox.replace(SCHEDULER, "_Nothing yet._", "### Fixed\n\n- A fix.");
    sandbox.commit_all("fix: something");
    cut("beta", "The first beta.", "2026-07-01");
    cut("release", "Stable.\n\nAt last.", "2026-07-02");

    let (head, older) = suite.split_once("_Nothing yet._\n").expect("placeholder");
    assert_eq!(
        sandbox.read("CHANGELOG.md"),
        format!(
            "{head}_Nothing yet._\n\n## [0.3.0] — 2026-07-02\n\nStable.\n\nAt last.\n\n\
             ## [0.3.0-beta.1] — 2026-07-01\n\nThe first beta.\n\n### Fixed\n- A fix.\n{older}"
        )
    );
    let (head, older) = scheduler.split_once("_Nothing yet._\n").expect("placeholder");
    let (older, footer) = older.split_once("\n[Unreleased]: ").expect("footer");
    let (link, footer) = footer.split_once('\n').expect("older links");
    let compare = link.strip_suffix("scheduler-v0.3.0a2...main").expect("a compare link");
    assert_eq!(
        sandbox.read(SCHEDULER),
        format!(
            "{head}_Nothing yet._\n\n## [0.3.0] - 2026-07-02\n\n_No library-facing changes in this release._\n\n\
             ## [0.3.0b1] - 2026-07-01\n\n### Fixed\n\n- A fix.\n{older}\n\
             [Unreleased]: {compare}scheduler-v0.3.0...main\n\
             [0.3.0]: {compare}scheduler-v0.3.0b1...scheduler-v0.3.0\n\
             [0.3.0b1]: {compare}scheduler-v0.3.0a2...scheduler-v0.3.0b1\n{footer}"
        )
    );
}

#[test]
fn real_fragments_with_headings_start_no_section_now_or_in_the_next_release() {
    let Some(headings) = corpus("fragments-with-headings") else { return };
    let sandbox = released(
        &corpus("trueppm-0.3.0-alpha.2/after").expect("corpus"),
        &["v0.3.0-alpha.2", "scheduler-v0.3.0a2"],
    );
    let config = layout(&sandbox, ALPHA_LAYOUT);
    let (head, older) = {
        let text = sandbox.read("CHANGELOG.md");
        let (head, older) = text.split_once("_Nothing yet._\n").expect("placeholder");
        (head.to_owned(), older.to_owned())
    };
    let fragments = fragments(&headings);
    assert_eq!(fragments.len(), 3, "the corpus holds three fragments with headings");
    for (name, text) in &fragments {
        sandbox.write(&format!("changelog.d/{name}"), text);
    }
    sandbox.commit_all("feat: more");
    let words = ["alpha", "--yes", "--config", &config, "--date", "2026-07-01", "--summary"];
    sandbox.run(&[&words[..], &["One."]].concat()).expect(0);
    let first = sandbox.read("CHANGELOG.md");
    let new = first.strip_prefix(&head).and_then(|rest| rest.strip_suffix(&older)).expect("what was there");
    assert_items(&section_items(&first.replacen("One.", "", 1), "0.3.0-alpha.3 — 2026-07-01"), &fragments);

    sandbox.run(&[&words[..], &["Two."]].concat()).expect(0);
    let section = "_Nothing yet._\n\n## [0.3.0-alpha.4] — 2026-07-01\n\nTwo.\n\n";
    let released = new.strip_prefix("_Nothing yet._\n\n").expect("placeholder");
    assert_eq!(sandbox.read("CHANGELOG.md"), format!("{head}{section}{released}{older}"));
}
