//! Who commits: as git would choose, or a refusal with the commands that say it.

use super::*;
use crate::sandbox::Run;

fn nobody(sandbox: &Sandbox, words: &[&str]) -> std::process::Command {
    let mut command = sandbox.command(words);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env_remove(format!("GIT_{who}_NAME")).env_remove(format!("GIT_{who}_EMAIL"));
    }
    command
}

#[test]
fn without_an_identity_the_two_commands_that_give_one_are_named() {
    let sandbox = Sandbox::suite();
    let run = sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--yes"]));
    assert_eq!(
        run.stderr,
        "error: git does not know who you are: no name and no address to commit with\n\
         hint: git config --global user.name \"Your Name\"\n\
         hint: git config --global user.email \"you@example.com\"\n"
    );
    sandbox
        .refused_by(0, &mut nobody(&sandbox, &["minor", "--dry-run"]))
        .shows("  here: git does not know who you are: no name and no address to commit with\n")
        .shows("  hint: git config --global user.name \"Your Name\"\n");
    sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--dry-run", "--strict"]));
}

#[test]
fn the_identity_of_the_repositorys_own_settings_is_used() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "user.name", "Rae Releaser"]);
    sandbox.git(&["config", "user.email", "rae@suite.invalid"]);
    let run: Run = nobody(&sandbox, &["minor", "--yes"]).output().expect("binary starts").into();
    run.expect(0);
    assert_eq!(
        sandbox.git(&["show", "-s", "--format=%an <%ae> %cn <%ce>", "HEAD"]).trim(),
        "Rae Releaser <rae@suite.invalid> Rae Releaser <rae@suite.invalid>"
    );
    sandbox.git(&["config", "--unset", "user.email"]);
    sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--yes"])).says("no address to commit with");
}
