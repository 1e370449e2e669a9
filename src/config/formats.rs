//! The formats a manifest can have, as far as a configuration speaks of them: their names, the file names that
//! give them away, and which `key` they take. How a format is read is the business of the room of manifests.

use crate::error::Problem;

/// One format.
#[derive(Debug)]
pub(super) struct Format {
    name: &'static str,
    file_names: &'static [&'static str],
    /// With its dot; counts only where no format claims the whole file name.
    extension: Option<&'static str>,
    check_key: fn(Option<&str>) -> Result<(), Problem>,
}

impl Format {
    /// Every format there is: one line each.
    pub(super) const ALL: &[Format] = &[
        format("pyproject", &["pyproject.toml"], None, takes_no_key),
        format("package-json", &["package.json"], None, takes_no_key),
        format("package-lock", &["package-lock.json", "npm-shrinkwrap.json"], None, takes_no_key),
        format("chart", &["Chart.yaml", "Chart.yml"], None, takes_a_key_of_a_chart),
        format("python-setting", &[], Some(".py"), needs_a_setting),
        format("uv-lock", &["uv.lock"], None, takes_no_key),
        format("cargo-toml", &["Cargo.toml"], None, takes_no_key),
        format("cargo-lock", &["Cargo.lock"], None, takes_no_key),
        format("json", &[], Some(".json"), needs_a_pointer),
    ];

    /// The name by which a configuration gives the format.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The format that a configuration calls `name`.
    pub(super) fn from_name(name: &str) -> Option<&'static Format> {
        Self::ALL.iter().find(|format| format.name == name)
    }

    /// The format of a file by its name: the whole last part of `path` first, then its extension.
    pub(super) fn from_path(path: &str) -> Option<&'static Format> {
        let file = path.rsplit('/').next().unwrap_or(path);
        let ends = |format: &&Format| format.extension.is_some_and(|extension| file.ends_with(extension));
        Self::ALL
            .iter()
            .find(|format| format.file_names.contains(&file))
            .or_else(|| Self::ALL.iter().find(ends))
    }

    /// Whether this format can look for `key`.
    pub(super) fn check_key(&self, key: Option<&str>) -> Result<(), Problem> {
        (self.check_key)(key)
    }
}

const fn format(
    name: &'static str,
    file_names: &'static [&'static str],
    extension: Option<&'static str>,
    check_key: fn(Option<&str>) -> Result<(), Problem>,
) -> Format {
    Format { name, file_names, extension, check_key }
}

fn takes_no_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        None => Ok(()),
        Some(key) => Err(Problem::content(format!("`key` `{key}` given, but this format takes no `key`"))
            .hint("remove `key`; the format finds the version by itself")),
    }
}

fn takes_a_key_of_a_chart(key: Option<&str>) -> Result<(), Problem> {
    match key {
        None | Some("version" | "appVersion") => Ok(()),
        Some(key) => {
            Err(Problem::content(format!("`key` `{key}` is not one that a release moves in a chart"))
                .hint("write `version` or `appVersion`, or no `key` for both"))
        }
    }
}

fn needs_a_setting(key: Option<&str>) -> Result<(), Problem> {
    let example = "write `key = 'SETTINGS[\"VERSION\"]'` with the names of the dictionary and of its key";
    match key {
        Some(key) if key.contains('[') => Ok(()),
        Some(key) => {
            Err(Problem::content(format!("`key` `{key}` is not a dictionary and a key in it")).hint(example))
        }
        None => {
            Err(Problem::content("a Python file needs a `key` that says where the version is").hint(example))
        }
    }
}

fn needs_a_pointer(key: Option<&str>) -> Result<(), Problem> {
    let example = "give a JSON pointer: `key = \"/info/version\"`";
    match key {
        Some(key) => super::rules::pointer(key).into_iter().next().map_or(Ok(()), Err),
        None => {
            Err(Problem::content("a JSON file needs a `key` that says where the version is").hint(example))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_gives_its_format_away() {
        for (path, name) in [
            ("packages/api/pyproject.toml", Some("pyproject")),
            ("package.json", Some("package-json")),
            ("packages/web/package-lock.json", Some("package-lock")),
            ("npm-shrinkwrap.json", Some("package-lock")),
            ("packages/helm/Chart.yaml", Some("chart")),
            ("settings/base.py", Some("python-setting")),
            ("uv.lock", Some("uv-lock")),
            ("Cargo.toml", Some("cargo-toml")),
            ("crates/core/Cargo.lock", Some("cargo-lock")),
            ("server.json", Some("json")),
            ("cargo.toml", None),
            ("README.md", None),
            ("package.json/README", None),
            ("", None),
        ] {
            assert_eq!(Format::from_path(path).map(Format::name), name, "{path}");
        }
    }
}
