//! What must hold for every file of every format: a replaced version changes its own bytes and no other. Files are
//! generated from a template that knows its own places, so the expected result owes nothing to the code under test;
//! a test of its own proves that the generator reaches every shape that matters.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::pattern::{Expression, Literal};
use super::splice::{Edit, splice};
use super::{Format, Span, Target, locate, replace};

/// Stands in a template where the version belongs.
const PLACE: char = '\u{1}';
/// Stands in a template where the old version stands but is somebody else's.
const ELSEWHERE: char = '\u{2}';

/// A generated file, before the version is put in.
#[derive(Clone, Debug)]
struct Sample {
    format: Format,
    path: &'static str,
    key: Option<&'static str>,
    package: Option<&'static str>,
    template: String,
    old: String,
    new: String,
}

impl Sample {
    /// The file when its own version is `version`.
    fn text(&self, version: &str) -> String {
        self.template.replace(PLACE, version).replace(ELSEWHERE, &self.old)
    }

    fn target(&self) -> Target<'_> {
        Target { format: self.format, key: self.key, package: self.package }
    }

    fn places(&self) -> usize {
        self.template.matches(PLACE).count()
    }
}

/// Free choices from which each format makes a file.
#[derive(Clone, Debug)]
struct Choices {
    before: Vec<Index>,
    after: Vec<Index>,
    writing: Index,
}

impl Choices {
    /// Lines around the version, any number of each.
    fn around(&self, pool: &[&str], own: &str) -> String {
        let some = |choices: &[Index]| -> Vec<String> {
            choices.iter().map(|choice| (*choice.get(pool)).to_owned()).collect()
        };
        [some(&self.before), vec![own.to_owned()], some(&self.after)].concat().join("\n")
    }

    /// One way of several to write the same thing.
    fn one_of<'p>(&self, ways: &[&'p str]) -> &'p str {
        ways[self.writing.index(ways.len())]
    }
}

/// One file of a format: path, key, package and template, with plain line ends and no end of the last line.
type Shape = (&'static str, Option<&'static str>, Option<&'static str>, String);

fn shape(format: Format, choices: &Choices) -> Shape {
    match format {
        Format::Pyproject => {
            let own = choices.one_of(&[
                "version = \"\u{1}\"",
                "version='\u{1}' # \u{2}",
                "version = \"\"\"\n\u{1}\"\"\"",
                "\"version\" = '''\u{1}'''",
            ]);
            let pool = [
                "# version = \"\u{2}\"",
                "",
                "dependencies = [\n  \"ä==\u{2}\",\n]",
                "urls.version = \"\u{2}\"",
            ];
            // TOML allows each key once.
            let lines = Choices { before: first(&choices.before, 1), after: vec![], ..choices.clone() }
                .around(&pool, own);
            let after = "[tool.x]\nversion = \"\u{2}\" # ü\n[[tool.y]]\nversion = '\u{2}'";
            ("pyproject.toml", None, None, format!("[project]\nname = \"x\"\n{lines}\n{after}"))
        }
        Format::PackageJson => {
            let pool = [
                "  \"//\": \"\\\"version\\\": \u{2} ä\",",
                "  \"x\": { \"version\": \"\u{2}\" },",
                "",
                "  \"y\": [[\"\u{2}\"]],",
            ];
            let own = choices.one_of(&[
                "  \"version\": \"\u{1}\",",
                "\t\"version\":\"\u{1}\"\t,",
                "  \"\\u0076ersion\" :\n \"\u{1}\",",
            ]);
            (
                "web/package.json",
                None,
                None,
                format!("{{\n{}\n  \"z\": \"\u{2}\"\n}}", choices.around(&pool, own)),
            )
        }
        Format::PackageLock => {
            let pool = [
                "    \"node_modules/ä\": { \"version\": \"\u{2}\" },",
                "    \"packages\": { \"\": { \"version\": \"\u{2}\" } },",
            ];
            let inner = choices
                .around(&pool, "    \"\": { \"x\": { \"version\": \"\u{2}\" }, \"version\": \"\u{1}\" },");
            let version = choices.one_of(&["2", "3"]);
            let lock = format!(
                "{{\n  \"lockfileVersion\": {version},\n  \"packages\": {{\n{inner}\n    \"z\": {{}}\n  }},\n  \"version\": \"\u{1}\"\n}}"
            );
            ("package-lock.json", None, None, lock)
        }
        Format::Chart => {
            let pool = [
                "# version: \u{2}",
                "",
                "dependencies:\n  - name: ä\n    version: \"\u{2}\"",
                "annotations: {version: \u{2}}",
                "description: |\n  version: \u{2}",
            ];
            let own = choices.one_of(&[
                "version: \u{1}",
                "version: \"\u{1}\"  # \u{2}",
                "version:   '\u{1}'",
                "\"version\" : \u{1} # it's \u{2}",
            ]);
            let application =
                choices.one_of(&["appVersion: '\u{1}'", "appVersion: \u{1}", "'appVersion': \"\u{1}\" #"]);
            let lines = choices.around(&pool, own);
            ("Chart.yaml", None, None, format!("apiVersion: v2\n{lines}\n{application}"))
        }
        Format::PythonSetting => {
            let pool = [
                "# S = {\"VERSION\": \"\u{2}\"}",
                "OTHER = {\"VERSION\": \"\u{2}\"}",
                "DOC = \"\"\"ä\nS = {'VERSION': '\u{2}'}\n\"\"\"",
                "if True:\n    S = {'VERSION': '\u{2}'}",
                "X = f'{OTHER['VERSION']}' + \"{'\"",
                "",
            ];
            let entries =
                ["    'TITLE': '\u{2}',", "    'DEEP': {'VERSION': '\u{2}'},", "    # 'VERSION': '\u{2}',"];
            let own = choices.one_of(&[
                "    'VERSION': '\u{1}',",
                "    \"VERSION\": \"\u{1}\",  # \u{2}",
                "    u'VERSION' : r'''\u{1}''',",
                "    \"VERSION\": \\\n\"\"\"\u{1}\"\"\",",
            ]);
            let head = choices.one_of(&["S = {", "S: dict[str, object] = {"]);
            let dictionary = format!("{head}\n{}\n}}", choices.around(&entries, own));
            ("base.py", Some("S[\"VERSION\"]"), None, choices.around(&pool, &dictionary))
        }
        Format::PythonVersion => {
            let pool = [
                "# __version__ = \"\u{2}\"",
                "DOC = \"\"\"ä\n__version__ = '\u{2}'\n\"\"\"",
                "if True:\n    __version__ = '\u{2}'",
                "own.__version__ = '\u{2}'; other = ['\u{2}']",
                "",
            ];
            let own = choices.one_of(&[
                "__version__ = \"\u{1}\"",
                "__version__: Final[str] = '\u{1}'  # \u{2}",
                "version = __version__ = r\"\"\"\u{1}\"\"\"",
                "__version__ = \\\n'\u{1}'; X = '\u{2}'",
            ]);
            ("own/__init__.py", None, None, choices.around(&pool, own))
        }
        Format::UvLock => {
            let pool = [
                "[[package]]\nname = \"own-x\"\nversion = \"\u{2}\"\nsource = { registry = \"https://x\" }\n",
                "[[package]]\nname = \"other\"\nversion = \"\u{2}\"\nsource = { directory = \"../own-x\" }\n",
                "[package.metadata]\nrequires-dist = [{ name = \"own-x\", specifier = \"==\u{2}\" }]\n",
                "# ä \u{2}",
            ];
            let own = choices.one_of(&[
                "[[package]]\nname = \"own-x\"\nversion = \"\u{1}\"\nsource = { editable = \".\" }\n",
                "[[package]]\nname = \"own-x\"\nversion = \"\u{1}\"\nsource = { virtual = \".\" }\ndependencies = [\n    { name = \"a\" },\n]\n",
                "[[ package ]]\nversion = '''\u{1}'''\nsource = { editable = '.' }\nname = \"own-x\"",
            ]);
            let lines = choices.around(&pool, own);
            let lines = once(&lines, "[package.metadata]");
            (
                "uv.lock",
                None,
                Some("Own_X"),
                format!("version = 1\n\n[[package]]\nname = \"first\"\n\n{lines}"),
            )
        }
        Format::CargoToml => {
            let own = choices.one_of(&[
                "[package]\nname = \"x\"\nversion = \"\u{1}\"",
                "[workspace.package]\nversion = '\u{1}' # \u{2}",
                "[workspace]\npackage = { version = \"\u{1}\" }",
                "[package]\nversion.workspace = true\n[workspace.package]\nversion = \"\u{1}\"",
            ]);
            let pool = ["# version = \"\u{2}\"", "", "[[bin]]\nversion = \"\u{2}\""];
            let dependencies = "[dependencies]\nä = \"=\u{2}\"\nb = { version = \"\u{2}\" }";
            let dependencies = dependencies.replace("ä =", "\"ä\" =");
            ("Cargo.toml", None, None, format!("{}\n{dependencies}", choices.around(&pool, own)))
        }
        Format::CargoLock => {
            let pool = [
                "[[package]]\nname = \"own\"\nversion = \"\u{2}\"\nsource = \"registry+x\"\n",
                "[[package]]\nname = \"other\"\nversion = \"\u{2}\"\ndependencies = [\n \"own\",\n]\n",
                "# ä \u{2}",
            ];
            let own = choices.one_of(&[
                "[[package]]\nname = \"own\"\nversion = \"\u{1}\"\ndependencies = [\n \"other\",\n]\n",
                "[[package]]\nname = 'own'\nversion = '\u{1}'\n",
            ]);
            ("Cargo.lock", None, Some("own"), format!("version = 4\n\n{}", choices.around(&pool, own)))
        }
        Format::PnpmLock => {
            let pool = [
                "  left-pad@1.0.0:\n    resolution: {integrity: sha512-x}\n    version: \u{2}",
                "  '@own/ui@\u{2}':\n    resolution: {type: tarball}\n    name: '@own/ui'",
                "  # ä \u{2}",
            ];
            let own = choices.one_of(&[
                "  file:ui:\n    resolution: {directory: ui, type: directory}\n    name: '@own/ui'\n    version: \u{1}",
                "  '@own/ui@file:ui':\n    version: '\u{1}' # \u{2}\n    resolution: {type: directory}",
                "  x:\n    name: \"@own/ui\"\n    version: \"\u{1}\"\n    resolution:\n      type: directory",
            ]);
            let entries = choices.around(&pool, own);
            let lock =
                format!("lockfileVersion: '9.0'\nimporters:\n  ui: {{version: \u{2}}}\npackages:\n{entries}");
            ("pnpm-lock.yaml", None, Some("@own/ui"), lock)
        }
        Format::YarnLock => {
            let pool = [
                "\"@own/ui@^\u{2}\":\n  version \"\u{2}\"\n  resolved \"https://x\"",
                "\"@own/ui-x@file:x\":\n  version \"\u{2}\"\n",
                "# ä \u{2}",
                "other@1:\n  dependencies:\n    version \"\u{2}\"",
            ];
            let own = choices.one_of(&[
                "\"@own/ui@file:ui\":\n  version \"\u{1}\"\n  dependencies:\n    x \"\u{2}\"\n",
                "\"@own/ui@*\", \"@own/ui@file:../ui\":\n  version \"\u{1}\"",
            ]);
            let lock = format!("# yarn lockfile v1\n\n\n{}", choices.around(&pool, own));
            ("yarn.lock", None, Some("@own/ui"), lock)
        }
        Format::Toml => {
            let own = choices.one_of(&[
                "version = \"\u{1}\"",
                "version='\u{1}' # \u{2}",
                "version = \"\"\"\n\u{1}\"\"\"",
                "\"version\" = '''\u{1}'''",
            ]);
            let pool = ["# version = \"\u{2}\"", "", "[[tool.other]]\nversion = \"\u{2}\" # ä"];
            let tables = choices.around(&pool, &format!("[[tool.\"o.wn\"]]\n{own}"));
            let text = format!("version = \"\u{2}\"\n{tables}\n[tool.x]\nversion = \"\u{2}\"");
            ("about.toml", Some("tool.\"o.wn\".0.version"), None, text)
        }
        Format::Yaml => {
            let pool = [
                "  # tag: \u{2}",
                "  - {name: ä, image: {tag: \u{2}}}",
                "  - other:\n      tag: '\u{2}'",
                "",
                "  - |\n    tag: \u{2}",
            ];
            let own = choices.one_of(&[
                "    tag: \u{1}",
                "    tag:   \"\u{1}\"  # \u{2}",
                "    'tag' : '\u{1}'",
                "    \"tag\": \u{1} # it's \u{2}",
            ]);
            let list = choices.around(&pool, "  - {tag: \u{2}}");
            let text = format!("list:\n{list}\nim.age:\n  api:\n{own}\n  web: {{tag: \u{2}}}\nlast: \u{2}");
            ("values.yaml", Some("\"im.age\".api.tag"), None, text)
        }
        Format::Json => {
            let pool = ["  { \"version\": \"\u{2}\" },", "  \"ä\u{2}\",", "  [],"];
            let own = choices.one_of(&["  \"version\": \"\u{1}\",", "  \"x\": 1, \"version\" : \"\u{1}\","]);
            let list = choices.around(&pool, "  \"\u{2}\",");
            let text = format!(
                "{{ \"list\": [\n{list}\n 1 ],\n \"in/fo\": {{\n{own}\n \"version2\": \"\u{2}\" }}, \"version\": \"\u{2}\" }}"
            );
            ("api.json", Some("/in~1fo/version"), None, text)
        }
        Format::EnvFile => {
            let own = choices.one_of(&["TAG=\u{1}", "export TAG=\"\u{1}\" # \u{2}", "  TAG='\u{1}'"]);
            let pool = ["# TAG=\u{2}", "TAGS=\u{2}", "ä=\"TAG=\u{2}\"", "OTHER=\u{2}"];
            (".env", Some("TAG"), None, choices.around(&pool, own))
        }
        Format::Dockerfile => {
            let own = choices.one_of(&["ARG TAG=\u{1}", "  arg A=\"\u{2}\" TAG='\u{1}' # \u{2}"]);
            let pool = [
                "# ARG TAG=\u{2}",
                "ENV TAG=\u{2}",
                "RUN ä \\\n  ARG TAG=\u{2}",
                "ARG TAGS=\u{2}",
                "ARG TAG",
            ];
            ("Dockerfile", Some("TAG"), None, choices.around(&pool, own))
        }
    }
}

fn first(choices: &[Index], count: usize) -> Vec<Index> {
    choices.iter().take(count).copied().collect()
}

/// Drops every header of this kind but the first, with the line after it.
fn once(text: &str, header: &str) -> String {
    match text.split_once(header) {
        Some((before, after)) => {
            let line = after.lines().nth(1).unwrap_or_default();
            let again = format!("{header}\n{line}\n");
            format!("{before}{header}{}", after.replace(&again, ""))
        }
        None => text.to_owned(),
    }
}

fn version() -> impl Strategy<Value = String> {
    "[0-9]{1,3}\\.[0-9]{1,2}\\.[0-9]{1,2}(-(alpha|beta|rc)\\.[0-9]{1,2}|(a|b|rc)[0-9]{1,2})?"
}

prop_compose! {
    fn sample_of(format: Format)(
        before in prop::collection::vec(any::<Index>(), 0..4),
        after in prop::collection::vec(any::<Index>(), 0..4),
        writing in any::<Index>(),
        (old, new) in (version(), version()),
        (crlf, byte_order_mark, final_newline) in any::<(bool, bool, bool)>(),
    ) -> Sample {
        let choices = Choices { before, after, writing };
        let (path, key, package, template) = shape(format, &choices);
        let template = distinct_keys(format, &template);
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

/// Numbers the keys that a random choice repeats where a format allows each only once.
fn distinct_keys(format: Format, template: &str) -> String {
    let repeated: &[&str] = match format {
        Format::Chart => &["dependencies:", "annotations:", "description:"],
        _ => &[],
    };
    let mut result = template.to_owned();
    for key in repeated {
        let parts: Vec<&str> = result.split(key).collect();
        let numbered = parts.iter().enumerate().skip(1).map(|(number, part)| format!("x{number}{key}{part}"));
        result = std::iter::once(parts[0].to_owned()).chain(numbered).collect();
    }
    result
}

fn sample() -> impl Strategy<Value = Sample> {
    prop::sample::select(Format::ALL).prop_flat_map(sample_of)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_replaced_version_changes_its_own_bytes_and_no_other(sample in sample()) {
        let before = sample.text(&sample.old);
        let replaced = replace(&before, sample.path, &sample.target(), &sample.new);
        let replaced = replaced.map_err(|problems| TestCaseError::fail(format!("{problems:?}\n{before}")))?;
        prop_assert_eq!(&replaced.text, &sample.text(&sample.new));
        prop_assert_eq!(replaced.found.len(), sample.places());
        for found in &replaced.found {
            prop_assert_eq!(before.get(found.span.start..found.span.end).unwrap(), &sample.old);
            prop_assert_eq!(&found.value, &sample.old);
            let line = before.get(..found.span.start).unwrap().matches('\n').count() + 1;
            prop_assert_eq!(found.line, line);
        }
    }

    #[test]
    fn a_version_that_is_replaced_and_put_back_leaves_the_file_as_it_was(sample in sample()) {
        let before = sample.text(&sample.old);
        let there = replace(&before, sample.path, &sample.target(), &sample.new).unwrap().text;
        let back = replace(&there, sample.path, &sample.target(), &sample.old).unwrap().text;
        prop_assert_eq!(back, before);
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_breaks_the_reader(
        sample in sample(), at in any::<Index>(), damage in "[\\[\\]{}\"'\\\\\n=:#&*!|>ä]{0,3}", length in 0..12usize,
    ) {
        let before = sample.text(&sample.old);
        let mut characters: Vec<char> = before.chars().collect();
        let start = at.index(characters.len());
        let end = (start + length).min(characters.len());
        characters.splice(start..end, damage.chars());
        let damaged: String = characters.into_iter().collect();
        if let Ok(replaced) = replace(&damaged, sample.path, &sample.target(), &sample.new) {
            let edits: Vec<Edit> = replaced.found.iter()
                .map(|found| Edit { span: found.span, replacement: sample.new.clone() }).collect();
            prop_assert_eq!(splice(&damaged, &edits).unwrap(), replaced.text);
        }
    }

    #[test]
    fn a_pattern_changes_its_own_places_and_no_other_byte(
        pieces in prop::collection::vec(("(\\PC|\r|\n){0,6}", any::<bool>()), 1..8),
        tail in "[ ,;\n]\\PC{0,8}", (old, new) in (version(), version()),
    ) {
        let literal = |version: &str| format!("ow\u{1}n=={version}");
        let text = |version: &str| -> String {
            let piece = |(around, own): &(String, bool)| {
                format!("{around}{}\n", if *own { literal(version) } else { format!("=={old}") })
            };
            pieces.iter().map(piece).collect::<String>() + &tail
        };
        let count = pieces.iter().filter(|(_, own)| *own).count();
        let (before, find, with) = (text(&old), literal(&old), literal(&new));
        let find = Literal { text: &find, begins_with_version: false, ends_with_version: true };
        let with = Literal { text: &with, ..find };
        prop_assert_eq!(find.replace(&before, "file", &with, count).unwrap().text, text(&new));
        prop_assert!(find.replace(&before, "file", &with, count + 1).is_err());

        let expression = Expression::parse("ow\u{1}n==(?<version>[0-9a-z.-]+)").unwrap();
        let set = expression.set(&before, "file", count, &|_| Some(new.clone()));
        prop_assert_eq!(set.unwrap().text, text(&new));
    }
    #[test]
    fn splice_keeps_every_byte_outside_the_edits(
        pieces in prop::collection::vec(("\\PC{0,8}", "(\\PC|\r|\n){1,8}", "\\PC{0,8}"), 0..6),
        tail in "(\\PC|\r|\n){0,8}", backwards in any::<bool>(),
    ) {
        let (mut text, mut expected, mut edits) = (String::new(), String::new(), Vec::new());
        for (kept, removed, replacement) in &pieces {
            text.push_str(kept);
            expected.push_str(kept);
            edits.push(Edit {
                span: Span { start: text.len(), end: text.len() + removed.len() },
                replacement: replacement.clone(),
            });
            text.push_str(removed);
            expected.push_str(replacement);
        }
        text.push_str(&tail);
        expected.push_str(&tail);
        if backwards {
            edits.reverse();
        }
        prop_assert_eq!(splice(&text, &edits), Ok(expected));
    }
}

#[test]
fn the_generator_reaches_every_shape_in_every_format() {
    let mut runner = TestRunner::deterministic();
    for format in Format::ALL {
        let mut counts = [0; 8];
        for _ in 0..200 {
            let sample = sample_of(*format).new_tree(&mut runner).unwrap().current();
            let before = sample.text(&sample.old);
            let found = locate(&before, sample.path, &sample.target()).unwrap();
            let shapes = [
                before.contains("\r\n"),
                before.contains('\n') && !before.contains('\r'),
                before.starts_with('\u{feff}'),
                !before.ends_with('\n'),
                before.ends_with('\n'),
                sample.new.len() > sample.old.len(),
                sample.new.len() < sample.old.len(),
                before.matches(&sample.old).count() > found.len(),
            ];
            for (count, reached) in counts.iter_mut().zip(shapes) {
                *count += usize::from(reached);
            }
        }
        let names =
            ["CRLF", "LF", "BOM", "no final newline", "final newline", "longer", "shorter", "elsewhere"];
        for (name, count) in names.iter().zip(counts) {
            assert!(count >= 20, "{format:?}: {name} in {count} of 200 samples");
        }
    }
}
