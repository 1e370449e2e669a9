//! Whole configurations that must be read, and what they then say.

mod changelogs;
mod manifests;
mod patterns;
mod pins;
mod problems;
mod schema;
mod steps;
mod tags;

use proptest::prelude::*;
use toml_edit::DocumentMut;

use super::known::{Key, ROOT, Shape};
use super::*;

/// The smallest configuration there is; its last line is line 10.
const SMALL: &str = "\
[release]
version-from = \"Cargo.toml\"
commit-message = \"Release {version}\"

[[tag]]
name = \"v{version}\"
message = \"Release {tag}\"

[[manifest]]
path = \"Cargo.toml\"
";

#[test]
fn the_built_in_profile_is_read_and_says_what_trueppm_suite_is() {
    let config = parse(built_in(), &Source::BuiltIn).unwrap();
    assert_eq!(config.release.branch.name(), "main");
    assert_eq!(config.release.remote, "origin");
    assert_eq!(config.version_manifest().unwrap().path, "packages/api/pyproject.toml");
    let [stable, _] = rules::samples();
    assert_eq!(
        config.release.commit_message.render(&stable),
        "chore(release): bump version to 0.2.0\n\nAutomated release commit. See CHANGELOG.md for details."
    );
    let manifests: Vec<_> = config
        .manifest
        .iter()
        .map(|it| {
            (
                it.path.as_str(),
                it.format_name().unwrap(),
                it.value.as_ref().map_or("{version}", Template::as_str),
                it.follows,
                it.optional,
            )
        })
        .collect();
    assert_eq!(
        manifests,
        [
            ("packages/scheduler/pyproject.toml", "pyproject", "{pep440}", false, false),
            ("packages/api/pyproject.toml", "pyproject", "{version}", false, false),
            ("packages/web/package.json", "package-json", "{version}", false, false),
            ("packages/api/src/trueppm_api/settings/base.py", "python-setting", "{base}", true, false),
            ("packages/helm/Chart.yaml", "chart", "{version}", true, false),
            ("packages/api/uv.lock", "uv-lock", "{pep440}", true, true),
            ("packages/scheduler/uv.lock", "uv-lock", "{pep440}", true, true),
            ("packages/web/package-lock.json", "package-lock", "{version}", true, true),
        ]
    );
    let tags: Vec<_> = config
        .tag
        .iter()
        .map(|tag| (tag.name.render(&stable), tag.message.render(&stable), tag.starts.len()))
        .collect();
    assert_eq!(
        tags,
        [
            ("v0.2.0".to_owned(), "Release v0.2.0".to_owned(), 7),
            ("scheduler-v0.2.0".to_owned(), "Release trueppm-scheduler 0.2.0".to_owned(), 1),
        ]
    );
    assert_eq!(
        config.step[0].run.iter().map(Template::as_str).collect::<Vec<_>>(),
        ["bash", "scripts/export-openapi.sh"]
    );
    assert_eq!(config.step[0].expect[0].key.as_deref(), Some("/info/version"));
    assert_eq!((config.step[0].at, config.check.len()), (Some(Moment::AfterBump), 0));
    assert_eq!(config.changelog[0].rotate, Rotate::Stable);
    let reminders: Vec<_> = config.reminder.iter().map(|it| (it.when, it.before_push)).collect();
    assert_eq!(reminders, [(When::FirstTag, true), (When::Stable, false), (When::Stable, false)]);
    assert_eq!(config.limits, Limits::default(), "the profile shows the defaults");
}

#[test]
fn the_projects_own_configuration_is_read() {
    let text = include_str!("../../trueppm-release.toml");
    let config = parse(text, &Source::File("trueppm-release.toml".into())).unwrap();
    assert_eq!(config.version_manifest().unwrap().format_name(), Some("cargo-toml"));
    assert_eq!(config.manifest[1].package.as_deref(), Some(env!("CARGO_PKG_NAME")));
}

#[test]
fn what_is_left_out_has_its_documented_default() {
    let more =
        "[[step]]\nname = \"x\"\nrun = [\"true\"]\n[changelog]\npath = \"C.md\"\n[[reminder]]\ntext = \"y\"";
    let config = parse(&format!("{SMALL}{more}"), &Source::BuiltIn).unwrap();
    assert_eq!((config.release.branch.name(), config.release.remote.as_str()), ("main", "origin"));
    assert_eq!(config.manifest[0].value, None);
    assert!(!config.manifest[0].follows && !config.manifest[0].optional);
    assert_eq!(
        (config.step[0].timeout_seconds, config.step[0].required, config.step[0].at),
        (600, true, None)
    );
    assert!(config.step[0].only_when.is_empty() && config.step[0].exit_codes.is_empty());
    let changelog = config.changelog[0].clone();
    assert_eq!((changelog.fragments, changelog.rotate, changelog.verbatim), (None, Rotate::Stable, false));
    assert_eq!((config.reminder[0].when, config.reminder[0].before_push), (When::Always, false));
    assert_eq!((config.limits.changelog_bytes, config.limits.manifest_bytes), (268_435_456, 16_777_216));
    assert_eq!(config.limits.hook_seconds, 600);
}

#[test]
fn two_lines_release_one_package() {
    for path in ["Cargo.toml", "package.json", "pyproject.toml", "Chart.yaml"] {
        let config = parse(&format!("[[manifest]]\npath = \"{path}\"\n"), &Source::BuiltIn).unwrap();
        assert_eq!(config.version_manifest().map(|it| it.path.as_str()), Some(path));
        assert_eq!(config.release.commit_message.as_str(), "chore(release): bump version to {version}");
        let tags: Vec<_> = config.tag.iter().map(|tag| (tag.name.as_str(), tag.message.as_str())).collect();
        assert_eq!(tags, [("v{version}", "Release v{version}")]);
        // The defaults are what parsing them would give, and reading them again changes nothing.
        let written = toml_edit::ser::to_string_pretty(&config).unwrap();
        assert_eq!(parse(&written, &Source::BuiltIn).unwrap(), config);
    }
}

#[test]
fn the_version_is_read_in_the_first_manifest_that_can_say_it() {
    let text = "[[manifest]]\npath = 'Cargo.lock'\n[[manifest]]\npath = 'web/package.json'\nfollows = true\n\
        [[manifest]]\npath = '*/Cargo.toml'\n[[manifest]]\npath = 'a/Cargo.toml'\n[[manifest]]\npath = 'Cargo.toml'\n";
    assert_eq!(parse(text, &Source::BuiltIn).unwrap().release.version_from, "a/Cargo.toml");
    // A tag that is not written can still be named.
    let named = "[[manifest]]\npath = 'Cargo.toml'\n[[reminder]]\ntext = '{tag}'\ntag = 'v{version}'\n";
    assert!(parse(named, &Source::BuiltIn).is_ok());
}

#[test]
fn a_newer_file_says_first_that_this_program_is_too_old() {
    let text = "limitz = 1\nrequires = \"999.1\"\n[release]\nfuture = true\nunlisted = \"future\"\nremote = 7\n\
        [[manifest]]\npath = \"Cargo.toml\"\n";
    let own = env!("CARGO_PKG_VERSION");
    let upgrade = "install a newer trueppm-release; `trueppm-release --version` says which one this is";
    assert_eq!(
        problems::said(text),
        [
            format!("x.toml:2:12: needs trueppm-release 999.1 or newer, and this is {own} | {upgrade}"),
            format!("x.toml:1:1: unknown key `limitz` at the top level | {upgrade}"),
            format!("x.toml:4:1: unknown key `future` in `[release]` | {upgrade}"),
            format!("x.toml:5:12: `unlisted` in `[release]`: unknown value `future` | {upgrade}"),
            "x.toml:6:10: `remote` in `[release]`: expected a string, found a number".to_owned(),
        ]
    );
    // One that is old enough is read, and what it holds that nobody knows is a mistake as ever.
    assert_eq!(problems::said(&format!("requires = \"{own}\"\n{SMALL}")), Vec::<String>::new());
    let unknown = problems::said(&format!("requires = \"{own}\"\nlimitz = 1\n{SMALL}"));
    assert_eq!(unknown, ["x.toml:2:1: unknown key `limitz` at the top level | did you mean `[limits]`?"]);
    assert_eq!(
        problems::said(&format!("requires = \">=0.5\"\n{SMALL}")),
        [
            "x.toml:1:12: `requires`: `>=0.5` is not a version of trueppm-release | write the oldest one that may \
             read this file, and nothing else: `requires = \"0.5\"`"
        ]
    );
}

#[test]
fn several_branches_and_globs_are_read_and_written_back() {
    let with = |branch: &str| SMALL.replace("[release]", &format!("[release]\nbranch = {branch}"));
    for (branch, admitted, refused) in [
        ("\"main\"", "main", "release/0.4"),
        ("[\"main\", \"release/*\"]", "release/0.4", "other"),
        ("\"release/*\"", "release/0.4", "main"),
    ] {
        let config = parse(&with(branch), &Source::BuiltIn).unwrap();
        assert!(config.release.branch.admits(admitted) && !config.release.branch.admits(refused), "{branch}");
        let written = toml_edit::ser::to_string_pretty(&config).unwrap();
        assert_eq!(parse(&written, &Source::BuiltIn).unwrap(), config, "{branch}");
    }
    for (branch, says) in [
        ("[]", "x.toml:2:10: `branch` in `[release]` is an empty list"),
        ("7", "x.toml:2:10: `branch` in `[release]`: expected a string or a list of strings, found a number"),
        ("[\"main\", 7]", "x.toml:2:19: `branch` in `[release]`, entry 2: expected a string, found a number"),
        (
            "\"a b\"",
            "x.toml:2:10: `branch` in `[release]`: `a b` is not a name that git takes: it holds a space",
        ),
    ] {
        assert_eq!(problems::said(&with(branch)), [says], "{branch}");
    }
}

#[test]
fn the_examples_of_the_documents_are_read() {
    let examples = |page: &str| -> String {
        page.split("```toml\n").skip(1).map(|example| example.split_once("```").unwrap().0).collect()
    };
    let parts = examples(include_str!("../../docs/configuration.md"));
    let config = parse(&format!("{SMALL}{parts}"), &Source::File("configuration.md".into())).unwrap();
    assert_eq!((config.pattern.len(), config.step.len(), config.check.len(), config.pin.len()), (2, 1, 1, 1));
    let whole = examples(include_str!("../../README.md"));
    let config = parse(&whole, &Source::File("README.md".into())).unwrap();
    assert_eq!((config.manifest.len(), config.tag.len()), (1, 1));
    let branches = examples(include_str!("../../docs/guide.md"));
    assert!(parse(&format!("{branches}{whole}"), &Source::File("guide.md".into())).is_ok());
}

#[test]
fn line_endings_byte_order_mark_and_inline_tables_make_no_difference() {
    let config = parse(built_in(), &Source::BuiltIn).unwrap();
    let windows = format!("\u{feff}{}", built_in().replace('\n', "\r\n"));
    assert_eq!(parse(&windows, &Source::BuiltIn).unwrap(), config);

    let inline = "release = { version-from = 'Cargo.toml', commit-message = 'Release {version}' }\n\
        tag = [{ name = 'v{version}', message = 'Release {tag}' }]\nmanifest = [{ path = 'Cargo.toml' }]";
    assert_eq!(parse(inline, &Source::BuiltIn), parse(SMALL, &Source::BuiltIn));
    let dotted = inline.replace(
        "release = { version-from = 'Cargo.toml', commit-message = 'Release {version}' }",
        "release.version-from = 'Cargo.toml'\nrelease.commit-message = 'Release {version}'",
    );
    assert_eq!(parse(&dotted, &Source::BuiltIn), parse(SMALL, &Source::BuiltIn));
}

#[test]
fn a_configuration_written_out_again_reads_as_itself() {
    for text in [built_in(), SMALL] {
        let config = parse(text, &Source::BuiltIn).unwrap();
        let written = to_toml(&config).unwrap();
        assert_eq!(parse(&written, &Source::BuiltIn).unwrap(), config, "{written}");
    }
}

#[test]
fn steps_and_checks_keep_their_order_when_written_out() {
    let command = |kind: &str, name: &str| {
        let more = if kind == "step" {
            "writes = ['o']\nexpect = [{ path = 'o', key = '/v', value = 'x' }]\n"
        } else {
            ""
        };
        format!("[[{kind}]]\nname = '{name}'\nrun = ['x']\nenvironment = {{ A = 'b' }}\n{more}")
    };
    let text: String = [("check", "a"), ("step", "b"), ("check", "c"), ("step", "d")]
        .map(|(kind, name)| command(kind, name))
        .concat();
    let config = parse(&format!("{SMALL}\n{text}[limits]\nhook-seconds = 7\n"), &Source::BuiltIn).unwrap();
    assert_eq!(config.check[1].place, 2);
    let written = to_toml(&config).unwrap();
    assert_eq!(parse(&written, &Source::BuiltIn).unwrap(), config, "{written}");
    let inline =
        format!("check = [{{ name = 'a', run = ['x'] }}]\nstep = [{{ name = 'b', run = ['x'] }}]\n{SMALL}");
    let config = parse(&inline, &Source::BuiltIn).unwrap();
    assert_eq!((config.check[0].place, config.step[0].place), (0, 1));
}

/// A document in which every known key of these tables has a value of its type.
fn fill(keys: &[Key], table: &mut toml_edit::Table) {
    for key in keys {
        table.insert(key.name, filled(key.shape));
    }
}

fn filled(shape: Shape) -> toml_edit::Item {
    match shape {
        Shape::Text(_) | Shape::Anything(_) => toml_edit::value("{version}"),
        Shape::Choice(choices) => toml_edit::value(choices()[0]),
        Shape::Flag => toml_edit::value(true),
        Shape::Count(least, _) => toml_edit::value(least),
        Shape::Texts(_) | Shape::TextOrTexts(_) => toml_edit::value(toml_edit::Array::from_iter(["x"])),
        Shape::Choices(choices) => toml_edit::value(toml_edit::Array::from_iter(choices())),
        Shape::Entries(entries) => {
            let mut inner = toml_edit::Table::new();
            inner.insert(entries.example, filled(entries.value));
            toml_edit::Item::Table(inner)
        }
        Shape::Table(keys) => {
            let mut inner = toml_edit::Table::new();
            fill(keys, &mut inner);
            toml_edit::Item::Table(inner)
        }
        Shape::Tables(keys) | Shape::OneOrMore(keys) => {
            let mut inner = toml_edit::Table::new();
            fill(keys, &mut inner);
            let mut list = toml_edit::ArrayOfTables::new();
            list.push(inner);
            toml_edit::Item::ArrayOfTables(list)
        }
    }
}

/// Every key of these tables, by its path.
fn names(keys: &[Key], above: &str) -> Vec<String> {
    let inner = |key: &Key| match key.shape {
        Shape::Table(keys) | Shape::Tables(keys) | Shape::OneOrMore(keys) => {
            names(keys, &format!("{above}{}.", key.name))
        }
        Shape::Entries(entries) => {
            let entry = format!("{above}{}.{}", key.name, entries.example);
            let inner = match entries.value {
                Shape::Table(keys) => names(keys, &format!("{entry}.")),
                _ => Vec::new(),
            };
            [vec![entry], inner].concat()
        }
        _ => Vec::new(),
    };
    keys.iter().flat_map(|key| [vec![format!("{above}{}", key.name)], inner(key)].concat()).collect()
}

#[test]
fn the_known_keys_and_the_types_are_the_same() {
    let mut document = DocumentMut::new();
    fill(ROOT, document.as_table_mut());
    // Types that know a key less refuse the document; types that know one more write it back.
    let config: Config = toml_edit::de::from_document(document).unwrap();
    let written: serde_json::Value = serde_json::to_value(&config).unwrap();
    let paths = |value: &serde_json::Value| {
        fn walk(value: &serde_json::Value, above: &str, into: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(map) => {
                    for (name, value) in map {
                        into.push(format!("{above}{name}"));
                        walk(value, &format!("{above}{name}."), into);
                    }
                }
                serde_json::Value::Array(list) => list.iter().for_each(|value| walk(value, above, into)),
                _ => {}
            }
        }
        let mut all = Vec::new();
        walk(value, "", &mut all);
        all
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(paths(&written)), sorted(names(ROOT, "")));
}

#[test]
fn every_known_key_is_explained_in_the_built_in_profile() {
    for name in names(ROOT, "") {
        let last = name.rsplit('.').next().unwrap();
        assert!(built_in().contains(last), "{name} is not mentioned");
    }
    for format in crate::manifest::Format::ALL {
        assert!(built_in().contains(format.name()), "{} is not mentioned", format.name());
    }
    for placeholder in Placeholder::ALL {
        assert!(
            built_in().contains(&format!("{{{}}}", placeholder.name())),
            "{placeholder:?} is not mentioned"
        );
    }
}

proptest! {
    #[test]
    fn whatever_is_read_renders_names_that_git_takes(name in "[a-z./@{}~ -]{0,10}", hole in "\\{(version|pep440|base)\\}") {
        let text = SMALL.replace("\"v{version}\"", &format!("{:?}", format!("{name}{hole}")));
        if let Ok(config) = parse(&text, &Source::BuiltIn) {
            for values in rules::samples() {
                let reference = format!("refs/tags/{}", config.tag[0].name.render(&values));
                prop_assert!(git2::Reference::is_valid_name(&reference), "{reference}");
            }
        }
    }
}
