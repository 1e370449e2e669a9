//! What a person asked for: a step forward in words, or a version. Which version that gives depends on the
//! current one and is decided in [`super::next()`].

use std::fmt;

use super::explain::did_you_mean;
use super::number::{Stage, Version};
use crate::error::Problem;
use crate::words::nearest;

/// The word that asks for the stable version of a pre-release.
const RELEASE: &str = "release";

/// The word that leaves the step to the pending changes.
const AUTO: &str = "auto";

/// Everything that can be typed, as a hint.
const ACCEPTED: &str = "accepted are `patch`, `minor` or `major`, each alone or followed by `alpha`, `beta` or \
                        `rc`; `alpha`, `beta`, `rc`, `release` or `auto` alone; or a version like `1.2.3` or `1.2.3-rc.1`";

/// Which number goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bump {
    /// The third number.
    Patch,
    /// The second number; the third starts again at 0.
    Minor,
    /// The first number; the others start again at 0.
    Major,
}

impl Bump {
    /// Every bump, smallest first.
    pub const ALL: [Self; 3] = [Self::Patch, Self::Minor, Self::Major];

    /// The word for it in a command.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// What to release. It displays as the words that ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Count a number up; with a stage, open a series of pre-releases.
    Bump(Bump, Option<Stage>),
    /// The next pre-release of this stage.
    Stage(Stage),
    /// The stable version of the current pre-release.
    Release,
    /// This version and no other.
    Explicit(Version),
    /// Whatever the pending changes call for; decided in [`super::automatic()`].
    Auto,
}

impl Request {
    /// Reads the words of a command, each an argument of its own; a version may have a leading `v`.
    ///
    /// # Errors
    /// Every unknown word and malformed version among them, or else why they do not go together; always with
    /// what is accepted.
    pub fn from_words(words: &[String]) -> Result<Self, Problem> {
        let mut known = Vec::new();
        let mut refused = Vec::new();
        for word in words {
            match Word::read(word) {
                Ok(word) => known.push(word),
                Err(problem) => refused.push(problem),
            }
        }
        if !refused.is_empty() {
            return Err(all_of(refused));
        }
        request_of(&known).ok_or_else(|| misfit(words, &known))
    }

    /// Reads what is typed where only a version will do, as at the gate; a leading `v` and spaces around it are
    /// fine.
    ///
    /// # Errors
    /// Anything else, words included; see [`Version::parse_semver`].
    pub fn explicit(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        match Self::from_words(&words) {
            Ok(Self::Explicit(version)) => Ok(Self::Explicit(version)),
            Ok(request) => Err(Problem::content(format!("`{request}` is not a version")).hint(format!(
                "type a version like `0.2.0` or `0.2.0-alpha.1`, or abort and start again with `{request}`"
            ))),
            Err(_) => Version::parse_semver(without_v(text)).map(Self::Explicit),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bump(bump, None) => write!(formatter, "{bump}"),
            Self::Bump(bump, Some(stage)) => write!(formatter, "{bump} {stage}"),
            Self::Stage(stage) => write!(formatter, "{stage}"),
            Self::Release => formatter.write_str(RELEASE),
            Self::Explicit(version) => write!(formatter, "{version}"),
            Self::Auto => formatter.write_str(AUTO),
        }
    }
}

/// One word of a command.
enum Word {
    Bump(Bump),
    Stage(Stage),
    Release,
    Auto,
    Version(Version),
}

impl Word {
    fn read(word: &str) -> Result<Self, Problem> {
        let bump = || Bump::ALL.into_iter().find(|bump| bump.word() == word).map(Self::Bump);
        let stage = || Stage::from_word(word).map(Self::Stage);
        let release = || (word == RELEASE).then_some(Self::Release);
        let auto = || (word == AUTO).then_some(Self::Auto);
        if let Some(known) = bump().or_else(stage).or_else(release).or_else(auto) {
            return Ok(known);
        }
        // Where a digit comes first, a version was meant, and its own reader says best what is wrong with it.
        if word.trim_start_matches(['v', 'V']).starts_with(|first: char| first.is_ascii_digit()) {
            return Version::parse_semver(without_v(word)).map(Self::Version);
        }
        let words =
            Bump::ALL.map(Bump::word).into_iter().chain(Stage::ALL.map(Stage::word)).chain([RELEASE, AUTO]);
        let problem = Problem::content(format!("`{word}` is neither a known word nor a version"));
        let problem = match nearest(word, words) {
            Some(meant) => problem.hint(did_you_mean(&meant)),
            None if word.contains(char::is_whitespace) => {
                problem.hint("give each word as an argument of its own")
            }
            None => problem,
        };
        Err(problem.hint(ACCEPTED))
    }
}

/// What these words ask for together.
fn request_of(words: &[Word]) -> Option<Request> {
    match words {
        [Word::Bump(bump)] => Some(Request::Bump(*bump, None)),
        [Word::Bump(bump), Word::Stage(stage)] => Some(Request::Bump(*bump, Some(*stage))),
        [Word::Stage(stage)] => Some(Request::Stage(*stage)),
        [Word::Release] => Some(Request::Release),
        [Word::Auto] => Some(Request::Auto),
        [Word::Version(version)] => Some(Request::Explicit(*version)),
        _ => None,
    }
}

/// A version as it is written in a tag or without its `v`.
fn without_v(text: &str) -> &str {
    text.strip_prefix('v').filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// Several problems as the one that a reader of words returns: a line each, no hint twice.
fn all_of(problems: Vec<Problem>) -> Problem {
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let mut all = Problem::content(messages.join("\n"));
    for hint in problems.into_iter().flat_map(|problem| problem.hints) {
        // What is accepted is said once, after the words that were probably meant.
        all.hints.retain(|said| *said != hint);
        all.hints.push(hint);
    }
    all
}

/// Why words that are each known are no request together.
fn misfit(words: &[String], misfits: &[Word]) -> Problem {
    let typed = words.join(" ");
    let (reason, meant) = match misfits {
        [Word::Stage(stage), Word::Bump(bump)] => {
            ("a stage follows its bump", Some(Request::Bump(*bump, Some(*stage))))
        }
        [Word::Version(version), Word::Stage(stage)] if version.is_stable() => {
            let version = Version { pre: Some((*stage, 1)), ..*version };
            ("a version stands alone", Some(Request::Explicit(version)))
        }
        // What is said after it is what is to be released.
        [Word::Release, rest @ ..] if !rest.is_empty() => ("`release` stands alone", request_of(rest)),
        _ if misfits.iter().any(|word| matches!(word, Word::Version(_))) => ("a version stands alone", None),
        _ if misfits.iter().any(|word| matches!(word, Word::Auto)) => ("`auto` stands alone", None),
        _ if misfits.iter().any(|word| matches!(word, Word::Release)) => ("`release` stands alone", None),
        _ if misfits.iter().filter(|word| matches!(word, Word::Bump(_))).count() > 1 => {
            ("only one number can go up", None)
        }
        _ => ("there can be only one stage", None),
    };
    let problem = Problem::content(format!("`{typed}` do not go together: {reason}"));
    let problem = match meant {
        Some(request) => problem.hint(did_you_mean(&request)),
        None => problem,
    };
    problem.hint(ACCEPTED)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::number::tests::{any_stage, any_version, version};
    use super::*;

    fn from_words(words: &[&str]) -> Result<Request, Problem> {
        Request::from_words(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    pub(in crate::version) fn any_bump() -> impl Strategy<Value = Bump> {
        proptest::sample::select(Bump::ALL.to_vec())
    }

    #[test]
    fn every_word_and_every_pair_of_bump_and_stage_is_read_and_given_back() {
        let mut requests = vec![Request::Release, Request::Auto];
        requests.extend(Stage::ALL.map(Request::Stage));
        for bump in Bump::ALL {
            requests.push(Request::Bump(bump, None));
            requests.extend(Stage::ALL.map(|stage| Request::Bump(bump, Some(stage))));
        }
        assert_eq!(requests.len(), 17);
        for request in requests {
            let typed = request.to_string();
            assert_eq!(from_words(&typed.split(' ').collect::<Vec<_>>()), Ok(request), "{typed}");
        }
        assert_eq!(from_words(&["minor", "alpha"]), Ok(Request::Bump(Bump::Minor, Some(Stage::Alpha))));
        assert_eq!(from_words(&["rc"]), Ok(Request::Stage(Stage::Rc)));
    }

    #[test]
    fn a_version_is_read_with_or_without_v() {
        for typed in ["1.2.3", "v1.2.3"] {
            assert_eq!(from_words(&[typed]), Ok(Request::Explicit(version("1.2.3"))));
            assert_eq!(Request::explicit(typed), Ok(Request::Explicit(version("1.2.3"))));
        }
        assert_eq!(from_words(&["v1.0.0-rc.2"]).unwrap().to_string(), "1.0.0-rc.2");
        assert_eq!(Request::explicit(" 1.0.0-rc.2 ").unwrap().to_string(), "1.0.0-rc.2");
    }

    #[test]
    fn a_typo_names_the_word_that_was_meant_and_everything_that_is_accepted() {
        let problem = from_words(&["mnior"]).unwrap_err();
        assert_eq!(problem.message, "`mnior` is neither a known word nor a version");
        assert_eq!(problem.hints, ["did you mean `minor`?", ACCEPTED]);
        assert_eq!(problem.scope, crate::error::Scope::Content);
        assert_eq!(from_words(&["MINOR"]).unwrap_err().hints, ["did you mean `minor`?", ACCEPTED]);
        assert_eq!(from_words(&["deploy"]).unwrap_err().hints, [ACCEPTED]);
        assert_eq!(from_words(&[""]).unwrap_err().message, "`` is neither a known word nor a version");
        assert_eq!(from_words(&["v"]).unwrap_err().hints, [ACCEPTED]);
    }

    #[test]
    fn every_unknown_word_is_named_and_what_is_accepted_is_said_once() {
        let problem = from_words(&["mnior", "alhpa"]).unwrap_err();
        assert_eq!(
            problem.message,
            "`mnior` is neither a known word nor a version\n`alhpa` is neither a known word nor a version"
        );
        assert_eq!(problem.hints, ["did you mean `minor`?", "did you mean `alpha`?", ACCEPTED]);
    }

    #[test]
    fn words_in_one_argument_are_to_be_given_apart() {
        let problem = from_words(&["minor alpha"]).unwrap_err();
        assert_eq!(problem.hints, ["give each word as an argument of its own", ACCEPTED]);
    }

    #[test]
    fn words_that_do_not_go_together_say_why() {
        for (words, reason, meant) in [
            (&["release", "rc"][..], "`release` stands alone", Some("rc")),
            (&["release", "minor", "alpha"], "`release` stands alone", Some("minor alpha")),
            (&["release", "v1.2.3"], "`release` stands alone", Some("1.2.3")),
            (&["release", "minor", "major"], "`release` stands alone", None),
            (&["minor", "release"], "`release` stands alone", None),
            (&["auto", "rc"], "`auto` stands alone", None),
            (&["release", "auto"], "`release` stands alone", Some("auto")),
            (&["alpha", "beta"], "there can be only one stage", None),
            (&["minor", "alpha", "beta"], "there can be only one stage", None),
            (&["minor", "major"], "only one number can go up", None),
            (&["alpha", "minor"], "a stage follows its bump", Some("minor alpha")),
            (&["1.2.3", "rc"], "a version stands alone", Some("1.2.3-rc.1")),
            (&["1.2.3-rc.1", "rc"], "a version stands alone", None),
            (&["minor", "v1.2.3"], "a version stands alone", None),
            (&["1.2.3", "release"], "a version stands alone", None),
        ] {
            let problem = from_words(words).unwrap_err();
            assert_eq!(problem.message, format!("`{}` do not go together: {reason}", words.join(" ")));
            let hints: Vec<String> = meant.iter().map(did_you_mean).chain([ACCEPTED.to_owned()]).collect();
            assert_eq!(problem.hints, hints, "{words:?}");
            assert_eq!(problem.scope, crate::error::Scope::Content);
        }
    }

    #[test]
    fn a_malformed_version_is_explained_as_a_version_with_or_without_v() {
        for typed in
            ["1.2", "01.2.3", "1.2.3-dev.1", "1.2.3-alpha", "1.2.3-alpha.01", "1.2.3+build", "0.2.0a1"]
        {
            let expected = Version::parse_semver(typed).unwrap_err();
            let tagged = format!("v{typed}");
            for typed in [typed, tagged.as_str()] {
                assert_eq!(from_words(&[typed]).unwrap_err(), expected);
                assert_eq!(Request::explicit(typed).unwrap_err(), expected);
            }
        }
        let capital = from_words(&["V1.2.3"]).unwrap_err();
        assert_eq!(capital.message, "`V1.2.3` is not a version: the leading `V` is not part of it");
        let past = from_words(&["99999999999999999999.0.0"]).unwrap_err();
        assert!(past.message.contains("is past the largest number"), "{}", past.message);
    }

    #[test]
    fn only_a_version_will_do_where_a_version_is_asked_for() {
        let word = Request::explicit("minor alpha").unwrap_err();
        assert_eq!(word.message, "`minor alpha` is not a version");
        assert_eq!(
            word.hints,
            ["type a version like `0.2.0` or `0.2.0-alpha.1`, or abort and start again with `minor alpha`"]
        );
        for typed in ["yes", "1.2.3 rc", "v", "", "é"] {
            let problem = Request::explicit(typed).unwrap_err();
            assert!(
                problem.message.starts_with(&format!("`{typed}` is not a version: ")),
                "{}",
                problem.message
            );
        }
    }

    proptest! {
        #[test]
        fn any_request_is_read_back_from_the_words_it_displays(request in any_request()) {
            let typed = request.to_string();
            prop_assert_eq!(from_words(&typed.split(' ').collect::<Vec<_>>()), Ok(request));
        }

        #[test]
        fn no_words_make_it_panic(words in proptest::collection::vec(any::<String>(), 0..4)) {
            let _ = Request::from_words(&words);
            let _ = Request::explicit(&words.join(" "));
        }
    }

    pub(in crate::version) fn any_request() -> impl Strategy<Value = Request> {
        prop_oneof![
            3 => (any_bump(), proptest::option::of(any_stage()))
                .prop_map(|(bump, stage)| Request::Bump(bump, stage)),
            3 => any_stage().prop_map(Request::Stage),
            1 => Just(Request::Release),
            1 => any_version().prop_map(Request::Explicit),
        ]
    }
}
