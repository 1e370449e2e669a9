//! Puts a plan together: the next version, then each room's part of it. Every part adds its own problems, so that
//! a person mends all of them in one go.

use std::collections::BTreeMap;

use super::automatic::Step;
use super::release_variables::release_variables;
use super::{
    CommitDraft, Draft, FileChange, Origin, Plan, PlannedReminder, PlannedStep, PublishedRef, Refspecs,
};
use super::{
    automatic, changelog, duties, guards, latest, manifests, patterns, pins, pipelines, remote, requirements,
    standing_elsewhere, steps, tags, unlisted, unlisted_changelog, yaml_numbers,
};
use crate::config::{Changelog, Config, Template, Values, When};
use crate::error::Problem;
use crate::git::TreeEntry;
use crate::snapshot::{FragmentFile, Snapshot};
use crate::spec::Spec;
use crate::version::{Request, Version, first, next};

/// What the parts of a plan are computed from, and where they put what they find.
pub(super) struct Workshop<'a> {
    pub(super) spec: &'a Spec,
    pub(super) config: &'a Config,
    pub(super) snapshot: &'a Snapshot,
    pub(super) current: Version,
    pub(super) version: Version,
    pub(super) files: BTreeMap<String, FileChange>,
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<String>,
    pub(super) problems: Vec<Problem>,
    /// A changelog has nothing to release, which is among the problems.
    pub(super) nothing_new: bool,
}

impl Workshop<'_> {
    /// What the placeholders of a template stand for in this release.
    pub(super) fn values(&self) -> Values {
        values(&self.version, &self.current, &self.date())
    }

    /// What the same template would have given for the version the repository has now.
    pub(super) fn current_values(&self) -> Values {
        values(&self.current, &self.current, &self.date())
    }

    /// The date of the release section.
    pub(super) fn date(&self) -> String {
        self.spec.date.format("%Y-%m-%d").to_string()
    }
}

pub(super) fn values(version: &Version, previous: &Version, date: &str) -> Values {
    Values {
        version: version.to_string(),
        pep440: version.pep440(),
        base: version.base().to_string(),
        major: version.major.to_string(),
        minor: version.minor.to_string(),
        patch: version.patch.to_string(),
        previous: previous.to_string(),
        previous_pep440: previous.pep440(),
        previous_base: previous.base().to_string(),
        date: date.to_owned(),
        tag: String::new(),
    }
}

/// The version that a request makes of the current one, as far as that can be told before the tags are known.
fn next_version(request: &Request, config: &Config, files: &BTreeMap<String, TreeEntry>) -> Option<Version> {
    let current = manifests::current_version(config, files).ok()?;
    first(&current, request).or_else(|| next(&current, request).map(|next| next.version).ok())
}

/// The changelogs whose `[Unreleased]` section a request turns into a release, or that say which version it gives; only
/// their fragments are read.
pub fn rotating<'a>(
    request: &Request,
    config: &'a Config,
    files: &BTreeMap<String, TreeEntry>,
) -> Vec<&'a Changelog> {
    // Which version `auto` gives is decided by what is read there.
    if *request == Request::Auto {
        return config.changelog.iter().collect();
    }
    match next_version(request, config, files) {
        Some(version) => config.changelog.iter().filter(|it| changelog::rotates(it, &version)).collect(),
        None => Vec::new(),
    }
}

/// Computes the whole release, and everything that stands in its way.
pub fn draft(request: &Request, spec: &Spec, config: &Config, mut snapshot: Snapshot) -> Draft {
    let fragments = std::mem::take(&mut snapshot.fragments);
    let mut draft = compute(request, spec, config, &snapshot, fragments);
    // Only now that nobody reads them any more do the megabytes move into the plan, without a copy.
    for change in draft.plan.iter_mut().flat_map(|plan| &mut plan.files) {
        if let Some(TreeEntry::File { bytes, .. }) = snapshot.files.remove(&change.path) {
            change.before = String::from_utf8(bytes).unwrap_or_default();
        }
    }
    draft
}

/// Everything but what the files of the snapshot held before.
fn compute(
    request: &Request,
    spec: &Spec,
    config: &Config,
    snapshot: &Snapshot,
    fragments: Vec<FragmentFile>,
) -> Draft {
    let mut problems = guards::circumstances(spec, config, snapshot);
    problems.extend(guards::layout(config, snapshot));
    let Step { current, next, reason, warnings } =
        match automatic::step(request, config, snapshot, &fragments) {
            Ok(Some(step)) => step,
            Ok(None) => {
                problems.extend(automatic::unreadable(config, &fragments));
                let words = words_that_would_do(spec, config, snapshot, &fragments);
                problems.push(latest::explained(
                    automatic::nothing(config, snapshot, &fragments, &words),
                    config,
                    snapshot,
                ));
                return Draft { plan: None, problems, nothing_pending: true };
            }
            Err(found) => {
                // A file that cannot be read at all was just reported as what it is.
                if manifests::text_of(&snapshot.files, &config.release.version_from).is_some() {
                    problems.extend(found);
                }
                return Draft { plan: None, problems, nothing_pending: false };
            }
        };
    if *request == Request::Auto {
        // Those of a changelog that rotates are reported where they are read for it.
        let rotates = |fragment: &&FragmentFile| {
            let folder = fragment.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let own = |it: &&Changelog| it.fragments.as_deref() == Some(folder);
            config.changelog.iter().find(own).is_some_and(|it| changelog::rotates(it, &next.version))
        };
        let staying: Vec<FragmentFile> =
            fragments.iter().filter(|fragment| !rotates(fragment)).cloned().collect();
        problems.extend(automatic::unreadable(config, &staying));
    }
    let mut workshop = Workshop {
        spec,
        config,
        snapshot,
        current,
        version: next.version,
        files: BTreeMap::new(),
        notes: (snapshot.profile.iter().chain(&snapshot.passed_over.notes).cloned())
            .chain(reason)
            .chain(next.notes.iter().map(ToString::to_string))
            .chain(remote::notes(config, snapshot))
            .chain(unlisted_changelog::note(config, snapshot))
            .collect(),
        warnings: warnings.into_iter().chain(remote::warnings(spec, config, snapshot)).collect(),
        problems,
        nothing_new: false,
    };
    let beside = unlisted_changelog::warnings(&workshop);
    workshop.warnings.extend(beside);
    let mut versions = manifests::plan(&mut workshop);
    let mut patterns = patterns::plan(&mut workshop);
    let pins = pins::plan(&mut workshop, &mut versions, &mut patterns);
    requirements::plan(&mut workshop, &mut versions);
    yaml_numbers::check(&mut workshop);
    let unlisted = unlisted::plan(&mut workshop);
    standing_elsewhere::note(&mut workshop);
    let sections = changelog::plan(&mut workshop, fragments);
    if workshop.nothing_new {
        // Before everything else that follows from it.
        workshop.problems.splice(0..0, latest::nothing_since(config, snapshot));
    } else {
        workshop.warnings.extend(latest::warning(config, snapshot));
    }
    let mut steps = steps::plan(&mut workshop);
    let tags = tags::plan(&mut workshop);
    let duties = duties::plan(&mut workshop);
    let writes_nothing = |step: &PlannedStep| step.outputs.is_empty() && step.patterns.is_empty();
    let unchanged = steps.iter().all(|step| step.skipped || writes_nothing(step));
    if workshop.files.is_empty() && unchanged {
        workshop.notes.push("no file changes: the release commit is an empty one".into());
    }
    let values = workshop.values();
    let (author, committer) = match &snapshot.identity {
        Ok(identities) => (Some(identities.author.clone()), Some(identities.committer.clone())),
        Err(_) => (None, None),
    };
    let branch = config.release.branch.name().to_owned();
    let published = match &snapshot.head.branch {
        Some(name) => PublishedRef::Branch(name.clone()),
        None => PublishedRef::DetachedFor(branch),
    };
    let given =
        release_variables(&workshop.version, &values, &tags, published.branch(), &config.release.remote);
    for step in &mut steps {
        step.given.clone_from(&given);
    }
    let refspecs = Refspecs::new(&published, tags.iter().map(|tag| tag.name.as_str()), &snapshot.references);
    let mut plan = Plan {
        base: snapshot.base.clone(),
        push: remote::push(spec, config, snapshot, &refspecs),
        refspecs,
        gitlab: may_start_pipelines(snapshot),
        no_verify: spec.no_verify,
        published,
        remote: (!snapshot.places.is_empty()).then(|| config.release.remote.clone()),
        other_remotes: snapshot.other_remotes.clone(),
        current,
        version: workshop.version,
        remote_name: config.release.remote.clone(),
        origin: if matches!(request, Request::Explicit(_)) { Origin::Typed } else { Origin::Suggested },
        commit: CommitDraft {
            message: with_final_newline(config.release.commit_message.render(&values)),
            author,
            committer,
        },
        reminders: reminders(&workshop, &tags),
        versions,
        sections,
        pins,
        patterns,
        unlisted,
        steps,
        tags,
        duties,
        files: workshop.files.into_values().collect(),
        notes: workshop.notes,
        warnings: workshop.warnings,
    };
    plan.warnings.extend(plan.too_many_references());
    Draft { plan: Some(plan), problems: workshop.problems, nothing_pending: false }
}

/// The words that a release could be made with although nothing is pending: each is planned, so that nobody is sent to one
/// that is refused next.
fn words_that_would_do(
    spec: &Spec,
    config: &Config,
    snapshot: &Snapshot,
    fragments: &[FragmentFile],
) -> Vec<Request> {
    let Ok(current) = manifests::current_version(config, &snapshot.files) else { return Vec::new() };
    let would_do =
        |request: &Request| compute(request, spec, config, snapshot, fragments.to_vec()).counts().0 == 0;
    automatic::in_place_of_auto(&current).into_iter().filter(would_do).collect()
}

/// Whether a push may reach a GitLab. Where there is no remote yet, it may become one.
fn may_start_pipelines(snapshot: &Snapshot) -> bool {
    let mut pushed = snapshot.places.iter().filter(|place| place.pushed).peekable();
    pushed.peek().is_none() || pushed.any(|place| pipelines::may_be_gitlab(&place.url))
}

/// A message as git keeps it: no trailing blank lines, one newline at the end.
pub(super) fn with_final_newline(message: String) -> String {
    format!("{}\n", message.trim_end())
}

fn reminders(workshop: &Workshop, tags: &[super::TagDraft]) -> Vec<PlannedReminder> {
    let mut planned = Vec::new();
    for reminder in &workshop.config.reminder {
        let applies = match reminder.when {
            When::Always => true,
            When::Stable => workshop.version.is_stable(),
            When::PreRelease => !workshop.version.is_stable(),
            When::FirstTag => reminder.tag.as_ref().is_some_and(|kind| {
                let name = kind.render(&workshop.values());
                tags.iter().any(|tag| tag.name == name) && is_first_of(kind, workshop)
            }),
        };
        if applies {
            // A reminder speaks of the tag it names, otherwise of the first one.
            let tag = match &reminder.tag {
                Some(kind) => kind.render(&workshop.values()),
                None => tags.first().map(|tag| tag.name.clone()).unwrap_or_default(),
            };
            let values = workshop.values().with_tag(tag);
            planned.push(PlannedReminder {
                text: reminder.text.render(&values),
                before_push: reminder.before_push,
            });
        }
    }
    planned
}

/// Whether no tag that this template could have named exists yet, here or on the remote: a shallow clone has none.
fn is_first_of(kind: &Template, workshop: &Workshop) -> bool {
    let there = workshop.snapshot.remote.answer().into_iter().flat_map(|refs| refs.tags.keys());
    !workshop.snapshot.tags.iter().chain(there).any(|tag| kind.could_render_as(tag).is_some())
}
