//! What a step promised, checked against the bytes it wrote, and what a check must print. It belongs to the plan and
//! not to the code that runs steps, so that `apply` need not know any file format.

use serde_json::Value;

use super::{Expectation, Passing};
use crate::error::Problem;
use crate::manifest::{Format, Target, locate};
use crate::words::on_one_line;

/// A value that a message shows is cut off after this many characters.
const SHOWN_CHARACTERS: usize = 200;

impl Expectation {
    /// Whether the value stands in these bytes.
    ///
    /// # Errors
    /// What was found instead, or why nothing could be found.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Problem> {
        let Self { path, value, .. } = self;
        let place = self.key.as_ref().map(|key| format!(" at `{key}`")).unwrap_or_default();
        let unmet =
            |what: String| Problem::content(what).hint(format!("make `{path}` hold `{value}`{place}"));
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(unmet(format!("`{path}` is not UTF-8 text")));
        };
        let format = Format::from_name(&self.format).unwrap_or(Format::Json);
        let target = Target { format, key: self.key.as_deref(), package: self.package.as_deref() };
        let nothing = || unmet(format!("`{path}` holds nothing{place}, expected `{value}`"));
        match locate(text, path, &target) {
            Ok(found) if found.is_empty() => Err(nothing()),
            Ok(found) => match found.iter().find(|found| found.value != *value) {
                None => Ok(()),
                Some(found) => {
                    let (line, is) = (found.line, &found.value);
                    Err(unmet(format!("`{path}:{line}` holds `{is}`{place}, expected `{value}`")))
                }
            },
            Err(problems) => Err(problems.into_iter().next().unwrap_or_else(nothing)),
        }
    }
}

impl Passing {
    /// Whether what was printed to standard output is what passing means.
    ///
    /// # Errors
    /// Why not, as words that follow the name of the check.
    pub fn check(&self, output: &[u8]) -> Result<(), String> {
        match self {
            Self::ExitCode => Ok(()),
            Self::EmptyOutput if output.iter().all(u8::is_ascii_whitespace) => Ok(()),
            Self::EmptyOutput => Err("passing means no output, and it printed something".into()),
            Self::Json { pointer, value } => {
                let printed: Value = serde_json::from_slice(output).map_err(|error| {
                    if output.iter().all(u8::is_ascii_whitespace) {
                        "it printed nothing where JSON was expected".to_owned()
                    } else {
                        format!("its output is not JSON (line {}, column {})", error.line(), error.column())
                    }
                })?;
                let place = if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") };
                match printed.pointer(pointer) {
                    None => Err(format!("its output holds nothing{place}, expected `{value}`")),
                    Some(found) if found == value => Ok(()),
                    Some(found) => {
                        Err(format!("its output holds `{}`{place}, expected `{value}`", shown(found)))
                    }
                }
            }
        }
    }
}

fn shown(value: &Value) -> String {
    let text = on_one_line(&value.to_string());
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(SHOWN_CHARACTERS).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation() -> Expectation {
        Expectation {
            path: "openapi.json".into(),
            format: "json".into(),
            key: Some("/info/version".into()),
            package: None,
            value: "0.2.0".into(),
        }
    }

    #[test]
    fn the_expected_value_passes() {
        assert_eq!(expectation().check(br#"{"info": {"version": "0.2.0"}}"#), Ok(()));
    }

    #[test]
    fn a_lock_file_without_an_own_version_holds_nothing() {
        let own =
            Expectation { path: "yarn.lock".into(), format: "yarn-lock".into(), key: None, ..expectation() };
        assert_eq!(
            own.check(b"# yarn lockfile v1\n").unwrap_err().message,
            "`yarn.lock` holds nothing, expected `0.2.0`"
        );
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

    #[test]
    fn a_promise_can_be_about_any_format_that_a_manifest_has() {
        let toml = Expectation {
            path: "Cargo.toml".into(),
            format: "cargo-toml".into(),
            key: None,
            ..expectation()
        };
        assert_eq!(toml.check(b"[package]\nname = \"a\"\nversion = \"0.2.0\"\n"), Ok(()));
        let problem = toml.check(b"[package]\nname = \"a\"\nversion = \"0.1.0\"\n").unwrap_err();
        assert_eq!(problem.message, "`Cargo.toml:3` holds `0.1.0`, expected `0.2.0`");
        assert_eq!(problem.hints, ["make `Cargo.toml` hold `0.2.0`"]);
    }

    #[test]
    fn what_a_check_printed_is_compared_as_a_value() {
        let json = |pointer: &str, value: &str| Passing::Json {
            pointer: pointer.into(),
            value: serde_json::from_str(value).expect("JSON"),
        };
        for (passing, output, expected) in [
            (Passing::ExitCode, "anything", None),
            (Passing::EmptyOutput, " \n", None),
            (Passing::EmptyOutput, "x", Some("passing means no output, and it printed something")),
            (json("", "[]"), "[ ]\n", None),
            (json("", "[]"), "[{\"id\": 1}]", Some("its output holds `[{\"id\":1}]`, expected `[]`")),
            (json("/a/b", "1"), "{\"a\": {\"b\": 1}}", None),
            (json("/a", "\"x\""), "{}", Some("its output holds nothing at `/a`, expected `\"x\"`")),
            (json("", "[]"), "nope", Some("its output is not JSON (line 1, column 2)")),
            (json("", "[]"), "", Some("it printed nothing where JSON was expected")),
        ] {
            assert_eq!(passing.check(output.as_bytes()).err().as_deref(), expected, "{passing:?} {output:?}");
        }
        let long = format!("[\"{}\"]", "x\\n".repeat(500));
        let said = json("", "[]").check(long.as_bytes()).unwrap_err();
        assert!(said.chars().count() < 300 && said.contains('…'), "{said}");
    }
}
