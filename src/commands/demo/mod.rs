//! The one command with which a newcomer sees the main job done: a small repository of trueppm-suite's shape with a
//! remote of its own, a real stable release in it, and git's own words about the result. Its files are also what
//! the tests release.

mod files;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Kind, Problem, Result};
use crate::git::Location;
use crate::spec::{Consent, Mode, Spec, Task};
use crate::ui::Ui;
use crate::version::{Bump, Request};
use crate::words::shell_word;

pub use files::{EXECUTABLE, FILES, NEXT_FRAGMENT};

/// Settings that keep a person's own git configuration (signing, hooks, line ends) out of the demonstration, also when
/// its repository is worked in later.
const SETTINGS: [(&str, &str); 8] = [
    ("user.name", "Demo Maintainer"),
    ("user.email", "demo@suite.invalid"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("tag.forceSignAnnotated", "false"),
    ("core.hooksPath", ".git/hooks"),
    ("core.autocrlf", "false"),
    // The longest match wins: no `insteadOf` of a person's leads the remote elsewhere.
    ("url.../origin.git.insteadOf", "../origin.git"),
];

/// Builds the repository, releases 0.2.0 in it, and shows it.
///
/// # Errors
/// A folder that is not empty, no git on the machine, or whatever refuses the release itself.
pub fn run(keep: Option<&Path>, spec: &Spec, ui: &Ui) -> Result<()> {
    // Asked first: without git nothing is built, so nothing is left behind.
    git(&spec.directory, &["--version"])?;
    let folder = place(keep, spec)?;
    let suite = folder.join("suite");
    build(&folder, &suite)?;
    let shown = suite.display();
    ui.tell(&format!(
        "A small trueppm-suite lies in {shown}:\nversion 0.1.0, {} pending fragments, a remote beside it.\n",
        FILES
            .iter()
            .filter(|(path, _)| path.starts_with("changelog.d/") && !path.ends_with("README.md"))
            .count()
    ))?;
    ui.print("\n$ trueppm-release minor --yes\n")?;
    let release = Spec {
        task: Task::Release(Request::Bump(Bump::Minor, None), Mode::Real),
        consent: Consent::Given("--yes"),
        directory: suite.clone(),
        config: None,
        gitlab: None,
        skip_steps: Vec::new(),
        left_out: Vec::new(),
        offline: false,
        push: false,
        no_verify: false,
        no_sign: false,
        location: Location::default(),
        ..spec.clone()
    };
    super::run(&release, ui)?;
    for words in [
        &["log", "--oneline", "--decorate", "-3"][..],
        &["show", "v0.2.0", "--stat"],
        &["status", "--short", "--branch"],
    ] {
        ui.print(&format!("\n$ git {}\n{}", words.join(" "), git(&suite, words)?))?;
    }
    let (fragment, text) = NEXT_FRAGMENT;
    write(&suite, fragment, text)?;
    ui.tell(&format!(
        "\nGo on from here:\n  cd {}\n  git show v0.2.0:CHANGELOG.md\n  \
         trueppm-release            (where things stand now)\n  \
         trueppm-release undo       (takes 0.2.0 back, while it is not pushed)\n\
         Or release what comes next: {fragment} waits, and is not committed yet.\n  \
         git add {fragment} && git commit -m 'fix: print an empty plan'\n  \
         trueppm-release auto -n    (what would come next: 0.2.1)\n\
         The push goes to a folder beside it, so it can be tried too.\n\
         Throw it away with: rm -r {}\n",
        shell_word(&suite.display().to_string()),
        shell_word(&folder.display().to_string())
    ))
}

/// The folder to build in: the one asked for, if it is empty or not there, or a fresh temporary one.
#[expect(clippy::disallowed_methods, reason = "the demonstration writes a repository of its own")]
fn place(keep: Option<&Path>, spec: &Spec) -> Result<PathBuf> {
    let cannot = |error: std::io::Error| {
        Error::refused(
            Problem::circumstance(format!(
                "the folder for the demonstration cannot be made: {}",
                crate::words::plain(&error)
            ))
            .hint("choose another with `trueppm-release demo --keep DIR`"),
        )
    };
    let Some(keep) = keep else {
        let folder = tempfile::Builder::new().prefix("trueppm-release-demo-").tempdir().map_err(cannot)?;
        return Ok(folder.keep());
    };
    let folder = spec.directory.join(keep);
    if folder.exists() && !folder.is_dir() {
        return Err(Error::refused(
            Problem::circumstance(format!("`{}` is not a folder", keep.display()))
                .hint("name a folder that does not exist yet: nothing of yours is overwritten"),
        ));
    }
    if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let shown = keep.display();
        return Err(Error::refused(
            Problem::circumstance(format!("`{shown}` is not empty"))
                .hint("name a folder that does not exist yet: nothing of yours is overwritten"),
        ));
    }
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    folder.canonicalize().map_err(cannot)
}

fn not_written(error: std::io::Error) -> Error {
    Error::new(
        Kind::RolledBack,
        vec![Problem::circumstance(format!(
            "the demonstration cannot be written: {}",
            crate::words::plain(&error)
        ))],
    )
}

/// Writes a file of the suite, and says where it is.
#[expect(clippy::disallowed_methods, reason = "the demonstration writes a repository of its own")]
fn write(suite: &Path, path: &str, text: &str) -> Result<PathBuf> {
    let target = suite.join(path);
    std::fs::create_dir_all(target.parent().unwrap_or(suite)).map_err(not_written)?;
    std::fs::write(&target, text).map_err(not_written)?;
    Ok(target)
}

#[expect(clippy::disallowed_methods, reason = "the demonstration writes a repository of its own")]
fn build(folder: &Path, suite: &Path) -> Result<()> {
    for (path, text) in FILES {
        let target = write(suite, path, text)?;
        if EXECUTABLE.contains(path) {
            let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(&target, executable).map_err(not_written)?;
        }
    }
    let origin = folder.join("origin.git");
    git(folder, &["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "origin.git"])?;
    git(&origin, &["config", "core.hooksPath", "hooks"])?;
    git(suite, &["init", "--quiet", "--initial-branch=main", "--template="])?;
    for (key, value) in SETTINGS {
        git(suite, &["config", key, value])?;
    }
    // Whatever a person has told git to ignore everywhere.
    git(suite, &["add", "--all", "--force"])?;
    git(suite, &["commit", "--quiet", "--message", "feat: plans with a critical path"])?;
    git(suite, &["tag", "--annotate", "v0.1.0", "--message", "Release v0.1.0"])?;
    git(suite, &["tag", "--annotate", "scheduler-v0.1.0", "--message", "Release trueppm-scheduler 0.1.0"])?;
    git(suite, &["remote", "add", "origin", "../origin.git"])?;
    git(suite, &["push", "--quiet", "--set-upstream", "origin", "main", "v0.1.0", "scheduler-v0.1.0"])?;
    Ok(())
}

/// Runs git, without the person's own configuration, and returns what it printed.
#[expect(clippy::disallowed_methods, reason = "the demonstration shows git's own output")]
fn git(folder: &Path, words: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    // Settings that a `git -c` around this program hands on.
    for name in ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"] {
        command.env_remove(name);
    }
    let output = command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "color.ui=never", "-c", "core.pager=cat"])
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|_| {
            Error::refused(
                Problem::circumstance("`git` cannot be started")
                    .hint("install git: the demonstration shows its release in git's own words"),
            )
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::refused(Problem::circumstance(format!(
        "`git {}` failed\n{}",
        words.join(" "),
        said.trim_end()
    ))))
}
