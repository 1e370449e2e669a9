//! The generator: free choices, from which each family of formats makes a template that knows its own places, and the
//! sample that comes of it with versions, line ends and a byte order mark put in.

use proptest::prelude::*;
use proptest::sample::Index;

use super::{json, lock_files, python, toml, variables, yaml};
use crate::manifest::{Format, Target};

/// Stands in a template where the version belongs.
const PLACE: char = '\u{1}';
/// Stands in a template where the old version stands but is somebody else's.
const ELSEWHERE: char = '\u{2}';

/// A generated file, before the version is put in.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    format: Format,
    pub(super) path: &'static str,
    key: Option<&'static str>,
    package: Option<&'static str>,
    template: String,
    pub(super) old: String,
    pub(super) new: String,
}

impl Sample {
    /// The file when its own version is `version`.
    pub(super) fn text(&self, version: &str) -> String {
        self.template.replace(PLACE, version).replace(ELSEWHERE, &self.old)
    }

    pub(super) fn target(&self) -> Target<'_> {
        Target { format: self.format, key: self.key, package: self.package }
    }

    pub(super) fn places(&self) -> usize {
        self.template.matches(PLACE).count()
    }
}

/// Free choices from which each format makes a file.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    before: Vec<Index>,
    after: Vec<Index>,
    writing: Index,
}

impl Choices {
    /// Lines around the version, any number of each.
    pub(super) fn around(&self, pool: &[&str], own: &str) -> String {
        let some = |choices: &[Index]| -> Vec<String> {
            choices.iter().map(|choice| (*choice.get(pool)).to_owned()).collect()
        };
        [some(&self.before), vec![own.to_owned()], some(&self.after)].concat().join("\n")
    }

    /// The same choices with at most one line before the version, and none after it.
    pub(super) fn at_most_one_line(&self) -> Choices {
        let before = self.before.iter().take(1).copied().collect();
        Choices { before, after: Vec::new(), writing: self.writing }
    }

    /// One way of several to write the same thing.
    pub(super) fn one_of<'p>(&self, ways: &[&'p str]) -> &'p str {
        ways[self.writing.index(ways.len())]
    }
}

/// One file of a format: path, key, package and template, with plain line ends and no end of the last line.
pub(super) type Shape = (&'static str, Option<&'static str>, Option<&'static str>, String);

/// The file that a format's family makes of these choices.
fn shape(format: Format, choices: &Choices) -> Shape {
    match format {
        Format::Pyproject => toml::pyproject(choices),
        Format::PackageJson => json::package_json(choices),
        Format::PackageLock => lock_files::package_lock(choices),
        Format::Chart => yaml::chart(choices),
        Format::PythonSetting => python::python_setting(choices),
        Format::PythonVersion => python::python_version(choices),
        Format::UvLock => lock_files::uv_lock(choices),
        Format::CargoToml => toml::cargo_toml(choices),
        Format::CargoLock => lock_files::cargo_lock(choices),
        Format::PnpmLock => lock_files::pnpm_lock(choices),
        Format::YarnLock => lock_files::yarn_lock(choices),
        Format::Json => json::json(choices),
        Format::Toml => toml::toml(choices),
        Format::Yaml => yaml::yaml(choices),
        Format::Plain => variables::plain(choices),
        Format::EnvFile => variables::env_file(choices),
        Format::Dockerfile => variables::dockerfile(choices),
    }
}

pub(super) fn version() -> impl Strategy<Value = String> {
    "[0-9]{1,3}\\.[0-9]{1,2}\\.[0-9]{1,2}(-(alpha|beta|rc)\\.[0-9]{1,2}|(a|b|rc)[0-9]{1,2})?"
}

prop_compose! {
    pub(super) fn sample_of(format: Format)(
        before in prop::collection::vec(any::<Index>(), 0..4),
        after in prop::collection::vec(any::<Index>(), 0..4),
        writing in any::<Index>(),
        (old, new) in (version(), version()),
        (crlf, byte_order_mark, final_newline) in any::<(bool, bool, bool)>(),
    ) -> Sample {
        let choices = Choices { before, after, writing };
        let (path, key, package, template) = shape(format, &choices);
        let mut template = template.trim_end_matches('\n').to_owned();
        if final_newline {
            template.push('\n');
        }
        if crlf {
            template = template.replace('\n', "\r\n");
        }
        if byte_order_mark {
            template.insert(0, '\u{feff}');
        }
        Sample { format, path, key, package, template, old, new }
    }
}

pub(super) fn sample() -> impl Strategy<Value = Sample> {
    prop::sample::select(Format::ALL).prop_flat_map(sample_of)
}
