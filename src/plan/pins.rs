//! The pins of a release: each is written to every place that the configuration lists, which must be there exactly as
//! often as it says. What is planned here is looked up again like a version once others had their hands on the files.

use serde::Serialize;

use super::build::Workshop;
use super::manifests::{record, working_text};
use super::{PatternText, PlannedPattern, PlannedVersion};
use crate::config::{Config, Pin, PinWrite};
use crate::error::Problem;
use crate::git::RemoteTrouble;
use crate::manifest::pattern::Expression;
use crate::manifest::{Found, Target, replace};
use crate::secrets::without_credentials;
use crate::snapshot::{PinRemote, Pinned};
use crate::words::{counted, shell_word};

/// A pin of the release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedPin {
    /// Its name in the configuration.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// What its places hold now, each value once.
    pub from: Vec<String>,
    /// What it will be.
    pub to: String,
    /// The option or the variable that gave it.
    pub source: String,
    /// The remote on which a tag of that name was found, without credentials.
    pub found_on: Option<String>,
}

/// Plans every pin that was given, and misses those that are required. What it sets joins `versions` and `patterns`.
pub(super) fn plan(
    workshop: &mut Workshop,
    versions: &mut Vec<PlannedVersion>,
    patterns: &mut Vec<PlannedPattern>,
) -> Vec<PlannedPin> {
    let mut planned = Vec::new();
    let config = workshop.config;
    for pin in &config.pin {
        let Some(pinned) = workshop.snapshot.pins.iter().find(|pinned| pinned.given.name == pin.name) else {
            if pin.required {
                workshop.problems.push(missing(pin));
            }
            continue;
        };
        workshop.problems.extend(absent(pin, pinned));
        let mut places = Vec::new();
        for write in &pin.write {
            places.extend(match &write.regex {
                Some(regex) => set_by_expression(workshop, pinned, write, regex, patterns),
                None => set(workshop, pin, pinned, write, versions),
            });
        }
        planned.push(describe(workshop, pin, pinned, places));
    }
    planned
}

/// The files that the given pins are written to.
pub fn paths<'a>(config: &'a Config, given: &'a [Pinned]) -> impl Iterator<Item = &'a str> {
    let is_given = |pin: &&Pin| given.iter().any(|pinned| pinned.given.name == pin.name);
    let pins = config.pin.iter().filter(is_given);
    pins.flat_map(|pin| &pin.write).map(|write| write.path.as_str())
}

/// One place that held a pin.
struct Was {
    at: String,
    value: String,
    expected_now: String,
}

/// Writes a pin to one file.
fn set(
    workshop: &mut Workshop,
    pin: &Pin,
    pinned: &Pinned,
    write: &PinWrite,
    versions: &mut Vec<PlannedVersion>,
) -> Vec<Was> {
    let Some(text) = working_text(workshop, &write.path) else { return Vec::new() };
    // The configuration was validated: there is a format.
    let Some(format) = write.format() else { return Vec::new() };
    let target = Target { format, key: write.key.as_deref(), package: None };
    let after = Pin::written(write, &pinned.given.value, &pinned.given.version);
    let replaced = match replace(&text, &write.path, &target, &after) {
        Ok(replaced) => replaced,
        Err(problems) => {
            workshop.problems.extend(problems);
            return Vec::new();
        }
    };
    if !usize::try_from(write.count).is_ok_and(|count| count == replaced.found.len()) {
        workshop.problems.push(wrong_count(pin, write, &replaced.found));
        return Vec::new();
    }
    let was = |place: &Found| Was {
        at: format!("{}:{}", write.path, place.line),
        value: place.value.clone(),
        expected_now: after.clone(),
    };
    let was = replaced.found.iter().map(was).collect();
    record(workshop, &write.path, replaced.text, &replaced.found, &|_| after.clone());
    versions.push(PlannedVersion {
        path: write.path.clone(),
        format: format.name().to_owned(),
        key: write.key.clone(),
        package: None,
        value: after,
    });
    was
}

/// Writes a pin to every match of an expression.
fn set_by_expression(
    workshop: &mut Workshop,
    pinned: &Pinned,
    write: &PinWrite,
    regex: &str,
    patterns: &mut Vec<PlannedPattern>,
) -> Vec<Was> {
    let Some(text) = working_text(workshop, &write.path) else { return Vec::new() };
    let count = usize::try_from(write.count).unwrap_or(usize::MAX);
    let after = |group: &str| Pin::grouped(group, &pinned.given.value, &pinned.given.version);
    let set = Expression::parse(regex).map_err(|problem| vec![problem]).and_then(|expression| {
        let groups =
            expression.groups().filter_map(|group| Some((group.to_owned(), after(group)?))).collect();
        let replaced = expression.set(&text, &write.path, count, &after)?;
        Ok((groups, replaced))
    });
    let (groups, replaced) = match set {
        Ok(both) => both,
        Err(problems) => {
            workshop.problems.extend(problems);
            return Vec::new();
        }
    };
    let was = |place: &Found| {
        let at = format!("{}:{}", write.path, place.line);
        Some(Was { at, value: place.value.clone(), expected_now: after(&place.key)? })
    };
    let was = replaced.found.iter().filter_map(was).collect();
    record(workshop, &write.path, replaced.text, &replaced.found, &|place| {
        after(&place.key).unwrap_or_default()
    });
    let what = PatternText::Expression { regex: regex.to_owned(), groups };
    patterns.push(PlannedPattern { path: write.path.clone(), what, count });
    was
}

fn describe(workshop: &mut Workshop, pin: &Pin, pinned: &Pinned, places: Vec<Was>) -> PlannedPin {
    let given = &pinned.given;
    // Places may spell the pin differently; one and the same spelling must hold one and the same value.
    let differs = places.iter().any(|one| {
        places.iter().any(|other| one.expected_now == other.expected_now && one.value != other.value)
    });
    if differs {
        let list: Vec<String> = places.iter().map(|was| format!("`{}` in {}", was.value, was.at)).collect();
        workshop.warnings.push(format!(
            "the pin `{}` is not the same everywhere: {}; it will be `{}`",
            pin.name,
            list.join(", "),
            given.value
        ));
    }
    let mut from: Vec<String> = Vec::new();
    for was in places.iter().filter(|was| was.expected_now == given.value) {
        if !from.contains(&was.value) {
            from.push(was.value.clone());
        }
    }
    if let Some(goes_back) =
        from.iter().find(|value| pin.version_in(value).is_some_and(|it| it > given.version))
    {
        workshop
            .warnings
            .push(format!("the pin `{}` goes back from `{goes_back}` to `{}`", pin.name, given.value));
    }
    if pinned.remote == PinRemote::Offline {
        workshop.warnings.push(format!(
            "whether the tag `{}` of the pin `{}` exists is not checked (--offline)",
            given.value, pin.name
        ));
    }
    let found_on =
        pin.remote.as_deref().filter(|_| pinned.remote == PinRemote::There).map(without_credentials);
    PlannedPin {
        name: pin.name.clone(),
        description: pin.description.clone(),
        from,
        to: given.value.clone(),
        source: given.source.clone(),
        found_on,
    }
}

fn missing(pin: &Pin) -> Problem {
    let what = pin.description.as_ref().map_or(String::new(), |text| format!(" ({text})"));
    let problem = Problem::content(format!("the pin `{}` is required{what}", pin.name))
        .hint(format!("give it as `{} VALUE`", pin.option()));
    match &pin.variable {
        Some(variable) => problem.hint(format!("or set `{variable}=VALUE`")),
        None => problem,
    }
}

/// What stands in the way of a pin where it comes from.
fn absent(pin: &Pin, pinned: &Pinned) -> Option<Problem> {
    let remote = pin.remote.as_deref().unwrap_or_default();
    let shown = without_credentials(remote);
    let tag = &pinned.given.value;
    let see = format!("see whether it can be reached: `git ls-remote {}`", shell_word(&shown));
    let go_on = "to go on without asking: `--offline`; whether the tag exists is then not known";
    match &pinned.remote {
        PinRemote::Absent => Some(
            Problem::content(format!(
                "tag `{tag}` does not exist on `{shown}`, where the pin `{}` comes from",
                pin.name
            ))
            .hint(format!("see which tags there are: `git ls-remote --tags {}`", shell_word(&shown)))
            .hint("release and push there first, then here"),
        ),
        PinRemote::Failed(RemoteTrouble::Silent(seconds)) => {
            let seconds = counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second");
            Some(
                Problem::circumstance(format!("`{shown}` did not answer within {seconds}"))
                    .hint(see)
                    .hint(format!(
                        "allow it more time with `remote-timeout-seconds` in the `[[pin]]` `{}`",
                        pin.name
                    ))
                    .hint(go_on),
            )
        }
        PinRemote::Failed(RemoteTrouble::Failed(said)) => {
            Some(Problem::circumstance(format!("`{shown}` cannot be asked\n{said}")).hint(see).hint(go_on))
        }
        PinRemote::Failed(RemoteTrouble::Interrupted)
        | PinRemote::Undeclared
        | PinRemote::Offline
        | PinRemote::There => None,
    }
}

fn wrong_count(pin: &Pin, write: &PinWrite, found: &[Found]) -> Problem {
    let lines: Vec<String> = found.iter().map(|place| place.line.to_string()).collect();
    let counted = counted(usize::try_from(write.count).unwrap_or(usize::MAX), "place");
    Problem::content(format!(
        "`{}` holds the pin `{}` in {} (line {}), expected {counted}",
        write.path,
        pin.name,
        crate::words::counted(found.len(), "place"),
        lines.join(", ")
    ))
    .hint(format!("correct `{}` and commit it, or correct `count` in the `[[pin.write]]`", write.path))
}
