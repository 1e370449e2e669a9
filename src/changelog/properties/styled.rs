//! What must hold however a changelog is written: with any style and any summary.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use pulldown_cmark::{Event, Parser, Tag};

use super::{RELEASE, Source, read, some_fragments, source, wild_line};
use crate::changelog::{
    BlankLines, Category, Fragment, Release, Style, SummaryPolicy, TypeEntry, Types, is_paragraph, rotate,
    summary_text,
};

fn style() -> impl Strategy<Value = Style> {
    let lines = || option::of(0..3usize);
    let blank_lines = (lines(), lines(), lines(), lines()).prop_map(
        |(before_release, after_release, before_type, after_type)| BlankLines {
            before_release,
            after_release,
            before_type,
            after_type,
        },
    );
    let order = subsequence(Category::ALL.to_vec(), 0..=6).prop_shuffle();
    let sentence =
        || option::of(select(vec!["_None._", "_Nothing yet._", "No changes."]).prop_map(str::to_owned));
    let policy = select(vec![SummaryPolicy::None, SummaryPolicy::Optional, SummaryPolicy::Required]);
    (order, blank_lines, sentence(), sentence(), policy).prop_map(
        |(order, blank_lines, placeholder, empty, summary)| Style {
            verbatim: false,
            types: Types::default(),
            order,
            blank_lines,
            placeholder,
            empty,
            summary,
            fragments: None,
            tidy: false,
        },
    )
}

fn summary() -> impl Strategy<Value = Option<String>> {
    option::of(select(vec![
        "%one%",
        "%one%\ntwo",
        "%one%\n\n- with\n- a list",
        "> %one%",
        "```\n%one%\n### Added\n```",
        "%one% <!-- c -->\n\n***\n\nmore",
    ]))
    .prop_map(|summary| summary.map(str::to_owned))
}

/// The lines of a text that are not blank, without their endings.
fn lines_of(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.trim().is_empty()).collect()
}

fn is_placeholder(line: &str, style: &Style) -> bool {
    line == "_Nothing yet._" || style.placeholder.as_deref() == Some(line)
}

/// Whether a list, or a heading that would begin one, stands in a text outside quotes and code.
fn holds_entries(text: &str) -> bool {
    let mut depth = 0;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::List(_) | Tag::Heading { .. }) if depth == 0 => return true,
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    false
}

/// What stands under `[Unreleased]`.
fn body_of(source: &Source) -> String {
    source.body.replace("\r\n", "\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn in_any_style_every_fragment_lands_once_under_its_heading_and_nothing_else_moves(
        source in source(), fragments in some_fragments(), style in style(), summary in summary(),
    ) {
        let text = source.text();
        let release = Release { summary: summary.as_deref(), ..RELEASE };
        let Ok(rotated) = rotate("C.md", &text, &fragments, &release, &style) else { return Ok(()) };
        let section = &rotated.text[rotated.section.clone()];
        let (items, releases) = read(&rotated.text);
        prop_assert_eq!(releases, read(&text).1 + 1, "{}", rotated.text);
        for fragment in &fragments {
            let mark = format!("@{}@", fragment.path.split(['/', '.']).nth(2).unwrap());
            prop_assert_eq!(section.matches(&mark).count(), fragment.text.matches(&mark).count());
            let mut mine = items.iter().filter(|(_, item)| item.contains(&mark)).peekable();
            prop_assert!(mine.peek().is_some(), "{} in {}", mark, rotated.text);
            prop_assert!(mine.all(|(heading, _)| heading == fragment.category.name()));
        }

        let (before, after) = (&rotated.text[..rotated.section.start], &rotated.text[rotated.section.end..]);
        let fresh = before.strip_prefix(source.head.trim_end()).unwrap().trim();
        prop_assert_eq!(fresh, style.placeholder.as_deref().unwrap_or_default());
        prop_assert!(after.trim_start().starts_with(source.older.trim_end()));
        prop_assert_eq!(rotated.text.ends_with('\n'), text.ends_with('\n'));
        let windows = source.head.contains('\r') && !source.older.contains("mixed");
        if windows {
            let both = rotated.text.matches('\n').count();
            prop_assert_eq!(both, rotated.text.matches("\r\n").count(), "{:?}", rotated.text);
        }
    }

    #[test]
    fn own_types_are_filed_as_keep_a_changelogs_are(
        source in source(), fragments in some_fragments(), style in style(),
    ) {
        // What no source holds as a heading, so that every one is new.
        let own = Category::ALL.map(|category| {
            let heading = format!("Of kind {}", category.name());
            (category.name().to_owned(), TypeEntry { heading, bump: category.level() })
        });
        let types = Types::own(own);
        let fragments: Vec<Fragment> = fragments
            .into_iter()
            .map(|it| Fragment { category: types.from_name(it.category.name()).unwrap(), ..it })
            .collect();
        let order = style.order.iter().filter_map(|it| types.from_name(it.name())).collect();
        let style = Style { types, order, ..style };
        let text = source.text().replace("### Added", "### Of kind added");
        let Ok(rotated) = rotate("C.md", &text, &fragments, &RELEASE, &style) else { return Ok(()) };
        let (items, releases) = read(&rotated.text);
        prop_assert_eq!(releases, read(&text).1 + 1, "{}", rotated.text);
        for fragment in &fragments {
            let mark = format!("@{}@", fragment.path.split(['/', '.']).nth(2).unwrap());
            let mut mine = items.iter().filter(|(_, item)| item.contains(&mark)).peekable();
            prop_assert!(mine.peek().is_some(), "{} in {}", mark, rotated.text);
            let name = fragment.category.name();
            prop_assert!(
                mine.all(|(heading, _)| *heading == format!("of kind {name}") || heading == name),
                "{}", rotated.text
            );
        }
        prop_assert!(rotated.text[rotated.section.end..].trim_start().starts_with(
            source.older.replace("### Added", "### Of kind added").trim_end()
        ));
    }

    #[test]
    fn a_summary_is_there_word_for_word_and_takes_no_entry_away(
        source in source(), fragments in some_fragments(), style in style(), summary in summary(),
    ) {
        let release = Release { summary: summary.as_deref(), ..RELEASE };
        let Ok(rotated) = rotate("C.md", &source.text(), &fragments, &release, &style) else { return Ok(()) };
        let section = rotated.text[rotated.section.clone()].replace("\r\n", "\n");
        let replaced = rotated.summary.as_ref().and_then(|it| it.replaces.clone()).unwrap_or_default();
        if let Some(summary) = &summary {
            prop_assert!(section.contains(&format!("\n{summary}")), "{}", section);
            prop_assert!(rotated.summary.as_ref().is_some_and(|it| it.given && it.text == *summary));
        } else {
            prop_assert_eq!(&replaced, "");
            prop_assert!(style.summary != SummaryPolicy::Required || rotated.summary.is_some());
        }
        // Whatever stood there is there, or is what the summary replaced.
        let mut there = [lines_of(&section), lines_of(&replaced)].concat();
        let body = body_of(&source);
        for line in lines_of(&body) {
            match there.iter().position(|other| *other == line) {
                Some(at) => { there.swap_remove(at); }
                None => prop_assert!(is_placeholder(line, &style), "lost {:?} in {}", line, section),
            }
        }
        prop_assert!(!holds_entries(&replaced), "{:?}", replaced);
    }

    #[test]
    fn in_any_style_a_rotated_changelog_can_be_rotated_again(
        source in source(), fragments in some_fragments(), style in style(), summary in summary(),
    ) {
        let release = Release { summary: summary.as_deref(), ..RELEASE };
        let Ok(first) = rotate("C.md", &source.text(), &fragments, &release, &style) else { return Ok(()) };
        let section = first.text[first.section.clone()].trim_end().to_owned();
        prop_assert!(rotate("C.md", &first.text, &[], &release, &style).is_err(), "the version is taken");
        let next = Release { version: "0.3.0", heading: "## [0.3.0]", tag: "v0.3.0", summary: Some("S."), ..RELEASE };
        let more = [Fragment { path: "n.added.md".to_owned(), category: Category::Added, text: "new".to_owned() }];
        let second = rotate("C.md", &first.text, &more, &next, &style).unwrap();
        prop_assert!(second.text[second.section.end..].trim_start().starts_with(&section), "{}", second.text);
        let mine = second.text[second.section].replace("\r\n", "\n");
        prop_assert_eq!(lines_of(&mine), ["## [0.3.0]", "S.", "### Added", "- new"]);
    }

    #[test]
    fn any_text_is_a_summary_that_stands_alone_or_is_refused(lines in prop::collection::vec(wild_line(), 0..10)) {
        let Ok(text) = summary_text(&lines.join("\n")) else { return Ok(()) };
        prop_assert_eq!(summary_text(&text), Ok(text.clone()));
        let old = "## [Unreleased]\n\n### Added\n\n- entry\n\n## [0.1.0]\n\n- old\n";
        let release = Release { summary: Some(&text), ..RELEASE };
        let rotated = rotate("C.md", old, &[], &release, &Style::default()).unwrap();
        let (items, releases) = read(&rotated.text);
        prop_assert_eq!(releases, 3, "{}", rotated.text);
        let entry = |heading: &str, item: &str| (heading.to_owned(), item.to_owned());
        let found: Vec<_> = items.iter().map(|(heading, item)| entry(heading, item.trim())).collect();
        prop_assert!(found.contains(&entry("added", "- entry")), "{:?} in {}", found, rotated.text);
    }

    #[test]
    fn what_is_called_a_paragraph_is_one_to_every_reader(line in wild_line()) {
        let paragraph = is_paragraph(&line);
        let mut events = Parser::new(&line);
        let first = events.next();
        let is = matches!(first, Some(Event::Start(Tag::Paragraph)));
        prop_assert!(!paragraph || is, "{:?} is {:?}", line, first);
    }
}
