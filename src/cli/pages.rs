//! The pages of the help: a short one that fits a screen, a long one with everything, and one for each command with
//! what that takes and nothing else. Whoever asks for help gets it, wherever the wish stands on the command line.

use std::ffi::OsString;

use clap::CommandFactory as _;

use super::{Cli, SEE_HELP, WORDS, meant};
use crate::error::Problem;
use crate::version::Request;

/// The first screen, around the words that both pages teach: 24 lines of 80 columns, with room for the prompt below.
fn short() -> String {
    format!("{SHORT_USAGE}{WORDS}{SHORT_OPTIONS}")
}

const SHORT_USAGE: &str = "\
Cut a release: one plan, one commit, immutable tags, all or nothing

Usage: trueppm-release [OPTIONS] WORDS      cut a release, after asking
       trueppm-release [OPTIONS] WORDS -n   only show what it would be
       trueppm-release                      where things stand
       trueppm-release undo | init | config | demo | help [COMMAND]

";
const SHORT_OPTIONS: &str = "
  -n, --dry-run   show everything that would happen and write nothing
  -y, --yes       accept the computed version without asking
      --push      push the branch and all tags afterwards, all or nothing
  -C DIR          run as if started in this folder

`trueppm-release --help` has every option, examples and the exit codes.
";

pub(super) const UNDO_USAGE: &str = "trueppm-release undo [OPTIONS]";
pub(super) const UNDO_EXAMPLES: &str = "\
Examples:
  trueppm-release undo -n    what would be taken back; nothing is changed
  trueppm-release undo       asks, then takes back tags, commit and files";

pub(super) const INIT_USAGE: &str = "trueppm-release init [OPTIONS]";
pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  trueppm-release init -n    the configuration for what lies here, only shown
  trueppm-release init       asks what the files do not tell, then writes it
  trueppm-release init -y    the same without asking";

pub(super) const CONFIG_USAGE: &str = "\
trueppm-release config [OPTIONS] [--check | --schema | --format FORMAT]";
pub(super) const CONFIG_EXAMPLES: &str = "\
Options of a release, such as --date, are shown as what they say for that run.

Examples:
  trueppm-release config            what is in force, as TOML
  trueppm-release config --check    every mistake, with its place
  trueppm-release config --schema   for editors";

pub(super) const DEMO_USAGE: &str = "trueppm-release demo [OPTIONS]";
pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  trueppm-release demo                   in a new folder below the temporary one
  trueppm-release demo --keep /tmp/try   in this folder";

/// A command's page.
const PAGE: &str = "\
{about}

{usage-heading} {usage}

Options:
{options}{after-help}";

/// What a command takes of the options of this program, by the names of their fields: what its page shows, and what it
/// takes besides.
struct Takes {
    command: &'static str,
    shown: &'static [&'static str],
    besides: &'static [&'static str],
}

const TAKES: [Takes; 4] = [
    Takes {
        command: "demo",
        shown: &["directory", "date", "color", "quiet", "verbose", "help"],
        besides: &[],
    },
    Takes {
        command: "undo",
        shown: &["directory", "config", "color", "quiet", "verbose", "help"],
        besides: &["dry_run", "yes"],
    },
    Takes {
        command: "init",
        shown: &["directory", "color", "quiet", "verbose", "help"],
        besides: &["dry_run", "yes"],
    },
    Takes {
        command: "config",
        shown: &["directory", "config", "color", "quiet", "verbose", "help"],
        besides: &["date", "offline", "yes", "skip_step", "push", "no_verify", "no_sign"],
    },
];

/// Options that are refused in words of their own where there is no release to give them for.
const JUDGED_ELSEWHERE: [&str; 2] = ["pin", "summary"];

/// Whether a command takes this option of the program.
pub(super) fn takes(command: &str, option: &str) -> bool {
    if JUDGED_ELSEWHERE.contains(&option) {
        return true;
    }
    let of = TAKES.iter().filter(|takes| takes.command == command);
    of.flat_map(|takes| takes.shown.iter().chain(takes.besides)).any(|taken| *taken == option)
}

/// An option as it is typed.
pub(super) fn as_typed(option: &clap::Arg) -> Option<String> {
    let long = option.get_long().map(|name| format!("--{name}"));
    long.or_else(|| option.get_short().map(|letter| format!("-{letter}")))
}

/// A wish for help.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The words beside it that are no options.
    words: Vec<String>,
    /// By `-h`: the main page is the short one.
    short: bool,
    /// By the word `help`: the words beside it say about what.
    by_word: bool,
}

/// The wish for help in a command line without the options of a configuration; its first word is the program's name.
/// What follows an option as its value, or `--`, is none.
pub(super) fn asked_for(words: &[OsString]) -> Option<Asked> {
    let program = Cli::command();
    let options: Vec<&clap::Arg> = program
        .get_arguments()
        .chain(program.get_subcommands().flat_map(clap::Command::get_arguments))
        .collect();
    let takes_value = |named: &dyn Fn(&clap::Arg) -> bool| {
        options.iter().any(|it| named(it) && it.get_action().takes_values())
    };
    let (mut short, mut long) = (false, false);
    let mut plain = Vec::new();
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy()).peekable();
    while let Some(word) = words.next() {
        let value_follows = if word == "--" {
            break;
        } else if let Some(name) = word.strip_prefix("--") {
            long |= name == "help";
            takes_value(&|option| option.get_long() == Some(name))
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            let valued = |letter: char| takes_value(&|option| option.get_short() == Some(letter));
            let switches: String = letters.chars().take_while(|letter| !valued(*letter)).collect();
            short |= switches.contains('h');
            switches.chars().count() + 1 == letters.chars().count()
        } else {
            plain.push(word.into_owned());
            false
        };
        if value_follows {
            words.next_if(|value| !value.starts_with('-') || *value == "-");
        }
    }
    let ends_with_it = |words: &[String]| words.last().is_some_and(|word| word == "help");
    let by_word = plain.first().is_some_and(|word| word == "help") || ends_with_it(&plain);
    plain.retain(|word| word != "help");
    (short || long || by_word).then_some(Asked { words: plain, short: short && !long, by_word })
}

impl Asked {
    /// The page that is asked for.
    ///
    /// # Errors
    /// There is none about this; the answer is what the program has for it.
    pub(super) fn page(&self) -> Result<String, Problem> {
        let commands = TAKES.iter().map(|takes| takes.command);
        let about = self.words.iter().find_map(|word| commands.clone().find(|command| command == word));
        if let Some(command) = about {
            return Ok(page_of(command));
        }
        let is_known = |word: &String| Request::from_words(std::slice::from_ref(word)).is_ok();
        let unknown = self.words.iter().find(|word| self.by_word && !is_known(word));
        if let Some(word) = unknown {
            let mut problem = Problem::content(format!("there is no page about `{word}`"));
            problem.hints = meant(word, &[]).unwrap_or_default();
            let pages: Vec<String> =
                commands.map(|command| format!("`trueppm-release help {command}`")).collect();
            return Err(problem.hint(format!("there are {}", pages.join(", "))).hint(SEE_HELP));
        }
        Ok(if self.short { short() } else { Cli::command().render_help().to_string() })
    }
}

fn page_of(command: &str) -> String {
    let mut program = Cli::command();
    // Now each command has the options of the program as well.
    program.build();
    let shown = TAKES.iter().filter(|takes| takes.command == command).flat_map(|takes| takes.shown);
    let shown: Vec<&str> = shown.copied().collect();
    let is_of_program = |id: &str| Cli::command().get_arguments().any(|option| option.get_id() == id);
    let Some(own) = program.find_subcommand(command) else { return String::new() };
    let own_options = Cli::command();
    let own_options: Vec<String> = own_options
        .find_subcommand(command)
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .map(|option| option.get_id().to_string())
        .collect();
    own.clone()
        .mut_args(|option| {
            let id = option.get_id().to_string();
            let hidden = is_of_program(&id) && !shown.contains(&id.as_str()) && !own_options.contains(&id);
            let option = if id == "help" { option.help("Print this page") } else { option };
            option.hide(hidden)
        })
        .help_template(PAGE)
        .term_width(80)
        .render_help()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Option<Asked> {
        let words: Vec<OsString> =
            std::iter::once("program").chain(line.split(' ')).map(Into::into).collect();
        asked_for(&words)
    }

    fn page(line: &str) -> String {
        asked(line).expect(line).page().expect(line)
    }

    #[test]
    fn the_short_page_fits_a_screen_and_the_long_one_has_everything() {
        for line in ["-h", "-h minor", "minor -h", "-nh", "-yhn"] {
            assert_eq!(page(line), short(), "{line}");
        }
        assert!(short().lines().count() < 24, "{}", short().lines().count());
        let long = Cli::command().render_help().to_string();
        for line in [
            "--help",
            "help",
            "help minor",
            "help minor alpha",
            "minor --help",
            "help help",
            "-h --help",
            "help 1.2.3",
        ] {
            assert_eq!(page(line), long, "{line}");
        }
        let program = Cli::command();
        let all =
            program.get_arguments().chain(program.get_subcommands().flat_map(clap::Command::get_arguments));
        for option in all.filter_map(as_typed) {
            assert!(long.contains(&option), "{option} is not in\n{long}");
        }
    }

    #[test]
    fn each_command_has_a_page_of_what_it_takes_with_an_example() {
        for Takes { command, shown, .. } in TAKES {
            let text = page(&format!("help {command}"));
            for line in [
                format!("-h {command}"),
                format!("{command} -h"),
                format!("{command} --help"),
                format!("--help {command}"),
                format!("{command} help"),
                format!("-C x {command} -nh"),
            ] {
                assert_eq!(page(&line), text, "{line}");
            }
            assert!(text.lines().count() < 24, "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
            assert!(text.contains(&format!("Usage: trueppm-release {command} [OPTIONS]")), "{text}");
            assert!(text.contains(&format!("\nExamples:\n  trueppm-release {command}")), "{text}");
            let program = Cli::command();
            let own = program.find_subcommand(command).expect(command);
            for option in own.get_arguments().filter_map(as_typed) {
                assert!(text.contains(&option), "{option} is not in\n{text}");
            }
            let options = text.split_once("Options:\n").expect(command).1;
            let options = options.split_once("\n\n").expect(command).0;
            for option in program.get_arguments() {
                let id = option.get_id().as_str();
                let own = own.get_arguments().any(|other| other.get_id() == option.get_id());
                let Some(typed) = as_typed(option).filter(|_| !own) else { continue };
                assert_eq!(options.contains(&typed), shown.contains(&id), "{typed} in\n{text}");
            }
        }
    }

    #[test]
    fn help_is_not_taken_for_a_value_nor_a_value_for_help() {
        for line in [
            "minor",
            "-C help",
            "-Ch minor",
            "--skip-step help minor",
            "--config help",
            "minor -- --help",
            "",
        ] {
            assert_eq!(asked(line), None, "{line}");
        }
        for line in ["--date --help", "minor -C x -h", "--config=x help", "--summary - --help"] {
            assert!(asked(line).is_some(), "{line}");
        }
    }

    #[test]
    fn a_page_that_is_not_there_is_answered_with_what_is() {
        let problem = asked("help publish").expect("help").page().unwrap_err();
        assert_eq!(problem.message, "there is no page about `publish`");
        assert!(problem.hints[0].contains("`trueppm-release minor --push`"), "{problem:?}");
        assert!(problem.hints.iter().any(|hint| hint.contains("`trueppm-release help undo`")), "{problem:?}");
        // The option only wants help, whatever it stands beside.
        assert_eq!(page("publish -h"), short());
    }
}
