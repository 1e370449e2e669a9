//! Where git reads a remote and where it pushes to, with every setting that sends the two to different places.

use super::support::Sandbox;
use crate::git::Place;

/// Name, URL, word, and whether a push goes there.
fn told(place: &Place) -> (&str, &str, &str, bool) {
    (&place.name, &place.url, &place.word, place.pushed)
}

#[track_caller]
fn places(sandbox: &Sandbox, expected: &[(&str, &str, &str, bool)]) {
    let places = sandbox.open().places("origin").unwrap();
    assert_eq!(places.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn a_remote_in_one_place_is_called_by_its_name_and_shown_without_credentials() {
    let sandbox = Sandbox::new();
    places(&sandbox, &[]);
    sandbox.git(&["remote", "add", "origin", "https://me:secret@example.org/group/suite.git"]);
    let url = "https://example.org/group/suite.git";
    places(&sandbox, &[("origin", url, "origin", true)]);
    let place = sandbox.open().places("origin").unwrap().remove(0);
    assert_eq!(place.branch("main"), "origin/main");
    assert!(!format!("{place:?}").contains("secret"));
    assert_eq!(sandbox.open().places("no such name").unwrap(), []);
    // The same URL as `pushurl` is no other place.
    sandbox.git(&["config", "remote.origin.pushurl", "https://me:secret@example.org/group/suite.git"]);
    places(&sandbox, &[("origin", url, "origin", true)]);
}

#[test]
fn a_push_url_of_its_own_is_another_place_and_its_credentials_are_asked_from_git() {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", "../mirror.git"]);
    sandbox.git(&["config", "remote.origin.pushurl", "../primary.git"]);
    places(
        &sandbox,
        &[
            ("origin (../primary.git)", "../primary.git", "../primary.git", true),
            ("origin (../mirror.git)", "../mirror.git", "origin", false),
        ],
    );
    assert_eq!(
        sandbox.open().places("origin").unwrap().remove(0).branch("main"),
        "main on origin (../primary.git)"
    );
    sandbox.git(&["config", "remote.origin.pushurl", "https://me:secret@git.invalid/a.git"]);
    sandbox.git(&["config", "--add", "remote.origin.pushurl", "https://me:secret@git.invalid/b.git"]);
    let (a, b) = ("https://git.invalid/a.git", "https://git.invalid/b.git");
    places(
        &sandbox,
        &[
            (&format!("origin ({a})"), a, "\"$(git remote get-url --push origin)\"", true),
            (&format!("origin ({b})"), b, "\"$(git remote get-url --push --all origin | sed -n 2p)\"", true),
            ("origin (../mirror.git)", "../mirror.git", "origin", false),
        ],
    );
}

#[test]
fn several_urls_are_all_pushed_to_and_only_the_first_is_read() {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", "../a.git"]);
    sandbox.git(&["remote", "set-url", "--add", "origin", "../b.git"]);
    places(
        &sandbox,
        &[
            ("origin (../a.git)", "../a.git", "origin", true),
            ("origin (../b.git)", "../b.git", "../b.git", true),
        ],
    );
}

#[test]
fn rewritten_urls_are_told_as_git_rewrites_them() {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", "https://git.invalid/suite.git"]);
    sandbox.git(&["config", "url.ssh://git@git.invalid/.pushInsteadOf", "https://git.invalid/"]);
    let (pushed, read) = ("ssh://git@git.invalid/suite.git", "https://git.invalid/suite.git");
    places(
        &sandbox,
        &[
            ("origin (ssh://git@git.invalid/suite.git)", pushed, pushed, true),
            ("origin (https://git.invalid/suite.git)", read, "origin", false),
        ],
    );
    sandbox.git(&["config", "--unset", "url.ssh://git@git.invalid/.pushInsteadOf"]);
    sandbox.git(&["config", "url.ssh://git@git.invalid/.insteadOf", "https://git.invalid/"]);
    places(&sandbox, &[("origin", pushed, "origin", true)]);
}

#[test]
fn a_remote_that_is_only_pushed_to_is_read_nowhere() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "remote.origin.pushurl", "../primary.git"]);
    places(&sandbox, &[("origin", "../primary.git", "../primary.git", true)]);
}

#[test]
fn of_other_remotes_the_one_that_the_branch_follows_comes_first() {
    let sandbox = Sandbox::new();
    for name in ["backup", "origin", "upstream"] {
        sandbox.git(&["remote", "add", name, "../x.git"]);
    }
    assert_eq!(sandbox.open().other_remotes("origin", "main").unwrap(), ["backup", "upstream"]);
    sandbox.git(&["config", "branch.main.remote", "upstream"]);
    assert_eq!(sandbox.open().other_remotes("origin", "main").unwrap(), ["upstream", "backup"]);
}
