//! Where a remote is: the one URL that git reads from, and every URL that a push reaches. `pushurl`, several `url`s,
//! `insteadOf` and `pushInsteadOf` make them differ, and whether a release is public is only known where pushes go.

use std::fmt;

use super::Repository;
use super::ls_remote::RemoteRefs;
use super::settings::Settings;
use super::talk::{RemoteTrouble, Talk};
use super::trouble::explain;
use crate::error::Problem;
use crate::secrets::without_credentials;
use crate::words::shell_word;

/// One of the places that a remote stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What people call it: the name of the remote, with the URL where the remote is in several places.
    pub name: String,
    /// Its URL, without credentials.
    pub url: String,
    /// What a command takes for it, as a word of a shell: never with credentials in it.
    pub word: String,
    /// A push reaches it.
    pub pushed: bool,
    /// It is the only place of its remote.
    pub only: bool,
    /// The remote by its configured name.
    pub remote: String,
    address: Address,
}

/// How git is asked for it.
#[derive(Clone, PartialEq, Eq)]
enum Address {
    /// By the name of the remote: it is where git reads.
    Remote,
    /// By the URL, credentials included.
    Url(String),
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Remote => "Remote",
            Self::Url(_) => "Url(***)",
        })
    }
}

impl Place {
    /// A branch there, as people say it.
    pub fn branch(&self, branch: &str) -> String {
        if self.only { format!("{}/{branch}", self.remote) } else { format!("{branch} on {}", self.name) }
    }
}

/// As they come out of every rewriting, credentials included.
struct Urls {
    read: Option<String>,
    pushed: Vec<String>,
}

/// The variable through which git learns a URL that must be taken as it is.
const URL_VARIABLE: &str = "TRUEPPM_RELEASE_URL";

impl Repository {
    /// The places of a remote, those that a push reaches first and in the order of the push; none where there is no such
    /// remote.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn places(&self, remote: &str) -> Result<Vec<Place>, Problem> {
        let Some(Urls { read, pushed }) = self.urls(remote)? else { return Ok(Vec::new()) };
        let mut urls: Vec<(String, bool)> = Vec::new();
        for url in pushed {
            if !urls.iter().any(|(other, _)| *other == url) {
                urls.push((url, true));
            }
        }
        if let Some(read) = &read
            && !urls.iter().any(|(url, _)| url == read)
        {
            urls.push((read.clone(), false));
        }
        let only = urls.len() == 1;
        let places = urls.iter().enumerate().map(|(number, (url, pushed))| {
            let shown = without_credentials(url);
            let is_read = read.as_ref() == Some(url);
            Place {
                name: if only { remote.to_owned() } else { format!("{remote} ({shown})") },
                word: match (is_read, shown == *url) {
                    (true, _) => shell_word(remote),
                    (false, true) => shell_word(url),
                    (false, false) => asked_from_git(remote, number),
                },
                address: if is_read { Address::Remote } else { Address::Url(url.clone()) },
                url: shown,
                pushed: *pushed,
                only,
                remote: remote.to_owned(),
            }
        });
        Ok(places.collect())
    }

    /// Asks one place of a remote for one branch, or all of them, and for every tag.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn refs_at(
        &self,
        place: &Place,
        branch: Option<&str>,
        talk: &Talk<'_>,
    ) -> Result<RemoteRefs, RemoteTrouble> {
        let Address::Url(url) = &place.address else {
            return self.remote_refs(&place.remote, &[], &[], branch, talk);
        };
        // The URL comes out of every rewriting already. The rule that rewrites it to itself is the longest there is.
        let as_it_is = format!("--config-env=url.{url}.insteadOf={URL_VARIABLE}");
        self.remote_refs(url, &[&as_it_is], &[(URL_VARIABLE, url)], branch, talk)
    }

    /// The other remotes there are, the one that the branch follows first.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn other_remotes(&self, remote: &str, branch: &str) -> Result<Vec<String>, Problem> {
        let settings = self.settings()?;
        let names = match &settings {
            Settings::Library(_) => {
                let names =
                    self.inner.remotes().map_err(|error| explain("cannot list the remotes", &error))?;
                names.iter().filter_map(|name| name.ok().flatten().map(str::to_owned)).collect::<Vec<_>>()
            }
            Settings::Listed(_) => {
                let listed = self.ask_git(["remote"], &[0])?;
                String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect()
            }
        };
        let mut others: Vec<String> = names.into_iter().filter(|name| name != remote).collect();
        let followed = settings.text(&format!("branch.{branch}.remote")).unwrap_or_default();
        others.sort_by_key(|name| followed != *name);
        Ok(others)
    }

    /// The URL that git reads from and those that it pushes to, all as they come out of every rewriting.
    fn urls(&self, remote: &str) -> Result<Option<Urls>, Problem> {
        if let Some(plain) = self.plain_url(remote)? {
            return Ok(plain.map(|url| Urls { read: Some(url.clone()), pushed: vec![url] }));
        }
        let asked = |words: &[&str]| -> Result<Vec<String>, Problem> {
            let words = [&["remote", "get-url"], words, &["--all", "--", remote]].concat();
            // 2, and in older versions 128: there is no such remote.
            let answer = self.ask_git(words, &[0, 2, 128])?;
            Ok(String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect())
        };
        let pushed = asked(&["--push"])?;
        if pushed.is_empty() {
            return Ok(None);
        }
        let read = asked(&[])?.into_iter().next();
        // A remote that has nothing but a `pushurl` is read nowhere: git names its name.
        let read = read.filter(|url| url != remote || pushed.contains(url));
        Ok(Some(Urls { read, pushed }))
    }

    /// The only URL of a remote that is set in the everyday way, which libgit2 reads as git does, or that it has none at
    /// all; nothing where git itself must be asked. A release of a repository without a remote needs no git program.
    fn plain_url(&self, remote: &str) -> Result<Option<Option<String>>, Problem> {
        let Settings::Library(config) = self.settings()? else { return Ok(None) };
        let (mut urls, mut other) = (0_usize, false);
        let wanted = format!("remote.{remote}.url");
        let pushed = format!("remote.{remote}.pushurl");
        if let Ok(mut entries) = config.entries(Some("^(remote|url)\\.")) {
            while let Some(Ok(entry)) = entries.next() {
                let name = entry.name().unwrap_or_default();
                urls += usize::from(name == wanted);
                other |= name == pushed || name.starts_with("url.");
            }
        }
        Ok(match urls {
            _ if other => None,
            0 => Some(None),
            1 => config.get_string(&wanted).ok().map(Some),
            _ => None,
        })
    }
}

/// The word by which a shell gets a URL with credentials from git itself, so that nothing prints them.
fn asked_from_git(remote: &str, number: usize) -> String {
    let remote = shell_word(remote);
    match number {
        0 => format!("\"$(git remote get-url --push {remote})\""),
        _ => format!("\"$(git remote get-url --push --all {remote} | sed -n {}p)\"", number + 1),
    }
}
