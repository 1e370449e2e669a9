//! What must hold for every file of every format: a replaced version changes its own bytes and no other. Files are
//! generated from a template that knows its own places, so the expected result owes nothing to the code under test;
//! a test of its own proves that the generator reaches every shape that matters. Here is what judges all of them; each
//! family of formats has a file that makes theirs.

mod any_text;
mod json;
mod lock_files;
mod python;
mod sample;
mod toml;
mod variables;
mod yaml;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::splice::{Edit, splice};
use super::{Format, locate, replace};
use sample::{sample, sample_of};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_replaced_version_changes_its_own_bytes_and_no_other(sample in sample()) {
        let before = sample.text(&sample.old);
        let replaced = replace(&before, sample.path, &sample.target(), &sample.new);
        let replaced = replaced.map_err(|problems| TestCaseError::fail(format!("{problems:?}\n{before}")))?;
        prop_assert_eq!(&replaced.text, &sample.text(&sample.new));
        prop_assert_eq!(replaced.found.len(), sample.places());
        for found in &replaced.found {
            prop_assert_eq!(before.get(found.span.start..found.span.end).unwrap(), &sample.old);
            prop_assert_eq!(&found.value, &sample.old);
            let line = before.get(..found.span.start).unwrap().matches('\n').count() + 1;
            prop_assert_eq!(found.line, line);
        }
    }

    #[test]
    fn a_version_that_is_replaced_and_put_back_leaves_the_file_as_it_was(sample in sample()) {
        let before = sample.text(&sample.old);
        let there = replace(&before, sample.path, &sample.target(), &sample.new).unwrap().text;
        let back = replace(&there, sample.path, &sample.target(), &sample.old).unwrap().text;
        prop_assert_eq!(back, before);
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_breaks_the_reader(
        sample in sample(), at in any::<Index>(), damage in "[\\[\\]{}\"'\\\\\n=:#&*!|>ä]{0,3}", length in 0..12usize,
    ) {
        let before = sample.text(&sample.old);
        let mut characters: Vec<char> = before.chars().collect();
        let start = at.index(characters.len());
        let end = (start + length).min(characters.len());
        characters.splice(start..end, damage.chars());
        let damaged: String = characters.into_iter().collect();
        if let Ok(replaced) = replace(&damaged, sample.path, &sample.target(), &sample.new) {
            let edits: Vec<Edit> = replaced.found.iter()
                .map(|found| Edit { span: found.span, replacement: sample.new.clone() }).collect();
            prop_assert_eq!(splice(&damaged, &edits).unwrap(), replaced.text);
        }
    }
}

#[test]
fn the_generator_reaches_every_shape_in_every_format() {
    let mut runner = TestRunner::deterministic();
    for format in Format::ALL {
        let mut counts = [0; 8];
        for _ in 0..200 {
            let sample = sample_of(*format).new_tree(&mut runner).unwrap().current();
            let before = sample.text(&sample.old);
            let found = locate(&before, sample.path, &sample.target()).unwrap();
            let shapes = [
                before.contains("\r\n"),
                before.contains('\n') && !before.contains('\r'),
                before.starts_with('\u{feff}'),
                !before.ends_with('\n'),
                before.ends_with('\n'),
                sample.new.len() > sample.old.len(),
                sample.new.len() < sample.old.len(),
                before.matches(&sample.old).count() > found.len(),
            ];
            for (count, reached) in counts.iter_mut().zip(shapes) {
                *count += usize::from(reached);
            }
        }
        let names =
            ["CRLF", "LF", "BOM", "no final newline", "final newline", "longer", "shorter", "elsewhere"];
        for (name, count) in names.iter().zip(counts) {
            assert!(count >= 20, "{format:?}: {name} in {count} of 200 samples");
        }
    }
}
