//! What lies in the work tree and what the remote calls its default branch: read to describe a repository that has no
//! configuration yet, never for a release.

use super::Repository;
use super::trouble::explain;
use crate::error::Problem;

impl Repository {
    /// Every file that is tracked or could be, from the top of the work tree, in byte order; what git is told to ignore
    /// is left out. Names that are not UTF-8 are left out as well.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn listed_files(&self) -> Result<Vec<String>, Problem> {
        let words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = self.ask_git(words, &[0])?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let mut names: Vec<String> =
            names.filter_map(|name| Some(std::str::from_utf8(name).ok()?.to_owned())).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The names of the remotes.
    ///
    /// # Errors
    /// The settings cannot be read.
    pub fn remote_names(&self) -> Result<Vec<String>, Problem> {
        let names = self.inner.remotes().map_err(|error| explain("cannot read the remotes", &error))?;
        Ok(names.iter().flatten().flatten().map(str::to_owned).collect())
    }

    /// The branch that a clone of this remote starts on, as far as it was fetched.
    pub fn default_branch(&self, remote: &str) -> Option<String> {
        let folder = format!("refs/remotes/{remote}/");
        let head = self.inner.find_reference(&format!("{folder}HEAD")).ok()?;
        let target = head.symbolic_target().ok()??.to_owned();
        target.strip_prefix(&folder).map(str::to_owned)
    }
}
