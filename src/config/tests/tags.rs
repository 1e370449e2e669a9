//! Every way to get a tag or a reminder wrong, with the exact words and the place.

use super::SMALL;
use super::problems::{each_is_said, said};

#[test]
fn each_mistake_in_a_tag_or_a_reminder_is_named() {
    each_is_said(&[
        (
            "[[tag]]\nname = 'v{version}'\nmessage = 'x'",
            "12:8: two tags would have the name `v0.2.0` (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'v{pep440}'\nmessage = 'x'",
            "12:8: two tags would have the name `v0.2.0` (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'v{version}/api'\nmessage = 'x'",
            "12:8: git cannot hold the tags `v0.2.0` and `v0.2.0/api` together (the other is on line 6) | give every kind of tag a name of its own",
        ),
        (
            "[[tag]]\nname = 'latest'\nmessage = 'x'",
            "12:8: `name` in `[[tag]]`: `latest` is the same for every release | tags never move: put `{version}`, `{pep440}` or `{base}` into the name",
        ),
        (
            "[[tag]]\nname = 'w{version}.lock'\nmessage = 'x'",
            "12:8: `name` in `[[tag]]`: `w0.2.0.lock` is not a name that git takes: it has a part that ends with `.lock`",
        ),
        ("[[tag]]\nname = 'w{version}'\nmessage = '\\n'", ""),
        ("[[tag]]\nname = 'w{version}'\nmessage = ' '", "13:11: `message` in `[[tag]]` is empty"),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = \"\\nx\"",
            "13:11: `message` in `[[tag]]` begins with an empty line",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = \"x\\u0000\"",
            "13:11: `message` in `[[tag]]` holds a control character",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nstarts = ['a', 5]",
            "14:16: `starts` in `[[tag]]`, entry 2: expected a string, found a number",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nstarts = ['{tagg}']",
            "14:11: `starts` in `[[tag]]`, entry 1: unknown placeholder `{tagg}` | did you mean `{tag}`?",
        ),
        (
            "[[tag]]\nname = 'w{version}'\nmessage = 'x'\nonly-when = ['stable', 'lts']",
            "14:24: `only-when` in `[[tag]]`, entry 2: unknown value `lts` | known values: `stable`, `pre-release`, `alpha`, `beta`, `rc`, `minor-boundary`",
        ),
        (
            "[[reminder]]\ntext = 'x'\nwhen = 'first-tag'",
            "13:8: a reminder for the first tag needs a `tag` that says of which kind | write the `name` of one of the `[[tag]]`",
        ),
        (
            "[[reminder]]\ntext = 'x {tag}'",
            "12:8: `text` in `[[reminder]]` uses `{tag}`, but does not say which tag is meant | add `tag = \"…\"` with the `name` of one of the `[[tag]]`",
        ),
        (
            "[[reminder]]\ntext = 'x'\ntag = 'v{versio}'",
            "13:7: `tag` in `[[reminder]]`: no `[[tag]]` has the name `v{versio}` | did you mean `v{version}`?",
        ),
        (
            "[[reminder]]\ntext = 1979-05-27",
            "12:8: `text` in `[[reminder]]`: expected a string, found a date",
        ),
    ]);
}

#[test]
fn the_first_tag_is_one_that_every_release_gets() {
    let limited = SMALL.replace("message = \"Release {tag}\"", "message = \"x\"\nonly-when = [\"stable\"]");
    assert_eq!(
        said(&limited),
        [
            "x.toml:8:13: the first `[[tag]]` is one that every release gets | leave its `only-when` out, or put another tag first"
        ]
    );
}
