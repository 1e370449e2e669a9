//! Where the date of the release section comes from.

use std::process::Command;

use super::*;
use crate::sandbox::DATE;

fn heading(run: &Run) -> String {
    let added = run.stdout.lines().find(|line| line.starts_with("+## [0.2.0] - "));
    added.expect("a heading").trim_start_matches("+## [0.2.0] - ").to_owned()
}

#[test]
fn the_date_comes_from_the_option_then_from_source_date_epoch_then_from_the_clock() {
    let sandbox = Sandbox::suite();
    let dry = &["minor", "--dry-run"];
    assert_eq!(heading(&sandbox.run(dry).expect(0)), DATE);
    let option = &["minor", "--dry-run", "--date", "2024-02-29"];
    assert_eq!(heading(&sandbox.run(option).expect(0)), "2024-02-29");
    // The last second of a day in UTC, whatever the zone of this place.
    let variables = [("SOURCE_DATE_EPOCH", "86399"), ("TZ", "Asia/Tokyo")];
    assert_eq!(heading(&sandbox.run_with(dry, &variables).expect(0)), "1970-01-01");
    let today = || {
        let output = Command::new("date").arg("+%F").env("TZ", "UTC").output().expect("date runs");
        String::from_utf8(output.stdout).expect("a date").trim().to_owned()
    };
    let before = today();
    let clock = heading(&sandbox.run_with(dry, &[("SOURCE_DATE_EPOCH", "")]).expect(0));
    assert!(before <= clock && clock <= today(), "{clock}");
    sandbox.run(&["minor", "--yes", "--date", "2031-12-24"]).expect(0);
    assert!(sandbox.read("CHANGELOG.md").contains("\n## [0.2.0] - 2031-12-24\n"));
}

#[test]
fn what_is_no_date_is_wrong_usage() {
    let sandbox = Sandbox::suite();
    for text in ["2026-02-30", "2026-2-3", "03.02.2026", "", "today", "+12026-01-01", "0000-01-01"] {
        let run = sandbox.refused(2, &["minor", "--yes", &format!("--date={text}")]);
        assert_eq!(
            run.stderr,
            format!(
                "error: `--date {text}` is not a date\n\
                 hint: write it as YYYY-MM-DD, for example `--date 2026-06-29`\n"
            )
        );
    }
    for text in ["yesterday", "1.5", "99999999999999999999", "999999999999", "2026-02-03"] {
        let mut command = sandbox.command(&["minor", "--dry-run"]);
        let run = sandbox.refused_by(2, command.env("SOURCE_DATE_EPOCH", text));
        assert_eq!(
            run.stderr,
            format!(
                "error: SOURCE_DATE_EPOCH is `{text}`, which is not a usable number of seconds\n\
                 hint: set it to seconds since 1970-01-01 UTC, or unset it\n"
            )
        );
    }
}
