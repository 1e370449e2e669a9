//! How a running step looks, to be tried by hand and driven by the tests:
//!
//!     cargo run --example step [quiet] [dumb] [fail] [MILLISECONDS]

use std::io::IsTerminal;
use std::time::Duration;

use trueppm_release::ui::{Ui, UiFacts};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_said = |word: &str| words.iter().any(|w| w == word);
    let milliseconds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1500);
    let ui = Ui::new(UiFacts {
        stderr_is_terminal: std::io::stderr().is_terminal(),
        quiet: is_said("quiet"),
        term_dumb: is_said("dumb"),
        ..UiFacts::default()
    });
    let progress = ui.progress("step", "OpenAPI\nschema");
    std::thread::sleep(Duration::from_millis(milliseconds));
    ui.warning("something was said meanwhile");
    std::thread::sleep(Duration::from_millis(milliseconds));
    progress.finish(!is_said("fail"));
}
