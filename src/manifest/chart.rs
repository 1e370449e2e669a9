//! `Chart.yaml`: the version of a Helm chart and the `appVersion` it installs, both at the top level; the `version:`
//! of a dependency is another chart's. A real YAML parser says which keys the document has and what they hold; the
//! bytes are then found on that key's own line, and must be the ones the parser read.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::source::{Source, shown};
use super::yaml_reader::{byte_offset, double_quoted, single_quoted, spelled};
use super::{Definition, Found, Problem, Role, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "chart",
    file_names: &["Chart.yaml", "Chart.yml"],
    check_key,
    role: Role::Manifest,
    keys: &KEYS,
    locate,
    only_semver: |key| key.is_none_or(|key| key == "version"),
    spelled,
    ..Definition::PLAIN
};

/// What a release moves in a chart when no key is given.
const KEYS: [&str; 2] = ["version", "appVersion"];

/// The form that is understood, for hints.
const FORM: &str =
    "write it on one line of its own, from the first column: `version: 1.2.3` or `version: \"1.2.3\"`";

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if !KEYS.contains(&key) => {
            Err(Problem::content(format!("`key` `{key}` is not one that a release moves in a chart"))
                .hint("write `version` or `appVersion`, or no `key` for both"))
        }
        _ => Ok(()),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let entries = top_level(source).map_err(|problem| vec![problem])?;
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for key in KEYS.into_iter().filter(|key| target.key.is_none_or(|wanted| wanted == *key)) {
        match find(source, &entries, key) {
            Ok(place) => found.push(place),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// A key of the document and what the parser says about its value.
struct Entry {
    key: String,
    line: usize,
    value: Value,
}

enum Value {
    /// A value that is written plainly or in quotes, and the character it starts at.
    Text { value: String, style: ScalarStyle, start: usize },
    /// Anything that cannot be replaced by writing a version over it.
    Other(&'static str),
}

/// The entries of the document's own mapping; none if it is something else.
fn top_level(source: &Source<'_>) -> Result<Vec<Entry>, Problem> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut depth, mut documents, mut in_mapping) = (0usize, 0usize, false);
    // The key whose value comes next. A key that is no scalar has no name, but a value it has.
    let mut pending: Option<Option<(String, usize)>> = None;
    let mut parser = Parser::new_from_str(source.body);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let offset = byte_offset(source.body, error.marker().index());
            source.malformed(offset, &format!("not valid YAML: {}", error.info()))
        })?;
        match event {
            Event::DocumentStart(_) => documents += 1,
            Event::MappingEnd | Event::SequenceEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        let opens = matches!(event, Event::MappingStart(..) | Event::SequenceStart(..));
        if opens && depth == 0 {
            in_mapping = matches!(event, Event::MappingStart(..));
        }
        let is_node = opens || matches!(event, Event::Scalar(..) | Event::Alias(_));
        if is_node && depth == 1 && in_mapping {
            pending = match (pending.take(), event) {
                (None, Event::Scalar(text, ..)) => Some(Some((text.into_owned(), span.start.line()))),
                (None, _) => Some(None),
                (Some(None), _) => None,
                (Some(Some((key, line))), event) => {
                    entries.push(Entry { key, line, value: value(event, span.start.index()) });
                    None
                }
            };
        }
        depth += usize::from(opens);
    }
    if documents > 1 {
        return Err(Problem::content(format!("{}: {documents} YAML documents in one file", source.path))
            .hint("keep one: Helm reads one chart from a Chart.yaml"));
    }
    Ok(entries)
}

/// What an event says about the value it begins.
fn value(event: Event<'_>, start: usize) -> Value {
    match event {
        Event::Scalar(.., anchor, tag) if anchor != 0 || tag.is_some() => {
            Value::Other("a value with an anchor or a tag")
        }
        Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => Value::Other("a block of lines"),
        Event::Scalar(text, style, ..) => Value::Text { value: text.into_owned(), style, start },
        Event::Alias(_) => Value::Other("an alias of another value"),
        _ => Value::Other("a collection"),
    }
}

/// The place of the one entry with this key.
fn find(source: &Source<'_>, entries: &[Entry], key: &str) -> Result<Found, Problem> {
    let matching: Vec<&Entry> = entries.iter().filter(|entry| entry.key == key).collect();
    let entry = match matching.as_slice() {
        [entry] => entry,
        [] => {
            return Err(Problem::content(format!("{}: no top-level `{key}`", source.path))
                .hint(format!("add `{key}: …` with the current version, from the first column of a line")));
        }
        several => {
            let lines: Vec<String> = several.iter().map(|entry| entry.line.to_string()).collect();
            return Err(Problem::content(format!(
                "{}: `{key}` is there {} times, in lines {}",
                source.path,
                several.len(),
                lines.join(" and ")
            ))
            .hint("keep one"));
        }
    };
    let refused =
        |what: &str| Problem::content(format!("{}:{}: `{key}` {what}", source.path, entry.line)).hint(FORM);
    let (value, style, start) = match &entry.value {
        Value::Other(what) => return Err(refused(&format!("is {what}, not a plain or quoted version"))),
        Value::Text { value, style: ScalarStyle::Plain, .. }
            if matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL") =>
        {
            return Err(refused("has no value"));
        }
        Value::Text { value, style, start } => (value, *style, byte_offset(source.body, *start)),
    };
    let written = on_line(source.body, key, entry.line)
        .filter(|written| written.style == style && written.value_start == start)
        .ok_or_else(|| refused("is not written as one `key: value` line"))?;
    let content = source.body.get(written.content.clone()).unwrap_or_default();
    let agrees = match style {
        ScalarStyle::SingleQuoted => content.replace("''", "'") == *value,
        // Escapes are the parser's to decode; the closing quote was found on the line where the value starts.
        ScalarStyle::DoubleQuoted => content.contains('\\') || content == value,
        _ => content == value,
    };
    if !agrees {
        return Err(refused(&format!("reads `{}` but is written `{}`", shown(value), shown(content))));
    }
    Ok(source.found(written.content, value.clone(), key))
}

/// A value as its line shows it.
struct Written {
    style: ScalarStyle,
    /// Where the value starts: at its quote, if it has one.
    value_start: usize,
    content: Range<usize>,
}

/// The value on a line that is `key: value`, a comment after it allowed, and nothing else.
fn on_line(body: &str, key: &str, number: usize) -> Option<Written> {
    let line = body.split_inclusive('\n').nth(number.checked_sub(1)?)?;
    let line_start = line.as_ptr().addr() - body.as_ptr().addr();
    let blank = [' ', '\t'];
    let rest = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")]
        .iter()
        .find_map(|written| line.strip_prefix(written.as_str()))?;
    let rest = rest.trim_start_matches(blank).strip_prefix(':')?;
    let value = rest.strip_prefix(blank)?.trim_start_matches(blank);
    let value_start = line_start + line.len() - value.len();
    let (style, length) = match value.chars().next()? {
        '"' => (ScalarStyle::DoubleQuoted, double_quoted(value)?),
        '\'' => (ScalarStyle::SingleQuoted, single_quoted(value)?),
        _ => (ScalarStyle::Plain, plain(value)),
    };
    let quote = usize::from(style != ScalarStyle::Plain);
    let after = value.get(length..)?;
    let ends = after.trim().is_empty() || (after.starts_with(blank) && after.trim_start().starts_with('#'));
    let content = value_start + quote..value_start + length - quote;
    ends.then_some(Written { style, value_start, content })
}

/// The length of a plain value: up to a comment or the end of the line.
fn plain(value: &str) -> usize {
    let comment = value
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|at| value.get(..*at).is_some_and(|before| before.ends_with([' ', '\t'])));
    value.get(..comment.unwrap_or(value.len())).unwrap_or(value).trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::Chart, key: None, package: None };

    fn values(text: &str) -> Vec<(String, String, usize)> {
        let found = locate(text, "Chart.yaml", &TARGET).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        let at = |span: super::super::Span| text.get(span.start..span.end).unwrap().to_owned();
        found.into_iter().map(|place| (place.key, at(place.span), place.line)).collect()
    }

    fn messages(text: &str) -> Vec<String> {
        let problems = locate(text, "Chart.yaml", &TARGET).unwrap_err();
        problems.into_iter().map(|problem| problem.message).collect()
    }

    fn only_message(version_line: &str) -> String {
        let messages = messages(&format!("name: ä\n{version_line}\nappVersion: 1.0.0\n"));
        assert_eq!(messages.len(), 1, "{messages:?}");
        messages[0].clone()
    }

    #[test]
    fn both_top_level_versions_are_found_and_no_dependency_s() {
        let text = "apiVersion: v2\nname: t # version: 0\ndescription: |\n  version: 0\n  appVersion: 0\n\
                    dependencies:\n  - name: p\n    version: \"1.0.0\"\n- {version: 1.0.0}\nversion: 1.0.0 # chart\n\
                    annotations:\n  version: 1.0.0\n  appVersion: 1.0.0\nappVersion: \"1.0.0\"\n";
        let text = &text.replace("\n- {version: 1.0.0}", "\n  - {version: 1.0.0, appVersion: 1}");
        let expected = [
            ("version".to_owned(), "1.0.0".to_owned(), 10),
            ("appVersion".to_owned(), "1.0.0".to_owned(), 14),
        ];
        assert_eq!(values(text), expected);
    }

    #[test]
    fn quotes_comments_spacing_and_line_ends_stay() {
        for (before, after) in [
            ("1.0.0", "2.0.0-rc.1"),
            ("\"1.0.0\"", "\"2.0.0-rc.1\""),
            ("'1.0.0'", "'2.0.0-rc.1'"),
            ("  1.0.0   # it's \"1.0.0\"", "  2.0.0-rc.1   # it's \"1.0.0\""),
            ("\"1.0.0\"\t# 1.0.0", "\"2.0.0-rc.1\"\t# 1.0.0"),
            ("'1.0.0' ", "'2.0.0-rc.1' "),
            ("v1.0.0", "2.0.0-rc.1"),
            ("\"v1.0.0\"", "\"2.0.0-rc.1\""),
            ("\"\\x31.0.0\"", "\"2.0.0-rc.1\""),
            ("\"\"", "\"2.0.0-rc.1\""),
            ("''", "'2.0.0-rc.1'"),
            ("'it''s'", "'2.0.0-rc.1'"),
            ("\"a \\\" b\"", "\"2.0.0-rc.1\""),
            ("1.0", "2.0.0-rc.1"),
            ("1#0", "2.0.0-rc.1"),
        ] {
            for (bom, end, last) in
                [("", "\n", "\n"), ("\u{feff}", "\r\n", ""), ("\u{feff}", "\n", "\n---\n")]
            {
                let chart = |value: &str| {
                    let first = if last.contains('-') { "---" } else { "# ä" };
                    let last = last.replace("---\n", "...\n");
                    format!("{bom}{first}{end}version : {value}{end}'appVersion': {value}{last}")
                };
                let replaced = replace(&chart(before), "Chart.yaml", &TARGET, "2.0.0-rc.1")
                    .unwrap_or_else(|error| panic!("{error:?}\n{}", chart(before)));
                assert_eq!(replaced.text, chart(after));
            }
        }
    }

    #[test]
    fn one_key_can_be_asked_for() {
        let text = "version: 1.0.0\nappVersion: &a 1.0.0\n";
        let target = Target { key: Some("version"), ..TARGET };
        assert_eq!(locate(text, "Chart.yaml", &target).unwrap()[0].key, "version");
        let target = Target { key: Some("appversion"), ..TARGET };
        assert_eq!(
            locate(text, "Chart.yaml", &target).unwrap_err()[0].message,
            "Chart.yaml: `key` `appversion` is not one that a release moves in a chart"
        );
    }

    #[test]
    fn a_line_inside_a_quoted_text_is_no_key() {
        let text = "description: \"a\n  b\n\n  c: d\"\nversion: 1.0.0\nappVersion: 1.0.0\n";
        assert_eq!(values(text)[0].2, 5);
    }

    #[test]
    fn every_missing_key_is_named() {
        for text in [
            "name: x\n",
            "",
            "- version: 1.0.0\n- appVersion: 1.0.0\n",
            "[version, 1.0.0, appVersion, 1.0.0]\n",
            "? [a]\n: version\n? {appVersion: 1.0.0}\n: appVersion\n",
            "a:\n  version: 1.0.0\n",
        ] {
            assert_eq!(
                messages(text),
                ["Chart.yaml: no top-level `version`", "Chart.yaml: no top-level `appVersion`"],
                "{text}"
            );
        }
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused_with_both_lines() {
        assert_eq!(
            only_message("version: 1.0.0\n\"version\": 2.0.0"),
            "Chart.yaml: `version` is there 2 times, in lines 2 and 3"
        );
    }

    #[test]
    fn a_value_that_is_more_than_a_version_on_its_line_is_refused() {
        for (line, what) in [
            ("version: &v 1.0.0", "is a value with an anchor or a tag, not a plain or quoted version"),
            ("version: !!str 1.0.0", "is a value with an anchor or a tag, not a plain or quoted version"),
            ("version: |\n  1.0.0", "is a block of lines, not a plain or quoted version"),
            ("version: >-\n  1.0.0", "is a block of lines, not a plain or quoted version"),
            ("version: [1.0.0]", "is a collection, not a plain or quoted version"),
            ("version:\n  a: 1.0.0", "is a collection, not a plain or quoted version"),
            ("version:", "has no value"),
            ("version: ~", "has no value"),
            ("version: null # x", "has no value"),
            ("version:\n  1.0.0", "is not written as one `key: value` line"),
            ("version: 1.0\n  .0", "reads `1.0 .0` but is written `1.0`"),
            ("version: \"1.0\n  .0\"", "is not written as one `key: value` line"),
            ("? version\n: 1.0.0", "is not written as one `key: value` line"),
            ("\"\\x76ersion\": 1.0.0", "is not written as one `key: value` line"),
        ] {
            assert_eq!(only_message(line), format!("Chart.yaml:2: `version` {what}"), "{line}");
        }
        let alias = messages("a: &v 1.0.0\nversion: *v\nappVersion: 1\n");
        assert_eq!(
            alias,
            ["Chart.yaml:2: `version` is an alias of another value, not a plain or quoted version"]
        );
    }

    #[test]
    fn a_chart_in_braces_is_refused() {
        assert_eq!(
            messages("{version: 1.0.0, appVersion: 1.0.0}\n"),
            [
                "Chart.yaml:1: `version` is not written as one `key: value` line",
                "Chart.yaml:1: `appVersion` is not written as one `key: value` line"
            ]
        );
    }

    #[test]
    fn what_is_not_one_yaml_document_is_refused() {
        assert_eq!(
            messages("version: 1.0.0\n---\nappVersion: 1.0.0\n"),
            ["Chart.yaml: 2 YAML documents in one file"]
        );
        let broken = messages("version: 1.0.0\nappVersion: \"1.0.0\n");
        assert!(broken[0].starts_with("Chart.yaml:2:13: not valid YAML: "), "{broken:?}");
        assert_eq!(broken.len(), 1);
    }
}
