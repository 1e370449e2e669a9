//! What a typed version passes over that the words would have given first: `0.2.0` to `30.0.0` skips 29 majors. It is
//! no mistake, but often a slip of the keyboard, and a tag that was pushed cannot be taken back.

use std::fmt;

use super::number::{Stage, Version};
use super::request::{Bump, Request};
use crate::words::counted;

/// How many versions of each kind lie between what the words give and what was typed. It displays as a sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    majors: u64,
    minors: u64,
    patches: u64,
    pre: Option<(Stage, u64)>,
    /// The words that come nearest to what was typed.
    nearest: Option<Request>,
    /// What these words would give; nothing where a number cannot go up any more.
    given: Option<Version>,
}

/// What `typed` skips after `current`; nothing where words give just this version, and where it is not ahead.
pub(super) fn skipped(current: &Version, typed: &Version) -> Option<Skipped> {
    if typed <= current {
        return None;
    }
    let mut skipped = Skipped::default();
    let series = typed.pre.map(|(stage, _)| stage);
    // From the first number that is higher on, each one that follows starts again at 0.
    let bump = if typed.major > current.major {
        skipped.majors = typed.major - current.major - 1;
        (skipped.minors, skipped.patches) = (typed.minor, typed.patch);
        Some(Bump::Major)
    } else if typed.minor > current.minor {
        skipped.minors = typed.minor - current.minor - 1;
        skipped.patches = typed.patch;
        Some(Bump::Minor)
    } else if typed.patch > current.patch {
        skipped.patches = typed.patch - current.patch - 1;
        Some(Bump::Patch)
    } else {
        None
    };
    if let Some((stage, count)) = typed.pre {
        let reached = match current.pre {
            Some((same, reached)) if bump.is_none() && same == stage => reached,
            _ => 0,
        };
        skipped.pre =
            count.checked_sub(reached).and_then(|more| more.checked_sub(1)).map(|more| (stage, more));
    }
    let counts = [skipped.majors, skipped.minors, skipped.patches, skipped.pre.map_or(0, |(_, count)| count)];
    if counts == [0; 4] {
        return None;
    }
    skipped.nearest = match (bump, series) {
        (Some(bump), series) => Some(Request::Bump(bump, series)),
        (None, Some(stage)) => Some(Request::Stage(stage)),
        (None, None) => None,
    };
    skipped.given = skipped
        .nearest
        .and_then(|request| super::next(current, &request).ok())
        .map(|next| next.version)
        .filter(|given| given < typed);
    Some(skipped)
}

impl fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |number: u64, noun: &str| {
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            (number > 0).then(|| {
                if noun == "patch" && number > 1 {
                    format!("{number} patches")
                } else {
                    counted(number, noun)
                }
            })
        };
        let parts: Vec<String> = [
            named(self.majors, "major"),
            named(self.minors, "minor"),
            named(self.patches, "patch"),
            self.pre.and_then(|(stage, number)| named(number, stage.word())),
        ]
        .into_iter()
        .flatten()
        .collect();
        formatter.write_str("skips ")?;
        match parts.split_last() {
            Some((last, [])) => formatter.write_str(last)?,
            Some((last, before)) => write!(formatter, "{} and {last}", before.join(", "))?,
            None => {}
        }
        match (&self.nearest, &self.given) {
            (Some(request), Some(version)) => write!(formatter, "; `{request}` would give {version}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::next;
    use super::super::number::tests::{any_version, version};
    use super::*;

    fn said(current: &str, typed: &str) -> Option<String> {
        skipped(&version(current), &version(typed)).map(|skipped| skipped.to_string())
    }

    #[test]
    fn what_lies_between_the_words_and_a_typed_version_is_counted() {
        for (current, typed, expected) in [
            ("0.2.0", "30.0.0", "skips 29 majors; `major` would give 1.0.0"),
            ("0.2.0", "2.0.0", "skips 1 major; `major` would give 1.0.0"),
            ("0.2.0", "0.2.7", "skips 6 patches; `patch` would give 0.2.1"),
            ("0.2.0", "0.2.2", "skips 1 patch; `patch` would give 0.2.1"),
            ("0.2.3", "0.5.0", "skips 2 minors; `minor` would give 0.3.0"),
            ("0.2.3", "0.3.1", "skips 1 patch; `minor` would give 0.3.0"),
            ("0.2.0", "1.0.1", "skips 1 patch; `major` would give 1.0.0"),
            ("0.2.0", "1.4.0", "skips 4 minors; `major` would give 1.0.0"),
            ("0.2.0", "3.1.2", "skips 2 majors, 1 minor and 2 patches; `major` would give 1.0.0"),
            ("0.2.0", "0.4.0-rc.1", "skips 1 minor; `minor rc` would give 0.3.0-rc.1"),
            ("0.2.0", "0.3.0-alpha.4", "skips 3 alphas; `minor alpha` would give 0.3.0-alpha.1"),
            ("0.2.0", "0.4.0-beta.2", "skips 1 minor and 1 beta; `minor beta` would give 0.3.0-beta.1"),
            ("0.2.0-alpha.1", "0.2.0-alpha.5", "skips 3 alphas; `alpha` would give 0.2.0-alpha.2"),
            ("0.2.0-alpha.1", "0.2.0-beta.2", "skips 1 beta; `beta` would give 0.2.0-beta.1"),
            ("0.2.0-alpha.7", "0.2.0-rc.3", "skips 2 rcs; `rc` would give 0.2.0-rc.1"),
            ("0.2.0-alpha.1", "0.2.1-alpha.3", "skips 2 alphas; `patch alpha` would give 0.2.1-alpha.1"),
            ("0.2.0-alpha.1", "0.4.0", "skips 1 minor; `minor` would give 0.3.0"),
            ("0.2.0-rc.1", "0.2.2", "skips 1 patch; `patch` would give 0.2.1"),
            (
                "1.0.0",
                "18446744073709551615.0.0",
                "skips 18446744073709551613 majors; `major` would give 2.0.0",
            ),
        ] {
            assert_eq!(said(current, typed).as_deref(), Some(expected), "{current} to {typed}");
        }
    }

    #[test]
    fn what_words_would_give_too_and_a_step_that_is_refused_skip_nothing() {
        for (current, typed) in [
            ("0.2.0", "0.2.1"),
            ("0.2.0", "0.3.0"),
            ("0.2.9", "1.0.0"),
            ("0.2.0", "0.3.0-rc.1"),
            ("0.2.0", "0.2.1-alpha.0"),
            ("0.2.0-alpha.1", "0.2.0"),
            ("0.2.0-alpha.1", "0.2.0-alpha.2"),
            ("0.2.0-alpha.1", "0.2.0-rc.1"),
            ("0.2.0-alpha.1", "0.2.0-rc.0"),
            ("0.2.0", "0.2.0"),
            ("0.2.0", "0.1.0"),
            ("0.2.0-rc.4", "0.2.0-rc.2"),
        ] {
            assert_eq!(said(current, typed), None, "{current} to {typed}");
        }
    }

    proptest! {
        #[test]
        fn a_version_ahead_is_given_by_words_or_skips_some_or_starts_at_zero(
            current in any_version(),
            typed in any_version(),
        ) {
            let bumps = Bump::ALL.into_iter().flat_map(|bump| {
                let series = Stage::ALL.into_iter().map(Some).chain([None]);
                series.map(move |stage| Request::Bump(bump, stage))
            });
            let words = bumps.chain(Stage::ALL.map(Request::Stage)).chain([Request::Release]);
            let given = words.filter_map(|request| next(&current, &request).ok()).any(|next| next.version == typed);
            let starts_at_zero = matches!(typed.pre, Some((_, 0)));
            let skips = skipped(&current, &typed).is_some();
            prop_assert!(!(given && skips), "{} {}", current, typed);
            if typed > current {
                prop_assert!(given || skips || starts_at_zero, "{} {}", current, typed);
            }
        }
    }
}
