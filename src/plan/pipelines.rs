//! How many pipelines one push starts. GitLab starts them for the first four references of a push and passes over the
//! rest without a word, so a release with more tags than that publishes only a part of itself.

use super::{Plan, push};

/// GitLab's limit on branch and tag pipelines for one push.
const PIPELINES_OF_A_PUSH: usize = 4;

/// Hosts that are no GitLab; what else a URL names may be one.
pub const NO_GITLAB: [&str; 7] = [
    "github.com",
    "ssh.github.com",
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "dev.azure.com",
    "ssh.dev.azure.com",
];

/// Whether a URL may be that of a GitLab: everything but a host that is known as something else. A folder may be served
/// by one, or be mirrored to one.
pub(super) fn may_be_gitlab(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', ':']).next().unwrap_or_default();
    let host = match rest.split('/').next().and_then(|authority| authority.rsplit_once('@')) {
        Some((_, host)) => host.split(':').next().unwrap_or_default(),
        None => authority,
    };
    !NO_GITLAB.contains(&host.to_ascii_lowercase().as_str())
}

impl Plan {
    /// The pushes, in this order, that start every pipeline; nothing where one push does. The branch goes first, so no
    /// tag is ever there whose commit is not.
    pub fn pushes_for_pipelines(&self, remote: &str) -> Option<Vec<String>> {
        if !self.gitlab || self.refspecs.short.len() <= PIPELINES_OF_A_PUSH {
            return None;
        }
        let parts = self.refspecs.short.chunks(PIPELINES_OF_A_PUSH);
        Some(parts.map(|refspecs| push::command(remote, refspecs, false)).collect())
    }

    /// The same as a warning; more lines than one.
    pub(super) fn too_many_references(&self) -> Option<String> {
        let pushes = self.pushes_for_pipelines(&self.remote_name)?;
        let without = if self.push.is_some() { "leave out `--push` and push" } else { "push" };
        Some(format!(
            "the push has {} references, and GitLab starts pipelines for at most {PIPELINES_OF_A_PUSH} of one push\n\
             to have all of them, {without} in parts, in this order:\n{}",
            self.refspecs.short.len(),
            pushes.join("\n")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_that_is_known_as_something_else_is_no_gitlab() {
        for url in [
            "git@gitlab.com:a/b.git",
            "https://git.invalid/a/b.git",
            "ssh://git@git.invalid:2222/a/b.git",
            "../origin.git",
            "/srv/github.com/b.git",
        ] {
            assert!(may_be_gitlab(url), "{url}");
        }
        for url in [
            "git@github.com:a/b.git",
            "https://GitHub.com/a/b.git",
            "https://github.com:443/a/b.git",
            "ssh://git@bitbucket.org/a/b.git",
            "git@ssh.dev.azure.com:v3/a/b/c",
            "github.com:a/b",
        ] {
            assert!(!may_be_gitlab(url), "{url}");
        }
    }
}
