//! `pyproject.toml`: the version is `[project] version`, a string that PEP 621 allows to be missing when it is listed
//! as dynamic, or `[tool.poetry] version`. Where neither holds it, another file does, and the configuration must name
//! that file instead.

use super::toml_reader::{Place, at, choose, parse, string};
use super::{Definition, Found, Problem, Role, Source, Target, VersionSource, version_source};

pub(super) const DEFINITION: Definition = Definition {
    name: "pyproject",
    file_names: &["pyproject.toml"],
    role: Role::Manifest,
    keys: &["project.version", "tool.poetry.version"],
    check_key,
    locate,
    package_name: Some(package_name),
    ..Definition::PLAIN
};

/// The two places, by the key that chooses one.
const PLACES: [Place; 2] = [
    Place { key: "project.version", path: &["project", "version"], words: "[project] version" },
    Place {
        key: "tool.poetry.version",
        path: &["tool", "poetry", "version"],
        words: "[tool.poetry] version",
    },
];

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if !PLACES.iter().any(|place| place.key == key) => {
            Err(Problem::content(format!("`key` `{key}` is not one that a pyproject.toml has"))
                .hint("write `project.version` or `tool.poetry.version`, or no `key`")
                .hint("or say `format = \"toml\"`, which takes any key"))
        }
        _ => Ok(()),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.key).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, key: Option<&str>) -> Result<Found, Problem> {
    let document = parse(source)?;
    let wanted = || PLACES.iter().filter(|place| key.is_none_or(|key| key == place.key));
    let own: Vec<_> = wanted().filter_map(|place| Some((at(&document, place.path)?, place.words))).collect();
    let words = wanted().next().map_or("", |place| place.words);
    match own.as_slice() {
        [(item, words)] => string(source, 0, item, words),
        [] => {
            let dynamic = at(&document, &["project", "dynamic"])
                .and_then(|item| item.as_array())
                .and_then(|names| names.iter().find(|name| name.as_str() == Some("version")));
            Err(match dynamic {
                Some(dynamic) => {
                    let offset = dynamic.span().map_or(0, |span| span.start);
                    let from = match version_source(source.body) {
                        Some(VersionSource::Tags(tool)) => format!("comes from the tags, by {tool}"),
                        Some(VersionSource::Crate) => "is that of its crate".to_owned(),
                        _ => "another file holds it".to_owned(),
                    };
                    Problem::content(format!("{}: `{words}` is dynamic: {from}", source.at(offset)))
                    .hint("write `version = \"…\"` under `[project]` and take \"version\" out of `dynamic`")
                    .hint(
                        "or name the file that holds the version in the configuration, in place of this one",
                    )
                }
                None => Problem::content(format!("{}: no `{words}`", source.path))
                    .hint("add `version = \"…\"` with the current version under `[project]`"),
            })
        }
        several => Err(choose(source, several, &PLACES)),
    }
}

fn package_name(source: &Source<'_>) -> Option<String> {
    let document = parse(source).ok()?;
    let name = |path: &[&str]| at(&document, path)?.as_str().map(str::to_owned);
    name(&["project", "name"]).or_else(|| name(&["tool", "poetry", "name"]))
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
                "[project]\nversion = \"1\"\n[tool.poetry]\nversion = \"1\"\n",
                "pyproject.toml: two versions: `[project] version` (line 2) and `[tool.poetry] version` (line 4)",
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

    #[test]
    fn poetry_holds_the_version_where_the_project_does_not_or_where_a_key_says_so() {
        for text in [
            "[tool.poetry]\nname = \"x\"\nversion = \"1.0.0\"\n[tool.poetry.dependencies]\nversion = \"0\"\n",
            "[project]\nname = \"x\"\ndynamic = [\"version\"]\n[tool.poetry]\nversion = '1.0.0'\n",
            "tool.poetry = { version = \"1.0.0\" }\n",
        ] {
            assert_eq!(content(text).1, "1.0.0", "{text}");
            let replaced = replace(text, "pyproject.toml", &TARGET, "2.0.0").unwrap();
            assert_eq!(replaced.text, text.replacen("1.0.0", "2.0.0", 1));
            assert_eq!(replaced.found[0].key, "[tool.poetry] version");
        }
        let both = "[project]\nversion = \"1\"\n[tool.poetry]\nversion = \"2\"\n";
        for (key, value) in [("project.version", "1"), ("tool.poetry.version", "2")] {
            let target = Target { key: Some(key), ..TARGET };
            assert_eq!(locate(both, "pyproject.toml", &target).unwrap()[0].value, value);
        }
        let target = Target { key: Some("tool.poetry.version"), ..TARGET };
        let problems = locate("[project]\nversion = \"1\"\n", "pyproject.toml", &target).unwrap_err();
        assert_eq!(problems[0].message, "pyproject.toml: no `[tool.poetry] version`");
        let target = Target { key: Some("version"), ..TARGET };
        let problems = locate(both, "pyproject.toml", &target).unwrap_err();
        assert_eq!(
            problems[0].message,
            "pyproject.toml: `key` `version` is not one that a pyproject.toml has"
        );
    }
}
