//! The real binary against real git repositories.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests own the files and processes they make")]

mod changelog_rotation;
#[path = "../common/mod.rs"]
mod common;
mod demo;
mod gate;
mod dry_run;
mod guards;
mod release;
mod sandbox;
mod usage;
mod versions;
mod failures;
mod layout;
mod release;
mod sandbox;
mod steps;
