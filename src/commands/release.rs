//! A release from end to end: recover what was interrupted, plan, then show it, or ask and carry it out. `Mode` is
//! matched here and nowhere else, so that a preview and a release are the same plan.

use std::time::Duration;

use super::asking::{gate_failed, interrupted_at_the_gate, mention_interruption, on, to_be_pushed};
use super::summary;
use crate::apply::{self, Ran, Recovered};
use crate::confirm::{self, Answer};
use crate::disk::Disk;
use crate::error::{Error, Kind, Problem, Result, Scope};
use crate::git::{self, ObjectId, Talk};
use crate::interrupt::Interrupt;
use crate::misuse;
use crate::plan::{Draft, Plan, PlannedPush};
use crate::render;
use crate::session::Session;
use crate::snapshot;
use crate::spec::{Consent, Mode, Spec};
use crate::ui::{Stream, Ui};
use crate::version::Request;
use crate::words;

/// Cuts a release, or shows what it would be.
///
/// # Errors
/// Whatever refuses it, a person's no, or a failure on the way.
pub(super) fn run(request: &Request, mode: Mode, spec: &Spec, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
    let repository = git::open(&spec.directory, &spec.location)
        .map_err(|problem| misuse::or_refusal(spec, None, Error::refused(problem)))?
        .heard_through(ui);
    match mode {
        Mode::DryRun { strict } => {
            mention_interruption(&repository, ui);
            let session = Session::open(spec, repository, interrupt)?;
            let draft = session.draft(request)?;
            on(interrupt)?;
            preview(&session, &draft, strict, ui)
        }
        Mode::Real => {
            if let Recovered::Released(push) = apply::recover(&repository, &Disk::default(), ui)? {
                return completed(&push, spec, ui);
            }
            release(&mut Session::open(spec, repository, interrupt)?, request, ui, interrupt)
        }
    }
}

/// The release that was asked for may be the one that a recovery has just completed: another one is not begun before a
/// person has looked at it.
fn completed(push: &str, spec: &Spec, ui: &Ui) -> Result<()> {
    if !spec.push {
        ui.status(&to_be_pushed(push));
        return Ok(());
    }
    let problem = Problem::circumstance("the interrupted release is complete here, but not pushed")
        .hint(format!("look at it, then push it: `{push}`"));
    Err(Error::new(Kind::NotPushed, vec![problem]))
}

fn preview(session: &Session, draft: &Draft, strict: bool, ui: &Ui) -> Result<()> {
    if let Some(plan) = &draft.plan {
        mention_missing_remote(plan, session, ui);
    }
    ui.show(&render::preview(draft, session.spec.verbose))?;
    ui.status("dry run: nothing was written");
    let (content, circumstances) = draft.counts();
    let counted = if strict { content + circumstances } else { content };
    if counted == 0 {
        return Ok(());
    }
    let problems = words::counted(counted, "problem");
    let problem = Problem::content(format!("a release would be refused: {problems}, listed above"));
    Err(Error::new(draft.refusal(), vec![problem]))
}

fn release(session: &mut Session, request: &Request, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
    let mut ran = Vec::new();
    let draft = drafted(session, request, ui, interrupt, &mut ran)?;
    if interrupt.came() {
        return Err(Error::new(Kind::Refused, draft.problems));
    }
    let plan = draft.accept().map_err(|error| with_profile(error, session))?;
    let first = Accepted { plan, request: *request };
    let Some(Accepted { plan, request }) = confirmed(session, first, ui, interrupt, &mut ran)? else {
        let problem = Problem::circumstance("aborted at the gate: nothing was written");
        return Err(Error::new(Kind::Declined, vec![problem]));
    };
    session.after_gate(&plan, &request, ui, interrupt)?;
    let released = apply::apply(&session.repository, &plan, &Disk::default(), ui, interrupt)?;
    let commit = released.commit.as_str();
    ui.show_done(&if ui.is_quiet() {
        render::made(&plan, commit)
    } else {
        render::next_steps(&plan, commit)
    });
    if let Some(push) = &plan.push
        && let Err(mut error) = publish(session, &plan, push, &released.commit, ui, interrupt)
    {
        if interrupt.came()
            && let Some(first) = error.problems.first_mut()
        {
            first.message.insert_str(0, "interrupted: ");
        }
        apply::not_after_release(&plan, &released.commit, ui);
        return Err(error);
    }
    apply::after_release(&session.repository, &plan, &released.commit, ui, interrupt);
    Ok(())
}

/// Says last which built-in profile the content does not fit, where another one might have been expected.
fn with_profile(mut error: Error, session: &Session) -> Error {
    let choice = session.loaded.profile.as_ref().filter(|choice| choice.worth_saying);
    let last = error.problems.iter_mut().rfind(|problem| problem.scope == Scope::Content);
    if let (Some(choice), Some(problem)) = (choice, last) {
        problem.hints.push(choice.note());
        problem
            .hints
            .push("`trueppm-release init` writes it to a file, to be changed where it does not fit".into());
    }
    error
}

/// Pushes the release, and says where to watch what that started.
fn publish(
    session: &Session,
    plan: &Plan,
    push: &PlannedPush,
    commit: &ObjectId,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<()> {
    let config = &session.loaded.config;
    let interrupted = || interrupt.came();
    // What became of an interrupted push must still be found out.
    let never = || false;
    let asking = snapshot::talk(&session.spec, config, &never);
    let limit = Duration::from_secs(config.release.push_timeout_seconds);
    let pushing = Talk { limit, interrupted: &interrupted, ..asking };
    if let Some(warning) = apply::push(&session.repository, plan, push, commit, &pushing, &asking)? {
        ui.warning(&warning);
    }
    if !ui.is_quiet() {
        ui.show_done(&render::pushed(plan, push));
    }
    Ok(())
}

/// The draft of a request, with what the steps and checks before the gate say to it. Where a summary is all that it misses,
/// a person is asked for one, once everything else is in order: nobody types it to be refused for something else.
fn drafted(
    session: &mut Session,
    request: &Request,
    ui: &Ui,
    interrupt: &Interrupt,
    ran: &mut Vec<Ran>,
) -> Result<Draft> {
    let draft = session.checked(session.draft(request)?, ui, interrupt, ran);
    let missing = summary::missing(session, &draft);
    match &draft.plan {
        Some(plan) if !missing.is_empty() && !interrupt.came() => {
            session.spec.summary = Some(summary::ask(session, plan, &missing, ui, interrupt)?);
            Ok(session.checked(session.draft(request)?, ui, interrupt, ran))
        }
        _ => Ok(draft),
    }
}

/// A plan with nothing in its way, and what was asked for.
struct Accepted {
    plan: Plan,
    request: Request,
}

/// The plan that was said yes to. An override is a new request: planned, checked and shown again.
fn confirmed(
    session: &mut Session,
    mut accepted: Accepted,
    ui: &Ui,
    interrupt: &Interrupt,
    ran: &mut Vec<Ran>,
) -> Result<Option<Accepted>> {
    let plan = &accepted.plan;
    mention_missing_remote(plan, session, ui);
    if let Consent::Given(source) = session.spec.consent {
        ui.status(&format!("Version confirmed via {source}: {} → {}", plan.current, plan.version));
        for note in &plan.notes {
            ui.status(&format!("note: {}", note.replace('\n', "\n  ")));
        }
        for warning in &plan.warnings {
            ui.warning(warning);
        }
        return Ok(Some(accepted));
    }
    loop {
        let plan = &accepted.plan;
        let screen = ui.painted(Stream::Stderr, &render::gate(plan));
        let question = render::question(plan);
        let version = |text: &str| {
            let press = format!(
                "press Enter to take {}, type a version and Enter to see that one, or `q` and Enter to write nothing",
                plan.version
            );
            Request::explicit(text).map(Answer::Override).map_err(|problem| problem.hint(press))
        };
        let answer =
            confirm::ask(ui, &screen, &question, || interrupt.came(), version).map_err(gate_failed)?;
        match answer {
            Answer::Accept => return Ok(Some(accepted)),
            Answer::Decline => return Ok(None),
            Answer::Interrupted => return Err(interrupted_at_the_gate(Vec::new())),
            Answer::Override(request) => {
                let other = drafted(session, &request, ui, interrupt, ran)?;
                if interrupt.came() {
                    return Err(interrupted_at_the_gate(other.problems));
                }
                match other.accept() {
                    Ok(plan) => accepted = Accepted { plan, request },
                    Err(refusal) => ui.error(&refusal),
                }
            }
        }
    }
}

/// Said once and outside the gate: a repository without a remote is not in order, but not wrong either.
fn mention_missing_remote(plan: &Plan, session: &Session, ui: &Ui) {
    if plan.remote.is_none() && plan.other_remotes.is_empty() {
        let remote = &session.loaded.config.release.remote;
        ui.status(&format!("no remote `{remote}`: nothing to compare with, and nothing to push to yet"));
    }
}
