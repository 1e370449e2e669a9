//! trueppm-release cuts a release as one value: computed completely, shown to a person, then published all or
//! nothing. This file is that pipeline; each stage lives in the room that carries its name.

pub mod config;
pub mod confirm;
pub mod changelog;
pub mod error;
pub mod version;
pub mod ui;
pub mod manifest;
pub mod git;
