//! `trueppm-release config`: what is in force can be read back, where it came from is said, and nothing is written.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A configuration that is in order and not the built-in one.
pub(crate) const OTHER: &str = "\
[release]
branch = \"trunk\"
version-from = \"Cargo.toml\"
commit-message = \"Release {version}\"

[[tag]]
name = \"v{version}\"
message = \"Release {tag}\"

[[manifest]]
path = \"Cargo.toml\"
";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn what_is_printed_reads_back_as_what_is_in_force() {
    let sandbox = Sandbox::suite();
    let built_in = sandbox.refused(0, &["config"]);
    assert_eq!(built_in.stderr, "");
    built_in.shows("# In force: the built-in profile; there is no trueppm-release.toml\n");
    for text in ["", OTHER] {
        if !text.is_empty() {
            sandbox.write("trueppm-release.toml", text);
            sandbox.commit_all("chore: configuration");
        }
        let printed = sandbox.run(&["config"]).expect(0).stdout;
        let in_force = json(&sandbox.run(&["config", "--format", "json"]).expect(0).stdout);
        let copy = sandbox.around().join("copy.toml");
        std::fs::write(&copy, &printed).expect("write");
        let copy = copy.display().to_string();
        let again = sandbox.refused(0, &["--config", &copy, "config", "--format", "json"]).stdout;
        assert_eq!(json(&again)["config"], in_force["config"]);
        assert_eq!(json(&again)["source"], "--config");
        assert_eq!(json(&again)["path"], copy.as_str());
        assert_eq!(in_force["schema-version"], 1);
    }
    let printed = sandbox.run(&["config"]).expect(0);
    printed
        .shows("# In force: trueppm-release.toml\n")
        .shows("branch = \"trunk\"\n")
        .shows("remote = \"origin\"\n");
}

#[test]
fn a_file_that_is_not_committed_is_in_force_and_said_to_be() {
    let sandbox = Sandbox::empty();
    sandbox.write("trueppm-release.toml", OTHER);
    // Before the first commit too: this is what one looks at after writing it.
    sandbox
        .refused(0, &["config"])
        .shows("# In force: trueppm-release.toml as it lies in the work tree, not committed\n");
    let answer = json(&sandbox.run(&["config", "--format", "json"]).stdout);
    assert_eq!((&answer["source"], &answer["committed"]), (&"file".into(), &false.into()));
    sandbox.commit_all("chore: configuration");
    let answer = json(&sandbox.run(&["config", "--format", "json"]).stdout);
    assert_eq!(answer["committed"], true);
}

#[test]
fn what_the_command_line_and_the_environment_say_is_shown_as_what_it_is() {
    let sandbox = Sandbox::suite();
    sandbox
        .run_with(&["--date", "2026-01-31", "--offline", "config"], &[("RELEASE_ASSUME_YES", "1")])
        .expect(0)
        .shows("# For this run: date 2026-01-31 (--date)\n")
        .shows("# For this run: consent given (RELEASE_ASSUME_YES)\n")
        .shows("# For this run: remote not asked (--offline)\n");
    // The sandbox itself fixes the date.
    sandbox.run(&["config"]).expect(0).shows("# For this run: date 2026-02-03 (SOURCE_DATE_EPOCH)\n");
    let answer = json(&sandbox.run(&["config", "--date", "2026-01-31", "--format", "json"]).expect(0).stdout);
    let date = serde_json::json!([{ "what": "date", "value": "2026-01-31", "source": "--date" }]);
    assert_eq!(answer["overrides"], date);
}

#[test]
fn check_says_every_problem_with_its_place_and_nothing_on_standard_output() {
    let sandbox = Sandbox::suite();
    let run = sandbox.refused(0, &["config", "--check"]);
    assert_eq!(run.stdout, "");
    run.says("built-in profile is in order: 2 tags, 8 manifests, 1 step, 0 checks, 1 changelog, 0 pins, 0 patterns\n");

    sandbox.write("trueppm-release.toml", OTHER.replace("branch", "brunch").replace("path", "paht"));
    let run = sandbox.refused(1, &["config", "--check"]);
    assert_eq!(run.stdout, "");
    run.says("error: trueppm-release.toml:2:1: unknown key `brunch` in `[release]`\n")
        .says("hint: did you mean `branch`?\n")
        .says("error: trueppm-release.toml:11:1: unknown key `paht` in `[[manifest]]`\n");
    sandbox.refused(1, &["config"]).says("trueppm-release.toml:2:1: ");
}

#[test]
fn check_says_what_is_named_and_not_there() {
    let sandbox = Sandbox::suite();
    sandbox.remove("packages/web/package.json");
    sandbox.remove("scripts/export-openapi.sh");
    sandbox.replace("packages/helm/Chart.yaml", "appVersion:", "# appVersion:");
    sandbox
        .refused(1, &["config", "--check"])
        .says("error: there is no `packages/web/package.json` here\nhint: correct the `path` of the `[[manifest]]`\n")
        .says("error: packages/helm/Chart.yaml: ")
        .says("error: there is no `scripts/export-openapi.sh` here, which `OpenAPI schema` runs\n");
    // Before the first commit too, and of a file that is named for this run.
    let sandbox = Sandbox::empty();
    sandbox.write("trueppm-release.toml", OTHER);
    sandbox.refused(1, &["config", "--check"]).says("error: there is no `Cargo.toml` here\n");
    std::fs::write(sandbox.around().join("other.toml"), OTHER).expect("write");
    sandbox
        .refused(1, &["--config", "../other.toml", "config", "--check"])
        .says("error: there is no `Cargo.toml` here\n");
    sandbox.write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n");
    sandbox.write("trueppm-release.toml", format!("{OTHER}[[ignore]]\npath = \"docs/**\"\nreason = \"x\"\n"));
    sandbox
        .refused(0, &["config", "--check"])
        .says("warning: `docs/**` in `[[ignore]]` matches no file here\n")
        .says("trueppm-release.toml is in order: 1 tag, 1 manifest, 0 steps, ");
}

#[test]
fn a_configuration_that_git_ignores_is_said_with_the_way_to_add_it() {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n");
    sandbox.write(".gitignore", "*.toml\n!Cargo.toml\n");
    sandbox.commit_all("feat: everything");
    sandbox.run(&["init"]).expect(0).shows("  git add -f trueppm-release.toml && git commit");
    sandbox
        .refused(0, &["config", "--check"])
        .says("warning: git ignores `trueppm-release.toml`, so it will not be committed\n")
        .says("`git add -f trueppm-release.toml`");
    sandbox
        .refused(1, &["patch", "--yes"])
        .says("hint: git ignores it: run `git add -f trueppm-release.toml && git commit`");
    sandbox.git(&["add", "-f", "trueppm-release.toml"]);
    sandbox.git(&["commit", "--quiet", "-m", "chore: describe the release"]);
    let run = sandbox.refused(0, &["config", "--check"]);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    sandbox.run(&["patch", "--yes"]).expect(0);
}

#[test]
fn what_is_shown_has_its_comments_and_can_be_gone_on_with() {
    let sandbox = Sandbox::suite();
    let built_in = sandbox.run(&["config"]).expect(0).stdout;
    assert!(built_in.contains("\n# The layout of trueppm-suite"), "{built_in}");
    let more =
        "\n[[step]]\nname = \"more\"\nrun = [\"true\"]\n\n[[ignore]]\npath = \"README.md\"\nreason = \"x\"\n";
    sandbox.write("trueppm-release.toml", format!("{built_in}{more}"));
    sandbox.refused(0, &["config", "--check"]).says(" 2 steps, ");
    sandbox.write("trueppm-release.toml", format!("# mine\n{OTHER}# the end\n"));
    sandbox
        .refused(0, &["config"])
        .shows("\n# mine\n[release]\n")
        .shows("\n# by default:\nremote = \"origin\"\n")
        .shows("\n# the end\n");
}

#[test]
fn outside_a_repository_a_configuration_has_to_be_named() {
    let sandbox = Sandbox::suite();
    std::fs::write(sandbox.around().join("other.toml"), OTHER).expect("write");
    let named = ["-C", "..", "--config", "other.toml", "config"];
    sandbox.refused(0, &named).shows("# In force: other.toml\n").shows("branch = \"trunk\"\n");
    sandbox.refused(0, &[&named[..], &["--check"]].concat()).says("other.toml is in order: 1 tag");
    sandbox
        .refused(1, &["-C", "..", "config"])
        .says("error: not inside a git repository")
        .says("hint: or name a configuration with `--config FILE`\n");
    sandbox.refused(1, &["--config", "nowhere.toml", "config", "--check"]).says("there is no such file");
}

#[test]
fn the_schema_is_data_and_needs_no_repository() {
    let sandbox = Sandbox::empty();
    let run = sandbox.refused(0, &["-C", "..", "config", "--schema"]);
    assert_eq!(run.stderr, "");
    let schema = json(&run.stdout);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let other: Value = toml_edit::de::from_str(OTHER).expect("TOML");
    assert!(validator.is_valid(&other));
    assert!(!validator.is_valid(&toml_edit::de::from_str(&OTHER.replace("branch", "brunch")).expect("TOML")));
}

#[test]
fn questions_about_the_configuration_take_nothing_of_a_release() {
    let sandbox = Sandbox::suite();
    sandbox.refused(2, &["minor", "config"]).says("error: `config` takes no bump word");
    sandbox.refused(2, &["--dry-run", "config"]).says("error: `config` takes no bump word");
    sandbox.refused(2, &["config", "--check", "--schema"]).says("cannot be used with");
    sandbox.refused(2, &["cofnig"]).says("hint: did you mean `trueppm-release config`?");
    sandbox.refused(2, &["undo", "--date", "2026-01-31"]).says("error: `undo` takes no date");
}
