//! Any YAML file: the keys that lead to a value say which string holds the version, as in `image.tag` or, in a list,
//! which counts from 0, `images.0.newTag`. Keys are written as in TOML: one that holds a dot stands in quotes.

use super::source::Source;
use super::toml_reader::steps;
use super::yaml_reader::{Seen, Text, What, found, spelled, walk};
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "yaml",
    extensions: &[".yaml", ".yml"],
    check_key,
    locate,
    spelled,
    ..Definition::PLAIN
};

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) => steps(key).map(|_| ()),
        None => Err(Problem::content("a YAML file needs a `key` that says where the version is")
            .hint("give the keys that lead there: `key = \"image.tag\"`")),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.key.unwrap_or_default()).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, key: &str) -> Result<Found, Problem> {
    let steps = steps(key)?;
    let mut values: Vec<(usize, Result<Text, &'static str>)> = Vec::new();
    // Of each key on the way: the document, and the line where it was last seen there.
    let mut keys: Vec<Option<(usize, usize)>> = vec![None; steps.len()];
    let mut twice = None;
    walk(source, &mut |seen: &Seen<'_>| {
        let depth = seen.path.len();
        let leads_there = (1..=steps.len()).contains(&depth)
            && seen.path.iter().zip(&steps).all(|(name, step)| name.as_ref() == Some(step));
        if !leads_there {
            return;
        }
        match &seen.what {
            What::Key => {
                if let Some(earlier) = keys.get_mut(depth - 1) {
                    match *earlier {
                        Some((document, line)) if document == seen.document => {
                            twice.get_or_insert((line, seen.line));
                        }
                        _ => {}
                    }
                    *earlier = Some((seen.document, seen.line));
                }
                // What lies below a key is new with it.
                for below in keys.iter_mut().skip(depth) {
                    *below = None;
                }
            }
            _ if depth < steps.len() => {}
            What::Text(Text { value, plain, start }) => {
                let text = Text { value: value.clone(), plain: *plain, start: *start };
                values.push((seen.line, Ok(text)));
            }
            What::Other(what) => {
                // The parser places a block of lines where its first line is, not where it is announced.
                let key = keys.last().copied().flatten().filter(|(document, _)| *document == seen.document);
                values.push((key.map_or(seen.line, |(_, line)| line), Err(what)));
            }
        }
    })?;
    if let Some((first, second)) = twice {
        return Err(Problem::content(format!(
            "{}: a key of `{key}` is there twice, in lines {first} and {second}",
            source.path
        ))
        .hint("keep one; programs that read YAML disagree on which one counts"));
    }
    match values.as_slice() {
        [(line, Ok(text))] => found(source, text, *line, key),
        [(line, Err(what))] => Err(Problem::content(format!(
            "{}:{line}: `{key}` is {what}, not a plain or quoted version",
            source.path
        ))
        .hint("write it on one line, plainly or in quotes: `key: 1.2.3` or `key: \"1.2.3\"`")),
        [] => Err(Problem::content(format!("{}: no `{key}`", source.path))
            .hint(format!("add `{key}` with the current version, or correct `key`"))),
        several => {
            let lines: Vec<String> = several.iter().map(|(line, _)| line.to_string()).collect();
            Err(Problem::content(format!(
                "{}: `{key}` is there in several documents, in lines {}",
                source.path,
                lines.join(" and ")
            ))
            .hint("keep one document to a file, or use a `[[pattern]]`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    fn target(key: &str) -> Target<'_> {
        Target { format: Format::Yaml, key: Some(key), package: None }
    }

    const TEXT: &str = "\
# image: {tag: a}
image: # b
  repository: own/api
  tag: \"b\"   # \"b\"
other: {image: {tag: b}, list: [x, {tag: 'c'}]}
images:
- name: own/api
  newTag: d
- name: own/web
  newTag:   'it''s' # d
block: |
  image:
    tag: b
annotations:
  app.own.io/version: e
  ? [a, b]
  : {tag: b}
tag: f
üñí: [g]
last: \"\\x68\"
";

    #[test]
    fn keys_lead_through_mappings_and_lists_in_every_style() {
        for (key, value, line) in [
            ("image.tag", "b", 4),
            ("other.image.tag", "b", 5),
            ("other.list.1.tag", "c", 5),
            ("other.list.0", "x", 5),
            ("images.0.newTag", "d", 8),
            ("images.1.newTag", "it's", 10),
            ("annotations.\"app.own.io/version\"", "e", 15),
            ("tag", "f", 18),
            ("\"üñí\".0", "g", 19),
            ("last", "h", 20),
        ] {
            for text in [TEXT.to_owned(), format!("\u{feff}{}", TEXT.replace('\n', "\r\n"))] {
                let replaced = replace(&text, "values.yaml", &target(key), "2.0.0-rc.1")
                    .unwrap_or_else(|error| panic!("{key}: {error:?}"));
                assert_eq!(replaced.found.len(), 1, "{key}");
                let found = &replaced.found[0];
                assert_eq!((found.value.as_str(), found.line, found.key.as_str()), (value, line, key));
                let (before, after) = (text.get(..found.span.start), text.get(found.span.end..));
                assert_eq!(replaced.text, format!("{}2.0.0-rc.1{}", before.unwrap(), after.unwrap()));
            }
        }
    }

    fn message(text: &str, key: &str) -> String {
        let problems = locate(text, "values.yaml", &target(key)).unwrap_err();
        assert_eq!(problems.len(), 1);
        problems[0].message.clone()
    }

    #[test]
    fn the_one_document_that_holds_the_key_is_read() {
        let text = "a: 1\n---\nimage:\n  tag: x\n---\nimage: {}\n";
        assert_eq!(locate(text, "values.yaml", &target("image.tag")).unwrap()[0].line, 4);
        assert_eq!(
            message("tag: a\n---\ntag: b\n", "tag"),
            "values.yaml: `tag` is there in several documents, in lines 1 and 3"
        );
    }

    #[test]
    fn what_is_not_one_value_on_its_line_is_refused() {
        for (text, expected) in [
            ("image:\n  name: x\n", "values.yaml: no `image.tag`"),
            ("- image: {tag: 1}\n", "values.yaml: no `image.tag`"),
            ("", "values.yaml: no `image.tag`"),
            (
                "image: {tag: 1}\nb: 1\nimage: {tag: 2}\n",
                "values.yaml: a key of `image.tag` is there twice, in lines 1 and 3",
            ),
            (
                "image:\n  tag: 1\n  \"tag\": 2\n",
                "values.yaml: a key of `image.tag` is there twice, in lines 2 and 3",
            ),
            ("image:\n  tag:\n", "values.yaml:2: `image.tag` has no value"),
            (
                "image:\n  tag: &a 1\n",
                "values.yaml:2: `image.tag` is a value with an anchor or a tag, not a plain or quoted version",
            ),
            (
                "image:\n  tag: |\n    1\n",
                "values.yaml:2: `image.tag` is a block of lines, not a plain or quoted version",
            ),
            (
                "image:\n  tag: {}\n",
                "values.yaml:2: `image.tag` is a collection, not a plain or quoted version",
            ),
            (
                "a: &a 1\nimage:\n  tag: *a\n",
                "values.yaml:3: `image.tag` is an alias of another value, not a plain or quoted version",
            ),
            ("image:\n  tag: \"a\n    b\"\n", "values.yaml:2: `image.tag` is not written on one line"),
            ("image:\n  tag: 1\n   2\n", "values.yaml:2: `image.tag` is not written on one line"),
        ] {
            assert_eq!(message(text, "image.tag"), expected, "{text}");
        }
        assert!(message("image: [\n", "image").starts_with("values.yaml:2:1: not valid YAML: "));
    }

    #[test]
    fn a_key_is_needed_and_must_lead_somewhere() {
        let refused = |key| Format::Yaml.check_key(key).unwrap_err().message;
        assert_eq!(refused(None), "a YAML file needs a `key` that says where the version is");
        assert!(refused(Some("image..tag")).contains("`image..tag`"), "{}", refused(Some("image..tag")));
        assert_eq!(Format::Yaml.check_key(Some("image.tag")), Ok(()));
    }

    #[test]
    fn a_number_is_written_in_quotes_so_that_it_stays_a_text() {
        for (text, value, written) in [
            ("tag: 1.9 # x\n", "1.10", "tag: \"1.10\" # x\n"),
            ("{tag: 1.9}\n", "2", "{tag: \"2\"}\n"),
            ("tag: '1.9'\n", "1.10", "tag: '1.10'\n"),
            ("tag: \"1.9\"\n", "1.10", "tag: \"1.10\"\n"),
            ("tag: 1.9\n", "1.10.0", "tag: 1.10.0\n"),
            ("tag: v1.9\n", "v1.10", "tag: v1.10\n"),
            ("\u{feff}tag: 1.9\r\n", "1.10", "\u{feff}tag: \"1.10\"\r\n"),
        ] {
            assert_eq!(replace(text, "values.yaml", &target("tag"), value).unwrap().text, written);
        }
    }

    #[test]
    fn a_value_that_would_read_as_something_else_is_refused() {
        for value in ["1 # x", "1: 2", "a\nb", "&a", "'"] {
            assert!(replace("tag: 1\n", "values.yaml", &target("tag"), value).is_err(), "{value}");
        }
        assert!(replace("{tag: 1}\n", "values.yaml", &target("tag"), "1, b: 2").is_err());
    }
}
