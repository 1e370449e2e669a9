//! The changelogs' part of a plan: each rotated document, and the fragments it consumes as deletions. A release that
//! does not rotate one says so at the gate and touches neither.

use std::collections::HashMap;

use super::build::Workshop;
use super::guards::{holds_nul, line_of_nul};
use super::manifests::working_text;
use super::{FileChange, PlannedSection, PlannedSummary};
use crate::changelog::{
    FileName, Fragment, Reading, Release, Rotated, SummaryPolicy, Types, classify_in, has_entries,
    summary_text,
};
use crate::config::{Changelog, Rotate, Template, heading_values};
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::FragmentFile;
use crate::spec::SUMMARY_OPTION;
use crate::version::Version;
use crate::words::on_one_line;

/// Whether a release of this version turns the changelog's `[Unreleased]` into a section.
pub(super) fn rotates(changelog: &Changelog, version: &Version) -> bool {
    changelog.rotate == Rotate::Always || version.is_stable()
}

/// Plans every changelog that takes part in this release; returns the sections they get.
pub(super) fn plan(workshop: &mut Workshop, files: Vec<FragmentFile>) -> Vec<PlannedSection> {
    let config = workshop.config;
    let (rotating, staying): (Vec<_>, Vec<_>) =
        config.changelog.iter().partition(|changelog| rotates(changelog, &workshop.version));
    if rotating.is_empty() && !staying.is_empty() {
        // First among the notes: the words of the old script's gate.
        workshop.notes.insert(0, "pre-release — CHANGELOG will not be rotated".into());
    } else {
        let note = |it: &&Changelog| format!("pre-release — `{}` will not be rotated", it.path);
        workshop.notes.extend(staying.iter().map(note));
    }
    let summary = given_summary(workshop, &rotating);
    let mut by_folder: HashMap<String, Vec<FragmentFile>> = HashMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        by_folder.entry(folder).or_default().push(file);
    }
    let mut sections = Vec::new();
    for changelog in rotating {
        let files = changelog.fragments.as_ref().and_then(|folder| by_folder.remove(folder));
        sections.extend(section(workshop, changelog, files.unwrap_or_default(), &summary));
    }
    sections
}

/// What came of the summary that was given.
enum Given {
    /// None was.
    Nothing,
    /// This text.
    Text(String),
    /// It cannot be used, which is reported; so none is missing either.
    Unusable,
}

/// The summary that was given for this release, if a changelog takes one.
fn given_summary(workshop: &mut Workshop, rotating: &[&Changelog]) -> Given {
    let Some(given) = &workshop.spec.summary else { return Given::Nothing };
    if rotating.iter().any(|changelog| changelog.summary != SummaryPolicy::None) {
        return match summary_text(&given.text) {
            Ok(text) => Given::Text(text),
            Err(problems) => {
                workshop.problems.extend(problems);
                Given::Unusable
            }
        };
    }
    let (why, way_out) = match rotating.first() {
        Some(changelog) => (
            format!("`{}` takes no summary", changelog.path),
            "say `summary = \"optional\"` for the changelog in the configuration",
        ),
        None if workshop.config.changelog.is_empty() => {
            ("no changelog is configured".into(), "describe it as `[[changelog]]` in the configuration")
        }
        None => ("this release rotates no changelog".into(), "give it with the release that rotates one"),
    };
    // A variable may be set for every job of a pipeline; an option was typed for this release.
    if given.source == SUMMARY_OPTION {
        workshop.problems.push(
            Problem::content(format!("a summary was given, but {why}"))
                .hint(format!("leave `{SUMMARY_OPTION}` out, or {way_out}")),
        );
    } else {
        workshop.notes.push(format!("{} is not used: {why}", given.source));
    }
    Given::Nothing
}

/// Plans one changelog with the files of its folder; nothing where that is not possible, which is reported.
fn section(
    workshop: &mut Workshop,
    changelog: &Changelog,
    files: Vec<FragmentFile>,
    summary: &Given,
) -> Option<PlannedSection> {
    let mut fragments = Vec::with_capacity(files.len());
    let mut executables = Vec::with_capacity(files.len());
    let limit = workshop.config.limits.manifest_bytes;
    for file in files {
        match fragment(file, limit, &changelog.types) {
            Ok(None) => {}
            Ok(Some((fragment, executable))) => {
                fragments.push(fragment);
                executables.push(executable);
            }
            Err(problem) => workshop.problems.push(problem),
        }
    }
    let snapshot = workshop.snapshot;
    let TreeEntry::File { executable, .. } = snapshot.files.get(&changelog.path)? else { return None };
    // A pattern may have set a version in the prose around the sections.
    let before = working_text(workshop, &changelog.path)?;
    let before = before.as_ref();

    let values = workshop.values();
    let kind = changelog.tag.as_ref().or(workshop.config.tag.first().map(|tag| &tag.name));
    let tag = kind.map(|kind| kind.render(&values)).unwrap_or_default();
    let spelled = heading_values(&changelog.value, &values).with_tag(&tag);
    let placeholder = changelog.placeholder.as_deref();
    let reading = Reading::new(&changelog.path, before, &spelled.version, placeholder, &changelog.types);
    let from = reading.compared_from();
    let previous = kind.zip(from).and_then(|(kind, from)| previous_tag(workshop, changelog, kind, from));
    let heading = changelog.heading.clone().unwrap_or_else(Template::release_heading).render(&spelled);
    let mut style = changelog.style(&values);
    let given = match summary {
        Given::Text(text) if changelog.summary != SummaryPolicy::None => Some(text.as_str()),
        Given::Unusable => {
            style.summary = SummaryPolicy::None;
            None
        }
        _ => None,
    };
    let release = Release {
        version: &spelled.version,
        heading: &heading,
        follows: changelog.heading.is_none().then_some(spelled.date.as_str()),
        tag: &tag,
        previous_tag: previous.as_deref(),
        tags: &snapshot.tags,
        summary: given,
    };
    let Rotated { text, heading, warnings, notes, summary, .. } =
        match reading.rotate(&fragments, &release, &style) {
            Ok(rotated) => rotated,
            Err(problems) => {
                workshop.problems.extend(problems);
                let given = given.is_some() || style.empty.is_some() || !fragments.is_empty();
                workshop.nothing_new |=
                    !given && !has_entries(&changelog.path, before, style.placeholder.as_deref());
                return None;
            }
        };
    workshop.warnings.extend(warnings);
    workshop.notes.extend(notes);
    let change = FileChange {
        path: changelog.path.clone(),
        executable: *executable,
        before: String::new(), // moved in by `draft`, last of all
        after: Some(text),
        values: Vec::new(),
    };
    let deletions = fragments.into_iter().zip(executables).map(|(fragment, executable)| FileChange {
        path: fragment.path,
        executable,
        before: fragment.text,
        after: None,
        values: Vec::new(),
    });
    for change in deletions.chain([change]) {
        workshop.files.insert(change.path.clone(), change);
    }
    let source = workshop.spec.summary.as_ref().map(|given| given.source);
    let summary = summary.map(|summary| PlannedSummary {
        text: summary.text,
        given_by: source.filter(|_| summary.given),
        replaces: summary.replaces,
    });
    Some(PlannedSection { path: changelog.path.clone(), heading, summary })
}

/// Where the compare link of this release starts, if the footer compares with tags of another kind than its own: the
/// last release by the tags that are known. Whatever else a footer compares with is its author's own choice.
fn previous_tag(
    workshop: &mut Workshop,
    changelog: &Changelog,
    kind: &Template,
    from: &str,
) -> Option<String> {
    let is_of = |kind: &Template| kind.could_render_as(from).is_some();
    if is_of(kind) || !workshop.config.tag.iter().any(|tag| is_of(&tag.name)) {
        return None;
    }
    let snapshot = workshop.snapshot;
    let there = snapshot.remote.answer().into_iter().flat_map(|refs| refs.tags.keys());
    let earlier = |tag: &&String| {
        let version = Version::parse_either(kind.could_render_as(tag)?.text)?;
        let counts = version < workshop.version && rotates(changelog, &version);
        counts.then_some(version)
    };
    let last = snapshot.tags.iter().chain(there).filter(|tag| earlier(tag).is_some()).max_by_key(earlier);
    let (path, from) = (&changelog.path, on_one_line(from));
    workshop.warnings.push(match last {
        Some(last) => format!(
            "the footer of `{path}` compares with `{from}`, but its tags are `{kind}`: the new link starts at `{last}`"
        ),
        None => format!("the footer of `{path}` compares with `{from}`, but its tags are `{kind}`: the new link keeps it"),
    });
    last.cloned()
}

/// A file of the folder as a fragment of one of these types, with its executable bit; nothing for the README and its like.
pub(super) fn fragment(
    file: FragmentFile,
    limit: u64,
    types: &Types,
) -> Result<Option<(Fragment, bool)>, Problem> {
    let FragmentFile { path, name, entry } = file;
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    if name.contains(char::is_control) {
        let shown = on_one_line(&path);
        return Err(Problem::content(format!("`{shown}` has a control character in its name"))
            .hint(format!("rename it: `{folder}/<slug>.<type>.md`")));
    }
    let category = match (classify_in(folder, &name, types), &entry) {
        (Ok(FileName::NotAFragment), _) => return Ok(None),
        (_, TreeEntry::Folder) => {
            return Err(Problem::content(format!("`{path}` is a folder; fragments are files"))
                .hint(format!("move its files up, or remove it: `git rm -r {path}`")));
        }
        (Ok(FileName::Fragment { category, .. }), _) => category,
        (Err(problem), _) => return Err(problem),
    };
    match entry {
        TreeEntry::File { bytes, executable, .. } => match String::from_utf8(bytes) {
            Ok(text) => match line_of_nul(&text) {
                Some(line) => Err(holds_nul(&path, line)),
                None => Ok(Some((Fragment { path, category, text }, executable))),
            },
            Err(error) => Err(Problem::content(format!(
                "`{path}` is not UTF-8 text (byte {})",
                error.utf8_error().valid_up_to()
            ))
            .hint("save the fragment as UTF-8 and commit it")),
        },
        TreeEntry::TooLarge { bytes: size, .. } => Err(Problem::content(format!(
            "`{path}` is too large for a fragment: {size} bytes, the limit is {limit}"
        ))
        .hint("shorten it, or raise `limits.manifest-bytes` in the configuration")),
        _ => {
            Err(Problem::content(format!("`{path}` is not a plain file"))
                .hint("replace it by the file itself"))
        }
    }
}
