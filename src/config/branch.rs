//! The branches that releases are cut on: one, several, or patterns such as `release/*`. Which of them a run means is
//! settled once, where the configuration is loaded, so that everything after that speaks of one branch.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rules;
use crate::error::Problem;
use crate::glob::{Glob, is_glob};

/// The branch where nothing is said.
const USUAL: &str = "main";

/// The branches of a configuration, and the one that this run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// As written: names and globs, at least one.
    allowed: Vec<String>,
    /// The one that is meant here.
    meant: String,
}

impl Branch {
    fn new(allowed: Vec<String>) -> Self {
        let meant = named(&allowed).unwrap_or(USUAL).to_owned();
        Self { allowed, meant }
    }

    /// The branch that this run is about: the one that is checked out if it is among them, otherwise the first that is
    /// named.
    pub fn name(&self) -> &str {
        &self.meant
    }

    /// Settles which one is meant where `current` is the branch at hand.
    pub fn settle(&mut self, current: Option<&str>) {
        // Where only globs are written there is no name to fall back on but the one at hand; the guard refuses it.
        let current = current.filter(|name| self.admits(name) || named(&self.allowed).is_none());
        self.meant = current.or_else(|| named(&self.allowed)).unwrap_or(USUAL).to_owned();
    }

    /// Whether releases are cut on this branch.
    pub fn admits(&self, name: &str) -> bool {
        self.allowed.iter().any(|allowed| match is_glob(allowed) {
            true => Glob::new(allowed).is_ok_and(|glob| glob.matches(name)),
            false => allowed == name,
        })
    }

    /// All of them in words, for people.
    pub fn listed(&self) -> String {
        let quoted: Vec<String> = self.allowed.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(" or ")
    }

    /// Whether a branch can be named that a person could go to.
    pub fn has_name(&self) -> bool {
        named(&self.allowed).is_some()
    }

    /// The first pattern, to list the branches that match it.
    pub fn pattern(&self) -> Option<&str> {
        self.allowed.iter().map(String::as_str).find(|name| is_glob(name))
    }
}

fn named(allowed: &[String]) -> Option<&str> {
    allowed.iter().map(String::as_str).find(|name| !is_glob(name))
}

impl Default for Branch {
    fn default() -> Self {
        Self::new(vec![USUAL.to_owned()])
    }
}

/// A branch, or a glob for several: what git takes below `refs/heads/` once the wildcards are letters.
pub(super) fn branch_or_glob(text: &str) -> Vec<Problem> {
    if !is_glob(text) {
        return rules::git_name(text);
    }
    if let Err(problem) = Glob::new(text) {
        return vec![problem];
    }
    let letters: String =
        text.chars().map(|it| if matches!(it, '*' | '?' | '[') { 'x' } else { it }).collect();
    rules::git_name(&letters)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(name) => vec![name],
            OneOrMany::Many(names) => names,
        }))
    }
}

impl Serialize for Branch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.allowed.as_slice() {
            [only] => only.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

/// It is written as a string or as a list of them; the table of known keys says so.
impl JsonSchema for Branch {
    fn schema_name() -> Cow<'static, str> {
        "Branch".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(allowed: &[&str]) -> Branch {
        Branch::new(allowed.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn the_branch_at_hand_is_meant_where_it_is_among_them() {
        for (allowed, current, meant, admitted) in [
            (&["main"][..], Some("main"), "main", true),
            (&["main"], Some("other"), "main", false),
            (&["main"], None, "main", false),
            (&["main", "release/*"], Some("release/0.4"), "release/0.4", true),
            (&["release/*", "main"], Some("release/0.4/fix"), "main", false),
            (&["release/**"], Some("release/0.4/fix"), "release/0.4/fix", true),
            (&["release/*"], Some("feature"), "feature", false),
            (&["release/*"], None, "main", false),
            (&["v[0-9]*"], Some("v2.x"), "v2.x", true),
        ] {
            let mut branch = branch(allowed);
            branch.settle(current);
            assert_eq!(branch.name(), meant, "{allowed:?} {current:?}");
            assert_eq!(current.is_some_and(|name| branch.admits(name)), admitted, "{allowed:?} {current:?}");
        }
    }

    #[test]
    fn a_glob_must_match_names_that_git_takes() {
        for (text, fine) in [
            ("main", true),
            ("release/*", true),
            ("v[0-9].x", true),
            ("release/**", true),
            ("a b", false),
            ("release/*.lock", false),
            ("release/[", false),
            ("/release/*", false),
            ("release/..*", false),
            ("", false),
        ] {
            assert_eq!(branch_or_glob(text).is_empty(), fine, "{text}");
        }
    }
}
