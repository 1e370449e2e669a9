//! What is recognised in which repository, and that every configuration written for it can be read.

use super::layout::{Packages, Place, is_wanted};
use super::notes::Found;
use super::*;
use crate::commands::demo::FILES;
use crate::config::Config;

fn survey(files: &[(&str, &str)]) -> Survey {
    let wanted = files.iter().filter(|(path, _)| is_wanted(path));
    Survey {
        branch: "main".into(),
        remote: "origin".into(),
        paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
        tags: Vec::new(),
        texts: wanted.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
    }
}

fn recognised_as(files: &[(&str, &str)]) -> Result<Layout> {
    recognise(&survey(files), &mut Defaults::default())
}

fn recognised(files: &[(&str, &str)]) -> Packages {
    match recognised_as(files).unwrap() {
        Layout::Packages(packages) => *packages,
        other => panic!("{other:?}"),
    }
}

/// The configuration that is written, as it is read.
fn written(files: &[(&str, &str)]) -> Config {
    let (_, text, _) = first_configuration(&survey(files), &mut Defaults::default()).unwrap();
    config::parse(&text, &Source::File(CONFIG_FILE.into()))
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn place(path: &str) -> Place {
    Place { path: path.into(), ..Place::default() }
}

fn lock(path: &str, package: &str) -> Place {
    Place { package: Some(package.into()), follows: true, ..place(path) }
}

#[test]
fn the_demonstration_suite_is_trueppm_suite() {
    let (found, text, _) = first_configuration(&survey(FILES), &mut Defaults::default()).unwrap();
    assert_eq!(found, ["trueppm-suite"]);
    assert_eq!(text, config::built_in());
    // One file less, and it is several packages with a chart.
    let fewer: Vec<_> = FILES.iter().copied().filter(|(path, _)| !path.ends_with("base.py")).collect();
    let packages = recognised(&fewer);
    let paths: Vec<_> = packages.manifests.iter().map(|place| place.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "packages/api/pyproject.toml",
            "packages/scheduler/pyproject.toml",
            "packages/web/package.json",
            "packages/api/uv.lock",
            "packages/scheduler/uv.lock",
            "packages/web/package-lock.json",
            "packages/helm/Chart.yaml",
        ]
    );
    assert_eq!(packages.notes.changelog, Found::Changelog("CHANGELOG.md".into()));
    assert_eq!(packages.notes.fragments.as_deref(), Some("changelog.d"));
    assert_eq!(written(&fewer).changelog[0].fragments.as_deref(), Some("changelog.d"));
}

#[test]
fn a_suite_that_derives_its_version_exports_the_document_with_it() {
    let settings = "packages/api/src/trueppm_api/settings/base.py";
    let literal = "\"VERSION\": \"0.1.0\",";
    let derived: Vec<_> = FILES
        .iter()
        .map(|(path, text)| {
            (
                *path,
                if *path == settings {
                    text.replacen(literal, "\"VERSION\": TRUEPPM_VERSION,", 1)
                } else {
                    (*text).to_owned()
                },
            )
        })
        .collect();
    let derived: Vec<(&str, &str)> = derived.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (found, ..) = first_configuration(&survey(&derived), &mut Defaults::default()).unwrap();
    assert_eq!(found, ["trueppm-suite, its API's version taken from `TRUEPPM_VERSION`"]);
    let (mut config, suite) = (written(&derived), written(FILES));
    let step = &mut config.step[0];
    assert_eq!(step.environment.remove("TRUEPPM_VERSION").unwrap().as_str(), "{pep440}");
    assert_eq!(step.expect[0].value.as_str(), "{pep440}");
    step.expect[0].value = suite.step[0].expect[0].value.clone();
    let listed = suite.manifest.iter().filter(|manifest| manifest.path != settings).cloned().collect();
    assert_eq!(config, Config { manifest: listed, ..suite }, "nothing else differs");
    // Any other expression is not understood, so it is no such suite.
    let other: Vec<_> =
        derived.iter().map(|(path, text)| (*path, text.replace("TRUEPPM_VERSION", "f\"{X}\""))).collect();
    let other: Vec<(&str, &str)> = other.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert!(matches!(recognised_as(&other), Ok(Layout::Packages(_))));
}

const CARGO_LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.3.0\"\n\n[[package]]\nname = \"b\"\n\
    version = \"0.3.0\"\n\n[[package]]\nname = \"c\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"d\"\n\
    version = \"0.3.0\"\nsource = \"registry+https://registry.invalid/\"\n";

#[test]
fn a_workspace_moves_its_members_in_the_lock_file_and_leaves_packages_of_their_own_version() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n[workspace.package]\nversion = \"0.3.0\"\n"),
        ("crates/a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n"),
        ("crates/b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"0.3.0\"\n"),
        ("crates/c/Cargo.toml", "[package]\nname = \"c\"\nversion = \"1.0.0\"\n"),
        ("Cargo.lock", CARGO_LOCK),
    ];
    let packages = recognised(&files);
    assert_eq!(packages.version.to_string(), "0.3.0");
    assert_eq!(
        packages.found,
        [
            "Cargo workspace (Cargo.toml)",
            "Cargo package b (crates/b/Cargo.toml), at 0.3.0",
            "left out: crates/c/Cargo.toml: has a version of its own: 1.0.0"
        ]
    );
    assert_eq!(
        packages.manifests,
        [place("Cargo.toml"), place("crates/b/Cargo.toml"), lock("Cargo.lock", "b"), lock("Cargo.lock", "a")]
    );
    let other = ("crates/c/Cargo.toml".to_owned(), "has a version of its own: 1.0.0".to_owned());
    assert_eq!(packages.ignored, [other]);
    let config = written(&files);
    assert_eq!(config.release.version_from, "Cargo.toml");
    assert_eq!(config.ignore[0].path, "crates/c/Cargo.toml");
}

#[test]
fn a_package_at_the_top_of_a_workspace_has_both_versions_listed_by_key() {
    let files = [(
        "Cargo.toml",
        "[workspace]\n[workspace.package]\nversion = \"0.3.0\"\n[package]\nname = \"a\"\nversion = \"0.3.0\"\n",
    )];
    let keyed = |key: &str| Place { key: Some(key.into()), ..place("Cargo.toml") };
    let both = [keyed("workspace.package.version"), keyed("package.version")];
    assert_eq!(recognised(&files).manifests, both);
    assert_eq!(written(&files).manifest.len(), 2);
}

#[test]
fn npm_workspaces_are_found_in_the_lock_file_at_the_top() {
    let files = [
        ("package.json", "{\"name\": \"all\", \"private\": true, \"workspaces\": [\"packages/*\"]}"),
        ("packages/a/package.json", "{\"name\": \"@t/a\", \"version\": \"2.0.0-rc.1\"}"),
        ("packages/b/package.json", "{\"name\": \"@t/b\", \"version\": \"2.0.0-rc.1\"}"),
        (
            "package-lock.json",
            "{\"name\": \"all\", \"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"all\"},\n\
             \"packages/a\": {\"version\": \"2.0.0-rc.1\"}, \"node_modules/@t/b\": {\"version\": \"2.0.0-rc.1\"}}}",
        ),
    ];
    let packages = recognised(&files);
    let entry = Place {
        format: Some("json"),
        key: Some("/packages/packages~1a/version".into()),
        follows: true,
        ..place("package-lock.json")
    };
    assert_eq!(
        packages.manifests,
        [place("packages/a/package.json"), place("packages/b/package.json"), entry]
    );
    assert_eq!(packages.without, [("package.json".to_owned(), "no `\"version\"`".to_owned())]);
    assert_eq!(written(&files).release.version_from, "packages/a/package.json");
}

#[test]
fn requirements_on_packages_beside_are_named_and_need_no_entry() {
    let files = [
        (
            "Cargo.toml",
            "[workspace.package]\nversion = \"0.3.0\"\n[workspace.dependencies]\na = { path = \"a\", version = \"=0.3.0\" }\n\
             serde = \"0.3.0\"\nfar = { path = \"far\", version = \"1\" }\n",
        ),
        ("a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n"),
        (
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion.workspace = true\n[dev-dependencies]\na = { version = \"0.3.0\", path = \"../a\" }\n",
        ),
        ("web/package.json", "{\"name\": \"@t/w\", \"version\": \"0.3.0\"}"),
        (
            "app/package.json",
            "{\"name\": \"app\", \"version\": \"0.3.0\", \"dependencies\": {\"@t/w\": \"^0.3.0\", \"x\": \"^0.3.0\"}}",
        ),
        (
            "package-lock.json",
            "{\"lockfileVersion\": 3, \"packages\": {\"app\": {\"dependencies\": {\"@t/w\": \"^0.3.0\"}}}}",
        ),
    ];
    let packages = recognised(&files);
    // What packages ask of each other needs no entry, neither in a manifest nor in a lock file.
    assert_eq!(packages.asking, ["Cargo.toml", "app/package.json", "b/Cargo.toml"]);
    assert!(packages.manifests.iter().all(|place| place.value.is_none() && !place.follows));
    let (_, text, _) = first_configuration(&survey(&files), &mut Defaults::default()).unwrap();
    assert!(text.contains("the new version: Cargo.toml, app/package.json, b/Cargo.toml.\n"), "{text}");
    let manifests = packages.manifests;
    assert_eq!(written(&files).manifest.len(), manifests.len());
}

#[test]
fn a_version_that_a_python_package_keeps_in_a_module_is_found_there() {
    let dynamic = "[project]\nname = \"demo\"\ndynamic = [\"version\"]\n";
    let module = ("src/demo/__init__.py", "\"\"\"Demo.\"\"\"\n\n__version__ = \"0.1.0\"\n");
    let found = recognised(&[("pyproject.toml", dynamic), module, ("src/demo/sub/__init__.py", "")]);
    assert_eq!(found.manifests, [Place { value: Some("{pep440}".into()), ..place(module.0) }]);
    assert_eq!(found.found, ["Python package demo (src/demo/__init__.py), at 0.1.0"]);
    // Two that say so leave it open which one it is.
    let second = ("src/other/__init__.py", "__version__ = \"0.1.0\"\n");
    assert!(recognised_as(&[("pyproject.toml", dynamic), module, second]).is_err());
}

#[test]
fn python_packages_that_need_each_other_are_named_and_need_no_entry() {
    let core = "[project]\nname = \"own_core\"\nversion = \"0.1.0\"\n";
    let app =
        "[project]\nname = \"own-app\"\nversion = \"0.1.0\"\ndependencies = [\"Own.Core[x] == 0.1.0\"]\n";
    let files = [("app/pyproject.toml", app), ("core/pyproject.toml", core)];
    assert_eq!(recognised(&files).asking, ["app/pyproject.toml"]);
    let config = written(&files);
    assert_eq!((config.manifest.len(), config.pattern.len()), (2, 0));
    // A package of another name is nobody's sibling.
    let files = [("app/pyproject.toml", app), ("core/pyproject.toml", &*core.replace("own_core", "core"))];
    assert_eq!(recognised(&files).asking, Vec::<String>::new());
}

#[test]
fn a_version_file_speaks_for_a_repository_that_has_nothing_else() {
    let alone = [("VERSION", "1.2.0\n"), ("README.md", "")];
    assert_eq!(recognised(&alone).manifests, [place("VERSION")]);
    assert_eq!(recognised(&alone).found, ["version file (VERSION), at 1.2.0"]);
    let beside = [
        alone[0],
        ("package.json", "{\"name\": \"w\", \"version\": \"1.2.0\"}"),
        ("x/VERSION", "not a version"),
    ];
    let packages = recognised(&beside);
    assert_eq!(packages.manifests, [place("package.json")]);
    assert_eq!(packages.others.patterns.len(), 1);
    assert_eq!((packages.ignored, packages.without), (Vec::new(), Vec::new()));
}

#[test]
fn a_module_that_repeats_the_version_of_its_python_package_follows_it() {
    let package =
        |name: &str, version: &str| format!("[project]\nname = \"{name}\"\nversion = \"{version}\"\n");
    let (own, other) = (package("demo", "0.1.0a1"), package("other", "0.9.0"));
    let files = [
        ("pyproject.toml", own.as_str()),
        ("src/demo/__init__.py", "__version__ = \"0.1.0a1\"\n"),
        ("src/demo/_version.py", "__version__ = \"0.1.0-alpha.1\"\n"),
        ("src/demo/__about__.py", "__version__ = \"0.0.9\"\n"),
        ("examples/other/pyproject.toml", other.as_str()),
        ("examples/other/__init__.py", "__version__ = \"0.1.0a1\"\n"),
    ];
    let follower =
        |path: &str, value: &str| Place { value: Some(value.into()), follows: true, ..place(path) };
    let found = recognised(&files).manifests;
    assert_eq!(
        found[1..],
        [follower("src/demo/__init__.py", "{pep440}"), follower("src/demo/_version.py", "{version}")]
    );
    assert_eq!(written(&files).manifest.len(), 3);
    // Beside a package of another kind, a module is none of its own.
    let npm = ("package.json", "{\"name\": \"w\", \"version\": \"0.1.0-alpha.1\"}");
    assert_eq!(recognised(&[npm, files[1]]).manifests, [place("package.json")]);
}

#[test]
fn without_a_package_at_the_top_the_version_that_most_packages_have_counts() {
    let python = |version: &str| format!("[project]\nname = \"p\"\nversion = \"{version}\"\n");
    let (one, two) = (python("0.2.0a1"), python("0.9.0"));
    let files = [
        ("a/pyproject.toml", one.as_str()),
        ("b/package.json", "{\"name\": \"b\", \"version\": \"0.2.0-alpha.1\"}"),
        ("c/pyproject.toml", two.as_str()),
        ("chart/Chart.yaml", "version: 7.0.0\nappVersion: 0.2.0-alpha.1\n"),
        ("other/Chart.yaml", "version: 7.0.0\nappVersion: 7.0.0\n"),
        ("CHANGELOG.md", "# Changes\n\n## [1.0.0]\n"),
    ];
    let packages = recognised(&files);
    assert_eq!(packages.version.to_string(), "0.2.0-alpha.1");
    let chart = Place { key: Some("appVersion".into()), follows: true, ..place("chart/Chart.yaml") };
    let first = Place { value: Some("{pep440}".into()), ..place("a/pyproject.toml") };
    assert_eq!(packages.manifests, [first, place("b/package.json"), chart]);
    let ignored: Vec<_> = packages.ignored.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(ignored, ["c/pyproject.toml", "other/Chart.yaml"]);
    assert_eq!(packages.notes.changelog, Found::Unfit("CHANGELOG.md".into()));
    assert_eq!(written(&files).changelog, []);
}

#[test]
fn what_cannot_be_released_is_refused_with_what_was_looked_at() {
    let dynamic = "[project]\nname = \"p\"\ndynamic = [\"version\"]\n";
    let odd = "{\"version\": \"1.0.0-canary.3\"}";
    let problem = recognised_as(&[("pyproject.toml", dynamic), ("web/package.json", odd), ("README.md", "")])
        .unwrap_err()
        .problems
        .remove(0);
    let lines: Vec<&str> = problem.message.lines().collect();
    assert_eq!(lines[0], "no package with a version was found here");
    assert_eq!(lines[1], "web/package.json: `1.0.0-canary.3` is not a version this tool releases");
    assert!(lines[2].starts_with("pyproject.toml: ") && lines[2].contains("dynamic"), "{}", lines[2]);
    assert!(recognised_as(&[]).is_err());
}

#[test]
fn files_that_no_configuration_can_name_are_left_alone_and_other_names_stay_in_their_quotes() {
    let crate_named = |name: &str| format!("[package]\nname = {name:?}\nversion = \"0.1.0\"\n");
    let (odd, plain) = (crate_named("a\"b\n[y]"), crate_named("e"));
    let files = [
        ("a\n[x]/Cargo.toml", plain.as_str()),
        ("b\\c/Cargo.toml", plain.as_str()),
        ("d*/Cargo.toml", plain.as_str()),
        ("f\n/Chart.yaml", "version: 9.0.0\n"),
        ("g/Cargo.toml", odd.as_str()),
        ("h \"i\"/Cargo.toml", plain.as_str()),
    ];
    let config = written(&files);
    let paths: Vec<_> = config.manifest.iter().map(|manifest| manifest.path.as_str()).collect();
    assert_eq!(paths, ["g/Cargo.toml", "h \"i\"/Cargo.toml"]);
    assert_eq!(config.ignore, []);
}
