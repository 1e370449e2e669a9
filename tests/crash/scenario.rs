//! Repositories in which a release does everything it can do, prepared once and copied for each run, with what an
//! undisturbed release makes of them.

use std::process::Command;
use std::sync::LazyLock;

use crate::copies::{self, executable};
use crate::picture::{Picture, differences};
use crate::sandbox::Sandbox;
use crate::sequence::{Step, sequence};
use crate::strace::{self, Fault};

/// A prepared repository, the release that is cut in it (or taken back), and what comes of it when nothing goes wrong.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    template: Sandbox,
    _removed_at_the_end: std::process::ChildStdin,
    words: &'static [&'static str],
    /// What can be done afterwards, with everything undone and with everything done.
    next: [&'static [&'static str]; 2],
    variables: Vec<(String, String)>,
    /// The calls of the undisturbed release that change the disk, in their order.
    pub(crate) steps: Vec<Step>,
    /// What strace wrote for it.
    pub(crate) calls: Vec<crate::trace::Call>,
    /// The folder that the calls above name.
    pub(crate) around: String,
    pub(crate) before: Picture,
    pub(crate) after: Picture,
}

/// A hook that looks at the index as hooks do, one that writes into the message, one that is told afterwards; a
/// signature on the commit and on each tag; loose, packed and stale packed references.
pub(crate) static EVERYTHING: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    hook(&sandbox, "pre-commit", &format!("{}! git diff --cached --quiet", deed("pre-commit")));
    hook(&sandbox, "prepare-commit-msg", &deed("prepare-commit-msg"));
    let trailer = "echo 'Checked-by: commit-msg' >> \"$1\"";
    hook(&sandbox, "commit-msg", &format!("{}{trailer}", deed("commit-msg")));
    hook(&sandbox, "post-commit", &deed("post-commit"));
    let signer = sandbox.around().join("home/signer");
    executable(&signer, &format!("{}exec ssh-keygen \"$@\"", counted_deed("signer")));
    // The name goes through the shell's search path, which a copy has of its own.
    sandbox.git(&["config", "gpg.ssh.program", "signer"]);
    Scenario::new("branch, hooks, signing", sandbox, Vec::new())
});

/// References move through `git update-ref`, because a hook wants to see it.
pub(crate) static WATCHED_REFS: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    hook(&sandbox, "reference-transaction", &format!("{}cat > /dev/null", counted_deed("$1")));
    Scenario::new("reference-transaction hook", sandbox, Vec::new())
});

/// The lines of a script that do what a test has laid ready for it.
fn deed(name: &str) -> String {
    format!("if [ -e \"$TMPDIR/{name}\" ]; then . \"$TMPDIR/{name}\"; fi\n")
}

/// The same for a script that runs more than once: `NAME-1` is for its first run.
fn counted_deed(name: &str) -> String {
    format!(
        "echo >> \"$TMPDIR/runs-{name}\"\nrun={name}-$(($(wc -l < \"$TMPDIR/runs-{name}\")))\n{}",
        deed("$run")
    )
}

/// A job of a GitLab pipeline: HEAD is a commit.
pub(crate) static DETACHED: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let commit = sandbox.commit("HEAD");
    let job = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", commit.as_str())];
    let job = job.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Scenario::new("detached HEAD of a job", sandbox, job.to_vec())
});

/// A linked work tree, whose index and HEAD are elsewhere than its references.
pub(crate) static LINKED: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    sandbox.git(&["checkout", "--quiet", "-b", "other"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    Scenario::new("linked work tree", sandbox.moved_to("linked"), Vec::new())
});

/// A clone of the last commit alone, with its remote.
pub(crate) static SHALLOW: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    let url = format!("file://{}", sandbox.root().display());
    // The remote is named by a path that stays right in a copy.
    sandbox.git(&["clone", "--quiet", "--depth=1", "--template=", &url, "../clone"]);
    let sandbox = sandbox.moved_to("clone");
    sandbox.git(&["remote", "set-url", "origin", "../suite"]);
    Scenario::new("clone of depth 1", sandbox, Vec::new())
});

/// A release that is taken back.
pub(crate) static UNDO: LazyLock<Scenario> = LazyLock::new(|| {
    let sandbox = prepared();
    sandbox.run(&["minor", "--yes"]).expect(0);
    let next: [&[&str]; 2] = [&["undo", "--yes"], &["minor", "--yes"]];
    Scenario::of("undo", sandbox, &["undo", "--yes"], next, Vec::new()).0
});

/// All of them.
pub(crate) fn all() -> [&'static Scenario; 6] {
    [&EVERYTHING, &WATCHED_REFS, &DETACHED, &LINKED, &SHALLOW, &UNDO]
}

/// The suite with references of every kind, and a key that signs everything.
pub(crate) fn prepared() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.replace(
        "scripts/export-openapi.sh",
        "set -euo pipefail\n",
        &format!("{}set -euo pipefail\n", deed("step")),
    );
    sandbox.commit_all("build: a step that does as it is told");
    std::fs::create_dir(sandbox.around().join("tmp")).expect("folder");
    sandbox.git(&["branch", "packed"]);
    sandbox.git(&["tag", "packed-light"]);
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.git(&["repack", "-adq"]);
    sandbox.write("docs/one-more.md", "The branch is loose over its packed value.\n");
    sandbox.commit_all("docs: one more");
    sandbox.git(&["branch", "loose"]);
    sandbox.git(&["tag", "loose-light"]);
    let key = sandbox.around().join("home/id");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "mara", "-f"])
        .arg(&key)
        .output()
        .expect("ssh-keygen starts");
    assert!(made.status.success(), "{made:?}");
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("public key");
    std::fs::write(sandbox.around().join("home/allowed"), format!("mara@suite.invalid {public}"))
        .expect("signers");
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("gpg.ssh.allowedSignersFile", "~/allowed"),
        ("user.signingKey", "~/id"),
        ("commit.gpgSign", "true"),
        ("tag.gpgSign", "true"),
    ] {
        sandbox.git(&["config", name, value]);
    }
    sandbox
}

pub(crate) fn hook(sandbox: &Sandbox, name: &str, script: &str) {
    let folder = sandbox.root().join(".git/hooks");
    std::fs::create_dir_all(&folder).expect("folder");
    executable(&folder.join(name), script);
}

impl Scenario {
    fn new(name: &'static str, template: Sandbox, variables: Vec<(String, String)>) -> Self {
        let words = &["minor", "--yes"];
        let (scenario, released) =
            Self::of(name, template, words, [words, &["minor", "alpha", "--yes"]], variables);
        scenario.released_in(&released);
        scenario
    }

    fn of(
        name: &'static str,
        template: Sandbox,
        words: &'static [&'static str],
        next: [&'static [&'static str]; 2],
        variables: Vec<(String, String)>,
    ) -> (Self, Sandbox) {
        let mut scenario = Self {
            name,
            _removed_at_the_end: copies::removed_at_the_end(template.around()),
            template,
            words,
            next,
            variables,
            steps: Vec::new(),
            calls: Vec::new(),
            around: String::new(),
            before: Picture::default(),
            after: Picture::default(),
        };
        let first = scenario.copy();
        scenario.before = Picture::of(&first);
        let traced = strace::run(&scenario.release(&first), Fault::None);
        assert!(traced.status.success(), "{name}: the undisturbed release failed:\n{}", traced.stderr);
        scenario.after = Picture::of(&first);
        scenario.around = first.around().to_str().expect("text").to_owned();
        scenario.steps = sequence(&traced.calls, &scenario.around);
        scenario.calls = traced.calls;
        scenario.same_once_more();
        assert!(!scenario.before.differences(&scenario.after).is_empty(), "{name}: nothing was done");
        assert_eq!(crate::picture::unsound(&first), None);
        (scenario, first)
    }

    /// The undisturbed release is a release, as git sees it.
    fn released_in(&self, sandbox: &Sandbox) {
        assert!(sandbox.commit("HEAD^") == self.template.commit("HEAD"), "one commit on top");
        for tag in ["v0.2.0", "scheduler-v0.2.0"] {
            assert_eq!(sandbox.commit(tag), sandbox.commit("HEAD"), "{tag}");
            sandbox.git(&["cat-file", "tag", tag]);
        }
        if sandbox.git_run(&["config", "commit.gpgSign"]).stdout.trim() == "true" {
            sandbox.git(&["-c", "gpg.ssh.program=ssh-keygen", "verify-commit", "HEAD"]);
            let program = "gpg.ssh.program=ssh-keygen";
            sandbox.git(&["-c", program, "verify-tag", "v0.2.0", "scheduler-v0.2.0"]);
        }
    }

    /// Two undisturbed runs make the same calls in the same order, and the same repository.
    fn same_once_more(&self) {
        let again = self.copy();
        let traced = strace::run(&self.release(&again), Fault::None);
        let steps = sequence(&traced.calls, again.around().to_str().expect("text"));
        let labels = |steps: &[Step]| steps.iter().map(|step| step.label.clone()).collect::<Vec<_>>();
        let (one, other) = (labels(&self.steps), labels(&steps));
        let different = one.iter().zip(&other).find(|(one, other)| one != other);
        assert!(one == other, "{}: two undisturbed runs differ at {different:?}", self.name);
        let changed = self.after.differences(&Picture::of(&again));
        assert!(changed.is_empty(), "{}: two undisturbed runs differ:\n{}", self.name, changed.join("\n"));
    }

    /// A fresh copy of the prepared repository.
    pub(crate) fn copy(&self) -> Sandbox {
        copies::copy_of(&self.template)
    }

    /// The release, ready to run in a copy.
    pub(crate) fn release(&self, sandbox: &Sandbox) -> Command {
        self.command(sandbox, self.words)
    }

    /// Something to do afterwards, which works on what an earlier run left.
    pub(crate) fn what_comes_next(&self, sandbox: &Sandbox, verdict: &Verdict) -> Command {
        let mut command = self.command(sandbox, self.next[usize::from(*verdict == Verdict::After)]);
        if command.get_envs().any(|(name, _)| name == "CI_COMMIT_SHA") {
            // The job of the pipeline on what is there now.
            command.env("CI_COMMIT_SHA", sandbox.commit("HEAD"));
        }
        command
    }

    /// The next start that only looks how things stand.
    pub(crate) fn next_start(&self, sandbox: &Sandbox) -> Command {
        self.command(sandbox, &[])
    }

    /// The same without doing it.
    pub(crate) fn preview(&self, sandbox: &Sandbox) -> Command {
        let mut command = self.release(sandbox);
        command.arg("--dry-run");
        command
    }

    /// Another call of the program in a copy.
    pub(crate) fn command(&self, sandbox: &Sandbox, words: &[&str]) -> Command {
        let mut command = sandbox.command(words);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        // What a killed run leaves among temporary files goes with the copy.
        command.env("TMPDIR", sandbox.around().join("tmp"));
        let path = std::env::var("PATH").expect("a search path");
        command.env("PATH", format!("{}:{path}", sandbox.around().join("home").display()));
        command
    }

    /// The folder of a copy's repository, which linked work trees share, and the reference it publishes.
    pub(crate) fn places_in(&self, around: &str) -> (String, String) {
        let folder = if self.template.root().ends_with("clone") { "clone" } else { "suite" };
        let common = format!("{around}/{folder}/.git");
        let detached = self.template.git_run(&["symbolic-ref", "HEAD"]).code != 0;
        let published = if detached { "HEAD" } else { "refs/heads/main" };
        (common.clone(), format!("{common}/{published}"))
    }

    /// What became of a repository.
    pub(crate) fn verdict(&self, sandbox: &Sandbox) -> Verdict {
        self.judged(&Picture::of(sandbox))
    }

    /// What became of it as far as anybody else can see: a journal that is still there does not count.
    pub(crate) fn verdict_for_others(&self, sandbox: &Sandbox) -> Verdict {
        self.judged(&Picture::of(sandbox).of_others())
    }

    fn judged(&self, now: &Picture) -> Verdict {
        let back = self.before.differences(now);
        let forward = self.after.differences(now);
        if back.is_empty() {
            Verdict::Before
        } else if forward.is_empty() {
            Verdict::After
        } else {
            Verdict::Mixed(differences(&back, &forward))
        }
    }
}

/// What a repository holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exactly what it held before the release.
    Before,
    /// The whole release, exactly as an undisturbed run makes it.
    After,
    /// Something else; every path that is neither, and how.
    Mixed(String),
}
