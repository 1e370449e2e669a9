//! The step from the current version to the next. It goes forward or is refused, whatever the request, so that
//! no version can ever come out twice.

use std::fmt;

use super::number::{Stage, Version};
use super::request::{Bump, Request};
use super::skipped::{Skipped, skipped};
use crate::error::Problem;

/// The version that a request gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Later than the current one, always.
    pub version: Version,
    /// What a person should know before accepting it.
    pub notes: Vec<Note>,
}

/// Something about the step that is no mistake, but might not be meant. It displays as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The current pre-release's own stable version is passed over.
    BaseNeverReleased {
        /// That stable version.
        base: Version,
    },
    /// A typed version passes over others that the words would have given first.
    Skipped(Skipped),
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseNeverReleased { base } => {
                write!(formatter, "{base} was never released; `release` would give it")
            }
            Self::Skipped(skipped) => skipped.fmt(formatter),
        }
    }
}

/// Takes the step. Bumps count from the release part; a stage alone on a stable version opens the next minor.
///
/// # Errors
/// A step backwards or on the spot, a number that cannot go up any more, and `auto` as long as it is not decided.
pub fn next(current: &Version, request: &Request) -> Result<Next, Problem> {
    let mut notes = Vec::new();
    let version = match *request {
        Request::Bump(bump, None) => {
            if !current.is_stable() {
                notes.push(Note::BaseNeverReleased { base: current.base() });
            }
            bumped(current, bump)?
        }
        // Opening another series says by itself that the current one is left, so no note.
        Request::Bump(bump, Some(stage)) => opened(current, bump, stage)?,
        Request::Stage(stage) => staged(current, stage)?,
        Request::Release if current.is_stable() => {
            return Err(Problem::content(format!("{current} is already stable"))
                .hint("use `patch`, `minor` or `major`"));
        }
        Request::Release => current.base(),
        Request::Explicit(version) if version <= *current => {
            return Err(Problem::content(format!("{version} is not ahead of the current version {current}"))
                .hint("use `patch`, `minor` or `major`, or a later version"));
        }
        Request::Explicit(version) => {
            // Typed as a stable version it passes over the same as by a bump word.
            if !current.is_stable() && version.is_stable() && version.base() != current.base() {
                notes.push(Note::BaseNeverReleased { base: current.base() });
            }
            notes.extend(skipped(current, &version).map(Note::Skipped));
            version
        }
        Request::Auto => {
            return Err(Problem::content("what `auto` gives depends on the pending changes")
                .hint("use `patch`, `minor` or `major`"));
        }
    };
    Ok(Next { version, notes })
}

/// The version that only a first release may be, where `request` asks for one: the version that stands there already,
/// or a pre-release of it. As long as there is no release, neither is a step backwards.
pub fn first(current: &Version, request: &Request) -> Option<Version> {
    match *request {
        Request::Explicit(version) if version == *current || version.base() == *current => Some(version),
        _ => None,
    }
}

/// The stable version after this one's release part.
fn bumped(current: &Version, bump: Bump) -> Result<Version, Problem> {
    let Version { major, minor, patch, .. } = *current;
    Ok(match bump {
        Bump::Patch => Version { patch: one_more(patch, current, "patch number")?, ..current.base() },
        Bump::Minor => {
            Version { major, minor: one_more(minor, current, "minor number")?, patch: 0, pre: None }
        }
        Bump::Major => {
            Version { major: one_more(major, current, "major number")?, minor: 0, patch: 0, pre: None }
        }
    })
}

/// The first pre-release of a new series.
fn opened(current: &Version, bump: Bump, stage: Stage) -> Result<Version, Problem> {
    Ok(Version { pre: Some((stage, 1)), ..bumped(current, bump)? })
}

/// The next pre-release of this stage.
fn staged(current: &Version, stage: Stage) -> Result<Version, Problem> {
    let Some((reached, count)) = current.pre else {
        return opened(current, Bump::Minor, stage);
    };
    if stage < reached {
        return Err(Problem::content(format!("cannot move backwards from {reached} to {stage}")).hint(format!(
            "use `{reached}` for the next {reached}, `release` for {}, or `minor {stage}` to open another series",
            current.base()
        )));
    }
    let count = if stage == reached { one_more(count, current, "number of its stage")? } else { 1 };
    Ok(Version { pre: Some((stage, count)), ..*current })
}

/// Counts up, unless that is where numbers end.
fn one_more(number: u64, current: &Version, name: &str) -> Result<u64, Problem> {
    number.checked_add(1).ok_or_else(|| {
        Problem::content(format!("the {name} of {current} is the largest there is and cannot go up"))
            .hint("raise a number before it, or give a later version")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::number::tests::{any_version, version};
    use super::super::request::tests::any_request;
    use super::*;

    fn step(current: &str, words: &str) -> Result<Next, Problem> {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        next(&version(current), &Request::from_words(&words).unwrap_or_else(|problem| panic!("{problem:?}")))
    }

    #[test]
    fn every_accepted_step_gives_its_version() {
        for (current, words, expected) in [
            ("0.1.0", "patch", "0.1.1"),
            ("0.1.0", "minor", "0.2.0"),
            ("0.1.0", "major", "1.0.0"),
            ("1.2.3", "minor", "1.3.0"),
            ("1.2.3", "major", "2.0.0"),
            ("0.1.0", "minor alpha", "0.2.0-alpha.1"),
            ("0.1.0", "patch beta", "0.1.1-beta.1"),
            ("0.1.0", "major rc", "1.0.0-rc.1"),
            ("0.1.0", "alpha", "0.2.0-alpha.1"),
            ("0.1.0", "beta", "0.2.0-beta.1"),
            ("0.1.0", "rc", "0.2.0-rc.1"),
            ("0.2.0-alpha.1", "alpha", "0.2.0-alpha.2"),
            ("0.2.0-alpha.1", "beta", "0.2.0-beta.1"),
            ("0.2.0-alpha.1", "rc", "0.2.0-rc.1"),
            ("0.2.0-alpha.9", "alpha", "0.2.0-alpha.10"),
            ("0.2.0-rc.1", "rc", "0.2.0-rc.2"),
            ("0.2.0-rc.1", "release", "0.2.0"),
            ("0.2.0-alpha.1", "release", "0.2.0"),
            ("0.2.0-alpha.1", "minor alpha", "0.3.0-alpha.1"),
            ("0.2.0-alpha.1", "patch rc", "0.2.1-rc.1"),
            ("1.2.2", "1.2.3", "1.2.3"),
            ("0.1.0", "v1.2.3", "1.2.3"),
            ("1.2.3-rc.1", "1.2.3", "1.2.3"),
            ("0.2.0-alpha.1", "0.2.1", "0.2.1"),
            ("0.9.0", "1.0.0-rc.2", "1.0.0-rc.2"),
            ("1.0.0-beta.7", "1.0.0-rc.2", "1.0.0-rc.2"),
        ] {
            let given = step(current, words).unwrap();
            assert_eq!(given.version, version(expected), "{current} {words}");
            if !words.contains('.') {
                assert_eq!(given.notes, [], "{current} {words}");
            }
        }
    }

    #[test]
    fn a_development_version_is_released_as_its_base_or_as_a_pre_release_of_it() {
        let current = Version::parse_standing("3.2.0.dev").unwrap();
        for (words, expected) in [
            ("release", "3.2.0"),
            ("3.2.0", "3.2.0"),
            ("3.2.0-beta.1", "3.2.0-beta.1"),
            ("alpha", "3.2.0-alpha.1"),
            ("rc", "3.2.0-rc.1"),
            ("minor", "3.3.0"),
        ] {
            let request = Request::from_words(&[words.to_owned()]).unwrap();
            assert_eq!(next(&current, &request).unwrap().version, version(expected), "{words}");
        }
        assert!(next(&current, &Request::Explicit(version("3.1.9"))).is_err());
        let noted = next(&current, &Request::Bump(Bump::Patch, None)).unwrap();
        assert_eq!(noted.notes, [Note::BaseNeverReleased { base: version("3.2.0") }]);
    }

    #[test]
    fn a_bump_from_a_pre_release_counts_from_its_release_part_and_notes_that_it_passes_it_over() {
        for (words, expected) in [("patch", "0.2.1"), ("minor", "0.3.0"), ("major", "1.0.0")] {
            let given = step("0.2.0-alpha.1", words).unwrap();
            assert_eq!(given.version, version(expected));
            assert_eq!(given.notes, [Note::BaseNeverReleased { base: version("0.2.0") }]);
            assert_eq!(given.notes[0].to_string(), "0.2.0 was never released; `release` would give it");
        }
    }

    #[test]
    fn every_refused_step_says_why_and_what_to_use() {
        let later = "use `patch`, `minor` or `major`, or a later version";
        for (current, words, message, hint) in [
            (
                "0.2.0-rc.1",
                "beta",
                "cannot move backwards from rc to beta",
                "use `rc` for the next rc, `release` for 0.2.0, or `minor beta` to open another series",
            ),
            (
                "0.2.0-rc.1",
                "alpha",
                "cannot move backwards from rc to alpha",
                "use `rc` for the next rc, `release` for 0.2.0, or `minor alpha` to open another series",
            ),
            (
                "0.2.0-beta.3",
                "alpha",
                "cannot move backwards from beta to alpha",
                "use `beta` for the next beta, `release` for 0.2.0, or `minor alpha` to open another series",
            ),
            ("0.2.0", "release", "0.2.0 is already stable", "use `patch`, `minor` or `major`"),
            ("1.2.3", "1.2.3", "1.2.3 is not ahead of the current version 1.2.3", later),
            ("1.2.3", "v1.2.2", "1.2.2 is not ahead of the current version 1.2.3", later),
            ("1.2.3", "1.2.3-rc.1", "1.2.3-rc.1 is not ahead of the current version 1.2.3", later),
            ("1.2.3-rc.2", "1.2.3-rc.2", "1.2.3-rc.2 is not ahead of the current version 1.2.3-rc.2", later),
            (
                "1.2.3-rc.2",
                "1.2.3-beta.9",
                "1.2.3-beta.9 is not ahead of the current version 1.2.3-rc.2",
                later,
            ),
        ] {
            assert_eq!(step(current, words), Err(Problem::content(message).hint(hint)), "{current} {words}");
        }
    }

    #[test]
    fn a_typed_version_says_what_it_passes_over() {
        for (current, typed, notes) in [
            ("0.2.0", "30.0.0", &["skips 29 majors; `major` would give 1.0.0"][..]),
            ("0.2.0-alpha.1", "0.3.0", &["0.2.0 was never released; `release` would give it"]),
            (
                "0.2.0-alpha.1",
                "0.4.0",
                &[
                    "0.2.0 was never released; `release` would give it",
                    "skips 1 minor; `minor` would give 0.3.0",
                ],
            ),
            ("0.2.0-alpha.1", "0.3.0-alpha.1", &[]),
            ("0.2.0-alpha.1", "0.2.0", &[]),
        ] {
            let given = step(current, typed).unwrap();
            let said: Vec<String> = given.notes.iter().map(ToString::to_string).collect();
            assert_eq!(said, notes, "{current} {typed}");
        }
    }

    #[test]
    fn a_first_release_may_be_the_version_that_stands_there_or_a_pre_release_of_it() {
        for (current, typed, is_first) in [
            ("0.1.0", "0.1.0", true),
            ("0.1.0", "0.1.0-rc.1", true),
            ("0.1.0", "0.1.0-alpha.7", true),
            ("0.1.0-rc.1", "0.1.0-rc.1", true),
            ("0.1.0-rc.2", "0.1.0-rc.1", false),
            ("0.1.0-rc.1", "0.1.0", false),
            ("0.1.0", "0.0.9", false),
            ("0.1.1", "0.1.0-rc.1", false),
            ("0.1.0", "0.2.0", false),
            ("0.1.0", "minor", false),
            ("0.1.0", "release", false),
        ] {
            let request = Request::from_words(&[typed.to_owned()]).unwrap();
            let expected = is_first.then(|| version(typed));
            assert_eq!(first(&version(current), &request), expected, "{current} {typed}");
        }
    }

    #[test]
    fn a_number_that_cannot_go_up_is_a_refusal() {
        let largest = u64::MAX;
        for (current, words, name) in [
            (format!("1.2.{largest}"), "patch", "patch number"),
            (format!("1.2.{largest}-rc.1"), "patch alpha", "patch number"),
            (format!("1.{largest}.3"), "minor", "minor number"),
            (format!("1.{largest}.3"), "alpha", "minor number"),
            (format!("{largest}.2.3"), "major rc", "major number"),
            (format!("1.2.3-beta.{largest}"), "beta", "number of its stage"),
        ] {
            let problem = step(&current, words).unwrap_err();
            assert_eq!(
                problem.message,
                format!("the {name} of {current} is the largest there is and cannot go up")
            );
            assert_eq!(problem.hints, ["raise a number before it, or give a later version"]);
        }
        assert_eq!(step(&format!("1.2.3-beta.{largest}"), "rc").unwrap().version, version("1.2.3-rc.1"));
    }

    proptest! {
        #[test]
        fn no_version_results_twice_however_the_requests_follow_each_other(
            start in any_version(),
            requests in proptest::collection::vec(any_request(), 1..30),
        ) {
            let mut seen = vec![start];
            let mut current = start;
            for request in requests {
                if let Ok(given) = next(&current, &request) {
                    prop_assert!(given.version > current, "{} {}: {}", current, request, given.version);
                    prop_assert!(!seen.contains(&given.version));
                    seen.push(given.version);
                    current = given.version;
                }
            }
        }

        #[test]
        fn a_step_is_refused_only_backwards_on_the_spot_or_at_the_end_of_numbers(
            current in any_version(),
            request in any_request(),
        ) {
            if let Err(problem) = next(&current, &request) {
                let justified = match request {
                    Request::Bump(..) => current.to_string().contains(&u64::MAX.to_string()),
                    Request::Stage(stage) => {
                        current.pre.is_some_and(|(reached, _)| stage < reached)
                            || current.to_string().contains(&u64::MAX.to_string())
                    }
                    Request::Release => current.is_stable(),
                    Request::Explicit(version) => version <= current,
                    Request::Auto => true,
                };
                prop_assert!(justified, "{} {}: {}", current, request, problem.message);
            }
        }
    }
}
