//! This room against real repositories, each answer compared with what git itself says.

mod head;
mod open;
mod reading;
mod status;
pub(super) mod support;
