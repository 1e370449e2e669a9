//! The project releases itself: its own configuration, manifests, changelog and fragments in a repository of their own.

use std::path::Path;

use crate::sandbox::{DATE, Sandbox};

#[test]
fn the_project_cuts_a_release_of_itself() {
    let sandbox = Sandbox::empty();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = |path: &str| sandbox.write(path, std::fs::read(project.join(path)).expect(path));
    for path in ["Cargo.toml", "Cargo.lock", "CHANGELOG.md", "trueppm-release.toml"] {
        copy(path);
    }
    for entry in std::fs::read_dir(project.join("changelog.d")).expect("fragments") {
        copy(&format!("changelog.d/{}", entry.expect("entry").file_name().to_string_lossy()));
    }
    // Right after a release there is no other.
    sandbox.write("changelog.d/own-release.fixed.md", "One more thing works.\n");
    sandbox.commit_all("feat: everything");
    sandbox.run(&["99.0.0", "--dry-run", "--strict"]).expect(0);
    sandbox.run(&["99.0.0", "--yes"]).expect(0);

    assert_eq!(sandbox.git(&["tag", "--list"]), "v99.0.0\n");
    assert_eq!(sandbox.git(&["ls-files", "changelog.d"]), "changelog.d/README.md\n");
    let changelog = sandbox.read("CHANGELOG.md");
    let (_, section) = changelog.split_once(&format!("\n## [99.0.0] - {DATE}\n")).expect("the section");
    let fixed = section.split("\n### ").find(|block| block.starts_with("Fixed\n"));
    assert!(fixed.is_some_and(|fixed| fixed.contains("\n- One more thing works.\n")), "{changelog}");
    let changed =
        sandbox.git(&["show", "--format=", "--unified=0", "HEAD", "--", "Cargo.toml", "Cargo.lock"]);
    let lines: Vec<&str> = changed.lines().filter(|line| line.starts_with("+version")).collect();
    assert_eq!(lines, ["+version = \"99.0.0\""; 2], "{changed}");
    assert!(sandbox.read("Cargo.lock").contains("name = \"trueppm-release\"\nversion = \"99.0.0\"\n"));
}
