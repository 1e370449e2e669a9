//! Runs one step or check: its own process group, no input, its output kept aside and shown only when it fails. One
//! that hangs past its limit, or that a person interrupts, is stopped with everything it started.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::Problem;
use crate::git::Repository;
use crate::interrupt::Interrupt;
use crate::plan::{Outcome, Passing, PlannedStep, StepKind};
use crate::ui::Ui;
use crate::words::counted;

/// How much of a failed step's output is shown: its end, where the reason usually stands.
const SHOWN_LINES: usize = 40;
/// More than this is not even read back.
const SHOWN_BYTES: u64 = 64 * 1024;
/// More than this on standard output is no answer to a question.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;
/// How long a step has to end itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// A step that ended by itself and did not fail.
pub(super) struct Finished {
    /// It says that there is nothing to do for it now.
    pub(super) skips: bool,
    /// The code it ended with.
    pub(super) code: i32,
    /// The last lines of what it said, for the case that it did not do its work.
    pub(super) said: String,
}

/// Makes the file that takes what a child says.
pub(super) type Output<'a> = dyn Fn() -> std::io::Result<File> + 'a;

/// Runs the step to its end.
pub(super) fn run(
    step: &PlannedStep,
    repository: &Repository,
    output: &Output<'_>,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Finished, Problem> {
    let progress = ui.progress(&step.name);
    let result = supervise(step, repository, output, interrupt);
    progress.finish(result.is_ok());
    result
}

/// Where the output of a step is kept. Where the answer matters it is kept apart from what is only said.
struct Outputs {
    answer: File,
    said: Option<File>,
}

impl Outputs {
    fn new(step: &PlannedStep, output: &Output<'_>) -> std::io::Result<Self> {
        let apart = step.passing != Passing::ExitCode;
        Ok(Self { answer: output()?, said: if apart { Some(output()?) } else { None } })
    }

    fn shown(&mut self) -> String {
        let parts =
            [end_of_output(&mut self.answer), self.said.as_mut().map(end_of_output).unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn answer(&mut self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = self
            .answer
            .seek(SeekFrom::Start(0))
            .and_then(|_| (&mut self.answer).take(ANSWER_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Ok(length) if u64::try_from(length).is_ok_and(|length| length <= ANSWER_BYTES) => Ok(bytes),
            Ok(_) => Err("it printed more than 16 MiB".into()),
            Err(error) => Err(format!("its output cannot be read: {}", error.kind())),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this room starts the steps")]
fn supervise(
    step: &PlannedStep,
    repository: &Repository,
    output: &Output<'_>,
    interrupt: &Interrupt,
) -> Result<Finished, Problem> {
    let label = step.label();
    let Some((program, arguments)) = step.run.split_first() else {
        return Err(Problem::content(format!("{label} names no program")));
    };
    let aside = |error: std::io::Error| {
        Problem::circumstance(format!("the output of {label} cannot be kept: {}", error.kind()))
    };
    let work_dir = match &step.folder {
        Some(folder) if !repository.is_plain_folder(folder) => {
            return Err(Problem::content(format!("{label} runs in `{folder}`, which is not a folder here"))
                .hint("name a folder of the repository as its `folder`, not a link"));
        }
        Some(folder) => repository.work_dir().join(folder),
        None => repository.work_dir().to_owned(),
    };
    let mut outputs = Outputs::new(step, output).map_err(aside)?;
    let stdout = outputs.answer.try_clone().map_err(aside)?;
    let stderr = outputs.said.as_ref().unwrap_or(&outputs.answer).try_clone().map_err(aside)?;
    let child = Command::new(program)
        .args(arguments)
        .envs(&step.environment)
        .current_dir(work_dir)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| {
        let name = &step.name;
        let why = match error.kind() {
            ErrorKind::NotFound => "there is no such program here".to_owned(),
            kind => kind.to_string(),
        };
        Problem::content(format!("{label} cannot start: `{program}`: {why}")).hint(format!(
            "install `{program}`, or leave the {} out with `--skip-step '{name}'`",
            step.kind.word()
        ))
    })?;
    let ended = wait(&mut child, Duration::from_secs(step.timeout_seconds), interrupt);
    let problem = match ended {
        Ended::Status(status) => match judged(step, status, &mut outputs) {
            Ok((code, outcome)) => {
                return Ok(Finished { skips: outcome == Outcome::Skip, code, said: outputs.shown() });
            }
            Err(why) => format!("{label} failed: {why}"),
        },
        Ended::TimedOut => {
            let limit = counted(usize::try_from(step.timeout_seconds).unwrap_or(usize::MAX), "second");
            format!("{label} did not end within {limit} and was stopped")
        }
        Ended::Interrupted => {
            return Err(Problem::interrupted(&format!("{label} was running")));
        }
        Ended::Lost => format!("{label} cannot be waited for"),
    };
    let problem = Problem::content(with_output(problem, &outputs.shown()))
        .hint(format!("run it by hand to see more: `{}`", step.by_hand()));
    Err(match step.kind {
        StepKind::Step => problem,
        StepKind::Check => {
            problem.hint(format!("mend what it found, or leave it out with `--skip-step '{}'`", step.name))
        }
    })
}

/// What the end of a step means, or why it is a failure.
fn judged(step: &PlannedStep, status: ExitStatus, outputs: &mut Outputs) -> Result<(i32, Outcome), String> {
    let Some(code) = status.code() else { return Err(described(status)) };
    match step.outcome(code) {
        Outcome::Stop if code == 0 => Err(format!("{}, which is not passing here", described(status))),
        Outcome::Stop => Err(described(status)),
        Outcome::Skip => Ok((code, Outcome::Skip)),
        Outcome::Continue => {
            if step.passing != Passing::ExitCode {
                outputs.answer().and_then(|answer| step.passing.check(&answer))?;
            }
            Ok((code, Outcome::Continue))
        }
    }
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
