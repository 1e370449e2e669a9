//! The forms in which git takes an ssh key to sign with: a file, or the public key itself, whose private half is in
//! ssh-agent. And git's own way to split a command line into words, which `gpg.ssh.defaultKeyCommand` goes through.

use std::fmt;
use std::path::PathBuf;

/// A key for ssh-keygen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SshKey {
    /// A private key, or a public one whose private half lies beside it or in ssh-agent.
    File(PathBuf),
    /// The public key itself.
    Literal(String),
}

impl fmt::Display for SshKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "`{}`", path.display()),
            Self::Literal(key) => write!(formatter, "the key `{}`", key.trim_end()),
        }
    }
}

/// Whether git takes this value for a key and not for a file's name.
pub(super) fn is_literal(value: &str) -> bool {
    value.starts_with("key::") || value.starts_with("ssh-")
}

/// The key itself.
pub(super) fn literal(value: &str) -> &str {
    value.strip_prefix("key::").unwrap_or(value)
}

/// Splits a command line as git's `split_cmdline` does: blanks, both quotes, and backslashes outside single quotes.
/// Nothing where a quote stays open or the line ends in a backslash.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut open: Option<char> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, open) {
            (blank, None) if blank.is_ascii_whitespace() => words.extend(word.take()),
            (quote @ ('\'' | '"'), None) => {
                open = Some(quote);
                word.get_or_insert_default();
            }
            (quote, Some(opened)) if quote == opened => open = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(characters.next()?),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    open.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_split_as_git_splits_it() {
        let split = |line: &str| words(line).map(|words| words.join("|"));
        assert_eq!(split("ssh-add -L").as_deref(), Some("ssh-add|-L"));
        assert_eq!(split("  sh -c 'echo \"a b\"' ").as_deref(), Some("sh|-c|echo \"a b\""));
        assert_eq!(split("a\\ b \"c\\\"d\" ''").as_deref(), Some("a b|c\"d|"));
        assert_eq!(split("'open"), None);
        assert_eq!(split("end\\"), None);
        assert_eq!(split("").as_deref(), Some(""));
    }

    #[test]
    fn a_literal_key_is_told_from_a_file() {
        assert!(is_literal("ssh-ed25519 AAAA") && is_literal("key::ecdsa-sha2-nistp256 AAAA"));
        assert!(!is_literal("~/.ssh/id_ed25519.pub"));
        assert_eq!(literal("key::ecdsa-sha2-nistp256 AAAA"), "ecdsa-sha2-nistp256 AAAA");
        assert_eq!(literal("ssh-ed25519 AAAA"), "ssh-ed25519 AAAA");
    }
}
