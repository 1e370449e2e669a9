//! `trueppm-release undo` from end to end: read, plan, then show or ask and take back. What was shown is planned once
//! more after the answer, so that what happened while the question stood is never overlooked.

use std::collections::BTreeMap;

use super::asking::{gate_failed, interrupted_at_the_gate, mention_interruption, on};
use crate::apply::{self, Recovered};
use crate::confirm::{self, Answer};
use crate::disk::Disk;
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{self, Effect, ObjectId, Repository};
use crate::interrupt::Interrupt;
use crate::plan::{self, Facts, LocalTag, Undo};
use crate::render;
use crate::snapshot::{self, Branches, Loaded};
use crate::spec::{Consent, Mode, Spec};
use crate::ui::{Stream, Ui};
use crate::version::Version;

/// Takes the last release back, or shows what that would do.
///
/// # Errors
/// Why HEAD is no release that can be taken back, a person's no, or a failure on the way.
pub fn run(mode: Mode, spec: &Spec, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
    let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?.heard_through(ui);
    if mode != Mode::Real {
        mention_interruption(&repository, ui);
    } else if apply::recover(&repository, &Disk::default(), ui)? == Recovered::TakenBack {
        // That was the undo that is asked for; the release before it is another one.
        return Ok(());
    }
    repository.refuse_torn_references()?;
    let loaded = snapshot::configuration(&repository, spec).map_err(refused)?;
    let undo = planned(&repository, spec, &loaded, interrupt)?;
    on(interrupt)?;
    if matches!(mode, Mode::DryRun { .. }) {
        ui.show(&render::undo(&undo, spec.verbose))?;
        ui.status("dry run: nothing was changed");
        return Ok(());
    }
    match &spec.consent {
        Consent::Given(source) => {
            ui.status(&format!("Undo confirmed via {source}: {}", undo.version));
            for warning in &undo.warnings {
                ui.warning(warning);
            }
        }
        _ => {
            match answer(&undo, ui, interrupt)? {
                Answer::Accept => {}
                Answer::Interrupted => return Err(interrupted_at_the_gate(Vec::new())),
                Answer::Decline | Answer::Override(()) => {
                    let problem = Problem::circumstance("aborted at the gate: nothing was changed");
                    return Err(Error::new(Kind::Declined, vec![problem]));
                }
            }
            if planned(&repository, spec, &loaded, interrupt)? != undo {
                return Err(Error::refused(
                    Problem::circumstance(
                        "something changed while the question waited for an answer; nothing was taken back",
                    )
                    .hint("run the undo again: it reads everything again"),
                ));
            }
        }
    }
    let (seconds, offset_minutes) = spec.now;
    let identities = repository.identity(seconds, offset_minutes, &spec.identity).map_err(Error::refused)?;
    apply::take_back(&repository, &undo, &identities.committer, &Disk::default(), ui, interrupt)?;
    ui.show_done(&render::taken_back(&undo));
    Ok(())
}

fn refused(problems: Vec<Problem>) -> Error {
    Error::new(Kind::Refused, problems)
}

/// What taking the last release back would be.
///
/// # Errors
/// Why HEAD is no release that can be taken back, all reasons at once.
pub fn planned(repository: &Repository, spec: &Spec, loaded: &Loaded, interrupt: &Interrupt) -> Result<Undo> {
    let facts = facts(repository, spec, loaded, interrupt)?;
    plan::undo(spec, &loaded.config, &facts).map_err(refused)
}

/// What a person says. There is nothing to override, so a yes may be typed as well.
fn answer(undo: &Undo, ui: &Ui, interrupt: &Interrupt) -> Result<Answer<()>> {
    let screen = ui.painted(Stream::Stderr, &render::undo_gate(undo));
    let question = render::undo_question(undo);
    let typed = |text: &str| {
        if ["y", "yes"].iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(Answer::Accept);
        }
        Err(Problem::content(format!("there is nothing to type here but yes or no, and `{text}` is neither"))
            .hint(format!(
                "press Enter, or `y` and Enter, to take {} back, or `q` and Enter to leave everything as it is",
                undo.version
            )))
    };
    confirm::ask(ui, &screen, &question, || interrupt.came(), typed).map_err(gate_failed)
}

/// Reads everything an undo depends on, the remote included.
fn facts(repository: &Repository, spec: &Spec, loaded: &Loaded, interrupt: &Interrupt) -> Result<Facts> {
    let config = &loaded.config;
    let head = repository.head().map_err(Error::refused)?;
    let commit = head.commit.clone().ok_or_else(|| {
        Error::refused(Problem::circumstance(
            "the branch has no commit yet, so there is nothing to take back",
        ))
    })?;
    let remote = snapshot::ask(repository, spec, config, Branches::All, interrupt)?;
    let read = || -> std::result::Result<Facts, Vec<Problem>> {
        let one = |problem: Problem| vec![problem];
        let (parents, subject) = repository.parents_and_subject(&commit).map_err(one)?;
        let (previous, files) = match parents.as_slice() {
            [parent] => (
                version_at(repository, loaded, parent).ok(),
                repository.way_back(&commit, parent).map_err(one)?,
            ),
            _ => (None, Vec::new()),
        };
        let returning = files.iter().filter(|returned| returned.effect == Effect::Returns);
        let returning: Vec<String> = returning.map(|returned| returned.change.path.clone()).collect();
        let mut tags = Vec::new();
        for tag in repository.local_tags().map_err(one)? {
            let stands_for = repository.tag_commit(&tag).map_err(one)?;
            let annotated = repository.is_annotated(&tag);
            tags.push(LocalTag { name: tag.name, object: tag.target, annotated, commit: stands_for });
        }
        let mut holding = Vec::new();
        let mut unknown_tips = Vec::new();
        for (place, refs) in remote.answers().iter().flat_map(|answers| &answers.places) {
            for (branch, tip) in &refs.branches {
                match repository.holds(tip, &commit).map_err(one)? {
                    Some(true) => holding.push((place.name.clone(), branch.clone())),
                    // Of other branches many are unknown in every clone; none of them is where a release goes.
                    None if *branch == config.release.branch.name() => {
                        unknown_tips.push((place.clone(), tip.clone()))
                    }
                    _ => {}
                }
            }
        }
        Ok(Facts {
            version: version_at(repository, loaded, &commit)?,
            hooked: repository
                .active_hooks()
                .map_err(one)?
                .iter()
                .any(|hook| hook == "reference-transaction"),
            operation: repository.operation_in_progress().map(str::to_owned),
            changed: repository.status().map_err(one)?.changed,
            in_the_way: repository.occupied(&returning),
            uncommitted_config: loaded.uncommitted,
            branches: repository.branches_at(&commit).map_err(one)?,
            commit: commit.clone(),
            previous,
            parents,
            subject,
            tags,
            files,
            head: head.clone(),
            remote: remote.clone(),
            holding,
            unknown_tips,
        })
    };
    read().map_err(refused)
}

fn version_at(
    repository: &Repository,
    loaded: &Loaded,
    commit: &ObjectId,
) -> std::result::Result<Version, Vec<Problem>> {
    let config = &loaded.config;
    let path = &config.release.version_from;
    let entry =
        repository.tree_file(commit, path, config.limits.manifest_bytes).map_err(|problem| vec![problem])?;
    plan::current_version(config, &BTreeMap::from([(path.clone(), entry)]))
}
