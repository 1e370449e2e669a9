//! The steps and checks of a release between the bump and its commit. What a step wrote becomes part of the release if
//! it did its work; what one wrote that skips, or that failed and was only a best effort, is put back as it was before
//! that step. A check writes nothing, and this file looks whether that is so.

use std::collections::{BTreeMap, BTreeSet};

use super::running::Running;
use super::steps::{self, Finished};
use super::{Several, files, one, put_back, record};
use crate::error::Problem;
use crate::git::{ObjectId, Repository, TreeChange, TreeEntry};
use crate::glob::fixed_folder;
use crate::interrupt::Interrupt;
use crate::plan::{Moment, Plan, PlannedStep, StepKind};
use crate::ui::Ui;
use crate::words::on_one_line;

/// The moments that lie between the bump and the commit.
pub(super) const WITHIN: [Moment; 2] = [Moment::AfterBump, Moment::BeforeCommit];

/// Runs every step and check between the bump and the commit. Returns what they wrote, once everything they promised
/// holds.
pub(super) fn run(
    running: &Running,
    plan: &Plan,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Several<Vec<TreeChange>> {
    if within(plan).next().is_none() {
        return Ok(Vec::new());
    }
    running.note(|journal| record::steps_begin(journal, plan)).map_err(one)?;
    let mut moments = Moments {
        running,
        repository: running.repository,
        plan,
        ui,
        interrupt,
        started: Vec::new(),
        ran: Vec::new(),
        written: BTreeSet::new(),
        reported: BTreeSet::new(),
    };
    let mut outcome = WITHIN.into_iter().try_for_each(|moment| moments.at(moment));
    for changed in [moments.altered(), moments.undeclared()] {
        if let Err(problems) = changed {
            // Also after a failure: what a step changed before it failed has to be put back like everything else.
            outcome = Err(outcome.err().into_iter().flatten().chain(problems).collect());
        }
    }
    outcome?;
    moments.outputs()
}

/// The steps and checks that run between the bump and the commit.
pub(super) fn within(plan: &Plan) -> impl Iterator<Item = &PlannedStep> {
    plan.steps.iter().filter(|step| !step.skipped && WITHIN.contains(&step.moment))
}

struct Moments<'a> {
    running: &'a Running<'a>,
    repository: &'a Repository,
    plan: &'a Plan,
    ui: &'a Ui,
    interrupt: &'a Interrupt,
    /// Steps whose files may be changed now: they ran or failed, and were not put back.
    started: Vec<&'a PlannedStep>,
    /// Steps that did their work, with what they said.
    ran: Vec<(&'a PlannedStep, String)>,
    /// What these declared by name, and what they were found to have written where a pattern matches.
    written: BTreeSet<String>,
    /// What checks changed, which is named already.
    reported: BTreeSet<String>,
}

/// A file as it was before a step: nothing where there was none.
type Kept = BTreeMap<String, Option<(Vec<u8>, u32)>>;

/// The release's own files at one moment: blob and executable bit, or why there is no telling.
type Fingerprint = BTreeMap<String, Result<Option<(ObjectId, bool)>, Problem>>;

impl<'a> Moments<'a> {
    /// What a step promises holds for the checks behind it, and for the next moment.
    fn at(&mut self, moment: Moment) -> Several<()> {
        let due: Vec<&PlannedStep> =
            self.plan.steps.iter().filter(|it| it.moment == moment && !it.skipped).collect();
        for alike in due.chunk_by(|one, other| one.kind == other.kind) {
            match alike.first().map(|step| step.kind) {
                Some(StepKind::Check) => self.checks(alike)?,
                _ => {
                    alike.iter().try_for_each(|step| self.step(step))?;
                    self.promises()?;
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &'a PlannedStep) -> Several<()> {
        let kept = self.kept(step)?;
        self.started.push(step);
        let finished = steps::run(step, self.repository, &self.running.leashes(), self.ui, self.interrupt);
        let found = match self.found(step) {
            Ok(found) => found,
            Err(problems) => return Err(finished.err().into_iter().chain(problems).collect()),
        };
        self.running.found(&found).map_err(one)?;
        // A promise of a best effort is part of the effort.
        let finished =
            finished.and_then(|finished| match self.unmet(step, &finished.said).into_iter().next() {
                Some(problem) if !step.required && !finished.skips => Err(problem),
                _ => Ok(finished),
            });
        let named = step.outputs.iter().map(|output| output.path.clone());
        let wrote: BTreeSet<String> = named.chain(found).collect();
        match finished {
            Ok(Finished { skips: false, said, .. }) => {
                self.written.extend(wrote);
                self.ran.push((step, said));
            }
            Ok(Finished { code, .. }) => {
                self.put_back(&wrote, &kept)?;
                self.ui.status(&format!(
                    "{} has nothing to do for this release (exit code {code})",
                    step.label()
                ));
            }
            Err(problem) if step.required || self.interrupt.came() => return Err(one(problem)),
            Err(problem) => {
                self.put_back(&wrote, &kept)?;
                self.ui.warning(&format!(
                    "{}\nit was a best effort: what it wrote is put back, and the release goes on",
                    problem.message
                ));
            }
        }
        Ok(())
    }

    /// What earlier steps wrote and this one may write as well.
    fn kept(&self, step: &PlannedStep) -> Several<Kept> {
        let mut kept = Kept::new();
        for path in self.written.iter().filter(|path| step.may_write(path)) {
            kept.insert(path.clone(), files::on_disk(self.repository, path).map_err(one)?);
        }
        Ok(kept)
    }

    /// The files that are changed or new where a pattern of the step matches.
    fn found(&self, step: &PlannedStep) -> Several<Vec<String>> {
        if step.patterns.is_empty() {
            return Ok(Vec::new());
        }
        let globs = step.globs();
        let changed = self.repository.status().map_err(one)?.changed.into_iter().map(|change| change.path);
        let mut found: BTreeSet<String> = changed.collect();
        for pattern in &step.patterns {
            let new = self.repository.untracked_below(fixed_folder(pattern)).map_err(one)?;
            found.extend(new.into_iter().map(|file| file.path));
        }
        found.retain(|path| {
            globs.iter().any(|glob| glob.matches(path))
                && !self.plan.files.iter().any(|own| own.path == *path)
        });
        Ok(found.into_iter().collect())
    }

    /// Brings files to the state before the step: as an earlier step left them, or as they are in the base commit.
    fn put_back(&mut self, wrote: &BTreeSet<String>, kept: &Kept) -> Several<()> {
        self.started.pop();
        let mut problems = Vec::new();
        for (path, file) in kept {
            problems.extend(put_back::put_back_as(self.running, path, file.as_ref()).err());
        }
        let others: Vec<String> = wrote.iter().filter(|path| !kept.contains_key(*path)).cloned().collect();
        let records = self.running.journal.borrow().files.clone();
        let records: Vec<_> = records.iter().filter(|record| others.contains(&record.path)).collect();
        problems.extend(put_back::put_back(self.running, &records).err().into_iter().flatten());
        problems
            .extend(self.repository.remove_new_folders(self.running.disk, &self.plan.base, &others).err());
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Everything that the steps which did their work have promised.
    fn promises(&self) -> Several<()> {
        let problems: Vec<Problem> =
            self.ran.iter().flat_map(|(step, said)| self.unmet(step, said)).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn unmet(&self, step: &PlannedStep, said: &str) -> Vec<Problem> {
        let check = |expectation: &crate::plan::Expectation| {
            let bytes = files::read_output(self.repository, &expectation.path);
            let problem = bytes.and_then(|bytes| expectation.check(&bytes)).err()?;
            let message = format!("{} did not do what it promises: {}", step.label(), problem.message);
            Some(Problem { message: steps::with_output(message, said), ..problem })
        };
        step.expectations.iter().filter_map(check).collect()
    }

    /// Runs checks that follow each other: a person mends everything they find in one go.
    fn checks(&mut self, checks: &[&'a PlannedStep]) -> Several<()> {
        let before = self.fingerprint();
        let changed = self.changed()?;
        let mut problems = Vec::new();
        for check in checks {
            match steps::run(check, self.repository, &self.running.leashes(), self.ui, self.interrupt) {
                Ok(Finished { skips: true, code, .. }) => {
                    self.ui.status(&format!(
                        "{} does not apply to this release (exit code {code})",
                        check.label()
                    ));
                }
                Ok(_) => {}
                Err(problem) if self.interrupt.came() => return Err(vec![problem]),
                Err(problem) if check.required => problems.push(problem),
                Err(problem) => self
                    .ui
                    .warning(&format!("{}\nit was a best effort: the release goes on", problem.message)),
            }
        }
        let after = self.fingerprint();
        let touched: Vec<String> = before
            .into_iter()
            .filter(|(path, was)| after.get(path) != Some(was))
            .map(|(path, _)| path)
            .collect();
        let strangers: Vec<String> = self.changed()?.difference(&changed).cloned().collect();
        self.reported.extend(touched.iter().chain(&strangers).cloned());
        if !strangers.is_empty() {
            let list: String = strangers.iter().map(|path| format!("\n{}", on_one_line(path))).collect();
            let problem =
                Problem::content(format!("a check changed tracked files, and a check writes nothing{list}"))
                    .hint("make a `[[step]]` of it that declares what it `writes`");
            problems.push(kept_aside(problem, &strangers, self.running));
        }
        if !touched.is_empty() {
            let list: String = touched.iter().map(|path| format!("\n{}", on_one_line(path))).collect();
            let problem = Problem::content(format!(
                "a check changed files of the release, and a check writes nothing{list}"
            ))
            .hint("make a `[[step]]` of it that declares what it `writes`");
            problems.push(kept_aside(problem, &touched, self.running));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The tracked files that are not as in the base commit.
    fn changed(&self) -> Several<BTreeSet<String>> {
        let status = self.repository.status().map_err(one)?;
        Ok(status.changed.into_iter().map(|change| change.path).collect())
    }

    fn fingerprint(&self) -> Fingerprint {
        let own = self.plan.files.iter().map(|change| &change.path).chain(&self.written);
        own.map(|path| (path.clone(), self.repository.blob_of_work_tree(path))).collect()
    }

    /// Files that the release itself has written or deleted, and that are no longer so.
    fn altered(&self) -> Several<()> {
        let records = self.running.journal.borrow().files.clone();
        let planned: BTreeSet<&str> = self.plan.files.iter().map(|change| change.path.as_str()).collect();
        let (mut altered, mut problems) = (Vec::new(), Vec::new());
        for record in records.iter().filter(|it| planned.contains(it.path.as_str()) && !it.after.is_open()) {
            match files::is_as_written(self.running, record) {
                Ok(true) => {}
                Ok(false) if self.reported.contains(&record.path) => {}
                Ok(false) => altered.push(record.path.clone()),
                Err(problem) => problems.push(problem),
            }
        }
        if !altered.is_empty() {
            let list: String = altered.iter().map(|path| format!("\n{}", on_one_line(path))).collect();
            let problem =
                Problem::content(format!("a step changed files that the release itself writes{list}"))
                    .hint("keep the step from changing them: they are what the release is made of");
            problems.push(kept_aside(problem, &altered, self.running));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Tracked files that changed although neither the plan nor a step announced it.
    fn undeclared(&self) -> Several<()> {
        let own: BTreeSet<&str> = self.plan.files.iter().map(|change| change.path.as_str()).collect();
        let announced = |path: &str| {
            own.contains(path)
                || self.reported.contains(path)
                || self.started.iter().any(|step| step.may_write(path))
        };
        let strangers: Vec<String> = self.changed()?.into_iter().filter(|path| !announced(path)).collect();
        if strangers.is_empty() {
            return Ok(());
        }
        let list: String = strangers.iter().map(|path| format!("\n{path}")).collect();
        let problem = Problem::content(format!("a step changed files that it does not declare{list}"))
            .hint("add them to the step's `writes`, or keep the step from changing them");
        Err(vec![kept_aside(problem, &strangers, self.running)])
    }

    /// What the steps wrote for the commit.
    fn outputs(mut self) -> Several<Vec<TreeChange>> {
        // A later step may have written where a pattern of an earlier one matches.
        for (step, _) in &self.ran {
            let found = self.found(step)?;
            self.running.found(&found).map_err(one)?;
            self.written.extend(found);
        }
        let mut problems = Vec::new();
        let mut changes = Vec::new();
        for path in std::mem::take(&mut self.written) {
            let declared =
                self.ran.iter().flat_map(|(step, _)| &step.outputs).any(|output| output.path == path);
            let fit = if declared { Ok(()) } else { fit(self.repository, self.plan, &path) };
            match fit.and_then(|()| self.repository.blob_of_work_tree(&path)) {
                // A file that may be written and never was is no deletion either.
                Ok(None) if self.is_new(&path).map_err(one)? => {}
                Ok(file) => changes.push(TreeChange { path, file }),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(changes) } else { Err(problems) }
    }

    /// Whether the base commit has nothing under a path.
    fn is_new(&self, path: &str) -> Result<bool, Problem> {
        let entry = self.repository.tree_file(&self.plan.base, path, 0)?;
        Ok(entry == TreeEntry::Missing)
    }
}

/// What was found by a pattern is only known now: the guards before the release have not looked at it.
fn fit(repository: &Repository, plan: &Plan, path: &str) -> Result<(), Problem> {
    let shown = on_one_line(path);
    if plan.versions.iter().any(|version| version.path == path) {
        let problem =
            Problem::content(format!("a step wrote `{shown}`, which is written by the release itself"));
        return Err(problem.hint("narrow the patterns in its `writes`"));
    }
    if path.contains(|character: char| character.is_control() || character == char::REPLACEMENT_CHARACTER) {
        return Err(Problem::content(format!("a step wrote `{shown}`, whose name is not plain UTF-8 text")));
    }
    let found = repository.path_obstacles(path, None)?;
    if found.is_empty() || repository.work_dir().join(path).symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Problem::content(format!(
        "a step wrote `{shown}`, which is not stored as plain text here: {}",
        found.join(", ")
    )))
}

/// Keeps copies of what has to be put back although nobody announced it, and says where they are.
fn kept_aside(problem: Problem, paths: &[String], running: &Running) -> Problem {
    match running.set_aside(paths) {
        Ok(Some(folder)) => problem.hint(format!("what it wrote is kept in `{}`", folder.display())),
        Ok(None) => problem,
        Err(unkept) => problem.hint(unkept.message),
    }
}
