//! `package.json`: the version is the value of the top-level `"version"` and of no other key of that name, however
//! deep.

use super::json_reader::{pick, string};
use super::{Definition, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "package-json",
    file_names: &["package.json"],
    role: Role::Manifest,
    locate,
    only_semver: |key| key.is_none_or(|key| key == "/version"),
    package_name: Some(package_name),
    moved: |range, old, new| super::ranges::moved(super::ranges::Dialect::Npm, range, old, new),
    ..Definition::PLAIN
};

fn locate(source: &Source<'_>, _: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, "version", "\"version\"").map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn package_name(source: &Source<'_>) -> Option<String> {
    find(source, "name", "\"name\"").ok().map(|found| found.value)
}

fn find(source: &Source<'_>, key: &str, label: &str) -> Result<Found, Problem> {
    let picks = pick(source, &[&[key]])?;
    string(source, &picks.first().copied().unwrap_or_default(), label)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Span, Target, locate};
    use super::*;

    const TARGET: Target<'_> = Target { format: Format::PackageJson, key: None, package: None };

    fn only(text: &str) -> Found {
        let found = locate(text, "package.json", &TARGET).unwrap();
        assert_eq!(found.len(), 1);
        found[0].clone()
    }

    fn message(text: &str) -> String {
        let problems = locate(text, "package.json", &TARGET).unwrap_err();
        assert_eq!(problems.len(), 1);
        problems[0].message.clone()
    }

    #[test]
    fn only_the_top_level_version_counts() {
        let text = "{\n  \"//\": \"\\\"version\\\": \\\"0\\\" – ünïcode\",\n  \"engines\": { \"version\": \"9\" },\n  \
                    \"version\": \"1.0.0\",\n  \"overrides\": [{ \"version\": \"8\" }]\n}\n";
        let found = only(text);
        assert_eq!((found.value.as_str(), found.line, found.key.as_str()), ("1.0.0", 4, "\"version\""));
        assert_eq!(text.get(found.span.start..found.span.end).unwrap(), "1.0.0");
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_kept_in_the_count() {
        let found = only("\u{feff}{\r\n\"version\":\"1.0.0\"}");
        assert_eq!((found.span, found.line), (Span { start: 17, end: 22 }, 2));
    }

    #[test]
    fn escapes_are_decoded_in_the_value_and_in_the_key() {
        let text = r#"{"\u0076ersion": "\u0031.0.0"}"#;
        let found = only(text);
        assert_eq!(found.value, "1.0.0");
        assert_eq!(text.get(found.span.start..found.span.end).unwrap(), "\\u0031.0.0");
    }

    #[test]
    fn an_empty_version_is_a_place() {
        assert_eq!(only(r#"{"version": ""}"#).span, Span { start: 13, end: 13 });
    }

    #[test]
    fn what_is_not_one_string_is_refused() {
        for (text, expected) in [
            ("{}", "package.json: no `\"version\"`"),
            ("[{\"version\": \"1\"}]", "package.json: no `\"version\"`"),
            ("\"version\"", "package.json: no `\"version\"`"),
            ("{\"version\":\n1.0}", "package.json:2: `\"version\"` is not a string of text but `1.0`"),
            (
                r#"{"version": "\ud800"}"#,
                r#"package.json:1: `"version"` is not a string of text but `"\ud800"`"#,
            ),
            (
                "{\n\"version\": \"1\",\n\"\\u0076ersion\": \"2\"}",
                "package.json: `\"version\"` is there twice, in lines 2 and 3",
            ),
            ("{\n  \"ä\" \"1\"}", "package.json:2:7: not valid JSON: expected `:`"),
            ("{\"version\": \"1\"} x", "package.json:1:18: not valid JSON: trailing characters"),
            ("", "package.json:1:1: not valid JSON: EOF while parsing a value"),
        ] {
            assert_eq!(message(text), expected, "{text}");
        }
    }
}
