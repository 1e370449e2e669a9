//! `requires`: the oldest version of this program that may read the file. An older one says so before anything else,
//! because whatever it does not understand is then no mistake of the file.

use std::ops::Range;

use toml_edit::TableLike;

use super::validate::string;
use crate::error::Problem;

/// The version of this program.
const OWN: &str = env!("CARGO_PKG_VERSION");

/// A version of this program: one, two or three numbers, also a pre-release.
pub(super) fn program_version(text: &str) -> Vec<Problem> {
    if parsed(text).is_some() {
        return Vec::new();
    }
    vec![
        Problem::content(format!("`{text}` is not a version of trueppm-release"))
            .hint("write the oldest one that may read this file, and nothing else: `requires = \"0.5\"`"),
    ]
}

/// Why this program is too old for a file, and where the file says so.
pub(super) fn too_old(root: &dyn TableLike) -> Option<(Option<Range<usize>>, Problem)> {
    let wanted = string(root, "requires")?;
    is_unmet(wanted.text, OWN).then(|| {
        let problem =
            Problem::content(format!("needs trueppm-release {} or newer, and this is {OWN}", wanted.text));
        (wanted.place, problem.hint(UPGRADE))
    })
}

/// What to do about whatever an older program does not know.
pub(super) const UPGRADE: &str =
    "install a newer trueppm-release; `trueppm-release --version` says which one this is";

fn parsed(text: &str) -> Option<semver::Version> {
    let (numbers, rest) = text.find(['-', '+']).map_or((text, ""), |at| text.split_at(at));
    let missing = match numbers.matches('.').count() {
        0 => ".0.0",
        1 => ".0",
        _ => "",
    };
    semver::Version::parse(&format!("{numbers}{missing}{rest}"))
        .ok()
        .filter(|version| version.build.is_empty())
}

/// A pre-release of the wanted version will do, unless the file itself names a later one.
fn is_unmet(wanted: &str, own: &str) -> bool {
    let (Some(wanted), Some(own)) = (parsed(wanted), parsed(own)) else { return false };
    if wanted.pre.is_empty() {
        (own.major, own.minor, own.patch) < (wanted.major, wanted.minor, wanted.patch)
    } else {
        own < wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_program_is_told_from_one_that_will_do() {
        for (wanted, own, unmet) in [
            ("0.5", "0.4.9", true),
            ("0.5", "0.5.0", false),
            ("0.5", "0.10.0", false),
            ("1", "0.9.0", true),
            ("1", "1.0.0", false),
            ("0.5.1", "0.5.0", true),
            ("0.5", "0.5.0-alpha.1", false),
            ("0.5.0-alpha.2", "0.5.0-alpha.1", true),
            ("0.5.0-alpha.2", "0.5.0", false),
            ("nonsense", "0.1.0", false),
        ] {
            assert_eq!(is_unmet(wanted, own), unmet, "{wanted} {own}");
        }
    }

    #[test]
    fn a_version_of_the_program_is_written_plainly() {
        for (text, fine) in [
            ("0.5", true),
            ("1", true),
            ("0.5.1-rc.1", true),
            (">=0.5", false),
            ("0.5.*", false),
            ("v0.5", false),
            ("", false),
            ("0.05", false),
            ("1.2.3.4", false),
        ] {
            assert_eq!(program_version(text).is_empty(), fine, "{text}");
        }
    }
}
