//! Markdown's block structure, read line by line the way CommonMark describes it: containers (list items,
//! quotes) and the one leaf that is open in them (paragraph, fence, comment …). It answers what a changelog
//! needs to know about a line, where it belongs and whether its text is text or code, and builds no tree: a
//! changelog of half a megabyte is read in well under a millisecond.

use super::html::{self, Until};
use super::starts::{self, Cursor, Indent, blank};

/// What a line is, once the containers around it are taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but spaces and tabs.
    Blank,
    /// A line of a paragraph (or of a link reference definition, or a list marker on its own).
    Text,
    /// An ATX heading of this level.
    Heading(usize),
    /// The underline that turns the paragraph above it into a heading.
    Underline,
    /// A thematic break.
    Break,
    /// The line that opens a code fence.
    FenceOpens,
    /// A line inside a code fence, or the one that closes it.
    Fence,
    /// A line of an indented code block.
    Code,
    /// A line of an HTML comment.
    Comment,
    /// A line of any other HTML block.
    Html,
}

/// Where a line belongs on the top level of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In no container at all.
    Outside,
    /// In a quote that is in no list item.
    Quoted,
    /// The line opens a top-level list item.
    Opens(Item),
    /// The line belongs to the top-level item above it; `lazy` if only because a paragraph goes on.
    Inside {
        /// The line does not reach the item's content column.
        lazy: bool,
    },
}

/// A list marker and the room it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// Columns in front of the marker.
    pub(super) indent: usize,
    /// Columns from the start of the line to the item's content: what further lines are indented by.
    pub(super) width: usize,
    /// `1.` or `1)` instead of `-`, `*` or `+`.
    pub(super) ordered: bool,
    /// Nothing follows the marker.
    pub(super) empty: bool,
}

/// What is known about one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it belongs.
    pub(super) place: Place,
    /// The column from which its bytes are code, so that tabs mean themselves: everything before it is
    /// structure and may be written as spaces. `usize::MAX` where no part of the line is code.
    pub(super) code_from: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Quote,
    Item { width: usize, empty: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Closed,
    Paragraph,
    Fence { marker: u8, length: usize, indent: usize, line: usize },
    Html { until: Until, line: usize },
}

/// Something that was opened and swallows the rest of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// What it is, for a message.
    pub(super) what: &'static str,
    /// The line (from 1) that opened it.
    pub(super) line: usize,
    /// Opened outside every container: nothing but its own end will close it.
    pub(super) outermost: bool,
    /// It is HTML: a browser goes on hiding text where Markdown has long ended the block.
    pub(super) html: bool,
}

/// Lists and quotes nested deeper than this are no document; without an end to it, a line of nothing but markers
/// would take the square of its length.
const DEEPEST: usize = 100;

/// The reader: feed it every line of a document in order.
#[derive(Debug)]
pub(super) struct Blocks {
    containers: Vec<Container>,
    leaf: Leaf,
    line: usize,
    cut_off: Option<Unclosed>,
    goes_on: bool,
}

impl Blocks {
    /// A reader at the start of a document.
    pub(super) fn new() -> Self {
        Self { containers: Vec::new(), leaf: Leaf::Closed, line: 0, cut_off: None, goes_on: false }
    }

    /// The number of the line read last, counted from 1.
    pub(super) fn line_number(&self) -> usize {
        self.line
    }

    /// The code fence, comment or other HTML block that is open now and would swallow whatever comes next.
    pub(super) fn unclosed(&self) -> Option<Unclosed> {
        let (what, line) = match self.leaf {
            Leaf::Fence { line, .. } => ("a code fence", line),
            Leaf::Html { until: Until::Comment, line } => ("an HTML comment", line),
            Leaf::Html { until, line } if until != Until::BlankLine => ("an HTML block", line),
            _ => return None,
        };
        let html = matches!(self.leaf, Leaf::Html { .. });
        Some(Unclosed { what, line, outermost: self.containers.is_empty(), html })
    }

    /// What was still open when the line read last ended the list item or quote around it (CommonMark, sections 4.5 and
    /// 4.6: the end of the container is the end of the block).
    pub(super) fn cut_off(&self) -> Option<Unclosed> {
        self.cut_off
    }

    /// Whether the line read last goes on with the paragraph, code or HTML above it.
    pub(super) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Reads the next line, given without its line ending.
    pub(super) fn read(&mut self, text: &str) -> Line {
        self.line += 1;
        let mut cursor = Cursor::new(text);
        let matched = self.match_containers(&mut cursor);
        let all = matched == self.containers.len();
        let mut place = if matched > 0 { self.container(false) } else { Place::Outside };
        self.cut_off = self.unclosed().filter(|_| !all);
        if all && let Some((kind, code_from)) = self.continue_leaf(&cursor) {
            self.goes_on = true;
            return Line { kind, place, code_from };
        }

        // From here on the line opens something, or is a line of a paragraph, or blank.
        let mut paragraph = self.leaf == Leaf::Paragraph;
        let mut interrupts = all && paragraph;
        let mut opened = false;
        let mut code_from = usize::MAX;
        let kind = loop {
            let indent = cursor.indent();
            let Some(byte) = indent.byte else { break Kind::Blank };
            if indent.columns >= 4 {
                if paragraph {
                    break Kind::Text;
                }
                self.close(matched, opened);
                // Each line of an indented code block is one by itself: no leaf stays open.
                code_from = cursor.column + 4;
                break Kind::Code;
            }
            if self.containers.len() >= DEEPEST {
                break Kind::Text;
            }
            let rest = cursor.behind(&indent);
            if byte == b'>' {
                self.close(matched, opened);
                cursor.quote(&indent);
                if self.containers.is_empty() {
                    place = Place::Quoted;
                }
                self.containers.push(Container::Quote);
            } else if let Some((kind, leaf)) = self.leaf_start(rest, &indent, paragraph, interrupts) {
                self.close(matched, opened);
                self.leaf = leaf;
                break kind;
            } else if let Some(marker) = starts::list_marker(rest, interrupts) {
                self.close(matched, opened);
                let item = cursor.item(&indent, marker);
                if self.containers.is_empty() {
                    place = Place::Opens(item);
                }
                self.containers.push(Container::Item { width: item.width, empty: item.empty });
            } else {
                break Kind::Text;
            }
            opened = true;
            paragraph = false;
            interrupts = false;
        };

        // Whatever a line opened, it is no part of the paragraph above.
        self.goes_on = paragraph && matches!(kind, Kind::Text | Kind::Underline);
        if kind == Kind::Text && paragraph && !all && !opened {
            return Line { kind, place: self.container(matched == 0), code_from: usize::MAX };
        }
        match kind {
            Kind::Blank | Kind::Text => {
                self.close(matched, opened);
                self.leaf = if kind == Kind::Text { Leaf::Paragraph } else { Leaf::Closed };
            }
            _ => {}
        }
        // A marker on its own is a line of its item, not a blank line of the document.
        let kind = if kind == Kind::Blank && opened { Kind::Text } else { kind };
        Line { kind, place, code_from }
    }

    /// The place of a line that belongs to the containers that are open.
    fn container(&self, lazy: bool) -> Place {
        match self.containers.first() {
            Some(Container::Item { .. }) => Place::Inside { lazy },
            Some(Container::Quote) => Place::Quoted,
            None => Place::Outside,
        }
    }

    /// How many of the open containers go on in this line; moves behind what belongs to them.
    fn match_containers(&mut self, cursor: &mut Cursor<'_>) -> usize {
        let mut matched = 0;
        for container in &mut self.containers {
            let indent = cursor.indent();
            match container {
                Container::Quote if indent.columns <= 3 && indent.byte == Some(b'>') => cursor.quote(&indent),
                Container::Item { empty: true, .. } if indent.byte.is_none() => break,
                Container::Item { .. } if indent.byte.is_none() => {}
                Container::Item { width, empty } if indent.columns >= *width => {
                    cursor.skip(*width);
                    *empty = false;
                }
                _ => break,
            }
            matched += 1;
        }
        matched
    }

    /// The line as part of the leaf that is open, where only that leaf decides; `None` where the line may open
    /// something else.
    fn continue_leaf(&mut self, cursor: &Cursor<'_>) -> Option<(Kind, usize)> {
        let indent = cursor.indent();
        let rest = cursor.behind(&indent);
        match self.leaf {
            Leaf::Fence { marker, length, indent: columns, .. } => {
                let run = rest.iter().take_while(|byte| **byte == marker).count();
                let closes =
                    indent.columns <= 3 && run >= length && blank(rest.get(run..).unwrap_or_default());
                if closes {
                    self.leaf = Leaf::Closed;
                }
                Some((Kind::Fence, cursor.column + columns))
            }
            Leaf::Html { until: Until::BlankLine, .. } if indent.byte.is_none() => {
                self.leaf = Leaf::Closed;
                None
            }
            Leaf::Html { until, .. } => {
                if until.met_by(rest) {
                    self.leaf = Leaf::Closed;
                }
                Some((until.kind(), usize::MAX))
            }
            Leaf::Closed | Leaf::Paragraph => None,
        }
    }

    /// The leaf that this line starts, if it starts one.
    fn leaf_start(
        &self,
        rest: &[u8],
        indent: &Indent,
        paragraph: bool,
        interrupts: bool,
    ) -> Option<(Kind, Leaf)> {
        let line = self.line;
        Some(match rest.first()? {
            b'#' => (Kind::Heading(starts::heading_level(rest)?), Leaf::Closed),
            b'`' | b'~' => {
                let (marker, length) = starts::fence(rest)?;
                (Kind::FenceOpens, Leaf::Fence { marker, length, indent: indent.columns, line })
            }
            b'<' => {
                let until =
                    html::block_start(rest).filter(|(_, interrupting)| *interrupting || !paragraph)?.0;
                let leaf = if until.met_by(rest) { Leaf::Closed } else { Leaf::Html { until, line } };
                (until.kind(), leaf)
            }
            b'=' | b'-' if interrupts && starts::underline(rest) => (Kind::Underline, Leaf::Closed),
            _ if starts::thematic_break(rest) => (Kind::Break, Leaf::Closed),
            _ => return None,
        })
    }

    /// Leaves the containers that the line did not match, unless that was done for this line already.
    fn close(&mut self, matched: usize, opened: bool) {
        if !opened {
            self.containers.truncate(matched);
        }
        self.leaf = Leaf::Closed;
    }
}

#[cfg(test)]
mod tests;
