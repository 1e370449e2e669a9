//! Each tool's configuration as its documentation writes it, what becomes of it here, and that whatever comes out is a
//! configuration.

use proptest::prelude::*;

use super::*;
use crate::config::{self, Source};

const CARGO: (&str, &str) = ("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n");
const WRITTEN: &str = "# own words\n[release]\nbranch = \"main\" # here\ncommit-message = \"x {version}\"\n\n\
    [[tag]]\nname = \"v{version}\"\nmessage = \"Release v{version}\"\n\n[[manifest]]\npath = \"Cargo.toml\"\n";

fn survey(files: &[(&str, &str)]) -> Survey {
    Survey {
        paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
        texts: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        ..Survey::default()
    }
}

/// What becomes of these files beside a Cargo package.
#[track_caller]
fn imported(files: &[(&str, &str)]) -> (Imported, config::Config) {
    let all: Vec<(&str, &str)> = [&[CARGO][..], files].concat();
    let imported = import(WRITTEN, &survey(&all), &[]).expect("something to import");
    let config = config::parse(&imported.text, &Source::BuiltIn);
    let config = config.unwrap_or_else(|problems| panic!("{problems:?}\n{}", imported.text));
    assert!(imported.text.starts_with("# own words\n"), "{}", imported.text);
    for line in &imported.left_out {
        assert!(imported.text.contains(&format!("#   {line}\n")), "{}", imported.text);
    }
    (imported, config)
}

fn tag(config: &config::Config) -> (&str, &str) {
    (config.tag[0].name.as_str(), config.tag[0].message.as_str())
}

/// Name, heading and bump of every own type.
fn types(config: &config::Config) -> Vec<(&str, &str, &str)> {
    let types = &config.changelog[0].types;
    let own = types.all().iter().filter(|_| !types.are_usual());
    own.map(|it| (it.name(), it.heading(), it.level().word())).collect()
}

/// Path, text to find, text to write and number of places of every pattern.
fn patterns(config: &config::Config) -> Vec<(&str, &str, &str, usize)> {
    let text =
        |template: &Option<config::Template>| template.as_ref().map_or("", |it| it.as_str()).to_owned();
    let _ = text;
    let all = config.pattern.iter().map(|pattern| {
        let find = pattern.find.as_ref().map_or("", |it| it.as_str());
        let replace = pattern.replace.as_ref().map_or("", |it| it.as_str());
        (pattern.path.as_str(), find, replace, pattern.count)
    });
    all.collect()
}

const README: (&str, &str) = ("README.md", "demo = \"0.1.0\"\nold = \"0.1.0-rc.1\"\nagain 0.1.0\n");

#[test]
fn bump_my_version_is_read_in_all_of_its_files() {
    let toml = "current_version = \"0.1.0\"\ncommit = true\ntag = true\ntag_name = \"{new_version}\"\n\
        tag_message = \"Demo {new_version}\"\nmessage = \"Bump {current_version} → {new_version}\"\nallow_dirty = false\n\
        pre_commit_hooks = [\"make\"]\n";
    let files = "[[tool.bumpversion.files]]\nfilename = \"README.md\"\nsearch = 'demo = \"{current_version}\"'\n\
        replace = 'demo = \"{new_version}\"'\n[[tool.bumpversion.files]]\nfilename = \"Cargo.toml\"\n\
        [[tool.bumpversion.files]]\nfilename = \"CHANGELOG.md\"\nsearch = \"Unreleased\"\nreplace = \"{new_version}\"\n\
        [[tool.bumpversion.files]]\nfilename = \"gone.py\"\n";
    let ini = "[bumpversion]\ncurrent_version = 0.1.0\ncommit = True\ntag = True\ntag_name = {new_version}\n\
        tag_message = Demo {new_version}\nmessage = Bump {current_version} → {new_version}\npre_commit_hooks = make\n\n\
        [bumpversion:file:README.md]\nsearch = demo = \"{current_version}\"\nreplace = demo = \"{new_version}\"\n\n\
        [bumpversion:file:Cargo.toml]\n\n[bumpversion:file:CHANGELOG.md]\nsearch = Unreleased\nreplace = {new_version}\n\n\
        [bumpversion:file:gone.py]\n";
    let toml = format!("[tool.bumpversion]\n{toml}{files}");
    let changelog = ("CHANGELOG.md", "# Changelog\n\n## Unreleased\n");
    for (path, text) in [
        (".bumpversion.toml", toml.as_str()),
        ("pyproject.toml", &toml),
        (".bumpversion.cfg", ini),
        ("setup.cfg", ini),
    ] {
        let (imported, config) = imported(&[README, changelog, (path, text)]);
        assert_eq!(imported.from, [format!("bump-my-version ({path})")]);
        assert_eq!(tag(&config), ("{version}", "Demo {version}"));
        assert_eq!(config.release.commit_message.as_str(), "Bump {previous} → {version}");
        assert_eq!(
            patterns(&config),
            [("README.md", "demo = \"{previous}\"", "demo = \"{version}\"", 1)],
            "{}",
            imported.text
        );
        assert_eq!(
            imported.left_out,
            [
                format!("{path}: `pre_commit_hooks`"),
                format!("{path}: `CHANGELOG.md`: the changelog is written by the release itself"),
                format!("{path}: `gone.py`: there is no such file here"),
            ]
        );
    }
    // A file alone is every place of the bare version, and of no longer one.
    let bare = "[bumpversion]\ncurrent_version = 0.1.0\nfiles = README.md\n";
    let (_, config) = imported(&[README, (".bumpversion.cfg", bare)]);
    assert_eq!(patterns(&config), [("README.md", "{previous}", "{version}", 2)]);
    assert_eq!(tag(&config).0, "v{version}");
}

#[test]
fn tbump_moves_the_texts_that_it_searches() {
    let text = "[version]\ncurrent = \"0.1.0\"\nregex = '(?P<major>\\d+)'\n[git]\nmessage_template = \"Bump to {new_version}\"\n\
        tag_template = \"r{new_version}\"\n[[file]]\nsrc = \"README.md\"\nsearch = 'again {current_version}'\n\
        [[file]]\nsrc = \"Cargo.toml\"\n[[before_commit]]\nname = \"check\"\ncmd = \"grep -q {new_version} x\"\n";
    let (imported, config) = imported(&[README, ("tbump.toml", text)]);
    assert_eq!(tag(&config), ("r{version}", "{tag}"));
    assert_eq!(config.release.commit_message.as_str(), "Bump to {version}");
    assert_eq!(patterns(&config), [("README.md", "again {previous}", "again {version}", 1)]);
    assert_eq!(
        imported.left_out,
        ["tbump.toml: `before_commit`: `check`, for a `[[step]]` or a `[[check]]`"]
    );
}

#[test]
fn commitizen_moves_the_version_in_matching_lines() {
    let text = "[tool.commitizen]\nname = \"cz_conventional_commits\"\nversion = \"0.1.0\"\nversion_scheme = \"semver\"\n\
        tag_format = \"demo-$version\"\nbump_message = \"release $current_version → $new_version\"\n\
        version_files = [\"README.md:^demo\", \"Cargo.toml:version\"]\nupdate_changelog_on_bump = true\npre_bump_hooks = [\"x\"]\n";
    let (imported, config) = imported(&[README, (".cz.toml", text)]);
    assert_eq!(tag(&config).0, "demo-{version}");
    assert_eq!(config.release.commit_message.as_str(), "release {previous} → {version}");
    assert_eq!(patterns(&config), [("README.md", "demo = \"{previous}\"", "demo = \"{version}\"", 1)]);
    assert!(imported.left_out[0].contains("`update_changelog_on_bump`"), "{:?}", imported.left_out);
    assert_eq!(imported.left_out[1], ".cz.toml: `pre_bump_hooks`");
    // Python's spelling is its own, unless another is said.
    let (_, config) = super::tests::imported(&[("cz.toml", "[tool.commitizen]\nversion = \"0.1.0\"\n")]);
    assert_eq!(tag(&config).0, "{pep440}");
}

#[test]
fn cargo_release_moves_what_it_would_write_again() {
    let text = "tag-name = \"{{prefix}}r{{version}}\"\ntag-message = \"Release {{version}}\"\n\
        pre-release-commit-message = \"chore: Release {{version}}\"\nallow-branch = [\"main\", \"release/*\", \"!HEAD\"]\n\
        push-remote = \"upstream\"\npre-release-hook = [\"make\"]\npre-release-replacements = [\n\
        {file = \"README.md\", search = 'demo = \"[0-9a-z.-]+\"', replace = 'demo = \"{{version}}\"'},\n\
        {file = \"README.md\", search = \"nothing\", replace = \"{{version}}\"},\n]\n";
    for path in ["release.toml", "Cargo.toml"] {
        let manifest = format!("{}\n[package.metadata.release]\n{text}", CARGO.1);
        let files = if path == "Cargo.toml" { (path, manifest.as_str()) } else { (path, text) };
        let (imported, config) = imported(&[README, files]);
        assert_eq!(tag(&config), ("r{version}", "Release {version}"));
        assert_eq!(config.release.commit_message.as_str(), "chore: Release {version}");
        assert_eq!(config.release.branch.listed(), "`main` or `release/*`");
        assert_eq!(config.release.remote, "upstream");
        assert_eq!(patterns(&config), [("README.md", "demo = \"{previous}\"", "demo = \"{version}\"", 1)]);
        assert_eq!(
            imported.left_out,
            [
                format!("{path}: `pre-release-hook`, for a `[[step]]` or a `[[check]]`"),
                format!(
                    "{path}: `README.md`: what its expression finds is not what it would write for the present version"
                ),
            ]
        );
    }
    // Another tool's file of that name, and a manifest without such a table, say nothing.
    assert_eq!(import(WRITTEN, &survey(&[CARGO, ("release.toml", "a = 1\n")]), &[]), None);
}

#[test]
fn release_it_says_its_tag_message_and_branch() {
    let text = r#"{"git": {"tagName": "r${version}", "commitMessage": "chore: release ${version}", "requireBranch": ["main", "next"],
        "tagAnnotation": "Release ${version}"}, "hooks": {"after:bump": "make"}, "npm": {"publish": true},
        "plugins": {"@release-it/keep-a-changelog": {"filename": "docs/CHANGELOG.md"}, "x": {}}}"#;
    let changelog = ("docs/CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    let package = format!("{{\"release-it\": {text}}}");
    for (path, text) in [(".release-it.json", text), ("package.json", &package)] {
        let (imported, config) = imported(&[changelog, (path, text)]);
        assert_eq!(tag(&config), ("r{version}", "Release {version}"));
        assert_eq!(config.release.commit_message.as_str(), "chore: release {version}");
        assert_eq!(config.release.branch.listed(), "`main` or `next`");
        assert_eq!(config.changelog[0].path, "docs/CHANGELOG.md");
        assert_eq!(
            imported.left_out,
            [
                format!("{path}: `hooks`: `after:bump`, for a `[[step]]` or a `[[check]]`"),
                format!("{path}: `plugins`: `x`"),
                format!("{path}: `npm`: publishing is for the pipeline that the tag starts"),
            ]
        );
    }
}

#[test]
fn changie_towncrier_and_scriv_say_what_becomes_of_their_fragments() {
    let changie = "changesDir: .changes\nunreleasedDir: unreleased\nchangelogPath: docs/LOG.md\nkinds:\n  - label: Added\n  \
        - label: Breaking\nreplacements:\n  - path: README.md\n    find: 'demo = \".*\"'\n    \
        replace: 'demo = \"{{.VersionNoPrefix}}\"'\n";
    let log = ("docs/LOG.md", "# Changelog\n\n## [Unreleased]\n");
    let (said, config) = imported(&[README, log, (".changie.yaml", changie)]);
    assert_eq!(config.changelog[0].path, "docs/LOG.md");
    assert_eq!(patterns(&config), [("README.md", "demo = \"{previous}\"", "demo = \"{version}\"", 1)]);
    assert!(said.left_out[0].starts_with(".changie.yaml: `.changes/unreleased`: "), "{:?}", said.left_out);
    assert_eq!(types(&config), [("added", "Added", "minor"), ("breaking", "Breaking", "major")]);
    let kinds = "changelogPath: docs/LOG.md\nkinds:\n  - label: Added\n    auto: minor\n  - label: Fixed\n  - label: Security\n";
    assert_eq!(types(&imported(&[log, (".changie.yaml", kinds)]).1), [], "they are Keep a Changelog's");
    let kinds = "changelogPath: docs/LOG.md\nkinds:\n  - label: Big Thing\n    key: Big\n    auto: major\n  - label: Under the Hood\n    \
        auto: none\n  - label: '1.0'\n  - label: 'under  the hood'\n";
    let (said, config) = imported(&[log, (".changie.yaml", kinds)]);
    assert_eq!(types(&config), [("big", "Big Thing", "major"), ("under-the-hood", "Under the Hood", "none")]);
    for line in [
        "the type `Under the Hood` is written `under-the-hood` here: `<slug>.under-the-hood.md`",
        "the type `1.0`: a type here begins with a letter",
        "the type `under  the hood`: `under  the hood` is no heading for it here, or is another's",
    ] {
        assert!(said.left_out.contains(&format!(".changie.yaml: {line}")), "{line}: {:?}", said.left_out);
    }

    let towncrier = "[tool.towncrier]\nfilename = \"docs/LOG.md\"\ndirectory = \"news/\"\n[[tool.towncrier.type]]\n\
        directory = \"added\"\nname = \"New\"\n[[tool.towncrier.type]]\ndirectory = \"chore\"\n";
    let (said, config) = imported(&[log, ("news/1.added.md", "x"), ("towncrier.toml", towncrier)]);
    assert_eq!(config.changelog[0].fragments.as_deref(), Some("news"));
    assert_eq!(types(&config), [("added", "New", "minor"), ("chore", "chore", "none")]);
    assert_eq!(said.left_out, [""; 0]);
    let usual = "[tool.towncrier]\nfilename = \"docs/LOG.md\"\ndirectory = \"news\"\n[tool.towncrier.fragment.feat]\n\
        [tool.towncrier.fragment.fix]\nname = \"Mended\"\n";
    let (_, config) = imported(&[log, ("news/1.feat.md", "x"), ("towncrier.toml", usual)]);
    assert_eq!(types(&config), [("feat", "Feat", "minor"), ("fix", "Mended", "patch")]);

    let own =
        "[tool.scriv]\nformat = \"md\"\nchangelog = \"docs/LOG.md\"\ncategories = [\"Fixed\", \"Docs\"]\n";
    let cfg = "[scriv]\nformat = md\nchangelog = docs/LOG.md\ncategories = Fixed, Docs\n";
    for (path, text) in [("pyproject.toml", own), ("setup.cfg", cfg)] {
        let (_, config) = imported(&[log, (path, text)]);
        assert_eq!(types(&config), [("fixed", "Fixed", "patch"), ("docs", "Docs", "patch")]);
    }
    let scriv = "[tool.scriv]\nformat = \"md\"\nchangelog = \"docs/LOG.md\"\n";
    for (path, text) in
        [("pyproject.toml", scriv), ("setup.cfg", "[scriv]\nformat = md\nchangelog = docs/LOG.md\n")]
    {
        let (said, config) = imported(&[log, (path, text)]);
        assert_eq!(config.changelog[0].path, "docs/LOG.md");
        assert!(said.left_out[0].contains("its fragments hold headings"), "{:?}", said.left_out);
    }
    let (said, _) = imported(&[("setup.cfg", "[tool.scriv]\n")]);
    assert_eq!(said.left_out[0], "setup.cfg: `CHANGELOG.rst`: only a changelog in Markdown can be rotated");
}

#[test]
fn tags_that_exist_show_better_how_releases_are_named() {
    let files = survey(&[
        CARGO,
        ("tbump.toml", "[version]\ncurrent = \"0.1.0\"\n[git]\ntag_template = \"r{new_version}\"\n"),
    ]);
    let tags = |tags: &[&str]| {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let text = import(WRITTEN, &files, &tags).expect("an import").text;
        config::parse(&text, &Source::BuiltIn).expect("a configuration").tag[0].name.as_str().to_owned()
    };
    assert_eq!([tags(&["v0.1.0"]), tags(&["r0.1.0"]), tags(&[])], ["v{version}", "r{version}", "r{version}"]);
}

#[test]
fn what_this_program_refuses_is_not_carried_over() {
    let text = "[version]\ncurrent = \"0.1.0\"\n[git]\ntag_template = \"a b{new_version}\"\n";
    let (imported, config) = imported(&[("tbump.toml", text)]);
    assert_eq!(tag(&config).0, "v{version}");
    assert_eq!(imported.left_out, ["tbump (tbump.toml): nothing of it"]);
}

proptest! {
    #[test]
    fn whatever_another_tool_is_told_a_configuration_comes_out(
        file in prop::sample::select(TOOLS.iter().flat_map(|tool| tool.files).copied().collect::<Vec<_>>()),
        lines in prop::collection::vec("(\\[(tool\\.)?(bumpversion|commitizen|towncrier|scriv|version|git)\\]|(tag_name|tag_template|tag-name|tag_format|message|files|filename|changelogPath|changesDir|current)( = |: )[\"']?[a-z{}$ .]{0,12}[\"']?)", 0..8),
    ) {
        let text = lines.join("\n");
        if let Some(imported) = import(WRITTEN, &survey(&[CARGO, README, (file, &text)]), &[]) {
            prop_assert!(config::parse(&imported.text, &Source::BuiltIn).is_ok(), "{}", imported.text);
        }
    }
}
