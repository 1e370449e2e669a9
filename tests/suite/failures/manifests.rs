//! Releases that went wrong because of what holds a version: something was not listed, was listed by hand, or was found
//! by a search that matched nothing.

use crate::manifests::repository;
use crate::sandbox::Sandbox;

const PACKAGE: (&str, &str) = ("package.json", "{\"name\": \"own\", \"version\": \"0.1.0\"}\n");
const LISTED: &str = "[[manifest]]\npath = \"package.json\"\n";

#[test]
fn failure_a_search_that_matches_nothing_is_refused_and_names_what_was_looked_for() {
    let pattern = "[[pattern]]\npath = \"web.env\"\nfind = \"VERSION={previous}\"\nreplace = \"VERSION={version}\"\ncount = 1\n";
    let sandbox = repository(
        "package.json",
        &format!("{LISTED}{pattern}"),
        &[PACKAGE, ("web.env", "VERSION = 0.1.0\n")],
    );
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("web.env: the text `VERSION=0.1.0` is there not at all, expected 1 time");
    // Where every place is found, all of them move together.
    let sandbox =
        repository("package.json", &format!("{LISTED}{pattern}"), &[PACKAGE, ("web.env", "VERSION=0.1.0\n")]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["show", "v0.2.0:web.env"]), "VERSION=0.2.0\n");
}

#[test]
fn failure_1389_a_lock_file_that_nobody_listed_beside_a_listed_manifest_is_reported() {
    let lock =
        "version = 1\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\nsource = { editable = \".\" }\n";
    let project = "[project]\nname = \"own\"\nversion = \"0.1.0\"\n";
    let files = [("pyproject.toml", project), ("uv.lock", lock), ("other/uv.lock", lock)];
    let sandbox = repository("pyproject.toml", "[[manifest]]\npath = \"pyproject.toml\"\n", &files);
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    run.says("`uv.lock:5` holds the version `0.1.0` and is neither listed nor ignored");
}

#[test]
fn failure_1389_cargo_lock_and_the_lock_files_of_workspaces_name_the_new_version_without_a_toolchain() {
    let more = "[[manifest]]\npath = \"Cargo.toml\"\n[[manifest]]\npath = \"Cargo.lock\"\npackage = \"*\"\n\
                [[manifest]]\npath = \"uv.lock\"\npackage = \"member\"\n\
                [[manifest]]\npath = \"package-lock.json\"\npackage = \"@own/web\"\n";
    let entry = |name: &str, version: &str, source: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}\n")
    };
    let cargo = |own: &str| {
        format!(
            "version = 4\n\n{}{}{}",
            entry("core", own, ""),
            entry("core", "0.1.0", "source = \"registry+https://registry.invalid/\"\n"),
            entry("own", own, &format!("dependencies = [\n \"core {own}\",\n]\n")),
        )
    };
    let uv = |own: &str| {
        format!(
            "version = 1\n\n{}{}",
            entry("member", "0.1.0", "source = { registry = \"https://registry.invalid/\" }\n"),
            entry("member", own, "source = { editable = \"packages/member\" }\n"),
        )
    };
    let npm = |own: &str| {
        format!(
            "{{\"name\": \"root\", \"lockfileVersion\": 3, \"packages\": {{\n\"\": {{\"workspaces\": [\"web\"]}},\n\
             \"node_modules/@own/web\": {{\"resolved\": \"web\", \"link\": true}},\n\
             \"node_modules/x/node_modules/@own/web\": {{\"version\": \"0.1.0\"}},\n\
             \"web\": {{\"name\": \"@own/web\", \"version\": \"{own}\"}}}}}}\n"
        )
    };
    let files = [
        ("Cargo.toml", "[package]\nname = \"own\"\nversion = \"0.1.0\"\n"),
        ("Cargo.lock", &cargo("0.1.0")),
        ("uv.lock", &uv("0.1.0")),
        ("package-lock.json", &npm("0.1.0")),
    ];
    let sandbox = repository("Cargo.toml", more, &files);
    let empty = sandbox.around().join("empty");
    std::fs::create_dir(&empty).expect("an empty folder");
    sandbox.run_with(&["minor", "--yes"], &[("PATH", &empty.display().to_string())]).expect(0);
    for (path, expected) in
        [("Cargo.lock", cargo("0.2.0")), ("uv.lock", uv("0.2.0")), ("package-lock.json", npm("0.2.0"))]
    {
        assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{path}")]), expected, "{path}");
    }
}

#[test]
fn failure_2602_a_crate_that_nobody_listed_does_not_stay_behind_unnoticed() {
    let crate_ = ("packages/wasm-scheduler/Cargo.toml", "[package]\nname = \"wasm\"\nversion = \"0.1.0\"\n");
    let said =
        "`packages/wasm-scheduler/Cargo.toml:3` holds the version `0.1.0` and is neither listed nor ignored";
    let sandbox = repository("package.json", LISTED, &[PACKAGE, crate_]);
    for _ in 0..3 {
        sandbox.run(&["minor", "--dry-run"]).expect(0).shows(said);
        sandbox.run(&["minor", "--yes"]).expect(0).says(said);
    }
    // The built-in layout notes it at the gate and in the preview.
    let sandbox = Sandbox::suite();
    sandbox.write(crate_.0, crate_.1);
    sandbox.commit_all("feat: a crate");
    sandbox.run(&["minor", "--dry-run"]).expect(0).shows(said);
    // A configuration may make it impossible.
    let sandbox = repository("package.json", LISTED, &[PACKAGE, crate_]);
    sandbox.replace("trueppm-release.toml", "[release]\n", "[release]\nunlisted = \"refuse\"\n");
    sandbox.commit_all("chore: be strict");
    sandbox.refused(1, &["minor", "--yes"]).says(said);
}

#[test]
fn failure_3367_a_package_that_publishes_nothing_is_ignored_with_a_reason_and_keeps_its_version() {
    let tool =
        ("packages/tool/package.json", "{\"name\": \"tool\", \"version\": \"7.0.0\", \"private\": true}\n");
    let ignore = "[[ignore]]\npath = \"packages/tool/*\"\nreason = \"publishes nothing\"\n";
    let glob = "[[manifest]]\npath = \"packages/**/package.json\"\noptional = true\n";
    let sandbox = repository("package.json", &format!("{LISTED}{glob}{ignore}"), &[PACKAGE, tool]);
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(!run.stderr.contains("packages/tool"), "{}", run.stderr);
    assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{}", tool.0)]), tool.1);
    // Without a reason it is no answer.
    let bare = ignore.replace("reason = \"publishes nothing\"\n", "");
    sandbox.write(
        "trueppm-release.toml",
        crate::manifests::configuration("package.json", &format!("{LISTED}{bare}")),
    );
    sandbox.commit_all("chore: say nothing");
    sandbox.refused(1, &["minor", "--yes"]).says("`[[ignore]]` has no `reason`");
}

#[test]
fn failure_4080_a_range_on_a_sibling_includes_the_very_release_it_ships_with() {
    let pattern = "[[pattern]]\npath = \"api/pyproject.toml\"\n\
                   regex = 'own-scheduler>=(?<previous_pep440>[^,]+),<=(?<pep440>[^\"]+)'\ncount = 1\n\
                   [[manifest]]\npath = \"api/pyproject.toml\"\nvalue = \"{pep440}\"\n";
    let api = |version: &str, range: &str| {
        format!(
            "[project]\nname = \"api\"\nversion = \"{version}\"\ndependencies = [\n  \"own-scheduler{range}\", # 0.1.0\n]\n"
        )
    };
    let first = api("0.1.0", ">=0.0.9,<=0.1.0");
    let files = [PACKAGE, ("api/pyproject.toml", first.as_str())];
    let sandbox = repository("package.json", &format!("{LISTED}{pattern}"), &files);
    for (words, expected) in [
        (&["minor", "beta", "--yes"][..], api("0.2.0b1", ">=0.1.0,<=0.2.0b1")),
        (&["rc", "--yes"], api("0.2.0rc1", ">=0.2.0b1,<=0.2.0rc1")),
        (&["release", "--yes"], api("0.2.0", ">=0.2.0rc1,<=0.2.0")),
    ] {
        sandbox.run(words).expect(0);
        assert_eq!(sandbox.git(&["show", "HEAD:api/pyproject.toml"]), expected);
    }
    sandbox.replace("api/pyproject.toml", "<=0.2.0\"", "<=0.1.9\"");
    sandbox.commit_all("chore: a ceiling by hand");
    sandbox.refused(1, &["minor", "--yes"]).says("api/pyproject.toml:5: found `0.1.9`, expected `0.2.0`");
}

#[test]
fn failure_readme_pins_name_the_release_they_ship_with_in_exactly_their_places() {
    let pattern = "[[pattern]]\npath = \"README.md\"\nfind = \"own=={previous-pep440}\"\nreplace = \"own=={pep440}\"\ncount = 2\n";
    let readme = "Pin it:\n\n    own==0.1.0\n\nor `own==0.1.0`, not own==0.1.0rc1.\n";
    let sandbox =
        repository("package.json", &format!("{LISTED}{pattern}"), &[PACKAGE, ("README.md", readme)]);
    sandbox.run(&["minor", "beta", "--yes"]).expect(0);
    assert_eq!(
        sandbox.git(&["show", "v0.2.0-beta.1:README.md"]),
        "Pin it:\n\n    own==0.2.0b1\n\nor `own==0.2.0b1`, not own==0.1.0rc1.\n"
    );
    // A pin that somebody added, or that stayed behind, is noticed before anything is written.
    sandbox.write("README.md", sandbox.read("README.md").replacen("own==0.2.0b1", "own==0.1.0", 1));
    sandbox.commit_all("docs: an old pin");
    sandbox
        .refused(1, &["rc", "--yes"])
        .says("README.md: the text `own==0.2.0b1` is there 1 time (line 5), expected 2 times")
        .says("line 3 has it with `own==0.1.0`");
}
