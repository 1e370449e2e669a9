//! npm, pnpm and yarn: packages, and roots of workspaces, which are often private.

use serde_json::Value;

use super::{Definition, Elsewhere};
use crate::manifest::Format;

pub(super) const DEFINITION: Definition = Definition {
    word: "npm",
    manifests: &["package.json"],
    beside: &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"],
    rank: 0,
    unread: &[],
    format: Format::PackageJson,
    keys: &[],
    pep440: false,
    is_private: |text| read(text).is_some_and(|it| it.get("private").and_then(Value::as_bool) == Some(true)),
    is_frame: |text| read(text).is_some_and(|it| it.get("workspaces").is_some()),
    elsewhere: |_, _, _| Elsewhere::Nowhere,
    named_files: |_, _| Vec::new(),
};

fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
