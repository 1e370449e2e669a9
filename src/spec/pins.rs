//! Pins as they were given: the command line over the environment, each by the name that the configuration declares.
//! Options that no configuration declares are found out here, so a typo of any option ends here too.

use serde::Serialize;

use super::{Override, Spec, keep, variable};
use crate::cli::{Cli, SEE_HELP, known_options, meant, nearly_meant};
use crate::config::{Config, Pin};
use crate::error::{Error, Kind, Problem};
use crate::version::{Request, Version};
use crate::words::{nearest, on_one_line};

/// One pin as it was typed: its name, and the value if there was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinWord {
    /// The name that the configuration should know.
    pub name: String,
    /// What was given.
    pub value: Option<String>,
    /// It was given as `--pin NAME=VALUE`, not as an option of its own.
    pub by_pin_option: bool,
}

/// A pin with a value of its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenPin {
    /// Its name in the configuration.
    pub name: String,
    /// The value.
    pub value: String,
    /// The version in it.
    pub version: Version,
    /// The option or the variable.
    pub source: String,
}

/// Whether a pin is given on the command line; one in the environment alone asks for nothing.
pub(super) fn gives_pins(cli: &Cli) -> bool {
    !cli.pin.is_empty() || !cli.own_options.is_empty()
}

/// Everything on the command line that may be a pin.
pub(super) fn pin_words(cli: &Cli, problems: &mut Vec<Problem>) -> Vec<PinWord> {
    let own = cli.own_options.iter().map(|option| PinWord {
        name: option.name.clone(),
        value: option.value.clone(),
        by_pin_option: false,
    });
    let named: Vec<PinWord> = cli.pin.iter().filter_map(|text| keep(pin_word(text), problems)).collect();
    own.chain(named).collect()
}

/// Reads `--pin NAME=VALUE`.
fn pin_word(text: &str) -> Result<PinWord, Problem> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            Ok(PinWord { name: name.to_owned(), value: Some(value.to_owned()), by_pin_option: true })
        }
        _ => Err(Problem::content(format!("`--pin {text}` names no value"))
            .hint("write it as `--pin NAME=VALUE`, for example `--pin oss-tag=v0.2.0`")),
    }
}

impl Spec {
    /// The pins of a configuration that were given.
    ///
    /// # Errors
    /// Wrong usage, all of it at once: options that nobody declares, values that are missing, given twice or of another
    /// shape.
    pub fn pins(&self, config: &Config) -> Result<Vec<GivenPin>, Error> {
        let mut problems: Vec<Problem> = self
            .pin_words
            .iter()
            .filter(|word| !config.pin.iter().any(|pin| pin.name == word.name))
            .map(|word| undeclared(word, config))
            .collect();
        let mut given = Vec::new();
        for pin in &config.pin {
            match self.given(pin) {
                Ok(found) => given.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(given) } else { Err(Error::new(Kind::Usage, problems)) }
    }

    fn given(&self, pin: &Pin) -> Result<Option<GivenPin>, Problem> {
        let words: Vec<&PinWord> = self.pin_words.iter().filter(|word| word.name == pin.name).collect();
        let option = pin.option();
        if words.len() > 1 {
            return Err(
                Problem::content(format!("`{option}` is given more than once")).hint("keep one of them")
            );
        }
        let (value, source) = match words.first() {
            Some(word) => {
                let source = if word.by_pin_option { "--pin".to_owned() } else { option.clone() };
                (word.value.clone().filter(|value| !value.is_empty()), source)
            }
            None => {
                let Some(name) = &pin.variable else { return Ok(None) };
                let Some(value) = variable(name).filter(|value| !value.is_empty()) else { return Ok(None) };
                (Some(value), name.clone())
            }
        };
        let Some(value) = value else {
            return Err(Problem::content(format!(
                "a value is required for `{option}` but none was supplied"
            ))
            .hint(format!("write it as `{option} {}`", example(pin))));
        };
        match pin.version_in(&value) {
            Some(version) => Ok(Some(GivenPin { name: pin.name.clone(), value, version, source })),
            None => Err(misshapen(pin, &value, &source)),
        }
    }

    /// Whether an option was meant that exists by itself; said where the configuration that could declare it cannot be
    /// read.
    pub fn mistyped_options(&self) -> Option<Error> {
        let known = known_options();
        let is_near = |word: &&PinWord| {
            !word.by_pin_option && nearest(&word.name, known.iter().map(String::as_str)).is_some()
        };
        let problems: Vec<Problem> =
            self.pin_words.iter().filter(is_near).map(|word| unexpected(word, &[])).collect();
        (!problems.is_empty()).then(|| Error::new(Kind::Usage, problems))
    }

    /// The wrong usage of options that nobody can declare, as there is no configuration; why there is none stands below
    /// it. Without such options it is only that.
    pub fn undeclared_options(&self, mut refusal: Error) -> Error {
        let own = self.pin_words.iter().filter(|word| !word.by_pin_option);
        let mut problems: Vec<Problem> = own.map(|word| unexpected(word, &[])).collect();
        if problems.is_empty() {
            return refusal;
        }
        problems.append(&mut refusal.problems);
        Error { kind: Kind::Usage, problems, cause: refusal.cause }
    }

    /// The wrong usage of a command that takes no pins.
    pub(super) fn no_pins(words: &[PinWord]) -> Vec<Problem> {
        words.iter().map(|word| unexpected(word, &[])).collect()
    }
}

/// The pins as what they are: said for this run only.
pub fn as_overrides(pins: &[GivenPin]) -> impl Iterator<Item = Override> {
    pins.iter().map(|pin| Override {
        what: format!("pin {}", pin.name),
        value: pin.value.clone(),
        source: pin.source.clone(),
    })
}

/// A value of the pin's shape.
fn example(pin: &Pin) -> String {
    let version = Version { major: 0, minor: 2, patch: 0, pre: None };
    pin.shaped(&version)
}

fn misshapen(pin: &Pin, value: &str, source: &str) -> Problem {
    let given = match source.strip_prefix("--") {
        Some(_) => format!("{} {}", pin.option(), on_one_line(value)),
        None => format!("{source}={}", on_one_line(value)),
    };
    let problem = Problem::content(format!("`{given}` does not have the shape `{}`", pin.shape));
    // A version alone, or in another spelling, is what people type.
    let meant = Version::parse_either(value.trim().trim_start_matches(['v', 'V']))
        .map(|version| pin.shaped(&version));
    match meant.filter(|meant| pin.version_in(meant).is_some()) {
        Some(meant) => problem.hint(format!("did you mean `{} {meant}`?", pin.option())),
        None => problem.hint(format!("write it like `{} {}`", pin.option(), example(pin))),
    }
}

fn undeclared(word: &PinWord, config: &Config) -> Problem {
    let declared: Vec<&str> = config.pin.iter().map(|pin| pin.name.as_str()).collect();
    if !word.by_pin_option {
        return unexpected(word, &declared);
    }
    let problem = Problem::content(format!("`--pin {}=…`: no pin has that name", on_one_line(&word.name)));
    match (nearest(&word.name, declared.iter().copied()), declared.is_empty()) {
        (Some(near), _) => problem.hint(format!("did you mean `--pin {near}=…`?")),
        (None, true) => problem.hint("this configuration declares no pins: `[[pin]]`"),
        (None, false) => problem.hint(listed(&declared)),
    }
}

/// The words of a command line that are no release.
const COMMANDS: [&str; 4] = ["undo", "init", "config", "demo"];

/// An option that nobody knows, in the parser's words.
fn unexpected(word: &PinWord, declared: &[&str]) -> Problem {
    let name = on_one_line(&word.name);
    if word.by_pin_option {
        return Problem::content("unexpected argument `--pin` found").hint(SEE_HELP);
    }
    let known = known_options();
    let all = declared.iter().copied().chain(known.iter().map(String::as_str));
    let mut problem = Problem::content(format!("unexpected argument `--{name}` found"));
    let beside: Vec<String> = word.value.iter().cloned().collect();
    let is_word =
        Request::from_words(std::slice::from_ref(&word.name)).is_ok() || COMMANDS.contains(&&*word.name);
    if is_word {
        problem = problem.hint(format!("`{name}` is a word, without dashes: `trueppm-release {name}`"));
    } else if let Some(near) = nearest(&word.name, all) {
        problem = problem.hint(format!("a similar argument exists: `--{near}`"));
    } else if let Some(answers) = meant(&word.name, &beside) {
        problem.hints.extend(answers);
    } else if let Some((near, answers)) = nearly_meant(&word.name, &beside) {
        problem.hints.extend(answers.into_iter().map(|answer| format!("if you mean `{near}`: {answer}")));
    }
    if !declared.is_empty() {
        problem = problem.hint(listed(declared));
    }
    problem.hint(SEE_HELP)
}

fn listed(declared: &[&str]) -> String {
    let options: Vec<String> = declared.iter().map(|name| format!("`--{name}`")).collect();
    format!("the pins of this configuration: {}", options.join(", "))
}
