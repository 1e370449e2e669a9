//! What one release works on, however often it plans: the repository, the configuration in force and what the remote
//! said. Before anything is written it may all be read once more, as minutes can pass after the answer at the gate.

use crate::apply::{self, Ran};
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{self, Repository};
use crate::interrupt::Interrupt;
use crate::misuse;
use crate::plan::{self, Draft, Moment, Plan};
use crate::snapshot::{self, Branches, RemoteState, Snapshot};
use crate::spec::{Consent, Spec};
use crate::ui::Ui;
use crate::version::Request;

/// The repository with the configuration in force and what its remote said.
pub struct Session {
    /// What was decided, as far as this configuration has a say in it.
    pub spec: Spec,
    /// The repository.
    pub repository: Repository,
    /// The configuration in force.
    pub loaded: snapshot::Loaded,
    remote: RemoteState,
}

impl Session {
    /// Reads the configuration and asks the remote.
    ///
    /// # Errors
    /// Neither can be read, options make no sense with this configuration, or somebody asked to stop.
    pub fn open(spec: &Spec, repository: Repository, interrupt: &Interrupt) -> Result<Self> {
        repository.refuse_torn_references()?;
        let mut loaded = snapshot::configuration(&repository, spec).map_err(|problems| {
            misuse::or_refusal(spec, Some(&repository), Error::new(Kind::Refused, problems))
        })?;
        let given = spec.pins(&loaded.config)?;
        let spec = spec.heeding(&loaded.config)?;
        let remote = snapshot::ask(&repository, &spec, &loaded.config, Branches::Release, interrupt)?;
        loaded.pins = snapshot::ask_for_pins(&repository, &spec, &loaded.config, given, interrupt)?;
        Ok(Self { spec, repository, loaded, remote })
    }

    /// What a request would be, and what stands in its way.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn draft(&self, request: &Request) -> Result<Draft> {
        let snapshot =
            Snapshot::take(&self.repository, &self.spec, &self.loaded, Some(request), &self.remote)
                .map_err(|problems| Error::new(Kind::Refused, problems))?;
        Ok(plan::draft(request, &self.spec, &self.loaded.config, snapshot))
    }

    /// The draft with what the steps and checks before the gate have to say to it.
    pub fn checked(&self, mut draft: Draft, ui: &Ui, interrupt: &Interrupt, ran: &mut Vec<Ran>) -> Draft {
        // Where nobody can say yes, nothing is started either.
        if self.spec.consent == Consent::Impossible {
            return draft;
        }
        if let Some(plan) = &mut draft.plan {
            let found = apply::before_gate(&self.repository, plan, ui, interrupt, ran);
            plan.notes.extend(found.notes);
            plan.warnings.extend(found.warnings);
            draft.problems.extend(found.problems);
        }
        draft
    }

    /// Runs the steps and checks after the gate. They may take minutes, so what was accepted is then compared with what
    /// the same request gives now.
    ///
    /// # Errors
    /// A refusal, with nothing of the release written: one of them failed, somebody asked to stop, or the release would no
    /// longer be what was accepted.
    pub fn after_gate(&self, plan: &Plan, request: &Request, ui: &Ui, interrupt: &Interrupt) -> Result<()> {
        if !plan.steps.iter().any(|step| step.moment == Moment::AfterGate && !step.skipped) {
            return Ok(());
        }
        apply::after_gate(&self.repository, plan, ui, interrupt)
            .map_err(|problems| Error::new(Kind::Refused, problems))?;
        interrupt.check().map_err(Error::refused)?;
        let repository =
            git::open(&self.spec.directory, &self.spec.location).map_err(Error::refused)?.heard_through(ui);
        let now = Self::open(&self.spec, repository, interrupt)?.draft(request)?;
        interrupt.check().map_err(Error::refused)?;
        still_the_same(plan, now, ui)
    }
}

/// Whether a release that was accepted is what it would be now.
fn still_the_same(accepted: &Plan, now: Draft, ui: &Ui) -> Result<()> {
    const MEANWHILE: &str = "while the steps after the gate ran";
    let mut problems = now.problems;
    let Some(plan) = now.plan else { return Err(meanwhile(problems)) };
    if plan.base != accepted.base {
        let (from, to) = (accepted.base.short(), plan.base.short());
        let problem = Problem::circumstance(format!("HEAD moved from {from} to {to} {MEANWHILE}"));
        problems.insert(0, problem.hint("look at what came with it: `git log -3`"));
    }
    if !problems.is_empty() {
        return Err(meanwhile(problems));
    }
    for warning in plan.warnings.iter().filter(|warning| !accepted.warnings.contains(warning)) {
        ui.warning(warning);
    }
    // What is said about it is no part of what it does.
    let plan = Plan { notes: accepted.notes.clone(), warnings: accepted.warnings.clone(), ..plan };
    if plan == *accepted {
        return Ok(());
    }
    Err(meanwhile(vec![Problem::circumstance(format!(
        "the release is no longer what was accepted {MEANWHILE}"
    ))]))
}

fn meanwhile(mut problems: Vec<Problem>) -> Error {
    if let Some(last) = problems.last_mut() {
        last.hints.push("nothing of the release was written; run it again once this is in order".into());
    }
    Error::new(Kind::Refused, problems)
}
