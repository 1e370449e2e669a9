//! One version in several spellings: what stands in a place is kept where the configuration leaves it open, what the
//! configuration says is obeyed with a word about it, and what no reader of the file would take is refused.

use crate::manifests::repository;
use crate::sandbox::Sandbox;

fn package(version: &str) -> String {
    format!("[project]\nname = \"own\"\nversion = \"{version}\"\n")
}

#[test]
fn without_a_value_the_spelling_that_stands_there_is_kept() {
    let more = "[[manifest]]\npath = \"pyproject.toml\"\n\n[[manifest]]\npath = \"package.json\"\n\n\
                [[manifest]]\npath = \"chart/Chart.yaml\"\n\n[[manifest]]\npath = \"values.yaml\"\nkey = \"image.tag\"\n";
    let chart = |version: &str, app: &str| format!("name: own\nversion: {version}\nappVersion: {app}\n");
    let sandbox = repository(
        "pyproject.toml",
        more,
        &[
            ("pyproject.toml", &package("0.4.0b1")),
            ("package.json", "{\"version\": \"0.4.0-beta.1\"}\n"),
            ("chart/Chart.yaml", &chart("0.4.0-beta.1", "v0.4.0-beta.1")),
            ("values.yaml", "image:\n  tag: v0.4.0-beta.1\n"),
        ],
    );
    let run = sandbox.run(&["beta", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    assert_eq!(sandbox.read("pyproject.toml"), package("0.4.0b2"));
    assert_eq!(sandbox.read("package.json"), "{\"version\": \"0.4.0-beta.2\"}\n");
    assert_eq!(sandbox.read("chart/Chart.yaml"), chart("0.4.0-beta.2", "v0.4.0-beta.2"));
    assert_eq!(sandbox.read("values.yaml"), "image:\n  tag: v0.4.0-beta.2\n");
}

#[test]
fn a_value_that_is_written_is_obeyed_with_a_warning_where_another_spelling_stands_there() {
    for (value, held, after) in [
        ("{version}", "0.4.0b1", "0.4.0-beta.2"),
        ("{pep440}", "0.4.0-beta.1", "0.4.0b2"),
        ("{version}", "v0.4.0-beta.1", "0.4.0-beta.2"),
    ] {
        let more = format!("[[manifest]]\npath = \"pyproject.toml\"\nvalue = \"{value}\"\n");
        let sandbox = repository("pyproject.toml", &more, &[("pyproject.toml", &package(held))]);
        let warning =
            format!("warning: `pyproject.toml:3` spells the version `{held}`, and `value = \"{value}\"` as ");
        let run = sandbox.run(&["beta", "--yes"]).expect(0);
        let lines = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(lines.contains(&warning), "{}", run.stderr);
        assert!(lines.contains(&format!(": it will be `{after}`")), "{}", run.stderr);
        assert_eq!(sandbox.read("pyproject.toml"), package(after));
        // Now that it stands there, nothing is left to say.
        let again = sandbox.run(&["beta", "--yes"]).expect(0);
        assert!(!again.stderr.contains("spells the version"), "{}", again.stderr);
    }
}

#[test]
fn a_value_that_is_no_semver_is_refused_where_only_semver_is_read() {
    for (path, more) in [
        ("package.json", ""),
        ("Cargo.toml", ""),
        ("package-lock.json", ""),
        ("Cargo.lock", ""),
        ("Chart.yaml", ""),
        ("Chart.yaml", "key = \"version\"\n"),
        ("package.json", "format = \"json\"\nkey = \"/version\"\n"),
        ("Cargo.toml", "format = \"toml\"\nkey = \"dependencies.own.version\"\n"),
    ] {
        let more = format!(
            "[[manifest]]\npath = \"pyproject.toml\"\n\n[[manifest]]\npath = \"{path}\"\nvalue = \"{{pep440}}\"\n{more}"
        );
        let sandbox = repository("pyproject.toml", &more, &[("pyproject.toml", &package("0.4.0"))]);
        let says =
            format!("`{path}`: what reads it takes only semver, which `{{pep440}}` of a pre-release is not");
        sandbox.refused(1, &["patch", "--yes"]).says(&says).says("hint: write `value = \"{version}\"`");
    }
    // The app that a chart installs, and settings of one's own, are spelled as their readers like it.
    let more = "[[manifest]]\npath = \"pyproject.toml\"\n\n\
                [[manifest]]\npath = \"Chart.yaml\"\nkey = \"appVersion\"\nvalue = \"{pep440}\"\n\n\
                [[manifest]]\npath = \"package.json\"\nformat = \"json\"\nkey = \"/config/python\"\nvalue = \"{pep440}\"\n";
    let files = [
        ("pyproject.toml", &*package("0.4.0")),
        ("Chart.yaml", "version: 7.0.0\nappVersion: 0.4.0\n"),
        ("package.json", "{\"config\": {\"python\": \"0.4.0\"}}\n"),
    ];
    let sandbox = repository("pyproject.toml", more, &files);
    sandbox.run(&["alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.read("Chart.yaml"), "version: 7.0.0\nappVersion: 0.5.0a1\n");
}

#[test]
fn a_manifest_that_takes_only_semver_gets_it_with_a_warning_whatever_stands_there() {
    let sandbox = repository(
        "package.json",
        "[[manifest]]\npath = \"package.json\"\n",
        &[("package.json", "{\"version\": \"0.4.0b1\"}\n")],
    );
    let run = sandbox.run(&["beta", "--yes"]).expect(0);
    run.says("warning: `package.json:1` spells the version `0.4.0b1`, which is no semver: it will be");
    assert_eq!(sandbox.read("package.json"), "{\"version\": \"0.4.0-beta.2\"}\n");
}

#[test]
fn a_development_version_is_released_as_its_base() {
    for (held, words, after) in [
        ("3.2.0.dev", "3.2.0", "3.2.0"),
        ("3.2.0.dev0", "release", "3.2.0"),
        ("3.2.0.dev3", "rc", "3.2.0rc1"),
        ("3.2.0-dev", "release", "3.2.0"),
    ] {
        let more = "[[manifest]]\npath = \"pyproject.toml\"\nvalue = \"{pep440}\"\n";
        let sandbox = repository("pyproject.toml", more, &[("pyproject.toml", &package(held))]);
        sandbox.refused(1, &["3.1.9", "--yes"]).says("3.1.9 is not ahead of the current version 3.2.0-dev.");
        let run = sandbox.run(&[words, "--yes"]).expect(0);
        assert!(!run.stderr.contains("warning"), "{}", run.stderr);
        assert_eq!(sandbox.read("pyproject.toml"), package(after), "{held}");
        let tag = if words == "rc" { "v3.2.0-rc.1\n" } else { "v3.2.0\n" };
        assert_eq!(sandbox.git(&["tag", "--list"]), tag);
        undone(&sandbox, held);
    }
}

#[track_caller]
fn undone(sandbox: &Sandbox, held: &str) {
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.read("pyproject.toml"), package(held));
    assert_eq!(sandbox.git(&["tag", "--list"]), "");
}

#[test]
fn a_chart_whose_app_version_has_a_v_is_a_second_place_too() {
    let more =
        "[[manifest]]\npath = \"pyproject.toml\"\n\n[[manifest]]\npath = \"Chart.yaml\"\nkey = \"version\"\n";
    let files =
        [("pyproject.toml", &*package("1.2.3")), ("Chart.yaml", "version: 1.2.3\nappVersion: v1.2.3\n")];
    let sandbox = repository("pyproject.toml", more, &files);
    sandbox
        .run(&["patch", "--yes"])
        .expect(0)
        .says("warning: `Chart.yaml:2` holds appVersion `v1.2.3` as well, and no entry sets it");
}
