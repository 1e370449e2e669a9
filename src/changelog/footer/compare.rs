//! A link that compares two references, cut into the pieces that a release changes.

/// `https://…/compare/A...B`
#[derive(Debug, Clone, Copy)]
pub(in crate::changelog) struct CompareLink<'a> {
    /// Up to the end of `/compare/`.
    before: &'a str,
    pub(in crate::changelog) from: &'a str,
    /// Two dots or three.
    dots: &'a str,
    pub(in crate::changelog) to: &'a str,
    /// Whatever follows: a query, a fragment.
    after: &'a str,
}

impl<'a> CompareLink<'a> {
    /// Cuts the address of a link, if it compares two references.
    pub(in crate::changelog) fn read(address: &'a str) -> Option<Self> {
        let (before, range) = address.split_at_checked(address.find("/compare/")? + "/compare/".len())?;
        let end = |character: char| character.is_whitespace() || matches!(character, '>' | '?' | '#');
        let (range, after) = range.split_at_checked(range.find(end).unwrap_or(range.len()))?;
        let dots = if range.contains("...") { "..." } else { ".." };
        let (from, to) = range.split_once(dots)?;
        (!from.is_empty() && !to.is_empty()).then_some(Self { before, from, dots, to, after })
    }

    /// The same link between two others.
    pub(in crate::changelog) fn with(&self, from: &str, to: &str) -> String {
        let Self { before, dots, after, .. } = self;
        format!("{before}{from}{dots}{to}{after}")
    }
}
