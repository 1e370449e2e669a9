//! What must hold however the older sections of a changelog are headed: they say the same to a reader before and after,
//! under the same heading, and the new section is the one above them.

use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{RELEASE, some_fragments, source};
use crate::changelog::{Release, Style, rotate};

const MARK: &str = "OLDMARK";

/// The headings in front of the mark, and everything from it on.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut headings, mut rest, mut depth, mut heading) = (Vec::new(), Vec::new(), 0, None);
    for event in Parser::new(text) {
        if !rest.is_empty() || matches!(&event, Event::Text(text) if text.contains(MARK)) {
            rest.push(format!("{event:?}"));
            continue;
        }
        match &event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => heading = Some(format!("{level} ")),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(text);
                }
            }
            _ => {}
        }
        depth += match event {
            Event::Start(_) => 1,
            Event::End(_) => -1,
            _ => 0,
        };
    }
    (headings, rest)
}

fn older() -> impl Strategy<Value = String> {
    select(vec![
        "## 0.1.0 (2026-01-01)",
        "## v0.1.0",
        "# [0.1.0](https://e.org/compare/v0.0.9...v0.1.0)",
        "### 0.1.0",
        "## own 0.1.0",
        "own-v0.1.0\n----------",
        "0.1.0 (1st January 2026)\n===",
        "##  [0.1.0][tag] - 2026-01-01 [YANKED]",
        " ## 0.1.0 ##",
        "<a id=\"x\"></a>\n## 0.1.0",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn older_sections_say_the_same_under_the_same_heading_below_the_new_one(
        source in source(), older in older(), fragments in some_fragments(), unreleased in select(vec![
            "## [Unreleased]", "## Unreleased", "# Unreleased", "Unreleased\n---", "## [Unreleased](https://e.org/compare/v0.1.0...main)",
        ]), tidy in any::<bool>(), windows in any::<bool>(),
    ) {
        let body = source.body.replace("\r\n", "\n");
        let footer = source.footer.replace("\r\n", "\n");
        let text = format!("# Log\n\n{unreleased}\n\n{body}\n\n{older}\n\n{MARK} [0.1.0], [Unreleased].\n\n\n* x\n\n{footer}");
        let text = if windows { text.replace('\n', "\r\n") } else { text };
        let release = Release { follows: Some("2026-07-01"), ..RELEASE };
        let style = Style { tidy, ..Style::default() };
        let Ok(rotated) = rotate("C.md", &text, &fragments, &release, &style) else { return Ok(()) };
        let (before, said) = read(&text);
        let (after, still) = read(&rotated.text);
        // Only what `[Unreleased]` links to is not what it was.
        let old = |said: Vec<String>| said.into_iter().filter(|it| !it.contains("Link")).collect::<Vec<_>>();
        prop_assert_eq!(old(said), old(still), "{}", rotated.text);
        prop_assert_eq!(before.last(), after.last(), "{}", rotated.text);
        prop_assert!(after.iter().any(|heading| heading.contains("0.2.0")), "{after:?}");
        prop_assert!(after.len() > before.len());
        let again = rotate("C.md", &rotated.text, &fragments, &release, &style).unwrap_err();
        prop_assert!(again.iter().any(|it| it.message.contains("already has a section for `0.2.0`")), "{again:?}");
    }
}
