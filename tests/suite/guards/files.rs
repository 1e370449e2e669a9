//! The files of the layout: there, plain, UTF-8, within the limits.

use std::os::unix::fs::symlink;

use super::*;

#[test]
fn a_missing_manifest_is_named() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "packages/web/package.json", "packages/helm/Chart.yaml"]);
    sandbox.commit_all("chore: move them away");
    let problem = |path: &str| {
        format!(
            "error: `{path}` is not there at HEAD\nhint: commit it, or take `{path}` out of the configuration\n"
        )
    };
    refuses(
        &sandbox,
        &["minor"],
        Content,
        &format!("{}{}", problem("packages/web/package.json"), problem("packages/helm/Chart.yaml")),
    );
}

#[test]
fn a_missing_file_with_the_current_version_does_not_hide_what_else_is_wrong() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "packages/api/pyproject.toml", "packages/web/package.json"]);
    sandbox.commit_all("chore: move them away");
    for mode in ["--yes", "--dry-run"] {
        let run = sandbox.refused(1, &["minor", mode]);
        let all = format!("{}{}", run.stdout, run.stderr);
        for path in ["packages/api/pyproject.toml", "packages/web/package.json"] {
            assert_eq!(all.matches(&format!("error: `{path}` is not there at HEAD\n")).count(), 1, "{all}");
        }
    }
}

#[test]
fn a_file_may_be_missing_only_where_every_entry_says_so() {
    let entry = "[[manifest]]\npath = \"a.json\"\nformat = \"json\"\n";
    for (first, second) in [("optional = true\n", ""), ("", "optional = true\n")] {
        let more = format!(
            "[[manifest]]\npath = \"package.json\"\n{entry}key = \"/a\"\n{first}{entry}key = \"/b\"\n{second}"
        );
        let sandbox = crate::manifests::repository(
            "package.json",
            &more,
            &[("package.json", "{\"version\": \"1.0.0\"}\n")],
        );
        sandbox.refused(1, &["minor", "--yes"]).says("error: `a.json` is not there at HEAD\n");
    }
}

#[test]
fn an_optional_lock_file_may_be_missing() {
    let sandbox = Sandbox::suite();
    let locks = ["packages/api/uv.lock", "packages/scheduler/uv.lock", "packages/web/package-lock.json"];
    for lock in locks {
        sandbox.git(&["rm", "--quiet", lock]);
    }
    sandbox.commit_all("chore: no locks");
    sandbox.run(&["minor", "--yes"]).expect(0);
    for lock in locks {
        assert!(!sandbox.exists(lock), "{lock} was created");
    }
}

#[test]
fn a_symbolic_link_in_place_of_a_manifest_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["mv", "packages/helm/Chart.yaml", "packages/helm/real.yaml"]);
    symlink("real.yaml", sandbox.root().join("packages/helm/Chart.yaml")).expect("link");
    sandbox.commit_all("chore: link the chart");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: `packages/helm/Chart.yaml` is a symbolic link, not a plain file\n\
         hint: put the file itself there, or name the real path in the configuration\n",
    );
}

#[test]
fn a_folder_in_place_of_the_changelog_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "CHANGELOG.md"]);
    sandbox.write("CHANGELOG.md/2026.md", "# Changes\n");
    sandbox.commit_all("docs: one file a year");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: `CHANGELOG.md` is a folder, not a plain file\n\
         hint: put the file itself there, or name the real path in the configuration\n",
    );
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
}

#[test]
fn a_missing_changelog_is_refused_for_a_stable_release_only() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "CHANGELOG.md"]);
    sandbox.commit_all("docs: no changelog");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: `CHANGELOG.md` is not there at HEAD\n\
         hint: commit it, or take `CHANGELOG.md` out of the configuration\n",
    );
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
}

#[test]
fn text_that_is_not_utf_8_is_refused_with_the_byte() {
    let sandbox = Sandbox::suite();
    let mut bytes = sandbox.read("packages/web/package.json").into_bytes();
    bytes.splice(4..4, [0xe9]);
    sandbox.write("packages/web/package.json", bytes);
    sandbox.write("changelog.d/104.fixed.md", [b'a', 0xff]);
    sandbox.commit_all("chore: latin-1");
    refuses(
        &sandbox,
        &["minor"],
        Content,
        "error: `packages/web/package.json` is not UTF-8 text (byte 4)\n\
         hint: save the file as UTF-8 and commit it\n\
         error: `changelog.d/104.fixed.md` is not UTF-8 text (byte 1)\n\
         hint: save the fragment as UTF-8 and commit it\n",
    );
}

#[test]
fn files_larger_than_the_limits_are_refused_with_both_sizes_and_the_setting() {
    let sandbox = Sandbox::suite();
    configure(&sandbox, "changelog-bytes = 268435456", "changelog-bytes = 100");
    sandbox.replace("trueppm-release.toml", "manifest-bytes = 16777216", "manifest-bytes = 600");
    sandbox.write("changelog.d/104.fixed.md", "x".repeat(601));
    let padding = " ".repeat(600);
    let web = format!("{}{padding}", sandbox.read("packages/web/package.json"));
    sandbox.write("packages/web/package.json", &web);
    sandbox.commit_all("chore: large files");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says(&format!(
        "error: `packages/web/package.json` is too large: {} bytes, the limit is 600\n\
         hint: raise `limits.manifest-bytes` in the configuration if that size is right\n",
        web.len()
    ))
    .says(&format!(
        "error: `CHANGELOG.md` is too large: {} bytes, the limit is 100\n\
         hint: raise `limits.changelog-bytes` in the configuration if that size is right\n",
        sandbox.read("CHANGELOG.md").len()
    ))
    .says(
        "error: `changelog.d/104.fixed.md` is too large for a fragment: 601 bytes, the limit is 600\n\
         hint: shorten it, or raise `limits.manifest-bytes` in the configuration\n",
    );
    sandbox.refused(1, &["minor", "--dry-run"]).shows("the limit is 600");
}

#[test]
fn a_file_that_git_stores_through_a_filter_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.write(".gitattributes", "packages/web/package.json filter=lfs\n");
    sandbox.commit_all("chore: attributes");
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: `packages/web/package.json` is not stored as plain text here: ");
}
