//! `yarn.lock`: a package of the workspace is either not in it (yarn 1) or stands there as `0.0.0-use.local` (later
//! yarns), which is no version. Only a package that is copied from a folder (`file:`) has an entry with one. So there
//! usually is nothing to change, and that is no fault. Later yarns add a hash over the copied folder, which nobody but
//! yarn can write; such an entry is refused.

use std::ops::Range;

use super::{Definition, EVERY_PACKAGE, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "yarn-lock",
    file_names: &["yarn.lock"],
    role: Role::Lock { named_by_neighbour: false },
    locate,
    only_semver: |_| true,
    moved: |range, old, new| super::ranges::moved(super::ranges::Dialect::Yarn, range, old, new),
    ..Definition::PLAIN
};

/// What later yarns write as the version of a package of the workspace.
const NO_VERSION: &str = "0.0.0-use.local";

/// One entry that comes from a folder.
struct Entry<'a> {
    name: &'a str,
    line: usize,
    /// Where its version stands, without quotes.
    version: Option<Range<usize>>,
    /// It was unpacked from an archive instead.
    is_archive: bool,
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.package).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, package: Option<&str>) -> Result<Vec<Found>, Problem> {
    let has_line = |wanted: &str| source.body.lines().any(|line| line.trim_end() == wanted);
    let classic = has_line("# yarn lockfile v1");
    if !classic && !has_line("__metadata:") {
        return Err(Problem::content(format!("{}: not a lock file of yarn", source.path))
            .hint("run `yarn install` and commit the yarn.lock it writes"));
    }
    let mut own = entries(source)?;
    own.retain(|entry| !entry.is_archive && entry.version.is_some());
    match package {
        Some(EVERY_PACKAGE) => {}
        Some(package) => own.retain(|entry| entry.name == package),
        None => super::one_name(source, own.iter().map(|entry| (entry.name, entry.line)))?,
    }
    if let (false, Some(entry)) = (classic, own.first()) {
        return Err(Problem::content(format!(
            "{}:{}: the entry of `{}` holds a hash over its folder, which only yarn can write",
            source.path, entry.line, entry.name
        ))
        .hint("let a `[[step]]` run `yarn install --mode update-lockfile`, and list the file in its `writes`")
        .hint("and take the lock file out of the manifests"));
    }
    let place = |entry: Entry<'_>| {
        let range = entry.version?;
        let value = source.body.get(range.clone())?.to_owned();
        Some(source.found(range, value, format!("version of {}", entry.name)))
    };
    Ok(own.into_iter().filter_map(place).collect())
}

/// The entries that come from a folder.
fn entries<'a>(source: &Source<'a>) -> Result<Vec<Entry<'a>>, Problem> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut inside = false;
    let mut next = 0;
    for (number, line) in source.body.split_inclusive('\n').enumerate() {
        let start = next;
        next += line.len();
        let line = line.trim_end();
        if line.starts_with("<<<<<<< ") {
            return Err(source.malformed(start, "a merge conflict"));
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            let name = line.strip_suffix(':').and_then(copied);
            inside = name.is_some();
            entries.extend(name.map(|name| Entry {
                name,
                line: number + 1,
                version: None,
                is_archive: false,
            }));
            continue;
        }
        // The fields of an entry, but not those of its lists.
        let Some(field) = line.strip_prefix("  ").filter(|field| inside && !field.starts_with(' ')) else {
            continue;
        };
        let Some(entry) = entries.last_mut() else { continue };
        let Some((key, value)) = field.split_once(' ') else { continue };
        match key.trim_end_matches(':') {
            "version" => {
                let bare = value.trim_matches('"');
                let from = start + 2 + key.len() + 1 + (value.len() - value.trim_start_matches('"').len());
                if bare != NO_VERSION {
                    entry.version = Some(from..from + bare.len());
                }
            }
            "resolved" => entry.is_archive = true,
            _ => {}
        }
    }
    Ok(entries)
}

/// The name in the head of an entry, where one of its ranges is a folder: `"@own/ui@file:packages/ui", "@own/ui@*"`.
fn copied(head: &str) -> Option<&str> {
    head.split(", ").map(|range| range.trim_matches('"')).find_map(|range| {
        let at = range.char_indices().skip(1).find(|(_, character)| *character == '@').map(|(at, _)| at)?;
        let (name, range) = range.split_at_checked(at)?;
        range.starts_with("@file:").then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::YarnLock, key: None, package: None };

    const CLASSIC: &str = "\
# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


\"@own/ui@1.0.0\":
  version \"1.0.0\"
  resolved \"https://registry.invalid/ui.tgz#00\"

\"@own/ui@file:packages/ui\":
  version \"1.0.0\"
  dependencies:
    version \"1.0.0\"

\"own-core@*\", \"own-core@file:../core\":
  version \"1.0.0\"

\"packed@file:packed.tgz\":
  version \"1.0.0\"
  resolved \"file:packed.tgz#00\"
";

    const BERRY: &str = "\
# This file is generated by running \"yarn install\" inside your project.

__metadata:
  version: 8
  cacheKey: 10c0

\"@own/ui@workspace:packages/ui, @own/ui@workspace:*\":
  version: 0.0.0-use.local
  resolution: \"@own/ui@workspace:packages/ui\"
  languageName: unknown
  linkType: soft

\"left-pad@npm:^1.0.0\":
  version: 1.3.0
  resolution: \"left-pad@npm:1.3.0\"
";

    #[test]
    fn a_workspace_holds_no_version_of_its_own() {
        for package in [None, Some("@own/ui"), Some("*")] {
            let target = Target { package, ..TARGET };
            assert_eq!(locate(BERRY, "yarn.lock", &target), Ok(Vec::new()));
            assert_eq!(replace(BERRY, "yarn.lock", &target, "2.0.0").unwrap().text, BERRY);
        }
        assert_eq!(locate("# yarn lockfile v1\n", "yarn.lock", &TARGET), Ok(Vec::new()));
    }

    #[test]
    fn a_package_that_is_copied_from_a_folder_moves_and_none_of_the_registry() {
        let lines = |package: Option<&str>| -> Vec<usize> {
            let text = CLASSIC;
            let replaced = replace(text, "yarn.lock", &Target { package, ..TARGET }, "2.0.0").unwrap();
            assert_eq!(replaced.text.matches("\"2.0.0\"").count(), replaced.found.len());
            assert_eq!(replaced.text.replace("\"2.0.0\"", "\"1.0.0\""), text);
            replaced.found.iter().map(|place| place.line).collect()
        };
        assert_eq!(lines(Some("@own/ui")), [10]);
        assert_eq!(lines(Some("own-core")), [15]);
        assert_eq!(lines(Some("packed")), [0; 0]);
        assert_eq!(lines(Some("*")), [10, 15]);
        let problems = locate(CLASSIC, "yarn.lock", &TARGET).unwrap_err();
        assert_eq!(
            problems[0].message,
            "yarn.lock: several packages of this repository: `@own/ui` (line 9), `own-core` (line 14)"
        );
    }

    #[test]
    fn an_entry_ends_where_the_next_begins_and_a_value_may_have_no_quotes() {
        let text = "\
# yarn lockfile v1

\"own-core@file:../core\":
  version 1.0.0

\"left-pad@^1.3.0\":
  version \"1.3.0\"
  resolved \"https://registry.invalid/left-pad.tgz#00\"
";
        let replaced = replace(text, "yarn.lock", &TARGET, "2.0.0").unwrap();
        assert_eq!(replaced.text, text.replace("1.0.0", "2.0.0"));
    }

    #[test]
    fn what_only_yarn_can_write_and_what_is_no_lock_file_are_refused() {
        let copied = format!(
            "{BERRY}\n\"own-core@file:../core::locator=x\":\n  version: 1.0.0\n  resolution: \"own-core@file:../core#../core::hash=00\"\n"
        );
        for (text, expected) in [
            (
                copied.as_str(),
                "yarn.lock:17: the entry of `own-core` holds a hash over its folder, which only yarn can write",
            ),
            ("{}", "yarn.lock: not a lock file of yarn"),
            ("# yarn lockfile v1\n<<<<<<< HEAD\n", "yarn.lock:2: conflict marker `<<<<<<<`"),
        ] {
            assert_eq!(locate(text, "yarn.lock", &TARGET).unwrap_err()[0].message, expected);
        }
    }
}
