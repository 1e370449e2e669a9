//! Holds the table of `ARCHITECTURE.md`: a room of `src/` imports only rooms that stand in rows above its own.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "reads the sources of the project itself")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The one import that still runs the other way, as `ARCHITECTURE.md` says: what a request needs is computed by the plan.
const OTHER_WAY: (&str, &str) = ("snapshot", "plan");

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The row of each room, counted from the top.
fn rows() -> BTreeMap<String, usize> {
    let page = std::fs::read_to_string(project().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let table = page.lines().skip_while(|line| !line.starts_with("| rooms |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|')).enumerate();
    rows.flat_map(|(row, line)| {
        let rooms = line.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2);
        rooms.map(move |room| (room.to_owned(), row)).collect::<Vec<_>>()
    })
    .collect()
}

/// The sources below a folder with their paths, without those that are only tests.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_test = name.ends_with("tests") || name == "properties";
        if entry.is_dir() && !is_test {
            sources(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") && !is_test {
            into.push(entry);
        }
    }
}

/// What a source imports from the root of the crate, as far as it is no test.
fn imported(source: &str) -> BTreeSet<String> {
    let code: Vec<&str> = source
        .split("\n#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut rooms = BTreeSet::new();
    for path in code.split("crate::").skip(1) {
        match path.strip_prefix('{') {
            None => drop(rooms.insert(word(path))),
            Some(list) => {
                let mut depth = 0;
                let end = list.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                let mut depth = 0;
                let top = list.get(..end.unwrap_or(list.len())).unwrap_or_default().split(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth == 0 && c == ','
                });
                rooms.extend(top.map(word).filter(|room| !room.is_empty()));
            }
        }
    }
    rooms
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let rows = rows();
    let source_folder = project().join("src");
    let mut files = Vec::new();
    sources(&source_folder, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&source_folder).expect("below src");
        let first = inside.iter().next().and_then(|part| part.to_str()).expect("a name");
        let room = first.strip_suffix(".rs").unwrap_or(first);
        if matches!(room, "lib" | "main") {
            continue;
        }
        let Some(row) = rows.get(room) else {
            wrong.push(format!("`{room}` stands in no row of ARCHITECTURE.md"));
            continue;
        };
        for other in imported(&std::fs::read_to_string(&file).expect("a source")) {
            match rows.get(&other) {
                _ if other == room => {}
                Some(above) if above < row || (room, other.as_str()) == OTHER_WAY => {}
                Some(_) => wrong.push(format!("{}: `{room}` imports `{other}`", inside.display())),
                None => wrong.push(format!("{}: `{other}` is no room", inside.display())),
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_read_as_they_are_written() {
    let rooms = |source: &str| imported(source).into_iter().collect::<Vec<_>>();
    assert_eq!(
        rooms("use crate::git::{self, Repository};\nlet x = crate::words::counted(1);"),
        ["git", "words"]
    );
    assert_eq!(rooms("use crate::{error::{Error, Kind}, ui};\n// crate::plan\n"), ["error", "ui"]);
    assert_eq!(rooms("use crate::ui;\n#[cfg(test)]\nmod tests { use crate::plan; }"), ["ui"]);
}

#[test]
fn every_row_names_rooms_that_exist() {
    let rows = rows();
    assert!(rows.len() > 15, "{rows:?}");
    for room in rows.keys() {
        let there = ["src", room].iter().collect::<PathBuf>();
        let exists = [there.with_extension("rs"), there].iter().any(|path| project().join(path).exists());
        assert!(exists, "there is no room `{room}`");
    }
}
