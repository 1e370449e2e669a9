//! Releases started at the same moment: one of them is made, the others are refused.

use std::process::Command;
use std::sync::Barrier;

use crate::sandbox::{Run, Sandbox};
use crate::scenario::{EVERYTHING, LINKED, Scenario, Verdict};
use crate::sweep;

/// Starts all commands at once, and waits for all of them.
fn at_once(commands: Vec<Command>) -> Vec<Run> {
    let barrier = Barrier::new(commands.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = commands
            .into_iter()
            .map(|mut command| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    Run::from(command.output().expect("binary starts"))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a run")).collect()
    })
}

/// One released, and every other was refused in words: as a rule before it began, or (4) when it found the tags of
/// one that had ended in between, and put everything back.
fn one_winner(runs: &[Run]) -> usize {
    let winners: Vec<usize> = (0..runs.len()).filter(|at| runs[*at].code == 0).collect();
    let all: Vec<String> = runs.iter().map(|run| format!("{}: {}", run.code, run.stderr)).collect();
    assert_eq!(winners.len(), 1, "{}", all.join("\n"));
    for run in runs.iter().filter(|run| run.code != 0) {
        let put_back = run.code == 4 && run.stderr.contains("nothing was released");
        assert!(run.code == 1 || put_back, "{}: {}", run.code, run.stderr);
        assert!(run.stderr.lines().any(|line| line.starts_with("error: ")), "{}", run.stderr);
        assert!(run.stderr.lines().any(|line| line.starts_with("hint: ")), "{}", run.stderr);
    }
    winners[0]
}

fn once(scenario: &Scenario, sandbox: &Sandbox) {
    assert_eq!(scenario.verdict(sandbox), Verdict::After);
    assert_eq!(crate::picture::unsound(sandbox), None);
}

#[test]
fn of_twenty_releases_at_once_one_is_made_and_nineteen_are_refused() {
    let _turn = sweep::turn();
    let sandbox = EVERYTHING.copy();
    let runs = at_once((0..20).map(|_| EVERYTHING.release(&sandbox)).collect());
    one_winner(&runs);
    once(&EVERYTHING, &sandbox);
    println!("20 releases at once: 1 commit, 2 tags, 19 refusals");
}

#[test]
fn of_two_releases_in_two_linked_work_trees_one_is_made() {
    let _turn = sweep::turn();
    for round in 0..8 {
        let sandbox = LINKED.copy();
        // The other work tree is a job on the commit that `main` is at.
        let commit = sandbox.commit("HEAD");
        sandbox.git(&["worktree", "add", "--quiet", "--detach", "../job", "main"]);
        let job = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", commit.as_str())];
        let mut other = LINKED.release(&sandbox);
        other.current_dir(sandbox.around().join("job")).envs(job);
        let winner = one_winner(&at_once(vec![LINKED.release(&sandbox), other]));
        let head = |folder: &str| sandbox.git(&["-C", folder, "rev-parse", "HEAD"]).trim().to_owned();
        let heads = [head("../linked"), head("../job")];
        assert_eq!(heads[1 - winner], commit, "round {round}: the other has not moved");
        for tag in ["v0.2.0", "scheduler-v0.2.0"] {
            assert_eq!(sandbox.commit(tag), heads[winner], "round {round}: {tag}");
        }
        for folder in ["../linked", "../job"] {
            assert_eq!(sandbox.git(&["-C", folder, "status", "--porcelain"]), "", "round {round}: {folder}");
        }
        let left = |path: &&std::path::PathBuf| {
            path.starts_with("suite/.git") && path.extension().is_some_and(|extension| extension == "lock")
        };
        assert_eq!(sandbox.surroundings().0.keys().find(left), None, "round {round}: no lock is left");
        assert_eq!(crate::picture::unsound(&sandbox), None);
    }
}
