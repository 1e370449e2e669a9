use super::support::Sandbox;
use crate::git::Repository;

/// What git says, as lines of its short format.
fn according_to_git(sandbox: &Sandbox) -> Vec<String> {
    let arguments = ["--no-optional-locks", "status", "--porcelain=v1", "-z", "-uno", "--no-renames"];
    sandbox.git(&arguments).split('\0').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn according_to_us(repository: &Repository) -> Vec<String> {
    let lines = |it: crate::git::ChangedPath| {
        assert_eq!((it.staged, it.unstaged), (!it.code.starts_with(' '), !it.code.ends_with(' ')));
        format!("{} {}", it.code, it.path)
    };
    repository.status().unwrap().changed.into_iter().map(lines).collect()
}

/// Both agree, and asking wrote nothing at all below the git directory.
fn assert_agreement(sandbox: &Sandbox, expected: &[&str]) {
    let before = sandbox.git_directory();
    let ours = according_to_us(&sandbox.open());
    assert_eq!(sandbox.git_directory(), before, "status wrote something");
    assert_eq!(ours, according_to_git(sandbox));
    assert_eq!(ours, expected);
}

#[test]
fn a_clean_tree_is_clean_and_untracked_files_do_not_count() {
    let sandbox = Sandbox::new();
    sandbox.write("packages/new.txt", "untracked");
    assert_agreement(&sandbox, &[]);
}

#[test]
fn every_kind_of_change_agrees_with_git() {
    let sandbox = Sandbox::new();
    for name in ["mode", "staged", "both", "type", "gone", "removed", "folder", "same-size", "touched"] {
        sandbox.write(name, "content\n");
    }
    sandbox.commit("more");
    sandbox.executable("mode");
    sandbox.write("staged", "other\n");
    sandbox.write("both", "other\n");
    sandbox.write("added", "new\n");
    sandbox.git(&["add", "staged", "both", "added"]);
    sandbox.write("both", "yet another\n");
    sandbox.remove("type");
    sandbox.link("mode", "type");
    sandbox.remove("gone");
    sandbox.git(&["rm", "--quiet", "removed"]);
    sandbox.remove("folder");
    sandbox.write("folder/inside", "x");
    sandbox.write("same-size", "CONTENT\n");
    sandbox.write("touched", "content\n");
    assert_agreement(
        &sandbox,
        &[
            "A  added",
            "MM both",
            " D folder",
            " D gone",
            " M mode",
            "D  removed",
            " M same-size",
            "M  staged",
            " T type",
        ],
    );
}

#[test]
fn a_change_in_the_moment_the_index_was_written_is_seen() {
    let sandbox = Sandbox::new();
    for round in 0..20 {
        sandbox.write("README.md", format!("round {round:02}\n"));
        sandbox.git(&["add", "README.md"]);
        sandbox.git(&["commit", "--quiet", "-m", "round"]);
        sandbox.write("README.md", format!("ROUND {round:02}\n"));
        assert_agreement(&sandbox, &[" M README.md"]);
    }
}

#[test]
fn a_folder_replaced_by_a_link_to_it_counts_as_deleted() {
    let sandbox = Sandbox::new();
    sandbox.rename("packages", "../elsewhere");
    sandbox.link("../elsewhere", "packages");
    assert_agreement(&sandbox, &[" D packages/api/pyproject.toml", " D packages/web/package.json"]);
}

#[test]
fn staged_changes_are_seen_with_and_without_the_memory_of_trees() {
    let sandbox = Sandbox::new();
    sandbox.write("packages/web/package.json", "{\"a\":1}\n");
    sandbox.git(&["add", "."]);
    assert_agreement(&sandbox, &["M  packages/web/package.json"]);
    sandbox.git(&["write-tree"]);
    assert_agreement(&sandbox, &["M  packages/web/package.json"]);
    sandbox.git(&["reset", "--quiet", "--hard"]);
    sandbox.git(&["read-tree", "HEAD"]);
    sandbox.remove(".git/index");
    sandbox.git(&["read-tree", "--empty"]);
    let everything = according_to_git(&sandbox);
    assert!(everything.iter().all(|line| line.starts_with("D  ")) && everything.len() == 9, "{everything:?}");
    assert_eq!(according_to_us(&sandbox.open()), everything);
}

#[test]
fn what_git_does_not_compare_is_left_out() {
    let sandbox = Sandbox::new();
    sandbox.git(&["update-index", "--assume-unchanged", "README.md"]);
    sandbox.git(&["update-index", "--skip-worktree", "scripts/run.sh"]);
    sandbox.write("README.md", "changed\n");
    sandbox.remove("scripts/run.sh");
    assert_agreement(&sandbox, &[]);
}

#[test]
fn a_sparse_checkout_agrees_with_git() {
    let sandbox = Sandbox::new();
    sandbox.git(&["sparse-checkout", "set", "--no-sparse-index", "packages/api"]);
    assert_agreement(&sandbox, &[]);
    sandbox.write("packages/web/package.json", "back, and different\n");
    assert_agreement(&sandbox, &[" M packages/web/package.json"]);
}

#[test]
fn an_intended_addition_is_a_change() {
    let sandbox = Sandbox::new();
    sandbox.write("intended", "text\n");
    sandbox.write("intended-gone", "text\n");
    sandbox.git(&["add", "--intent-to-add", "intended", "intended-gone"]);
    sandbox.remove("intended-gone");
    assert_agreement(&sandbox, &[" A intended", " D intended-gone"]);
}

#[test]
fn every_kind_of_conflict_agrees_with_git() {
    let sandbox = Sandbox::new();
    for name in ["both-modified", "we-deleted", "they-deleted", "kept"] {
        sandbox.write(name, "base\n");
    }
    sandbox.commit("base");
    sandbox.git(&["checkout", "--quiet", "-b", "other"]);
    sandbox.write("both-modified", "theirs\n");
    sandbox.write("both-added", "theirs\n");
    sandbox.write("we-deleted", "theirs\n");
    sandbox.remove("they-deleted");
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("both-modified", "ours\n");
    sandbox.write("both-added", "ours\n");
    sandbox.remove("we-deleted");
    sandbox.write("they-deleted", "ours\n");
    sandbox.commit("ours");
    sandbox.try_git(&["merge", "other"]);
    assert_agreement(&sandbox, &["AA both-added", "UU both-modified", "UD they-deleted", "DU we-deleted"]);
}

#[test]
fn converted_line_endings_are_no_change() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.autocrlf", "true"]);
    sandbox.remove("README.md");
    sandbox.git(&["checkout", "--quiet", "--", "README.md"]);
    assert_eq!(sandbox.read("README.md"), b"read me\r\n");
    assert_agreement(&sandbox, &[]);
    sandbox.write("README.md", "read me\r\n");
    assert_agreement(&sandbox, &[]);
    sandbox.write("README.md", "read you\r\n");
    assert_agreement(&sandbox, &[" M README.md"]);
}

#[test]
fn external_filters_and_encodings_are_judged_by_git() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "filter.upper.clean", "tr a-z A-Z"]);
    sandbox.git(&["config", "filter.upper.smudge", "tr A-Z a-z"]);
    sandbox.write(".gitattributes", "*.low filter=upper\n*.wide working-tree-encoding=UTF-16LE\n");
    sandbox.write("text.low", "hello\n");
    sandbox.write("text.wide", b"h\0i\0");
    sandbox.commit("filtered");
    sandbox.remove("text.low");
    sandbox.remove("text.wide");
    sandbox.write("text.low", "hello\n");
    sandbox.write("text.wide", b"h\0i\0");
    assert_agreement(&sandbox, &[]);
    sandbox.write("text.low", "howdy\n");
    assert_agreement(&sandbox, &[" M text.low"]);
}

#[test]
fn an_untrusted_file_mode_is_ignored_like_git_does() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.fileMode", "false"]);
    sandbox.executable("README.md");
    assert_agreement(&sandbox, &[]);
}

#[test]
fn a_submodule_counts_as_git_counts_it() {
    let sandbox = Sandbox::new();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "inner"]);
    sandbox.commit("submodule");
    assert_agreement(&sandbox, &[]);
    sandbox.write("inner/untracked", "x");
    assert_agreement(&sandbox, &[]);
    sandbox.write("inner/README.md", "dirty\n");
    assert_agreement(&sandbox, &[" M inner"]);
    sandbox.git(&["config", "submodule.inner.ignore", "dirty"]);
    assert_agreement(&sandbox, &[]);
    sandbox.git(&["submodule", "--quiet", "deinit", "--force", "inner"]);
    assert_agreement(&sandbox, &[]);
    sandbox.remove_folder("inner");
    let git_says = according_to_git(&sandbox);
    assert_eq!(according_to_us(&sandbox.open()), git_says);
}

#[test]
fn names_with_line_breaks_and_wildcards_are_taken_literally() {
    let sandbox = Sandbox::new();
    for name in ["two\nlines", "star*", "[set]", ":(top)x", "\u{1b}[31mred"] {
        sandbox.write(name, "one\n");
    }
    sandbox.write("starry", "one\n");
    sandbox.commit("odd names");
    for name in ["two\nlines", "star*", "[set]", ":(top)x", "\u{1b}[31mred"] {
        sandbox.write(name, "two\n");
    }
    assert_agreement(&sandbox, &[" M \u{1b}[31mred", " M :(top)x", " M [set]", " M star*", " M two\nlines"]);
}

#[test]
fn many_changes_agree_with_git() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..600).map(|number| format!("many/{:03}/{number}", number % 7)).collect();
    names.iter().for_each(|name| sandbox.write(name, "one\n"));
    sandbox.commit("many");
    names.iter().for_each(|name| sandbox.write(name, "two\n"));
    let git_says = according_to_git(&sandbox);
    assert_eq!(git_says.len(), 600);
    assert_eq!(according_to_us(&sandbox.open()), git_says);
}

#[test]
fn an_index_that_libgit2_cannot_read_is_refused_with_the_way_out() {
    for (enable, part) in [
        (vec!["update-index", "--split-index"], "git update-index --no-split-index"),
        (vec!["sparse-checkout", "set", "--sparse-index", "packages/api"], "--no-sparse-index"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.git(&enable);
        let problem = sandbox.open().status().unwrap_err();
        let way_out = problem.hints.first().unwrap_or_else(|| panic!("{problem:?}"));
        assert!(way_out.contains(part), "{problem:?}");
        sandbox.git(&way_out.split(' ').skip(1).collect::<Vec<_>>());
        assert!(sandbox.open().status().unwrap().changed.is_empty());
    }
}

#[test]
fn an_unborn_branch_agrees_with_git() {
    let sandbox = Sandbox::empty();
    assert_agreement(&sandbox, &[]);
    sandbox.write("first", "x");
    sandbox.git(&["add", "first"]);
    assert_agreement(&sandbox, &["A  first"]);
}

#[test]
fn a_linked_work_tree_has_a_status_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    sandbox.write("../linked/README.md", "changed\n");
    assert_eq!(according_to_us(&sandbox.open_at(&sandbox.at("linked"))), [" M README.md"]);
    assert_agreement(&sandbox, &[]);
}

#[test]
fn a_second_handle_answers_on_another_thread() {
    let sandbox = Sandbox::new();
    sandbox.write("README.md", "changed\n");
    let other = sandbox.open().another_handle().unwrap();
    let changed = std::thread::spawn(move || according_to_us(&other)).join().unwrap();
    assert_eq!(changed, [" M README.md"]);
}

#[test]
fn a_file_that_comes_and_goes_meanwhile_is_changed_or_not_and_never_an_error() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..8).map(|number| format!("f{number}")).collect();
    for name in &names {
        sandbox.write(name, "content\n");
    }
    sandbox.commit("more");
    let repository = sandbox.open();
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                for name in &names {
                    sandbox.remove(name);
                    sandbox.write(name, "content\n");
                    // Somebody at work, not a storm: most looks find every file there.
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
            }
        });
        let all: Vec<_> = (0..200).map(|_| repository.status()).collect();
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        busy.join().unwrap();
        let failed: Vec<_> = all.into_iter().filter_map(Result::err).map(|problem| problem.message).collect();
        assert!(failed.is_empty(), "{failed:?}");
    });
    assert_agreement(&sandbox, &[]);
}
