//! release-it: tags, messages and branches with `${version}`. What it publishes is for the pipeline that a tag starts;
//! its hooks are commands, of which nobody can tell what they write.

use serde_json::Value;

use super::translate::template;
use super::{Said, Tool};

pub(super) const TOOL: Tool = Tool { name: "release-it", files: &[".release-it.json", "package.json"], read };

const MARKS: [(&str, &str); 3] =
    [("${version}", "{version}"), ("${latestVersion}", "{previous}"), ("${tagName}", "{tag}")];

fn read(path: &str, text: &str) -> Option<Said> {
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let root = match path {
        "package.json" => document.get("release-it")?,
        _ => &document,
    };
    root.as_object()?;
    let mut said = Said::default();
    let git = |key: &str| root.get("git").and_then(|git| git.get(key));
    for (key, target) in [
        ("tagName", &mut said.tag),
        ("tagAnnotation", &mut said.tag_message),
        ("commitMessage", &mut said.commit_message),
    ] {
        let Some(text) = git(key).and_then(Value::as_str) else { continue };
        match template(text, &MARKS, &["${"]) {
            Some(template) if key == "tagAnnotation" || !template.contains("{tag}") => {
                *target = Some(template)
            }
            _ => said.left_out.push(format!("`git.{key}`, which holds a placeholder that is not known here")),
        }
    }
    match git("requireBranch") {
        Some(Value::String(branch)) => said.branches = vec![branch.clone()],
        Some(Value::Array(list)) => {
            said.branches = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        _ => {}
    }
    // A name only: an address is no remote of a configuration.
    let remote = git("pushRepo").and_then(Value::as_str).filter(|name| !name.contains([':', '/']));
    said.remote = remote.filter(|name| !name.is_empty()).map(str::to_owned);
    if git("tag").and_then(Value::as_bool) == Some(false) {
        said.left_out.push("`git.tag = false`: every release gets its tag here".to_owned());
    }
    for (name, _) in root.get("hooks").and_then(Value::as_object).into_iter().flatten() {
        said.left_out.push(format!("`hooks`: `{name}`, for a `[[step]]` or a `[[check]]`"));
    }
    for (name, settings) in root.get("plugins").and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), settings.get("filename").and_then(Value::as_str)) {
            ("@release-it/keep-a-changelog", file) => {
                said.changelog = Some(file.unwrap_or("CHANGELOG.md").to_owned());
            }
            _ => said.left_out.push(format!("`plugins`: `{name}`")),
        }
    }
    for key in ["npm", "github", "gitlab"] {
        let publishes = match root.get(key) {
            Some(Value::Object(settings)) => {
                settings.get(if key == "npm" { "publish" } else { "release" }).and_then(Value::as_bool)
            }
            _ => None,
        };
        if publishes == Some(true) {
            said.left_out.push(format!("`{key}`: publishing is for the pipeline that the tag starts"));
        }
    }
    Some(said)
}
