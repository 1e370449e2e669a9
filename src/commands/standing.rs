//! Reads where things stand for the bare command: the facts of the snapshot turned into what a person asks first.

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::git;
use crate::plan::{self, Standing};
use crate::render::{Status, Word};
use crate::snapshot::{self, RemoteState, Snapshot, Unasked};
use crate::spec::Spec;
use crate::version::{Automatic, Bump, Request, Stage, Version, next};

/// Reads the repository and works out what each bump word would give.
///
/// # Errors
/// No repository, no readable configuration or no readable current version.
pub(super) fn read(spec: &Spec) -> crate::error::Result<Status> {
    let refused = |problems| Error::new(Kind::Refused, problems);
    let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?;
    repository.refuse_torn_references()?;
    let loaded = snapshot::configuration(&repository, spec).map_err(refused)?;
    let config = &loaded.config;
    let unasked = RemoteState::Unasked(Unasked::NotNeeded);
    let snapshot = Snapshot::take(&repository, spec, &loaded, None, &unasked).map_err(refused)?;
    let standing = plan::standing(spec, config, &snapshot).map_err(refused)?;
    let words = (first(config, &standing).into_iter())
        .chain(requests().map(|request| word(&standing.current, &request)))
        .chain([automatic(config, &standing)])
        .collect();
    Ok(Status {
        branch: snapshot.head.branch.clone(),
        last_tag: last_tag(config, &snapshot.tags),
        standing,
        words,
    })
}

fn word(current: &Version, request: &Request) -> Word {
    let given = next(current, request).map(|next| next.version).map_err(|problem| problem.message);
    Word { word: request.to_string(), given, why: None }
}

/// The current version itself, where that can be the first release.
fn first(config: &Config, standing: &Standing) -> Option<Word> {
    let current = standing.current;
    let here = "as a first release: no tag of one is here";
    let why = match standing.has_remote {
        true => format!("{here}; {} is asked when it is cut", config.release.remote),
        false => here.into(),
    };
    standing.may_be_first.then(|| Word { word: current.to_string(), given: Ok(current), why: Some(why) })
}

/// What `auto` gives and why, or that there is nothing to release.
fn automatic(config: &Config, standing: &Standing) -> Word {
    let word = Request::Auto.to_string();
    match &standing.automatic {
        Ok(Automatic { request, reason }) => {
            // It stands beside the word already.
            let why = reason.strip_prefix("`auto` is ").unwrap_or(reason).to_owned();
            Word { why: Some(why), word, ..self::word(&standing.current, request) }
        }
        Err(why) => {
            let why = if config.changelog.is_empty() {
                "it reads a changelog, and the configuration has none".to_owned()
            } else {
                format!("nothing to release: {why}")
            };
            Word { word, given: Err(why), why: None }
        }
    }
}

/// Every word alone, and the start of each series.
fn requests() -> impl Iterator<Item = Request> {
    let bumps = Bump::ALL.into_iter().map(|bump| Request::Bump(bump, None));
    let stages = Stage::ALL.into_iter().map(Request::Stage);
    let series = [Request::Bump(Bump::Minor, Some(Stage::Alpha))];
    bumps.chain(series).chain(stages).chain([Request::Release])
}

/// The tag of the highest version, by the template of the first configured tag.
fn last_tag(config: &Config, tags: &[String]) -> Option<String> {
    let template = &config.tag.first()?.name;
    tags.iter()
        .filter_map(|tag| Some((Version::parse_either(template.could_render_as(tag)?.text)?, tag)))
        .max_by_key(|(version, _)| *version)
        .map(|(_, tag)| tag.clone())
}
