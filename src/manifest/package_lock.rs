//! `package-lock.json`: npm writes the package's own version at the top and, since lock file version 2, once more
//! under `packages[""]`. Both must move, or npm rewrites the file at the next install. Every other entry is
//! somebody else's package.

use super::json_reader::{pick, string};
use super::source::shown;
use super::{Definition, Found, Problem, Source, Target, takes_no_key};

pub(super) const DEFINITION: Definition = Definition {
    name: "package-lock",
    file_names: &["package-lock.json", "npm-shrinkwrap.json"],
    extension: None,
    check_key: takes_no_key,
    locate,
    package_name: None,
};

fn locate(source: &Source<'_>, _: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let picks = pick(source, &[&["lockfileVersion"], &["version"], &["packages", "", "version"]])
        .map_err(|problem| vec![problem])?;
    let mut picks = picks.into_iter();
    let mut next = || picks.next().unwrap_or_default();
    let (lock_version, top, root) = (next(), next(), next());
    let mut places = vec![(top, "\"version\"")];
    match lock_version.raw {
        Some("1") => {}
        Some("2" | "3") => places.push((root, "packages[\"\"].version")),
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
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (pick, key) in places {
        match string(source, &pick, key) {
            Ok(place) => found.push(place),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
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
}
