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
    for pin in tables(root, "pin") {
        if let Some(name) = string(pin, "name") {
            seen.ensure_new((name.text, None, None), &name, &format!("the pin `{}`", name.text), findings);
        }
        if let Some(name) = string(pin, "variable") {
            let listed = format!("the variable `{}`", name.text);
            seen.ensure_new((name.text, Some("variable"), None), &name, &listed, findings);
        }
        for write in tables(pin, "write") {
            check_write(write, manifests, &mut places, findings);
        }
    }
}

/// A place is found by a format and its key, or by an expression.
fn check_write<'a>(
    write: &'a dyn TableLike,
    manifests: &[&dyn TableLike],
    places: &mut Seen<'a>,
    findings: &mut Findings,
) {
    let Some(path) = string(write, "path") else { return };
    let (key, regex) = (string(write, "key"), string(write, "regex"));
    let place = regex.as_ref().or(key.as_ref()).map(|place| place.text);
    let listed = match place {
        Some(place) => format!("`{}` with `{place}`", path.text),
        None => format!("`{}`", path.text),
    };
    places.ensure_new((path.text, place, None), &path, &listed, findings);
    if write.contains_key("regex") {
        for other in ["format", "key", "value"] {
            if let Some(item) = write.get(other) {
                let problem = Problem::content(format!("`regex` takes the place of `{other}`"));
                findings.add(item.span(), problem.hint("keep one of the two"));
            }
        }
        return;
    }
    let is_it = |manifest: &dyn TableLike| {
        let same = |name| string(manifest, name).map(|it| it.text) == string(write, name).map(|it| it.text);
        same("path") && same("key")
    };
    if manifests.iter().any(|manifest| is_it(*manifest)) {
        let problem = Problem::content(format!("`{}` is a `[[manifest]]` and written by a pin", path.text));
        findings.add(path.place.clone(), problem.hint("keep one of the two, or give each its own `key`"));
    }
    let format = match string(write, "format") {
        Some(name) => Format::from_name(name.text),
        None => {
            let format = Format::from_path(path.text);
            if format.is_none() && !path.text.is_empty() {
                let problem = unknown_format(path.text);
                findings.add(path.place.clone(), problem.hint("or find the place with a `regex`"));
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
