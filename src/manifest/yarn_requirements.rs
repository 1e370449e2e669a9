//! What yarn.lock says of the packages of its workspace, since Yarn 2: each has an entry whose key lists every range that
//! was resolved to it, and which repeats what the package asks of others. Yarn keeps the ranges of a key in order, and the
//! entries by their keys; it takes a lock file for up to date only where it would write the very same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Copied, Found, Problem, Source};

/// The protocol that Yarn adds to a range without one.
const PROTOCOL: &str = "npm:";

/// An entry of the lock file.
struct Entry<'a> {
    /// Its key without quotes.
    key: &'a str,
    key_at: usize,
    /// The folder of a package of the workspace.
    folder: Option<&'a str>,
    asked: Vec<Asked<'a>>,
}

/// A line of an entry that asks for another package.
struct Asked<'a> {
    name: &'a str,
    range: &'a str,
    at: usize,
    /// A peer is not resolved for whoever asks for it.
    is_peer: bool,
}

impl Entry<'_> {
    fn ranges(&self) -> impl Iterator<Item = &str> {
        self.key.split(", ")
    }
}

/// What a yarn.lock repeats of the manifests of its workspace; nothing where it is one of Yarn 1, which has no entries for
/// them.
///
/// # Errors
/// A merge left its marks.
pub fn yarn_lock_copies(text: &str, path: &str) -> Result<Vec<Copied>, Problem> {
    let source = Source::new(text, path);
    let entries = entries(&source)?;
    let resolved: BTreeMap<&str, bool> = entries
        .iter()
        .flat_map(|entry| entry.key.split(", ").map(|range| (range, entry.folder.is_some())))
        .collect();
    let mut copies = Vec::new();
    for entry in &entries {
        let Some(folder) = entry.folder else { continue };
        for asked in &entry.asked {
            let wanted = format!("{}@{}", asked.name, asked.range);
            let table = if asked.is_peer { "peerDependencies" } else { "*" };
            copies.push(Copied {
                folder: if folder == "." { String::new() } else { folder.to_owned() },
                key: format!("/{table}/{}", asked.name.replace('~', "~0").replace('/', "~1")),
                package: asked.name.to_owned(),
                is_own: resolved.get(wanted.as_str()).copied().filter(|_| !asked.is_peer),
                found: source.found(
                    asked.at..asked.at + asked.range.len(),
                    asked.range.to_owned(),
                    format!("\"{}\" {}", entry.key, asked.name),
                ),
            });
        }
    }
    Ok(copies)
}

/// What the keys of entries become when these ranges of [`yarn_lock_copies`] do.
///
/// # Errors
/// The entries would stand in another order.
pub fn yarn_lock_keys(
    text: &str,
    path: &str,
    ranges: &[(Found, String)],
) -> Result<Vec<(Found, String)>, Problem> {
    let source = Source::new(text, path);
    let entries = entries(&source)?;
    let new: BTreeMap<usize, &str> =
        ranges.iter().map(|(found, range)| (source.offset(found), range.as_str())).collect();
    // What is asked for afterwards in the place of each range.
    let mut took: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in entries.iter().flat_map(|entry| &entry.asked).filter(|line| !line.is_peer) {
        let before = format!("{}@{}", line.name, line.range);
        let after = new.get(&line.at).map_or(before.clone(), |range| format!("{}@{range}", line.name));
        took.entry(before).or_default().insert(after);
    }
    let mut keys = Vec::new();
    let mut ordered = Vec::new();
    for entry in &entries {
        let mut after: Vec<String> = Vec::new();
        for range in entry.ranges() {
            match took.get(range).filter(|_| entry.folder.is_some()) {
                // Nothing in this file asks for it: a folder of the workspace, or what a resolution names.
                None => after.push(range.to_owned()),
                Some(replaced) => after.extend(replaced.iter().cloned()),
            }
        }
        // As JavaScript does: by the units of UTF-16.
        after.sort_by_key(|range| units(range));
        after.dedup();
        let after = after.join(", ");
        if after != entry.key {
            let found =
                source.found(entry.key_at..entry.key_at + entry.key.len(), entry.key.to_owned(), "key");
            keys.push((found, after.clone()));
        }
        ordered.push(after);
    }
    let falls = |pair: &[String]| matches!(pair, [left, right] if units(left) > units(right));
    let was_in_order =
        entries.windows(2).all(|pair| matches!(pair, [left, right] if units(left.key) <= units(right.key)));
    if was_in_order && ordered.windows(2).any(falls) {
        let line = keys.first().map_or(0, |(found, _)| found.line);
        return Err(Problem::content(format!(
            "{path}:{line}: with the new ranges, Yarn puts the entries in another order"
        ))
        .hint(
            "let a `[[step]]` run `yarn install --mode update-lockfile`, and list the file in its `writes`",
        ));
    }
    Ok(keys)
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// A range as the lock file of Yarn writes it.
pub fn yarn_range(range: &str) -> String {
    let has_protocol = range.split_once(':').is_some_and(|(protocol, _)| {
        !protocol.is_empty() && protocol.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
    });
    if has_protocol { range.to_owned() } else { format!("{PROTOCOL}{range}") }
}

fn entries<'a>(source: &Source<'a>) -> Result<Vec<Entry<'a>>, Problem> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    if !source.body.lines().any(|line| line.trim_end() == "__metadata:") {
        return Ok(entries);
    }
    let mut next = 0;
    let mut list: Option<bool> = None;
    for line in source.body.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let line = line.trim_end();
        if line.starts_with("<<<<<<< ") {
            return Err(source.malformed(start, "a merge conflict"));
        }
        if line.is_empty() || line.starts_with('#') || line == ":" {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        match indent {
            0 => {
                list = None;
                // A long key stands behind a question mark, and its colon on the next line.
                let written = line.strip_prefix("? ").unwrap_or(line);
                let at = start + (line.len() - written.len());
                let written = written.strip_suffix(':').unwrap_or(written);
                let key = unquoted(written);
                if key != "__metadata" {
                    let key_at = at + (written.len() - key.len()) / 2;
                    entries.push(Entry { key, key_at, folder: None, asked: Vec::new() });
                }
            }
            2 => {
                list = match line.trim() {
                    "dependencies:" => Some(false),
                    "peerDependencies:" => Some(true),
                    _ => None,
                };
                let resolution = line.trim().strip_prefix("resolution: ").map(unquoted);
                let folder =
                    resolution.and_then(|it| it.rsplit_once("@workspace:")).map(|(_, folder)| folder);
                if let (Some(folder), Some(entry)) = (folder, entries.last_mut()) {
                    entry.folder = Some(folder);
                }
            }
            _ => {
                let (Some(is_peer), Some(entry)) = (list, entries.last_mut()) else { continue };
                let Some((name, value)) = field(line.trim_start()) else { continue };
                let value_at = start + line.len() - value.len();
                let range = unquoted(value);
                let at = value_at + (value.len() - range.len()) / 2;
                entry.asked.push(Asked { name: unquoted(name), range, at, is_peer });
            }
        }
    }
    Ok(entries)
}

/// The two sides of a line; a name with a colon stands in quotes.
fn field(line: &str) -> Option<(&str, &str)> {
    let end = match line.strip_prefix('"') {
        Some(rest) => rest.find('"')? + 2,
        None => line.find(':')?,
    };
    let (name, rest) = line.split_at_checked(end)?;
    Some((name, rest.strip_prefix(": ")?))
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
__metadata:
  version: 8

\"@own/two@workspace:packages/two\":
  version: 0.0.0-use.local
  resolution: \"@own/two@workspace:packages/two\"
  dependencies:
    left-pad: \"npm:^1.0.0\"
    one: \"npm:^1.0.0\"
  peerDependencies:
    one: ^1.0.0
  dependenciesMeta:
    one:
      optional: true
  languageName: unknown

\"left-pad@npm:^1.0.0\":
  version: 1.3.0
  resolution: \"left-pad@npm:1.3.0\"
  dependencies:
    one: \"npm:>=1\"

\"one@npm:>=1, one@npm:^1.0.0, one@npm:~1.0.0, one@workspace:packages/one\":
  resolution: \"one@workspace:packages/one\"

\"root@workspace:.\":
  resolution: \"root@workspace:.\"
  dependencies:
    one: \"npm:~1.0.0\"
";

    fn edits(text: &str) -> Vec<(Found, String)> {
        let copies = yarn_lock_copies(text, "yarn.lock").unwrap();
        let of_one = copies.into_iter().filter(|copy| copy.key.ends_with("/one"));
        let moved = of_one.map(|copy| {
            let range = copy.found.value.replace("1.0.0", "2.0.0");
            (copy.found, range)
        });
        moved.collect()
    }

    #[test]
    fn members_repeat_what_they_ask_and_where_it_leads() {
        let copies = yarn_lock_copies(LOCK, "yarn.lock").unwrap();
        let seen: Vec<_> = copies
            .iter()
            .map(|it| {
                (it.folder.as_str(), it.key.as_str(), it.found.value.as_str(), it.found.line, it.is_own)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("packages/two", "/*/left-pad", "npm:^1.0.0", 8, Some(false)),
                ("packages/two", "/*/one", "npm:^1.0.0", 9, Some(true)),
                ("packages/two", "/peerDependencies/one", "^1.0.0", 11, None),
                ("", "/*/one", "npm:~1.0.0", 29, Some(true)),
            ]
        );
    }

    #[test]
    fn a_key_holds_what_is_asked_for_and_stays_in_order() {
        let keys = yarn_lock_keys(LOCK, "yarn.lock", &edits(LOCK)).unwrap();
        let keys: Vec<_> = keys.iter().map(|(found, key)| (found.line, key.as_str())).collect();
        assert_eq!(keys, [(23, "one@npm:>=1, one@npm:^2.0.0, one@npm:~2.0.0, one@workspace:packages/one")]);
        // What a third one asks for stays in the key beside what took its place.
        let shared =
            LOCK.replace(">=1", "^1.0.0").replace("one@npm:^1.0.0, one@npm:^1.0.0", "one@npm:^1.0.0");
        let keys = yarn_lock_keys(&shared, "yarn.lock", &edits(&shared)).unwrap();
        assert_eq!(keys[0].1, "one@npm:^1.0.0, one@npm:^2.0.0, one@npm:~2.0.0, one@workspace:packages/one");
    }

    #[test]
    fn entries_that_would_change_places_are_refused() {
        let text = LOCK
            .replace("\"root@", "\"one@npm:^1.5.0\":\n  resolution: \"one@npm:1.6.0\"\n\n\"root@")
            .replace(">=1", "^1.0.0");
        let text = text
            .replace("one@npm:^1.0.0, one@npm:^1.0.0", "one@npm:^1.0.0")
            .replace("    one: \"npm:^1.0.0\"\n\n", "\n");
        let problem = yarn_lock_keys(&text, "yarn.lock", &edits(&text)).unwrap_err();
        assert_eq!(
            problem.message,
            "yarn.lock:22: with the new ranges, Yarn puts the entries in another order"
        );
    }

    #[test]
    fn other_lock_files_repeat_nothing_and_conflicts_are_told() {
        let classic =
            "# yarn lockfile v1\n\n\"one@^1.0.0\":\n  version \"1.0.0\"\n  dependencies:\n    one \"^1\"\n";
        assert_eq!(yarn_lock_copies(classic, "yarn.lock").unwrap(), []);
        let conflict = LOCK.replace("  version: 8", "<<<<<<< HEAD");
        assert_eq!(
            yarn_lock_copies(&conflict, "yarn.lock").unwrap_err().message,
            "yarn.lock:2: conflict marker `<<<<<<<`"
        );
    }

    #[test]
    fn a_range_gets_the_protocol_that_it_lacks() {
        for (range, expected) in
            [("^1", "npm:^1"), ("workspace:^", "workspace:^"), ("npm:^1", "npm:^1"), (">=1 <2", "npm:>=1 <2")]
        {
            assert_eq!(yarn_range(range), expected);
        }
    }
}
