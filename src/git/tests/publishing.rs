use super::support::{SUBJECT, Sandbox, publish_all, release, somebody, unsigned, visible, write};
use crate::git::{LockedRefs, RefUpdates, Repository};

fn lock_problem(repository: &Repository, updates: &RefUpdates) -> String {
    let locked: Result<LockedRefs<'_>, _> = repository.lock_refs(updates);
    locked.err().expect("locked in spite of it").message
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
    publish_all(&repository, &changes, &RefUpdates { tags: vec![], ..updates });

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
    assert_eq!(sandbox.rev("main"), updates.new);

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
    let (reference, message) = ("refs/heads/main".to_owned(), "commit: subject".to_owned());
    let updates = RefUpdates { reference, old, new, message, committer: somebody(), tags: vec![] };
    publish_all(&linked, &changes, &updates);
    assert_eq!(sandbox.rev("main"), updates.new);
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
        (|it| drop(it.git(&["tag", "v0.2.0/x"])), "cannot lock `refs/tags/v0.2.0`"),
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
    let tag = |name: &str| (name.to_owned(), updates.tags[0].1.clone());
    let before = visible(&sandbox);
    for names in [["v1", "v1"], ["v1", "v1/a"], ["v1/a", "v1"], ["v1", "not a name"]] {
        let tags = names.iter().map(|name| tag(name)).collect();
        lock_problem(&repository, &RefUpdates { tags, ..updates.clone() });
        assert_eq!(visible(&sandbox), before, "{names:?}");
    }
}

#[test]
fn dropped_locks_leave_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    let before = visible(&sandbox);
    let index = repository.prepare_index(&changes).unwrap();
    let locked = repository.lock_refs(&updates).unwrap();
    assert!(!sandbox.try_git(&["update-ref", "refs/tags/v0.2.0", "HEAD"]).0, "git must find the tag locked");
    assert!(!sandbox.try_git(&["add", "README.md"]).0, "git must find the index locked");
    drop((index, locked));
    assert_eq!(visible(&sandbox), before);
    publish_all(&repository, &changes, &updates);
}

#[test]
fn a_rollback_leaves_references_and_reflogs_as_they_were() {
    for (packed, detached) in [(false, false), (false, true), (true, false)] {
        let sandbox = Sandbox::new();
        if detached {
            sandbox.git(&["checkout", "--quiet", "--detach"]);
        }
        if packed {
            sandbox.git(&["pack-refs", "--all"]);
        }
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
        repository.rollback_refs(&updates).unwrap();
        assert_eq!(state(), before, "nothing was published, so nothing is taken back");
        repository.lock_refs(&updates).unwrap().publish().unwrap();
        assert_ne!(state(), before);
        repository.rollback_refs(&updates).unwrap();
        assert_eq!(state(), before, "packed {packed}, detached {detached}");
    }
}

#[test]
fn a_rollback_touches_nothing_of_somebody_else() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (changes, updates) = release(&sandbox, &repository);
    publish_all(&repository, &changes, &updates);
    sandbox.git(&["tag", "--force", "-a", "-m", "theirs", "v0.2.0"]);
    let theirs = sandbox.commit("on top");
    let problems = repository.rollback_refs(&updates).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("somebody moved it to"), "{problems:?}");
    assert_eq!(sandbox.rev("main"), theirs);
    assert!(repository.tag_exists("v0.2.0").unwrap() && !repository.tag_exists("scheduler/v0.2.0").unwrap());

    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    repository.lock_refs(&updates).unwrap().publish().unwrap();
    sandbox.write(".git/refs/tags/v0.2.0.lock", "");
    assert_eq!(repository.rollback_refs(&updates).unwrap_err().len(), 1);
    assert_eq!(sandbox.rev("main"), updates.new, "while a tag stands, its commit stays published");
}

#[test]
fn publishing_that_stops_part_way_says_what_is_visible() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    let locked = repository.lock_refs(&updates).unwrap();
    // The lock of the tag vanishes, so that it cannot be renamed into place.
    sandbox.remove(".git/refs/tags/v0.2.0.lock");
    let failure = locked.publish().unwrap_err();
    assert_eq!(failure.problem.message.split(':').next(), Some("cannot create the tags"));
    assert!(failure.published.contains(&"refs/heads/main".to_owned()), "{failure:?}");
    assert!(!failure.published.contains(&"refs/tags/v0.2.0".to_owned()), "{failure:?}");
    repository.rollback_refs(&updates).unwrap();
    assert_eq!(sandbox.rev("HEAD"), updates.old);
    assert!(repository.local_tags().unwrap().is_empty());

    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    let (_, updates) = release(&sandbox, &repository);
    let locked = repository.lock_refs(&updates).unwrap();
    sandbox.remove(".git/refs/heads/main.lock");
    let failure = locked.publish().unwrap_err();
    assert!(failure.published.is_empty(), "{failure:?}");
    repository.rollback_refs(&updates).unwrap();
    assert_eq!(sandbox.rev("HEAD"), updates.old);
}
