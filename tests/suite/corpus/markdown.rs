//! Changelogs and fragments as a Markdown reader gets them, by a parser that is not ours.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream};

/// A block of Markdown as a reader gets it: its events without what a list's tightness, line wrapping and markers
/// change.
pub(super) type Reading = String;

/// One top-level block: what it is, and for a list each item.
enum Block {
    Heading(HeadingLevel, String),
    Bullets(Vec<Reading>),
    Other(Reading),
}

/// Reads Markdown with a parser that is not ours.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut events = TextMergeStream::new(Parser::new_ext(markdown, Options::ENABLE_TABLES));
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                found.push(Block::Heading(level, reading(&mut events, 0).trim().to_owned()));
            }
            Event::Start(Tag::List(None)) => {
                let mut items = Vec::new();
                while let Some(Event::Start(Tag::Item)) = events.next() {
                    items.push(reading(&mut events, 0));
                }
                found.push(Block::Bullets(items));
            }
            Event::Start(tag) => {
                let name = opening(&tag);
                let inside = reading(&mut events, 0);
                found.push(Block::Other(format!("{name}{inside}")));
            }
            Event::Html(html) => found.push(Block::Other(html.trim().to_owned())),
            other => found.push(Block::Other(format!("{other:?}"))),
        }
    }
    found
}

fn opening(tag: &Tag<'_>) -> String {
    match tag {
        // An item of a tight list has no paragraphs, one of a loose list has: merging lists may loosen them.
        Tag::Paragraph | Tag::HtmlBlock => String::new(),
        // A link reference at the end of the changelog makes a link of what a fragment alone has as text.
        Tag::Link { .. } => String::new(),
        tag => format!(" <{tag:?}> "),
    }
}

/// Everything up to the end of what was opened before.
fn reading<'a>(events: &mut impl Iterator<Item = Event<'a>>, mut depth: usize) -> Reading {
    let mut read = String::new();
    for event in events {
        match event {
            Event::Start(tag) => {
                depth += 1;
                read.push_str(&opening(&tag));
            }
            Event::End(_) if depth == 0 => break,
            Event::End(end) => {
                depth -= 1;
                read.push_str(match end {
                    TagEnd::Paragraph => "\n",
                    TagEnd::HtmlBlock | TagEnd::Link => "",
                    _ => "</>",
                });
            }
            Event::Text(text) => read.push_str(&text),
            Event::SoftBreak => read.push(' '),
            Event::Code(code) => read.push_str(&format!("`{code}`")),
            other => read.push_str(&format!("{other:?}")),
        }
    }
    read.trim_end().to_owned()
}

/// The items that a fragment must become, told from the fragment alone: its bullets if it starts with one, with what
/// follows them in the one before; else all of it as one.
pub(super) fn expected_items(fragment: &str, category: &str) -> Vec<Reading> {
    let mut blocks = blocks(fragment);
    if matches!(blocks.first(), Some(Block::Heading(_, text)) if text.eq_ignore_ascii_case(category)) {
        blocks.remove(0);
    }
    let starts_with_bullets = matches!(blocks.first(), Some(Block::Bullets(_)));
    let mut items: Vec<Reading> = Vec::new();
    let add = |items: &mut Vec<Reading>, text: String| match items.last_mut() {
        Some(last) => {
            last.push('\n');
            last.push_str(&text);
        }
        None => items.push(text),
    };
    for block in blocks {
        match block {
            Block::Bullets(bullets) if starts_with_bullets => items.extend(bullets),
            Block::Bullets(bullets) => {
                let inner: String = bullets.iter().map(|item| format!(" <Item> {item}</>")).collect();
                add(&mut items, format!(" <List(None)> {inner}</>"));
            }
            Block::Heading(level, text) => add(&mut items, format!("{level:?} {text}")),
            Block::Other(text) => add(&mut items, text),
        }
    }
    items
}

/// Readings are compared without the marks of how blocks follow each other, which depend on what surrounds them.
pub(super) fn bare(reading: &str) -> String {
    let mut bare = reading.replace("</>", " ");
    for level in 1..=6 {
        bare = bare.replace(
            &format!("<Heading {{ level: H{level}, id: None, classes: [], attrs: [] }}>"),
            &format!(" H{level} "),
        );
    }
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The items under each `### Type` heading of one `## ` section, in order.
pub(super) fn section_items(changelog: &str, heading: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut inside, mut category) = (false, String::new());
    for block in blocks(changelog) {
        match block {
            // In brackets only where no link reference at the end of the file makes a link of it.
            Block::Heading(HeadingLevel::H2, text) => inside = text.replace(['[', ']'], "") == heading,
            Block::Heading(HeadingLevel::H3, text) if inside => {
                assert!(!found.contains_key(&text), "`### {text}` stands twice");
                category = text.clone();
                found.insert(text, Vec::new());
            }
            Block::Bullets(items) if inside => {
                let list = found.get_mut(&category).expect("items stand under a heading");
                list.extend(items.iter().map(|item| bare(item)));
            }
            Block::Other(text) if inside => panic!("text that is no item: {text}"),
            _ => {}
        }
    }
    found
}
