//! The examples of the CommonMark specification, read from its own text (the npm package `commonmark-spec`), which
//! `.ci/run` brings and a person names in `TRUEPPM_RELEASE_COMMONMARK`.

use std::path::PathBuf;

/// One example: what is written, and the HTML that the specification says it is.
pub(crate) struct Example {
    /// As the specification counts them.
    pub(crate) number: usize,
    /// The heading it stands under.
    pub(crate) section: String,
    pub(crate) markdown: String,
    pub(crate) html: String,
}

/// All examples; nothing, with a line that says so, where the specification is not there.
#[expect(clippy::disallowed_methods, reason = "tests read what they are told to")]
pub(crate) fn examples() -> Option<Vec<Example>> {
    let Some(path) = std::env::var_os("TRUEPPM_RELEASE_COMMONMARK").map(PathBuf::from) else {
        eprintln!("passed over, there is no specification of CommonMark here");
        return None;
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let examples = read(&text);
    assert!(examples.len() > 600, "{} holds {} examples", path.display(), examples.len());
    Some(examples)
}

/// An example stands between fences of 32 backticks, its two halves parted by a line with a dot; `→` is a tab.
fn read(text: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let (opening, mut section, mut examples) = (format!("{fence} example"), String::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            section = line.trim_matches(['#', ' ']).to_owned();
        }
        if line != opening {
            continue;
        }
        let half = |lines: &mut dyn Iterator<Item = &str>, end: &str| -> String {
            lines
                .take_while(|line| *line != end)
                .map(|line| format!("{}\n", line.replace('→', "\t")))
                .collect()
        };
        let markdown = half(&mut lines.by_ref(), ".");
        let html = half(&mut lines.by_ref(), &fence);
        examples.push(Example { number: examples.len() + 1, section: section.clone(), markdown, html });
    }
    examples
}
