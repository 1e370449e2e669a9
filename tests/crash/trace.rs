//! What strace wrote, as values: one [`Call`] for each system call, with its arguments split but not interpreted
//! beyond file descriptors and paths. Strings that matter here are paths, which strace prints in full.

use std::fmt::Write as _;

/// One system call of one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The thread, where strace followed more than one.
    pub(crate) thread: Option<u32>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
    /// What it returned; nothing where the process ended inside the call.
    pub(crate) result: Option<i64>,
    /// Whether strace returned an error in the kernel's place, or sent a signal that asks to stop.
    pub(crate) injected: bool,
}

/// Calls that change what is on the disk or make it durable. `?` lets strace go on where a machine lacks one of them.
const CHANGING: [&str; 46] = [
    "open",
    "creat",
    "openat",
    "openat2",
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "truncate",
    "ftruncate",
    "fallocate",
    "copy_file_range",
    "sendfile",
    "splice",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "mknod",
    "mknodat",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "fsync",
    "fdatasync",
    "sync",
    "syncfs",
    "sync_file_range",
];

/// The calls to look at, as strace's `-e trace=` takes them.
pub(crate) fn watched() -> String {
    CHANGING.map(|name| format!("?{name}")).join(",")
}

/// Reads a whole trace; what is not a call (signals, exits) is left out.
pub(crate) fn parse(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut unfinished: Vec<(Option<u32>, String)> = Vec::new();
    for line in text.lines() {
        let (thread, line) = thread_of(line);
        if ["--- SIGINT ", "--- SIGTERM ", "--- SIGHUP "].iter().any(|signal| line.starts_with(signal)) {
            calls.last_mut().expect("a signal is sent at a call").injected = true;
        } else if let Some(begun) = line.strip_suffix(" <unfinished ...>") {
            unfinished.push((thread, begun.to_owned()));
        } else if let Some((_, rest)) =
            line.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let at = unfinished.iter().position(|(other, _)| *other == thread).expect("it was begun");
            let (_, begun) = unfinished.remove(at);
            calls.extend(call(thread, &format!("{begun}{rest}")));
        } else {
            calls.extend(call(thread, line));
        }
    }
    // A process that ended inside a call never came back from it.
    calls.extend(unfinished.into_iter().filter_map(|(thread, begun)| call(thread, &format!("{begun}) = ?"))));
    calls
}

fn thread_of(line: &str) -> (Option<u32>, &str) {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    match first.parse() {
        Ok(thread) => (Some(thread), rest.trim_start()),
        Err(_) => (None, line),
    }
}

fn call(thread: Option<u32>, line: &str) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let (arguments, rest) = arguments(rest);
    let returned = rest.trim_start().strip_prefix('=')?.trim_start();
    let result = returned.split([' ', '<']).next().and_then(|number| number.parse().ok());
    let injected = returned.ends_with("(INJECTED)");
    Some(Call { thread, name: name.to_owned(), arguments, result, injected })
}

/// Splits at the commas that are not inside a string, a path or a structure; returns what follows the closing
/// parenthesis.
fn arguments(text: &str) -> (Vec<String>, &str) {
    let mut found = Vec::new();
    let mut now = String::new();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        if quoted {
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else {
            match character {
                '"' => quoted = true,
                // `=>` and `->` are arrows, not ends.
                '>' if now.ends_with(['=', '-']) => {}
                '<' | '{' | '[' | '(' => depth += 1,
                ')' if depth == 0 => {
                    if !now.is_empty() {
                        found.push(now.trim().to_owned());
                    }
                    return (found, text.split_at(at + 1).1);
                }
                '>' | '}' | ']' | ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    found.push(std::mem::take(&mut now).trim().to_owned());
                    continue;
                }
                _ => {}
            }
        }
        now.push(character);
    }
    (found, "")
}

impl Call {
    /// Whether it succeeded.
    pub(crate) fn succeeded(&self) -> bool {
        self.result.is_some_and(|result| result >= 0)
    }

    /// Whether it is a change of the disk, or makes one durable, whatever came of it. Pipes, terminals and devices
    /// are not the disk.
    pub(crate) fn changes_disk(&self) -> bool {
        let on_disk = |path: &String| {
            path.starts_with('/') && !path.starts_with("/dev/") || path.starts_with("/dev/shm/")
        };
        match self.name.as_str() {
            "open" | "openat" | "openat2" => self.opens_for_writing() && self.paths().iter().all(on_disk),
            "sync" => true,
            name if CHANGING.contains(&name) => {
                let paths = self.paths();
                !paths.is_empty() && paths.iter().all(on_disk)
            }
            _ => false,
        }
    }

    /// Whether an `open` asks for more than reading.
    pub(crate) fn opens_for_writing(&self) -> bool {
        ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| self.has_flag(flag))
    }

    /// Whether one of the arguments is a set of flags with this one.
    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        let plain = self.arguments.iter().filter(|argument| !argument.starts_with('"'));
        plain.flat_map(|argument| argument.split(['|', '{', '}', '=', ','])).any(|word| word.trim() == flag)
    }

    /// The absolute paths that the call works on, in order: the file behind the descriptor, or the names.
    pub(crate) fn paths(&self) -> Vec<String> {
        let of = |at: usize| self.arguments.get(at).map(String::as_str).unwrap_or_default();
        match self.name.as_str() {
            // A descriptor of a folder and a name in it.
            "openat" | "openat2" | "unlinkat" | "mkdirat" | "mknodat" | "fchmodat" | "fchmodat2"
            | "fchownat" | "utimensat" | "futimesat" => vec![joined(of(0), of(1))],
            "renameat" | "renameat2" | "linkat" => vec![joined(of(0), of(1)), joined(of(2), of(3))],
            "symlinkat" => vec![joined(of(1), of(2))],
            "symlink" => vec![joined("", of(1))],
            "rename" | "link" => vec![joined("", of(0)), joined("", of(1))],
            "copy_file_range" | "splice" => vec![joined(of(2), "NULL")],
            "sync" => Vec::new(),
            _ => vec![joined(if of(0).starts_with('"') { "" } else { of(0) }, of(0))],
        }
    }

    /// The call in a form that is the same in every run: without descriptors, data, times and random names.
    pub(crate) fn label(&self, around: &str) -> String {
        let mut label = self.name.clone();
        for path in self.paths() {
            let _ = write!(label, " {}", steady(&path.replace(around, "~")));
        }
        if self.name.starts_with("open") {
            let _ = write!(label, " {}", if self.has_flag("O_CREAT") { "creating" } else { "writing" });
        }
        label
    }
}

/// A name below a folder's descriptor; the descriptor's own file where the name is empty or none.
fn joined(descriptor: &str, name: &str) -> String {
    let folder = descriptor.split_once('<').map_or("", |(_, path)| path.trim_end_matches("(deleted)"));
    let folder = folder.strip_suffix('>').unwrap_or(folder);
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(name) if name.starts_with('/') => name.to_owned(),
        Some(name) if !name.is_empty() => format!("{folder}/{name}"),
        _ => folder.to_owned(),
    }
}

/// The same text with the random part of temporary names blanked out.
pub(crate) fn steady(text: &str) -> String {
    use std::sync::LazyLock;
    static RANDOM: LazyLock<[(regex::Regex, &str); 3]> = LazyLock::new(|| {
        let pattern = |text| regex::Regex::new(text).expect("pattern");
        [
            (pattern(r"/(\.?)trueppm-release-([0-9]+-|[A-Za-z0-9]{6}\b)"), "/${1}trueppm-release-*"),
            (pattern(r"_git2_[0-9a-f]{16}"), "_git2_*"),
            (pattern(r"/#[0-9]+"), "/#*"),
        ]
    });
    RANDOM
        .iter()
        .fold(text.to_owned(), |text, (pattern, with)| pattern.replace_all(&text, *with).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(line: &str) -> Call {
        let calls = parse(line);
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.into_iter().next().expect("one call")
    }

    #[test]
    fn paths_come_from_names_and_from_descriptors() {
        for (line, paths) in [
            (r#"rename("/a/b", "/a/c") = 0"#, &["/a/b", "/a/c"][..]),
            (r#"renameat(AT_FDCWD</a>, "b, c", 4</x>, "d") = 0"#, &["/a/b, c", "/x/d"]),
            (r#"openat(4</a/b>, "c", O_RDONLY|O_CLOEXEC) = 6</a/b/c>"#, &["/a/b/c"]),
            (r#"fsync(3</a/b>) = 0"#, &["/a/b"]),
            (r#"write(3</a/b>, "x\")"..., 9) = 9"#, &["/a/b"]),
            (r#"write(1<pipe:[17]>, ""..., 9) = 9"#, &["pipe:[17]"]),
            (r#"copy_file_range(4</a/i>, NULL, 3</a/o>, NULL, 99, 0) = 9"#, &["/a/o"]),
            (r#"utimensat(3</a/b>, NULL, [UTIME_OMIT, {tv_sec=1, tv_nsec=2} /* then */], 0) = 0"#, &["/a/b"]),
            (r#"unlink("/a/b") = ?"#, &["/a/b"]),
        ] {
            assert_eq!(only(line).paths(), paths, "{line}");
        }
    }

    #[test]
    fn results_say_what_came_of_a_call() {
        assert_eq!(only(r#"openat(AT_FDCWD</a>, "b", O_RDONLY) = 3</a/b>"#).result, Some(3));
        let failed = only(r#"link("/a", "/b") = -1 EEXIST (File exists)"#);
        assert!(!failed.succeeded() && !failed.injected && failed.result == Some(-1));
        let injected = only(r#"fsync(3</a>) = -1 EIO (Input/output error) (INJECTED)"#);
        assert!(!injected.succeeded() && injected.injected);
        let signalled =
            only("mkdir(\"/a\", 0777) = 0\n--- SIGTERM {si_signo=SIGTERM, si_code=SI_KERNEL} ---");
        assert!(signalled.succeeded() && signalled.injected);
        assert_eq!(only(r#"mkdir("/a", 0777) = ?"#).result, None);
        assert_eq!(parse("+++ exited with 0 +++\n--- SIGCHLD {si_signo=SIGCHLD} ---\n"), []);
    }

    #[test]
    fn only_what_reaches_the_disk_changes_it() {
        for (line, changes) in [
            (r#"openat(AT_FDCWD</a>, "/a/b", O_RDONLY|O_CLOEXEC) = 3</a/b>"#, false),
            (r#"openat(AT_FDCWD</a>, "/dev/null", O_RDWR|O_CLOEXEC) = 3</dev/null>"#, false),
            (r#"openat(AT_FDCWD</a>, "/a/b", O_WRONLY|O_CREAT|O_EXCL, 0666) = 3</a/b>"#, true),
            (r#"openat(AT_FDCWD</a>, "/tmp", O_RDWR|O_CLOEXEC|O_TMPFILE, 0666) = 3</tmp/#1>(deleted)"#, true),
            (r#"write(2<pipe:[1]>, ""..., 3) = 3"#, false),
            (r#"write(2</dev/null>, ""..., 3) = 3"#, false),
            (r#"write(3</dev/shm/b>, ""..., 3) = 3"#, true),
            (r#"rmdir("/a") = 0"#, true),
            (r#"fsync(3</a>) = 0"#, true),
            (r#"execve("/a", [], 0x1) = 0"#, false),
        ] {
            assert_eq!(only(line).changes_disk(), changes, "{line}");
        }
    }

    #[test]
    fn calls_that_were_interrupted_by_another_thread_are_put_together() {
        let calls = parse(
            "12 openat(AT_FDCWD</a>, \"b\", O_WRONLY|O_CREAT <unfinished ...>\n\
             13 mkdir(\"/c\", 0777) = 0\n\
             12 <... openat resumed>, 0666) = 3</a/b>\n\
             14 unlink(\"/d\" <unfinished ...>\n\
             14 +++ killed by SIGKILL +++\n",
        );
        let seen: Vec<_> =
            calls.iter().map(|call| (call.thread, call.label("/nowhere"), call.result)).collect();
        assert_eq!(
            seen,
            [
                (Some(13), "mkdir /c".to_owned(), Some(0)),
                (Some(12), "openat /a/b creating".to_owned(), Some(3)),
                (Some(14), "unlink /d".to_owned(), None),
            ]
        );
    }

    #[test]
    fn labels_do_not_hold_what_is_random() {
        let line = r#"rename("/r/x/.trueppm-release-aZ09bY", "/r/x/CHANGELOG.md") = 0"#;
        assert_eq!(only(line).label("/r"), "rename ~/x/.trueppm-release-* ~/x/CHANGELOG.md");
        let line = r#"unlink("/r/.trueppm-release-123-4") = 0"#;
        assert_eq!(only(line).label("/r"), "unlink ~/.trueppm-release-*4");
        let line = r#"unlink("/r/.git/objects/tmp_object_git2_0123456789abcdef") = 0"#;
        assert_eq!(only(line).label("/r"), "unlink ~/.git/objects/tmp_object_git2_*");
    }
}
