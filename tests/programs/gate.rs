//! The gate alone, in front of a release that never happens, to be tried by hand and driven by the tests:
//!
//!     cargo run --example gate
//!
//! `dumb` behaves as on a terminal without escape sequences; `record FILE` writes the answer to a file as well,
//! for when the terminal is gone. Exits with 0 for yes, 3 for no, 1 if there is no terminal.

#![expect(clippy::disallowed_methods, reason = "an example records its result where it is told to")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use trueppm_release::confirm::{Answer, ask};
use trueppm_release::error::Problem;
use trueppm_release::ui::{Stream, Text, Ui, UiFacts};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| words.iter().skip_while(|w| *w != word).nth(1);
    let is_dumb = words.iter().any(|word| word == "dumb");
    let ui = Ui::new(UiFacts { stderr_is_terminal: true, term_dumb: is_dumb, ..UiFacts::default() });

    // As in the release itself: a signal becomes a flag, and the gate takes it for a no.
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP, signal_hook::consts::SIGINT] {
        if signal_hook::flag::register(signal, Arc::clone(&interrupted)).is_err() {
            return ExitCode::FAILURE;
        }
    }

    let mut suggested = "0.3.0-alpha.1".to_owned();
    let (text, code) = loop {
        match ask(
            &ui,
            &ui.painted(Stream::Stderr, &screen(&suggested)),
            &question(&suggested),
            || interrupted.load(Ordering::Relaxed),
            version,
        ) {
            Ok(Answer::Accept) => break (format!("accepted {suggested}"), ExitCode::SUCCESS),
            Ok(Answer::Override(version)) => suggested = version.to_string(),
            Ok(Answer::Interrupted) => break ("interrupted".to_owned(), ExitCode::from(3)),
            Ok(Answer::Decline) => break ("declined".to_owned(), ExitCode::from(3)),
            Err(error) => break (format!("no gate: {error}"), ExitCode::FAILURE),
        }
    };
    if let Some(file) = after("record")
        && std::fs::write(file, &text).is_err()
    {
        return ExitCode::FAILURE;
    }
    if ui.out(&format!("{text}\n")).is_err() {
        return ExitCode::FAILURE;
    }
    code
}

fn screen(version: &str) -> Text {
    let python = version.replace("-alpha.", "a");
    let mut text = Text::default();
    text.plain("About to cut a release:")
        .plain("  current : 0.2.0-alpha.1")
        .plain(format!("  new     : {version}   <- suggested"))
        .plain(format!("  tags    : v{version}, scheduler-v{python}"))
        .plain("  note    : pre-release — CHANGELOG will not be rotated");
    text
}

fn question(version: &str) -> String {
    format!("Enter to accept {version}, type an explicit version to override, or 'q' to abort:")
}

fn version(text: &str) -> Result<Answer<semver::Version>, Problem> {
    semver::Version::parse(text).map(Answer::Override).map_err(|_| {
        Problem::content(format!("`{text}` is not a version"))
            .hint("type a version such as 0.3.0 or 0.3.0-rc.1")
    })
}
