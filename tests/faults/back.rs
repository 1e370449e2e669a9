//! The way back on a disk that fails once: a step has changed what it declares, what its patterns match and what is not
//! its own, and fails. Each change of putting that back fails once; what is left then is whole at the next start.

use trueppm_release::apply::recover;
use trueppm_release::disk::Disk;
use trueppm_release::error::{Error, Kind};
use trueppm_release::git::{Location, open};

use crate::sandbox::{Sandbox, State};
use crate::{End, copied, counted, everything, quiet, release};

/// What the step does to files that it does not declare.
const STRANGERS: [&str; 4] = ["README.md", "docs/link", "docs/tool.sh", "docs/folder/file.md"];

/// A project whose last step leaves nothing as it was.
fn project() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/schema/old.md", "old\n");
    sandbox.write("docs/tool.sh", "#!/bin/sh\n");
    sandbox.write("docs/folder/file.md", "in a folder\n");
    sandbox.write("README.md", "read me\n");
    std::os::unix::fs::symlink("../README.md", sandbox.root().join("docs/link")).expect("a link");
    let configuration = format!(
        "{}\n[[step]]\nname = \"everything else\"\nrun = [\"sh\", \"scripts/all.sh\"]\nwrites = [\"docs/schema/**\"]\n",
        include_str!("../../src/config/trueppm-suite.toml")
    );
    sandbox.write("trueppm-release.toml", configuration);
    sandbox.write(
        "scripts/all.sh",
        "echo more >> README.md\nrm docs/link\necho file > docs/link\nrm docs/tool.sh\n\
         rm -r docs/folder\necho file > docs/folder\n\
         echo new > docs/schema/old.md\nmkdir -p docs/schema/deep\necho new > docs/schema/deep/new.md\nexit 1\n",
    );
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(sandbox.root().join("docs/tool.sh"), executable).expect("executable");
    sandbox.commit_all("docs: what a step could break");
    sandbox
}

/// Everything but the copies that are kept of what the step did.
fn without_copies(sandbox: &Sandbox) -> State {
    let mut state = everything(sandbox);
    state.forget(".git/trueppm-release");
    state
}

fn failing(sandbox: &Sandbox, disk: &Disk) -> Error {
    match release(sandbox, disk) {
        End::Failed(error) => error,
        End::Done(_) => panic!("the step fails"),
    }
}

/// What the next start finds is put back; what nobody could keep a copy of is left, and only that.
fn put_back_at_last(sandbox: &Sandbox, start: &State, number: usize) {
    let repository = open(sandbox.root(), &Location::default()).expect("a repository");
    recover(&repository, &Disk::default(), &quiet())
        .unwrap_or_else(|error| panic!("change {number}: {error:?}"));
    let left = start.differences(&without_copies(sandbox));
    let only_strangers =
        left.iter().all(|line| STRANGERS.iter().any(|path| line.contains(path.trim_end_matches("/file.md"))));
    assert!(only_strangers, "change {number}: {left:?}");
    assert!(!sandbox.exists(".git/trueppm-release/running"), "change {number}");
}

#[test]
fn what_a_step_did_is_put_back_on_a_disk_that_fails_once() {
    let template = project();
    let whole = copied(&template);
    let start = without_copies(&whole);
    let disk = Disk::default();
    let error = failing(&whole, &disk);
    assert_eq!(error.kind, Kind::RolledBack, "{error:?}");
    start.assert_same(&without_copies(&whole));
    let saved = whole.read(".git/trueppm-release/saved-1/README.md");
    assert_eq!(saved, "read me\nmore\n");
    let changes = disk.changes();
    let all: Vec<usize> = (1..=changes).collect();
    let interrupted = counted(&all, |number| is_interrupted(&template, number));
    assert!(interrupted > 10, "only {interrupted} of {changes} failed on the way back");
}

/// Lets one change fail; whether it was one that the next start had to make good.
fn is_interrupted(template: &Sandbox, number: usize) -> bool {
    let sandbox = copied(template);
    let start = without_copies(&sandbox);
    let error = failing(&sandbox, &Disk::failing_at(number));
    let whole = matches!(error.kind, Kind::Refused | Kind::RolledBack);
    assert!(whole || error.kind == Kind::RecoveryNeeded, "change {number}: {error:?}");
    if whole {
        let left = start.differences(&without_copies(&sandbox));
        assert!(left.is_empty(), "change {number}: {left:?}");
    }
    put_back_at_last(&sandbox, &start, number);
    !whole
}
