//! From text to [`Config`]. The document is walked against the keys that exist, so that one reading finds
//! every unknown key, wrong type and bad value; only a document without a fault becomes the typed value.

use std::ops::Range;

use serde::Deserialize;
use toml_edit::de::Deserializer;
use toml_edit::{Document, Item, TableLike, Value};

use super::command_line::{RUN, as_run, listed_as_toml};
use super::findings::Findings;
use super::known::{Entries, Key, ROOT, Shape, optional};
use super::requires::too_old;
use super::rules::Rule;
use super::{Config, Source, check_steps, validate};
use crate::error::Problem;
use crate::words::nearest;

/// Reads a configuration.
///
/// # Errors
/// Every problem in the text, in its order, each opening with `source:line:column`.
pub fn parse(text: &str, source: &Source) -> Result<Config, Vec<Problem>> {
    let mut findings = Findings::default();
    let config = read(text, &mut findings);
    config.filter(|_| findings.is_empty()).ok_or_else(|| findings.located(&source.to_string(), text))
}

fn read(text: &str, findings: &mut Findings) -> Option<Config> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            findings.add(error.span(), Problem::content(format!("this is not TOML: {}", error.message())));
            return None;
        }
    };
    let root = document.as_table();
    if let Some((place, problem)) = too_old(root) {
        findings.add_first(place, problem);
    }
    check_table(root, ROOT, None, "", findings);
    validate::check(root, text, findings);
    if !findings.is_empty() {
        return None;
    }
    let leading = validate::leading(root).map(str::to_owned);
    let order = check_steps::order(root);
    match Config::deserialize(Deserializer::from(document)) {
        Ok(mut config) => {
            for command in config.step.iter_mut().chain(&mut config.check) {
                command.place = order.iter().position(|name| *name == command.name).unwrap_or_default();
            }
            if config.release.version_from.is_empty() {
                config.release.version_from = leading.unwrap_or_default();
            }
            Some(config)
        }
        Err(error) => {
            findings.add(error.span(), Problem::content(error.message().to_owned()));
            None
        }
    }
}

/// Checks one table against its keys. `label` says which table in words, empty for the top level; `place` is
/// where a missing key is reported.
fn check_table(
    table: &dyn TableLike,
    keys: &[Key],
    place: Option<Range<usize>>,
    label: &str,
    findings: &mut Findings,
) {
    for (name, item) in table.iter() {
        match keys.iter().find(|key| key.name == name) {
            Some(key) => {
                let place = item.span().or_else(|| place_of_key(table, name));
                check_item(key, item, place, label, findings);
            }
            None => findings.add_unknown(place_of_key(table, name), unknown_key(name, keys, label)),
        }
    }
    let unnecessary = |key: &Key| key.unless.is_some_and(|other| table.contains_key(other));
    let missing = |key: &&Key| key.required && !table.contains_key(key.name) && !unnecessary(key);
    for key in keys.iter().filter(missing) {
        let problem = if label.is_empty() {
            Problem::content(format!("{} is missing", header(key)))
        } else {
            Problem::content(format!("{label} has no `{}`", key.name))
        };
        findings.add(place.clone(), problem);
    }
}

fn check_item(key: &Key, item: &Item, place: Option<Range<usize>>, label: &str, findings: &mut Findings) {
    check_named(&name_in(key, label), key, item, place, label, findings);
}

/// Checks what stands under a key, which a message calls `name`.
fn check_named(
    name: &str,
    key: &Key,
    item: &Item,
    place: Option<Range<usize>>,
    label: &str,
    findings: &mut Findings,
) {
    match key.shape {
        Shape::Text(rule) => match item.as_str() {
            Some(text) => check_text(text, rule, place, name, findings),
            None => findings.add(place, wrong_type(name, "a string", item)),
        },
        Shape::Choice(choices) => match item.as_str() {
            Some(text) => {
                let choices = choices();
                if !choices.contains(&text) {
                    findings.add_unknown(place, unknown_choice(name, text, &choices));
                }
            }
            None => findings.add(place, wrong_type(name, "a string", item)),
        },
        Shape::Flag => {
            if item.as_bool().is_none() {
                findings.add(place, wrong_type(name, "true or false", item));
            }
        }
        Shape::Count(least, most) => match item.as_integer() {
            Some(number) if number < least => {
                findings.add(place, Problem::content(format!("{name}: {number} is less than {least}")));
            }
            Some(number) if number > most => {
                findings.add(place, Problem::content(format!("{name}: {number} is more than {most}")));
            }
            Some(_) => {}
            None => findings.add(place, wrong_type(name, "a whole number", item)),
        },
        Shape::Texts(rule) => match item.as_array() {
            Some(list) => {
                if key.filled && list.is_empty() {
                    findings.add(place, Problem::content(format!("{name} is an empty list")));
                }
                for (value, number) in list.iter().zip(1..) {
                    let name = format!("{name}, entry {number}");
                    match value.as_str() {
                        Some(text) => check_text(text, rule, value.span(), &name, findings),
                        None => findings.add(value.span(), wrong_type_of_value(&name, "a string", value)),
                    }
                }
            }
            None => {
                findings.add(place, not_a_list(key, name, item));
            }
        },
        Shape::TextOrTexts(rule) if item.is_str() => {
            check_named(name, &Key { shape: Shape::Text(rule), ..*key }, item, place, label, findings);
        }
        Shape::TextOrTexts(_) if !item.is_array() => {
            findings.add(place, wrong_type(name, "a string or a list of strings", item));
        }
        Shape::TextOrTexts(rule) => {
            check_named(name, &Key { shape: Shape::Texts(rule), ..*key }, item, place, label, findings);
        }
        Shape::Choices(choices) => match item.as_array() {
            Some(list) => {
                let choices = choices();
                for (value, number) in list.iter().zip(1..) {
                    let name = format!("{name}, entry {number}");
                    match value.as_str() {
                        Some(text) if choices.contains(&text) => {}
                        Some(text) => {
                            findings.add_unknown(value.span(), unknown_choice(&name, text, &choices))
                        }
                        None => findings.add(value.span(), wrong_type_of_value(&name, "a string", value)),
                    }
                }
            }
            None => {
                findings.add(place, not_a_list(key, name, item));
            }
        },
        Shape::Entries(entries) => match item.as_table_like() {
            Some(table) => check_entries(table, entries, name, findings),
            None => findings.add(place, wrong_type(name, "a table", item)),
        },
        Shape::Anything(rule) => check_anything(item, rule, place, name, findings),
        Shape::Table(keys) => match item.as_table_like() {
            Some(table) if label.is_empty() => check_table(table, keys, place, &header(key), findings),
            Some(table) => check_table(table, keys, place, name, findings),
            None => {
                findings.add(place, wrong_type(name, "a table", item).hint(format!("write {}", header(key))))
            }
        },
        Shape::Tables(keys) => check_tables(key, keys, item, place, label, findings),
        Shape::OneOrMore(keys) => {
            let several = item.is_array_of_tables() || item.is_array();
            let shape = if several { Shape::Tables(keys) } else { Shape::Table(keys) };
            check_item(&Key { shape, ..*key }, item, place, label, findings);
        }
    }
}

fn check_tables(
    key: &Key,
    keys: &[Key],
    item: &Item,
    place: Option<Range<usize>>,
    label: &str,
    findings: &mut Findings,
) {
    let header_in = header_in(key, label);
    if let Some(tables) = item.as_array_of_tables() {
        for table in tables {
            check_table(table, keys, table.span().or_else(|| place.clone()), &header_in, findings);
        }
    } else if let Some(list) = item.as_array() {
        if key.filled && list.is_empty() {
            findings.add(place, Problem::content(format!("{header_in} is an empty list")));
        }
        for (value, number) in list.iter().zip(1..) {
            match value.as_inline_table() {
                Some(table) => check_table(table, keys, value.span(), &header_in, findings),
                None => {
                    let name = format!("{header_in}, entry {number}");
                    findings.add(value.span(), wrong_type_of_value(&name, "a table", value));
                }
            }
        }
    } else {
        let problem = wrong_type(&name_in(key, label), "a list of tables", item);
        findings.add(place, problem.hint(format!("write `[[{}]]`, with two brackets", key.name)));
    }
}

/// Checks a table whose keys a configuration chooses.
fn check_entries(table: &dyn TableLike, entries: &Entries, label: &str, findings: &mut Findings) {
    for (name, item) in table.iter() {
        let place = item.span().or_else(|| place_of_key(table, name));
        check_text(name, entries.name, place_of_key(table, name), label, findings);
        if let Shape::Table(keys) = entries.value
            && !item.is_table_like()
        {
            let fields: Vec<String> = keys.iter().map(|key| format!("{} = \"…\"", key.name)).collect();
            let problem = wrong_type(&format!("`{name}` in {label}"), "a table", item);
            findings.add(place, problem.hint(format!("write `{name} = {{ {} }}`", fields.join(", "))));
            continue;
        }
        let key = optional(entries.example, entries.value);
        check_named(&format!("`{name}` in {label}"), &key, item, place, label, findings);
    }
}

/// Checks a value that may be anything: strings are templates, and what JSON does not know is refused.
fn check_anything(item: &Item, rule: Rule, place: Option<Range<usize>>, name: &str, findings: &mut Findings) {
    if let Some(table) = item.as_table_like() {
        for (key, item) in table.iter() {
            check_anything(item, rule, item.span().or_else(|| place_of_key(table, key)), name, findings);
        }
    } else if let Some(list) = item.as_array() {
        for value in list {
            check_anything(&Item::Value(value.clone()), rule, value.span(), name, findings);
        }
    } else if let Some(text) = item.as_str() {
        check_text(text, rule, place, name, findings);
    } else if item.is_datetime() || item.as_float().is_some_and(|number| !number.is_finite()) {
        findings.add(place, wrong_type(name, "what JSON can hold", item));
    }
}

fn check_text(text: &str, rule: Rule, place: Option<Range<usize>>, name: &str, findings: &mut Findings) {
    for mut fault in rule(text) {
        // "`path` in `[[manifest]]` is empty", but "`path` in `[[manifest]]`: `/x` is an absolute path".
        let colon =
            if fault.message.starts_with('`') || fault.message.starts_with("unknown") { ":" } else { "" };
        fault.message = format!("{name}{colon} {}", fault.message);
        findings.add(place.clone(), fault);
    }
}

fn place_of_key(table: &dyn TableLike, name: &str) -> Option<Range<usize>> {
    let (key, item) = table.get_key_value(name)?;
    key.span().or_else(|| item.span())
}

/// How a table is written at the top level.
fn header(key: &Key) -> String {
    match key.shape {
        Shape::Tables(_) => format!("`[[{}]]`", key.name),
        Shape::Table(_) | Shape::OneOrMore(_) => format!("`[{}]`", key.name),
        _ => format!("`{}`", key.name),
    }
}

/// What a table is called in a message: by its header, or as a key of the table it stands in.
fn header_in(key: &Key, label: &str) -> String {
    if label.is_empty() { header(key) } else { name_in(key, label) }
}

fn name_in(key: &Key, label: &str) -> String {
    if label.is_empty() { format!("`{}`", key.name) } else { format!("`{}` in {label}", key.name) }
}

fn unknown_key(name: &str, keys: &[Key], label: &str) -> Problem {
    let place = if label.is_empty() { "at the top level".to_owned() } else { format!("in {label}") };
    let problem = Problem::content(format!("unknown key `{name}` {place}"));
    match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => {
            let meant = keys.iter().find(|key| key.name == near).map_or_else(|| format!("`{near}`"), header);
            problem.hint(format!("did you mean {meant}?"))
        }
        None => problem.hint(format!("known keys: {}", listed(keys.iter().map(|key| key.name)))),
    }
}

pub(super) fn unknown_choice(name: &str, text: &str, choices: &[&str]) -> Problem {
    let problem = Problem::content(format!("{name}: unknown value `{text}`"));
    match nearest(text, choices.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("known values: {}", listed(choices.iter().copied()))),
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A string where a list belongs is answered with the list that was meant.
fn not_a_list(key: &Key, name: &str, item: &Item) -> Problem {
    let problem = wrong_type(name, "a list of strings", item);
    match item.as_str() {
        None => problem,
        Some(command) if key.name == RUN => problem.hint(format!("write `{}`", as_run(&[command]))),
        Some(text) => problem.hint(format!("write `{} = {}`", key.name, listed_as_toml([text]))),
    }
}

fn wrong_type(name: &str, expected: &str, item: &Item) -> Problem {
    match item {
        Item::Value(value) => wrong_type_of_value(name, expected, value),
        Item::ArrayOfTables(_) => {
            Problem::content(format!("{name}: expected {expected}, found a list of tables"))
        }
        Item::Table(_) | Item::None => {
            Problem::content(format!("{name}: expected {expected}, found a table"))
        }
    }
}

fn wrong_type_of_value(name: &str, expected: &str, value: &Value) -> Problem {
    let found = match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "a number",
        Value::Float(_) => "a fraction",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::InlineTable(_) => "a table",
    };
    Problem::content(format!("{name}: expected {expected}, found {found}"))
}
