//! A version of two parts without quotes is a number in YAML: `1.10` is 1.1 for every program that reads the file. An entry
//! of the configuration that reads YAML writes the quotes itself; one that sees only text cannot, and is refused.

use super::build::Workshop;
use super::manifests::text_of;
use crate::error::Problem;
use crate::manifest::yaml_numbers;
use crate::words::on_one_line;

/// Looks for such numbers in what the entries wrote.
pub(super) fn check(workshop: &mut Workshop) {
    let is_yaml = |path: &str| path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".cff");
    let mut problems = Vec::new();
    for change in workshop.files.values().filter(|change| is_yaml(&change.path)) {
        let (before, after) = (text_of(&workshop.snapshot.files, &change.path), change.after.as_deref());
        let (Some(before), Some(after)) = (before, after) else { continue };
        for found in yaml_numbers(before, after) {
            let (path, key) = (on_one_line(&change.path), on_one_line(&found.key));
            problems.push(
                Problem::content(format!(
                    "{path}:{}: `{key}` would be `{}` without quotes, which YAML reads as the number {}",
                    found.line, found.value, found.number
                ))
                .hint(format!(
                    "write the value in quotes, `{key}: \"{}\"`, commit that, and let the `[[pattern]]` find it so",
                    on_one_line(&found.stood)
                )),
            );
        }
    }
    workshop.problems.extend(problems);
}
