use std::ffi::OsString;

use super::support::Sandbox;
use crate::git::{Location, open};

#[test]
fn a_repository_is_found_from_a_folder_inside_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open_at(&sandbox.work.join("packages/api"));
    assert_eq!(repository.work_dir().canonicalize().unwrap(), sandbox.work);
    assert_eq!(repository.git_dir().canonicalize().unwrap(), sandbox.work.join(".git"));
    assert_eq!(repository.common_dir().canonicalize().unwrap(), sandbox.work.join(".git"));
}

#[test]
fn no_repository_is_said_in_plain_words() {
    let sandbox = Sandbox::empty();
    let problem = sandbox.refused(&sandbox.at(""));
    assert!(problem.message.starts_with("not inside a git repository"), "{problem:?}");
}

#[test]
fn a_bare_repository_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    assert!(sandbox.refused(&sandbox.at("bare.git")).message.contains("is a bare repository"));
}

#[test]
fn the_git_directory_is_not_a_work_tree() {
    let sandbox = Sandbox::new();
    assert!(sandbox.refused(&sandbox.work.join(".git/refs")).message.contains("is not inside a work tree"));
}

#[test]
fn linked_work_trees_and_submodules_open() {
    let sandbox = Sandbox::new();
    sandbox.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    let linked = sandbox.open_at(&sandbox.at("linked"));
    assert_eq!(linked.head().unwrap().branch.as_deref(), Some("side"));
    assert_eq!(linked.common_dir().canonicalize().unwrap(), sandbox.work.join(".git"));
    assert_eq!(linked.git_dir().canonicalize().unwrap(), sandbox.work.join(".git/worktrees/linked"));

    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "inner"]);
    let inner = sandbox.open_at(&sandbox.work.join("inner"));
    assert_eq!(inner.work_dir().canonicalize().unwrap(), sandbox.work.join("inner"));
    assert!(inner.head().unwrap().commit.is_some());
}

#[test]
fn a_sha256_repository_works() {
    let sandbox = Sandbox::with_format("sha256");
    sandbox.fill();
    let repository = sandbox.open();
    let head = repository.head().unwrap().commit.unwrap();
    assert_eq!(head.as_str().len(), 64);
    assert_eq!(head, sandbox.rev("HEAD"));
    assert!(repository.status().unwrap().changed.is_empty());
}

#[test]
fn what_libgit2_cannot_read_is_refused_with_the_way_out() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet", "--ref-format=reftable", "../reftable"]);
    let problem = sandbox.refused(&sandbox.at("reftable"));
    assert!(problem.message.contains("`reftable`"), "{problem:?}");
    let way_out = problem.hints.first().unwrap().strip_prefix("git ").unwrap();
    sandbox.git_in(&sandbox.at("reftable"), &way_out.split(' ').collect::<Vec<_>>());
    assert!(sandbox.open_at(&sandbox.at("reftable")).head().unwrap().unborn);

    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.fromTheFuture", "true"]);
    let problem = sandbox.refused(&sandbox.work);
    assert!(
        problem.message.to_lowercase().contains("`extensions.fromthefuture`, which is not supported"),
        "{problem:?}"
    );

    sandbox.git(&["config", "--file", ".git/config", "--unset", "extensions.fromTheFuture"]);
    sandbox.git(&["config", "--file", ".git/config", "core.repositoryFormatVersion", "2"]);
    let problem = sandbox.refused(&sandbox.work);
    assert!(problem.message.contains("`core.repositoryFormatVersion` is not supported"), "{problem:?}");
}

#[test]
fn a_git_file_that_leads_nowhere_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.remove_folder(".git");
    sandbox.write(".git", "gitdir: /nonexistent/elsewhere\n");
    assert!(sandbox.refused(&sandbox.work).message.starts_with("cannot open the repository at"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test gives its own folder away")]
fn a_foreign_owner_is_refused_with_the_command_that_trusts_it() {
    if !rustix::process::getuid().is_root() {
        return; // only root can give a folder away
    }
    let sandbox = Sandbox::new();
    for path in [".", ".git"] {
        let stranger = Some(rustix::fs::Uid::from_raw(12345));
        rustix::fs::chown(sandbox.work.join(path), stranger, None).unwrap();
    }
    let problem = sandbox.refused(&sandbox.work.join("packages"));
    let directory = sandbox.work.display();
    assert_eq!(problem.message, format!("repository `{directory}` belongs to another user"));
    let command = format!("git config --global --add safe.directory {directory}");
    assert!(problem.hints.first().unwrap().ends_with(&command), "{problem:?}");
}

#[test]
fn git_dir_and_git_work_tree_are_honoured_as_git_does() {
    let sandbox = Sandbox::new();
    let place = |git_dir: &str, work_tree: Option<&str>| Location {
        git_dir: Some(OsString::from(git_dir)),
        work_tree: work_tree.map(OsString::from),
        ..Location::default()
    };
    // Alone, GIT_DIR makes the current directory the work tree.
    let here = sandbox.work.join("packages");
    let repository = open(&here, &place("../.git", None)).unwrap();
    assert_eq!(repository.work_dir().canonicalize().unwrap(), here);
    let repository = open(&sandbox.at(""), &place("repo/.git", Some("repo"))).unwrap();
    assert_eq!(repository.work_dir().canonicalize().unwrap(), sandbox.work);
    assert!(repository.status().unwrap().changed.is_empty());
    sandbox.write("README.md", "changed\n");
    assert_eq!(repository.status().unwrap().changed.first().unwrap().code, " M");
}

#[test]
fn the_search_stops_at_a_ceiling() {
    let sandbox = Sandbox::new();
    let ceilings = vec![sandbox.work.join("packages")];
    let location = Location { ceilings, ..Location::default() };
    let problem = open(&sandbox.work.join("packages/api"), &location).unwrap_err();
    assert!(problem.message.starts_with("not inside a git repository"), "{problem:?}");
}
