//! A text that a person writes in the editor that git would open here: `GIT_EDITOR`, `core.editor`, `VISUAL`, `EDITOR`, or
//! what git was built with. The text lies in a folder of its own for as long as that takes, outside of the repository.

use std::os::fd::AsFd as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::Repository;
use crate::disk::Disk;
use crate::error::Problem;
use crate::ui::Ui;
use crate::words::{on_one_line, plain};

/// How often to look whether the editor has ended.
const LOOK: Duration = Duration::from_millis(20);

impl Repository {
    /// What a person makes of a text. The terminal is then as it was before, however the editor ended.
    ///
    /// # Errors
    /// There is no editor, it cannot be started or fails, or what it wrote is no text.
    pub fn edited(&self, text: &str, ui: &Ui, stopped: &dyn Fn() -> bool) -> Result<String, Problem> {
        let found = self.ask_git(["var", "GIT_EDITOR"], &[0]).map_err(|_| {
            Problem::circumstance("git knows no editor to open here").hint("name one: `export EDITOR=nano`")
        })?;
        let editor = String::from_utf8_lossy(&found).trim_end().to_owned();
        let shown = on_one_line(&editor);
        let failed = |error: std::io::Error| {
            Problem::circumstance(format!("the editor `{shown}` cannot be used: {}", plain(&error)))
                .hint("name another: `export EDITOR=nano`")
        };
        let folder = tempfile::Builder::new().prefix("trueppm-release-").tempdir().map_err(failed)?;
        let path = folder.path().join("SUMMARY.md");
        Disk::default().create_whole(&path, text.as_bytes(), Some(0o600)).map_err(failed)?;
        ui.status(&format!("waiting for the editor `{shown}`: save the text and leave it"));
        #[expect(clippy::disallowed_methods, reason = "the editor of git is started as git starts it")]
        let mut command = Command::new("sh");
        // As git does: what the setting holds is a piece of shell, and the file its last argument.
        command.arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(&path).current_dir(&self.work_dir);
        // Standard output may be a pipe; the person sits where the questions are asked.
        let screen = std::io::stderr().as_fd().try_clone_to_owned().map_err(failed)?;
        command.stdout(Stdio::from(screen));
        let before = tcgetattr(std::io::stdin()).map_err(|error| failed(error.into()))?;
        let ended = command.spawn().and_then(|mut child| wait(&mut child, stopped));
        // An editor that was stopped leaves the terminal as it needed it.
        let _gone = tcsetattr(std::io::stdin(), OptionalActions::Drain, &before);
        let status = ended.map_err(failed)?;
        if !status.success() {
            return Err(Problem::circumstance(format!(
                "the editor `{shown}` failed, so nothing of it is taken"
            ))
            .hint("type the text, or name another editor: `export EDITOR=nano`"));
        }
        #[expect(clippy::disallowed_methods, reason = "what the editor wrote is read where it was started")]
        let written = std::fs::read(&path).map_err(failed)?;
        String::from_utf8(written)
            .map_err(|_| Problem::content("what the editor wrote is not UTF-8 text").hint("save it as UTF-8"))
    }
}

/// Waits for the editor, and ends it where somebody asked to stop.
fn wait(child: &mut Child, stopped: &dyn Fn() -> bool) -> std::io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if stopped() {
            if let Some(process) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // One that is gone is what was wanted.
                let _gone = kill_process(process, Signal::HUP);
            }
            std::thread::sleep(Duration::from_millis(500));
            let _gone = child.kill();
            return child.wait();
        }
        std::thread::sleep(LOOK);
    }
}
