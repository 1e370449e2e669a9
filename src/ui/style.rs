//! The colours: one table from what a text is to how a terminal shows it.

/// Where a text goes; the two may differ in whether they are a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: data.
    Stdout,
    /// Standard error: talk.
    Stderr,
}

/// What a text is, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What stands in the way.
    Error,
    /// What a person should know.
    Warning,
    /// What to do next.
    Hint,
    /// The one command to run next.
    Next,
    /// A version number or a tag.
    Version,
    /// A line that a diff adds.
    Added,
    /// A line that a diff removes.
    Removed,
    /// What may be overlooked.
    Dim,
    /// What must not be overlooked.
    Bold,
}

/// The text between the escape sequence of its role and a reset.
pub(super) fn wrap(role: Role, text: &str) -> String {
    let codes = match role {
        Role::Error => "1;31",
        Role::Warning => "1;33",
        Role::Hint => "36",
        Role::Next => "1;32",
        Role::Version => "1;36",
        Role::Added => "32",
        Role::Removed => "31",
        Role::Dim => "2",
        Role::Bold => "1",
    };
    format!("\u{1b}[{codes}m{text}\u{1b}[0m")
}
