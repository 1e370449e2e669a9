//! Python: a version in `pyproject.toml`, or in the file that it names in place of one.

use toml_edit::Document;

use super::super::leading::{Candidate, folder_of, lies_below, value};
use super::{Definition, Ecosystem, Elsewhere};
use crate::manifest::{Format, VersionSource, package_name, version_source};
use crate::snapshot::Survey;
use crate::version::Version;

pub(super) const DEFINITION: Definition = Definition {
    word: "Python",
    manifests: &["pyproject.toml"],
    beside: &["uv.lock", "__init__.py", "__version__.py", "__about__.py", "_version.py", "version.py"],
    rank: 0,
    unread: &[("setup.py", BEFORE_PYPROJECT), ("setup.cfg", BEFORE_PYPROJECT)],
    format: Format::Pyproject,
    keys: &["project.version", "tool.poetry.version"],
    pep440: true,
    is_private,
    is_frame: |_| false,
    elsewhere,
    named_files,
};

/// What setuptools read before there was `pyproject.toml`.
const BEFORE_PYPROJECT: &str = "no release sets a version there; move it to pyproject.toml, as `version = \"…\"` under \
                                `[project]`, which setuptools reads as well";

/// A classifier that registries refuse is the usual way to say so.
fn is_private(text: &str) -> bool {
    let document = Document::parse(text).ok();
    let classifiers = document.as_ref().and_then(|it| it.get("project")?.get("classifiers")?.as_array());
    let mut classifiers = classifiers.into_iter().flatten().filter_map(|it| it.as_str());
    classifiers.any(|classifier| classifier.starts_with("Private ::"))
}

fn elsewhere(survey: &Survey, path: &str, text: &str) -> Elsewhere {
    let name = package_name(text, Format::Pyproject);
    let of_file = |(path, key, format): (String, Option<&'static str>, Option<&'static str>)| {
        let text = survey.texts.get(&path)?;
        let read = format.and_then(Format::from_name).or_else(|| Format::from_path(&path))?;
        let held = value(text, &path, read, key).ok()?;
        let version = Version::parse_standing(&held)?;
        let ecosystem = Ecosystem::Python;
        Some(Candidate { ecosystem, path, key, format, name: name.clone(), version, held, private: false })
    };
    let folder = folder_of(path);
    let below = |inner: &str| if folder.is_empty() { inner.to_owned() } else { format!("{folder}/{inner}") };
    let found = |candidate: Option<Candidate>, named: &str| match candidate {
        Some(candidate) => Elsewhere::File(Box::new(candidate)),
        None => {
            Elsewhere::Unsupported(format!("its version is in {named}, where no version to set was found"))
        }
    };
    match version_source(text) {
        None => Elsewhere::Nowhere,
        Some(VersionSource::Tags(tool)) => Elsewhere::Unsupported(format!(
            "its version comes from the tags, by {tool}: an unsupported layout, for no file holds a version to set; \
             write `version = \"…\"` under `[project]` in place of it"
        )),
        Some(VersionSource::Crate) => Elsewhere::Unsupported("its version is that of its Cargo.toml".into()),
        Some(VersionSource::File(file)) => {
            found(module_keys(&below(&file)).into_iter().find_map(of_file), &file)
        }
        Some(VersionSource::Attribute(attribute)) => {
            let places = modules(&attribute).into_iter().map(|(file, key)| (below(&file), key));
            let mut places = places.flat_map(|(file, key)| {
                module_keys(&file)
                    .into_iter()
                    .filter(move |(_, known, _)| known.unwrap_or("__version__") == key)
            });
            found(places.find_map(of_file), &attribute)
        }
        Some(VersionSource::Unknown) => {
            let modules =
                survey.texts.keys().filter(|file| lies_below(file, folder) && file.ends_with(".py"));
            let mut held = modules.filter_map(|file| module_keys(file).into_iter().find_map(of_file));
            match (held.next(), held.next()) {
                (Some(only), None) => Elsewhere::File(Box::new(only)),
                (Some(_), Some(_)) => {
                    Elsewhere::Unsupported("its version is dynamic, and several modules hold one".into())
                }
                (None, _) => Elsewhere::Nowhere,
            }
        }
    }
}

fn named_files(path: &str, text: &str) -> Vec<String> {
    let folder = folder_of(path);
    let below = |inner: String| if folder.is_empty() { inner } else { format!("{folder}/{inner}") };
    match version_source(text) {
        Some(VersionSource::File(file)) => vec![below(file)],
        Some(VersionSource::Attribute(attribute)) => {
            modules(&attribute).into_iter().map(|(file, _)| below(file)).collect()
        }
        _ => Vec::new(),
    }
}

/// A place in a file: its path, the key, and the format where the file's name does not tell it.
type FilePlace = (String, Option<&'static str>, Option<&'static str>);

/// The ways in which a file may hold the version of its package.
fn module_keys(path: &str) -> Vec<FilePlace> {
    let format = Format::PythonVersion;
    if !path.ends_with(".py") {
        let named = (Format::from_path(path) != Some(Format::Plain)).then(|| Format::Plain.name());
        return vec![(path.to_owned(), None, named)];
    }
    let named = (Format::from_path(path) != Some(format)).then(|| format.name());
    [None, Some("VERSION"), Some("version")].map(|key| (path.to_owned(), key, named)).into()
}

/// The files that an attribute may be in, and the name of the attribute there.
fn modules(attribute: &str) -> Vec<(String, String)> {
    let Some((module, name)) = attribute.rsplit_once('.') else { return Vec::new() };
    let path = module.replace('.', "/");
    let roots = ["", "src/", "lib/"].into_iter();
    let files = roots.flat_map(|root| [format!("{root}{path}/__init__.py"), format!("{root}{path}.py")]);
    files.map(|file| (file, name.to_owned())).collect()
}
