//! What the command line and the environment decide for one run, told as what it is.

use chrono::NaiveDate;
use serde::Serialize;

use super::Consent;
use crate::cli::Cli;

/// Something the command line or the environment says for one run, which no configuration file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Override {
    /// What is decided.
    pub what: String,
    /// What it is then.
    pub value: String,
    /// The option or the variable.
    pub source: String,
}

/// What is said for this run only, in the order in which a release meets it.
pub(super) fn overrides(
    cli: &Cli,
    consent: &Consent,
    date: NaiveDate,
    dated_by: Option<&'static str>,
) -> Vec<Override> {
    let mut said = Vec::new();
    let mut say = |what: &str, value: String, source: &str| {
        said.push(Override { what: what.to_owned(), value, source: source.to_owned() });
    };
    if let Some(source) = dated_by {
        say("date", date.format("%Y-%m-%d").to_string(), source);
    }
    match consent {
        Consent::Given(source) => say("consent", "given".into(), source),
        Consent::Ask | Consent::Impossible => {}
    }
    for step in &cli.skip_step {
        say("step left out", step.clone(), "--skip-step");
    }
    for (given, what, value, source) in [
        (cli.offline, "remote", "not asked", "--offline"),
        (cli.push, "push", "after the release", "--push"),
        (cli.no_verify, "hooks", "without pre-commit and commit-msg", "--no-verify"),
        (cli.no_sign, "signatures", "none", "--no-sign"),
    ] {
        if given {
            say(what, value.into(), source);
        }
    }
    said
}
