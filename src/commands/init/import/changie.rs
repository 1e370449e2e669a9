//! changie: replacements whose expressions match the place of the version, a changelog, and fragments in YAML, which
//! have to be written anew.

use super::translate::template;
use super::types::{Foreign, say};
use super::{Find, Rewrite, Said, Tool};
use crate::changelog::Level;
use crate::manifest::{Format, Target, locate};

pub(super) const TOOL: Tool = Tool { name: "changie", files: &[".changie.yaml", ".changie.yml"], read };

/// More than anybody lists.
const MOST: usize = 100;

/// Its version begins with the `v` that its release was named with.
const MARKS: [(&str, &str); 4] = [
    ("{{.VersionNoPrefix}}", "{version}"),
    ("{{ .VersionNoPrefix }}", "{version}"),
    ("{{.Version}}", "v{version}"),
    ("{{ .Version }}", "v{version}"),
];

fn read(path: &str, text: &str) -> Option<Said> {
    let word = |key: &str| {
        let target = Target { format: Format::Yaml, key: Some(key), package: None };
        Some(locate(text, path, &target).ok()?.into_iter().next()?.value)
    };
    word("changesDir").or_else(|| word("changelogPath"))?;
    let mut said = Said { changelog: word("changelogPath"), ..Said::default() };
    let folder = word("changesDir").unwrap_or_else(|| ".changes".to_owned());
    let unreleased = word("unreleasedDir").unwrap_or_else(|| "unreleased".to_owned());
    said.left_out.push(format!(
        "`{folder}/{unreleased}`: its YAML files are no fragments here; write each as `changelog.d/<slug>.<type>.md`"
    ));
    let kinds = (0..MOST).map_while(|number| {
        let of = |key: &str| word(&format!("kinds.{number}.{key}"));
        let heading = of("label").or_else(|| of("key"))?;
        let level = match of("auto").as_deref() {
            Some("major") => Some(Level::Major),
            Some("minor") => Some(Level::Minor),
            Some("patch") => Some(Level::Patch),
            Some("none") => Some(Level::None),
            _ => None,
        };
        Some(Foreign { name: of("key").unwrap_or_else(|| heading.clone()), heading, level })
    });
    say(&mut said, kinds.collect());
    for number in 0..MOST {
        let of = |key: &str| word(&format!("replacements.{number}.{key}"));
        let (Some(path), Some(search), Some(replace)) = (of("path"), of("find"), of("replace")) else {
            break;
        };
        match template(&replace, &MARKS, &["{{", "$"]) {
            Some(replace) => {
                said.rewrites.push(Rewrite { path, find: Find::Expression { search, replace } });
            }
            None => said
                .left_out
                .push(format!("`{path}`, whose `replace` holds a placeholder that is not known here")),
        }
    }
    if word("projects.0.label").is_some() {
        said.leave_out(["projects"]);
    }
    Some(said)
}
