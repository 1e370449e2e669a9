//! TOML: a manifest of Python or Rust, or any file. The version stands in basic and literal strings, on one line
//! and on several, beside comments, dotted keys and lists of tables that hold the same version.

use super::sample::{Choices, Shape};

pub(super) fn pyproject(choices: &Choices) -> Shape {
    let own = choices.one_of(&[
        "version = \"\u{1}\"",
        "version='\u{1}' # \u{2}",
        "version = \"\"\"\n\u{1}\"\"\"",
        "\"version\" = '''\u{1}'''",
    ]);
    let pool =
        ["# version = \"\u{2}\"", "", "dependencies = [\n  \"ä==\u{2}\",\n]", "urls.version = \"\u{2}\""];
    // TOML allows each key once.
    let lines = choices.at_most_one_line().around(&pool, own);
    let after = "[tool.x]\nversion = \"\u{2}\" # ü\n[[tool.y]]\nversion = '\u{2}'";
    ("pyproject.toml", None, None, format!("[project]\nname = \"x\"\n{lines}\n{after}"))
}

pub(super) fn cargo_toml(choices: &Choices) -> Shape {
    let own = choices.one_of(&[
        "[package]\nname = \"x\"\nversion = \"\u{1}\"",
        "[workspace.package]\nversion = '\u{1}' # \u{2}",
        "[workspace]\npackage = { version = \"\u{1}\" }",
        "[package]\nversion.workspace = true\n[workspace.package]\nversion = \"\u{1}\"",
    ]);
    let pool = ["# version = \"\u{2}\"", "", "[[bin]]\nversion = \"\u{2}\""];
    let dependencies = "[dependencies]\n\"ä\" = \"=\u{2}\"\nb = { version = \"\u{2}\" }";
    ("Cargo.toml", None, None, format!("{}\n{dependencies}", choices.around(&pool, own)))
}

pub(super) fn toml(choices: &Choices) -> Shape {
    let own = choices.one_of(&[
        "version = \"\u{1}\"",
        "version='\u{1}' # \u{2}",
        "version = \"\"\"\n\u{1}\"\"\"",
        "\"version\" = '''\u{1}'''",
    ]);
    let pool = ["# version = \"\u{2}\"", "", "[[tool.other]]\nversion = \"\u{2}\" # ä"];
    let tables = choices.around(&pool, &format!("[[tool.\"o.wn\"]]\n{own}"));
    let text = format!("version = \"\u{2}\"\n{tables}\n[tool.x]\nversion = \"\u{2}\"");
    ("about.toml", Some("tool.\"o.wn\".0.version"), None, text)
}
