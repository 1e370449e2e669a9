//! The calls of a run that change the disk, in their order, each with what strace needs to find it again.

use std::collections::BTreeMap;

use crate::strace::Target;
use crate::trace::Call;

/// One call that changes the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The call without anything that differs from run to run.
    pub(crate) label: String,
    pub(crate) target: Target,
}

/// The successful calls that change the disk. Calls that failed are counted, because strace counts them, but there is
/// nothing to see in their place that is not there before and after them.
pub(crate) fn sequence(calls: &[Call], around: &str) -> Vec<Step> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut steps = Vec::new();
    for call in calls {
        if call.succeeded() && call.changes_disk() {
            let ordinal = counts.get(call.name.as_str()).copied().unwrap_or(0) + 1;
            let others = counts.iter().filter(|(name, _)| **name != call.name && !name.starts_with("open"));
            let others = others.map(|(name, before)| ((*name).to_owned(), *before)).collect();
            let target = Target { name: call.name.clone(), ordinal, others };
            steps.push(Step { label: call.label(around), target });
        }
        *counts.entry(&call.name).or_default() += 1;
    }
    // Calls that come only later count from none.
    for step in &mut steps {
        let later: Vec<_> = counts
            .keys()
            .filter(|name| {
                **name != step.target.name
                    && !name.starts_with("open")
                    && step.target.others.iter().all(|(other, _)| other != *name)
            })
            .map(|name| ((*name).to_owned(), 0))
            .collect();
        step.target.others.extend(later);
    }
    steps
}

/// The labels of the calls of a disturbed run that changed the disk, and of the one it was disturbed at.
pub(crate) fn labels_until_killed(calls: &[Call], around: &str) -> (Vec<String>, Option<String>) {
    let done = calls.iter().filter(|call| call.succeeded() && call.changes_disk());
    let last = calls.last().filter(|call| call.result.is_none()).map(|call| call.label(around));
    (done.map(|call| call.label(around)).collect(), last)
}

/// The labels of the calls before the first one that was made to fail, and of that one.
pub(crate) fn labels_until_failed(calls: &[Call], around: &str) -> (Vec<String>, Option<String>) {
    let at = calls.iter().position(|call| call.injected).unwrap_or(calls.len());
    let done = calls[..at].iter().filter(|call| call.succeeded() && call.changes_disk());
    (done.map(|call| call.label(around)).collect(), calls.get(at).map(|call| call.label(around)))
}
