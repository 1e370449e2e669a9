//! Who says yes at the gate: the command line, a variable for pipelines, or a person at a terminal. Whatever is neither
//! yes nor no is refused, so that nobody is taken to have said what they did not say.

use std::io::IsTerminal;

use super::variable;
use crate::cli::{Cli, Command};
use crate::error::Problem;
use crate::words::on_one_line;

/// The name of the variable that stands for `--yes`.
pub const ASSUME_YES: &str = "RELEASE_ASSUME_YES";

/// How the gate is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Given before; names what gave it (`--yes` or the variable).
    Given(&'static str),
    /// A person can be asked.
    Ask,
    /// Nobody can be asked, and nobody said yes: fail closed.
    Impossible,
}

/// How the gate is answered, by the command line or else by the variable.
pub(super) fn given(cli: &Cli) -> Result<Consent, Problem> {
    let of_command =
        matches!(cli.command, Some(Command::Undo { yes: true, .. } | Command::Init { yes: true, .. }));
    if cli.yes || of_command {
        return Ok(Consent::Given("--yes"));
    }
    let said = variable(ASSUME_YES).unwrap_or_default();
    match yes_or_no(&said) {
        Some(true) => Ok(Consent::Given(ASSUME_YES)),
        Some(false) if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => Ok(Consent::Ask),
        Some(false) => Ok(Consent::Impossible),
        None => Err(neither(ASSUME_YES, &said).hint(format!(
            "set `{ASSUME_YES}=1` (or true, yes, on) to accept the computed version, or unset it (or 0, false, no, off)"
        ))),
    }
}

/// What is wrong with a switch that cannot be understood.
pub(super) fn neither(name: &str, said: &str) -> Problem {
    Problem::content(format!("{name} is `{}`, which is neither yes nor no", on_one_line(said)))
}

/// What a variable says that is a switch, in any case; one that is empty counts as unset.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "" | "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_yes_or_no_in_any_case_and_nothing_else() {
        for yes in ["1", "true", "TRUE", "True", "yes", "YES", "on", "On"] {
            assert_eq!(yes_or_no(yes), Some(true), "{yes}");
        }
        for no in ["", "0", "false", "FALSE", "no", "No", "off", "OFF"] {
            assert_eq!(yes_or_no(no), Some(false), "{no}");
        }
        for neither in ["y", "n", "2", "ja", " ", "yes ", "enabled", "-1", "01"] {
            assert_eq!(yes_or_no(neither), None, "{neither}");
        }
    }
}
