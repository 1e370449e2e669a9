//! A file that holds the version and nothing else: how repositories do without a package manager. Beside a package it
//! repeats that one's version.

use super::{Definition, Elsewhere};
use crate::manifest::Format;

pub(super) const DEFINITION: Definition = Definition {
    word: "version file",
    manifests: &["VERSION", "VERSION.txt", "version.txt"],
    beside: &[],
    rank: 2,
    unread: &[],
    format: Format::Plain,
    keys: &[],
    pep440: false,
    is_private: |_| false,
    is_frame: |_| false,
    elsewhere: |_, _, _| Elsewhere::Nowhere,
    named_files: |_, _| Vec::new(),
};
