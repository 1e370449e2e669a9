//! What must hold between the values of steps and checks: names that are used once, files that nobody else writes,
//! promises about files that are written, and keys that only make sense at some moments.

use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::changelog;
use super::command_line::{RUN, as_path, as_run};
use super::findings::Findings;
use super::paths::Paths;
use super::rules;
use super::steps::{Moment, script};
use super::validate::{Seen, Text, string, strings, tables};
use crate::error::Problem;
use crate::glob::{Glob, is_glob};
use crate::manifest::Format;
use crate::words::{nearest, on_one_line};

/// Checks every `[[step]]` and `[[check]]` of a document.
pub(super) fn check(root: &dyn TableLike, edited: &[&str], text: &str, findings: &mut Findings) {
    let mut seen = Seen::new(text);
    for kind in ["step", "check"] {
        for step in tables(root, kind) {
            if let Some(name) = string(step, "name") {
                let label = format!("the {kind} `{}`", name.text);
                seen.ensure_new((name.text, None, None), &name, &label, findings);
            }
            check_program(step, kind, findings);
            check_optional(step, kind, findings);
        }
    }
    let own = Own { root, edited, paths: Paths::new(edited.iter().copied()) };
    for step in tables(root, "step") {
        check_moment(step, findings);
        check_files(step, &own, findings);
    }
    for check in tables(root, "check") {
        check_passes(check, findings);
    }
}

/// The names of all steps and checks in the order in which they stand in a document.
pub(super) fn order(root: &dyn TableLike) -> Vec<String> {
    let commands = ["step", "check"].into_iter().flat_map(|kind| tables(root, kind));
    let mut named: Vec<Text<'_>> = commands.filter_map(|command| string(command, "name")).collect();
    named.sort_by_key(|name| name.place.as_ref().map(|place| place.start));
    named.into_iter().map(|name| name.text.to_owned()).collect()
}

/// The files that the release writes itself.
struct Own<'a> {
    root: &'a dyn TableLike,
    /// The paths of manifests, patterns and pins, as they are written.
    edited: &'a [&'a str],
    /// The same, globs understood.
    paths: Paths,
}

impl Own<'_> {
    fn holds(&self, path: &str) -> bool {
        self.paths.hold(path) || changelog::is_changelog(self.root, path)
    }

    /// One of them that the pattern matches.
    fn matched_by(&self, glob: &Glob) -> Option<String> {
        let edited = self.edited.iter().map(|path| (*path).to_owned());
        edited.chain(self.changelogs()).find(|path| glob.matches(path))
    }

    fn changelogs(&self) -> Vec<String> {
        let all = changelog::changelogs(self.root).into_iter();
        all.filter_map(|changelog| Some(string(changelog, "path")?.text.to_owned())).collect()
    }
}

fn place_of(table: &dyn TableLike, key: &str) -> Option<Range<usize>> {
    table.get(key).and_then(Item::span)
}

/// The first word is a program alone: with its arguments in one string, none of that name would be found.
fn check_program(step: &dyn TableLike, kind: &str, findings: &mut Findings) {
    let run = strings(step, RUN);
    let Some(program) = run.first() else { return };
    let problem = if program.text.trim().is_empty() {
        Problem::content(format!("`run` in `[[{kind}]]` names no program"))
    } else if program.text.contains(char::is_whitespace) {
        let words: Vec<&str> = run.iter().map(|word| word.text).collect();
        let problem = Problem::content(format!(
            "`run` in `[[{kind}]]`, entry 1: `{}` is no program, but a program and its arguments in one string",
            on_one_line(program.text)
        ));
        let problem = problem.hint(format!("write `{}`", as_run(&words)));
        // A path may really hold a space.
        if program.text.contains('/') {
            problem.hint(format!("or, where that is the path of the program: `{}`", as_path(&words)))
        } else {
            problem
        }
    } else {
        return;
    };
    findings.add(program.place.clone(), problem);
}

/// What may be missing must be a file of the repository, by a name that is always the same.
fn check_optional(step: &dyn TableLike, kind: &str, findings: &mut Findings) {
    if step.get("optional").and_then(Item::as_bool) != Some(true) {
        return;
    }
    let folder = string(step, "folder");
    let run = strings(step, RUN);
    if script(run.iter().map(|word| word.text), folder.as_ref().map(|folder| folder.text)).is_none() {
        let problem = Problem::content(format!(
            "`optional` in `[[{kind}]]`: `run` names no script of the repository that may be missing"
        ))
        .hint("write the script as a path with a `/` and without placeholders, such as `scripts/x.sh` or `./x.sh`")
        .hint("or leave `optional` out; `required = false` is for a step that may fail");
        findings.add(place_of(step, "optional"), problem);
    }
}

/// Around the gate nothing is written yet, and after the release nothing of it may change any more.
fn check_moment(step: &dyn TableLike, findings: &mut Findings) {
    let Some(at) = string(step, "at") else { return };
    let outside = [Moment::BeforeGate, Moment::AfterGate, Moment::AfterRelease].map(Moment::name);
    if !outside.contains(&at.text) {
        return;
    }
    for key in ["writes", "expect"].into_iter().filter(|key| step.contains_key(key)) {
        let problem =
            Problem::content(format!("a step `{}` writes nothing: `{key}` does not go with it", at.text))
                .hint("let it run `after-bump` or `before-commit`, or leave the key out");
        findings.add(place_of(step, key), problem);
    }
}

fn check_files(step: &dyn TableLike, own: &Own<'_>, findings: &mut Findings) {
    let writes = strings(step, "writes");
    let mut globs = Vec::new();
    for path in &writes {
        if !is_glob(path.text) {
            if own.holds(path.text) {
                let problem = Problem::content(format!("`{}` is written by the release itself", path.text));
                findings.add(path.place.clone(), problem.hint("a step writes files of its own"));
            }
            continue;
        }
        match Glob::new(path.text) {
            Ok(glob) => {
                if let Some(matched) = own.matched_by(&glob) {
                    let problem = Problem::content(format!(
                        "`{}` matches `{matched}`, which is written by the release itself",
                        path.text
                    ));
                    findings.add(path.place.clone(), problem.hint("a step writes files of its own"));
                }
                globs.push(glob);
            }
            Err(mut problem) => {
                problem.message = format!("`writes` in `[[step]]`: {}", problem.message);
                findings.add(path.place.clone(), problem);
            }
        }
    }
    for expect in tables(step, "expect") {
        check_expect(expect, &writes, &globs, findings);
    }
}

fn check_expect(expect: &dyn TableLike, writes: &[Text<'_>], globs: &[Glob], findings: &mut Findings) {
    check_place(expect, findings);
    let Some(path) = string(expect, "path") else { return };
    if writes.iter().any(|written| written.text == path.text)
        || globs.iter().any(|glob| glob.matches(path.text))
    {
        return;
    }
    let problem = Problem::content(format!("`expect` names `{}`, which the step does not write", path.text));
    let hint = match nearest(path.text, writes.iter().map(|written| written.text)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add it: `writes = [{:?}]`", path.text),
    };
    findings.add(path.place, problem.hint(hint));
}

/// The key, by what the format takes for one.
fn check_place(expect: &dyn TableLike, findings: &mut Findings) {
    let key = string(expect, "key");
    let Some(name) = string(expect, "format") else {
        for mut fault in key.iter().flat_map(|key| rules::pointer(key.text)) {
            fault.message = format!("`key` in `expect` in `[[step]]`: {}", fault.message);
            findings.add(key.as_ref().and_then(|key| key.place.clone()), fault);
        }
        return;
    };
    // A name that does not exist is already reported, with the nearest one.
    let Some(format) = Format::from_name(name.text) else { return };
    if let Err(mut problem) = format.check_key(key.as_ref().map(|key| key.text)) {
        problem.message = format!("`expect` in `[[step]]`: {}", problem.message);
        let place = key.and_then(|key| key.place).or(name.place);
        findings.add(place, problem);
    }
}

fn check_passes(check: &dyn TableLike, findings: &mut Findings) {
    let Some(passes) = check.get("passes").and_then(Item::as_table_like) else { return };
    let ways: Vec<&str> =
        ["exit-code", "empty-output", "json"].into_iter().filter(|way| passes.contains_key(way)).collect();
    let place = place_of(check, "passes");
    let one_way = "write one of `{ exit-code = 1 }`, `{ empty-output = true }` and `{ json = \"/pointer\", value = [] }`";
    match ways.as_slice() {
        [] => findings.add(place, Problem::content("`passes` in `[[check]]` does not say how").hint(one_way)),
        [way] => {
            if passes.get("empty-output").and_then(Item::as_bool) == Some(false) {
                let problem = Problem::content("`empty-output` in `passes` is false, which says nothing");
                findings.add(place_of(passes, "empty-output"), problem.hint(one_way));
            }
            let has_value = passes.contains_key("value");
            if *way == "json" && !has_value {
                let problem = Problem::content("`json` in `passes` has no `value` to compare with");
                findings.add(place_of(passes, "json"), problem.hint("add for example `value = []`"));
            } else if *way != "json" && has_value {
                let problem =
                    Problem::content("`value` in `passes` needs a `json` that says where it stands");
                findings
                    .add(place_of(passes, "value"), problem.hint("add `json = \"\"` for the whole output"));
            }
        }
        _ => {
            let problem = Problem::content(format!(
                "`passes` in `[[check]]` has more than one meaning: `{}`",
                ways.join("`, `")
            ));
            findings.add(place, problem.hint(one_way));
        }
    }
}
