//! What the configuration of another release tool already says, as far as it has the same meaning here. Each tool is
//! one file of this folder: it takes the text and returns a plain value. What stands in the repository then decides what
//! of it holds, and whatever does not is listed, so that nobody has to compare the two files.

mod bumpversion;
mod cargo_release;
mod carry;
mod changie;
mod commitizen;
mod ini;
mod release_it;
mod scriv;
mod tbump;
#[cfg(test)]
mod tests;
mod towncrier;
mod translate;
mod types;
mod write;

pub(super) use write::{Imported, import, types_table, with};

use crate::changelog::TypeEntry;
use crate::config::Paths;
use crate::snapshot::Survey;

// To add a tool: write its file with a `TOOL`, and give it a line here.
const TOOLS: &[Tool] = &[
    bumpversion::TOOL,
    tbump::TOOL,
    commitizen::TOOL,
    cargo_release::TOOL,
    release_it::TOOL,
    changie::TOOL,
    towncrier::TOOL,
    scriv::TOOL,
];

/// Another tool and how its configuration is read.
struct Tool {
    /// What people call it.
    name: &'static str,
    /// The files at the top of a repository that may configure it.
    files: &'static [&'static str],
    /// What such a file says; nothing where it does not speak of the tool. The path tells the format.
    read: fn(&str, &str) -> Option<Said>,
}

/// What one configuration says, in the templates of this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    /// The name of the tag.
    tag: Option<String>,
    /// The message of the tag.
    tag_message: Option<String>,
    /// The message of the release commit.
    commit_message: Option<String>,
    /// The branches that releases are cut on.
    branches: Vec<String>,
    /// The remote that they are pushed to.
    remote: Option<String>,
    /// Texts that move with the version.
    rewrites: Vec<Rewrite>,
    /// The changelog.
    changelog: Option<String>,
    /// The folder of fragments.
    fragments: Option<String>,
    /// The types of its changes, where they are others than Keep a Changelog's.
    types: Vec<(String, TypeEntry)>,
    /// What has no counterpart, in words.
    left_out: Vec<String>,
}

impl Said {
    /// Notes what is written under these keys and means nothing here.
    fn leave_out<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) {
        self.left_out.extend(keys.into_iter().map(|key| format!("`{key}`")));
    }
}

/// A text that another tool replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rewrite {
    /// The file, or a glob.
    path: String,
    /// What is looked for.
    find: Find,
}

/// How a tool says what is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Find {
    /// A text, and what takes its place.
    Text { find: String, replace: String },
    /// The version, in the lines that an expression matches.
    Line { expression: String },
    /// Whatever an expression matches, and what takes its place.
    Expression { search: String, replace: String },
}

/// Whether a file may be another tool's configuration.
pub(super) fn is_wanted(path: &str) -> bool {
    TOOLS.iter().any(|tool| tool.files.contains(&path))
}

/// A type of change with its name.
pub(super) type NamedType = (String, TypeEntry);

/// The tools that keep changes in files of their own.
const WITH_TYPES: [Tool; 3] = [changie::TOOL, towncrier::TOOL, scriv::TOOL];

/// Whether a file may be the configuration of such a tool.
pub(super) fn may_name_types(path: &str) -> bool {
    WITH_TYPES.iter().any(|tool| tool.files.contains(&path))
}

/// The types of changes that a tool has here instead of Keep a Changelog's, and the folder of its fragments, as far as
/// they are Markdown.
pub(super) fn own_types(survey: &Survey) -> Option<(Vec<NamedType>, Option<String>)> {
    let mut files = WITH_TYPES.iter().flat_map(|tool| tool.files.iter().map(move |file| (tool, *file)));
    files.find_map(|(tool, file)| {
        let said = (tool.read)(file, survey.texts.get(file)?)?;
        (!said.types.is_empty()).then_some((said.types, said.fragments))
    })
}

/// Those of towncrier, where its fragments are here and nothing says which they are.
pub(super) fn types_of_towncrier() -> Vec<(String, TypeEntry)> {
    let mut said = Said::default();
    types::say(&mut said, types::towncriers());
    said.types
}

/// The files besides those that other tools speak of; nothing where none of them is configured here.
pub(super) fn spoken_of(survey: &Survey) -> Option<Paths> {
    let all = read(survey);
    let mut paths: Vec<&str> = Vec::new();
    for (_, _, said) in &all {
        paths.extend(said.rewrites.iter().map(|rewrite| plain(&rewrite.path)));
        paths.extend(said.changelog.as_deref());
    }
    (!all.is_empty()).then(|| Paths::new(paths))
}

/// What every configuration says that is here, with its tool and its path.
fn read(survey: &Survey) -> Vec<(&'static str, &'static str, Said)> {
    let files = TOOLS.iter().flat_map(|tool| tool.files.iter().map(move |file| (tool, *file)));
    let read =
        files.filter_map(|(tool, file)| Some((tool.name, file, (tool.read)(file, survey.texts.get(file)?)?)));
    read.collect()
}

/// A path without the `./` that some tools write in front.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
