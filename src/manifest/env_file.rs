//! A file of environment variables, `NAME=value` on a line each, as shells, Docker Compose and dotenv read it. The key
//! is the variable's name; where it is assigned more than once, all of the lines are places.

use std::ops::Range;

use super::source::Source;
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "env-file",
    file_names: &[".env"],
    extensions: &[".env"],
    check_key,
    locate,
    ..Definition::PLAIN
};

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    let example = "write `key = \"APP_VERSION\"` with the name of the variable";
    match key {
        None => Err(Problem::content("a file of variables needs a `key` that says which one").hint(example)),
        Some(key) if !is_name(key) => {
            Err(Problem::content(format!("`key` `{key}` is not the name of a variable")).hint(example))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a text can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && text.chars().all(plain)
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let key = target.key.unwrap_or_default();
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.body.split_inclusive('\n') {
        let assignment = line.trim_start();
        let assignment = match assignment.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
            _ => assignment,
        };
        if let Some(value) = assignment.strip_prefix(key).and_then(|rest| rest.strip_prefix('=')) {
            let offset = start + line.len() - value.len();
            let value = value_of(value.trim_end_matches(['\n', '\r']));
            let Some(range) = value else {
                return Err(vec![not_plain(source, offset, key)]);
            };
            let range = offset + range.start..offset + range.end;
            let value = source.body.get(range.clone()).unwrap_or_default().to_owned();
            found.push(source.found(range, value, key));
        }
        start += line.len();
    }
    if found.is_empty() {
        let problem = Problem::content(format!("{}: no `{key}=`", source.path));
        return Err(vec![
            problem.hint(format!("add the line `{key}=…` with the current value, or correct `key`")),
        ]);
    }
    Ok(found)
}

/// A value that somebody has to work out.
pub(super) fn not_plain(source: &Source<'_>, offset: usize, key: &str) -> Problem {
    Problem::content(format!("{}: the value of `{key}` is not plain text", source.at(offset)))
        .hint("write the value itself, without `$`, a backslash or an open quote")
}

/// Where in the rest of a line the value stands, without its quotes and what follows; nothing where it is no plain
/// text.
pub(super) fn value_of(rest: &str) -> Option<Range<usize>> {
    let range = match rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => {
            let end = rest.get(1..)?.find(quote)? + 1;
            let after = rest.get(end + 1..)?;
            if !after.is_empty() && !after.starts_with([' ', '\t']) {
                return None;
            }
            1..end
        }
        None => 0..rest.find([' ', '\t', '"', '\'']).unwrap_or(rest.len()),
    };
    let quoted_on = rest.get(range.end..)?.starts_with(['"', '\'']) && range.start == 0;
    let plain = !rest.get(range.clone())?.contains(['$', '\\', '`']);
    (plain && !quoted_on).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::EnvFile, key: Some("TAG"), package: None };

    #[test]
    fn a_key_that_cannot_be_a_variable_is_refused_before_any_file_is_read() {
        let refused = |key| Format::EnvFile.check_key(key).unwrap_err().message;
        assert_eq!(refused(None), "a file of variables needs a `key` that says which one");
        for key in ["", "1TAG", "A-B", "export TAG"] {
            assert_eq!(refused(Some(key)), format!("`key` `{key}` is not the name of a variable"));
        }
        assert_eq!(Format::EnvFile.check_key(Some("_TAG_2")), Ok(()));
    }

    #[test]
    fn every_way_to_assign_a_plain_value_is_found_and_only_the_value_moves() {
        for text in [
            "TAG=v0.1.0",
            "A=1\nTAG=v0.1.0\nB=2\n",
            "  export TAG=v0.1.0 # the OSS tag v0.1.0\r\n",
            "TAG=\"v0.1.0\"\n",
            "\u{feff}TAG='v0.1.0' # x\n",
            "# TAG=v0.0.1\nMY_TAG=v0.1.0\nTAGS=v0.1.0\nTAG=v0.1.0\n",
        ] {
            let found = locate(text, ".env", &TARGET).unwrap();
            assert_eq!(found.len(), 1, "{text:?}");
            assert_eq!((found[0].value.as_str(), found[0].key.as_str()), ("v0.1.0", "TAG"));
            let span = found[0].span;
            let (before, after) = (text.get(..span.start).unwrap(), text.get(span.end..).unwrap());
            let expected = format!("{before}v0.2.0-rc.1{after}");
            assert_eq!(replace(text, ".env", &TARGET, "v0.2.0-rc.1").unwrap().text, expected);
        }
        let twice = locate("TAG=a\nx\nTAG=\n", ".env", &TARGET).unwrap();
        assert_eq!(
            twice.iter().map(|place| (place.line, place.value.as_str())).collect::<Vec<_>>(),
            [(1, "a"), (3, "")]
        );
    }

    #[test]
    fn a_value_that_is_worked_out_and_a_variable_that_is_missing_are_refused() {
        for text in [
            "TAG=$OTHER",
            "TAG=\"${OTHER}\"",
            "TAG=\"open\n",
            "TAG=a\\ b",
            "TAG=a\"b\"",
            "TAG='a'b",
            "TAG=`x`",
        ] {
            let problems = locate(text, "deploy/.env", &TARGET).unwrap_err();
            assert_eq!(
                problems[0].message, "deploy/.env:1: the value of `TAG` is not plain text",
                "{text:?}"
            );
        }
        for text in ["", "TAG", "TAG = v0.1.0", "tag=v0.1.0", "exportTAG=1", "#TAG=1"] {
            assert_eq!(locate(text, ".env", &TARGET).unwrap_err()[0].message, ".env: no `TAG=`", "{text:?}");
        }
        let target = |key| Target { key, ..TARGET };
        assert!(locate("", ".env", &target(None)).unwrap_err()[0].message.contains("needs a `key`"));
        assert!(
            locate("", ".env", &target(Some("A-B"))).unwrap_err()[0]
                .message
                .contains("not the name of a variable")
        );
        assert!(replace("TAG=a", ".env", &TARGET, "b c").is_err(), "it would be read as `b`");
    }
}
