//! Styled text as a value: lines of spans with roles. It stays comparable in tests and free of escape sequences
//! until it is printed.

use super::Role;

/// Lines in order, each of spans with an optional role. A preview has thousands of lines, so all of them share one
/// buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    buffer: String,
    /// The role of each span, and where in the buffer it ends.
    spans: Vec<(Option<Role>, usize)>,
    /// How many spans there are up to the end of each line, and how it goes on where it is too long for a terminal.
    lines: Vec<(usize, Flow)>,
}

/// How a line is shown on a terminal that is too narrow for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// In rows that end between words.
    #[default]
    Wraps,
    /// As it is, whatever becomes of it: a command to copy, a line of a patch.
    Exact,
}

impl Text {
    /// Adds a line without a role.
    pub fn plain(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.span(None, text.as_ref()).end_line()
    }

    /// Adds a line that plays one role.
    pub fn role(&mut self, role: Role, text: impl AsRef<str>) -> &mut Self {
        self.span(Some(role), text.as_ref()).end_line()
    }

    /// Adds a line of several spans.
    pub fn spans<const N: usize>(&mut self, spans: [(Option<Role>, String); N]) -> &mut Self {
        for (role, text) in spans {
            self.span(role, &text);
        }
        self.end_line()
    }

    /// Adds a line that begins with a mark, as the lines of a patch do.
    pub fn marked(&mut self, mark: char, role: Option<Role>, text: &str) -> &mut Self {
        self.buffer.push(mark);
        self.span(role, text).end_line().exact()
    }

    /// The line that was just added is never broken.
    pub fn exact(&mut self) -> &mut Self {
        if let Some((_, last)) = self.lines.last_mut() {
            *last = Flow::Exact;
        }
        self
    }

    /// None of the lines from this number on is ever broken.
    pub fn exact_from(&mut self, first: usize) -> &mut Self {
        for (_, flow) in self.lines.iter_mut().skip(first) {
            *flow = Flow::Exact;
        }
        self
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Adds an empty line.
    pub fn blank(&mut self) -> &mut Self {
        self.end_line()
    }

    /// Adds all lines of another text.
    pub fn append(&mut self, other: Text) -> &mut Self {
        let (bytes, spans) = (self.buffer.len(), self.spans.len());
        self.buffer.push_str(&other.buffer);
        self.spans.extend(other.spans.into_iter().map(|(role, end)| (role, bytes + end)));
        self.lines.extend(other.lines.into_iter().map(|(end, flow)| (spans + end, flow)));
        self
    }

    /// Every line, as its spans without a newline.
    pub fn lines(&self) -> impl Iterator<Item = impl Iterator<Item = (Option<Role>, &str)>> {
        let mut from = 0;
        self.lines.iter().map(move |(end, _)| {
            let spans = self.spans.get(from..*end).unwrap_or_default();
            let mut start =
                from.checked_sub(1).and_then(|last| self.spans.get(last)).map_or(0, |span| span.1);
            from = *end;
            spans.iter().map(move |(role, end)| {
                let text = self.buffer.get(start..*end).unwrap_or_default();
                start = *end;
                (*role, text)
            })
        })
    }

    /// How every line goes on where it is too long.
    pub fn flow(&self) -> impl Iterator<Item = Flow> {
        self.lines.iter().map(|(_, flow)| *flow)
    }

    /// How many bytes the bare text has, newlines included.
    pub fn size(&self) -> usize {
        self.buffer.len() + self.lines.len()
    }

    /// The bare text, each line with its newline.
    pub fn to_plain(&self) -> String {
        let mut plain = String::with_capacity(self.size());
        for line in self.lines() {
            plain.extend(line.map(|(_, text)| text));
            plain.push('\n');
        }
        plain
    }

    fn span(&mut self, role: Option<Role>, text: &str) -> &mut Self {
        self.buffer.push_str(text);
        self.spans.push((role, self.buffer.len()));
        self
    }

    fn end_line(&mut self) -> &mut Self {
        self.lines.push((self.spans.len(), Flow::Wraps));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_spans_come_out_as_they_were_put_in_also_of_an_appended_text() {
        let mut other = Text::default();
        other.blank().marked('+', Some(Role::Added), "new");
        let mut text = Text::default();
        text.plain("a")
            .spans([(Some(Role::Bold), "b".into()), (None, "ü".into())])
            .append(other)
            .role(Role::Dim, "");
        let lines: Vec<Vec<(Option<Role>, &str)>> = text.lines().map(Iterator::collect).collect();
        let expected: [&[(Option<Role>, &str)]; 5] = [
            &[(None, "a")],
            &[(Some(Role::Bold), "b"), (None, "ü")],
            &[],
            &[(Some(Role::Added), "+new")],
            &[(Some(Role::Dim), "")],
        ];
        assert_eq!(lines, expected);
        assert_eq!(text.to_plain(), "a\nbü\n\n+new\n\n");
        assert_eq!(text.size(), text.to_plain().len());
        let flow: Vec<Flow> = text.flow().collect();
        assert_eq!(flow, [Flow::Wraps, Flow::Wraps, Flow::Wraps, Flow::Exact, Flow::Wraps]);
        let first = text.count() - 2;
        assert_eq!(text.exact_from(first).flow().filter(|flow| *flow == Flow::Exact).count(), 2);
    }
}
