//! What people type who come from another tool: words and options that this program does not have, each with what it has
//! for the same wish. The answers are data, and a test holds each against the commands that there are.

use crate::version::Request;
use crate::words::nearest;

/// In an answer: the words of a release that were typed beside it, or else `minor`.
const WORDS: &str = "{words}";

/// In an answer: the bump that was typed beside it, or else `minor`.
const BUMP: &str = "{bump}";

/// Words, and options without their dashes, with the answers to them.
type Meaning = (&'static [&'static str], &'static [&'static str]);

const LOOK: &str = "`trueppm-release` alone shows where things stand, and what each word would give";
const CUT: &str = "`trueppm-release {words}` cuts a release: it sets the versions, commits and tags";
const UNDO: &str = "`trueppm-release undo` takes back the last release, as long as nothing of it was pushed";
const SERIES: &str = "`trueppm-release {bump} alpha` starts a series of pre-releases";
const EXACT: &str = "`trueppm-release 1.2.3` releases exactly the version that you type";

const MEANINGS: &[Meaning] = &[
    (
        &["publish", "push", "deploy", "ship", "upload", "deliver"],
        &[
            "`trueppm-release {words} --push` cuts a release and pushes it, all or nothing",
            "a release that was cut already is pushed with the `git push` that it printed",
        ],
    ),
    (
        &[
            "bump",
            "cut",
            "make",
            "create",
            "do",
            "run",
            "go",
            "start",
            "new",
            "tag",
            "commit",
            "up",
            "increment",
        ],
        &[CUT, LOOK],
    ),
    (
        &[
            "preview", "dry-run", "dryrun", "dry", "plan", "simulate", "pretend", "diff", "what-if",
            "whatif", "test",
        ],
        &["`trueppm-release {words} --dry-run` shows everything that would change, and writes nothing"],
    ),
    (
        &["notes", "release-notes", "changelog"],
        &["`trueppm-release {words} --dry-run` shows the section that the changelog would get"],
    ),
    (
        &[
            "status", "state", "st", "stat", "info", "current", "show", "list", "ls", "where", "pending",
            "log", "history", "latest", "last",
        ],
        &[LOOK],
    ),
    (
        &["next", "next-version", "suggest"],
        &[LOOK, "`trueppm-release auto --dry-run` shows what the pending changes call for"],
    ),
    (
        &["version"],
        &[
            "`trueppm-release` alone shows the version of the project",
            "`trueppm-release --version` shows the version of this program",
        ],
    ),
    (
        &["check", "verify", "validate", "lint", "doctor", "audit"],
        &[
            "`trueppm-release {words} --dry-run --strict` says whether a release would be refused, and why",
            "`trueppm-release config --check` says whether the configuration is in order",
        ],
    ),
    (
        &["rollback", "roll-back", "revert", "unrelease", "untag", "reset", "delete", "remove", "back"],
        &[UNDO, "`trueppm-release undo --dry-run` shows that first"],
    ),
    (
        &["abort", "cancel", "quit", "stop"],
        &["a release that is waiting for an answer is left with `q`", UNDO],
    ),
    (
        &["continue", "resume", "recover", "repair", "restore"],
        &["`trueppm-release` alone puts a release that was interrupted back, or completes it"],
    ),
    (
        &["pre", "prerelease", "pre-release", "preid", "dev", "snapshot", "canary", "nightly", "series"],
        &[SERIES, "`trueppm-release alpha` (or `beta`, or `rc`) is the next one in a series"],
    ),
    (
        &["stable", "final", "finalize", "finalise", "promote", "graduate", "ga", "production", "prod"],
        &[
            "`trueppm-release release` makes a pre-release stable: 0.2.0-rc.1 becomes 0.2.0",
            "`trueppm-release {bump}` goes from one stable version to the next",
        ],
    ),
    (&["alfa"], &[SERIES, "`trueppm-release alpha` is the next alpha of a series"]),
    (
        &["candidate", "release-candidate", "releasecandidate"],
        &[
            "`trueppm-release rc` makes a release candidate",
            "`trueppm-release {bump} rc` starts a series with one",
        ],
    ),
    (
        &["fix", "bugfix", "hotfix", "bug", "micro", "point", "build"],
        &["`trueppm-release patch` counts the third number up: 0.1.0 becomes 0.1.1"],
    ),
    (&["feature", "feat"], &["`trueppm-release minor` counts the second number up: 0.1.0 becomes 0.2.0"]),
    (&["breaking"], &["`trueppm-release major` counts the first number up: 0.1.0 becomes 1.0.0"]),
    (
        &["automatic", "semantic", "detect"],
        &["`trueppm-release auto` does what the pending changes call for"],
    ),
    (
        &["set", "set-version", "new-version", "exact", "release-as", "first", "initial", "first-release"],
        &[EXACT, LOOK],
    ),
    (
        &["configure", "setup", "bootstrap", "generate"],
        &["`trueppm-release init` writes a first configuration for what it finds here"],
    ),
    (
        &["configuration", "settings", "profile"],
        &["`trueppm-release config` shows the configuration in force, and where it came from"],
    ),
    (&["schema"], &["`trueppm-release config --schema` prints the JSON schema of configurations"]),
    (
        &["example", "sample", "try", "tutorial"],
        &["`trueppm-release demo` cuts a real release in a throw-away repository"],
    ),
    (
        &["usage", "man", "manual", "commands", "?"],
        &["`trueppm-release --help` shows everything that can be said"],
    ),
    (
        &["fragment", "fragments", "news", "entry", "changeset", "change", "add"],
        &[
            "a fragment is a file that you write and commit yourself: `<slug>.<type>.md`",
            "`trueppm-release config` shows the folder that fragments lie in",
        ],
    ),
    (&["no-push", "no-publish"], &["nothing is pushed unless `--push` is given: leave it out"]),
    (
        &["no-commit", "no-tag", "no-git-tag-version", "no-changelog"],
        &[
            "a release is one commit with all its tags, or nothing",
            "`trueppm-release {words} --dry-run` shows it and writes nothing",
        ],
    ),
    (
        &["force", "allow-dirty", "ignore"],
        &["nothing overrides a refusal; `trueppm-release {words} --dry-run` lists each with its remedy"],
    ),
    (
        &["message", "commit-message", "tag-message"],
        &["messages are part of the configuration, which `trueppm-release config` shows"],
    ),
    (
        &[
            "ci",
            "non-interactive",
            "noninteractive",
            "no-prompt",
            "no-confirm",
            "batch",
            "assume-yes",
            "accept",
        ],
        &["`trueppm-release {words} --yes` does not ask"],
    ),
    (&["no-hooks", "skip-hooks"], &["`trueppm-release {words} --no-verify` leaves the hooks out, as in git"]),
    (&["no-gpg-sign", "unsigned"], &["`trueppm-release {words} --no-sign` signs nothing"]),
    (
        &["sign", "gpg-sign"],
        &["commit and tags are signed where git is configured to: `git config commit.gpgSign true`"],
    ),
    (&["silent"], &["`trueppm-release {words} --quiet` says less"]),
    (&["debug"], &["`trueppm-release {words} --verbose` says more"]),
    (&["cwd", "directory", "dir", "repo", "path"], &["`-C DIR` runs it as if started in that folder"]),
    (&["skip", "skip-check"], &["`--skip-step NAME` leaves a step or a check out"]),
];

/// What this program has for a word or an option of this name, if anything. `beside` are the words typed with it.
pub fn meant(name: &str, beside: &[String]) -> Option<Vec<String>> {
    let name = name.trim_start_matches('-').to_lowercase().replace('_', "-");
    let (_, answers) = MEANINGS.iter().find(|(names, _)| names.contains(&name.as_str()))?;
    let request = Request::from_words(beside).ok();
    let said = match request {
        Some(_) => beside.join(" "),
        None => "minor".to_owned(),
    };
    let bump = match request {
        Some(Request::Bump(bump, _)) => bump.word(),
        _ => "minor",
    };
    Some(answers.iter().map(|answer| answer.replace(WORDS, &said).replace(BUMP, bump)).collect())
}

/// The same for a slip of the hand: the name that was meant, and the answers to it.
pub fn nearly_meant(name: &str, beside: &[String]) -> Option<(&'static str, Vec<String>)> {
    // Short names are near to too many words.
    let names = MEANINGS.iter().flat_map(|(names, _)| names.iter().copied()).filter(|name| name.len() > 3);
    let near = nearest(name, names)?;
    Some((near, meant(near, beside)?))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Cli, Typed};
    use super::*;

    /// The commands of this program that a text has in backticks.
    fn commands(text: &str) -> impl Iterator<Item = &str> {
        text.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("trueppm-release"))
    }

    #[test]
    fn every_answer_names_what_there_is() {
        for (names, answers) in MEANINGS {
            assert!(!names.is_empty() && !answers.is_empty());
            for name in *names {
                for beside in [&[][..], &["patch".to_owned()], &["major".to_owned(), "rc".to_owned()]] {
                    for answer in meant(name, beside).expect(name) {
                        assert!(!answer.contains(['{', '}']), "{answer}");
                        for command in commands(&answer) {
                            let typed = Cli::read(command.split(' ').map(OsString::from)).expect(command);
                            let Typed::Task(cli) = typed else { continue };
                            assert!(cli.own_options.is_empty(), "{command}");
                            if !cli.words.is_empty() {
                                Request::from_words(&cli.words).expect(command);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn no_name_has_two_meanings_or_one_of_this_programs_own() {
        let names: Vec<&str> = MEANINGS.iter().flat_map(|(names, _)| names.iter().copied()).collect();
        for (position, name) in names.iter().enumerate() {
            assert!(!names[..position].contains(name), "{name} stands twice");
            assert!(Request::from_words(&[(*name).to_owned()]).is_err(), "{name}");
            assert!(!["undo", "init", "config", "demo", "help"].contains(name), "{name}");
        }
    }

    #[test]
    fn the_words_typed_beside_it_are_part_of_the_answer() {
        let first = |name: &str, beside: &[&str]| {
            let beside: Vec<String> = beside.iter().map(|word| (*word).to_owned()).collect();
            meant(name, &beside).expect(name).remove(0)
        };
        assert!(first("publish", &[]).starts_with("`trueppm-release minor --push` "));
        assert!(first("Publish", &["patch"]).starts_with("`trueppm-release patch --push` "));
        assert!(first("preview", &["minor", "rc"]).starts_with("`trueppm-release minor rc --dry-run` "));
        assert!(first("pre", &["major"]).starts_with("`trueppm-release major alpha` "));
        assert!(first("pre", &["alpha"]).starts_with("`trueppm-release minor alpha` "));
        assert!(first("--pre_release", &[]).starts_with("`trueppm-release minor alpha` "));
        assert!(first("bump", &["mnior"]).starts_with("`trueppm-release minor` "));
        assert_eq!(meant("deadbeef", &[]), None);
        assert_eq!(nearly_meant("pubish", &[]).expect("near").0, "publish");
        assert_eq!(nearly_meant("stauts", &[]).expect("near").0, "status");
        assert_eq!(nearly_meant("xyzzy", &[]), None);
    }
}
