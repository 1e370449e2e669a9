//! What the remotes of other projects say about the pins that were given: asked once in a run, before the gate, and
//! kept when a person overrides the version there.

use std::time::Duration;

use crate::config::Config;
use crate::error::{Error, Problem, Result};
use crate::git::{RemoteTrouble, Repository, Talk};
use crate::interrupt::Interrupt;
use crate::spec::{GivenPin, Spec};

/// A pin and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// As it was given.
    pub given: GivenPin,
    /// Whether there is such a tag.
    pub remote: PinRemote,
}

/// What is known of a pin where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinRemote {
    /// The configuration names no remote to ask.
    Undeclared,
    /// Nobody asked, because of `--offline`.
    Offline,
    /// There is a tag of that name.
    There,
    /// There is none.
    Absent,
    /// It was asked and gave no answer.
    Failed(RemoteTrouble),
}

/// Asks for every pin that was given.
///
/// # Errors
/// Somebody asked to stop. A remote that does not answer is a state, not an error.
pub fn ask_for_pins(
    repository: &Repository,
    spec: &Spec,
    config: &Config,
    given: Vec<GivenPin>,
    interrupt: &Interrupt,
) -> Result<Vec<Pinned>> {
    let interrupted = || interrupt.came();
    let mut pinned = Vec::with_capacity(given.len());
    for given in given {
        let pin = config.pin.iter().find(|pin| pin.name == given.name);
        let remote = match pin.and_then(|pin| Some((pin.remote.as_ref()?, pin.remote_timeout_seconds))) {
            None => PinRemote::Undeclared,
            Some(_) if spec.offline => PinRemote::Offline,
            Some((remote, seconds)) => {
                let limit = Duration::from_secs(seconds);
                let talk = Talk { limit, interactive: spec.terminal, interrupted: &interrupted };
                match repository.remote_has_tag(remote, &given.value, &talk) {
                    Ok(true) => PinRemote::There,
                    Ok(false) => PinRemote::Absent,
                    Err(RemoteTrouble::Interrupted) => {
                        let during = format!("it was asked for the pin `{}`", given.name);
                        return Err(Error::refused(Problem::interrupted(&during)));
                    }
                    Err(trouble) => PinRemote::Failed(trouble),
                }
            }
        };
        pinned.push(Pinned { given, remote });
    }
    Ok(pinned)
}
