//! What is on the disk after the power goes, judged by the order of the calls: a change counts as lost until the file,
//! or the folder that names it, was synced. Each rule says what must be safe before what.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::{Call, steady};

/// Where things are in the repository that a trace is about; paths are absolute.
pub(crate) struct Places<'a> {
    /// Everything that counts is below this folder.
    pub(crate) around: &'a str,
    /// The repository's own folder, which linked work trees share.
    pub(crate) common: &'a str,
    /// The reference that makes the release visible, where the program itself writes it.
    pub(crate) published: &'a str,
    /// The journal, and whether it was there before the run.
    pub(crate) journal: (&'a str, bool),
    /// Whether a path was there before the run.
    pub(crate) existed: &'a dyn Fn(&str) -> bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The journal, what it relies on, and the folders they are in.
    Journal,
    /// What else the program keeps beside it, of no use to a recovery after a loss of power.
    Passing,
    Object,
    Published,
    Tag,
    Other,
    Outside,
}

impl Places<'_> {
    fn role(&self, path: &str) -> Role {
        let below = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let common = |inside: &str| below(&format!("{}/{inside}", self.common));
        if !below(self.around) || below(&format!("{}/tmp", self.around)) {
            Role::Outside
        } else if common("trueppm-release") {
            let folder = parent(self.journal.0);
            let parts = ["journal.json", "journal.new", "kept", "index"];
            let is_part = parts.iter().any(|part| path == format!("{folder}/{part}"));
            // The folders above the journal are among what it relies on.
            if is_part || folder == path || parent(folder) == path { Role::Journal } else { Role::Passing }
        } else if common("objects") {
            Role::Object
        } else if path == self.published {
            Role::Published
        } else if common("refs/tags") && !path.ends_with(".lock") {
            Role::Tag
        } else {
            Role::Other
        }
    }
}

/// What is not safe yet: files whose bytes, and folders whose entries, changed after their last sync.
#[derive(Default)]
struct Unsafe {
    files: BTreeSet<String>,
    /// Folder, and which of its names appeared or went.
    names: BTreeMap<String, BTreeSet<String>>,
    /// Further names of a file, and the name it is known by here.
    also: BTreeMap<String, String>,
}

impl Unsafe {
    fn known_as<'a>(&'a self, path: &'a str) -> &'a str {
        self.also.get(path).map_or(path, String::as_str)
    }

    fn wrote(&mut self, path: &str) {
        let file = self.known_as(path).to_owned();
        self.files.insert(file);
    }

    fn synced(&mut self, path: &str) {
        let file = self.known_as(path).to_owned();
        self.files.remove(&file);
        self.names.remove(path);
    }

    fn appeared(&mut self, path: &str) {
        self.names.entry(parent(path).to_owned()).or_default().insert(path.to_owned());
    }

    fn linked(&mut self, from: &str, to: &str) {
        let file = self.known_as(from).to_owned();
        self.also.insert(to.to_owned(), file);
        self.appeared(to);
    }

    /// A name that goes before it was ever safe leaves nothing to lose.
    fn went(&mut self, path: &str) {
        if self.also.remove(path).is_none() {
            let was_unsafe = self.files.remove(path);
            // The file lives on under another name.
            let other = self.also.iter().find(|(_, file)| *file == path).map(|(other, _)| other.clone());
            if let Some(other) = other {
                self.also.remove(&other);
                self.also.values_mut().filter(|file| *file == path).for_each(|file| file.clone_from(&other));
                if was_unsafe {
                    self.files.insert(other);
                }
            }
        }
        let names = self.names.entry(parent(path).to_owned()).or_default();
        if !names.remove(path) {
            names.insert(path.to_owned());
        }
        if names.is_empty() {
            self.names.remove(parent(path));
        }
    }

    fn is_unsafe(&self, path: &str) -> bool {
        self.files.contains(self.known_as(path))
    }

    fn of(&self, belongs: impl Fn(&str) -> bool) -> Vec<String> {
        let files = self.files.iter().filter(|path| belongs(path)).map(|path| format!("the bytes of {path}"));
        let names = self.names.values().flatten().filter(|path| belongs(path));
        files.chain(names.map(|path| format!("the name {path}"))).collect()
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(folder, _)| folder)
}

/// Everything in a trace that a loss of power could turn into half a release.
pub(crate) fn findings(calls: &[Call], places: &Places<'_>) -> Vec<String> {
    let announced = places.journal.1;
    let mut walk = Walk { places, lost: Unsafe::default(), announced, findings: Vec::new() };
    for call in calls.iter().filter(|call| call.succeeded() && call.changes_disk()) {
        walk.call(call);
    }
    // Without a journal, what is left of the program's own folder is cleared away by the next start.
    let own = |path: &str| matches!(places.role(path), Role::Journal | Role::Passing);
    walk.must_be_safe("the end", |path| path == places.journal.0 || !own(path));
    let around = places.around;
    walk.findings.into_iter().map(|finding| steady(&finding.replace(around, "~"))).collect()
}

struct Walk<'a> {
    places: &'a Places<'a>,
    lost: Unsafe,
    /// Whether there is a journal now.
    announced: bool,
    findings: Vec<String>,
}

impl Walk<'_> {
    fn must_be_safe(&mut self, before: &str, belongs: impl Fn(&str) -> bool) {
        // Leftovers among the objects harm nobody.
        let litter = |path: &str| {
            path.contains("/objects/") && (path.contains("/tmp_obj") || path.contains("/streamed_git2_"))
        };
        let lost = self.lost.of(|path| belongs(path) && !litter(path));
        if !lost.is_empty() {
            self.findings.push(format!("before {before}, not safe: {}", lost.join(", ")));
        }
    }

    fn call(&mut self, call: &Call) {
        let paths = call.paths();
        let Some(path) = paths.last() else { return };
        if self.places.role(path) == Role::Outside {
            return;
        }
        if call.name.ends_with("sync") {
            self.lost.synced(path);
            return;
        }
        self.rules(call, path);
        match call.name.as_str() {
            "open" | "openat" | "openat2" | "creat" => {
                let creates =
                    call.has_flag("O_EXCL") || call.has_flag("O_CREAT") && !(self.places.existed)(path);
                if creates {
                    self.lost.appeared(path);
                }
                if call.has_flag("O_TRUNC") {
                    self.lost.wrote(path);
                }
            }
            "rename" | "renameat" | "renameat2" => self.moves(&paths[0], path, true),
            "link" | "linkat" => self.moves(&paths[0], path, false),
            "mkdir" | "mkdirat" | "symlink" | "symlinkat" => self.lost.appeared(path),
            "unlink" | "unlinkat" | "rmdir" => {
                self.lost.went(path);
                self.announced &= path != self.places.journal.0;
            }
            // Times of files are nobody's.
            "utime" | "utimes" | "utimensat" | "futimesat" => {}
            _ => self.lost.wrote(path),
        }
    }

    fn moves(&mut self, from: &str, to: &str, away: bool) {
        if self.lost.is_unsafe(from) && self.places.role(to) != Role::Passing {
            self.findings.push(format!("{from} is put in place as {to} before it is synced"));
        }
        self.lost.linked(from, to);
        if away {
            self.lost.went(from);
        }
        self.announced |= to == self.places.journal.0;
    }

    /// What must be safe before this call.
    fn rules(&mut self, call: &Call, path: &str) {
        let places = self.places;
        let is = |role: Role| move |path: &str| places.role(path) == role;
        let role = places.role(path);
        let moves = call.name.starts_with("rename") || call.name.starts_with("link");
        let name = call.label(places.around);
        match role {
            Role::Journal if call.name.starts_with("unlink") && path == places.journal.0 => {
                let own = |path: &str| matches!(places.role(path), Role::Journal | Role::Passing);
                self.must_be_safe("the journal goes", |path| !own(path));
            }
            Role::Journal | Role::Passing | Role::Outside | Role::Object => {}
            Role::Published if moves => {
                self.must_be_safe("the release is visible", |path| {
                    is(Role::Object)(path) || is(Role::Journal)(path)
                });
            }
            Role::Tag if moves => self.must_be_safe("a tag is visible", |path| {
                is(Role::Published)(path) || is(Role::Object)(path) || is(Role::Journal)(path)
            }),
            Role::Published | Role::Tag | Role::Other => {}
        }
        if matches!(role, Role::Published | Role::Tag | Role::Other) {
            if !self.announced {
                self.findings.push(format!("{name}: no journal announces it"));
            }
            self.must_be_safe(&name, is(Role::Journal));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A release of one file, one object, the branch and one tag, with every sync in its place.
    const SOUND: &str = r#"
mkdir("/repo/.git/trueppm-release", 0777) = 0
fsync(3</repo/.git>) = 0
mkdir("/repo/.git/trueppm-release/running", 0777) = 0
fsync(3</repo/.git/trueppm-release>) = 0
openat(AT_FDCWD</repo>, "/repo/.git/trueppm-release/running/journal.new", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</repo/.git/trueppm-release/running/journal.new>
write(4</repo/.git/trueppm-release/running/journal.new>, ""..., 9) = 9
fsync(4</repo/.git/trueppm-release/running/journal.new>) = 0
rename("/repo/.git/trueppm-release/running/journal.new", "/repo/.git/trueppm-release/running/journal.json") = 0
fsync(5</repo/.git/trueppm-release/running>) = 0
openat(AT_FDCWD</repo>, "/repo/.new", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</repo/.new>
write(4</repo/.new>, ""..., 9) = 9
fsync(4</repo/.new>) = 0
rename("/repo/.new", "/repo/file") = 0
unlink("/repo/fragment") = 0
fsync(4</repo>) = 0
mkdir("/repo/.git/objects/12", 0777) = 0
openat(AT_FDCWD</repo>, "/repo/.git/objects/tmp_object_git2_0123456789abcdef", O_RDWR|O_CREAT|O_EXCL, 0444) = 4</x>
write(4</repo/.git/objects/tmp_object_git2_0123456789abcdef>, ""..., 9) = 9
fsync(4</repo/.git/objects/tmp_object_git2_0123456789abcdef>) = 0
link("/repo/.git/objects/tmp_object_git2_0123456789abcdef", "/repo/.git/objects/12/34") = 0
unlink("/repo/.git/objects/tmp_object_git2_0123456789abcdef") = 0
fsync(4</repo/.git/objects/12>) = 0
fsync(4</repo/.git/objects>) = 0
openat(AT_FDCWD</repo>, "/repo/.git/refs/heads/main.lock", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</repo/.git/refs/heads/main.lock>
openat(AT_FDCWD</repo>, "/repo/.git/logs/HEAD", O_WRONLY|O_CREAT|O_APPEND, 0600) = 6</repo/.git/logs/HEAD>
write(6</repo/.git/logs/HEAD>, ""..., 9) = 9
fsync(6</repo/.git/logs/HEAD>) = 0
write(4</repo/.git/refs/heads/main.lock>, ""..., 41) = 41
fsync(4</repo/.git/refs/heads/main.lock>) = 0
rename("/repo/.git/refs/heads/main.lock", "/repo/.git/refs/heads/main") = 0
fsync(4</repo/.git/refs/heads>) = 0
openat(AT_FDCWD</repo>, "/repo/.git/trueppm-release/running/lock-1", O_WRONLY|O_CREAT|O_EXCL, 0600) = 4</x>
linkat(AT_FDCWD</repo>, "/repo/.git/trueppm-release/running/lock-1", AT_FDCWD</repo>, "/repo/.git/refs/tags/v1.lock", 0) = 0
write(4</repo/.git/trueppm-release/running/lock-1>, ""..., 41) = 41
fsync(4</repo/.git/trueppm-release/running/lock-1>) = 0
rename("/repo/.git/refs/tags/v1.lock", "/repo/.git/refs/tags/v1") = 0
fsync(4</repo/.git/refs/tags>) = 0
unlink("/repo/.git/trueppm-release/running/journal.json") = 0
fsync(5</repo/.git/trueppm-release/running>) = 0
"#;

    fn found(trace: &str) -> Vec<String> {
        let places = Places {
            around: "/repo",
            common: "/repo/.git",
            published: "/repo/.git/refs/heads/main",
            journal: ("/repo/.git/trueppm-release/running/journal.json", false),
            existed: &|path| path == "/repo/.git/logs/HEAD",
        };
        findings(&crate::trace::parse(trace), &places)
    }

    /// The sound trace without one of its lines, counted from none.
    fn without(at: usize) -> String {
        let lines = SOUND.lines().enumerate().filter(|(number, _)| *number != at);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    }

    /// Where the first line is that begins so, at or after the first that holds another text.
    fn after(text: &str, line: &str) -> usize {
        let from = SOUND.lines().position(|line| line.contains(text)).expect("the text before");
        from + SOUND.lines().skip(from).position(|other| other.starts_with(line)).expect("the line")
    }

    #[test]
    fn a_trace_with_every_sync_in_its_place_is_found_sound() {
        assert_eq!(found(SOUND), Vec::<String>::new());
    }

    #[test]
    fn every_sync_that_is_missing_is_found() {
        let syncs = SOUND.lines().enumerate().filter(|(_, line)| line.starts_with("fsync"));
        let syncs: Vec<(usize, &str)> = syncs.collect();
        assert_eq!(syncs.len(), 15);
        for (at, sync) in syncs {
            assert!(!found(&without(at)).is_empty(), "without {sync}");
        }
    }

    #[test]
    fn a_finding_says_what_would_be_lost() {
        for (trace, finding) in [
            (
                without(after("/repo/.new", "fsync(4</repo/.new>")),
                "~/.new is put in place as ~/file before it is synced",
            ),
            (
                without(after("\"/repo/fragment\"", "fsync(4</repo>)")),
                "before the journal goes, not safe: the name ~/file, the name ~/fragment",
            ),
            (
                without(after("unlink(\"/repo/.git/objects", "fsync(4</repo/.git/objects/12>)")),
                "before the release is visible, not safe: the name ~/.git/objects/12/34",
            ),
            (
                without(after("refs/heads/main\"", "fsync(4</repo/.git/refs/heads>)")),
                "before a tag is visible, not safe: the name ~/.git/refs/heads/main",
            ),
        ] {
            let found = found(&trace);
            assert!(found.iter().any(|other| other == finding), "{finding}\nnot in\n{}", found.join("\n"));
        }
    }

    #[test]
    fn an_effect_that_no_journal_announces_is_found() {
        let found = found("unlink(\"/repo/fragment\") = 0\nfsync(4</repo>) = 0\n");
        assert_eq!(found, ["unlink ~/fragment: no journal announces it"]);
    }

    #[test]
    fn bytes_written_after_the_sync_are_not_safe() {
        let again = "fsync(6</repo/.git/logs/HEAD>) = 0\n";
        let trace = SOUND.replace(again, &format!("{again}write(6</repo/.git/logs/HEAD>, \"\"..., 9) = 9\n"));
        let finding = "before the journal goes, not safe: the bytes of ~/.git/logs/HEAD";
        assert!(found(&trace).iter().any(|other| other == finding));
    }
}
