//! What can be asked for around a release: looking at the configuration, writing a first one. Each command is short
//! and reads top to bottom; a release itself is the pipeline in `lib.rs`.

mod config;
mod init;

pub use config::config;
pub use init::init;
