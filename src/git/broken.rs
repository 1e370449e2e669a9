//! References that a crash or a full disk has torn: the file is there, and holds nothing that git can read. git passes
//! over them in some commands and stops in others (`git fetch`, `git gc`), and repairs none of them, so a release that
//! begins beside one may fail when it is half done.

use std::path::{Path, PathBuf};

use super::Repository;
use super::trouble::shell_word;
use crate::error::{Error, Kind, Problem, Result};

impl Repository {
    /// Refuses to work on a repository with torn references.
    ///
    /// # Errors
    /// `Refused`: every torn reference, with the commands that mend it.
    pub fn refuse_torn_references(&self) -> Result<()> {
        let torn = self.torn_references();
        if torn.is_empty() { Ok(()) } else { Err(Error::new(Kind::Refused, torn)) }
    }

    fn torn_references(&self) -> Vec<Problem> {
        let (common, own) = (self.common_dir(), self.git_dir());
        let mut torn = torn_below(common);
        if own != common {
            torn.extend(torn_below(own));
        }
        torn.sort();
        torn.into_iter().map(|(file, name, is_empty)| self.torn(&file, &name, is_empty)).collect()
    }

    fn torn(&self, file: &Path, name: &str, is_empty: bool) -> Problem {
        let holds = if is_empty { "is empty" } else { "holds no id of an object" };
        let shown = file.display().to_string();
        let problem =
            Problem::circumstance(format!("the reference `{name}` is broken: its file `{shown}` {holds}"))
                .hint(format!(
                    "a crash or a full disk leaves such a file, and git does not repair it: `rm {}`",
                    shell_word(&shown)
                ));
        if let Some(tag) = name.strip_prefix("refs/tags/") {
            let word = shell_word(&format!("refs/tags/{tag}:refs/tags/{tag}"));
            return problem
                .hint(format!("then, where the tag was pushed, fetch it again: `git fetch REMOTE {word}`"));
        }
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            let log = self.common_dir().join("logs").join(name);
            let (log, branch) = (shell_word(&log.display().to_string()), shell_word(branch));
            return problem.hint(format!(
                "then put the branch where it was, by the second id in the last line of its log: `tail -n 1 {log}`, `git update-ref refs/heads/{branch} ID`"
            ));
        }
        if name.starts_with("refs/remotes/") {
            return problem.hint("then fetch it again: `git fetch --all`");
        }
        problem
    }
}

/// The files below `refs` that hold neither an id nor the name of another reference: path, name, and whether it is empty.
fn torn_below(git_dir: &Path) -> Vec<(PathBuf, String, bool)> {
    let mut torn = Vec::new();
    let mut folders = vec![git_dir.join("refs")];
    while let Some(folder) = folders.pop() {
        #[expect(clippy::disallowed_methods, reason = "the files of references are git's")]
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            // Not a name that a reference can have: git passes over it, whatever it holds.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                // A lock is no reference, and a link is one that git follows.
                Ok(kind) if kind.is_file() && !entry.file_name().as_encoded_bytes().ends_with(b".lock") => {
                    #[expect(clippy::disallowed_methods, reason = "the files of references are git's")]
                    let Ok(bytes) = std::fs::read(&path) else { continue };
                    if !is_whole(&bytes) {
                        let name = path.strip_prefix(git_dir).unwrap_or(&path).display().to_string();
                        torn.push((path, name, bytes.is_empty()));
                    }
                }
                _ => {}
            }
        }
    }
    torn
}

/// Whether git can read it: `ref: NAME`, or an id that is not all zeros and that white space or nothing follows.
fn is_whole(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"ref:") {
        return true;
    }
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (id, rest) = bytes.split_at_checked(digits).unwrap_or_default();
    matches!(digits, 40 | 64)
        && id.iter().any(|digit| *digit != b'0')
        && rest.first().is_none_or(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_whole_when_git_can_read_it() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for whole in [id.to_owned(), format!("{id}\n"), format!("{sha256}\n"), "ref: refs/heads/x\n".into()] {
            assert!(is_whole(whole.as_bytes()), "{whole:?}");
        }
        let zeros = "0".repeat(40);
        for torn in ["", "\n", "0123456789", &format!("{id}0"), &zeros, "\0\0\0\0", "refs/heads/x"] {
            assert!(!is_whole(torn.as_bytes()), "{torn:?}");
        }
    }
}
