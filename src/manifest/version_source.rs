//! Where a Python package takes its version from that `pyproject.toml` lists as dynamic: from the tags of the repository, by
//! one of the tools that do so, or from a file that another table names.

use toml_edit::Document;

use super::toml_reader::at;

/// Where a dynamic version comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionSource {
    /// The tags of the repository, by this tool.
    Tags(String),
    /// A file, relative to the package's folder.
    File(String),
    /// An attribute of a module: `own.version.__version__`.
    Attribute(String),
    /// The crate that the package is built of.
    Crate,
    /// Nobody says.
    Unknown,
}

/// Tools that make versions of tags, by the names under which a build requires them.
const BY_TAGS: [&str; 11] = [
    "hatch-vcs",
    "setuptools-scm",
    "setuptools-git-versioning",
    "vcs-versioning",
    "versioningit",
    "versioneer",
    "poetry-dynamic-versioning",
    "uv-dynamic-versioning",
    "dunamai",
    "pbr",
    "flit-scm",
];

/// Where the version comes from; nothing where it is not dynamic, or the text is no TOML.
pub fn version_source(text: &str) -> Option<VersionSource> {
    let document = Document::parse(text.trim_start_matches('\u{feff}')).ok()?;
    let string = |path: &[&str]| at(&document, path).and_then(|item| item.as_str()).map(str::to_owned);
    let list = |path: &[&str]| -> Vec<String> {
        let list = at(&document, path).and_then(|item| item.as_array());
        list.into_iter().flatten().filter_map(|item| item.as_str()).map(str::to_owned).collect()
    };
    let poetry = string(&["tool", "poetry", "version"])
        .filter(|_| at(&document, &["tool", "poetry-dynamic-versioning"]).is_some());
    if !list(&["project", "dynamic"]).iter().any(|name| name == "version") && poetry.is_none() {
        return None;
    }
    if let Some(path) =
        string(&["tool", "hatch", "version", "path"]).or_else(|| string(&["tool", "pdm", "version", "path"]))
    {
        return Some(VersionSource::File(path));
    }
    let setuptools = at(&document, &["tool", "setuptools", "dynamic", "version"]);
    if let Some(attribute) = setuptools.and_then(|item| item.get("attr")?.as_str()) {
        return Some(VersionSource::Attribute(attribute.to_owned()));
    }
    if let Some(file) = setuptools.and_then(|item| item.get("file")) {
        let first = || file.as_array().and_then(|files| files.get(0)?.as_str());
        return file.as_str().or_else(first).map(|file| VersionSource::File(file.to_owned()));
    }
    let requires: Vec<String> = list(&["build-system", "requires"]).iter().map(|it| name_of(it)).collect();
    let tables = BY_TAGS.into_iter().find(|tool| {
        let named = |name: &str| at(&document, &["tool", name]).is_some();
        named(tool) || named(&tool.replace('-', "_"))
    });
    let required = || BY_TAGS.into_iter().find(|tool| requires.iter().any(|name| name == tool));
    if let Some(tool) = tables.or_else(required) {
        return Some(VersionSource::Tags(tool.to_owned()));
    }
    let scm = |source: Option<String>| {
        source.filter(|it| matches!(it.as_str(), "vcs" | "scm" | "uv-dynamic-versioning"))
    };
    if let Some(source) = scm(string(&["tool", "hatch", "version", "source"])) {
        return Some(VersionSource::Tags(if source == "vcs" { "hatch-vcs".into() } else { source }));
    }
    if scm(string(&["tool", "pdm", "version", "source"])).is_some() {
        return Some(VersionSource::Tags("pdm".into()));
    }
    let maturin = string(&["build-system", "build-backend"]).is_some_and(|backend| backend == "maturin");
    Some(if maturin { VersionSource::Crate } else { VersionSource::Unknown })
}

/// The name in a requirement, as registries compare it.
fn name_of(requirement: &str) -> String {
    let end = requirement.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.".contains(it)));
    requirement
        .get(..end.unwrap_or(requirement.len()))
        .unwrap_or_default()
        .replace(['_', '.'], "-")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dynamic_version_comes_from_tags_a_file_an_attribute_or_nobody_says() {
        let tags = |tool: &str| VersionSource::Tags(tool.to_owned());
        let file = |path: &str| VersionSource::File(path.to_owned());
        for (more, expected) in [
            ("", VersionSource::Unknown),
            ("[build-system]\nrequires = [\"hatchling\", \"hatch-vcs>=0.4\"]", tags("hatch-vcs")),
            ("[tool.hatch.version]\nsource = \"vcs\"", tags("hatch-vcs")),
            ("[build-system]\nrequires = [\"Setuptools_SCM[toml] >= 8\"]", tags("setuptools-scm")),
            ("[tool.setuptools_scm]", tags("setuptools-scm")),
            ("[tool.pdm.version]\nsource = \"scm\"", tags("pdm")),
            ("[tool.versioningit]\ndefault-version = \"0\"", tags("versioningit")),
            ("[tool.hatch.version]\npath = \"src/own/__about__.py\"", file("src/own/__about__.py")),
            ("[tool.setuptools.dynamic]\nversion = {file = [\"VERSION\"]}", file("VERSION")),
            ("[tool.setuptools.dynamic.version]\nfile = \"VERSION\"", file("VERSION")),
            (
                "[tool.setuptools.dynamic]\nversion = {attr = \"own.__version__\"}",
                VersionSource::Attribute("own.__version__".into()),
            ),
            ("[build-system]\nbuild-backend = \"maturin\"", VersionSource::Crate),
        ] {
            let text = format!("[project]\nname = \"own\"\ndynamic = [\"version\"]\n{more}\n");
            assert_eq!(version_source(&text), Some(expected), "{more}");
        }
        assert_eq!(version_source("[project]\nversion = \"1.0.0\"\n[tool.setuptools_scm]\n"), None);
        let poetry = "[tool.poetry]\nversion = \"0.0.0\"\n[tool.poetry-dynamic-versioning]\nenable = true\n";
        assert_eq!(version_source(poetry), Some(tags("poetry-dynamic-versioning")));
    }
}
