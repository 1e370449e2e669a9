//! Locks that another git process holds: waited for as git waits.

use std::cell::Cell;

use super::support::{Bench, Sandbox, publish_index, published, release, reversed, visible};
use crate::git::{RefUpdates, Repository};

/// Locks the references of a release; `stop` is what waiting asks.
fn locked(
    repository: &Repository,
    updates: &RefUpdates,
    stop: impl Fn() -> bool,
) -> Result<(), crate::error::Problem> {
    let bench = Bench::new(repository);
    let locks = bench.locks().stopped_by(stop);
    repository.lock_refs(updates, &locks)?.publish()
}

#[test]
fn a_lock_that_goes_away_is_waited_for() {
    for (name, timeout) in [
        ("refs/heads/main", "-1"),
        ("refs/heads/main", "3600000"),
        ("refs/tags/v0.2.0", "1k"),
        ("HEAD", "-1"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.git(&["config", "core.filesRefLockTimeout", timeout]);
        let repository = sandbox.open();
        let (changes, updates) = release(&sandbox, &repository);
        let lock = format!(".git/{name}.lock");
        sandbox.write(&lock, "");
        let asked = Cell::new(0);
        let stop = || {
            asked.set(asked.get() + 1);
            // Somebody else is done while this one waits.
            if asked.get() == 3 {
                sandbox.remove(&lock);
            }
            false
        };
        locked(&repository, &updates, stop).unwrap();
        assert_eq!(sandbox.rev("main"), published(&updates), "{name}");
        publish_index(&repository, &changes);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn the_packed_references_have_a_setting_of_their_own() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    locked(&repository, &updates, || false).unwrap();
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.git(&["config", "core.filesRefLockTimeout", "0"]);
    sandbox.git(&["config", "core.packedRefsTimeout", "-1"]);
    let lock = ".git/packed-refs.lock";
    sandbox.write(lock, "");
    let stop = || {
        sandbox.remove(lock);
        false
    };
    locked(&repository, &reversed(&updates), stop).unwrap();
    assert_eq!(sandbox.git(&["tag"]), "");
}

#[test]
fn who_is_stopped_while_waiting_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.filesRefLockTimeout", "-1"]);
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    sandbox.write(".git/refs/heads/main.lock", "");
    let before = visible(&sandbox);
    let said = locked(&repository, &updates, || true).unwrap_err().message;
    assert!(said.contains("cannot lock `refs/heads/main`"), "{said}");
    assert_eq!(visible(&sandbox), before);
}

#[test]
fn without_patience_it_is_tried_once() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.filesRefLockTimeout", "0"]);
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    sandbox.write(".git/refs/heads/main.lock", "");
    let asked = Cell::new(false);
    let stop = || {
        asked.set(true);
        false
    };
    assert!(locked(&repository, &updates, stop).is_err());
    assert!(!asked.get(), "it waited");
}

#[test]
fn a_time_that_is_no_number_is_named() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    sandbox.git(&["config", "core.filesRefLockTimeout", "soon"]);
    let said = locked(&repository, &updates, || false).unwrap_err().message;
    assert!(said.contains("`core.filesRefLockTimeout` is not a number: `soon`"), "{said}");
}
