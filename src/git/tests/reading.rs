use super::support::Sandbox;
use crate::git::{Blob, Tag, TreeEntry, TreeEntryKind, Untracked};

#[test]
fn a_file_is_read_from_the_commit_and_not_from_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.link("README.md", "link");
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "inner"]);
    let commit = sandbox.commit("link and submodule");
    sandbox.write("README.md", "changed\n");
    let repository = sandbox.open();
    let entry = |path: &str| repository.tree_file(&commit, path, 100).unwrap();
    let id = sandbox.rev("HEAD:README.md");
    assert_eq!(entry("README.md"), TreeEntry::File { bytes: b"read me\n".to_vec(), id, executable: false });
    let TreeEntry::File { executable: true, .. } = entry("scripts/run.sh") else { panic!("not executable") };
    assert_eq!(entry("packages"), TreeEntry::Folder);
    assert_eq!(entry("link"), TreeEntry::Symlink);
    assert_eq!(entry("inner"), TreeEntry::Submodule);
    for missing in
        ["", "nothing", "README.md/below", "link/below", "inner/below", "../README.md", "/README.md", "a\0b"]
    {
        assert_eq!(entry(missing), TreeEntry::Missing, "{missing:?}");
    }
    let too_large = repository.tree_file(&commit, "README.md", 7).unwrap();
    assert!(matches!(too_large, TreeEntry::TooLarge { bytes: 8, .. }), "{too_large:?}");
    assert!(matches!(repository.tree_file(&commit, "README.md", 8).unwrap(), TreeEntry::File { .. }));
}

#[test]
fn a_folder_is_listed_as_git_lists_it() {
    let sandbox = Sandbox::new();
    let commit = sandbox.rev("HEAD");
    let repository = sandbox.open();
    let items = repository.tree_list(&commit, "changelog.d").unwrap().unwrap();
    let ours: Vec<String> = items.iter().map(|item| format!("{} {}", item.id, item.name)).collect();
    let git_says = sandbox.git(&["ls-tree", "--format=%(objectname) %(path)", "HEAD:changelog.d"]);
    assert_eq!(ours, git_says.lines().collect::<Vec<_>>());
    let top = repository.tree_list(&commit, "").unwrap().unwrap();
    let kinds: Vec<_> = top.iter().map(|item| (item.name.as_str(), item.kind)).collect();
    let folder = TreeEntryKind::Folder;
    let expected = [
        ("README.md", TreeEntryKind::File),
        ("changelog.d", folder),
        ("packages", folder),
        ("scripts", folder),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(repository.tree_list(&commit, "nothing").unwrap(), None);
    assert_eq!(repository.tree_list(&commit, "README.md").unwrap(), None);
}

#[test]
fn many_blobs_come_in_the_order_asked_for_and_within_the_limit() {
    let sandbox = Sandbox::new();
    sandbox.git(&["gc", "--quiet"]);
    let commit = sandbox.rev("HEAD");
    let repository = sandbox.open();
    let mut ids: Vec<_> = repository
        .tree_list(&commit, "changelog.d")
        .unwrap()
        .unwrap()
        .into_iter()
        .map(|item| item.id)
        .collect();
    ids.reverse();
    ids.push(sandbox.rev("HEAD:README.md"));
    let mut expected: Vec<_> =
        (0..5).rev().map(|number| Blob::Bytes(format!("- entry {number}\n").into_bytes())).collect();
    expected.push(Blob::Bytes(b"read me\n".to_vec()));
    assert_eq!(repository.blobs(&ids, 10).unwrap(), expected);
    assert_eq!(repository.blobs(&ids, 8).unwrap().first(), Some(&Blob::TooLarge(10)));
    assert!(repository.blobs(&[commit], 8).unwrap_err().message.contains("is not a blob"));
}

#[test]
fn what_a_partial_clone_lacks_is_said() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.work.display());
    for filter in ["blob:none", "tree:0"] {
        let clone = format!("clone-{}", filter.len());
        sandbox.git_in(
            &sandbox.at(""),
            &["clone", "--quiet", "--no-checkout", "--filter", filter, &url, &clone],
        );
        let repository = sandbox.open_at(&sandbox.at(&clone));
        let commit = repository.head().unwrap().commit.unwrap();
        let problem = repository.tree_file(&commit, "changelog.d/0.added.md", 100).unwrap_err();
        assert!(
            problem.hints.iter().any(|hint| hint.contains("git fetch --refetch --no-filter")),
            "{filter}: {problem:?}"
        );
    }
}

#[test]
fn tags_are_those_git_lists() {
    let sandbox = Sandbox::new();
    sandbox.git(&["tag", "-a", "-m", "one", "v0.1.0"]);
    sandbox.git(&["tag", "light"]);
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.git(&["tag", "-a", "-m", "two", "nested/v0.2.0"]);
    sandbox.git(&["tag", "tree", "HEAD^{tree}"]);
    let repository = sandbox.open();
    let tags = repository.local_tags().unwrap();
    let ours: Vec<_> = tags.iter().map(|tag| format!("{} {}", tag.target, tag.name)).collect();
    let git_says = sandbox.git(&["for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/tags"]);
    assert_eq!(ours, git_says.lines().collect::<Vec<_>>());
    let head = Some(sandbox.rev("HEAD"));
    let commits: Vec<_> = tags.iter().map(|tag| repository.tag_commit(tag).unwrap()).collect();
    assert_eq!(commits, [head.clone(), head.clone(), None, head]);
    assert!(repository.tag_exists("v0.1.0").unwrap() && repository.tag_exists("nested/v0.2.0").unwrap());
    for absent in ["v0.2.0", "nested", "", "a b", "x\0y", "v0.1.0.lock"] {
        assert!(!repository.tag_exists(absent).unwrap(), "{absent:?}");
    }
}

#[test]
fn a_tag_without_its_object_is_a_problem() {
    let sandbox = Sandbox::new();
    let tag =
        Tag { name: "broken".to_owned(), target: crate::git::ObjectId::parse(&"1".repeat(40)).unwrap() };
    assert!(sandbox.open().tag_commit(&tag).unwrap_err().message.contains("cannot read tag `broken`"));
}

#[test]
fn the_upstream_is_counted_as_git_counts() {
    let sandbox = Sandbox::new();
    let url = format!("file://{}", sandbox.work.display());
    sandbox.git_in(&sandbox.at(""), &["clone", "--quiet", &url, "clone"]);
    let clone = sandbox.at("clone");
    let upstream = |branch: &str, remote: &str| {
        let repository = sandbox.open_at(&clone);
        let commit = repository.head().unwrap().commit.unwrap();
        repository.upstream(&commit, branch, remote).unwrap()
    };
    let even = upstream("main", "origin").unwrap();
    assert_eq!((even.reference.as_str(), even.ahead, even.behind), ("refs/remotes/origin/main", 0, 0));
    sandbox.commit("theirs 1");
    sandbox.commit("theirs 2");
    sandbox.git_in(&clone, &["commit", "--quiet", "--allow-empty", "-m", "ours"]);
    sandbox.git_in(&clone, &["fetch", "--quiet"]);
    let apart = upstream("main", "origin").unwrap();
    assert_eq!((apart.ahead, apart.behind), (1, 2));
    assert_eq!(apart.commit, sandbox.rev("main"));
    assert_eq!(upstream("other", "origin"), None);
    assert_eq!(upstream("main", "elsewhere"), None);
    assert_eq!(upstream("a b", "origin"), None);

    sandbox.git_in(&sandbox.at(""), &["clone", "--quiet", "--depth=1", &url, "shallow"]);
    let shallow = sandbox.open_at(&sandbox.at("shallow"));
    assert!(shallow.is_shallow() && !sandbox.open().is_shallow());
    sandbox.git_in(&sandbox.at("shallow"), &["commit", "--quiet", "--allow-empty", "-m", "ours"]);
    let commit = shallow.head().unwrap().commit.unwrap();
    let upstream = shallow.upstream(&commit, "main", "origin").unwrap().unwrap();
    assert_eq!((upstream.ahead, upstream.behind), (1, 0));
}

#[test]
fn untracked_files_are_found_where_asked_and_nowhere_else() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "*.ignored.md\nbuild/\n");
    sandbox.commit("ignore");
    for path in [
        "changelog.d/new.fixed.md",
        "changelog.d/x.ignored.md",
        "changelog.d/sub/deep.md",
        "build/out",
        "other",
    ] {
        sandbox.write(path, "x");
    }
    sandbox.link("nowhere", "changelog.d/link.md");
    let repository = sandbox.open();
    let untracked = |path: &str, ignored: bool| Untracked { path: path.to_owned(), ignored };
    assert_eq!(
        repository.untracked_in("changelog.d").unwrap(),
        [
            untracked("changelog.d/link.md", false),
            untracked("changelog.d/new.fixed.md", false),
            untracked("changelog.d/x.ignored.md", true)
        ]
    );
    assert_eq!(repository.untracked_in("").unwrap(), [untracked("other", false)]);
    assert!(repository.untracked_in("nowhere").unwrap().is_empty());
    assert!(repository.untracked_in("README.md").unwrap().is_empty());
    let asked = ["README.md", "build/out", "missing", "changelog.d", "other", "a\0b", ""].map(str::to_owned);
    assert_eq!(
        repository.untracked(&asked).unwrap(),
        [untracked("build/out", true), untracked("other", false)]
    );
    sandbox.git(&["rm", "--quiet", "--cached", "README.md"]);
    assert_eq!(repository.untracked(&["README.md".to_owned()]).unwrap(), [untracked("README.md", false)]);
}

#[test]
fn every_obstacle_on_a_path_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write(
        ".gitattributes",
        "*.bin filter=lfs\n*.wide working-tree-encoding=UTF-16LE\n*.txt text eol=lf\n*.off -filter\n",
    );
    sandbox.link("packages", "alias");
    sandbox.link("README.md", "link.md");
    let repository = sandbox.open();
    let obstacles = |path: &str| repository.path_obstacles(path, None).unwrap();
    for plain in ["README.md", "new/file.txt", "x.off", "packages/api/pyproject.toml"] {
        assert!(obstacles(plain).is_empty(), "{plain}: {:?}", obstacles(plain));
    }
    assert_eq!(obstacles("a.bin"), ["is stored through the git filter `lfs`"]);
    assert_eq!(obstacles("a.wide"), ["is stored in another encoding than in the work tree, `UTF-16LE`"]);
    assert_eq!(obstacles("alias/api/pyproject.toml"), ["lies below the symbolic link `alias`"]);
    assert_eq!(obstacles("link.md"), ["is a symbolic link in the work tree"]);
    assert_eq!(obstacles("packages/api"), ["is not a plain file in the work tree"]);
    assert_eq!(obstacles("README.md/below"), ["lies below `README.md`, which is not a folder"]);
    assert_eq!(obstacles("a\0b"), ["holds a NUL byte"]);
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    assert_eq!(repository.path_obstacles("README.md", Some(pointer)).unwrap(), ["is a Git LFS pointer"]);
}

#[test]
fn the_files_of_a_commit_are_those_that_git_lists_whatever_is_staged() {
    let sandbox = Sandbox::new();
    sandbox.link("README.md", "link");
    sandbox.write("a/b/c.toml", "x");
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "inner"]);
    let commit = sandbox.commit("link and submodule");
    let git_says = sandbox.git(&["ls-tree", "-r", "--format=%(objecttype) %(path)", "HEAD"]);
    let files: Vec<&str> = git_says.lines().filter_map(|line| line.strip_prefix("blob ")).collect();
    assert!(files.contains(&"link") && files.contains(&"a/b/c.toml") && !files.contains(&"inner"));
    let list = |wanted: &dyn Fn(&str) -> bool| {
        let mut found = sandbox.open().files_of(&commit, wanted).unwrap();
        found.sort();
        found
    };
    let noted = || sandbox.open().status_noting(|path| path.ends_with(b".toml")).unwrap().noted;
    assert_eq!(list(&|_| true), files);
    assert_eq!(list(&|path| path.ends_with("c.toml")), ["a/b/c.toml"]);
    assert!(noted().is_some_and(|noted| noted.contains(&"a/b/c.toml".to_owned())));
    // Now the index is not what HEAD has, and only HEAD counts.
    sandbox.write("staged.toml", "x");
    sandbox.git(&["add", "staged.toml"]);
    sandbox.git(&["rm", "--quiet", "a/b/c.toml"]);
    assert_eq!(noted(), None);
    assert_eq!(list(&|_| true), files);
    assert_eq!(list(&|path| path.ends_with("c.toml")), ["a/b/c.toml"]);
}
