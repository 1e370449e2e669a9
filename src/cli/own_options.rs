//! Options that only a configuration knows: `--oss-tag v0.2.0`. They are set apart before the parser sees the command
//! line, with their values; what each means, and whether it exists at all, is decided when the configuration is read.

use std::ffi::OsString;

use clap::CommandFactory as _;

use super::Cli;

/// An option that this program does not know by itself, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnOption {
    /// The name without its dashes.
    pub name: String,
    /// What followed it, if anything that can be a value did.
    pub value: Option<String>,
}

/// The long names of every option there is, in any command.
pub fn known_options() -> Vec<String> {
    fn collect(command: &clap::Command, into: &mut Vec<String>) {
        into.extend(command.get_arguments().filter_map(clap::Arg::get_long).map(str::to_owned));
        for inner in command.get_subcommands() {
            collect(inner, into);
        }
    }
    let mut known = vec!["help".to_owned(), "version".to_owned()];
    collect(&Cli::command(), &mut known);
    known
}

/// Sets the options apart that are not known here. The first word is the program's name.
pub(super) fn set_apart(words: impl Iterator<Item = OsString>) -> (Vec<OsString>, Vec<OwnOption>) {
    let known = known_options();
    let (mut left, mut own) = (Vec::new(), Vec::new());
    let mut words = words.peekable();
    left.extend(words.next());
    while let Some(word) = words.next() {
        if word == "--" {
            left.push(word);
            break;
        }
        let typed = word.to_str().and_then(|word| word.strip_prefix("--")).map(str::to_owned);
        let (name, value) = match &typed {
            Some(typed) => match typed.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (typed.as_str(), None),
            },
            None => ("", None),
        };
        if name.is_empty() || known.iter().any(|option| option == name) {
            left.push(word);
            continue;
        }
        let follows = |word: &OsString| word.to_str().is_some_and(|word| !word.starts_with('-'));
        let value = match value {
            Some(value) => Some(value),
            None => words.next_if(follows).and_then(|word| word.into_string().ok()),
        };
        own.push(OwnOption { name: name.to_owned(), value });
    }
    left.extend(words);
    (left, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(words: &[&str]) -> (Vec<String>, Vec<(String, Option<String>)>) {
        let typed = ["program"].iter().chain(words).map(OsString::from);
        let (left, own) = set_apart(typed);
        let left = left.into_iter().skip(1).map(|word| word.into_string().unwrap()).collect();
        (left, own.into_iter().map(|option| (option.name, option.value)).collect())
    }

    #[test]
    fn unknown_options_go_with_their_values_and_everything_else_stays() {
        let tag = ("oss-tag".to_owned(), Some("v0.2.0".to_owned()));
        let without = |name: &str| (name.to_owned(), None);
        for (words, left, own) in [
            (&["minor", "--oss-tag", "v0.2.0", "-y"][..], &["minor", "-y"][..], vec![tag.clone()]),
            (&["--oss-tag=v0.2.0", "minor"], &["minor"], vec![tag.clone()]),
            (&["config", "--oss-tag", "v0.2.0", "--check"], &["config", "--check"], vec![tag]),
            (&["minor", "--oss-tag"], &["minor"], vec![without("oss-tag")]),
            (&["--oss-tag", "--yes", "minor"], &["--yes", "minor"], vec![without("oss-tag")]),
            (&["--oss-tag="], &[], vec![("oss-tag".into(), Some(String::new()))]),
            (
                &["--date", "x", "--config=y", "--keep", "z"],
                &["--date", "x", "--config=y", "--keep", "z"],
                vec![],
            ),
            (&["--help", "--version", "--pin", "a=b"], &["--help", "--version", "--pin", "a=b"], vec![]),
            (
                &["-C", "x", "minor", "--", "--oss-tag", "y"],
                &["-C", "x", "minor", "--", "--oss-tag", "y"],
                vec![],
            ),
        ] {
            let left = left.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            assert_eq!(apart(words), (left, own), "{words:?}");
        }
    }
}
