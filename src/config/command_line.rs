//! A command as people type it into a shell, turned into the list of words that a configuration holds: no shell stands
//! in between, so what only a shell understands is handed to one by name.

/// The key that holds the command of a step or a check.
pub(super) const RUN: &str = "run";

/// Outside quotes these mean something to a shell alone: pipes, lists, redirections, variables, patterns.
const OPERATORS: &[char] = &['|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '[', '\n', '\r'];

/// The line to write for these words, the first of which is a command line.
pub(super) fn as_run(words: &[&str]) -> String {
    let Some((command, arguments)) = words.split_first() else { return String::new() };
    let split = shell_words::split(command).ok().filter(|split| !split.is_empty());
    let list: Vec<String> = match split {
        Some(split) if !needs_a_shell(command) => {
            split.into_iter().chain(arguments.iter().map(|word| (*word).to_owned())).collect()
        }
        // A quote that nobody closes is an apostrophe.
        None => command.split_whitespace().chain(arguments.iter().copied()).map(str::to_owned).collect(),
        Some(_) => {
            let script = std::iter::once(command.trim().to_owned())
                .chain(arguments.iter().map(|word| shell_words::quote(word).into_owned()));
            vec!["sh".to_owned(), "-c".to_owned(), script.collect::<Vec<_>>().join(" ")]
        }
    };
    format!("{RUN} = {}", listed_as_toml(list.iter().map(String::as_str)))
}

/// The line to write where the first word is the path of a program, spaces and all.
pub(super) fn as_path(words: &[&str]) -> String {
    let started = ["sh", "-c", "exec \"$0\" \"$@\""].into_iter().chain(words.iter().copied());
    format!("{RUN} = {}", listed_as_toml(started))
}

/// A list of strings as TOML has it, on one line.
pub(super) fn listed_as_toml<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    // JSON's escapes are all among TOML's.
    let quoted = words.into_iter().map(|word| serde_json::Value::from(word).to_string());
    format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
}

/// Whether a command line says something that a list of words cannot say.
fn needs_a_shell(command: &str) -> bool {
    let mut quote = None;
    let mut word_begins = true;
    let mut characters = command.trim().chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some('"') | None, '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (Some('"'), '$' | '`') => return true,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '~' | '#') if word_begins => return true,
            (None, _) if OPERATORS.contains(&character) => return true,
            (None, _) => {}
        }
        word_begins = quote.is_none() && character.is_whitespace();
    }
    let first = command.split_whitespace().next().unwrap_or_default();
    first.split_once('=').is_some_and(|(name, _)| is_variable(name))
}

/// Whether `NAME=value` in front of a command would set it.
fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_becomes_the_words_that_a_shell_would_make_of_it() {
        for (command, list) in [
            ("make", r#"["make"]"#),
            ("make docs", r#"["make", "docs"]"#),
            ("  make\tdocs ", r#"["make", "docs"]"#),
            (
                "bash 'my scripts/x.sh' --for {version}",
                r#"["bash", "my scripts/x.sh", "--for", "{version}"]"#,
            ),
            (r#"git commit -m "a \"b\"""#, r#"["git", "commit", "-m", "a \"b\""]"#),
            (r"echo a\ b", r#"["echo", "a b"]"#),
            ("echo 'a && b' \"c | d\"", r#"["echo", "a && b", "c | d"]"#),
            ("echo it's", r#"["echo", "it's"]"#),
            ("npm run build --if-present", r#"["npm", "run", "build", "--if-present"]"#),
            ("sh -c 'make && make docs'", r#"["sh", "-c", "make && make docs"]"#),
            ("--opt=x y", r#"["--opt=x", "y"]"#),
            ("", r#"[]"#),
        ] {
            assert_eq!(as_run(&[command]), format!("run = {list}"), "{command:?}");
        }
    }

    #[test]
    fn what_only_a_shell_understands_is_handed_to_one() {
        for command in [
            "make && make docs",
            "make | tee log",
            "make; true",
            "make > log",
            "echo $HOME",
            "echo \"$HOME\"",
            "echo `date`",
            "cat docs/*.md",
            "ls ~/x",
            "VERSION={version} make",
            "(make)",
            "make &",
            "make # all of it",
        ] {
            let list = format!("run = [\"sh\", \"-c\", {}]", serde_json::Value::from(command));
            assert_eq!(as_run(&[command]), list);
        }
        assert_eq!(as_run(&["make\nmake docs"]), r#"run = ["sh", "-c", "make\nmake docs"]"#);
        assert_eq!(as_run(&["make &&", "it's"]), r#"run = ["sh", "-c", "make && 'it'\\''s'"]"#);
    }

    #[test]
    fn words_that_follow_stay_as_they_are() {
        assert_eq!(as_run(&["make docs", "a b", "$c"]), r#"run = ["make", "docs", "a b", "$c"]"#);
        assert_eq!(
            as_path(&["./my tools/x", "a b"]),
            r#"run = ["sh", "-c", "exec \"$0\" \"$@\"", "./my tools/x", "a b"]"#
        );
    }

    #[test]
    fn what_is_suggested_is_toml_and_in_order() {
        for words in [&["make docs"][..], &["a \"b\" \\c && 'd'"], &["ü\u{1}\nx"], &["./a b/c", "d"]] {
            for line in [as_run(words), as_path(words)] {
                let read: toml_edit::DocumentMut = line.parse().expect("TOML");
                let program = read[RUN][0].as_str().expect("a program");
                assert!(!program.contains(char::is_whitespace), "{line}");
            }
        }
    }
}
