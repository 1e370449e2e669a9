//! Counts how disturbed runs ended, prints one line for each sweep, and fails with all that was wrong.

use crate::scenario::Verdict;

/// How the runs of one sweep ended.
#[derive(Default)]
pub(crate) struct Tally {
    before: usize,
    after: usize,
    mixed: Vec<String>,
}

impl FromIterator<Result<Verdict, String>> for Tally {
    fn from_iter<T: IntoIterator<Item = Result<Verdict, String>>>(outcomes: T) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            match outcome {
                Ok(Verdict::Before) => tally.before += 1,
                Ok(Verdict::After) => tally.after += 1,
                Ok(Verdict::Mixed(problem)) | Err(problem) => tally.mixed.push(problem),
            }
        }
        tally
    }
}

/// The sweeps of one test.
#[derive(Default)]
pub(crate) struct Report(Vec<String>);

impl Report {
    /// Prints how a sweep ended; every run that was to be made must have been counted.
    pub(crate) fn add(&mut self, what: &str, runs: &str, expected: usize, tally: Tally) {
        let Tally { before, after, mixed } = tally;
        let (total, wrong) = (before + after + mixed.len(), mixed.len());
        println!("{what}: {total} {runs}, {before} before, {after} after, {wrong} mixed");
        assert_eq!(total, expected, "{what}: {runs}");
        self.0.extend(mixed.into_iter().map(|problem| format!("{what}, {problem}")));
    }

    /// Fails with every state that was neither before nor after: the first ones in full, the others by name.
    pub(crate) fn conclude(self) {
        let (shown, named) = self.0.split_at(self.0.len().min(8));
        let named = named.iter().filter_map(|problem| problem.lines().next());
        let named: Vec<&str> = named.collect();
        assert!(shown.is_empty(), "{}\n\nand\n{}", shown.join("\n\n"), named.join("\n"));
    }
}
