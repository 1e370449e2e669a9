//! A configuration as TOML that can be read back. Steps and checks are two lists for serde and one sequence for a release,
//! so their tables are put in the order in which they run.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TomlError};

use super::Config;

/// Why a configuration cannot be written out, which is a defect of this program.
#[derive(Debug)]
pub enum Unwritable {
    /// A value that TOML has no form for.
    Value(toml_edit::ser::Error),
    /// What was written is no TOML.
    Text(TomlError),
}

impl std::fmt::Display for Unwritable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(error) => error.fmt(formatter),
            Self::Text(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Unwritable {}

/// The whole configuration, with everything that was left to a default.
///
/// # Errors
/// It cannot be written.
pub fn to_toml(config: &Config) -> Result<String, Unwritable> {
    let text = toml_edit::ser::to_string_pretty(config).map_err(Unwritable::Value)?;
    let places: Vec<usize> = config.step.iter().chain(&config.check).map(|command| command.place).collect();
    if places.is_sorted() {
        return Ok(text);
    }
    let mut document: DocumentMut = text.parse().map_err(Unwritable::Text)?;
    let mut next = 0;
    for (name, item) in document.as_table_mut().iter_mut() {
        if name != "step" && name != "check" {
            put(item, &mut next);
        }
    }
    for place in 0..places.len() {
        for (list, commands) in [("step", &config.step), ("check", &config.check)] {
            let at = commands.iter().position(|command| command.place == place);
            let tables = document.get_mut(list).and_then(Item::as_array_of_tables_mut);
            if let Some(table) = at.and_then(|at| tables?.get_mut(at)) {
                put_table(table, &mut next);
            }
        }
    }
    Ok(document.to_string())
}

/// Gives the tables of an item the next places in the document.
fn put(item: &mut Item, next: &mut isize) {
    match item {
        Item::Table(table) => put_table(table, next),
        Item::ArrayOfTables(tables) => put_tables(tables, next),
        _ => {}
    }
}

fn put_tables(tables: &mut ArrayOfTables, next: &mut isize) {
    tables.iter_mut().for_each(|table| put_table(table, next));
}

fn put_table(table: &mut Table, next: &mut isize) {
    table.set_position(Some(*next));
    *next += 1;
    table.iter_mut().for_each(|(_, item)| put(item, next));
}
