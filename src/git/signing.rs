//! Signatures as git makes them: by gpg or by `ssh-keygen`, over exactly the bytes of the object, with the key that
//! git would take. The signer is the person's own program in the person's own terminal, so that it can ask for a
//! passphrase; whatever goes wrong with it means that there is no signature, never an unsigned object.

use std::ffi::OsString;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::settings::Settings;
use super::signing_key::{SshKey, is_literal, literal, words};
use super::{Repository, Signature};
use crate::capture::{BEGINNING, Capture};
use crate::error::Problem;

/// What gpg reports once it has signed; without it, its output is no signature (git asks the same).
const CREATED: &str = "\n[GNUPG:] SIG_CREATED ";

/// Signs commits and tags with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    way: Way,
    work_dir: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    OpenPgp { program: OsString, key: String },
    Ssh { program: OsString, key: SshKey },
}

/// Why nothing could be signed with these settings, as far as they alone show it.
pub(super) fn trouble(settings: &Settings) -> Option<Problem> {
    let set = |name: &str| settings.text(name).is_some_and(|value| !value.is_empty());
    match settings.text("gpg.format").as_deref() {
        None | Some("openpgp") => None,
        Some("ssh") if set("user.signingKey") || set("gpg.ssh.defaultKeyCommand") => None,
        Some("ssh") => Some(no_ssh_key()),
        Some("x509") => Some(
            Problem::circumstance(
                "`gpg.format` is `x509`, which is not supported: nothing can be signed with it",
            )
            .hint("sign with `openpgp` or `ssh`: `git config gpg.format ssh`")
            .hint("or release unsigned with `--no-sign`"),
        ),
        Some(other) => Some(
            Problem::circumstance(format!("`gpg.format` is `{other}`, which git does not know"))
                .hint("use `openpgp` or `ssh`: `git config gpg.format ssh`"),
        ),
    }
}

fn no_ssh_key() -> Problem {
    Problem::circumstance(
        "signing with ssh needs a key, and neither `user.signingKey` nor `gpg.ssh.defaultKeyCommand` is set",
    )
    .hint("git config user.signingKey ~/.ssh/id_ed25519.pub")
}

impl Repository {
    /// The signer that git would use for this committer.
    ///
    /// # Errors
    /// The format is not supported, or no key can be found.
    pub fn signer(&self, committer: &Signature) -> Result<Signer, Problem> {
        let settings = self.settings()?;
        if let Some(problem) = trouble(&settings) {
            return Err(problem);
        }
        let set = |name: &str| settings.text(name).filter(|value| !value.is_empty());
        let key = set("user.signingKey");
        let way = if set("gpg.format").as_deref() == Some("ssh") {
            let key = match key {
                None => SshKey::Literal(self.default_ssh_key(set("gpg.ssh.defaultKeyCommand").as_deref())?),
                Some(key) if is_literal(&key) => SshKey::Literal(literal(&key).to_owned()),
                Some(_) => SshKey::File(self.path_setting("user.signingKey")?),
            };
            Way::Ssh { program: self.program("gpg.ssh.program", &settings, "ssh-keygen")?, key }
        } else {
            let named = ["gpg.openpgp.program", "gpg.program"].into_iter().find(|name| set(name).is_some());
            let program = self.program(named.unwrap_or("gpg.program"), &settings, "gpg")?;
            let key = key.unwrap_or_else(|| format!("{} <{}>", committer.name, committer.email));
            Way::OpenPgp { program, key }
        };
        Ok(Signer { way, work_dir: self.work_dir.clone() })
    }

    fn program(&self, name: &str, settings: &Settings, otherwise: &str) -> Result<OsString, Problem> {
        match settings.text(name) {
            Some(value) if value.starts_with('~') => self.path_setting(name).map(PathBuf::into_os_string),
            Some(value) if !value.is_empty() => Ok(value.into()),
            _ => Ok(otherwise.into()),
        }
    }

    /// git itself knows what `~`, `~user` and `%(prefix)` stand for.
    fn path_setting(&self, name: &str) -> Result<PathBuf, Problem> {
        let said = self.ask_git(["config", "--type=path", "--null", "--get", name], &[0])?;
        let path = String::from_utf8_lossy(&said).trim_end_matches('\0').to_owned();
        Ok(PathBuf::from(path))
    }

    /// The key that `gpg.ssh.defaultKeyCommand` prints first: a literal, as git demands.
    fn default_ssh_key(&self, command: Option<&str>) -> Result<String, Problem> {
        let command = command.ok_or_else(no_ssh_key)?;
        let failed = |why: &str| {
            Problem::circumstance(format!("`gpg.ssh.defaultKeyCommand` gave no key to sign with: {why}"))
                .hint(format!("run it by hand: `{command}`"))
                .hint("or name a key: git config user.signingKey ~/.ssh/id_ed25519.pub")
        };
        let words = words(command).ok_or_else(|| failed("a quote in it is not closed"))?;
        let Some((program, arguments)) = words.split_first() else { return Err(failed("it is empty")) };
        let output = start(program.as_ref(), &self.work_dir)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| failed(&crate::words::plain(&error)))?;
        if !output.status.success() {
            return Err(failed("it failed"));
        }
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        match printed.lines().next() {
            Some(line) if is_literal(line) => Ok(literal(line).to_owned()),
            _ => Err(failed("its first line is not a key like `ssh-ed25519 AAAA…`")),
        }
    }
}

impl Signer {
    /// The armored signature of `payload`, ending in one newline. `stop` is asked now and then whether to give up.
    ///
    /// # Errors
    /// The program cannot be started, failed, was stopped, or made no signature; what it said is in the message.
    pub fn sign(&self, payload: &[u8], stop: &dyn Fn() -> bool) -> Result<String, Problem> {
        let signature = match &self.way {
            Way::OpenPgp { program, key } => self.with_gpg(program, key, payload, stop)?,
            Way::Ssh { program, key } => self.with_ssh(program, key, payload, stop)?,
        };
        // As git: an armored text has no carriage returns, whoever wrote it.
        Ok(format!("{}\n", signature.replace("\r\n", "\n").trim_end()))
    }

    fn with_gpg(
        &self,
        program: &OsString,
        key: &str,
        payload: &[u8],
        stop: &dyn Fn() -> bool,
    ) -> Result<String, Problem> {
        let failed = |why: &str| {
            let shown = program.to_string_lossy();
            Problem::circumstance(format!("`{shown}` did not sign the release with `{key}`{why}"))
                .hint(format!("see whether the key is there: `{shown} --list-secret-keys '{key}'`"))
                .hint("where gpg has to ask for a passphrase: `export GPG_TTY=$(tty)`")
                .hint("name the key with `git config user.signingKey`, or release unsigned with `--no-sign`")
        };
        let lost = |error: std::io::Error| failed(&format!(": {}", crate::words::plain(&error)));
        let mut input = tempfile::tempfile().map_err(lost)?;
        input.write_all(payload).and_then(|()| input.rewind()).map_err(lost)?;
        let mut command = start(program, &self.work_dir);
        command.args(["--status-fd=2", "-bsau", key]).stdin(input);
        let (stdout, stderr) = Capture::each_of(&mut command, BEGINNING).map_err(lost)?;
        let child = command.spawn().map_err(lost)?;
        let status = wait(child, stop)?.map_err(lost)?;
        let said = stderr.so_far();
        if !status.success() || !format!("\n{}", said.text()).contains(CREATED) {
            return Err(failed(&quoted(&said.shown())));
        }
        let signature = stdout.so_far();
        let signature =
            signature.whole().ok_or_else(|| failed(": what it printed is too long for a signature"))?;
        Ok(String::from_utf8_lossy(signature).into_owned())
    }

    fn with_ssh(
        &self,
        program: &OsString,
        key: &SshKey,
        payload: &[u8],
        stop: &dyn Fn() -> bool,
    ) -> Result<String, Problem> {
        let failed = |why: &str| {
            let shown = program.to_string_lossy();
            Problem::circumstance(format!("`{shown}` did not sign the release with {key}{why}"))
                .hint("see whether ssh-agent has the key: `ssh-add -L`")
                .hint("name the key with `git config user.signingKey`, or release unsigned with `--no-sign`")
        };
        let lost = |error: std::io::Error| failed(&format!(": {}", crate::words::plain(&error)));
        // Files and not pipes: the programs that stand in for ssh-keygen know only what git itself does.
        let folder = tempfile::Builder::new().prefix("trueppm-release-").tempdir().map_err(lost)?;
        let buffer = folder.path().join("payload");
        keep(&buffer, payload).map_err(lost)?;
        let mut command = start(program, &self.work_dir);
        let stderr = Capture::errors_of(&mut command).map_err(lost)?;
        command.args(["-Y", "sign", "-n", "git", "-f"]);
        match key {
            SshKey::File(path) => command.arg(path),
            SshKey::Literal(text) => {
                let file = folder.path().join("key");
                keep(&file, text.as_bytes()).map_err(lost)?;
                // The private half is in ssh-agent.
                command.arg(file).arg("-U")
            }
        };
        let child = command.arg(&buffer).stdout(Stdio::null()).spawn().map_err(lost)?;
        let status = wait(child, stop)?.map_err(lost)?;
        let said = stderr.so_far();
        if !status.success() {
            return Err(failed(&quoted(&said.shown())));
        }
        read(&buffer.with_extension("sig")).map_err(|_| failed(&quoted(&said.shown())))
    }
}

/// The header that carries a commit's signature: every further line of it begins with a blank.
pub(super) fn commit_header(object_digits: usize, signature: &str) -> String {
    let name = if object_digits == 64 { "gpgsig-sha256" } else { "gpgsig" };
    let lines: Vec<&str> = signature.trim_end().split('\n').collect();
    format!("{name} {}\n", lines.join("\n "))
}

/// Stays in the foreground: only there can a program ask for a passphrase. Ctrl-C therefore reaches it as well.
#[expect(clippy::disallowed_methods, reason = "this room starts the programs that sign")]
fn start(program: &std::ffi::OsStr, work_dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(work_dir);
    command
}

/// Waits for as long as the person needs to type a passphrase.
fn wait(mut child: Child, stop: &dyn Fn() -> bool) -> Result<std::io::Result<ExitStatus>, Problem> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                return if status.success() || !stop() { Ok(Ok(status)) } else { Err(interrupted()) };
            }
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
        if stop() {
            // It may have ended by the same Ctrl-C already.
            let _gone = child.kill();
            let _reaped = child.wait();
            return Err(interrupted());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn interrupted() -> Problem {
    Problem::interrupted("the release was being signed")
}

/// What is shown of a signer's words, without the lines that are for programs.
fn quoted(shown: &str) -> String {
    shown.lines().filter(|line| !line.starts_with("| [GNUPG:]")).map(|line| format!("\n{line}")).collect()
}

#[expect(clippy::disallowed_methods, reason = "the signer's own temporary folder")]
fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

#[expect(clippy::disallowed_methods, reason = "the signer's own temporary folder")]
fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_becomes_one_header_whose_further_lines_begin_with_a_blank() {
        assert_eq!(
            commit_header(40, "-----BEGIN\n\nabc\n-----END\n"),
            "gpgsig -----BEGIN\n \n abc\n -----END\n"
        );
        assert_eq!(commit_header(64, "abc\n"), "gpgsig-sha256 abc\n");
    }

    #[test]
    fn what_gpg_says_to_programs_is_not_shown_to_people() {
        assert_eq!(quoted("| [GNUPG:] KEY_CONSIDERED 1\n| gpg: no key\n"), "\n| gpg: no key");
    }
}
