//! The bare command: where things stand, what would refuse the next release, and what each word would give.

use super::*;
use crate::origin::{Origin, pids, through_ssh};

/// What follows the facts and what is in the way, where the version is 0.1.0 and `auto` is a minor.
const WORDS: &str = "\
What each word would give:
  patch        0.1.1
  minor        0.2.0
  major        1.0.0
  minor alpha  0.2.0-alpha.1
  alpha        0.2.0-alpha.1
  beta         0.2.0-beta.1
  rc           0.2.0-rc.1
  release      – (0.1.0 is already stable)
  auto         0.2.0
               `minor`: 3 entries added, changed or deprecated

Look before you release:  trueppm-release minor --dry-run
All that can be said:     trueppm-release --help
";

/// The bare command says exactly this, writes nothing, and fits a narrow terminal but for commands and hints.
#[track_caller]
fn stands(sandbox: &Sandbox, expected: &str) {
    let run = writes_nothing(sandbox, 0, &[]);
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout, expected);
    // Sentences are broken where a terminal ends; commands never are.
    let is_own =
        |line: &&str| !["    git ", "  hint: ", "  error: "].iter().any(|start| line.starts_with(start));
    for line in expected.lines().filter(is_own) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_bare_command_shows_where_things_stand() {
    let sandbox = Sandbox::suite();
    let facts = "\
Version  : 0.1.0
Branch   : main
Last tag : v0.1.0
Pending  : 4 fragments (2 added, 1 changed, 1 security)
           1 entry under [Unreleased]

";
    stands(&sandbox, &format!("{facts}{WORDS}"));
    // A remote that has everything is nothing to speak of.
    let _origin = Origin::of(&sandbox);
    stands(&sandbox, &format!("{facts}{WORDS}"));
}

#[test]
fn everything_in_the_way_is_said_by_name_and_with_its_remedy() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.7\"");
    sandbox.write("changelog.d/104.feature.md", "Of no type.\n");
    sandbox.commit_all("feat: mistakes");
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.write("CHANGELOG.md", sandbox.read("CHANGELOG.md") + "\n");
    for number in 1..=6 {
        sandbox.write(&format!("docs/{number}.md"), "new\n");
    }
    sandbox.write("changelog.d/106.fixed.md", "Staged.\n");
    sandbox.git(&["add", "docs", "changelog.d"]);
    sandbox.write("changelog.d/101.added.md", "Written anew.\n");
    sandbox.write("changelog.d/105.fixed.md", "Not even staged.\n");
    sandbox.write("changelog.d/notes.txt", "Meant as one?\n");
    stands(
        &sandbox,
        &format!(
            "\
Version  : 0.1.0
Branch   : topic
Last tag : v0.1.0
Pending  : 4 fragments (2 added, 1 changed, 1 security), 3 not committed
           1 entry under [Unreleased]

To mend before a release:
  error: manifests are out of step with `0.1.0`, the version in `packages/api/pyproject.toml`
      packages/web/package.json:3: found `0.0.7`, expected `0.1.0`
  hint: set them to the expected values and commit, then run the release again
  error: 1 file is not named like a fragment
      changelog.d/104.feature.md
  hint: a fragment is called `changelog.d/<slug>.<type>.md`; types are added, changed, deprecated, removed, fixed, security
  hint: did you mean `changelog.d/104.added.md`?

In the way of a release from here:
  here: not on `main`: the checked-out branch is `topic`
  hint: run `git checkout main && git pull`
  here: working tree is not clean
      changed: CHANGELOG.md (the release reads it: the committed version counts)
      staged: docs/1.md
      staged: docs/2.md
      staged: docs/3.md
      staged: docs/4.md
      and 2 more
  hint: commit the changes, or put them aside with `git stash`
  here: 4 fragments are not committed
      changelog.d/101.added.md (changed)
      changelog.d/105.fixed.md
      changelog.d/106.fixed.md (staged)
      changelog.d/notes.txt (not named like a fragment)
  hint: run `git add changelog.d && git commit`: a release reads what is committed

{WORDS}"
        ),
    );
}

#[test]
fn a_release_that_is_only_here_comes_with_its_two_ways_on() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    let released = "\
Not pushed yet:
  the release 0.2.0 is here and not on origin/main, as last fetched
  push it:
    git push --atomic origin main v0.2.0 scheduler-v0.2.0
  or take it back:
    trueppm-release undo

What each word would give:
";
    let run = writes_nothing(&sandbox, 0, &[]).shows(&format!("Pending  : no fragments\n\n{released}"));
    assert!(
        run.stdout.contains("  auto         – (nothing to release: no change is pending)\n"),
        "{}",
        run.stdout
    );
    // With a commit on top it cannot be taken back any more.
    sandbox.write("docs/more.md", "more\n");
    sandbox.commit_all("docs: more");
    let run = writes_nothing(&sandbox, 0, &[])
        .shows("  the release 0.2.0 is here, 1 commit below HEAD, and not on origin/main, as last fetched\n")
        .shows("    git push --atomic origin main v0.2.0 scheduler-v0.2.0\n")
        .shows("  note: main is ahead of origin/main by 2 commits, as last fetched\n");
    assert!(!run.stdout.contains("undo"), "{}", run.stdout);
    // What the printed command pushed is not spoken of.
    let push = run.stdout.lines().find(|line| line.starts_with("    git push")).expect("a push").trim();
    sandbox.git(&push.split(' ').skip(1).collect::<Vec<_>>());
    let run = writes_nothing(&sandbox, 0, &[]);
    assert!(!run.stdout.contains("ushed"), "{}", run.stdout);
    assert!(!run.stdout.contains("ahead"), "{}", run.stdout);
}

#[test]
fn without_a_remote_a_release_has_one_way_on_and_one_to_come() {
    let sandbox = Sandbox::suite();
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    writes_nothing(&sandbox, 0, &[]).shows(
        "\
Not pushed yet:
  the release 0.2.0-alpha.1 is here and not pushed: there is no remote `origin`
  add the remote and push it:
    git remote add origin URL && git push --atomic origin main v0.2.0-alpha.1 scheduler-v0.2.0a1
  or take it back:
    trueppm-release undo

",
    );
    sandbox.write("docs/more.md", "more\n");
    sandbox.commit_all("docs: more");
    let run = writes_nothing(&sandbox, 0, &[]);
    assert!(!run.stdout.contains("Not pushed"), "{}", run.stdout);
}

#[test]
fn ahead_behind_and_both_are_said_as_last_fetched_and_nobody_is_asked() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    for path in ["docs/1.md", "docs/2.md"] {
        sandbox.write(path, "more\n");
        sandbox.commit_all("docs: more");
    }
    let ssh = through_ssh(&sandbox, "git@git.invalid:suite.git", "echo $$ >> \"$PIDS\"\nexit 1");
    let stands = |shown: &str| {
        let variables = ssh.iter().map(|(name, value)| (*name, value.as_str()));
        let run = sandbox.refused_by(0, sandbox.command(&[]).envs(variables)).shows(shown);
        assert!(!run.stdout.contains("Not pushed"), "{}", run.stdout);
    };
    stands("Worth knowing:\n  note: main is ahead of origin/main by 2 commits, as last fetched\n");
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    stands(
        "In the way of a release from here:\n  here: main is behind origin/main by 2 commits, as last fetched\n  \
         hint: run `git pull --ff-only origin main`\n",
    );
    sandbox.write("docs/3.md", "more\n");
    sandbox.commit_all("docs: more");
    stands(
        "  here: main and origin/main have diverged: 1 commit here, 2 commits there, as last fetched\n  \
         hint: run `git pull --rebase origin main`\n",
    );
    assert!(!pids(&sandbox).exists(), "the remote was asked");
}

#[test]
fn without_a_changelog_it_does_not_speak_of_fragments() {
    let sandbox = Sandbox::suite();
    let built_in = trueppm_release::config::built_in();
    let (before, rest) = built_in.split_once("\n[changelog]\n").expect("a changelog");
    let after = rest.split_once("\n[").map_or("", |(_, after)| after);
    sandbox.write(RELEASE_TOML, format!("{before}\n[{after}"));
    sandbox.commit_all("chore: no changelog");
    sandbox.write("changelog.d/105.fixed.md", "Nobody reads it.\n");
    let run = writes_nothing(&sandbox, 0, &[])
        .shows("Last tag : v0.1.0\n\nWhat each word would give:\n")
        .shows("  auto         – (it reads a changelog, and the configuration has none)\n");
    for word in ["fragment", "Pending", "changelog.d", "Unreleased"] {
        assert!(!run.stdout.contains(word), "{word}:\n{}", run.stdout);
    }
}

#[test]
fn every_changelog_counts_with_its_own_folder() {
    let sandbox = Sandbox::suite();
    let built_in = trueppm_release::config::built_in();
    let more = "[[changelog]]\npath = \"web/CHANGES.md\"\nfragments = \"web/news\"\n\n[[changelog]]\npath = \"LOG.md\"\n";
    sandbox
        .write(RELEASE_TOML, format!("{}\n{more}", built_in.replace("\n[changelog]\n", "\n[[changelog]]\n")));
    sandbox.write("web/CHANGES.md", "# Changes\n\n## [Unreleased]\n");
    sandbox.write("LOG.md", "# Log\n\n## [Unreleased]\n");
    sandbox.write("web/news/1.fixed.md", "A fix.\n");
    sandbox.write("web/news/2.oops.md", "Of no type.\n");
    sandbox.commit_all("chore: more changelogs");
    sandbox.write("web/news/3.fixed.md", "Not committed.\n");
    sandbox.write("changelog.d/9.fixed.md", "Not committed.\n");
    writes_nothing(&sandbox, 0, &[])
        .shows(
            "\
Pending  : 4 fragments in changelog.d (2 added, 1 changed, 1 security), 1 not committed
           1 entry under [Unreleased] in CHANGELOG.md
           1 fragment in web/news (1 fixed), 1 not committed
           nothing under [Unreleased] in LOG.md

",
        )
        .shows("  error: 1 file is not named like a fragment\n      web/news/2.oops.md\n")
        .shows("  here: 2 fragments are not committed\n      changelog.d/9.fixed.md\n      web/news/3.fixed.md\n")
        .shows("  hint: run `git add changelog.d web/news && git commit`: a release reads what is committed\n");
}

#[test]
fn what_can_be_the_first_release_is_among_the_words() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "-d", "v0.1.0", "scheduler-v0.1.0"]);
    let first = "What each word would give:\n  0.1.0        0.1.0\n               as a first release: no tag of one is here\n";
    writes_nothing(&sandbox, 0, &[]).shows(first);
    let _origin = Origin::of(&sandbox);
    writes_nothing(&sandbox, 0, &[])
        .shows(&format!("{first}               origin is asked when it is cut\n"));
    sandbox.git(&["tag", "scheduler-v0.0.1"]);
    let run = writes_nothing(&sandbox, 0, &[]);
    assert!(!run.stdout.contains("first release"), "{}", run.stdout);
}

#[test]
fn the_bare_command_works_in_every_place() {
    let sandbox = Sandbox::suite_at("0.2.0-rc.1", "0.2.0rc1", "0.2.0");
    sandbox.git(&["tag", "v0.2.0-rc.1"]);
    sandbox.git(&["tag", "v0.10.0-alpha.1"]);
    sandbox.git(&["tag", "v0.9.0-alpha.1"]);
    sandbox.git(&["tag", "vnext"]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.write("changelog.d/104.improved.md", "Of no type.\n");
    sandbox.git(&["add", "changelog.d"]);
    sandbox.git(&["commit", "--quiet", "-m", "docs: a stray"]);
    sandbox.write("README.md", "dirty\n");
    writes_nothing(&sandbox, 0, &[])
        .shows("Version  : 0.2.0-rc.1\n")
        .shows("Branch   : none, HEAD is detached\n")
        .shows("Last tag : v0.10.0-alpha.1\n")
        .shows("  error: 1 file is not named like a fragment\n      changelog.d/104.improved.md\n")
        .shows("  here: not on `main`: HEAD is detached\n")
        .shows("  here: working tree is not clean\n      changed: README.md\n")
        .shows("  beta         – (cannot move backwards from rc to beta)\n")
        .shows("  release      0.2.0\n")
        .shows(
            "  auto         0.2.0-rc.2\n               `rc`: the next of its stage, as 0.2.0-rc.1 is a pre-release (5 \
             entries pending)\n",
        );
}

#[test]
fn a_repository_without_tags_and_fragments_says_so() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "-d", "v0.1.0", "scheduler-v0.1.0"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.git(&["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
    writes_nothing(&sandbox, 0, &[]).shows("Last tag : none yet\n").shows("Pending  : no fragments\n");
}
