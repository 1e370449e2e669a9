//! Every way to get a pin wrong, with the exact words and the place.

use super::problems::each_is_said;
use crate::manifest::Format;

#[test]
fn each_way_to_write_a_wrong_pin_is_named() {
    let formats: Vec<_> = Format::ALL.iter().map(|format| format!("`{}`", format.name())).collect();
    for (more, expected) in [
        ("[[pin]]\nname = 'oss-tag'", "11:1: `[[pin]]` has no `write`"),
        (
            "[[pin]]\nname = 'date'\nvariable = 'A-B'\nshape = 'v'\nremote = 'ext::sh'\nwrite = []",
            "12:8: `name` in `[[pin]]`: `--date` is an option of its own | give the pin another name, such as `oss-tag` || \
             13:12: `variable` in `[[pin]]`: `A-B` is not the name of an environment variable | write capital letters, digits and underscores, such as `TRUEPPM_OSS_TAG` || \
             14:9: `shape` in `[[pin]]`: `v` is the same for every release | tags never move: put `{version}`, `{pep440}` or `{base}` into the name || \
             15:10: `remote` in `[[pin]]`: `ext::sh` is neither a URL nor the name of a remote | write a URL such as `https://gitlab.com/group/project.git`, or a name such as `origin` || \
             16:9: `write` in `[[pin]]` is an empty list",
        ),
        (
            "[[pin]]\nname = 'a'\nwrite = [{ path = '.env', key = 'A' }, { path = '.env', key = 'A' }]\n[[pin]]\nname = 'a'\nwrite = [{ path = '.env' }]",
            "13:49: `.env` with `A` is listed twice (first on line 13) | keep one of the two || \
             15:8: the pin `a` is listed twice (first on line 12) | keep one of the two || \
             16:19: `.env`: a file of variables needs a `key` that says which one | write `key = \"APP_VERSION\"` with the name of the variable",
        ),
        (
            "[[pin]]\nname = 'a'\nwrite = [{ path = 'Cargo.toml' }, { path = 'x.md' }, { path = 'y.md', key = 'z', regex = '(?<tag>x)' }]",
            "13:19: `Cargo.toml` is a `[[manifest]]` and written by a pin | keep one of the two, or give each its own `key` || \
             13:44: the format of `x.md` cannot be told from its name | say it with `format = \"…\"`: {formats} | or find the place with a `regex` || \
             13:77: `regex` takes the place of `key` | keep one of the two",
        ),
        (
            "[[pin]]\nname = 'a'\nwrite = [{ path = 'x.md', regex = 'x(?<date>y)', value = '{previous}', count = 0 }]",
            "13:35: `regex` in `write` in `[[pin]]` holds the group `date`, which says nothing of a pin | write `(?<tag>…)` for the pin itself, or `version`, `pep440`, `base` of it || \
             13:58: `value` in `write` in `[[pin]]`: `{previous}` says nothing of a pin | write `{tag}` for the pin itself, or `{version}`, `{pep440}`, `{base}` of it || \
             13:58: `regex` takes the place of `value` | keep one of the two || \
             13:80: `count` in `write` in `[[pin]]`: 0 is less than 1",
        ),
        (
            "[[pin]]\nname = 'a'\nwrite = [{ path = '.env', key = 'A' }]\n[[step]]\nname = 's'\nrun = ['x']\nwrites = ['.env']",
            "17:11: `.env` is written by the release itself | a step writes files of its own",
        ),
    ] {
        each_is_said(&[(more, &expected.replace("{formats}", &formats.join(", ")))]);
    }
}
