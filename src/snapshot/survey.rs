//! A look at a repository that has no configuration yet: which files there are, and the text of those that may hold a
//! version. It reads the work tree, because the first configuration is written before anything is committed.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{SmallFile, in_work_tree_up_to};
use crate::config::Limits;
use crate::error::Problem;
use crate::git::Repository;

/// What a repository consists of, as far as a first configuration depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// The branch that releases are probably cut on.
    pub branch: String,
    /// The remote they are probably pushed to.
    pub remote: String,
    /// Every file that git tracks or could track.
    pub paths: BTreeSet<String>,
    /// The names of all tags that are here.
    pub tags: Vec<String>,
    /// The text of the files that were asked for and are plain text.
    pub texts: BTreeMap<String, String>,
}

/// Looks at the work tree and reads every file that `wanted` says.
///
/// # Errors
/// git cannot say which files there are, or one of them cannot be read.
pub fn survey(repository: &Repository, wanted: impl Fn(&str) -> bool) -> Result<Survey, Problem> {
    let paths: BTreeSet<String> = repository.listed_files()?.into_iter().collect();
    let limit = Limits::default().manifest_bytes;
    let mut texts = BTreeMap::new();
    for path in paths.iter().filter(|path| wanted(path)) {
        match in_work_tree_up_to(&repository.work_dir().join(path), limit) {
            Ok(SmallFile::Bytes(bytes)) => {
                if let Ok(text) = String::from_utf8(bytes) {
                    texts.insert(path.clone(), text);
                }
            }
            Ok(SmallFile::Missing | SmallFile::Unfit) => {}
            Err(error) => {
                let problem = Problem::circumstance(format!(
                    "`{path}` cannot be read: {}",
                    super::configuration::plain(&error)
                ));
                return Err(problem.hint("check its permissions"));
            }
        }
    }
    let mut remotes = repository.remote_names()?;
    let remote = match remotes.as_slice() {
        [only] => only.clone(),
        _ if remotes.iter().any(|name| name == "origin") => "origin".to_owned(),
        _ => remotes.drain(..).next().unwrap_or_else(|| "origin".to_owned()),
    };
    let branch = match repository.default_branch(&remote) {
        Some(branch) => branch,
        None => repository.head()?.branch.unwrap_or_else(|| "main".to_owned()),
    };
    let tags = repository.local_tags()?.into_iter().map(|tag| tag.name).collect();
    Ok(Survey { branch, remote, paths, tags, texts })
}
