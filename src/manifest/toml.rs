//! Any TOML file: a dotted key says which string holds the version, as in `tool.own.version` or, in a list, which
//! counts from 0, `plugins.0.version`.

use super::toml_reader::{item_at, parse, steps, string};
use super::{Definition, Found, Problem, Source, Target};

pub(super) const DEFINITION: Definition =
    Definition { name: "toml", extensions: &[".toml"], check_key, locate, ..Definition::PLAIN };

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) => steps(key).map(|_| ()),
        None => Err(Problem::content("a TOML file needs a `key` that says where the version is")
            .hint("give a dotted key: `key = \"tool.own.version\"`")),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let find = || {
        let key = target.key.unwrap_or_default();
        let document = parse(source)?;
        match item_at(&document, &steps(key)?) {
            Some(item) => string(source, 0, item, key),
            None => Err(Problem::content(format!("{}: no `{key}`", source.path))
                .hint(format!("add `{key}` with the current version as a string, or correct `key`"))),
        }
    };
    find().map(|found| vec![found]).map_err(|problem| vec![problem])
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    fn target(key: &str) -> Target<'_> {
        Target { format: Format::Toml, key: Some(key), package: None }
    }

    const TEXT: &str = "\
version = \"a\"
[tool.\"own.tool\"]
version = 'b' # b
inline = { deep = { version = \"\"\"
c\"\"\" } }
list = [\"d\", { version = \"e\" }]
number = 1
[[plugin]]
version = \"f\"
[[plugin]]
\"in quotes\".version = \"g\"
[tool.0]
version = \"h\"
";

    #[test]
    fn a_dotted_key_leads_through_tables_and_lists() {
        for (key, value) in [
            ("version", "a"),
            ("tool.\"own.tool\".version", "b"),
            ("tool.'own.tool'.inline.deep.version", "c"),
            ("tool.\"own.tool\".list.0", "d"),
            ("tool.\"own.tool\".list.1.version", "e"),
            ("plugin.0.version", "f"),
            ("plugin . 1 . \"in quotes\" . version", "g"),
            ("tool.0.version", "h"),
        ] {
            let found = locate(TEXT, "own.toml", &target(key)).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].value.as_str(), found[0].key.as_str()), (value, key));
            let replaced = replace(TEXT, "own.toml", &target(key), "2.0.0").unwrap().text;
            let span = found[0].span;
            assert_eq!(
                replaced,
                format!("{}2.0.0{}", TEXT.get(..span.start).unwrap(), TEXT.get(span.end..).unwrap())
            );
        }
    }

    #[test]
    fn a_key_that_leads_nowhere_and_one_that_is_none_are_refused() {
        for (key, expected) in [
            ("plugin.2.version", "own.toml: no `plugin.2.version`"),
            ("plugin.version", "own.toml: no `plugin.version`"),
            ("version.x", "own.toml: no `version.x`"),
            (
                "tool.\"own.tool\".number",
                "own.toml:7: `tool.\"own.tool\".number` is not a string of text but `1`",
            ),
            ("a..b", "own.toml: `a..b` is not a dotted key"),
            ("", "own.toml: `` is not a dotted key"),
            ("/version", "own.toml: `/version` is not a dotted key"),
        ] {
            assert_eq!(locate(TEXT, "own.toml", &target(key)).unwrap_err()[0].message, expected);
        }
        let none = Target { key: None, ..target("") };
        let problems = locate(TEXT, "own.toml", &none).unwrap_err();
        assert_eq!(problems[0].message, "own.toml: a TOML file needs a `key` that says where the version is");
    }
}
