//! Finding the configuration that is in force: the file that `--config` names, the repository's own, or the built-in
//! profile. A release reads it from HEAD; what lies in the work tree and differs is used and said.

use std::collections::BTreeSet;
use std::path::Path;

use super::base;
use super::optional::{PassedOver, pass_over};
use super::pins::Pinned;
use super::reading::{self, SmallFile};
use crate::config::{self, Choice, Config, Limits, Source};
use crate::error::Problem;
use crate::git::{self, ObjectId, Repository, TreeEntry};
use crate::spec::Spec;

/// The configuration file a repository may bring along.
pub const CONFIG_FILE: &str = "trueppm-release.toml";

/// More than this is no configuration.
pub(super) const MAXIMUM_CONFIG_BYTES: u64 = 1024 * 1024;

/// The configuration in force, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Where it came from.
    pub source: Source,
    /// The text that it was read from, without a byte order mark.
    pub text: String,
    /// The work tree's file is used although HEAD does not have it so; a real run refuses that.
    pub uncommitted: bool,
    /// git is told to ignore the work tree's file, and does not have it either: `git add` passes it over.
    pub ignored: bool,
    /// Which of the built-in profiles it is, and why.
    pub profile: Option<Choice>,
    /// What may be missing, and is: a release goes past it.
    pub passed_over: PassedOver,
    /// The pins that were given for this run.
    pub pins: Vec<Pinned>,
}

/// Finds the configuration that is in force for a release: `--config`, the repository's own, or the built-in one.
///
/// # Errors
/// Every problem of the file, with its position.
pub fn configuration(repository: &Repository, spec: &Spec) -> Result<Loaded, Vec<Problem>> {
    let (mut loaded, base) = match &spec.config {
        Some(file) => {
            let loaded = named_configuration(file, spec)?;
            (loaded, repository.head().ok().and_then(|head| head.commit))
        }
        None => {
            let base = base(repository).map_err(|problem| vec![problem])?;
            (own_configuration(repository, Some(&base))?, Some(base))
        }
    };
    // Without a commit there is nothing to release, which is said later.
    if let Some(base) = &base {
        pass_over(repository, base, &mut loaded).map_err(|problem| vec![problem])?;
    }
    let current = current_branch(repository, spec).map_err(|problem| vec![problem])?;
    loaded.config.release.branch.settle(current.as_deref());
    Ok(loaded)
}

/// The branch at hand: the one that is checked out, or where a GitLab job checked out its commit, the job's.
fn current_branch(repository: &Repository, spec: &Spec) -> Result<Option<String>, Problem> {
    let of_job = spec.gitlab.as_ref().filter(|job| !job.merge_request).and_then(|job| job.branch.clone());
    Ok(repository.head()?.branch.or(of_job))
}

/// Finds the configuration that is in force, for people who want to look at it: before the first commit as well, and
/// with `--config` anywhere.
///
/// # Errors
/// No repository where one is needed, or every problem of the file, with its position.
pub fn configuration_anywhere(spec: &Spec) -> Result<Loaded, Vec<Problem>> {
    if let Some(file) = &spec.config {
        return named_configuration(file, spec);
    }
    let repository = git::open(&spec.directory, &spec.location)
        .map_err(|problem| vec![problem.hint("or name a configuration with `--config FILE`")])?;
    let head = repository.head().map_err(|problem| vec![problem])?;
    own_configuration(&repository, head.commit.as_ref())
}

/// Whether this repository has a configuration of its own, in order or not.
pub fn has_configuration(repository: &Repository) -> bool {
    let committed = repository.head().ok().and_then(|head| head.commit).is_some_and(|base| {
        // What cannot be read may be one.
        !matches!(repository.tree_file(&base, CONFIG_FILE, 0), Ok(TreeEntry::Missing))
    });
    committed || repository.work_dir().join(CONFIG_FILE).symlink_metadata().is_ok()
}

/// The file that `--config` names.
fn named_configuration(file: &Path, spec: &Spec) -> Result<Loaded, Vec<Problem>> {
    let shown = file.display().to_string();
    let refused = |why: String| {
        let problem = Problem::content(format!("configuration `{shown}` cannot be read: {why}"));
        vec![problem.hint("check the path that follows `--config`")]
    };
    let text = match reading::anywhere(&spec.directory.join(file)) {
        Ok(SmallFile::Bytes(bytes)) => bytes,
        Ok(_) => return Err(refused("it is larger than 1 MiB".into())),
        Err(error) => return Err(refused(plain(&error))),
    };
    parse(&text, Source::File(shown), false)
}

/// The repository's own file, or the built-in profile.
fn own_configuration(repository: &Repository, base: Option<&ObjectId>) -> Result<Loaded, Vec<Problem>> {
    let entry = match base {
        Some(base) => repository.tree_file(base, CONFIG_FILE, MAXIMUM_CONFIG_BYTES),
        None => Ok(TreeEntry::Missing),
    };
    let committed = match entry {
        Ok(TreeEntry::File { bytes, .. }) => Some(bytes),
        Ok(TreeEntry::Missing) => None,
        Ok(_) => return Err(vec![unfit()]),
        Err(problem) => return Err(vec![problem]),
    };
    let on_disk = match reading::in_work_tree(&repository.work_dir().join(CONFIG_FILE)) {
        Ok(SmallFile::Bytes(bytes)) => Some(bytes),
        Ok(SmallFile::Missing) => None,
        Ok(SmallFile::Unfit) => return Err(vec![unfit()]),
        Err(error) => {
            let problem = Problem::circumstance(format!("`{CONFIG_FILE}` cannot be read: {}", plain(&error)));
            return Err(vec![problem.hint("check its permissions")]);
        }
    };
    match (on_disk, committed) {
        (Some(disk), Some(committed))
            if without_carriage_returns(&disk) != without_carriage_returns(&committed)
                && !repository.is_as_committed(CONFIG_FILE, &disk, &committed) =>
        {
            parse(&disk, Source::File(CONFIG_FILE.into()), true)
        }
        (Some(disk), None) => {
            let ignored = is_ignored(repository).map_err(|problem| vec![problem])?;
            let loaded = parse(&disk, Source::File(CONFIG_FILE.into()), true)?;
            Ok(Loaded { ignored, ..loaded })
        }
        (_, Some(committed)) => parse(&committed, Source::File(CONFIG_FILE.into()), false),
        (None, None) => built_in(repository, base),
    }
}

/// Whether git is told to ignore the configuration, which it does not track.
///
/// # Errors
/// git cannot be asked.
pub fn is_ignored(repository: &Repository) -> Result<bool, Problem> {
    Ok(repository.untracked(&[CONFIG_FILE.to_owned()])?.iter().any(|file| file.ignored))
}

/// The built-in profile that fits, where the repository has such a layout.
fn built_in(repository: &Repository, base: Option<&ObjectId>) -> Result<Loaded, Vec<Problem>> {
    let choice = choice(repository, base).map_err(|problem| vec![problem])?;
    let mut loaded = parse(choice.profile.text().as_bytes(), Source::BuiltIn, false)?;
    loaded.profile = Some(choice);
    let expected: BTreeSet<&str> = (loaded.config.manifest.iter())
        .filter(|manifest| !manifest.optional)
        .map(|manifest| manifest.path.as_str())
        .collect();
    let mut missing = Vec::new();
    for path in &expected {
        if !is_there(repository, base, path).map_err(|problem| vec![problem])? {
            missing.push(*path);
        }
    }
    // One file that is gone is a fault of a trueppm-suite, and one that is there may be anybody's: most of them decide.
    if missing.len() * 2 <= expected.len() {
        return Ok(loaded);
    }
    let leading = missing.iter().find(|path| **path == loaded.config.release.version_from);
    Err(vec![another_layout(leading.or(missing.first()).copied().unwrap_or_default())])
}

/// Which of the built-in profiles this repository has: HEAD tells, and before the first commit the work tree.
fn choice(repository: &Repository, base: Option<&ObjectId>) -> Result<Choice, Problem> {
    let mut mcp = None;
    for path in config::MCP {
        if mcp.is_none() && is_there(repository, base, path)? {
            mcp = Some(path);
        }
    }
    let limit = Limits::default().manifest_bytes;
    let settings = match base {
        Some(base) => match repository.tree_file(base, config::SETTINGS, limit)? {
            TreeEntry::Missing => None,
            TreeEntry::File { bytes, .. } => Some(bytes),
            _ => Some(Vec::new()),
        },
        None => match reading::in_work_tree_up_to(&repository.work_dir().join(config::SETTINGS), limit) {
            Ok(SmallFile::Missing) => None,
            Ok(SmallFile::Bytes(bytes)) => Some(bytes),
            Ok(SmallFile::Unfit) | Err(_) => Some(Vec::new()),
        },
    };
    let settings = settings.map(|bytes| String::from_utf8(bytes).unwrap_or_default());
    Ok(Choice::new(settings.as_deref(), mcp))
}

/// Whether something stands at this path, of the commit or, where there is none yet, of the work tree.
fn is_there(repository: &Repository, base: Option<&ObjectId>, path: &str) -> Result<bool, Problem> {
    match base {
        Some(base) => is_at(repository, base, path),
        None => Ok(repository.work_dir().join(path).symlink_metadata().is_ok()),
    }
}

/// Whether something stands at this path of a commit, be it behind a link: what is wrong with that is said later.
pub(super) fn is_at(repository: &Repository, base: &ObjectId, path: &str) -> Result<bool, Problem> {
    for (end, _) in path.match_indices('/') {
        let folder = path.get(..end).unwrap_or_default();
        match repository.tree_file(base, folder, 0)? {
            TreeEntry::Folder => {}
            TreeEntry::Missing => return Ok(false),
            _ => return Ok(true),
        }
    }
    Ok(repository.tree_file(base, path, 0)? != TreeEntry::Missing)
}

/// Said before everything else that such a repository lacks.
fn another_layout(missing: &str) -> Problem {
    Problem::content(format!(
        "this repository has no `{CONFIG_FILE}`, and it is not trueppm-suite, whose layout is built in: \
         there is no `{missing}`"
    ))
    .hint("`trueppm-release init` writes a first configuration for what it finds here")
    .hint("`trueppm-release init --dry-run` shows that without writing it")
}

fn unfit() -> Problem {
    Problem::content(format!("`{CONFIG_FILE}` is not a plain file of at most 1 MiB"))
        .hint("make it one, or remove it to use the built-in layout")
}

/// `core.autocrlf` may have given the work tree other line ends than the commit; that is no change.
fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte != b'\r').collect()
}

fn parse(text: &[u8], source: Source, uncommitted: bool) -> Result<Loaded, Vec<Problem>> {
    let text = std::str::from_utf8(text).map_err(|error| {
        vec![
            Problem::content(format!("{source}: not UTF-8 text (byte {})", error.valid_up_to()))
                .hint("save the file as UTF-8"),
        ]
    })?;
    let config = config::parse(text, &source)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    Ok(Loaded {
        config,
        source,
        text,
        uncommitted,
        ignored: false,
        profile: None,
        passed_over: PassedOver::default(),
        pins: Vec::new(),
    })
}

/// What the operating system said, without its error number.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => "it cannot be opened".into(),
    }
}
