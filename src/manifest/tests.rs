//! Formats by name, and what every format has in common.

use super::*;

#[test]
fn every_format_is_found_again_by_its_own_name() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(*format));
    }
    assert_eq!(Format::from_name("pyproject.toml"), None);
}

/// Configurations hold these names, so none of them may change.
#[test]
fn every_format_has_its_name_and_its_part_in_a_repository() {
    let (own, any) = (Role::Lock { named_by_neighbour: true }, Role::Lock { named_by_neighbour: false });
    let expected = [
        (Format::Pyproject, "pyproject", Role::Manifest),
        (Format::PackageJson, "package-json", Role::Manifest),
        (Format::PackageLock, "package-lock", any),
        (Format::Chart, "chart", Role::Manifest),
        (Format::PythonSetting, "python-setting", Role::Other),
        (Format::PythonVersion, "python-version", Role::Other),
        (Format::UvLock, "uv-lock", own),
        (Format::CargoToml, "cargo-toml", Role::Manifest),
        (Format::CargoLock, "cargo-lock", own),
        (Format::PnpmLock, "pnpm-lock", any),
        (Format::YarnLock, "yarn-lock", any),
        (Format::Json, "json", Role::Other),
        (Format::Toml, "toml", Role::Other),
        (Format::Yaml, "yaml", Role::Other),
        (Format::Plain, "plain", Role::Other),
        (Format::EnvFile, "env-file", Role::Other),
        (Format::Dockerfile, "dockerfile", Role::Other),
    ];
    assert_eq!(expected.map(|(format, ..)| format), Format::ALL);
    for (format, name, role) in expected {
        assert_eq!(format.name(), name);
        assert_eq!(format.definition().role, role, "{name}");
        assert_eq!(format.is_manifest(), role == Role::Manifest, "{name}");
        assert_eq!(format.is_lock(), role == own || role == any, "{name}");
        assert_eq!(format.is_named_by_neighbour(), role == own, "{name}");
    }
}

#[test]
fn a_format_is_recognised_by_the_last_part_of_the_path() {
    let expected = [
        ("packages/api/pyproject.toml", Some(Format::Pyproject)),
        ("package.json", Some(Format::PackageJson)),
        ("packages/web/package-lock.json", Some(Format::PackageLock)),
        ("packages/helm/Chart.yaml", Some(Format::Chart)),
        ("settings/base.py", Some(Format::PythonSetting)),
        ("uv.lock", Some(Format::UvLock)),
        ("a/Cargo.toml", Some(Format::CargoToml)),
        ("a/Cargo.lock", Some(Format::CargoLock)),
        ("server.json", Some(Format::Json)),
        ("ui/pnpm-lock.yaml", Some(Format::PnpmLock)),
        ("yarn.lock", Some(Format::YarnLock)),
        ("npm-shrinkwrap.json", Some(Format::PackageLock)),
        ("src/own/__init__.py", Some(Format::PythonVersion)),
        ("deploy/values.yaml", Some(Format::Yaml)),
        ("deploy/compose.yml", Some(Format::Yaml)),
        ("about.toml", Some(Format::Toml)),
        ("Dockerfile", Some(Format::Dockerfile)),
        ("images/Containerfile", Some(Format::Dockerfile)),
        ("images/api.Dockerfile", Some(Format::Dockerfile)),
        (".env", Some(Format::EnvFile)),
        ("deploy/production.env", Some(Format::EnvFile)),
        ("README.md", None),
        ("my-pyproject.toml", Some(Format::Toml)),
        ("pyproject.toml/README", None),
    ];
    for (path, format) in expected {
        assert_eq!(Format::from_path(path), format, "{path}");
    }
}

#[test]
fn a_key_where_none_is_taken_is_refused_with_the_file_named() {
    let target = Target { format: Format::PackageJson, key: Some("/version"), package: None };
    let problems = locate(r#"{"version": "1.0.0"}"#, "web/package.json", &target).unwrap_err();
    assert_eq!(
        problems[0].message,
        "web/package.json: `key` `/version` given, but this format takes no `key`"
    );
}

#[test]
fn a_new_value_that_would_break_the_file_is_refused() {
    let target = Target { format: Format::PackageJson, key: None, package: None };
    for value in [r#"1.0.0", "x": "y"#, "1.0.0\\", "a\nb"] {
        assert!(replace(r#"{"version": "1.0.0"}"#, "package.json", &target, value).is_err(), "{value:?}");
    }
    let problems = replace(r#"{"version": "1.0.0"}"#, "package.json", &target, "\\u0031.0.0").unwrap_err();
    assert_eq!(
        problems[0].message,
        "package.json:1: `\"version\"` reads `1.0.0` after `\\u0031.0.0` was written there"
    );
}

#[test]
fn a_version_is_held_wherever_the_format_may_have_one() {
    let held = |text: &str, format| held(text, "file", format, None).map(|found| (found.line, found.value));
    let two = "[package]\nversion = \"1.0.0\"\n[workspace.package]\nversion = \"2.0.0\"\n";
    assert_eq!(held(two, Format::CargoToml), Some((2, "1.0.0".to_owned())));
    assert_eq!(held("[package]\nversion.workspace = true\n", Format::CargoToml), None);
    let both = "[project]\nversion = \"1.0.0\"\n[tool.poetry]\nversion = \"2.0.0\"\n";
    assert_eq!(held(both, Format::Pyproject), Some((2, "1.0.0".to_owned())));
    assert_eq!(held("appVersion: 3.0.0\n", Format::Chart), Some((1, "3.0.0".to_owned())));
    assert_eq!(held(r#"{"private": true}"#, Format::PackageJson), None);
    assert_eq!(held("{", Format::PackageJson), None);
}

#[test]
fn package_names_are_read_from_the_three_manifests_and_from_nothing_else() {
    assert_eq!(package_name("\u{feff}[project]\nname = 'a-b'\n", Format::Pyproject).as_deref(), Some("a-b"));
    assert_eq!(package_name(r#"{"name": "@t/w"}"#, Format::PackageJson).as_deref(), Some("@t/w"));
    assert_eq!(package_name("[package]\nname = \"c\"\n", Format::CargoToml).as_deref(), Some("c"));
    assert_eq!(package_name("[tool.poetry]\nname = 'p'\n", Format::Pyproject).as_deref(), Some("p"));
    assert_eq!(package_name("[package]\nname = 1\n", Format::CargoToml), None);
    assert_eq!(package_name("[package", Format::CargoToml), None);
    assert_eq!(package_name("name: chart\n", Format::Chart), None);
}
