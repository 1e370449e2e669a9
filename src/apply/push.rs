//! Pushes a release, and believes only what the remote says afterwards: git's own success or failure is told, but
//! the remote's answer decides. A push that was refused leaves the release where it is, with both ways on.

use crate::error::{Error, Kind, Problem, Result};
use crate::git::{ObjectId, RemoteRefs, RemoteTrouble, Repository, Talk};
use crate::plan::{Plan, PlannedPush};
use crate::words::counted;

/// Pushes what the plan says. Returns what is worth a warning although everything arrived.
///
/// # Errors
/// `NotPushed`, with git's words, when the remote does not have the release, not all of it, or does not say.
pub fn push(
    repository: &Repository,
    plan: &Plan,
    push: &PlannedPush,
    commit: &ObjectId,
    pushing: &Talk<'_>,
    asking: &Talk<'_>,
) -> Result<Option<String>> {
    let not_pushed = |problem: Problem| Error::new(Kind::NotPushed, vec![problem]);
    let tags = repository.local_tags().map_err(not_pushed)?;
    let tags: Vec<(&str, Option<ObjectId>)> = plan
        .tags
        .iter()
        .map(|draft| {
            let here = tags.iter().find(|tag| tag.name == draft.name);
            (draft.name.as_str(), here.map(|tag| tag.target.clone()))
        })
        .collect();
    let outcome = repository.push(&push.remote, &push.refspecs, push.no_verify, pushing);
    let branch = plan.published.branch();
    let said = outcome.as_ref().err().map(described);
    let refs = repository
        .remote_refs(&push.remote, Some(branch), asking)
        .map_err(|trouble| not_pushed(unknown(plan, push, said.as_deref(), &described(&trouble))))?;
    match arrived(&refs, branch, commit, &tags) {
        Arrived::All => Ok(None),
        // Somebody pushed on top in the meantime; the tags prove that ours went through.
        Arrived::Tags if outcome.is_ok() => {
            Ok(Some(format!("{branch} has moved on at {} since the push", push.remote)))
        }
        Arrived::Nothing => Err(not_pushed(refused(plan, push, said.as_deref()))),
        Arrived::Tags => Err(not_pushed(in_part(plan, push, said.as_deref(), "the tags, not the branch"))),
        Arrived::Part(there) => {
            Err(not_pushed(in_part(plan, push, said.as_deref(), &format!("only {}", there.join(", ")))))
        }
    }
}

/// What of a release a remote has.
#[derive(Debug, PartialEq, Eq)]
enum Arrived {
    All,
    Nothing,
    /// Every tag, but the branch is elsewhere.
    Tags,
    Part(Vec<String>),
}

fn arrived(refs: &RemoteRefs, branch: &str, commit: &ObjectId, tags: &[(&str, Option<ObjectId>)]) -> Arrived {
    let branch_there = refs.branches.get(branch) == Some(commit);
    let there: Vec<&str> = tags
        .iter()
        .filter(|(name, object)| {
            object.is_some() && refs.tags.get(*name).map(|tag| &tag.object) == object.as_ref()
        })
        .map(|(name, _)| *name)
        .collect();
    match (branch_there, there.len()) {
        (true, number) if number == tags.len() => Arrived::All,
        (false, 0) => Arrived::Nothing,
        (false, number) if number == tags.len() => Arrived::Tags,
        _ => Arrived::Part(
            std::iter::once(branch)
                .filter(|_| branch_there)
                .chain(there)
                .map(|name| format!("`{name}`"))
                .collect(),
        ),
    }
}

fn described(trouble: &RemoteTrouble) -> String {
    match trouble {
        RemoteTrouble::Silent(seconds) => {
            format!(
                "it did not end within {}",
                counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second")
            )
        }
        RemoteTrouble::Interrupted => "it was interrupted".into(),
        RemoteTrouble::Failed(said) => said.clone(),
    }
}

fn refused(plan: &Plan, push: &PlannedPush, said: Option<&str>) -> Problem {
    let said = said.unwrap_or("git reported success, but the remote has none of it");
    ways_on(
        Problem::circumstance(format!(
            "{} is released here, but not pushed to {}: the push was refused\n{said}",
            plan.version, push.remote
        )),
        push,
    )
    .hint("or take the release back: `trueppm-release undo`")
}

fn in_part(plan: &Plan, push: &PlannedPush, said: Option<&str>, what: &str) -> Problem {
    let said = said.map(|said| format!("\n{said}")).unwrap_or_default();
    ways_on(
        Problem::circumstance(format!(
            "{} is released here, and {} has a part of it: {what}{said}",
            plan.version, push.remote
        )),
        push,
    )
}

fn unknown(plan: &Plan, push: &PlannedPush, said: Option<&str>, why: &str) -> Problem {
    let said = said.map(|said| format!("the push: {said}\n")).unwrap_or_default();
    ways_on(
        Problem::circumstance(format!(
            "{} is released here; whether it arrived at {} cannot be told\n{said}asking afterwards: {why}",
            plan.version, push.remote
        ))
        .hint(format!("see what is there: `git ls-remote {}`", push.remote)),
        push,
    )
}

fn ways_on(problem: Problem, push: &PlannedPush) -> Problem {
    problem.hint(format!("push again, once the reason is gone: `{}`", push.command()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::RemoteTag;

    #[test]
    fn what_arrived_is_read_from_the_answer_alone() {
        let id = |digit: &str| ObjectId::parse(&digit.repeat(40)).unwrap();
        let (commit, tag, other) = (id("a"), id("b"), id("c"));
        let tags = [("v1", Some(tag.clone())), ("s1", Some(tag.clone()))];
        let answer = |branch: &ObjectId, names: &[(&str, &ObjectId)]| RemoteRefs {
            branches: [("main".to_owned(), branch.clone())].into(),
            tags: names
                .iter()
                .map(|(name, object)| {
                    ((*name).to_owned(), RemoteTag { object: (*object).clone(), target: commit.clone() })
                })
                .collect(),
        };
        let judged = |refs: RemoteRefs| arrived(&refs, "main", &commit, &tags);
        assert_eq!(judged(answer(&commit, &[("v1", &tag), ("s1", &tag)])), Arrived::All);
        assert_eq!(judged(answer(&other, &[("v1", &tag), ("s1", &tag)])), Arrived::Tags);
        assert_eq!(judged(answer(&other, &[("v1", &other)])), Arrived::Nothing);
        assert_eq!(judged(RemoteRefs::default()), Arrived::Nothing);
        assert_eq!(judged(answer(&commit, &[])), Arrived::Part(vec!["`main`".into()]));
        assert_eq!(judged(answer(&other, &[("s1", &tag)])), Arrived::Part(vec!["`s1`".into()]));
    }
}
