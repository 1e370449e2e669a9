//! `package-lock.json`: npm writes the package's own version at the top and, since lock file version 2, once more
//! under `packages[""]`. Both must move, or npm rewrites the file at the next install. A member of the workspace has
//! an entry under its folder, which is asked for by the member's name. Every other entry is somebody else's package.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json_reader::{Path, Pick, pick, string};
use super::source::shown;
use super::{Definition, EVERY_PACKAGE, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "package-lock",
    file_names: &["package-lock.json", "npm-shrinkwrap.json"],
    role: Role::Lock { named_by_neighbour: false },
    locate,
    only_semver: |_| true,
    ..Definition::PLAIN
};

/// What is read of every lock file.
const PATHS: [Path<'static>; 6] = [
    &["lockfileVersion"],
    &["version"],
    &["packages", "", "version"],
    &["name"],
    &["packages", "", "name"],
    &["packages"],
];

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    // No path may end where another goes on: the entries themselves are read only where a member is asked for.
    let plain = PATHS.get(..5).unwrap_or_default();
    let picks = pick(source, plain).map_err(one)?;
    let at = |index: usize| picks.get(index).copied().unwrap_or_default();
    let two_places = match at(0).raw {
        Some("1") => false,
        Some("2" | "3") => true,
        other => {
            let held = other.map_or("is missing".to_owned(), |raw| format!("is `{}`", shown(raw)));
            return Err(vec![
                Problem::content(format!(
                    "{}: `\"lockfileVersion\"` {held}; 1, 2 and 3 are known",
                    source.path
                ))
                .hint("write the lock file with a current npm: `npm install --package-lock-only`"),
            ]);
        }
    };
    let root_places = || {
        let mut places = vec![(at(1), "\"version\"".to_owned())];
        if two_places {
            places.push((at(2), "packages[\"\"].version".to_owned()));
        }
        read(source, &places)
    };
    let Some(package) = target.package else { return root_places() };
    let name = [3, 4].into_iter().find_map(|index| string(source, &at(index), "name").ok());
    if name.is_some_and(|name| name.value == package) {
        return root_places();
    }
    let mut found = Vec::new();
    if package == EVERY_PACKAGE && at(1).raw.is_some() {
        found.extend(root_places()?);
    }
    found.extend(members(source, package).map_err(one)?);
    if found.is_empty() {
        return Err(vec![
            Problem::content(format!("{}: no entry of an own package `{package}`", source.path))
                .hint("give the name that the lock file has at its top, or the name of a member of the workspace")
                .hint("or run `npm install --package-lock-only` and commit what it writes"),
        ]);
    }
    Ok(found)
}

/// The strings at some picks, or every reason why there is none.
fn read(source: &Source<'_>, places: &[(Pick<'_>, String)]) -> Result<Vec<Found>, Vec<Problem>> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (pick, key) in places {
        match string(source, pick, key) {
            Ok(place) => found.push(place),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The versions of the workspace's members: entries under a folder of the repository, not of `node_modules`.
fn members(source: &Source<'_>, package: &str) -> Result<Vec<Found>, Problem> {
    let picks = pick(source, PATHS.get(5..).unwrap_or_default())?;
    let Some(raw) = picks.first().and_then(|pick| pick.raw) else { return Ok(Vec::new()) };
    let unreadable = |why: &str| {
        Problem::content(format!("{}: the entries of `packages` cannot be read: {why}", source.path))
            .hint("write the lock file with a current npm: `npm install --package-lock-only`")
    };
    let Entries(entries) = serde_json::from_str::<Entries<'_>>(raw).map_err(|error| {
        let words = error.to_string();
        unreadable(words.split(" at line ").next().unwrap_or_default())
    })?;
    let mut seen = HashSet::with_capacity(entries.len());
    let mut found = Vec::new();
    for (folder, entry) in &entries {
        let own = !folder.is_empty() && !folder.split('/').any(|part| part == "node_modules");
        let name = entry.name.as_deref().or_else(|| folder.rsplit('/').next());
        let is_member = package == EVERY_PACKAGE && source.is_inside(folder);
        let wanted = own && (is_member || name == Some(package));
        if let (true, Some(version)) = (wanted, entry.version) {
            if !seen.insert(folder.as_ref()) {
                return Err(unreadable(&format!("`{}` is there twice", shown(folder))));
            }
            let pick = Pick::of(version.get());
            found.push(string(source, &pick, &format!("packages[\"{folder}\"].version"))?);
        }
    }
    Ok(found)
}

/// The entries of `packages`, in their order.
struct Entries<'a>(Vec<(Cow<'a, str>, Entry<'a>)>);

/// What matters of one entry.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    version: Option<&'a RawValue>,
}

impl<'a> Deserialize<'a> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'a> serde::de::Visitor<'a> for InOrder {
            type Value = Entries<'a>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object of entries")
            }

            fn visit_map<A: serde::de::MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::PackageLock, key: None, package: None };

    fn lock(version: &str) -> String {
        format!(
            r#"{{
  "name": "@t/web",
  "version": "1.0.0",
  "lockfileVersion": {version},
  "packages": {{
    "": {{ "name": "@t/web", "version": "1.0.0", "x": {{ "version": "1.0.0" }} }},
    "node_modules/@t/web": {{ "version": "1.0.0" }}
  }},
  "dependencies": {{ "@t/web": {{ "version": "1.0.0" }} }}
}}
"#
        )
    }

    #[test]
    fn versions_two_and_three_hold_it_twice_and_version_one_once() {
        for (version, lines) in [("1", vec![3]), ("2", vec![3, 6]), ("3", vec![3, 6])] {
            let found = locate(&lock(version), "package-lock.json", &TARGET).unwrap();
            assert_eq!(found.iter().map(|place| place.line).collect::<Vec<_>>(), lines);
            assert!(found.iter().all(|place| place.value == "1.0.0"));
        }
    }

    #[test]
    fn packages_of_the_same_name_keep_their_version() {
        let text = lock("3");
        let replaced = replace(&text, "package-lock.json", &TARGET, "1.1.0-alpha.1").unwrap().text;
        assert_eq!(replaced, text.replacen("1.0.0", "1.1.0-alpha.1", 2));
    }

    #[test]
    fn the_places_are_in_order_of_position_whatever_the_order_of_keys() {
        let text = r#"{"packages": {"": {"version": "2"}}, "version": "1", "lockfileVersion": 3}"#;
        let values: Vec<String> = locate(text, "package-lock.json", &TARGET)
            .unwrap()
            .into_iter()
            .map(|place| place.value)
            .collect();
        assert_eq!(values, ["2", "1"]);
    }

    #[test]
    fn every_missing_place_is_named() {
        let problems = locate(
            r#"{"lockfileVersion": 3, "packages": {"a": {"version": "1"}}}"#,
            "web/package-lock.json",
            &TARGET,
        )
        .unwrap_err();
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            ["web/package-lock.json: no `\"version\"`", "web/package-lock.json: no `packages[\"\"].version`",]
        );
    }

    #[test]
    fn a_second_packages_object_is_a_duplicate_even_without_a_version() {
        let text = "{\"lockfileVersion\": 2, \"version\": \"1\",\n\"packages\": {\"\": {\"version\": \"1\"}},\n\
                    \"packages\": {}}";
        let problems = locate(text, "package-lock.json", &TARGET).unwrap_err();
        assert_eq!(
            problems[0].message,
            "package-lock.json: `packages[\"\"].version` is there twice, in lines 2 and 3"
        );
    }

    #[test]
    fn an_unknown_lock_file_version_is_refused() {
        for (text, held) in [("{}", "is missing"), (r#"{"lockfileVersion": 4}"#, "is `4`")] {
            let problems = locate(text, "package-lock.json", &TARGET).unwrap_err();
            let expected = format!("package-lock.json: `\"lockfileVersion\"` {held}; 1, 2 and 3 are known");
            assert_eq!(problems[0].message, expected);
        }
    }

    #[test]
    fn a_member_of_the_workspace_is_found_by_its_name_and_every_one_by_the_star() {
        let text = r#"{
  "name": "root", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "root", "version": "1.0.0", "workspaces": ["packages/*"] },
    "node_modules/@t/web": { "resolved": "packages/web", "link": true },
    "node_modules/mobile": { "version": "1.0.0" },
    "packages/web": { "name": "@t/web", "version": "1.0.0" },
    "packages/web/node_modules/mobile": { "name": "mobile", "version": "1.0.0" },
    "packages/mobile": { "version": "1.0.0" },
    "packages/none": {}
  }
}
"#;
        let lines = |package: Option<&str>| -> Vec<usize> {
            let target = Target { package, ..TARGET };
            let replaced = replace(text, "package-lock.json", &target, "2.0.0").unwrap();
            assert_eq!(replaced.text.matches("2.0.0").count(), replaced.found.len());
            replaced.found.iter().map(|place| place.line).collect()
        };
        assert_eq!(lines(None), [2, 4]);
        assert_eq!(lines(Some("root")), [2, 4]);
        assert_eq!(lines(Some("@t/web")), [7]);
        assert_eq!(lines(Some("mobile")), [9]);
        assert_eq!(lines(Some("*")), [2, 4, 7, 9]);
        let target = Target { package: Some("web"), ..TARGET };
        let problems = locate(text, "package-lock.json", &target).unwrap_err();
        assert_eq!(problems[0].message, "package-lock.json: no entry of an own package `web`");
    }

    #[test]
    fn the_star_reaches_no_folder_outside_the_repository() {
        let text = r#"{"lockfileVersion": 3, "packages": {"a": {"version": "1.0.0"}, "../b": {"version": "7.7.7"}}}"#;
        let values = |path: &str, package| -> Vec<String> {
            let found = locate(text, path, &Target { package: Some(package), ..TARGET }).unwrap();
            found.into_iter().map(|place| place.value).collect()
        };
        assert_eq!(values("package-lock.json", "*"), ["1.0.0"]);
        assert_eq!(values("web/package-lock.json", "*"), ["1.0.0", "7.7.7"]);
        assert_eq!(values("package-lock.json", "b"), ["7.7.7"], "whoever names it means it");
    }

    #[test]
    fn a_root_without_a_version_is_passed_over_by_the_star() {
        let text =
            r#"{"lockfileVersion": 3, "packages": {"": {"workspaces": ["a"]}, "a": {"version": "1.0.0"}}}"#;
        let target = Target { package: Some("*"), ..TARGET };
        assert_eq!(locate(text, "package-lock.json", &target).unwrap()[0].key, "packages[\"a\"].version");
    }
}
