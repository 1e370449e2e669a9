//! The picture of the README: a release on a real terminal, drawn from the screen that a person would see. The file in
//! `docs/` must be the one that this draws; `TRUEPPM_RELEASE_WRITE=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use regex::Regex;
use vt100::Color;

use crate::common::pty::{Launch, Stretch};
use crate::sandbox::Sandbox;

const COLUMNS: u16 = 96;
/// A cell and the frame around the screen, in the units of the picture.
const CELL: (f64, f64) = (8.4, 19.0);
const FRAME: f64 = 20.0;

#[test]
fn the_picture_of_a_release_shows_what_a_terminal_shows() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox.git(&["push", "--quiet", "--set-upstream", "--follow-tags", "origin", "main"]);
    let launch =
        Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root()).size(COLUMNS, 60);
    let launch =
        sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
    let mut session = launch.arguments(["minor", "--date", "2026-01-31"]).start();
    session.wait_for("'q' to abort:");
    session.send("\r");
    assert_eq!(session.exit_code(), 0, "{}", session.dump());
    let screen: String = session.rows().join("\n");
    assert!(screen.contains("git push --atomic"), "{screen}");

    let mut rows = session.painted();
    // A slow machine says that it waits for the remote.
    rows.retain(|row| row.first().is_none_or(|stretch| !stretch.text.starts_with("asking ")));
    let drawn = drawing("$ trueppm-release minor", &rows);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/release.svg");
    if std::env::var_os("TRUEPPM_RELEASE_WRITE").is_some() {
        std::fs::write(&file, &drawn).expect("the picture is written");
    }
    let there = std::fs::read_to_string(&file).expect("docs/release.svg");
    assert!(
        there == drawn,
        "docs/release.svg is not what a terminal shows now: TRUEPPM_RELEASE_WRITE=1 cargo test --test suite picture"
    );
}

/// A screen as an SVG that needs nothing else, below the words that were typed.
fn drawing(typed: &str, rows: &[Vec<Stretch>]) -> String {
    let width = f64::from(COLUMNS) * CELL.0 + 2.0 * FRAME;
    let height = (rows.len() as f64 + 1.0) * CELL.1 + 2.0 * FRAME;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-label=\"A release on a terminal: the gate, and what follows\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#1b1f27\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\" \
         fill=\"#d8dee9\" xml:space=\"preserve\">\n"
    );
    line(&mut svg, 0, &escaped(typed));
    // How long things took is another number each time.
    let seconds = Regex::new(r"\([0-9]+\.[0-9] s\)").expect("an expression");
    for (number, row) in rows.iter().enumerate() {
        let mut spans = String::new();
        for stretch in row {
            let text = escaped(&seconds.replace(&stretch.text, "(0.3 s)"));
            match attributes(stretch) {
                attributes if attributes.is_empty() => spans.push_str(&text),
                attributes => write!(spans, "<tspan{attributes}>{text}</tspan>").expect("text"),
            }
        }
        line(&mut svg, number + 1, spans.trim_end());
    }
    svg + "</g>\n</svg>\n"
}

fn line(svg: &mut String, number: usize, content: &str) {
    let y = FRAME + (number as f64 + 0.75) * CELL.1;
    writeln!(svg, "<text x=\"{FRAME}\" y=\"{y:.1}\">{content}</text>").expect("text");
}

/// What differs from plain text.
fn attributes(stretch: &Stretch) -> String {
    let mut attributes = String::new();
    if let Some(color) = color(stretch.color) {
        write!(attributes, " fill=\"{color}\"").expect("text");
    }
    if stretch.bold {
        attributes.push_str(" font-weight=\"bold\"");
    }
    if stretch.dim {
        attributes.push_str(" opacity=\"0.6\"");
    }
    attributes
}

/// The eight colours of a terminal, on a dark ground.
fn color(color: Color) -> Option<&'static str> {
    match color {
        Color::Idx(1 | 9) => Some("#ff7b72"),
        Color::Idx(2 | 10) => Some("#7ee787"),
        Color::Idx(3 | 11) => Some("#e3b341"),
        Color::Idx(4 | 12) => Some("#79c0ff"),
        Color::Idx(5 | 13) => Some("#d2a8ff"),
        Color::Idx(6 | 14) => Some("#76e3ea"),
        Color::Idx(8) => Some("#8b949e"),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
