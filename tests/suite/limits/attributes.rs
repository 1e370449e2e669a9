//! Files that git stores otherwise than they lie in the work tree: filters, encodings, line ends.

use super::{refused, released};
use crate::sandbox::Sandbox;

#[test]
fn files_that_git_stores_otherwise_than_they_lie_there_are_refused_by_name() {
    for (attribute, phrase) in [
        ("filter=lfs", "is stored through the git filter `lfs`"),
        ("filter=crypt", "is stored through the git filter `crypt`"),
        ("working-tree-encoding=UTF-16LE", "is stored in another encoding than in the work tree, `UTF-16LE`"),
    ] {
        let sandbox = Sandbox::suite();
        // In the folder of attributes that no commit holds: the files themselves stay as they are.
        sandbox.write(".git/info/attributes", format!("packages/web/package.json {attribute}\n"));
        refused(&sandbox, &["packages/web/package.json", phrase]);
    }
}

#[test]
fn a_git_lfs_pointer_is_refused_by_name() {
    let sandbox = Sandbox::suite();
    sandbox.write(
        "CHANGELOG.md",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
    );
    sandbox.commit_all("chore: a pointer");
    refused(&sandbox, &["CHANGELOG.md", "is a Git LFS pointer"]);
}

#[test]
fn an_external_filter_on_other_files_makes_nothing_look_changed() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "filter.upper.clean", "tr a-z A-Z"]);
    sandbox.git(&["config", "filter.upper.smudge", "tr A-Z a-z"]);
    sandbox.write(".gitattributes", "*.shout filter=upper\n");
    sandbox.write("docs/note.shout", "hello\n");
    sandbox.commit_all("docs: a filtered note");
    assert_eq!(sandbox.git(&["show", "HEAD:docs/note.shout"]), "HELLO\n");
    // Another time on the file, so that its content has to be looked at.
    sandbox.write("docs/note.shout", "hello\n");
    released(&sandbox);
    assert_eq!(sandbox.git(&["show", "HEAD:docs/note.shout"]), "HELLO\n");
}

#[test]
fn line_ends_of_the_work_tree_are_kept_there_and_stored_as_git_stores_them() {
    for (setting, attributes) in [
        (Some(("core.autocrlf", "true")), None),
        (Some(("core.eol", "crlf")), Some("* text=auto\n")),
        (None, Some("* text=auto eol=crlf\n")),
    ] {
        let sandbox = Sandbox::suite();
        if let Some((name, value)) = setting {
            sandbox.git(&["config", name, value]);
        }
        if let Some(attributes) = attributes {
            sandbox.write(".gitattributes", attributes);
            sandbox.git(&["add", ".gitattributes"]);
            sandbox.git(&["commit", "--quiet", "-m", "chore: attributes"]);
        }
        let list = sandbox.git(&["ls-files"]);
        for path in list.lines().filter(|path| !path.ends_with(".gitattributes")) {
            sandbox.remove(path);
        }
        sandbox.git(&["checkout", "--quiet", "--", "."]);
        assert!(sandbox.read("CHANGELOG.md").contains("\r\n"), "{setting:?} {attributes:?}");
        // A shell reads no script with carriage returns.
        let skip = ["minor", "--yes", "--skip-step", "OpenAPI schema"];
        sandbox.replace("docs/api/openapi.json", "0.1.0", "0.2.0");
        sandbox.commit_all("docs: the schema by hand");
        sandbox.run(&skip).expect(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        for path in ["CHANGELOG.md", "packages/web/package.json", "packages/api/pyproject.toml"] {
            assert!(sandbox.read(path).contains("0.2.0"), "{path}");
            assert!(!sandbox.read(path).replace("\r\n", "").contains('\n'), "{path} has bare line feeds");
            assert!(
                !sandbox.git(&["show", &format!("HEAD:{path}")]).contains('\r'),
                "{path} is stored with CR"
            );
        }
        sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    }
}
