//! `Cargo.lock`: an own entry is a `[[package]]` with the package's name and no `source`; one with a source came from
//! a registry or a repository. Where a second package of that name is locked too, Cargo names ours by name and
//! version in the dependency lists of others, and those move with it.

use super::lock_scan::own_entries;
use super::{Definition, Found, Problem, Source, Target, takes_no_key};

pub(super) const DEFINITION: Definition = Definition {
    name: "cargo-lock",
    file_names: &["Cargo.lock"],
    extension: None,
    check_key: takes_no_key,
    locate,
    package_name: None,
};

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.package).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, package: Option<&str>) -> Result<Vec<Found>, Problem> {
    let named = |name: &str| package.is_none_or(|package| package == name);
    let mut own =
        own_entries(source, &|glimpse| glimpse.source.is_none() && named(glimpse.name), &|table| {
            let name = table.get("name").and_then(|name| name.as_str());
            table.get("source").is_none() && name.is_some_and(named)
        })?;
    let refused = |what: String| Problem::content(format!("{}: {what}", source.path));
    match (own.pop(), own.as_slice(), package) {
        (Some(entry), [], _) => {
            let name = entry.name.clone();
            let version = entry.version(source.path)?;
            let mut found = references(source, &name, &version.value);
            found.push(version);
            Ok(found)
        }
        (Some(last), others, None) => {
            let names: Vec<String> = others
                .iter()
                .chain([&last])
                .map(|entry| format!("`{}` (line {})", entry.name, entry.line))
                .collect();
            Err(refused(format!("several packages of this workspace: {}", names.join(", ")))
                .hint("give `package` in the configuration: the name of the package whose version moves"))
        }
        (Some(last), [first, ..], Some(package)) => {
            Err(refused(format!("two own entries of `{package}`, in lines {} and {}", first.line, last.line))
                .hint("give the two packages different names"))
        }
        (None, _, package) => {
            let wanted = package.map_or(String::new(), |package| format!(" and name `{package}`"));
            Err(refused(format!("no own entry: a `[[package]]` without a `source`{wanted}"))
                .hint("run `cargo update --workspace` and commit the Cargo.lock it writes"))
        }
    }
}

/// The places where a list of dependencies names the own entry by name and version.
fn references(source: &Source<'_>, name: &str, version: &str) -> Vec<Found> {
    let wanted = format!("\"{name} {version}\"");
    let stands_alone = |start: usize| {
        let before = source.body.get(..start).and_then(|before| before.rsplit('\n').next());
        let after = source.body.get(start + wanted.len()..).and_then(|after| after.lines().next());
        before.is_some_and(|before| before.trim().is_empty())
            && after.is_none_or(|after| matches!(after.trim(), "" | ","))
    };
    source
        .body
        .match_indices(&wanted)
        .filter(|(start, _)| stands_alone(*start))
        .map(|(start, _)| {
            let from = start + 1 + name.len() + 1;
            source.found(from..from + version.len(), version.to_owned(), format!("dependency on {name}"))
        })
        .collect()
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
}
