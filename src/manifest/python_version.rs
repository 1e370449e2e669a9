//! A Python module's own version: the literal that is assigned to `__version__` at the top level, or to another name
//! that a key gives. A value that Python has to work out or import cannot be set by writing, so it is refused with the
//! expression shown.

use super::python_module::{Module, is_identifier};
use super::python_tokens::{Kind, Token};
use super::source::Source;
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "python-version",
    file_names: &["__init__.py", "__version__.py", "__about__.py", "_version.py"],
    check_key,
    locate,
    ..Definition::PLAIN
};

/// The name that is meant when no key is given.
const NAME: &str = "__version__";

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if !is_identifier(key) => {
            Err(Problem::content(format!("`key` `{key}` is not a name of a Python module"))
                .hint("write `key = \"VERSION\"` with the name that the version is assigned to, or no `key`")
                .hint("for a version in a dictionary, say `format = \"python-setting\"`"))
        }
        _ => Ok(()),
    }
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.key.unwrap_or(NAME)).map(|found| vec![found]).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, name: &str) -> Result<Found, Problem> {
    let module = Module { source };
    let tokens = module.tokens()?;
    let named = |target: &[Token]| matches!(target, [token] if module.is_name(token, name));
    let assignments = module.assignments(&tokens).into_iter();
    let values: Vec<&[Token]> =
        assignments.filter(|(target, _)| named(target)).map(|(_, value)| value).collect();
    let value = match values.as_slice() {
        [value] => value,
        [] => {
            return Err(Problem::content(format!("{}: no `{name} = \"…\"` at the top level", source.path))
                .hint(format!("add `{name} = \"…\"` with the current version, or correct `key`")));
        }
        [first, .., last] => {
            let (first, last) = (module.shown(first).0, module.shown(last).0);
            return Err(Problem::content(format!(
                "{first}: `{name}` is assigned more than once, last at {last}"
            ))
            .hint("keep one"));
        }
    };
    if let [Token { kind: Kind::String(literal), .. }] = value
        && let Some(decoded) = module.decoded(literal)
    {
        return Ok(source.found(literal.start..literal.end, decoded, name));
    }
    let (place, expression) = module.shown(value);
    Err(Problem::content(format!("{place}: `{name}` is not a string literal but `{expression}`"))
        .hint(format!("write the version in its place: `{name} = \"1.2.3\"`"))
        .hint(
            "or remove this manifest from the configuration, if the value follows another version by itself",
        ))
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::PythonVersion, key: None, package: None };

    #[test]
    fn the_literal_at_the_top_level_is_found_in_every_way_python_can_write_it() {
        for text in [
            "__version__ = \"1.0.0\"",
            "__version__: str = '1.0.0'  # 1.0.0\n",
            "version = __version__ = u'''1.0.0'''\n",
            "import os; __version__ = \\\n  R\"1.0.0\"\n",
            "\u{feff}\"\"\"__version__ = '0'\"\"\"\r\n# __version__ = '0'\r\n__version__ = '1.0.0'\r\n",
            "if x:\n    __version__ = '0'\ndef f():\n    __version__ = '0'\n__version__ = '1.0.0'\nA.__version__ = '0'\n",
            "X = {'__version__': '0'}\n__version__ = '1.0.0'\nassert __version__ == '0'\nf(__version__='0')\n",
        ] {
            let replaced = replace(text, "__init__.py", &TARGET, "2.0.0a1")
                .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
            assert_eq!(replaced.found.len(), 1);
            assert_eq!(replaced.found[0].value, "1.0.0");
            let span = replaced.found[0].span;
            let (before, after) = (text.get(..span.start).unwrap(), text.get(span.end..).unwrap());
            assert_eq!(replaced.text, format!("{before}2.0.0a1{after}"));
        }
    }

    #[test]
    fn another_name_can_be_asked_for() {
        let text = "VERSION = '1.0.0'\n__version__ = VERSION\n";
        let target = Target { key: Some("VERSION"), ..TARGET };
        assert_eq!(locate(text, "_version.py", &target).unwrap()[0].value, "1.0.0");
        let target = Target { key: Some("S['VERSION']"), ..TARGET };
        let problems = locate(text, "_version.py", &target).unwrap_err();
        assert_eq!(problems[0].message, "_version.py: `key` `S['VERSION']` is not a name of a Python module");
    }

    #[test]
    fn what_is_not_one_literal_is_refused() {
        for (text, expected) in [
            ("", "own.py: no `__version__ = \"…\"` at the top level"),
            (
                "try:\n    __version__ = '1'\nfinally: pass\n",
                "own.py: no `__version__ = \"…\"` at the top level",
            ),
            (
                "import x\n__version__ = x.version('own')\n",
                "own.py:2: `__version__` is not a string literal but `x.version('own')`",
            ),
            ("__version__ = f'{a}.0'\n", "own.py:1: `__version__` is not a string literal but `f'{a}.0'`"),
            ("__version__ = '1' '.0'\n", "own.py:1: `__version__` is not a string literal but `'1' '.0'`"),
            (
                "__version__ = '1'\n\n__version__ = '2'\n",
                "own.py:1: `__version__` is assigned more than once, last at own.py:3",
            ),
            ("__version__ = '1\n", "own.py:1:15: a string that never ends"),
        ] {
            assert_eq!(locate(text, "own.py", &TARGET).unwrap_err()[0].message, expected, "{text}");
        }
    }
}
