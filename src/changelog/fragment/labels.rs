//! The labels of link references in fragments. CommonMark takes the first definition of a label for the whole document
//! (section 4.7), so a fragment's `[guide]: …` could turn the links of an older section, of the footer or of another
//! fragment. A label that is spoken for gets a number in the fragment that brings it, and in every link there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// The labels that are spoken for: written in brackets somewhere, and what follows the colon where it is a definition.
#[derive(Debug, Default)]
pub(in crate::changelog) struct Labels {
    known: BTreeMap<String, Option<String>>,
}

impl Labels {
    /// Takes every label in `text` as spoken for. What looks like one in code counts too: a number more is no harm.
    pub(in crate::changelog) fn add(&mut self, text: &str) {
        let mut rest = text;
        while let Some((_, behind)) = rest.split_once('[') {
            rest = behind;
            let Some((label, after)) = behind.split_once([']', '[']) else { break };
            if behind.as_bytes().get(label.len()) != Some(&b']') || label.len() > LONGEST {
                continue;
            }
            let target =
                after.strip_prefix(':').map(|after| target(after.lines().next().unwrap_or_default()));
            let known = self.known.entry(normal(label)).or_default();
            if known.is_none() {
                *known = target;
            }
        }
    }

    /// Takes the labels as spoken for that `text` uses and does not define itself.
    pub(in crate::changelog) fn add_borrowed(&mut self, text: &str) {
        let mut own = Self::default();
        own.add(text);
        let borrowed = own.known.into_iter().filter(|(_, target)| target.is_none());
        for (label, target) in borrowed {
            self.known.entry(label).or_insert(target);
        }
    }

    /// Whether a definition would change what somebody else's text means.
    fn forbid(&self, label: &str, defined_as: &str) -> bool {
        self.known.get(&normal(label)).is_some_and(|known| known.as_deref() != Some(defined_as))
    }

    fn holds(&self, label: &str) -> bool {
        self.known.contains_key(&normal(label))
    }
}

/// The longest label there is, in characters (CommonMark, section 6.3).
const LONGEST: usize = 999;

/// A label that got another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::changelog) struct Renamed {
    pub(in crate::changelog) from: String,
    pub(in crate::changelog) to: String,
}

/// Whether a fragment may define labels at all: most do not, and are not parsed for it.
pub(in crate::changelog) fn may_define(text: &str) -> bool {
    text.contains("]:")
}

/// The fragment with labels of its own wherever `taken` forbids the ones it brings.
pub(in crate::changelog) fn distinct<'a>(text: Cow<'a, str>, taken: &Labels) -> (Cow<'a, str>, Vec<Renamed>) {
    let (mut text, mut renamed) = (text, Vec::new());
    if !may_define(&text) {
        return (text, renamed);
    }
    let mut own = Labels::default();
    own.add(&text);
    // A second definition of a label comes to light once the first one has another name.
    while let Some(conflict) = definitions(&text).into_iter().find(|it| taken.forbid(&it.label, &it.target)) {
        let numbered = |number: usize| format!("{}-{number}", conflict.label);
        let free = |name: &String| !taken.holds(name) && !own.holds(name);
        let Some(name) = (2..).map(numbered).find(free) else { break };
        own.add(&format!("[{name}]"));
        let mut edits = uses(&text, &conflict.label, &name);
        edits.push((conflict.place, name.clone()));
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        let mut written = text.into_owned();
        for (place, name) in edits {
            written.replace_range(place, &name);
        }
        text = Cow::Owned(written);
        renamed.push(Renamed { from: conflict.label, to: name });
    }
    (text, renamed)
}

/// The labels that this text defines although `taken` forbids them.
pub(in crate::changelog) fn conflicting(text: &str, taken: &Labels) -> Vec<String> {
    if !may_define(text) {
        return Vec::new();
    }
    let conflicts = definitions(text).into_iter().filter(|it| taken.forbid(&it.label, &it.target));
    conflicts.map(|it| it.label).collect()
}

/// The lines, counted from 0, of which nothing is seen because they define labels.
pub(in crate::changelog) fn definition_lines(text: &str) -> Vec<Range<usize>> {
    if !may_define(text) {
        return Vec::new();
    }
    let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let mut lines: Vec<_> = parser(text)
        .reference_definitions()
        .iter()
        .map(|(_, definition)| {
            let end = text.get(definition.span.clone()).map_or(0, |it| it.trim_end().len());
            line(definition.span.start)..line(definition.span.start + end) + 1
        })
        .collect();
    lines.sort_by_key(|lines| lines.start);
    lines
}

/// A definition in a fragment.
struct Definition {
    label: String,
    /// Where the label stands, without its brackets.
    place: Range<usize>,
    target: String,
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_FOOTNOTES)
}

fn definitions(text: &str) -> Vec<Definition> {
    let definition = |span: Range<usize>| {
        let source = text.get(span.clone())?;
        let opens = source.find('[')? + 1;
        let length = source.get(opens..)?.find("]:")?;
        let place = span.start + opens..span.start + opens + length;
        let label = words(text.get(place.clone())?);
        let target = target(source.get(opens + length + 2..)?);
        Some(Definition { label, place, target })
    };
    let parser = parser(text);
    let references: Vec<_> = parser.reference_definitions().iter().map(|(_, it)| it.span.clone()).collect();
    let footnotes = parser.into_offset_iter().filter_map(|(event, span)| match event {
        Event::Start(Tag::FootnoteDefinition(_)) => Some(span),
        _ => None,
    });
    let mut found: Vec<_> = references.into_iter().chain(footnotes).filter_map(definition).collect();
    found.sort_by_key(|definition| definition.place.start);
    found
}

/// What makes every link of this label one of `name`: the place of each change, and what is written there.
fn uses(text: &str, label: &str, name: &str) -> Vec<(Range<usize>, String)> {
    let wanted = normal(label);
    let mut edits = Vec::new();
    for (event, span) in parser(text).into_offset_iter() {
        let source = text.get(span.clone()).unwrap_or_default();
        match event {
            Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. })
                if normal(&id) == wanted =>
            {
                let end = span.end;
                match link_type {
                    LinkType::Reference => {
                        let opens = source.rfind('[').map_or(end, |at| span.start + at + 1);
                        edits.push((opens..end - 1, name.to_owned()));
                    }
                    LinkType::Collapsed => {
                        // The parser counts the empty brackets to the link or not.
                        let at = if source.ends_with("[]") { end - 1 } else { end + 1 };
                        edits.push((at..at, name.to_owned()));
                    }
                    LinkType::Shortcut => edits.push((end..end, format!("[{name}]"))),
                    _ => {}
                }
            }
            Event::FootnoteReference(id) if normal(&format!("^{id}")) == wanted => {
                edits.push((span.start + 1..span.end - 1, name.to_owned()));
            }
            _ => {}
        }
    }
    edits
}

/// One space between words, as labels are compared.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A label as it is compared: without regard to case and white space.
fn normal(label: &str) -> String {
    words(label).to_lowercase().to_uppercase()
}

fn target(text: &str) -> String {
    words(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Labels {
        let mut labels = Labels::default();
        labels.add(text);
        labels
    }

    fn written(text: &str, others: &str) -> String {
        distinct(Cow::Borrowed(text), &taken(others)).0.into_owned()
    }

    #[test]
    fn a_label_that_is_spoken_for_gets_a_number_in_its_definition_and_in_every_link() {
        for (text, others, expected) in [
            (
                "See [guide].\n\n[guide]: /new\n",
                "[guide]: /old",
                "See [guide][guide-2].\n\n[guide-2]: /new\n",
            ),
            (
                "See [Guide][].\n\n[guide]: /new\n",
                "an old [guide] ",
                "See [Guide][guide-2].\n\n[guide-2]: /new\n",
            ),
            (
                "See [it][guide].\n\n[guide]: /new\n",
                "[GUIDE]: /old",
                "See [it][guide-2].\n\n[guide-2]: /new\n",
            ),
            ("![a][x] `[x]` \\[x]\n\n[x]: /n\n", "[x]: /o [x-2]", "![a][x-3] `[x]` \\[x]\n\n[x-3]: /n\n"),
            ("[![a]][b]\n\n[a]: /1\n[b]: /2\n", "[a] [b]", "[![a][a-2]][b-2]\n\n[a-2]: /1\n[b-2]: /2\n"),
            ("[a b]\n\n[a\nb]: /1\n", "[A  b]: /0", "[a b][a b-2]\n\n[a b-2]: /1\n"),
            ("- t [a]\n\n  [a]: /1\n", "[a]: /0", "- t [a][a-2]\n\n  [a-2]: /1\n"),
            ("Note[^1].\n\n[^1]: It is so.\n", "[^1]: Older.", "Note[^1-2].\n\n[^1-2]: It is so.\n"),
            ("[a]\n\n[a]: /1\n[a]: /2\n", "[a]: /0", "[a][a-2]\n\n[a-2]: /1\n[a-3]: /2\n"),
        ] {
            assert_eq!(written(text, others), expected);
        }
    }

    #[test]
    fn what_changes_nobody_elses_links_stays_as_it_is() {
        for (text, others) in [
            ("See [guide].\n\n[guide]: /new\n", "another [word]"),
            ("See [guide].\n\n[guide]:  /same \"t\"\n", "[Guide]: /same \"t\""),
            ("See [guide].\n", "[guide]: /old"),
            ("```\n[guide]: /new\n```\n", "[guide]: /old"),
            ("text\n[guide]: /new\n", "[guide]: /old"),
        ] {
            assert_eq!(written(text, others), text);
        }
    }

    #[test]
    fn the_lines_of_definitions_are_known_to_the_last_one() {
        assert_eq!(definition_lines("[a]: /1\n[b]:\n  /2\n  'x'\ntext [a]\n"), [0..1, 1..4]);
        assert!(definition_lines("text\n[a]: /1\n").is_empty());
    }
}
