//! Files of sections and keys as Python's `configparser` reads them: `key = value` or `key: value`, and lines that are
//! indented below a key go on with its value.

/// A section with its keys, in the order of the file; names of keys are in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) keys: Vec<(String, String)>,
}

impl Section {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// The sections of a text.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && !is_indented
        {
            sections.push(Section { name: name.to_owned(), keys: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        match section.keys.last_mut() {
            Some((_, value)) if is_indented => {
                if !trimmed.is_empty() {
                    if !value.is_empty() {
                        value.push('\n');
                    }
                    value.push_str(trimmed);
                }
            }
            _ => {
                if let Some((key, value)) = trimmed.split_once(['=', ':']) {
                    section.keys.push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_lines_that_go_on_are_read() {
        let text = "# c\nstray = 1\n[one:a/b.py]\nA = 1\nb: x = y\n\nlist =\n  first\n  # c\n  second\n[two]\nempty =\n";
        let read = sections(text);
        let [one, two] = read.as_slice() else { unreachable!("{read:?}") };
        assert_eq!(one.name, "one:a/b.py");
        assert_eq!(
            [one.get("a"), one.get("b"), one.get("list")],
            [Some("1"), Some("x = y"), Some("first\nsecond")]
        );
        assert_eq!((two.get("empty"), two.get("a")), (Some(""), None));
    }
}
