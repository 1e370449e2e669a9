//! Where things stand, for a person who typed no word: the version, the last tag, what is pending, and what each
//! bump word would give from here.

use super::text::Text;
use crate::error::Problem;
use crate::ui::Role;
use crate::version::Version;
use crate::words::counted;

/// The facts that the bare command shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The version in the manifest the configuration names.
    pub current: Version,
    /// The branch that is checked out; nothing on a detached HEAD.
    pub branch: Option<String>,
    /// The highest released version with the name of its tag.
    pub last_tag: Option<String>,
    /// Pending fragments by type, in the order of the changelog; only types that occur.
    pub pending: Vec<(&'static str, usize)>,
    /// File names among the fragments that are none.
    pub strays: usize,
    /// Each bump word with what it would give, or why it would be refused.
    pub words: Vec<(String, Result<Version, Problem>)>,
}

/// The text of the bare command.
pub fn status(standing: &Standing) -> Text {
    let mut text = Text::default();
    text.spans([(None, "Version  : ".into()), (Some(Role::Version), standing.current.to_string())]);
    let branch = standing.branch.as_deref().unwrap_or("none, HEAD is detached");
    text.plain(format!("Branch   : {branch}"));
    text.plain(format!("Last tag : {}", standing.last_tag.as_deref().unwrap_or("none yet")));
    let total: usize = standing.pending.iter().map(|(_, number)| number).sum();
    let kinds: Vec<String> =
        standing.pending.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    let pending = match total {
        0 => "no fragments".to_owned(),
        _ => format!("{} ({})", counted(total, "fragment"), kinds.join(", ")),
    };
    text.plain(format!("Pending  : {pending}"));
    if standing.strays > 0 {
        let strays = counted(standing.strays, "file");
        let hint = "`trueppm-release minor --dry-run` names each";
        text.role(Role::Warning, format!("           {strays} not named like a fragment: {hint}"));
    }
    text.blank().role(Role::Bold, "What each word would give:");
    let width = standing.words.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    for (word, result) in &standing.words {
        match result {
            Ok(version) => {
                text.spans([(None, format!("  {word:width$}  ")), (Some(Role::Version), version.to_string())])
            }
            Err(problem) => text.role(Role::Dim, format!("  {word:width$}  – ({})", problem.message)),
        };
    }
    text.blank().plain("Look before you release:  trueppm-release minor --dry-run");
    text.plain("All that can be said:     trueppm-release --help");
    text
}
