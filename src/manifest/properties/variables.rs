//! Variables: lines of an environment file and the build arguments of a container file, beside comments, longer
//! names and continued lines.

use super::sample::{Choices, Shape};

pub(super) fn env_file(choices: &Choices) -> Shape {
    let own = choices.one_of(&["TAG=\u{1}", "export TAG=\"\u{1}\" # \u{2}", "  TAG='\u{1}'"]);
    let pool = ["# TAG=\u{2}", "TAGS=\u{2}", "ä=\"TAG=\u{2}\"", "OTHER=\u{2}"];
    (".env", Some("TAG"), None, choices.around(&pool, own))
}

pub(super) fn dockerfile(choices: &Choices) -> Shape {
    let own = choices.one_of(&["ARG TAG=\u{1}", "  arg A=\"\u{2}\" TAG='\u{1}' # \u{2}"]);
    let pool = ["# ARG TAG=\u{2}", "ENV TAG=\u{2}", "RUN ä \\\n  ARG TAG=\u{2}", "ARG TAGS=\u{2}", "ARG TAG"];
    ("Dockerfile", Some("TAG"), None, choices.around(&pool, own))
}

pub(super) fn plain(choices: &Choices) -> Shape {
    let own = choices.one_of(&["\u{1}", "  \u{1}"]);
    ("VERSION", None, None, choices.around(&["# \u{2}", "", "  # v\u{2}", "# ä \u{2}"], own))
}
