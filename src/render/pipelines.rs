//! Where to watch what a pushed tag started: the page on GitLab, derived from nothing but the remote's URL.

use crate::plan::NO_GITLAB;

/// The page that lists the pipelines of a tag; nothing for a remote that is a folder, or plainly no GitLab.
pub(super) fn pipelines_page(url: &str, tag: &str) -> Option<String> {
    let (scheme, host, path) = parts(url)?;
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // A project lies in at least one group.
    if !path.contains('/') || path.starts_with('~') || host.is_empty() || NO_GITLAB.contains(&host) {
        return None;
    }
    let host = if host == "altssh.gitlab.com" { "gitlab.com" } else { host };
    Some(format!("{scheme}://{host}/{path}/-/pipelines?ref={}", encoded(tag)))
}

/// Scheme of the web page, its host, and the project's path.
fn parts(url: &str) -> Option<(&'static str, &str, &str)> {
    if let Some((scheme, rest)) = url.split_once("://") {
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        return match scheme.to_ascii_lowercase().as_str() {
            "https" => Some(("https", host, path)),
            "http" => Some(("http", host, path)),
            // The port of SSH says nothing about the one of the web pages.
            "ssh" | "git+ssh" | "ssh+git" => Some(("https", without_port(host), path)),
            _ => None,
        };
    }
    // `user@host:path`, as scp writes it: a slash before the colon makes it a path.
    let (authority, path) = url.split_once(':')?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // A single letter is a drive.
    (!authority.contains('/') && host.len() > 1 && !path.is_empty()).then_some(("https", host, path))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A tag's name as the value of a query.
fn encoded(tag: &str) -> String {
    let mut text = String::with_capacity(tag.len());
    for byte in tag.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_derived_from_every_form_of_a_gitlab_remote() {
        let page = |project: &str| Some(format!("https://{project}/-/pipelines?ref=v0.2.0"));
        for (url, expected) in [
            ("git@gitlab.com:trueppm/suite.git", page("gitlab.com/trueppm/suite")),
            ("git@gitlab.com:group/sub/deep/suite.git", page("gitlab.com/group/sub/deep/suite")),
            ("gitlab.com:trueppm/suite", page("gitlab.com/trueppm/suite")),
            ("ssh://git@gitlab.com/trueppm/suite.git", page("gitlab.com/trueppm/suite")),
            ("ssh://git@git.invalid:2222/trueppm/suite.git", page("git.invalid/trueppm/suite")),
            ("ssh://git@altssh.gitlab.com:443/trueppm/suite.git", page("gitlab.com/trueppm/suite")),
            ("https://gitlab.com/trueppm/suite.git", page("gitlab.com/trueppm/suite")),
            ("https://gitlab.com/trueppm/suite/", page("gitlab.com/trueppm/suite")),
            ("https://git.invalid:8443/trueppm/suite.git", page("git.invalid:8443/trueppm/suite")),
            (
                "http://git.invalid/trueppm/suite.git",
                Some("http://git.invalid/trueppm/suite/-/pipelines?ref=v0.2.0".into()),
            ),
            ("/srv/git/suite.git", None),
            ("../origin.git", None),
            ("./a:b/c", None),
            ("C:/git/suite.git", None),
            ("file:///srv/git/suite.git", None),
            ("https://gitlab.com/suite.git", None),
            ("git@github.com:trueppm/suite.git", None),
            ("", None),
        ] {
            assert_eq!(pipelines_page(url, "v0.2.0"), expected, "{url}");
        }
    }

    #[test]
    fn a_tag_is_encoded_as_a_value_of_the_query() {
        assert_eq!(encoded("api/v1.0+x&y#z ü"), "api/v1.0%2Bx%26y%23z%20%C3%BC");
    }
}
