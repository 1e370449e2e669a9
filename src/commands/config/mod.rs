//! `trueppm-release config`: what is in force, as TOML that can be read back, with where it came from in comments
//! above it. Whatever was left to a default is written out. `--check` also looks whether what it names is here.

mod here;
mod shown;

use serde::Serialize;

use crate::cli::ConfigFormat;
use crate::config::{self, Config, Source};
use crate::error::{Error, Kind, Problem, Result};
use crate::git;
use crate::misuse;
use crate::secrets::without_any_credentials;
use crate::snapshot::{self, CONFIG_FILE, Loaded};
use crate::spec::{ConfigQuestion, Override, Spec, as_overrides};
use crate::ui::{Text, Ui};
use crate::words::{counted, on_one_line};

/// The version of the JSON form; it counts up when a key changes its meaning or goes.
const JSON_FORM: u32 = 1;

/// Answers a question about the configuration. Nothing is written.
///
/// # Errors
/// No configuration can be found or read, or what is wrong with it.
pub(super) fn config(question: ConfigQuestion, spec: &Spec, ui: &Ui) -> Result<()> {
    if question == ConfigQuestion::Schema {
        return print_json(&config::schema(), ui);
    }
    let loaded = snapshot::configuration_anywhere(spec).map_err(|problems| {
        let repository = git::open(&spec.directory, &spec.location).ok();
        misuse::or_refusal(spec, repository.as_ref(), Error::new(Kind::Refused, problems))
    })?;
    let mut overrides = spec.overrides.clone();
    overrides.extend(as_overrides(&spec.pins(&loaded.config)?));
    let here = match question {
        ConfigQuestion::Check => check_here(&loaded, spec)?,
        _ => Vec::new(),
    };
    match question {
        ConfigQuestion::Show(ConfigFormat::Toml) => ui.show(&as_toml(&loaded, &overrides)?),
        ConfigQuestion::Show(ConfigFormat::Json) => print_json(&as_json(&loaded, &overrides, spec), ui),
        ConfigQuestion::Check | ConfigQuestion::Schema => {
            for warning in here {
                ui.warning(&warning);
            }
            ui.status(&summary(&loaded));
            Ok(())
        }
    }
}

/// What the configuration names and is not in this repository; outside of one there is nothing to look at. What a
/// release would only pass over is a warning.
fn check_here(loaded: &Loaded, spec: &Spec) -> Result<Vec<String>> {
    let Ok(repository) = git::open(&spec.directory, &spec.location) else { return Ok(Vec::new()) };
    let wanted = here::Wanted::new(&loaded.config);
    let survey = snapshot::survey(&repository, |path| wanted.holds(path)).map_err(Error::refused)?;
    let found = here::look(&loaded.config, &survey, &|path| {
        repository.work_dir().join(path).symlink_metadata().is_ok()
    });
    if !found.problems.is_empty() {
        return Err(Error::new(Kind::Refused, found.problems));
    }
    let mut warnings = found.warnings;
    if loaded.ignored {
        warnings.push(format!(
            "git ignores `{CONFIG_FILE}`, so it will not be committed\nadd it all the same: `git add -f {CONFIG_FILE}`"
        ));
    }
    Ok(warnings)
}

/// One line that says what was checked and what it describes.
fn summary(loaded: &Loaded) -> String {
    let Config { tag, manifest, pattern, step, check, changelog, pin, .. } = &loaded.config;
    let parts = [
        (tag.len(), "tag"),
        (manifest.len(), "manifest"),
        (step.len(), "step"),
        (check.len(), "check"),
        (changelog.len(), "changelog"),
        (pin.len(), "pin"),
        (pattern.len(), "pattern"),
    ];
    let parts: Vec<String> = parts.into_iter().map(|(number, noun)| counted(number, noun)).collect();
    format!("{} is in order: {}", on_one_line(&loaded.source.to_string()), parts.join(", "))
}

fn as_toml(loaded: &Loaded, overrides: &[Override]) -> Result<Text> {
    let written = shown::with_defaults(&loaded.text, &loaded.config).map_err(|error| {
        Error::new(Kind::Bug, vec![Problem::content("the configuration cannot be written out")])
            .because(error)
    })?;
    let mut text = Text::default();
    text.plain(format!("# In force: {}", origin(loaded)));
    if let Some(choice) = &loaded.profile {
        text.plain(format!("# It is {}: {}", choice.profile.name(), choice.because));
    }
    for Override { what, value, source } in overrides {
        text.plain(format!("# For this run: {what} {} ({source})", on_one_line(value)));
    }
    text.blank();
    for line in written.lines() {
        text.plain(without_any_credentials(line));
    }
    // It is there to be read back.
    text.exact_from(0);
    Ok(text)
}

fn origin(loaded: &Loaded) -> String {
    match &loaded.source {
        Source::BuiltIn => format!("the built-in profile; there is no {CONFIG_FILE}"),
        Source::File(path) if loaded.uncommitted => {
            format!("{} as it lies in the work tree, not committed", on_one_line(path))
        }
        Source::File(path) => on_one_line(path),
    }
}

/// The same for programs.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Answer<'a> {
    schema_version: u32,
    source: &'static str,
    path: Option<&'a str>,
    /// The name of the built-in profile, and why it is this one.
    profile: Option<&'static str>,
    because: Option<&'a str>,
    committed: Option<bool>,
    overrides: &'a [Override],
    config: &'a Config,
}

fn as_json<'a>(loaded: &'a Loaded, overrides: &'a [Override], spec: &Spec) -> Answer<'a> {
    let (source, path, committed) = match &loaded.source {
        Source::BuiltIn => ("built-in", None, None),
        Source::File(path) if spec.config.is_some() => ("--config", Some(path.as_str()), None),
        Source::File(path) => ("file", Some(path.as_str()), Some(!loaded.uncommitted)),
    };
    let config = &loaded.config;
    let choice = loaded.profile.as_ref();
    let profile = choice.map(|choice| choice.profile.name());
    let because = choice.map(|choice| choice.because.as_str());
    Answer { schema_version: JSON_FORM, source, path, profile, because, committed, overrides, config }
}

fn print_json(value: &impl Serialize, ui: &Ui) -> Result<()> {
    let written = serde_json::to_string_pretty(value).map_err(|error| {
        Error::new(Kind::Bug, vec![Problem::content("the answer cannot be written as JSON")]).because(error)
    })?;
    let mut text = Text::default();
    for line in written.lines() {
        text.plain(without_any_credentials(line));
    }
    ui.show(text.exact_from(0))
}
