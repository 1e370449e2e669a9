//! `trueppm-release init`: a first configuration that works as it is written, from an empty start to a tag, for each
//! ecosystem; and that nothing is ever overwritten.

use std::os::unix::fs::{MetadataExt, symlink};

use crate::sandbox::Sandbox;

const FILE: &str = "trueppm-release.toml";

/// A repository with these files, committed.
fn repository(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.commit_all("feat: everything");
    sandbox
}

/// From `init` to a tag without editing anything; what `patch` changed in tracked files, as lines that were added.
#[track_caller]
fn released(sandbox: &Sandbox) -> Vec<String> {
    sandbox.run(&["init"]).expect(0).shows("Wrote trueppm-release.toml. Read it, then:\n");
    sandbox.run(&["config", "--check"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), format!("?? {FILE}\n"));
    sandbox.git(&["add", FILE]);
    sandbox.git(&["commit", "--quiet", "-m", "chore: describe the release"]);
    sandbox.run(&["patch", "--dry-run", "--strict"]).expect(0);
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    let changed = sandbox.git(&["show", "--format=", "--unified=0", "HEAD"]);
    let added = changed.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    added.map(|line| line.trim_start_matches('+').trim().to_owned()).collect()
}

const CARGO: (&str, &str) =
    ("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"0.1.0\"\n");
const CARGO_LOCK: (&str, &str) = (
    "Cargo.lock",
    "version = 4\n\n[[package]]\nname = \"demo\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\n\
     version = \"0.1.0\"\nsource = \"registry+https://registry.invalid/index\"\n",
);
const PYTHON: (&str, &str) = (
    "pyproject.toml",
    "[project]\nname = \"demo\"\nversion = \"0.1.0\"\ndependencies = [\"django==0.1.0\"]\n",
);
const POETRY: (&str, &str) = (
    "pyproject.toml",
    "[tool.poetry]\nname = \"demo\"\nversion = \"0.1.0\"\n\n[tool.poetry.dependencies]\ndjango = \"0.1.0\"\n",
);
const DYNAMIC: [(&str, &str); 2] = [
    ("demo/__init__.py", "__version__ = \"0.1.0\"\n"),
    ("pyproject.toml", "[project]\nname = \"demo\"\ndynamic = [\"version\"]\n"),
];
const UV_LOCK: (&str, &str) = (
    "uv.lock",
    "version = 1\n\n[[package]]\nname = \"demo\"\nversion = \"0.1.0\"\nsource = { editable = \".\" }\n\n\
     [[package]]\nname = \"django\"\nversion = \"0.1.0\"\nsource = { registry = \"https://registry.invalid/simple\" }\n",
);
const NPM: (&str, &str) = (
    "package.json",
    "{\n  \"name\": \"demo\",\n  \"version\": \"0.1.0\",\n  \"dependencies\": {\"x\": \"0.1.0\"}\n}\n",
);
const NPM_LOCK: (&str, &str) = (
    "package-lock.json",
    "{\n  \"name\": \"demo\",\n  \"version\": \"0.1.0\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": {\n      \
     \"name\": \"demo\",\n      \"version\": \"0.1.0\"\n    },\n    \"node_modules/x\": {\n      \"version\": \"0.1.0\"\n    }\n  }\n}\n",
);

#[test]
fn a_single_package_of_each_ecosystem_goes_from_init_to_a_tag() {
    let toml = "version = \"0.1.1\"";
    let json = "\"version\": \"0.1.1\",";
    for (files, added) in [
        (&[CARGO][..], &[toml][..]),
        (&[CARGO, CARGO_LOCK], &[toml, toml]),
        (&[PYTHON], &[toml]),
        (&[PYTHON, UV_LOCK], &[toml, toml]),
        (&[POETRY], &[toml]),
        (&[POETRY, DYNAMIC[0]], &["__version__ = \"0.1.1\"", toml]),
        (&DYNAMIC, &["__version__ = \"0.1.1\""]),
        (&[NPM], &[json]),
        (&[NPM, NPM_LOCK], &[json, "\"version\": \"0.1.1\"", json]),
    ] {
        let sandbox = repository(files);
        assert_eq!(released(&sandbox), added, "{files:?}");
        assert_eq!(sandbox.git(&["tag", "--list"]), "v0.1.1\n", "{files:?}");
        let config = sandbox.read(FILE);
        assert!(!config.lines().any(|line| line == "[changelog]"), "{config}");
        // The next one is a pre-release, spelled as each ecosystem does.
        sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
        let spelled =
            if files.iter().any(|(path, _)| *path == "pyproject.toml") { "0.2.0a1" } else { "0.2.0-alpha.1" };
        assert!(sandbox.read(files[0].0).contains(&format!("\"{spelled}\"")), "{files:?}");
        assert_eq!(sandbox.git(&["tag", "--list"]), "v0.1.1\nv0.2.0-alpha.1\n");
    }
}

#[test]
fn a_monorepo_of_them_with_its_changelog_goes_from_init_to_a_tag() {
    let sandbox = repository(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/core\"]\n\n[workspace.package]\nversion = \"0.1.0\"\n",
        ),
        ("crates/core/Cargo.toml", "[package]\nname = \"demo\"\nversion.workspace = true\n"),
        CARGO_LOCK,
        ("python/pyproject.toml", PYTHON.1),
        ("python/uv.lock", UV_LOCK.1),
        ("web/package.json", NPM.1),
        ("web/package-lock.json", NPM_LOCK.1),
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- First.\n"),
        ("changelog.d/first.fixed.md", "It works.\n"),
    ]);
    let added = released(&sandbox);
    assert_eq!(added.iter().filter(|line| line.contains("0.1.1")).count(), 8, "{added:?}");
    assert!(added.iter().any(|line| line == "## [0.1.1] - 2026-02-03"), "{added:?}");
    assert!(!sandbox.exists("changelog.d/first.fixed.md"));
    assert!(sandbox.read("Cargo.lock").contains("name = \"demo\"\nversion = \"0.1.1\""));
}

#[test]
fn packages_that_need_each_other_at_exactly_one_version_are_released_together() {
    let sandbox = repository(&[
        ("core/pyproject.toml", PYTHON.1),
        (
            "app/pyproject.toml",
            "[project]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"demo==0.1.0\"]\n",
        ),
    ]);
    let added = released(&sandbox);
    let version = "version = \"0.1.1\"";
    assert_eq!(added, [version, "dependencies = [\"demo==0.1.1\"]", version]);
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert!(sandbox.read("app/pyproject.toml").contains("\"demo==0.2.0a1\""));
    sandbox.run(&["release", "--yes"]).expect(0);
    assert!(sandbox.read("app/pyproject.toml").contains("\"demo==0.2.0\""));
}

#[test]
fn a_package_that_needs_one_whose_version_is_in_a_module_is_released_with_it() {
    let core = "[project]\nname = \"core\"\ndynamic = [\"version\"]\n\n[tool.hatch.version]\npath = \"core/__init__.py\"\n";
    let app = "[project]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"core==0.1.0\"]\n";
    let module = "__version__ = \"0.1.0\"\n";
    let files =
        [("core/pyproject.toml", core), ("core/core/__init__.py", module), ("app/pyproject.toml", app)];
    let sandbox = repository(&files);
    let version = "version = \"0.1.1\"";
    let added = released(&sandbox);
    assert_eq!(added, [version, "dependencies = [\"core==0.1.1\"]", "__version__ = \"0.1.1\""]);
}

#[test]
fn trueppm_suite_gets_the_built_in_profile() {
    let sandbox = Sandbox::suite();
    let before = sandbox.run(&["config", "--format", "json"]).stdout;
    sandbox.run(&["init"]).expect(0).says("found: trueppm-suite\n");
    let after = sandbox.run(&["config", "--format", "json"]).stdout;
    let config =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON")["config"].clone();
    assert_eq!(config(&before), config(&after));
    sandbox.commit_all("chore: describe the release");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list", "*0.2.0"]), "scheduler-v0.2.0\nv0.2.0\n");
}

#[test]
fn a_suite_that_derives_its_version_goes_from_init_to_a_tag() {
    let sandbox = Sandbox::suite();
    sandbox.replace(
        "packages/api/src/trueppm_api/settings/base.py",
        "\"VERSION\": \"0.1.0\",",
        "\"VERSION\": TRUEPPM_VERSION,",
    );
    let export =
        "printf '{\"info\": {\"version\": \"%s\"}}\\n' \"$TRUEPPM_VERSION\" > docs/api/openapi.json\n";
    sandbox.write("scripts/export-openapi.sh", export);
    sandbox.commit_all("feat: derive the version");
    // The built-in profile has no answer to that.
    sandbox.refused(1, &["minor", "alpha", "--yes"]).says("TRUEPPM_VERSION");
    sandbox.run(&["init"]).expect(0);
    sandbox.commit_all("chore: describe the release");
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list", "*0.2.0*"]), "scheduler-v0.2.0a1\nv0.2.0-alpha.1\n");
    assert_eq!(sandbox.read("docs/api/openapi.json"), "{\"info\": {\"version\": \"0.2.0a1\"}}\n");
}

#[test]
fn what_is_there_is_never_overwritten_be_it_a_link_to_nowhere() {
    let sandbox = repository(&[CARGO]);
    sandbox.write(FILE, "something\n");
    let says = "error: `trueppm-release.toml` is already there, and is left as it is\n";
    sandbox.refused(1, &["init"]).says(says).says("hint: `trueppm-release config` shows what is in force\n");
    // Also from a folder below the top.
    sandbox.write("below/file", "");
    sandbox.refused(1, &["-C", "below", "init"]).says(says);
    sandbox.remove(FILE);
    symlink("nowhere", sandbox.root().join(FILE)).expect("a link");
    sandbox.refused(1, &["init"]).says(says);
    assert!(!sandbox.exists("nowhere"));
    sandbox.remove(FILE);
    std::fs::create_dir(sandbox.root().join(FILE)).expect("a folder");
    sandbox.refused(1, &["init"]).says(says);
}

#[test]
fn a_dry_run_prints_the_file_and_writes_nothing() {
    let sandbox = repository(&[CARGO, CARGO_LOCK]);
    let run = sandbox.refused(0, &["init", "--dry-run"]);
    let printed = run.stdout.clone();
    run.says("found: Cargo package demo (Cargo.toml), at 0.1.0\n").says("dry run: nothing was written\n");
    assert_eq!(sandbox.refused(0, &["-n", "init"]).stdout, printed);
    sandbox.run(&["-C", ".git/..", "init"]).expect(0);
    assert_eq!(sandbox.read(FILE), printed);
    let mode = std::fs::metadata(sandbox.root().join(FILE)).expect("metadata").mode();
    let usual = std::fs::metadata(sandbox.root().join("Cargo.toml")).expect("metadata").mode();
    assert_eq!(mode, usual);
    // Only the one file came, also before anything is committed.
    let sandbox = Sandbox::empty();
    sandbox.write("package.json", NPM.1);
    sandbox.run(&["init"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), format!("?? package.json\n?? {FILE}\n"));
}

#[test]
fn the_branch_is_the_one_that_a_clone_starts_on() {
    let sandbox = repository(&[CARGO]);
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    sandbox.refused(0, &["init", "-n"]).shows("branch = \"feature\"\nremote = \"origin\"\n");
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=trunk", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "upstream", "../origin.git"]);
    sandbox.git(&["push", "--quiet", "upstream", "feature:trunk"]);
    sandbox.git(&["remote", "set-head", "upstream", "trunk"]);
    sandbox.refused(0, &["init", "-n"]).shows("branch = \"trunk\"\nremote = \"upstream\"\n");
}

#[test]
fn what_git_ignores_is_not_looked_at() {
    let sandbox = repository(&[
        NPM,
        ("vendor/package.json", "{\"version\": \"9.9.9\"}"),
        (".gitignore", "node_modules\n"),
    ]);
    sandbox.write("node_modules/x/package.json", "{\"version\": \"0.1.0\"}");
    let printed = sandbox.refused(0, &["init", "-n"]).stdout;
    assert!(!printed.contains("node_modules"), "{printed}");
    let ignored =
        "[[ignore]]\npath = \"vendor/package.json\"\nreason = \"has a version of its own: 9.9.9\"\n";
    assert!(printed.contains(ignored), "{printed}");
    // What is ignored with a reason is not missed by a release.
    sandbox.run(&["init"]).expect(0);
    sandbox.commit_all("chore: describe the release");
    let run = sandbox.run(&["patch", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[test]
fn where_nothing_can_be_released_that_is_said() {
    let sandbox = repository(&[
        ("README.md", "x"),
        ("pyproject.toml", "[project]\nname = \"x\"\ndynamic = [\"version\"]\n"),
    ]);
    sandbox
        .refused(1, &["init"])
        .says("error: no package with a version was found here\n  pyproject.toml: ")
        .says("hint: to describe another layout by hand, ");
    sandbox.refused(1, &["-C", "..", "init"]).says("error: not inside a git repository");
    sandbox.refused(2, &["minor", "init"]).says("error: `init` takes no bump word");
    sandbox.refused(2, &["--config", "x.toml", "init"]).says("error: `init` writes the repository's own");
    sandbox.refused(2, &["inti"]).says("hint: did you mean `trueppm-release init`?");
}
