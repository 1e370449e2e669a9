//! Running git where it talks to a remote: within a time limit, stoppable at any moment, and never waiting for an
//! answer that nobody is there to give. What git said comes back free of credentials.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::Repository;
use super::scrub::scrub;
use crate::secrets::without_credentials;

/// How a conversation with a remote is held.
#[derive(Clone, Copy)]
pub struct Talk<'a> {
    /// No answer by then counts as none.
    pub limit: Duration,
    /// A person sits at a terminal and may be asked for a password or a passphrase.
    pub interactive: bool,
    /// Whether somebody asked to stop.
    pub interrupted: &'a dyn Fn() -> bool,
}

/// Why a remote gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteTrouble {
    /// Nothing came within this many seconds.
    Silent(u64),
    /// Somebody asked to stop.
    Interrupted,
    /// What git said, without credentials; several lines.
    Failed(String),
}

/// How long git and what it started have to end themselves after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);
/// More than this of what git said is not read: the reason stands at its end.
const SHOWN_LINES: usize = 20;

impl Repository {
    /// Runs git with these words and returns what it wrote to standard output.
    pub(super) fn talk(
        &self,
        remote: &str,
        words: &[&str],
        variables: &[(&str, &str)],
        talk: &Talk<'_>,
    ) -> Result<Vec<u8>, RemoteTrouble> {
        let failed = |error: std::io::Error| RemoteTrouble::Failed(format!("`git` cannot be run: {error}"));
        let (mut stdout, mut stderr) =
            (tempfile::tempfile().map_err(failed)?, tempfile::tempfile().map_err(failed)?);
        let mut command = self.git_here();
        command
            .args(words)
            .envs(variables.iter().copied())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(stdout.try_clone().map_err(failed)?)
            .stderr(stderr.try_clone().map_err(failed)?);
        if !talk.interactive {
            nobody_answers(&mut command);
        }
        let _waiting = self.voice.as_ref().map(|ui| {
            let what = if words.first() == Some(&"push") { "pushing to" } else { "asking" };
            ui.waiting(&format!("{what} {}", without_credentials(remote)))
        });
        let mut child = command.spawn().map_err(failed)?;
        let status = wait(&mut child, talk)?;
        if status.success() {
            return read(&mut stdout).map_err(failed);
        }
        let said = read(&mut stderr).map_err(failed)?;
        let said = scrub(&String::from_utf8_lossy(&said), &self.secrets(remote));
        Err(RemoteTrouble::Failed(the_end_of(&said, status)))
    }
}

/// Questions fail at once. A group of its own is stopped as a whole; it could not read from a terminal, so a person
/// who may be asked keeps git in the group of this program.
fn nobody_answers(command: &mut Command) {
    command.env("GIT_TERMINAL_PROMPT", "0").env("SSH_ASKPASS_REQUIRE", "force").process_group(0);
}

fn wait(child: &mut Child, talk: &Talk<'_>) -> Result<ExitStatus, RemoteTrouble> {
    let start = Instant::now();
    let mut nap = Duration::from_millis(1);
    loop {
        let ended = child.try_wait();
        if (talk.interrupted)() {
            stop(child, talk.interactive);
            return Err(RemoteTrouble::Interrupted);
        }
        match ended {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(error) => return Err(RemoteTrouble::Failed(format!("`git` cannot be waited for: {error}"))),
        }
        if start.elapsed() >= talk.limit {
            stop(child, talk.interactive);
            return Err(RemoteTrouble::Silent(talk.limit.as_secs()));
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(20));
    }
}

/// Ends git and everything it started: asks first, then insists.
fn stop(child: &mut Child, interactive: bool) {
    let Some(git) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Read before git ends: an orphan has no parent to be found by.
    let family = if interactive { family_of(git) } else { Vec::new() };
    let send = |signal: Signal| {
        // Whatever is already gone is what was wanted.
        if !interactive {
            let _gone = kill_process_group(git, signal);
        }
        for process in &family {
            let _gone = kill_process(*process, signal);
        }
    };
    if matches!(child.try_wait(), Ok(Some(_))) && interactive {
        return;
    }
    send(Signal::TERM);
    let start = Instant::now();
    while start.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(10));
    }
    send(Signal::KILL);
    let _reaped = child.wait();
}

/// A process with all its descendants, as Linux lists them; elsewhere the process alone.
#[expect(clippy::disallowed_methods, reason = "the processes of git are this room's own")]
fn family_of(process: Pid) -> Vec<Pid> {
    let mut family = vec![process];
    let mut next = 0;
    while let Some(member) = family.get(next).copied() {
        next += 1;
        let member = member.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{member}/task/{member}/children"));
        let children = children.unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|word| Pid::from_raw(word.parse().ok()?)));
    }
    family
}

fn read(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last lines that say something; a hint of git's own stays, it knows best.
fn the_end_of(said: &str, status: ExitStatus) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return format!("git ended with {status}");
    }
    let from = lines.len().saturating_sub(SHOWN_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}
