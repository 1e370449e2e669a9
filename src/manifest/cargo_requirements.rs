//! What a `Cargo.toml` says about crates of its repository: how it calls itself, which version it has or inherits, and
//! every range that it asks of another crate, in whatever table and form. Which of them a release moves is for the plan
//! to tell: it takes the other manifests of the repository as well.

use toml_edit::{Item, Key, TableLike};

use super::requirement::{PackageSource, Requirement};
use super::toml_reader::{parse, string};
use super::{Found, Problem, Source};

/// A `Cargo.toml`, as far as other manifests of the repository depend on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CargoManifest {
    /// The name of its package; nothing in a workspace without one.
    pub name: Option<String>,
    /// The version of its package, where it stands here.
    pub version: Option<String>,
    /// The package takes its version from its workspace.
    pub inherits: bool,
    /// The version that members inherit.
    pub shared_version: Option<String>,
    /// It has a `[workspace]`.
    pub is_workspace: bool,
    /// The folder of the workspace, where it is not the next one above; seen from the manifest's own.
    pub workspace: Option<String>,
    /// The crates that it takes from folders, by their own names, and how it writes the folder.
    pub neighbours: Vec<(String, String)>,
    /// What it asks of other crates.
    pub requirements: Vec<Requirement>,
    /// What `[patch]` puts in the place of crates from elsewhere.
    pub patches: Vec<Patch>,
    /// What the old `[replace]` puts in the place of one version of a crate: its key, and the folder.
    pub replaced: Vec<(Found, String)>,
}

/// A crate of the repository in the place of one from elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    /// The registry or repository; nothing is the usual registry.
    pub source: Option<String>,
    /// The crate's own name.
    pub package: String,
    /// Its folder, seen from the manifest's own.
    pub folder: String,
}

/// Tables that name other crates, and how they were spelled once.
const DEPENDENCIES: [&str; 5] =
    ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];

/// The name of the registry that is meant where none is given.
const USUAL_REGISTRY: &str = "crates-io";

/// Reads a manifest.
///
/// # Errors
/// It is not TOML.
pub fn cargo_manifest(text: &str, path: &str) -> Result<CargoManifest, Problem> {
    let source = Source::new(text, path);
    let document = parse(&source)?;
    let root: &dyn TableLike = document.as_table();
    let package = table(root, "package");
    let workspace = table(root, "workspace");
    let text_of = |table: Option<&dyn TableLike>, key: &str| {
        table.and_then(|table| table.get(key)).and_then(Item::as_str).map(str::to_owned)
    };
    let version = package.and_then(|package| package.get("version"));
    let mut read = CargoManifest {
        name: text_of(package, "name"),
        version: text_of(package, "version"),
        inherits: version.and_then(|it| it.get("workspace")).and_then(Item::as_bool) == Some(true),
        shared_version: text_of(workspace.and_then(|it| table(it, "package")), "version"),
        is_workspace: workspace.is_some(),
        workspace: text_of(package, "workspace"),
        ..CargoManifest::default()
    };
    let mut tables: Vec<(String, &dyn TableLike)> = tables_of(root, "");
    if let Some(shared) = workspace.and_then(|workspace| table(workspace, "dependencies")) {
        tables.push(("workspace.dependencies.".to_owned(), shared));
    }
    for (name, target) in table(root, "target").into_iter().flat_map(TableLike::iter) {
        if let Some(target) = target.as_table_like() {
            tables.extend(tables_of(target, &format!("target.{}.", written(name))));
        }
    }
    for (registry, patched) in table(root, "patch").into_iter().flat_map(TableLike::iter) {
        let Some(patched) = patched.as_table_like() else { continue };
        tables.push((format!("patch.{}.", written(registry)), patched));
        let source = (registry != USUAL_REGISTRY).then(|| registry.to_owned());
        for (name, item) in patched.iter() {
            if let Some(folder) = field(item, "path") {
                let package = own_name(name, item);
                read.patches.push(Patch { source: source.clone(), package, folder: folder.to_owned() });
            }
        }
    }
    for (prefix, table) in tables {
        for (name, item) in table.iter() {
            let neighbour = field(item, "path").map(|folder| (own_name(name, item), folder.to_owned()));
            read.neighbours.extend(neighbour);
            read.requirements.extend(requirement(&source, &format!("{prefix}{}", written(name)), name, item));
        }
    }
    for (name, item) in table(root, "replace").into_iter().flat_map(TableLike::iter) {
        if let Some(folder) = field(item, "path") {
            let place = item.span().unwrap_or(0..0);
            read.replaced.push((source.found(place, name.to_owned(), "[replace]"), folder.to_owned()));
        }
    }
    Ok(read)
}

/// The range that an entry asks for, where it says one.
fn requirement(source: &Source<'_>, key: &str, name: &str, item: &Item) -> Option<Requirement> {
    let (range, key) = match item.as_str() {
        Some(_) => (item, key.to_owned()),
        None => (item.get("version")?, format!("{key}.version")),
    };
    let elsewhere = || ["git", "registry", "registry-index"].iter().find_map(|key| field(item, key));
    let from = match field(item, "path") {
        Some(folder) => PackageSource::Folder(folder.to_owned()),
        None => PackageSource::Elsewhere(elsewhere().map(str::to_owned)),
    };
    Some(Requirement {
        found: string(source, 0, range, &key).ok()?,
        package: own_name(name, item),
        source: from,
    })
}

/// The tables of dependencies at this level.
fn tables_of<'t>(level: &'t dyn TableLike, prefix: &str) -> Vec<(String, &'t dyn TableLike)> {
    let found =
        DEPENDENCIES.iter().filter_map(|name| Some((format!("{prefix}{name}."), table(level, name)?)));
    found.collect()
}

fn table<'t>(level: &'t dyn TableLike, name: &str) -> Option<&'t dyn TableLike> {
    level.get(name).and_then(Item::as_table_like)
}

fn field<'t>(item: &'t Item, key: &str) -> Option<&'t str> {
    item.as_table_like()?.get(key)?.as_str()
}

/// The name that a crate gives itself, of which an entry speaks by another one perhaps.
fn own_name(name: &str, item: &Item) -> String {
    field(item, "package").unwrap_or(name).to_owned()
}

/// A key as TOML writes it.
fn written(name: &str) -> String {
    Key::new(name).display_repr().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_form_of_a_requirement_is_found() {
        let text = "\u{feff}[package]\r\nname = \"two\"\r\nversion.workspace = true\r\nworkspace = \"..\"\r\n\
            [dependencies]\none = { version = \"0.4\", path = \"../one\" }\nplain = '1'\n\
            uno = { package = \"one\", path = '../one', version = '''\n^0.4''' }\nfree = { path = \"../free\" }\n\
            far = { git = \"https://registry.invalid/far\", version = \"3\" }\nheld = { registry = \"own\", version = \"4\" }\n\
            inherited = { workspace = true }\ndotted.version = \"5\"\ndotted.path = \"../dotted\"\nodd = { version = 1, path = \"x\" }\n\
            [dev-dependencies.tabled]\npath = \"../tabled\"\nversion = \"6\"\n\
            [build_dependencies]\nold = \"7\"\n[target.'cfg(unix)'.build-dependencies]\n\"a.b\" = { path = \"ab\", version = \"8\" }\n\
            [workspace.dependencies]\nshared = { path = \"shared\", version = \"9\" }\n[workspace.package]\nversion = \"0.4.2\"\n\
            [patch.crates-io]\none = { path = \"one\" }\n[patch.'https://registry.invalid/x']\nx = { package = \"y\", path = \"y\", version = \"10\" }\n\
            [replace]\n\"one:0.4.2\" = { path = \"one\" }\n";
        let read = cargo_manifest(text, "Cargo.toml").unwrap();
        let folder = |folder: &str| PackageSource::Folder(folder.to_owned());
        let from = |source: &str| PackageSource::Elsewhere(Some(source.to_owned()));
        let expected = [
            ("dependencies.one.version", "0.4", "one", folder("../one")),
            ("dependencies.plain", "1", "plain", PackageSource::Elsewhere(None)),
            ("dependencies.uno.version", "^0.4", "one", folder("../one")),
            ("dependencies.far.version", "3", "far", from("https://registry.invalid/far")),
            ("dependencies.held.version", "4", "held", from("own")),
            ("dependencies.dotted.version", "5", "dotted", folder("../dotted")),
            ("dev-dependencies.tabled.version", "6", "tabled", folder("../tabled")),
            ("build_dependencies.old", "7", "old", PackageSource::Elsewhere(None)),
            ("workspace.dependencies.shared.version", "9", "shared", folder("shared")),
            ("target.'cfg(unix)'.build-dependencies.\"a.b\".version", "8", "a.b", folder("ab")),
            ("patch.'https://registry.invalid/x'.x.version", "10", "y", folder("y")),
        ];
        assert_eq!(read.requirements.len(), expected.len(), "{:#?}", read.requirements);
        for ((key, range, package, source), found) in expected.into_iter().zip(&read.requirements) {
            let place = &found.found;
            assert_eq!(text.get(place.span.start..place.span.end), Some(range), "{key}");
            let line = text.get(..place.span.start).unwrap().matches('\n').count() + 1;
            assert_eq!((place.value.as_str(), place.line), (range, line), "{key}");
            assert_eq!(
                (place.key.replace('"', "'"), found.package.as_str()),
                (key.replace('"', "'"), package)
            );
            assert_eq!(found.source, source, "{key}");
        }
        let patch = |source: Option<&str>, name: &str| Patch {
            source: source.map(str::to_owned),
            package: name.into(),
            folder: name.into(),
        };
        assert_eq!(read.patches, [patch(None, "one"), patch(Some("https://registry.invalid/x"), "y")]);
        let replaced: Vec<_> =
            read.replaced.iter().map(|(found, to)| (found.value.as_str(), to.as_str())).collect();
        assert_eq!(replaced, [("one:0.4.2", "one")]);
        assert_eq!((read.name.as_deref(), read.version.as_deref()), (Some("two"), None));
        assert_eq!((read.shared_version.as_deref(), read.workspace.as_deref()), (Some("0.4.2"), Some("..")));
        assert!(read.inherits && read.is_workspace);
        let neighbours: Vec<_> =
            read.neighbours.iter().map(|(name, to)| (name.as_str(), to.as_str())).collect();
        assert_eq!(neighbours.len(), 10, "{neighbours:?}");
        assert!(neighbours.contains(&("free", "../free")) && neighbours.contains(&("one", "../one")));
    }

    #[test]
    fn a_text_that_is_no_toml_is_said_and_one_without_tables_asks_for_nothing() {
        assert!(
            cargo_manifest("[dependencies\n", "Cargo.toml").unwrap_err().message.starts_with("Cargo.toml:1:")
        );
        for odd in [
            "",
            "dependencies = 1\npatch = []\ntarget = \"x\"\n",
            "[patch]\ncrates-io = 1\n[target]\nx = 1\n",
        ] {
            assert_eq!(cargo_manifest(odd, "Cargo.toml").unwrap(), CargoManifest::default(), "{odd}");
        }
    }
}
