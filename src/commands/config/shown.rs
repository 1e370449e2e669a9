//! A configuration with everything that it leaves to a default, and with its comments. The text itself is kept and only
//! what it lacks is put in, so that what comes out can be saved and gone on with: a table may follow at its end.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::config::{self, Config, Source, Unwritable};

/// What stands above whatever nobody wrote.
const DEFAULT: &str = "# by default:\n";

/// The text of a configuration with every default written out.
///
/// # Errors
/// The configuration cannot be written as TOML, which is a defect.
pub(super) fn with_defaults(text: &str, config: &Config) -> Result<String, Unwritable> {
    let whole = config::to_toml(config)?;
    let (Ok(mut document), Ok(mut whole)) = (text.parse::<DocumentMut>(), whole.parse::<DocumentMut>())
    else {
        return Ok(whole);
    };
    tidy(whole.as_table_mut());
    complete(document.as_table_mut(), whole.as_table(), true);
    let written = document.to_string();
    // However somebody spells a configuration: what is shown is what is in force.
    let same = config::parse(&written, &Source::BuiltIn).is_ok_and(|read| read == *config);
    Ok(if same { written } else { whole.to_string() })
}

/// Puts into a table what only the whole one has. `lines` says that its values stand on lines of their own, where a
/// comment may follow.
fn complete(table: &mut dyn TableLike, whole: &dyn TableLike, lines: bool) {
    let mut said = false;
    for (name, item) in whole.iter() {
        match table.get_mut(name) {
            None => {
                table.insert(name, added(item.clone(), lines));
                if lines
                    && item.is_value()
                    && !std::mem::replace(&mut said, true)
                    && let Some(mut key) = table.key_mut(name)
                {
                    key.leaf_decor_mut().set_prefix(DEFAULT);
                }
            }
            Some(Item::ArrayOfTables(tables)) => {
                for (table, whole) in tables.iter_mut().zip(entries(item)) {
                    complete(table, whole, true);
                }
            }
            Some(Item::Value(Value::Array(list))) => {
                let tables = list.iter_mut().filter_map(Value::as_inline_table_mut);
                for (table, whole) in tables.zip(entries(item)) {
                    complete(table, whole, false);
                }
            }
            Some(written) => {
                let lines = written.is_table();
                if let (Some(table), Some(whole)) = (written.as_table_like_mut(), entries(item).first()) {
                    complete(table, *whole, lines);
                }
            }
        }
    }
}

/// The tables of an item: one, or a list of them.
fn entries(item: &Item) -> Vec<&dyn TableLike> {
    match item {
        Item::ArrayOfTables(tables) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        other => other.as_table_like().into_iter().collect(),
    }
}

/// Whether an item is a list or a table with nothing in it, which says no more than leaving it out.
fn is_empty(item: &Item) -> bool {
    match item {
        Item::None => true,
        Item::Value(Value::Array(list)) => list.is_empty(),
        Item::ArrayOfTables(tables) => tables.is_empty(),
        other => other.as_table_like().is_some_and(|table| table.is_empty()),
    }
}

/// An item as it is put in: a table comes where the text has come to.
fn added(mut item: Item, lines: bool) -> Item {
    match &mut item {
        Item::Table(table) => unplaced(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(unplaced),
        _ => {}
    }
    match item {
        Item::Table(table) if !lines => Item::Value(Value::InlineTable(table.into_inline_table())),
        Item::ArrayOfTables(tables) if !lines => Item::Value(Value::Array(tables.into_array())),
        item => item,
    }
}

/// A table of another text: it stands behind a line that says what it is, and nowhere in particular.
fn unplaced(table: &mut Table) {
    fn forget(table: &mut Table) {
        table.set_position(None);
        inner_tables(table).for_each(forget);
    }
    forget(table);
    table.decor_mut().set_prefix(format!("\n{DEFAULT}"));
}

/// Takes out what says no more than leaving it out and would stand in the way: `step = []` of a `[[step]]` that follows,
/// one meaning of passing of another, a `value` of the `regex` whose place it takes.
fn tidy(table: &mut Table) {
    let by_expression = table.contains_key("regex");
    let superfluous = |name: &str, item: &Item| match name {
        // An empty value is one.
        "value" => by_expression,
        "empty-output" => item.as_bool() == Some(false),
        _ => is_empty(item),
    };
    let names: Vec<String> = (table.iter())
        .filter(|(name, item)| superfluous(name, item))
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        table.remove(&name);
    }
    inner_tables(table).for_each(tidy);
}

fn inner_tables(table: &mut Table) -> impl Iterator<Item = &mut Table> {
    table.iter_mut().flat_map(|(_, item)| -> Vec<&mut Table> {
        match item {
            Item::Table(inner) => vec![inner],
            Item::ArrayOfTables(tables) => tables.iter_mut().collect(),
            _ => Vec::new(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let config = config::parse(text, &Source::BuiltIn).expect("a configuration");
        let written = with_defaults(text, &config).expect("TOML");
        assert_eq!(config::parse(&written, &Source::BuiltIn), Ok(config.clone()), "{written}");
        // One can go on writing at its end.
        let more =
            "\n[[step]]\nname = \"more\"\nrun = [\"true\"]\n[[ignore]]\npath = \"x\"\nreason = \"y\"\n";
        let longer = config::parse(&format!("{written}{more}"), &Source::BuiltIn).expect("a longer one");
        assert_eq!(
            (longer.step.len(), longer.ignore.len()),
            (config.step.len() + 1, config.ignore.len() + 1)
        );
        written
    }

    #[test]
    fn comments_stay_and_defaults_are_added_behind_what_is_written() {
        let text = "# first\n[[manifest]] # own\npath = \"Cargo.toml\" # here\n\n# last\n";
        let expected = "# first\n[[manifest]] # own\npath = \"Cargo.toml\" # here\n# by default:\n\
            follows = false\noptional = false\n";
        let written = shown(text);
        assert!(written.starts_with(expected), "{written}");
        assert!(written.contains("\n# by default:\n[release]\nbranch = \"main\"\n"), "{written}");
        assert!(written.contains("\n# by default:\n[[tag]]\nname = \"v{version}\"\n"), "{written}");
        assert!(written.ends_with("\n# last\n"), "{written}");
    }

    #[test]
    fn every_spelling_of_a_configuration_is_shown_whole() {
        for text in [
            config::built_in(),
            config::enterprise_example(),
            include_str!("../../../trueppm-release.toml"),
            "release.remote = 'x'\nmanifest = [{ path = 'Cargo.toml' }]\n",
            "manifest = [{ path = 'Cargo.toml' }, { path = 'a/Cargo.toml', follows = true }]\nlimits = { hook-seconds = 5 }\n",
            "[[manifest]]\npath = 'Cargo.toml'\n[changelog]\npath = 'C.md'\n[changelog.blank-lines]\nafter-type = 0\n",
            "[[manifest]]\npath = 'Cargo.toml'\n[[changelog]]\npath = 'C.md'\n[[changelog]]\npath = 'D.md'\n",
            "[[check]]\nname = 'x'\nrun = ['true']\npasses = { json = '', value = [] }\n[[manifest]]\npath = 'Cargo.toml'\n\
             [[step]]\nname = 'y'\nrun = ['true']\nwrites = ['a.json']\n[[step.expect]]\npath = 'a.json'\nkey = '/v'\nvalue = '{version}'\n",
            "[[tag]]\nname = 'v{version}'\nmessage = 'x'\n[[manifest]]\npath = 'Cargo.toml'\n[[tag]]\nname = 'w{version}'\nmessage = 'y'\n",
            "[limits]\nhook-seconds = 5\n[[manifest]]\npath = 'Cargo.toml'\n[release]\nbranch = ['main', 'release/*']\n",
        ] {
            let written = shown(text);
            for line in text.lines().filter(|line| line.starts_with('#')) {
                assert!(written.lines().any(|shown| shown == line), "{line}\n{written}");
            }
            assert!(!written.lines().any(|line| line == "step = []"), "{written}");
        }
    }
}
