//! Every word a person can say, one file each, from end to end. Each is short and reads top to bottom.

mod asking;
mod config;
pub mod demo;
mod init;
mod release;
mod standing;
mod status;
mod summary;
pub mod undo;

use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::spec::{Spec, Task};
use crate::ui::Ui;

/// Does what was decided.
///
/// # Errors
/// Why it ended without doing what was asked; the kind is the exit code.
pub fn run(spec: &Spec, ui: &Ui) -> Result<()> {
    match &spec.task {
        Task::Demo { keep } => demo::run(keep.as_deref(), spec, ui),
        Task::Status => status::run(spec, ui),
        Task::Release(request, mode) => {
            let interrupt = Interrupt::listen();
            asking::stopped(&interrupt, release::run(request, *mode, spec, ui, &interrupt))
        }
        Task::Undo(mode) => {
            let interrupt = Interrupt::listen();
            asking::stopped(&interrupt, undo::run(*mode, spec, ui, &interrupt))
        }
        Task::Init(request) => init::init(request, spec, ui),
        Task::Config(question) => config::config(*question, spec, ui),
    }
}
