//! Raw mode for as long as a question is open. The console library switches it on and off for every single key;
//! between two keys the terminal would then echo a paste by itself, and Ctrl-C would kill the process.

use std::io;

use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

/// Holds standard input in raw mode; dropping it puts the terminal back as it was.
pub(super) struct RawMode {
    before: Termios,
}

impl RawMode {
    /// Switches echo, line editing, signal keys and flow control off. Output processing stays, so that a
    /// newline still starts a line.
    pub(super) fn hold() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        raw.output_modes = before.output_modes;
        // What was typed ahead is kept.
        termios::tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self { before })
    }

    /// Takes what was typed and not read out of the way, and returns it.
    pub(super) fn skip_unread(&self) -> io::Result<Vec<u8>> {
        let mut skipped = Vec::new();
        let mut bytes = [0; 256];
        while rustix::io::ioctl_fionread(io::stdin())? > 0 {
            let count = rustix::io::read(io::stdin(), &mut bytes)?;
            if count == 0 {
                break;
            }
            skipped.extend(bytes.iter().take(count));
        }
        Ok(skipped)
    }

    /// Throws away what was typed and not read.
    fn forget_unread(&self) -> io::Result<()> {
        Ok(termios::tcflush(io::stdin(), QueueSelector::IFlush)?)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // Unread input goes: it was meant for this question, not for the next one nor for the shell. On a
        // terminal that hung up there is nothing left to put back.
        let _ = self.forget_unread();
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
