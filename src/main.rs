//! Parse, run, print the error, exit code.

use std::process::ExitCode;

use trueppm_release::bug;
use trueppm_release::cli::{Cli, Typed};
use trueppm_release::error::Result;
use trueppm_release::interrupt;
use trueppm_release::spec::{self, Spec};
use trueppm_release::ui::Ui;

fn main() -> ExitCode {
    bug::take_over_reports();
    interrupt::outlive_file_limits();
    let mut ui = Ui::new(spec::ui_facts(None));
    match bug::contained(|| run(&mut ui)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(ui: &mut Ui) -> Result<()> {
    let cli = match Cli::read(std::env::args_os())? {
        Typed::Task(cli) => *cli,
        Typed::Page(page) => return ui.print(&page),
    };
    *ui = Ui::new(spec::ui_facts(Some(&cli)));
    trueppm_release::run(&Spec::decide(cli)?, ui)
}
