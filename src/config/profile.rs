//! The layouts that are built in, and which of them a repository has. The two differ in what their own release processes
//! rewrite: the older one sets the version in the API's settings, the newer one releases the MCP server as well and leaves
//! the settings alone, which work the version out at run time. So these two things decide, and the reason can be said.

use crate::manifest::{Format, Target, locate};

/// A configuration that is part of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// trueppm-suite with two tags.
    Suite,
    /// trueppm-suite since its 0.4 series, with three tags.
    Suite04,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Suite, Self::Suite04];

    /// What it is called, also as an example of `init`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Suite => "trueppm-suite",
            Self::Suite04 => "trueppm-suite-0.4",
        }
    }

    /// The file it is, as TOML.
    pub fn text(self) -> &'static str {
        match self {
            Self::Suite => include_str!("trueppm-suite.toml"),
            Self::Suite04 => include_str!("trueppm-suite-0.4.toml"),
        }
    }
}

/// The API's settings: the older layout sets the version in them.
pub const SETTINGS: &str = "packages/api/src/trueppm_api/settings/base.py";
const SETTING: &str = "SPECTACULAR_SETTINGS[\"VERSION\"]";

/// Files of the MCP server, one of which is enough: a repository that misses the other is told which one.
pub const MCP: [&str; 2] = ["packages/mcp/pyproject.toml", "packages/mcp/server.json"];

/// The profile of a repository, and why it is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The profile.
    pub profile: Profile,
    /// What decided, as a part of a sentence.
    pub because: String,
    /// The repository has something of the newer layout, so that somebody may expect the other profile.
    pub worth_saying: bool,
}

impl Choice {
    /// Chooses by the text of the settings and by the file of the MCP server, as far as there are any.
    pub fn new(settings: Option<&str>, mcp: Option<&str>) -> Self {
        let written_out = settings.is_some_and(|text| {
            let target = Target { format: Format::PythonSetting, key: Some(SETTING), package: None };
            locate(text, SETTINGS, &target).is_ok()
        });
        let Some(mcp) = mcp else {
            let because = "there is no `packages/mcp`".to_owned();
            return Self { profile: Profile::Suite, because, worth_saying: false };
        };
        if written_out {
            let because = format!(
                "`{mcp}` is there, but the API's settings (`{SETTINGS}`) hold a version, which `{}` would leave behind",
                Profile::Suite04.name()
            );
            return Self { profile: Profile::Suite, because, worth_saying: true };
        }
        let because = format!("`{mcp}` is there, and the API's settings hold no version of their own");
        Self { profile: Profile::Suite04, because, worth_saying: true }
    }

    /// The note for a person.
    pub fn note(&self) -> String {
        format!("the built-in profile `{}` is in force: {}", self.profile.name(), self.because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITERAL: &str = "SPECTACULAR_SETTINGS = {\n    \"VERSION\": \"0.4.0\",\n}\n";
    const DERIVED: &str = "SPECTACULAR_SETTINGS = {\n    \"VERSION\": TRUEPPM_VERSION,\n}\n";

    #[test]
    fn the_mcp_server_and_the_settings_decide_and_the_reason_names_them() {
        for (settings, mcp, profile, because) in [
            (Some(LITERAL), None, Profile::Suite, "there is no `packages/mcp`"),
            (Some(DERIVED), None, Profile::Suite, "there is no `packages/mcp`"),
            (None, None, Profile::Suite, "there is no `packages/mcp`"),
            (
                Some(LITERAL),
                Some(MCP[0]),
                Profile::Suite,
                "hold a version, which `trueppm-suite-0.4` would leave",
            ),
            (Some(DERIVED), Some(MCP[0]), Profile::Suite04, "settings hold no version of their own"),
            (Some("# nothing\n"), Some(MCP[1]), Profile::Suite04, "`packages/mcp/server.json` is there"),
            (None, Some(MCP[0]), Profile::Suite04, "`packages/mcp/pyproject.toml` is there"),
        ] {
            let choice = Choice::new(settings, mcp);
            assert_eq!(choice.profile, profile, "{settings:?} {mcp:?}");
            assert!(choice.because.contains(because), "{choice:?}");
            assert_eq!(choice.worth_saying, mcp.is_some());
            assert!(choice.note().contains(&format!("`{}` is in force: ", profile.name())));
        }
    }
}
