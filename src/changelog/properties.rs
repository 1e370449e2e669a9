//! What must hold for every changelog and every fragment, checked on generated ones and read back by a Markdown
//! parser that is not ours.
#![expect(clippy::string_slice, reason = "a test that cuts a text in the wrong place should fail")]

mod headings;
mod styled;

use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{Category, Fragment, Release, Rotated, Style, Types, fragment_items, rotate};
use crate::error::Problem;

const RELEASE: Release<'_> = Release {
    version: "0.2.0",
    heading: "## [0.2.0] - 2026-07-01",
    tag: "v0.2.0",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};

fn rotated(text: &str, fragments: &[Fragment]) -> Result<Rotated, Vec<Problem>> {
    rotate("CHANGELOG.md", text, fragments, &RELEASE, &Style::default())
}

/// Lines that may go wrong in any order.
fn wild_line() -> impl Strategy<Value = String> {
    let indent = select(vec!["", "", "", " ", "  ", "   ", "    ", "      ", "\t", " \t"]);
    #[rustfmt::skip]
    let rest = select(vec![
        "", "", "text", "more text", "- a", "-", "-   b", "-\tc", "* d", "* - -", "1. e", "2.\tf", "# g", "##### h",
        "```", "```", "~~~~", "\tmake", "q > r", "***", "---", "===", "- ```", "-     code", "<div>", "<b>",
        "<pre>x</pre>", "`i`", "\u{a0}", "é", "[l](m)", "<!-- n -->", "![", "\\", "_Nothing yet._",
        "> quoted", ">    code", ">     deeper", "> - h", "> ```", ">> twice",
    ]);
    (indent, rest).prop_map(|(indent, rest)| {
        // Four columns before a `>` make it text, where the parser we compare with still reads a quote behind a tab.
        let text = rest.starts_with('>') && (indent.len() > 3 || indent.contains('\t'));
        format!("{}{rest}", if text { " " } else { indent })
    })
}

/// A fragment of which the marker `@N@` stands in every top-level part.
fn fragment(number: usize) -> impl Strategy<Value = Fragment> {
    let part = select(vec![
        "@ changed.",
        "@ changed\nin two lines\n  of text.",
        "@ shows:\n\n- nested\n- list",
        "@ shows:\n\n```sh\n- not an item\n## [9.9.9]\n\n\tmake\n```",
        "@ shows:\n\n\tcode\n\n    - code",
        "@ says\n\n> a quote\nlazily",
        "### Heading @\n\ntext",
        "- @ one\n- @ two",
        "* @ one\n\n  more\n* @ two\n  - nested",
        "- @ one\nlazy\n\nprose @ after it",
        "+   @ wide\n\n    more",
        "  - @ indented\n    more",
        "- ~~~\n  @ code\n  ~~~",
        "1. @ first\n2. second",
        "**@** bold\n\n***\n\nand a [reference].\n\n[reference]: https://e.org",
        "@ <!-- inline --> and\n\n<!--\n- a block\n-->",
        "<details>\n<summary>@</summary>\n\n- hidden\n\n</details>",
        "- @ html\n\n<div>",
    ]);
    let ending = select(vec!["\n", "", "\n\n", "\n \n"]);
    (part, select(Category::ALL.to_vec()), ending, select(vec!["\n", "\r\n"]), any::<bool>(), any::<bool>())
        .prop_map(move |(part, category, ending, newline, bom, heading)| {
            let heading = if heading { format!("### {}\n\n", category.heading()) } else { String::new() };
            let text = format!("{heading}{part}{ending}")
                .replace('@', &format!("@{number}@"))
                .replace('\n', newline);
            let text = if bom { format!("\u{feff}{text}") } else { text };
            Fragment { path: format!("changelog.d/{number}.{}.md", category.name()), category, text }
        })
}

fn some_fragments() -> impl Strategy<Value = Vec<Fragment>> {
    (0..6usize).prop_flat_map(|count| (0..count).map(fragment).collect::<Vec<_>>())
}

/// A changelog in pieces.
#[derive(Debug, Clone)]
struct Source {
    head: String,
    body: String,
    older: String,
    footer: String,
}

impl Source {
    fn text(&self) -> String {
        format!("{}{}{}{}", self.head, self.body, self.older, self.footer)
    }
}

fn source() -> impl Strategy<Value = Source> {
    let head = select(vec![
        "## [Unreleased]\n",
        "# Changelog\n\nAbout it.\n\n## [unreleased]\n",
        "# Changelog\n```\n## [Unreleased]\n```\n<!--\n## [Unreleased]\n-->\n## [Unreleased] - soon\n",
    ]);
    let block = select(vec![
        "\n",
        "_Nothing yet._\n\n",
        "Prose on top.\n\n",
        "### Added\n\n- by hand\n\n",
        "### added\n* by hand\n  more\n\n",
        "### Fixed\n### Security\n",
        "### Changed\nProse in it.\n\n",
        "- loose item\n\n  ```\n  ### Added\n  ```\n\n",
        "```\n## [0.0.1]\n### Fixed\n```\n\n",
        "<details>\n\n- hidden\n\n</details>\n\n",
        "<!--\n### Removed\n## [0.0.1]\n-->\n",
        "## Stray\n\n",
        "> quoted\n> ### Added\n\n",
        "    code\n",
    ]);
    let older = select(vec![
        "",
        "## [0.1.0] - 2026-01-01\n\n### Added\n\n- old\n\n\n\n* odd   \n\n",
        "## [0.1.0]\n### Added\n- old\n\n## Stray\n\ntext\n## [0.0.9] - 2025-01-01\n```\n## [Unreleased]\n```\n",
        "## [0.1.0]\r\n\n- mixed endings\r\n\t- tab\n\n",
    ]);
    let footer = select(vec![
        "",
        "[Unreleased]: https://e.org/compare/v0.1.0...main\n[0.1.0]: https://e.org/tags/v0.1.0\n",
        "[0.1.0]: https://e.org/tags/v0.1.0\n",
    ]);
    let body = prop::collection::vec(block, 0..6).prop_map(|blocks| blocks.concat());
    (head, body, older, footer, select(vec!["\n", "\r\n"]), any::<bool>(), any::<bool>()).prop_map(
        |(head, body, older, footer, newline, bom, cut)| {
            let written = |text: &str| text.replace("\r\n", "\n").replace('\n', newline);
            let bom = if bom { "\u{feff}" } else { "" };
            let mut source = Source {
                head: format!("{bom}{}", written(head)),
                body: written(&body),
                // Mixed endings stay mixed: those bytes are not ours.
                older: if older.contains('\r') { older.to_owned() } else { written(older) },
                footer: written(footer),
            };
            let last = [&mut source.footer, &mut source.older, &mut source.body]
                .into_iter()
                .find(|part| !part.is_empty());
            if cut && let Some(last) = last {
                last.truncate(last.trim_end().len());
            }
            source
        },
    )
}

/// The source of every top-level item, with the top-level `###` heading above it, and the number of release headings.
fn read(text: &str) -> (Vec<(String, String)>, usize) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut items, mut releases, mut heading, mut depth) = (Vec::new(), 0, String::new(), 0);
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match tag {
                    Tag::Item if depth == 1 => items.push((heading.clone(), text[range].to_owned())),
                    Tag::Heading { .. } if depth == 0 => {
                        releases += usize::from(text[range.clone()].starts_with("## ["));
                        heading = text[range].trim().trim_start_matches("### ").to_lowercase();
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    (items, releases)
}

/// What a Markdown reader sees: blocks, words and code, without what tells loose lists from tight ones.
fn seen(text: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut code = None;
    for event in Parser::new(text) {
        match (event, &mut code) {
            (Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) | Event::SoftBreak, _) => {}
            (Event::Start(Tag::CodeBlock(_)), _) => code = Some(String::new()),
            (Event::Text(text), Some(code)) => code.push_str(&text),
            (Event::End(TagEnd::CodeBlock), Some(lines)) => {
                // Spaces on a blank line of code may go.
                seen.extend(
                    lines.split('\n').map(|line| if line.trim().is_empty() { "" } else { line }.to_owned()),
                );
                code = None;
            }
            (Event::Text(text) | Event::Html(text) | Event::Code(text), None) => {
                seen.extend(text.split_whitespace().map(str::to_owned));
            }
            (other, _) => seen.push(format!("{other:?}")),
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_fragment_is_found_once_as_items_of_its_own_under_its_heading(
        source in source(), fragments in some_fragments(),
    ) {
        let text = source.text();
        let rotated = match rotated(&text, &fragments) {
            Ok(rotated) => rotated,
            Err(problems) => {
                prop_assert!(fragments.is_empty(), "{problems:?}");
                prop_assert!(problems[0].message.starts_with("`[Unreleased]` section is empty"), "{problems:?}");
                return Ok(());
            }
        };
        let (items, _) = read(&rotated.text[rotated.section.clone()]);
        for fragment in &fragments {
            let mark = format!("@{}@", fragment.path.split(['/', '.']).nth(2).unwrap());
            let written = fragment.text.matches(&mark).count();
            prop_assert_eq!(rotated.text.matches(&mark).count(), written, "each mark lands once");
            let mine: Vec<_> = items.iter().filter(|(_, item)| item.contains(&mark)).collect();
            prop_assert!(!mine.is_empty(), "{mark} in {}", rotated.text);
            prop_assert_eq!(mine.iter().map(|(_, item)| item.matches(&mark).count()).sum::<usize>(), written);
            for (heading, item) in mine {
                prop_assert_eq!(heading, fragment.category.name());
                prop_assert_eq!(item.matches('@').count(), item.matches(&mark).count() * 2, "shared: {}", item);
            }
        }
        prop_assert_eq!(rotated.counts.values().sum::<usize>(), fragments.len());
    }

    #[test]
    fn everything_around_the_new_section_stays_byte_for_byte(source in source(), fragments in some_fragments()) {
        let text = source.text();
        let Ok(rotated) = rotated(&text, &fragments) else { return Ok(()) };
        let after = &rotated.text[rotated.section.end..];
        prop_assert!(rotated.text[..rotated.section.start].starts_with(source.head.trim_end()));
        prop_assert!(after.trim_start().starts_with(source.older.trim_end()));
        if source.footer.contains("Unreleased") {
            prop_assert!(after.contains("[Unreleased]: https://e.org/compare/v0.2.0...main"));
            prop_assert!(after.contains("\n[0.2.0]: https://e.org/compare/v0.1.0...v0.2.0"));
            prop_assert!(after.trim_end().ends_with("[0.1.0]: https://e.org/tags/v0.1.0"));
        } else if !source.footer.is_empty() && !source.older.is_empty() {
            let mine = "[0.2.0]: https://e.org/tags/v0.2.0";
            prop_assert_eq!(after.matches(mine).count(), 1);
            let others: Vec<&str> = after.lines().filter(|line| *line != mine).map(str::trim_end).collect();
            let before = format!("{}{}", source.older, source.footer);
            let before: Vec<&str> = before.lines().map(str::trim_end).collect();
            prop_assert!(others.ends_with(&before), "{}", rotated.text);
        } else {
            prop_assert!(after.trim().ends_with(source.footer.trim()));
            prop_assert!(after.trim_start().len() == source.older.len() + source.footer.len());
        }
        prop_assert_eq!(read(&rotated.text).1, read(&text).1 + 1, "{}", rotated.text);
        prop_assert_eq!(rotated.text.ends_with('\n'), text.ends_with('\n'));
        prop_assert_eq!(rotated.text.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
        prop_assert_eq!(rotated.text.matches('\u{feff}').count(), text.matches('\u{feff}').count());
        let section = &rotated.text[..rotated.section.end];
        if source.head.contains('\r') && !source.older.contains("mixed") {
            prop_assert_eq!(section.matches('\n').count(), section.matches("\r\n").count());
        } else if !source.older.contains("mixed") {
            prop_assert!(!section.contains('\r'));
        }
    }

    #[test]
    fn rotating_again_adds_a_section_above_the_one_before(source in source(), fragments in some_fragments()) {
        let Ok(first) = rotated(&source.text(), &fragments) else { return Ok(()) };
        let section = first.text[first.section.clone()].to_owned();
        prop_assert_eq!(rotated(&first.text, &[]).is_err(), true, "the fresh section is empty, the version taken");
        let next = Release { version: "0.3.0", heading: "## [0.3.0]", tag: "v0.3.0", ..RELEASE };
        let more = [Fragment { path: "n.added.md".to_owned(), category: Category::Added, text: "new".to_owned() }];
        let second = rotate("C.md", &first.text, &more, &next, &Style::default()).unwrap();
        prop_assert!(second.text[second.section.end..].trim_start().starts_with(&section));
    }

    #[test]
    fn wrapping_a_fragment_changes_nothing_a_reader_sees(lines in prop::collection::vec(wild_line(), 1..10)) {
        let text = lines.join("\n") + "\n";
        // The parser we compare with drops a tab of which an item's indent takes a part.
        let text = if text.contains("- ") && text.contains("```") { text.replace('\t', "    ") } else { text };
        // Such a tab becomes spaces on purpose: narrower, it would let the line end its fence.
        let text = text.replace("\t```", "    ```").replace("\t~~~", "    ~~~");
        let first = lines.iter().find(|line| !line.trim().is_empty());
        let a_list = first.is_some_and(|line| line.trim().starts_with(['-', '*']) && !line.starts_with(['\t']));
        let fragment = Fragment { path: "x.added.md".to_owned(), category: Category::Added, text: text.clone() };
        let Ok((items, _)) = fragment_items(&fragment, &Style::default()) else { return Ok(()) };
        if a_list || text.trim_start().starts_with("<!--") {
            return Ok(());
        }
        let inner = seen(&items);
        let outer = ["Start(List(None))", "Start(Item)"].map(str::to_owned).to_vec();
        prop_assert!(inner.starts_with(&outer), "{}", items);
        let inner = &inner[2..inner.len() - 2];
        prop_assert_eq!(inner.concat(), seen(&text).concat(), "{:?} became {:?}", text, items);
    }

    #[test]
    fn no_word_of_a_list_is_lost_and_all_of_it_is_in_items(lines in prop::collection::vec(wild_line(), 0..10)) {
        let text = format!("- @\n{}", lines.join("\n"));
        let fragment = Fragment { path: "x.added.md".to_owned(), category: Category::Added, text: text.clone() };
        let Ok((items, _)) = fragment_items(&fragment, &Style::default()) else { return Ok(()) };
        let words = |text: &str| text.split(|c: char| c.is_whitespace() || "-*".contains(c)).collect::<String>();
        // What keeps two ordered lists apart is nobody's word.
        prop_assert_eq!(words(&items.replace("<!-- -->", "")), words(&text.replace("<!-- -->", "")));
        let mut depth = 0;
        for event in Parser::new(&items) {
            match event {
                Event::Start(tag) => {
                    prop_assert!(depth > 0 || matches!(tag, Tag::List(None)), "{tag:?} in {items:?} from {text:?}");
                    depth += 1;
                }
                Event::End(_) => depth -= 1,
                _ => prop_assert!(depth > 0, "{event:?} in {items:?} from {text:?}"),
            }
        }
    }

    #[test]
    fn nothing_panics_on_any_text(text in any::<String>(), more in "(## \\[Unreleased\\]\n)?\\PC*", other in any::<String>()) {
        for text in [&text, &more] {
            let fragment = Fragment { path: "x.fixed.md".to_owned(), category: Category::Fixed, text: other.clone() };
            let _ = rotated(text, &[fragment]);
            let _ = super::classify(text, &Types::default());
        }
    }

    #[test]
    fn whatever_stands_under_unreleased_the_older_sections_stay(
        body in prop::collection::vec(wild_line(), 0..12), fragments in some_fragments(),
    ) {
        let older = "## [0.1.0]\n\n- old\n\n\n";
        let text = format!("## [Unreleased]\n{}\n\n{older}", body.join("\n"));
        match rotated(&text, &fragments) {
            Ok(rotated) => {
                prop_assert!(rotated.text.ends_with(older));
                let (items, releases) = read(&rotated.text);
                prop_assert_eq!(releases, 3, "{}", rotated.text);
                for number in 0..fragments.len() {
                    let mark = format!("@{number}@");
                    prop_assert!(items.iter().any(|(_, item)| item.contains(&mark)), "{} in {}", mark, rotated.text);
                }
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}
