//! Taking back the last release, as one value: HEAD must be its commit, beyond doubt, and nothing of it may have left
//! this repository. Otherwise every reason why not.

use super::build::values;
use super::dirt;
use super::guards::{no_answer, operation, way_to};
use crate::config::{Config, Placeholder};
use crate::error::Problem;
use crate::git::{ChangedPath, Head, ObjectId, Place, RemoteTrouble, Returned};
use crate::snapshot::{RemoteState, Silence, Unasked};
use crate::spec::Spec;
use crate::version::Version;
use crate::words::{counted, on_one_line, shell_word};

/// An undo as one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The reference that moves back: the branch in full, or `HEAD` itself when detached.
    pub reference: String,
    /// The release commit.
    pub commit: ObjectId,
    /// Its parent.
    pub parent: ObjectId,
    /// The first line of the release commit's message.
    pub subject: String,
    /// The version that is taken back.
    pub version: Version,
    /// The version that the repository has afterwards, where that can be read.
    pub previous: Option<Version>,
    /// The tags that are deleted.
    pub tags: Vec<UndoneTag>,
    /// The files that become what they were.
    pub files: Vec<Returned>,
    /// After this many seconds the hook reference-transaction is stopped and the undo with it; nothing where there is no
    /// such hook.
    pub hook_seconds: Option<u64>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// What is probably not expected but does not stand in the way.
    pub warnings: Vec<String>,
}

impl Undo {
    /// What moves back, in a word.
    pub fn place(&self) -> &str {
        match self.reference.strip_prefix("refs/heads/") {
            Some(branch) => branch,
            None => "the detached HEAD",
        }
    }
}

/// A tag that an undo deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoneTag {
    /// Without `refs/tags/`.
    pub name: String,
    /// The tag object it must still hold then.
    pub object: ObjectId,
}

/// A local tag, as far as an undo cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTag {
    /// Without `refs/tags/`.
    pub name: String,
    /// What the reference holds.
    pub object: ObjectId,
    /// Whether that is a tag object.
    pub annotated: bool,
    /// The commit it stands for.
    pub commit: Option<ObjectId>,
}

/// What the repository and its remote say when an undo is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Where HEAD is.
    pub head: Head,
    /// Its commit.
    pub commit: ObjectId,
    /// The parents of that, as far as they are here.
    pub parents: Vec<ObjectId>,
    /// The first line of its message.
    pub subject: String,
    /// The version at HEAD.
    pub version: Version,
    /// The version at the only parent, where there is one and it can be read.
    pub previous: Option<Version>,
    /// All local tags.
    pub tags: Vec<LocalTag>,
    /// Local branches at the commit.
    pub branches: Vec<String>,
    /// What would change on the way back to the only parent.
    pub files: Vec<Returned>,
    /// git runs the hook reference-transaction here.
    pub hooked: bool,
    /// A merge, rebase or the like that is under way.
    pub operation: Option<String>,
    /// Tracked paths that differ from HEAD.
    pub changed: Vec<ChangedPath>,
    /// What lies untracked where files would come back.
    pub in_the_way: Vec<String>,
    /// The configuration in force is not the committed one.
    pub uncommitted_config: bool,
    /// What the remote said.
    pub remote: RemoteState,
    /// Places of the remote, with their branches whose history holds the commit.
    pub holding: Vec<(String, String)>,
    /// Places where the release branch is at a commit that is not here.
    pub unknown_tips: Vec<(Place, ObjectId)>,
}

/// Works out the undo.
///
/// # Errors
/// Why HEAD is not a release, or else everything that keeps this one from being taken back.
pub fn undo(spec: &Spec, config: &Config, facts: &Facts) -> Result<Undo, Vec<Problem>> {
    let (parent, tags) = recognized(config, facts)?;
    let mut problems: Vec<Problem> = no_answer(spec).into_iter().collect();
    problems.extend(operation(facts.operation.as_deref()));
    problems.extend(place(config, facts));
    problems.extend(work_tree(facts));
    problems.extend(published(config, facts, &tags));
    if !problems.is_empty() {
        return Err(problems);
    }
    let notes = vec![asked(config, facts)];
    let warnings = others(facts, &tags);
    Ok(Undo {
        reference: facts.head.reference.clone(),
        commit: facts.commit.clone(),
        parent,
        subject: facts.subject.clone(),
        version: facts.version,
        previous: facts.previous,
        tags,
        files: facts.files.clone(),
        hook_seconds: facts.hooked.then_some(config.limits.hook_seconds),
        notes,
        warnings,
    })
}

/// A commit that may be that of a release.
pub(super) struct Candidate<'a> {
    pub(super) commit: &'a ObjectId,
    /// The first line of its message.
    pub(super) subject: &'a str,
    /// Its parents, as far as they are here.
    pub(super) parents: &'a [ObjectId],
    /// The version at it.
    pub(super) version: Version,
    /// The version at its only parent, where that can be read.
    pub(super) previous: Option<Version>,
    /// At least those local tags that have a name of this version.
    pub(super) tags: &'a [LocalTag],
}

/// The parent and the tags of the release that a commit is: every configured tag of the version stands on it, annotated,
/// and it has the message of a release. Otherwise every reason why it is none.
pub(super) fn release_of(
    config: &Config,
    candidate: &Candidate<'_>,
) -> Result<(ObjectId, Vec<UndoneTag>), Vec<String>> {
    let Candidate { commit, subject, parents, version, previous, tags: local } = *candidate;
    let of_release = values(&version, previous.as_ref().unwrap_or(&version), "");
    let mut why_not = Vec::new();
    let mut tags = Vec::new();
    for tag in &config.tag {
        let name = tag.name.render(&of_release);
        match local.iter().find(|local| local.name == name) {
            Some(tag) if tag.commit.as_ref() == Some(commit) && tag.annotated => {
                tags.push(UndoneTag { name, object: tag.object.clone() });
            }
            Some(tag) if tag.commit.as_ref() == Some(commit) => {
                why_not.push(format!("tag `{name}` is not annotated"));
            }
            Some(tag) => {
                let commit = tag.commit.as_ref().unwrap_or(&tag.object);
                why_not.push(format!("tag `{name}` stands on {}, not on HEAD", commit.short()));
            }
            // A tag that only some releases get.
            None if !tag.only_when.is_empty() => {}
            None => why_not.push(format!("there is no tag `{name}` here")),
        }
    }
    let message = &config.release.commit_message;
    let expected = message.render(&of_release);
    let expected = expected.lines().next().unwrap_or_default();
    // The day of a release is not written down anywhere else, so such a subject proves nothing either way.
    if !message.holds(Placeholder::Date) && subject != expected {
        why_not.push(format!(
            "its subject is `{}`, and that of a release is `{expected}`",
            on_one_line(subject)
        ));
    }
    match parents {
        [parent] if why_not.is_empty() => return Ok((parent.clone(), tags)),
        [_] => {}
        [] => why_not.push("it has no parent in this clone".into()),
        _ => why_not.push("it has several parents".into()),
    }
    Err(why_not)
}

/// The parent and the tags of the release that HEAD is.
fn recognized(config: &Config, facts: &Facts) -> Result<(ObjectId, Vec<UndoneTag>), Vec<Problem>> {
    let version = facts.version;
    let candidate = Candidate {
        commit: &facts.commit,
        subject: &facts.subject,
        parents: &facts.parents,
        version,
        previous: facts.previous,
        tags: &facts.tags,
    };
    release_of(config, &candidate).map_err(|mut why_not| {
        let by_hand = made_by_hand(config, facts);
        why_not.extend(by_hand.iter().map(|name| {
            format!("tag `{name}` stands on HEAD, which is not its release: it holds {version}")
        }));
        let reasons: String = why_not.iter().map(|reason| format!("\n{reason}")).collect();
        let short = facts.commit.short();
        let problem =
            Problem::content(format!("HEAD ({short}) is not the commit of the release {version}{reasons}"))
                .hint("only the last release can be taken back, while HEAD is its commit");
        let removal =
            |name: &str| format!("a tag that was made by hand goes with `git tag -d {}`", shell_word(name));
        let problem = by_hand.into_iter().map(removal).fold(problem, Problem::hint);
        vec![problem.hint(format!("see where the tags are: `git log --oneline --decorate {short} -5`"))]
    })
}

/// The tags on HEAD that are called like those of another release, and are nowhere else.
fn made_by_hand<'a>(config: &Config, facts: &'a Facts) -> Vec<&'a str> {
    let own = values(&facts.version, facts.previous.as_ref().unwrap_or(&facts.version), "");
    let of_another = |tag: &&LocalTag| {
        let mut templates = config.tag.iter().map(|tag| &tag.name);
        tag.commit.as_ref() == Some(&facts.commit)
            && templates.clone().all(|template| template.render(&own) != tag.name)
            && templates.any(|template| template.could_render_as(&tag.name).is_some())
    };
    let pushed = |name: &str| facts.remote.answer().is_some_and(|refs| refs.tags.contains_key(name));
    let found = facts.tags.iter().filter(of_another).map(|tag| tag.name.as_str());
    found.filter(|name| !pushed(name)).collect()
}

fn place(config: &Config, facts: &Facts) -> Vec<Problem> {
    let wanted = &config.release.branch;
    let mut problems = Vec::new();
    if let Some(branch) = facts.head.branch.as_ref().filter(|branch| !wanted.admits(branch)) {
        let listed = wanted.listed();
        problems.push(
            Problem::circumstance(format!("not on {listed}: the checked-out branch is `{branch}`"))
                .hint(way_to(wanted, "")),
        );
    }
    let own = facts.head.reference.strip_prefix("refs/heads/");
    let others: Vec<&str> =
        facts.branches.iter().map(String::as_str).filter(|branch| Some(*branch) != own).collect();
    if !others.is_empty() {
        problems.push(
            Problem::circumstance(format!(
                "other branches are at the release commit as well: `{}`",
                others.join("`, `")
            ))
            .hint("they would keep a release without its tags: move or delete them first"),
        );
    }
    problems
}

fn work_tree(facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    let list = |paths: &mut dyn Iterator<Item = &String>| -> String {
        paths.map(|path| format!("\n{}", on_one_line(path))).collect()
    };
    if !facts.changed.is_empty() {
        let shown = |it: &ChangedPath| format!("\n{}{}", on_one_line(&it.path), dirt::remark(it));
        let paths: String = facts.changed.iter().map(shown).collect();
        let problem = Problem::circumstance(format!("working tree is not clean{paths}"));
        problems.push(dirt::remedies(&facts.changed).into_iter().fold(problem, Problem::hint));
    }
    if !facts.in_the_way.is_empty() {
        let paths = list(&mut facts.in_the_way.iter());
        problems.push(
            Problem::circumstance(format!("untracked files lie where files would come back{paths}"))
                .hint("move them away: they would be overwritten"),
        );
    }
    if facts.uncommitted_config && facts.changed.is_empty() {
        problems.push(
            Problem::circumstance("the configuration is not committed as it is used here")
                .hint("commit it, or move it away"),
        );
    }
    problems
}

/// Who said that nothing of the release is there.
fn asked(config: &Config, facts: &Facts) -> String {
    let remote = &config.release.remote;
    let Some(answers) = facts.remote.answers() else {
        return format!("there is no remote {remote}: nothing can have been pushed there");
    };
    let names: Vec<&str> = answers.places.iter().map(|(place, _)| place.name.as_str()).collect();
    let missing = match answers.places.iter().any(|(place, _)| place.remote == *remote) {
        true => String::new(),
        false => format!("there is no remote {remote}; "),
    };
    match names.as_slice() {
        [name] => format!("{missing}{name} was asked: it has neither the commit nor its tags"),
        names => {
            let names = names.join(" and ");
            format!("{missing}{names} were asked: none of them has the commit or one of its tags")
        }
    }
}

/// Whether anything of the release left this repository.
fn published(config: &Config, facts: &Facts, tags: &[UndoneTag]) -> Vec<Problem> {
    let remote = &config.release.remote;
    let answers = match &facts.remote {
        RemoteState::Answered(answers) => answers,
        RemoteState::Unasked(Unasked::NoRemote) => return Vec::new(),
        RemoteState::Unasked(_) => {
            return vec![Problem::circumstance(format!(
                "`{remote}` was not asked, so nothing is taken back"
            ))];
        }
        RemoteState::Failed(silence) => return vec![not_told(silence)],
    };
    let mut found: Vec<(&str, String)> = Vec::new();
    for (place, refs) in &answers.places {
        let ours = refs.tags.iter().filter(|(_, there)| {
            there.target == facts.commit || tags.iter().any(|tag| tag.object == there.object)
        });
        found.extend(ours.map(|(name, _)| (place.name.as_str(), format!("tag `{name}`"))));
        let holding = facts.holding.iter().filter(|(name, _)| *name == place.name);
        found.extend(
            holding.map(|(_, branch)| (place.name.as_str(), format!("the release commit, on `{branch}`"))),
        );
    }
    let mut problems = Vec::new();
    if !found.is_empty() {
        let mut names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
        names.dedup();
        let place = |name: &str| if names.len() == 1 { String::new() } else { format!(", at {name}") };
        let list: String = found.iter().map(|(name, what)| format!("\n{what}{}", place(name))).collect();
        let names = names.join(" and ");
        problems.push(
            Problem::content(format!("the release is on {names}, so it cannot be taken back{list}"))
                .hint("what is published stays: mend it and cut the next version"),
        );
    }
    let branch = config.release.branch.name();
    problems.extend(facts.unknown_tips.iter().map(|(place, tip)| {
        let word = &place.word;
        let branch_word = if place.only { String::new() } else { format!(" {}", shell_word(branch)) };
        Problem::circumstance(format!(
            "{} is at {}, a commit that is not in this clone: whether it holds the release cannot be told",
            place.branch(branch),
            tip.short()
        ))
        .hint(format!("run `git fetch {word}{branch_word}`, then the undo again"))
    }));
    problems
}

fn not_told(silence: &Silence) -> Problem {
    let Silence { name, word, trouble } = silence;
    let why = match trouble {
        RemoteTrouble::Silent(seconds) => {
            let seconds = counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second");
            format!("it did not answer within {seconds}")
        }
        RemoteTrouble::Interrupted => "it was interrupted".into(),
        RemoteTrouble::Failed(said) => said.clone(),
    };
    Problem::circumstance(format!(
        "whether the release was pushed cannot be told: `{name}` cannot be asked\n{why}"
    ))
    .hint(format!("see whether it can be reached: `git ls-remote {word}`"))
}

/// What stays although a person might expect it to go.
fn others(facts: &Facts, tags: &[UndoneTag]) -> Vec<String> {
    let own = |name: &str| tags.iter().any(|tag| tag.name == name);
    let mut warnings: Vec<String> = facts
        .tags
        .iter()
        .filter(|tag| tag.commit.as_ref() == Some(&facts.commit) && !own(&tag.name))
        .map(|tag| format!("tag {} stands on the release commit as well, and stays", tag.name))
        .collect();
    let holders = |name: &str| facts.remote.answers().map_or(Vec::new(), |answers| answers.holders(name));
    for tag in tags.iter().filter(|tag| !holders(&tag.name).is_empty()) {
        let (there, name) = (holders(&tag.name).join(" and "), &tag.name);
        warnings.push(format!("{there} has another tag {name}: only the one of this clone is deleted"));
    }
    warnings
}
