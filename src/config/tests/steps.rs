//! Every way to get a step or a check wrong, with the exact words and the place.

use super::problems::each_is_said;

#[test]
fn each_mistake_in_a_step_or_a_check_is_named() {
    each_is_said(&[
        ("[[step]]\nname = 'a'\nrun = []", "13:7: `run` in `[[step]]` is an empty list"),
        ("[[step]]\nname = 'a'\nrun = ['', 'x']", "13:8: `run` in `[[step]]` names no program"),
        (
            "[[step]]\nname = 'a'\nrun = 'make'",
            "13:7: `run` in `[[step]]`: expected a list of strings, found a string | write `run = [\"make\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = 'make docs'",
            "13:7: `run` in `[[step]]`: expected a list of strings, found a string | write `run = [\"make\", \"docs\"]`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = 'make && make docs'",
            "13:7: `run` in `[[check]]`: expected a list of strings, found a string | write `run = [\"sh\", \"-c\", \"make && make docs\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['make docs']",
            "13:8: `run` in `[[step]]`, entry 1: `make docs` is no program, but a program and its arguments in one string | write `run = [\"make\", \"docs\"]`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['./my tools/x', 'y z']",
            "13:8: `run` in `[[check]]`, entry 1: `./my tools/x` is no program, but a program and its arguments in one string | write `run = [\"./my\", \"tools/x\", \"y z\"]` | or, where that is the path of the program: `run = [\"sh\", \"-c\", \"exec \\\"$0\\\" \\\"$@\\\"\", \"./my tools/x\", \"y z\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = [\"x\\u0000\"]",
            "13:8: `run` in `[[step]]`, entry 1 holds a NUL character",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\n[[step]]\nname = 'a'\nrun = ['y']",
            "15:8: the step `a` is listed twice (first on line 12) | keep one of the two",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['npm', 'run', 'docs']\noptional = true",
            "14:12: `optional` in `[[step]]`: `run` names no script of the repository that may be missing | write the script as a path with a `/` and without placeholders, such as `scripts/x.sh` or `./x.sh` | or leave `optional` out; `required = false` is for a step that may fail",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\ntimeout-seconds = 86401",
            "14:19: `timeout-seconds` in `[[step]]`: 86401 is more than 86400",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['Cargo.toml']",
            "14:11: `Cargo.toml` is written by the release itself | a step writes files of its own",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexpect = [{ path = 'o', key = '/v', value = '{base}' }]",
            "14:20: `expect` names `o`, which the step does not write | add it: `writes = [\"o\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['o.json']\nexpect = [{ path = 'o.jsn', key = '/v', value = 'x' }]",
            "15:20: `expect` names `o.jsn`, which the step does not write | did you mean `o.json`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['o']\nexpect = [{ path = 'o', key = 'v', value = 'x' }]",
            "15:31: `key` in `expect` in `[[step]]`: `v` is not a JSON pointer | write `/v`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexpect = [{}]",
            "14:11: `expect` in `[[step]]` has no `path` || 14:11: `expect` in `[[step]]` has no `key` || 14:11: `expect` in `[[step]]` has no `value`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x', '{versio}']",
            "13:13: `run` in `[[step]]`, entry 2: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x', '{tag}']",
            "13:13: `run` in `[[step]]`, entry 2: `{tag}` cannot be used here: no tag is meant | `{tag}` can be used in `message` and `starts` of `[[tag]]` and in a `[[reminder]]` with `tag`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'after-bumb'",
            "14:6: `at` in `[[step]]`: unknown value `after-bumb` | did you mean `after-bump`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'sometime'",
            "14:6: `at` in `[[step]]`: unknown value `sometime` | known values: `before-gate`, `after-gate`, `after-bump`, `before-commit`, `after-release`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'before-gate'\nwrites = ['a']",
            "15:10: a step `before-gate` writes nothing: `writes` does not go with it | let it run `after-bump` or `before-commit`, or leave the key out",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nat = 'after-gate'\nwrites = ['a']\nskip-variable = 'A-B'",
            "15:10: a step `after-gate` writes nothing: `writes` does not go with it | let it run `after-bump` or `before-commit`, or leave the key out || \
             16:17: `skip-variable` in `[[step]]`: `A-B` is not the name of a variable | it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nenvironment = { A-B = 'x', 9 = 'y', C = 1, D = '{versio}' }",
            "14:17: `environment` in `[[step]]`: `A-B` is not the name of a variable | it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION` || \
             14:28: `environment` in `[[step]]`: `9` is not the name of a variable | it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION` || \
             14:41: `C` in `environment` in `[[step]]`: expected a string, found a number || \
             14:48: `D` in `environment` in `[[step]]`: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nenvironment = ['A=1']",
            "14:15: `environment` in `[[step]]`: expected a table, found a list",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nfolder = '../x'",
            "14:10: `folder` in `[[step]]`: `../x` leaves the repository | write the path relative to the repository root",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nexit-codes = { 256 = 'skip', 07 = 'stop', 1 = 'skp' }",
            "14:16: `exit-codes` in `[[step]]`: `256` is not an exit code | write a number from 0 to 255: `75 = \"skip\"` || \
             14:30: `exit-codes` in `[[step]]`: `07` is not an exit code | write a number from 0 to 255: `75 = \"skip\"` || \
             14:47: `1` in `exit-codes` in `[[step]]`: unknown value `skp` | did you mean `skip`?",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nonly-when = ['stabel', 1]",
            "14:14: `only-when` in `[[step]]`, entry 1: unknown value `stabel` | did you mean `stable`? || \
             14:24: `only-when` in `[[step]]`, entry 2: expected a string, found a number",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nonly-when = 'stable'",
            "14:13: `only-when` in `[[step]]`: expected a list of strings, found a string | write `only-when = [\"stable\"]`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['*.toml', 'a[']",
            "14:11: `*.toml` matches `Cargo.toml`, which is written by the release itself | a step writes files of its own || \
             14:21: `writes` in `[[step]]`: `a[` is not a pattern: unclosed character class; missing ']' | `*` and `?` stay within a name, `**` crosses folders, `[a-z]` is one character",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\nwrites = ['docs/*']\nexpect = [{ path = 'docs/a', format = 'json', value = 'x' }]",
            "15:39: `expect` in `[[step]]`: a JSON file needs a `key` that says where the version is | give a JSON pointer: `key = \"/info/version\"`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1 }",
            "14:1: unknown key `passes` in `[[step]]` | known keys: `name`, `run`, `at`, `environment`, `folder`, `timeout-seconds`, `exit-codes`, `only-when`, `required`, `skip-variable`, `optional`, `writes`, `expect`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\nwrites = ['a']",
            "14:1: unknown key `writes` in `[[check]]` | known keys: `name`, `run`, `at`, `environment`, `folder`, `timeout-seconds`, `exit-codes`, `only-when`, `required`, `skip-variable`, `optional`, `passes`",
        ),
        (
            "[[step]]\nname = 'a'\nrun = ['x']\n[[check]]\nname = 'a'\nrun = ['']",
            "15:8: the check `a` is listed twice (first on line 12) | keep one of the two || 16:8: `run` in `[[check]]` names no program",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = {}",
            "14:10: `passes` in `[[check]]` does not say how | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1, empty-output = true }",
            "14:10: `passes` in `[[check]]` has more than one meaning: `exit-code`, `empty-output` | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 256 }",
            "14:24: `exit-code` in `passes` in `[[check]]`: 256 is more than 255",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { empty-output = false }",
            "14:27: `empty-output` in `passes` is false, which says nothing | write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { json = 'a.b' }",
            "14:19: `json` in `passes` in `[[check]]`: `a.b` is not a JSON pointer | write `/a/b` || \
             14:19: `json` in `passes` has no `value` to compare with | add for example `value = []`",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { exit-code = 1, value = [] }",
            "14:35: `value` in `passes` needs a `json` that says where it stands | add `json = \"\"` for the whole output",
        ),
        (
            "[[check]]\nname = 'a'\nrun = ['x']\npasses = { json = '', value = [1979-05-27, nan, { a = '{versio}' }] }",
            "14:32: `value` in `passes` in `[[check]]`: expected what JSON can hold, found a date || \
             14:44: `value` in `passes` in `[[check]]`: expected what JSON can hold, found a fraction || \
             14:55: `value` in `passes` in `[[check]]`: unknown placeholder `{versio}` | did you mean `{version}`?",
        ),
    ]);
}
