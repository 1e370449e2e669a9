//! `auto`: which step the pending changes call for. The changes are counted elsewhere; here stands the rule, so that
//! it can be read in one place and tested without a changelog.

use super::number::Version;
use super::request::{Bump, Request};
use crate::words::counted;

/// How much waits for a release, by what it means to the people who use the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Something that was there is gone.
    pub removed: usize,
    /// Marked as breaking, under whatever heading; counted in the others as well.
    pub breaking: usize,
    /// Added, changed, deprecated, or of no known type.
    pub features: usize,
    /// Fixed and security.
    pub fixes: usize,
    /// Of types that the project has named itself.
    pub own: Vec<OwnChanges>,
}

/// Changes of one of the project's own types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChanges {
    /// The type's name.
    pub name: String,
    /// The step that it calls for; nothing where it is no reason for a release.
    pub bump: Option<Bump>,
    /// How many there are.
    pub entries: usize,
}

/// What `auto` stands for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automatic {
    /// A request in so many words.
    pub request: Request,
    /// Why it is this one, as a sentence without its end.
    pub reason: String,
}

/// Decides `auto`: the next pre-release of the stage that is reached; from a stable version a patch for fixes alone, a
/// major for what breaks (a minor as long as the major version is 0), and a minor for everything else. Nothing where
/// nothing is pending.
pub fn automatic(current: &Version, changes: &Changes) -> Option<Automatic> {
    let Changes { removed, breaking, features, fixes, own } = changes;
    let (removed, breaking, features, fixes) = (*removed, *breaking, *features, *fixes);
    let calls = own.iter().any(|own| own.bump.is_some() && own.entries > 0);
    if removed + breaking + features + fixes == 0 && !calls {
        return None;
    }
    let total = removed + features + fixes + own.iter().map(|own| own.entries).sum::<usize>();
    let of_own = |bump: Bump| -> Vec<String> {
        let own = own.iter().filter(|own| own.bump == Some(bump) && own.entries > 0);
        own.map(|own| format!("{} of type `{}`", entries(own.entries), own.name)).collect()
    };
    if current.is_dev() {
        let reason = format!(
            "`auto` is `release`: {current} is the development version of {} ({} pending)",
            current.base(),
            entries(total)
        );
        return Some(Automatic { request: Request::Release, reason });
    }
    if let Some((stage, _)) = current.pre {
        let reason = format!(
            "`auto` is `{stage}`: the next of its stage, as {current} is a pre-release ({} pending)",
            entries(total)
        );
        return Some(Automatic { request: Request::Stage(stage), reason });
    }
    let [major, minor, patch] = [Bump::Major, Bump::Minor, Bump::Patch].map(of_own);
    let (bump, why) = if breaking + removed > 0 || !major.is_empty() {
        let marked = (breaking > 0).then(|| format!("{} marked as breaking", entries(breaking)));
        let gone = (removed > 0).then(|| format!("{removed} removed"));
        let why: Vec<String> = marked.into_iter().chain(gone).chain(major).collect();
        let why = why.join(", ");
        if current.major == 0 {
            (Bump::Minor, format!("{why}; a minor is enough while the major version is 0"))
        } else {
            (Bump::Major, why)
        }
    } else if features > 0 || !minor.is_empty() {
        let known = (features > 0).then(|| format!("{} added, changed or deprecated", entries(features)));
        (Bump::Minor, known.into_iter().chain(minor).collect::<Vec<_>>().join(", "))
    } else {
        let known = (fixes > 0).then(|| format!("{} fixed or security", entries(fixes)));
        let why: Vec<String> = known.into_iter().chain(patch).collect();
        (Bump::Patch, format!("nothing but {}", why.join(", ")))
    };
    Some(Automatic { request: Request::Bump(bump, None), reason: format!("`auto` is `{bump}`: {why}") })
}

fn entries(number: usize) -> String {
    counted(number, "entry")
}

#[cfg(test)]
mod tests {
    use super::super::number::tests::version;
    use super::*;

    const FIX: Changes = Changes { removed: 0, breaking: 0, features: 0, fixes: 1, own: Vec::new() };
    const FEATURE: Changes = Changes { removed: 0, breaking: 0, features: 1, fixes: 1, own: Vec::new() };
    const REMOVAL: Changes = Changes { removed: 1, breaking: 0, features: 0, fixes: 1, own: Vec::new() };
    const BREAKING_FIX: Changes = Changes { removed: 0, breaking: 1, features: 0, fixes: 1, own: Vec::new() };

    #[test]
    fn each_kind_of_change_calls_for_its_step() {
        for (current, changes, words) in [
            ("1.2.3", FIX, "patch"),
            ("0.2.3", FIX, "patch"),
            ("1.2.3", FEATURE, "minor"),
            ("0.2.3", FEATURE, "minor"),
            ("1.2.3", REMOVAL, "major"),
            ("0.2.3", REMOVAL, "minor"),
            ("1.2.3", BREAKING_FIX, "major"),
            ("0.2.3", BREAKING_FIX, "minor"),
            ("1.3.0-alpha.2", FIX, "alpha"),
            ("1.3.0-beta.2", REMOVAL, "beta"),
            ("0.3.0-rc.1", BREAKING_FIX, "rc"),
        ] {
            let given = automatic(&version(current), &changes).expect("something is pending");
            assert_eq!(given.request.to_string(), words, "{current} {changes:?}");
            assert!(given.reason.starts_with(&format!("`auto` is `{words}`: ")), "{}", given.reason);
        }
    }

    #[test]
    fn own_types_call_for_their_steps_and_are_named() {
        let own = |types: &[(&str, Option<Bump>)]| Changes {
            own: types
                .iter()
                .map(|(name, bump)| OwnChanges { name: (*name).to_owned(), bump: *bump, entries: 2 })
                .collect(),
            ..Changes::default()
        };
        let misc = ("misc", None);
        let doc = ("doc", Some(Bump::Patch));
        let feature = ("feature", Some(Bump::Minor));
        let removal = ("removal", Some(Bump::Major));
        for (current, changes, expected) in [
            ("1.0.0", own(&[doc, misc]), "`auto` is `patch`: nothing but 2 entries of type `doc`"),
            ("1.0.0", own(&[doc, feature, misc]), "`auto` is `minor`: 2 entries of type `feature`"),
            ("1.0.0", own(&[feature, removal]), "`auto` is `major`: 2 entries of type `removal`"),
            (
                "0.1.0",
                own(&[removal]),
                "`auto` is `minor`: 2 entries of type `removal`; a minor is enough while the major version is 0",
            ),
            (
                "1.0.0",
                Changes { fixes: 1, ..own(&[doc]) },
                "`auto` is `patch`: nothing but 1 entry fixed or security, 2 entries of type `doc`",
            ),
            (
                "1.0.0",
                Changes { breaking: 1, ..own(&[misc]) },
                "`auto` is `major`: 1 entry marked as breaking",
            ),
        ] {
            assert_eq!(automatic(&version(current), &changes).expect("pending").reason, expected);
        }
        for current in ["1.0.0", "0.2.0-rc.1"] {
            assert_eq!(automatic(&version(current), &own(&[misc])), None);
        }
    }

    #[test]
    fn nothing_pending_is_no_release_in_a_series_either() {
        for current in ["1.2.3", "0.3.0-rc.1"] {
            assert_eq!(automatic(&version(current), &Changes::default()), None);
        }
    }

    #[test]
    fn the_reason_names_what_decided() {
        let reason = |current, changes| automatic(&version(current), &changes).expect("pending").reason;
        assert_eq!(reason("1.0.0", FIX), "`auto` is `patch`: nothing but 1 entry fixed or security");
        assert_eq!(
            reason("1.0.0", Changes { features: 2, fixes: 5, ..Changes::default() }),
            "`auto` is `minor`: 2 entries added, changed or deprecated"
        );
        assert_eq!(
            reason("1.0.0", Changes { removed: 2, breaking: 1, features: 4, ..Changes::default() }),
            "`auto` is `major`: 1 entry marked as breaking, 2 removed"
        );
        assert_eq!(reason("1.0.0", BREAKING_FIX), "`auto` is `major`: 1 entry marked as breaking");
        assert_eq!(
            reason("0.1.0", REMOVAL),
            "`auto` is `minor`: 1 removed; a minor is enough while the major version is 0"
        );
        assert_eq!(
            reason("0.2.0-alpha.1", FEATURE),
            "`auto` is `alpha`: the next of its stage, as 0.2.0-alpha.1 is a pre-release (2 entries pending)"
        );
    }
}
