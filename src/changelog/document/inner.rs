//! What stands inside list items, quotes and blocks of HTML: definitions count there too, headings do not; where one was
//! hardly meant to stand there, nobody can tell.

use super::BodyLine;
use super::pass::{Doubt, Pass};
use crate::changelog::blocks::{Kind, Place};
use crate::changelog::footer::Definition;
use crate::changelog::heading::{self, Said};

impl<'a> Pass<'a, '_> {
    /// A line in a list item or a quote, or the first one behind an item that ends with the heading of a release.
    pub(super) fn inner(&mut self, line: &BodyLine<'a>, in_body: bool) {
        if let Place::Opens(item) = line.line.place {
            self.item_width = item.width;
        }
        let text = line.line.kind == Kind::Text;
        let opens = matches!(line.line.place, Place::Opens(_));
        let lazy = line.line.place == Place::Inside { lazy: true };
        let mut defines = false;
        if text
            && !lazy
            && (opens || !self.inner_paragraph)
            && line.line.place != Place::Outside
            && let Some(definition) = Definition::read_inside(self.text, line.start, line.content)
        {
            self.definitions.push(definition);
            defines = true;
        }
        self.inner_paragraph = text && !defines && line.line.place != Place::Outside;

        if line.line.kind == Kind::Blank {
            return;
        }
        if let Some((number, content, exact)) = self.in_item.take()
            && !matches!(line.line.place, Place::Inside { .. })
            && in_body
            && (!exact || line.is_heading())
        {
            self.doubts.push((number, content, Doubt::Item));
        }
        let indent = line.content.len() - line.content.trim_start_matches(' ').len();
        if in_body
            && indent <= 3
            && matches!(line.line.kind, Kind::Heading(1 | 2))
            && matches!(line.line.place, Place::Inside { .. })
            && heading::is_release(heading::text_of(line.content))
        {
            self.in_item = Some((line.number, line.content, indent == self.item_width));
        }
    }

    /// The line of a block of HTML that was meant as a heading below it: without a blank line it is no heading.
    pub(super) fn html(&mut self, line: &BodyLine<'a>) {
        let content = line.content.trim();
        let meant = line.line.kind == Kind::Html
            && content.starts_with('#')
            && self.open_elements.is_some_and(|open| open <= 0);
        if meant && matches!(heading::read(heading::text_of(content)), Said::Release(_) | Said::Unreleased) {
            self.doubts.push((line.number, line.content, Doubt::Html));
        }
        self.open_elements =
            (line.line.kind == Kind::Html).then(|| self.open_elements.unwrap_or_default() + opened(content));
    }
}

/// How many more elements of HTML a line opens than it closes.
fn opened(line: &str) -> isize {
    const VOID: [&str; 6] = ["br", "hr", "img", "input", "link", "source"];
    let mut open = 0;
    for tag in line.split('<').skip(1) {
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        let alone = tag.split('>').next().is_some_and(|tag| tag.ends_with('/'));
        if tag.starts_with('/') {
            open -= 1;
        } else if !name.is_empty() && !alone && !VOID.contains(&name.to_ascii_lowercase().as_str()) {
            open += 1;
        }
    }
    open
}
