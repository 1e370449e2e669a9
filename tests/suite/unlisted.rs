//! Manifests that the configuration does not speak of: reported, ignored with a reason, or refused.

use crate::manifests::repository;
use crate::sandbox::Sandbox;

const FILES: [(&str, &str); 9] = [
    ("package.json", "{\"version\": \"0.1.0\", \"name\": \"own\"}\n"),
    ("crates/wasm/Cargo.toml", "[package]\nname = \"wasm\"\nversion = \"0.1.0\"\n"),
    ("crates/wasm/Cargo.lock", "[[package]]\nname = \"wasm\"\nversion = \"0.1.0\"\n"),
    ("package-lock.json", "{\"lockfileVersion\": 1, \"version\": \"0.1.0\"}\n"),
    ("private/package.json", "{\"private\": true, \"version\": \"0.0.0\"}\n"),
    ("tooling/package.json", "{\"private\": true}\n"),
    ("node_modules/dep/package.json", "{\"version\": \"1.0.0\"}\n"),
    ("docs/Chart.yaml.md", "version: 1.0.0\n"),
    ("lint/pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
];

fn suite(more: &str) -> Sandbox {
    repository("package.json", &format!("[[manifest]]\npath = \"package.json\"\n{more}"), &FILES)
}

fn warnings(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains("neither listed nor ignored")).collect()
}

#[test]
fn what_nobody_listed_is_reported_at_the_gate_and_in_the_preview() {
    let sandbox = suite("");
    for words in [&["minor", "--dry-run"][..], &["minor", "--yes"]] {
        let run = sandbox.run(words).expect(0);
        let said = format!("{}{}", run.stdout, run.stderr);
        let said = warnings(&said);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("warning"), "{said:?}");
        assert!(said[0].contains("`crates/wasm/Cargo.toml:3` holds the version `0.1.0`"), "{said:?}");
        // The lock file of a package that is released, and not that of one that is not.
        assert!(said[1].contains("`package-lock.json:1` holds the version `0.1.0`"), "{said:?}");
    }
}

#[test]
fn many_of_them_are_counted_behind_the_first_ten() {
    let text = "{\"version\": \"0.1.0\"}\n";
    let paths: Vec<String> = (10..22).map(|number| format!("packages/{number}/package.json")).collect();
    let mut files = vec![("package.json", text)];
    files.extend(paths.iter().map(|path| (path.as_str(), text)));
    let sandbox = repository("package.json", "[[manifest]]\npath = \"package.json\"\n", &files);
    let run = sandbox.refused(0, &["minor", "--dry-run"]);
    let said = warnings(&run.stdout);
    assert_eq!(said.len(), 11, "{said:?}");
    assert!(said[10].contains("2 more files hold a version"), "{said:?}");
}

#[test]
fn what_is_ignored_with_a_reason_is_not_reported_and_not_touched() {
    let sandbox = suite(
        "[[ignore]]\npath = \"crates/**\"\nreason = \"published by its own pipeline\"\n\
         [[ignore]]\npath = \"package-lock.json\"\nreason = \"never installed from\"\n",
    );
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(warnings(&run.stderr), Vec::<&str>::new());
    let changed = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(changed, "package.json\n");
}

#[test]
fn a_configuration_may_refuse_or_only_note_what_it_does_not_know() {
    let with = |value: &str| {
        let sandbox = suite("");
        let path = "trueppm-release.toml";
        sandbox.replace(path, "[release]\n", &format!("[release]\nunlisted = \"{value}\"\n"));
        sandbox.commit_all("chore: be strict");
        sandbox
    };
    with("refuse")
        .refused(1, &["minor", "--yes"])
        .says("the configuration does not know every manifest")
        .says("`crates/wasm/Cargo.toml:3` holds the version `0.1.0` and is neither listed nor ignored")
        .says("hint: add each as `[[manifest]]`, or as `[[ignore]]` with a reason");
    let run = with("note").run(&["minor", "--dry-run"]).expect(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(warnings(&said).len(), 2, "{said}");
}

#[test]
fn only_what_is_committed_counts() {
    let sandbox = suite("[[ignore]]\npath = \"package-lock.json\"\nreason = \"x\"\n");
    sandbox.write("new/Cargo.toml", "[package]\nversion = \"3.0.0\"\n");
    sandbox.git(&["add", "new"]);
    sandbox.git(&["rm", "--quiet", "crates/wasm/Cargo.toml"]);
    let run = sandbox.run(&["minor", "--dry-run"]).expect(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(warnings(&said).len(), 1, "{said}");
    assert!(said.contains("`crates/wasm/Cargo.toml:3` holds"), "{said}");
}
