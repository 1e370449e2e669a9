//! Reads where things stand for the bare command: the facts of the snapshot turned into what a person asks first.

use crate::changelog::{Category, FileName, classify};
use crate::config::Config;
use crate::error::{Error, Kind, Problem};
use crate::git;
use crate::plan;
use crate::render::Standing;
use crate::snapshot::{self, RemoteState, Snapshot, Unasked};
use crate::spec::Spec;
use crate::version::{Bump, Request, Stage, Version, next};

/// Reads the repository and works out what each bump word would give.
///
/// # Errors
/// No repository, no readable configuration or no readable current version.
pub fn read(spec: &Spec) -> crate::error::Result<Standing> {
    let refused = |problems| Error::new(Kind::Refused, problems);
    let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?;
    let loaded = snapshot::configuration(&repository, spec).map_err(refused)?;
    let unasked = RemoteState::Unasked(Unasked::NotNeeded);
    let snapshot = Snapshot::take(&repository, spec, &loaded, None, &unasked).map_err(refused)?;
    let current = plan::current_version(&loaded.config, &snapshot.files).map_err(refused)?;
    let classified: Vec<_> = snapshot.fragments.iter().map(|fragment| classify(&fragment.name)).collect();
    let count = |wanted: Category| {
        classified
            .iter()
            .filter(|name| matches!(name, Ok(FileName::Fragment { category, .. }) if *category == wanted))
            .count()
    };
    Ok(Standing {
        current,
        branch: snapshot.head.branch.clone(),
        last_tag: last_tag(&loaded.config, &snapshot.tags),
        pending: Category::ALL
            .iter()
            .map(|category| (category.name(), count(*category)))
            .filter(|(_, number)| *number > 0)
            .collect(),
        strays: classified.iter().filter(|name| name.is_err()).count(),
        words: requests()
            .map(|request| (request.to_string(), next(&current, &request).map(|next| next.version)))
            .chain([automatic(&current, &loaded.config, &snapshot)])
            .collect(),
    })
}

/// What `auto` gives, or that there is nothing to release.
fn automatic(current: &Version, config: &Config, snapshot: &Snapshot) -> (String, Result<Version, Problem>) {
    let given = plan::what_auto_gives(current, config, &snapshot.files, &snapshot.fragments)
        .ok_or_else(|| Problem::content("nothing to release: no change is pending"))
        .and_then(|automatic| next(current, &automatic.request));
    (Request::Auto.to_string(), given.map(|next| next.version))
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
