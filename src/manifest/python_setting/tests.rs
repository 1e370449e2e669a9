//! What is the setting, what is not, and what is refused.

use super::super::python_module::unescaped;
use super::super::{Format, Target, locate, replace};

const TARGET: Target<'_> =
    Target { format: Format::PythonSetting, key: Some("S[\"VERSION\"]"), package: None };

fn content(text: &str) -> (String, String, usize) {
    let found = locate(text, "base.py", &TARGET).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, "S[\"VERSION\"]");
    (
        text.get(found[0].span.start..found[0].span.end).unwrap().to_owned(),
        found[0].value.clone(),
        found[0].line,
    )
}

fn message(text: &str) -> String {
    let problems = locate(text, "base.py", &TARGET).unwrap_err();
    assert_eq!(problems.len(), 1);
    problems[0].message.clone()
}

#[test]
fn the_literal_is_found_in_every_way_python_can_write_it() {
    for text in [
        "S = {\"VERSION\": \"1.0.0\"}",
        "S = {'VERSION': '1.0.0',}\n",
        "S: dict[str, Any] = {\"VERSION\": \"1.0.0\"}\n",
        "S : \"dict[str, object]\" = {\n    u'VERSION': R'''1.0.0''', # '1.0.0'\n}\n",
        "S = \\\n{\n'TITLE': 'x', 'VERSION' : \"\"\"1.0.0\"\"\" }\n",
        "import os; S = {'VERSION': '1.0.0'}; T = 1\n",
        "T = S = {'VERSION': '1.0.0'}\n",
        "S = {**T, 'VERSION': '1.0.0', **U}\n",
        "S = {'VER' 'SION': '1.0.0'}\n",
        "S = {'\\x56ERSION': '1.0.0'}\n",
        "S = {lambda: 1: 2, 'f': lambda x: x, 'VERSION': '1.0.0'}\n",
        "S = {}\nS['VERSION'] = '1.0.0'\n",
        "S = {'VERSION': '1.0.0'}\nS['TITLE'] = 'x'\nT['VERSION'] = '0'\n",
        "from base import S\nS[\"VERSION\"]: str = '1.0.0'\n",
        "\u{feff}# ä\r\nS = {\r\n    'VERSION': '1.0.0'\r\n}",
    ] {
        let (written, value, _) = content(text);
        assert_eq!((written.as_str(), value.as_str()), ("1.0.0", "1.0.0"), "{text}");
        let at = locate(text, "base.py", &TARGET).unwrap()[0].span;
        let replaced = replace(text, "base.py", &TARGET, "10.20.30").unwrap().text;
        assert_eq!(
            replaced,
            format!("{}10.20.30{}", text.get(..at.start).unwrap(), text.get(at.end..).unwrap())
        );
    }
}

#[test]
fn escapes_are_decoded_and_an_empty_literal_is_a_place() {
    assert_eq!(content("S = {'VERSION': '\\u0031.\\x30\\56\\\n0'}").1, "1.0.0");
    assert_eq!(content("S = {'VERSION': ''}"), (String::new(), String::new(), 1));
    assert_eq!(content("S = {'VERSION': r'\\x31'}").1, "\\x31");
    assert_eq!(
        unescaped("\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\q\\0\\U0001F600").as_deref(),
        Some("\u{7}\u{8}\u{c}\n\r\t\u{b}\\'\"\\q\0😀")
    );
    for odd in ["\\x3", "\\u00e", "\\ud800", "\\", "\\N{DIGIT ONE}", "\\x+1"] {
        assert_eq!(unescaped(odd), None, "{odd}");
    }
}

#[test]
fn a_version_that_is_deeper_elsewhere_in_a_comment_or_in_a_string_is_not_it() {
    let text = r#"
"""S = {"VERSION": "0"}"""
# S = {"VERSION": "0"}
OTHER = {"VERSION": "0", "S": {"VERSION": "0"}}
VERSION = "0"
T = 'S = {"VERSION": "0"}'
R = f"""{S["VERSION"]} { {"VERSION": "0"} } {{ """
def f():
    S = {"VERSION": "0"}
if True: S = {"VERSION": "0"}
if True:
    S = {"VERSION": "0"}
class C: S = {"VERSION": "0"}
async def g(): S = {"VERSION": "0"}
call(S={"VERSION": "0"})
print(S["VERSION"] == "0")
C.S = {"VERSION": "0"}
X, S2 = {"VERSION": "0"}, {"VERSION": "0"}
S = {
    # "VERSION": "0",
    "TITLE": "\"VERSION\": \"0\"",
    "DESCRIPTION": """
    "VERSION": "0",
    """,
    "NESTED": {"VERSION": "0", "LIST": [{"VERSION": "0"}]},
    "CALL": dict(VERSION="0"),
    "TUPLE": ("VERSION", "0"),
    ("VERSION",): "0",
    b"VERSION": "0",
    f"VERSION": "0",
    VERSION: "0",
    "OAS_VERSION": "0",
    "VERSION ": "0",
    "VERSION": "1.0.0",
}
"#;
    assert_eq!(content(text), ("1.0.0".to_owned(), "1.0.0".to_owned(), 34));
}

#[test]
fn a_value_that_python_works_out_is_refused_with_the_expression() {
    for (value, line, expression) in [
        ("TRUEPPM_VERSION", 2, "TRUEPPM_VERSION"),
        ("os.environ.get(\n  'V', '1')", 2, "os.environ.get( 'V', '1')"),
        ("'1.0' '.0'", 2, "'1.0' '.0'"),
        ("f'1.0.0'", 2, "f'1.0.0'"),
        ("b'1.0.0'", 2, "b'1.0.0'"),
        ("('1.0.0')", 2, "('1.0.0')"),
        ("'1.0.0'.strip()", 2, "'1.0.0'.strip()"),
        ("'1.0.0' if X else '2'", 2, "'1.0.0' if X else '2'"),
        ("'\\N{DIGIT ONE}'", 2, "'\\N{DIGIT ONE}'"),
        ("1", 2, "1"),
        ("x for x in y", 2, "x for x in y"),
    ] {
        assert_eq!(
            message(&format!("S = {{\n'VERSION': {value}}}")),
            format!("base.py:{line}: `S[\"VERSION\"]` is not a string literal but `{expression}`")
        );
    }
    let problems = locate("S = {'VERSION': V}", "base.py", &TARGET).unwrap_err();
    assert_eq!(problems[0].hints.len(), 3, "literal, another file, no manifest");
}

#[test]
fn a_dictionary_that_is_not_written_in_braces_is_refused_with_the_expression() {
    for (value, expression) in [
        ("dict(VERSION='1.0.0')", "dict(VERSION='1.0.0')"),
        ("{'VERSION': '1.0.0'} | T", "{'VERSION': '1.0.0'} | T"),
        ("{} | {'VERSION': '1.0.0'}", "{} | {'VERSION': '1.0.0'}"),
        ("load()", "load()"),
    ] {
        assert_eq!(
            message(&format!("\nS = {value}\n")),
            format!("base.py:2: `S` is not a dictionary in braces but `{expression}`")
        );
    }
}

#[test]
fn two_places_are_refused_with_both_lines() {
    for (text, expected) in [
        (
            "S = {'VERSION': '1'}\n\nS = {'VERSION': '2'}\n",
            "`S` is assigned more than once, in lines 1 and 3",
        ),
        ("S = {}\nS = {'VERSION': '2'}\n", "`S` is assigned more than once, in lines 1 and 2"),
        (
            "S = {'VERSION': '1',\n'VERSION': '2'}\n",
            "`S[\"VERSION\"]` is set more than once, in lines 1 and 2",
        ),
        (
            "S = {'VERSION': '1'}\nS['VERSION'] = '2'\n",
            "`S[\"VERSION\"]` is set more than once, in lines 1 and 2",
        ),
    ] {
        assert_eq!(message(text), format!("base.py: {expected}"));
    }
}

#[test]
fn what_is_missing_is_named() {
    for text in
        ["", "T = {'VERSION': '1'}\n", "S += {'VERSION': '1'}\n", " S = {'VERSION': '1'}\n", "S: dict\n"]
    {
        assert_eq!(message(text), "base.py: no `S = {…}` at the top level, so no `S[\"VERSION\"]`", "{text}");
    }
    for text in ["S = {}", "S = {'version': '1'}", "S = {'VERSION', '1'}", "S = {'VERSION' if x else y: '1'}"]
    {
        assert_eq!(message(text), "base.py: no `S[\"VERSION\"]`", "{text}");
    }
}

#[test]
fn text_that_is_no_python_is_refused_with_its_place() {
    assert_eq!(message("S = {\n  'VERSION': '1.0.0\n}\n"), "base.py:2:14: a string that never ends");
    assert_eq!(message("é = 1\nS = {'VERSION': '1'\n"), "base.py:2:5: a bracket that is never closed");
}

#[test]
fn a_key_that_is_not_a_dictionary_and_a_key_in_it_is_refused() {
    for key in [
        "VERSION",
        "S[VERSION]",
        "S[\"\"]",
        "S[\"A\"][\"B\"]",
        "a.S[\"V\"]",
        "[\"V\"]",
        "S[\"V']",
        "1S[\"V\"]",
        "S[\"]",
    ] {
        let problem = Format::PythonSetting.check_key(Some(key)).unwrap_err();
        assert_eq!(problem.message, format!("`key` `{key}` is not a dictionary and a key in it"));
    }
    assert!(Format::PythonSetting.check_key(None).is_err());
    for key in ["S[\"VERSION\"]", "SPECTACULAR_SETTINGS['VERSION']", "_é1[\"a b\"]"] {
        assert_eq!(Format::PythonSetting.check_key(Some(key)), Ok(()));
    }
}
