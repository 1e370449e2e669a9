//! The real binary against real git repositories.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests own the files and processes they make")]

mod altered;
mod as_git;
mod asking;
mod automatic;
mod branches;
mod broken_references;
mod changelog_headings;
mod changelog_rotation;
mod changelogs;
#[path = "../common/mod.rs"]
mod common;
mod config_command;
mod corpus;
mod demo;
mod dry_run;
mod ecosystems;
mod enterprise;
mod failures;
mod first_release;
mod gate;
mod guards;
mod hooks;
mod hostile;
mod importing;
mod init;
mod init_sees;
mod layout;
mod left_behind;
mod limits;
mod manifests;
mod moments;
mod newer_suite;
mod next_steps;
mod origin;
mod own_folder;
mod own_ranges;
mod own_release;
mod own_types;
mod patterns;
mod pictures;
mod pins;
mod places;
mod push;
mod recovery;
mod reference;
mod release;
mod remote;
mod replays;
mod requirements;
mod sandbox;
mod scarce;
mod secrets;
mod signing;
mod spelling;
mod steps;
mod torn_references;
mod undo;
mod unlisted;
mod usage;
mod versions;
mod waiting;
