//! Runs one step or check: its own process group, no input, the release in its environment. What it says is shown whole
//! when it fails, or line by line with `-v`; otherwise the last lines. One that hangs past its limit, or that a person
//! interrupts, is stopped with everything it started.

use std::io::ErrorKind;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::capture::{Capture, Listener};
use crate::error::Problem;
use crate::git::Repository;
use crate::interrupt::Interrupt;
use crate::leash::Leash;
use crate::plan::{Outcome, Passing, PlannedStep, RELEASE_VARIABLES, StepKind};
use crate::ui::Ui;
use crate::words::counted;

/// More than this on standard output is no answer to a question.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// How many lines of what a step said are shown where it did its work.
const SHOWN_LINES: usize = 10;
/// How long a step has to end itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// A step that ended by itself and did not fail.
pub(super) struct Finished {
    /// It says that there is nothing to do for it now.
    pub(super) skips: bool,
    /// The code it ended with.
    pub(super) code: i32,
    /// The first and the last lines of what it said, for the case that it did not do its work.
    pub(super) said: String,
    /// The last lines for a person, and how many stand before them.
    last: (Vec<String>, usize),
}

/// Makes the leash of a child.
pub(super) type Leashes<'a> = dyn Fn() -> std::io::Result<Leash> + 'a;

/// A child of no release.
pub(super) fn unleashed() -> std::io::Result<Leash> {
    Ok(Leash::default())
}

/// Runs the step to its end.
pub(super) fn run(
    step: &PlannedStep,
    repository: &Repository,
    leashes: &Leashes<'_>,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Finished, Problem> {
    let progress = ui.progress(step.kind.word(), &step.name);
    let result = supervise(step, repository, leashes, ui, interrupt);
    progress.finish(result.is_ok());
    if let Ok(Finished { last: (lines, before), .. }) = &result
        && !ui.is_verbose()
    {
        if *before > 0 {
            ui.heard(&format!("… ({} before; `-v` shows all)", counted(*before, "line")));
        }
        lines.iter().for_each(|line| ui.heard(line));
    }
    result
}

/// Passes on what a step says, line by line.
struct Aloud {
    ui: Ui,
    line: Vec<u8>,
}

/// A line that is longer is passed on in pieces.
const LONGEST_LINE: usize = 4096;

impl Aloud {
    fn listener(ui: &Ui) -> Listener {
        let mut aloud = Self { ui: ui.clone(), line: Vec::new() };
        Box::new(move |piece| aloud.hear(piece))
    }

    fn hear(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") || self.line.len() >= LONGEST_LINE {
                self.speak();
            }
        }
    }

    fn speak(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        self.ui.heard(line.trim_end_matches(['\n', '\r']));
    }
}

impl Drop for Aloud {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.speak();
        }
    }
}

/// What a step says. Where the answer matters it is kept apart from what is only said.
struct Outputs {
    answer: Capture,
    said: Option<Capture>,
}

impl Outputs {
    fn of(step: &PlannedStep, command: &mut Command) -> std::io::Result<Self> {
        if step.passing == Passing::ExitCode {
            return Ok(Self { answer: Capture::all_of(command)?, said: None });
        }
        let (answer, said) = Capture::each_of(command, ANSWER_BYTES)?;
        Ok(Self { answer, said: Some(said) })
    }

    fn all(&self) -> impl Iterator<Item = &Capture> {
        std::iter::once(&self.answer).chain(&self.said)
    }

    fn heard_by(&self, ui: &Ui) {
        self.all().for_each(|capture| capture.heard_by(Aloud::listener(ui)));
    }

    fn unheard(&self) {
        self.all().for_each(Capture::unheard);
    }

    /// What it says to a person: an answer is for this program.
    fn last_lines(&self) -> (Vec<String>, usize) {
        self.said.as_ref().unwrap_or(&self.answer).so_far().last_lines(SHOWN_LINES)
    }

    fn shown(&self) -> String {
        let parts = self.all().map(|capture| capture.so_far().shown()).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }

    fn answer(&self) -> Result<Vec<u8>, String> {
        let said = self.answer.so_far();
        said.whole().map(<[u8]>::to_vec).ok_or_else(|| "it printed more than 16 MiB".into())
    }
}

#[expect(clippy::disallowed_methods, reason = "this room starts the steps")]
fn supervise(
    step: &PlannedStep,
    repository: &Repository,
    leashes: &Leashes<'_>,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Finished, Problem> {
    let label = step.label();
    let Some((program, arguments)) = step.run.split_first() else {
        return Err(Problem::content(format!("{label} names no program")));
    };
    let aside = |error: std::io::Error| {
        Problem::circumstance(format!("{label} cannot be watched: {}", crate::words::plain(&error)))
    };
    let work_dir = match &step.folder {
        Some(folder) if !repository.is_plain_folder(folder) => {
            return Err(Problem::content(format!("{label} runs in `{folder}`, which is not a folder here"))
                .hint("name a folder of the repository as its `folder`, not a link"));
        }
        Some(folder) => repository.work_dir().join(folder),
        None => repository.work_dir().to_owned(),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(work_dir);
    // What is not known yet must not be taken from the surroundings, as in a release that another one starts.
    for name in RELEASE_VARIABLES {
        command.env_remove(name);
    }
    command.envs(&step.given).envs(&step.environment);
    let outputs = Outputs::of(step, &mut command).map_err(aside)?;
    if ui.is_verbose() {
        outputs.heard_by(ui);
    }
    let leash = leashes().map_err(aside)?;
    command.stdin(Stdio::null()).process_group(0);
    let mut child = leash.start(&mut command).map_err(|error| {
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
    outputs.unheard();
    let problem = match ended {
        Ended::Status(status) => match judged(step, status, &outputs) {
            Ok((code, outcome)) => {
                let (said, last) = (outputs.shown(), outputs.last_lines());
                return Ok(Finished { skips: outcome == Outcome::Skip, code, said, last });
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
            problem.hint(format!("fix what it found, or leave it out with `--skip-step '{}'`", step.name))
        }
    })
}

/// What the end of a step means, or why it is a failure.
fn judged(step: &PlannedStep, status: ExitStatus, outputs: &Outputs) -> Result<(i32, Outcome), String> {
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
