//! trueppm-suite: the built-in profile as a file of its own. A newer form of it works out the version that its API
//! documents from the environment; there the setting is no literal and no manifest.

use regex::Regex;

use crate::config::{self, Config, Source};
use crate::manifest::{Format, Target, locate};
use crate::snapshot::Survey;

/// The forms of trueppm-suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suite {
    /// As the built-in profile has it.
    BuiltIn,
    /// The setting is this name, which is read from the environment.
    Derived(String),
}

/// Whether the built-in profile names this file.
pub(super) fn is_wanted(path: &str) -> bool {
    built_in().is_some_and(|config| config.manifest.iter().any(|manifest| manifest.path == path))
}

fn built_in() -> Option<Config> {
    // It is part of this program and checked by its tests.
    config::parse(config::built_in(), &Source::BuiltIn).ok()
}

/// Recognises trueppm-suite: every file that the built-in profile needs is there and holds a version.
pub(super) fn suite(survey: &Survey) -> Option<Suite> {
    let config = built_in()?;
    let changelog = config.changelog.first()?;
    if !survey.paths.contains(&changelog.path) {
        return None;
    }
    let mut suite = Suite::BuiltIn;
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
pub(super) fn text(suite: &Suite) -> String {
    match suite {
        Suite::BuiltIn => config::built_in().to_owned(),
        Suite::Derived(name) => derived(name),
    }
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
