//! Pushes a release, and believes only what every place that the push reaches says afterwards: git's own success or
//! failure is told, but the answers decide. A push that was refused leaves the release where it is, with the ways on.

use crate::error::{Error, Kind, Problem, Result};
use crate::git::{ObjectId, Place, RemoteRefs, RemoteTrouble, Repository, Talk};
use crate::plan::{Plan, PlannedPush};
use crate::words::{counted, shell_word};

/// Pushes what the plan says. Returns what is worth a warning although everything arrived.
///
/// # Errors
/// `NotPushed`, with git's words, when a place that the push reaches does not have the release, not all of it, or does
/// not say.
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
    let mut places = repository.places(&push.remote).map_err(not_pushed)?;
    places.retain(|place| place.pushed);
    let outcome = repository.push(&push.remote, &push.refspecs, push.no_verify, pushing);
    let branch = plan.published.branch();
    let found: Vec<(Place, Arrived)> = places
        .into_iter()
        .map(|place| {
            let answer = repository.refs_at(&place, Some(branch), asking);
            let arrived = match answer {
                Ok(refs) => arrived(&refs, branch, commit, &tags),
                Err(trouble) => Arrived::Unknown(described(&trouble)),
            };
            (place, arrived)
        })
        .collect();
    let said = outcome.as_ref().err().map(described);
    judged(plan, push, &found, said.as_deref()).map_err(not_pushed)
}

/// What of a release a place has.
#[derive(Debug, PartialEq, Eq)]
enum Arrived {
    All,
    Nothing,
    /// Every tag, but the branch is elsewhere.
    Tags,
    Part(Vec<String>),
    /// It does not say; why not.
    Unknown(String),
}

impl Arrived {
    /// The same in words, after `the push reached`.
    fn in_words(&self) -> String {
        match self {
            Self::All => "has all of it".into(),
            Self::Nothing => "has nothing of it".into(),
            Self::Tags => "has the tags, not the branch".into(),
            Self::Part(there) => format!("has only {}", there.join(", ")),
            Self::Unknown(why) => {
                format!("cannot be asked: {}", why.lines().next().unwrap_or_default())
            }
        }
    }
}

/// What the answers of all places mean together.
fn judged(
    plan: &Plan,
    push: &PlannedPush,
    found: &[(Place, Arrived)],
    said: Option<&str>,
) -> std::result::Result<Option<String>, Problem> {
    // Somebody pushed on top in the meantime; the tags prove that ours went through.
    let moved = |arrived: &Arrived| *arrived == Arrived::Tags && said.is_none();
    if !found.is_empty() && found.iter().all(|(_, arrived)| *arrived == Arrived::All || moved(arrived)) {
        let branch = plan.published.branch();
        let moved = found.iter().find(|(_, arrived)| moved(arrived));
        return Ok(moved.map(|(place, _)| format!("{branch} has moved on at {} since the push", place.name)));
    }
    if found.iter().all(|(_, arrived)| *arrived == Arrived::Nothing) {
        return Err(refused(plan, push, said));
    }
    Err(match found {
        [(_, Arrived::Unknown(why))] => unknown(plan, push, said, why),
        [(_, Arrived::Tags)] => in_part(plan, push, said, "the tags, not the branch"),
        [(_, Arrived::Part(there))] => in_part(plan, push, said, &format!("only {}", there.join(", "))),
        _ => in_some_places(plan, push, found, said),
    })
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

/// What is said of a conversation that a person stopped.
const STOPPED: &str = "it was interrupted";

fn described(trouble: &RemoteTrouble) -> String {
    match trouble {
        RemoteTrouble::Silent(seconds) => {
            format!(
                "it did not end within {}",
                counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second")
            )
        }
        RemoteTrouble::Interrupted => STOPPED.into(),
        RemoteTrouble::Failed(said) => said.clone(),
    }
}

fn refused(plan: &Plan, push: &PlannedPush, said: Option<&str>) -> Problem {
    let why = match said {
        Some(STOPPED) => "the push was stopped",
        Some(said) if lacks_atomic(said) => "the server takes no atomic push (all together or nothing)",
        _ => "the push was refused",
    };
    let words = said.unwrap_or("git reported success, but the remote has none of it");
    ways_on(
        Problem::circumstance(format!(
            "{} is released here, but not pushed to {}: {why}\n{words}",
            plan.version, push.remote
        )),
        push,
        said,
    )
    .hint("or take the release back: `trueppm-release undo`")
}

fn in_part(plan: &Plan, push: &PlannedPush, said: Option<&str>, what: &str) -> Problem {
    let words = said.map(|said| format!("\n{said}")).unwrap_or_default();
    ways_on(
        Problem::circumstance(format!(
            "{} is released here, and {} has a part of it: {what}{words}",
            plan.version, push.remote
        )),
        push,
        said,
    )
}

/// The push reaches several places, and not all of them took it. It is public where one did, so an undo is no way on.
fn in_some_places(
    plan: &Plan,
    push: &PlannedPush,
    found: &[(Place, Arrived)],
    said: Option<&str>,
) -> Problem {
    let mut message = format!(
        "{} is released here, and not every place that {} pushes to has it",
        plan.version, push.remote
    );
    for (place, arrived) in found {
        message.push_str(&format!("\n`{}` {}", place.url, arrived.in_words()));
    }
    message.extend(said.map(|said| format!("\n{said}")));
    let problem = Problem::circumstance(message);
    if said.is_some_and(lacks_atomic) {
        return ways_on(problem, push, said);
    }
    let again = "push again, once the reason is gone; a place that has it already stays as it is";
    problem.hint(format!("{again}: `{}`", push.command()))
}

fn unknown(plan: &Plan, push: &PlannedPush, said: Option<&str>, why: &str) -> Problem {
    let words = said.map(|said| format!("the push: {said}\n")).unwrap_or_default();
    ways_on(
        Problem::circumstance(format!(
            "{} is released here; whether it arrived at {} cannot be told\n{words}asking afterwards: {why}",
            plan.version, push.remote
        ))
        .hint(format!("see what is there: `git ls-remote {}`", shell_word(&push.remote))),
        push,
        said,
    )
}

/// Pushing again, or the order that can work where nothing is taken together: a tag must never be where its commit is
/// not on the branch, so that is a person's decision and not made here.
fn ways_on(problem: Problem, push: &PlannedPush, said: Option<&str>) -> Problem {
    if !said.is_some_and(lacks_atomic) {
        return problem.hint(format!("push again, once the reason is gone: `{}`", push.command()));
    }
    let [branch, tags] = push.in_order();
    problem
        .hint(format!("push the branch first: `{branch}`"))
        .hint(format!("only when that has worked, the tags: `{tags}`"))
        .hint(format!("then see that everything is there: `git ls-remote {}`", shell_word(&push.remote)))
}

/// Whether git says that the other side, or what leads there, knows no atomic push.
fn lacks_atomic(said: &str) -> bool {
    let own = said.lines().filter(|line| !line.starts_with("remote:"));
    own.into_iter().any(|line| line.contains("atomic") && line.contains("not support"))
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

    #[test]
    fn a_server_without_atomic_pushes_is_told_apart_from_one_that_refuses() {
        for (said, lacks) in [
            ("fatal: the receiving end does not support --atomic push", true),
            ("fatal: helper ext does not support '--atomic'\nfatal: more", true),
            ("error: atomic push failed for ref refs/heads/main. status: 5", false),
            (" ! [remote rejected] main -> main (pre-receive hook declined)", false),
            ("remote: this project does not support pushes\nerror: atomic push failed", false),
            ("remote: an atomic push is not supported on Fridays", false),
        ] {
            assert_eq!(lacks_atomic(said), lacks, "{said}");
        }
    }
}
