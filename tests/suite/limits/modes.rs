//! File systems that do not know which files are executable (`core.fileMode=false`): all may look so.

use std::os::unix::fs::PermissionsExt;

use super::released;
use crate::sandbox::Sandbox;

/// The suite where every file has these permission bits.
fn suite_with_modes(mode: u32) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.fileMode", "false"]);
    for path in sandbox.git(&["ls-files"]).lines() {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(sandbox.root().join(path), permissions).expect("mode");
    }
    sandbox
}

fn committed_modes(sandbox: &Sandbox) -> Vec<String> {
    let tree = sandbox.git(&["ls-tree", "-r", "HEAD"]);
    let listed = tree.lines().filter_map(|line| {
        let (head, path) = line.split_once('\t')?;
        Some(format!("{} {path}", head.get(..6)?))
    });
    listed.filter(|line| !line.contains("changelog.d/")).collect()
}

#[test]
fn committed_modes_stay_whatever_the_files_look_like() {
    for mode in [0o755, 0o777, 0o644] {
        let sandbox = suite_with_modes(mode);
        let before = committed_modes(&sandbox);
        assert!(before.iter().any(|line| line.starts_with("100755")), "{before:?}");
        assert!(before.iter().any(|line| line.starts_with("100644")), "{before:?}");
        released(&sandbox);
        assert_eq!(committed_modes(&sandbox), before, "{mode:o}");
        let metadata = std::fs::metadata(sandbox.root().join("packages/web/package.json")).expect("metadata");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "the file keeps what it has");
        sandbox.run(&["undo", "--yes"]).expect(0);
        assert_eq!(committed_modes(&sandbox), before, "{mode:o}");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_new_file_of_a_step_is_not_executable_where_nobody_knows() {
    let sandbox = suite_with_modes(0o755);
    let script = "scripts/export-openapi.sh";
    sandbox.write(script, sandbox.read(script) + "\necho new > docs/new.txt; chmod 755 docs/new.txt\n");
    let profile = trueppm_release::config::built_in().replacen(
        "writes = [\"docs/api/openapi.json\"]",
        "writes = [\"docs/api/openapi.json\", \"docs/*.txt\"]",
        1,
    );
    assert!(profile.contains("docs/*.txt"), "the profile changed");
    sandbox.write("trueppm-release.toml", profile);
    sandbox.commit_all("chore: one file more");
    released(&sandbox);
    assert!(sandbox.git(&["ls-tree", "HEAD", "docs/new.txt"]).starts_with("100644"));
}
