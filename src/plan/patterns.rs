//! The patterns of the configuration: what must stand in a text now, and what will stand there. They come after the
//! manifests, one after the other, each on the text that those before it left.

use serde::Serialize;

use super::build::Workshop;
use super::layout::{Listed, patterns};
use super::manifests::{is_same_version, record, working_text};
use crate::config::{Pattern, Template, Values, placeholder_of};
use crate::error::Problem;
use crate::manifest::pattern::{Expression, Literal};
use crate::manifest::{Found, Replaced};
use crate::words::on_one_line;

/// What a pattern leaves in a file, so that it can be looked up again after a hook or a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedPattern {
    /// The file.
    pub path: String,
    /// What stands there.
    pub what: PatternText,
    /// How often.
    pub count: usize,
}

/// What a pattern finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternText {
    /// A text as it is.
    Literal {
        /// The text.
        text: String,
        /// It begins with a version.
        begins_with_version: bool,
        /// It ends with a version.
        ends_with_version: bool,
    },
    /// An expression, and what each of its groups holds.
    Expression {
        /// The regular expression.
        regex: String,
        /// The name and the value of each group.
        groups: Vec<(String, String)>,
    },
}

impl PlannedPattern {
    /// Whether the text still holds what the release wrote.
    ///
    /// # Errors
    /// It does not, or not as often.
    pub(super) fn check(&self, text: &str) -> Result<(), Problem> {
        match &self.what {
            PatternText::Literal { text: wanted, begins_with_version, ends_with_version } => {
                let literal = Literal {
                    text: wanted,
                    begins_with_version: *begins_with_version,
                    ends_with_version: *ends_with_version,
                };
                literal.check(text, &self.path, self.count)
            }
            PatternText::Expression { regex, groups } => {
                let value = |group: &str| {
                    groups.iter().find(|(name, _)| name == group).map(|(_, value)| value.clone())
                };
                Expression::parse(regex)?.check(text, &self.path, self.count, &value)
            }
        }
    }
}

/// Plans every pattern. Returns what must stand in the files afterwards.
pub(super) fn plan(workshop: &mut Workshop) -> Vec<PlannedPattern> {
    let (values, current) = (workshop.values(), workshop.current_values());
    let (config, snapshot) = (workshop.config, workshop.snapshot);
    let mut planned = Vec::new();
    let mut compiled: Option<(&str, Result<Expression, Problem>)> = None;
    for Listed { entry, path } in patterns(config, &snapshot.globs) {
        let Some(text) = working_text(workshop, path) else { continue };
        match (&entry.find, &entry.replace, &entry.regex) {
            (Some(find), Some(replace), _) => {
                planned.extend(literal(workshop, entry, path, &text, &values, (find, replace)));
            }
            (.., Some(regex)) => {
                // One pattern has many files where its path is a glob: it is compiled for the first of them.
                if compiled.as_ref().is_none_or(|(of, _)| *of != regex) {
                    compiled = Some((regex, Expression::parse(regex)));
                }
                match &compiled {
                    Some((_, Ok(expression))) => {
                        let both = (&values, &current);
                        planned.extend(by_expression(
                            workshop,
                            entry,
                            path,
                            &text,
                            both,
                            (regex, expression),
                        ));
                    }
                    Some((_, Err(problem))) => workshop.problems.push(problem.clone()),
                    None => {}
                }
            }
            // A checked configuration has one of the two.
            _ => {}
        }
    }
    planned
}

fn literal(
    workshop: &mut Workshop,
    pattern: &Pattern,
    path: &str,
    text: &str,
    values: &Values,
    (find, replace): (&Template, &Template),
) -> Option<PlannedPattern> {
    // A text of several lines ends them as the file does.
    let crlf = text.contains("\r\n");
    let rendered = |template: &Template| {
        let text = template.render(values);
        if crlf { text.replace('\n', "\r\n") } else { text }
    };
    let (old, new) = (rendered(find), rendered(replace));
    let literal = |text, template: &Template| {
        let (begins_with_version, ends_with_version) = template.edges_with_version();
        Literal { text, begins_with_version, ends_with_version }
    };
    let (wanted, with) = (literal(old.as_str(), find), literal(new.as_str(), replace));
    match wanted.replace(text, path, &with, pattern.count) {
        Err(problems) => {
            let nearby = nearby(text, find, &old);
            let hinted = problems.into_iter().map(|problem| match &nearby {
                Some(nearby) => problem.hint(nearby),
                None => problem,
            });
            workshop.problems.extend(hinted);
            None
        }
        Ok(Replaced { text: after, found }) => {
            let count = with.locate(&after).len();
            let shown = |found: Found| Found { value: on_one_line(&found.value), ..found };
            let found: Vec<Found> = found.into_iter().map(shown).collect();
            record(workshop, path, after, &found, &|_| on_one_line(&new));
            let what = PatternText::Literal {
                begins_with_version: with.begins_with_version,
                ends_with_version: with.ends_with_version,
                text: new,
            };
            Some(PlannedPattern { path: path.to_owned(), what, count })
        }
    }
}

/// Where the text stands with another version, in words.
fn nearby(text: &str, find: &Template, wanted: &str) -> Option<String> {
    let expression = Expression::parse(&find.as_expression()).ok()?;
    let (_, found) = expression.locate(text, "").ok()?;
    let mut other = found.iter().filter(|place| place.value.trim_end_matches('.') != wanted);
    let first = other.next()?;
    let others = other.count();
    let more = if others == 0 { String::new() } else { format!(", and {others} more like it") };
    Some(format!("line {} has it with `{}`{more}", first.line, on_one_line(&first.value)))
}

fn by_expression(
    workshop: &mut Workshop,
    pattern: &Pattern,
    path: &str,
    text: &str,
    (values, current): (&Values, &Values),
    (regex, expression): (&str, &Expression),
) -> Option<PlannedPattern> {
    let spelled = |group: &str, values: &Values| Some(values.get(placeholder_of(group)?).to_owned());
    let new = |group: &str| spelled(group, values);
    match expression.set(text, path, pattern.count, &new) {
        Err(problems) => {
            workshop.problems.extend(problems);
            None
        }
        Ok(Replaced { text: after, found }) => {
            for place in &found {
                let of_new = placeholder_of(&place.key).is_some_and(|it| it.is_of_new_version());
                let (expected, will_be) = (spelled(&place.key, current)?, new(&place.key)?);
                let right = !of_new
                    || is_same_version(&place.value, &expected)
                    || (pattern.follows && is_same_version(&place.value, &will_be));
                if right {
                    continue;
                }
                let (line, value) = (place.line, on_one_line(&place.value));
                if pattern.follows {
                    workshop.warnings.push(format!(
                        "`{path}:{line}` holds `{value}` where `{expected}` was expected; it will be `{will_be}`"
                    ));
                } else {
                    workshop.problems.push(
                        Problem::content(format!("{path}:{line}: found `{value}`, expected `{expected}`"))
                            .hint("set it to the expected value and commit, then run the release again")
                            .hint("or say `follows = true` in the `[[pattern]]`: it is set whatever it contained before"),
                    );
                }
            }
            let groups: Vec<(String, String)> =
                expression.groups().filter_map(|group| Some((group.to_owned(), new(group)?))).collect();
            record(workshop, path, after, &found, &|place| new(&place.key).unwrap_or_default());
            let what = PatternText::Expression { regex: regex.to_owned(), groups };
            Some(PlannedPattern { path: path.to_owned(), what, count: pattern.count })
        }
    }
}
