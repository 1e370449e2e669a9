//! The version number itself. Only `x.y.z` and `x.y.z-(alpha|beta|rc).N` exist, so that every version has
//! exactly one spelling in SemVer and one in PEP 440, and both orders agree.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

use super::explain;
use crate::error::Problem;

/// How far a pre-release has come; declared in the order in which they are released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Before every stage: what a manifest holds between releases. No release is ever called so.
    Dev,
    /// The first stage.
    Alpha,
    /// After alpha.
    Beta,
    /// The release candidate, the last stage before the stable version.
    Rc,
}

impl Stage {
    /// Every stage that is released, earliest first.
    pub const ALL: [Self; 3] = [Self::Alpha, Self::Beta, Self::Rc];

    /// The word for it, in a command as in SemVer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Rc => "rc",
        }
    }

    /// The stage that is called exactly this.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    fn pep440(self) -> &'static str {
        match self {
            Self::Dev => ".dev",
            Self::Alpha => "a",
            Self::Beta => "b",
            Self::Rc => "rc",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A version. It displays and serializes in its SemVer spelling; an earlier version is the lesser one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// The stage and its count; none for a stable version.
    pub pre: Option<(Stage, u64)>,
}

impl Version {
    /// Reads the SemVer spelling, without a leading `v`.
    ///
    /// # Errors
    /// Anything else, with everything that is wrong about it, the version that was probably meant, and what
    /// is accepted.
    pub fn parse_semver(text: &str) -> Result<Self, Problem> {
        strict(text).ok_or_else(|| explain::not_a_version(text))
    }

    /// Reads the PEP 440 spelling in its normal form only: `0.2.0a1`, never `0.2.0-alpha.1` or `0.2.0a01`.
    pub fn parse_pep440(text: &str) -> Option<Self> {
        let Some(end) = text.find(|character: char| character.is_ascii_alphabetic()) else {
            return strict(text);
        };
        let (base, pre) = text.split_at(end);
        let (stage, count) =
            Stage::ALL.into_iter().find_map(|stage| Some((stage, pre.strip_prefix(stage.pep440())?)))?;
        // Both spellings share the rules for numbers, so the strict reading of one is that of the other.
        strict(&format!("{base}-{stage}.{count}"))
    }

    /// Reads either spelling: manifests may each hold their own, and are compared as versions.
    pub fn parse_either(text: &str) -> Option<Self> {
        strict(text).or_else(|| Self::parse_pep440(text))
    }

    /// Reads what a manifest may hold between releases: a version in either spelling, or the development version of one,
    /// as `0.2.0.dev`, `0.2.0.dev0`, `0.2.0-dev` or `0.2.0-dev.0`.
    pub fn parse_standing(text: &str) -> Option<Self> {
        Self::parse_either(text).or_else(|| {
            let (base, count) = text.split_once("dev")?;
            let base = strict(base.strip_suffix(['.', '-'])?).filter(Self::is_stable)?;
            let count = count.strip_prefix('.').unwrap_or(count);
            let digits = count.chars().all(|character| character.is_ascii_digit());
            let count = if count.is_empty() { 0 } else { count.parse().ok().filter(|_| digits)? };
            Some(Self { pre: Some((Stage::Dev, count)), ..base })
        })
    }

    /// Whether it is the development version of a release.
    pub fn is_dev(&self) -> bool {
        matches!(self.pre, Some((Stage::Dev, _)))
    }

    /// The normal form of PEP 440: `0.2.0a1` for `0.2.0-alpha.1`.
    pub fn pep440(&self) -> String {
        let base = self.base();
        match self.pre {
            Some((stage, count)) => format!("{base}{}{count}", stage.pep440()),
            None => base.to_string(),
        }
    }

    /// The release part: `0.2.0` for `0.2.0-alpha.1`.
    pub fn base(&self) -> Self {
        Self { pre: None, ..*self }
    }

    /// Whether it is not a pre-release.
    pub fn is_stable(&self) -> bool {
        self.pre.is_none()
    }
}

/// The SemVer grammar, less what no release here is called: build metadata and other pre-release identifiers.
fn strict(text: &str) -> Option<Version> {
    let parsed = semver::Version::parse(text).ok()?;
    if !parsed.build.is_empty() {
        return None;
    }
    let pre = if parsed.pre.is_empty() {
        None
    } else {
        let (stage, count) = parsed.pre.as_str().split_once('.')?;
        // SemVer leaves the size of this number open and allows words here; ours is a number like the others.
        Some((Stage::from_word(stage)?, count.parse().ok()?))
    };
    Some(Version { major: parsed.major, minor: parsed.minor, patch: parsed.patch, pre })
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // The stable version comes after all of its pre-releases.
        let key =
            |version: &Self| (version.major, version.minor, version.patch, version.is_stable(), version.pre);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)?;
        match self.pre {
            Some((stage, count)) => write!(formatter, "-{stage}.{count}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    /// A version that a test knows to be well-formed.
    pub(in crate::version) fn version(text: &str) -> Version {
        Version::parse_semver(text).unwrap_or_else(|problem| panic!("{problem:?}"))
    }

    /// Small numbers, so that neighbours meet, and the ends of the range.
    fn any_number() -> impl Strategy<Value = u64> {
        prop_oneof![
            8 => 0_u64..4,
            2 => 8_u64..12,
            1 => Just(u64::MAX),
            1 => Just(u64::MAX - 1),
            1 => any::<u64>(),
        ]
    }

    pub(in crate::version) fn any_stage() -> impl Strategy<Value = Stage> {
        proptest::sample::select(Stage::ALL.to_vec())
    }

    pub(in crate::version) fn any_version() -> impl Strategy<Value = Version> {
        let pre = proptest::option::weighted(0.7, (any_stage(), any_number()));
        (any_number(), any_number(), any_number(), pre).prop_map(|(major, minor, patch, pre)| Version {
            major,
            minor,
            patch,
            pre,
        })
    }

    #[test]
    fn each_version_has_its_two_spellings() {
        for (semver, pep440, base) in [
            ("0.2.0-alpha.1", "0.2.0a1", "0.2.0"),
            ("0.2.0-beta.3", "0.2.0b3", "0.2.0"),
            ("0.2.0-rc.10", "0.2.0rc10", "0.2.0"),
            ("0.2.0", "0.2.0", "0.2.0"),
            ("10.20.30-alpha.0", "10.20.30a0", "10.20.30"),
        ] {
            let parsed = version(semver);
            assert_eq!(parsed.to_string(), semver);
            assert_eq!(parsed.pep440(), pep440);
            assert_eq!(parsed.base().to_string(), base);
            assert_eq!(parsed.is_stable(), semver == base, "{semver}");
            assert_eq!(Version::parse_pep440(pep440), Some(parsed));
            assert_eq!(Version::parse_either(semver), Some(parsed));
            assert_eq!(Version::parse_either(pep440), Some(parsed));
        }
    }

    #[test]
    fn a_development_version_stands_before_every_pre_release_and_is_never_asked_for() {
        for text in ["0.2.0.dev", "0.2.0.dev0", "0.2.0-dev", "0.2.0-dev.0", "0.2.0-dev0"] {
            let read = Version::parse_standing(text).unwrap_or_else(|| panic!("{text}"));
            assert!(read.is_dev() && !read.is_stable() && read < version("0.2.0-alpha.1"), "{text}");
            assert_eq!((read.base(), read.pep440()), (version("0.2.0"), "0.2.0.dev0".to_owned()), "{text}");
            assert_eq!(Version::parse_either(text), None, "{text}");
        }
        assert!(Version::parse_standing("0.2.0.dev3") < Version::parse_standing("0.2.0.dev10"));
        assert_eq!(Version::parse_standing("0.2.0a1"), Some(version("0.2.0-alpha.1")));
        for text in [
            "dev",
            ".dev",
            "0.2.0dev",
            "0.2.dev0",
            "0.2.0.devel",
            "0.2.0.dev+1",
            "0.2.0a1.dev0",
            "0.2.0.dev.x",
        ] {
            assert_eq!(Version::parse_standing(text), None, "{text}");
        }
    }

    #[test]
    fn the_largest_numbers_are_read_and_the_next_ones_are_not() {
        let largest =
            "18446744073709551615.18446744073709551615.18446744073709551615-rc.18446744073709551615";
        assert_eq!(version(largest).pre, Some((Stage::Rc, u64::MAX)));
        for past in ["18446744073709551616.0.0", "0.0.18446744073709551616", "0.0.0-rc.18446744073709551616"]
        {
            assert!(Version::parse_semver(past).is_err(), "{past}");
        }
        assert_eq!(Version::parse_pep440("0.0.0rc18446744073709551616"), None);
    }

    #[test]
    fn only_the_normal_form_of_pep440_is_read() {
        for text in [
            "0.2.0-alpha.1",
            "0.2.0a",
            "0.2.0a01",
            "0.2.0alpha1",
            "0.2.0.a1",
            "0.2.0-a1",
            "0.2.0a.1",
            "0.2.0c1",
            "0.2.0A1",
            "v0.2.0",
            "v0.2.0a1",
            "0.2a1",
            "0.2",
            "0.2.0.0",
            "0.2.0.dev1",
            "0.2.0.post1",
            "0.2.0a1.dev1",
            "0.2.0a1.post1",
            "0.2.0+local",
            "0.2.0a1+local",
            "1!0.2.0",
            "0.2.0a+1",
            "0.2.0a-1",
            " 0.2.0",
            "0.2.0a1\n",
            "",
            "a1",
            "٠.2.0a1",
        ] {
            assert_eq!(Version::parse_pep440(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_version_serializes_as_its_semver_spelling_and_a_stage_as_its_word() {
        assert_eq!(serde_json::to_string(&version("0.2.0-rc.1")).unwrap(), "\"0.2.0-rc.1\"");
        assert_eq!(serde_json::to_string(&Stage::ALL).unwrap(), r#"["alpha","beta","rc"]"#);
    }

    #[test]
    fn stages_come_before_the_stable_version_and_count_as_numbers() {
        let ascending = [
            "0.1.9",
            "0.2.0-alpha.1",
            "0.2.0-alpha.9",
            "0.2.0-alpha.10",
            "0.2.0-beta.1",
            "0.2.0-rc.1",
            "0.2.0",
            "0.2.1-alpha.1",
            "0.10.0",
            "1.0.0-alpha.1",
        ]
        .map(version);
        assert!(ascending.is_sorted_by(|earlier, later| earlier < later));
    }

    proptest! {
        #[test]
        fn both_spellings_read_back_as_the_same_version(any in any_version()) {
            prop_assert_eq!(Version::parse_semver(&any.to_string()), Ok(any));
            prop_assert_eq!(Version::parse_pep440(&any.pep440()), Some(any));
        }

        #[test]
        fn what_is_read_is_spelled_exactly_as_it_was(
            text in "v?[0-9]{1,2}(\\.[0-9]{1,2}){1,3}[-.+]?(a|b|rc|alpha|beta|dev)?[-.+]?[0-9]{0,2}",
        ) {
            if let Ok(read) = Version::parse_semver(&text) {
                prop_assert_eq!(read.to_string(), text.clone());
            }
            if let Some(read) = Version::parse_pep440(&text) {
                prop_assert_eq!(read.pep440(), text);
            }
        }

        #[test]
        fn the_order_is_that_of_semver_and_of_pep440(one in any_version(), other in any_version()) {
            let semver = |version: Version| semver::Version::parse(&version.to_string()).unwrap();
            let pep440 = |version: Version| pep440_rs::Version::from_str(&version.pep440()).unwrap();
            prop_assert_eq!(one.cmp(&other), semver(one).cmp(&semver(other)));
            prop_assert_eq!(one.cmp(&other), pep440(one).cmp(&pep440(other)));
        }

        #[test]
        fn others_read_both_spellings_as_one_version_and_call_ours_the_normal_form(any in any_version()) {
            let from_pep440 = pep440_rs::Version::from_str(&any.pep440()).unwrap();
            let from_semver = pep440_rs::Version::from_str(&any.to_string()).unwrap();
            prop_assert_eq!(&from_pep440, &from_semver);
            prop_assert_eq!(from_pep440.to_string(), any.pep440());
        }
    }
}
