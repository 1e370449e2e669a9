//! Other files that hold the version: as patterns where it is clearly the project's, otherwise named for a person to judge.

use super::ecosystems::Ecosystem;
use super::leading::Candidate;
use crate::plan::{Elsewhere, elsewhere, may_hold_version};
use crate::snapshot::Survey;
use crate::version::Version;

/// A `[[pattern]]`: what stands in a file, and what a release sets it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) path: String,
    pub(super) find: String,
    pub(super) replace: String,
    pub(super) count: usize,
}

/// What other files hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Others {
    /// Texts that a release sets.
    pub(super) patterns: Vec<Exact>,
    /// Dates that move with a release: a file, and the expression that finds them.
    pub(super) dates: Vec<(String, String)>,
    /// Files with the lines that may hold the version, or only something that looks like it.
    pub(super) unsure: Vec<(String, String)>,
}

/// The longest text before a version that a pattern repeats.
const LONGEST: usize = 60;

/// Looks into every such file that is not among the `known` ones.
pub(super) fn others(
    survey: &Survey,
    chosen: &[Candidate],
    version: &Version,
    known: &dyn Fn(&str) -> bool,
) -> Others {
    let mut others = Others::default();
    let pep440 = chosen.first().is_some_and(|it| it.ecosystem.writes_pep440());
    let held = chosen.iter().map(|it| it.held.clone());
    let mut spellings: Vec<String> = held.chain([version.to_string(), version.pep440()]).collect();
    spellings.dedup();
    let names: Vec<&str> = chosen.iter().filter_map(|it| it.name.as_deref()).collect();
    for (path, text) in survey.texts.iter().filter(|(path, _)| may_hold_version(path) && !known(path)) {
        if Ecosystem::of(path).is_some_and(|it| it != Ecosystem::Plain) && path.contains('/') {
            continue;
        }
        let found = elsewhere(path, text, &spellings, &names);
        let (sure, unsure): (Vec<&Elsewhere>, Vec<&Elsewhere>) =
            found.iter().partition(|place| place.certain);
        match patterns(path, text, &sure, version, pep440) {
            Some(patterns) => {
                let is_citation = path.to_lowercase().ends_with("citation.cff") && !patterns.is_empty();
                if is_citation && text.lines().any(|line| line.starts_with("date-released:")) {
                    let regex = r#"^date-released: *["']?(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"#;
                    others.dates.push((path.clone(), regex.to_owned()));
                }
                others.patterns.extend(patterns);
                others.unsure.extend(lines(path, &unsure));
            }
            None => others.unsure.extend(lines(path, &found.iter().collect::<Vec<_>>())),
        }
    }
    others
}

fn lines(path: &str, places: &[&Elsewhere]) -> Option<(String, String)> {
    let numbers: Vec<String> = places.iter().take(5).map(|place| place.line.to_string()).collect();
    let more = if places.len() > 5 { ", …" } else { "" };
    (!places.is_empty()).then(|| (path.to_owned(), format!("line {}{more}", numbers.join(", "))))
}

/// The patterns of a file; nothing where a text that would be looked for also stands where it is not meant, or where what
/// stands there is no version that a release could have written.
fn patterns(
    path: &str,
    text: &str,
    sure: &[&Elsewhere],
    version: &Version,
    pep440: bool,
) -> Option<Vec<Exact>> {
    let mut found: Vec<Exact> = Vec::new();
    for place in sure {
        let before = tail(&place.before);
        let as_pep440 = place.spelled == version.pep440() && (pep440 || place.spelled != version.to_string());
        if place.spelled != version.to_string() && !as_pep440 {
            return None;
        }
        let (old, new) =
            if as_pep440 { ("{previous-pep440}", "{pep440}") } else { ("{previous}", "{version}") };
        let template = |version: &str| {
            let braces = |text: &str| text.replace('{', "{{").replace('}', "}}");
            format!("{}{version}{}", braces(before), braces(&place.behind))
        };
        let exact = Exact { path: path.to_owned(), find: template(old), replace: template(new), count: 1 };
        match found.iter_mut().find(|other| other.find == exact.find) {
            Some(other) => other.count += 1,
            None => found.push(exact),
        }
    }
    let rendered = |place: &Elsewhere| format!("{}{}{}", tail(&place.before), place.spelled, place.behind);
    let mut texts: Vec<String> = sure.iter().map(|place| rendered(place)).collect();
    let all = texts.len();
    texts.sort();
    texts.dedup();
    let stands: usize = texts.iter().map(|wanted| count(text, wanted)).sum();
    (stands == all).then_some(found)
}

/// How often a text stands in another one where no version goes on around it.
fn count(text: &str, wanted: &str) -> usize {
    let (begins, ends) = (
        wanted.starts_with(|it: char| it.is_ascii_digit()),
        wanted.ends_with(|it: char| it.is_ascii_alphanumeric()),
    );
    crate::manifest::pattern::Literal { text: wanted, begins_with_version: begins, ends_with_version: ends }
        .locate(text)
        .len()
}

/// The end of a text, from a character on.
fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(LONGEST);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    text.get(from..).unwrap_or_default()
}
