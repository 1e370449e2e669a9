//! The JSON schema of a configuration, for editors. What may stand where comes from the table of known keys, which
//! also refuses configurations; what it means comes from the documentation of the types. So nothing is said twice.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::known::{Key, ROOT, Shape};
use super::{Config, Template};

/// The schema, in draft 2020-12 of JSON Schema.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let types = settings.into_generator().into_root_schema_for::<Config>();
    let mut schema = table(ROOT, types.as_value());
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("trueppm-release.toml"));
    Value::Object(schema)
}

/// A table with these keys; `types` is what the types say about it.
fn table(keys: &[Key], types: &Value) -> Map<String, Value> {
    let documented = fields(types);
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let documented = documented.and_then(|fields| fields.get(key.name)).unwrap_or(&Value::Null);
            (key.name.to_owned(), Value::Object(property(key, documented)))
        })
        .collect();
    let required: Vec<&str> =
        keys.iter().filter(|key| key.required && key.unless.is_none()).map(|key| key.name).collect();
    let either: Vec<Value> = keys
        .iter()
        .filter_map(|key| {
            Some(json!({ "anyOf": [{ "required": [key.name] }, { "required": [key.unless?] }] }))
        })
        .collect();
    let mut schema = object(json!({ "type": "object", "additionalProperties": false }));
    if let Some(description) = types.get("description") {
        schema.insert("description".into(), description.clone());
    }
    for (word, list) in [("required", json!(required)), ("allOf", json!(either))] {
        if list != json!([]) {
            schema.insert(word.into(), list);
        }
    }
    schema.insert("properties".into(), Value::Object(properties));
    schema
}

fn property(key: &Key, documented: &Value) -> Map<String, Value> {
    let mut schema = value(&key.shape, documented, usize::from(key.filled));
    for word in ["description", "default"] {
        if let Some(said) = documented.get(word).filter(|said| !said.is_null()) {
            schema.insert(word.into(), said.clone());
        }
    }
    schema
}

/// What a key may hold; a list has at least so many entries.
fn value(shape: &Shape, documented: &Value, least_entries: usize) -> Map<String, Value> {
    let list = |items: Value| object(json!({ "type": "array", "items": items, "minItems": least_entries }));
    match shape {
        Shape::Text(_) => object(json!({ "type": "string" })),
        Shape::Choice(choices) => object(json!({ "type": "string", "enum": choices() })),
        Shape::Flag => object(json!({ "type": "boolean" })),
        Shape::Count(least, most) => object(json!({ "type": "integer", "minimum": least, "maximum": most })),
        Shape::Texts(_) => list(json!({ "type": "string" })),
        Shape::TextOrTexts(_) => {
            let one = json!({ "type": "string" });
            object(json!({ "anyOf": [one.clone(), list(one)] }))
        }
        Shape::Choices(choices) => list(json!({ "type": "string", "enum": choices() })),
        Shape::Entries(entries) => {
            let documented = documented.get("additionalProperties").unwrap_or(&Value::Null);
            let value = value(&entries.value, documented, 0);
            object(json!({ "type": "object", "additionalProperties": value }))
        }
        Shape::Anything(_) => Map::new(),
        Shape::Table(keys) => table(keys, documented),
        Shape::Tables(keys) => list(json!(table(keys, documented))),
        Shape::OneOrMore(keys) => {
            let one = table(keys, documented);
            object(json!({ "anyOf": [one.clone(), list(json!(one))] }))
        }
    }
}

/// The fields of a table, which may be optional or the entry of a list.
fn fields(types: &Value) -> Option<&Map<String, Value>> {
    if let Some(fields) = types.get("properties").and_then(Value::as_object) {
        return Some(fields);
    }
    let alternatives = types.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    alternatives.chain(types.get("items")).find_map(fields)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A template is written as a string.
impl JsonSchema for Template {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}
