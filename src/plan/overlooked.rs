//! The guard for files that git is told not to look at. The release would edit them unseen, or not find them at all.

use crate::error::Problem;
use crate::git::Overlooked;
use crate::snapshot::Snapshot;
use crate::words::{counted, on_one_line, shell_word};

/// How many paths a message lists before it only counts.
const LISTED_PATHS: usize = 20;

/// One problem for each reason why git overlooks files of the release. Whether it changes the dependents of a package
/// is known only when it is planned.
pub(super) fn overlooked(snapshot: &Snapshot) -> Vec<Problem> {
    overlooked_among(snapshot, &|path| !snapshot.dependents.contains(path))
}

/// The same of those files that are `concerned`.
pub(super) fn overlooked_among(snapshot: &Snapshot, concerned: &dyn Fn(&String) -> bool) -> Vec<Problem> {
    [Overlooked::LeftOut, Overlooked::SkipWorktree, Overlooked::AssumeUnchanged]
        .into_iter()
        .filter_map(|why| {
            let paths: Vec<&str> = snapshot
                .overlooked
                .iter()
                .filter(|(path, reason)| *reason == why && concerned(path))
                .map(|(path, _)| path.as_str())
                .collect();
            (!paths.is_empty()).then(|| problem(why, &paths))
        })
        .collect()
}

fn problem(why: Overlooked, paths: &[&str]) -> Problem {
    let list: String =
        paths.iter().take(LISTED_PATHS).map(|path| format!("\n{}", on_one_line(path))).collect();
    let rest = paths.len().saturating_sub(LISTED_PATHS);
    let more = if rest == 0 { String::new() } else { format!("\nand {rest} more") };
    let files = counted(paths.len(), "file");
    let marked = |flag: &str| {
        let words: Vec<String> = paths.iter().take(LISTED_PATHS).map(|path| shell_word(path)).collect();
        Problem::circumstance(format!(
            "git is told to overlook {files} of the release (`{flag}`){list}{more}"
        ))
        .hint(format!("git update-index --no-{flag} -- {}", words.join(" ")))
    };
    match why {
        Overlooked::SkipWorktree => marked("skip-worktree"),
        Overlooked::AssumeUnchanged => marked("assume-unchanged"),
        Overlooked::LeftOut => {
            let problem = Problem::circumstance(format!(
                "the sparse checkout leaves out {files} that the release changes{list}{more}"
            ));
            let problem = match folders(paths) {
                Some(folders) => problem.hint(format!("git sparse-checkout add {}", folders.join(" "))),
                None => problem,
            };
            problem.hint("or check out everything: git sparse-checkout disable")
        }
    }
}

/// The folders of the paths, each once; none where a file lies at the top, which only a pattern can name.
fn folders(paths: &[&str]) -> Option<Vec<String>> {
    let mut folders = Vec::new();
    for path in paths {
        let folder = shell_word(path.rsplit_once('/')?.0);
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    Some(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_ends_with_how_many_more_there_are() {
        let paths: Vec<String> = (0..LISTED_PATHS + 2).map(|number| format!("docs/{number}")).collect();
        let message = |count: usize| {
            let paths: Vec<&str> = paths.iter().take(count).map(String::as_str).collect();
            problem(Overlooked::SkipWorktree, &paths).message
        };
        assert!(message(LISTED_PATHS).ends_with(&format!("\ndocs/{}", LISTED_PATHS - 1)));
        assert!(message(LISTED_PATHS + 2).ends_with("\nand 2 more"));
    }
}
