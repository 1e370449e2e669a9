//! The tags a release creates, and whether their names are still free. A tag is for ever: a name that is taken, or
//! that git could not store beside the existing ones, is refused before anything is written.

use super::TagDraft;
use super::build::{Workshop, with_final_newline};
use crate::config::Condition;
use crate::error::Problem;
use crate::words::shell_word;

/// Plans every tag that this release gets.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<TagDraft> {
    let values = workshop.values();
    let mut drafts = Vec::new();
    let (current, version) = (workshop.current, workshop.version);
    for tag in
        workshop.config.tag.iter().filter(|tag| Condition::any_holds(&tag.only_when, &current, &version))
    {
        let name = tag.name.render(&values);
        let with_tag = values.with_tag(&name);
        // A template without the whole version may have given HEAD itself this name.
        let of_head = tag.name.render(&workshop.current_values()) == name;
        workshop.problems.extend(taken(&name, of_head, workshop));
        drafts.push(TagDraft {
            message: with_final_newline(tag.message.render(&with_tag)),
            starts: tag.starts.iter().map(|text| text.render(&with_tag)).collect(),
            name,
        });
    }
    drafts
}

/// Why the name cannot be used: it exists here or on the remote, or git would need a file and a folder of the same
/// name for it.
fn taken(name: &str, of_head: bool, workshop: &Workshop) -> Option<Problem> {
    let Workshop { config, snapshot, current, .. } = workshop;
    let remote = &config.release.remote;
    let there = snapshot.remote.answers().map_or(Vec::new(), |answers| answers.holders(name));
    let here = snapshot.tags.iter().any(|tag| tag == name);
    match snapshot.remote.answer() {
        Some(_) if !there.is_empty() => Some(
            Problem::content(format!("tag `{name}` already exists on {}", there.join(" and ")))
                .hint("the release was already pushed; if its images are published, nothing is left to do"),
        ),
        Some(_) if here && !of_head && snapshot.tags_at_base.iter().any(|tag| tag == name) => Some(
            Problem::content(format!(
                "tag `{name}` already exists: it stands on HEAD, which is not its release (`{}` holds {current})",
                config.release.version_from
            ))
            .hint(format!(
                "it was made by hand and is not on {remote}: `git tag -d {}`",
                shell_word(name)
            )),
        ),
        Some(_) if here && snapshot.tags_at_base.iter().any(|tag| tag == name) => Some(
            Problem::content(format!("tag `{name}` already exists: HEAD is released, but not pushed to {remote}"))
                .hint("push it, or take the release back with `trueppm-release undo`"),
        ),
        Some(_) if here => Some(
            Problem::content(format!("tag `{name}` already exists here, not on {remote} and not on HEAD"))
                .hint(format!("it was never pushed: `git tag -d {}`", shell_word(name))),
        ),
        None if here => Some(
            Problem::content(format!("tag `{name}` already exists"))
                .hint("if it was pushed: look at its pipeline; if its images are published, nothing is left to do")
                .hint(format!("if it never left this clone: `git tag -d {}`", shell_word(name))),
        ),
        answer => in_the_way(name, snapshot.tags.iter())
            .map(|beside| (beside, String::new()))
            .or_else(|| {
                let there = answer.into_iter().flat_map(|refs| refs.tags.keys());
                in_the_way(name, there).map(|beside| (beside, format!(" on {remote}")))
            })
            .map(|(beside, place)| {
                Problem::content(format!("tag `{name}` cannot exist beside the tag `{beside}`{place}"))
                    .hint("git stores tags like files in folders; rename one of the two templates, or delete the old tag")
            }),
    }
}

/// A tag that would have to be a folder of this one, or the other way round.
fn in_the_way<'a>(name: &str, mut existing: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    existing.find(|tag| {
        tag.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
            || name.strip_prefix(tag.as_str()).is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_the_way_when_it_is_a_folder_of_another() {
        let existing = ["v0.1.0".to_owned(), "deep/v1".to_owned()];
        let beside = |name| in_the_way(name, existing.iter());
        assert_eq!(beside("v0.2.0"), None);
        assert_eq!(beside("deep"), Some(&existing[1]));
        assert_eq!(beside("deep/v1/x"), Some(&existing[1]));
        assert_eq!(beside("deep/v2"), None);
    }
}
