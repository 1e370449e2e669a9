//! What must still hold in the release's own files after somebody else's program had its hands on them: a hook may
//! format a manifest or the changelog, and the versions in it are looked up again. A pure check, so that `apply` need
//! not know any file format.

use serde::Serialize;

use super::Plan;
use crate::error::Problem;
use crate::manifest::{Format, Target, locate};

/// A version that the release sets, and where it is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedVersion {
    /// The file.
    pub path: String,
    /// The name of its format.
    pub format: String,
    /// The place inside the file, for formats that need one.
    pub key: Option<String>,
    /// The package whose entry it is, for lock files.
    pub package: Option<String>,
    /// What stands there after the release.
    pub value: String,
}

impl Plan {
    /// The paths that the release changes, as far as they are named: its files, and what its steps write.
    pub fn own_paths(&self) -> impl Iterator<Item = &str> {
        let outputs = self.steps.iter().filter(|step| !step.skipped).flat_map(|step| &step.outputs);
        let files = self.files.iter().map(|change| change.path.as_str());
        files.chain(outputs.map(|output| output.path.as_str()))
    }

    /// Whether a path is one that the release may change: its own, or one that a pattern of a step matches.
    pub fn may_change(&self, path: &str) -> bool {
        let running = || self.steps.iter().filter(|step| !step.skipped);
        self.files.iter().any(|change| change.path == path) || running().any(|step| step.may_write(path))
    }

    /// Whether a file of the release may be committed with these bytes, or deleted.
    ///
    /// # Errors
    /// It does not belong to the release, is there though it must go or the other way round, or no longer holds what
    /// the release is to set in it.
    pub fn recheck(&self, path: &str, bytes: Option<&[u8]>) -> Result<(), Problem> {
        if !self.may_change(path) {
            return Err(Problem::content(format!("`{path}` does not belong to the release")));
        }
        let planned = self.files.iter().find(|change| change.path == path);
        let bytes = match (bytes, planned.map(|change| change.after.is_some())) {
            (None, Some(false)) => return Ok(()),
            (None, _) => return Err(Problem::content(format!("`{path}` is gone"))),
            (Some(_), Some(false)) => {
                return Err(Problem::content(format!("`{path}` is back, and the release deletes it")));
            }
            (Some(bytes), _) => bytes,
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(Problem::content(format!("`{path}` is no longer UTF-8 text")));
        };
        for version in self.versions.iter().filter(|version| version.path == path) {
            version.check(text)?;
        }
        for pattern in self.patterns.iter().filter(|pattern| pattern.path == path) {
            pattern.check(text)?;
        }
        let promised = self.steps.iter().filter(|step| !step.skipped).flat_map(|step| &step.expectations);
        promised.filter(|expectation| expectation.path == path).try_for_each(|it| it.check(bytes))
    }
}

impl PlannedVersion {
    fn check(&self, text: &str) -> Result<(), Problem> {
        let Self { path, value, .. } = self;
        let format = Format::from_name(&self.format).or_else(|| Format::from_path(path));
        let Some(format) = format else { return Ok(()) };
        let target = Target { format, key: self.key.as_deref(), package: self.package.as_deref() };
        let nothing = || Problem::content(format!("`{path}` holds no version any more, expected `{value}`"));
        let found = locate(text, path, &target)
            .map_err(|problems| problems.into_iter().next().unwrap_or_else(nothing))?;
        if found.is_empty() {
            return Err(nothing());
        }
        match found.iter().find(|found| found.value != *value) {
            None => Ok(()),
            Some(found) => Err(Problem::content(format!(
                "`{path}:{}` holds `{}`, expected `{value}`",
                found.line, found.value
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version() -> PlannedVersion {
        PlannedVersion {
            path: "package.json".into(),
            format: "package-json".into(),
            key: None,
            package: None,
            value: "0.2.0".into(),
        }
    }

    #[test]
    fn a_formatted_file_passes_as_long_as_its_version_stands() {
        assert_eq!(version().check("{\n\t\"version\": \"0.2.0\"\n}"), Ok(()));
        let problem = version().check("{\n\"version\": \"0.1.0\"}").unwrap_err();
        assert_eq!(problem.message, "`package.json:2` holds `0.1.0`, expected `0.2.0`");
        assert!(version().check("{}").is_err());
    }
}
