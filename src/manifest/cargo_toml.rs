//! `Cargo.toml`: the version is `[package] version`, or `[workspace.package] version` where the workspace holds it
//! for its members. A member that inherits it holds none, and the workspace's own file must be named instead.

use super::toml_reader::{at, parse, string};
use super::{Definition, Found, Problem, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "cargo-toml",
    file_names: &["Cargo.toml"],
    extension: None,
    check_key,
    locate,
    package_name: Some(package_name),
};

/// The two places, by the key that chooses one, with their names for messages.
const PLACES: [(&str, &[&str], &str); 2] = [
    ("package.version", &["package", "version"], "[package] version"),
    ("workspace.package.version", &["workspace", "package", "version"], "[workspace.package] version"),
];

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if !PLACES.iter().any(|(name, _, _)| *name == key) => {
            Err(Problem::content(format!("`key` `{key}` is not one that Cargo.toml has"))
                .hint("write `package.version` or `workspace.package.version`, or no `key`"))
        }
        _ => Ok(()),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.key).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, key: Option<&str>) -> Result<Found, Problem> {
    let document = parse(source)?;
    let wanted = || PLACES.iter().filter(|(name, _, _)| key.is_none_or(|key| key == *name));
    let candidates: Vec<_> =
        wanted().filter_map(|(_, path, words)| Some((at(&document, path)?, *words))).collect();
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
            let words: Vec<String> = wanted().map(|(_, _, words)| format!("`{words}`")).collect();
            Err(Problem::content(format!("{}: no {}", source.path, words.join(" and no ")))
                .hint("add `version = \"…\"` with the current version under `[package]`"))
        }
        _ => {
            let places: Vec<String> = own
                .iter()
                .map(|(item, words)| {
                    format!("`{words}` (line {})", source.line(item.span().map_or(0, |span| span.start)))
                })
                .collect();
            Err(Problem::content(format!("{}: two versions: {}", source.path, places.join(" and ")))
                .hint("choose with `key = \"package.version\"` or `key = \"workspace.package.version\"`"))
        }
    }
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
}
