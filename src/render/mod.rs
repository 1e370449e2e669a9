//! What people see of a plan. Pure text from the plan alone: the gate, the preview and the next steps cannot know
//! more than what will be carried out. Colour is a role on a span; `ui.rs` decides whether it becomes one.

mod diff;
mod gate;
mod next_steps;
mod pipelines;
mod preview;
mod status;
mod steps;
mod undo;

pub use gate::{gate, question};
pub use next_steps::{made, next_steps, pushed};
pub use preview::preview;
pub use status::{Status, Word, status};
pub use undo::{taken_back, undo, undo_gate, undo_question};
