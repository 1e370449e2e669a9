//! The commands around the configuration, `init` and `config`: what is asked, and what cannot be asked together.

use crate::cli::{Cli, ConfigFormat, Example};
use crate::error::Problem;

/// What the first configuration is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitRequest {
    /// Only print it.
    pub dry_run: bool,
    /// An example in place of what is found here.
    pub example: Option<Example>,
}

/// What is asked about the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigQuestion {
    /// What is in force, and where it came from.
    Show(ConfigFormat),
    /// Whether it is in order.
    Check,
    /// What a configuration can be.
    Schema,
}

/// A first configuration is for the repository at hand.
pub(super) fn init(cli: &Cli, dry_run: bool, example: Option<Example>) -> Result<InitRequest, Problem> {
    if !cli.words.is_empty() {
        return Err(Problem::content("`init` takes no bump word: it releases nothing")
            .hint("run `trueppm-release init`"));
    }
    if cli.config.is_some() {
        return Err(Problem::content("`init` writes the repository's own configuration and reads none")
            .hint("leave `--config` out"));
    }
    Ok(InitRequest { dry_run, example })
}

/// Questions about the configuration are about no release.
pub(super) fn config(
    cli: &Cli,
    check: bool,
    schema: bool,
    format: ConfigFormat,
) -> Result<ConfigQuestion, Problem> {
    if !cli.words.is_empty() || cli.dry_run {
        return Err(Problem::content("`config` takes no bump word and no `--dry-run`: it writes nothing")
            .hint("run `trueppm-release config`"));
    }
    Ok(match (check, schema) {
        (true, _) => ConfigQuestion::Check,
        (_, true) => ConfigQuestion::Schema,
        _ => ConfigQuestion::Show(format),
    })
}
