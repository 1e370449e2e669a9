//! `pyproject.toml`: the version is `[project] version`, a string that PEP 621 allows to be missing when it is listed
//! as dynamic; then another file holds it, and the configuration must name that file instead.

use super::toml_reader::{at, parse, string};
use super::{Definition, Found, Problem, Source, Target, takes_no_key};

pub(super) const DEFINITION: Definition = Definition {
    name: "pyproject",
    file_names: &["pyproject.toml"],
    extension: None,
    check_key: takes_no_key,
    locate,
    package_name: Some(package_name),
};

const KEY: &str = "[project] version";

fn locate(source: &Source<'_>, _: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>) -> Result<Found, Problem> {
    let document = parse(source)?;
    let dynamic = at(&document, &["project", "dynamic"])
        .and_then(|item| item.as_array())
        .and_then(|names| names.iter().find(|name| name.as_str() == Some("version")));
    if let Some(dynamic) = dynamic {
        let offset = dynamic.span().map_or(0, |span| span.start);
        return Err(Problem::content(format!(
            "{}: `{KEY}` is dynamic: another file holds it",
            source.at(offset)
        ))
        .hint("write `version = \"…\"` under `[project]` and take \"version\" out of `dynamic`")
        .hint("or name the file that holds the version in the configuration, in place of this one"));
    }
    let Some(item) = at(&document, &["project", "version"]) else {
        return Err(Problem::content(format!("{}: no `{KEY}`", source.path))
            .hint("add `version = \"…\"` with the current version under `[project]`"));
    };
    string(source, 0, item, KEY)
}

fn package_name(source: &Source<'_>) -> Option<String> {
    let document = parse(source).ok()?;
    at(&document, &["project", "name"])?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::Pyproject, key: None, package: None };

    fn content(text: &str) -> (String, String) {
        let found =
            locate(text, "pyproject.toml", &TARGET).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        assert_eq!(found.len(), 1);
        (text.get(found[0].span.start..found[0].span.end).unwrap().to_owned(), found[0].value.clone())
    }

    #[test]
    fn the_version_is_found_in_every_way_toml_can_write_it() {
        for text in [
            "[project]\nversion = \"1.0.0\"\n",
            "[project]\nversion = '1.0.0'",
            "[project]\r\nversion=\"\"\"1.0.0\"\"\"\r\n",
            "[project]\nversion = \"\"\"\n1.0.0\"\"\"\n",
            "[project]\r\nversion = '''\r\n1.0.0'''\r\n",
            "project.version = \"1.0.0\"\nproject.name = \"x\"\n",
            "project = { name = \"x\", version = \"1.0.0\" }\n",
            "[ project ] # comment\n\"version\"   =   '1.0.0' # 1.0.0\n",
            "\u{feff}[project]\nversion = \"1.0.0\"",
        ] {
            assert_eq!(content(text), ("1.0.0".to_owned(), "1.0.0".to_owned()), "{text:?}");
            let replaced = replace(text, "pyproject.toml", &TARGET, "2.0.0rc10").unwrap().text;
            assert_eq!(replaced, text.replacen("1.0.0", "2.0.0rc10", 1), "{text:?}");
        }
    }

    #[test]
    fn escapes_are_decoded_and_an_empty_string_is_a_place() {
        assert_eq!(
            content("[project]\nversion = \"\\u0031.0.0\""),
            ("\\u0031.0.0".to_owned(), "1.0.0".to_owned())
        );
        assert_eq!(content("[project]\nversion = ''"), (String::new(), String::new()));
        assert_eq!(content("[project]\nversion = ''''''"), (String::new(), String::new()));
    }

    #[test]
    fn versions_of_other_tables_dependencies_comments_and_strings_are_not_it() {
        let text = "# version = \"0\"\n[tool.other]\nversion = \"0\"\n[project]\nname = \"x\"\n\
                    description = \"\"\"\n[project]\nversion = \"0\"\n\"\"\"\ndependencies = [\"x==0\"]\n\
                    version = \"1.0.0\"\n[project.urls]\nversion = \"0\"\n[tool]\nproject.version = \"0\"\n";
        assert_eq!(content(text).0, "1.0.0");
    }

    #[test]
    fn what_is_not_one_string_is_refused() {
        for (text, expected) in [
            ("[tool]\nversion = \"1\"\n", "pyproject.toml: no `[project] version`"),
            ("[[project]]\nversion = \"1\"\n", "pyproject.toml: no `[project] version`"),
            (
                "[project]\nversion = 1.0\n",
                "pyproject.toml:2: `[project] version` is not a string of text but `1.0`",
            ),
            (
                "[project]\ndynamic = [\n  \"readme\",\n  \"version\",\n]\n",
                "pyproject.toml:4: `[project] version` is dynamic: another file holds it",
            ),
            (
                "[project]\nversion = \"1\"\nversion = \"2\"\n",
                "pyproject.toml:3:1: not valid TOML: duplicate key",
            ),
            (
                "[project]\nversion = \"1\n",
                "pyproject.toml:2:13: not valid TOML: invalid basic string, expected `\"`",
            ),
            ("[project]\n<<<<<<< HEAD\nversion = \"1\"\n", "pyproject.toml:2: conflict marker `<<<<<<<`"),
        ] {
            let problems = locate(text, "pyproject.toml", &TARGET).unwrap_err();
            assert_eq!(problems.len(), 1);
            assert_eq!(problems[0].message, expected);
        }
    }
}
