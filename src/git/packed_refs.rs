//! The file in which git keeps references together. A release only adds references, which git reads from files of
//! their own first; a reference that goes must go from this file too, and nothing else in it changes.
//! Format: git's `Documentation/technical` on packed-refs: `ID NAME` lines, a `^ID` line after an annotated tag.

use super::locks::Lock;
use super::{ObjectId, Repository};
use crate::disk::read_plain;
use crate::error::Problem;

impl Repository {
    fn packed_refs(&self) -> Result<Option<Vec<u8>>, Problem> {
        read_plain(&self.common_dir().join("packed-refs")).map_err(|error| {
            Problem::circumstance(format!(
                "the packed references cannot be read: {}",
                crate::words::plain(&error)
            ))
        })
    }

    /// Whether a reference is in the file of packed ones.
    pub(super) fn is_packed(&self, name: &str) -> Result<bool, Problem> {
        let packed = self.packed_refs()?.unwrap_or_default();
        Ok(packed.split(|byte| *byte == b'\n').any(|line| names(line, name)))
    }

    /// Fills the lock of the packed references with all but these.
    pub(super) fn fill_packed_without(&self, lock: &Lock<'_>, gone: &[&str]) -> Result<(), Problem> {
        let before = self.packed_refs()?.unwrap_or_default();
        let failed = |error: std::io::Error| {
            Problem::circumstance(format!("cannot delete the tags: {}", crate::words::plain(&error)))
                .hint("check the permissions of git's folder, and the space on the disk")
        };
        lock.fill(&without(&before, gone)).map_err(failed)?;
        if let Ok(metadata) = lock.target().metadata() {
            lock.like(&metadata.permissions()).map_err(failed)?;
        }
        Ok(())
    }

    /// What a tag's reference holds; nothing where there is none.
    ///
    /// # Errors
    /// As [`Repository::local_tags`].
    pub fn tag_object(&self, name: &str) -> Result<Option<ObjectId>, Problem> {
        self.reference_target(&format!("{}{name}", super::publish::TAGS))
    }
}

/// Whether a line is about this reference.
fn names(line: &[u8], name: &str) -> bool {
    !line.starts_with(b"#")
        && line
            .strip_suffix(name.as_bytes())
            .is_some_and(|id| id.ends_with(b" ") && !id.trim_ascii().contains(&b' '))
}

/// The file without the lines of these references, and without the lines that say what they stand for.
fn without(packed: &[u8], gone: &[&str]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(packed.len());
    let mut dropping = false;
    for line in packed.split_inclusive(|byte| *byte == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        dropping =
            if content.starts_with(b"^") { dropping } else { gone.iter().any(|name| names(content, name)) };
        if !dropping {
            kept.extend_from_slice(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_of_what_goes_are_left_out() {
        let packed =
            b"# pack-refs with: peeled fully-peeled sorted \n1 refs/heads/main\n2 refs/tags/v1\n^3\n\
                       4 refs/tags/v1.1\n^5\n6 refs/tags/x/refs/tags/v1\n";
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(
            text(without(packed, &["refs/tags/v1"])),
            "# pack-refs with: peeled fully-peeled sorted \n1 refs/heads/main\n4 refs/tags/v1.1\n^5\n\
             6 refs/tags/x/refs/tags/v1\n"
        );
        assert_eq!(without(packed, &[]), packed);
        assert_eq!(text(without(b"1 refs/tags/v1\n^2", &["refs/tags/v1"])), "");
    }
}
