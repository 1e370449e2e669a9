//! What must hold for every text, whoever wrote it. The targets are one line each; what they promise stands here. A
//! broken promise is a panic, which the engine reports together with the text.

use std::collections::HashMap;

use trueppm_release::changelog::{
    BlankLines, Category, Fragment, Level, Release, Style, SummaryPolicy, TypeEntry, Types, classify,
    fragment_items, is_paragraph, opens_section, rotate, summary_text,
};
use trueppm_release::config::{self, Source, Values};
use trueppm_release::manifest::pattern::{Expression, Literal};
use trueppm_release::manifest::requirement::{Moved, Requirement};
use trueppm_release::manifest::splice::{Edit, splice};
use trueppm_release::manifest::{
    Copied, EVERY_PACKAGE, Format, Found, Target, cargo_manifest, from_elsewhere, held, locate, moved,
    moved_in_python, npm_manifest, package_lock_copies, package_name, pnpm_lock_copies, python_manifest,
    replace, yarn_lock_copies, yarn_lock_keys,
};
use trueppm_release::version::{Bump, Request, Stage, Version, next};

/// Values that a release writes: both spellings, short and long.
const NEW_VALUES: [&str; 3] = ["0.2.0", "10.20.30-rc.40", "0.2.0a1"];

/// The keys that a format is asked for, besides none.
fn keys(format: Format) -> &'static [&'static str] {
    match format {
        Format::PythonSetting => &["SPECTACULAR_SETTINGS[\"VERSION\"]", "A['b']"],
        Format::Chart => &["version", "appVersion"],
        Format::EnvFile | Format::Dockerfile => &["TRUEPPM_OSS_TAG", "A"],
        Format::Pyproject => &["project.version", "tool.poetry.version"],
        Format::CargoToml => &["package.version", "workspace.dependencies.own.version"],
        Format::PythonVersion => &["VERSION"],
        Format::Toml | Format::Yaml => &["version", "tool.own.version", "image.tag", "list.0.tag"],
        Format::Json => &["/version", "/info/version", "/packages/0/version", "/a~1b/~0"],
        _ => &[],
    }
}

/// Every locator: no panic, spans that lie in the text, and a new version that changes its own bytes and no other.
pub fn locator(format: Format, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = package_name(text, format);
    let _ = held(text, "file", format, None);
    requirements(format, text);
    // What a configuration could ask for.
    let _ = format.check_key(text.lines().next());
    for key in keys(format).iter().copied().map(Some).chain([None]) {
        for package in [None, Some("trueppm-api"), Some(EVERY_PACKAGE)] {
            let target = Target { format, key, package };
            if let Ok(found) = locate(text, "file", &target) {
                // Only these need not name the packages of their own repository.
                let may_hold_none = matches!(format, Format::PnpmLock | Format::YarnLock);
                assert!(!found.is_empty() || may_hold_none, "located, but nowhere");
                check_places(text, &found);
                for value in NEW_VALUES {
                    check_replaced(text, &target, &found, value);
                }
            }
        }
    }
    if format == Format::CargoToml {
        asked_of_crates(text);
    }
}

/// What a Cargo.toml asks of other crates: each range lies in the text, and one that moves admits the new version.
fn asked_of_crates(text: &str) {
    let Ok(manifest) = cargo_manifest(text, "file") else { return };
    for requirement in manifest.requirements {
        let found = requirement.found;
        check_places(text, std::slice::from_ref(&found));
        for (old, new) in [("0.4.2", "0.5.0"), ("0.4.2", "0.5.0-alpha.1"), ("0.5.0-alpha.1", "0.5.0")] {
            let Moved::To(range) = moved(Format::CargoToml, &found.value, old, new) else { continue };
            assert_eq!(
                moved(Format::CargoToml, &range, old, new),
                Moved::Stays,
                "{range} does not admit {new}"
            );
            let edit = Edit { span: found.span, replacement: range.clone() };
            let after = splice(text, &[edit]).expect("a range lies in its text");
            let again = cargo_manifest(&after, "file").expect("what was written can be read");
            let again = again.requirements.iter().map(|it| &it.found);
            let mut same = again.filter(|it| it.key == found.key && it.span.start == found.span.start);
            assert!(same.all(|it| it.value == range), "{found:?} does not read {range}");
        }
    }
}

/// What a file asks of packages, or repeats of others: spans that lie in the text and hold what was found, and a range
/// that moves once.
fn requirements(format: Format, text: &str) {
    let asked: Vec<Requirement> = match format {
        Format::PackageJson => npm_manifest(text, "file").map(|read| read.requirements).unwrap_or_default(),
        Format::Pyproject => python_manifest(text, "file").map(|read| read.requirements).unwrap_or_default(),
        _ => Vec::new(),
    };
    for requirement in &asked {
        let found = &requirement.found;
        assert!(text.get(found.span.start..found.span.end).is_some(), "no such bytes: {found:?}");
        let by = |found: Found, old: &str, new: &str| match format {
            Format::Pyproject => moved_in_python(&Requirement { found, ..requirement.clone() }, old, new),
            _ => moved(format, &found.value, old, new),
        };
        for new in NEW_VALUES {
            if let Moved::To(range) = by(found.clone(), "0.1.0", new) {
                assert_eq!(by(Found { value: range, ..found.clone() }, new, new), Moved::Stays);
            }
        }
    }
    let copies: Vec<Copied> = match format {
        Format::PackageLock => package_lock_copies(text, "file"),
        Format::PnpmLock => pnpm_lock_copies(text, "file"),
        Format::YarnLock => yarn_lock_copies(text, "file"),
        _ => Ok(Vec::new()),
    }
    .unwrap_or_default();
    for copy in &copies {
        let span = copy.found.span;
        assert!(text.get(span.start..span.end).is_some(), "no such bytes: {copy:?}");
    }
    if format == Format::YarnLock {
        let set: Vec<(Found, String)> =
            copies.into_iter().map(|copy| (copy.found, "npm:^9.0.0".to_owned())).collect();
        for (found, _) in yarn_lock_keys(text, "file", &set).unwrap_or_default() {
            assert_eq!(text.get(found.span.start..found.span.end), Some(found.value.as_str()));
        }
    }
    if format == Format::UvLock {
        let _ = from_elsewhere(text, "file");
    }
}

fn check_places(text: &str, found: &[Found]) {
    let mut end = 0;
    for place in found {
        assert!(place.span.start >= end, "places overlap: {found:?}");
        assert!(text.get(place.span.start..place.span.end).is_some(), "no such bytes: {found:?}");
        let before = &text.as_bytes()[..place.span.start];
        assert_eq!(place.line, before.iter().filter(|byte| **byte == b'\n').count() + 1);
        end = place.span.end;
    }
}

/// The expected text is put together here from the places alone.
fn check_replaced(text: &str, target: &Target<'_>, found: &[Found], value: &str) {
    let Ok(replaced) = replace(text, "file", target, value) else { return };
    assert_eq!(replaced.text, put_together(text, found, &|_| Some(value.to_owned())));
    let again = locate(&replaced.text, "file", target).expect("what was written can be read");
    assert!(again.iter().all(|place| place.value == value), "reads {again:?} instead of {value}");
}

/// A pattern: its first line as a text or an expression that is looked for, the second as what takes its place, the rest
/// as the file. Its own places change and no other byte does.
pub fn pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.splitn(3, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let (find, with, text) = (next(), next(), next());
    for (begins_with_version, ends_with_version) in [(false, false), (false, true), (true, true)] {
        let literal = |text| Literal { text, begins_with_version, ends_with_version };
        let found = literal(find).locate(text);
        check_places(text, &found);
        assert!(literal(find).replace(text, "file", &literal(with), found.len() + 1).is_err());
        if let Ok(replaced) = literal(find).replace(text, "file", &literal(with), found.len()) {
            assert_eq!(replaced.text, put_together(text, &found, &|_| Some(with.to_owned())));
        }
    }
    let Ok(expression) = Expression::parse(find) else { return };
    let Ok((matches, found)) = expression.locate(text, "file") else { return };
    for set in [&(|_: &str| Some(with.to_owned())) as &dyn Fn(&str) -> Option<String>, &|_| None] {
        if let Ok(replaced) = expression.set(text, "file", matches, set) {
            assert_eq!(replaced.text, put_together(text, &found, set));
            expression.check(&replaced.text, "file", matches, set).expect("what was written can be read");
        }
    }
}

fn put_together(text: &str, found: &[Found], with: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expected = String::new();
    let mut end = 0;
    for place in found {
        if let Some(with) = with(&place.key) {
            expected.push_str(&text[end..place.span.start]);
            expected.push_str(&with);
            end = place.span.end;
        }
    }
    expected + &text[end..]
}

const RELEASE: Release<'static> = Release {
    version: "0.2.0",
    heading: "## [0.2.0] - 2026-02-03",
    tag: "v0.2.0",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};

/// Types as a project may name them.
fn own_types() -> Types {
    let own = [("feature", "Features", Level::Minor), ("added", "Also Added", Level::None)];
    Types::own(
        own.map(|(name, heading, bump)| (name.to_owned(), TypeEntry { heading: heading.to_owned(), bump })),
    )
}

/// Styles as far apart as a configuration can put them.
fn styles() -> [Style; 3] {
    let dense = BlankLines {
        before_release: Some(0),
        after_release: Some(0),
        before_type: Some(0),
        after_type: Some(0),
    };
    let wide = BlankLines {
        before_release: Some(2),
        after_release: Some(2),
        before_type: Some(2),
        after_type: Some(2),
    };
    [
        Style::default(),
        Style {
            verbatim: true,
            placeholder: Some("_Soon._".to_owned()),
            blank_lines: wide,
            summary: SummaryPolicy::Required,
            tidy: true,
            ..Style::default()
        },
        Style {
            order: vec![Category::Security, Category::Added],
            placeholder: Some("_Nothing yet._".to_owned()),
            empty: Some("_No changes._".to_owned()),
            blank_lines: dense,
            summary: SummaryPolicy::Optional,
            ..Style::default()
        },
    ]
}

/// A changelog: every line that is not the rotation's own stays, and what was released cannot be released again.
pub fn changelog(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let fragment = Fragment {
        path: "changelog.d/1.added.md".to_owned(),
        category: Category::Added,
        text: "A new feature.\n".to_owned(),
    };
    // The first line as a summary as well, so that the engine finds its way there.
    let summary = text.lines().next().and_then(|line| summary_text(line).ok());
    for style in styles() {
        for fragments in [&[][..], std::slice::from_ref(&fragment)] {
            for summary in [None, summary.as_deref()] {
                // As the configuration has the heading, and in the style of the newest one.
                for follows in [None, Some("2026-02-03")] {
                    let release = Release { summary, follows, ..RELEASE };
                    check_rotated(text, fragments, &release, &style);
                }
            }
        }
    }
}

fn check_rotated(text: &str, fragments: &[Fragment], release: &Release<'_>, style: &Style) {
    let Ok(rotated) = rotate("CHANGELOG.md", text, fragments, release, style) else { return };
    let section = rotated.text.get(rotated.section.clone()).expect("the section lies in the text");
    assert!(section.starts_with(&rotated.heading) && rotated.heading.contains("0.2.0"), "{section:?}");
    assert!(
        release.follows.is_some() || rotated.heading == release.heading || rotated.heading.contains("](")
    );
    let mut kept: HashMap<&str, usize> = HashMap::new();
    let replaced = rotated.summary.as_ref().and_then(|summary| summary.replaces.as_deref());
    for line in rotated.text.lines().chain(replaced.into_iter().flat_map(str::lines)).map(without_return) {
        *kept.entry(line).or_default() += 1;
    }
    for line in text.lines().map(without_return).filter(|line| is_kept(line, style)) {
        let left = kept.get_mut(line).filter(|left| **left > 0);
        *left.unwrap_or_else(|| panic!("lost {line:?} in\n{}", rotated.text)) -= 1;
    }
    if let Some(summary) = release.summary {
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert!(bare(section).contains(&bare(summary)), "{summary:?} is not in {section:?}");
    }
    let again = rotate("CHANGELOG.md", &rotated.text, &[], release, style);
    assert!(again.is_err(), "released twice:\n{}", rotated.text);
}

/// A carriage return at the very end of a text becomes part of a line ending when something is written behind it.
fn without_return(line: &str) -> &str {
    line.trim_end_matches('\r')
}

/// Whether rotation leaves a line alone wherever it stands: no blank line, placeholder, link reference or link that
/// compares two versions.
fn is_kept(line: &str, style: &Style) -> bool {
    let line = line.trim();
    let placeholder = style.placeholder.as_deref().is_some_and(|placeholder| line.contains(placeholder));
    !line.is_empty()
        && !line.contains("_Nothing yet._")
        && !placeholder
        && !line.starts_with('[')
        && !line.contains("/compare/")
}

/// What stands below the fragments in the changelog that [`fragment`] releases into.
const OLDER: &str = "## [0.1.0] - 2026-01-15\n\n### Added\n\n- The first\n\n\n  release.\n";

/// A fragment: its first line as a file name, the rest as its text. What is accepted goes into a changelog without
/// a change to anything around it.
pub fn fragment(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (name, text) = text.split_once('\n').unwrap_or(("1.added.md", text));
    let _ = classify(name, &own_types());
    let _ = classify(name, &Types::default());
    for verbatim in [false, true] {
        let style = Style { verbatim, ..Style::default() };
        let fragment = Fragment {
            path: "changelog.d/1.fixed.md".to_owned(),
            category: Category::Fixed,
            text: text.to_owned(),
        };
        let items = fragment_items(&fragment, &style);
        let before = format!("# Changelog\n\n## [Unreleased]\n\n{OLDER}");
        let rotated = rotate("CHANGELOG.md", &before, &[fragment], &RELEASE, &style);
        match (&items, &rotated) {
            (Ok((items, _)), Ok(rotated)) => {
                assert!(items.ends_with('\n') && !items.trim().is_empty(), "{items:?}");
                assert!(
                    rotated.text.starts_with("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n")
                );
                assert!(rotated.text.ends_with(&format!("\n{OLDER}")), "{}", rotated.text);
            }
            (Ok(_), Err(_)) => assert!(verbatim, "accepted alone, refused in a changelog: {rotated:?}"),
            (Err(_), rotated) => assert!(rotated.is_err(), "refused alone, accepted in a changelog"),
        }
    }
}

/// Versions and the words that ask for them: one spelling each, and only forward.
pub fn version(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if let Ok(version) = Version::parse_semver(first) {
        assert_eq!(version.to_string(), first);
    }
    if let Some(version) = Version::parse_pep440(first) {
        assert_eq!(version.pep440(), first);
    }
    let Some(current) = Version::parse_either(first) else { return };
    assert_eq!(Version::parse_semver(&current.to_string()).expect("its own spelling"), current);
    assert_eq!(Version::parse_pep440(&current.pep440()), Some(current));
    let words: Vec<String> = second.split_whitespace().map(str::to_owned).collect();
    let mut requests: Vec<Request> = Request::from_words(&words).into_iter().collect();
    requests.extend(Request::explicit(second));
    for bump in [Bump::Patch, Bump::Minor, Bump::Major] {
        requests.push(Request::Bump(bump, None));
        requests.extend(Stage::ALL.map(|stage| Request::Bump(bump, Some(stage))));
    }
    for request in &requests {
        if let Ok(next) = next(&current, request) {
            assert!(next.version > current, "{current} goes to {}", next.version);
        }
    }
}

/// A configuration: what is accepted keeps every path inside the repository, and every template renders.
pub fn configuration(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Source::File("trueppm-release.toml".to_owned());
    let config = match config::parse(text, &source) {
        Ok(config) => config,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            assert!(problems.iter().all(|problem| problem.message.starts_with("trueppm-release.toml:")));
            return;
        }
    };
    let values = Values {
        version: "0.2.0-alpha.1".into(),
        pep440: "0.2.0a1".into(),
        base: "0.2.0".into(),
        major: "0".into(),
        minor: "2".into(),
        patch: "0".into(),
        previous: "0.1.0".into(),
        previous_pep440: "0.1.0".into(),
        previous_base: "0.1.0".into(),
        date: "2026-02-03".into(),
        tag: String::new(),
    };
    for tag in &config.tag {
        let name = tag.name.render(&values);
        assert!(!name.is_empty() && !name.starts_with('-') && !name.contains(char::is_control), "{name:?}");
        let _ = tag.name.could_render_as(&name);
        let _ = tag.name.could_render_as(text);
    }
    for changelog in &config.changelog {
        let spelled = config::heading_values(&changelog.value, &values).with_tag("v0.2.0-alpha.1");
        if let Some(heading) = changelog.heading.as_ref().map(|heading| heading.render(&spelled)) {
            assert!(opens_section(&heading, &spelled.version), "{heading:?} is not found again");
        }
        let style = changelog.style(&values);
        let lines = [style.placeholder, style.empty].into_iter().flatten();
        assert!(lines.into_iter().all(|line| is_paragraph(&line)), "{changelog:?}");
    }
    for pattern in &config.pattern {
        for template in pattern.find.iter().chain(&pattern.replace) {
            let _ = Expression::parse(&template.as_expression());
        }
    }
    let patterns = config.pattern.iter().map(|pattern| &pattern.path);
    let ignored = config.ignore.iter().map(|ignore| &ignore.path);
    let manifests = config.manifest.iter().map(|manifest| &manifest.path).chain(patterns).chain(ignored);
    let outputs = config.step.iter().flat_map(|step| &step.writes);
    let changelog = config.changelog.iter().flat_map(|it| std::iter::once(&it.path).chain(&it.fragments));
    for path in manifests.chain(outputs).chain(changelog) {
        let inside = !path.is_empty() && !path.starts_with('/') && !path.contains(['\\', '\0', '\n']);
        let plain = path.split('/').all(|part| !matches!(part, "" | "." | ".." | ".git"));
        assert!(inside && plain, "leaves the repository: {path:?}");
    }
}
