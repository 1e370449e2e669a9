//! Rules for single values: what may be a path, a name in git, a template in its place. Each takes the text
//! and gives back what is wrong with it; where the value stands is said by the one who asks.

use super::template::{Placeholder, Template, Values};
use crate::error::Problem;

/// What is wrong with a value; nothing when it is in order.
pub(super) type Rule = fn(&str) -> Vec<Problem>;

/// `PATH_MAX` of Linux; nothing longer can be opened.
const LONGEST_PATH: usize = 4096;

/// A part of a reference is a file name, of 255 bytes at most with the `.lock` that git adds; versions need some.
const LONGEST_REFERENCE_PART: usize = 200;

/// Text on one line that says something.
pub(super) fn line(text: &str) -> Vec<Problem> {
    if text.trim().is_empty() {
        return vec![Problem::content("is empty")];
    }
    if text.contains(char::is_control) {
        return vec![Problem::content("holds a control character")];
    }
    Vec::new()
}

/// A word of a command line or the value of a variable: a template without the character that ends one.
pub(super) fn argument(text: &str) -> Vec<Problem> {
    let mut faults = template_without_tag(text).err().unwrap_or_default();
    if text.contains('\0') {
        faults.push(Problem::content("holds a NUL character"));
    }
    faults
}

/// The name of a variable of the environment (POSIX, 8.1): letters of any case, digits and underscores.
pub(super) fn environment_name(text: &str) -> Vec<Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && !text.is_empty() && !text.starts_with(|first: char| first.is_ascii_digit()) {
        return Vec::new();
    }
    vec![
        Problem::content(format!("`{text}` is not the name of a variable"))
            .hint("it has letters, digits and `_` and does not begin with a digit: `TRUEPPM_VERSION`"),
    ]
}

/// A code that a process can end with.
pub(super) fn exit_code(text: &str) -> Vec<Problem> {
    if text.parse::<u8>().is_ok_and(|code| code.to_string() == text) {
        return Vec::new();
    }
    vec![
        Problem::content(format!("`{text}` is not an exit code"))
            .hint("write a number from 0 to 255: `75 = \"skip\"`"),
    ]
}

/// The place of a value in a file; what each format takes is its own business.
pub(super) fn place(text: &str) -> Vec<Problem> {
    if text.contains(char::is_control) {
        vec![Problem::content("holds a control character")]
    } else {
        Vec::new()
    }
}

/// A path inside the repository in its one plain spelling, so that equal paths are equal texts.
pub(super) fn path(text: &str) -> Vec<Problem> {
    let fault = |says: &str| vec![Problem::content(format!("`{text}` {says}"))];
    let relative = "write the path relative to the repository root";
    if text.is_empty() {
        return vec![Problem::content("is empty")];
    }
    if text.contains(char::is_control) {
        return vec![Problem::content("holds a control character")];
    }
    if text.len() > LONGEST_PATH {
        return vec![Problem::content(format!("is longer than {LONGEST_PATH} bytes, and so than any path"))];
    }
    if text.contains('\\') {
        let slashes = text.replace('\\', "/");
        return fault("holds a backslash")
            .into_iter()
            .map(|it| it.hint(format!("write `{slashes}`")))
            .collect();
    }
    let drive = text.split_once(':').is_some_and(|(letter, _)| letter.len() == 1);
    if text.starts_with('/') || drive {
        return fault("is an absolute path").into_iter().map(|it| it.hint(relative)).collect();
    }
    if text.split('/').any(|part| part == "..") {
        return fault("leaves the repository").into_iter().map(|it| it.hint(relative)).collect();
    }
    // `git~1` is what `.git` is called where names are shortened to eight letters; git refuses both as well.
    if text.split('/').any(|part| part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1")) {
        return fault("lies inside git's own folder");
    }
    if text.split('/').any(|part| part.is_empty() || part == ".") {
        let plain: Vec<_> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let problem = Problem::content(format!("`{text}` has a part that names nothing"));
        return vec![if plain.is_empty() {
            problem.hint(relative)
        } else {
            problem.hint(format!("write `{}`", plain.join("/")))
        }];
    }
    Vec::new()
}

/// A place in a JSON document, as RFC 6901 writes it; the empty one is the whole document.
pub(super) fn pointer(text: &str) -> Vec<Problem> {
    if !text.is_empty() && !text.starts_with('/') {
        let slashes = text.replace('.', "/");
        return vec![
            Problem::content(format!("`{text}` is not a JSON pointer")).hint(format!("write `/{slashes}`")),
        ];
    }
    if text.split('~').skip(1).any(|after| !after.starts_with(['0', '1'])) {
        return vec![
            Problem::content(format!("`{text}` is not a JSON pointer"))
                .hint("write `~0` for `~` and `~1` for `/`"),
        ];
    }
    Vec::new()
}

/// A branch or a remote: what git takes below `refs/heads/` and `refs/remotes/`.
pub(super) fn git_name(text: &str) -> Vec<Problem> {
    fault_of_reference(text)
        .map(|says| Problem::content(format!("`{text}` is not a name that git takes: it {says}")))
        .into_iter()
        .collect()
}

/// The name of a tag: it must tell releases apart, and git must take it for every version.
pub(super) fn tag_name(text: &str) -> Vec<Problem> {
    let template = match template_without_tag(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    let tells_apart = [Placeholder::Version, Placeholder::Pep440, Placeholder::Base];
    if !tells_apart.into_iter().any(|placeholder| template.holds(placeholder)) {
        return vec![
            Problem::content(format!("`{text}` is the same for every release"))
                .hint("tags never move: put `{version}`, `{pep440}` or `{base}` into the name"),
        ];
    }
    samples()
        .iter()
        .map(|values| template.render(values))
        .find_map(|name| fault_of_reference(&name).map(|says| (name, says)))
        .map(|(name, says)| Problem::content(format!("`{name}` is not a name that git takes: it {says}")))
        .into_iter()
        .collect()
}

/// What a manifest holds: something of the new version, on one line.
pub(super) fn manifest_value(text: &str) -> Vec<Problem> {
    let template = match template_without_tag(text) {
        Ok(template) => template,
        Err(faults) => return faults,
    };
    if !Placeholder::ALL.into_iter().any(|it| it.is_of_new_version() && template.holds(it)) {
        return vec![
            Problem::content(format!("`{text}` holds nothing of the version"))
                .hint("write `{version}`, `{pep440}` or `{base}`"),
        ];
    }
    line(text)
}

/// The value a step must have left behind.
pub(super) fn expected_value(text: &str) -> Vec<Problem> {
    template_without_tag(text).err().unwrap_or_default()
}

/// The commit's message, which is about all tags alike.
pub(super) fn commit_message(text: &str) -> Vec<Problem> {
    let mut faults = template_without_tag(text).err().unwrap_or_default();
    faults.extend(fault_of_message(text));
    faults
}

/// Text about one tag: `{tag}` may stand in it.
pub(super) fn message(text: &str) -> Vec<Problem> {
    let mut faults = Template::parse(text).err().unwrap_or_default();
    faults.extend(fault_of_message(text));
    faults
}

fn fault_of_message(text: &str) -> Option<Problem> {
    if text.lines().next().is_none_or(|first| first.trim().is_empty()) {
        return Some(if text.trim().is_empty() {
            Problem::content("is empty")
        } else {
            Problem::content("begins with an empty line")
        });
    }
    let forbidden = |character: char| character.is_control() && character != '\t';
    text.lines().any(|line| line.contains(forbidden)).then(|| Problem::content("holds a control character"))
}

/// A template about no tag in particular.
pub(super) fn template_without_tag(text: &str) -> Result<Template, Vec<Problem>> {
    let template = Template::parse(text)?;
    if template.holds(Placeholder::Tag) {
        return Err(vec![Problem::content("`{tag}` cannot be used here: no tag is meant").hint(
            "`{tag}` can be used in `message` and `starts` of `[[tag]]` and in a `[[reminder]]` with `tag`",
        )]);
    }
    Ok(template)
}

/// A pre-release and a stable release: between them every shape that a version can have.
pub(super) fn samples() -> [Values; 2] {
    let stable = Values {
        version: "0.2.0".into(),
        pep440: "0.2.0".into(),
        base: "0.2.0".into(),
        major: "0".into(),
        minor: "2".into(),
        patch: "0".into(),
        previous: "0.1.0".into(),
        previous_pep440: "0.1.0".into(),
        previous_base: "0.1.0".into(),
        date: "2026-01-31".into(),
        tag: String::new(),
    };
    let pre_release = Values { version: "0.2.0-alpha.1".into(), pep440: "0.2.0a1".into(), ..stable.clone() };
    [stable, pre_release]
}

/// The rules of `git check-ref-format` for a name below a folder of references, and `git tag`'s own against a
/// leading dash.
fn fault_of_reference(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty".to_owned());
    }
    if name.starts_with('-') {
        return Some("begins with `-`".to_owned());
    }
    if let Some(character) = name.chars().find(|character| " ~^:?*[\\".contains(*character)) {
        return Some(if character == ' ' {
            "holds a space".to_owned()
        } else {
            format!("holds `{character}`")
        });
    }
    if name.contains(|character: char| character.is_ascii_control()) {
        return Some("holds a control character".to_owned());
    }
    if let Some(pair) = ["..", "@{"].into_iter().find(|pair| name.contains(pair)) {
        return Some(format!("holds `{pair}`"));
    }
    if name == "@" {
        return Some("is `@`, which git reads as HEAD".to_owned());
    }
    if name.ends_with('.') {
        return Some("ends with `.`".to_owned());
    }
    name.split('/').find_map(|part| {
        if part.is_empty() {
            Some("has an empty part between slashes".to_owned())
        } else if part.starts_with('.') {
            Some("has a part that begins with `.`".to_owned())
        } else if part.len() > LONGEST_REFERENCE_PART {
            Some(format!("has a part that is longer than {LONGEST_REFERENCE_PART} bytes"))
        } else if part.ends_with(".lock") {
            Some("has a part that ends with `.lock`".to_owned())
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(faults: Vec<Problem>) -> Option<String> {
        faults.into_iter().next().map(|fault| fault.message)
    }

    #[test]
    fn a_path_is_relative_plain_and_inside_the_repository() {
        for good in ["a", "a/b.c", ".gitlab-ci.yml", ".github/x", "a..b", "ü/x y", "git/x", "ab:c"] {
            assert_eq!(path(good), [], "{good}");
        }
        for (bad, says) in [
            ("", "is empty"),
            ("/etc/passwd", "`/etc/passwd` is an absolute path"),
            ("C:/x", "`C:/x` is an absolute path"),
            ("c:x", "`c:x` is an absolute path"),
            ("..", "`..` leaves the repository"),
            ("a/../b", "`a/../b` leaves the repository"),
            ("a\\b", "`a\\b` holds a backslash"),
            ("a\0b", "holds a control character"),
            ("a\nb", "holds a control character"),
            (".git/config", "`.git/config` lies inside git's own folder"),
            ("sub/.GIT/hooks/x", "`sub/.GIT/hooks/x` lies inside git's own folder"),
            ("Git~1/config", "`Git~1/config` lies inside git's own folder"),
            ("a//b", "`a//b` has a part that names nothing"),
            ("./a", "`./a` has a part that names nothing"),
            ("a/", "`a/` has a part that names nothing"),
            (".", "`.` has a part that names nothing"),
        ] {
            assert_eq!(first(path(bad)).as_deref(), Some(says), "{bad:?}");
        }
        assert_eq!(path(&"a".repeat(4096)), []);
        assert_eq!(
            first(path(&"a".repeat(4097))).as_deref(),
            Some("is longer than 4096 bytes, and so than any path")
        );
        assert_eq!(path("changelog.d/")[0].hints, ["write `changelog.d`"]);
    }

    #[test]
    fn names_that_git_refuses_are_refused_here_with_the_reason() {
        for good in ["main", "release/0.2", "v0.2.0", "a.lock.b", "a-b", "@x", "ü"] {
            assert_eq!(git_name(good), [], "{good}");
        }
        let long = "x".repeat(201);
        assert_eq!(git_name(&"x".repeat(200)), []);
        for (bad, says) in [
            (long.as_str(), "has a part that is longer than 200 bytes"),
            ("", "is empty"),
            ("-v", "begins with `-`"),
            ("a b", "holds a space"),
            ("a~1", "holds `~`"),
            ("a^", "holds `^`"),
            ("https://x", "holds `:`"),
            ("a?", "holds `?`"),
            ("a*", "holds `*`"),
            ("a[", "holds `[`"),
            ("a\\b", "holds `\\`"),
            ("a\tb", "holds a control character"),
            ("a\u{7f}", "holds a control character"),
            ("a..b", "holds `..`"),
            ("a@{1", "holds `@{`"),
            ("@", "is `@`, which git reads as HEAD"),
            ("a.", "ends with `.`"),
            ("/a", "has an empty part between slashes"),
            ("a/", "has an empty part between slashes"),
            ("a//b", "has an empty part between slashes"),
            ("a/.b", "has a part that begins with `.`"),
            ("a.lock/b", "has a part that ends with `.lock`"),
        ] {
            let expected = format!("`{bad}` is not a name that git takes: it {says}");
            assert_eq!(first(git_name(bad)), Some(expected), "{bad:?}");
        }
    }

    #[test]
    fn git2_agrees_on_which_names_are_taken() {
        for name in [
            "main", "a.lock.b", "@x", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a\tb", "a..b",
            "a@{1", "a.", "/a", "a/", "a//b", "a/.b", "a.lock/b", "a.lock", "v0.2.0",
        ] {
            let taken = git2::Reference::is_valid_name(&format!("refs/tags/{name}"));
            assert_eq!(git_name(name).is_empty(), taken, "{name}");
        }
    }

    #[test]
    fn json_pointers_are_told_from_dotted_keys() {
        for good in ["", "/info/version", "/a~1b/~0", "/"] {
            assert_eq!(pointer(good), [], "{good}");
        }
        assert_eq!(pointer("info.version")[0].hints, ["write `/info/version`"]);
        assert_eq!(pointer("/a~2")[0].hints, ["write `~0` for `~` and `~1` for `/`"]);
    }
}
