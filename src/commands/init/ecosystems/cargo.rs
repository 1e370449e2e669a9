//! Cargo: packages and workspaces. A member may take its version from its workspace.

use toml_edit::{Document, Item};

use super::{Definition, Elsewhere};
use crate::manifest::Format;
use crate::snapshot::Survey;

pub(super) const DEFINITION: Definition = Definition {
    word: "Cargo",
    manifests: &["Cargo.toml"],
    beside: &["Cargo.lock"],
    rank: 0,
    unread: &[],
    format: Format::CargoToml,
    keys: &["workspace.package.version", "package.version"],
    pep440: false,
    is_private,
    is_frame: |_| false,
    elsewhere,
    named_files: |_, _| Vec::new(),
};

fn package_field<T>(text: &str, read: impl Fn(&Item) -> Option<T>) -> Option<T> {
    read(Document::parse(text).ok()?.get("package")?)
}

fn is_private(text: &str) -> bool {
    let publish = |package: &Item| {
        let publish = package.get("publish")?;
        Some(publish.as_bool() == Some(false) || publish.as_array().is_some_and(|list| list.is_empty()))
    };
    package_field(text, publish) == Some(true)
}

fn elsewhere(_: &Survey, _: &str, text: &str) -> Elsewhere {
    let inherits = |package: &Item| package.get("version")?.get("workspace")?.as_bool();
    if package_field(text, inherits) == Some(true) { Elsewhere::Workspace } else { Elsewhere::Nowhere }
}
