//! Every file of the built-in layout in the shapes that people's editors give it. The real binary must change the
//! version's own bytes and nothing else; what is expected is written beside what is there, not computed by the code
//! under test.

use std::os::unix::fs::PermissionsExt;

use crate::sandbox::Sandbox;

const SCHEDULER: &str = "packages/scheduler/pyproject.toml";
const API: &str = "packages/api/pyproject.toml";
const WEB: &str = "packages/web/package.json";
const WEB_LOCK: &str = "packages/web/package-lock.json";
const SETTINGS: &str = "packages/api/src/trueppm_api/settings/base.py";
const CHART: &str = "packages/helm/Chart.yaml";
const API_LOCK: &str = "packages/api/uv.lock";
const SCHEDULER_LOCK: &str = "packages/scheduler/uv.lock";
const SCHEMA: &str = "docs/api/openapi.json";
const EXPORT: &str = "scripts/export-openapi.sh";

/// The two sides of a text in which `⟦old⟧new⟧` marks what a release changes.
fn sides(marked: &str) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    let mut rest = marked;
    while let Some((same, change)) = rest.split_once('⟦') {
        let (old, behind) = change.split_once('⟧').expect("the old value ends");
        let (new, behind) = behind.split_once('⟧').expect("the new value ends");
        before.extend([same, old]);
        after.extend([same, new]);
        rest = behind;
    }
    (before + rest, after + rest)
}

/// The suite with some of its files replaced by the left side of their marked text, and an export that does not
/// depend on how the settings are written.
fn suite_with(files: &[(&str, String)]) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write(EXPORT, "echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json\n");
    for (path, marked) in files {
        sandbox.write(path, sides(marked).0);
    }
    sandbox.commit_all("chore: another layout");
    sandbox
}

/// Releases 0.2.0 and compares every marked file, byte for byte, in the work tree and in the tag; nothing but them
/// and what every release changes may differ.
#[track_caller]
fn releases(files: &[(&str, String)]) -> Sandbox {
    let sandbox = suite_with(files);
    sandbox.run(&["minor", "--yes"]).expect(0);
    for (path, marked) in files {
        let expected = sides(marked).1;
        assert_eq!(sandbox.read(path), expected, "{path} in the work tree");
        assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{path}")]), expected, "{path} in the tag");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox
}

const SCHEDULER_ODD: &str = "\
# version = \"0.1.0\" in a comment, ünïcode
[tool.other]
version = \"0.1.0\"

[project]
description = \"\"\"
version = \"0.1.0\"
\"\"\"
dependencies = [\"left-align==0.1.0\"]
  version   =   '⟦0.1.0⟧0.2.0⟧'\t# single quotes, 0.1.0
\"name\" = \"trueppm-scheduler\"
[project.urls]
version = \"0.1.0\"
";

const API_ODD: &str = "\
project.name = \"trueppm-api\"
project.\"version\" = \"⟦0.1.0⟧0.2.0⟧\" # dotted, quoted key
tool.x.version = \"0.1.0\"
";

const WEB_ODD: &str = r#"{
	"dependencies" : { "left-align" : "0.1.0", "version": "0.1.0" },
	"description": "caf\u00e9 \"version\": \"0.1.0\" \/ \ud83d\ude80",
	"config": {"version": "0.1.0"}, "files": ["version", "0.1.0"],
	"version"
	  :"⟦0.1.0⟧0.2.0⟧" ,"name": "@trueppm/web", "zzz":1.50e0
}
"#;

const WEB_LOCK_ODD: &str = r#"{
  "packages": {
    "node_modules/@trueppm/web": { "version": "0.1.0" },
    "": { "dependencies": {"version": "0.1.0"}, "version": "⟦0.1.0⟧0.2.0⟧", "name": "\u0040trueppm/web" },
    "packages/": {"version": "0.1.0"}
  },
  "dependencies": { "left-align": { "version": "0.1.0" } },
  "version": "⟦0.1.0⟧0.2.0⟧",
  "name": "@trueppm/web", "lockfileVersion": 2
}
"#;

const SETTINGS_ODD: &str = "\
# SPECTACULAR_SETTINGS = {\"VERSION\": \"0.1.0\"}
\"\"\"
SPECTACULAR_SETTINGS = {\"VERSION\": \"0.1.0\"}
\"\"\"
REST = {'VERSION': '0.1.0'}


def settings():
    SPECTACULAR_SETTINGS = {'VERSION': '0.1.0'}
    return SPECTACULAR_SETTINGS


SPECTACULAR_SETTINGS = {'APPEND': {'VERSION': '0.1.0', \"DEEPER\": [{'VERSION': '0.1.0'}]},
                        # 'VERSION': '0.1.0',
                        'DESCRIPTION': 'ü \\'VERSION\\': \"0.1.0\"', 'VERSION' : '⟦0.1.0⟧0.2.0⟧'  # 0.1.0
                        , 'TITLE': \"VERSION\"}
OTHER = {\"VERSION\": \"0.1.0\"}
";

const CHART_ODD: &str = "\
# version: 0.1.0
dependencies:
- name: postgresql
  version: 0.1.0
- {name: redis, version: '0.1.0'}
annotations:
  version: '0.1.0'
  text: |
    version: 0.1.0
    appVersion: 0.1.0
appVersion:   '⟦v0.1.0⟧v0.2.0⟧'   # single quotes; the v stays
name: \"trueppm\"
version: \"⟦0.1.0⟧0.2.0⟧\"
apiVersion: v2
";

const API_LOCK_ODD: &str = "\
version = 1
# a registry package of the same name, before the own one
[[package]]
name = \"trueppm-api\"
version = \"0.1.0\"
source = { registry = \"https://registry.invalid/simple\" }

[[package]]
name = \"trueppm-api\"
version = \"⟦0.1.0⟧0.2.0⟧\"
source = { virtual = \".\" }

[package.metadata]
requires-dist = [{ name = \"trueppm-api\", version = \"0.1.0\" }]
";

fn odd() -> Vec<(&'static str, String)> {
    [
        (SCHEDULER, SCHEDULER_ODD),
        (API, API_ODD),
        (WEB, WEB_ODD),
        (WEB_LOCK, WEB_LOCK_ODD),
        (SETTINGS, SETTINGS_ODD),
        (CHART, CHART_ODD),
        (API_LOCK, API_LOCK_ODD),
    ]
    .map(|(path, text)| (path, text.to_owned()))
    .into()
}

#[test]
fn odd_order_quotes_comments_escapes_and_the_same_version_elsewhere_all_stay() {
    releases(&odd());
}

#[test]
fn line_ends_byte_order_marks_and_missing_final_newlines_stay() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let marked = |text: &str| format!("\u{feff}{text}");
    let open_ended = |text: &str| text.trim_end().to_owned();
    let ways: [&dyn Fn(&str) -> String; 4] =
        [&crlf, &marked, &open_ended, &|text| marked(&crlf(&open_ended(text)))];
    for way in ways {
        releases(&odd().iter().map(|(path, text)| (*path, way(text))).collect::<Vec<_>>());
    }
}

#[test]
fn mixed_line_ends_stay_mixed() {
    let mixed = |text: &str| {
        text.lines()
            .zip(["\r\n", "\n", "\n"].iter().cycle())
            .map(|(line, end)| format!("{line}{end}"))
            .collect()
    };
    releases(&odd().iter().map(|(path, text)| (*path, mixed(text))).collect::<Vec<_>>());
}

#[test]
fn executable_bits_stay_on_what_a_release_rewrites_and_off_everything_else() {
    let sandbox = Sandbox::suite();
    for (path, mode) in [(WEB, 0o755), (SCHEMA, 0o775), ("CHANGELOG.md", 0o700)] {
        std::fs::set_permissions(sandbox.root().join(path), PermissionsExt::from_mode(mode)).expect("chmod");
    }
    std::fs::set_permissions(sandbox.root().join(API), PermissionsExt::from_mode(0o600)).expect("chmod");
    sandbox.commit_all("chore: modes");
    let modes = |sandbox: &Sandbox| -> Vec<String> {
        sandbox
            .git(&["ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD"])
            .lines()
            .filter(|line| !line.contains("changelog.d"))
            .map(str::to_owned)
            .collect()
    };
    let before = modes(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(modes(&sandbox), before);
    let bits = |path: &str| {
        std::fs::metadata(sandbox.root().join(path)).expect("there").permissions().mode() & 0o777
    };
    assert_eq!([bits(WEB), bits("CHANGELOG.md"), bits(API)], [0o755, 0o700, 0o600]);
    assert_eq!(bits(SCHEMA) & 0o100, 0o100);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn each_quoting_style_of_the_chart_is_kept() {
    for (version, app) in [("V", "'V'"), ("'V'", "\"V\""), ("\"V\"", "V")] {
        for prefix in ["", "v"] {
            let value =
                |style: &str, prefix: &str| style.replace('V', &format!("⟦{prefix}0.1.0⟧{prefix}0.2.0⟧"));
            let chart = format!("version: {}\nappVersion: {}\n", value(version, ""), value(app, prefix));
            releases(&[(CHART, chart)]);
        }
    }
}

#[test]
fn a_follower_that_drifted_is_set_with_a_warning_and_one_that_is_there_already_is_silent() {
    let files = [
        (CHART, "version: ⟦0.0.7⟧0.2.0⟧\nappVersion: 0.2.0\n".to_owned()),
        (SETTINGS, "SPECTACULAR_SETTINGS = {\"VERSION\": \"⟦nightly⟧0.2.0⟧\"}\n".to_owned()),
    ];
    releases(&files);
    let run = suite_with(&files).run(&["minor", "--yes"]).expect(0);
    let warnings: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 2, "{}", run.stderr);
    run.says("`packages/helm/Chart.yaml:1` holds")
        .says("`0.0.7` where `0.1.0` was expected; it will be `0.2.0`");
}

#[test]
fn a_version_setting_that_is_no_literal_is_refused_with_the_expression_and_ways_on() {
    for expression in ["__version__", "version(\"trueppm-api\")", "\"0.1.0\" + SUFFIX", "f\"{MAJOR}.1.0\""] {
        let text = format!("SPECTACULAR_SETTINGS = {{\n    \"VERSION\": {expression},\n}}\n");
        suite_with(&[(SETTINGS, text)])
            .refused(1, &["minor", "--yes"])
            .says("base.py:2")
            .says(expression)
            .says("SPECTACULAR_SETTINGS[\"VERSION\"]")
            .says("hint: write the version in its place")
            .says("hint: or point the configuration at");
    }
}

#[test]
fn a_setting_that_is_missing_or_only_looks_like_it_is_refused() {
    for text in [
        "SPECTACULAR_SETTINGS = {\"NESTED\": {\"VERSION\": \"0.1.0\"}}\n",
        "OTHER = {\"VERSION\": \"0.1.0\"}\n",
        "# SPECTACULAR_SETTINGS = {\"VERSION\": \"0.1.0\"}\n",
    ] {
        suite_with(&[(SETTINGS, text.to_owned())])
            .refused(1, &["minor", "--yes"])
            .says(SETTINGS)
            .says("SPECTACULAR_SETTINGS");
    }
}

#[test]
fn lock_files_that_are_not_there_are_left_out_and_other_files_are_missed() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", API_LOCK, SCHEDULER_LOCK, WEB_LOCK]);
    sandbox.commit_all("chore: no lock files");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(!run.stderr.contains("lock"), "{}", run.stderr);
    assert!(!sandbox.exists(API_LOCK) && !sandbox.exists(WEB_LOCK));

    for path in [SCHEDULER, API, WEB, SETTINGS, CHART, "CHANGELOG.md"] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["rm", "--quiet", path]);
        sandbox.commit_all("chore: lose a file");
        sandbox.refused(1, &["minor", "--yes"]).says(&format!("`{path}`")).says("HEAD").says("hint: ");
    }
}

#[test]
fn a_lock_file_without_the_own_package_is_refused() {
    suite_with(&[(
        API_LOCK,
        "version = 1\n\n[[package]]\nname = \"django\"\nversion = \"0.1.0\"\n".to_owned(),
    )])
    .refused(1, &["minor", "--yes"])
    .says(API_LOCK)
    .says("trueppm-api");
}

#[test]
fn an_output_that_is_new_is_committed() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", SCHEMA]);
    sandbox.write("docs/api/.gitkeep", "");
    sandbox.commit_all("chore: no schema yet");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.git(&["show", &format!("v0.2.0:{SCHEMA}")]).contains("\"version\": \"0.2.0\""));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

/// Checks everything out again, so that the work tree is what git makes of the settings now.
fn check_out_anew(sandbox: &Sandbox) {
    sandbox.git(&["rm", "--quiet", "-r", "--cached", "."]);
    sandbox.git(&["reset", "--quiet", "--hard"]);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn line_ends_of_the_work_tree_make_no_difference_to_the_commit() {
    let plain = Sandbox::suite();
    plain.run(&["minor", "--yes"]).expect(0);
    let expected = plain.git(&["rev-parse", "HEAD^{tree}"]);

    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.autocrlf", "true"]);
    // The script itself has to run.
    sandbox.write(".git/info/attributes", "*.sh eol=lf\n");
    check_out_anew(&sandbox);
    assert!(sandbox.read("CHANGELOG.md").contains("\r\n") && sandbox.read(WEB).contains("\r\n"));
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD^{tree}"]), expected);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    for path in [WEB, "CHANGELOG.md", SCHEDULER] {
        let text = sandbox.read(path);
        assert_eq!(
            text.matches('\n').count(),
            text.matches("\r\n").count(),
            "{path} has two kinds of line ends"
        );
    }
}

#[test]
fn eol_attributes_are_obeyed_in_success_and_when_everything_is_put_back() {
    let sandbox = Sandbox::suite();
    sandbox.write(".gitattributes", "* text eol=crlf\n*.sh text eol=lf\n");
    sandbox.commit_all("chore: attributes");
    check_out_anew(&sandbox);
    assert!(sandbox.read(SCHEMA).contains("\r\n"));
    let export = sandbox.read(EXPORT);
    sandbox.write(EXPORT, "echo half > docs/api/openapi.json; exit 1\n");
    sandbox.commit_all("chore: a failing export");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4);
    before.assert_same(&sandbox.state().without_objects());

    sandbox.write(EXPORT, export);
    sandbox.commit_all("fix: export");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert!(!sandbox.git(&["show", "v0.2.0:CHANGELOG.md"]).contains('\r'));
    assert!(!sandbox.git(&["show", &format!("v0.2.0:{SCHEMA}")]).contains('\r'));
    assert!(sandbox.read("CHANGELOG.md").contains("## [0.2.0] - 2026-02-03\r\n"));
}

#[test]
fn carriage_returns_that_are_committed_stay_under_autocrlf() {
    let (before, after) = sides(&WEB_ODD.replace('\n', "\r\n"));
    let sandbox = suite_with(&[(WEB, before)]);
    sandbox.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["show", &format!("v0.2.0:{WEB}")]), after);
    assert_eq!(sandbox.read(WEB), after);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn files_that_git_stores_in_another_form_are_refused_by_name() {
    for (attribute, said) in [("filter=lfs", "lfs"), ("working-tree-encoding=UTF-16LE", "UTF-16LE")] {
        for path in [WEB, "CHANGELOG.md", SCHEMA] {
            let sandbox = Sandbox::suite();
            sandbox.write(".git/info/attributes", format!("{path} {attribute}\n"));
            sandbox
                .refused(1, &["minor", "--yes"])
                .says(&format!("`{path}` is not stored as plain text"))
                .says(said);
        }
    }
}

#[test]
fn links_folders_and_other_encodings_are_refused_by_name() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["mv", WEB, "packages/web/real.json"]);
    std::os::unix::fs::symlink("real.json", sandbox.root().join(WEB)).expect("a link");
    sandbox.commit_all("chore: a link");
    sandbox.refused(1, &["minor", "--yes"]).says(&format!("`{WEB}` is a symbolic link, not a plain file"));

    let sandbox = Sandbox::suite();
    sandbox.remove("CHANGELOG.md");
    sandbox.write("CHANGELOG.md/README.md", "a folder");
    sandbox.commit_all("chore: a folder");
    sandbox.refused(1, &["minor", "--yes"]).says("`CHANGELOG.md` is a folder, not a plain file");

    let sandbox = Sandbox::suite();
    sandbox.write(CHART, b"version: 0.1.0\nappVersion: 0.1.0 # \xe4\n");
    sandbox.commit_all("chore: Latin-1");
    sandbox.refused(1, &["minor", "--yes"]).says(&format!("`{CHART}` is not UTF-8 text (byte 35)"));
}
