//! Every key a configuration can have, as data: what it is called, what it holds, whether it must be there.
//! The walk in `load` checks a document against it; the types in `mod` are its other half, and a test holds
//! the two together.

use super::branch::branch_or_glob;
use super::changelog;
use super::paths::path_or_glob;
use super::patterns::{IGNORE, PATTERN, Unlisted};
use super::pin::PIN;
use super::requires::program_version;
use super::rules::{self, Rule};
use super::steps;
use crate::manifest::Format;

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A string that follows the rule.
    Text(Rule),
    /// One word of a few.
    Choice(fn() -> Vec<&'static str>),
    /// `true` or `false`.
    Flag,
    /// A whole number between these two, both allowed.
    Count(i64, i64),
    /// A list of strings that each follow the rule.
    Texts(Rule),
    /// A string that follows the rule, or a list of such strings with at least one.
    TextOrTexts(Rule),
    /// A list of words, each one of a few.
    Choices(fn() -> Vec<&'static str>),
    /// A table whose keys are anybody's own.
    Entries(&'static Entries),
    /// Any value but a date; every string in it follows the rule.
    Anything(Rule),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    Tables(&'static [Key]),
    /// A table with these keys, or a list of such tables.
    OneOrMore(&'static [Key]),
}

/// One key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// Must be there.
    pub(super) required: bool,
    /// Where it is a list, must not be empty.
    pub(super) filled: bool,
    /// The other key of the table that makes this one unnecessary.
    pub(super) unless: Option<&'static str>,
}

/// A table whose keys a configuration chooses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entries {
    /// What a key must be.
    pub(super) name: Rule,
    /// A key that follows the rule.
    pub(super) example: &'static str,
    /// What each key holds.
    pub(super) value: Shape,
}

pub(super) const fn required(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true, filled: true, unless: None }
}

pub(super) const fn required_unless(name: &'static str, other: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true, filled: true, unless: Some(other) }
}

pub(super) const fn optional(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false, filled: false, unless: None }
}

/// May be left out, but is no empty list.
pub(super) const fn filled(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false, filled: true, unless: None }
}

/// The keys at the top level.
pub(super) static ROOT: &[Key] = &[
    optional("requires", Shape::Text(program_version)),
    optional("release", Shape::Table(RELEASE)),
    filled("tag", Shape::Tables(TAG)),
    required("manifest", Shape::Tables(MANIFEST)),
    optional("pattern", Shape::Tables(PATTERN)),
    optional("ignore", Shape::Tables(IGNORE)),
    optional("pin", Shape::Tables(PIN)),
    optional("step", Shape::Tables(steps::STEP)),
    optional("check", Shape::Tables(steps::CHECK)),
    optional("changelog", Shape::OneOrMore(changelog::KEYS)),
    optional("reminder", Shape::Tables(REMINDER)),
    optional("limits", Shape::Table(LIMITS)),
];

const RELEASE: &[Key] = &[
    filled("branch", Shape::TextOrTexts(branch_or_glob)),
    optional("remote", Shape::Text(rules::git_name)),
    optional("remote-timeout-seconds", Shape::Count(1, LONGEST_STEP_SECONDS)),
    optional("push-timeout-seconds", Shape::Count(1, LONGEST_STEP_SECONDS)),
    optional("version-from", Shape::Text(rules::path)),
    optional("commit-message", Shape::Text(rules::commit_message)),
    optional("unlisted", Shape::Choice(|| Unlisted::WORDS.to_vec())),
];

const TAG: &[Key] = &[
    required("name", Shape::Text(rules::tag_name)),
    required("message", Shape::Text(rules::message)),
    optional("starts", Shape::Texts(rules::message)),
    optional("only-when", Shape::Choices(steps::conditions)),
];

const MANIFEST: &[Key] = &[
    required("path", Shape::Text(path_or_glob)),
    optional("format", Shape::Choice(|| Format::ALL.iter().map(|format| format.name()).collect())),
    optional("key", Shape::Text(rules::line)),
    optional("package", Shape::Text(rules::line)),
    optional("value", Shape::Text(rules::manifest_value)),
    optional("follows", Shape::Flag),
    optional("optional", Shape::Flag),
];

/// A day: whatever takes longer is not a step of a release, and far larger numbers overflow the clock.
pub(super) const LONGEST_STEP_SECONDS: i64 = 24 * 60 * 60;

const REMINDER: &[Key] = &[
    required("text", Shape::Text(rules::message)),
    optional("when", Shape::Choice(|| vec!["always", "stable", "pre-release", "first-tag"])),
    optional("tag", Shape::Text(rules::line)),
    optional("before-push", Shape::Flag),
];

const LIMITS: &[Key] = &[
    optional("changelog-bytes", Shape::Count(1, i64::MAX)),
    optional("manifest-bytes", Shape::Count(1, i64::MAX)),
    optional("hook-seconds", Shape::Count(1, LONGEST_STEP_SECONDS)),
];
