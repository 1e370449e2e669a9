//! The dry run: the gate's block, everything that stands in the way, then the whole plan and its patch. It is read in
//! a terminal and in merge requests, so the summary comes first and the patch last, where `git apply` can take it.

use super::diff::patch;
use super::gate::gate;
use super::steps::steps;
use crate::error::{Problem, Scope};
use crate::plan::{Draft, FileChange, Plan};
use crate::ui::{Role, Text};
use crate::words::counted;

/// The whole preview. With `verbose` also the patches of deleted files, which are only counted otherwise, and what the
/// environment of steps holds.
pub fn preview(draft: &Draft, verbose: bool) -> Text {
    let mut text = Text::default();
    if let Some(plan) = &draft.plan {
        text.append(gate(plan)).blank();
    }
    problems(&mut text, &draft.problems, HEADINGS);
    if let Some(plan) = &draft.plan {
        files(&mut text, plan);
        replaced(&mut text, plan);
        steps(&mut text, &plan.steps, verbose);
        commit(&mut text, plan);
        tags(&mut text, plan);
        let first = text.count();
        for change in &plan.files {
            if change.after.is_some() || verbose {
                patch(&mut text, change);
            }
        }
        text.exact_from(first);
    }
    text
}

/// What stands above the problems of each kind.
const HEADINGS: [(Scope, &str); 2] = [
    (Scope::Content, "Refused until this is mended:"),
    (Scope::Circumstance, "Would refuse here (a release from the right place is not affected):"),
];

/// The problems, each with its ways out, under a heading for each kind.
pub(super) fn problems(text: &mut Text, problems: &[Problem], headings: [(Scope, &str); 2]) {
    for (scope, heading) in headings {
        let mut found = problems.iter().filter(|problem| problem.scope == scope).peekable();
        if found.peek().is_none() {
            continue;
        }
        text.role(Role::Bold, heading);
        let (role, word) = match scope {
            Scope::Content => (Role::Error, "error"),
            Scope::Circumstance => (Role::Warning, "here"),
        };
        for problem in found {
            for (number, line) in problem.message.lines().enumerate() {
                if number == 0 {
                    text.spans([(None, "  ".into()), (Some(role), word.into()), (None, format!(": {line}"))]);
                } else {
                    text.plain(format!("      {line}"));
                }
            }
            for hint in &problem.hints {
                text.spans([
                    (None, "  ".into()),
                    (Some(Role::Hint), "hint".into()),
                    (None, format!(": {hint}")),
                ]);
            }
        }
        text.blank();
    }
}

fn files(text: &mut Text, plan: &Plan) {
    text.role(Role::Bold, "Files:");
    let (kept, deleted): (Vec<_>, Vec<_>) = plan.files.iter().partition(|change| change.after.is_some());
    for change in kept {
        if change.values.is_empty() {
            text.plain(format!("  {}  {}", change.path, line_counts(change)));
        }
        for value in &change.values {
            text.spans([
                (None, format!("  {}:{}  {}  ", change.path, value.line, value.key)),
                (Some(Role::Removed), value.from.clone()),
                (None, " → ".into()),
                (Some(Role::Added), value.to.clone()),
            ]);
        }
    }
    for (folder, number) in by_folder(&deleted) {
        let what = counted(number, "file");
        text.plain(format!("  {folder}/  {what} deleted, now in the changelog"));
    }
    if plan.files.is_empty() {
        text.plain("  none");
    }
    text.blank();
}

/// The prose of a changelog that a given summary takes the place of, whole: nobody else will show it again.
fn replaced(text: &mut Text, plan: &Plan) {
    for section in &plan.sections {
        let Some(summary) = &section.summary else { continue };
        let Some(replaced) = &summary.replaces else { continue };
        text.role(Role::Bold, format!("Replaced by the summary, in {}:", section.path));
        for line in replaced.lines() {
            text.plain(format!("  | {line}"));
        }
        text.blank();
    }
}

/// Lines that the new text has more than the old one, for people; the patch below is exact.
fn line_counts(change: &FileChange) -> String {
    let count = |text: &str| {
        let unended = !text.is_empty() && !text.ends_with('\n');
        memchr::memchr_iter(b'\n', text.as_bytes()).count() + usize::from(unended)
    };
    let after = count(change.after.as_deref().unwrap_or_default());
    let before = count(&change.before);
    match after.checked_sub(before) {
        Some(0) => "changed".into(),
        Some(more) => format!("{} more", counted(more, "line")),
        None => format!("{} less", counted(before - after, "line")),
    }
}

fn by_folder(deleted: &[&FileChange]) -> Vec<(String, usize)> {
    let mut folders: Vec<(String, usize)> = Vec::new();
    for change in deleted {
        let folder = change.path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        match folders.last_mut() {
            Some((last, number)) if last == folder => *number += 1,
            _ => folders.push((folder.to_owned(), 1)),
        }
    }
    folders
}

fn commit(text: &mut Text, plan: &Plan) {
    text.role(Role::Bold, format!("Commit on {}:", plan.published.branch()));
    for line in plan.commit.message.lines() {
        text.plain(format!("  {line}").trim_end());
    }
    if let Some(author) = &plan.commit.author {
        text.role(Role::Dim, format!("  by {} <{}>", author.name, author.email));
    }
    text.blank();
}

fn tags(text: &mut Text, plan: &Plan) {
    text.role(Role::Bold, "Tags:");
    for tag in &plan.tags {
        text.plain(format!("  {}  {}", tag.name, tag.message.lines().next().unwrap_or_default()));
        for start in &tag.starts {
            text.role(Role::Dim, format!("    starts {start}"));
        }
    }
    text.blank();
}
