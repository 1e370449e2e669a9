//! The first configuration as text: every table with a word about what it is for, so that a person who has read it
//! can change it.

use toml_edit::Value;

use super::elsewhere::Exact;
use super::import::types_table;
use super::layout::{Packages, Place};
use super::leading::few;
use super::notes::{CHANGELOG, FRAGMENTS, Found, Notes};
use crate::snapshot::{CONFIG_FILE, Survey};
use crate::version::Version;
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
    line(&match &packages.tags.seen {
        Some(seen) => format!(
            "# The tags on the release commit, named as {} is. One more [[tag]] makes one more.",
            on_one_line(seen)
        ),
        None => "# The tags on the release commit. One more [[tag]] makes one more.".to_owned(),
    });
    for name in &packages.tags.names {
        line("[[tag]]");
        line(&format!("name = {}", quoted(name)));
        line(&format!("message = {}", quoted(&format!("Release {name}"))));
    }
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
    if !packages.asking.is_empty() {
        let asking: Vec<&str> = packages.asking.iter().map(String::as_str).collect();
        line(&format!(
            "# What they ask of each other moves by itself where it no longer admits the new version: {}.",
            few(&asking)
        ));
        line("");
    }
    if !packages.others.patterns.is_empty() {
        line("# Other files that hold the version: `find` stands there now, `count` times.");
        for exact in &packages.others.patterns {
            line(&pattern(exact));
        }
    }
    for (path, regex) in &packages.others.dates {
        line("# The day of the release.");
        line("[[pattern]]");
        line(&format!("path = {}", quoted(path)));
        line(&format!("regex = {}", quoted(regex)));
        line("count = 1");
        line("follows = true");
        line("");
    }
    if !packages.others.unsure.is_empty() {
        line(
            "# The same number also stands here, perhaps as the version of something else. What has to move is a [[pattern]]:",
        );
        for (path, lines) in &packages.others.unsure {
            line(&format!("#   {}: {lines}", on_one_line(path)));
        }
        line("");
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
    for written in changelog(&packages.notes) {
        line(&written);
    }
    if !packages.notes.left.is_empty() {
        line("");
        line("# Left as it is:");
        for (path, why) in &packages.notes.left {
            line(&format!("#   {}: {}", on_one_line(path), on_one_line(why)));
        }
    }
    text
}

fn pattern(Exact { path, find, replace, count }: &Exact) -> String {
    let fields = [("path", path), ("find", find), ("replace", replace)];
    let fields: String = fields.map(|(key, value)| format!("{key} = {}\n", quoted(value))).concat();
    format!("[[pattern]]\n{fields}count = {count}\n")
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

fn changelog(notes: &Notes) -> Vec<String> {
    let table = |comment: &str, path: &str| {
        vec![
            "# A stable release turns [Unreleased] into a section of its own.".to_owned(),
            format!("{comment}[changelog]"),
            format!("{comment}path = {}", quoted(path)),
        ]
    };
    let fragments = |comment: &str, folder: &str| format!("{comment}fragments = {}", quoted(folder));
    let types = |comment: &str| -> Vec<String> {
        let marked = |line: &str| if line.is_empty() { String::new() } else { format!("{comment}{line}") };
        types_table(&notes.types).lines().map(marked).collect()
    };
    let mut lines = match (&notes.changelog, &notes.fragments) {
        (Found::Changelog(path), Some(folder)) => {
            let mut lines = table("", path);
            lines.push(
                "# Entries come from `<slug>.<type>.md` files in this folder, which a release deletes."
                    .into(),
            );
            lines.push(fragments("", folder));
            lines
        }
        (Found::Changelog(path), None) => {
            let mut lines = table("", path);
            lines.push(
                "# With a folder for `<slug>.<type>.md` files, entries need not be merged by hand:".into(),
            );
            lines.push(fragments("# ", FRAGMENTS));
            lines
        }
        (Found::Unfit(path), folder) => {
            let mut lines = vec![format!(
                "# {} has no line `## [Unreleased]`. Add it above the newest section, then take the marks away here.",
                on_one_line(path)
            )];
            lines.extend(table("# ", path));
            lines.extend(folder.as_ref().map(|folder| fragments("# ", folder)));
            lines
        }
        (Found::Nothing, folder) => {
            let mut lines = vec![format!(
                "# There is no {CHANGELOG}. Once there is one with a line `## [Unreleased]`, take the marks away here."
            )];
            lines.extend(table("# ", CHANGELOG));
            lines.extend(folder.as_ref().map(|folder| fragments("# ", folder)));
            lines
        }
    };
    lines.extend(types(if matches!(notes.changelog, Found::Changelog(_)) { "" } else { "# " }));
    lines
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// What a person does next: `standing` is the version that the files hold, where it is one for all; a configuration that
/// git is told to ignore is added all the same.
pub(super) fn next_commands(standing: Option<&Version>, ignored: bool) -> [String; 3] {
    let add = if ignored { "git add -f" } else { "git add" };
    let word = match standing {
        Some(standing) if standing.is_dev() => "release",
        Some(standing) => standing.pre.map_or("patch", |(stage, _)| stage.word()),
        None => "patch",
    };
    [
        "trueppm-release config --check".to_owned(),
        format!("{add} {CONFIG_FILE} && git commit -m \"chore: describe the release\""),
        format!("trueppm-release {word} --dry-run"),
    ]
}
