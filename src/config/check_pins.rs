//! What must hold between the values of pins: names and variables that are used once, places of their own that no
//! manifest has, formats that can be told and keys that these can look for.

use toml_edit::TableLike;

use super::findings::Findings;
use super::validate::{Seen, string, tables, unknown_format};
use crate::error::Problem;
use crate::manifest::Format;

/// Checks every `[[pin]]` of a document.
pub(super) fn check(root: &dyn TableLike, manifests: &[&dyn TableLike], text: &str, findings: &mut Findings) {
    let mut seen = Seen::new(text);
    let mut places = Seen::new(text);
    let key_of = |table: &dyn TableLike| string(table, "key").map(|key| key.text.to_owned());
    for pin in tables(root, "pin") {
        if let Some(name) = string(pin, "name") {
            seen.ensure_new((name.text, None, None), &name, &format!("the pin `{}`", name.text), findings);
        }
        if let Some(name) = string(pin, "variable") {
            let listed = format!("the variable `{}`", name.text);
            seen.ensure_new((name.text, Some("variable"), None), &name, &listed, findings);
        }
        for write in tables(pin, "write") {
            let Some(path) = string(write, "path") else { continue };
            let key = string(write, "key");
            let place = key.as_ref().map(|key| key.text);
            places.ensure_new(
                (path.text, place, None),
                &path,
                &format!("`{}` with that `key`", path.text),
                findings,
            );
            let is_it = |manifest: &dyn TableLike| {
                let same_path = string(manifest, "path").is_some_and(|other| other.text == path.text);
                same_path && key_of(manifest) == key_of(write)
            };
            if manifests.iter().any(|manifest| is_it(*manifest)) {
                let problem =
                    Problem::content(format!("`{}` is a `[[manifest]]` and written by a pin", path.text));
                findings
                    .add(path.place.clone(), problem.hint("keep one of the two, or give each its own `key`"));
            }
            let format = match string(write, "format") {
                Some(name) => Format::from_name(name.text),
                None => {
                    let format = Format::from_path(path.text);
                    if format.is_none() && !path.text.is_empty() {
                        findings.add(path.place.clone(), unknown_format(path.text));
                    }
                    format
                }
            };
            let readable = key.is_some() || !write.contains_key("key");
            let checked = format.map(|format| format.check_key(key.as_ref().map(|key| key.text)));
            if let Some(Err(mut problem)) = checked.filter(|_| readable) {
                problem.message = format!("`{}`: {}", path.text, problem.message);
                findings.add(key.map_or(path.place, |key| key.place), problem);
            }
        }
    }
}
