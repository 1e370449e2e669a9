//! Runs the real binary under strace, which watches its main thread, kills it or lets calls fail. The run is over
//! only when every process that came of it has ended: what a killed program leaves running must not disturb the next
//! start by chance.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::trace::{self, Call};

/// What happens to a run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault<'a> {
    /// Nothing.
    None,
    /// SIGKILL in the place of this call.
    Kill(&'a Target),
    /// This signal comes during this call.
    Signal(&'a Target, &'a str),
    /// This call fails with this error.
    Fail(&'a Target, &'a str),
    /// This call and every later one that could change the disk fail with this error.
    FailFromThere(&'a Target, &'a str),
}

/// One call of the main thread: the how manieth of its name, counted from one, over everything the thread calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) ordinal: usize,
    /// For each other call: how many of them come before.
    pub(crate) others: Vec<(String, usize)>,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) calls: Vec<Call>,
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

impl Traced {
    /// Whether it was killed.
    pub(crate) fn killed(&self) -> bool {
        self.status.signal() == Some(9)
    }
}

/// Runs a prepared command of the binary under strace and waits for everything that came of it.
pub(crate) fn run(command: &Command, fault: Fault<'_>) -> Traced {
    traced(command, &injections(fault), false)
}

/// Runs a prepared command with all its threads and children watched; thread ids tell them apart.
pub(crate) fn run_with_everything(command: &Command) -> Traced {
    traced(command, &[], true)
}

fn injections(fault: Fault<'_>) -> Vec<String> {
    let one = |target: &Target, effect: &str| {
        vec![format!("inject={}:{effect}:when={}", target.name, target.ordinal)]
    };
    match fault {
        Fault::None => Vec::new(),
        Fault::Kill(target) => one(target, "signal=SIGKILL"),
        Fault::Signal(target, signal) => one(target, &format!("signal={signal}")),
        Fault::Fail(target, error) => one(target, &format!("error={error}")),
        Fault::FailFromThere(target, error) => {
            // What only opens to read goes on.
            let from_here = if target.name.starts_with("open") { "" } else { "+" };
            let own = format!("inject={}:error={error}:when={}{from_here}", target.name, target.ordinal);
            let others = target.others.iter();
            let others =
                others.map(|(name, before)| format!("inject={name}:error={error}:when={}+", before + 1));
            std::iter::once(own).chain(others).collect()
        }
    }
}

fn traced(command: &Command, injections: &[String], everything: bool) -> Traced {
    let trace = tempfile::NamedTempFile::new().expect("a place for the trace");
    let mut strace = Command::new("strace");
    strace.args(["-y", "-s0", "-a0", "-qq", "-e"]);
    strace.arg(format!(
        "trace={}{}",
        trace::watched(),
        if everything { ",clone,clone3,?vfork,?fork,execve" } else { "" }
    ));
    if everything {
        strace.arg("-f");
    }
    for injection in injections {
        strace.args(["-e", injection]);
    }
    strace.arg("-o").arg(trace.path()).arg(command.get_program()).args(command.get_args());
    strace.env_clear().stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            strace.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        strace.current_dir(folder);
    }
    let (status, stderr) = to_the_end(&mut strace);
    let text = std::fs::read_to_string(trace.path()).expect("the trace");
    assert!(
        status.signal().is_some() || text.contains('('),
        "strace could not trace; it needs the permission to use ptrace (in a container, the capability SYS_PTRACE \
         or a seccomp profile that allows it):\n{stderr}"
    );
    Traced { calls: trace::parse(&text), status, stderr }
}

/// Nobody but the command that is meant may inherit the end of such a pipe and live on.
pub(crate) static STARTING: Mutex<()> = Mutex::new(());

/// Runs a command and waits until no process holds the end of a pipe that all of them inherit.
fn to_the_end(command: &mut Command) -> (ExitStatus, String) {
    let starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    rustix::io::fcntl_setfd(&writer, rustix::io::FdFlags::empty()).expect("an end that is inherited");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    drop(writer);
    drop(starting);
    let output = child.expect("strace starts").wait_with_output().expect("strace ends");
    let mut nothing = Vec::new();
    reader.read_to_end(&mut nothing).expect("everything has ended");
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Waits in the same way for a command that is not traced.
pub(crate) fn untraced(command: &mut Command) -> (ExitStatus, String) {
    to_the_end(command.stdin(Stdio::null()))
}
