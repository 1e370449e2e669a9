//! What a configuration names and is not in the repository: files, the keys inside them, scripts that steps start. A
//! release would find out as well, but one after the other and late. Pure: a survey of the work tree goes in.

use crate::config::{Config, Manifest, Paths, Step, Template};
use crate::error::Problem;
use crate::glob::is_glob;
use crate::manifest::{Format, Target, locate, package_name};
use crate::snapshot::Survey;
use crate::words::on_one_line;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// What a release would stop at.
    pub(super) problems: Vec<Problem>,
    /// What it would pass over in silence.
    pub(super) warnings: Vec<String>,
}

/// The files whose text has to be looked into.
pub(super) struct Wanted {
    paths: Paths,
}

impl Wanted {
    /// Those of a configuration.
    pub(super) fn new(config: &Config) -> Self {
        Self { paths: Paths::new(config.manifest.iter().map(|manifest| manifest.path.as_str())) }
    }

    /// Whether a file is one of them.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.paths.hold(path)
    }
}

/// Compares a configuration with what is there. `is_there` says of a path whether anything lies there, ignored or not.
pub(super) fn look(config: &Config, survey: &Survey, is_there: &dyn Fn(&str) -> bool) -> Found {
    let look = Look { config, survey, is_there };
    let mut found = Found::default();
    let problems = &mut found.problems;
    for manifest in &config.manifest {
        look.entry("[[manifest]]", &manifest.path, manifest.optional, problems);
        look.keys(manifest, problems);
    }
    look.version_from(problems);
    for pattern in &config.pattern {
        look.entry("[[pattern]]", &pattern.path, pattern.optional, problems);
    }
    for write in config.pin.iter().flat_map(|pin| &pin.write) {
        look.entry("[[pin.write]]", &write.path, false, problems);
    }
    for changelog in &config.changelog {
        look.entry("[changelog]", &changelog.path, changelog.optional, problems);
    }
    for (header, step) in
        config.step.iter().map(|it| ("[[step]]", it)).chain(config.check.iter().map(|it| ("[[check]]", it)))
    {
        problems.extend(look.script(header, step));
    }
    for ignore in &config.ignore {
        if look.files(&ignore.path).next().is_none() {
            found.warnings.push(format!(
                "`{}` in `[[ignore]]` matches no file here\ncorrect its `path`, or take it out",
                ignore.path
            ));
        }
    }
    found
}

struct Look<'a> {
    config: &'a Config,
    survey: &'a Survey,
    is_there: &'a dyn Fn(&str) -> bool,
}

impl<'a> Look<'a> {
    /// The files that a path of the configuration stands for; a name may look like a glob.
    fn files(&self, path: &'a str) -> impl Iterator<Item = &'a String> {
        let paths = Paths::new([path]);
        let survey = self.survey;
        let there = self.is_there;
        survey.paths.iter().filter(move |file| (file.as_str() == path || paths.hold(file)) && there(file))
    }

    /// A file, or at least one, must be there.
    fn entry(&self, header: &str, path: &'a str, optional: bool, problems: &mut Vec<Problem>) {
        if optional || self.files(path).next().is_some() {
            return;
        }
        let problem = if is_glob(path) {
            Problem::content(format!("`{path}` matches no file here"))
        } else if (self.is_there)(path) {
            // Only what can be committed can be released.
            problems.push(
                Problem::content(format!("`{path}` is no file that git tracks or could track"))
                    .hint(format!("`git check-ignore -v {path}` says whether it is ignored, and why")),
            );
            return;
        } else {
            Problem::content(format!("there is no `{path}` here"))
        };
        let problem = problem.hint(format!("correct the `path` of the `{header}`"));
        problems.push(match header {
            "[[manifest]]" | "[[pattern]]" | "[changelog]" => {
                problem.hint("or say `optional = true` if there may be none")
            }
            _ => problem,
        });
    }

    /// Each file must hold what its entry names.
    fn keys(&self, manifest: &'a Manifest, problems: &mut Vec<Problem>) {
        let named = manifest.format_name().and_then(Format::from_name);
        let ignored = Paths::new(self.config.ignore.iter().map(|ignore| ignore.path.as_str()));
        let left_out = |path: &str| {
            let named = self.config.manifest.iter().any(|other| other.path == path);
            is_glob(&manifest.path) && (named || ignored.hold(path))
        };
        for path in self.files(&manifest.path).filter(|path| !left_out(path)) {
            let Some(format) = named.or_else(|| Format::from_path(path)) else { continue };
            let Some(text) = self.survey.texts.get(path) else {
                problems.push(
                    Problem::content(format!("`{}` is not a plain text file", on_one_line(path)))
                        .hint("name another file, or take its `[[manifest]]` out"),
                );
                continue;
            };
            let neighbour = format.is_named_by_neighbour().then(|| self.package_beside(path)).flatten();
            let package = manifest.package.as_deref().or(neighbour.as_deref());
            let target = Target { format, key: manifest.key.as_deref(), package };
            problems.extend(locate(text, path, &target).err().unwrap_or_default());
        }
    }

    /// The package whose listed manifest lies in the same folder as a lock file.
    fn package_beside(&self, lock: &str) -> Option<String> {
        let folder =
            |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        self.survey.texts.iter().filter(|(path, _)| folder(path) == folder(lock)).find_map(|(path, text)| {
            package_name(text, Format::from_path(path).filter(|format| format.is_manifest())?)
        })
    }

    /// A file that only a glob names must be there to say what the version is.
    fn version_from(&self, problems: &mut Vec<Problem>) {
        let from = &self.config.release.version_from;
        let named = self.config.manifest.iter().any(|manifest| manifest.path == *from);
        if !named && !self.survey.paths.contains(from) {
            problems.push(
                Problem::content(format!("there is no `{from}` here, in which the version would be read"))
                    .hint("correct `version-from` in `[release]`"),
            );
        }
    }

    /// The script that a step starts, by its path or through an interpreter.
    fn script(&self, header: &str, step: &Step) -> Option<Problem> {
        let name = on_one_line(&step.name);
        if let Some(folder) = &step.folder
            && !(self.is_there)(folder)
        {
            let problem =
                Problem::content(format!("there is no folder `{folder}` here, in which `{name}` runs"));
            return Some(problem.hint(format!("correct the `folder` of the `{header}`")));
        }
        let words: Vec<&str> = step.run.iter().map(Template::as_str).collect();
        if step.optional {
            return None;
        }
        let script = script_of(&words)?;
        let path = match &step.folder {
            Some(folder) => format!("{folder}/{script}"),
            None => script.to_owned(),
        };
        if (self.is_there)(&path) {
            return None;
        }
        // An earlier step, or the machine that releases, may still make what nobody commits.
        let made = |other: &Step| Paths::new(other.writes.iter().map(String::as_str)).hold(&path);
        if self.config.step.iter().any(made) {
            return None;
        }
        Some(
            Problem::content(format!("there is no `{path}` here, which `{name}` runs"))
                .hint(format!("correct the `run` of the `{header}`, or add the script")),
        )
    }
}

/// Programs that run the script which is their first argument.
const INTERPRETERS: [&str; 9] = ["sh", "bash", "dash", "zsh", "python", "python3", "node", "ruby", "perl"];

/// The path in the repository that a command line runs, where it is written out.
fn script_of<'a>(words: &[&'a str]) -> Option<&'a str> {
    let script = match words {
        [program, script, ..] if INTERPRETERS.contains(program) && !script.starts_with('-') => script,
        [program, ..] if program.contains('/') => program,
        _ => return None,
    };
    let plain = script.strip_prefix("./").unwrap_or(script);
    let outside = plain.starts_with('/') || plain.split('/').any(|part| part == "..");
    (!outside && !plain.contains(['{', '}'])).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Source};

    /// What is found where these files lie, and nothing else.
    fn found(text: &str, files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let config = config::parse(text, &Source::BuiltIn).expect("a configuration");
        let wanted = Wanted::new(&config);
        let survey = Survey {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            texts: files
                .iter()
                .filter(|(path, _)| wanted.holds(path))
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
            ..Survey::default()
        };
        let is_there = |path: &str| {
            survey.paths.iter().any(|file| file == path || file.starts_with(&format!("{path}/")))
        };
        let Found { problems, warnings } = look(&config, &survey, &is_there);
        (problems.into_iter().map(|problem| problem.message).collect(), warnings)
    }

    const CARGO: (&str, &str) = ("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n");
    const SMALL: &str = "[[manifest]]\npath = \"Cargo.toml\"\n";

    fn problems(more: &str) -> Vec<String> {
        let (problems, warnings) =
            found(&format!("{SMALL}{more}"), &[CARGO, ("scripts/x.sh", ""), ("a/b/y", "")]);
        assert_eq!(warnings, Vec::<String>::new(), "{more}");
        problems
    }

    #[test]
    fn whatever_is_named_and_not_there_is_said() {
        assert_eq!(problems(""), Vec::<String>::new());
        for (more, expected) in [
            ("[[manifest]]\npath = \"package.json\"", "there is no `package.json` here"),
            ("[[manifest]]\npath = \"*/package.json\"", "`*/package.json` matches no file here"),
            (
                "[[pattern]]\npath = \"README.md\"\nfind = \"{previous}\"\nreplace = \"{version}\"\ncount = 1",
                "there is no `README.md` here",
            ),
            (
                "[[pattern]]\npath = \"docs/*.md\"\nregex = '(?<version>x)'\ncount = 1",
                "`docs/*.md` matches no file here",
            ),
            ("[changelog]\npath = \"CHANGELOG.md\"", "there is no `CHANGELOG.md` here"),
            (
                "[[step]]\nname = \"s\"\nrun = [\"scripts/z.sh\"]",
                "there is no `scripts/z.sh` here, which `s` runs",
            ),
            (
                "[[step]]\nname = \"s\"\nrun = [\"bash\", \"./scripts/z.sh\"]",
                "there is no `scripts/z.sh` here, which `s` runs",
            ),
            ("[[check]]\nname = \"c\"\nrun = [\"./z\"]", "there is no `z` here, which `c` runs"),
            (
                "[[check]]\nname = \"c\"\nrun = [\"./z\"]\nfolder = \"a/b\"",
                "there is no `a/b/z` here, which `c` runs",
            ),
            (
                "[[check]]\nname = \"c\"\nrun = [\"make\"]\nfolder = \"b\"",
                "there is no folder `b` here, in which `c` runs",
            ),
            (
                "[[pin]]\nname = \"own\"\n[[pin.write]]\npath = \".env\"\nkey = \"A\"",
                "there is no `.env` here",
            ),
        ] {
            assert_eq!(problems(more), [expected], "{more}");
        }
    }

    #[test]
    fn what_is_there_or_may_be_missing_is_not_said() {
        for more in [
            "[[manifest]]\npath = \"package.json\"\noptional = true",
            "[[manifest]]\npath = \"*/package.json\"\noptional = true",
            "[[step]]\nname = \"s\"\nrun = [\"bash\", \"scripts/x.sh\", \"z.sh\"]",
            "[[step]]\nname = \"s\"\nrun = [\"./y\"]\nfolder = \"a/b\"",
            "[[step]]\nname = \"s\"\nrun = [\"make\", \"scripts/z.sh\"]",
            "[[step]]\nname = \"s\"\nrun = [\"bash\", \"-c\", \"scripts/z.sh\"]",
            "[[step]]\nname = \"s\"\nrun = [\"/usr/bin/env\"]",
            "[[step]]\nname = \"s\"\nrun = [\"../other/z.sh\"]",
            "[[step]]\nname = \"s\"\nrun = [\"scripts/{version}.sh\"]",
            "[[step]]\nname = \"s\"\nrun = [\"make\"]\nwrites = [\"out/z\"]\n[[step]]\nname = \"t\"\nrun = [\"out/z\"]",
        ] {
            assert_eq!(problems(more), Vec::<String>::new(), "{more}");
        }
    }

    #[test]
    fn a_file_without_its_key_is_said_with_the_words_of_a_release() {
        let text =
            "[[manifest]]\npath = \"Cargo.toml\"\n[[manifest]]\npath = \"a.json\"\nkey = \"/info/version\"\n";
        let (problems, _) = found(text, &[CARGO, ("a.json", "{\"version\": \"0.1.0\"}")]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems.first().is_some_and(|problem| problem.starts_with("a.json")), "{problems:?}");
    }

    #[test]
    fn an_own_entry_of_a_lock_file_is_told_from_the_manifest_beside_it() {
        let lock = ("Cargo.lock", "version = 4\n\n[[package]]\nname = \"demo\"\nversion = \"0.1.0\"\n");
        let text = format!("{SMALL}[[manifest]]\npath = \"Cargo.lock\"\nfollows = true\n");
        assert_eq!(found(&text, &[CARGO, lock]).0, Vec::<String>::new());
    }

    #[test]
    fn an_ignore_that_matches_nothing_is_a_warning() {
        let more = "[[ignore]]\npath = \"docs/**\"\nreason = \"x\"\n[[ignore]]\npath = \"scripts/*\"\nreason = \"y\"\n";
        let (problems, warnings) = found(&format!("{SMALL}{more}"), &[CARGO, ("scripts/x.sh", "")]);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(
            warnings,
            ["`docs/**` in `[[ignore]]` matches no file here\ncorrect its `path`, or take it out"]
        );
    }

    #[test]
    fn a_glob_leaves_out_what_is_ignored_or_listed_by_name() {
        let text = "[[manifest]]\npath = \"Cargo.toml\"\n[[manifest]]\npath = \"*/Cargo.toml\"\n\
            [[ignore]]\npath = \"x/Cargo.toml\"\nreason = \"no version\"\n";
        let broken = "[package]\nname = \"x\"\n";
        assert_eq!(
            found(text, &[CARGO, ("a/Cargo.toml", CARGO.1), ("x/Cargo.toml", broken)]).0,
            Vec::<String>::new()
        );
        assert_eq!(found(text, &[CARGO, ("a/Cargo.toml", broken), ("x/Cargo.toml", broken)]).0.len(), 1);
    }
}
