//! Releases in repositories with hooks, compared with what git itself gives the same hooks.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

const ALL: [&str; 5] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction"];

/// Writes down everything that a hook can see of how it was started.
const RECORD: &str = r#"#!/bin/bash
name=$(basename "$0")
input=$(readlink /proc/self/fd/0); said=
case $input in pipe:*) input=pipe; said=$(cat);; esac
# git takes AUTO_MERGE away after each commit, whether there is one or not; that is not the release's.
case $said in *AUTO_MERGE) exit 0;; esac
{
  echo "== $name $*"
  echo "path $0"
  echo "cwd $PWD"
  env | grep ^GIT_ | sort
  echo "$PATH"
  echo "input $input"
  printf '%s\n' "$said"
  case $name in *-msg) cat "$1";; esac
  git diff --cached --name-status
  ls "$(git rev-parse --git-dir)"/*.lock 2>/dev/null
} >> "$RECORD_TO"
exit 0
"#;

fn hook_at(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
    std::fs::write(path, script).expect("write");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

fn hook(sandbox: &Sandbox, name: &str, script: &str) {
    hook_at(&sandbox.root().join(".git/hooks").join(name), &format!("#!/bin/sh\n{script}\n"));
}

/// A release that must fail with the hook in place, say this, and leave everything as it was.
#[track_caller]
fn put_back(sandbox: &Sandbox, says: &[&str]) {
    let mut before = sandbox.state().without_objects();
    let mut run = sandbox.run(&["minor", "--yes"]).expect(4).says("nothing was released");
    for text in says {
        run = run.says(text);
    }
    let mut after = sandbox.state().without_objects();
    // Copies of what the hook made of files are kept there.
    before.forget(".git/trueppm-release");
    after.forget(".git/trueppm-release");
    before.assert_same(&after);
}

/// What the hooks saw, with the ids of commits and tags blanked out.
fn recorded(path: &Path, folder: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("the hooks ran");
    std::fs::remove_file(path).expect("remove");
    let text = text.replace(folder.to_str().expect("text"), "AROUND");
    let text = text.replace("GIT_COMMITTER_DATE=@", "GIT_COMMITTER_DATE=");
    let id = regex::Regex::new("[0-9a-f]{40}").expect("pattern");
    let zero = "0".repeat(40);
    id.replace_all(
        &text,
        |found: &regex::Captures| {
            if found[0] == zero { "none".to_owned() } else { "some".to_owned() }
        },
    )
    .into_owned()
}

/// The same release by hand, with git, in the same work tree; then everything is taken back.
fn compare_with_git(sandbox: &Sandbox, tree: &Path, around: &Path) {
    let record = sandbox.around().join("record");
    let variables = [("RECORD_TO", record.to_str().expect("text")), ("LC_ALL", "C.UTF-8")];
    let mut ours = sandbox.command(&["minor", "--yes"]);
    let output = ours.current_dir(tree).envs(variables).output().expect("binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let by_release = recorded(&record, around);
    let git = |words: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.env_clear().envs(sandbox.variables()).envs(variables).current_dir(tree).args(words);
        let output = command.stdin(std::process::Stdio::null()).output().expect("git starts");
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let (message, released) = (git(&["log", "-1", "--format=%B"]), git(&["rev-parse", "HEAD"]));
    let made = |git: &dyn Fn(&[&str]) -> String| {
        let reflog = git(&["reflog", "-1", "--format=%gd %gs %gn %ge", "HEAD"]);
        (git(&["cat-file", "commit", "HEAD"]), git(&["cat-file", "tag", "v0.2.0"]), reflog)
    };
    let ours = made(&git);
    let quiet = ["-c", "core.hooksPath=/nowhere"];
    git(&[&quiet[..], &["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]].concat());
    git(&[&quiet[..], &["reset", "--quiet", "--hard", "HEAD^"]].concat());
    let top = git(&["rev-parse", "--show-toplevel"]);
    git(&["-C", top.trim(), "read-tree", "-m", "HEAD", released.trim()]);
    git(&["-C", top.trim(), "checkout-index", "--all", "--force"]);
    git(&["-C", top.trim(), "clean", "-fdq"]);
    git(&["-C", top.trim(), "read-tree", "HEAD"]);
    git(&["commit", "--quiet", "-a", "-m", message.trim_end()]);
    git(&["tag", "-m", "Release v0.2.0", "v0.2.0"]);
    git(&["tag", "-m", "Release trueppm-scheduler 0.2.0", "scheduler-v0.2.0"]);
    let by_git = recorded(&record, around);
    assert_eq!(ours, made(&git), "commit, tag and reflog");
    similar(&by_release, &by_git);
}

/// The same calls, sorted by hook: a release prepares all references before the first moves, git one after another.
#[track_caller]
fn similar(ours: &str, by_git: &str) {
    let calls = |text: &str| {
        let mut calls: Vec<String> = text.split("== ").skip(1).map(str::to_owned).collect();
        // While references move, other locks may be held; what is promised is seen by the other hooks.
        for call in calls.iter_mut().filter(|call| call.starts_with("reference-transaction")) {
            *call = call
                .lines()
                .filter(|line| !line.ends_with(".lock") && !line.contains('\t'))
                .collect::<Vec<_>>()
                .join("\n");
        }
        calls.sort();
        calls
    };
    let (ours, by_git) = (calls(ours), calls(by_git));
    assert!(ours.len() >= 4, "{ours:?}");
    for (ours, by_git) in ours.iter().zip(&by_git) {
        assert_eq!(ours, by_git);
    }
    assert_eq!(ours.len(), by_git.len(), "{ours:#?}\n{by_git:#?}");
}

#[test]
fn every_hook_sees_what_git_shows_it() {
    let sandbox = Sandbox::suite();
    for name in ALL {
        hook_at(&sandbox.root().join(".git/hooks").join(name), RECORD);
    }
    compare_with_git(&sandbox, sandbox.root(), sandbox.around());
}

#[test]
fn every_hook_sees_what_git_shows_it_from_a_folder_below() {
    let sandbox = Sandbox::suite();
    for name in ALL {
        hook_at(&sandbox.root().join(".git/hooks").join(name), RECORD);
    }
    compare_with_git(&sandbox, &sandbox.root().join("packages/web"), sandbox.around());
}

#[test]
fn every_hook_sees_what_git_shows_it_in_a_linked_work_tree_with_shared_hooks() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["checkout", "--quiet", "-b", "elsewhere"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    for name in ALL {
        hook_at(&sandbox.root().join(".git/hooks").join(name), RECORD);
    }
    compare_with_git(&sandbox, &sandbox.around().join("linked"), sandbox.around());
}

#[test]
fn hooks_are_found_through_a_relative_and_an_absolute_hooks_path() {
    for absolute in [false, true] {
        let sandbox = Sandbox::suite();
        let folder = sandbox.around().join("shared-hooks");
        let value = if absolute { folder.to_str().expect("text") } else { "../shared-hooks" };
        sandbox.git(&["config", "core.hooksPath", value]);
        for name in ALL {
            hook_at(&folder.join(name), RECORD);
        }
        compare_with_git(&sandbox, &sandbox.root().join("packages"), sandbox.around());
    }
}

#[test]
fn a_hook_that_fails_is_heard_and_everything_is_put_back() {
    for name in ["pre-commit", "prepare-commit-msg", "commit-msg"] {
        let sandbox = Sandbox::suite();
        sandbox.write(".git/COMMIT_EDITMSG", "what I wrote last\n");
        hook(&sandbox, name, "printf 'no \\033[31mrelease\\033[0m today\\n'; exit 7");
        let failed = format!("hook `{name}` failed: exit code 7");
        put_back(&sandbox, &[&failed, "release"]);
        assert!(
            !sandbox.run(&["minor", "--yes"]).stderr.contains('\u{1b}'),
            "nothing raw reaches the terminal"
        );
    }
}

#[test]
fn a_reference_transaction_hook_refuses_the_branch_or_a_single_tag() {
    for reference in ["refs/heads/main", "refs/tags/v0.2.0", "refs/tags/scheduler-v0.2.0"] {
        let sandbox = Sandbox::suite();
        let script = format!(
            "if [ \"$1\" = prepared ] && grep -q ' {reference}$'; then echo not {reference} >&2; exit 1; fi"
        );
        hook(&sandbox, "reference-transaction", &script);
        put_back(&sandbox, &[&format!("| not {reference}"), "reference-transaction"]);
        hook(&sandbox, "reference-transaction", "exit 0");
        sandbox.run(&["minor", "--yes"]).expect(0);
        sandbox.git(&["fsck", "--strict"]);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_failing_post_commit_hook_is_only_a_warning() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, "post-commit", "git log -1 --format=%s; git tag --points-at HEAD; exit 3");
    sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("hook `post-commit` failed: exit code 3")
        .says("| chore(release): bump version to 0.2.0")
        .says("| v0.2.0")
        .says("the release is done all the same");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn what_pre_commit_formats_and_stages_is_released() {
    let sandbox = Sandbox::suite();
    let script = "sed -i 's/^- /* /' CHANGELOG.md && sed -i 's/^  *\"/\\t\"/' packages/web/package.json && \
                  git add CHANGELOG.md packages/web/package.json";
    hook(&sandbox, "pre-commit", script);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.git(&["show", "HEAD:CHANGELOG.md"]).contains("\n* "));
    assert!(sandbox.git(&["show", "HEAD:packages/web/package.json"]).contains("\t\"version\": \"0.2.0\""));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.git(&["fsck", "--strict"]);
}

#[test]
fn what_pre_commit_staged_is_put_back_when_the_release_fails_later() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, "pre-commit", "sed -i 's/^- /* /' CHANGELOG.md && git add CHANGELOG.md");
    hook(&sandbox, "commit-msg", "exit 1");
    put_back(&sandbox, &["hook `commit-msg` failed"]);
    sandbox.git(&["config", "gpg.program", "false"]);
    sandbox.git(&["config", "commit.gpgSign", "true"]);
    hook(&sandbox, "commit-msg", "exit 0");
    put_back(&sandbox, &["`false` did not sign the release"]);
}

#[test]
fn a_pre_commit_hook_that_touches_what_it_must_not_is_refused() {
    for (script, says) in [
        ("echo more >> README.md && git add README.md", "`README.md` does not belong to the release"),
        ("echo more >> README.md", "changed files that do not belong to the release\n  README.md"),
        ("echo more >> README.md; exit 1", "hook `pre-commit` failed"),
        ("git rm -q --cached README.md", "`README.md` does not belong to the release"),
        (
            "sed -i s/0.2.0/0.3.0/ packages/web/package.json && git add packages/web",
            "`packages/web/package.json:3` holds `0.3.0`, expected `0.2.0`",
        ),
        ("sed -i s/0.2.0/9/ docs/api/openapi.json && git add docs", "expected `0.2.0`"),
        ("git rm -q --cached CHANGELOG.md", "`CHANGELOG.md` is gone"),
        ("git reset -q HEAD changelog.d", "is back, and the release deletes it"),
        ("echo more >> CHANGELOG.md", "without staging them\n  CHANGELOG.md"),
        (
            "rm CHANGELOG.md && ln -s README.md CHANGELOG.md && git add CHANGELOG.md",
            "`CHANGELOG.md` is no longer a plain file",
        ),
    ] {
        let sandbox = Sandbox::suite();
        hook(&sandbox, "pre-commit", script);
        put_back(&sandbox, &[says]);
    }
}

#[test]
fn a_new_file_that_pre_commit_stages_is_refused_named_and_left() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, "pre-commit", "echo new > new.txt && git add new.txt");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4).says("`new.txt` does not belong to the release");
    let mut after = sandbox.state().without_objects();
    after.forget("new.txt");
    before.assert_same(&after);
    assert_eq!(sandbox.read("new.txt"), "new\n");
}

#[test]
fn the_message_that_the_hooks_leave_is_tidied_as_git_does_it() {
    let sandbox = Sandbox::suite();
    hook(
        &sandbox,
        "prepare-commit-msg",
        "[ \"$2\" = message ] && printf '\\n\\n# kept \\nbody\\n\\n\\n\\nend  \\n\\n' >> \"$1\"",
    );
    hook(&sandbox, "commit-msg", "echo 'Signed-off-by: Mara' >> \"$1\"");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let ours = sandbox.git(&["cat-file", "commit", "HEAD"]);
    assert_eq!(
        sandbox.read(".git/COMMIT_EDITMSG").lines().last(),
        Some("Signed-off-by: Mara"),
        "left as git leaves it"
    );
    let subject =
        "chore(release): bump version to 0.2.0\n\nAutomated release commit. See CHANGELOG.md for details.";
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
    let by_git = sandbox.git(&["cat-file", "commit", "HEAD"]);
    let message = |text: &str| text.split_once("\n\n").expect("message").1.to_owned();
    assert_eq!(message(&ours), message(&by_git));
    assert!(message(&ours).contains("\n# kept\nbody\n\nend\n"), "{ours}");
    assert!(sandbox.git(&["reflog", "-1", "--format=%gs", "HEAD@{1}"]).starts_with("commit: chore(release)"));
}

#[test]
fn an_empty_message_is_refused_as_in_git() {
    let sandbox = Sandbox::suite();
    hook(&sandbox, "commit-msg", ": > \"$1\"");
    put_back(&sandbox, &["a hook left the message of the commit empty"]);
}

#[test]
fn without_verifying_only_what_git_skips_is_skipped() {
    let sandbox = Sandbox::suite();
    for name in ALL {
        hook(&sandbox, name, &format!("echo {name} >> ../ran"));
    }
    sandbox
        .run(&["minor", "--no-verify", "--dry-run"])
        .expect(0)
        .shows("note    : hooks left out (--no-verify): pre-commit, commit-msg");
    assert!(!sandbox.exists("../ran"), "a dry run runs no hook");
    sandbox.run(&["minor", "--no-verify", "--yes"]).expect(0);
    let mut ran: Vec<String> = sandbox.read("../ran").lines().map(str::to_owned).collect();
    ran.sort();
    ran.dedup();
    sandbox.write("../ran", "");
    sandbox.git(&["commit", "--quiet", "--allow-empty", "--no-verify", "-m", "x"]);
    let mut by_git: Vec<String> = sandbox.read("../ran").lines().map(str::to_owned).collect();
    by_git.sort();
    by_git.dedup();
    assert_eq!(ran, by_git);
    assert_eq!(ran, ["post-commit", "prepare-commit-msg", "reference-transaction"]);
}

#[test]
fn a_hook_without_a_first_line_runs_and_one_that_is_not_executable_is_named() {
    let sandbox = Sandbox::suite();
    hook_at(&sandbox.root().join(".git/hooks/pre-commit"), "echo ran > ../plain\n");
    sandbox.write(".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n");
    sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("the hook `commit-msg` is ignored because it is not executable");
    assert_eq!(sandbox.read("../plain"), "ran\n");
    sandbox.git(&["config", "advice.ignoredHook", "false"]);
    assert!(!sandbox.run(&["alpha", "--dry-run"]).expect(0).stdout.contains("commit-msg"));
}

#[test]
fn a_hook_that_hangs_is_stopped_at_its_limit_with_all_it_started() {
    for name in ["pre-commit", "reference-transaction"] {
        let sandbox = Sandbox::suite();
        let profile = include_str!("../../src/config/trueppm-suite.toml");
        sandbox.write("trueppm-release.toml", profile.replace("hook-seconds = 600", "hook-seconds = 1"));
        sandbox.commit_all("chore: configure the release");
        hook(&sandbox, name, "echo waiting; sleep 3600 & wait");
        let start = Instant::now();
        put_back(&sandbox, &["1 second", "| waiting"]);
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn an_interrupt_while_a_hook_runs_puts_everything_back() {
    for name in ["pre-commit", "reference-transaction"] {
        let sandbox = Sandbox::suite();
        hook(&sandbox, name, "touch ../started; sleep 3600");
        let before = sandbox.state().without_objects();
        let child = sandbox
            .command(&["minor", "--yes"])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("binary starts");
        while !sandbox.exists("../started") {
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).expect("pid")).expect("pid");
        rustix::process::kill_process(id, rustix::process::Signal::INT).expect("signal");
        let output = child.wait_with_output().expect("ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("error: interrupted: everything was put back\n"), "{said}");
        before.assert_same(&sandbox.state().without_objects());
    }
}

#[test]
fn a_release_on_a_detached_head_runs_the_hooks_too() {
    let sandbox = Sandbox::suite();
    let commit = sandbox.commit("HEAD");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    hook(&sandbox, "reference-transaction", "echo $1 $(cut -d' ' -f3) >> ../ran");
    let ci = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", commit.as_str())];
    sandbox.run_with(&["minor", "--yes"], &ci).expect(0);
    let ran = sandbox.read("../ran");
    assert!(
        ran.starts_with(
            "prepared HEAD\nprepared refs/tags/v0.2.0\nprepared refs/tags/scheduler-v0.2.0\ncommitted HEAD\n"
        ),
        "{ran}"
    );
    assert_eq!(sandbox.commit("main"), commit);
    assert_eq!(sandbox.commit("HEAD^"), commit);
}
