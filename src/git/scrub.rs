//! Taking credentials out of what git says. Its messages quote URLs as they were configured, or parts of them, and a
//! server may echo what it was sent: so whatever git's configuration holds that is a secret is shown nowhere, wherever
//! it is set and however it got there.

use std::process::Stdio;

use super::Repository;
use crate::secrets::{
    HIDDEN, secrets_of_header, secrets_of_url, tidied, urls_in, without_any_credentials, without_credentials,
};

/// What must not be printed.
#[derive(Default)]
pub(super) struct Secrets {
    urls: Vec<String>,
    words: Vec<String>,
}

impl Repository {
    /// Everything in git's configuration that is a secret, and what the URL of a remote without a name holds.
    pub(super) fn secrets(&self, remote: &str) -> Secrets {
        let mut command = self.git_here();
        command.args(["config", "--list", "--null"]).stdin(Stdio::null()).stderr(Stdio::null());
        // Where git cannot list it, it cannot use it either.
        let listed = command.output().map(|output| output.stdout).unwrap_or_default();
        Secrets::of(&String::from_utf8_lossy(&listed), remote)
    }
}

impl Secrets {
    /// Reads what `git config --list --null` gives: a key, a newline and its value, each closed by a NUL.
    fn of(listed: &str, remote: &str) -> Self {
        let mut secrets = Self::default();
        secrets.urls.extend(urls_in(remote).map(str::to_owned));
        for item in listed.split('\0') {
            let (key, value) = item.split_once('\n').unwrap_or((item, ""));
            // `url.BASE.insteadOf`, `http.URL.extraHeader`: the URL stands between the first and the last point.
            let inner =
                key.split_once('.').and_then(|(_, rest)| rest.rsplit_once('.')).map(|(inner, _)| inner);
            secrets.urls.extend(inner.into_iter().flat_map(urls_in).map(str::to_owned));
            secrets.urls.extend(urls_in(value).map(str::to_owned));
            if key.to_ascii_lowercase().ends_with(".extraheader") {
                secrets.words.extend(secrets_of_header(value));
            }
            // A helper that is written out in the configuration itself.
            secrets.words.extend(value.split("password=").skip(1).filter_map(|rest| {
                let word = rest.trim_start_matches(['"', '\'']);
                let end = word.find(|letter: char| letter.is_whitespace() || ";\"'".contains(letter));
                word.get(..end.unwrap_or(word.len())).map(str::to_owned)
            }));
        }
        secrets.words.extend(secrets.urls.iter().flat_map(|url| secrets_of_url(url)));
        secrets.words = tidied(secrets.words);
        // Longest first: one may be the beginning of another.
        secrets.urls = tidied(secrets.urls);
        secrets
    }
}

/// The text without these secrets, and without whatever else in it looks like one.
pub(super) fn scrub(text: &str, secrets: &Secrets) -> String {
    let mut text = text.to_owned();
    for url in &secrets.urls {
        text = text.replace(url, &without_credentials(url));
    }
    for word in &secrets.words {
        text = text.replace(word, HIDDEN);
    }
    without_any_credentials(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_url(url: &str) -> Secrets {
        Secrets::of(&format!("remote.origin.url\n{url}\0"), "origin")
    }

    #[test]
    fn no_credential_stays_in_what_git_says() {
        let secrets = by_url("https://mara:s3cret%21word@git.invalid/suite.git");
        for (said, shown) in [
            (
                "fatal: unable to access 'https://mara:s3cret%21word@git.invalid/suite.git/': no route",
                "fatal: unable to access 'https://git.invalid/suite.git/': no route",
            ),
            (
                "fatal: Authentication failed for 'https://mara@git.invalid/suite.git/'",
                "fatal: Authentication failed for 'https://git.invalid/suite.git/'",
            ),
            ("remote: you sent s3cret!word (s3cret%21word)", "remote: you sent *** (***)"),
            (
                "remote:   https://git.invalid/new?branch=main",
                "remote:   https://git.invalid/new?branch=main",
            ),
        ] {
            assert_eq!(scrub(said, &secrets), shown);
        }
        assert_eq!(scrub("glpat-token", &by_url("https://glpat-token@git.invalid/a.git")), "***");
        assert_eq!(scrub("said hush!", &by_url("https://git.invalid/a.git?private_token=hush")), "said ***!");
    }

    #[test]
    fn what_is_secret_is_known_from_every_setting_that_can_hold_it() {
        let listed = "http.extraheader\nAuthorization: Bearer from-the-header\0\
                      http.https://git.invalid/.extraheader\nPRIVATE-TOKEN: of-one-host\0\
                      url.https://oauth2:in-the-base@git.invalid/.insteadof\nhttps://git.invalid/\0\
                      http.proxy\nhttp://me:of-the-proxy@proxy.invalid:3128\0\
                      credential.helper\n!f() { echo username=me; echo password=of-the-helper; }; f\0\
                      core.bare\0";
        let secrets = Secrets::of(listed, "https://me:of-the-url@git.invalid/x.git");
        for word in
            ["from-the-header", "of-one-host", "in-the-base", "of-the-proxy", "of-the-helper", "of-the-url"]
        {
            assert_eq!(scrub(&format!("remote: you sent <{word}>"), &secrets), "remote: you sent <***>");
        }
        assert_eq!(scrub("remote: hello oauth2", &secrets), "remote: hello oauth2");
    }
}
