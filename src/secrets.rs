//! Taking credentials out of text before anybody reads it: the user part and the query of URLs, the headers that carry
//! them, and tokens whose shape gives them away. What is only known to be secret from git's configuration is added by
//! the room that reads that.

use std::sync::LazyLock;

use regex::Regex;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "***";
/// Where a URL ends in running text.
const ENDS: &[char] = &[' ', '\t', '\r', '\n', '\'', '"', '<', '>', '`'];
/// A word as short as this is no secret, and would take letters out of every sentence.
const SHORTEST: usize = 4;

/// Headers that carry credentials, values of a query that are called like one, and the tokens of GitLab and GitHub.
static SHAPES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (
            r"(?i)\b((?:proxy-)?authorization|(?:[a-z]+-)+token)(:\s*)(?:(?:basic|bearer|token|digest|negotiate)\s+)?[^\s'`]{4,}",
            "${1}${2}***",
        ),
        (r#"(?i)([?&][a-z0-9_-]*(?:token|secret|passw|auth|key|signature|sig)[a-z0-9_-]*=)[^&\s'"`#]+"#, "${1}***"),
        (r"\b(?:gl(?:pat|dt|rt|cbt|ptt|ft|oas|imt|agent|soat|ffct)-|GR1348941)[A-Za-z0-9_.-]{16,}", HIDDEN),
        (r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}", HIDDEN),
    ]
    .into_iter()
    .filter_map(|(shape, shown)| Some((Regex::new(shape).ok()?, shown)))
    .collect()
});

/// The text without the credentials of any URL in it, and without whatever else looks like one.
pub fn without_any_credentials(text: &str) -> String {
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
    for (shape, replacement) in SHAPES.iter() {
        if shape.is_match(&shown) {
            shown = shape.replace_all(&shown, *replacement).into_owned();
        }
    }
    shown
}

/// A server's own links keep their query: it holds no credentials of ours, unless it says so.
fn without_user(url: &str) -> String {
    if url.contains('@') { without_credentials(url) } else { url.to_owned() }
}

/// A URL that may be printed. Over HTTP the whole user part goes (a token may stand as the user alone) and so do
/// query and fragment; over other schemes the password goes. `user@host:path` holds no secret and stays.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let over_http = scheme.to_ascii_lowercase().starts_with("http");
    let rest = if over_http { rest.split(['?', '#']).next().unwrap_or(rest) } else { rest };
    let (mut authority, mut path) = split_path(rest);
    let port_is_none = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err());
    if over_http && !authority.contains('@') && port_is_none {
        // A password with a slash in it: everything up to the last `@` belongs to the user part.
        (authority, path) = split_path(rest.rsplit_once('@').map_or(rest, |(_, host)| host));
    }
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) if over_http => host.to_owned(),
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or(user)),
        None => authority.to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

fn split_path(rest: &str) -> (&str, &str) {
    rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""))
}

/// Every URL in a text, as it stands there.
pub fn urls_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(ENDS).filter(|word| word.contains("://"))
}

/// The secrets of a URL: its password, as written and decoded, and as a header carries it with the user; over HTTP the
/// user as well where it may be a token; and what the query holds that is called like a secret or as long as one.
pub fn secrets_of_url(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return Vec::new() };
    let over_http = scheme.to_ascii_lowercase().starts_with("http");
    let mut secrets = Vec::new();
    let (before_query, query) =
        if over_http { rest.split_once('?').unwrap_or((rest, "")) } else { (rest, "") };
    if let Some((user, _)) = before_query.rsplit_once('@').filter(|_| without_credentials(url) != url) {
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        if !password.is_empty() && password != "x-oauth-basic" {
            secrets.extend([password.to_owned(), percent_decoded(password)]);
        }
        if over_http && (password.is_empty() || password == "x-oauth-basic" || name.len() >= 16) {
            secrets.extend([name.to_owned(), percent_decoded(name)]);
        }
        if over_http {
            let both = format!("{}:{}", percent_decoded(name), percent_decoded(password));
            secrets.push(base64(both.as_bytes()));
        }
    }
    for (name, value) in query.split(['&', '#']).filter_map(|pair| pair.split_once('=')) {
        let name = name.to_ascii_lowercase();
        let called = ["token", "secret", "pass", "auth", "key", "sig"].iter().any(|word| name.contains(word));
        if called || value.len() >= 16 {
            secrets.extend([value.to_owned(), percent_decoded(value)]);
        }
    }
    tidied(secrets)
}

/// The secrets of a header such as `Authorization: Basic dXNlcjpwYXNz`: its value, each word of it, and what those are
/// when decoded.
pub fn secrets_of_header(header: &str) -> Vec<String> {
    let Some((_, value)) = header.split_once(':') else { return Vec::new() };
    let words: Vec<&str> = value.split_whitespace().collect();
    // In front of a credential its kind is named.
    let words = words.get(usize::from(words.len() > 1)..).unwrap_or_default();
    let mut secrets: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    for word in words {
        let decoded = from_base64(word).and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((user, password)) = decoded.as_deref().and_then(|both| both.split_once(':')) {
            secrets.push(if password.is_empty() { user } else { password }.to_owned());
        }
    }
    tidied(secrets)
}

/// Longest first, so that a secret that holds another one goes as a whole.
pub fn tidied(mut secrets: Vec<String>) -> Vec<String> {
    secrets.retain(|secret| secret.len() >= SHORTEST);
    secrets.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
    secrets.dedup();
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

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes in base 64, without the padding at the end: a text that holds them with it holds them so.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let digit = (number >> (18 - 6 * place)) & 63;
            text.extend(usize::try_from(digit).ok().and_then(|at| ALPHABET.get(at)).copied().map(char::from));
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut number, mut bits) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        number = ((number << 6) | u32::try_from(digit).ok()?) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((number >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_stay_in_a_url() {
        for (url, shown) in [
            ("https://user:secret@example.org/a/b.git", "https://example.org/a/b.git"),
            ("https://glpat-token@example.org/a.git", "https://example.org/a.git"),
            ("HTTPS://u:p@ss@example.org/a.git", "HTTPS://example.org/a.git"),
            ("https://example.org:8443/a.git?private_token=x#y", "https://example.org:8443/a.git"),
            ("https://u:se/cr/et@example.org/a.git", "https://example.org/a.git"),
            ("https://u:secret@example.org", "https://example.org"),
            ("ssh://git:secret@example.org:22/a.git", "ssh://git@example.org:22/a.git"),
            ("ssh://git@example.org/a.git", "ssh://git@example.org/a.git"),
            ("git@example.org:a/b.git", "git@example.org:a/b.git"),
            ("/srv/git/a@b.git", "/srv/git/a@b.git"),
            ("file:///srv/a@b.git", "file:///srv/a@b.git"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }

    #[test]
    fn what_looks_like_a_credential_is_hidden_wherever_it_stands() {
        for (text, shown) in [
            ("two: https://a:bcd@x/y ssh://git:pw@z/w.", "two: https://x/y ssh://git@z/w."),
            ("über://x@y and ://", "über://x@y and ://"),
            ("=> Send header: Authorization: Basic dTpw", "=> Send header: Authorization: ***"),
            ("PRIVATE-TOKEN: abcd1234", "PRIVATE-TOKEN: ***"),
            ("see https://git.invalid/new?branch=main", "see https://git.invalid/new?branch=main"),
            (
                "GET /a.git/info/refs?private_token=abc&service=git-upload-pack",
                "GET /a.git/info/refs?private_token=***&service=git-upload-pack",
            ),
            ("remote: glpat-abcdefghij0123456789 is revoked", "remote: *** is revoked"),
            ("remote: ghp_abcdefghij0123456789 too", "remote: *** too"),
            ("global-navigation-in-the-sidebar", "global-navigation-in-the-sidebar"),
            ("error: unexpected token: x", "error: unexpected token: x"),
        ] {
            assert_eq!(without_any_credentials(text), shown);
        }
    }

    #[test]
    fn the_secrets_of_a_url_are_found_in_every_part_of_it() {
        assert_eq!(secrets_of_url("ssh://git@git.invalid/a.git"), Vec::<String>::new());
        assert_eq!(secrets_of_url("git@git.invalid:a.git"), Vec::<String>::new());
        assert_eq!(secrets_of_url("https://git.invalid/a.git?ref=main"), Vec::<String>::new());
        let found = |url: &str, secret: &str| secrets_of_url(url).iter().any(|it| it == secret);
        assert!(found("https://glpat-token@git.invalid/a.git", "glpat-token"));
        assert!(found("https://mara:s3cr%65t@git.invalid/a.git", "s3cret"));
        assert!(found("https://mara:s3cr%65t@git.invalid/a.git", "s3cr%65t"));
        assert!(!found("https://mara:s3cret@git.invalid/a.git", "mara"));
        assert!(found("https://mara:s3cret@git.invalid/a.git", "bWFyYTpzM2NyZXQ"));
        assert!(found("https://abcdef:x-oauth-basic@git.invalid/a.git", "abcdef"));
        assert!(found("https://git.invalid/a.git?private_token=hush&x=1", "hush"));
    }

    #[test]
    fn the_secrets_of_a_header_are_its_words_and_what_they_encode() {
        assert_eq!(secrets_of_header("Authorization: Bearer abcdef"), ["abcdef"]);
        assert_eq!(secrets_of_header("PRIVATE-TOKEN: abcdef"), ["abcdef"]);
        assert_eq!(
            secrets_of_header("Authorization: Basic bWFyYTpzM2NyZXQ="),
            ["bWFyYTpzM2NyZXQ=", "s3cret"]
        );
        assert_eq!(secrets_of_header("no header"), Vec::<String>::new());
    }
}
