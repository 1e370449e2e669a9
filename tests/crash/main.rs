//! Proof that a release is all or nothing: the real binary is killed, and its system calls fail, at every call that
//! changes the disk; the next start must find the repository as before or make the release whole. strace disturbs the
//! runs, so these tests need it, and Linux. `extent` says how much is swept.

#![cfg(test)]
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "tests own the files and processes they make")]

mod children;
mod copies;
#[path = "../common/extent.rs"]
mod extent;
mod failures;
mod git_killed;
mod kills;
mod order;
mod picture;
mod power;
mod races;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../suite/sandbox.rs"]
mod sandbox;
mod scenario;
mod sequence;
mod strace;
mod sweep;
mod tally;
mod torn;
mod trace;
