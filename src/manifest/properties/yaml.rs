//! YAML: a chart, or any file. Plain and quoted scalars, beside flow mappings, block scalars and comments that hold
//! the same version.

use super::sample::{Choices, Shape};

pub(super) fn chart(choices: &Choices) -> Shape {
    let pool = [
        "# version: \u{2}",
        "",
        "dependencies:\n  - name: ä\n    version: \"\u{2}\"",
        "annotations: {version: \u{2}}",
        "description: |\n  version: \u{2}",
    ];
    let own = choices.one_of(&[
        "version: \u{1}",
        "version: \"\u{1}\"  # \u{2}",
        "version:   '\u{1}'",
        "\"version\" : \u{1} # it's \u{2}",
    ]);
    let application =
        choices.one_of(&["appVersion: '\u{1}'", "appVersion: \u{1}", "'appVersion': \"\u{1}\" #"]);
    let lines = distinct_keys(choices.around(&pool, own));
    ("Chart.yaml", None, None, format!("apiVersion: v2\n{lines}\n{application}"))
}

pub(super) fn yaml(choices: &Choices) -> Shape {
    let pool = [
        "  # tag: \u{2}",
        "  - {name: ä, image: {tag: \u{2}}}",
        "  - other:\n      tag: '\u{2}'",
        "",
        "  - |\n    tag: \u{2}",
    ];
    let own = choices.one_of(&[
        "    tag: \u{1}",
        "    tag:   \"\u{1}\"  # \u{2}",
        "    'tag' : '\u{1}'",
        "    \"tag\": \u{1} # it's \u{2}",
    ]);
    let list = choices.around(&pool, "  - {tag: \u{2}}");
    let text = format!("list:\n{list}\nim.age:\n  api:\n{own}\n  web: {{tag: \u{2}}}\nlast: \u{2}");
    ("values.yaml", Some("\"im.age\".api.tag"), None, text)
}

/// Numbers the keys that a random choice repeats: YAML allows each only once.
fn distinct_keys(mut lines: String) -> String {
    for key in ["dependencies:", "annotations:", "description:"] {
        let parts: Vec<&str> = lines.split(key).collect();
        let numbered = parts.iter().enumerate().skip(1).map(|(number, part)| format!("x{number}{key}{part}"));
        lines = std::iter::once(parts[0].to_owned()).chain(numbered).collect();
    }
    lines
}
