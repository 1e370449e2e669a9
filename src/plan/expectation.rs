//! What a step promised, checked against the bytes it wrote. The check belongs to the plan and not to the code
//! that runs steps, so that `apply` need not know any file format.

use super::Expectation;
use crate::error::Problem;
use crate::manifest::{Format, Target, locate};

impl Expectation {
    /// Whether the value stands in these bytes.
    ///
    /// # Errors
    /// What was found instead, or why nothing could be found.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Problem> {
        let Self { path, key, value } = self;
        let unmet =
            |what: String| Problem::content(what).hint(format!("make `{path}` hold `{value}` at `{key}`"));
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(unmet(format!("`{path}` is not UTF-8 text")));
        };
        let target = Target { format: Format::Json, key: Some(key), package: None };
        match locate(text, path, &target) {
            Ok(found) => match found.iter().find(|found| found.value != *value) {
                None => Ok(()),
                Some(found) => {
                    let (line, is) = (found.line, &found.value);
                    Err(unmet(format!("`{path}:{line}` holds `{is}` at `{key}`, expected `{value}`")))
                }
            },
            Err(problems) => Err(problems
                .into_iter()
                .next()
                .unwrap_or_else(|| unmet(format!("`{path}` holds nothing at `{key}`, expected `{value}`")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation() -> Expectation {
        Expectation { path: "openapi.json".into(), key: "/info/version".into(), value: "0.2.0".into() }
    }

    #[test]
    fn the_expected_value_passes() {
        assert_eq!(expectation().check(br#"{"info": {"version": "0.2.0"}}"#), Ok(()));
    }

    #[test]
    fn another_value_is_named_with_its_line() {
        let problem = expectation().check(b"{\"info\": {\n\"version\": \"0.1.0\"}}").unwrap_err();
        assert_eq!(problem.message, "`openapi.json:2` holds `0.1.0` at `/info/version`, expected `0.2.0`");
    }

    #[test]
    fn a_file_that_is_no_text_or_no_json_fails() {
        assert!(expectation().check(&[0xff]).is_err());
        assert!(expectation().check(b"{").is_err());
        assert!(expectation().check(b"{}").is_err());
    }
}
