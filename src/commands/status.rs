//! The bare command: recovers what was interrupted, then says where things stand.

use super::asking::{mention_interruption, to_be_pushed};
use super::standing;
use crate::apply::{self, Recovered};
use crate::disk::Disk;
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::render;
use crate::spec::Spec;
use crate::ui::Ui;

/// Shows where things stand.
///
/// # Errors
/// What could not be recovered, or why the repository cannot be read.
pub(super) fn run(spec: &Spec, ui: &Ui) -> Result<()> {
    let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?;
    match apply::recover(&repository, &Disk::default(), ui) {
        Ok(Recovered::Released(push)) => ui.status(&to_be_pushed(&push)),
        // A release that runs is no reason not to look where things stand.
        Err(refusal) if refusal.kind == Kind::Refused && apply::is_running(&repository) => {
            mention_interruption(&repository, ui);
        }
        other => other.map(drop)?,
    }
    ui.show(&render::status(&standing::read(spec)?))
}
