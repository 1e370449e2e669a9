//! A Dockerfile: the default of an `ARG`, by its name. Each stage may declare the argument again, so all of its
//! defaults are places; a line that goes on from the one before it is no instruction of its own.

use super::env_file::{is_name, not_plain, value_of};
use super::source::Source;
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "dockerfile",
    file_names: &["Dockerfile", "Containerfile"],
    extensions: &[".Dockerfile"],
    check_key,
    locate,
    ..Definition::PLAIN
};

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    let example = "write `key = \"APP_VERSION\"` with the name of the `ARG`";
    match key {
        None => Err(Problem::content("a Dockerfile needs a `key` that says which `ARG`").hint(example)),
        Some(key) if !is_name(key) => {
            Err(Problem::content(format!("`key` `{key}` is not the name of an `ARG`")).hint(example))
        }
        Some(_) => Ok(()),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let key = target.key.unwrap_or_default();
    let mut found = Vec::new();
    let (mut start, mut goes_on) = (0, false);
    for line in source.body.split_inclusive('\n') {
        let written = line.trim_end_matches(['\n', '\r']);
        let is_instruction = !goes_on;
        // A comment inside an instruction that goes on ends nothing.
        goes_on = written.trim_end().ends_with('\\') || (goes_on && written.trim_start().starts_with('#'));
        if is_instruction && let Some(words) = arguments(written) {
            let mut offset = start + written.len() - words.len();
            let mut rest = words;
            while let Some(word) = next_word(&mut rest, &mut offset) {
                let Some(value) = word.text.strip_prefix(key).and_then(|value| value.strip_prefix('='))
                else {
                    continue;
                };
                let from = word.offset + word.text.len() - value.len();
                let Some(range) = value_of(value) else { return Err(vec![not_plain(source, from, key)]) };
                let range = from + range.start..from + range.end;
                let value = source.body.get(range.clone()).unwrap_or_default().to_owned();
                found.push(source.found(range, value, format!("ARG {key}")));
            }
        }
        start += line.len();
    }
    if found.is_empty() {
        let problem = Problem::content(format!("{}: no `ARG {key}=`", source.path));
        return Err(vec![
            problem.hint(format!("add `ARG {key}=…` with the current value, or correct `key`")),
        ]);
    }
    Ok(found)
}

/// What follows `ARG` on its line.
fn arguments(line: &str) -> Option<&str> {
    let instruction = line.trim_start();
    let (word, rest) = instruction.split_at_checked(3)?;
    (word.eq_ignore_ascii_case("ARG") && rest.starts_with([' ', '\t'])).then(|| rest.trim_start())
}

/// One `NAME=value` of an instruction.
struct Word<'a> {
    text: &'a str,
    offset: usize,
}

/// The next word, quotes kept together; `rest` and `offset` move behind it.
fn next_word<'a>(rest: &mut &'a str, offset: &mut usize) -> Option<Word<'a>> {
    let trimmed = rest.trim_start();
    *offset += rest.len() - trimmed.len();
    let mut quote = None;
    let ends = |character: char| match quote {
        Some(open) => {
            if character == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(character, '"' | '\'') {
                quote = Some(character);
            }
            character.is_whitespace()
        }
    };
    let end = trimmed.find(ends).unwrap_or(trimmed.len());
    let (text, after) = trimmed.split_at_checked(end).filter(|(text, _)| !text.is_empty())?;
    let word = Word { text, offset: *offset };
    *offset += end;
    *rest = after;
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::Dockerfile, key: Some("TAG"), package: None };

    #[test]
    fn every_default_of_the_argument_is_found_and_only_it_moves() {
        for (text, lines) in [
            ("ARG TAG=v0.1.0", &[1][..]),
            ("ARG TAG=v0.1.0\nFROM image:${TAG}\n  arg TAG=\"v0.1.0\"\r\n", &[1, 3]),
            ("ARG TAG\nARG\tA=1 TAG='v0.1.0' B=\"x TAG=v9\"\nENV TAG=v9\nLABEL x=\"ARG TAG=v9\"\n", &[2]),
            ("RUN echo \\\n# a comment\nARG TAG=v9\nARG TAG=v0.1.0\n# ARG TAG=v9\nARG TAGS=v9\n", &[4]),
        ] {
            let found = locate(text, "Dockerfile", &TARGET).unwrap();
            assert_eq!(found.iter().map(|place| place.line).collect::<Vec<_>>(), lines, "{text}");
            assert!(found.iter().all(|place| place.value == "v0.1.0" && place.key == "ARG TAG"));
            let expected = text.replace("v0.1.0", "v0.2.0");
            assert_eq!(replace(text, "Dockerfile", &TARGET, "v0.2.0").unwrap().text, expected);
        }
    }

    #[test]
    fn a_key_that_cannot_be_an_argument_is_refused_before_any_file_is_read() {
        let refused = |key| Format::Dockerfile.check_key(key).unwrap_err().message;
        assert_eq!(refused(None), "a Dockerfile needs a `key` that says which `ARG`");
        for key in ["", "1TAG", "A-B", "ARG TAG"] {
            assert_eq!(refused(Some(key)), format!("`key` `{key}` is not the name of an `ARG`"));
        }
        assert_eq!(Format::Dockerfile.check_key(Some("_TAG_2")), Ok(()));
    }

    #[test]
    fn an_argument_without_a_default_and_one_that_is_worked_out_are_refused() {
        for text in ["", "ARG TAG\n", "FROM x\nENV TAG=1\n", "ARGTAG=1\n", "ARé TAG=1"] {
            assert_eq!(
                locate(text, "Dockerfile", &TARGET).unwrap_err()[0].message,
                "Dockerfile: no `ARG TAG=`"
            );
        }
        let problems = locate("\nARG TAG=${OTHER}-x\n", "Dockerfile", &TARGET).unwrap_err();
        assert_eq!(problems[0].message, "Dockerfile:2: the value of `TAG` is not plain text");
        assert!(locate("", "Dockerfile", &Target { key: None, ..TARGET }).is_err());
        assert!(locate("", "Dockerfile", &Target { key: Some("1A"), ..TARGET }).is_err());
    }
}
