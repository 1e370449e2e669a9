//! Styled text as a value: lines of spans with roles. It stays comparable in tests and free of escape sequences
//! until it is printed.

use crate::ui::Role;

/// One line, without its newline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<(Option<Role>, String)>);

/// Lines in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Line>);

impl Text {
    /// Adds a line without a role.
    pub fn plain(&mut self, text: impl Into<String>) -> &mut Self {
        self.0.push(Line(vec![(None, text.into())]));
        self
    }

    /// Adds a line that plays one role.
    pub fn role(&mut self, role: Role, text: impl Into<String>) -> &mut Self {
        self.0.push(Line(vec![(Some(role), text.into())]));
        self
    }

    /// Adds a line of several spans.
    pub fn spans<const N: usize>(&mut self, spans: [(Option<Role>, String); N]) -> &mut Self {
        self.0.push(Line(spans.into()));
        self
    }

    /// Adds an empty line.
    pub fn blank(&mut self) -> &mut Self {
        self.0.push(Line::default());
        self
    }

    /// Adds all lines of another text.
    pub fn append(&mut self, other: Text) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    /// The bare text, each line with its newline.
    pub fn to_plain(&self) -> String {
        let mut plain = String::new();
        for line in &self.0 {
            plain.extend(line.0.iter().map(|(_, text)| text.as_str()));
            plain.push('\n');
        }
        plain
    }
}
