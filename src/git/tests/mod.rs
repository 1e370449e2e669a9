//! This room against real repositories, each answer compared with what git itself says.

mod conversion;
mod head;
mod identity;
mod locking;
mod open;
mod places;
mod publishing;
mod reading;
mod settings;
mod status;
pub(super) mod support;
mod writing;
