//! How a place spells the version where the configuration leaves that open: as it does now. What the configuration says is
//! obeyed, with a word about it where that is another spelling than the one that stands there.

use super::manifests::is_same_version;
use crate::config::{Manifest, Values};
use crate::manifest::{Found, Target, takes_only_semver};
use crate::version::Version;

/// A spelling of versions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    /// With a `v` before the number: `v0.2.0`.
    v: bool,
    /// As PEP 440 has it: `0.2.0a1`.
    pep440: bool,
}

impl Spelling {
    /// The spelling of a value; semver, where it could be either or is none.
    pub(super) fn of(value: &str) -> Self {
        let bare = without_v(value);
        let Some(version) = Version::parse_standing(bare) else { return Self::default() };
        let pep440 = Version::parse_semver(bare).is_err()
            && (Version::parse_pep440(bare).is_some() || version.is_dev() && bare.contains(".dev"));
        Self { v: bare.len() < value.len(), pep440 }
    }

    /// The version of a release in this spelling.
    pub(super) fn render(self, values: &Values) -> String {
        let version = if self.pep440 { &values.pep440 } else { &values.version };
        format!("{}{version}", if self.v { "v" } else { "" })
    }
}

/// A value without the `v` before its number.
pub(super) fn without_v(value: &str) -> &str {
    value.strip_prefix('v').unwrap_or(value)
}

/// What a place holds for a version: as the configuration says, or in the spelling that stands there.
pub(super) fn render(
    manifest: &Manifest,
    target: &Target<'_>,
    path: &str,
    held: &str,
    values: &Values,
) -> String {
    match &manifest.value {
        Some(template) => template.render(values),
        None if takes_only_semver(path, target) => values.version.clone(),
        None => Spelling::of(held).render(values),
    }
}

/// Whether a place holds the version that was expected there, in whatever spelling.
pub(super) fn is_expected(value: &str, expected: &str) -> bool {
    is_same_version(value, expected) || is_same_version(without_v(value), without_v(expected))
}

/// What has to be said where a place holds the version in another spelling than the one it gets.
pub(super) fn other_spelling(
    manifest: &Manifest,
    path: &str,
    place: &Found,
    (expected, after): (&str, &str),
) -> Option<String> {
    let value = &place.value;
    let is_dev = Version::parse_standing(without_v(value)).is_some_and(|version| version.is_dev());
    if value == expected || is_dev || !is_expected(value, expected) {
        return None;
    }
    let line = place.line;
    let said = match &manifest.value {
        Some(template) => format!(
            "`{path}:{line}` spells the version `{value}`, and `value = \"{template}\"` as `{expected}`: it will be `{after}`\n\
             leave `value` out to keep the spelling that stands there"
        ),
        None => {
            format!("`{path}:{line}` spells the version `{value}`, which is no semver: it will be `{after}`")
        }
    };
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelling_that_stands_there_is_kept() {
        let values = |version: &str| {
            let version = Version::parse_semver(version).unwrap();
            Values { version: version.to_string(), pep440: version.pep440(), ..Values::default() }
        };
        let next = values("0.5.0-beta.2");
        for (held, expected) in [
            ("0.4.0b1", "0.5.0b2"),
            ("0.4.0-beta.1", "0.5.0-beta.2"),
            ("0.4.0", "0.5.0-beta.2"),
            ("v0.4.0", "v0.5.0-beta.2"),
            ("v0.4.0rc1", "v0.5.0b2"),
            ("0.4.0.dev", "0.5.0b2"),
            ("0.4.0-dev", "0.5.0-beta.2"),
            ("version", "0.5.0-beta.2"),
            ("", "0.5.0-beta.2"),
        ] {
            assert_eq!(Spelling::of(held).render(&next), expected, "{held}");
        }
    }

    #[test]
    fn one_version_is_expected_in_whatever_spelling_and_no_other_one() {
        for value in ["0.4.0b1", "0.4.0-beta.1", "v0.4.0b1", "v0.4.0-beta.1"] {
            assert!(is_expected(value, "0.4.0-beta.1") && is_expected(value, "v0.4.0-beta.1"), "{value}");
        }
        for value in ["0.4.0b2", "0.4.0", "vv0.4.0b1", "", "V0.4.0b1"] {
            assert!(!is_expected(value, "0.4.0-beta.1"), "{value}");
        }
    }
}
