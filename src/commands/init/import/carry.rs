//! From what other tools' configurations say to what a configuration here can say: each text that they rewrite must
//! stand in its file now, beside what the manifests already cover. Whatever does not hold is kept as a line of words.

use std::collections::BTreeMap;

use regex::Regex;

use super::translate::{before, literal};
use super::{Find, Rewrite, plain, read};
use crate::changelog::TypeEntry;
use crate::config::{Config, Paths, Template, Values};
use crate::manifest::pattern::Literal;
use crate::manifest::{Format, Target, locate};
use crate::snapshot::Survey;
use crate::version::Version;

/// A `[[pattern]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) path: String,
    pub(super) find: String,
    pub(super) replace: String,
    pub(super) count: usize,
}

/// What is carried over from all of them together; the first that says something is right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// The tools with their files: `tbump (tbump.toml)`.
    pub(super) from: Vec<String>,
    /// The name of the tag.
    pub(super) tag: Option<String>,
    /// Its message.
    pub(super) tag_message: Option<String>,
    /// The message of the commit.
    pub(super) commit_message: Option<String>,
    /// The branches.
    pub(super) branches: Vec<String>,
    /// The remote.
    pub(super) remote: Option<String>,
    /// The changelog, where it is here.
    pub(super) changelog: Option<String>,
    /// The folder of fragments, where it is here.
    pub(super) fragments: Option<String>,
    /// The types of changes.
    pub(super) types: Vec<(String, TypeEntry)>,
    /// Texts that move with the version.
    pub(super) patterns: Vec<Pattern>,
    /// What could not be carried over: the file that says it, and what it is.
    pub(super) left_out: Vec<(String, String)>,
}

/// Stands where a version was that somebody else sets; no text holds it.
const TAKEN: &str = "\u{1}";

/// Compares what is said with what is there, beside what a configuration already covers. `pep440` is how the project
/// spells its version.
pub(super) fn carry(survey: &Survey, version: &Version, pep440: bool, config: &Config) -> Carried {
    let mut carried = Carried::default();
    let mut desk = Desk { survey, version, pep440, config, texts: BTreeMap::new() };
    for (tool, file, said) in read(survey) {
        carried.from.push(format!("{tool} ({file})"));
        let left_out = &mut carried.left_out;
        left_out.extend(said.left_out.into_iter().map(|what| (file.to_owned(), what)));
        for rewrite in &said.rewrites {
            match desk.patterns(rewrite) {
                Ok(patterns) => carried.patterns.extend(patterns),
                Err(why) => left_out.push((file.to_owned(), format!("`{}`: {why}", plain(&rewrite.path)))),
            }
        }
        for (mine, theirs) in [
            (&mut carried.tag, said.tag),
            (&mut carried.tag_message, said.tag_message),
            (&mut carried.commit_message, said.commit_message),
            (&mut carried.remote, said.remote),
            (&mut carried.changelog, said.changelog.filter(|path| survey.texts.contains_key(path))),
            (&mut carried.fragments, said.fragments),
        ] {
            if mine.is_none() {
                *mine = theirs;
            }
        }
        if carried.types.is_empty() {
            carried.types = said.types;
        }
        if carried.branches.is_empty() {
            carried.branches = said.branches;
        }
    }
    carried
}

/// The files as they are while one text after the other is taken out of them.
struct Desk<'a> {
    survey: &'a Survey,
    version: &'a Version,
    pep440: bool,
    config: &'a Config,
    texts: BTreeMap<String, String>,
}

impl Desk<'_> {
    /// The patterns for one rewrite, none where the manifests cover it.
    fn patterns(&mut self, rewrite: &Rewrite) -> Result<Vec<Pattern>, String> {
        let wanted = plain(&rewrite.path);
        let paths = Paths::new([wanted]);
        let files: Vec<String> =
            self.survey.paths.iter().filter(|path| *path == wanted || paths.hold(path)).cloned().collect();
        if files.is_empty() {
            return Err("there is no such file here".to_owned());
        }
        let mut found = Vec::new();
        for path in files {
            if is_changelog(&path) {
                return Err("the changelog is written by the release itself".to_owned());
            }
            for (find, replace) in self.texts_of(&path, &rewrite.find)? {
                found.extend(self.pattern(&path, &find, &replace)?);
            }
        }
        Ok(found)
    }

    /// What stands in a file now for a rewrite, as templates of what is found and what takes its place.
    fn texts_of(&mut self, path: &str, find: &Find) -> Result<Vec<(String, String)>, String> {
        let values = self.values();
        let text = self.text(path)?.clone();
        match find {
            Find::Text { find, replace } => Ok(vec![(find.clone(), replace.clone())]),
            Find::Line { expression } => {
                let expression =
                    Regex::new(expression).map_err(|_| "its expression is not understood here")?;
                let mut lines = Vec::new();
                for line in text.lines().filter(|line| expression.is_match(line)) {
                    let spelled = [(&values.version, "{version}"), (&values.pep440, "{pep440}")];
                    let held = spelled.into_iter().find(|(version, _)| line.contains(version.as_str()));
                    let Some((version, hole)) = held else { continue };
                    let parts: Vec<String> = line.trim().split(version.as_str()).map(literal).collect();
                    let replace = parts.join(hole);
                    let both = (before(&replace), replace);
                    if !lines.contains(&both) {
                        lines.push(both);
                    }
                }
                Ok(lines)
            }
            Find::Expression { search, replace } => {
                let search = Regex::new(search).map_err(|_| "its expression is not understood here")?;
                let spelled = self.spelled(replace);
                let template =
                    Template::parse(&spelled).map_err(|_| "what it writes is not understood here")?;
                let now = template.render(&values);
                let all: Vec<&str> = search.find_iter(&text).map(|found| found.as_str()).collect();
                // What it writes for the version that is there must be what is there.
                if !all.is_empty() && all.iter().all(|found| *found == now) {
                    return Ok(vec![(before(&spelled), spelled)]);
                }
                if all.is_empty() && self.survey.texts.get(path).is_some_and(|text| search.is_match(text)) {
                    return Ok(Vec::new());
                }
                Err("what its expression finds is not what it would write for the present version".to_owned())
            }
        }
    }

    /// One pattern, with the number of its places.
    fn pattern(&mut self, path: &str, find: &str, replace: &str) -> Result<Option<Pattern>, String> {
        let values = self.values();
        let mut spellings = vec![(self.spelled(find), self.spelled(replace))];
        spellings.push((find.to_owned(), replace.to_owned()));
        for (find, replace) in spellings {
            let template = Template::parse(&find).map_err(|_| "what it looks for is not understood here")?;
            Template::parse(&replace).map_err(|_| "what it writes is not understood here")?;
            let now = template.render(&values);
            if now.trim().is_empty() || find == replace {
                return Err("it looks for nothing that moves".to_owned());
            }
            let (begins_with_version, ends_with_version) = template.edges_with_version();
            let literal = Literal { text: &now, begins_with_version, ends_with_version };
            let text = self.text(path)?;
            let count = literal.locate(text).len();
            if count > 0 {
                let without = text.replace(&now, TAKEN);
                self.texts.insert(path.to_owned(), without);
                return Ok(Some(Pattern { path: path.to_owned(), find, replace, count }));
            }
            if self.survey.texts.get(path).is_some_and(|whole| whole.contains(&now)) {
                // A manifest, or an earlier text, has it.
                return Ok(None);
            }
        }
        Err("what it looks for does not stand there".to_owned())
    }

    /// The text of a file without the versions that manifests set.
    fn text(&mut self, path: &str) -> Result<&String, String> {
        if !self.texts.contains_key(path) {
            let whole = self.survey.texts.get(path).ok_or("it is no plain text")?;
            let mut text = whole.clone();
            let places =
                self.config.manifest.iter().filter(|place| Paths::new([place.path.as_str()]).hold(path));
            let mut spans: Vec<_> = places
                .filter_map(|place| {
                    let format = place.format_name().and_then(Format::from_name)?;
                    let (key, package) = (place.key.as_deref(), place.package.as_deref());
                    locate(whole, path, &Target { format, key, package }).ok()
                })
                .flatten()
                .map(|found| found.span)
                .collect();
            spans.sort_by_key(|span| std::cmp::Reverse(span.start));
            for span in spans {
                text.replace_range(span.start..span.end, TAKEN);
            }
            let values = self.values();
            for pattern in self.config.pattern.iter().filter(|pattern| pattern.path == path) {
                if let Some(find) = &pattern.find {
                    text = text.replace(&find.render(&values), TAKEN);
                }
            }
            self.texts.insert(path.to_owned(), text);
        }
        self.texts.get(path).ok_or_else(|| "it is no plain text".to_owned())
    }

    /// A template in the project's own spelling of the version.
    fn spelled(&self, template: &str) -> String {
        if !self.pep440 {
            return template.to_owned();
        }
        template.replace("{version}", "{pep440}").replace("{previous}", "{previous-pep440}")
    }

    /// The version at hand, as before and after.
    fn values(&self) -> Values {
        let (version, pep440) = (self.version.to_string(), self.version.pep440());
        Values {
            previous: version.clone(),
            version,
            previous_pep440: pep440.clone(),
            pep440,
            ..Values::default()
        }
    }
}

/// Whether a file is called as changelogs are.
fn is_changelog(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_uppercase();
    ["CHANGELOG", "CHANGES", "HISTORY", "NEWS", "RELEASES"].iter().any(|known| name.starts_with(known))
}
