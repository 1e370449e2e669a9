//! How a release is pushed, as the words that git takes: branch and tags in one atomic push, each under a name that
//! can mean nothing else. Whoever shows the command, runs it or writes it down takes it from here.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Plan, PublishedRef};
use crate::words::shell_word;

/// A push of the release: branch and tags together or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedPush {
    /// The remote by name.
    pub remote: String,
    /// Where that is, without credentials; a push reaches each of them.
    pub urls: Vec<String>,
    /// What is pushed, the branch first; nothing else is.
    pub refspecs: Vec<String>,
    /// Without the hook pre-push, as `git push --no-verify` leaves it out.
    pub no_verify: bool,
}

impl PlannedPush {
    /// The same push as a command to copy.
    pub fn command(&self) -> String {
        command(&self.remote, &self.refspecs, self.no_verify)
    }

    /// The same in two pushes, for a server that takes none together: the branch, then the tags. In this order no tag
    /// is ever there whose commit is not on the branch.
    pub fn in_order(&self) -> [String; 2] {
        let (branch, tags) = self.refspecs.split_at(self.refspecs.len().min(1));
        [branch, tags]
            .map(|refspecs| command(&self.remote, refspecs, self.no_verify).replacen(" --atomic", "", 1))
    }
}

impl Plan {
    /// The push by hand, for a person: as short as it may be.
    pub fn push_command(&self, remote: &str) -> String {
        command(remote, &self.refspecs.short, false)
    }

    /// The push as it was meant when the release began, under names that hold later too: for whoever completes it.
    pub fn later_push_command(&self) -> String {
        command(&self.remote_name, &self.refspecs.full, self.no_verify)
    }
}

/// A push of these, as a command to copy.
pub(super) fn command(remote: &str, refspecs: &[String], no_verify: bool) -> String {
    let no_verify = if no_verify { "--no-verify " } else { "" };
    let words = std::iter::once(remote).chain(refspecs.iter().map(String::as_str)).map(shell_word);
    format!("git push --atomic {no_verify}{}", words.collect::<Vec<_>>().join(" "))
}

/// The references of a release as `git push` names them, the branch first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refspecs {
    /// In full: right whatever else is called alike by then.
    pub full: Vec<String>,
    /// By their short names where those mean one thing here.
    pub short: Vec<String>,
}

impl Refspecs {
    /// Names the branch and the tags of a release, beside the references that are here already.
    pub(super) fn new<'a>(
        published: &PublishedRef,
        tags: impl Iterator<Item = &'a str>,
        existing: &[String],
    ) -> Self {
        let tags: Vec<String> = tags.map(|tag| format!("refs/tags/{tag}")).collect();
        let mut here: BTreeSet<&str> = existing.iter().map(String::as_str).collect();
        let branch = format!("refs/heads/{}", published.branch());
        here.extend(tags.iter().chain([&branch]).map(String::as_str));
        let (branch_in_full, branch_in_short) = match published {
            PublishedRef::Branch(_) => (in_full(&branch, &here), in_short(&branch, &here)),
            PublishedRef::DetachedFor(_) => (format!("HEAD:{branch}"), format!("HEAD:{branch}")),
        };
        let short = |full: &String| match published {
            PublishedRef::Branch(_) => in_short(full, &here),
            // Beside a refspec that is written out, so are the tags.
            PublishedRef::DetachedFor(_) => in_full(full, &here),
        };
        Self {
            short: std::iter::once(branch_in_short).chain(tags.iter().map(short)).collect(),
            full: std::iter::once(branch_in_full)
                .chain(tags.iter().map(|full| in_full(full, &here)))
                .collect(),
        }
    }
}

/// Whether git takes `name` for this one reference: it looks below `refs/`, `refs/tags/` and `refs/heads/` too, and a
/// match in more than one of them is an error (`src refspec matches more than one`).
fn means_only(name: &str, full: &str, here: &BTreeSet<&str>) -> bool {
    ["", "refs/", "refs/tags/", "refs/heads/"]
        .into_iter()
        .map(|folder| format!("{folder}{name}"))
        .all(|candidate| candidate == full || !here.contains(candidate.as_str()))
}

/// Even a full name may be the end of another one, where somebody called a branch `refs/heads/main`.
fn in_full(full: &str, here: &BTreeSet<&str>) -> String {
    let below = full.strip_prefix("refs/").unwrap_or(full);
    if !means_only(full, full, here) && means_only(below, full, here) {
        return format!("{below}:{full}");
    }
    full.to_owned()
}

/// The name without its folder, unless that means something else or more to git: another reference, an option, a
/// forced push (`+x`), or a word of its own (`git push origin tag v1`).
fn in_short(full: &str, here: &BTreeSet<&str>) -> String {
    let name = full.strip_prefix("refs/heads/").or_else(|| full.strip_prefix("refs/tags/")).unwrap_or(full);
    let plain = !name.starts_with(['-', '+']) && !matches!(name, "tag" | "HEAD");
    if plain && means_only(name, full, here) { name.to_owned() } else { in_full(full, here) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(branch: &str, tags: &[&str], existing: &[&str]) -> [String; 2] {
        let existing: Vec<String> = existing.iter().map(|name| (*name).to_owned()).collect();
        let published = PublishedRef::Branch(branch.into());
        let refspecs = Refspecs::new(&published, tags.iter().copied(), &existing);
        [refspecs.full.join(" "), refspecs.short.join(" ")]
    }

    #[test]
    fn a_name_is_short_where_it_means_one_thing_and_full_otherwise() {
        let full = "refs/heads/main refs/tags/v1";
        let usual = ["refs/heads/main", "refs/tags/v0", "refs/remotes/origin/main", "refs/stash"];
        assert_eq!(named("main", &["v1"], &usual), [full, "main v1"]);
        // A branch of the tag's name, a tag of the branch's, and both.
        assert_eq!(named("main", &["v1"], &["refs/heads/v1"]), [full, "main refs/tags/v1"]);
        assert_eq!(named("main", &["v1"], &["refs/tags/main"]), [full, "refs/heads/main v1"]);
        assert_eq!(named("main", &["v1"], &["refs/v1"]), [full, "main refs/tags/v1"]);
        assert_eq!(named("main", &["v1"], &["refs/tags/main", "refs/heads/v1"]), [full, full]);
        // The tag that the release makes may itself be the second one.
        assert_eq!(named("v1", &["v1"], &[]), ["refs/heads/v1 refs/tags/v1"; 2].map(str::to_owned));
    }

    #[test]
    fn a_name_that_git_takes_for_something_else_is_never_short() {
        assert_eq!(named("tag", &["v1"], &[])[1], "refs/heads/tag v1");
        assert_eq!(named("main", &["-v1"], &[])[1], "main refs/tags/-v1");
        assert_eq!(named("main", &["+v1"], &[])[1], "main refs/tags/+v1");
    }

    #[test]
    fn a_full_name_that_is_the_end_of_another_is_named_below_refs() {
        let [full, short] = named("main", &["v1"], &["refs/heads/refs/heads/main", "refs/tags/refs/tags/v1"]);
        assert_eq!(full, "heads/main:refs/heads/main tags/v1:refs/tags/v1");
        assert_eq!(short, "main v1");
    }

    #[test]
    fn the_command_is_quoted_for_a_shell_and_leaves_the_hook_out_where_that_was_asked() {
        let refspecs = ["refs/heads/main".to_owned(), "refs/tags/it's".to_owned()];
        assert_eq!(
            command("origin", &refspecs, true),
            r"git push --atomic --no-verify origin refs/heads/main 'refs/tags/it'\''s'"
        );
    }
}
