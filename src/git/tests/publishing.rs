use super::support::{
    Bench, SUBJECT, Sandbox, change, publish_all, published, release, reversed, somebody, unsigned, visible,
    write,
};
use crate::git::{RefUpdates, Repository};

fn lock_problem(repository: &Repository, updates: &RefUpdates) -> String {
    let bench = Bench::new(repository);
    let locks = bench.locks();
    repository.lock_refs(updates, &locks).err().expect("locked in spite of it").message
}

/// Publishes the references alone.
fn publish_refs(repository: &Repository, updates: &RefUpdates) {
    let bench = Bench::new(repository);
    let locks = bench.locks();
    repository.lock_refs(updates, &locks).unwrap().publish().unwrap();
}

#[test]
fn a_release_equals_the_one_git_records() {
    for format in ["sha1", "sha256"] {
        let ours = Sandbox::with_format(format);
        ours.fill();
        let repository = ours.open();
        let (changes, updates) = release(&ours, &repository);
        publish_all(&repository, &changes, &updates);

        let gits = Sandbox::with_format(format);
        gits.fill();
        release(&gits, &gits.open());
        gits.git(&["add", "--all"]);
        gits.git(&["commit", "--quiet", "-m", &format!("{SUBJECT}\n\nAutomated release commit.")]);
        for name in ["v0.2.0", "scheduler/v0.2.0"] {
            gits.git(&["tag", "-a", "-m", &format!("Release {name}"), name]);
        }

        let state = |sandbox: &Sandbox| {
            [
                sandbox.git(&["for-each-ref"]),
                sandbox.git(&["cat-file", "-p", "HEAD"]),
                sandbox.git(&["cat-file", "-p", "v0.2.0"]),
                sandbox.git(&["ls-files", "--stage"]),
                sandbox.git(&["status", "--porcelain"]),
                String::from_utf8(sandbox.read(".git/logs/HEAD")).unwrap(),
                String::from_utf8(sandbox.read(".git/logs/refs/heads/main")).unwrap(),
                sandbox.git(&["fsck", "--strict", "--full", "--no-dangling"]),
            ]
        };
        assert_eq!(state(&ours), state(&gits), "{format}");
        assert!(ours.git(&["status", "--porcelain"]).is_empty());
        assert!(repository.status().unwrap().changed.is_empty());
        assert!(!ours.git_directory().iter().any(|(path, _)| path.to_string_lossy().ends_with(".lock")));
    }
}

#[test]
fn a_detached_head_is_published_itself() {
    let state = |sandbox: &Sandbox| {
        let log = String::from_utf8(sandbox.read(".git/logs/HEAD")).unwrap();
        (sandbox.git(&["for-each-ref"]), sandbox.rev("HEAD"), log.lines().last().map(str::to_owned))
    };
    let ours = Sandbox::new();
    ours.git(&["checkout", "--quiet", "--detach"]);
    let repository = ours.open();
    let (changes, updates) = release(&ours, &repository);
    assert_eq!(updates.reference, "HEAD");
    let changes_of_refs = vec![updates.changes[0].clone()];
    publish_all(&repository, &changes, &RefUpdates { changes: changes_of_refs, ..updates });

    let gits = Sandbox::new();
    gits.git(&["checkout", "--quiet", "--detach"]);
    release(&gits, &gits.open());
    gits.git(&["add", "--all"]);
    gits.git(&["commit", "--quiet", "-m", &format!("{SUBJECT}\n\nAutomated release commit.")]);
    assert_eq!(state(&ours), state(&gits));
    assert!(ours.git(&["status", "--porcelain"]).is_empty());
}

#[test]
fn packed_references_and_linked_work_trees_are_published() {
    let sandbox = Sandbox::new();
    sandbox.git(&["pack-refs", "--all"]);
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    publish_all(&repository, &changes, &updates);
    assert_eq!(sandbox.rev("main"), published(&updates));

    let sandbox = Sandbox::new();
    sandbox.git(&["checkout", "--quiet", "-b", "aside"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let linked = sandbox.open_at(&sandbox.at("linked"));
    let old = linked.head().unwrap().commit.unwrap();
    let blob = linked.write_blob(b"changed\n").unwrap();
    sandbox.write("../linked/README.md", "changed\n");
    let changes = [write("README.md", blob, false)];
    let tree = linked.write_tree(&old, &changes).unwrap();
    let new = linked.write_commit(&tree, &old, &somebody(), &somebody(), "subject", &unsigned).unwrap();
    let changed = change("refs/heads/main", Some(old), Some(new), "commit: subject");
    let reference = "refs/heads/main".to_owned();
    let updates = RefUpdates { reference, changes: vec![changed], committer: somebody() };
    publish_all(&linked, &changes, &updates);
    assert_eq!(sandbox.rev("main"), published(&updates));
    assert!(sandbox.git_in(&sandbox.at("linked"), &["status", "--porcelain"]).is_empty());
    let log = sandbox.git_in(&sandbox.at("linked"), &["reflog", "show", "--format=%gs", "-1", "HEAD"]);
    assert_eq!(log, "commit: subject\n");
}

#[test]
fn whatever_changed_meanwhile_stops_publishing_with_nothing_visible() {
    type Meanwhile = fn(&Sandbox);
    let cases: [(Meanwhile, &str); 9] = [
        (|it| drop(it.commit("somebody else")), "`refs/heads/main` moved meanwhile"),
        (|it| drop(it.git(&["checkout", "--quiet", "-b", "other"])), "HEAD is now on `refs/heads/other`"),
        (|it| drop(it.git(&["tag", "v0.2.0"])), "tag `v0.2.0` already exists"),
        (|it| drop(it.git(&["tag", "scheduler"])), "cannot lock `refs/tags/scheduler/v0.2.0`"),
        (
            |it| drop((it.git(&["tag", "scheduler"]), it.git(&["pack-refs", "--all"]))),
            "cannot exist beside `refs/tags/scheduler`",
        ),
        (|it| drop(it.git(&["tag", "v0.2.0/x"])), "cannot exist beside `refs/tags/v0.2.0/x`"),
        (
            |it| drop((it.git(&["tag", "v0.2.0/x"]), it.git(&["pack-refs", "--all"]))),
            "cannot exist beside `refs/tags/v0.2.0/x`",
        ),
        (|it| it.write(".git/refs/heads/main.lock", ""), "cannot lock `refs/heads/main`"),
        (|it| it.write(".git/HEAD.lock", ""), "cannot lock `HEAD`"),
    ];
    for (meanwhile, words) in cases {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        let (_, updates) = release(&sandbox, &repository);
        meanwhile(&sandbox);
        let before = visible(&sandbox);
        let said = lock_problem(&repository, &updates);
        assert!(said.contains(words), "{words}: {said}");
        assert_eq!(visible(&sandbox), before, "{words}");
    }
}

#[test]
fn tags_that_exclude_each_other_are_refused() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    let tag = |name: &&str| change(&format!("refs/tags/{name}"), None, updates.changes[1].after.clone(), "");
    let before = visible(&sandbox);
    for names in [["v1", "v1"], ["v1", "v1/a"], ["v1/a", "v1"], ["v1", "not a name"]] {
        let changes = updates.changes[..1].iter().cloned().chain(names.iter().map(tag)).collect();
        lock_problem(&repository, &RefUpdates { changes, ..updates.clone() });
        assert_eq!(visible(&sandbox), before, "{names:?}");
    }
}

#[test]
fn dropped_locks_leave_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    let before = visible(&sandbox);
    let bench = Bench::new(&repository);
    let locks = bench.locks();
    let index = repository.prepare_index(&changes, &locks).unwrap();
    let locked = repository.lock_refs(&updates, &locks).unwrap();
    assert!(!sandbox.try_git(&["update-ref", "refs/tags/v0.2.0", "HEAD"]).0, "git must find the tag locked");
    assert!(!sandbox.try_git(&["add", "README.md"]).0, "git must find the index locked");
    drop((index, locked));
    drop(locks);
    drop(bench);
    assert_eq!(visible(&sandbox), before);
    publish_all(&repository, &changes, &updates);
}

#[test]
fn the_way_back_leaves_references_and_reflogs_as_they_were() {
    for (packed, detached) in [(false, false), (false, true), (true, false)] {
        let sandbox = Sandbox::new();
        if detached {
            sandbox.git(&["checkout", "--quiet", "--detach"]);
        }
        sandbox.git(&["config", "core.logAllRefUpdates", "always"]);
        let repository = sandbox.open();
        let (_, updates) = release(&sandbox, &repository);
        let state = || {
            let logs: Vec<_> = visible(&sandbox)
                .into_iter()
                .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "logs"))
                .collect();
            (sandbox.git(&["for-each-ref"]), sandbox.git(&["rev-parse", "--abbrev-ref", "HEAD"]), logs)
        };
        let before = state();
        let names = updates.changes.iter().map(|it| it.name.as_str()).chain(["HEAD"]);
        let lengths: std::collections::BTreeMap<_, _> = repository.log_lengths(names).into_iter().collect();
        publish_refs(&repository, &updates);
        if packed {
            sandbox.git(&["pack-refs", "--all"]);
        }
        assert_ne!(state(), before);
        let back = reversed(&updates);
        publish_refs(&repository, &back);
        let bench = Bench::new(&repository);
        for changed in &updates.changes {
            let new = changed.after.as_ref().unwrap();
            for name in ["HEAD", &changed.name] {
                let old = changed.before.as_ref();
                repository.withdraw_reflog(bench.disk(), name, old, new, lengths.get(name).copied()).unwrap();
            }
        }
        drop(bench);
        assert_eq!(state(), before, "packed {packed}, detached {detached}");
        assert!(!sandbox.work.join(".git/refs/tags/scheduler").exists());
        sandbox.git(&["fsck", "--strict"]);
    }
}

#[test]
fn what_no_longer_is_what_it_was_is_not_taken_back() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    publish_all(&repository, &changes, &updates);
    sandbox.git(&["tag", "--force", "-a", "-m", "theirs", "v0.2.0"]);
    let before = visible(&sandbox);
    assert_eq!(lock_problem(&repository, &reversed(&updates)), "tag `v0.2.0` is no longer what it was");
    assert_eq!(visible(&sandbox), before);
    sandbox.commit("on top");
    let before = visible(&sandbox);
    assert!(lock_problem(&repository, &reversed(&updates)).contains("moved meanwhile"));
    assert_eq!(visible(&sandbox), before);
}

#[test]
fn a_reference_that_cannot_be_written_leaves_what_comes_after_it_alone() {
    for (vanishing, says, holds) in [
        ("refs/heads/main", "cannot move `refs/heads/main`", ""),
        ("refs/tags/v0.2.0", "cannot create tag `v0.2.0`", "refs/heads/main"),
    ] {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        let (_, updates) = release(&sandbox, &repository);
        let bench = Bench::new(&repository);
        let locks = bench.locks();
        let locked = repository.lock_refs(&updates, &locks).unwrap();
        // The lock vanishes, so that it cannot be renamed into place.
        sandbox.remove(&format!(".git/{vanishing}.lock"));
        let problem = locked.publish().unwrap_err();
        assert!(problem.message.starts_with(says), "{problem:?}");
        let new = published(&updates);
        let moved = sandbox.rev("main") == new;
        assert_eq!(moved, holds == "refs/heads/main");
        assert!(repository.local_tags().unwrap().is_empty());
    }
}

#[test]
fn a_release_into_memory_reaches_the_disk_whole_and_in_gits_format() {
    for format in ["sha1", "sha256"] {
        let sandbox = Sandbox::with_format(format);
        sandbox.fill();
        let repository = sandbox.open();
        repository.gather_objects().unwrap();
        let before = sandbox.git_directory();
        let (changes, updates) = release(&sandbox, &repository);
        assert_eq!(sandbox.git_directory(), before, "nothing is written yet");
        let bench = Bench::new(&repository);
        let roots: Vec<_> = updates.changes.iter().filter_map(|it| it.after.clone()).collect();
        repository.write_gathered(&roots, bench.disk()).unwrap();
        let written = bench.disk().changes();
        repository.write_gathered(&roots, bench.disk()).unwrap();
        assert_eq!(bench.disk().changes(), written, "what is there is not written again");
        drop(bench);
        publish_all(&repository, &changes, &updates);
        sandbox.git(&["fsck", "--strict", "--full", "--no-dangling"]);
        sandbox.git(&["gc", "--quiet", "--prune=now"]);
        assert_eq!(sandbox.rev("v0.2.0^{commit}"), published(&updates));
    }
}
