//! Steps and checks that the environment leaves out. Which variables do that is for the configuration to say, so they
//! are read once it is known; what they say is understood as every switch of this program.

use super::consent::{neither, yes_or_no};
use super::{Spec, keep, variable};
use crate::config::Config;
use crate::error::{Error, Kind, Problem};

/// A step or a check that a variable of the environment leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The step or the check.
    pub name: String,
    /// The variable and its value, as a shell sets it.
    pub by: String,
}

impl Spec {
    /// The same decisions, with what the environment says about the steps and checks of this configuration.
    ///
    /// # Errors
    /// Wrong usage: a variable that says neither yes nor no, each of them.
    pub fn heeding(&self, config: &Config) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut left_out = Vec::new();
        for step in config.step.iter().chain(&config.check) {
            let Some(name) = &step.skip_variable else { continue };
            if let Some(Some(by)) = keep(set_to(name), &mut problems) {
                left_out.push(LeftOut { name: step.name.clone(), by });
            }
        }
        // Several steps may share a variable.
        problems.dedup();
        if problems.is_empty() {
            Ok(Self { left_out, ..self.clone() })
        } else {
            Err(Error::new(Kind::Usage, problems))
        }
    }

    /// Whether a step or a check does not run, whatever release it is.
    pub fn leaves_out(&self, name: &str) -> bool {
        self.skip_steps.iter().any(|step| step == name) || self.left_out_by(name).is_some()
    }

    /// The variable that leaves a step or a check out, with its value.
    pub fn left_out_by(&self, name: &str) -> Option<&str> {
        self.left_out.iter().find(|left_out| left_out.name == name).map(|left_out| left_out.by.as_str())
    }
}

/// The variable with its value where it says yes.
fn set_to(name: &str) -> Result<Option<String>, Problem> {
    let said = variable(name).unwrap_or_default();
    match yes_or_no(&said) {
        Some(yes) => Ok(yes.then(|| format!("{name}={said}"))),
        None => Err(neither(name, &said).hint(format!(
            "set `{name}=1` (or true, yes, on) to leave the step out, or unset it (or 0, false, no, off) to run it"
        ))),
    }
}
