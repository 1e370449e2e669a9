//! The examples of the CommonMark specification as fragments: what a release makes of each must say to a reader what the
//! specification says it says, alone, behind another one, and above an older section. The judges are the
//! specification's own HTML and a Markdown parser that is not ours.

#![cfg(test)]

mod spec;

use spec::Example;
use trueppm_release::changelog::{Category, Fragment, Release, Rotated, Style, rotate};

const RELEASE: Release<'_> = Release {
    version: "0.2.0",
    heading: "## [0.2.0] - 2026-07-01",
    tag: "v0.2.0",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};

/// Words in brackets that are no links, as long as no entry makes links of them.
const OLDER: &str = "## [0.1.0] - 2026-01-01\n\n### Added\n\n- Old, see [foo] and [bar].\n";

/// What is never closed, and therefore refused. Everything else that is refused says nothing.
const NEVER_CLOSED: [&str; 6] = [
    "```\n",
    "`````\n\n```\naaa\n",
    "```\naaa\n    ```\n",
    "~~~~~~\naaa\n~~~ ~~\n",
    "<style\n  type=\"text/css\">\n\nfoo\n",
    "> ```\nfoo\n```\n",
];

fn released(examples: &[&Example], newline: &str) -> Result<Rotated, String> {
    let fragment = |(number, example): (usize, &&Example)| Fragment {
        path: format!("changelog.d/{number}.fixed.md"),
        category: Category::Fixed,
        text: example.markdown.replace('\n', newline),
    };
    let fragments: Vec<_> = examples.iter().enumerate().map(fragment).collect();
    let changelog = format!("# Changelog\n\n## [Unreleased]\n\n{OLDER}").replace('\n', newline);
    rotate("CHANGELOG.md", &changelog, &fragments, &RELEASE, &Style::default())
        .map_err(|problems| problems.iter().map(|problem| format!("{}\n", problem.message)).collect())
}

/// The page that a changelog is, cut at the headings of its sections: the new one's list, and the older section.
fn page(changelog: &str) -> (String, String) {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(changelog));
    let (_, html) = html.split_once("<h3>Fixed</h3>").expect("the new section has its heading");
    let (entries, older) = html.split_once("<h2>[0.1.0]").expect("the older section has its heading");
    (entries.to_owned(), older.to_owned())
}

/// HTML without what does not matter here: comments, and whether a list is a loose one.
fn bare(html: &str) -> String {
    let mut rest = html.replace("&quot;", "\"");
    while let Some((before, behind)) = rest.split_once("<!--")
        && let Some((_, behind)) = behind.split_once("-->")
    {
        rest = format!("{before}{behind}");
    }
    for tag in ["<p>", "</p>"] {
        rest = rest.replace(tag, "");
    }
    rest.split_whitespace().collect()
}

/// The same without the lists: which item a text is part of is compared where the example is no list.
fn words(html: &str) -> String {
    ["<ul>", "</ul>", "<li>", "</li>"].iter().fold(bare(html), |html, tag| html.replace(tag, ""))
}

/// Whether a reader sees anything of it.
fn is_seen(html: &str) -> bool {
    let mut outside = true;
    let text = |c: &char| {
        let seen = outside && *c != '<' && !c.is_whitespace();
        outside = if *c == '<' { false } else { outside || *c == '>' };
        seen
    };
    html.contains("<img") || bare(html).chars().filter(text).count() > 0
}

/// The examples that become entries; the others are refused for a true reason.
fn entries(examples: &[Example]) -> Vec<&Example> {
    let mut refused = Vec::new();
    let entries = examples.iter().filter(|example| match released(&[example], "\n") {
        Ok(_) => true,
        Err(why) => {
            let number = example.number;
            let never_closed = NEVER_CLOSED.contains(&example.markdown.as_str());
            let reason = if never_closed { "never closes it" } else { "is empty" };
            assert!(why.contains(reason), "example {number} {:?}: {why}", example.markdown);
            assert!(
                never_closed || !is_seen(&example.html),
                "example {number} {:?}: {why}",
                example.markdown
            );
            refused.push(number);
            false
        }
    });
    let entries: Vec<_> = entries.collect();
    assert!(refused.len() < 40, "{} examples are refused: {refused:?}", refused.len());
    entries
}

#[test]
fn an_example_of_the_specification_says_the_same_as_an_entry() {
    let Some(examples) = spec::examples() else { return };
    for example in entries(&examples) {
        let Example { number, section, markdown, html } = example;
        assert!(is_seen(html) || html.contains('<'), "example {number} says nothing and is released");
        let (entries, _) = page(&released(&[example], "\n").unwrap().text);
        if html.starts_with("<ul>") || entries.contains("<!-- -->") || markdown.contains("]:") {
            assert_eq!(words(&entries), words(html), "example {number} ({section}): {markdown:?}");
        } else {
            let expected = bare(&format!("<ul><li>{html}</li></ul>"));
            assert_eq!(bare(&entries), expected, "example {number} ({section}): {markdown:?}");
        }
    }
}

#[test]
fn an_example_changes_nothing_of_its_neighbours_and_of_what_is_older() {
    let Some(examples) = spec::examples() else { return };
    let entries = entries(&examples);
    let (_, untouched) = page(&format!("### Fixed\n\n{OLDER}"));
    for newline in ["\n", "\r\n"] {
        for pair in entries.windows(2) {
            let [one, other] = pair else { panic!("a window of two") };
            let rotated = released(pair, newline).unwrap_or_else(|why| panic!("{}: {why}", one.number));
            let (both, older) = page(&rotated.text);
            let about = format!("examples {} and {}: {}", one.number, other.number, rotated.text);
            assert_eq!(words(&both), words(&one.html) + &words(&other.html), "{about}");
            assert_eq!(older, untouched, "{about}");
        }
    }
}

#[test]
fn an_example_that_stands_under_unreleased_by_hand_says_the_same_after_the_release() {
    let Some(examples) = spec::examples() else { return };
    let fragment = Fragment {
        path: "changelog.d/1.fixed.md".to_owned(),
        category: Category::Fixed,
        text: "Entirely new.".to_owned(),
    };
    let mut refused = Vec::new();
    for (example, newline, end) in examples
        .iter()
        .flat_map(|example| [(example, "\n", "\n"), (example, "\r\n", "\r\n"), (example, "\n", "")])
    {
        let body = example.markdown.trim_end_matches('\n');
        let before = format!("# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n{body}\n\n{}", OLDER.trim_end());
        let before = before.replace('\n', newline) + end;
        let Ok(rotated) =
            rotate("CHANGELOG.md", &before, std::slice::from_ref(&fragment), &RELEASE, &Style::default())
        else {
            refused.push(example.number);
            continue;
        };
        let ((was, older), (is, still_older)) = (page(&before), page(&rotated.text));
        let is = words(&is);
        assert_eq!(is.matches("Entirelynew.").count(), 1, "example {}: {}", example.number, rotated.text);
        assert_eq!(
            is.replace("Entirelynew.", ""),
            words(&was),
            "example {}: {}",
            example.number,
            rotated.text
        );
        assert_eq!(still_older, older, "example {}: {}", example.number, rotated.text);
        assert_eq!(rotated.text.ends_with(newline), !end.is_empty(), "example {}", example.number);
    }
    // Something is never closed there, or it is a heading that would open a release.
    refused.dedup();
    assert!(refused.len() < 15, "{refused:?}");
}
