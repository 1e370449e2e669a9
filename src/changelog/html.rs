//! Where an HTML block begins and ends in Markdown (the seven conditions of CommonMark, section 4.6). Inside one, a
//! `## [` or a list marker is not Markdown.

use super::blocks::Kind;

/// What ends an HTML block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// A closing tag of one of [`RAW`].
    RawTag,
    /// `-->`
    Comment,
    /// `?>`
    Instruction,
    /// `>`
    Declaration,
    /// `]]>`
    Cdata,
    /// The next blank line.
    BlankLine,
}

impl Until {
    /// Whether the block ends with this line.
    pub(super) fn met_by(self, line: &[u8]) -> bool {
        let holds = |end: &[u8]| line.windows(end.len()).any(|window| window.eq_ignore_ascii_case(end));
        match self {
            Self::RawTag => RAW.iter().any(|name| holds(format!("</{name}>").as_bytes())),
            Self::Comment => holds(b"-->"),
            Self::Instruction => holds(b"?>"),
            Self::Declaration => holds(b">"),
            Self::Cdata => holds(b"]]>"),
            Self::BlankLine => false,
        }
    }

    /// What the lines of the block are.
    pub(super) fn kind(self) -> Kind {
        if self == Self::Comment { Kind::Comment } else { Kind::Html }
    }
}

/// The block that a line starting with `<` opens, and whether it may interrupt a paragraph.
pub(super) fn block_start(line: &[u8]) -> Option<(Until, bool)> {
    let rest = line.strip_prefix(b"<")?;
    if rest.starts_with(b"!--") {
        return Some((Until::Comment, true));
    }
    if rest.starts_with(b"?") {
        return Some((Until::Instruction, true));
    }
    if rest.starts_with(b"![CDATA[") {
        return Some((Until::Cdata, true));
    }
    if let Some(declaration) = rest.strip_prefix(b"!") {
        return declaration
            .first()
            .filter(|byte| byte.is_ascii_alphabetic())
            .map(|_| (Until::Declaration, true));
    }
    let (closing, rest) = rest.strip_prefix(b"/").map_or((false, rest), |rest| (true, rest));
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    let (name, behind) = rest.split_at_checked(length)?;
    name.first().filter(|byte| byte.is_ascii_alphabetic())?;
    let named = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let separated = matches!(behind.first(), None | Some(b' ' | b'\t' | b'>'));
    if !closing && named(&RAW) {
        return separated.then_some((Until::RawTag, true));
    }
    if named(&BLOCK) && (separated || behind.starts_with(b"/>")) {
        return Some((Until::BlankLine, true));
    }
    // One complete tag alone on its line.
    let starts = if closing { &b" \t>"[..] } else { b" \t/>" };
    let complete = behind.first().is_some_and(|byte| starts.contains(byte)) && tag_ends_line(behind);
    complete.then_some((Until::BlankLine, false))
}

/// Whether the tag's first `>` outside quotation marks is the last thing on the line.
fn tag_ends_line(behind: &[u8]) -> bool {
    let mut quote = None;
    for (at, byte) in behind.iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'<' | b'`') => return false,
            (None, b'>') => return super::starts::blank(behind.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
    }
    false
}

const RAW: [&str; 4] = ["pre", "script", "style", "textarea"];

#[rustfmt::skip]
const BLOCK: [&str; 62] = [
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col",
    "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html",
    "iframe", "legend", "li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup",
    "option", "p", "param", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "title", "tr", "track", "ul",
];
