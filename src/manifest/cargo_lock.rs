//! `Cargo.lock`: an own entry is a `[[package]]` with the package's name and no `source`; one with a source came from
//! a registry or a repository. Where a second package of that name is locked too, Cargo names ours by name and
//! version in the dependency lists of others, and those move with it.

use std::collections::HashMap;

use super::lock_scan::{Entry, own_entries};
use super::{Definition, EVERY_PACKAGE, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "cargo-lock",
    file_names: &["Cargo.lock"],
    role: Role::Lock { named_by_neighbour: true },
    locate,
    only_semver: |_| true,
    ..Definition::PLAIN
};

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.package).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, package: Option<&str>) -> Result<Vec<Found>, Problem> {
    let every = package == Some(EVERY_PACKAGE);
    let package = package.filter(|_| !every);
    let named = |name: &str| package.is_none_or(|package| package == name);
    let own = own_entries(source, &|glimpse| glimpse.source.is_none() && named(glimpse.name), &|table| {
        let name = table.get("name").and_then(|name| name.as_str());
        table.get("source").is_none() && name.is_some_and(named)
    })?;
    let refused = |what: String| Problem::content(format!("{}: {what}", source.path));
    match (own.as_slice(), package) {
        ([], package) => {
            let wanted = package.map_or(String::new(), |package| format!(" and name `{package}`"));
            return Err(refused(format!("no own entry: a `[[package]]` without a `source`{wanted}"))
                .hint("run `cargo update --workspace` and commit the Cargo.lock it writes"));
        }
        ([first, .., last], Some(package)) => {
            return Err(refused(format!(
                "two own entries of `{package}`, in lines {} and {}",
                first.line, last.line
            ))
            .hint("give the two packages different names"));
        }
        ([_, _, ..], None) if !every => {
            let names: Vec<String> =
                own.iter().map(|entry| format!("`{}` (line {})", entry.name, entry.line)).collect();
            return Err(refused(format!("several packages of this workspace: {}", names.join(", ")))
                .hint("give `package` in the configuration: the name of the package whose version moves")
                .hint("or `package = \"*\"`: every package of this workspace moves"));
        }
        _ => {}
    }
    let mut found = Vec::with_capacity(own.len());
    let mut named_with_version = HashMap::with_capacity(own.len());
    for entry in own {
        let name = entry.name.clone();
        let version = entry.version(source.path)?;
        named_with_version.insert(format!("{name} {}", version.value), (name, version.value.clone()));
        found.push(version);
    }
    found.extend(references(source, &named_with_version));
    Ok(found)
}

/// The names and versions of the crates that have no source: those of the repository, and of folders outside it. Nothing
/// where the text cannot be read.
pub fn crates_of_folders(text: &str) -> Vec<(String, String)> {
    let source = Source::new(text, "");
    let own =
        own_entries(&source, &|glimpse| glimpse.source.is_none(), &|table| table.get("source").is_none());
    let read = |entry: Entry| Some((entry.name.clone(), entry.version("").ok()?.value));
    own.unwrap_or_default().into_iter().filter_map(read).collect()
}

/// The places where a list of dependencies names an own entry by name and version: a string alone on its line.
fn references(source: &Source<'_>, own: &HashMap<String, (String, String)>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for line in source.body.split_inclusive('\n') {
        let start = line_start;
        line_start += line.len();
        let indented = line.trim_start();
        let Some(rest) = indented.strip_prefix('"') else { continue };
        let rest = rest.trim_end();
        let Some(inner) = rest.strip_suffix(',').unwrap_or(rest).trim_end().strip_suffix('"') else {
            continue;
        };
        let Some((name, version)) = own.get(inner) else { continue };
        let from = start + (line.len() - indented.len()) + 1 + name.len() + 1;
        let key = format!("dependency on {name}");
        found.push(source.found(from..from + version.len(), version.clone(), key));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};

    const TARGET: Target<'_> = Target { format: Format::CargoLock, key: None, package: Some("own") };

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"1.0.0\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"00\"\n\n\
         [[package]]\nname = \"own\"\nversion = \"1.0.1\"\ndependencies = [\n \"serde\",\n]\n\n\
         [[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+x\"\n";

    fn message(text: &str, package: Option<&str>) -> String {
        let problems = locate(text, "Cargo.lock", &Target { package, ..TARGET }).unwrap_err();
        assert_eq!(problems.len(), 1);
        problems[0].message.clone()
    }

    #[test]
    fn the_entry_without_a_source_moves_and_nothing_else() {
        for package in [Some("own"), None] {
            let target = Target { package, ..TARGET };
            let replaced = replace(LOCK, "Cargo.lock", &target, "1.1.0-alpha.1").unwrap();
            assert_eq!(replaced.found.len(), 1);
            assert_eq!(replaced.found[0].line, 11);
            assert_eq!(replaced.text, LOCK.replacen("1.0.1", "1.1.0-alpha.1", 1));
        }
    }

    #[test]
    fn dependency_lists_that_name_the_own_version_move_with_it() {
        let text = format!(
            "{LOCK}\n[[package]]\nname = \"cli\"\nversion = \"1.0.1\"\nsource = \"git+x\"\ndependencies = [\n \
             \"own 1.0.0\",\n \"own 1.0.1\",\n \"own 1.0.1 (git+x)\",\n \"known 1.0.1\",\n]\n"
        );
        let replaced = replace(&text, "Cargo.lock", &TARGET, "2.0.0").unwrap();
        let keys: Vec<&str> = replaced.found.iter().map(|place| place.key.as_str()).collect();
        assert_eq!(keys, ["[[package]] version", "dependency on own"]);
        let expected = text
            .replacen("version = \"1.0.1\"", "version = \"2.0.0\"", 1)
            .replace("\"own 1.0.1\"", "\"own 2.0.0\"");
        assert_eq!(replaced.text, expected);
    }

    #[test]
    fn a_dependency_moves_however_far_it_is_indented() {
        for indent in ["", " ", "    ", "\t\t"] {
            let text = format!(
                "{LOCK}\n[[package]]\nname = \"cli\"\nversion = \"1.0.0\"\nsource = \"git+x\"\ndependencies = [\n\
                 {indent}\"own 1.0.1\",\n]\n"
            );
            let replaced = replace(&text, "Cargo.lock", &TARGET, "2.0.0").unwrap();
            let expected = text
                .replacen("version = \"1.0.1\"", "version = \"2.0.0\"", 1)
                .replace("\"own 1.0.1\"", "\"own 2.0.0\"");
            assert_eq!(replaced.text, expected, "{indent:?}");
        }
    }

    #[test]
    fn without_a_name_there_must_be_exactly_one_own_entry() {
        let two = format!("{LOCK}\n[[package]]\nname = \"cli\"\nversion = \"1.0.1\"\n");
        assert_eq!(
            message(&two, None),
            "Cargo.lock: several packages of this workspace: `own` (line 10), `cli` (line 22)"
        );
        assert_eq!(locate(&two, "Cargo.lock", &TARGET).unwrap()[0].line, 11);
        let none = LOCK.replace("1.0.1\"\ndep", "1.0.1\"\nsource = \"git+x\"\ndep");
        assert_eq!(message(&none, None), "Cargo.lock: no own entry: a `[[package]]` without a `source`");
        assert_eq!(
            message(LOCK, Some("serde")),
            "Cargo.lock: no own entry: a `[[package]]` without a `source` and name `serde`"
        );
    }

    #[test]
    fn two_own_entries_of_one_name_are_refused_with_both_lines() {
        let two = format!("{LOCK}\n[[package]]\nname = \"own\"\nversion = \"3.0.0\"\n");
        assert_eq!(message(&two, Some("own")), "Cargo.lock: two own entries of `own`, in lines 10 and 22");
    }

    #[test]
    fn every_own_entry_moves_when_the_star_says_so() {
        let text = format!(
            "{LOCK}\n[[package]]\nname = \"cli\"\nversion = \"1.0.1\"\ndependencies = [\n \"own 1.0.1\",\n \"serde\",\n]\n"
        );
        let target = Target { package: Some("*"), ..TARGET };
        let replaced = replace(&text, "Cargo.lock", &target, "2.0.0").unwrap();
        assert_eq!(replaced.found.iter().map(|place| place.line).collect::<Vec<_>>(), [11, 23, 25]);
        let own = |text: &str, name: &str| {
            let entry = |version: &str| format!("name = \"{name}\"\nversion = \"{version}\"\ndep");
            text.replacen(&entry("1.0.1"), &entry("2.0.0"), 1)
        };
        let expected = own(&own(&text, "own"), "cli").replace("\"own 1.0.1\"", "\"own 2.0.0\"");
        assert_eq!(replaced.text, expected);
        let none = "[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+x\"\n";
        assert_eq!(message(none, Some("*")), "Cargo.lock: no own entry: a `[[package]]` without a `source`");
    }
}
