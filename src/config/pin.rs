//! Pins: values that a release takes along from elsewhere, such as the tag of the project that this one builds on. A
//! pin is given on the command line or by its variable, checked, and written to every place that is listed here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known::{Key, LONGEST_STEP_SECONDS, Shape, optional, required};
use super::rules;
use super::template::{Placeholder, Template, Values};
use crate::error::Problem;
use crate::manifest::Format;
use crate::manifest::pattern::Expression;
use crate::version::Version;

/// A value from elsewhere that a release writes down.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pin {
    /// Its name, which is also the name of its option: `oss-tag` is given with `--oss-tag`.
    pub name: String,
    /// The environment variable that gives it where the command line does not.
    pub variable: Option<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// What it must look like: a tag's name with `{version}`, `{pep440}` or `{base}` in it.
    #[serde(default = "version_tag")]
    pub shape: Template,
    /// Where a tag of that name must exist: the URL of a repository, or the name of a remote.
    pub remote: Option<String>,
    /// How long that remote may take to answer, in seconds.
    #[serde(default = "twenty_seconds")]
    pub remote_timeout_seconds: u64,
    /// No release is cut without it.
    #[serde(default)]
    pub required: bool,
    /// Where it is written; at least one place.
    pub write: Vec<PinWrite>,
}

/// One file that holds a pin.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PinWrite {
    /// The file, relative to the repository root.
    pub path: String,
    /// The format's name where the file's name does not give it away.
    pub format: Option<String>,
    /// The place inside the file: a variable, an `ARG`, a key, a pointer.
    pub key: Option<String>,
    /// In place of `format`, `key` and `value`: an expression with groups named `tag`, `version`, `pep440` or `base`, each
    /// of which is set.
    pub regex: Option<String>,
    /// What the place holds: `{tag}` is the pin itself, `{version}` and its like are the version in it.
    #[serde(default = "the_tag")]
    pub value: Template,
    /// How many places the file must have, or matches of `regex`: no more and no less.
    #[serde(default = "once")]
    pub count: u64,
}

/// The keys of a `[[pin]]`.
pub(super) const PIN: &[Key] = &[
    required("name", Shape::Text(option_name)),
    optional("variable", Shape::Text(variable_name)),
    optional("description", Shape::Text(rules::line)),
    optional("shape", Shape::Text(rules::tag_name)),
    optional("remote", Shape::Text(remote)),
    optional("remote-timeout-seconds", Shape::Count(1, LONGEST_STEP_SECONDS)),
    optional("required", Shape::Flag),
    required("write", Shape::Tables(WRITE)),
];

const WRITE: &[Key] = &[
    required("path", Shape::Text(rules::path)),
    optional("format", Shape::Choice(|| Format::ALL.iter().map(|format| format.name()).collect())),
    optional("key", Shape::Text(rules::line)),
    optional("regex", Shape::Text(expression)),
    optional("value", Shape::Text(written_value)),
    optional("count", Shape::Count(1, MOST_PLACES)),
];

/// More places than this in one file are a mistake.
const MOST_PLACES: i64 = 10_000;

fn version_tag() -> Template {
    Template::parse("v{version}").unwrap_or_else(|_| Template::version())
}

fn the_tag() -> Template {
    Template::parse("{tag}").unwrap_or_else(|_| Template::version())
}

fn twenty_seconds() -> u64 {
    20
}

fn once() -> u64 {
    1
}

impl Pin {
    /// The version in a value of this pin's shape; nothing where the value has another shape.
    pub fn version_in(&self, value: &str) -> Option<Version> {
        let reading = self.shape.could_render_as(value)?;
        let version = Version::parse_either(reading.text)?;
        // Reading is lenient: leading zeros and foreign spellings do not come out again.
        (self.shape.render(&values(&version, value)) == value).then_some(version)
    }

    /// A value of this pin's shape.
    pub fn shaped(&self, version: &Version) -> String {
        self.shape.render(&values(version, ""))
    }

    /// What a place of this pin holds for a value of its shape.
    pub fn written(write: &PinWrite, value: &str, version: &Version) -> String {
        write.value.render(&values(version, value))
    }

    /// What a group of a place's expression holds for a value of its shape.
    pub fn grouped(group: &str, value: &str, version: &Version) -> Option<String> {
        Some(values(version, value).get(placeholder_of(group)?).to_owned())
    }

    /// The option that gives it.
    pub fn option(&self) -> String {
        format!("--{}", self.name)
    }
}

impl PinWrite {
    /// The format of the file; there is one in every checked configuration.
    pub fn format(&self) -> Option<Format> {
        match &self.format {
            Some(name) => Format::from_name(name),
            None => Format::from_path(&self.path),
        }
    }
}

/// What the placeholders stand for where a pin is written: the version in it, and the pin itself as the tag.
fn values(version: &Version, value: &str) -> Values {
    Values {
        version: version.to_string(),
        pep440: version.pep440(),
        base: version.base().to_string(),
        major: version.major.to_string(),
        minor: version.minor.to_string(),
        patch: version.patch.to_string(),
        tag: value.to_owned(),
        ..Values::default()
    }
}

/// The placeholder that a group of an expression is named after; only those that say something of a pin.
fn placeholder_of(group: &str) -> Option<Placeholder> {
    Placeholder::ALL.into_iter().find(|known| known.name() == group && says_something(*known))
}

/// Whether a placeholder stands for a part of a pin, or the whole of it.
fn says_something(placeholder: Placeholder) -> bool {
    placeholder == Placeholder::Tag || placeholder.is_of_new_version()
}

/// An expression whose groups are named after what they hold of the pin.
fn expression(text: &str) -> Vec<Problem> {
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(problem) => return vec![problem],
    };
    let unknown = expression.groups().filter(|group| placeholder_of(group).is_none());
    unknown
        .map(|group| {
            Problem::content(format!("holds the group `{group}`, which says nothing of a pin"))
                .hint("write `(?<tag>…)` for the pin itself, or `version`, `pep440`, `base` of it")
        })
        .collect()
}

/// The name of an option: words of small letters and digits.
fn option_name(text: &str) -> Vec<Problem> {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    if !text.split('-').all(is_word) {
        return vec![
            Problem::content(format!("`{text}` is not the name of an option"))
                .hint("write words of small letters with dashes between them, such as `oss-tag`"),
        ];
    }
    if crate::cli::known_options().iter().any(|option| option == text) {
        return vec![
            Problem::content(format!("`--{text}` is an option of its own"))
                .hint("give the pin another name, such as `oss-tag`"),
        ];
    }
    Vec::new()
}

fn variable_name(text: &str) -> Vec<Problem> {
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if starts && text.chars().all(plain) {
        return Vec::new();
    }
    vec![
        Problem::content(format!("`{text}` is not the name of an environment variable"))
            .hint("write capital letters, digits and underscores, such as `TRUEPPM_OSS_TAG`"),
    ]
}

/// A repository that git can ask. A transport that runs a command is not one, nor is a word that git takes for an
/// option.
fn remote(text: &str) -> Vec<Problem> {
    let faults = rules::line(text);
    if !faults.is_empty() {
        return faults;
    }
    if text.starts_with('-') || text.contains("::") || text.contains(char::is_whitespace) {
        return vec![
            Problem::content(format!("`{text}` is neither a URL nor the name of a remote")).hint(
                "write a URL such as `https://gitlab.com/group/project.git`, or a name such as `origin`",
            ),
        ];
    }
    Vec::new()
}

/// What a place holds: something of the pin, on one line.
fn written_value(text: &str) -> Vec<Problem> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    let mut unknown = Placeholder::ALL.into_iter().filter(|placeholder| !says_something(*placeholder));
    if let Some(placeholder) = unknown.find(|placeholder| template.holds(*placeholder)) {
        return vec![
            Problem::content(format!("`{{{}}}` says nothing of a pin", placeholder.name()))
                .hint("write `{tag}` for the pin itself, or `{version}`, `{pep440}`, `{base}` of it"),
        ];
    }
    if !Placeholder::ALL.into_iter().any(|placeholder| template.holds(placeholder)) {
        return vec![
            Problem::content(format!("`{text}` holds nothing of the pin"))
                .hint("write `{tag}` for the pin itself, or `{version}`, `{pep440}`, `{base}` of it"),
        ];
    }
    rules::line(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(shape: &str) -> Pin {
        Pin {
            name: "oss-tag".into(),
            variable: None,
            description: None,
            shape: Template::parse(shape).unwrap(),
            remote: None,
            remote_timeout_seconds: 20,
            required: false,
            write: Vec::new(),
        }
    }

    #[test]
    fn a_value_has_its_shape_or_not_to_the_letter() {
        let version = |shape: &str, value: &str| pin(shape).version_in(value).map(|it| it.to_string());
        assert_eq!(version("v{version}", "v0.2.0").as_deref(), Some("0.2.0"));
        assert_eq!(version("v{version}", "v0.2.0-rc.1").as_deref(), Some("0.2.0-rc.1"));
        assert_eq!(version("oss-{pep440}", "oss-0.2.0a1").as_deref(), Some("0.2.0-alpha.1"));
        assert_eq!(version("v{base}", "v0.2.0").as_deref(), Some("0.2.0"));
        for (shape, value) in [
            ("v{version}", "0.2.0"),
            ("v{version}", "v0.2"),
            ("v{version}", "v0.2.0a1"),
            ("v{version}", "v00.2.0"),
            ("v{version}", "v0.2.0 "),
            ("v{version}", "v0.2.0-alpha.01"),
            ("v{version}", "v99999999999999999999.0.0"),
            ("v{base}", "v0.2.0-rc.1"),
            ("v{version}", "main"),
            ("v{version}", ""),
        ] {
            assert_eq!(version(shape, value), None, "{shape} {value:?}");
        }
    }

    #[test]
    fn names_variables_remotes_and_values_are_checked() {
        let first = |faults: Vec<Problem>| faults.into_iter().next().map(|fault| fault.message);
        for good in ["oss-tag", "a", "base2-image"] {
            assert_eq!(option_name(good), [], "{good}");
        }
        for bad in ["", "OSS", "oss_tag", "-a", "a-", "a--b", "2a", "é", "a b", "a=b"] {
            assert!(first(option_name(bad)).unwrap().ends_with("is not the name of an option"), "{bad:?}");
        }
        for own in ["date", "dry-run", "pin", "help", "version", "keep", "config"] {
            assert_eq!(first(option_name(own)), Some(format!("`--{own}` is an option of its own")));
        }
        assert_eq!(variable_name("TRUEPPM_OSS_TAG"), []);
        for bad in ["", "A-B", "1A", "A=B", "é"] {
            assert!(!variable_name(bad).is_empty(), "{bad:?}");
        }
        for good in ["origin", "https://gitlab.com/a/b.git", "git@host:a/b.git", "../oss.git", "/srv/a.git"] {
            assert_eq!(remote(good), [], "{good}");
        }
        for bad in ["", "--upload-pack=x", "ext::sh -c x", "ext::x", "a b", "a\nb"] {
            assert!(!remote(bad).is_empty(), "{bad:?}");
        }
        for good in ["{tag}", "image:{version}", "{pep440}", "{major}"] {
            assert_eq!(written_value(good), [], "{good}");
        }
        for good in ["oss (?<tag>v\\S+)", "(?<version>x)-(?<pep440>y)-(?<base>z)-(?<major>1)"] {
            assert_eq!(expression(good), [], "{good}");
        }
        for bad in ["(", "v1", "(?<date>x)", "(?<previous>x)", "(?<tga>x)"] {
            assert!(!expression(bad).is_empty(), "{bad:?}");
        }
        for bad in ["", "v", "{previous}", "{tag} {date}", "{tga}", "{tag}\n"] {
            assert!(!written_value(bad).is_empty(), "{bad:?}");
        }
    }
}
