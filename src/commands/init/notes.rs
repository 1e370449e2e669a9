//! The changelog and the fragments of a repository, in any usual name and spelling; what other tools keep in their place is
//! named with the way to convert it.

use super::choice::{Answers, Choice};
use super::import::{own_types, types_of_towncrier};
use super::leading::folder_of;
use crate::changelog::{self, FileName, TypeEntry, Types, classify};
use crate::error::Result;
use crate::plan::is_called_changelog;
use crate::snapshot::Survey;

/// The changelog of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notes {
    /// The file that a release rotates.
    pub(super) changelog: Found,
    /// The folder of its fragments.
    pub(super) fragments: Option<String>,
    /// The types of its changes, where they are others than Keep a Changelog's.
    pub(super) types: Vec<(String, TypeEntry)>,
    /// What is there and takes no part, each with the reason or the way to convert it.
    pub(super) left: Vec<(String, String)>,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// There is none.
    Nothing,
    /// There is one without an `[Unreleased]` section, which no release can rotate.
    Unfit(String),
    /// There is one.
    Changelog(String),
}

/// The name of a changelog, and of a folder of fragments, that is to be made.
pub(super) const CHANGELOG: &str = "CHANGELOG.md";
pub(super) const FRAGMENTS: &str = "changelog.d";

/// Folders in which fragments of this tool may lie.
const FOLDERS: [&str; 9] = [
    FRAGMENTS,
    "changes",
    "newsfragments",
    "news",
    "changelog",
    "changelogs",
    "changelog/unreleased",
    "changelogs/unreleased",
    "docs/changelog.d",
];

/// Whether a file is called as a changelog is, where changelogs are.
pub(super) fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_called_changelog(name) && matches!(folder_of(path), "" | "docs" | "doc")
}

/// What keeps the notes.
pub(super) fn notes(survey: &Survey, answers: &mut dyn Answers) -> Result<Notes> {
    let is_markdown =
        |path: &str| path.to_lowercase().ends_with(".md") || path.to_lowercase().ends_with(".markdown");
    let mut left = Vec::new();
    let mut markdown: Vec<&String> = Vec::new();
    for path in survey.texts.keys().filter(|path| is_wanted(path)) {
        if is_markdown(path) {
            markdown.push(path);
        } else {
            let why =
                "a release rotates Markdown only; convert it, for example with pandoc, or keep it by hand";
            left.push((path.clone(), why.to_owned()));
        }
    }
    let reads = |path: &str| {
        let text = survey.texts.get(path).map(String::as_str).unwrap_or_default();
        changelog::Reading::new(path, text, "", None, &Types::default()).has_unreleased()
    };
    markdown.sort_by_key(|path| {
        let is_changelog = path.to_lowercase().contains("changelog");
        (!reads(path), path.contains('/'), !is_changelog, (*path).clone())
    });
    let number = if markdown.len() > 1 {
        answers.choose(&Choice::new("changelog", markdown.iter().map(|path| (*path).clone())))?
    } else {
        0
    };
    let changelog = match markdown.get(number) {
        None => Found::Nothing,
        Some(path) if reads(path) => Found::Changelog((*path).clone()),
        Some(path) => Found::Unfit((*path).clone()),
    };
    let others = markdown.iter().enumerate().filter(|(index, _)| *index != number);
    left.extend(others.map(|(_, path)| ((*path).clone(), "another changelog was chosen".to_owned())));
    let mut fragments = None;
    let (mut types, of_tool) = own_types(survey).unwrap_or_default();
    let others = FOLDERS.into_iter().filter(|folder| Some(*folder) != of_tool.as_deref());
    for folder in of_tool.as_deref().into_iter().chain(others) {
        let names: Vec<&str> =
            survey.paths.iter().filter(|path| folder_of(path) == folder).map(|path| name_of(path)).collect();
        let read = |types: &Types| {
            let own =
                names.iter().filter(|name| matches!(classify(name, types), Ok(FileName::Fragment { .. })));
            (own.count(), names.iter().find(|name| classify(name, types).is_err()))
        };
        let (mut own, mut foreign) =
            read(&if types.is_empty() { Types::default() } else { Types::own(types.clone()) });
        if foreign.is_some() && !types.is_empty() && fragments.is_none() {
            // A tool that is set up and no longer used: the fragments show which types the project has.
            let (usual, others) = read(&Types::default());
            if usual > 0 && others.is_none() {
                (own, foreign, types) = (usual, None, Vec::new());
            }
        } else if foreign.is_some() && types.is_empty() && fragments.is_none() {
            let towncriers = types_of_towncrier();
            let (theirs, others) = read(&Types::own(towncriers.clone()));
            if theirs > 0 && others.is_none() {
                (own, foreign, types) = (theirs, None, towncriers);
            }
        }
        match foreign {
            None if fragments.is_none()
                && (own > 0
                    || !names.is_empty() && (folder == FRAGMENTS || Some(folder) == of_tool.as_deref())) =>
            {
                fragments = Some(folder.to_owned());
            }
            Some(foreign) if own > 0 || matches!(folder, FRAGMENTS | "newsfragments") => {
                left.push((folder.to_owned(), way_for(folder, foreign, &types)));
            }
            _ => {}
        }
    }
    left.extend(other_tools(survey, !types.is_empty()));
    left.sort();
    left.dedup_by(|one, other| one.0 == other.0);
    Ok(Notes { changelog, fragments, types, left })
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How a fragment of another tool becomes one of ours, by an example.
fn way_for(folder: &str, name: &str, own: &[(String, TypeEntry)]) -> String {
    let stem = name.split('.').next().filter(|stem| !stem.is_empty() && *stem != "+").unwrap_or("change");
    let kind = name.split('.').nth(1).unwrap_or_default();
    let kind = match kind {
        _ if own.iter().any(|(own, _)| own == kind) => kind,
        _ if !own.is_empty() => "<type>",
        "feature" | "feat" | "enhancement" | "new" => "added",
        "bugfix" | "fix" | "bug" => "fixed",
        "removal" | "breaking" => "removed",
        "security" => "security",
        "deprecation" => "deprecated",
        _ => "changed",
    };
    format!(
        "`{name}` is not named like a fragment here; with every file renamed, as in `git mv {folder}/{name} {FRAGMENTS}/{stem}.{kind}.md`, \
         add `fragments = \"{FRAGMENTS}\"` to the changelog"
    )
}

/// Other tools that keep changes in files of their own.
fn other_tools(survey: &Survey, has_types: bool) -> Vec<(String, String)> {
    let lies_in = |folder: &str| survey.paths.iter().any(|path| path.starts_with(&format!("{folder}/")));
    let in_manifest = survey
        .texts
        .iter()
        .find(|(path, text)| name_of(path) == "pyproject.toml" && text.contains("[tool.towncrier"));
    let own_file = survey.paths.iter().find(|path| name_of(path) == "towncrier.toml");
    let towncrier = own_file.or(in_manifest.map(|(path, _)| path));
    let mut found = Vec::new();
    if let Some(path) = towncrier {
        found.push((
            path.clone(),
            if has_types {
                "towncrier is set up there: its `<!-- towncrier release notes start -->` becomes a line `## \
                 [Unreleased]`"
                    .to_owned()
            } else {
                format!(
                    "towncrier is set up there: its fragments become `{FRAGMENTS}/<slug>.<type>.md`, and its \
                     `<!-- towncrier release notes start -->` a line `## [Unreleased]`"
                )
            },
        ));
    }
    let way = |what: &str| {
        format!("{what}: write each pending one as `{FRAGMENTS}/<slug>.<type>.md`, then remove this one")
    };
    if survey.paths.iter().any(|path| matches!(path.as_str(), ".changie.yaml" | ".changie.yml"))
        || lies_in(".changes/unreleased")
    {
        found.push((".changes".to_owned(), way("changie's fragments are YAML")));
    }
    if lies_in(".changeset") {
        found.push((".changeset".to_owned(), way("changesets name the packages and bumps of a change")));
    }
    found
}
