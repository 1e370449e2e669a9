//! The types of changes: Keep a Changelog's six, which are known without a word, or a project's own, each with its
//! heading and with what it calls for in a version. A type carries all that is known of it, so that nobody has to ask
//! again which changelog it belongs to.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A type of change. The six that Keep a Changelog names come first, in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// New features.
    Added,
    /// Changes in existing functionality.
    Changed,
    /// Features that will be removed.
    Deprecated,
    /// Features that were removed.
    Removed,
    /// Bug fixes.
    Fixed,
    /// Vulnerabilities.
    Security,
    /// One of the project's own.
    Own(Arc<OwnType>),
}

/// A project's own type of change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnType {
    /// Its place in the order of their headings.
    position: usize,
    name: String,
    heading: String,
    level: Level,
}

/// What a change calls for in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A major one: it breaks something.
    Major,
    /// A minor one: people notice it.
    Minor,
    /// A patch.
    Patch,
    /// No release of its own.
    None,
}

impl Level {
    /// All of them, as a configuration writes them.
    pub const WORDS: [&str; 4] = ["major", "minor", "patch", "none"];

    /// As a configuration writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::None => "none",
        }
    }
}

impl Category {
    /// Keep a Changelog's, in its order.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Deprecated, Self::Removed, Self::Fixed, Self::Security];

    /// As a heading says it: `Added`.
    pub fn heading(&self) -> &str {
        match self {
            Self::Added => "Added",
            Self::Changed => "Changed",
            Self::Deprecated => "Deprecated",
            Self::Removed => "Removed",
            Self::Fixed => "Fixed",
            Self::Security => "Security",
            Self::Own(own) => &own.heading,
        }
    }

    /// As a fragment's file name says it: `added`.
    pub fn name(&self) -> &str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deprecated => "deprecated",
            Self::Removed => "removed",
            Self::Fixed => "fixed",
            Self::Security => "security",
            Self::Own(own) => &own.name,
        }
    }

    /// What it calls for in a version.
    pub fn level(&self) -> Level {
        match self {
            Self::Added | Self::Changed | Self::Deprecated => Level::Minor,
            Self::Removed => Level::Major,
            Self::Fixed | Self::Security => Level::Patch,
            Self::Own(own) => own.level,
        }
    }

    /// The one of the six with this name, as file names spell it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}

/// A type is written as its name.
impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The types of one changelog, in the order of their headings: Keep a Changelog's six unless the project has its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types(Arc<[Category]>);

impl Default for Types {
    fn default() -> Self {
        Self(Category::ALL.into())
    }
}

/// What a configuration says of a type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TypeEntry {
    /// The heading that its entries stand under, without the `###`.
    pub heading: String,
    /// What one such entry calls for when a release is made with `auto`; `none` alone is no reason for a release.
    pub bump: Level,
}

impl Types {
    /// A project's own, by their names and in their order; they take the place of the six.
    pub fn own(entries: impl IntoIterator<Item = (String, TypeEntry)>) -> Self {
        let own = |(position, (name, TypeEntry { heading, bump }))| {
            Category::Own(Arc::new(OwnType { position, name, heading, level: bump }))
        };
        Self(entries.into_iter().enumerate().map(own).collect())
    }

    /// All of them.
    pub fn all(&self) -> &[Category] {
        &self.0
    }

    /// Whether they are Keep a Changelog's six.
    pub fn are_usual(&self) -> bool {
        *self.0 == Category::ALL
    }

    /// The type with this name, as file names spell it.
    pub fn from_name(&self, name: &str) -> Option<Category> {
        self.0.iter().find(|category| category.name() == name).cloned()
    }

    /// Their names, as a message lists them.
    pub fn listed(&self) -> String {
        self.0.iter().map(Category::name).collect::<Vec<_>>().join(", ")
    }
}

impl Serialize for Types {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for category in self.0.iter() {
            let entry = TypeEntry { heading: category.heading().to_owned(), bump: category.level() };
            map.serialize_entry(category.name(), &entry)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Types {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Keeps the order in which the table is written.
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Types;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table of types")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Types, A::Error> {
                let mut entries: Vec<(String, TypeEntry)> = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Types::own(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_one_name_and_one_heading() {
        for category in Category::ALL {
            assert_eq!(category.heading().to_lowercase(), category.name());
            assert_eq!(Category::from_name(category.name()), Some(category));
        }
        assert!(Category::ALL.is_sorted());
        assert!(Types::default().are_usual());
    }

    #[test]
    fn own_types_keep_the_order_in_which_they_are_written() {
        let entry = |heading: &str, bump| TypeEntry { heading: heading.to_owned(), bump };
        let types = Types::own([
            ("misc".to_owned(), entry("Misc", Level::None)),
            ("added".to_owned(), entry("Added", Level::Patch)),
        ]);
        assert_eq!(types.listed(), "misc, added");
        assert!(types.all().is_sorted());
        let added = types.from_name("added").expect("a type");
        assert_ne!(added, Category::Added, "it means what the project says");
        assert_eq!((added.heading(), added.level()), ("Added", Level::Patch));
        assert_eq!(types.from_name("fixed"), None, "they take the place of the six");
        assert!(!types.are_usual());
        let written = serde_json::to_string(&types).expect("JSON");
        assert_eq!(serde_json::from_str::<Types>(&written).expect("the same"), types);
    }
}
