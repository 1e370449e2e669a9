//! Signed releases, with real keys made for the test, verified by git itself and compared with what git makes.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;

/// A key without a passphrase beside the repository, known to `git verify-*`.
fn ssh_key(sandbox: &Sandbox) -> PathBuf {
    let key = sandbox.around().join("home/id");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "mara", "-f"])
        .arg(&key)
        .output()
        .expect("ssh-keygen starts");
    assert!(made.status.success(), "{made:?}");
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("public key");
    let allowed = sandbox.around().join("home/allowed");
    std::fs::write(&allowed, format!("mara@suite.invalid {public}")).expect("allowed signers");
    sandbox.git(&["config", "gpg.format", "ssh"]);
    sandbox.git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().expect("text")]);
    key
}

fn sign_everything(sandbox: &Sandbox) {
    sandbox.git(&["config", "commit.gpgSign", "true"]);
    sandbox.git(&["config", "tag.gpgSign", "true"]);
}

#[track_caller]
fn verified(sandbox: &Sandbox) {
    for words in [
        &["verify-commit", "HEAD"][..],
        &["verify-tag", "v0.2.0"],
        &["verify-tag", "scheduler-v0.2.0"],
        &["fsck", "--strict"],
        &["diff", "--exit-code", "HEAD"],
    ] {
        sandbox.git_run(words).expect(0);
    }
}

/// git makes the same commit and the same tags once more; Ed25519 signatures are the same every time, so equal objects
/// are equal to the byte: headers, their order, the signature, the message.
#[track_caller]
fn same_objects_as_git(sandbox: &Sandbox) {
    let message = sandbox.git(&["log", "-1", "--format=%B"]);
    sandbox.write("../message", format!("{}\n", message.trim_end()));
    let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    let again = sandbox.git(&["commit-tree", "-S", "-p", "HEAD^", "-F", "../message", tree.trim()]);
    assert_eq!(again.trim(), sandbox.commit("HEAD"), "{}", sandbox.git(&["cat-file", "commit", "HEAD"]));
    for tag in ["v0.2.0", "scheduler-v0.2.0"] {
        let ours = sandbox.git(&["rev-parse", tag]);
        let message = sandbox.git(&["tag", "-l", "--format=%(contents:subject)", tag]);
        sandbox.git(&["tag", "-f", "-s", tag, "HEAD", "-m", message.trim()]);
        assert_eq!(sandbox.git(&["rev-parse", tag]), ours, "{}", sandbox.git(&["cat-file", "tag", tag]));
    }
}

/// An agent that holds the key, for as long as the guard lives.
struct Agent {
    process: std::process::Child,
    socket: String,
}

impl Agent {
    fn with(sandbox: &Sandbox, key: &std::path::Path) -> Self {
        let socket = sandbox.around().join("agent").to_str().expect("text").to_owned();
        // Nobody else's output is held open, whatever becomes of the agent.
        let process = Command::new("ssh-agent")
            .args(["-D", "-a", &socket])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ssh-agent starts");
        let agent = Self { process, socket };
        // The socket is there a moment before anybody listens on it.
        let started = std::time::Instant::now();
        while std::os::unix::net::UnixStream::connect(&agent.socket).is_err() {
            assert!(started.elapsed() < std::time::Duration::from_secs(60), "ssh-agent never answers");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let added = Command::new("ssh-add")
            .args(["-q"])
            .arg(key)
            .env("SSH_AUTH_SOCK", &agent.socket)
            .output()
            .expect("ssh-add starts");
        assert!(added.status.success(), "{added:?}");
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.process.kill().expect("ssh-agent ends");
        self.process.wait().expect("ssh-agent has ended");
    }
}

#[test]
fn an_ssh_key_in_a_file_signs_the_commit_and_both_tags_byte_for_byte_as_git_does() {
    let sandbox = Sandbox::suite();
    ssh_key(&sandbox);
    // `~` is the home folder, as git reads it.
    sandbox.git(&["config", "user.signingKey", "~/id.pub"]);
    sign_everything(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    verified(&sandbox);
    same_objects_as_git(&sandbox);
}

#[test]
fn a_sha256_repository_is_signed_under_its_own_header() {
    let sandbox = Sandbox::suite();
    std::fs::remove_dir_all(sandbox.root().join(".git")).expect("remove");
    sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", "--object-format=sha256"]);
    sandbox.commit_all("feat: everything");
    let key = ssh_key(&sandbox);
    sandbox.git(&["config", "user.signingKey", key.to_str().expect("text")]);
    sign_everything(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(sandbox.git(&["cat-file", "commit", "HEAD"]).contains("\ngpgsig-sha256 "));
    verified(&sandbox);
    same_objects_as_git(&sandbox);
}

#[test]
fn a_key_in_the_agent_signs_in_every_form_that_git_takes() {
    for form in ["key::", "literal", "file", "command", "prefixed command"] {
        let sandbox = Sandbox::suite();
        let key = ssh_key(&sandbox);
        let agent = Agent::with(&sandbox, &key);
        std::fs::remove_file(&key).expect("the private key is in the agent only");
        let public = std::fs::read_to_string(key.with_extension("pub")).expect("public key");
        let public = public.trim_end();
        let file = key.with_extension("pub").to_str().expect("text").to_owned();
        let (name, value) = match form {
            "key::" => ("user.signingKey", format!("key::{public}")),
            "literal" => ("user.signingKey", public.to_owned()),
            "file" => ("user.signingKey", file),
            "command" => ("gpg.ssh.defaultKeyCommand", format!("cat '{file}'")),
            _ => ("gpg.ssh.defaultKeyCommand", format!("sh -c \"echo key::$(cat '{file}')\"")),
        };
        sandbox.git(&["config", name, &value]);
        sign_everything(&sandbox);
        sandbox.run_with(&["minor", "--yes"], &[("SSH_AUTH_SOCK", &agent.socket)]).expect(0);
        verified(&sandbox);
    }
}

#[test]
fn an_openpgp_key_signs_by_default_for_the_committer() {
    let sandbox = Sandbox::suite();
    let home =
        tempfile::Builder::new().prefix("gpg-").tempdir_in("/tmp").expect("short path for gpg's socket");
    let folder = home.path().to_str().expect("text");
    let gpg = |words: &[&str]| {
        let done = Command::new("gpg").args(words).env("GNUPGHOME", folder).output().expect("gpg starts");
        assert!(done.status.success(), "{done:?}");
    };
    let who = "Mara Maintainer <mara@suite.invalid>";
    gpg(&["--batch", "--passphrase", "", "--quick-gen-key", who, "ed25519", "sign", "never"]);
    // The program is named in the configuration, so that the key's home need not be in the environment of git.
    let program = sandbox.around().join("gpg-here");
    std::fs::write(&program, format!("#!/bin/sh\nGNUPGHOME={folder} exec gpg \"$@\"\n")).expect("write");
    make_executable(&program);
    for setting in ["gpg.program", "gpg.openpgp.program"] {
        sandbox.git(&["config", setting, program.to_str().expect("text")]);
        sign_everything(&sandbox);
        sandbox.run(&["minor", "--yes"]).expect(0);
        verified(&sandbox);
        sandbox.git(&["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
        sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);
        sandbox.git(&["config", "--unset", setting]);
    }
    let done = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", folder).output();
    assert!(done.expect("gpgconf starts").status.success());
}

fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

#[test]
fn only_what_git_would_sign_is_signed() {
    for (setting, commit, tags) in [
        ("commit.gpgSign", true, false),
        ("tag.gpgSign", false, true),
        ("tag.forceSignAnnotated", false, true),
    ] {
        let sandbox = Sandbox::suite();
        let key = ssh_key(&sandbox);
        sandbox.git(&["config", "user.signingKey", key.to_str().expect("text")]);
        sandbox.git(&["config", setting, "true"]);
        sandbox.run(&["minor", "--yes"]).expect(0);
        assert_eq!(sandbox.git_run(&["verify-commit", "HEAD"]).code == 0, commit, "{setting}");
        for tag in ["v0.2.0", "scheduler-v0.2.0"] {
            assert_eq!(sandbox.git_run(&["verify-tag", tag]).code == 0, tags, "{setting}");
        }
        // What git does itself with `git tag -m` is the measure.
        sandbox.git(&["tag", "-m", "x", "by-git"]);
        assert_eq!(sandbox.git_run(&["verify-tag", "by-git"]).code == 0, tags, "{setting}");
    }
}

#[test]
fn a_signature_that_fails_means_no_release() {
    for (format, program, key, says) in [
        ("ssh", "gpg.ssh.program", "/nowhere/id", "No such file"),
        ("openpgp", "gpg.program", "0xNOSUCHKEY", "did not sign the release with `0xNOSUCHKEY`"),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["config", "gpg.format", format]);
        sandbox.git(&["config", "user.signingKey", key]);
        sandbox.git(&["config", "tag.gpgSign", "true"]);
        let before = sandbox.state().without_objects();
        let run = sandbox.run(&["minor", "--yes"]).expect(4);
        run.says(says).says("`--no-sign`").says("nothing was released");
        before.assert_same(&sandbox.state().without_objects());
        // A program that ends well and signs nothing is no better, nor is one that cannot start.
        for bad in ["true", "/nowhere/program"] {
            sandbox.git(&["config", program, bad]);
            let before = sandbox.state().without_objects();
            sandbox.run(&["minor", "--yes"]).expect(4).says(&format!("`{bad}` did not sign the release"));
            before.assert_same(&sandbox.state().without_objects());
        }
    }
}

#[test]
fn without_signing_nothing_is_signed_and_the_gate_says_so() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "gpg.program", "false"]);
    sign_everything(&sandbox);
    sandbox
        .run(&["minor", "--no-sign", "--dry-run"])
        .expect(0)
        .shows("note    : not signed (--no-sign), although git is configured to sign");
    sandbox.run(&["minor", "--no-sign", "--yes"]).expect(0);
    assert!(!sandbox.git(&["cat-file", "commit", "HEAD"]).contains("gpgsig"));
    assert!(!sandbox.git(&["cat-file", "tag", "v0.2.0"]).contains("SIGNATURE"));
    // Said where there is something to say it of.
    for (commit, tag) in [("true", "false"), ("false", "true"), ("false", "false")] {
        sandbox.git(&["config", "commit.gpgSign", commit]);
        sandbox.git(&["config", "tag.gpgSign", tag]);
        let run = sandbox.run(&["minor", "alpha", "--no-sign", "--dry-run"]).expect(0);
        assert_eq!(run.stdout.contains("not signed (--no-sign)"), commit != tag, "{}", run.stdout);
    }
    sandbox.git(&["config", "gpg.program", "true"]);
    sandbox.git(&["config", "commit.gpgSign", "true"]);
    let run = sandbox.run(&["minor", "alpha", "--dry-run"]).expect(0);
    assert!(!run.stdout.contains("not signed"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_signed_with_is_refused_before_anything_is_written() {
    for (format, says) in [
        ("x509", "`gpg.format` is `x509`, which is not supported"),
        ("ssh", "neither `user.signingKey` nor `gpg.ssh.defaultKeyCommand` is set"),
        ("minisign", "`gpg.format` is `minisign`, which git does not know"),
    ] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["config", "gpg.format", format]);
        sandbox.run(&["minor", "--dry-run"]).expect(0);
        sandbox.git(&["config", "tag.gpgSign", "true"]);
        sandbox.refused(1, &["minor", "--yes"]).says(says);
        sandbox.run(&["minor", "--no-sign", "--dry-run"]).expect(0);
    }
}

#[test]
fn an_interrupt_while_the_signer_waits_for_a_person_puts_everything_back() {
    let sandbox = Sandbox::suite();
    let program = sandbox.around().join("slow");
    std::fs::write(&program, "#!/bin/sh\ntouch ../started\nexec sleep 3600\n").expect("write");
    make_executable(&program);
    sandbox.git(&["config", "gpg.program", program.to_str().expect("text")]);
    sign_everything(&sandbox);
    let before = sandbox.state().without_objects();
    let child = sandbox.command(&["minor", "--yes"]).stderr(Stdio::piped()).spawn().expect("binary starts");
    while !sandbox.exists("../started") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).expect("pid")).expect("pid");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("signal");
    let output = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("error: interrupted: everything was put back\n"), "{said}");
    assert!(said.contains("interrupted while the release was being signed"), "{said}");
    before.assert_same(&sandbox.state().without_objects());
}
