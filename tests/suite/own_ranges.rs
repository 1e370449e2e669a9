//! What packages of one repository ask of each other moves with their version where it has to, in manifests and lock
//! files, released or not; and the package managers take what comes out of it. Their own resolvers are the judges; one
//! that is not here is passed over with a line that says so.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::{Run, Sandbox};

/// Where yarn's program lies, for the tests that ask it.
const YARN: &str = "TRUEPPM_RELEASE_YARN";

/// Says past the capture of the test runner that something of the running test does not run here.
pub(crate) fn passed_over(reason: &str) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    std::io::stderr().write_all(format!("{name}: passed over, {reason}\n").as_bytes()).expect("stderr");
}

/// Runs a package manager without a network; whatever it keeps, it keeps around the sandbox. Nothing where it is not here.
pub(crate) fn tool(sandbox: &Sandbox, folder: &Path, program: &str, words: &[&str]) -> Option<Run> {
    if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_err() {
        passed_over(&format!("there is no {program} here"));
        return None;
    }
    let mut command = Command::new(program);
    command.env_clear().envs(sandbox.variables()).current_dir(folder).args(words).stdin(Stdio::null());
    command.env("UV_CACHE_DIR", sandbox.around().join("uv-cache")).env("UV_PYTHON_DOWNLOADS", "never");
    command.env("npm_config_cache", sandbox.around().join("npm-cache"));
    command.env("YARN_ENABLE_NETWORK", "0").env("YARN_ENABLE_TELEMETRY", "0");
    command.env("YARN_GLOBAL_FOLDER", sandbox.around().join("yarn"));
    Some(command.output().unwrap_or_else(|error| panic!("{program} starts: {error}")).into())
}

/// npm takes the manifests and the lock file for the same.
#[track_caller]
pub(crate) fn npm_accepts(sandbox: &Sandbox) {
    if let Some(run) =
        tool(sandbox, sandbox.root(), "npm", &["ci", "--offline", "--dry-run", "--no-audit", "--no-fund"])
    {
        run.expect(0);
    }
}

/// Yarn would write the very same lock file. It works in a clone, because it writes every manifest in its own style.
#[track_caller]
pub(crate) fn yarn_accepts(sandbox: &Sandbox) {
    let Some(yarn) = std::env::var_os(YARN).filter(|path| !path.is_empty()) else {
        passed_over(&format!("{YARN} is not set, so there is no yarn here"));
        return;
    };
    let yarn = Path::new(&yarn).to_str().expect("UTF-8");
    let clone = sandbox.around().join("judged");
    sandbox.git(&["clone", "--quiet", ".", "../judged"]);
    if let Some(run) = tool(sandbox, &clone, "node", &[yarn, "install", "--immutable", "--mode=skip-build"]) {
        assert_eq!(run.code, 0, "{}", run.stdout);
    }
    std::fs::remove_dir_all(clone).expect("the clone goes");
}

/// uv would write the very same lock file.
#[track_caller]
pub(crate) fn uv_accepts(sandbox: &Sandbox) {
    if let Some(run) = tool(sandbox, sandbox.root(), "uv", &["lock", "--check", "--offline"]) {
        run.expect(0);
    }
}

/// A repository with these files and a configuration that lists only some of them, committed.
fn repository(files: &[(&str, &str)], listed: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty();
    for (path, text) in files {
        sandbox.write(path, text);
    }
    let mut configuration = format!(
        "[release]\nversion-from = \"{}\"\ncommit-message = \"release {{version}}\"\n[[tag]]\nname = \"v{{version}}\"\n\
         message = \"Release {{version}}\"\n",
        listed[0]
    );
    for path in listed {
        let value =
            if path.ends_with(".toml") || path.ends_with("uv.lock") { "value = \"{pep440}\"\n" } else { "" };
        let lock = if path.contains("lock") { "package = \"*\"\nfollows = true\n" } else { "" };
        configuration.push_str(&format!("[[manifest]]\npath = \"{path}\"\n{value}{lock}"));
    }
    sandbox.write("trueppm-release.toml", configuration);
    sandbox.write(".gitignore", "node_modules\n.yarn\n");
    sandbox.commit_all("feat: everything");
    sandbox
}

/// Releases, and leaves nothing in the work tree.
#[track_caller]
fn release(sandbox: &Sandbox, words: &[&str]) {
    let words: Vec<&str> = words.iter().copied().chain(["--yes"]).collect();
    sandbox.run(&words).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

const NPM_ROOT: (&str, &str) =
    ("package.json", "{\"name\":\"root\",\"private\":true,\"workspaces\":[\"a\",\"ex\"]}\n");

fn npm_lock(table: &str, range: &str) -> String {
    format!(
        r#"{{
  "name": "root",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {{
    "": {{
      "name": "root",
      "workspaces": [
        "a",
        "ex"
      ]
    }},
    "a": {{
      "name": "@x/a",
      "version": "0.4.2"
    }},
    "ex": {{
      "{table}": {{
        "@x/a": "{range}"
      }}
    }},
    "node_modules/@x/a": {{
      "resolved": "a",
      "link": true
    }},
    "node_modules/ex": {{
      "resolved": "ex",
      "link": true
    }}
  }}
}}
"#
    )
}

fn npm_workspace(table: &str, range: &str) -> Sandbox {
    let ex = format!("{{\"name\":\"ex\",\"private\":true,\"{table}\":{{\"@x/a\":\"{range}\"}}}}\n");
    repository(
        &[
            NPM_ROOT,
            ("a/package.json", "{\"name\":\"@x/a\",\"version\":\"0.4.2\"}\n"),
            ("ex/package.json", &ex),
            ("package-lock.json", &npm_lock(table, range)),
        ],
        &["a/package.json", "package-lock.json"],
    )
}

#[test]
fn what_a_package_without_a_version_asks_moves_with_its_lock_file_and_npm_accepts_it() {
    for (table, range, moved) in [
        ("dependencies", "^0.4", "^0.5"),
        ("peerDependencies", "0.4.x", "0.5.x"),
        ("optionalDependencies", ">=0.4.2 <0.5", ">=0.5.0 <0.6"),
    ] {
        let sandbox = npm_workspace(table, range);
        let manifest = sandbox.read("ex/package.json");
        release(&sandbox, &["minor"]);
        assert_eq!(sandbox.read("ex/package.json"), manifest.replace(range, moved));
        let lock = npm_lock(table, moved).replace("\"version\": \"0.4.2\"", "\"version\": \"0.5.0\"");
        assert_eq!(sandbox.read("package-lock.json"), lock);
        npm_accepts(&sandbox);
    }
}

#[test]
fn a_series_of_pre_releases_asks_for_itself_and_its_stable_version_no_more() {
    let sandbox = npm_workspace("dependencies", "0.4.x");
    for (words, moved) in [
        (&["minor", "alpha"][..], "~0.5.0-alpha.1"),
        (&["beta"], "~0.5.0-alpha.1"),
        (&["release"], "~0.5.0"),
        (&["patch"], "~0.5.0"),
        (&["major"], "~1.0.0"),
    ] {
        release(&sandbox, words);
        assert!(sandbox.read("ex/package.json").contains(&format!("\"{moved}\"")), "{words:?}");
        assert!(sandbox.read("package-lock.json").contains(&format!("\"@x/a\": \"{moved}\"")), "{words:?}");
        if words.len() > 1 {
            npm_accepts(&sandbox);
        }
    }
    npm_accepts(&sandbox);
}

#[test]
fn what_comes_from_a_registry_is_another_package() {
    // An example of its own, outside the workspace, with a lock file that took the published package.
    let lock = "{\"name\":\"demo\",\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"@x/a\":\"^0.4.0\"}},\
                \"node_modules/@x/a\":{\"version\":\"0.4.1\",\"resolved\":\"https://registry.invalid/a.tgz\"}}}\n";
    let demo = "{\"name\":\"demo\",\"dependencies\":{\"@x/a\":\"^0.4.0\"}}\n";
    let sandbox = npm_workspace("dependencies", "^0.4.0");
    sandbox.write("demo/package.json", demo);
    sandbox.write("demo/package-lock.json", lock);
    sandbox.write("other/package.json", demo);
    sandbox.commit_all("feat: examples");
    release(&sandbox, &["minor"]);
    assert_eq!(sandbox.read("demo/package.json"), demo);
    assert_eq!(sandbox.read("demo/package-lock.json"), lock);
    assert_eq!(sandbox.read("other/package.json"), demo);
    assert!(sandbox.read("ex/package.json").contains("^0.5.0"));
}

#[test]
fn a_range_that_cannot_move_is_refused_with_its_place() {
    let sandbox = npm_workspace("dependencies", "<0.5");
    sandbox
        .refused(1, &["minor", "alpha", "--yes"])
        .says("ex/package.json:1: `<0.5` is asked of `@x/a`, which will be `0.5.0-alpha.1`");
}

fn yarn_lock(of_two: &str, of_root: &str, key: &str) -> String {
    format!(
        "# This file is generated by running \"yarn install\" inside your project.\n# Manual changes might be lost - proceed \
         with caution!\n\n__metadata:\n  version: 10\n  cacheKey: 10c0\n\n\"{key}, one@workspace:packages/one\":\n  version: \
         0.0.0-use.local\n  resolution: \"one@workspace:packages/one\"\n  languageName: unknown\n  linkType: soft\n\n\
         \"root@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"root@workspace:.\"\n  dependencies:\n    one: \
         \"{of_root}\"\n  languageName: unknown\n  linkType: soft\n\n\"two@workspace:packages/two\":\n  version: \
         0.0.0-use.local\n  resolution: \"two@workspace:packages/two\"\n  dependencies:\n    one: \"npm:{of_two}\"\n  \
         peerDependencies:\n    one: {of_two}\n  languageName: unknown\n  linkType: soft\n"
    )
}

#[test]
fn keys_and_ranges_of_a_workspace_of_yarn_move_together_and_yarn_accepts_them() {
    let two = |range: &str| {
        format!(
            "{{\"name\":\"two\",\"devDependencies\":{{\"one\":\"{range}\"}},\"peerDependencies\":{{\"one\":\"{range}\"}}}}\n"
        )
    };
    let sandbox = repository(
        &[
            (
                "package.json",
                "{\"name\":\"root\",\"private\":true,\"workspaces\":[\"packages/*\"],\"dependencies\":{\"one\":\"~1.0.0\"}}\n",
            ),
            ("packages/one/package.json", "{\"name\":\"one\",\"version\":\"1.0.0\"}\n"),
            ("packages/two/package.json", &two("^1.0.0")),
            (".yarnrc.yml", "nodeLinker: node-modules\n"),
            ("yarn.lock", &yarn_lock("^1.0.0", "npm:~1.0.0", "one@npm:^1.0.0, one@npm:~1.0.0")),
        ],
        &["packages/one/package.json"],
    );
    yarn_accepts(&sandbox);
    release(&sandbox, &["minor"]);
    assert_eq!(sandbox.read("packages/two/package.json"), two("^1.0.0"));
    assert_eq!(
        sandbox.read("yarn.lock"),
        yarn_lock("^1.0.0", "npm:~1.1.0", "one@npm:^1.0.0, one@npm:~1.1.0")
    );
    yarn_accepts(&sandbox);
    release(&sandbox, &["major"]);
    assert_eq!(sandbox.read("packages/two/package.json"), two("^2.0.0"));
    assert_eq!(
        sandbox.read("yarn.lock"),
        yarn_lock("^2.0.0", "npm:~2.0.0", "one@npm:^2.0.0, one@npm:~2.0.0")
    );
    yarn_accepts(&sandbox);
}

#[test]
fn what_an_entry_of_the_configuration_sets_is_repeated_in_the_lock_file() {
    let sandbox = repository(
        &[
            (
                "package.json",
                "{\"name\":\"root\",\"private\":true,\"workspaces\":[\"packages/*\"],\"dependencies\":{\"one\":\"^1.0.0\"}}\n",
            ),
            ("packages/one/package.json", "{\"name\":\"one\",\"version\":\"1.0.0\"}\n"),
            (
                "packages/two/package.json",
                "{\"name\":\"two\",\"peerDependencies\":{\"one\":\"^1.0.0\"},\"devDependencies\":{\"one\":\"^1.0.0\"}}\n",
            ),
            (".yarnrc.yml", "nodeLinker: node-modules\n"),
            ("yarn.lock", &yarn_lock("^1.0.0", "npm:^1.0.0", "one@npm:^1.0.0")),
        ],
        &["packages/one/package.json"],
    );
    let configuration = sandbox.read("trueppm-release.toml");
    let entry = "[[manifest]]\npath = \"package.json\"\nformat = \"json\"\nkey = \"/dependencies/one\"\nvalue = \"^{version}\"\nfollows = true\n";
    sandbox.write("trueppm-release.toml", configuration + entry);
    sandbox.commit_all("chore: keep the root at the newest");
    release(&sandbox, &["minor"]);
    assert_eq!(
        sandbox.read("yarn.lock"),
        yarn_lock("^1.0.0", "npm:^1.1.0", "one@npm:^1.0.0, one@npm:^1.1.0")
    );
    yarn_accepts(&sandbox);
}

#[test]
fn what_pnpm_repeats_follows_the_manifest() {
    let lock = |range: &str| {
        format!(
            "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {{}}\n\n  one: {{}}\n\n  two:\n    dependencies:\n      one:\n        \
             specifier: {range}\n        version: link:../one\n"
        )
    };
    let two = |range: &str| {
        format!("{{\"name\":\"two\",\"private\":true,\"dependencies\":{{\"one\":\"{range}\"}}}}\n")
    };
    let sandbox = repository(
        &[
            ("package.json", "{\"name\":\"root\",\"private\":true}\n"),
            ("pnpm-workspace.yaml", "packages: [one, two]\n"),
            ("one/package.json", "{\"name\":\"one\",\"version\":\"0.4.0\"}\n"),
            ("two/package.json", &two("workspace:^0.4.0")),
            ("pnpm-lock.yaml", &lock("workspace:^0.4.0")),
        ],
        &["one/package.json"],
    );
    release(&sandbox, &["minor"]);
    assert_eq!(sandbox.read("two/package.json"), two("workspace:^0.5.0"));
    assert_eq!(sandbox.read("pnpm-lock.yaml"), lock("workspace:^0.5.0"));
}

#[test]
fn requirements_of_python_move_in_lists_extras_and_groups_and_uv_accepts_them() {
    let root = |own: &str, extra: &str, group: &str, version: &str| {
        format!(
            "[project]\nname = \"root\"\nversion = \"{version}\"\nrequires-python = \">=3.9\"\ndependencies = [\"one[fast]{own} ; \
             python_version > '3.8'\"]\n\n[project.optional-dependencies]\nx = [\"One{extra}\"]\n\n[dependency-groups]\ndev = [\
             \"one{group}\"]\n\n[tool.uv.workspace]\nmembers = [\"one\"]\n\n[tool.uv.sources]\none = {{ workspace = true }}\n"
        )
    };
    let one = "[project]\nname = \"one\"\nversion = \"1.2.0\"\nrequires-python = \">=3.9\"\n\n[project.optional-dependencies]\nfast = []\n";
    let lock = "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n\n[manifest]\nmembers = [\n    \"one\",\n    \"root\",\n]\n\n\
                [[package]]\nname = \"one\"\nversion = \"1.2.0\"\nsource = { editable = \"one\" }\n\n[package.metadata]\nprovides-extras \
                = [\"fast\"]\n\n[[package]]\nname = \"root\"\nversion = \"0\"\nsource = { virtual = \".\" }\ndependencies = [\n    { name = \
                \"one\" },\n]\n\n[package.optional-dependencies]\nx = [\n    { name = \"one\" },\n]\n\n[package.dev-dependencies]\ndev = [\n    \
                { name = \"one\" },\n]\n\n[package.metadata]\nrequires-dist = [\n    { name = \"one\", extras = [\"fast\"], marker = \
                \"python_full_version >= '3.9'\", editable = \"one\" },\n    { name = \"one\", marker = \"extra == 'x'\", editable = \"one\" },\n]\n\
                provides-extras = [\"x\"]\n\n[package.metadata.requires-dev]\ndev = [{ name = \"one\", editable = \"one\" }]\n";
    let lock = lock.replace("version = \"0\"", "version = \"1.2.0\"");
    let before = root(">=1.2,<1.3", "~=1.2.0", "==1.2.*", "1.2.0");
    let sandbox = repository(
        &[("pyproject.toml", before.as_str()), ("one/pyproject.toml", one), ("uv.lock", lock.as_str())],
        &["pyproject.toml", "one/pyproject.toml", "uv.lock"],
    );
    if let Some(run) = tool(&sandbox, sandbox.root(), "uv", &["lock", "--offline"]) {
        run.expect(0);
        if !sandbox.git(&["status", "--porcelain"]).is_empty() {
            sandbox.commit_all("chore: lock");
        }
    }
    for (words, own, extra, group, version) in [
        (&["minor"][..], ">=1.3,<1.4", "~=1.3.0", "==1.3.*", "1.3.0"),
        (&["minor", "alpha"], ">=1.4.0a1,<1.5", "~=1.4.0a1", "~=1.4.0a1", "1.4.0a1"),
        (&["release"], ">=1.4.0,<1.5", "~=1.4.0", "~=1.4.0", "1.4.0"),
        (&["patch"], ">=1.4.0,<1.5", "~=1.4.0", "~=1.4.0", "1.4.1"),
    ] {
        release(&sandbox, words);
        assert_eq!(sandbox.read("pyproject.toml"), root(own, extra, group, version), "{words:?}");
        uv_accepts(&sandbox);
    }
}

#[test]
fn a_requirement_of_python_moves_in_every_package_but_those_that_lock_a_published_one() {
    let ex = |range: &str| {
        format!("[project]\nname = \"ex\"\nversion = \"0.0.0\"\ndependencies = [\"One.Own{range}\"]\n")
    };
    let lock = "version = 1\n\n[[package]]\nname = \"one-own\"\nversion = \"1.2.0\"\nsource = { registry = \
                \"https://registry.invalid/simple\" }\n";
    let poetry = |range: &str| {
        format!(
            "[tool.poetry]\nname = \"p\"\nversion = \"0.0.0\"\n\n[tool.poetry.dependencies]\none-own = \"{range}\"\n"
        )
    };
    let sandbox = repository(
        &[
            ("one/pyproject.toml", "[project]\nname = \"one_own\"\nversion = \"1.2.0\"\n"),
            ("ex/pyproject.toml", &ex("==1.2.0")),
            ("locked/pyproject.toml", &ex(">=1.2,<1.3")),
            ("locked/uv.lock", lock),
            ("p/pyproject.toml", &poetry("~1.2")),
        ],
        &["one/pyproject.toml"],
    );
    release(&sandbox, &["minor"]);
    assert_eq!(sandbox.read("ex/pyproject.toml"), ex("==1.3.0"));
    assert_eq!(sandbox.read("p/pyproject.toml"), poetry("~1.3"));
    assert_eq!(sandbox.read("locked/pyproject.toml"), ex(">=1.2,<1.3"));
}
