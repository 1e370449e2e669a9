//! Asking a remote what it has. Only the remote's own answer says whether a tag is taken or a release was pushed: a
//! clone may be stale, or shallow and without any tags.

use std::collections::BTreeMap;

use serde::Serialize;

use super::talk::{RemoteTrouble, Talk};
use super::{ObjectId, Repository};

/// A tag on a remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemoteTag {
    /// What the reference holds: a tag object when annotated.
    pub object: ObjectId,
    /// What it stands for, through annotated tags.
    pub target: ObjectId,
}

/// What a remote has, by short names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RemoteRefs {
    /// The branches that were asked for.
    pub branches: BTreeMap<String, ObjectId>,
    /// All tags.
    pub tags: BTreeMap<String, RemoteTag>,
}

impl Repository {
    /// Asks a remote, or a URL, for one branch, or all of them, and for every tag. `settings` are words for git itself,
    /// and `variables` what they refer to.
    pub(super) fn remote_refs(
        &self,
        remote: &str,
        settings: &[&str],
        variables: &[(&str, &str)],
        branch: Option<&str>,
        talk: &Talk<'_>,
    ) -> Result<RemoteRefs, RemoteTrouble> {
        // `--heads` and `--tags` let the server leave out merge requests and pipelines, of which GitLab has many.
        let pattern = format!("refs/heads/{}", branch.unwrap_or("*"));
        let words = ["ls-remote", "--quiet", "--heads", "--tags", "--", remote, &pattern, "refs/tags/*"];
        let words: Vec<&str> = settings.iter().copied().chain(words).collect();
        let answer = self.talk(remote, &words, variables, talk)?;
        Ok(parse(&String::from_utf8_lossy(&answer), branch))
    }
}

impl Repository {
    /// Asks a repository, by URL or by the name of a remote, whether it has this tag.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn remote_has_tag(&self, remote: &str, tag: &str, talk: &Talk<'_>) -> Result<bool, RemoteTrouble> {
        let pattern = format!("refs/tags/{tag}");
        let answer =
            self.talk(remote, &["ls-remote", "--quiet", "--tags", "--", remote, &pattern], &[], talk)?;
        Ok(parse(&String::from_utf8_lossy(&answer), None).tags.contains_key(tag))
    }
}

/// Reads the answer: an id, a tab, a name; what an annotated tag stands for follows it with `^{}`. Anything else is
/// passed over.
fn parse(answer: &str, branch: Option<&str>) -> RemoteRefs {
    let mut refs = RemoteRefs::default();
    for line in answer.lines() {
        let Some((id, name)) = line.split_once('\t') else { continue };
        let Some(id) = ObjectId::parse(id) else { continue };
        // A pattern also matches the end of longer names.
        if let Some(name) = name.strip_prefix("refs/heads/") {
            if branch.is_none_or(|branch| branch == name) {
                refs.branches.insert(name.to_owned(), id);
            }
        } else if let Some(name) = name.strip_prefix("refs/tags/") {
            match name.strip_suffix("^{}") {
                Some(tag) => {
                    if let Some(tag) = refs.tags.get_mut(tag) {
                        tag.target = id;
                    }
                }
                None => {
                    refs.tags.insert(name.to_owned(), RemoteTag { object: id.clone(), target: id });
                }
            }
        }
    }
    refs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_by_exact_names() {
        let [a, b, c] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let answer = format!(
            "{a}\trefs/heads/main\n{b}\trefs/heads/fix/refs/heads/main\n{b}\trefs/tags/v1\n{c}\trefs/tags/v1^{{}}\n\
             {c}\trefs/tags/light\n{c}\trefs/merge-requests/1/head\nwarning: noise\nxyz\trefs/tags/no\n"
        );
        let id = |text: &str| ObjectId::parse(text).unwrap();
        let refs = parse(&answer, Some("main"));
        assert_eq!(refs.branches.into_iter().collect::<Vec<_>>(), [("main".to_owned(), id(&a))]);
        assert_eq!(
            refs.tags.into_iter().collect::<Vec<_>>(),
            [
                ("light".to_owned(), RemoteTag { object: id(&c), target: id(&c) }),
                ("v1".to_owned(), RemoteTag { object: id(&b), target: id(&c) }),
            ]
        );
        assert_eq!(parse(&answer, None).branches.len(), 2);
    }
}
