//! `pnpm-lock.yaml`: the packages of a workspace are `importers`, which have no version there. Only a package that is
//! copied from a folder (`injected`) has an entry with one. So there usually is nothing to change, and that is no fault.

use std::collections::BTreeMap;

use super::yaml_reader::{Seen, Text, What, found, walk};
use super::{Definition, EVERY_PACKAGE, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "pnpm-lock",
    file_names: &["pnpm-lock.yaml"],
    role: Role::Lock { named_by_neighbour: false },
    locate,
    only_semver: |_| true,
    ..Definition::PLAIN
};

/// An entry of `packages`.
#[derive(Default)]
struct Entry {
    name: Option<String>,
    version: Option<(usize, Text)>,
    is_folder: bool,
    folder: Option<String>,
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.package).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, package: Option<&str>) -> Result<Vec<Found>, Problem> {
    if !source.body.lines().any(|line| line.starts_with("lockfileVersion:")) {
        return Err(Problem::content(format!(
            "{}: no `lockfileVersion`, so no lock file of pnpm",
            source.path
        ))
        .hint("run `pnpm install --lockfile-only` and commit what it writes"));
    }
    // The file may have megabytes; without this word nothing in it is a folder.
    if memchr::memmem::find(source.body.as_bytes(), b"directory").is_none() && !holds_conflict(source.body) {
        return Ok(Vec::new());
    }
    let every = package == Some(EVERY_PACKAGE);
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    walk(source, &mut |seen: &Seen<'_>| {
        let (Some(Some(top)), Some(Some(entry))) = (seen.path.first(), seen.path.get(1)) else { return };
        let What::Text(text) = &seen.what else { return };
        if top != "packages" {
            return;
        }
        let rest: Vec<Option<&str>> = seen.path.iter().skip(2).map(|name| name.as_deref()).collect();
        match rest.as_slice() {
            [Some("name")] => {
                entries.entry(entry.clone()).or_default().name = Some(text.value.clone());
            }
            [Some("version")] => {
                let text = Text { value: text.value.clone(), plain: text.plain, start: text.start };
                entries.entry(entry.clone()).or_default().version = Some((seen.line, text));
            }
            [Some("resolution"), Some("type")] if text.value == "directory" => {
                entries.entry(entry.clone()).or_default().is_folder = true;
            }
            [Some("resolution"), Some("directory")] => {
                entries.entry(entry.clone()).or_default().folder = Some(text.value.clone());
            }
            _ => {}
        }
    })?;
    let mut own: Vec<(String, usize, Text)> = entries
        .into_iter()
        .filter(|(_, entry)| entry.is_folder)
        .filter(|(_, entry)| !every || entry.folder.as_deref().is_none_or(|it| source.is_inside(it)))
        .filter_map(|(key, Entry { name, version, .. })| {
            let (line, text) = version?;
            Some((name.or_else(|| name_in_key(&key)).unwrap_or_default(), line, text))
        })
        .collect();
    match package {
        Some(EVERY_PACKAGE) => {}
        Some(package) => own.retain(|(name, ..)| name == package),
        None => super::one_name(source, own.iter().map(|(name, line, _)| (name.as_str(), *line)))?,
    }
    own.iter()
        .map(|(name, line, text)| found(source, text, *line, &format!("packages: version of {name}")))
        .collect()
}

/// The name in the key of an entry, where it has one: `@own/ui@file:packages/ui`.
fn name_in_key(key: &str) -> Option<String> {
    let (name, _) = key.split_once("@file:")?;
    Some(name.to_owned())
}

fn holds_conflict(body: &str) -> bool {
    memchr::memmem::find(body.as_bytes(), b"<<<<<<< ").is_some()
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::PnpmLock, key: None, package: None };

    const PLAIN: &str = "\
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      own-ui:
        specifier: workspace:*
        version: link:packages/ui

packages:

  left-pad@1.3.0:
    resolution: {integrity: sha512-x}
    version: 1.0.0
";

    const INJECTED: &str = "
  file:packages/ui(react@18.0.0):
    resolution: {directory: packages/ui, type: directory}
    name: '@own/ui'
    version: 1.0.0

  own-core@file:packages/core:
    resolution: {directory: packages/core, type: directory}
    version: '1.0.0'

  own-fork@https://git.invalid/fork.git:
    resolution: {commit: abc, repo: https://git.invalid/fork.git, type: git}
    version: 1.0.0
";

    #[test]
    fn a_workspace_of_links_holds_no_version_of_its_own() {
        for package in [None, Some("own-ui"), Some("*")] {
            let target = Target { package, ..TARGET };
            assert_eq!(locate(PLAIN, "pnpm-lock.yaml", &target), Ok(Vec::new()));
            assert_eq!(replace(PLAIN, "pnpm-lock.yaml", &target, "2.0.0").unwrap().text, PLAIN);
        }
    }

    #[test]
    fn a_package_that_is_copied_from_a_folder_moves_by_its_name() {
        let text = format!("{PLAIN}{INJECTED}");
        let lines = |package: Option<&str>| -> Vec<usize> {
            let replaced = replace(&text, "pnpm-lock.yaml", &Target { package, ..TARGET }, "2.0.0").unwrap();
            assert_eq!(replaced.text.matches("2.0.0").count(), replaced.found.len());
            replaced.found.iter().map(|place| place.line).collect()
        };
        assert_eq!(lines(Some("@own/ui")), [20]);
        assert_eq!(lines(Some("own-core")), [24]);
        assert_eq!(lines(Some("*")), [20, 24]);
        let outside = text.replace("directory: packages/core", "directory: ../core");
        let target = Target { package: Some("*"), ..TARGET };
        let lines = |path: &str| locate(&outside, path, &target).unwrap().len();
        assert_eq!((lines("pnpm-lock.yaml"), lines("web/pnpm-lock.yaml")), (1, 2));
        let lines = |package: Option<&str>| -> Vec<usize> {
            let found = locate(&outside, "pnpm-lock.yaml", &Target { package, ..TARGET }).unwrap();
            found.iter().map(|place| place.line).collect()
        };
        assert_eq!(lines(Some("own-core")), [24], "whoever names it means it");
        assert_eq!(lines(Some("left-pad")), [0; 0]);
        let problems = locate(&text, "pnpm-lock.yaml", &TARGET).unwrap_err();
        assert_eq!(
            problems[0].message,
            "pnpm-lock.yaml: several packages of this repository: `@own/ui` (line 20), `own-core` (line 24)"
        );
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        for (text, expected) in [
            ("a: 1\n", "pnpm-lock.yaml: no `lockfileVersion`, so no lock file of pnpm"),
            (
                "lockfileVersion: 5\n<<<<<<< HEAD\na: 1\n=======\n",
                "pnpm-lock.yaml:2: conflict marker `<<<<<<<`",
            ),
        ] {
            assert_eq!(locate(text, "pnpm-lock.yaml", &TARGET).unwrap_err()[0].message, expected);
        }
    }
}
