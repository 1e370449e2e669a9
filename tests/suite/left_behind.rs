//! What a release leaves behind: files with the version that no entry sets, and days beside a version that moves. It is one
//! note, the same in the preview and at the gate, and never a refusal; a number that YAML would misread is one.

use crate::manifests::repository;
use crate::sandbox::Sandbox;

const CRATE: &str = "[package]\nname = \"one\"\nversion = \"1.4.7\"\n";
const CITATION: &str = "cff-version: 1.2.0\ndate-released: 2026-01-01\nversion: 1.4.7\n";
const MANIFEST: &str = "[[manifest]]\npath = \"Cargo.toml\"\n";

const FILES: [(&str, &str); 15] = [
    ("Cargo.toml", CRATE),
    ("VERSION", "1.4.7\n"),
    ("CITATION.cff", CITATION),
    ("README.md", "# one\n\none = \"1.4.7\"\ntwo = \"1.4.7\"\n"),
    ("lerna.json", "{\n  \"version\": \"1.4.7\"\n}\n"),
    ("src/lib.rs", "#![doc(html_root_url = \"https://docs.invalid/one/1.4.7\")]\n"),
    ("written/version.txt", "1.4.7\n"),
    // Not the version of this project, or not where people look for it.
    ("Dockerfile", "FROM two:1.4.7\n"),
    ("a/b/c/VERSION", "1.4.7\n"),
    ("node_modules/x/VERSION", "1.4.7\n"),
    ("changelog.d/README.md", "Fragments of one 1.4.7\n"),
    ("docs/version.txt", "1.4.6\n"),
    ("docs/guide.md", "one 1.4.7\n"),
    ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- x\n\n## 1.4.7\n"),
    ("yarn.lock", "version 1.4.7\n"),
];

const MORE: &str = "[[step]]\nname = \"write\"\nrun = [\"true\"]\nwrites = [\"written/*.txt\"]\n\
                    [changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n";

/// The lines of the note in a preview.
fn note(sandbox: &Sandbox) -> String {
    let run = sandbox.refused(0, &["minor", "--dry-run"]);
    let block = run.stdout.split_once("\n\n").map_or("", |(block, _)| block);
    let lines: Vec<&str> = block.lines().skip_while(|line| !line.starts_with("  note    : ")).collect();
    lines.join("\n")
}

#[test]
fn files_with_the_version_that_no_entry_sets_are_one_note_in_every_mode() {
    let sandbox = repository("Cargo.toml", &format!("{MANIFEST}{MORE}"), &FILES);
    let places = "`1.4.7` stands in files that no entry sets: `CITATION.cff:3`, `README.md:3`, `VERSION:1`, \
                  `lerna.json:2`, `src/lib.rs:1`";
    let days = "days of a release that no entry sets: `CITATION.cff:2` (`2026-01-01`)";
    let way = "a `[[pattern]]` moves them, a day by `(?<date>…)` in its `regex`; an `[[ignore]]` with a reason leaves a file alone";
    assert_eq!(note(&sandbox), format!("  note    : {places}\n            {days}\n            {way}"));
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    run.says(&format!("note: {places}\n  {days}\n  {way}\n"));
    assert_eq!(sandbox.read("VERSION"), "1.4.7\n");
}

#[test]
fn what_is_ignored_set_or_released_for_the_first_time_is_no_note() {
    let ignored: String = ["VERSION", "CITATION.cff", "src/**", "lerna.json"]
        .iter()
        .map(|path| format!("[[ignore]]\npath = \"{path}\"\nreason = \"by hand\"\n"))
        .collect();
    let pattern = "[[pattern]]\npath = \"README.md\"\nfind = 'one = \"{previous}\"'\nreplace = 'one = \"{version}\"'\ncount = 1\n";
    let sandbox = repository("Cargo.toml", &format!("{MANIFEST}{pattern}{ignored}{MORE}"), &FILES);
    assert_eq!(note(&sandbox), "");
    let sandbox = repository("Cargo.toml", MANIFEST, &FILES);
    assert!(note(&sandbox).contains("`VERSION:1`"));
    let run = sandbox.refused(0, &["1.4.7", "--dry-run"]).shows("this is the first release");
    assert!(!run.stdout.contains("no entry sets"), "{}", run.stdout);
}

#[test]
fn the_day_beside_a_version_that_moves_is_named_until_a_pattern_moves_it() {
    let version = "[[pattern]]\npath = \"CITATION.cff\"\nregex = '^version: (?<version>\\S+)'\ncount = 1\n";
    let day = "[[pattern]]\npath = \"CITATION.cff\"\nregex = '^date-released: (?<date>\\S+)'\ncount = 1\n";
    let files = [FILES[0], FILES[2]];
    let sandbox = repository("Cargo.toml", &format!("{MANIFEST}{version}"), &files);
    let said = note(&sandbox);
    assert!(
        said.starts_with(
            "  note    : days of a release that no entry sets: `CITATION.cff:2` (`2026-01-01`)\n"
        ),
        "{said}"
    );
    let sandbox = repository("Cargo.toml", &format!("{MANIFEST}{version}{day}"), &files);
    assert_eq!(note(&sandbox), "");
    // A label of an image, in a file that holds no version at all.
    let label = ("Dockerfile", "FROM x\nLABEL org.opencontainers.image.created=\"2026-01-01T00:00:00Z\"\n");
    let said = note(&repository("Cargo.toml", MANIFEST, &[FILES[0], label]));
    assert!(said.contains("`Dockerfile:2` (`2026-01-01`)"), "{said}");
}

#[test]
fn a_package_that_takes_its_version_from_the_workspace_is_known_by_name() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"one\"]\n[workspace.package]\nversion = \"1.4.7\"\n"),
        ("one/Cargo.toml", "[package]\nname = \"one\"\nversion.workspace = true\n"),
        ("one/src/lib.rs", ""),
        ("README.md", "one = \"1.4.7\"\n"),
    ];
    let said = note(&repository("Cargo.toml", MANIFEST, &files));
    assert!(said.contains("`README.md:1`"), "{said}");
}

#[test]
fn a_pattern_that_makes_a_number_of_a_version_in_yaml_is_refused() {
    let crate_at = CRATE.replace("1.4.7", "1.9.0");
    let values = "image:\n  tag: 1.9 # ours\n";
    let by_regex = "regex = '^  tag: \"?(?<major>\\d+)\\.(?<minor>\\d+)'\n";
    let pattern = format!("{MANIFEST}[[pattern]]\npath = \"values.yaml\"\n{by_regex}count = 1\n");
    let sandbox = repository("Cargo.toml", &pattern, &[("Cargo.toml", &crate_at), ("values.yaml", values)]);
    for words in [&["minor", "--yes"][..], &["minor", "--dry-run"]] {
        let run = sandbox.refused(1, words);
        let said = format!("{}{}", run.stdout, run.stderr);
        let message =
            "values.yaml:2: `tag` would be `1.10` without quotes, which YAML reads as the number 1.1";
        assert!(said.contains(message), "{said}");
        assert!(said.contains("write the value in quotes, `tag: \"1.9\"`, commit that"), "{said}");
    }
    sandbox.replace("values.yaml", "1.9", "\"1.9\"");
    sandbox.commit_all("fix: a text, not a number");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("values.yaml"), "image:\n  tag: \"1.10\" # ours\n");
}
