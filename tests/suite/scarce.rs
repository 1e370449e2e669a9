//! Space, open files and the size of files are limited: a release that runs into a limit puts everything back, because
//! what that needs was laid by before the first file was written, and no number of files needs more than there is.

use std::process::{Command, Stdio};

use crate::moments::package;
use crate::sandbox::{Run, Sandbox};

/// Runs a script in a copy of the repository on a disk of its own, of so many KiB; `$release` is the program. The script
/// says what it found. Nothing where this machine gives no such disk, with the reason on standard error.
fn on_a_small_disk(sandbox: &Sandbox, kibibytes: usize, script: &str) -> Option<String> {
    let folder = sandbox.around().join("disk");
    std::fs::create_dir(&folder).expect("a folder");
    let mounted = format!(
        "mount -t tmpfs -o size={kibibytes}k,mode=755 none '{}' || exit 99\ncp -a suite disk/ && cd disk/suite || exit 98\n\
         as_before() {{ diff -r --no-dereference -x objects -x trueppm-release -x big .git ../../suite/.git &&\n\
           diff -r --no-dereference -x .git -x big . ../../suite && test ! -e .git/trueppm-release && echo as before; }}\n\
         fill() {{ cat /dev/zero > ../filled 2>/dev/null; echo x >> ../filled 2>/dev/null && echo not full; }}\n\
         {script}\n",
        folder.display()
    );
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", &mounted])
        .env_clear()
        .envs(sandbox.variables())
        .env("release", env!("CARGO_BIN_EXE_trueppm-release"))
        .current_dir(sandbox.around())
        .stdin(Stdio::null());
    let run = match command.output() {
        Ok(output) => Run::from(output),
        Err(error) => {
            eprintln!("passed over: `unshare` cannot be started: {error}");
            return None;
        }
    };
    if run.code == 99 || run.stderr.starts_with("unshare: ") {
        eprintln!("passed over: no disk can be mounted here: {}", run.stderr.trim());
        return None;
    }
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    Some(format!("{}{}", run.stdout, run.stderr))
}

fn stepping(script: &str) -> Sandbox {
    package("0.1.0", &format!("[[step]]\nname = \"it\"\nrun = [\"sh\", \"-c\", '''{script}''']\n"))
}

#[test]
fn what_a_step_says_takes_no_space_on_the_disk() {
    let sandbox = stepping("echo first; head -c 60000000 /dev/zero | tr \"\\000\" x; echo; echo last");
    let release = "$release minor --yes && git status --porcelain && git tag";
    if let Some(said) = on_a_small_disk(&sandbox, 3000, release) {
        assert!(said.contains("\nv0.2.0\n"), "{said}");
    }
    let config = sandbox.read("trueppm-release.toml").replace("echo last", "echo last; exit 1");
    sandbox.write("trueppm-release.toml", config);
    sandbox.commit_all("chore: it fails");
    let run = sandbox.run(&["minor", "--yes"]).expect(4);
    run.says("  | first\n")
        .says(" are left out)\n")
        .says("  | last\n")
        .says("every file is as it was before");
}

#[test]
fn a_disk_that_a_step_has_filled_does_not_keep_anything_from_being_put_back() {
    for ending in ["exit 1", "exit 0"] {
        let sandbox = stepping(&format!("cat /dev/zero > big 2>/dev/null; {ending}"));
        let script = "$release minor --yes; echo code $?; rm big; as_before";
        let Some(said) = on_a_small_disk(&sandbox, 4000, script) else { return };
        assert!(said.contains("code 4\n") && said.contains("\nas before\n"), "{ending}: {said}");
        assert!(said.contains("every file is as it was before"), "{ending}: {said}");
    }
}

#[test]
fn a_release_that_was_killed_is_put_back_on_a_disk_that_is_full_since() {
    let kill = "kill -9 $PPID; while kill -0 $PPID 2>/dev/null; do :; done";
    let sandbox = stepping(kill);
    let script = "$release minor --yes; sleep 1; fill; $release; echo code $?; as_before";
    let Some(said) = on_a_small_disk(&sandbox, 4000, script) else { return };
    assert!(said.contains("\nas before\n") && said.contains("everything is as it was before it"), "{said}");
}

#[test]
fn without_room_for_putting_back_nothing_is_begun() {
    let script = "head -c $(( ($(df -k --output=avail .. | tail -1) - 200) * 1024 )) /dev/zero > ../filled\n\
                  $release minor --yes; echo code $?; as_before";
    let Some(said) = on_a_small_disk(&stepping("touch ../ran"), 4000, script) else { return };
    assert!(said.contains("code 4\n") && said.contains("\nas before\n"), "{said}");
    assert!(said.contains("cannot be kept free on the disk") && said.contains("no storage space"), "{said}");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_puts_everything_back() {
    for blocks in [0, 1, 2, 4, 64, 600, 2000] {
        let sandbox = stepping("true");
        sandbox.write("large.txt", "x".repeat(400_000));
        sandbox.commit_all("docs: something large");
        let before = sandbox.state().without_objects();
        let run = limited(&sandbox, &format!("ulimit -f {blocks}"), "minor --yes");
        if run.code == 0 {
            assert!(blocks >= 600, "{blocks}");
            assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        } else {
            assert!(matches!(run.code, 1 | 4), "{blocks}: {run:?}");
            before.assert_same(&sandbox.state().without_objects());
            assert!(blocks < 2000, "{run:?}");
        }
    }
}

#[test]
fn a_step_has_the_signal_of_that_limit_as_it_is_by_default() {
    let sandbox = stepping("ulimit -f 1; head -c 100000 /dev/zero > ../big");
    sandbox.run(&["minor", "--yes"]).expect(4);
    let sandbox = stepping("ulimit -f 1; exec head -c 100000 /dev/zero > ../big");
    sandbox.run(&["minor", "--yes"]).expect(4).says("killed by signal 25");
}

/// Runs the program under a limit that a shell sets.
fn limited(sandbox: &Sandbox, limit: &str, words: &str) -> Run {
    let mut command = Command::new("bash");
    command
        .args(["-c", &format!("{limit}; exec \"$0\" {words}"), env!("CARGO_BIN_EXE_trueppm-release")])
        .env_clear()
        .envs(sandbox.variables())
        .current_dir(sandbox.root())
        .stdin(Stdio::null());
    Run::from(command.output().expect("bash starts"))
}

#[test]
fn no_number_of_files_needs_more_than_a_process_may_have_open() {
    let manifests: String =
        (0..150).map(|number| format!("[[manifest]]\npath = \"p/{number}/package.json\"\n")).collect();
    let more = format!(
        "{manifests}[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n\n\
         [[step]]\nname = \"it\"\nrun = [\"sh\", \"-c\", \"test ! -e ../kill || kill -9 $PPID; test ! -e ../fail\"]\n"
    );
    let sandbox = package("0.1.0", &more);
    sandbox.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    for number in 0..150 {
        sandbox.write(
            &format!("p/{number}/package.json"),
            format!("{{\"version\": \"0.1.0\", \"n\": {number}}}\n"),
        );
        sandbox.write(&format!("changelog.d/{number}.added.md"), format!("Number {number}.\n"));
    }
    sandbox.commit_all("docs: fragments");
    let before = sandbox.state().without_objects();
    let limit = "ulimit -n 64";
    sandbox.write("../fail", "");
    limited(&sandbox, limit, "minor --yes").expect(4).says("step `it` failed: exit code 1");
    before.assert_same(&sandbox.state().without_objects());
    sandbox.write("../kill", "");
    assert_eq!(limited(&sandbox, limit, "minor --yes").code, -1);
    limited(&sandbox, limit, "").expect(0).says("everything is as it was before it");
    before.assert_same(&sandbox.state().without_objects());
    for flag in ["fail", "kill"] {
        std::fs::remove_file(sandbox.around().join(flag)).expect("the flag goes");
    }
    limited(&sandbox, limit, "minor --yes").expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    limited(&sandbox, limit, "undo --yes").expect(0);
    assert_eq!(before.clone().only_work_tree(), sandbox.state().only_work_tree());
}
