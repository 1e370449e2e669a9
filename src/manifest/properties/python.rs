//! Python: a setting in a dictionary, or `__version__`. String literals of every kind, beside docstrings, nested
//! blocks and other names that hold the same version.

use super::sample::{Choices, Shape};

pub(super) fn python_setting(choices: &Choices) -> Shape {
    let pool = [
        "# S = {\"VERSION\": \"\u{2}\"}",
        "OTHER = {\"VERSION\": \"\u{2}\"}",
        "DOC = \"\"\"ä\nS = {'VERSION': '\u{2}'}\n\"\"\"",
        "if True:\n    S = {'VERSION': '\u{2}'}",
        "X = f'{OTHER['VERSION']}' + \"{'\"",
        "",
    ];
    let entries = ["    'TITLE': '\u{2}',", "    'DEEP': {'VERSION': '\u{2}'},", "    # 'VERSION': '\u{2}',"];
    let own = choices.one_of(&[
        "    'VERSION': '\u{1}',",
        "    \"VERSION\": \"\u{1}\",  # \u{2}",
        "    u'VERSION' : r'''\u{1}''',",
        "    \"VERSION\": \\\n\"\"\"\u{1}\"\"\",",
    ]);
    let head = choices.one_of(&["S = {", "S: dict[str, object] = {"]);
    let dictionary = format!("{head}\n{}\n}}", choices.around(&entries, own));
    ("base.py", Some("S[\"VERSION\"]"), None, choices.around(&pool, &dictionary))
}

pub(super) fn python_version(choices: &Choices) -> Shape {
    let pool = [
        "# __version__ = \"\u{2}\"",
        "DOC = \"\"\"ä\n__version__ = '\u{2}'\n\"\"\"",
        "if True:\n    __version__ = '\u{2}'",
        "own.__version__ = '\u{2}'; other = ['\u{2}']",
        "",
    ];
    let own = choices.one_of(&[
        "__version__ = \"\u{1}\"",
        "__version__: Final[str] = '\u{1}'  # \u{2}",
        "version = __version__ = r\"\"\"\u{1}\"\"\"",
        "__version__ = \\\n'\u{1}'; X = '\u{2}'",
    ]);
    ("own/__init__.py", None, None, choices.around(&pool, own))
}
