//! Layouts that the built-in one does not know: every format in one repository, globs, and lock files of workspaces. What
//! is expected is written beside what is there; every byte that is not a version stays.

use crate::sandbox::{Run, Sandbox};

/// The head of every configuration here; `manifests` follows.
pub(crate) fn configuration(from: &str, more: &str) -> String {
    format!(
        "[release]\nversion-from = \"{from}\"\ncommit-message = \"Release {{version}}\"\n\n[[tag]]\nname = \"v{{version}}\"\n\
         message = \"Release {{tag}}\"\n\n{more}"
    )
}

/// A repository of these files, committed, with their configuration.
pub(crate) fn repository(from: &str, more: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.write("trueppm-release.toml", configuration(from, more));
    sandbox.commit_all("feat: everything");
    sandbox
}

/// Releases and asserts that each marked file changed exactly as marked: `⟦old⟧new⟧`.
#[track_caller]
fn releases(words: &[&str], from: &str, more: &str, files: &[(&str, &str)]) -> (Sandbox, Run) {
    let (before, after): (Vec<_>, Vec<_>) = files
        .iter()
        .map(|(path, marked)| {
            let (before, after) = sides(marked);
            ((*path, before), (*path, after))
        })
        .unzip();
    let before: Vec<(&str, &str)> = before.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let sandbox = repository(from, more, &before);
    let run = sandbox.run(words).expect(0);
    for (path, expected) in after {
        assert_eq!(sandbox.read(path), expected, "{path} in the work tree");
        assert_eq!(sandbox.git(&["show", &format!("HEAD:{path}")]), expected, "{path} in the commit");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    (sandbox, run)
}

fn sides(marked: &str) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    let mut rest = marked;
    while let Some((same, change)) = rest.split_once('⟦') {
        let (old, behind) = change.split_once('⟧').expect("the old value ends");
        let (new, behind) = behind.split_once('⟧').expect("the new value ends");
        before.extend([same, old]);
        after.extend([same, new]);
        rest = behind;
    }
    (before + rest, after + rest)
}

#[test]
fn the_manifest_beside_a_lock_file_says_which_of_its_packages_moves() {
    let more = "[[manifest]]\npath = \"a/Cargo.toml\"\n[[manifest]]\npath = \"a/Cargo.lock\"\n\
                [[manifest]]\npath = \"b/Cargo.toml\"\n[[manifest]]\npath = \"b/Cargo.lock\"\n";
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"⟦1.0.0⟧1.1.0⟧\"\n");
    let lock = |moves: &str| {
        let version = |name| if name == moves { "⟦1.0.0⟧1.1.0⟧" } else { "1.0.0" };
        let entry = |name| format!("\n[[package]]\nname = \"{name}\"\nversion = \"{}\"\n", version(name));
        format!("version = 4\n{}{}", entry("one"), entry("two"))
    };
    releases(
        &["minor", "--yes"],
        "a/Cargo.toml",
        more,
        &[
            ("a/Cargo.toml", &manifest("one")),
            ("a/Cargo.lock", &lock("one")),
            ("b/Cargo.toml", &manifest("two")),
            ("b/Cargo.lock", &lock("two")),
        ],
    );
}

#[test]
fn every_format_holds_the_version_in_its_own_spelling() {
    let more = r#"
[[manifest]]
path = "py/pyproject.toml"
key = "tool.poetry.version"
value = "{pep440}"
[[manifest]]
path = "py/pyproject.toml"
key = "project.version"
[[manifest]]
path = "py/src/own/__init__.py"
value = "{pep440}"
[[manifest]]
path = "py/src/own/settings.py"
format = "python-version"
key = "OWN_VERSION"
value = "{base}"
[[manifest]]
path = "rust/Cargo.toml"
key = "workspace.package.version"
[[manifest]]
path = "rust/Cargo.toml"
key = "workspace.dependencies.own-core.version"
value = "={version}"
[[manifest]]
path = "rust/Cargo.lock"
package = "*"
[[manifest]]
path = "server.json"
key = "/version"
[[manifest]]
path = "server.json"
key = "/packages/0/version"
value = "{pep440}"
[[manifest]]
path = "about.toml"
key = 'tool."own.tool".plugins.1.version'
[[manifest]]
path = "deploy/values.yaml"
key = "image.tag"
value = "v{version}"
[[manifest]]
path = "deploy/values.yaml"
key = 'sidecars.0."own.io/version"'
value = "{major}.{minor}"
[[manifest]]
path = "chart/Chart.yaml"
key = "appVersion"
[[manifest]]
path = "web/npm-shrinkwrap.json"
[[manifest]]
path = "web/yarn.lock"
package = "@own/ui"
[[manifest]]
path = "web/pnpm-lock.yaml"
"#;
    let files = [
        (
            "py/pyproject.toml",
            "[project]\nversion = '⟦0.1.0⟧0.2.0-alpha.1⟧'\r\n[tool.poetry] # version = \"0.1.0\"\r\nversion = \"⟦0.1.0⟧0.2.0a1⟧\"\r\n",
        ),
        (
            "py/src/own/__init__.py",
            "\"\"\"__version__ = '0.1.0'\"\"\"\n__version__: str = '⟦0.1.0⟧0.2.0a1⟧'  # 0.1.0",
        ),
        ("py/src/own/settings.py", "VERSION = OWN_VERSION = \"⟦0.1.0⟧0.2.0⟧\"\n"),
        (
            "rust/Cargo.toml",
            "[workspace.package]\nversion = \"⟦0.1.0⟧0.2.0-alpha.1⟧\"\n[workspace.dependencies]\n\
             own-core = { path = \"core\", version = \"=⟦0.1.0⟧0.2.0-alpha.1⟧\" }\nserde = \"0.1.0\"\n",
        ),
        (
            "rust/Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"⟦0.1.0⟧0.2.0-alpha.1⟧\"\ndependencies = [\n \
             \"own-core ⟦0.1.0⟧0.2.0-alpha.1⟧\",\n \"serde\",\n]\n\n[[package]]\nname = \"own-core\"\nversion = \"⟦0.1.0⟧0.2.0-alpha.1⟧\"\n\n\
             [[package]]\nname = \"own-core\"\nversion = \"0.0.9\"\nsource = \"registry+https://registry.invalid/\"\n\n\
             [[package]]\nname = \"serde\"\nversion = \"0.1.0\"\nsource = \"registry+https://registry.invalid/\"\n",
        ),
        (
            "server.json",
            "{ \"version\": \"⟦0.1.0⟧0.2.0-alpha.1⟧\",\n\t\"packages\": [{\"version\":\"⟦0.1.0⟧0.2.0a1⟧\"}, {\"version\": \"0.1.0\"}] }",
        ),
        (
            "about.toml",
            "version = \"0.1.0\"\n[[tool.\"own.tool\".plugins]]\nversion = \"0.1.0\"\n[[tool.\"own.tool\".plugins]]\nversion = '''⟦0.1.0⟧0.2.0-alpha.1⟧'''\n",
        ),
        (
            "deploy/values.yaml",
            "# tag: v0.1.0\nimage: {repository: own, tag: \"v⟦0.1.0⟧0.2.0-alpha.1⟧\"}\nsidecars:\n- name: x\n  own.io/version: '⟦0.1⟧0.2⟧' # 0.1\n\
             - own.io/version: 0.1\n",
        ),
        ("chart/Chart.yaml", "version: 5.0.0\nappVersion: \"⟦0.1.0⟧0.2.0-alpha.1⟧\"\n"),
        (
            "web/npm-shrinkwrap.json",
            "{\"lockfileVersion\": 1, \"version\": \"⟦0.1.0⟧0.2.0-alpha.1⟧\", \"dependencies\": {\"own\": {\"version\": \"0.1.0\"}}}\n",
        ),
        (
            "web/yarn.lock",
            "# yarn lockfile v1\n\n\n\"@own/ui@0.1.0\":\n  version \"0.1.0\"\n  resolved \"https://registry.invalid/ui.tgz\"\n\n\
             \"@own/ui@file:../ui\":\n  version \"⟦0.1.0⟧0.2.0-alpha.1⟧\"\n",
        ),
        (
            "web/pnpm-lock.yaml",
            "lockfileVersion: '9.0'\n\nimporters:\n  .:\n    dependencies: {own: {version: 0.1.0}}\n",
        ),
    ];
    let (sandbox, _) = releases(&["minor", "alpha", "--yes"], "py/pyproject.toml", more, &files);
    sandbox
        .run(&["alpha", "--dry-run"])
        .expect(0)
        .shows("`web/pnpm-lock.yaml` holds no version of its own: nothing to change");
}

const GLOBS: &str = r#"
[[manifest]]
path = "packages/*/pyproject.toml"
value = "{pep440}"
[[manifest]]
path = "packages/api/pyproject.toml"
[[manifest]]
path = "packages/**/package.json"
[[ignore]]
path = "packages/old/**"
reason = "published elsewhere"
"#;

#[test]
fn a_glob_stands_for_every_committed_file_and_a_name_comes_before_it() {
    let project = |name: &str| format!("[project]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    let files = [
        ("packages/api/pyproject.toml", "[project]\nname = \"api\"\nversion = \"⟦0.1.0⟧0.2.0-rc.1⟧\"\n"),
        ("packages/one/pyproject.toml", "[project]\nname = \"one\"\nversion = \"⟦0.1.0⟧0.2.0rc1⟧\"\n"),
        ("packages/.two/pyproject.toml", "[project]\nname = \"two\"\nversion = \"⟦0.1.0⟧0.2.0rc1⟧\"\n"),
        ("packages/one/deep/package.json", "{\"version\": \"⟦0.1.0⟧0.2.0-rc.1⟧\"}\n"),
        // Another depth, another folder, and what is ignored.
        ("packages/one/deep/pyproject.toml", "[project]\nversion = \"3.0\"\n"),
        ("pyproject.toml", "[project]\nversion = \"4.0\"\n"),
        ("packages/old/pyproject.toml", "[project]\nversion = \"5.0\"\n"),
    ];
    let (sandbox, run) = releases(&["minor", "rc", "--yes"], "packages/api/pyproject.toml", GLOBS, &files);
    run.says(
        "`packages/one/deep/pyproject.toml:2` holds the version `3.0` and is neither listed nor ignored",
    )
    .says("`pyproject.toml:2` holds the version `4.0` and is neither listed nor ignored");
    // A file that is not committed is none that a glob stands for.
    sandbox.write("packages/new/pyproject.toml", project("new"));
    sandbox.run(&["rc", "--yes"]).expect(0);
    assert_eq!(sandbox.read("packages/new/pyproject.toml"), project("new"));
    assert!(sandbox.read("packages/one/pyproject.toml").contains("0.2.0rc2"));
    // What the index has does not matter either.
    sandbox.git(&["add", "packages/new"]);
    sandbox.run(&["rc", "--dry-run"]).expect(0).shows("packages/one/pyproject.toml:3");
    sandbox.commit_all("feat: another package");
    sandbox
        .refused(1, &["rc", "--yes"])
        .says("packages/new/pyproject.toml:3: found `0.1.0`, expected `0.2.0rc2`");
}

#[test]
fn a_glob_that_matches_nothing_or_what_another_claims_is_refused() {
    let more = "[[manifest]]\npath = \"a/package.json\"\n[[manifest]]\npath = \"packages/*/package.json\"\n\
                [[manifest]]\npath = \"*/package.json\"\n[[manifest]]\npath = \"?/package.json\"\n\
                [[manifest]]\npath = \"optional/*/package.json\"\noptional = true\n\
                [[pattern]]\npath = \"docs/*.md\"\nregex = '(?<version>.)'\ncount = 1\n";
    let version = "{\"version\": \"0.1.0\"}\n";
    let sandbox =
        repository("a/package.json", more, &[("a/package.json", version), ("b/package.json", version)]);
    let run = sandbox
        .refused(1, &["minor", "--yes"])
        .says("`packages/*/package.json` matches no file at HEAD")
        .says("`docs/*.md` matches no file at HEAD")
        .says("`b/package.json` is matched by `*/package.json` and by `?/package.json`");
    assert!(!run.stderr.contains("optional/*"), "{}", run.stderr);
}

#[test]
fn a_glob_follows_no_link_out_of_the_repository() {
    let more = "[[manifest]]\npath = \"a/package.json\"\n[[manifest]]\npath = \"packages/*/package.json\"\n";
    let version = "{\"version\": \"0.1.0\"}\n";
    let sandbox = repository("a/package.json", more, &[("a/package.json", version)]);
    let outside = sandbox.around().join("outside");
    std::fs::create_dir(&outside).expect("folder");
    std::fs::write(outside.join("package.json"), version).expect("write");
    std::fs::create_dir_all(sandbox.root().join("packages/b")).expect("folder");
    std::os::unix::fs::symlink("../../outside", sandbox.root().join("packages/linked")).expect("link");
    std::os::unix::fs::symlink(
        "../../../outside/package.json",
        sandbox.root().join("packages/b/package.json"),
    )
    .expect("link");
    sandbox.commit_all("chore: links");
    let before = std::fs::read(outside.join("package.json")).expect("read");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("`packages/b/package.json` is a symbolic link, not a plain file");
    assert_eq!(std::fs::read(outside.join("package.json")).expect("read"), before);
}

#[test]
fn a_name_that_looks_like_a_glob_is_a_name_where_such_a_file_exists() {
    let version = "{\"version\": \"0.1.0\"}\n";
    let more = "[[manifest]]\npath = \"package.json\"\n[[manifest]]\npath = \"app/[page]/package.json\"\n";
    let files = [("package.json", version), ("app/[page]/package.json", version)];
    let sandbox = repository("package.json", more, &files);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("app/[page]/package.json"), "{\"version\": \"0.2.0\"}\n");
    // A glob that begins with it still takes the others.
    let sandbox = repository(
        "package.json",
        &more.replace("[page]", "[ab]"),
        &[files[0], ("app/a/package.json", version)],
    );
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("app/a/package.json"), "{\"version\": \"0.2.0\"}\n");
}

#[test]
fn a_name_with_a_line_break_in_it_is_refused_on_one_line() {
    let version = "{\"version\": \"0.1.0\"}\n";
    let more = "[[manifest]]\npath = \"package.json\"\n[[manifest]]\npath = \"*/package.json\"\n";
    let odd = "a\nerror: fake/package.json";
    let sandbox = repository("package.json", more, &[("package.json", version), (odd, version)]);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says("error: `a\\nerror: fake/package.json` has a control character in its name");
    sandbox.write(
        "trueppm-release.toml",
        configuration("package.json", "[[manifest]]\npath = \"package.json\"\n"),
    );
    sandbox.commit_all("chore: leave it to the report");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    run.says("warning: `a\\nerror: fake/package.json:1` holds the version `0.1.0`");
}

#[test]
fn a_thousand_manifests_are_planned_and_released_together() {
    let sandbox = Sandbox::empty();
    for number in 0..1000 {
        sandbox.write(
            &format!("crates/c{number}/Cargo.toml"),
            format!("[package]\nname = \"c{number}\"\nversion = \"0.1.0\"\n"),
        );
    }
    let more = "[[manifest]]\npath = \"crates/*/Cargo.toml\"\n";
    sandbox.write("trueppm-release.toml", configuration("crates/c7/Cargo.toml", more));
    sandbox.commit_all("feat: everything");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let changed = sandbox.git(&["show", "--format=", "--numstat", "HEAD"]);
    assert_eq!(changed.lines().filter(|line| line.starts_with("1\t1\tcrates/c")).count(), 1000);
    assert_eq!(changed.lines().count(), 1000);
}

#[test]
fn a_place_that_two_entries_set_is_named_as_that_and_not_as_a_drift() {
    let lock =
        "version = 1\n\n[[package]]\nname = \"demo\"\nversion = \"0.1.0\"\nsource = { editable = \".\" }\n";
    let entries = "[[manifest]]\npath = \"package.json\"\n\n[[manifest]]\npath = \"uv.lock\"\npackage = \"demo\"\n\n\
                   [[manifest]]\npath = \"uv.lock\"\npackage = \"*\"\n";
    let package = ("package.json", "{\"version\": \"0.1.0\"}\n");
    let sandbox = repository("package.json", entries, &[package, ("uv.lock", lock)]);
    let run = sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: `uv.lock:5`: [[package]] version is set by two entries of the configuration\n")
        .says("hint: keep the `[[manifest]]` that is meant, and take the other out");
    assert!(!run.stderr.contains("out of step"), "{}", run.stderr);
    // A file that really holds the new version already is out of step.
    let ahead = lock.replace("0.1.0", "0.2.0");
    let one = entries.replacen("package = \"demo\"", "package = \"*\"", 1);
    let one = one.rsplit_once("\n[[manifest]]").expect("three entries").0;
    let sandbox = repository("package.json", one, &[package, ("uv.lock", &ahead)]);
    sandbox.refused(1, &["minor", "--yes"]).says("uv.lock:5: found `0.2.0`, expected `0.1.0`");
}

#[test]
fn a_second_place_that_no_entry_sets_is_a_warning_with_the_entry_to_add() {
    let one = "[[manifest]]\npath = \"pyproject.toml\"\nkey = \"project.version\"\nvalue = \"{pep440}\"\n";
    let both =
        "\n[[manifest]]\npath = \"pyproject.toml\"\nkey = \"tool.poetry.version\"\nvalue = \"{pep440}\"\n";
    for (poetry, second, warns) in [("0.1.0", "", true), ("0.0.9", "", true), ("0.1.0", both, false)] {
        let text = format!(
            "[project]\nname = \"own\"\nversion = \"0.1.0\"\n[tool.poetry]\nversion = \"{poetry}\"\n"
        );
        let sandbox = repository("pyproject.toml", &format!("{one}{second}"), &[("pyproject.toml", &text)]);
        let run = sandbox.run(&["patch", "--yes"]).expect(0);
        let warning = format!("warning: `pyproject.toml:5` holds [tool.poetry] version `{poetry}` as well");
        assert_eq!(run.stderr.contains(&warning), warns, "{}", run.stderr);
        assert_eq!(run.stderr.contains("`key = \"tool.poetry.version\"`"), warns, "{}", run.stderr);
    }
}
