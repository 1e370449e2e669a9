//! Folders of a repository as text: what lies where, seen from another place of it. Nothing here looks at a disk, so a
//! link is a name like any other.

/// The folder that a file lies in; nothing at the top of the repository.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Where a path leads to, seen from a folder of the repository; the top is the empty text. Nothing where it leaves the
/// repository, or is not relative.
pub fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains(['\\', ':']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_folder_of_the_repository_or_nowhere() {
        for (folder, path, expected) in [
            ("two", "../one", Some("one")),
            ("", "one/", Some("one")),
            ("a/b", ".", Some("a/b")),
            ("a/b", "../../", Some("")),
            ("a/b", "./c/../d", Some("a/b/d")),
            ("a", "../../a", None),
            ("", "..", None),
            ("a", "/a", None),
            ("a", "C:/a", None),
            ("a", "..\\a", None),
        ] {
            assert_eq!(joined(folder, path).as_deref(), expected, "{folder} {path}");
        }
        assert_eq!((folder_of("a/b/Cargo.toml"), folder_of("Cargo.toml")), ("a/b", ""));
    }
}
