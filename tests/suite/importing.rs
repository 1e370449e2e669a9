//! `init` beside the configuration of another release tool: what it says is carried over, and the release that follows
//! moves what the other tool moved.

use crate::sandbox::Sandbox;

const FILE: &str = "trueppm-release.toml";

#[test]
fn what_another_tool_moved_is_moved_by_the_first_release() {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n");
    sandbox.write("README.md", "demo = \"0.1.0\"\nsince 0.1.0-rc.1\n");
    sandbox.write(
        "release.toml",
        "tag-name = \"demo-{{version}}\"\ntag-message = \"Demo {{version}}\"\npre-release-commit-message = \"Release {{version}}\"\n\
         pre-release-hook = [\"make\"]\npre-release-replacements = [\n  { file = \"README.md\", search = 'demo = \"[0-9.]+\"', \
         replace = 'demo = \"{{version}}\"' },\n]\n",
    );
    sandbox.commit_all("feat: everything");
    sandbox
        .refused(0, &["init", "--dry-run"])
        .says("carried over: cargo-release (release.toml)\n")
        .says("not carried over: release.toml: `pre-release-hook`, for a `[[step]]` or a `[[check]]`\n")
        .shows("# Not carried over from other tools:\n#   release.toml: `pre-release-hook`");
    sandbox.run(&["init"]).expect(0);
    sandbox.run(&["config", "--check"]).expect(0);
    sandbox.git(&["add", FILE]);
    sandbox.git(&["commit", "--quiet", "-m", "chore: describe the release"]);
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(sandbox.read("README.md"), "demo = \"0.1.1\"\nsince 0.1.0-rc.1\n");
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]).trim(), "Release 0.1.1");
    assert_eq!(
        sandbox.git(&["tag", "--list", "-n"]).split_whitespace().collect::<Vec<_>>().join(" "),
        "demo-0.1.1 Demo 0.1.1"
    );
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert!(sandbox.read("README.md").starts_with("demo = \"0.2.0-alpha.1\"\n"));
}
