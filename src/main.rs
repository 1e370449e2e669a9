//! Parse, run, print the error, exit code.

use std::process::ExitCode;

use clap::Parser;
use trueppm_release::cli::Cli;
use trueppm_release::spec::{self, Spec};
use trueppm_release::ui::Ui;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ui = Ui::new(spec::ui_facts(&cli));
    match Spec::decide(cli).and_then(|spec| trueppm_release::run(&spec, &ui)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
