//! The shape of the tags, as the tags that exist have it: `v1.2.0`, `1.2.0`, `own-1.2.0`, `own@1.2.0`. The newest release
//! decides; where it has several tags, the next one gets as many.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{Answers, Choice};
use crate::error::Result;
use crate::version::Version;

/// How tags are named where there is none yet.
const USUAL: &str = "v{version}";

/// What the tags of a repository say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shapes {
    /// The templates of the tags that a release gets, at least one.
    pub(super) names: Vec<String>,
    /// A tag that has the first shape; none where there is no tag of a release.
    pub(super) seen: Option<String>,
}

/// A tag as it is read: what stands before the version, and how that is spelled.
struct Read<'a> {
    prefix: &'a str,
    version: Version,
    pep440: bool,
    name: &'a str,
}

/// The shapes of the newest release: that of the current version, or else the latest. `others` are packages that are not
/// released; their tags say nothing here.
pub(super) fn shapes(
    tags: &[String],
    current: &Version,
    others: &[&str],
    answers: &mut dyn Answers,
) -> Result<Shapes> {
    let read: Vec<Read<'_>> = tags.iter().filter_map(|tag| read(tag)).collect();
    let own: Vec<&Read<'_>> =
        read.iter().filter(|tag| !others.iter().any(|other| is_of(tag.prefix, other))).collect();
    let newest = if own.iter().any(|tag| tag.version == *current) {
        Some(*current)
    } else {
        own.iter().map(|tag| tag.version).max()
    };
    let Some(newest) = newest else {
        return Ok(Shapes { names: vec![loose(tags).unwrap_or_else(|| USUAL.to_owned())], seen: None });
    };
    let mut by_version: BTreeMap<Version, BTreeSet<(usize, &str)>> = BTreeMap::new();
    for tag in &own {
        by_version.entry(tag.version).or_default().insert((tag.prefix.len(), tag.prefix));
    }
    // Each set of shapes once, that of the newest release first.
    let mut sets: Vec<(&BTreeSet<(usize, &str)>, Version)> = Vec::new();
    let first = by_version.get_key_value(&newest);
    for (version, prefixes) in first.into_iter().chain(by_version.iter().rev()) {
        if !sets.iter().any(|(known, _)| *known == prefixes) {
            sets.push((prefixes, *version));
        }
    }
    let template = |prefix: &str| {
        let spelled = own.iter().any(|tag| tag.prefix == prefix && tag.pep440);
        let version = if spelled { "{pep440}" } else { "{version}" };
        format!("{}{version}", prefix.replace('{', "{{").replace('}', "}}"))
    };
    let names =
        |set: &BTreeSet<(usize, &str)>| set.iter().map(|(_, prefix)| template(prefix)).collect::<Vec<_>>();
    let number = if sets.len() > 1 {
        let given =
            sets.iter().map(|(set, version)| format!("{}, as {version} has", names(set).join(" and ")));
        answers.choose(&Choice::new("names of tags", given))?
    } else {
        0
    };
    let Some((set, version)) = sets.get(number) else {
        return Ok(Shapes { names: vec![USUAL.to_owned()], seen: None });
    };
    let first = set.first().map(|(_, prefix)| *prefix);
    let seen = own.iter().find(|tag| tag.version == *version && Some(tag.prefix) == first);
    Ok(Shapes { names: names(set), seen: seen.map(|tag| tag.name.to_owned()) })
}

/// Reads a tag as something before a version; the version is as long as it can be.
fn read(name: &str) -> Option<Read<'_>> {
    let digits = name.char_indices().filter(|(_, character)| character.is_ascii_digit());
    digits.map(|(at, _)| name.split_at(at)).find_map(|(prefix, rest)| {
        let version = Version::parse_either(rest)?;
        let inside = prefix.ends_with(|character: char| character.is_ascii_digit() || character == '.');
        let pep440 = Version::parse_semver(rest).is_err();
        (!inside).then_some(Read { prefix, version, pep440, name })
    })
}

/// Whether tags that begin like this are those of a package: `own-v`, `own@`, `@scope/own@`.
fn is_of(prefix: &str, package: &str) -> bool {
    let named =
        prefix.strip_suffix('v').filter(|rest| !rest.ends_with(char::is_alphanumeric)).unwrap_or(prefix);
    let named = named.trim_end_matches(['-', '_', '@', '/', '.']);
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    !named.is_empty() && (named == package || last(named) == last(package))
}

/// The shape of tags of other numbers, such as `v1.2`: what stands before the digits of the highest one.
fn loose(tags: &[String]) -> Option<String> {
    let numbered = tags.iter().filter_map(|tag| {
        let (prefix, rest) = tag.split_at(tag.find(|character: char| character.is_ascii_digit())?);
        let numbers: Option<Vec<u64>> = rest.split('.').map(|part| part.parse().ok()).collect();
        Some((numbers?, prefix))
    });
    let (_, prefix) = numbered.filter(|(numbers, _)| numbers.len() > 1).max()?;
    Some(format!("{}{{version}}", prefix.replace('{', "{{").replace('}', "}}")))
}

#[cfg(test)]
mod tests {
    use super::super::choice::Defaults;
    use super::*;

    fn names(tags: &[&str], current: &str, others: &[&str]) -> (Vec<String>, Vec<String>) {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let mut answers = Defaults::default();
        let current = Version::parse_semver(current).unwrap();
        let found = shapes(&tags, &current, others, &mut answers).unwrap_or_else(|error| panic!("{error:?}"));
        (found.names, answers.lines)
    }

    #[test]
    fn the_newest_release_says_how_tags_are_named() {
        for (tags, expected) in [
            (&[][..], &["v{version}"][..]),
            (&["nightly", "v1"], &["v{version}"]),
            (&["1.1.0", "1.2.0"], &["{version}"]),
            (&["v1.1.0", "v1.2.0", "v1"], &["v{version}"]),
            (&["own-1.2.0"], &["own-{version}"]),
            (&["own-v1.2.0", "own-v1.10.0"], &["own-v{version}"]),
            (&["own@1.2.0"], &["own@{version}"]),
            (&["@scope/own@1.2.0"], &["@scope/own@{version}"]),
            (&["release/1.2.0"], &["release/{version}"]),
            (&["py3-1.2.0"], &["py3-{version}"]),
            (&["v1.2.0", "own-v1.2.0"], &["v{version}", "own-v{version}"]),
            (&["1.2.0", "1.3.0rc1"], &["{pep440}"]),
            (&["1.2.0", "1.3.0-rc.1"], &["{version}"]),
            (&["1.0", "1.1"], &["{version}"]),
            (&["r1.9", "x1.10"], &["x{version}"]),
            (&["2024.01.02"], &["{version}"]),
            (&["a{b1.2.0"], &["a{{b{version}"]),
        ] {
            assert_eq!(names(tags, "1.2.0", &[]).0, expected, "{tags:?}");
            assert_eq!(names(tags, "1.2.0", &[]).1, Vec::<String>::new(), "{tags:?}");
        }
    }

    #[test]
    fn tags_that_disagree_are_a_choice_and_those_of_other_packages_say_nothing() {
        let (found, said) = names(&["v1.0.0", "v1.1.0", "1.2.0"], "1.2.0", &[]);
        assert_eq!(found, ["{version}"]);
        assert_eq!(said, ["names of tags: {version}, as 1.2.0 has (not: v{version}, as 1.1.0 has)"]);
        // The current version comes before a higher one.
        assert_eq!(names(&["1.2.0", "other-3.0.0"], "1.2.0", &[]).0, ["{version}"]);
        let (found, said) = names(&["own@1.2.0", "other@1.2.0", "other@3.0.0"], "1.2.0", &["@scope/other"]);
        assert_eq!((found, said), (vec!["own@{version}".to_owned()], Vec::new()));
        assert_eq!(names(&["1.1.0"], "1.3.0", &[]).0, ["{version}"]);
    }
}
