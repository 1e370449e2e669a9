//! `trueppm-release init`: looks at what lies in the work tree and writes a first configuration for it, with a word
//! about every part. It writes this one file and never over anything that is there.

mod ask;
mod choice;
mod ecosystems;
mod elsewhere;
mod followers;
mod import;
mod layout;
mod leading;
mod notes;
mod siblings;
mod suite;
mod tags;
#[cfg(test)]
mod tests;
mod text;

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::cli::Example;
use crate::config::{self, Config, Paths, Profile, Source};
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{self, Repository};
use crate::snapshot::{self, CONFIG_FILE, Survey};
use crate::spec::{Consent, InitRequest, Spec};
use crate::ui::{Role, Text, Ui};
use crate::version::Version;
use ask::{Terminal, fault_of_branch, fault_of_tag};
use choice::{Answers, Defaults, Wording};
use import::Imported;
use layout::{Layout, recognise};

/// Writes a first configuration, or only shows it.
///
/// # Errors
/// There is one already, nothing here looks like a release, or the file cannot be written.
pub(super) fn init(request: &InitRequest, spec: &Spec, ui: &Ui) -> Result<()> {
    let repository = git::open(&spec.directory, &spec.location).map_err(Error::refused)?;
    let target = repository.work_dir().join(CONFIG_FILE);
    if !request.dry_run && target.symlink_metadata().is_ok() {
        return Err(Error::refused(already_there()));
    }
    let (mut defaults, mut terminal) = (Defaults::default(), None);
    let answers: &mut dyn Answers = match spec.consent {
        Consent::Ask => terminal.insert(Terminal::new(ui)),
        _ => &mut defaults,
    };
    let (found, written, version) = match request.example {
        Some(Example::Enterprise) => (Vec::new(), config::enterprise_example().to_owned(), None),
        Some(Example::TrueppmSuite) => (Vec::new(), Profile::Suite.text().to_owned(), None),
        Some(Example::TrueppmSuite04) => (Vec::new(), Profile::Suite04.text().to_owned(), None),
        None => {
            let mut survey = snapshot::survey(&repository, layout::is_wanted).map_err(Error::refused)?;
            let named = layout::named_files(&survey);
            if named.iter().any(|path| !survey.texts.contains_key(path)) {
                let wanted = |path: &str| layout::is_wanted(path) || named.contains(path);
                survey = snapshot::survey(&repository, wanted).map_err(Error::refused)?;
            }
            first_configuration(&survey, answers)?
        }
    };
    let imported = version.as_ref().map(|_| imported(&repository, &written)).transpose()?.flatten();
    let written = imported.as_ref().map_or(written, |imported| imported.text.clone());
    let written = match version {
        Some(_) => settled(&repository, written, imported.as_ref(), answers)?,
        None => written,
    };
    parsed(&written)?;
    for line in found {
        let said = if line.starts_with("left out") { line } else { format!("found: {line}") };
        ui.status(&said);
    }
    for line in defaults.lines {
        ui.status(&format!("chosen: {line}"));
    }
    for line in imported.iter().flat_map(|imported| &imported.from) {
        ui.status(&format!("carried over: {line}"));
    }
    for line in imported.iter().flat_map(|imported| &imported.left_out) {
        ui.status(&format!("not carried over: {line}"));
    }
    if request.dry_run {
        let mut shown = Text::default();
        for line in written.lines() {
            shown.plain(line);
        }
        ui.show(shown.exact_from(0))?;
        ui.status("dry run: nothing was written");
        return Ok(());
    }
    create(&target, &written)?;
    let released = !repository.local_tags().map_err(Error::refused)?.is_empty();
    let ignored = snapshot::is_ignored(&repository).map_err(Error::refused)?;
    ui.show_done(&next_steps(version.as_ref(), released, ignored));
    Ok(())
}

/// A configuration with what neither the files nor another tool can tell: the branch, where no remote says which one a
/// clone starts on, and the name of tags, where there is none yet.
fn settled(
    repository: &Repository,
    written: String,
    imported: Option<&Imported>,
    answers: &mut dyn Answers,
) -> Result<String> {
    let config = parsed(&written)?;
    let (release, first) = (&config.release, config.tag.first());
    let names_branch = imported.is_some_and(|imported| imported.names_branch);
    let branch = match repository.default_branch(&release.remote) {
        None if !names_branch => Some(answers.word(&Wording {
            question: "branch to release from",
            default: release.branch.name().to_owned(),
            fault: fault_of_branch,
        })?),
        _ => None,
    };
    let is_named = imported.is_some_and(|imported| imported.names_tag)
        || !repository.local_tags().map_err(Error::refused)?.is_empty();
    let tag = match first.filter(|_| !is_named) {
        Some(tag) => Some(answers.word(&Wording {
            question: "name of the tag",
            default: tag.name.as_str().to_owned(),
            fault: fault_of_tag,
        })?),
        None => None,
    };
    // What is as it was stays to the letter.
    let branch = branch.filter(|branch| *branch != release.branch.name());
    let tag = tag.filter(|tag| first.is_none_or(|first| *tag != first.name.as_str()));
    Ok(if branch.is_none() && tag.is_none() { written } else { import::with(&written, branch, tag) })
}

/// What this command writes is always in order; anything else is a defect of this program.
fn parsed(written: &str) -> Result<Config> {
    config::parse(written, &Source::File(CONFIG_FILE.into()))
        .map_err(|problems| Error::new(Kind::Bug, problems))
}

/// A configuration with what the configurations of other tools say; nothing where there is none.
fn imported(repository: &Repository, written: &str) -> Result<Option<Imported>> {
    let look = |wanted: &dyn Fn(&str) -> bool| snapshot::survey(repository, wanted).map_err(Error::refused);
    let Some(spoken_of) = import::spoken_of(&look(&import::is_wanted)?) else { return Ok(None) };
    let config = parsed(written)?;
    let manifests = Paths::new(config.manifest.iter().map(|manifest| manifest.path.as_str()));
    let survey = look(&|path| import::is_wanted(path) || spoken_of.hold(path) || manifests.hold(path))?;
    let tags = repository.local_tags().map_err(Error::refused)?;
    let tags: Vec<String> = tags.into_iter().map(|tag| tag.name).collect();
    Ok(import::import(written, &survey, &tags))
}

/// What was recognised, in words, the configuration for it, and the version that stands there, where it is one for all.
type First = (Vec<String>, String, Option<Version>);

fn first_configuration(survey: &Survey, answers: &mut dyn Answers) -> Result<First> {
    match recognise(survey, answers)? {
        Layout::Suite(suite) => Ok((vec![suite.described()], suite::text(&suite, survey), None)),
        Layout::Packages(packages) => {
            let written = text::configuration(&packages, survey);
            Ok((packages.found, written, Some(packages.standing)))
        }
    }
}

/// `standing` is the version that the files hold, where it is one for all; `released` says that there is a tag, `ignored`
/// that git is told to pass the file over.
fn next_steps(standing: Option<&Version>, released: bool, ignored: bool) -> Text {
    let mut text = Text::default();
    text.plain(format!("Wrote {CONFIG_FILE}. Read it, then:"));
    for command in text::next_commands(standing, ignored) {
        text.spans([(None, "  ".into()), (Some(Role::Bold), command)]).exact();
    }
    // A development version is released as its base by the command above.
    if let Some(version) = standing.filter(|standing| !released && !standing.is_dev()) {
        text.plain(format!("Or, while there is no release, {version} itself as the first one:"));
        text.spans([(None, "  ".into()), (Some(Role::Bold), format!("trueppm-release {version} --dry-run"))]);
    }
    text
}

fn already_there() -> Problem {
    Problem::content(format!("`{CONFIG_FILE}` is already there, and is left as it is"))
        .hint("`trueppm-release config` shows what is in force")
        .hint("`trueppm-release init --dry-run` shows what would be written")
}

/// Puts the whole file there at once, or nothing; never over something else, be it a link to nowhere.
#[expect(
    clippy::disallowed_methods,
    reason = "a configuration that is not there yet is no part of a release"
)]
fn create(target: &Path, text: &str) -> Result<()> {
    let cannot = |error: std::io::Error| {
        let problem = Problem::circumstance(format!("`{CONFIG_FILE}` cannot be written"))
            .hint("check the permissions of the folder, and that the disk is not full");
        Error::refused(problem).because(error)
    };
    let folder = target.parent().unwrap_or(Path::new("."));
    // What the umask leaves of this is what any new file gets.
    let permissions = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new()
        .prefix(".trueppm-release-")
        .permissions(permissions)
        .tempfile_in(folder)
        .map_err(cannot)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(cannot)?;
    match file.persist_noclobber(target) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(Error::refused(already_there())),
        Err(error) => Err(cannot(error.error)),
    }
}
