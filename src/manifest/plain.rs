//! A text file that holds a version and nothing else: `VERSION`, `version.txt`. Its only line that is neither empty nor a
//! comment is the version.

use super::source::Source;
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "plain",
    file_names: &["VERSION", "VERSION.txt", "version.txt", ".version"],
    locate,
    ..Definition::PLAIN
};

fn locate(source: &Source<'_>, _: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in source.body.split_inclusive('\n') {
        let value = line.trim();
        if !value.is_empty() && !value.starts_with('#') {
            let from = start + line.len() - line.trim_start().len();
            found.push(source.found(from..from + value.len(), value.to_owned(), "version"));
        }
        start += line.len();
    }
    let hint = "keep the version on a line of its own, and nothing else in the file";
    match found.as_slice() {
        [_] => Ok(found),
        [] => Err(vec![Problem::content(format!("{}: the file is empty", source.path)).hint(hint)]),
        [_, second, ..] => {
            let (path, line) = (source.path, second.line);
            Err(vec![Problem::content(format!("{path}:{line}: more than a version")).hint(hint)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::Plain, key: None, package: None };

    #[test]
    fn the_only_line_is_the_version_whatever_stands_around_it() {
        for text in ["1.4.7", "1.4.7\n", "\u{feff}\r\n  1.4.7 \r\n\r\n", "# set by a release\n1.4.7\n"] {
            let replaced = replace(text, "VERSION", &TARGET, "1.5.0").unwrap().text;
            assert_eq!(replaced, text.replace("1.4.7", "1.5.0"), "{text:?}");
        }
        for (text, expected) in [
            ("", "VERSION: the file is empty"),
            ("\n# 1.4.7\n", "VERSION: the file is empty"),
            ("1.4.7\n\nbuild 3\n", "VERSION:3: more than a version"),
        ] {
            assert_eq!(locate(text, "VERSION", &TARGET).unwrap_err()[0].message, expected, "{text:?}");
        }
    }
}
