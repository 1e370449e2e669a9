//! What pnpm-lock.yaml repeats of the manifests of its workspace: each is one of the `importers`, and every package that
//! it asks for has the range there as its `specifier`, beside what it was resolved to.

use std::collections::BTreeMap;

use super::yaml_reader::{Seen, Text, What, found, walk};
use super::{Copied, Problem, Source};

/// What stands for any table, where the lock file does not tell which one it is.
const ANY: &str = "*";

/// Tables of a manifest, which the lock file calls the same.
const TABLES: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

/// A range, as far as it was read.
#[derive(Default)]
struct Read {
    specifier: Option<(usize, Text, String)>,
    version: Option<String>,
}

/// What a pnpm-lock.yaml repeats of the manifests of its workspace.
///
/// # Errors
/// It is not YAML, or writes a range over several lines.
pub fn pnpm_lock_copies(text: &str, path: &str) -> Result<Vec<Copied>, Problem> {
    let source = Source::new(text, path);
    // By folder, table and name.
    let mut read: BTreeMap<(String, String, String), Read> = BTreeMap::new();
    walk(&source, &mut |seen: &Seen<'_>| {
        let What::Text(text) = &seen.what else { return };
        let steps: Option<Vec<&str>> = seen.path.iter().map(Option::as_deref).collect();
        let Some(steps) = steps else { return };
        let (folder, rest) = match steps.as_slice() {
            ["importers", folder, rest @ ..] => (if *folder == "." { "" } else { folder }, rest),
            rest => ("", rest),
        };
        let keys: Vec<String> =
            steps.iter().map(|step| toml_edit::Key::new(*step).display_repr().into_owned()).collect();
        let copied = Text { value: text.value.clone(), plain: text.plain, start: text.start };
        let note = |table: &str, name: &str| {
            let entry = read.entry((folder.to_owned(), table.to_owned(), name.to_owned())).or_default();
            entry.specifier = Some((seen.line, copied, keys.join(".")));
        };
        match rest {
            // Since version 6.
            [table, name, "specifier"] if TABLES.contains(table) => note(table, name),
            [table, name, "version"] if TABLES.contains(table) => {
                let key = (folder.to_owned(), (*table).to_owned(), (*name).to_owned());
                read.entry(key).or_default().version = Some(text.value.clone());
            }
            // Before it, the ranges stood apart.
            ["specifiers", name] => note(ANY, name),
            [table, name] if TABLES.contains(table) => {
                let key = (folder.to_owned(), ANY.to_owned(), (*name).to_owned());
                read.entry(key).or_default().version = Some(text.value.clone());
            }
            ["overrides", name] if folder.is_empty() => note("pnpm/overrides", name),
            _ => {}
        }
    })?;
    let mut copies = Vec::new();
    for ((folder, table, name), Read { specifier, version }) in read {
        let Some((line, text, key)) = specifier else { continue };
        let is_folder = |version: String| version.starts_with("link:") || version.starts_with("file:");
        copies.push(Copied {
            folder,
            key: format!("/{table}/{}", name.replace('~', "~0").replace('/', "~1")),
            package: name,
            found: found(&source, &text, line, &key)?,
            is_own: version.map(is_folder),
        });
    }
    Ok(copies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(String, String, String, Option<bool>)> {
        let copies = pnpm_lock_copies(text, "pnpm-lock.yaml").unwrap();
        copies.into_iter().map(|it| (it.folder, it.key, it.found.value, it.is_own)).collect()
    }

    fn line(
        folder: &str,
        key: &str,
        value: &str,
        is_own: Option<bool>,
    ) -> (String, String, String, Option<bool>) {
        (folder.to_owned(), key.to_owned(), value.to_owned(), is_own)
    }

    #[test]
    fn importers_repeat_what_they_ask_and_where_it_leads() {
        let text = "lockfileVersion: '9.0'\noverrides:\n  one: ^1.0.0\nimporters:\n  .: {}\n  packages/two:\n    dependencies:\n      \
                    '@own/one':\n        specifier: ^1.0.0\n        version: link:../one\n      left-pad:\n        \
                    specifier: ^1.0.0\n        version: 1.3.0\npackages:\n  left-pad@1.3.0:\n    dependencies:\n      a: ^1\n";
        assert_eq!(
            seen(text),
            [
                line("", "/pnpm/overrides/one", "^1.0.0", None),
                line("packages/two", "/dependencies/@own~1one", "^1.0.0", Some(true)),
                line("packages/two", "/dependencies/left-pad", "^1.0.0", Some(false)),
            ]
        );
    }

    #[test]
    fn older_lock_files_have_the_ranges_apart_and_perhaps_no_importers() {
        let text = "lockfileVersion: 5.4\nimporters:\n  two:\n    specifiers:\n      one: workspace:^1.0.0\n    dependencies:\n      one: link:../one\n";
        assert_eq!(seen(text), [line("two", "/*/one", "workspace:^1.0.0", Some(true))]);
        let text = "lockfileVersion: 5.4\nspecifiers:\n  one: ^1\ndependencies:\n  one: 1.2.0\n";
        assert_eq!(seen(text), [line("", "/*/one", "^1", Some(false))]);
    }
}
