//! Lock files: only the own entry moves, never a registry entry of the same name or an entry that depends on it.

use super::sample::{Choices, Shape};

pub(super) fn package_lock(choices: &Choices) -> Shape {
    let pool = [
        "    \"node_modules/ä\": { \"version\": \"\u{2}\" },",
        "    \"packages\": { \"\": { \"version\": \"\u{2}\" } },",
    ];
    let inner =
        choices.around(&pool, "    \"\": { \"x\": { \"version\": \"\u{2}\" }, \"version\": \"\u{1}\" },");
    let version = choices.one_of(&["2", "3"]);
    let lock = format!(
        "{{\n  \"lockfileVersion\": {version},\n  \"packages\": {{\n{inner}\n    \"z\": {{}}\n  }},\n  \"version\": \"\u{1}\"\n}}"
    );
    ("package-lock.json", None, None, lock)
}

pub(super) fn uv_lock(choices: &Choices) -> Shape {
    let pool = [
        "[[package]]\nname = \"own-x\"\nversion = \"\u{2}\"\nsource = { registry = \"https://x\" }\n",
        "[[package]]\nname = \"other\"\nversion = \"\u{2}\"\nsource = { directory = \"../own-x\" }\n",
        "[package.metadata]\nrequires-dist = [{ name = \"own-x\", specifier = \"==\u{2}\" }]\n",
        "# ä \u{2}",
    ];
    let own = choices.one_of(&[
        "[[package]]\nname = \"own-x\"\nversion = \"\u{1}\"\nsource = { editable = \".\" }\n",
        "[[package]]\nname = \"own-x\"\nversion = \"\u{1}\"\nsource = { virtual = \".\" }\ndependencies = [\n    { name = \"a\" },\n]\n",
        "[[ package ]]\nversion = '''\u{1}'''\nsource = { editable = '.' }\nname = \"own-x\"",
    ]);
    let lines = choices.around(&pool, own);
    let lines = once(&lines, "[package.metadata]");
    ("uv.lock", None, Some("Own_X"), format!("version = 1\n\n[[package]]\nname = \"first\"\n\n{lines}"))
}

pub(super) fn cargo_lock(choices: &Choices) -> Shape {
    let pool = [
        "[[package]]\nname = \"own\"\nversion = \"\u{2}\"\nsource = \"registry+x\"\n",
        "[[package]]\nname = \"other\"\nversion = \"\u{2}\"\ndependencies = [\n \"own\",\n]\n",
        "# ä \u{2}",
    ];
    let own = choices.one_of(&[
        "[[package]]\nname = \"own\"\nversion = \"\u{1}\"\ndependencies = [\n \"other\",\n]\n",
        "[[package]]\nname = 'own'\nversion = '\u{1}'\n",
    ]);
    ("Cargo.lock", None, Some("own"), format!("version = 4\n\n{}", choices.around(&pool, own)))
}

pub(super) fn pnpm_lock(choices: &Choices) -> Shape {
    let pool = [
        "  left-pad@1.0.0:\n    resolution: {integrity: sha512-x}\n    version: \u{2}",
        "  '@own/ui@\u{2}':\n    resolution: {type: tarball}\n    name: '@own/ui'",
        "  # ä \u{2}",
    ];
    let own = choices.one_of(&[
        "  file:ui:\n    resolution: {directory: ui, type: directory}\n    name: '@own/ui'\n    version: \u{1}",
        "  '@own/ui@file:ui':\n    version: '\u{1}' # \u{2}\n    resolution: {type: directory}",
        "  x:\n    name: \"@own/ui\"\n    version: \"\u{1}\"\n    resolution:\n      type: directory",
    ]);
    let entries = choices.around(&pool, own);
    let lock = format!("lockfileVersion: '9.0'\nimporters:\n  ui: {{version: \u{2}}}\npackages:\n{entries}");
    ("pnpm-lock.yaml", None, Some("@own/ui"), lock)
}

pub(super) fn yarn_lock(choices: &Choices) -> Shape {
    let pool = [
        "\"@own/ui@^\u{2}\":\n  version \"\u{2}\"\n  resolved \"https://x\"",
        "\"@own/ui-x@file:x\":\n  version \"\u{2}\"\n",
        "# ä \u{2}",
        "other@1:\n  dependencies:\n    version \"\u{2}\"",
    ];
    let own = choices.one_of(&[
        "\"@own/ui@file:ui\":\n  version \"\u{1}\"\n  dependencies:\n    x \"\u{2}\"\n",
        "\"@own/ui@*\", \"@own/ui@file:../ui\":\n  version \"\u{1}\"",
    ]);
    let lock = format!("# yarn lockfile v1\n\n\n{}", choices.around(&pool, own));
    ("yarn.lock", None, Some("@own/ui"), lock)
}

/// Drops every header of this kind but the first, with the line after it.
fn once(text: &str, header: &str) -> String {
    match text.split_once(header) {
        Some((before, after)) => {
            let line = after.lines().nth(1).unwrap_or_default();
            let again = format!("{header}\n{line}\n");
            format!("{before}{header}{}", after.replace(&again, ""))
        }
        None => text.to_owned(),
    }
}
