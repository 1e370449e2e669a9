//! Any JSON file: a JSON pointer (RFC 6901) says which string holds the version, as in `/info/version` of an OpenAPI
//! document or `/packages/0/version` of a server description.

use super::json_reader::{pick, string};
use super::{Definition, Found, Problem, Source, Target};

pub(super) const DEFINITION: Definition =
    Definition { name: "json", extensions: &[".json"], check_key, locate, ..Definition::PLAIN };

const EXAMPLE: &str = "give a JSON pointer: `key = \"/info/version\"`";

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    let Some(key) = key else {
        return Err(
            Problem::content("a JSON file needs a `key` that says where the version is").hint(EXAMPLE)
        );
    };
    steps(key).map(|_| ())
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let find = || {
        let key = target.key.unwrap_or_default();
        let steps = steps(key)?;
        let path: Vec<&str> = steps.iter().map(String::as_str).collect();
        let picks = pick(source, &[&path])?;
        string(source, &picks.first().copied().unwrap_or_default(), key)
    };
    find().map(|found| vec![found]).map_err(|problem| vec![problem])
}

/// The parts of a pointer, `~1` and `~0` decoded.
fn steps(pointer: &str) -> Result<Vec<String>, Problem> {
    let refuse =
        |why: &str| Err(Problem::content(format!("`{pointer}` is not a JSON pointer: {why}")).hint(EXAMPLE));
    let Some(rest) = pointer.strip_prefix('/') else {
        return refuse("it begins with `/`");
    };
    if rest.replace("~0", "").replace("~1", "").contains('~') {
        return refuse("`~` is written `~0`, and `/` inside a name `~1`");
    }
    // `~1` before `~0`: the other way round, `~01` would become a slash.
    Ok(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate};
    use super::*;

    fn at(text: &str, key: Option<&str>) -> Result<Found, Vec<Problem>> {
        let target = Target { format: Format::Json, key, package: None };
        locate(text, "api.json", &target).map(|mut found| {
            assert_eq!(found.len(), 1);
            found.remove(0)
        })
    }

    #[test]
    fn a_pointer_leads_through_objects_and_arrays() {
        let text = r#"{
            "info": { "version": "a", "x": { "version": "b" } },
            "packages": [ { "version": "c" }, { "version": "d" }, "e" ],
            "a/b": { "~": "f", "": "g" }, "~1": "h" }"#;
        for (pointer, value) in [
            ("/info/version", "a"),
            ("/info/x/version", "b"),
            ("/packages/0/version", "c"),
            ("/packages/1/version", "d"),
            ("/packages/2", "e"),
            ("/a~1b/~0", "f"),
            ("/a~1b/", "g"),
            ("/~01", "h"),
        ] {
            let found = at(text, Some(pointer)).unwrap();
            assert_eq!((found.value.as_str(), found.key.as_str()), (value, pointer));
            assert_eq!(text.get(found.span.start..found.span.end).unwrap(), value);
        }
    }

    #[test]
    fn a_pointer_to_nothing_names_the_pointer() {
        let text =
            r#"{"info": {"version": 1}, "list": ["a"], "none": null, "yes": true, "low": -1, "half": 0.5}"#;
        for pointer in [
            "/version",
            "/info/version/x",
            "/list/1",
            "/list/-",
            "/list/00",
            "/none/x",
            "/yes/x",
            "/low/x",
            "/half/x",
        ] {
            let problems = at(text, Some(pointer)).unwrap_err();
            assert_eq!(problems[0].message, format!("api.json: no `{pointer}`"), "{pointer}");
        }
        let problems = at(text, Some("/info/version")).unwrap_err();
        assert_eq!(problems[0].message, "api.json:1: `/info/version` is not a string of text but `1`");
    }

    #[test]
    fn a_bad_pointer_is_refused_before_the_file_is_read() {
        for (pointer, expected) in [
            (None, "api.json: a JSON file needs a `key` that says where the version is"),
            (Some("info.version"), "api.json: `info.version` is not a JSON pointer: it begins with `/`"),
            (Some(""), "api.json: `` is not a JSON pointer: it begins with `/`"),
            (
                Some("/a~b"),
                "api.json: `/a~b` is not a JSON pointer: `~` is written `~0`, and `/` inside a name `~1`",
            ),
        ] {
            assert_eq!(at("not JSON", pointer).unwrap_err()[0].message, expected);
        }
    }

    #[test]
    fn the_end_of_the_file_is_checked_too() {
        let problems = at("{\"version\": \"1\", \"rest\": [1, 2}", Some("/version")).unwrap_err();
        assert_eq!(problems[0].message, "api.json:1:31: not valid JSON: expected `,` or `]`");
    }
}
