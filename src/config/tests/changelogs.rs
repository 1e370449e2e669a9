//! Changelogs in a configuration: both shapes, what they say when nothing is said, and every way to get one wrong.

use proptest::prelude::*;

use super::SMALL;
use crate::changelog::{BlankLines, Category, Release, Style, SummaryPolicy, Types, rotate};
use crate::config::template::Values;
use crate::config::{Changelog, Empty, Rotate, Source, heading_values, parse, rules};

/// The changelogs of the small configuration with more lines after it.
fn changelogs(more: &str) -> Vec<Changelog> {
    let config = parse(&format!("{SMALL}{more}"), &Source::File("x.toml".into()));
    config.unwrap_or_else(|problems| panic!("{more}: {problems:?}")).changelog
}

/// What is said about it instead: one line for a problem, its hints after ` | `.
fn said(more: &str) -> Vec<String> {
    let problems = parse(&format!("{SMALL}{more}"), &Source::File("x.toml".into())).err().unwrap_or_default();
    problems.into_iter().map(|problem| [vec![problem.message], problem.hints].concat().join(" | ")).collect()
}

#[test]
fn one_changelog_and_several_are_described_by_the_same_keys() {
    let keys = "path = 'C.md'\nvalue = '{pep440}'\nfragments = 'd'\nrotate = 'always'\nheading = '## [{version}] — {date}'\n\
        placeholder = '_None._'\norder = ['security', 'removed']\nverbatim = true\nempty = 'Since {previous}: nothing.'\n\
        tag = 'v{version}'\nsummary = 'required'\ntidy = true\nblank-lines = { after-type = 0, before-release = 2 }\n";
    let one = changelogs(&format!("[changelog]\n{keys}"));
    assert_eq!(one, changelogs(&format!("[[changelog]]\n{keys}")));
    let inline = "[changelog.blank-lines]\nafter-type = 0\nbefore-release = 2\n[[reminder]]\ntext = 'x'";
    let without = keys.rsplit_once("blank-lines").unwrap().0;
    assert_eq!(one, changelogs(&format!("[changelog]\n{without}{inline}")));
    let [stable, pre_release] = rules::samples();
    assert_eq!(
        one[0].style(&stable),
        Style {
            verbatim: true,
            types: Types::default(),
            order: vec![Category::Security, Category::Removed],
            blank_lines: BlankLines { after_type: Some(0), before_release: Some(2), ..BlankLines::default() },
            placeholder: Some("_None._".into()),
            empty: Some("Since 0.1.0: nothing.".into()),
            summary: SummaryPolicy::Required,
            fragments: one[0].fragments.clone(),
            tidy: true,
        }
    );
    let heading =
        |values: &Values| one[0].heading.as_ref().unwrap().render(&heading_values(&one[0].value, values));
    assert_eq!(heading(&stable), "## [0.2.0] — 2026-01-31");
    assert_eq!(heading(&pre_release), "## [0.2.0a1] — 2026-01-31");

    let several =
        changelogs("[[changelog]]\npath = 'A.md'\n[[changelog]]\npath = 'b/A.md'\nfragments = 'b/d'\n");
    let paths: Vec<_> = several.iter().map(|it| (it.path.as_str(), it.fragments.as_deref())).collect();
    assert_eq!(paths, [("A.md", None), ("b/A.md", Some("b/d"))]);
    let listed = "changelog = [{ path = 'A.md' }, { path = 'b/A.md', fragments = 'b/d' }]\n";
    let config = parse(&format!("{listed}{SMALL}"), &Source::BuiltIn).unwrap();
    assert_eq!(config.changelog, several);
}

#[test]
fn a_changelog_of_which_little_is_said_is_keep_a_changelogs() {
    let [changelog] = changelogs("[changelog]\npath = 'C.md'\nempty = 'refuse'\n").try_into().unwrap();
    let values = &rules::samples()[1];
    assert_eq!(changelog.style(values), Style::default());
    assert_eq!(changelog.heading, None, "it follows the newest one");
    assert_eq!((changelog.rotate, changelog.tag, changelog.empty), (Rotate::Stable, None, Empty::Refuse));
    assert!(changelogs("").is_empty());
}

#[test]
fn a_heading_may_spell_the_version_itself_or_name_the_tag() {
    for more in [
        "value = '{pep440}'\nheading = '## [{pep440}] ({date})'",
        "heading = '## [{version}](https://h.invalid/-/tags/{tag}) - {date}'",
        "value = 'v{version}'",
        "value = '{base}'",
        "heading = '## [{base}]'\nvalue = '{base}'",
        "heading = '## {version}'",
        "heading = '# v{version} ({date})'",
        "heading = '## own {version} - {date}'",
    ] {
        changelogs(&format!("[[changelog]]\npath = 'C.md'\n{more}\n"));
    }
}

#[test]
fn every_mistake_in_a_changelog_is_said_with_its_place() {
    let found_again = "| write it as `## [{version}] - {date}`, where {version} is spelled as `value` says";
    for (more, expected) in [
        ("[[changelog]]\nfragments = 'd'", "x.toml:11:1: `[[changelog]]` has no `path`"),
        (
            "[[changelog]]\npath = 'C.md'\nsumary = 'none'",
            "x.toml:13:1: unknown key `sumary` in `[[changelog]]` | did you mean `summary`?",
        ),
        (
            "[[changelog]]\npath = 'C.md'\nsummary = 'require'",
            "x.toml:13:11: `summary` in `[[changelog]]`: unknown value `require` | did you mean `required`?",
        ),
        (
            "[[changelog]]\npath = 'C.md'\n[[changelog]]\npath = 'C.md'",
            "x.toml:14:8: the changelog `C.md` is listed twice (first on line 12) | keep one of the two",
        ),
        (
            "[[changelog]]\npath = 'C.md'\n[[changelog]]\npath = 'Cargo.toml'",
            "x.toml:14:8: `Cargo.toml` is a `[[manifest]]` and the changelog",
        ),
        (
            "[[changelog]]\npath = 'A.md'\nfragments = 'd'\n[[changelog]]\npath = 'B.md'\nfragments = 'd'",
            "x.toml:16:13: two changelogs take their fragments from `d` (first on line 13) | give each changelog a \
             folder of its own: a fragment lands in exactly one",
        ),
        (
            "[[changelog]]\npath = 'A.md'\nfragments = 'd'\n[[changelog]]\npath = 'B.md'\nfragments = 'd/lib'",
            "x.toml:16:13: the fragments in `d/lib` and in `d` (line 13) overlap: one folder is inside the other | give each changelog a \
             folder of its own: a fragment lands in exactly one",
        ),
        (
            "[[changelog]]\npath = 'A.md'\nfragments = 'd'\n[[changelog]]\npath = 'd/1.added.md'",
            "x.toml:15:8: `d/1.added.md` lies among the fragments of a changelog | move it elsewhere: a release deletes \
             what it finds there",
        ),
        (
            "[changelog]\npath = 'C.md'\nfragments = 'd'\n[[step]]\nname = 's'\nrun = ['x']\nwrites = ['d/README.md', 'd/s/x', 'd/x']",
            "x.toml:17:35: `d/x` lies among the fragments of a changelog | move it elsewhere: a release deletes what it \
             finds there",
        ),
        (
            "[[changelog]]\npath = 'C.md'\ntag = 'w{version}'",
            "x.toml:13:7: `tag` in `[[changelog]]`: no `[[tag]]` has the name `w{version}` | did you mean `v{version}`?",
        ),
        (
            "[changelog]\npath = 'C.md'\nvalue = '{date}'",
            "x.toml:13:9: `value` in `[changelog]`: `{date}` does not tell one release from another | write `{version}` \
             or `{pep440}`",
        ),
        (
            "[changelog]\npath = 'C.md'\nvalue = '[{version}]'",
            "x.toml:13:9: `value` in `[changelog]`: `[{version}]` would not be found again between the brackets of a \
             heading | leave out brackets and spaces",
        ),
        (
            "[changelog]\npath = 'C.md'\nvalue = '{base}'\nrotate = 'always'",
            "x.toml:13:9: `{base}` is the same for every pre-release of a version | write `value = \"{version}\"` or \
             `\"{pep440}\"`: every release gets a section of its own",
        ),
        (
            "[changelog]\npath = 'C.md'\nheading = '### [{version}]'",
            &format!(
                "x.toml:13:11: `heading` in `[[changelog]]`: the section of a release would not be found again by \
                 `### [{{version}}]` {found_again}"
            ),
        ),
        (
            "[changelog]\npath = 'C.md'\nvalue = '{pep440}'\nheading = '## [{base}] - {date}'",
            &format!(
                "x.toml:14:11: `heading` in `[[changelog]]`: the section of a release would not be found again by \
                 `## [{{base}}] - {{date}}` {found_again}"
            ),
        ),
        (
            "[changelog]\npath = 'C.md'\nheading = '## news of {version}'",
            &format!(
                "x.toml:13:11: `heading` in `[[changelog]]`: the section of a release would not be found again by \
                 `## news of {{version}}` {found_again}"
            ),
        ),
        (
            "[changelog]\npath = 'C.md'\nheading = \"## [{version}]\\n\"",
            "x.toml:13:11: `heading` in `[changelog]` holds a control character",
        ),
        (
            "[changelog]\npath = 'C.md'\nplaceholder = '- none'",
            "x.toml:13:15: `placeholder` in `[changelog]`: `- none` is not a paragraph in Markdown | write one line of \
             text, for example `_Nothing yet._`",
        ),
        (
            "[changelog]\npath = 'C.md'\nempty = '## [{version}]'",
            "x.toml:13:9: `empty` in `[changelog]`: `## [{version}]` is not a paragraph in Markdown | write one line of \
             text, for example `_Nothing yet._`",
        ),
        ("[changelog]\npath = 'C.md'\nempty = ''", "x.toml:13:9: `empty` in `[changelog]` is empty"),
        (
            "[changelog]\npath = 'C.md'\norder = ['fixd']",
            "x.toml:13:10: `order` in `[changelog]`, entry 1: unknown value `fixd` | did you mean `fixed`?",
        ),
        (
            "[changelog]\npath = 'C.md'\norder = ['fixed', 'added', 'fixed']",
            "x.toml:13:28: `order` in `[[changelog]]` names `fixed` twice | keep one of the two",
        ),
        (
            "[changelog]\npath = 'C.md'\ntypes = { a = { heading = 'A', bump = 'none' } }\norder = ['added']",
            "x.toml:14:10: `order` in `[changelog]`, entry 1: unknown value `added` | known values: `a`",
        ),
        (
            "[changelog]\npath = 'C.md'\ntypes = {}",
            "x.toml:13:9: `types` in `[[changelog]]` names no type | leave it out for Keep a Changelog's: added, changed, \
             deprecated, removed, fixed, security",
        ),
        (
            "[changelog]\npath = 'C.md'\ntypes = { doc = 'Docs' }",
            "x.toml:13:17: `doc` in `types` in `[changelog]`: expected a table, found a string | write \
             `doc = { heading = \"…\", bump = \"…\" }`",
        ),
        (
            "[changelog]\npath = 'C.md'\n[changelog.types]\ndoc = { heading = 'Docs' }",
            "x.toml:14:7: `doc` in `types` in `[changelog]` has no `bump`",
        ),
        (
            "[changelog]\npath = 'C.md'\n[changelog.types]\ndoc = { heading = 'Docs', bump = 'mnor' }",
            "x.toml:14:34: `bump` in `doc` in `types` in `[changelog]`: unknown value `mnor` | did you mean `minor`?",
        ),
        (
            "[[changelog]]\npath = 'C.md'\n[changelog.types.doc]\nheadin = 'Docs'\nheading = 'Docs'\nbump = 'none'",
            "x.toml:14:1: unknown key `headin` in `doc` in `types` in `[[changelog]]` | did you mean `heading`?",
        ),
        (
            "[changelog]\npath = 'C.md'\n[changelog.types]\na = { heading = 'Bug fixes', bump = 'patch' }\n\
             b = { heading = '**Bug Fixes:**', bump = 'minor' }",
            "x.toml:15:17: the types `a` (line 14) and `b` have one heading, `**Bug Fixes:**` | give each type a heading \
             of its own",
        ),
        (
            "[changelog]\npath = 'C.md'\nblank-lines = { after-type = 10 }",
            "x.toml:13:30: `after-type` in `blank-lines` in `[changelog]`: 10 is more than 9",
        ),
        (
            "[changelog]\npath = 'C.md'\nblank-lines = 1",
            "x.toml:13:15: `blank-lines` in `[changelog]`: expected a table, found a number | write `[blank-lines]`",
        ),
        (
            "[[changelog]]\npath = 'C.md'\n[[step]]\nname = 's'\nrun = ['x']\nwrites = ['C.md']",
            "x.toml:16:11: `C.md` is written by the release itself | a step writes files of its own",
        ),
    ] {
        let said = said(more);
        assert_eq!(said.len(), 1, "{more}: {said:?}");
        assert_eq!(said[0], expected, "{more}");
    }
    let problems = parse(&format!("changelog = 'C.md'\n{SMALL}"), &Source::BuiltIn).unwrap_err();
    assert!(problems[0].message.ends_with("`changelog`: expected a table, found a string"), "{problems:?}");
}

#[test]
fn own_types_take_the_place_of_the_six_in_the_order_of_their_table() {
    let more = "[changelog]\npath = 'C.md'\norder = ['misc']\n[changelog.types]\n\
        feature = { heading = 'Features', bump = 'minor' }\nbugfix = { heading = 'Bug Fixes', bump = 'patch' }\n\
        added = { heading = 'Also', bump = 'major' }\n[changelog.types.misc]\nheading = 'Misc'\nbump = 'none'\n";
    let [changelog] = changelogs(more).try_into().unwrap();
    assert_eq!(changelog.types.listed(), "feature, bugfix, added, misc");
    let style = changelog.style(&rules::samples()[0]);
    assert_eq!(style.types, changelog.types);
    assert_eq!(style.order, [changelog.types.from_name("misc").unwrap()]);
    let levels: Vec<_> = changelog.types.all().iter().map(|it| (it.heading(), it.level().word())).collect();
    let expected = [("Features", "minor"), ("Bug Fixes", "patch"), ("Also", "major"), ("Misc", "none")];
    assert_eq!(levels, expected);
    assert_ne!(changelog.types.from_name("added"), Some(Category::Added));
    // What is printed can be read back, also among others.
    let config = parse(&format!("{SMALL}{}", more.replace("[changelog]", "[[changelog]]")), &Source::BuiltIn);
    let config = config.unwrap_or_else(|problems| panic!("{problems:?}"));
    let written = crate::config::to_toml(&config).unwrap();
    assert_eq!(parse(&written, &Source::BuiltIn).unwrap(), config, "{written}");
    assert_eq!(config.changelog[0], changelog);
}

#[test]
fn a_type_is_named_so_that_its_files_are_told_apart_everywhere_and_its_heading_is_found_again() {
    for name in ["'Feature'", "'a.b'", "'1'", "'a b'", "'ä'", "'-a'", "''", "'md'"] {
        let said = said(&format!(
            "[changelog]\npath = 'C.md'\ntypes = {{ {name} = {{ heading = 'A', bump = 'none' }} }}"
        ));
        assert!(
            said.len() == 1 && said[0].contains("` is no name of a type | begin with a letter"),
            "{said:?}"
        );
    }
    for heading in
        ["# A", "A #", " A", "[1.2.0] - 2026-01-01", "1.2", "Unreleased", "v2.0.0", "a\u{7}", "---", ""]
    {
        let heading = toml_edit::Value::from(heading).to_string();
        let said =
            said(&format!("[changelog]\npath = 'C.md'\ntypes.a = {{ heading = {heading}, bump = 'none' }}"));
        assert!(said.len() == 1 && said[0].contains("`heading` in `a` in `types`"), "{heading}: {said:?}");
    }
    for heading in
        ["Improved Documentation", "Deprecations and Removals", "🚀 New", "C++", "Breaking Changes", "`cli`"]
    {
        let more =
            format!("[changelog]\npath = 'C.md'\ntypes.a-b_2 = {{ heading = '{heading}', bump = 'none' }}");
        assert_eq!(said(&more), [""; 0], "{heading}");
    }
}

proptest! {
    #[test]
    fn whatever_heading_is_accepted_is_found_again(
        value in "[v]?\\{(version|pep440|base|date|major)\\}[-.x]?",
        heading in "#{1,3} \\[?\\{(version|pep440|base)\\}[\\]:x]{0,2}[ —#\\])(`]{0,4}(\\{date\\}|\\{tag\\})?",
        placeholder in "[-_# >`a-c\\[\\]:]{1,6}",
        always in any::<bool>(),
    ) {
        let rotate_when = if always { "always" } else { "stable" };
        let text = format!(
            "{SMALL}[changelog]\npath = 'C.md'\nrotate = '{rotate_when}'\nvalue = '{value}'\nheading = '{heading}'\n\
             placeholder = '{placeholder}'\nempty = '{placeholder}'\n"
        );
        let Ok(config) = parse(&text, &Source::BuiltIn) else { return Ok(()) };
        let changelog = &config.changelog[0];
        let mut document = "# Log\n\n## [Unreleased]\n".to_owned();
        let [stable, pre_release] = rules::samples();
        let releases = if always { vec![pre_release, stable] } else { vec![stable] };
        for values in &releases {
            let spelled = heading_values(&changelog.value, values).with_tag("v0.2.0");
            let heading = changelog.heading.as_ref().unwrap().render(&spelled);
            let release =
                Release { version: &spelled.version, heading: &heading, tag: "", previous_tag: None, follows: None, tags: &[], summary: None };
            let style = changelog.style(values);
            document = rotate("C.md", &document, &[], &release, &style).unwrap().text;
            let again = rotate("C.md", &document, &[], &release, &style).unwrap_err();
            prop_assert!(again[0].message.contains("already has a section"), "{again:?} in {document}");
        }
    }
}
