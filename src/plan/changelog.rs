//! The changelog's part of a plan: the rotated document, and the fragments it consumes as deletions. A release that
//! does not rotate says so at the gate and touches neither.

use super::FileChange;
use super::build::Workshop;
use super::guards::{holds_nul, line_of_nul};
use super::manifests::working_text;
use crate::changelog::{FileName, Fragment, Release, Style, classify, rotate};
use crate::config::{Config, Rotate};
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::FragmentFile;
use crate::version::Version;
use crate::words::on_one_line;

/// Whether a release of this version turns `[Unreleased]` into a section.
pub(super) fn rotates(config: &Config, version: &Version) -> bool {
    config.changelog.as_ref().is_some_and(|it| it.rotate == Rotate::Always || version.is_stable())
}

/// Plans the changelog, where one is configured.
pub(super) fn plan(workshop: &mut Workshop, files: Vec<FragmentFile>) {
    let Some(changelog) = &workshop.config.changelog else { return };
    if !rotates(workshop.config, &workshop.version) {
        // First among the notes: the words of the old script's gate.
        workshop.notes.insert(0, "pre-release — CHANGELOG will not be rotated".into());
        return;
    }
    let mut fragments = Vec::with_capacity(files.len());
    let mut executables = Vec::with_capacity(files.len());
    let limit = workshop.config.limits.manifest_bytes;
    for file in files {
        match fragment(file, limit) {
            Ok(None) => {}
            Ok(Some((fragment, executable))) => {
                fragments.push(fragment);
                executables.push(executable);
            }
            Err(problem) => workshop.problems.push(problem),
        }
    }
    let Some(TreeEntry::File { executable, .. }) = workshop.snapshot.files.get(&changelog.path) else {
        return;
    };
    // A pattern may have set a version in the prose around the sections.
    let Some(before) = working_text(workshop, &changelog.path) else { return };
    let (version, date) = (workshop.version.to_string(), workshop.date());
    let tag = workshop.config.tag.first().map(|tag| tag.name.render(&workshop.values())).unwrap_or_default();
    let release = Release { version: &version, date: &date, tag: &tag };
    match rotate(&changelog.path, &before, &fragments, &release, &Style { verbatim: changelog.verbatim }) {
        Err(problems) => workshop.problems.extend(problems),
        Ok(rotated) => {
            workshop.warnings.extend(rotated.warnings);
            let change = FileChange {
                path: changelog.path.clone(),
                executable: *executable,
                before: String::new(), // moved in by `draft`, last of all
                after: Some(rotated.text),
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
        }
    }
}

/// A file of the folder as a fragment, with its executable bit; nothing for the README and its like.
pub(super) fn fragment(file: FragmentFile, limit: u64) -> Result<Option<(Fragment, bool)>, Problem> {
    let FragmentFile { path, name, entry } = file;
    if name.contains(char::is_control) {
        let shown = on_one_line(&path);
        return Err(Problem::content(format!("`{shown}` has a control character in its name"))
            .hint("rename it: `<slug>.<type>.md`"));
    }
    let category = match (classify(&name), &entry) {
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
