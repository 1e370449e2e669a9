//! trueppm-release cuts a release as one value: computed completely, shown to a person, then published all or
//! nothing. This file is that pipeline; each stage lives in the room that carries its name.

pub mod apply;
pub mod bug;
pub mod capture;
pub mod changelog;
pub mod cli;
pub mod commands;
pub mod config;
pub mod confirm;
pub mod demo;
pub mod desk;
pub mod disk;
pub mod error;
pub mod git;
pub mod glob;
pub mod interrupt;
pub mod leash;
pub mod manifest;
pub mod misuse;
pub mod plan;
pub mod render;
pub mod secrets;
pub mod snapshot;
pub mod spec;
pub mod standing;
pub mod summary;
pub mod ui;
pub mod undo;
pub mod version;
pub mod words;

use std::time::Duration;

use apply::{Ran, Recovered};
use confirm::Answer;
use desk::Desk;
use disk::Disk;
use error::{Error, Kind, Problem, Result, Scope};
use git::{ObjectId, Repository, Talk};
use interrupt::{Interrupt, NOTHING_CHANGED, in_one_sentence};
use plan::{Draft, Plan, PlannedPush};
use spec::{Consent, Mode, Spec, Task};
use ui::{Stream, Ui};
use version::Request;

/// Does what was decided. The pipeline of the whole program: snapshot, plan, then render or confirm and apply.
///
/// # Errors
/// Why it ended without doing what was asked; the kind is the exit code.
pub fn run(spec: &Spec, ui: &Ui) -> Result<()> {
    match &spec.task {
        Task::Demo { keep } => demo::run(keep.as_deref(), spec, ui),
        Task::Status => {
            let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?;
            match apply::recover(&repository, &Disk::default(), ui) {
                Ok(Recovered::Released(push)) => ui.status(&to_be_pushed(&push)),
                // A release that runs is no reason not to look where things stand.
                Err(refusal) if refusal.kind == Kind::Refused && apply::is_running(&repository) => {
                    mention_interruption(&repository, ui);
                }
                other => other.map(drop)?,
            }
            let standing = standing::read(spec)?;
            ui.show(&render::status(&standing))
        }
        Task::Release(request, mode) => {
            let interrupt = Interrupt::listen();
            stopped(&interrupt, cut(request, *mode, spec, ui, &interrupt))
        }
        Task::Undo(mode) => {
            let interrupt = Interrupt::listen();
            stopped(&interrupt, undo::run(*mode, spec, ui, &interrupt))
        }
        Task::Init(request) => commands::init(request, spec, ui),
        Task::Config(question) => commands::config(*question, spec, ui),
    }
}

/// Whatever stood in the way of somebody who asked to stop before anything was written: it is said that they did.
fn stopped(interrupt: &Interrupt, outcome: Result<()>) -> Result<()> {
    outcome.map_err(|mut error| {
        if error.kind == Kind::Refused && interrupt.came() {
            error.problems = in_one_sentence(NOTHING_CHANGED, error.problems);
        }
        error
    })
}

/// Cuts a release, or shows what it would be.
fn cut(request: &Request, mode: Mode, spec: &Spec, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
    let repository = git::open(&spec.directory, &spec.location)
        .map_err(|problem| misuse::or_refusal(spec, None, Error::refused(problem)))?
        .heard_through(ui);
    match mode {
        Mode::DryRun { strict } => {
            mention_interruption(&repository, ui);
            let desk = Desk::open(spec, repository, interrupt)?;
            let draft = desk.draft(request)?;
            on(interrupt)?;
            preview(&desk, &draft, strict, ui)
        }
        Mode::Real => {
            if let Recovered::Released(push) = apply::recover(&repository, &Disk::default(), ui)? {
                return completed(&push, spec, ui);
            }
            release(&mut Desk::open(spec, repository, interrupt)?, request, ui, interrupt)
        }
    }
}

/// On, unless somebody asked to stop.
fn on(interrupt: &Interrupt) -> Result<()> {
    interrupt.check().map_err(Error::refused)
}

/// Those who only look are told of an interrupted or a running release, and change nothing.
fn mention_interruption(repository: &Repository, ui: &Ui) {
    if let Some(what) = apply::interrupted(repository) {
        ui.warning(&what);
    }
}

fn to_be_pushed(push: &str) -> String {
    format!("look at it (`git log -3`), then push it: `{push}`")
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

fn preview(desk: &Desk, draft: &Draft, strict: bool, ui: &Ui) -> Result<()> {
    if let Some(plan) = &draft.plan {
        mention_missing_remote(plan, desk, ui);
    }
    ui.show(&render::preview(draft, desk.spec.verbose))?;
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

fn release(desk: &mut Desk, request: &Request, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
    let mut ran = Vec::new();
    let draft = drafted(desk, request, ui, interrupt, &mut ran)?;
    if interrupt.came() {
        return Err(Error::new(Kind::Refused, draft.problems));
    }
    let plan = draft.accept().map_err(|error| with_profile(error, desk))?;
    let first = Accepted { plan, request: *request };
    let Some(Accepted { plan, request }) = confirmed(desk, first, ui, interrupt, &mut ran)? else {
        let problem = Problem::circumstance("aborted at the gate: nothing was written");
        return Err(Error::new(Kind::Declined, vec![problem]));
    };
    desk.after_gate(&plan, &request, ui, interrupt)?;
    let released = apply::apply(&desk.repository, &plan, &Disk::default(), ui, interrupt)?;
    let commit = released.commit.as_str();
    ui.show_done(&if ui.is_quiet() {
        render::made(&plan, commit)
    } else {
        render::next_steps(&plan, commit)
    });
    if let Some(push) = &plan.push
        && let Err(mut error) = publish(desk, &plan, push, &released.commit, ui, interrupt)
    {
        if interrupt.came()
            && let Some(first) = error.problems.first_mut()
        {
            first.message.insert_str(0, "interrupted: ");
        }
        apply::not_after_release(&plan, &released.commit, ui);
        return Err(error);
    }
    apply::after_release(&desk.repository, &plan, &released.commit, ui, interrupt);
    Ok(())
}

/// Says last which built-in profile the content does not fit, where another one might have been expected.
fn with_profile(mut error: Error, desk: &Desk) -> Error {
    let choice = desk.loaded.profile.as_ref().filter(|choice| choice.worth_saying);
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
    desk: &Desk,
    plan: &Plan,
    push: &PlannedPush,
    commit: &ObjectId,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<()> {
    let config = &desk.loaded.config;
    let interrupted = || interrupt.came();
    // What became of an interrupted push must still be found out.
    let never = || false;
    let asking = snapshot::talk(&desk.spec, config, &never);
    let limit = Duration::from_secs(config.release.push_timeout_seconds);
    let pushing = Talk { limit, interrupted: &interrupted, ..asking };
    if let Some(warning) = apply::push(&desk.repository, plan, push, commit, &pushing, &asking)? {
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
    desk: &mut Desk,
    request: &Request,
    ui: &Ui,
    interrupt: &Interrupt,
    ran: &mut Vec<Ran>,
) -> Result<Draft> {
    let draft = desk.checked(desk.draft(request)?, ui, interrupt, ran);
    let missing = summary::missing(desk, &draft);
    match &draft.plan {
        Some(plan) if !missing.is_empty() && !interrupt.came() => {
            desk.spec.summary = Some(summary::ask(desk, plan, &missing, ui, interrupt)?);
            Ok(desk.checked(desk.draft(request)?, ui, interrupt, ran))
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
    desk: &mut Desk,
    mut accepted: Accepted,
    ui: &Ui,
    interrupt: &Interrupt,
    ran: &mut Vec<Ran>,
) -> Result<Option<Accepted>> {
    let plan = &accepted.plan;
    mention_missing_remote(plan, desk, ui);
    if let Consent::Given(source) = desk.spec.consent {
        ui.status(&format!("Version confirmed via {source}: {} → {}", plan.current, plan.version));
        for note in &plan.notes {
            ui.status(&format!("note: {note}"));
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
                let other = drafted(desk, &request, ui, interrupt, ran)?;
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
fn mention_missing_remote(plan: &Plan, desk: &Desk, ui: &Ui) {
    if plan.remote.is_none() && plan.other_remotes.is_empty() {
        let remote = &desk.loaded.config.release.remote;
        ui.status(&format!("no remote `{remote}`: nothing to compare with, and nothing to push to yet"));
    }
}

/// Somebody who stops at the gate says no, in the words of every interruption.
fn interrupted_at_the_gate(problems: Vec<Problem>) -> Error {
    Error::new(Kind::Declined, in_one_sentence(NOTHING_CHANGED, problems))
}

fn gate_failed(error: std::io::Error) -> Error {
    Error::refused(
        Problem::circumstance("the terminal cannot be asked")
            .hint("pass `--yes` to accept the computed version without being asked"),
    )
    .because(error)
}
