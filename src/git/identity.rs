//! Who commits, chosen as git chooses: environment, then `author.*` or `committer.*`, then `user.*`, then `EMAIL`.
//! One thing is stricter: where all of these are silent, git may make up a name from the system's user database and
//! an address from the host's name, or leave the address empty; a release is not signed with a guess.

use std::ffi::OsString;

use super::settings::Settings;
use super::{Repository, date};
use serde::Serialize;

use crate::error::Problem;

/// What the environment says about identities; `Some("")` is not the same as `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityEnv {
    /// `GIT_AUTHOR_NAME`.
    pub author_name: Option<String>,
    /// `GIT_AUTHOR_EMAIL`.
    pub author_email: Option<String>,
    /// `GIT_AUTHOR_DATE`.
    pub author_date: Option<String>,
    /// `GIT_COMMITTER_NAME`.
    pub committer_name: Option<String>,
    /// `GIT_COMMITTER_EMAIL`.
    pub committer_email: Option<String>,
    /// `GIT_COMMITTER_DATE`.
    pub committer_date: Option<String>,
    /// `EMAIL`.
    pub email: Option<String>,
}

impl IdentityEnv {
    /// Reads the variables through `lookup`, which the one reader of the environment provides.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| lookup(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            author_name: text("GIT_AUTHOR_NAME"),
            author_email: text("GIT_AUTHOR_EMAIL"),
            author_date: text("GIT_AUTHOR_DATE"),
            committer_name: text("GIT_COMMITTER_NAME"),
            committer_email: text("GIT_COMMITTER_EMAIL"),
            committer_date: text("GIT_COMMITTER_DATE"),
            email: text("EMAIL"),
        }
    }
}

/// A person and a time, as they stand in a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Never empty, without line breaks and angle brackets.
    pub name: String,
    /// May be empty, as in git.
    pub email: String,
    /// Since the epoch.
    pub seconds: i64,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

impl Signature {
    /// As in the header of an object: `Name <address> seconds +zone`.
    pub(super) fn header(&self) -> String {
        format!("{} <{}> {}", self.name, self.email, self.date())
    }

    /// `SECONDS +ZONE`.
    pub(super) fn date(&self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        let zone = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
        format!("{} {zone}", self.seconds)
    }
}

/// The two people of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identities {
    /// Who wrote it.
    pub author: Signature,
    /// Who recorded it; also the tagger.
    pub committer: Signature,
}

impl Repository {
    /// Author and committer as git would choose them at `now` (seconds since the epoch), `offset_minutes` east of
    /// UTC. A date in `environment` that has no zone is taken in that same zone.
    ///
    /// # Errors
    /// No name or address is configured, one is unusable, or a date in the environment is not understood.
    pub fn identity(
        &self,
        now: i64,
        offset_minutes: i32,
        environment: &IdentityEnv,
    ) -> Result<Identities, Problem> {
        let settings = self.settings()?;
        let (author_name, author_email, author_date) =
            (&environment.author_name, &environment.author_email, &environment.author_date);
        let (name, email, date) =
            (&environment.committer_name, &environment.committer_email, &environment.committer_date);
        let email_variable = environment.email.as_deref();
        let person = |role: &'static str, given_name, given_email, given_date: &Option<String>| {
            let (seconds, offset_minutes) = when(role, given_date.as_deref(), now, offset_minutes)?;
            let (name, email) =
                Person { role, settings: &settings, email_variable }.choose(given_name, given_email)?;
            Ok(Signature { name, email, seconds, offset_minutes })
        };
        Ok(Identities {
            author: person("author", author_name, author_email, author_date)?,
            committer: person("committer", name, email, date)?,
        })
    }
}

fn when(role: &str, given: Option<&str>, now: i64, offset_minutes: i32) -> Result<(i64, i32), Problem> {
    match given.filter(|text| !text.is_empty()) {
        None => Ok((now, offset_minutes)),
        Some(text) => date::parse(text, offset_minutes).ok_or_else(|| {
            let variable = format!("GIT_{}_DATE", role.to_ascii_uppercase());
            Problem::circumstance(format!("`{variable}` is not a date: `{text}`"))
                .hint("write it like `2026-06-29T12:00:00+0200` or `@1782727200 +0200`")
        }),
    }
}

struct Person<'a> {
    role: &'static str,
    settings: &'a Settings,
    email_variable: Option<&'a str>,
}

impl Person<'_> {
    fn choose(&self, name: &Option<String>, email: &Option<String>) -> Result<(String, String), Problem> {
        let name = name.clone().or_else(|| self.setting("name"));
        let email = match email.clone().or_else(|| self.setting("email")) {
            Some(email) => Some(email),
            None => self.email_from_variable()?,
        };
        let (Some(name), Some(email)) = (&name, &email) else {
            let mut problem = Problem::circumstance(format!(
                "git does not know who you are: no {} to commit with",
                match (&name, &email) {
                    (None, None) => "name and no address",
                    (None, Some(_)) => "name",
                    _ => "address",
                }
            ));
            if name.is_none() {
                problem = problem.hint("git config --global user.name \"Your Name\"");
            }
            if email.is_none() {
                problem = problem.hint("git config --global user.email \"you@example.com\"");
            }
            return Err(problem);
        };
        let clean = without_crud(name);
        if clean.is_empty() {
            return Err(Problem::circumstance(format!(
                "the {}'s name is empty or holds nothing but punctuation: `{name}`",
                self.role
            ))
            .hint(format!("set `GIT_{}_NAME` or `user.name`", self.role.to_ascii_uppercase())));
        }
        Ok((clean, without_crud(email)))
    }

    fn setting(&self, key: &str) -> Option<String> {
        [self.role, "user"]
            .iter()
            .filter_map(|section| self.settings.text(&format!("{section}.{key}")))
            .find(|value| !value.is_empty())
    }

    /// `EMAIL`, which git looks at only while no address at all is configured.
    fn email_from_variable(&self) -> Result<Option<String>, Problem> {
        let only_configured = self.settings.truth("user.useConfigOnly")?.unwrap_or(false);
        let any_configured = ["user.email", "author.email", "committer.email"]
            .iter()
            .any(|name| self.settings.text(name).is_some());
        let usable = !only_configured && !any_configured;
        Ok(self.email_variable.filter(|email| usable && !email.is_empty()).map(str::to_owned))
    }
}

/// git drops blanks and some punctuation at both ends, and line breaks and angle brackets everywhere.
fn without_crud(text: &str) -> String {
    let crud = |character: char| character <= ' ' || ",:;<>\"\\'".contains(character);
    text.trim_matches(crud)
        .chars()
        .filter(|character| !matches!(character, '\n' | '<' | '>' | '\0'))
        .collect()
}
