//! What a manifest asks of another package of its repository: a range of versions, where it stands, and what becomes of
//! it with a new version. Each ecosystem has a reader that locates, and an arithmetic of its own for the ranges; both
//! are pure, and neither knows which packages a release moves.

use super::Found;

/// A range of versions that a manifest asks of another package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    /// Where the range stands, and what it is.
    pub found: Found,
    /// The name that the other package gives itself, whatever it is called here.
    pub package: String,
    /// Which package of that name is meant.
    pub source: PackageSource,
}

/// Where the package behind a requirement comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PackageSource {
    /// This folder, as it is written there: seen from the manifest's own.
    Folder(String),
    /// A registry or a repository of that name or address; nothing is the usual registry, or the workspace.
    Elsewhere(Option<String>),
}

/// What becomes of a range with a new version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moved {
    /// It admits the new version and stays as it is.
    Stays,
    /// This takes its place: it admits the new version and is written as its author did.
    To(String),
    /// Nobody can tell what its author would write.
    Unknown,
}
