//! Small helps with words: the nearest known one for a typo, and counted nouns.

/// The known word that is close enough to be what was meant.
pub fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, &word.to_lowercase()), *word))
        // One slip in three letters is a typo; more is another word.
        .filter(|(distance, word)| *distance * 3 <= word.chars().count().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_finds_none() {
        let words = ["patch", "minor", "major"];
        assert_eq!(nearest("mnior", &words), Some("minor"));
        assert_eq!(nearest("MAJOR", &words), Some("major"));
        assert_eq!(nearest("deploy", &words), None);
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
