//! The first configuration as text: every table with a word about what it is for, so that a person who has read it
//! can change it.

use toml_edit::Value;

use super::layout::{CHANGELOG, FRAGMENTS, Notes, Packages, Place};
use super::siblings::Exact;
use crate::snapshot::{CONFIG_FILE, Survey};
use crate::words::on_one_line;

/// The whole file.
pub(super) fn configuration(packages: &Packages, survey: &Survey) -> String {
    let mut text = String::new();
    let mut line = |written: &str| {
        text.push_str(written);
        text.push('\n');
    };
    line("# How this repository is released: `trueppm-release minor --dry-run` shows what that means.");
    line(
        "# `trueppm-release config` prints what is in force with every default, `config --check` what is wrong with it.",
    );
    line(
        "# In templates {version} is 0.2.0-alpha.1, {pep440} the same for Python (0.2.0a1), {base} only 0.2.0.",
    );
    line("");
    line("[release]");
    line("# Where releases are cut, and where they are pushed to.");
    line(&format!("branch = {}", quoted(&survey.branch)));
    line(&format!("remote = {}", quoted(&survey.remote)));
    line("# The manifest that says what the current version is; it is listed below.");
    let first = packages.manifests.first().map(|place| place.path.as_str()).unwrap_or_default();
    line(&format!("version-from = {}", quoted(first)));
    line("commit-message = \"chore(release): bump version to {version}\"");
    line("");
    line("# The tags on the release commit. One more [[tag]] makes one more.");
    line("[[tag]]");
    line("name = \"v{version}\"");
    line("message = \"Release v{version}\"");
    line("# What pushing it starts, for the person who is about to push it:");
    line("# starts = [\"publish: the package, to its registry\"]");
    line("");
    line(
        "# The places that hold the version. All of them must agree before a release; what `follows` is set, whatever it contained before.",
    );
    for place in &packages.manifests {
        for written in manifest(place) {
            line(&written);
        }
        line("");
    }
    if !packages.exact.is_empty() {
        line(
            "# Packages that need each other at exactly the same version: `find` stands there now, `count` times.",
        );
        for Exact { path, find, replace, count } in &packages.exact {
            line("[[pattern]]");
            line(&format!("path = {}", quoted(path)));
            line(&format!("find = {}", quoted(find)));
            line(&format!("replace = {}", quoted(replace)));
            line(&format!("count = {count}"));
            line("");
        }
    }
    if !packages.ignored.is_empty() {
        line("# Files that hold a version and are no part of the release, each with the reason.");
        for (path, reason) in &packages.ignored {
            line("[[ignore]]");
            line(&format!("path = {}", quoted(path)));
            line(&format!("reason = {}", quoted(&on_one_line(reason))));
            line("");
        }
    }
    if !packages.without.is_empty() {
        line("# Looked at, without a version to list:");
        for (path, why) in &packages.without {
            line(&format!("#   {}: {}", on_one_line(path), on_one_line(why)));
        }
        line("");
    }
    for written in changelog(packages.changelog) {
        line(&written);
    }
    text
}

fn manifest(place: &Place) -> Vec<String> {
    let mut lines = vec!["[[manifest]]".to_owned(), format!("path = {}", quoted(&place.path))];
    let more = [
        ("format", place.format.map(quoted)),
        ("key", place.key.as_deref().map(quoted)),
        ("package", place.package.as_deref().map(quoted)),
        ("value", place.value.as_deref().map(quoted)),
        ("follows", place.follows.then(|| "true".to_owned())),
    ];
    lines.extend(more.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?))));
    lines
}

fn changelog(notes: Notes) -> Vec<String> {
    let table = |comment: &str| {
        vec![
            "# A stable release turns [Unreleased] into a section of its own.".to_owned(),
            format!("{comment}[changelog]"),
            format!("{comment}path = {}", quoted(CHANGELOG)),
        ]
    };
    match notes {
        Notes::Changelog { fragments: true } => {
            let mut lines = table("");
            lines.push(
                "# Entries come from `<slug>.<type>.md` files in this folder, which a release deletes."
                    .into(),
            );
            lines.push(format!("fragments = {}", quoted(FRAGMENTS)));
            lines
        }
        Notes::Changelog { fragments: false } => {
            let mut lines = table("");
            lines.push(
                "# With a folder for `<slug>.<type>.md` files, entries need not be merged by hand:".into(),
            );
            lines.push(format!("# fragments = {}", quoted(FRAGMENTS)));
            lines
        }
        Notes::Unfit => {
            let mut lines = vec![format!(
                "# {CHANGELOG} has no line `## [Unreleased]`. Add it above the newest section, then take the marks away here."
            )];
            lines.extend(table("# "));
            lines
        }
        Notes::None => {
            let mut lines = vec![format!(
                "# There is no {CHANGELOG}. Once there is one with a line `## [Unreleased]`, take the marks away here."
            )];
            lines.extend(table("# "));
            lines
        }
    }
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// What a person does next; a file that git is told to ignore is added all the same.
pub(super) fn next_commands(ignored: bool) -> [String; 3] {
    let add = if ignored { "git add -f" } else { "git add" };
    [
        "trueppm-release config --check".to_owned(),
        format!("{add} {CONFIG_FILE} && git commit -m \"chore: describe the release\""),
        "trueppm-release patch --dry-run".to_owned(),
    ]
}
