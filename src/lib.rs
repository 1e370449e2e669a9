//! trueppm-release cuts a release as one value: computed completely, shown to a person, then published all or
//! nothing. `ARCHITECTURE.md` has the plan of the house; each stage lives in the room that carries its name.

pub mod apply;
pub mod bug;
pub mod capture;
pub mod changelog;
pub mod cli;
pub mod commands;
pub mod config;
pub mod confirm;
pub mod disk;
pub mod error;
pub mod git;
pub mod glob;
pub mod interrupt;
pub mod leash;
pub mod manifest;
pub mod misuse;
pub mod plan;
pub mod render;
pub mod secrets;
pub mod session;
pub mod snapshot;
pub mod spec;
pub mod ui;
pub mod version;
pub mod words;

pub use commands::run;
