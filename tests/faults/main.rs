//! Every change that a release or an undo makes to the disk fails once, the way a full disk would let it: each time the
//! repository must be as it was, or hold the whole release, and nothing in between.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests own the files and processes they make")]

#[path = "../suite/sandbox.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod sandbox;

mod back;
#[path = "../common/extent.rs"]
mod extent;

use std::path::Path;

use chrono::NaiveDate;
use sandbox::{DATE, DATE_EPOCH, Sandbox, State};
use trueppm_release::apply::{apply, recover, take_back};
use trueppm_release::disk::Disk;
use trueppm_release::error::{Error, Kind};
use trueppm_release::git::{IdentityEnv, Location, Repository, open};
use trueppm_release::interrupt::Interrupt;
use trueppm_release::plan::{self, Plan, Undo};
use trueppm_release::snapshot::{self, RemoteState, Snapshot, Unasked};
use trueppm_release::spec::{Consent, Mode, Spec, Task};
use trueppm_release::ui::{ColorChoice, Ui, UiFacts};
use trueppm_release::version::Request;

fn quiet() -> Ui {
    Ui::new(UiFacts {
        color: ColorChoice::Never,
        no_color: true,
        term_dumb: true,
        stdout_is_terminal: false,
        stderr_is_terminal: false,
        quiet: true,
        verbose: 0,
    })
}

fn spec(directory: &Path, request: Request) -> Spec {
    let name = |name: &str| name.starts_with("GIT_").then(|| "Mara Maintainer".into());
    let identity = IdentityEnv::from_lookup(|variable| match variable {
        "GIT_AUTHOR_EMAIL" | "GIT_COMMITTER_EMAIL" => Some("mara@suite.invalid".into()),
        "GIT_AUTHOR_DATE" | "GIT_COMMITTER_DATE" => Some(format!("{DATE_EPOCH} +0100").into()),
        "GIT_AUTHOR_NAME" | "GIT_COMMITTER_NAME" => name(variable),
        _ => None,
    });
    Spec {
        task: Task::Release(request, Mode::Real),
        consent: Consent::Given("--yes"),
        date: DATE.parse::<NaiveDate>().expect("a date"),
        now: (DATE_EPOCH.parse().expect("seconds"), 60),
        identity,
        location: Location::default(),
        gitlab: None,
        skip_steps: Vec::new(),
        left_out: Vec::new(),
        offline: false,
        push: false,
        summary: None,
        overrides: Vec::new(),
        pin_words: Vec::new(),
        terminal: false,
        no_verify: false,
        no_sign: true,
        config: None,
        directory: directory.to_path_buf(),
        verbose: false,
    }
}

/// The suite with everything that a release touches: hooks that stage nothing, packed and loose references, reflogs of
/// tags, a message that was there before.
fn suite() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.logAllRefUpdates", "always"]);
    sandbox.git(&["config", "core.hooksPath", "hooks"]);
    for hook in ["pre-commit", "commit-msg"] {
        sandbox.write(&format!("hooks/{hook}"), "#!/bin/sh\nexit 0\n");
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(sandbox.root().join("hooks").join(hook), executable).expect("executable");
    }
    sandbox.commit_all("chore: hooks");
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.git(&["tag", "-a", "loose", "-m", "a loose one"]);
    sandbox
}

fn planned(repository: &Repository, spec: &Spec) -> Plan {
    let Task::Release(request, _) = &spec.task else { panic!("a release") };
    let loaded = snapshot::configuration(repository, spec).expect("a configuration");
    let remote = RemoteState::Unasked(Unasked::NoRemote);
    let snapshot = Snapshot::take(repository, spec, &loaded, Some(request), &remote).expect("a snapshot");
    plan::draft(request, spec, &loaded.config, snapshot).accept().expect("a plan")
}

/// The same repository once more: files, modes and times, everything that is there.
fn copied(template: &Sandbox) -> Sandbox {
    let sandbox = Sandbox::empty();
    std::fs::remove_dir_all(sandbox.root()).expect("an empty repository");
    let mut command = std::process::Command::new("cp");
    command.arg("-a").arg(template.around().join(".")).arg(sandbox.around());
    assert!(command.status().expect("cp starts").success(), "the repository is copied");
    sandbox
}

/// What must be the same: everything but objects that nothing leads to.
fn everything(sandbox: &Sandbox) -> State {
    sandbox.state().without_objects()
}

/// How one attempt ended.
enum End {
    Done(usize),
    Failed(Error),
}

fn release(sandbox: &Sandbox, disk: &Disk) -> End {
    let repository = open(sandbox.root(), &Location::default()).expect("a repository");
    let request = Request::from_words(&["minor".into()]).expect("a word");
    let plan = planned(&repository, &spec(sandbox.root(), request));
    match apply(&repository, &plan, disk, &quiet(), &Interrupt::listen()) {
        Ok(_) => End::Done(disk.changes()),
        Err(error) => End::Failed(error),
    }
}

/// The changes that fail: all of so many, or every `sample`th of them where only a sample is wanted.
fn failing_changes(changes: usize, sample: usize) -> Vec<usize> {
    (1..=changes).step_by(extent::stride(sample, 1)).collect()
}

/// Tries each of these on two threads, and counts those of which `attempt` says yes.
fn counted(numbers: &[usize], attempt: impl Fn(usize) -> bool + Sync) -> usize {
    let half =
        |first: usize| numbers.iter().skip(first).step_by(2).filter(|number| attempt(**number)).count();
    std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        half(0) + odd.join().expect("no panic")
    })
}

/// Lets these changes fail once; counts what was put back and what was completed.
fn sweep(changes: usize, attempt: impl Fn(usize) -> bool + Sync) {
    let numbers = failing_changes(changes, 5);
    let completed = counted(&numbers, attempt);
    let back = numbers.len() - completed;
    println!(
        "{} of {changes} changes failed: {back} put back, {completed} completed, 0 mixed",
        numbers.len()
    );
    assert!(back > completed && completed > 0);
}

/// What could not be cleared away is, at the next start.
fn has_left_nothing(sandbox: &Sandbox, failing: usize) {
    if sandbox.exists(".git/trueppm-release") {
        let repository = open(sandbox.root(), &Location::default()).expect("a repository");
        recover(&repository, &Disk::default(), &quiet()).expect("nothing but cleaning up");
    }
    assert!(!sandbox.exists(".git/trueppm-release"), "change {failing}");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "", "change {failing}");
}

#[test]
fn a_release_on_a_disk_that_fails_once_is_whole_or_not_there() {
    let template = suite();
    let End::Done(changes) = release(&copied(&template), &Disk::default()) else { panic!("nothing fails") };
    assert!(changes > 60, "only {changes} changes went through the one way to the disk");
    sweep(changes, |failing| {
        let sandbox = copied(&template);
        let start = everything(&sandbox);
        let completed = match release(&sandbox, &Disk::failing_at(failing)) {
            End::Done(_) => true,
            End::Failed(error) => {
                let known = matches!(error.kind, Kind::RolledBack | Kind::Refused);
                assert!(known, "change {failing}: {error:?}");
                start.assert_same(&everything(&sandbox));
                false
            }
        };
        if !completed && failing % 8 == 0 {
            // Nothing is in the way of the next attempt.
            assert!(matches!(release(&sandbox, &Disk::default()), End::Done(_)));
        }
        if completed || failing % 8 == 0 {
            let tags = sandbox.git(&["tag", "--points-at", "HEAD"]);
            assert_eq!(tags, "scheduler-v0.2.0\nv0.2.0\n", "change {failing}");
            sandbox.git(&["fsck", "--strict"]);
        }
        has_left_nothing(&sandbox, failing);
        completed
    });
}

/// The last release as an undo, without a remote to ask.
fn undo_of(repository: &Repository, spec: &Spec) -> Undo {
    trueppm_release::commands::undo::planned(
        repository,
        spec,
        &snapshot::configuration(repository, spec).expect("a configuration"),
        &Interrupt::listen(),
    )
    .expect("an undo")
}

fn take_back_last(sandbox: &Sandbox, disk: &Disk) -> Result<(), Error> {
    let repository = open(sandbox.root(), &Location::default()).expect("a repository");
    let request = Request::from_words(&["minor".into()]).expect("a word");
    let spec = Spec { task: Task::Undo(Mode::Real), ..spec(sandbox.root(), request) };
    let undo = undo_of(&repository, &spec);
    let (seconds, minutes) = spec.now;
    let committer = repository.identity(seconds, minutes, &spec.identity).expect("somebody").committer;
    take_back(&repository, &undo, &committer, disk, &quiet(), &Interrupt::listen())
}

#[test]
fn an_undo_on_a_disk_that_fails_once_is_whole_or_not_there() {
    let template = suite();
    template.run(&["minor", "--yes"]).expect(0);
    // One of the tags is in the file of packed references, the other in a file of its own.
    template.git(&["pack-refs", "--all"]);
    let object = template.git(&["rev-parse", "v0.2.0"]);
    template.git(&["update-ref", "refs/tags/v0.2.0", object.trim()]);
    let disk = Disk::default();
    take_back_last(&copied(&template), &disk).expect("nothing fails");
    sweep(disk.changes(), |failing| {
        let sandbox = copied(&template);
        let start = everything(&sandbox);
        let completed = match take_back_last(&sandbox, &Disk::failing_at(failing)) {
            Ok(()) => true,
            Err(error) => {
                let known = matches!(error.kind, Kind::RolledBack | Kind::Refused);
                assert!(known, "change {failing}: {error:?}");
                start.assert_same(&everything(&sandbox));
                false
            }
        };
        if !completed && failing % 8 == 0 {
            take_back_last(&sandbox, &Disk::default()).expect("nothing is in the way of the next attempt");
        }
        if completed || failing % 8 == 0 {
            assert_eq!(sandbox.git(&["tag", "--list", "*0.2.0"]), "", "change {failing}");
            let subject = sandbox.git(&["log", "-1", "--format=%s"]);
            assert_eq!(subject, "chore: hooks\n", "change {failing}");
        }
        has_left_nothing(&sandbox, failing);
        completed
    });
}

#[test]
fn there_is_nothing_to_recover_where_nothing_was_interrupted() {
    let sandbox = suite();
    let start = everything(&sandbox);
    let repository = open(sandbox.root(), &Location::default()).expect("a repository");
    let disk = Disk::default();
    recover(&repository, &disk, &quiet()).expect("nothing to do");
    assert_eq!(disk.changes(), 0);
    start.assert_same(&everything(&sandbox));
}
