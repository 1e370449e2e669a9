//! `docs/reference.md`: every key of the configuration, drawn from the schema that the program prints, which comes from
//! the table of known keys and the documentation of the types. `TRUEPPM_RELEASE_WRITE=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::Sandbox;

const OPENING: &str = "\
# Every key of the configuration

What may stand in `trueppm-release.toml`, table by table. This page is made from what the program itself accepts;
[the guide to configurations](configuration.md) explains how the parts work together, and
`trueppm-release config --schema` prints the same for an editor. A **template** is a text in which `{version}`,
`{pep440}` and their like stand for the release at hand. **Needed** keys have no default.
";

#[test]
fn the_reference_of_the_configuration_has_every_key_as_the_program_knows_it() {
    let printed = Sandbox::empty().run(&["config", "--schema"]).expect(0).stdout;
    let schema: Value = serde_json::from_str(&printed).expect("a schema");
    let mut page = OPENING.to_owned();
    let (tables, alone): (Vec<_>, Vec<_>) =
        properties(&schema).partition(|(_, property)| properties(entry(property).0).next().is_some());
    page.push_str("\n## At the very top\n\n");
    rows(&mut page, &schema, alone);
    for (name, property) in tables {
        table(&mut page, name, property);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    if std::env::var_os("TRUEPPM_RELEASE_WRITE").is_some() {
        std::fs::write(&file, &page).expect("the page is written");
    }
    let there = std::fs::read_to_string(&file).expect("docs/reference.md");
    assert!(
        there == page,
        "docs/reference.md is not current: TRUEPPM_RELEASE_WRITE=1 cargo test --test suite reference"
    );
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// One table of the file, and below it the tables inside.
fn table(page: &mut String, name: &str, schema: &Value) {
    let (entry, repeated) = entry(schema);
    let heading = if repeated { format!("[[{name}]]") } else { format!("[{name}]") };
    writeln!(page, "\n## `{heading}`\n\n{}\n", said(schema)).expect("text");
    rows(page, entry, properties(entry).collect());
    for (key, property) in properties(entry) {
        if properties(self::entry(property).0).next().is_some() {
            table(page, &format!("{name}.{key}"), property);
        }
    }
}

/// These keys of a table, each with what it holds and means.
fn rows(page: &mut String, table: &Value, keys: Vec<(&String, &Value)>) {
    page.push_str("| key | holds | without it | |\n|---|---|---|---|\n");
    let required = table.get("required").and_then(Value::as_array).into_iter().flatten();
    let needed: Vec<&str> = required.filter_map(Value::as_str).collect();
    for (key, property) in keys {
        let default = match property.get("default") {
            _ if needed.contains(&key.as_str()) => "**needed**".to_owned(),
            Some(default) if is_plain(default) => format!("`{}`", default.to_string().replace('|', "\\|")),
            _ => "–".to_owned(),
        };
        writeln!(page, "| `{key}` | {} | {default} | {} |", holds(property), said(property)).expect("text");
    }
}

/// A default that says something: neither nothing nor a table of it.
fn is_plain(default: &Value) -> bool {
    match default {
        Value::String(text) => !text.is_empty(),
        Value::Array(entries) => !entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
        Value::Null | Value::Object(_) => false,
    }
}

/// The table that is described, and whether there may be several of it.
fn entry(schema: &Value) -> (&Value, bool) {
    if let Some(items) = schema.get("items") {
        return (items, true);
    }
    let several = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    several.filter_map(|one| one.get("items")).next().map_or((schema, false), |items| (items, true))
}

/// What may stand there, in words.
fn holds(schema: &Value) -> String {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => "text".into(),
        Some("boolean") => "`true` or `false`".into(),
        Some("integer") => match (schema.get("minimum"), schema.get("maximum")) {
            (Some(least), Some(most)) => format!("a number, {least} to {most}"),
            _ => "a number".into(),
        },
        Some("array") => match schema.get("items") {
            Some(items) if properties(items).next().is_some() => "tables".into(),
            Some(items) => format!("a list of: {}", holds(items)),
            None => "a list".into(),
        },
        Some("object") => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => format!("a table of names, each with: {}", holds(values)),
            _ => "a table".into(),
        },
        _ if schema.get("anyOf").is_some() => "one table or several".into(),
        _ => "any value".into(),
    }
}

/// The description on one line.
fn said(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
