//! Where a hook watches the references, git moves them: `git update-ref` is killed in the place of each of its own
//! calls that change the disk. The release goes on living and must make sense of what git left.

use std::path::PathBuf;

use crate::copies::executable;
use crate::kills::recovered;
use crate::sandbox::Sandbox;
use crate::scenario::{Verdict, WATCHED_REFS};
use crate::sequence::{Step, labels_until_killed, sequence};
use crate::strace;
use crate::sweep;
use crate::tally::Report;
use crate::trace::{parse, watched};

/// The git that is meant, behind the one that a test puts before it in the search path.
pub(crate) fn real_git() -> PathBuf {
    let path = std::env::var_os("PATH").expect("a search path");
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join("git"));
    candidates.find(|path| path.is_file()).expect("git is installed")
}

/// A copy in which the `nth` run of `git update-ref` is traced, with these words for strace besides.
fn with_traced_git(nth: usize, words: &str) -> Sandbox {
    let sandbox = WATCHED_REFS.copy();
    let (git, set) = (real_git().display().to_string(), watched());
    let script = format!(
        r#"case " $* " in *" update-ref "*)
  echo >> "$TMPDIR/runs-update-ref"
  if [ $(($(wc -l < "$TMPDIR/runs-update-ref"))) = {nth} ]; then
    exec strace -y -s0 -a0 -qq -e 'trace={set}' {words} -o "$TMPDIR/git-trace" '{git}' "$@"
  fi;;
esac
exec '{git}' "$@""#
    );
    executable(&sandbox.around().join("home/git"), &script);
    sandbox
}

/// The calls of that run that change the disk; none where git does not run so often.
fn calls_of(nth: usize) -> Vec<Step> {
    let sandbox = with_traced_git(nth, "");
    let (status, said) = strace::untraced(&mut WATCHED_REFS.release(&sandbox));
    assert!(status.success(), "{said}");
    let trace = std::fs::read_to_string(sandbox.around().join("tmp/git-trace")).unwrap_or_default();
    sequence(&parse(&trace), sandbox.around().to_str().expect("text"))
}

fn killed((nth, step): &(usize, Step)) -> Result<Verdict, String> {
    let words = format!("-e inject={}:signal=SIGKILL:when={}", step.target.name, step.target.ordinal);
    let sandbox = with_traced_git(*nth, &words);
    let (status, said) = strace::untraced(&mut WATCHED_REFS.release(&sandbox));
    let trace = std::fs::read_to_string(sandbox.around().join("tmp/git-trace")).expect("git ran");
    let (_, last) = labels_until_killed(&parse(&trace), sandbox.around().to_str().expect("text"));
    assert_eq!(last.as_ref(), Some(&step.label), "git was killed where it was meant to be");
    std::fs::remove_file(sandbox.around().join("home/git")).expect("remove");
    // Nobody can tell a lock that git left from one that another git holds: each is named, and left to a person.
    let left = locks_of(&sandbox);
    let silent: Vec<_> = left.iter().filter(|lock| !said.contains(lock.to_str().expect("text"))).collect();
    left.iter().for_each(|lock| std::fs::remove_file(lock).expect("remove"));
    let own = match (status.code(), WATCHED_REFS.verdict_for_others(&sandbox)) {
        _ if !silent.is_empty() => Err(format!("nothing was said of {silent:?}")),
        (Some(0), Verdict::After) | (Some(4), Verdict::Before) | (Some(5), _) => Ok(()),
        (_, Verdict::Mixed(differences)) => Err(differences),
        (_, verdict) => Err(format!("{verdict:?} does not go with the exit code")),
    };
    let outcome = own.and_then(|()| recovered(&WATCHED_REFS, &sandbox));
    outcome.map_err(|problem| {
        format!("git update-ref ({nth}) killed at {}, {status}:\n{problem}\nit said:\n{said}", step.label)
    })
}

/// The locks of git that are there.
pub(crate) fn locks_of(sandbox: &Sandbox) -> Vec<PathBuf> {
    let state = sandbox.surroundings();
    let paths = state.0.into_keys().filter(|path| path.to_str().is_some_and(|path| path.contains(".git/")));
    let locks = paths.filter(|path| path.extension().is_some_and(|extension| extension == "lock"));
    locks
        .map(|path| sandbox.around().join(path))
        .filter(|path| !path.ends_with("trueppm-release/lock"))
        .collect()
}

#[test]
fn git_that_is_killed_while_it_moves_references_leaves_nothing_half_done() {
    let _turn = sweep::turn();
    let mut cases: Vec<(usize, Step)> = Vec::new();
    for nth in 1.. {
        let calls = calls_of(nth);
        if calls.is_empty() {
            break;
        }
        cases.extend(calls.into_iter().map(|step| (nth, step)));
    }
    assert!(!cases.is_empty(), "git moves the references");
    let outcomes = sweep::each(&cases, killed);
    let mut report = Report::default();
    report.add("git update-ref", "kills", cases.len(), outcomes.into_iter().collect());
    report.conclude();
}
