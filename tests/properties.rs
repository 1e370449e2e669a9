//! What must hold for every plan, through the library: the patch that a preview shows, applied by git, gives exactly
//! the files that the release would write, whatever their line ends.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests own the files and processes they make")]

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use trueppm_release::git::ObjectId;
use trueppm_release::plan::{
    CommitDraft, Draft, FileChange, GitDuties, Origin, Plan, PublishedRef, Refspecs,
};
use trueppm_release::render;
use trueppm_release::ui::{Stream, Ui, UiFacts};
use trueppm_release::version::Version;

/// Lines that repeat, that look like a patch, that are empty, that have no ASCII.
const LINES: &[&str] = &[
    "",
    "same",
    "same",
    "  indented\t",
    "-minus",
    "+plus",
    "@@ -1 +1 @@",
    "--- a/x",
    "ä ⚠️ 字",
    "\\ No newline",
];
const PATHS: &[&str] = &["a.txt", "b b/c d", "ü/\"quoted\"", "tab\tbed", "x/.hidden", "docs/-dash", "z\\y"];

/// A text by its lines, each with its own end; the last one perhaps without.
#[derive(Clone, Debug)]
struct Lines(Vec<String>);

impl Lines {
    fn text(&self, byte_order_mark: bool, final_newline: bool) -> String {
        let text = self.0.concat();
        let text = if final_newline { &text } else { text.strip_suffix('\n').unwrap_or(&text) };
        if byte_order_mark { format!("\u{feff}{text}") } else { text.to_owned() }
    }
}

fn line() -> impl Strategy<Value = String> {
    let content = prop_oneof![
        4 => any::<Index>().prop_map(|choice| (*choice.get(LINES)).to_owned()),
        1 => "[a-z ]{1,12}",
    ];
    (content, prop_oneof![3 => Just("\n"), 1 => Just("\r\n")]).prop_map(|(content, end)| content + end)
}

/// Runs of lines that stay, go or come: from nothing to more than the context of two hunks.
fn texts() -> impl Strategy<Value = (Lines, Lines)> {
    let run = |most| prop::collection::vec(line(), 0..most);
    let part = (run(12), prop_oneof![Just(0usize), 1..40usize], run(4), run(4));
    let empty = prop_oneof![8 => Just((false, false)), 1 => Just((true, false)), 1 => Just((false, true))];
    (prop::collection::vec(part, 1..5), empty).prop_map(|(parts, (empty_before, empty_after))| {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (kept, numbered, gone, new) in parts {
            let numbered = (0..numbered).map(|number| format!("line {number}\n"));
            let kept: Vec<String> = kept.into_iter().chain(numbered).collect();
            before.extend(kept.iter().cloned().chain(gone));
            after.extend(kept.into_iter().chain(new));
        }
        if empty_before {
            before.clear();
        }
        if empty_after {
            after.clear();
        }
        (Lines(before), Lines(after))
    })
}

/// Files that change or go; a file that stays as it is is in no plan, and an empty fragment is refused.
fn changes() -> impl Strategy<Value = Vec<FileChange>> {
    let file = (texts(), any::<(bool, bool, bool)>(), prop::bool::weighted(0.2));
    prop::collection::vec(file, 1..PATHS.len()).prop_map(|files| {
        let mut changes: Vec<FileChange> = PATHS
            .iter()
            .zip(files)
            .map(|(path, ((before, after), (mark, newline_before, newline_after), gone))| FileChange {
                path: (*path).to_owned(),
                executable: false,
                before: before.text(mark, newline_before),
                after: (!gone).then(|| after.text(mark, newline_after)),
                values: Vec::new(),
            })
            .filter(|change| match &change.after {
                Some(after) => *after != change.before,
                None => !change.before.is_empty(),
            })
            .collect();
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        changes
    })
}

fn plan(files: Vec<FileChange>) -> Plan {
    let version = |text| Version::parse_either(text).expect("version");
    Plan {
        base: ObjectId::parse(&"0".repeat(40)).expect("id"),
        published: PublishedRef::Branch("main".into()),
        remote_name: "origin".into(),
        duties: GitDuties::default(),
        versions: Vec::new(),
        sections: Vec::new(),
        pins: Vec::new(),
        patterns: Vec::new(),
        unlisted: Vec::new(),
        remote: None,
        other_remotes: Vec::new(),
        push: None,
        refspecs: Refspecs::default(),
        gitlab: false,
        no_verify: false,
        current: version("0.1.0"),
        version: version("0.2.0"),
        origin: Origin::Suggested,
        files,
        steps: Vec::new(),
        commit: CommitDraft { message: "chore: release\n".into(), author: None, committer: None },
        tags: Vec::new(),
        notes: Vec::new(),
        warnings: Vec::new(),
        reminders: Vec::new(),
    }
}

/// The patch as standard output gets it, without the summary in front of it.
fn patch_of(draft: &Draft) -> String {
    let shown = Ui::new(UiFacts::default()).painted(Stream::Stdout, &render::preview(draft, true));
    shown.find("diff --git ").and_then(|at| shown.get(at..)).unwrap_or_default().to_owned()
}

fn write(root: &Path, path: &str, text: &str) {
    let target = root.join(path);
    std::fs::create_dir_all(target.parent().expect("parent")).expect("folders");
    std::fs::write(target, text).expect("write");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_patch_of_a_plan_applied_by_git_gives_the_files_of_the_release(files in changes()) {
        let folder = tempfile::tempdir().expect("folder");
        for change in &files {
            write(folder.path(), &change.path, &change.before);
        }
        let draft = Draft { plan: Some(plan(files.clone())), problems: Vec::new(), nothing_pending: false };
        let patch = patch_of(&draft);
        write(folder.path(), "plan.patch", &patch);
        if !files.is_empty() {
            let applied = Command::new("git")
                .args(["apply", "--whitespace=nowarn", "plan.patch"])
                .current_dir(folder.path())
                .env("GIT_CEILING_DIRECTORIES", folder.path().parent().expect("parent"))
                .output()
                .expect("git starts");
            let said = String::from_utf8_lossy(&applied.stderr);
            prop_assert!(applied.status.success(), "{said}\n{patch}");
        }
        for change in &files {
            let now = std::fs::read_to_string(folder.path().join(&change.path)).ok();
            prop_assert_eq!(&now, &change.after, "{}\n{}", change.path, patch);
        }
    }
}

#[test]
fn the_generator_reaches_every_shape() {
    let mut runner = TestRunner::deterministic();
    let mut counts = [0; 8];
    for _ in 0..100 {
        for change in changes().new_tree(&mut runner).expect("sample").current() {
            let after = change.after.as_deref().unwrap_or_default();
            let draft = Draft {
                plan: Some(plan(vec![change.clone()])),
                problems: Vec::new(),
                nothing_pending: false,
            };
            let shapes = [
                change.before.contains("\r\n"),
                change.before.starts_with('\u{feff}'),
                !change.before.ends_with('\n'),
                !after.is_empty() && !after.ends_with('\n'),
                change.after.is_none(),
                change.before.is_empty(),
                after.lines().count() > 100,
                patch_of(&draft).matches("\n@@ -").count() > 2,
            ];
            for (count, reached) in counts.iter_mut().zip(shapes) {
                *count += usize::from(reached);
            }
        }
    }
    let names =
        ["CRLF", "BOM", "no final newline", "none after", "deleted", "empty before", "long", "several hunks"];
    for (name, count) in names.iter().zip(counts) {
        assert!(count >= 5, "{name}: {count} samples");
    }
}
