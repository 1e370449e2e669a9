//! Every way to get a manifest wrong, with the exact words and the place.

use super::problems::each_is_said;

#[test]
fn each_mistake_in_a_manifest_is_named() {
    each_is_said(&[
        (
            "format = 'cargo'",
            "11:10: `format` in `[[manifest]]`: unknown value `cargo` | known values: `pyproject`, `package-json`, `package-lock`, `chart`, `python-setting`, `python-version`, `uv-lock`, `cargo-toml`, `cargo-lock`, `pnpm-lock`, `yarn-lock`, `json`, `toml`, `yaml`, `plain`, `env-file`, `dockerfile`",
        ),
        (
            "format = 'cargo-tml'",
            "11:10: `format` in `[[manifest]]`: unknown value `cargo-tml` | did you mean `cargo-toml`?",
        ),
        (
            "key = '/a'",
            "11:7: `Cargo.toml`: `key` `/a` is not one that Cargo.toml has | write `package.version` or `workspace.package.version`, or no `key`",
        ),
        (
            "value = '1.0'",
            "11:9: `value` in `[[manifest]]`: `1.0` holds nothing of the version | write `{version}`, `{pep440}` or `{base}`",
        ),
        (
            "value = '{tag}'",
            "11:9: `value` in `[[manifest]]`: `{tag}` cannot be used here: no tag is meant | `{tag}` can be used in `message` and `starts` of `[[tag]]` and in a `[[reminder]]` with `tag`",
        ),
        (
            "value = '{base}'",
            "11:9: `version-from` reads the whole version from `Cargo.toml`, which only holds `{base}` | write `value = \"{version}\"` or `value = \"{pep440}\"`",
        ),
        (
            "follows = true",
            "2:16: `version-from` names `Cargo.toml`, which `follows` or is `optional`: it cannot say what the version is | name a manifest that always holds the current version",
        ),
        (
            "[[manifest]]\npath = 'Cargo.toml'",
            "12:8: `Cargo.toml` is listed twice (first on line 10) | keep one of the two",
        ),
        ("package = 'x'", "11:11: `Cargo.toml`: `package` is for lock files only | leave `package` out"),
        (
            "[[manifest]]\npath = 'a.py'",
            "12:8: `a.py`: a Python file needs a `key` that says where the version is | write `key = 'SETTINGS[\"VERSION\"]'` with the names of the dictionary and of its key",
        ),
        (
            "[[manifest]]\npath = 'Chart.yaml'\nkey = 'apiVersion'",
            "13:7: `Chart.yaml`: `key` `apiVersion` is not one that a release moves in a chart | write `version` or `appVersion`, or no `key` for both",
        ),
        (
            "[[manifest]]\npath = 'a.json'",
            "12:8: `a.json`: a JSON file needs a `key` that says where the version is | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = 1",
            "13:7: `key` in `[[manifest]]`: expected a string, found a number",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = 'a.b'",
            "13:7: `a.json`: `a.b` is not a JSON pointer: it begins with `/` | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[manifest]]\npath = 'a.json'\nkey = '/a'\n[[manifest]]\npath = 'a.json'\nkey = '/a'",
            "15:8: `a.json` with key `/a` is listed twice (first on line 12) | keep one of the two",
        ),
    ]);
}
