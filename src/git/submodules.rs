//! Submodules of the index: where they are, and how one differs from what the index records of it. git itself judges
//! that, because only it knows what the repository ignores of its submodules.

use std::ffi::OsString;
use std::path::Path;

use super::{ObjectId, Repository};
use crate::words::shell_word;

/// More submodules inside of each other are not looked into.
const DEEPEST: usize = 8;

/// How a submodule differs from what is recorded of it, and what brings it back. Commands are words of a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedSubmodule {
    /// The index records another commit than HEAD does.
    pub staged: bool,
    /// Another commit is checked out in it than the index records.
    pub moved: bool,
    /// Tracked files in it, or in submodules of it, are changed: the commands that put that aside, one for each
    /// repository.
    pub modified: Vec<String>,
    /// The command that checks out what the commit of the outer repository records; nothing where that records nothing.
    pub way_back: Option<String>,
}

/// What `git status --porcelain=v2` says of a submodule: `S<c><m><u>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) moved: bool,
    pub(super) modified: bool,
}

impl Marks {
    /// Nothing for a path that is no submodule.
    pub(super) fn parse(field: &[u8]) -> Option<Self> {
        match field {
            [b'S', moved, modified, _] => Some(Self { moved: *moved == b'C', modified: *modified == b'M' }),
            _ => None,
        }
    }
}

/// One line of `git status --porcelain=v2 -z` about a tracked path: its two letters, its marks, its name.
pub(super) fn tracked_line(line: &[u8]) -> Option<(char, char, Option<Marks>, &[u8])> {
    // `1 XY sub mH mI mW hH hI path`, and with one mode and one id more where there is a conflict.
    let fields = match line.first() {
        Some(b'1') => 9,
        Some(b'u') => 11,
        _ => return None,
    };
    let fields: Vec<&[u8]> = line.splitn(fields, |byte| *byte == b' ').collect();
    let [_, [staged, unstaged], sub, .., path] = fields.as_slice() else { return None };
    let letter = |byte: u8| if byte == b'.' { ' ' } else { char::from(byte) };
    Some((letter(*staged), letter(*unstaged), Marks::parse(sub), path))
}

impl Repository {
    /// What a person has to know about a submodule that differs.
    pub(super) fn changed_submodule(
        &self,
        path: &str,
        staged: bool,
        marks: Option<Marks>,
    ) -> ChangedSubmodule {
        let Marks { moved, modified } = marks.unwrap_or(Marks { moved: false, modified: false });
        let modified = if modified { self.put_aside_inside(path, DEEPEST) } else { Vec::new() };
        let tree = self.head().ok().and_then(|head| self.tree_of(&head.commit?).ok());
        let recorded = tree.and_then(|tree| Some(tree.get_path(Path::new(path)).ok()?.id()));
        let way_back = recorded.map(|id| self.submodule_back(path, &ObjectId::from_git(id)));
        ChangedSubmodule { staged, moved, modified, way_back }
    }

    /// The commands that put aside what is changed in a submodule and in those below it.
    fn put_aside_inside(&self, submodule: &str, depth: usize) -> Vec<String> {
        let word = shell_word(submodule);
        let stash = format!("git -C {word} stash");
        let words = ["-C", submodule, "status", "--porcelain=v2", "-z", "-uno", "--no-renames"];
        let Ok(said) = self.ask_git(words.map(OsString::from), &[0]) else { return vec![stash] };
        let mut found = Vec::new();
        for (_, _, marks, path) in said.split(|byte| *byte == 0).filter_map(tracked_line) {
            let path = String::from_utf8_lossy(path);
            match marks {
                None if found.contains(&stash) => {}
                None => found.push(stash.clone()),
                Some(marks) => {
                    if marks.modified && depth > 0 {
                        found.extend(self.put_aside_inside(&format!("{submodule}/{path}"), depth - 1));
                    }
                    if marks.moved {
                        found.push(format!("git -C {word} submodule update {}", shell_word(&path)));
                    }
                }
            }
        }
        if found.is_empty() { vec![stash] } else { found }
    }

    /// What `.gitmodules` calls the submodule at a path.
    fn submodule_name(&self, path: &str) -> Option<String> {
        let known = git2::Config::open(&self.work_dir.join(".gitmodules")).ok()?;
        let entries = known.entries(Some("^submodule\\..*\\.path$")).ok()?;
        let mut name = None;
        let _read = entries.for_each(|entry| {
            if entry.value().ok() == Some(path) {
                let key = entry.name().ok().and_then(|key| key.strip_prefix("submodule."));
                name = key.and_then(|key| key.strip_suffix(".path")).map(str::to_owned);
            }
        });
        name
    }

    /// `git submodule update` goes by what `.gitmodules` and the configuration know of the submodule; a repository that
    /// somebody only committed is brought back by itself.
    fn submodule_back(&self, path: &str, recorded: &ObjectId) -> String {
        let word = shell_word(path);
        let name = self.submodule_name(path);
        let settings = self.settings().ok();
        let set = |key: &str| {
            let name = name.as_ref()?;
            settings.as_ref()?.text(&format!("submodule.{name}.{key}"))
        };
        if name.is_none() {
            return format!("git -C {word} checkout --detach {recorded}");
        }
        let init = if set("url").is_none() { " --init" } else { "" };
        let checkout = if set("update").is_some_and(|how| how != "checkout") { " --checkout" } else { "" };
        format!("git submodule update{init}{checkout} {word}")
    }
}

/// The submodule that `path` lies in.
pub fn submodule_around<'a>(submodules: &'a [String], path: &str) -> Option<&'a str> {
    let path = Path::new(path);
    let holds = |submodule: &&String| path != Path::new(submodule) && path.starts_with(submodule);
    submodules.iter().find(holds).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_git_status_gives_its_letters_what_is_said_of_a_submodule_and_the_whole_name() {
        let ids = "0000000000000000000000000000000000000000 1111111111111111111111111111111111111111";
        let line = format!("1 .M SCM. 160000 160000 160000 {ids} a sub module");
        let marks = Marks { moved: true, modified: true };
        assert_eq!(tracked_line(line.as_bytes()), Some((' ', 'M', Some(marks), &b"a sub module"[..])));
        let line = format!("1 MD N... 100644 100644 100644 {ids} a/b");
        assert_eq!(tracked_line(line.as_bytes()), Some(('M', 'D', None, &b"a/b"[..])));
        let line = format!("u UU N... 100644 100644 100644 100644 {ids} 2 c d");
        assert_eq!(tracked_line(line.as_bytes()), Some(('U', 'U', None, &b"c d"[..])));
        assert_eq!(tracked_line(b"? new"), None);
        assert_eq!(tracked_line(b""), None);
    }

    #[test]
    fn a_path_lies_in_a_submodule_and_is_not_the_submodule_itself() {
        let submodules = ["lib/tool".to_owned(), "sub".to_owned()];
        assert_eq!(submodule_around(&submodules, "sub/package.json"), Some("sub"));
        assert_eq!(submodule_around(&submodules, "lib/tool/a/b"), Some("lib/tool"));
        for path in ["sub", "subway/package.json", "lib/package.json", ""] {
            assert_eq!(submodule_around(&submodules, path), None, "{path}");
        }
    }
}
