//! References that a power cut has torn: refused before anything is asked or written, each named with its file and with
//! the command that mends it, which works.

use crate::origin::Origin;
use crate::sandbox::Sandbox;

#[test]
fn a_torn_reference_is_refused_before_the_gate_wherever_it_is() {
    for (name, content) in [
        ("refs/tags/v0.2.0", ""),
        ("refs/tags/other", ""),
        ("refs/heads/topic", ""),
        ("refs/heads/main", ""),
        ("refs/remotes/origin/main", ""),
        ("refs/tags/half", "0123456789"),
    ] {
        let sandbox = Sandbox::suite();
        let _origin = Origin::of(&sandbox);
        let file = format!(".git/{name}");
        let whole = sandbox.exists(&file).then(|| sandbox.read(&file));
        sandbox.write(&file, content);
        let holds = if content.is_empty() { "is empty" } else { "holds no id of an object" };
        let path = sandbox.root().join(&file).canonicalize().unwrap().display().to_string();
        let says = format!("error: the reference `{name}` is broken: its file `{path}` {holds}\n");
        for words in [&["minor", "--yes"][..], &["minor", "--dry-run"], &["undo", "--yes"], &[]] {
            sandbox.refused(1, words).says(&says).says(&format!("`rm {path}`"));
        }
        // The way out that is named works.
        sandbox.remove(&file);
        if let Some(whole) = whole {
            sandbox.write(&file, whole);
        }
        sandbox.run(&["minor", "--yes"]).expect(0);
    }
}

#[test]
fn every_torn_reference_is_named_at_once_and_a_lock_or_a_hidden_file_is_none() {
    let sandbox = Sandbox::suite();
    for name in ["tags/a", "heads/b", "notes/c"] {
        sandbox.write(&format!(".git/refs/{name}"), "");
    }
    let run = sandbox.refused(1, &["minor", "--yes"]);
    for name in ["refs/tags/a", "refs/heads/b", "refs/notes/c"] {
        assert!(run.stderr.contains(&format!("error: the reference `{name}` is broken")), "{}", run.stderr);
    }
    for name in ["tags/a", "heads/b", "notes/c"] {
        sandbox.remove(&format!(".git/refs/{name}"));
    }
    sandbox.write(".git/refs/tags/other.lock", "");
    sandbox.write(".git/refs/heads/.DS_Store", "");
    sandbox.run(&["minor", "--yes"]).expect(0);
}
