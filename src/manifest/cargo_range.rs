//! The ranges that Cargo asks of a crate, and how one moves with a new version: each bound keeps its operator and as many
//! numbers as its author wrote. What admits a version is decided by the crate that Cargo itself decides with.

use semver::{Comparator, Op, Prerelease, Version, VersionReq};

use super::requirement::Moved;

/// What becomes of a range when the crate goes from one version to another.
pub(super) fn moved(range: &str, old: &str, new: &str) -> Moved {
    let (Ok(request), Ok(old), Ok(new)) =
        (VersionReq::parse(range), Version::parse(old), Version::parse(new))
    else {
        return Moved::Unknown;
    };
    let follows_up = |bound: &Comparator| ends_series(bound, &old, &new);
    if request.matches(&new) && !request.comparators.iter().any(follows_up) {
        return Moved::Stays;
    }
    let parts: Option<Vec<Part<'_>>> = match request.comparators.as_slice() {
        // Any version, but a pre-release is none of them.
        [] => return Moved::To(format!(">={}", plain(&new))),
        bounds => range.split(',').zip(bounds).map(|(text, bound)| Part::new(text, bound)).collect(),
    };
    let Some(parts) = parts.filter(|parts| parts.len() == request.comparators.len()) else {
        return Moved::Unknown;
    };
    let written: Option<Vec<String>> = parts.iter().map(|part| part.moved(&parts, &old, &new)).collect();
    match written.map(|written| written.join(",")) {
        Some(written) if VersionReq::parse(&written).is_ok_and(|request| request.matches(&new)) => {
            Moved::To(written)
        }
        _ => Moved::Unknown,
    }
}

/// Whether a bound is a pre-release of the stable version that the release makes: one that an earlier release wrote.
fn ends_series(bound: &Comparator, old: &Version, new: &Version) -> bool {
    !old.pre.is_empty()
        && new.pre.is_empty()
        && !bound.pre.is_empty()
        && (bound.major, bound.minor, bound.patch) == (new.major, Some(new.minor), Some(new.patch))
}

/// A version without build metadata, which no range has a use for.
fn plain(version: &Version) -> String {
    Version { build: semver::BuildMetadata::EMPTY, ..version.clone() }.to_string()
}

/// One bound of a range, as it is written.
struct Part<'a> {
    bound: &'a Comparator,
    /// All of it.
    text: &'a str,
    /// Operator and blanks before the version.
    before: &'a str,
    /// The stars after the numbers: `.*`.
    stars: &'a str,
    /// Blanks after it.
    after: &'a str,
    /// How many numbers are written.
    numbers: usize,
}

impl<'a> Part<'a> {
    fn new(text: &'a str, bound: &'a Comparator) -> Option<Self> {
        let (before, rest) = text.split_at_checked(text.find(|it: char| it.is_ascii_digit())?)?;
        let (version, after) = rest.split_at_checked(rest.trim_end_matches(' ').len())?;
        let numbers = 1 + usize::from(bound.minor.is_some()) + usize::from(bound.patch.is_some());
        let stars = version.find(".*").or_else(|| version.find(".x")).or_else(|| version.find(".X"));
        let stars = stars.filter(|_| numbers < 3).and_then(|at| version.get(at..)).unwrap_or_default();
        Some(Self { bound, text, before, stars, after, numbers })
    }

    /// The bound with the new version, or as it is where it need not move; nothing where nobody can tell.
    fn moved(&self, parts: &[Part<'_>], old: &Version, new: &Version) -> Option<String> {
        let bound = self.bound;
        let base = Version { pre: Prerelease::EMPTY, ..new.clone() };
        if ends_series(bound, old, new) {
            return Some(self.with(new));
        }
        match bound.op {
            Op::GreaterEq if !bound.matches(&base) => None,
            Op::GreaterEq => {
                let upper = parts.iter().map(|part| part.bound).find(|it| it.op == Op::Less);
                let lower = [bound.major, bound.minor.unwrap_or(0), bound.patch.unwrap_or(0)];
                // A floor and a ceiling around one series move together, as the one number of `^0.4` does.
                let together = upper.is_some_and(|upper| !upper.matches(&base) && is_next(upper, lower));
                let moves = together || !new.pre.is_empty();
                Some(if moves { self.with(new) } else { self.text.to_owned() })
            }
            Op::Greater => Some(self.text.to_owned()),
            Op::Less if bound.matches(&base) => Some(self.text.to_owned()),
            Op::Less => {
                let position = significant(bound)?;
                let now = [old.major, old.minor, old.patch];
                is_next(bound, now).then(|| self.ceiling(position, &base)).flatten()
            }
            Op::LessEq if bound.matches(&base) => Some(self.text.to_owned()),
            Op::LessEq => self.is_at(old).then(|| self.with(new)),
            _ if bound.matches(new) => Some(self.text.to_owned()),
            _ => Some(self.with(new)),
        }
    }

    /// The bound at this version, with as many numbers as it has. A pre-release is written whole, and so is what comes
    /// after one.
    fn with(&self, version: &Version) -> String {
        let Self { before, stars, after, .. } = self;
        if !version.pre.is_empty() {
            // `1.2.*` stays below 1.3, and the whole version alone would not.
            let tilde = self.bound.op == Op::Wildcard && self.numbers == 2 && version.major > 0;
            return format!("{before}{}{}{after}", if tilde { "~" } else { "" }, plain(version));
        }
        let numbers = [version.major, version.minor, version.patch];
        format!("{before}{}{stars}{after}", dotted(numbers.into_iter().take(self.numbers)))
    }

    /// The ceiling next above a version: one more at the last number that counts, and zeros after it.
    fn ceiling(&self, position: usize, version: &Version) -> Option<String> {
        let numbers = [version.major, version.minor, version.patch].into_iter().enumerate();
        let raised: Option<Vec<u64>> = numbers
            .take(self.numbers)
            .map(|(at, number)| match at.cmp(&position) {
                std::cmp::Ordering::Less => Some(number),
                std::cmp::Ordering::Equal => number.checked_add(1),
                std::cmp::Ordering::Greater => Some(0),
            })
            .collect();
        Some(format!("{}{}{}", self.before, dotted(raised?.into_iter()), self.after))
    }

    /// Whether the bound is this version, as far as it says.
    fn is_at(&self, version: &Version) -> bool {
        let Comparator { major, minor, patch, ref pre, .. } = *self.bound;
        major == version.major
            && minor.is_none_or(|minor| minor == version.minor)
            && patch.is_none_or(|patch| patch == version.patch && *pre == version.pre)
    }
}

fn dotted(numbers: impl Iterator<Item = u64>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(".")
}

/// The last number of a ceiling that is not zero: what it counts in. Nothing where it is a pre-release.
fn significant(ceiling: &Comparator) -> Option<usize> {
    let numbers = [ceiling.major, ceiling.minor.unwrap_or(0), ceiling.patch.unwrap_or(0)];
    numbers.iter().rposition(|number| *number != 0).filter(|_| ceiling.pre.is_empty())
}

/// Whether a ceiling is the next one above a version, in what it counts in.
fn is_next(ceiling: &Comparator, version: [u64; 3]) -> bool {
    let numbers = [ceiling.major, ceiling.minor.unwrap_or(0), ceiling.patch.unwrap_or(0)];
    let Some(position) = significant(ceiling) else { return false };
    numbers.into_iter().zip(version).enumerate().take(position + 1).all(|(at, (number, now))| {
        if at == position { now.checked_add(1) == Some(number) } else { number == now }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to(range: &str) -> Moved {
        Moved::To(range.to_owned())
    }

    #[test]
    fn each_style_moves_to_the_new_version_with_as_many_numbers() {
        for (range, old, new, expected) in [
            ("0.4", "0.4.2", "0.5.0", "0.5"),
            ("0.4.0", "0.4.2", "0.5.0", "0.5.0"),
            ("^0.4", "0.4.2", "0.5.0", "^0.5"),
            ("=0.4.2", "0.4.2", "0.4.3", "=0.4.3"),
            ("= 0.4", "0.4.2", "0.5.0", "= 0.5"),
            ("~0.4", "0.4.2", "0.5.0", "~0.5"),
            ("~0.4.1", "0.4.2", "1.0.0", "~1.0.0"),
            ("0.4.*", "0.4.2", "0.5.0", "0.5.*"),
            ("=0.4.x", "0.4.2", "0.5.0", "=0.5.x"),
            ("1.*.*", "1.4.2", "2.0.0", "2.*.*"),
            ("1", "1.4.2", "2.0.0", "2"),
            ("1.2", "1.4.2", "2.0.0", "2.0"),
            ("0", "0.4.2", "1.0.0", "1"),
            (" ^ 0.4 ", "0.4.2", "0.5.0", " ^ 0.5 "),
            ("0.4.2+build.1", "0.4.2", "0.5.0", "0.5.0"),
            // What was wrong before is right afterwards.
            ("0.3", "0.4.2", "0.5.0", "0.5"),
            ("0.9", "0.4.2", "0.5.0", "0.5"),
        ] {
            assert_eq!(moved(range, old, new), to(expected), "{range} from {old} to {new}");
        }
    }

    #[test]
    fn floor_and_ceiling_of_one_series_move_together_and_a_wider_floor_stays() {
        for (range, old, new, expected) in [
            (">=0.4.2, <0.5", "0.4.2", "0.5.0", ">=0.5.0, <0.6"),
            (">=0.4.0,<0.5.0", "0.4.2", "0.5.0", ">=0.5.0,<0.6.0"),
            (">=0.4, <0.5", "0.4.2", "1.0.0", ">=1.0, <1.1"),
            ("<0.5, >=0.4", "0.4.2", "0.5.0", "<0.6, >=0.5"),
            (">= 1.2, < 2", "1.4.2", "2.0.0", ">= 2.0, < 3"),
            (">=1.2.3, <2.0.0", "1.4.2", "2.0.0", ">=2.0.0, <3.0.0"),
            (">=0.4.2, <0.4.3", "0.4.2", "0.4.3", ">=0.4.3, <0.4.4"),
            (">=0.3, <0.5", "0.4.2", "0.5.0", ">=0.3, <0.6"),
            (">0.3, <0.5", "0.4.2", "0.5.0", ">0.3, <0.6"),
            ("<0.5", "0.4.2", "0.5.0", "<0.6"),
            ("<=0.4.2", "0.4.2", "0.5.0", "<=0.5.0"),
            (">=0.3, <=0.4", "0.4.2", "0.5.0", ">=0.3, <=0.5"),
        ] {
            assert_eq!(moved(range, old, new), to(expected), "{range} from {old} to {new}");
        }
    }

    #[test]
    fn a_pre_release_is_written_whole_and_so_is_what_comes_after_it() {
        for (range, old, new, expected) in [
            ("0.4", "0.4.2", "0.5.0-alpha.1", "0.5.0-alpha.1"),
            ("^0.4", "0.4.2", "0.5.0-alpha.1", "^0.5.0-alpha.1"),
            ("0.5", "0.5.0", "0.5.1-rc.1", "0.5.1-rc.1"),
            ("=0.4.2", "0.4.2", "0.5.0-alpha.1", "=0.5.0-alpha.1"),
            ("~0.4", "0.4.2", "0.5.0-alpha.1", "~0.5.0-alpha.1"),
            ("0.4.*", "0.4.2", "0.5.0-alpha.1", "0.5.0-alpha.1"),
            ("1.2.*", "1.2.3", "1.3.0-alpha.1", "~1.3.0-alpha.1"),
            ("1.*", "1.2.3", "2.0.0-alpha.1", "2.0.0-alpha.1"),
            ("*", "0.4.2", "0.5.0-alpha.1", ">=0.5.0-alpha.1"),
            (">=0.4.2", "0.4.2", "0.5.0-alpha.1", ">=0.5.0-alpha.1"),
            (">=0.4.2, <0.5", "0.4.2", "0.5.0-alpha.1", ">=0.5.0-alpha.1, <0.6"),
            (">=0.4.2, <0.5.0", "0.4.2", "0.5.0-alpha.1", ">=0.5.0-alpha.1, <0.6.0"),
            ("=0.5.0-alpha.1", "0.5.0-alpha.1", "0.5.0-alpha.2", "=0.5.0-alpha.2"),
            ("0.5.0-alpha.1", "0.5.0-alpha.1", "0.5.0", "0.5.0"),
            ("^0.5.0-alpha.1", "0.5.0-rc.3", "0.5.0", "^0.5.0"),
            (">=0.5.0-alpha.1, <0.6", "0.5.0-alpha.1", "0.5.0", ">=0.5.0, <0.6"),
            ("~1.3.0-alpha.1", "1.3.0-alpha.1", "1.3.0", "~1.3.0"),
        ] {
            assert_eq!(moved(range, old, new), to(expected), "{range} from {old} to {new}");
        }
    }

    #[test]
    fn what_admits_the_new_version_stays() {
        for (range, old, new) in [
            ("0.4", "0.4.2", "0.4.3"),
            ("0.4.0", "0.4.2", "0.4.3"),
            ("*", "0.4.2", "0.5.0"),
            (">=0.4", "0.4.2", "1.0.0"),
            (">=0.3, <2", "0.4.2", "1.0.0"),
            ("0.5.0-alpha.1", "0.5.0-alpha.1", "0.5.0-alpha.2"),
            ("0.4.3-alpha.1", "0.4.4", "0.4.5"),
        ] {
            assert_eq!(moved(range, old, new), Moved::Stays, "{range} from {old} to {new}");
        }
    }

    #[test]
    fn what_nobody_can_tell_is_not_guessed() {
        for (range, old, new) in [
            (">=0.4, <0.4.9", "0.4.2", "0.5.0"),
            (">=0.2, <0.8", "0.4.2", "1.0.0"),
            (">0.4.2", "0.4.2", "0.5.0-alpha.1"),
            ("<0.5", "0.4.2", "0.5.0-alpha.1"),
            (">=0.4.2, <0.5.0-0", "0.4.2", "0.5.0"),
            (">=0.9", "0.4.2", "0.5.0"),
            ("<=0.4.1", "0.4.2", "0.5.0"),
            ("<0", "0.4.2", "0.5.0"),
            ("", "0.4.2", "0.5.0"),
            ("newest", "0.4.2", "0.5.0"),
            ("0.4 || 0.5", "0.4.2", "0.5.0"),
            ("0.4", "0.4", "0.5.0"),
            ("0.4", "0.4.2", "0.5.0b1"),
            ("<18446744073709551615", "18446744073709551614.0.0", "18446744073709551615.0.0"),
        ] {
            assert_eq!(moved(range, old, new), Moved::Unknown, "{range} from {old} to {new}");
        }
    }

    fn version() -> impl Strategy<Value = String> {
        let pre =
            prop_oneof![3 => Just(String::new()), 1 => (0..3u64).prop_map(|number| format!("-rc.{number}"))];
        (0..3u64, 0..4u64, 0..4u64, pre)
            .prop_map(|(major, minor, patch, pre)| format!("{major}.{minor}.{patch}{pre}"))
    }

    fn range() -> impl Strategy<Value = String> {
        let operator = prop::sample::select(vec!["", "^", "~", "=", ">=", ">", "<", "<=", "= "]);
        let number = prop_oneof![
            version(),
            (0..3u64).prop_map(|major| major.to_string()),
            (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("{major}.{minor}")),
            (0..3u64, 0..4u64).prop_map(|(major, minor)| format!("{major}.{minor}.*")),
        ];
        let bound = (operator, number).prop_map(|(operator, number)| format!("{operator}{number}"));
        prop::collection::vec(bound, 1..3).prop_map(|bounds| bounds.join(", "))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_moved_range_admits_the_new_version_and_stays_then(range in range(), old in version(), new in version()) {
            let version = Version::parse(&new).unwrap();
            let admits = |range: &str| VersionReq::parse(range).unwrap().matches(&version);
            match moved(&range, &old, &new) {
                Moved::Stays => prop_assert!(admits(&range)),
                Moved::To(written) => {
                    prop_assert!(admits(&written), "{written}");
                    prop_assert_eq!(moved(&written, &old, &new), Moved::Stays);
                    let ends_series = old.contains('-') && !new.contains('-') && range.contains('-');
                    prop_assert!(!admits(&range) || ends_series, "{range} became {written}");
                    prop_assert_eq!(range.matches(',').count(), written.matches(',').count());
                }
                Moved::Unknown => prop_assert!(!admits(&range)),
            }
        }
    }
}
