//! Small helps with words: the nearest known one for a typo, counted nouns, and words that a shell takes.

/// The known word that was probably meant, in any case: a typo of it, or an abbreviation that fits no other.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    if typed.is_empty() {
        return None;
    }
    let known: Vec<(String, &str)> = known.into_iter().map(|word| (word.to_lowercase(), word)).collect();
    // One slip in three letters is a typo; more is another word.
    let tolerated = (typed.chars().count() / 3).max(1);
    let typo = known
        .iter()
        .map(|(lower, word)| (strsim::damerau_levenshtein(&typed, lower), *word))
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance);
    let mut abbreviated = known.iter().filter(|(lower, _)| lower.starts_with(&typed));
    match (typo, abbreviated.next(), abbreviated.next()) {
        (Some((_, word)), ..) => Some(word),
        (None, Some((_, word)), None) => Some(word),
        _ => None,
    }
}

/// `1 file`, `2 files`.
pub fn counted(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}

/// `text` as one word of a POSIX shell, quoted only where that is needed.
pub fn shell_word(text: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "/._-+:@%,=".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A name that others chose, on the one line it is given: line breaks and their like are shown as escapes, so that
/// nothing in it reads as a line of ours.
pub fn on_one_line(name: &str) -> String {
    let escaped = |character: char| -> String {
        if character.is_control() { character.escape_default().collect() } else { character.to_string() }
    };
    name.chars().map(escaped).collect()
}

/// What the system said about a file, in words without codes.
pub fn plain(error: &std::io::Error) -> String {
    let kind = error.kind().to_string();
    // Some have no kind of their own; what they were made of says more then.
    if !matches!(kind.as_str(), "uncategorized error" | "other error") {
        return kind;
    }
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or_default();
    let mut letters = said.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_an_abbreviation_finds_its_word_and_another_word_finds_none() {
        let known =
            ["patch", "minor", "major", "alpha", "beta", "rc", "release", "version-from", "Cargo.toml"];
        for (typed, meant) in [
            ("mnior", Some("minor")),
            ("MAJOR", Some("major")),
            ("pach", Some("patch")),
            ("rel", Some("release")),
            ("a", Some("alpha")),
            ("cr", Some("rc")),
            ("relaese", Some("release")),
            ("version_from", Some("version-from")),
            ("cargo.toml", Some("Cargo.toml")),
            ("", None),
            ("m", None),
            ("stable", None),
            ("deploy", None),
            ("x", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed:?}");
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(on_one_line("a\nerror: b\t\u{1b}ü"), "a\\nerror: b\\t\\u{1b}ü");
    }

    #[test]
    fn what_the_system_says_is_told_without_codes() {
        let said = |errno: rustix::io::Errno| plain(&errno.into());
        assert_eq!(said(rustix::io::Errno::MFILE), "too many open files");
        assert_eq!(said(rustix::io::Errno::NFILE), "too many open files in system");
        assert_eq!(said(rustix::io::Errno::IO), "input/output error");
        assert_eq!(said(rustix::io::Errno::NOSPC), "no storage space");
        assert_eq!(plain(&std::io::Error::other("Mine")), "mine");
    }

    #[test]
    fn nouns_are_counted() {
        assert_eq!(counted(1, "commit"), "1 commit");
        assert_eq!(counted(2, "commit"), "2 commits");
        assert_eq!(counted(0, "entry"), "0 entries");
    }

    #[test]
    fn a_shell_word_is_quoted_only_where_needed() {
        assert_eq!(shell_word("/srv/trueppm-suite"), "/srv/trueppm-suite");
        assert_eq!(shell_word("/srv/my suite"), "'/srv/my suite'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
