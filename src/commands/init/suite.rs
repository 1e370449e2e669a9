//! trueppm-suite: the built-in profile that fits, as a file of its own. Between the two lies a form of the older one that
//! works out the version that its API documents from the environment; there the setting is no literal and no manifest.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::leading::folder_of;
use crate::config::{self, Choice, Config, Profile, Source};
use crate::manifest::{Format, Target, locate};
use crate::plan;
use crate::snapshot::Survey;

/// The forms of trueppm-suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suite {
    /// As a built-in profile has it, chosen for this reason.
    BuiltIn(Choice),
    /// As the older profile has it, but the setting is this name, which is read from the environment.
    Derived(String),
}

impl Suite {
    /// What was found, for people.
    pub(super) fn described(&self) -> String {
        match self {
            Self::BuiltIn(choice) if choice.worth_saying => {
                format!("{}: {}", choice.profile.name(), choice.because)
            }
            Self::BuiltIn(choice) => choice.profile.name().to_owned(),
            Self::Derived(name) => {
                format!("{}, its API's version taken from `{name}`", Profile::Suite.name())
            }
        }
    }
}

/// The manifests that the built-in profiles name.
static NAMED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let profiles = Profile::ALL.into_iter().filter_map(parsed);
    profiles.flat_map(|config| config.manifest.into_iter().map(|manifest| manifest.path)).collect()
});

/// Whether a built-in profile names this file, or asks whether it is there.
pub(super) fn is_wanted(path: &str) -> bool {
    NAMED.contains(path) || path == SCHEDULERS
}

fn parsed(profile: Profile) -> Option<Config> {
    // It is part of this program and checked by its tests.
    config::parse(profile.text(), &Source::BuiltIn).ok()
}

/// Recognises trueppm-suite. The newer layout is told by most of its files, as a release tells it; of the older one every
/// file that its profile needs is there and holds a version.
pub(super) fn suite(survey: &Survey) -> Option<Suite> {
    let mcp = config::MCP.into_iter().find(|path| survey.paths.contains(*path));
    let choice = Choice::new(survey.texts.get(config::SETTINGS).map(String::as_str), mcp);
    let config = parsed(choice.profile)?;
    if choice.profile == Profile::Suite04 {
        let needed = config.manifest.iter().filter(|manifest| !manifest.optional);
        let needed: BTreeSet<&String> = needed.map(|manifest| &manifest.path).collect();
        let there = needed.iter().filter(|path| survey.paths.contains(**path)).count();
        return (there * 2 >= needed.len()).then_some(Suite::BuiltIn(choice));
    }
    let changelog = config.changelog.first()?;
    if !survey.paths.contains(&changelog.path) {
        return None;
    }
    let mut suite = Suite::BuiltIn(choice);
    for manifest in config.manifest.iter().filter(|manifest| !manifest.optional) {
        let text = survey.texts.get(&manifest.path)?;
        let format = Format::from_name(manifest.format_name()?)?;
        let target = Target { format, key: manifest.key.as_deref(), package: manifest.package.as_deref() };
        if locate(text, &manifest.path, &target).is_err() {
            suite = Suite::Derived(name_of_version(text).filter(|_| format == Format::PythonSetting)?);
        }
    }
    Some(suite)
}

/// The name that stands where a literal version would: `"VERSION": TRUEPPM_VERSION,`.
fn name_of_version(settings: &str) -> Option<String> {
    let entry = Regex::new(r#"(?m)^\s*["']VERSION["']\s*:\s*([A-Za-z_][A-Za-z0-9_]*)\s*(,|$)"#).ok()?;
    let name = entry.captures(settings)?.get(1)?.as_str();
    Some(name.to_owned())
}

/// The configuration of one form.
pub(super) fn text(suite: &Suite, survey: &Survey) -> String {
    match suite {
        Suite::BuiltIn(Choice { profile: Profile::Suite, .. }) => {
            with_changelogs_of_packages(Profile::Suite.text().to_owned(), survey)
        }
        Suite::BuiltIn(choice) => choice.profile.text().to_owned(),
        Suite::Derived(name) => with_changelogs_of_packages(derived(name), survey),
    }
}

/// The changelog of the scheduler, where there is one: a release of the older layout would go past it, and the job that
/// publishes the package refuses a tag whose section it lacks.
const SCHEDULERS: &str = "packages/scheduler/CHANGELOG.md";

/// The line under a fresh `[Unreleased]`, where a changelog has one.
const PLACEHOLDER: &str = "_Nothing yet._";

/// The older profile, with an entry for the scheduler's changelog where that is there.
fn with_changelogs_of_packages(text: String, survey: &Survey) -> String {
    let Some(changelog) = survey.texts.get(SCHEDULERS) else { return text };
    let folder = folder_of(SCHEDULERS);
    let Some(config) = parsed(Profile::Suite) else { return text };
    let Some(tag) = plan::own_tag(&config, folder) else { return text };
    let mut entry = plan::changelog_entry(SCHEDULERS, tag);
    if changelog.lines().any(|line| line.trim() == PLACEHOLDER) {
        entry.push_str(&format!("placeholder = \"{PLACEHOLDER}\"\n"));
    }
    let last = "# Several changelogs are written as [[changelog]], each with all of this; no two share a folder of fragments.\n";
    let own = format!(
        "{last}\n# Its publish job looks for the section of the tag, so every release writes one.\n{entry}"
    );
    text.replacen("\n[changelog]\n", "\n[[changelog]]\n", 1).replacen(last, &own, 1)
}

/// The built-in profile without the setting: the exported document shows the version in PEP 440's spelling, and the
/// step learns it from its environment.
fn derived(name: &str) -> String {
    let setting = "\
[[manifest]]
path = \"packages/api/src/trueppm_api/settings/base.py\"
key = 'SPECTACULAR_SETTINGS[\"VERSION\"]'
value = \"{base}\"
follows = true

";
    let run = "run = [\"bash\", \"scripts/export-openapi.sh\"]\n";
    let environment = format!(
        "{run}# The settings read the version from here.\nenvironment = {{ {name} = \"{{pep440}}\" }}\n"
    );
    let expected = "key = \"/info/version\", value = \"{base}\"";
    config::built_in().replacen(setting, "", 1).replacen(run, &environment, 1).replacen(
        expected,
        "key = \"/info/version\", value = \"{pep440}\"",
        1,
    )
}
