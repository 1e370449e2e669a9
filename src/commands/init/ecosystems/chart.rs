//! Helm charts. Beside packages a chart follows them; alone it is what is released.

use super::{Definition, Elsewhere};
use crate::manifest::Format;

pub(super) const DEFINITION: Definition = Definition {
    word: "Helm chart",
    manifests: &["Chart.yaml", "Chart.yml"],
    beside: &[],
    rank: 1,
    unread: &[],
    format: Format::Chart,
    keys: &["version", "appVersion"],
    pep440: false,
    is_private: |_| false,
    is_frame: |_| false,
    elsewhere: |_, _, _| Elsewhere::Nowhere,
    named_files: |_, _| Vec::new(),
};
