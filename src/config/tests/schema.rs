//! The schema for editors says what the program says: the same keys, the same refusals.

use jsonschema::Validator;
use serde_json::Value;

use super::super::known::{Key, ROOT, Shape};
use super::super::*;
use super::{SMALL, fill};

fn validator() -> Validator {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// A configuration as the JSON that an editor checks.
fn as_json(text: &str) -> Value {
    toml_edit::de::from_str(text).unwrap()
}

#[test]
fn every_configuration_that_comes_along_is_valid() {
    let validator = validator();
    let own = include_str!("../../../trueppm-release.toml");
    let profiles = Profile::ALL.map(Profile::text);
    for text in profiles.into_iter().chain([enterprise_example(), own, SMALL]) {
        let faults: Vec<String> = validator
            .iter_errors(&as_json(text))
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn own_types_have_a_heading_and_a_bump() {
    let validator = validator();
    for (entry, fine) in [
        ("{ heading = 'A', bump = 'none' }", true),
        ("{ heading = 'A' }", false),
        ("{ heading = 'A', bump = 'mnor' }", false),
        ("{ heading = 'A', bump = 'none', more = 1 }", false),
        ("'A'", false),
    ] {
        let text = format!("{SMALL}[changelog]\npath = 'C.md'\ntypes.a = {entry}\n");
        assert_eq!(validator.is_valid(&as_json(&text)), fine, "{entry}");
        assert_eq!(parse(&text, &Source::BuiltIn).is_ok(), fine, "{entry}");
    }
}

/// Every property of a schema, by its path, each with a description.
fn properties(schema: &Value, above: &str, into: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        assert!(
            property["description"].as_str().is_some_and(|text| !text.is_empty()),
            "{above}{name} is not described"
        );
        into.push(format!("{above}{name}"));
        properties(property, &format!("{above}{name}."), into);
        properties(&property["items"], &format!("{above}{name}."), into);
    }
}

/// Every known key by its path; the entries of a table that anybody names are no keys.
fn known(keys: &[Key], above: &str, into: &mut Vec<String>) {
    for key in keys {
        into.push(format!("{above}{}", key.name));
        if let Shape::Table(inner) | Shape::Tables(inner) = key.shape {
            known(inner, &format!("{above}{}.", key.name), into);
        }
    }
}

#[test]
fn the_schema_has_every_known_key_described_and_no_other() {
    let mut found = Vec::new();
    properties(&schema(), "", &mut found);
    let mut expected = Vec::new();
    known(ROOT, "", &mut expected);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// Calls `visit` with the path of every table there can be.
fn tables(
    keys: &'static [Key],
    path: &[&'static str],
    visit: &mut dyn FnMut(&[&'static str], &'static [Key]),
) {
    visit(path, keys);
    for key in keys {
        if let Shape::Table(inner) | Shape::Tables(inner) = key.shape {
            tables(inner, &[path, &[key.name]].concat(), visit);
        }
    }
}

fn table_at<'t>(root: &'t mut toml_edit::Table, path: &[&str]) -> &'t mut toml_edit::Table {
    path.iter().fold(root, |table, name| match table.get_mut(name).unwrap() {
        toml_edit::Item::Table(table) => table,
        toml_edit::Item::ArrayOfTables(list) => list.get_mut(0).unwrap(),
        other => panic!("{name}: {other:?}"),
    })
}

#[test]
fn unknown_missing_and_mistyped_keys_are_refused_by_both() {
    let validator = validator();
    let mut complete = toml_edit::DocumentMut::new();
    fill(ROOT, complete.as_table_mut());
    assert!(validator.is_valid(&as_json(&complete.to_string())), "{complete}");
    // What is said, without the place.
    let faults = |text: &str| -> Vec<String> {
        let problems = parse(text, &Source::BuiltIn).err().unwrap_or_default();
        problems.iter().map(|problem| problem.message.splitn(4, ':').nth(3).unwrap().to_owned()).collect()
    };
    // The filled document has faults of its own, in its values; each damage must add one.
    let own = faults(&complete.to_string());
    let refused = |document: &toml_edit::DocumentMut, what: &str| {
        let text = document.to_string();
        assert!(!validator.is_valid(&as_json(&text)), "the schema takes {what}");
        assert!(faults(&text).iter().any(|fault| !own.contains(fault)), "the program takes {what}");
    };
    tables(ROOT, &[], &mut |path, keys| {
        let damaged = |damage: &dyn Fn(&mut toml_edit::Table), what: &str| {
            let mut document = complete.clone();
            damage(table_at(document.as_table_mut(), path));
            refused(&document, &format!("{what} in {path:?}"));
        };
        damaged(&|table| table["no-such-key"] = toml_edit::value(1), "an unknown key");
        for key in keys {
            if key.required {
                let without = |table: &mut toml_edit::Table| {
                    for name in [Some(key.name), key.unless].into_iter().flatten() {
                        assert!(table.remove(name).is_some(), "{name}");
                    }
                };
                damaged(&without, &format!("no {}", key.name));
            }
            if let Shape::Anything(_) = key.shape {
                continue;
            }
            let wrong = || match key.shape {
                Shape::Flag => toml_edit::value("yes"),
                _ => toml_edit::value(true),
            };
            damaged(&|table| table[key.name] = wrong(), &format!("a mistyped {}", key.name));
            match key.shape {
                Shape::Count(least, _) => {
                    damaged(&|table| table[key.name] = toml_edit::value(least - 1), key.name);
                }
                Shape::Choice(_) => {
                    damaged(&|table| table[key.name] = toml_edit::value("no-such-word"), key.name);
                }
                Shape::Choices(_) => {
                    let words = || toml_edit::value(toml_edit::Array::from_iter(["no-such-word"]));
                    damaged(&|table| table[key.name] = words(), key.name);
                }
                Shape::Entries(entries) => {
                    let wrong = || toml_edit::InlineTable::from_iter([(entries.example, true)]);
                    damaged(&|table| table[key.name] = toml_edit::value(wrong()), key.name);
                }
                Shape::Texts(_) | Shape::TextOrTexts(_) | Shape::Tables(_) if key.filled => {
                    damaged(&|table| table[key.name] = toml_edit::value(toml_edit::Array::new()), key.name);
                }
                _ => {}
            }
        }
    });
}
