//! Which configuration is in force, and what is said about one that is not committed or not right.

use super::*;

#[test]
fn an_uncommitted_configuration_is_used_by_a_dry_run_that_says_so_and_refused_by_a_release() {
    let sandbox = Sandbox::suite();
    let message = "the configuration `trueppm-release.toml` is not committed as it is used here";
    sandbox.write(RELEASE_TOML, configuration("name = \"v{version}\"", "name = \"suite-{version}\""));
    sandbox.replace(RELEASE_TOML, "tag = \"v{version}\"", "tag = \"suite-{version}\"");
    circumstance(&sandbox, &["minor"], message).shows("  tags    : suite-0.2.0, scheduler-v0.2.0\n");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    assert_eq!(
        run.stderr,
        format!("error: {message}\nhint: run `git add {RELEASE_TOML} && git commit`, or move it away\n")
    );
    sandbox.git(&["add", RELEASE_TOML]);
    sandbox.refused(1, &["minor", "--yes"]).says(&format!(
        "error: {message}\nhint: run `git add {RELEASE_TOML} && git commit`, or move it away\n"
    ));
    sandbox.commit_all("chore: configure");
    writes_nothing(&sandbox, 0, &["minor", "--dry-run", "--strict"]).shows("suite-0.2.0");

    sandbox.replace(RELEASE_TOML, "suite-{version}", "changed-{version}");
    sandbox.replace(RELEASE_TOML, "tag = \"suite-{version}\"", "tag = \"changed-{version}\"");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says(&format!(
        "error: {message}\nhint: run `git add {RELEASE_TOML} && git commit`, or take it back with `git checkout HEAD -- \
         {RELEASE_TOML}`\n"
    ))
    .says("error: working tree is not clean\n  changed: trueppm-release.toml\n");
    writes_nothing(&sandbox, 0, &["minor", "--dry-run"])
        .shows(&format!("  here: {message}\n"))
        .shows("  tags    : changed-0.2.0, scheduler-v0.2.0\n");
    sandbox.git(&["checkout", "--quiet", "--", RELEASE_TOML]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nsuite-0.2.0\n");
}

#[test]
fn a_faulty_configuration_is_refused_with_its_place_in_every_mode() {
    let sandbox = Sandbox::suite();
    let text = configuration("branch = \"main\"", "brunch = \"main\"");
    let line = 1 + text.lines().position(|line| line.starts_with("brunch")).expect("it is there");
    sandbox.write(RELEASE_TOML, text);
    sandbox.commit_all("chore: configure");
    for words in [&["minor", "--yes"][..], &["minor", "--dry-run"], &[]] {
        writes_nothing(&sandbox, 1, words)
            .says(&format!("error: trueppm-release.toml:{line}:1: unknown key `brunch` in `[release]`\n"))
            .says("hint: did you mean `branch`?\n");
    }
}

#[test]
fn config_replaces_the_built_in_and_the_repositorys_own_and_counts_from_where_it_runs() {
    let sandbox = Sandbox::suite();
    sandbox.write(RELEASE_TOML, configuration("branch = \"main\"", "branch = \"never\""));
    sandbox.commit_all("chore: configure");
    let text = configuration("name = \"scheduler-v{pep440}\"", "name = \"engine-v{pep440}\"");
    let text = text.replace("tag = \"scheduler-v{pep440}\"", "tag = \"engine-v{pep440}\"");
    sandbox.write("../other.toml", &text);
    let absolute = sandbox.around().join("other.toml").display().to_string();
    for words in [
        &["minor", "--dry-run", "--strict", "--config", "../other.toml"][..],
        &["minor", "--dry-run", "--strict", "--config", &absolute],
        &["-C", "packages/web", "--config", "../../../other.toml", "minor", "-n", "--strict"],
    ] {
        writes_nothing(&sandbox, 0, words).shows("  tags    : v0.2.0, engine-v0.2.0\n");
    }
    sandbox.run(&["minor", "--yes", "--config", "../other.toml"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "engine-v0.2.0\nv0.2.0\n");
}

#[test]
fn a_configuration_that_cannot_be_read_is_refused_by_name() {
    let sandbox = Sandbox::suite();
    let run = writes_nothing(&sandbox, 1, &["minor", "--yes", "--config", "no.toml"]);
    assert_eq!(
        run.stderr,
        "error: configuration `no.toml` cannot be read: there is no such file\n\
         hint: check the path that follows `--config`\n"
    );
    writes_nothing(&sandbox, 1, &["minor", "-n", "--config", "docs"]).says("cannot be read: it is a folder");
}
