//! Text with placeholders such as `v{version}`. A template is checked once, when the configuration is read,
//! so that rendering cannot fail later; it can also be read backwards, to find the tags that it made.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::words::nearest;

/// A name that stands in braces in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// The new version as semver: `0.2.0-alpha.1`.
    Version,
    /// The new version in PEP 440's normal form: `0.2.0a1`.
    Pep440,
    /// The release part of the new version: `0.2.0`.
    Base,
    /// The first number of the new version.
    Major,
    /// The second number of the new version.
    Minor,
    /// The third number of the new version.
    Patch,
    /// The version before this release, as semver.
    Previous,
    /// The version before this release in PEP 440's normal form.
    PreviousPep440,
    /// The release part of the version before this release.
    PreviousBase,
    /// The day of the release: `2026-01-31`.
    Date,
    /// The name of a tag of this release, where one tag is spoken of.
    Tag,
}

impl Placeholder {
    /// Every placeholder there is, in the order in which people meet them.
    pub const ALL: [Placeholder; 11] = [
        Self::Version,
        Self::Pep440,
        Self::Base,
        Self::Major,
        Self::Minor,
        Self::Patch,
        Self::Previous,
        Self::PreviousPep440,
        Self::PreviousBase,
        Self::Date,
        Self::Tag,
    ];

    /// The name as written between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Pep440 => "pep440",
            Self::Base => "base",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Previous => "previous",
            Self::PreviousPep440 => "previous-pep440",
            Self::PreviousBase => "previous-base",
            Self::Date => "date",
            Self::Tag => "tag",
        }
    }

    /// Whether it stands for something of the version that a release makes.
    pub fn is_of_new_version(self) -> bool {
        use Placeholder::{Base, Major, Minor, Patch, Pep440, Version};
        matches!(self, Version | Pep440 | Base | Major | Minor | Patch)
    }

    /// Whether it stands for a whole version, old or new.
    pub fn is_version(self) -> bool {
        use Placeholder::{Base, Pep440, Previous, PreviousBase, PreviousPep440, Version};
        matches!(self, Version | Pep440 | Base | Previous | PreviousPep440 | PreviousBase)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.name() == name)
    }
}

/// What the placeholders stand for in one release, spelled out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// For `{version}`.
    pub version: String,
    /// For `{pep440}`.
    pub pep440: String,
    /// For `{base}`.
    pub base: String,
    /// For `{major}`.
    pub major: String,
    /// For `{minor}`.
    pub minor: String,
    /// For `{patch}`.
    pub patch: String,
    /// For `{previous}`.
    pub previous: String,
    /// For `{previous-pep440}`.
    pub previous_pep440: String,
    /// For `{previous-base}`.
    pub previous_base: String,
    /// For `{date}`.
    pub date: String,
    /// For `{tag}`; empty where no tag is spoken of, which validated templates never ask for.
    pub tag: String,
}

impl Values {
    /// The same values, speaking of this tag.
    #[must_use]
    pub fn with_tag(&self, tag: impl Into<String>) -> Self {
        Self { tag: tag.into(), ..self.clone() }
    }

    /// What one placeholder stands for.
    pub fn get(&self, placeholder: Placeholder) -> &str {
        match placeholder {
            Placeholder::Version => &self.version,
            Placeholder::Pep440 => &self.pep440,
            Placeholder::Base => &self.base,
            Placeholder::Major => &self.major,
            Placeholder::Minor => &self.minor,
            Placeholder::Patch => &self.patch,
            Placeholder::Previous => &self.previous,
            Placeholder::PreviousPep440 => &self.previous_pep440,
            Placeholder::PreviousBase => &self.previous_base,
            Placeholder::Date => &self.date,
            Placeholder::Tag => &self.tag,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(Placeholder),
}

/// Text with placeholders; `{{` and `}}` stand for the braces themselves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

/// What a rendered template was rendered from: the text in the place of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// How the version is spelled: [`Placeholder::Version`], [`Placeholder::Pep440`] or
    /// [`Placeholder::Base`].
    pub placeholder: Placeholder,
    /// The version as it stands in the name; its numbers may still have leading zeros or be too large.
    pub text: &'a str,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Every fault in it, each with a way out.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        // TOML leaves it open what a line ending inside a string is; a commit message must not depend on how
        // the file was checked out.
        let text = &text.replace("\r\n", "\n");
        let mut parts = Vec::new();
        let mut faults = Vec::new();
        let mut literal = String::new();
        let mut rest = text.as_str();
        while let Some((before, brace, after)) = split_at_brace(rest) {
            literal.push_str(before);
            rest = if let Some(doubled) = after.strip_prefix(brace) {
                literal.push(brace);
                doubled
            } else if brace == '}' {
                faults.push(
                    Problem::content("`}` without a `{` before it").hint("write `}}` for a brace itself"),
                );
                after
            } else if let Some((name, '}', after)) = split_at_brace(after) {
                match Placeholder::named(name) {
                    Some(placeholder) => {
                        if !literal.is_empty() {
                            parts.push(Part::Text(std::mem::take(&mut literal)));
                        }
                        parts.push(Part::Hole(placeholder));
                    }
                    None => faults.push(unknown_placeholder(name)),
                }
                after
            } else {
                faults.push(Problem::content("`{` is never closed").hint("write `{{` for a brace itself"));
                after
            };
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        if faults.is_empty() { Ok(Self { text: text.to_owned(), parts }) } else { Err(faults) }
    }

    /// The template `{version}`.
    pub fn version() -> Self {
        Self { text: "{version}".to_owned(), parts: vec![Part::Hole(Placeholder::Version)] }
    }

    /// The template of this text with `{version}` behind it; a brace in the text is itself.
    pub fn ending_in_version(before: &str) -> Self {
        Self {
            text: format!("{}{{version}}", before.replace('{', "{{").replace('}', "}}")),
            parts: vec![Part::Text(before.to_owned()), Part::Hole(Placeholder::Version)],
        }
    }

    /// The template `## [{version}] - {date}`, Keep a Changelog's heading of a release.
    pub fn release_heading() -> Self {
        let text = |text: &str| Part::Text(text.to_owned());
        let (version, date) = (Part::Hole(Placeholder::Version), Part::Hole(Placeholder::Date));
        Self {
            text: "## [{version}] - {date}".to_owned(),
            parts: vec![text("## ["), version, text("] - "), date],
        }
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text with every placeholder replaced.
    pub fn render(&self, values: &Values) -> String {
        let mut rendered = String::with_capacity(self.text.len() + 16);
        for part in &self.parts {
            rendered.push_str(match part {
                Part::Text(text) => text,
                Part::Hole(placeholder) => values.get(*placeholder),
            });
        }
        rendered
    }

    /// Whether the placeholder stands somewhere in the template.
    pub fn holds(&self, placeholder: Placeholder) -> bool {
        self.parts.contains(&Part::Hole(placeholder))
    }

    /// Whether it begins and whether it ends with a whole version.
    pub fn edges_with_version(&self) -> (bool, bool) {
        let is_version = |part: Option<&Part>| matches!(part, Some(Part::Hole(hole)) if hole.is_version());
        (is_version(self.parts.first()), is_version(self.parts.last()))
    }

    /// A regular expression that finds what the template would render for any version; the whole of it is the group
    /// `text`.
    pub fn as_expression(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => regex::escape(text),
            Part::Hole(_) => "[0-9][0-9A-Za-z.+-]*".to_owned(),
        };
        format!("(?<text>{})", self.parts.iter().map(part).collect::<String>())
    }

    /// Reads a version back out of a name that this template could have rendered: `scheduler-v{pep440}` finds
    /// `0.2.0a1` in `scheduler-v0.2.0a1` and nothing in `v0.2.0`. A version takes all that can belong to it.
    pub fn could_render_as<'a>(&self, name: &'a str) -> Option<Reading<'a>> {
        let mut rest = name;
        let mut found: Vec<(Placeholder, &'a str)> = Vec::new();
        for part in &self.parts {
            rest = match part {
                Part::Text(text) => rest.strip_prefix(text.as_str())?,
                Part::Hole(placeholder) => {
                    let (taken, after) = rest.split_at_checked(length_of(*placeholder, rest)?)?;
                    if found.iter().any(|(known, text)| known == placeholder && *text != taken) {
                        return None;
                    }
                    found.push((*placeholder, taken));
                    after
                }
            };
        }
        if !rest.is_empty() {
            return None;
        }
        [Placeholder::Version, Placeholder::Pep440, Placeholder::Base].into_iter().find_map(|wanted| {
            let (placeholder, text) = *found.iter().find(|(placeholder, _)| *placeholder == wanted)?;
            Some(Reading { placeholder, text })
        })
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.text
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|faults| {
            faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
        })
    }
}

fn unknown_placeholder(name: &str) -> Problem {
    let problem = Problem::content(format!("unknown placeholder `{{{name}}}`"));
    match nearest(name, Placeholder::ALL.into_iter().map(Placeholder::name)) {
        Some(near) => problem.hint(format!("did you mean `{{{near}}}`?")),
        None => {
            let known: Vec<_> =
                Placeholder::ALL.iter().map(|placeholder| format!("`{{{}}}`", placeholder.name())).collect();
            problem.hint(format!("known placeholders: {}", known.join(", ")))
        }
    }
}

/// The text before the first brace, the brace, the text after it.
fn split_at_brace(text: &str) -> Option<(&str, char, &str)> {
    let (before, from) = text.split_at_checked(text.find(['{', '}'])?)?;
    let mut characters = from.chars();
    let brace = characters.next()?;
    Some((before, brace, characters.as_str()))
}

/// How many bytes at the start of `text` the placeholder's value takes, if one stands there.
fn length_of(placeholder: Placeholder, text: &str) -> Option<usize> {
    let after = match placeholder {
        Placeholder::Version | Placeholder::Previous => {
            let base = after_base(text)?;
            let stage = ["-alpha.", "-beta.", "-rc."].iter().find_map(|stage| base.strip_prefix(stage));
            stage.and_then(after_digits).unwrap_or(base)
        }
        Placeholder::Pep440 | Placeholder::PreviousPep440 => {
            let base = after_base(text)?;
            let stage = ["a", "b", "rc"].iter().find_map(|stage| base.strip_prefix(stage));
            stage.and_then(after_digits).unwrap_or(base)
        }
        Placeholder::Base | Placeholder::PreviousBase => after_base(text)?,
        Placeholder::Major | Placeholder::Minor | Placeholder::Patch => after_digits(text)?,
        Placeholder::Date => {
            let year = after_digits(text)?.strip_prefix('-')?;
            after_digits(after_digits(year)?.strip_prefix('-')?)?
        }
        // A tag's name cannot contain itself; validation refuses it there.
        Placeholder::Tag => return None,
    };
    text.len().checked_sub(after.len())
}

fn after_base(text: &str) -> Option<&str> {
    let minor = after_digits(text)?.strip_prefix('.')?;
    after_digits(after_digits(minor)?.strip_prefix('.')?)
}

fn after_digits(text: &str) -> Option<&str> {
    let after = text.trim_start_matches(|character: char| character.is_ascii_digit());
    (after.len() < text.len()).then_some(after)
}

#[cfg(test)]
mod tests;
