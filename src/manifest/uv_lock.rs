//! `uv.lock`: the project's own entry is the `[[package]]` whose source is the project's folder itself. Another package
//! of the repository, a member of its workspace or a neighbour, is an entry whose source is that one's folder; it is
//! asked for by name. A registry package of the same name is somebody else's upload, even where that somebody is the
//! same project.

use toml_edit::{Item, Table};

use super::lock_scan::{Entry, own_entries};
use super::python_requirements::normalised;
use super::{Definition, EVERY_PACKAGE, Found, Problem, Role, Source, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "uv-lock",
    file_names: &["uv.lock"],
    role: Role::Lock { named_by_neighbour: true },
    locate,
    ..Definition::PLAIN
};

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    find(source, target.package).map_err(|problem| vec![problem])
}

fn find(source: &Source<'_>, package: Option<&str>) -> Result<Vec<Found>, Problem> {
    let every = package == Some(EVERY_PACKAGE);
    let package = package.filter(|_| !every).map(normalised);
    let is_named = |name: &str| package.as_deref() == Some(normalised(name).as_str());
    let mentions_folder =
        |written: &str| written.contains('\\') || FOLDERS.iter().any(|kind| written.contains(kind));
    let own = own_entries(source, &|glimpse| glimpse.source.is_some_and(mentions_folder), &|table| {
        let name = table.get("name").and_then(Item::as_str);
        let is_member = |folder: &str| every && source.is_inside(folder);
        folder(table).is_some_and(|it| it == "." || is_member(it) || name.is_some_and(is_named))
    })?;
    let refused = |what: String| {
        Problem::content(format!("{}: {what}", source.path)).hint("run `uv lock` and commit what it writes")
    };
    if every && !own.is_empty() {
        // A member whose version is dynamic has none here; where no other is left, there is nothing to set.
        let with_version = own.iter().any(Entry::has_version);
        let own = own.into_iter().filter(|entry| entry.has_version() || !with_version);
        return own.map(|entry| entry.version(source.path)).collect();
    }
    let named = |entry: &Entry| package.is_none() || is_named(&entry.name);
    let (mut matching, others): (Vec<Entry>, Vec<Entry>) = own.into_iter().partition(named);
    match (matching.pop(), matching.as_slice()) {
        (Some(entry), []) => entry.version(source.path).map(|found| vec![found]),
        (Some(entry), [first, ..]) => Err(refused(format!(
            "two entries have the project's folder as their source: `{}` (line {}) and `{}` (line {})",
            first.name, first.line, entry.name, entry.line
        ))),
        (None, _) => {
            let wanted = package.map_or(String::new(), |package| format!(" of `{package}`"));
            let held = others.first().map_or(String::new(), |other| {
                format!("; the project's folder is `{}` there (line {})", other.name, other.line)
            });
            Err(refused(format!(
                "no own entry{wanted}: a `[[package]]` with source `{{ editable = \".\" }}` or `{{ virtual = \".\" }}`{held}"
            )))
        }
    }
}

/// The kinds of source that are a folder.
const FOLDERS: [&str; 3] = ["editable", "virtual", "directory"];

/// The folder that an entry has as its source; `.` is the one that the lock file stands in.
fn folder(table: &Table) -> Option<&str> {
    let source = table.get("source")?;
    FOLDERS.iter().find_map(|kind| source.get(kind)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Target, locate, replace};
    use super::*;

    const TARGET: Target<'_> = Target { format: Format::UvLock, key: None, package: Some("t.P_x") };

    fn lock(own: &str) -> String {
        format!(
            "version = 1\n\n[[package]]\nname = \"t-p-x\"\nversion = \"1.0.0\"\n\
             source = {{ registry = \"https://pypi.org/simple\" }}\n\n{own}\n\
             [package.metadata]\nrequires-dist = [{{ name = \"t-p-x\", version = \"1.0.0\" }}]\n\n\
             [[package]]\nname = \"sibling\"\nversion = \"1.0.0\"\nsource = {{ directory = \"../sibling\" }}\n"
        )
    }

    fn own(source: &str) -> String {
        format!(
            "[[package]]\nname = \"t-p-x\"\nversion = \"1.0.0\"\nsource = {source}\ndependencies = [\n    {{ name = \"a\" }},\n]\n"
        )
    }

    #[test]
    fn of_every_entry_those_without_a_version_are_left_out_unless_none_has_one() {
        let dynamic = "[[package]]\nname = \"dynamic\"\nsource = { editable = \".\" }\n";
        let every = Some(EVERY_PACKAGE);
        assert_eq!(message(dynamic, every), "uv.lock:2: the entry of `dynamic` has no `version`");
        let both = format!("{dynamic}\n{}", own("{ editable = \"member\" }"));
        let found = locate(&both, "uv.lock", &Target { package: every, ..TARGET }).unwrap();
        assert_eq!(found.iter().map(|place| place.line).collect::<Vec<_>>(), [7]);
    }

    fn message(text: &str, package: Option<&str>) -> String {
        let problems = locate(text, "uv.lock", &Target { package, ..TARGET }).unwrap_err();
        assert_eq!(problems.len(), 1);
        problems[0].message.clone()
    }

    #[test]
    fn the_own_entry_moves_and_the_registry_entry_of_the_same_name_stays() {
        for source in
            ["{ editable = \".\" }", "{ virtual = \".\" }", "{ directory = \".\" }", "{editable='.'}"]
        {
            for package in [Some("t.P_x"), None] {
                for text in
                    [lock(&own(source)), format!("\u{feff}{}", lock(&own(source)).replace('\n', "\r\n"))]
                {
                    let target = Target { package, ..TARGET };
                    let found = locate(&text, "uv.lock", &target).unwrap();
                    assert_eq!(found.iter().map(|place| place.line).collect::<Vec<_>>(), [10]);
                    let replaced = replace(&text, "uv.lock", &target, "1.1.0a1").unwrap().text;
                    let at = found[0].span;
                    let expected =
                        format!("{}1.1.0a1{}", text.get(..at.start).unwrap(), text.get(at.end..).unwrap());
                    assert_eq!(replaced, expected);
                }
            }
        }
    }

    #[test]
    fn an_entry_in_an_odd_spelling_is_found_by_the_parser() {
        for odd in [
            "[[ package ]]\nsource.editable = \".\"\n'version' = '''1.0.0'''\nname = \"t-p-x\"\n",
            "[[package]]\nname = \"t-p-x\"\ndescription = \"\"\"\n[[package]]\nversion = \"0\"\n\"\"\"\n\
             version = \"1.0.0\"\nsource = { editable = \"\\u002e\" }\n",
        ] {
            let text = lock(odd);
            let found = locate(&text, "uv.lock", &TARGET).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].value, "1.0.0");
            assert!(text.get(..found[0].span.start).unwrap().contains(odd.lines().next().unwrap()));
        }
    }

    #[test]
    fn a_lock_file_without_an_own_entry_is_refused() {
        let wanted = "a `[[package]]` with source `{ editable = \".\" }` or `{ virtual = \".\" }`";
        assert_eq!(message(&lock(""), Some("t-p-x")), format!("uv.lock: no own entry of `t-p-x`: {wanted}"));
        assert_eq!(message(&lock(""), None), format!("uv.lock: no own entry: {wanted}"));
        assert_eq!(
            message(&lock(&own("{ virtual = \".\" }")), Some("other")),
            format!(
                "uv.lock: no own entry of `other`: {wanted}; the project's folder is `t-p-x` there (line 9)"
            )
        );
    }

    #[test]
    fn two_own_entries_are_refused_with_both_lines() {
        let text = lock(&format!("{}\n{}", own("{ virtual = \".\" }"), own("{ editable = \".\" }")));
        let expected = "uv.lock: two entries have the project's folder as their source: `t-p-x` (line 9) and `t-p-x` (line 17)";
        assert_eq!(message(&text, None), expected);
    }

    #[test]
    fn an_entry_without_a_version_says_what_a_dynamic_version_means() {
        let text = lock("[[package]]\nname = \"t-p-x\"\nsource = { editable = \".\" }\n");
        assert_eq!(message(&text, None), "uv.lock:9: the entry of `t-p-x` has no `version`");
    }

    #[test]
    fn conflict_markers_are_refused_with_their_place() {
        let text =
            lock(&own("{ editable = \".\" }")).replace("[[package]]\nname = \"sibling\"", "<<<<<<< HEAD");
        assert_eq!(message(&text, None), "uv.lock:19: conflict marker `<<<<<<<`");
    }

    #[test]
    fn the_star_reaches_every_folder_of_the_repository_and_none_outside() {
        let text = lock(&own("{ virtual = \".\" }"));
        for (path, lines) in [("uv.lock", &[10][..]), ("api/uv.lock", &[10, 21]), ("a/b/uv.lock", &[10, 21])]
        {
            let found = locate(&text, path, &Target { package: Some("*"), ..TARGET }).unwrap();
            assert_eq!(found.iter().map(|place| place.line).collect::<Vec<_>>(), lines, "{path}");
        }
        let found = locate(&text, "uv.lock", &Target { package: Some("sibling"), ..TARGET }).unwrap();
        assert_eq!(found[0].line, 21, "whoever names it means it");
    }

    #[test]
    fn members_and_neighbours_are_found_by_name_and_every_one_by_the_star() {
        let text = lock(&format!(
            "{}\n[[package]]\nname = \"member\"\nversion = \"1.0.0\"\nsource = {{ editable = \"packages/member\" }}\n\n\
             [[package]]\nname = \"dynamic\"\nsource = {{ virtual = \"packages/dynamic\" }}\n",
            own("{ virtual = \".\" }")
        ));
        let lines = |package: &str| -> Vec<usize> {
            let target = Target { package: Some(package), ..TARGET };
            let replaced = replace(&text, "project/uv.lock", &target, "2.0.0").unwrap();
            assert_eq!(replaced.text.matches("2.0.0").count(), replaced.found.len());
            replaced.found.iter().map(|place| place.line).collect()
        };
        assert_eq!(lines("member"), [18]);
        assert_eq!(lines("Sibling"), [30]);
        assert_eq!(lines("t-p-x"), [10]);
        assert_eq!(lines("*"), [10, 18, 30]);
        assert!(message(&text, Some("dynamic")).contains("the entry of `dynamic` has no `version`"));
        let none =
            "version = 1\n\n[[package]]\nname = \"x\"\nversion = \"1\"\nsource = { registry = \"r\" }\n";
        assert!(message(none, Some("*")).contains("no own entry"), "{}", message(none, Some("*")));
    }
}
