//! What must hold for any text, of whatever format: patterns change their own places and no other, and so does the
//! function that writes.

use proptest::prelude::*;

use super::config;
use super::sample::version;
use crate::manifest::Span;
use crate::manifest::pattern::{Expression, Literal};
use crate::manifest::splice::{Edit, splice};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_pattern_changes_its_own_places_and_no_other_byte(
        pieces in prop::collection::vec(("(\\PC|\r|\n){0,6}", any::<bool>()), 1..8),
        tail in "[ ,;\n]\\PC{0,8}", (old, new) in (version(), version()),
    ) {
        let literal = |version: &str| format!("ow\u{1}n=={version}");
        let text = |version: &str| -> String {
            let piece = |(around, own): &(String, bool)| {
                format!("{around}{}\n", if *own { literal(version) } else { format!("=={old}") })
            };
            pieces.iter().map(piece).collect::<String>() + &tail
        };
        let count = pieces.iter().filter(|(_, own)| *own).count();
        let (before, find, with) = (text(&old), literal(&old), literal(&new));
        let find = Literal { text: &find, begins_with_version: false, ends_with_version: true };
        let with = Literal { text: &with, ..find };
        prop_assert_eq!(find.replace(&before, "file", &with, count).unwrap().text, text(&new));
        prop_assert!(find.replace(&before, "file", &with, count + 1).is_err());

        let expression = Expression::parse("ow\u{1}n==(?<version>[0-9a-z.-]+)").unwrap();
        let set = expression.set(&before, "file", count, &|_| Some(new.clone()));
        prop_assert_eq!(set.unwrap().text, text(&new));
    }

    #[test]
    fn splice_keeps_every_byte_outside_the_edits(
        pieces in prop::collection::vec(("\\PC{0,8}", "(\\PC|\r|\n){1,8}", "\\PC{0,8}"), 0..6),
        tail in "(\\PC|\r|\n){0,8}", backwards in any::<bool>(),
    ) {
        let (mut text, mut expected, mut edits) = (String::new(), String::new(), Vec::new());
        for (kept, removed, replacement) in &pieces {
            text.push_str(kept);
            expected.push_str(kept);
            edits.push(Edit {
                span: Span { start: text.len(), end: text.len() + removed.len() },
                replacement: replacement.clone(),
            });
            text.push_str(removed);
            expected.push_str(replacement);
        }
        text.push_str(&tail);
        expected.push_str(&tail);
        if backwards {
            edits.reverse();
        }
        prop_assert_eq!(splice(&text, &edits), Ok(expected));
    }
}
