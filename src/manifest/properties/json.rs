//! JSON: the manifest of a web package, or any file. The key is written plainly and with an escape, beside deeper
//! objects, lists and strings that look like it.

use super::sample::{Choices, Shape};

pub(super) fn package_json(choices: &Choices) -> Shape {
    let pool = [
        "  \"//\": \"\\\"version\\\": \u{2} ä\",",
        "  \"x\": { \"version\": \"\u{2}\" },",
        "",
        "  \"y\": [[\"\u{2}\"]],",
    ];
    let own = choices.one_of(&[
        "  \"version\": \"\u{1}\",",
        "\t\"version\":\"\u{1}\"\t,",
        "  \"\\u0076ersion\" :\n \"\u{1}\",",
    ]);
    ("web/package.json", None, None, format!("{{\n{}\n  \"z\": \"\u{2}\"\n}}", choices.around(&pool, own)))
}

pub(super) fn json(choices: &Choices) -> Shape {
    let pool = ["  { \"version\": \"\u{2}\" },", "  \"ä\u{2}\",", "  [],"];
    let own = choices.one_of(&["  \"version\": \"\u{1}\",", "  \"x\": 1, \"version\" : \"\u{1}\","]);
    let list = choices.around(&pool, "  \"\u{2}\",");
    let text = format!(
        "{{ \"list\": [\n{list}\n 1 ],\n \"in/fo\": {{\n{own}\n \"version2\": \"\u{2}\" }}, \"version\": \"\u{2}\" }}"
    );
    ("api.json", Some("/in~1fo/version"), None, text)
}
