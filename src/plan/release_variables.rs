//! The release in the environment of its steps and checks: each placeholder of a template under its own name, and what
//! no placeholder stands for. A program so needs no argument to know what it is part of.

use std::collections::BTreeMap;

use super::TagDraft;
use crate::config::{Placeholder, Values};
use crate::version::Version;

/// The commit of the release, once there is one.
pub(super) const COMMIT_VARIABLE: &str = "RELEASE_COMMIT";

/// Every variable that a step may be given, in the order in which people meet them.
pub const RELEASE_VARIABLES: [&str; 16] = [
    "RELEASE_VERSION",
    "RELEASE_PEP440",
    "RELEASE_BASE",
    "RELEASE_MAJOR",
    "RELEASE_MINOR",
    "RELEASE_PATCH",
    "RELEASE_STAGE",
    "RELEASE_PRERELEASE",
    "RELEASE_PREVIOUS",
    "RELEASE_PREVIOUS_PEP440",
    "RELEASE_PREVIOUS_BASE",
    "RELEASE_DATE",
    "RELEASE_TAGS",
    "RELEASE_BRANCH",
    "RELEASE_REMOTE",
    COMMIT_VARIABLE,
];

/// What is known of a release before its commit is there.
pub(super) fn release_variables(
    version: &Version,
    values: &Values,
    tags: &[TagDraft],
    branch: &str,
    remote: &str,
) -> BTreeMap<String, String> {
    let placeholders = Placeholder::ALL.into_iter().filter(|placeholder| *placeholder != Placeholder::Tag);
    let mut variables: BTreeMap<String, String> = placeholders
        .map(|placeholder| {
            let name = placeholder.name().replace('-', "_").to_ascii_uppercase();
            (format!("RELEASE_{name}"), values.get(placeholder).to_owned())
        })
        .collect();
    let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    let stage = version.pre.map_or_else(|| "stable".to_owned(), |(stage, _)| stage.to_string());
    for (name, value) in [
        ("RELEASE_STAGE", stage),
        ("RELEASE_PRERELEASE", (!version.is_stable()).to_string()),
        // No name in git holds a space.
        ("RELEASE_TAGS", names.join(" ")),
        ("RELEASE_BRANCH", branch.to_owned()),
        ("RELEASE_REMOTE", remote.to_owned()),
    ] {
        variables.insert(name.to_owned(), value);
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_but_the_commit_is_known_before_the_release() {
        let version = Version::parse_semver("0.2.0-rc.1").expect("a version");
        let tag = |name: &str| TagDraft { name: name.into(), message: String::new(), starts: Vec::new() };
        let values = super::super::build::values(&version, &version, "2026-01-31");
        let given = release_variables(&version, &values, &[tag("v1"), tag("own-v1")], "main", "origin");
        let mut names: Vec<&str> =
            RELEASE_VARIABLES.into_iter().filter(|name| *name != COMMIT_VARIABLE).collect();
        names.sort_unstable();
        assert_eq!(given.keys().collect::<Vec<_>>(), names);
        assert_eq!((given["RELEASE_STAGE"].as_str(), given["RELEASE_PRERELEASE"].as_str()), ("rc", "true"));
        assert_eq!(
            (given["RELEASE_TAGS"].as_str(), given["RELEASE_PEP440"].as_str()),
            ("v1 own-v1", "0.2.0rc1")
        );
        let stable = Version::parse_semver("0.2.0").expect("a version");
        let given = release_variables(&stable, &values, &[], "main", "origin");
        assert_eq!(
            (given["RELEASE_STAGE"].as_str(), given["RELEASE_PRERELEASE"].as_str()),
            ("stable", "false")
        );
    }
}
