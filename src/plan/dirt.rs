//! What is said of a work tree that is not as HEAD has it, and what to run. `git stash` puts aside what is changed in this
//! repository; a submodule is another repository, which git leaves alone then.

use crate::git::{ChangedPath, ChangedSubmodule};

/// How many submodules get a hint of their own.
const HINTED: usize = 10;

/// What follows the name of a changed path where it is a submodule, in git's own words.
pub(super) fn remark(change: &ChangedPath) -> String {
    let Some(submodule) = &change.submodule else { return String::new() };
    let what = [(submodule.moved, "new commits"), (!submodule.modified.is_empty(), "modified content")];
    let what: Vec<&str> = what.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
    if what.is_empty() { " (submodule)".to_owned() } else { format!(" (submodule: {})", what.join(", ")) }
}

/// The hints for these changes: every one of them has a remedy that works.
pub(super) fn remedies(changed: &[ChangedPath]) -> Vec<String> {
    let submodules: Vec<(&str, &ChangedSubmodule, &str)> = changed
        .iter()
        .filter_map(|change| {
            let submodule = change.submodule.as_ref()?;
            Some((change.path.as_str(), submodule, submodule.way_back.as_deref()?))
        })
        .collect();
    let mut hints = Vec::new();
    if submodules.len() < changed.len() {
        let which = if submodules.is_empty() { "the changes" } else { "the other changes" };
        hints.push(format!("commit {which}, or put them aside with `git stash`"));
    }
    hints.extend(submodules.into_iter().take(HINTED).map(|(path, submodule, way_back)| {
        let word = crate::words::shell_word(path);
        let mut commands: Vec<&str> = submodule.modified.iter().map(String::as_str).collect();
        let unstage = format!("git restore --staged {word}");
        if submodule.staged {
            commands.push(&unstage);
        }
        if submodule.moved || submodule.staged {
            commands.push(way_back);
        }
        let back = commands.join(" && ");
        match (submodule.moved || submodule.staged, submodule.modified.is_empty()) {
            (true, true) => format!(
                "the submodule stands on another commit: commit that with `git commit -m 'MESSAGE' {word}`, or go back: {back}"
            ),
            (true, false) => format!(
                "the submodule stands on another commit and has changes in it: commit them there, then `{word}` here, or go back: {back}"
            ),
            (false, _) => format!("commit what is changed in the submodule there, then `{word}` here, or put it aside: {back}"),
        }
    }));
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(path: &str) -> ChangedPath {
        ChangedPath { path: path.into(), staged: false, unstaged: true, code: " M".into(), submodule: None }
    }

    fn submodule(path: &str, moved: bool, modified: bool) -> ChangedPath {
        let modified = if modified { vec![format!("git -C {path} stash")] } else { Vec::new() };
        let way_back = Some(format!("git submodule update {path}"));
        let submodule = Some(ChangedSubmodule { staged: false, moved, modified, way_back });
        ChangedPath { submodule, ..plain(path) }
    }

    #[test]
    fn every_kind_of_change_gets_the_remedy_that_works_for_it() {
        let stash = "commit the changes, or put them aside with `git stash`";
        assert_eq!(remedies(&[plain("a"), plain("b")]), [stash]);
        let moved = remedies(&[submodule("sub", true, false)]);
        assert!(moved[0].ends_with("or go back: git submodule update sub"), "{moved:?}");
        let modified = remedies(&[submodule("sub", false, true)]);
        assert!(modified[0].ends_with("or put it aside: git -C sub stash"), "{modified:?}");
        let both = remedies(&[submodule("sub", true, true)]);
        assert!(both[0].ends_with("or go back: git -C sub stash && git submodule update sub"), "{both:?}");
        let mixed = remedies(&[plain("a"), submodule("sub", true, false)]);
        assert_eq!(mixed.len(), 2, "{mixed:?}");
        assert_eq!(mixed[0], "commit the other changes, or put them aside with `git stash`");
    }

    #[test]
    fn a_submodule_that_no_commit_records_yet_is_a_change_like_any_other() {
        let mut change = submodule("sub", false, false);
        for new in change.submodule.iter_mut() {
            new.way_back = None;
        }
        assert_eq!(remedies(&[change]), ["commit the changes, or put them aside with `git stash`"]);
    }

    #[test]
    fn the_list_says_what_git_status_says_of_a_submodule() {
        assert_eq!(remark(&plain("a")), "");
        assert_eq!(remark(&submodule("a", true, false)), " (submodule: new commits)");
        assert_eq!(remark(&submodule("a", true, true)), " (submodule: new commits, modified content)");
        assert_eq!(remark(&submodule("a", false, false)), " (submodule)");
    }
}
