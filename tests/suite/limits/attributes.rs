//! Files that git stores otherwise than they lie in the work tree: filters, encodings, line ends.

use super::{refused, released};
use crate::manifests::repository;
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

/// A package with `ident` on everything, `$Id$` in everything, and each file as git checks it out.
fn identified(more: &str) -> Sandbox {
    let changelog = "# Changelog $Id$\n\n## [Unreleased]\n\n- New, $Id$ and $Id$.\n";
    let configured = format!(
        "[[manifest]]\npath = \"package.json\"\n[[pattern]]\npath = \"README.md\"\nfind = \"own {{previous}}\"\n\
         replace = \"own {{version}}\"\ncount = 1\n[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changes\"\n{more}"
    );
    let sandbox = repository(
        "package.json",
        &configured,
        &[
            (".gitattributes", "* ident\n*.sh -ident\n"),
            ("docs.sh", "printf '$Id: stale $ $Id$ x\\n' > out.md\n"),
            ("package.json", "{\"//\": \"$Id$\", \"version\": \"0.1.0\"}\n"),
            ("README.md", "$Id$ $Identity: me $\nown 0.1.0 $Id$\n"),
            ("CHANGELOG.md", changelog),
            ("changes/one.added.md", "A fragment of $Id$.\n"),
            ("docs/other.md", "$Id$\n"),
        ],
    );
    for path in sandbox.git(&["ls-files"]).lines() {
        sandbox.remove(path);
    }
    sandbox.git(&["checkout", "--quiet", "--", "."]);
    assert!(sandbox.read("CHANGELOG.md").starts_with("# Changelog $Id: "));
    sandbox
}

/// The work tree has exactly what git would check out now.
#[track_caller]
fn as_checked_out(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    for path in sandbox.git(&["ls-files"]).lines() {
        let checked_out = sandbox.git(&["cat-file", "--filters", &format!("HEAD:{path}")]);
        assert_eq!(sandbox.read(path), checked_out, "{path}");
    }
}

#[test]
fn ident_is_stored_as_a_word_and_written_with_the_id_of_the_new_blob() {
    let step = "[[step]]\nname = \"docs $Id$\"\nrun = [\"sh\", \"docs.sh\"]\nwrites = [\"out.md\"]\n";
    let sandbox = identified(step);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["show", "HEAD:out.md"]), "$Id$ $Id$ x\n");
    assert_eq!(sandbox.git(&["show", "HEAD:README.md"]), "$Id$ $Identity: me $\nown 0.2.0 $Id$\n");
    let changelog = sandbox.git(&["show", "HEAD:CHANGELOG.md"]);
    assert!(
        changelog.starts_with("# Changelog $Id$\n") && changelog.contains("A fragment of $Id$."),
        "{changelog}"
    );
    assert!(!sandbox.exists("changes/one.added.md"));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    // What the step wrote stays as it wrote it; everything else is as after a checkout.
    assert_eq!(sandbox.read("out.md"), "$Id: stale $ $Id$ x\n");
    sandbox.remove("out.md");
    sandbox.git(&["checkout", "--quiet", "--", "out.md"]);
    as_checked_out(&sandbox);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
    as_checked_out(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn a_release_of_files_with_ident_that_fails_is_put_back_to_the_byte() {
    let step = "[[step]]\nname = \"docs\"\nrun = [\"sh\", \"-c\", \"echo changed >> docs/other.md; exit 3\"]\n\
                writes = [\"docs/*.md\"]\n";
    let sandbox = identified(step);
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4);
    let mut after = sandbox.state().without_objects();
    // Only when git looked at the files has changed.
    let mut before = before;
    for state in [&mut before, &mut after] {
        state.forget(".git/index");
    }
    before.assert_same(&after);
    as_checked_out(&sandbox);
}

#[test]
fn ident_and_the_line_ends_of_the_work_tree_go_together() {
    let sandbox = identified("");
    sandbox.write(".gitattributes", "* ident text=auto eol=crlf\n");
    sandbox.git(&["commit", "--quiet", "--all", "-m", "chore: line ends"]);
    for path in sandbox.git(&["ls-files"]).lines() {
        sandbox.remove(path);
    }
    sandbox.git(&["checkout", "--quiet", "--", "."]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    as_checked_out(&sandbox);
    assert!(
        sandbox.read("README.md").contains("own 0.2.0 $Id: ") && sandbox.read("README.md").contains("\r\n")
    );
    sandbox.run(&["undo", "--yes"]).expect(0);
    as_checked_out(&sandbox);
}

#[test]
fn a_file_that_still_has_the_id_of_its_last_blob_is_clean_and_is_released() {
    let sandbox = identified("");
    sandbox.replace("package.json", "0.1.0", "0.1.1");
    sandbox.git(&["commit", "--quiet", "--all", "-m", "chore: by hand"]);
    sandbox.replace("README.md", "own 0.1.0", "own 0.1.1");
    sandbox.git(&["commit", "--quiet", "--all", "-m", "chore: by hand"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    as_checked_out(&sandbox);
}
