//! Credentials are printed nowhere, wherever they are set and whoever echoes them: the configuration of this program,
//! git's own, the environment, a server.

use crate::origin::{Origin, through_ssh};
use crate::sandbox::Sandbox;

#[track_caller]
fn hidden(said: &str, secret: &str) {
    assert!(!said.contains(secret), "`{secret}` in\n{said}");
}

#[test]
fn a_url_with_credentials_in_the_configuration_is_not_quoted() {
    for url in [
        "https://user:hush-hush@git.invalid/x.git",
        "https://hush-hush@git.invalid/x.git",
        "https://git.invalid/x.git?private_token=hush-hush",
        "ssh://git:hush-hush@git.invalid/x.git",
    ] {
        let sandbox = Sandbox::suite();
        let profile = trueppm_release::config::built_in();
        sandbox.write(
            "trueppm-release.toml",
            profile.replace("remote = \"origin\"", &format!("remote = \"{url}\"")),
        );
        sandbox.commit_all("chore: a URL in place of a name");
        for words in [
            &["minor", "--yes"][..],
            &["minor", "--dry-run", "-v"],
            &["undo", "--yes"],
            &["config"],
            &["config", "--check"],
            &["config", "--format", "json"],
            &[],
        ] {
            let run = sandbox.run(words);
            assert_ne!(run.code, 0, "{words:?}");
            hidden(&(run.stdout + &run.stderr), "hush-hush");
        }
    }
}

#[test]
fn the_url_of_a_pin_is_shown_without_its_credentials() {
    let sandbox = Sandbox::suite();
    let pin = "\n[[pin]]\nname = \"oss\"\nremote = \"https://user:hush-hush@git.invalid/x.git\"\n\
               [[pin.place]]\npath = \"packages/web/package.json\"\n";
    sandbox.write("trueppm-release.toml", format!("{}{pin}", trueppm_release::config::built_in()));
    sandbox.commit_all("chore: a pin");
    for words in
        [&["config"][..], &["config", "--format", "json"], &["config", "--check"], &["minor", "--yes"]]
    {
        let run = sandbox.run(words);
        hidden(&(run.stdout + &run.stderr), "hush-hush");
    }
}

#[test]
fn what_a_server_echoes_of_our_secrets_is_hidden_wherever_they_are_set() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let serves = format!(
        "case \"$*\" in *upload-pack*) exec git upload-pack '{}';; esac\n\
         echo 'remote: you sent Authorization: Bearer of-the-header, of-the-query, in-the-base and of-the-variable' >&2\n\
         exit 128",
        origin.folder.display()
    );
    let ssh = through_ssh(&sandbox, "ssh://git@git.invalid/x.git", &serves);
    sandbox.git(&["config", "http.extraHeader", "Authorization: Bearer of-the-header"]);
    sandbox.git(&["config", "http.https://git.invalid/?token=of-the-query.sslVerify", "true"]);
    sandbox.git(&[
        "config",
        "url.https://oauth2:in-the-base@git.invalid/.insteadOf",
        "https://other.invalid/",
    ]);
    let mut variables: Vec<_> = ssh.iter().map(|(name, value)| (*name, value.as_str())).collect();
    variables.extend([
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "http.https://git.invalid/.extraHeader"),
        ("GIT_CONFIG_VALUE_0", "PRIVATE-TOKEN: of-the-variable"),
    ]);
    let run =
        sandbox.run_with(&["minor", "--yes", "--push", "-v"], &variables).expect(6).says("remote: you sent");
    let said = run.stdout + &run.stderr;
    for secret in ["of-the-header", "of-the-query", "in-the-base", "of-the-variable"] {
        hidden(&said, secret);
    }
}
