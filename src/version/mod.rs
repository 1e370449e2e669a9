//! What version comes next. One number with two spellings, SemVer and PEP 440; the words a person types for a
//! step forward; and the one function that takes that step. Pure: text in, values out.

mod automatic;
mod explain;
mod next;
mod number;
mod request;
mod skipped;

pub use automatic::{Automatic, Changes, OwnChanges, automatic};
pub use next::{Next, Note, first, next};
pub use number::{Stage, Version};
pub use request::{Bump, Request};
pub use skipped::Skipped;
