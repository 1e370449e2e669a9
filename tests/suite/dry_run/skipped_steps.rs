//! Steps left out: what they promise must hold all the same.

use super::*;

const SKIP: &[&str] = &["--skip-step", "OpenAPI schema"];

fn with_skip(words: &[&'static str]) -> Vec<&'static str> {
    words.iter().chain(SKIP).copied().collect()
}

#[test]
fn an_unknown_step_is_refused_with_the_nearest_name() {
    let sandbox = Sandbox::suite();
    let run = sandbox.refused(1, &["minor", "--yes", "--skip-step", "openapi shema"]);
    assert_eq!(
        run.stderr,
        "error: `--skip-step openapi shema`: no step has that name\n\
         hint: did you mean `--skip-step 'OpenAPI schema'`?\n"
    );
    let run = sandbox.refused(1, &["minor", "--yes", "--skip-step", "tests"]);
    assert_eq!(
        run.stderr,
        "error: `--skip-step tests`: no step has that name\nhint: the steps are: `OpenAPI schema`\n"
    );
    writes_nothing(&sandbox, 1, &["minor", "-n", "--skip-step", "tests"]).shows("no step has that name");
}

#[test]
fn a_promise_that_does_not_hold_without_the_step_is_refused() {
    let sandbox = Sandbox::suite();
    let message = "step `OpenAPI schema` is left out, but what it promises does not hold: \
                   `docs/api/openapi.json:5` holds `0.1.0` at `/info/version`, expected `0.2.0`";
    let hint = "make `docs/api/openapi.json` hold `0.2.0` at `/info/version`";
    let run = sandbox.refused(1, &with_skip(&["minor", "--yes"]));
    assert_eq!(run.stderr, format!("error: {message}\nhint: {hint}\n"));
    writes_nothing(&sandbox, 1, &with_skip(&["minor", "--dry-run"]))
        .shows(&format!("  error: {message}\n  hint: {hint}\n"));
    sandbox.git(&["rm", "--quiet", "docs/api/openapi.json"]);
    sandbox.commit_all("chore: no schema");
    sandbox.refused(1, &with_skip(&["minor", "--yes"])).says("but what it promises does not hold: ");
}

#[test]
fn a_promise_that_holds_lets_the_release_go_without_the_step() {
    let sandbox = Sandbox::suite();
    sandbox.replace("docs/api/openapi.json", "\"0.1.0\"", "\"0.2.0\"");
    // Were it run all the same, it would fail.
    sandbox.write("scripts/export-openapi.sh", "exit 1\n");
    sandbox.commit_all("chore: the schema is exported elsewhere");
    writes_nothing(&sandbox, 0, &with_skip(&["minor", "--dry-run", "--strict"]))
        .shows("  note    : step `OpenAPI schema` is left out (--skip-step)\n")
        .shows("  OpenAPI schema: bash scripts/export-openapi.sh  (left out)\n");
    let schema = sandbox.read("docs/api/openapi.json");
    sandbox.run(&with_skip(&["minor", "--yes"])).expect(0);
    assert_eq!(sandbox.read("docs/api/openapi.json"), schema);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
}
