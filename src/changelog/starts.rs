//! How blocks start in Markdown: the characters that open a heading, a fence, a list item, and the cursor that counts
//! columns on the way to them, where a tab is as wide as its place makes it.

use super::blocks::Item;

/// A place in a line.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Columns up to here; inside a tab that is only partly used, `at` still points to the tab.
    pub(super) column: usize,
}

/// The white space at a place in a line.
pub(super) struct Indent {
    /// How wide it is.
    pub(super) columns: usize,
    /// Where it ends.
    at: usize,
    /// What follows; nothing on a blank line.
    pub(super) byte: Option<u8>,
}

impl<'a> Cursor<'a> {
    /// The start of a line, given without its ending.
    pub(super) fn new(line: &'a str) -> Self {
        Self { bytes: line.as_bytes(), at: 0, column: 0 }
    }

    /// The white space from here on.
    pub(super) fn indent(&self) -> Indent {
        let (mut at, mut column) = (self.at, self.column);
        let byte = loop {
            match self.bytes.get(at) {
                Some(b' ') => column += 1,
                Some(b'\t') => column = tab_stop(column),
                other => break other.copied(),
            }
            at += 1;
        };
        Indent { columns: column - self.column, at, byte }
    }

    /// What follows the white space.
    pub(super) fn behind(&self, indent: &Indent) -> &'a [u8] {
        self.bytes.get(indent.at..).unwrap_or_default()
    }

    /// Moves on by this many columns.
    pub(super) fn skip(&mut self, columns: usize) {
        let target = self.column + columns;
        while self.column < target {
            match self.bytes.get(self.at) {
                Some(b'\t') if tab_stop(self.column) > target => self.column = target,
                Some(b'\t') => {
                    self.column = tab_stop(self.column);
                    self.at += 1;
                }
                Some(_) => {
                    self.column += 1;
                    self.at += 1;
                }
                None => return,
            }
        }
    }

    /// Moves behind a `>` and the space that belongs to it.
    pub(super) fn quote(&mut self, indent: &Indent) {
        self.skip(indent.columns + 1);
        if matches!(self.bytes.get(self.at), Some(b' ' | b'\t')) {
            self.skip(1);
        }
    }

    /// Moves behind a list marker and the spaces that belong to it.
    pub(super) fn item(&mut self, indent: &Indent, marker: Marker) -> Item {
        self.skip(indent.columns + marker.length);
        let spaces = self.indent();
        let empty = spaces.byte.is_none();
        let padding = if empty || spaces.columns > 4 { 1 } else { spaces.columns };
        self.skip(padding);
        let width = indent.columns + marker.length + padding;
        Item { indent: indent.columns, width, ordered: marker.ordered, empty }
    }
}

/// What opens a list item.
#[derive(Clone, Copy)]
pub(super) struct Marker {
    length: usize,
    ordered: bool,
}

/// The list marker that this text starts with; `interrupts` if a paragraph is open, which takes more than any marker.
pub(super) fn list_marker(rest: &[u8], interrupts: bool) -> Option<Marker> {
    let marker = match rest.first()? {
        b'-' | b'*' | b'+' => Marker { length: 1, ordered: false },
        b'0'..=b'9' => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits > 9 || !matches!(rest.get(digits), Some(b'.' | b')')) {
                return None;
            }
            let number = rest.iter().take(digits).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
            if interrupts && number != 1 {
                return None;
            }
            Marker { length: digits + 1, ordered: true }
        }
        _ => return None,
    };
    let behind = rest.get(marker.length..)?;
    let separated = matches!(behind.first(), None | Some(b' ' | b'\t'));
    (separated && !(interrupts && blank(behind))).then_some(marker)
}

/// The level of the ATX heading that this text is.
pub(super) fn heading_level(rest: &[u8]) -> Option<usize> {
    let level = rest.iter().take_while(|byte| **byte == b'#').count();
    (level <= 6 && matches!(rest.get(level), None | Some(b' ' | b'\t'))).then_some(level)
}

/// Marker and length of the code fence that this text opens.
pub(super) fn fence(rest: &[u8]) -> Option<(u8, usize)> {
    let marker = *rest.first()?;
    let length = rest.iter().take_while(|byte| **byte == marker).count();
    let information = rest.get(length..)?;
    (length >= 3 && !(marker == b'`' && information.contains(&b'`'))).then_some((marker, length))
}

/// Whether this text turns a paragraph above it into a heading.
pub(super) fn underline(rest: &[u8]) -> bool {
    let Some(marker) = rest.first() else { return false };
    let run = rest.iter().take_while(|byte| *byte == marker).count();
    blank(rest.get(run..).unwrap_or_default())
}

/// Whether the text, from its first character on, is a thematic break.
pub(super) fn thematic_break(rest: &[u8]) -> bool {
    let Some(marker @ (b'*' | b'-' | b'_')) = rest.first() else { return false };
    let mut count = 0;
    rest.iter().all(|byte| {
        count += usize::from(byte == marker);
        byte == marker || matches!(byte, b' ' | b'\t')
    }) && count >= 3
}

/// Nothing but spaces and tabs.
pub(super) fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// The column behind a tab at `column`.
pub(super) fn tab_stop(column: usize) -> usize {
    column + 4 - column % 4
}
