use super::support::Sandbox;
use crate::git::{Identities, IdentityEnv};

/// Names and values, of settings or of variables.
type Pairs = Vec<(&'static str, &'static str)>;

const NOW: i64 = 1_700_000_000;

/// What git says for the same variables and settings: `author\ncommitter\n`, or `None` when it refuses. `git var`
/// is strict about the same things as `git commit`.
fn according_to_git(sandbox: &Sandbox, variables: &[(&str, &str)]) -> Option<String> {
    let defaults = ["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_DATE"), format!("@{NOW} +0000")));
    let mut command = vec!["-u".to_owned(), "GIT_AUTHOR_NAME".to_owned()];
    for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        command.extend(["-u".to_owned(), name.to_owned()]);
    }
    command.extend(defaults.iter().map(|(name, value)| format!("{name}={value}")));
    command.extend(variables.iter().map(|(name, value)| format!("{name}={value}")));
    command.extend([
        "sh".to_owned(),
        "-c".to_owned(),
        "git var GIT_AUTHOR_IDENT && git var GIT_COMMITTER_IDENT".to_owned(),
    ]);
    // A git alias runs with the sandbox's own environment, which `env` then changes.
    let words =
        command.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect::<Vec<_>>().join(" ");
    let alias = format!("alias.ident=!env {words}");
    let (done, stdout, _) = sandbox.try_git(&["-c", &alias, "ident"]);
    done.then_some(stdout)
}

fn environment(variables: &[(&str, &str)]) -> IdentityEnv {
    IdentityEnv::from_lookup(|name| {
        variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).into())
    })
}

fn shown(identities: &Identities) -> String {
    format!("{}\n{}\n", identities.author.header(), identities.committer.header())
}

#[test]
fn the_identity_is_the_one_git_would_choose() {
    let user = [("user.name", "Ursula User"), ("user.email", "user@example.org")];
    let author = [("author.name", "Ada Author"), ("author.email", "ada@example.org")];
    let committer = [("committer.name", "Carl Committer")];
    let everything = [&user[..], &author[..], &committer[..]].concat();
    let variables = [
        ("GIT_AUTHOR_NAME", "Env Author"),
        ("GIT_AUTHOR_EMAIL", "env.author@example.org"),
        ("GIT_COMMITTER_NAME", "Env Committer"),
        ("GIT_COMMITTER_EMAIL", "env.committer@example.org"),
    ];
    let name = ("user.name", "Ursula User");
    let cases: Vec<(Pairs, Pairs)> = vec![
        (user.to_vec(), vec![]),
        (everything.clone(), vec![]),
        (everything, variables.to_vec()),
        (vec![], variables.to_vec()),
        (user.to_vec(), variables[..2].to_vec()),
        (user.to_vec(), variables[2..].to_vec()),
        (vec![name], vec![("EMAIL", "by@variable.example")]),
        (user.to_vec(), vec![("EMAIL", "by@variable.example")]),
        (vec![("user.name", " ,.Ursula <User> Jr.;\\ "), ("user.email", "<odd@example.org>")], vec![]),
        (vec![("user.name", "Ürsula Üser 😀"), ("user.email", "ü@example.org")], vec![]),
        (user.to_vec(), vec![("GIT_AUTHOR_EMAIL", "")]),
        (user.to_vec(), vec![("GIT_AUTHOR_NAME", "two\nlines")]),
    ];
    for (settings, variables) in cases {
        let sandbox = Sandbox::empty();
        settings.iter().for_each(|(name, value)| drop(sandbox.git(&["config", name, value])));
        let ours = sandbox.open().identity(NOW, 0, &environment(&variables)).map(|found| shown(&found));
        let git_says = according_to_git(&sandbox, &variables);
        assert!(git_says.is_some(), "git refuses {settings:?} {variables:?}");
        assert_eq!(ours.ok(), git_says, "{settings:?} {variables:?}");
    }
}

#[test]
fn an_identity_that_git_refuses_is_refused() {
    let user = [("user.name", "Ursula User"), ("user.email", "user@example.org")];
    let cases: Vec<(Pairs, Pairs, &str)> = vec![
        (vec![("user.useConfigOnly", "true")], vec![], "no name and no address"),
        (vec![("user.useConfigOnly", "true"), user[0]], vec![], "no address"),
        (vec![("user.useConfigOnly", "true"), user[0]], vec![("EMAIL", "a@b")], "no address"),
        (vec![("user.useConfigOnly", "true"), user[1]], vec![], "no name"),
        (user.to_vec(), vec![("GIT_AUTHOR_NAME", "")], "the author's name is empty"),
        (user.to_vec(), vec![("GIT_COMMITTER_NAME", " ,;")], "the committer's name is empty"),
        (user.to_vec(), vec![("GIT_AUTHOR_DATE", "some day")], "`GIT_AUTHOR_DATE` is not a date: `some day`"),
        (user.to_vec(), vec![("GIT_COMMITTER_DATE", "2026-06-29")], "`GIT_COMMITTER_DATE` is not a date"),
    ];
    for (settings, variables, words) in cases {
        let sandbox = Sandbox::empty();
        settings.iter().for_each(|(name, value)| drop(sandbox.git(&["config", name, value])));
        let problem = sandbox.open().identity(NOW, 0, &environment(&variables)).unwrap_err();
        assert!(problem.message.contains(words), "{problem:?}");
        assert!(!problem.hints.is_empty(), "{problem:?}");
        assert_eq!(according_to_git(&sandbox, &variables), None, "{settings:?} {variables:?}");
    }
}

#[test]
fn an_address_that_git_would_leave_empty_is_refused() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["config", "user.name", "Ursula User"]);
    sandbox.git(&["config", "author.email", "ada@example.org"]);
    let variables = [("EMAIL", "by@variable.example")];
    assert!(according_to_git(&sandbox, &variables).unwrap().contains("Ursula User <>"));
    let problem = sandbox.open().identity(NOW, 0, &environment(&variables)).unwrap_err();
    assert!(problem.message.contains("no address"), "{problem:?}");
}

#[test]
fn without_any_settings_both_commands_are_named() {
    let problem = Sandbox::empty().open().identity(NOW, 0, &IdentityEnv::default()).unwrap_err();
    let commands =
        ["git config --global user.name \"Your Name\"", "git config --global user.email \"you@example.com\""];
    assert_eq!(problem.hints, commands);
}

#[test]
fn dates_are_read_as_git_reads_them() {
    let user = [("user.name", "U"), ("user.email", "u@v")];
    let sandbox = Sandbox::empty();
    user.iter().for_each(|(name, value)| drop(sandbox.git(&["config", name, value])));
    for date in [
        "@1782727200 +0200",
        "@5 -0330",
        "1782727200 +0530",
        "1782727200 -1145",
        "1782727200",
        "Mon, 29 Jun 2026 12:00:00 +0200",
        "29 Jun 2026 12:00:00 -0700",
        "Mon Jun 29 12:00:00 2026 +0200",
        "Mon Jun 29 12:00:00 2026",
        "2026-06-29T12:00:00+02:00",
        "2026-06-29T12:00:00Z",
        "2026-06-29 12:00:00 +0200",
        "2026-06-29 12:00:00.123 +0200",
        "2026-06-29T12:00:00",
        "2026-06-29 12:00",
        "2026.06.29 12:00:00",
        "2026/06/29 12:00:00 +0000",
        "06/29/2026 12:00:00",
        "29.06.2026 12:00:00",
        "June 29 2026 12:00:00 GMT",
    ] {
        let variables = [("GIT_AUTHOR_DATE", date)];
        let ours = sandbox.open().identity(NOW, 0, &environment(&variables)).map(|found| shown(&found));
        let git_says = according_to_git(&sandbox, &variables);
        assert!(git_says.is_some(), "git refuses {date}");
        assert_eq!(ours.ok(), git_says, "{date}");
    }
}

#[test]
fn a_date_without_a_zone_is_local() {
    let sandbox = Sandbox::empty();
    let variables = [
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@b"),
        ("GIT_COMMITTER_NAME", "C"),
        ("GIT_COMMITTER_EMAIL", "c@d"),
        ("GIT_AUTHOR_DATE", "2026-06-29 12:00:00"),
    ];
    let found = sandbox.open().identity(NOW, 330, &environment(&variables)).unwrap();
    assert_eq!(found.author.header(), "A <a@b> 1782714600 +0530");
    assert_eq!(found.committer.header(), "C <c@d> 1700000000 +0530");
}
