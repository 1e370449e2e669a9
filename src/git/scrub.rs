//! Taking credentials out of what git says. Its messages quote URLs as they were configured, or parts of them, so
//! every URL in a text is shown without its user part, and the secrets of the remote's own URLs nowhere at all.

use super::Repository;
use super::remote::without_credentials;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";
/// Where a URL ends in running text.
const ENDS: &[char] = &[' ', '\t', '\r', '\n', '\'', '"', '<', '>', '`'];

impl Repository {
    /// The URLs of a remote as they are configured, secrets included: for scrubbing, never for printing.
    pub(super) fn urls_of(&self, remote: &str) -> Vec<String> {
        // What is not the name of a remote is asked by its URL.
        let Ok(Some(remote)) = self.find_remote(remote) else { return vec![remote.to_owned()] };
        let mut urls = vec![remote.url_bytes().to_vec()];
        urls.extend(remote.pushurl_bytes().map(<[u8]>::to_vec));
        urls.iter().map(|url| String::from_utf8_lossy(url).into_owned()).collect()
    }
}

/// The text without the credentials of these URLs, and without those of any other URL in it.
pub(super) fn scrub(text: &str, urls: &[String]) -> String {
    let mut text = text.to_owned();
    for url in urls {
        text = text.replace(url, &without_credentials(url));
        for secret in secrets(url) {
            text = text.replace(&secret, HIDDEN);
        }
    }
    without_any_credentials(&text)
}

/// The password of a URL, as written and decoded; over HTTP the user as well where there is no password, because a
/// token may stand there alone.
fn secrets(url: &str) -> Vec<String> {
    let shown = without_credentials(url);
    if shown == url {
        return Vec::new();
    }
    let Some((scheme, rest)) = url.split_once("://") else { return Vec::new() };
    let Some((user, _)) = rest.rsplit_once('@') else { return Vec::new() };
    let secret = match user.split_once(':') {
        Some((_, password)) => password,
        None if scheme.to_ascii_lowercase().starts_with("http") => user,
        None => return Vec::new(),
    };
    // A word as short as this is no secret, and would take letters out of every sentence.
    let mut secrets = vec![secret.to_owned(), percent_decoded(secret)];
    secrets.retain(|secret| secret.len() >= 4);
    secrets
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn without_any_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let before = rest.get(..at).unwrap_or_default();
        let scheme = before.rfind(|letter: char| !letter.is_ascii_alphanumeric()).map_or(0, |at| {
            at + before.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)
        });
        let url = rest.get(scheme..).unwrap_or_default();
        let end = url.find(ENDS).unwrap_or(url.len());
        shown.push_str(rest.get(..scheme).unwrap_or_default());
        shown.push_str(&without_user(url.get(..end).unwrap_or_default()));
        rest = url.get(end..).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

/// A server's own links keep their query: it holds no credentials of ours.
fn without_user(url: &str) -> String {
    if url.contains('@') { without_credentials(url) } else { url.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_stays_in_what_git_says() {
        let url = "https://mara:s3cret%21word@git.invalid/suite.git".to_owned();
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
            ("two: https://a:bcd@x/y ssh://git:pw@z/w.", "two: https://x/y ssh://git@z/w."),
            ("über://x@y and ://", "über://x@y and ://"),
        ] {
            assert_eq!(scrub(said, std::slice::from_ref(&url)), shown);
        }
    }

    #[test]
    fn a_token_alone_is_a_secret_and_a_user_of_ssh_is_none() {
        assert_eq!(secrets("https://glpat-token@git.invalid/a.git"), ["glpat-token", "glpat-token"]);
        assert_eq!(secrets("ssh://git@git.invalid/a.git"), Vec::<String>::new());
        assert_eq!(secrets("git@git.invalid:a.git"), Vec::<String>::new());
        assert_eq!(scrub("glpat-token", &["https://glpat-token@git.invalid/a.git".into()]), "***");
    }
}
