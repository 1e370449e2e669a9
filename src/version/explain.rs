//! Why a text is not a version, and which version was probably meant. Reads leniently what [`super::Version`]
//! refuses strictly; nothing read here is ever released, it only becomes a message.

use super::number::{Stage, Version};
use crate::error::Problem;
use crate::words::nearest;

/// What a version looks like, as a hint.
const ACCEPTED: &str = "a version is `x.y.z`, or `x.y.z-alpha.N`, `x.y.z-beta.N` or `x.y.z-rc.N`, \
                        like `0.2.0` or `0.2.0-alpha.1`";

/// What is wrong with a text that should have been a version, the likely version, and what is accepted.
pub(super) fn not_a_version(text: &str) -> Problem {
    let shape = Shape::read(text);
    let reasons = if Version::parse_pep440(text).is_some() {
        vec!["this is the PEP 440 spelling".to_owned()]
    } else if text.is_empty() {
        vec!["it is empty".to_owned()]
    } else {
        shape.reasons()
    };
    let problem = Problem::content(format!("`{text}` is not a version: {}", reasons.join("; ")));
    let problem = match shape.nearest() {
        Some(version) => problem.hint(did_you_mean(&version)),
        None => problem,
    };
    problem.hint(ACCEPTED)
}

/// The hint that names what was probably meant.
pub(super) fn did_you_mean(meant: &impl std::fmt::Display) -> String {
    format!("did you mean `{meant}`?")
}

/// The parts of a text that was meant as a version, whatever stands between them.
struct Shape<'text> {
    /// A letter in front, `v` or `V`.
    prefix: Option<char>,
    /// What should be three numbers.
    numbers: Vec<&'text str>,
    /// Everything after the numbers, build metadata aside.
    tail: &'text str,
    /// In the tail: what should be `-`.
    dash: &'text str,
    /// In the tail: what should be a stage.
    stage: &'text str,
    /// In the tail: what should be `.`.
    dot: &'text str,
    /// In the tail: what should be a number.
    count: &'text str,
    /// What follows `+`.
    build: Option<&'text str>,
}

impl<'text> Shape<'text> {
    fn read(text: &'text str) -> Self {
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let prefix = text.chars().next().filter(|first| matches!(first, 'v' | 'V'));
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, tail) = leading(text, |character| character.is_ascii_digit() || character == '.');
        // In `0.2.0.dev1` the last dot belongs to what follows.
        let numbers = if tail.is_empty() { numbers } else { numbers.trim_end_matches('.') };
        let separator = |character| matches!(character, '-' | '.' | '_');
        let (dash, rest) = leading(tail, separator);
        let (stage, rest) = leading(rest, |character| character.is_ascii_alphabetic());
        let (dot, count) = leading(rest, separator);
        Self { prefix, numbers: numbers.split('.').collect(), tail, dash, stage, dot, count, build }
    }

    /// Everything that is wrong, in reading order; at least one for a text that is not a version.
    fn reasons(&self) -> Vec<String> {
        if self.numbers == [""] {
            return vec!["it does not begin with a number".to_owned()];
        }
        let mut reasons = Vec::new();
        if let Some(prefix) = self.prefix {
            reasons.push(format!("the leading `{prefix}` is not part of it"));
        }
        for number in self.numbers.iter().chain([&self.count]).filter(|number| is_number(number)) {
            if number.len() > 1 && number.starts_with('0') {
                reasons.push(format!("`{number}` has a leading zero"));
            } else if number.parse::<u64>().is_err() {
                reasons.push(format!("`{number}` is past the largest number, {}", u64::MAX));
            }
        }
        if self.numbers.iter().any(|number| number.is_empty()) {
            reasons.push("a number is missing".to_owned());
        } else {
            match self.numbers.len() {
                1 => reasons.push("the second and the third number are missing".to_owned()),
                2 => reasons.push("the third number is missing".to_owned()),
                3 => {}
                more => reasons.push(format!("it has {more} numbers instead of three")),
            }
        }
        reasons.extend(self.tail_reason());
        if let Some(build) = self.build {
            reasons.push(format!("build metadata (`+{build}`) is not accepted"));
        }
        reasons
    }

    /// What is wrong after the three numbers.
    fn tail_reason(&self) -> Option<String> {
        if self.tail.is_empty() {
            None
        } else if self.stage.is_empty() {
            Some(format!("`{}` is not a stage: the stages are `alpha`, `beta` and `rc`", self.tail))
        } else if self.stage.contains(|character: char| character.is_ascii_uppercase()) {
            Some(format!("`{}` is written in lower case", self.stage))
        } else if Stage::from_word(self.stage).is_none() {
            Some(format!("`{}` is not a stage: the stages are `alpha`, `beta` and `rc`", self.stage))
        } else if self.count.is_empty() {
            Some(format!("the stage `{}` needs a number", self.stage))
        } else if !is_number(self.count) {
            Some(format!("`{}` is not one number", self.count))
        } else if self.dash != "-" || self.dot != "." {
            Some(format!("`{}` is written `-{}.N`", self.tail, self.stage))
        } else {
            None
        }
    }

    /// The version that was probably meant, if the text leaves no real doubt.
    fn nearest(&self) -> Option<Version> {
        let mut numbers = self.numbers.iter().map(|number| number.parse::<u64>());
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().unwrap_or(Ok(0)).ok()?;
        let patch = numbers.next().unwrap_or(Ok(0)).ok()?;
        if numbers.next().is_some() {
            return None;
        }
        let pre = if self.tail.is_empty() {
            None
        } else {
            let count = if self.count.is_empty() { 1 } else { self.count.parse().ok()? };
            Some((self.nearest_stage()?, count))
        };
        Some(Version { major, minor, patch, pre })
    }

    fn nearest_stage(&self) -> Option<Stage> {
        // PEP 440 also reads `c` as a release candidate.
        if self.stage.eq_ignore_ascii_case("c") {
            return Some(Stage::Rc);
        }
        nearest(self.stage, Stage::ALL.map(Stage::word)).and_then(Stage::from_word)
    }
}

/// Splits where the first character does not belong.
fn leading(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !belongs(character)).unwrap_or(text.len());
    text.split_at(end)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_refused_spelling_says_why_and_which_version_was_meant() {
        let stages = "the stages are `alpha`, `beta` and `rc`";
        for (text, reasons, meant) in [
            ("1.2", "the third number is missing", Some("1.2.0")),
            ("1", "the second and the third number are missing", Some("1.0.0")),
            ("1.2-rc.1", "the third number is missing", Some("1.2.0-rc.1")),
            ("1.2.3.4", "it has 4 numbers instead of three", None),
            ("1..3", "a number is missing", None),
            ("1.2.3.", "a number is missing", None),
            ("", "it is empty", None),
            ("yes", "it does not begin with a number", None),
            (".2.3", "a number is missing", None),
            ("01.2.3", "`01` has a leading zero", Some("1.2.3")),
            ("1.2.3-alpha.01", "`01` has a leading zero", Some("1.2.3-alpha.1")),
            ("1.2.3-dev.1", &format!("`dev` is not a stage: {stages}"), None),
            ("1.2.3.dev1", &format!("`dev` is not a stage: {stages}"), None),
            ("1.2.3-1", &format!("`-1` is not a stage: {stages}"), None),
            ("1.2.3-", &format!("`-` is not a stage: {stages}"), None),
            ("1.2.3 ", &format!("` ` is not a stage: {stages}"), None),
            ("1.2.3 rc", &format!("` rc` is not a stage: {stages}"), None),
            ("1.2.3-aplha.2", &format!("`aplha` is not a stage: {stages}"), Some("1.2.3-alpha.2")),
            ("1.2.3-c.2", &format!("`c` is not a stage: {stages}"), Some("1.2.3-rc.2")),
            ("1.2.3-alpha", "the stage `alpha` needs a number", Some("1.2.3-alpha.1")),
            ("1.2.3-rc.", "the stage `rc` needs a number", Some("1.2.3-rc.1")),
            ("1.2.3-rc.1.2", "`1.2` is not one number", None),
            ("1.2.3-rc.x", "`x` is not one number", None),
            ("1.2.3-rc2", "`-rc2` is written `-rc.N`", Some("1.2.3-rc.2")),
            ("1.2.3alpha1", "`alpha1` is written `-alpha.N`", Some("1.2.3-alpha.1")),
            ("1.2.3--rc.1", "`--rc.1` is written `-rc.N`", Some("1.2.3-rc.1")),
            ("1.2.3+build", "build metadata (`+build`) is not accepted", Some("1.2.3")),
            ("1.2.3-rc.1+5", "build metadata (`+5`) is not accepted", Some("1.2.3-rc.1")),
            ("0.2.0a1", "this is the PEP 440 spelling", Some("0.2.0-alpha.1")),
            ("0.2.0b2", "this is the PEP 440 spelling", Some("0.2.0-beta.2")),
            ("0.2.0rc3", "this is the PEP 440 spelling", Some("0.2.0-rc.3")),
            ("1.2.3-ALPHA.1", "`ALPHA` is written in lower case", Some("1.2.3-alpha.1")),
            ("v1.2.3", "the leading `v` is not part of it", Some("1.2.3")),
            ("V1.2.3", "the leading `V` is not part of it", Some("1.2.3")),
            (
                "18446744073709551616.0.0",
                "`18446744073709551616` is past the largest number, 18446744073709551615",
                None,
            ),
            (
                "1.0.0-rc.18446744073709551616",
                "`18446744073709551616` is past the largest number, 18446744073709551615",
                None,
            ),
            (
                "V01.2-Rc+7",
                "the leading `V` is not part of it; `01` has a leading zero; the third number is missing; \
                 `Rc` is written in lower case; build metadata (`+7`) is not accepted",
                Some("1.2.0-rc.1"),
            ),
        ] {
            let problem = Version::parse_semver(text).unwrap_err();
            assert_eq!(problem.message, format!("`{text}` is not a version: {reasons}"));
            let hints: Vec<String> = meant.iter().map(did_you_mean).chain([ACCEPTED.to_owned()]).collect();
            assert_eq!(problem.hints, hints, "{text:?}");
            assert_eq!(problem.scope, crate::error::Scope::Content);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_refused_has_a_reason_and_a_suggestion_that_is_accepted(
            text in prop_oneof![
                any::<String>(),
                "[vV]?[0-9.]{0,8}[-._ ]{0,2}(a|B|rc|alpha|Beta|dev|é)?[-._+]{0,2}[0-9a]{0,3}",
            ],
        ) {
            if let Err(problem) = Version::parse_semver(&text) {
                prop_assert!(!problem.message.ends_with("is not a version: "), "{}", problem.message);
                if let Some(version) = Shape::read(&text).nearest() {
                    prop_assert_ne!(version.to_string(), text);
                }
            }
        }
    }
}
