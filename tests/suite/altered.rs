//! Steps, checks and hooks that change what the release itself wrote or deleted: it is put back, what they made of it is
//! kept aside and named, and nothing is released.

use crate::moments::package;
use crate::origin::executable;
use crate::sandbox::{Run, Sandbox};

const EXPORT: &str = "scripts/export-openapi.sh";
const SCHEMA: &str = "echo '{\"info\": {\"version\": \"0.2.0\"}}' > docs/api/openapi.json\n";
const SAVED: &str = ".git/trueppm-release/saved-1";

/// The suite with an export that does its work, and something more.
fn exporting(more: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write(EXPORT, format!("{SCHEMA}{more}\n"));
    sandbox.commit_all("chore: another export");
    sandbox
}

/// A package with two fragments, alone in their folder, and more configuration.
fn with_fragments(more: &str) -> Sandbox {
    let changelog = "[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n\n";
    let sandbox = package("0.1.0", &format!("{changelog}{more}"));
    sandbox.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    sandbox.write("changelog.d/1.added.md", "One.\n");
    sandbox.write("changelog.d/2.fixed.md", "Two.\n");
    sandbox.commit_all("docs: fragments");
    sandbox
}

fn doing(table: &str, script: &str) -> String {
    format!("[[{table}]]\nname = \"it\"\nat = \"before-commit\"\nrun = [\"sh\", \"-c\", '''{script}''']\n")
}

/// A release that fails on the way, with everything as it was before but for what is kept aside.
#[track_caller]
fn is_put_back(sandbox: &Sandbox) -> Run {
    let before = sandbox.state().without_objects();
    let run = sandbox.run(&["minor", "--yes"]).expect(4);
    let mut now = sandbox.state().without_objects();
    now.forget(".git/trueppm-release");
    before.assert_same(&now);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    run.says("nothing was released, and every file is as it was before")
}

#[test]
fn what_a_step_makes_of_a_file_of_the_release_is_kept_aside_and_the_file_put_back() {
    let manifest = "packages/web/package.json";
    let fragment = "changelog.d/101.added.md";
    for (script, path, kept) in [
        ("echo theirs >> FILE", manifest, Some("theirs\n")),
        ("echo theirs >> FILE; exit 7", manifest, Some("theirs\n")),
        ("echo theirs >> FILE; git add --all", manifest, Some("theirs\n")),
        ("rm FILE", manifest, None),
        ("chmod +x FILE", manifest, Some("\"version\": \"0.2.0\"")),
        ("git checkout --quiet -- FILE", manifest, None),
        ("sed -i s/0.2.0/0.3.0/ FILE", "CHANGELOG.md", Some("## [0.3.0]")),
        ("echo again > FILE", fragment, Some("again\n")),
        ("mv FILE FILE.old; mkfifo FILE; rm FILE.old", manifest, None),
        ("rm FILE; ln -s /etc/hostname FILE", manifest, None),
        ("rm FILE; mkdir FILE; echo inside > FILE/x", manifest, None),
    ] {
        let sandbox = exporting(&script.replace("FILE", path));
        let run = is_put_back(&sandbox);
        let run = run.says(&format!("a step changed files that the release itself writes\n  {path}\n"));
        let copy = format!("{SAVED}/{path}");
        if let Some(kept) = kept {
            assert!(sandbox.read(&copy).contains(kept), "{script}: {}", sandbox.read(&copy));
        }
        let aside = sandbox.root().join(&copy).symlink_metadata().is_ok();
        let nothing = script == "rm FILE" || script.starts_with("git checkout");
        assert_eq!(aside, !nothing, "{script}");
        assert_eq!(aside, run.stderr.contains(&format!("{SAVED}`")), "{script}: {}", run.stderr);
        // Nothing is in the way of the next attempt.
        sandbox.write(EXPORT, SCHEMA);
        sandbox.commit_all("fix: export");
        sandbox.run(&["minor", "--yes"]).expect(0);
    }
}

#[test]
fn a_link_or_a_file_in_place_of_a_folder_is_kept_aside_and_the_folder_is_back() {
    let moved = "mv packages/web ../web; ln -s ../../web packages/web";
    let sandbox = exporting(moved);
    is_put_back(&sandbox).says("packages/web/package.json").says(&format!("{SAVED}`"));
    let link = sandbox.root().join(SAVED).join("packages/web");
    assert!(link.is_symlink());
    assert!(sandbox.around().join("web/package.json").is_file(), "nothing is touched behind the link");

    for script in ["rmdir changelog.d; ln -s .. changelog.d", "rmdir changelog.d; touch changelog.d"] {
        for table in ["step", "check"] {
            let sandbox = with_fragments(&doing(table, script));
            let run = is_put_back(&sandbox);
            run.says("changelog.d/1.added.md\n  changelog.d/2.fixed.md\n").says(&format!("{SAVED}`"));
        }
        let sandbox = with_fragments("");
        executable(&sandbox.root().join(".git/hooks/pre-commit"), &format!("#!/bin/sh\n{script}\n"));
        is_put_back(&sandbox).says("changelog.d");
    }
}

#[test]
fn a_folder_that_a_step_renames_is_there_again() {
    let sandbox = exporting("mv packages/web packages/other");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4).says("packages/web/package.json");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? packages/other/\n");
    std::fs::remove_dir_all(sandbox.root().join("packages/other")).expect("what the step made");
    // Asking git for the status has written the index anew.
    before.only_work_tree().assert_same(&sandbox.state().only_work_tree());
}

#[test]
fn a_hook_that_brings_a_fragment_back_is_put_back() {
    let sandbox = with_fragments("");
    executable(&sandbox.root().join(".git/hooks/pre-commit"), "#!/bin/sh\necho x > changelog.d/1.added.md\n");
    is_put_back(&sandbox).says("changelog.d/1.added.md");
    assert_eq!(sandbox.read(&format!("{SAVED}/changelog.d/1.added.md")), "x\n");
}

#[test]
fn what_is_kept_aside_is_no_wider_than_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = exporting(
        "ls -ln .git/trueppm-release/running > ../seen; echo x >> README.md; echo y >> CHANGELOG.md",
    );
    let mode = |path: &str| {
        let metadata = std::fs::metadata(sandbox.root().join(path)).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    for path in ["README.md", "CHANGELOG.md"] {
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(sandbox.root().join(path), private).expect("permissions");
    }
    is_put_back(&sandbox);
    for path in ["README.md", "CHANGELOG.md"] {
        assert_eq!((mode(path), mode(&format!("{SAVED}/{path}"))), (0o600, 0o600), "{path}");
    }
    let seen = std::fs::read_to_string(sandbox.around().join("seen")).expect("the step looked");
    let own = |line: &&str| ["child-", "reserve", " index"].iter().any(|name| line.contains(name));
    let own: Vec<&str> = seen.lines().filter(own).collect();
    assert!(own.len() >= 3 && own.iter().all(|line| line.starts_with("-rw------- ")), "{seen}");
}
