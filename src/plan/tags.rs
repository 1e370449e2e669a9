//! The tags a release creates, and whether their names are still free. A tag is for ever: a name that is taken, or
//! that git could not store beside the existing ones, is refused before anything is written.

use super::TagDraft;
use super::build::{Workshop, with_final_newline};
use crate::error::Problem;

/// Plans every configured tag.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<TagDraft> {
    let values = workshop.values();
    let mut drafts = Vec::new();
    for tag in &workshop.config.tag {
        let name = tag.name.render(&values);
        let with_tag = values.with_tag(&name);
        workshop.problems.extend(taken(&name, &workshop.snapshot.tags));
        drafts.push(TagDraft {
            message: with_final_newline(tag.message.render(&with_tag)),
            starts: tag.starts.iter().map(|text| text.render(&with_tag)).collect(),
            name,
        });
    }
    drafts
}

/// Why the name cannot be used: it exists, or git would need a file and a folder of the same name for it.
fn taken(name: &str, existing: &[String]) -> Option<Problem> {
    if existing.iter().any(|tag| tag == name) {
        return Some(
            Problem::content(format!("tag `{name}` already exists"))
                .hint("if it was pushed: look at its pipeline; if its images are published, nothing is left to do")
                .hint(format!("if it never left this clone: `git tag -d {name}`")),
        );
    }
    let beside = existing.iter().find(|tag| {
        tag.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
            || name.strip_prefix(tag.as_str()).is_some_and(|rest| rest.starts_with('/'))
    })?;
    Some(Problem::content(format!("tag `{name}` cannot exist beside the tag `{beside}`")).hint(
        "git stores tags like files in folders; rename one of the two templates, or delete the old tag",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_free_unless_it_exists_or_is_a_folder_of_another() {
        let existing = ["v0.1.0".to_owned(), "deep/v1".to_owned()];
        assert_eq!(taken("v0.2.0", &existing), None);
        assert_eq!(taken("v0.1.0", &existing).unwrap().message, "tag `v0.1.0` already exists");
        assert!(taken("deep", &existing).is_some());
        assert!(taken("deep/v1/x", &existing).is_some());
        assert_eq!(taken("deep/v2", &existing), None);
    }
}
