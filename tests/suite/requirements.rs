//! What packages of a repository ask of each other moves with their version: the judge is Cargo's own resolver, on
//! repositories whose crates need nothing from elsewhere.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::{Run, Sandbox};

const FILE: &str = "trueppm-release.toml";

/// What every configuration here begins with.
const HEAD: &str = "[release]\nversion-from = \"one/Cargo.toml\"\ncommit-message = \"release {version}\"\n\n\
    [[tag]]\nname = \"v{version}\"\nmessage = \"Release {version}\"\n\n[[manifest]]\npath = \"one/Cargo.toml\"\n\n";

const ONE: (&str, &str) =
    ("one/Cargo.toml", "[package]\nname = \"one\"\nversion = \"0.4.2\"\nedition = \"2021\"\n");

/// A package with these lines below its own.
fn package(name: &str, version: &str, lines: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{lines}")
}

/// A repository with these files, and a library beside each `Cargo.toml`.
fn repository(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
        if let Some(folder) = path.strip_suffix("Cargo.toml") {
            sandbox.write(&format!("{folder}src/lib.rs"), "");
        }
    }
    sandbox.write(".gitignore", "target\n");
    sandbox.commit_all("feat: everything");
    sandbox
}

fn cargo(sandbox: &Sandbox, folder: &str, words: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO"));
    command.env_clear().envs(sandbox.variables()).current_dir(sandbox.root().join(folder)).args(words);
    command.env("RUSTC", Path::new(env!("CARGO")).with_file_name("rustc")).stdin(Stdio::null());
    command.env("CARGO_HOME", sandbox.around().join("cargo-home"));
    command.output().expect("cargo starts").into()
}

/// Cargo resolves what lies there.
#[track_caller]
fn accepts(sandbox: &Sandbox, folder: &str) {
    cargo(sandbox, folder, &["metadata", "--offline", "--format-version", "1"]).expect(0);
}

/// The lock file says what the manifests do.
#[track_caller]
pub(crate) fn accepts_locked(sandbox: &Sandbox, folder: &str) {
    cargo(sandbox, folder, &["metadata", "--offline", "--locked", "--format-version", "1"]).expect(0);
}

/// What the last commit added, as lines without their indent.
fn added(sandbox: &Sandbox) -> Vec<String> {
    let shown = sandbox.git(&["show", "--format=", "--unified=0", "HEAD"]);
    let added = shown.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    added.map(|line| line.trim_start_matches('+').trim().to_owned()).collect()
}

#[test]
fn every_style_and_every_place_moves_and_cargo_takes_the_result() {
    let styles = [
        ("a", "[dependencies]\none = { version = \"0.4\", path = \"../one\" }\n", "0.4\"", "0.5\""),
        ("b", "[dev-dependencies]\none = { path = '../one', version = '0.4.0' }\n", "0.4.0", "0.5.0"),
        ("c", "[build-dependencies.one]\npath = \"../one/\"\nversion = \"=0.4.2\"\n", "=0.4.2", "=0.5.0"),
        (
            "d",
            "[target.'cfg(unix)'.dependencies]\none.version = \"~0.4\"\none.path = \"../one\"\n",
            "~0.4",
            "~0.5",
        ),
        (
            "e",
            "[dependencies]\nuno = { package = \"one\", version = \"^0.4\", path = \"../one\" }\n",
            "^0.4",
            "^0.5",
        ),
        ("f", "[dependencies]\none = { version = \"0.4.*\", path = \"../x/../one\" }\n", "0.4.*", "0.5.*"),
        (
            "g",
            "[dependencies]\none = { version = \">=0.4.2, <0.5\", path = \"../one\" }\n",
            ">=0.4.2, <0.5",
            ">=0.5.0, <0.6",
        ),
        ("h", "[dependencies]\none = { version = \">=0.4\", path = \"../one\" } # 0.4\n", "", ""),
        ("i", "[dependencies]\none = { path = \"../one\" }\n", "", ""),
        ("j", "[dependencies]\none.workspace = true\n", "", ""),
    ];
    let names: Vec<String> = styles.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
    let root = format!(
        "[workspace]\nresolver = \"2\"\nmembers = [\"one\", {}]\n\n[workspace.dependencies]\n\
         one = {{ version = \"0.4.1\", path = \"one\" }}\r\n",
        names.join(", ")
    );
    let manifests: Vec<(String, String)> = styles
        .iter()
        .map(|(name, lines, ..)| (format!("{name}/Cargo.toml"), package(name, "0.0.0", lines)))
        .collect();
    let mut files = vec![ONE, (FILE, HEAD), ("Cargo.toml", root.as_str())];
    files.extend(manifests.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let sandbox = repository(&files);
    accepts(&sandbox, "");
    sandbox.remove("Cargo.lock");

    // What still admits the new version stays.
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(added(&sandbox), ["version = \"=0.4.3\"", "version = \"0.4.3\""]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    sandbox.git(&["tag", "--delete", "v0.4.3"]);

    let preview = sandbox.refused(0, &["minor", "--dry-run"]);
    assert!(preview.stdout.contains("workspace.dependencies.one.version"), "{}", preview.stdout);
    sandbox.run(&["minor", "--yes"]).expect(0);
    for ((path, before), (name, _, from, to)) in manifests.iter().zip(&styles) {
        assert_eq!(sandbox.read(path), before.replace(from, to), "{name}");
    }
    assert_eq!(sandbox.read("Cargo.toml"), root.replace("0.4.1", "0.5.0"));
    accepts(&sandbox, "");
}

#[test]
fn manifests_that_are_not_released_follow_from_init_to_a_second_release() {
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"xtask\", \"benches\", \"examples/hello\"]\n\
        exclude = [\"fuzz\"]\n\n[workspace.dependencies]\none = { version = \"0.4.2\", path = \"one\" }\n";
    let xtask = "[package]\nname = \"xtask\"\nedition = \"2021\"\n[dependencies]\none.workspace = true\n";
    let asks = "[dependencies]\none = { version = \"0.4\", path = \"../one\" }\n";
    let fuzz = format!("[package]\nname = \"fuzz\"\nedition = \"2021\"\n{asks}\n[workspace]\n");
    let hello = package("hello", "0.1.0", &asks.replace("../", "../../"));
    let sandbox = repository(&[
        ONE,
        ("Cargo.toml", root),
        ("xtask/Cargo.toml", xtask),
        ("benches/Cargo.toml", &package("benches", "0.0.0", asks)),
        ("examples/hello/Cargo.toml", &hello),
        ("fuzz/Cargo.toml", &fuzz),
    ]);
    accepts(&sandbox, "");
    sandbox.commit_all("chore: lock");
    sandbox.run(&["init"]).expect(0);
    sandbox.run(&["config", "--check"]).expect(0);
    sandbox.commit_all("chore: describe the release");
    for (version, range) in [("0.5.0", "\"0.5\""), ("0.6.0", "\"0.6\"")] {
        sandbox.run(&["minor", "--yes"]).expect(0);
        for path in ["benches/Cargo.toml", "examples/hello/Cargo.toml", "fuzz/Cargo.toml"] {
            assert!(sandbox.read(path).contains(&format!("one = {{ version = {range}, path")), "{path}");
        }
        let shared =
            format!("[workspace.dependencies]\none = {{ version = \"{version}\", path = \"one\" }}\n");
        assert!(sandbox.read("Cargo.toml").ends_with(&shared));
        assert_eq!(sandbox.read("xtask/Cargo.toml"), xtask);
        accepts_locked(&sandbox, "");
        accepts(&sandbox, "fuzz");
        sandbox.remove("fuzz/Cargo.lock");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert!(sandbox.read("fuzz/Cargo.toml").contains("version = \"0.5\""));
    accepts_locked(&sandbox, "");
}

#[test]
fn a_pre_release_is_asked_for_as_a_whole_and_so_is_the_stable_version_after_it() {
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\", \"three\"]\n[workspace.package]\nversion = \"0.4.2\"\n";
    let member = |name: &str, lines: &str| {
        format!("[package]\nname = \"{name}\"\nversion.workspace = true\nedition = \"2021\"\n{lines}")
    };
    let asks =
        |range: &str| format!("[dependencies]\none = {{ version = \"{range}\", path = \"../one\" }}\n");
    let config = HEAD.replace("one/Cargo.toml", "Cargo.toml");
    let sandbox = Sandbox::empty();
    for (path, text) in [
        ("Cargo.toml", root.to_owned()),
        ("one/Cargo.toml", member("one", "")),
        ("two/Cargo.toml", member("two", &asks("~0.4"))),
        ("three/Cargo.toml", member("three", &asks(">=0.4.2, <0.5"))),
        (FILE, format!("{config}[[manifest]]\npath = \"Cargo.lock\"\npackage = \"*\"\n")),
    ] {
        sandbox.write(path, text);
    }
    for name in ["one", "two", "three"] {
        sandbox.write(&format!("{name}/src/lib.rs"), "");
    }
    accepts(&sandbox, "");
    sandbox.commit_all("feat: everything");
    let (mut two, mut three) = ("~0.4", ">=0.4.2, <0.5");
    for (words, now_two, now_three) in [
        (&["minor", "alpha"][..], "~0.5.0-alpha.1", ">=0.5.0-alpha.1, <0.6"),
        (&["alpha"], "~0.5.0-alpha.1", ">=0.5.0-alpha.1, <0.6"),
        (&["release"], "~0.5.0", ">=0.5.0, <0.6"),
        (&["patch"], "~0.5.0", ">=0.5.0, <0.6"),
        (&["major"], "~1.0.0", ">=1.0.0, <1.1"),
    ] {
        let before = (sandbox.read("two/Cargo.toml"), sandbox.read("three/Cargo.toml"));
        sandbox.run(&[words, &["--yes"]].concat()).expect(0);
        assert_eq!(sandbox.read("two/Cargo.toml"), before.0.replace(two, now_two), "{words:?}");
        assert_eq!(sandbox.read("three/Cargo.toml"), before.1.replace(three, now_three), "{words:?}");
        accepts_locked(&sandbox, "");
        (two, three) = (now_two, now_three);
    }
}

#[test]
fn what_cargo_takes_from_elsewhere_and_what_is_not_released_stays() {
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"other\", \"two\", \"near/one\"]\n";
    let two = package(
        "two",
        "0.0.0",
        "[dependencies]\nother = { version = \"0.4\", path = \"../other\" }\nfork = { package = \"one\", version = \"0.4\", path = \"../near/one\" }\n\
         [target.'cfg(none)'.dependencies]\none = \"0.4\"\n",
    );
    let outside =
        package("three", "0.0.0", "[dependencies]\none = { version = \"0.4\", path = \"../../one\" }\n");
    let sandbox = repository(&[
        ONE,
        (FILE, HEAD),
        ("Cargo.toml", root),
        ("other/Cargo.toml", &package("other", "0.4.2", "")),
        ("near/one/Cargo.toml", &package("one", "0.4.9", "")),
        ("two/Cargo.toml", &two),
        ("three/Cargo.toml", &outside),
    ]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(added(&sandbox), ["version = \"0.5.0\""]);
}

#[test]
fn a_patch_puts_a_released_crate_in_the_place_of_the_registrys() {
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\", \"three\"]\n[patch.crates-io]\none = { path = \"one\" }\n\
        [patch.\"https://registry.invalid/fork\"]\none = { path = \"one\" }\n";
    let two = package(
        "two",
        "0.0.0",
        "[dependencies]\none = \"0.4\"\n[dev-dependencies]\nfork = { package = \"one\", git = \"https://registry.invalid/fork\", version = \"^0.4\" }\n\
         [build-dependencies]\none = { registry = \"other\", version = \"=0.4.2\" }\n",
    );
    let usual = package("three", "0.0.0", "[dependencies]\none = \"0.4\"\n");
    let files =
        [ONE, (FILE, HEAD), ("Cargo.toml", root), ("two/Cargo.toml", &two), ("three/Cargo.toml", &usual)];
    let sandbox = repository(&files);
    sandbox.run(&["minor", "--yes"]).expect(0);
    // Cargo alone reads the usual registry's patch without asking anybody.
    let alone = "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"three\"]\n[patch.crates-io]\none = { path = \"one\" }\n";
    sandbox.write("Cargo.toml", alone);
    accepts(&sandbox, "");
    assert_eq!(sandbox.read("two/Cargo.toml"), two.replace("\"0.4\"", "\"0.5\"").replace("^0.4", "^0.5"));
}

#[test]
fn what_nobody_can_tell_is_refused_with_its_place_and_nothing_changes() {
    let two =
        package("two", "0.0.0", "[dependencies]\none = { version = \">=0.4, <0.4.9\", path = \"../one\" }\n");
    let three = package("three", "0.0.0", "[replace]\n\"one:0.4.2\" = { path = \"../one\" }\n");
    let sandbox = repository(&[ONE, (FILE, HEAD), ("two/Cargo.toml", &two), ("three/Cargo.toml", &three)]);
    for words in [&["minor", "--yes"][..], &["minor", "--dry-run"]] {
        let run = sandbox.refused(1, words);
        let said = format!("{}{}", run.stdout, run.stderr);
        let place =
            "two/Cargo.toml:6: `>=0.4, <0.4.9` is asked of `one`, which will be `0.5.0`, and how that moves";
        assert!(said.contains(place), "{said}");
        assert!(
            said.contains("three/Cargo.toml:6: `[replace]` puts `one` in the place of `one:0.4.2`"),
            "{said}"
        );
    }
    // The first of them is in order for a version that it admits.
    sandbox.replace("three/Cargo.toml", "[replace]", "[other]");
    sandbox.commit_all("fix: no replacement");
    sandbox.run(&["patch", "--yes"]).expect(0);
}

#[test]
fn entries_of_the_configuration_come_first_and_one_that_sets_too_little_is_refused() {
    let two = package("two", "0.0.0", "[dependencies]\none = { version = \"0.4.2\", path = \"../one\" }\n");
    let entry = |value: &str| {
        format!(
            "{HEAD}[[manifest]]\npath = \"two/Cargo.toml\"\nkey = \"dependencies.one.version\"\nvalue = \"{value}\"\n"
        )
    };
    let sandbox = repository(&[ONE, (FILE, &entry("{version}")), ("two/Cargo.toml", &two)]);
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(added(&sandbox), ["version = \"0.4.3\"", "one = { version = \"0.4.3\", path = \"../one\" }"]);
    sandbox.write(FILE, entry("{base}"));
    sandbox.commit_all("chore: only the base");
    sandbox.run(&["patch", "--yes"]).expect(0);
    sandbox
        .refused(1, &["minor", "alpha", "--yes"])
        .says("two/Cargo.toml:6: `0.5.0` is asked of `one`, which will be `0.5.0-alpha.1`, and that is what the configuration sets")
        .says("without one, it becomes `0.5.0-alpha.1` by itself");
}

#[test]
fn what_git_stores_otherwise_stands_in_the_way_only_where_it_has_to_change() {
    let two = package("two", "0.0.0", "[dependencies]\none = { version = \"0.4\", path = \"../one\" }\n");
    let sandbox = repository(&[
        ONE,
        (FILE, &format!("{HEAD}[[ignore]]\npath = \"two/**\"\nreason = \"never published\"\n")),
        ("two/Cargo.toml", &two),
        (".gitattributes", "two/Cargo.toml filter=own\n"),
    ]);
    sandbox.git(&["update-index", "--assume-unchanged", "two/Cargo.toml"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("`two/Cargo.toml` is not stored as plain text here")
        .says("(`assume-unchanged`)\n  two/Cargo.toml");
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(added(&sandbox), ["version = \"0.4.3\""]);
}

#[test]
fn every_entry_of_a_lock_file_is_of_the_repository_and_released() {
    let sandbox = repository(&[
        ONE,
        (
            FILE,
            &format!(
                "{HEAD}[[manifest]]\npath = \"two/Cargo.toml\"\n[[manifest]]\npath = \"Cargo.lock\"\npackage = \"*\"\nfollows = true\n"
            ),
        ),
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\", \"tool\"]\n"),
        (
            "two/Cargo.toml",
            &package("two", "0.4.2", "[dependencies]\none = { version = \"0.4\", path = \"../one\" }\n"),
        ),
        (
            "tool/Cargo.toml",
            &package(
                "tool",
                "3.0.0",
                "[dependencies]\nbeyond = { version = \"7\", path = \"../../beyond\" }\nnear = { path = \"../../near\" }\n",
            ),
        ),
    ]);
    for (name, version) in [("beyond", "7.7.7"), ("near", "0.4.2")] {
        let folder = sandbox.around().join(name);
        std::fs::create_dir_all(folder.join("src")).expect("folder");
        std::fs::write(folder.join("src/lib.rs"), "").expect("library");
        std::fs::write(folder.join("Cargo.toml"), package(name, version, "")).expect("manifest");
    }
    accepts(&sandbox, "");
    sandbox.commit_all("chore: lock");
    let before = sandbox.read("Cargo.lock");
    let entry = |name: &str, version: &str| format!("name = \"{name}\"\nversion = \"{version}\"\n");
    let expected = before.replace(&entry("one", "0.4.2"), &entry("one", "0.5.0"));
    let expected = expected.replace(&entry("two", "0.4.2"), &entry("two", "0.5.0"));
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("Cargo.lock"), expected);
    accepts_locked(&sandbox, "");
}
