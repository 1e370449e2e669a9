//! Options that only a configuration can declare are judged by it. Where there is none to be read, this room says whether
//! the command line is wrong all the same: wrong usage has an exit code of its own, wherever it is typed.

use crate::error::Error;
use crate::git::{self, Repository};
use crate::snapshot;
use crate::spec::Spec;

/// Why no configuration could be read, or the wrong usage that stands beside it or explains it.
pub fn or_refusal(spec: &Spec, repository: Option<&Repository>, refusal: Error) -> Error {
    if let Some(Err(misuse)) = named(spec).map(|config| spec.pins(&config.config)) {
        return misuse;
    }
    let declared_nowhere = spec.config.is_none()
        && match repository {
            Some(repository) => !snapshot::has_configuration(repository),
            None => git::is_outside(&spec.directory, &spec.location),
        };
    if declared_nowhere {
        spec.undeclared_options(refusal)
    } else {
        spec.mistyped_options().unwrap_or(refusal)
    }
}

/// The configuration that `--config` names, which needs no repository.
fn named(spec: &Spec) -> Option<snapshot::Loaded> {
    spec.config.as_ref().and_then(|_| snapshot::configuration_anywhere(spec).ok())
}
