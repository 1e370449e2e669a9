//! Links: the definitions that a changelog ends with, or holds wherever Markdown sees one, and the links inside its
//! headings. The `[Unreleased]` compare link moves on to the new tag and the new version gets a link of its own, spelled
//! as the others are; every other one stays.

mod compare;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::heading::{self, Newest};
use super::{Release, lines};
pub(super) use compare::CompareLink;

/// A link reference definition (CommonMark 4.7): `[label]: destination "title"`, each possibly on a line of its own. A
/// footnote is none.
static DEFINITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"\A {0,3}\[(?P<label>(?:[^\[\]\\^]|\\.)(?:[^\[\]\\]|\\.)*)\]:[ \t]*(?:\r?\n[ \t]*)?"#,
        r#"(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s<]\S*))"#,
        r#"(?:(?:[ \t]+|[ \t]*\r?\n[ \t]*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?[ \t]*(?:\r?\n|\z)"#,
    ))
    .ok()
});

/// A link reference definition, by its place in a changelog.
#[derive(Debug, Clone)]
pub(super) struct Definition<'a> {
    pub(super) label: &'a str,
    /// Its lines, without the ending of the last one.
    pub(super) span: Range<usize>,
    /// What stands between its brackets.
    label_at: Range<usize>,
    /// What it points to.
    target: Range<usize>,
}

impl<'a> Definition<'a> {
    /// Reads the definition that the text begins with at this place; with the place behind its lines.
    pub(super) fn read(text: &'a str, at: usize, end: usize) -> Option<(Self, usize)> {
        let part = text.get(at..end)?;
        // Nearly every paragraph of a changelog holds none: few are worth the expression.
        if !part.trim_start_matches(' ').starts_with('[') {
            return None;
        }
        let found = DEFINITION.as_ref()?.captures(part)?;
        let shifted = |range: Range<usize>| at + range.start..at + range.end;
        let label = found.name("label")?;
        let target = found.name("angled").or_else(|| found.name("bare"))?;
        let whole = found.get(0)?;
        if label.as_str().trim().is_empty() {
            return None;
        }
        let definition = Self {
            label: label.as_str().trim(),
            span: at..at + whole.as_str().trim_end_matches(['\r', '\n']).len(),
            label_at: shifted(label.range()),
            target: shifted(target.range()),
        };
        Some((definition, at + whole.end()))
    }

    /// Reads the definition of one line that stands in a list item or a quote, behind their marks.
    pub(super) fn read_inside(text: &'a str, start: usize, content: &str) -> Option<Self> {
        let marks = content.len() - content.trim_start_matches([' ', '\t', '>', '-', '*', '+']).len();
        let end = start + content.len();
        let (definition, _) = Self::read(text, start + marks, end)?;
        Some(Self { span: start..definition.span.end, ..definition })
    }

    /// The definition with another label and another target, everything else as it is written.
    fn with(&self, text: &str, label: &str, target: &str) -> String {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        format!(
            "{}{label}{}{target}{}",
            part(self.span.start, self.label_at.start),
            part(self.label_at.end, self.target.start),
            part(self.target.end, self.span.end)
        )
    }
}

/// The label of the link reference that this line defines.
pub(super) fn label(line: &str) -> Option<&str> {
    Definition::read(line, 0, line.len()).filter(|(_, end)| *end == line.len()).map(|(it, _)| it.label)
}

/// Whether two labels are one to Markdown.
fn is_same(one: &str, other: &str) -> bool {
    let folded = |label: &str| label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    one.eq_ignore_ascii_case(other) || folded(one) == folded(other)
}

/// Where the run of definitions starts that a changelog ends with; its length if it has none.
pub(super) fn start(text: &str) -> usize {
    let (mut footer, mut offset) = (text.len(), text.len());
    for line in text.split_inclusive('\n').rev() {
        offset -= line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if line.starts_with('[') && label(line).is_some() {
            footer = offset;
        } else if !line.trim().is_empty() {
            break;
        }
    }
    footer
}

/// Adds what stands in the run at the end to the definitions that Markdown sees: right below a list item, without a
/// blank line, they are only text to it, and yet meant as a footer.
pub(super) fn add_run<'a>(text: &'a str, from: usize, found: &mut Vec<Definition<'a>>) {
    let mut offset = from;
    for (content, ending) in lines(text.get(from..).unwrap_or_default()) {
        let end = offset + content.len();
        let known = |it: &Definition<'_>| it.span.start <= offset && offset <= it.span.end;
        if content.starts_with('[')
            && !found.iter().any(known)
            && let Some((definition, _)) = Definition::read(text, offset, end)
        {
            found.push(definition);
        }
        offset = end + ending.len();
    }
    found.sort_by_key(|it| it.span.start);
}

/// What the links of a changelog become in a release.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Which bytes of the changelog become what, in the order of their places.
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// What the new heading links to, where headings say it themselves.
    pub(super) target: Option<String>,
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The links of a changelog.
pub(super) struct Links<'d, 'a> {
    pub(super) path: &'d str,
    pub(super) text: &'a str,
    pub(super) definitions: &'d [Definition<'a>],
    /// Where the link of the `[Unreleased]` heading points to.
    pub(super) heading: Option<Range<usize>>,
    pub(super) newest: Option<&'d Newest<'a>>,
}

impl<'a> Links<'_, 'a> {
    /// The definition that a label means: the first of its kind.
    fn definition(&self, label: &str) -> Option<&Definition<'a>> {
        self.definitions.iter().find(|it| is_same(it.label, label))
    }

    /// Whether a definition of this label stands in the changelog.
    pub(super) fn defines(&self, label: &str) -> bool {
        self.definition(label).is_some()
    }

    /// Whether some definition is called like a release.
    pub(super) fn defines_releases(&self) -> bool {
        self.definitions.iter().any(|it| heading::is_release(it.label))
    }

    fn part(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The reference that `[Unreleased]` is compared with: `v0.1.0` of `…/compare/v0.1.0...main`.
    pub(super) fn compared_from(&self) -> Option<&'a str> {
        let defined = || self.definition("unreleased").map(|it| self.part(&it.target));
        let heading = self.heading.as_ref().map(|range| self.part(range));
        Some(heading.and_then(CompareLink::read).or_else(|| CompareLink::read(defined()?))?.from)
    }

    /// What the newest release's own link points to, in its heading or by a definition.
    fn target_of_newest(&self) -> Option<&'a str> {
        let newest = self.newest?;
        let inline = newest.target().and_then(|target| target.split([' ', '\t']).find(|it| !it.is_empty()));
        inline.or_else(|| Some(self.part(&self.definition(newest.label()?)?.target)))
    }

    /// Moves all of it on to `release`, whose heading will have the label `label` in brackets if it has any.
    pub(super) fn moved_on(&self, release: &Release<'_>, label: Option<&str>, newline: &str) -> Moves {
        let mut moves = Moves::default();
        let defined = self.definition("unreleased");
        let in_heading = self.heading.as_ref().and_then(|range| CompareLink::read(self.part(range)));
        let by_definition = defined.and_then(|it| CompareLink::read(self.part(&it.target)));
        let from = self.from(release, in_heading.as_ref().or(by_definition.as_ref()), &mut moves.notes);

        if let (Some(range), Some(link)) = (&self.heading, &in_heading) {
            moves.edits.push((range.clone(), link.with(release.tag, link.to)));
        } else if self.heading.is_some() {
            moves.warnings.push(format!(
                "the link of `[Unreleased]` in `{}` does not compare two versions: it stays as it is",
                self.path
            ));
        }
        moves.target = match in_heading.as_ref().or(by_definition.as_ref()) {
            Some(link) => Some(link.with(from.as_deref().unwrap_or(link.from), release.tag)),
            None => self.after_newest(release),
        };
        match (defined, &by_definition) {
            (Some(definition), Some(link)) => {
                moves.edits.push((definition.target.clone(), link.with(release.tag, link.to)));
                let base = from.as_deref().unwrap_or(link.from);
                let label = label.filter(|label| self.definition(label).is_none());
                if let Some(label) = label.filter(|_| base == release.tag) {
                    // A first release: there is nothing before it that it could be compared with.
                    moves.warnings.push(format!(
                        "the footer's `[Unreleased]` link compares with `{base}` already, so `[{label}]` gets no link"
                    ));
                } else if let Some(label) = label {
                    let target = link.with(base, release.tag);
                    let written = format!("{newline}{}", definition.with(self.text, label, &target));
                    moves.edits.push((definition.span.end..definition.span.end, written));
                }
            }
            (Some(_), None) => moves.warnings.push(format!(
                "the footer's `[Unreleased]` link does not compare two versions, so `[{}]` gets no link",
                label.unwrap_or(release.version)
            )),
            (None, _) => self.add_definition(release, label, newline, &mut moves),
        }
        self.left_behind(&mut moves);
        moves.edits.sort_by_key(|(range, _)| (range.start, range.end));
        moves
    }

    /// Gives the new section a link where the footer has none for `[Unreleased]` but one for the newest release.
    fn add_definition(&self, release: &Release<'_>, label: Option<&str>, newline: &str, moves: &mut Moves) {
        let Some(label) = label.filter(|label| self.definition(label).is_none()) else { return };
        let Some(newest) = self.newest else { return };
        let Some(definition) = newest.label().and_then(|label| self.definition(label)) else { return };
        let Some(target) = self.after_newest(release) else {
            moves.notes.push(format!(
                "`{}` gets no link for `[{label}]`: that of `[{}]` names no tag that could be replaced",
                self.path, definition.label
            ));
            return;
        };
        let written = definition.with(self.text, label, &target);
        // The oldest may come first: then the new one goes below.
        let versions = self.definitions.iter().filter(|it| heading::is_release(it.label));
        let (first, last) = versions.fold((None, None), |(first, _), it| (first.or(Some(it)), Some(it)));
        let is = |it: Option<&Definition<'_>>| it.is_some_and(|it| it.span == definition.span);
        if is(last) && !is(first) {
            moves.edits.push((definition.span.end..definition.span.end, format!("{newline}{written}")));
        } else {
            moves.edits.push((definition.span.start..definition.span.start, format!("{written}{newline}")));
        }
    }

    /// The link of the new release after the pattern of the newest one's.
    fn after_newest(&self, release: &Release<'_>) -> Option<String> {
        let (target, old) = (self.target_of_newest()?, self.newest?.named.version);
        if let Some(link) = CompareLink::read(target) {
            return Some(link.with(release.previous_tag.unwrap_or(link.to), release.tag));
        }
        let spelled = target.contains(old).then(|| target.replace(old, release.version));
        spelled.filter(|_| !release.version.is_empty())
    }

    /// Where the new compare link starts, if not where that of `[Unreleased]` does.
    fn from(
        &self,
        release: &Release<'_>,
        link: Option<&CompareLink<'_>>,
        notes: &mut Vec<String>,
    ) -> Option<String> {
        if let Some(previous) = release.previous_tag {
            return Some(previous.to_owned());
        }
        let (link, newest) = (link?, self.newest?);
        let (before, version) = heading::cut_at_version(link.from)?;
        if !heading::is_later(newest.named.version, version) {
            return None;
        }
        let own = self.target_of_newest().and_then(CompareLink::read).map(|link| link.to);
        let own = own.filter(|to| heading::cut_at_version(to).is_some());
        let base = own.map_or_else(|| format!("{before}{}", newest.named.version), str::to_owned);
        let exists = |tag: &str| release.tags.iter().any(|known| known == tag);
        if exists(link.from) && !exists(&base) {
            notes.push(format!(
                "`[Unreleased]` in `{}` compares with `{}`, although `{}` is the newest section (line {}): there is no \
                 tag `{base}`, so it stays the base",
                self.path, link.from, newest.named.version, newest.line
            ));
            return None;
        }
        notes.push(format!(
            "`[Unreleased]` in `{}` compares with `{}`, but `{}` is the newest section (line {}): the new link starts \
             at `{base}`",
            self.path, link.from, newest.named.version, newest.line
        ));
        Some(base)
    }

    /// Says which links of `[Unreleased]` stay as they are.
    fn left_behind(&self, moves: &mut Moves) {
        let place = |at: usize| self.text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
        let again = self.definitions.iter().filter(|it| is_same(it.label, "unreleased")).skip(1);
        for definition in again {
            moves.notes.push(format!(
                "line {} of `{}` defines `[Unreleased]` once more, which Markdown passes over: it stays as it is",
                place(definition.span.start),
                self.path
            ));
        }
        if self.heading.is_some() || self.definition("unreleased").is_some() {
            return;
        }
        let text = self.text.to_ascii_lowercase();
        for (at, found) in text.match_indices("[unreleased]:") {
            let rest = text.get(at + found.len()..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            if rest.contains("/compare/") {
                moves.notes.push(format!(
                    "line {} of `{}` reads like the link of `[Unreleased]`, but Markdown sees no definition there: it \
                     stays as it is",
                    place(at),
                    self.path
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests;
