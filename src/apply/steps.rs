//! Runs one step: its own process group, no input, its output kept aside and shown only when it fails. A step that
//! hangs past its limit, or that a person interrupts, is stopped with everything it started.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::Problem;
use crate::interrupt::Interrupt;
use crate::plan::PlannedStep;
use crate::ui::Ui;
use crate::words::counted;

/// How much of a failed step's output is shown: its end, where the reason usually stands.
const SHOWN_LINES: usize = 40;
/// More than this is not even read back.
const SHOWN_BYTES: u64 = 64 * 1024;
/// How long a step has to end itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// Makes the file that takes what a child says.
pub(super) type Output<'a> = dyn Fn() -> std::io::Result<File> + 'a;

/// Runs the step to its end. Returns the last lines of what it said, for the case that it did not do its work.
pub(super) fn run(
    step: &PlannedStep,
    work_dir: &Path,
    output: &Output<'_>,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<String, Problem> {
    let progress = ui.progress(&step.name);
    let result = supervise(step, work_dir, output, interrupt);
    progress.finish(result.is_ok());
    result
}

#[expect(clippy::disallowed_methods, reason = "this room starts the steps")]
fn supervise(
    step: &PlannedStep,
    work_dir: &Path,
    output: &Output<'_>,
    interrupt: &Interrupt,
) -> Result<String, Problem> {
    let name = &step.name;
    let Some((program, arguments)) = step.run.split_first() else {
        return Err(Problem::content(format!("step `{name}` names no program")));
    };
    let aside = |error: std::io::Error| {
        Problem::circumstance(format!("the output of step `{name}` cannot be kept: {}", error.kind()))
    };
    let mut output = output().map_err(aside)?;
    let (stdout, stderr) = (output.try_clone().map_err(aside)?, output.try_clone().map_err(aside)?);
    let child = Command::new(program)
        .args(arguments)
        .current_dir(work_dir)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| {
        Problem::content(format!("step `{name}` cannot start: `{program}`: {}", error.kind()))
            .hint(format!("install `{program}`, or leave the step out with `--skip-step '{name}'`"))
    })?;
    let ended = wait(&mut child, Duration::from_secs(step.timeout_seconds), interrupt);
    let problem = match ended {
        Ended::Status(status) if status.success() => return Ok(end_of_output(&mut output)),
        Ended::Status(status) => format!("step `{name}` failed: {}", described(status)),
        Ended::TimedOut => {
            let limit = counted(usize::try_from(step.timeout_seconds).unwrap_or(usize::MAX), "second");
            format!("step `{name}` did not end within {limit} and was stopped")
        }
        Ended::Interrupted => {
            return Err(Problem::circumstance(format!("interrupted while step `{name}` was running")));
        }
        Ended::Lost => format!("step `{name}` cannot be waited for"),
    };
    let shown = end_of_output(&mut output);
    Err(Problem::content(with_output(problem, &shown))
        .hint(format!("run it by hand to see more: `{}`", step.run.join(" "))))
}

/// A message with what the step said below it.
pub(super) fn with_output(message: String, shown: &str) -> String {
    if shown.is_empty() { message } else { format!("{message}\n{shown}") }
}

/// How a child process ended.
pub(super) enum Ended {
    /// By itself.
    Status(ExitStatus),
    /// It was stopped at its limit.
    TimedOut,
    /// It was stopped by a person.
    Interrupted,
    /// Nobody knows.
    Lost,
}

/// Waits for a child that leads a process group of its own; a group past its limit is ended.
pub(super) fn wait(child: &mut Child, limit: Duration, interrupt: &Interrupt) -> Ended {
    let start = Instant::now();
    // Short naps first: most steps are over in no time, and a long one does not notice the longer naps.
    let mut nap = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ended::Status(status),
            Ok(None) => {}
            Err(_) => return Ended::Lost,
        }
        if interrupt.came() {
            stop(child);
            return Ended::Interrupted;
        }
        if start.elapsed() >= limit {
            stop(child);
            return Ended::TimedOut;
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(50));
    }
}

/// Ends the whole process group: asks first, then insists.
fn stop(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let Some(group) = group else { return };
    // A group that is already gone is what was wanted.
    let _gone = kill_process_group(group, Signal::TERM);
    let start = Instant::now();
    while start.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _gone = kill_process_group(group, Signal::KILL);
    let _reaped = child.wait();
}

/// The end of a process in words.
pub(super) fn described(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(127), _) => "exit code 127 (a program or script was not found)".into(),
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => "it ended without a code".into(),
    }
}

/// The last lines of what a process said.
pub(super) fn end_of_output(output: &mut File) -> String {
    let length = output.metadata().map(|data| data.len()).unwrap_or(0);
    let from = length.saturating_sub(SHOWN_BYTES);
    let mut bytes = Vec::new();
    if output.seek(SeekFrom::Start(from)).is_err() || output.read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    let mut shown: Vec<String> = lines.iter().skip(skipped).map(|line| format!("| {line}")).collect();
    if skipped > 0 || from > 0 {
        shown.insert(0, "| … (the beginning is left out)".into());
    }
    shown.join("\n")
}
