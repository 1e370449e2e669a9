//! The types of changes that other tools are told of, as a `types` table has them. Where a tool says nothing of the
//! version that a type calls for, a word that everybody uses decides, and an unknown one is not guessed to be small.

use super::Said;
use crate::changelog::{Category, Level, TypeEntry, are_one_heading, is_type_heading, usual_type};

/// A type as another tool has it.
pub(super) struct Foreign {
    /// The word for it in the tool's files.
    pub(super) name: String,
    /// The heading that it writes.
    pub(super) heading: String,
    /// What it calls for, where the tool says that.
    pub(super) level: Option<Level>,
}

/// Types that towncrier has where nobody says otherwise, with their headings.
const TOWNCRIERS: [(&str, &str); 5] = [
    ("feature", "Features"),
    ("bugfix", "Bugfixes"),
    ("doc", "Improved Documentation"),
    ("removal", "Deprecations and Removals"),
    ("misc", "Misc"),
];

/// Those of towncrier.
pub(super) fn towncriers() -> Vec<Foreign> {
    let foreign = |(name, heading): (&str, &str)| Foreign {
        name: name.to_owned(),
        heading: heading.to_owned(),
        level: None,
    };
    TOWNCRIERS.map(foreign).into()
}

/// Puts types into what a tool says; nothing where they are Keep a Changelog's.
pub(super) fn say(said: &mut Said, types: Vec<Foreign>) {
    let usual = |it: &Foreign| {
        Category::from_name(&it.name.to_lowercase()).is_some_and(|category| {
            category.heading() == it.heading && it.level.is_none_or(|level| level == category.level())
        })
    };
    if types.iter().all(usual) {
        return;
    }
    for Foreign { name, heading, level } in types {
        let Some(own) = own_name(&name) else {
            said.left_out.push(format!("the type `{name}`: a type here begins with a letter"));
            continue;
        };
        let taken = said
            .types
            .iter()
            .any(|(other, entry)| *other == own || are_one_heading(&entry.heading, &heading));
        if taken || !is_type_heading(&heading) {
            said.left_out
                .push(format!("the type `{name}`: `{heading}` is no heading for it here, or is another's"));
            continue;
        }
        if own != name.to_lowercase() {
            said.left_out.push(format!("the type `{name}` is written `{own}` here: `<slug>.{own}.md`"));
        }
        let bump = level.unwrap_or_else(|| usual_level(&own));
        said.types.push((own, TypeEntry { heading, bump }));
    }
}

/// A name as fragments have it.
fn own_name(name: &str) -> Option<String> {
    let plain =
        |it: char| if it.is_ascii_alphanumeric() || it == '_' { it.to_ascii_lowercase() } else { '-' };
    let name: String = name.trim().chars().map(plain).collect();
    let name = name.trim_matches('-');
    (name.starts_with(|first: char| first.is_ascii_lowercase()) && name != "md").then(|| name.to_owned())
}

/// What a type of this name calls for.
fn usual_level(name: &str) -> Level {
    match name {
        "misc" | "chore" | "internal" | "trivial" | "ci" | "test" | "tests" | "build" | "style" | "dev"
        | "contrib" => Level::None,
        "doc" | "docs" | "documentation" | "packaging" | "deps" | "dependencies" | "perf" | "performance"
        | "refactor" => Level::Patch,
        _ => usual_type(name).map_or(Level::Minor, |category| category.level()),
    }
}

/// A first letter as headings have it.
pub(super) fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
