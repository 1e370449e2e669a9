//! `Cargo.toml`: the version is `[package] version`, or `[workspace.package] version` where the workspace holds it
//! for its members. A member that inherits it holds none, and the workspace's own file must be named instead. The
//! version of a dependency is another crate's, unless it lies in a folder of this repository and is asked for by key.

use toml_edit::{Item, Table};

use super::toml_reader::{Place, at, choose, item_at, parse, steps, string};
use super::{Definition, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "cargo-toml",
    file_names: &["Cargo.toml"],
    role: Role::Manifest,
    keys: &["package.version", "workspace.package.version"],
    check_key,
    locate,
    only_semver: |key| key.is_none_or(|key| !key.contains("metadata.")),
    package_name: Some(package_name),
    moved: super::cargo_range::moved,
    ..Definition::PLAIN
};

/// The two places of a package's version, by the key that chooses one.
const PLACES: [Place; 2] = [
    Place { key: "package.version", path: &["package", "version"], words: "[package] version" },
    Place {
        key: "workspace.package.version",
        path: &["workspace", "package", "version"],
        words: "[workspace.package] version",
    },
];

/// Tables that name other crates.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if !PLACES.iter().any(|place| place.key == key) && dependency(key).is_none() => {
            Err(Problem::content(format!("`key` `{key}` is not one that Cargo.toml has"))
                .hint("write `package.version` or `workspace.package.version`, or no `key`"))
        }
        _ => Ok(()),
    }
}

/// The keys that lead to a dependency, where `key` is the version of one.
fn dependency(key: &str) -> Option<Vec<String>> {
    let mut steps = steps(key).ok()?;
    let words: Vec<&str> = steps.iter().map(String::as_str).collect();
    let is_dependency = match words.as_slice() {
        ["workspace", "dependencies", _, "version"] => true,
        [table, _, "version"] | ["target", _, table, _, "version"] => DEPENDENCIES.contains(table),
        _ => false,
    };
    steps.pop();
    is_dependency.then_some(steps)
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.key).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, key: Option<&str>) -> Result<Found, Problem> {
    let document = parse(source)?;
    if let Some((key, steps)) = key.and_then(|key| Some((key, dependency(key)?))) {
        return of_dependency(source, &document, key, &steps);
    }
    let wanted = || PLACES.iter().filter(|place| key.is_none_or(|key| key == place.key));
    let candidates: Vec<_> =
        wanted().filter_map(|place| Some((at(&document, place.path)?, place.words))).collect();
    let (inherited, own): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|(item, _)| item.get("workspace").is_some());
    match (own.as_slice(), inherited.as_slice()) {
        ([(item, words)], _) => string(source, 0, item, words),
        ([], [(item, words), ..]) => {
            let offset = item.span().map_or(0, |span| span.start);
            Err(Problem::content(format!("{}: `{words}` is inherited from the workspace", source.at(offset)))
                .hint("name the workspace's own Cargo.toml in the configuration, in place of this one"))
        }
        ([], []) => {
            let words: Vec<String> = wanted().map(|place| format!("`{}`", place.words)).collect();
            Err(Problem::content(format!("{}: no {}", source.path, words.join(" and no ")))
                .hint("add `version = \"…\"` with the current version under `[package]`"))
        }
        (several, _) => Err(choose(source, several, &PLACES)),
    }
}

/// The version that a dependency on an own crate asks for: own is what lies in a folder.
fn of_dependency(
    source: &Source<'_>,
    document: &Table,
    key: &str,
    steps: &[String],
) -> Result<Found, Problem> {
    let absent = || {
        Problem::content(format!("{}: no `{key}`", source.path))
            .hint("correct `key`, or add the version to the dependency")
    };
    let item = item_at(document, steps).ok_or_else(absent)?;
    if item.get("path").and_then(Item::as_str).is_none() {
        let offset = item.span().map_or(0, |span| span.start);
        return Err(Problem::content(format!(
            "{}: `{key}` is the version of a crate from elsewhere: it has no `path`",
            source.at(offset)
        ))
        .hint(
            "only the versions of the repository's own crates move; take this key out of the configuration",
        ));
    }
    string(source, 0, item.get("version").ok_or_else(absent)?, key)
}

fn package_name(source: &Source<'_>) -> Option<String> {
    let document = parse(source).ok()?;
    at(&document, &["package", "name"])?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate};

    fn with_key(text: &str, key: Option<&str>) -> Result<(String, usize, String), String> {
        let target = Target { format: Format::CargoToml, key, package: None };
        match locate(text, "Cargo.toml", &target) {
            Ok(found) => {
                assert_eq!(found.len(), 1);
                assert_eq!(text.get(found[0].span.start..found[0].span.end).unwrap(), found[0].value);
                Ok((found[0].value.clone(), found[0].line, found[0].key.clone()))
            }
            Err(problems) => {
                assert_eq!(problems.len(), 1);
                Err(problems[0].message.clone())
            }
        }
    }

    #[test]
    fn the_package_or_the_workspace_holds_the_version() {
        let package = "[package]\nname = \"x\"\nversion = \"1.0.0\"\n[dependencies.y]\nversion = \"0\"\n";
        assert_eq!(with_key(package, None), Ok(("1.0.0".into(), 3, "[package] version".into())));
        let workspace = "[workspace.package]\nversion = '2.0.0'\n[package]\nversion.workspace = true\n";
        let expected = Ok(("2.0.0".into(), 2, "[workspace.package] version".into()));
        assert_eq!(with_key(workspace, None), expected);
        assert_eq!(with_key(workspace, Some("workspace.package.version")), expected);
    }

    #[test]
    fn an_inherited_version_names_the_way_on() {
        let expected = Err("Cargo.toml:2: `[package] version` is inherited from the workspace".into());
        assert_eq!(with_key("[package]\nversion = { workspace = true }\n", None), expected);
        assert_eq!(with_key("[package]\nversion.workspace = true\n", None), expected);
    }

    #[test]
    fn two_versions_need_a_key() {
        let both = "[package]\nversion = \"1.0.0\"\n[workspace.package]\nversion = \"2.0.0\"\n";
        assert_eq!(
            with_key(both, None),
            Err("Cargo.toml: two versions: `[package] version` (line 2) and `[workspace.package] version` (line 4)"
                .into())
        );
        assert_eq!(
            with_key(both, Some("package.version")),
            Ok(("1.0.0".into(), 2, "[package] version".into()))
        );
        assert_eq!(
            with_key(both, Some("workspace.package.version")),
            Ok(("2.0.0".into(), 4, "[workspace.package] version".into()))
        );
    }

    #[test]
    fn a_missing_version_and_an_unknown_key_are_named() {
        let text = "[dependencies]\nversion = \"1\"\n";
        assert_eq!(
            with_key(text, None),
            Err("Cargo.toml: no `[package] version` and no `[workspace.package] version`".into())
        );
        assert_eq!(with_key(text, Some("package.version")), Err("Cargo.toml: no `[package] version`".into()));
        assert_eq!(
            with_key(text, Some("version")),
            Err("Cargo.toml: `key` `version` is not one that Cargo.toml has".into())
        );
    }

    #[test]
    fn a_dependency_on_an_own_crate_moves_when_its_key_is_given() {
        let text = "[workspace.dependencies]\nown = { path = \"own\", version = \"=1.0.0\" }\nserde = { version = \"1.0.0\" }\n\
                    other = \"1.0.0\"\n[dependencies.near]\npath = \"../near\"\nversion = '1.0.0'\n\
                    [target.'cfg(unix)'.dev-dependencies]\nnear = { path = \"../near\", version = \"1.0.1\" }\n\
                    [build-dependencies]\nbare = { path = \"bare\" }\n";
        for (key, expected) in [
            ("workspace.dependencies.own.version", Ok(("=1.0.0", 2))),
            ("dependencies.near.version", Ok(("1.0.0", 7))),
            ("target.'cfg(unix)'.dev-dependencies.near.version", Ok(("1.0.1", 9))),
            (
                "workspace.dependencies.serde.version",
                Err(
                    "Cargo.toml:3: `workspace.dependencies.serde.version` is the version of a crate from elsewhere: \
                     it has no `path`",
                ),
            ),
            (
                "workspace.dependencies.other.version",
                Err(
                    "Cargo.toml:4: `workspace.dependencies.other.version` is the version of a crate from elsewhere: \
                     it has no `path`",
                ),
            ),
            ("build-dependencies.bare.version", Err("Cargo.toml: no `build-dependencies.bare.version`")),
            ("dependencies.gone.version", Err("Cargo.toml: no `dependencies.gone.version`")),
            (
                "dependencies.near.path",
                Err("Cargo.toml: `key` `dependencies.near.path` is not one that Cargo.toml has"),
            ),
        ] {
            let expected =
                expected.map(|(value, line)| (value.to_owned(), line, key.to_owned())).map_err(str::to_owned);
            assert_eq!(with_key(text, Some(key)), expected);
        }
    }
}
