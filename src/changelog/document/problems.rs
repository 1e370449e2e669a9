//! Why a changelog cannot be rotated, with the line and the text of each heading that is in the way.

use super::pass::{Doubt, Pass};
use crate::changelog::name_lines;
use crate::error::Problem;
use crate::words::on_one_line;

impl Pass<'_, '_> {
    pub(super) fn problems(&self, swallowed: Option<(&'static str, usize)>) -> Vec<Problem> {
        let path = self.path;
        let mut problems = Vec::new();
        if self.unreleased.is_none() {
            problems.push(self.missing());
        }
        if self.unreleased_lines.len() > 1 {
            let place = name_lines(&self.unreleased_lines);
            problems.push(
                Problem::content(format!("`{path}` has more than one `[Unreleased]` heading ({place})"))
                    .hint("merge them into one"),
            );
        }
        let own = self.newest.as_ref().and_then(|newest| newest.named.name);
        let same: Vec<usize> = (self.same_version.iter())
            .filter(|(_, named)| {
                named.name.is_none_or(|name| own.is_some_and(|own| own.eq_ignore_ascii_case(name)))
            })
            .map(|(line, _)| *line)
            .collect();
        if !same.is_empty() {
            let (place, version) = (name_lines(&same), self.version);
            problems.push(
                Problem::content(format!("`{path}` already has a section for `{version}` ({place})")).hint(
                    "move its entries under `[Unreleased]` and delete the heading: the release writes it",
                ),
            );
        }
        if !self.conflicts.is_empty() {
            let place = name_lines(&self.conflicts);
            problems.push(
                Problem::content(format!("`{path}` has conflict markers ({place})"))
                    .hint("resolve the merge in it"),
            );
        }
        if self.unreleased.is_some() {
            problems.extend(self.doubts.iter().map(|(line, text, doubt)| self.doubtful(*line, text, *doubt)));
            if let Some((line, text, name)) = self.named_end
                && !self.others.is_empty()
                && !self.others.iter().flatten().any(|other| other.eq_ignore_ascii_case(name))
            {
                problems.push(self.doubtful(line, text, Doubt::Heading));
            }
        }
        if let Some((what, line)) = swallowed {
            problems.push(
                Problem::content(format!("`{path}` opens {what} in line {line} and never closes it"))
                    .hint("close it; the entries of the release would become part of it"),
            );
        }
        problems
    }

    /// There is no `[Unreleased]`; what is nearly one is named.
    fn missing(&self) -> Problem {
        let path = self.path;
        let first = self.nearly.first();
        match first {
            Some((line, text)) => Problem::content(format!(
                "`{path}` has no `[Unreleased]` heading; line {line} is `{}`",
                shown(text)
            ))
            .hint(format!(
                "if that is where unreleased changes stand, write `## [Unreleased]` in line {line} instead"
            )),
            None => Problem::content(format!("`{path}` has no `[Unreleased]` heading"))
                .hint("add the line `## [Unreleased]` above the newest section"),
        }
    }

    fn doubtful(&self, line: usize, text: &str, doubt: Doubt) -> Problem {
        let (path, text) = (self.path, shown(text));
        match doubt {
            Doubt::Heading => Problem::content(format!(
                "`{path}`, line {line}: `{text}` may open the section of a release, or belong to `[Unreleased]`"
            ))
            .hint("write a release as `## [VERSION] - DATE`, and a heading inside `[Unreleased]` as `### …` without a version"),
            Doubt::Html => Problem::content(format!(
                "`{path}`, line {line}: `{text}` is no heading, because it goes on with the HTML above it"
            ))
            .hint("put a blank line above it"),
            Doubt::Item => Problem::content(format!(
                "`{path}`, line {line}: `{text}` is no heading of the document, because its indent makes it a part of the \
                 list item above it"
            ))
            .hint("write a release at the start of its line, and an example in a code fence"),
        }
    }
}

/// A heading as a message quotes it: its first line, not endless.
fn shown(text: &str) -> String {
    let line = on_one_line(text.lines().next().unwrap_or_default().trim());
    match line.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
