//! Numbers in a YAML text that were meant as versions: `1.10` without quotes is 1.1 (YAML 1.2.2, section 10.3.2).

use std::collections::HashMap;

use super::source::Source;
use super::yaml_reader::{Text, What, walk};

/// A value without quotes that reads as another number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlNumber {
    /// Counted from 1.
    pub line: usize,
    /// The last of the keys that lead there.
    pub key: String,
    /// What is written.
    pub value: String,
    /// The number that it is, in its shortest form.
    pub number: String,
    /// What was written there before.
    pub stood: String,
}

/// A document of the file, and the keys that lead to a value in it.
type Place = (usize, Vec<Option<String>>);

/// The values that changed into such numbers. A text that cannot be read as YAML, as a template of Helm, is nobody's.
pub fn yaml_numbers(before: &str, after: &str) -> Vec<YamlNumber> {
    let mut old: HashMap<Place, String> = HashMap::new();
    let read = walk(&Source::new(before, ""), &mut |seen| {
        if let What::Text(text) = &seen.what {
            old.insert((seen.document, seen.path.to_vec()), text.value.clone());
        }
    });
    let mut found = Vec::new();
    let read_again = walk(&Source::new(after, ""), &mut |seen| {
        let What::Text(Text { value, plain: true, .. }) = &seen.what else { return };
        let Some(number) = number(value) else { return };
        let Some(stood) = old.get(&(seen.document, seen.path.to_vec())).filter(|old| *old != value) else {
            return;
        };
        // A count, such as the `2` of a `v2`, stays the number that it was.
        if is_count(value) && is_count(stood) {
            return;
        }
        let key = seen.path.iter().rev().flatten().find(|key| key.parse::<usize>().is_err());
        found.push(YamlNumber {
            line: seen.line,
            key: key.cloned().unwrap_or_default(),
            value: value.clone(),
            number,
            stood: stood.clone(),
        });
    });
    if read.is_err() || read_again.is_err() { Vec::new() } else { found }
}

/// The number that a value without quotes is.
fn number(value: &str) -> Option<String> {
    let begins = value.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'));
    value.parse::<f64>().ok().filter(|_| begins).map(|number| number.to_string())
}

fn is_count(value: &str) -> bool {
    let all_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    all_digits && (value == "0" || !value.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(template: &str, old: &str, new: &str) -> Vec<(usize, String, String)> {
        let found = yaml_numbers(&template.replace("VERSION", old), &template.replace("VERSION", new));
        found.into_iter().map(|it| (it.line, it.key, it.number)).collect()
    }

    #[test]
    fn two_parts_without_quotes_are_a_number_wherever_they_stand() {
        for (text, line, key) in [
            ("tag: VERSION\n", 1, "tag"),
            ("a: 1.10\nimage:\n  tag: VERSION # x\n", 3, "tag"),
            ("a: {tags: [x, VERSION]}\n", 1, "tags"),
            ("a: 1\n---\ntag: VERSION\r\n", 3, "tag"),
            ("\u{feff}- tag: VERSION\n", 1, "tag"),
        ] {
            assert_eq!(found(text, "1.9", "1.10"), [(line, key.into(), "1.1".into())], "{text}");
            assert_eq!(found(text, "1.9.3", "1.10"), [(line, key.into(), "1.1".into())], "{text}");
            assert_eq!(found(text, "0.9", "1.0"), [(line, key.into(), "1".into())], "{text}");
        }
    }

    #[test]
    fn texts_counts_and_what_did_not_change_are_none() {
        for text in [
            "tag: \"VERSION\"\n",
            "tag: 'VERSION'\n",
            "tag: vVERSION\n",
            "image: own/api:VERSION\n",
            "run: |\n  VERSION\n",
            "# VERSION\ntag: 1.10\n",
            "tag: !!str VERSION\n",
            "{{ if x }}\ntag: VERSION\n{{ end }}\n",
        ] {
            assert_eq!(found(text, "1.9", "1.10"), [], "{text}");
        }
        assert_eq!(found("tag: VERSION\n", "1.9.0", "1.10.0"), []);
        assert_eq!(found("major: VERSION\n", "1", "2"), []);
        assert_eq!(found("major: VERSION\n", "x1", "2").len(), 1);
        assert_eq!(found("day: VERSION\n", "2026-01-01", "2026-02-01"), []);
    }
}
