//! The reader against tables, and against a Markdown parser that is not ours.
#![expect(clippy::string_slice, reason = "a test that cuts a text in the wrong place should fail")]

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag};

use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    let mut blocks = Blocks::new();
    text.split('\n').map(|line| blocks.read(line).kind).collect()
}

#[test]
fn a_line_of_nothing_but_markers_is_read_in_linear_time() {
    // In the square of its length this would take minutes.
    for marker in ["- ", "> ", "1. ", "-\t"] {
        let line = marker.repeat(200_000) + "x";
        assert_eq!(kinds(&format!("{line}\n{line}"))[0], Kind::Text);
    }
}

#[test]
fn a_fence_ends_only_with_its_own_marker_at_least_as_long() {
    use Kind::{Fence, FenceOpens, Text};
    assert_eq!(kinds("```\n~~~\n``\n``` x\n````\na"), [FenceOpens, Fence, Fence, Fence, Fence, Text]);
    assert_eq!(kinds("~~~~\n~~~\n~~~~~\na"), [FenceOpens, Fence, Fence, Text]);
    assert_eq!(kinds("``` a`b\na"), [Text, Text], "an information string holds no backtick");
}

#[test]
fn a_comment_lasts_until_its_end_and_begins_only_at_the_start_of_a_line() {
    use Kind::{Comment, Heading, Text};
    assert_eq!(kinds("<!-- a\n\n## [1]\n--> b\n## [1]"), [Comment, Comment, Comment, Comment, Heading(2)]);
    assert_eq!(kinds("a <!-- b\n## [1]"), [Text, Heading(2)]);
    assert_eq!(kinds("`<!--`\n# a"), [Text, Heading(1)]);
}

#[test]
fn a_fence_inside_an_item_ends_with_the_item() {
    let mut blocks = Blocks::new();
    let read: Vec<_> = ["- a", "  ```", "  ## [1]", "## [1]"].map(|line| blocks.read(line).kind).into();
    assert_eq!(read, [Kind::Text, Kind::FenceOpens, Kind::Fence, Kind::Heading(2)]);
    assert_eq!(blocks.unclosed(), None);
}

#[test]
fn a_fence_inside_a_quote_lasts_until_its_end_or_the_end_of_the_quote() {
    use Kind::{Fence, FenceOpens, Heading};
    assert_eq!(kinds("> ```\n> # a\n > ```\n> # b"), [FenceOpens, Fence, Fence, Heading(1)]);
    assert_eq!(kinds("> ```\n    > # a\n# b"), [FenceOpens, Kind::Code, Heading(1)]);
}

#[test]
fn four_columns_behind_the_marker_are_code_and_a_tab_is_as_wide_as_its_place() {
    use Kind::{Blank, Code, Heading, Text};
    for (text, expected) in [
        ("-\ta", vec![Text]),
        ("-\t# a", vec![Heading(1)]),
        ("-     a", vec![Code]),
        ("- a\n\n\t# b", vec![Text, Blank, Heading(1)]),
        ("- a\n\n\t  b", vec![Text, Blank, Code]),
        ("    a\n\n    b\n   # c", vec![Code, Blank, Code, Heading(1)]),
    ] {
        assert_eq!(kinds(text), expected, "{text:?}");
    }
}

#[test]
fn code_begins_where_its_own_line_says() {
    let mut blocks = Blocks::new();
    let columns = ["  >     a", ">     b", ">\t\tc"].map(|line| blocks.read(line).code_from);
    assert_eq!(columns, [8, 6, 6]);
    let mut blocks = Blocks::new();
    let columns = ["  >  ```", "> a", ">\tb"].map(|line| blocks.read(line).code_from);
    assert_eq!(columns, [usize::MAX, 3, 3]);
}

#[test]
fn what_is_never_closed_is_named_with_its_line() {
    for (text, what, line) in [
        ("a\n```\nb", "a code fence", 2),
        ("a\n<!-- b\n\nc", "an HTML comment", 2),
        ("<pre>\n\na", "an HTML block", 1),
    ] {
        let mut blocks = Blocks::new();
        for part in text.split('\n') {
            blocks.read(part);
        }
        assert_eq!(
            blocks.unclosed(),
            Some(Unclosed { what, line, outermost: true, html: what != "a code fence" }),
            "{text}"
        );
    }
}

/// The lines (from 0) at which a Markdown parser that is not ours finds top-level items and ATX headings.
fn oracle(text: &str) -> (Vec<usize>, Vec<usize>) {
    let line = |offset: usize| text[..offset].matches('\n').count();
    let (mut items, mut headings, mut depth) = (Vec::new(), Vec::new(), 0);
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match tag {
                    Tag::Item if depth == 1 => items.push(line(range.start)),
                    Tag::Heading { .. } if depth == 0 && text[range.clone()].starts_with('#') => {
                        headings.push(line(range.start))
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    (items, headings)
}

fn ours(text: &str) -> (Vec<usize>, Vec<usize>) {
    let mut blocks = Blocks::new();
    let (mut items, mut headings) = (Vec::new(), Vec::new());
    for (number, part) in text.split('\n').enumerate() {
        let line = blocks.read(part);
        if matches!(line.place, Place::Opens(_)) {
            items.push(number);
        }
        if matches!(line.kind, Kind::Heading(_)) && line.place == Place::Outside {
            headings.push(number);
        }
    }
    (items, headings)
}

/// Each of these is rare enough that chance finds it in some runs only.
#[test]
fn a_markdown_parser_finds_the_same_in_rare_texts() {
    for text in [
        // The room that a marker makes: up to four columns behind it, and no blank line below it on its own.
        "-    a\n\n  # b",
        "-    a\n\n     # b",
        "-     code\n\n  # b",
        "-\n\n  # a",
        "-\n  # a",
        "-\n  a\n\n  # b",
        // Numbers of at most nine digits, of which only 1 interrupts a paragraph.
        "123456789. a",
        "1234567890. a",
        "12  a",
        "a\n1. b",
        "a\n2. b",
        "a\n11. b",
        "a\n21. b",
        // One complete tag alone on its line begins HTML that lasts until a blank line.
        "<b>\n# a",
        "<b> a\n# b",
        "<b c=\"d\">\n# a",
        "<b c=\"d>e\">\n# a",
        "<b c='d>\"e'>\n# a",
        "<b `c`>\n# a",
        "<b <c>\n# a",
        "<b\n# a",
    ] {
        assert_eq!(ours(text), oracle(text), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn a_markdown_parser_finds_the_same_items_and_headings(lines in prop::collection::vec(
        (prop::sample::select(vec!["", "", "", " ", "  ", "   ", "    ", "      ", "\t", "  \t"]),
         prop::sample::select(vec!["", "", "text", "- a", "-", "-   b", "-\tc", "* d", "+ e", "- - f", "1. g", "2. h", "10) i",
            "# j", "## [1.0.0]", "### Added", "```", "````", "~~~", "```rust", "> q", ">", "<!-- k", "<!-- l -->", "-->",
            "***", "- ```", "-     code", "<div>", "</div>", "<pre>", "</pre>", "<https://a.b>", "<b>", "\\", "`m`"])),
        0..12,
    )) {
        // Behind four columns `>` is code; the parser we compare with then loses track of the quote before.
        let indent = |indent, rest: &str| if rest.starts_with('>') { "" } else { indent };
        let text: Vec<_> = lines.iter().map(|(space, rest)| format!("{}{rest}", indent(space, rest))).collect();
        let text = text.join("\n");
        prop_assert_eq!(ours(&text), oracle(&text), "{}", text);
    }
}
