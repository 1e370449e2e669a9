//! libgit2's errors in words a maintainer can act on. Known limits of libgit2 get the command that lifts them;
//! what is not known keeps libgit2's own sentence after ours.

use crate::error::Problem;
pub(super) use crate::words::shell_word;

/// A clone holds the same commits in the format that its maker chooses.
const FRESH_CLONE: &str = "release from a fresh clone of the remote, which is made without it: git clone URL";

/// The problem behind a libgit2 error. `doing` says what was attempted, such as "cannot read the index".
pub(super) fn explain(doing: &str, error: &git2::Error) -> Problem {
    let said = error.message();
    if said.contains("extensions.refstorage") {
        return Problem::circumstance(format!("{doing}: the repository keeps its references as `reftable`"))
            .hint("git refs migrate --ref-format=files")
            .hint(
                "where that git does not migrate reflogs, clone it anew: git clone --ref-format=files URL",
            );
    }
    if let Some(extension) = said.strip_prefix("unsupported extension name ") {
        return Problem::circumstance(format!(
            "{doing}: the repository uses `{extension}`, which is not supported"
        ))
        .hint(FRESH_CLONE);
    }
    if said.contains("unsupported repository version") {
        return Problem::circumstance(format!(
            "{doing}: its `core.repositoryFormatVersion` is not supported ({said})"
        ))
        .hint(FRESH_CLONE);
    }
    if said.contains("mandatory extension: 'link'") {
        return Problem::circumstance(format!("{doing}: it is a split index, which is not supported"))
            .hint("git update-index --no-split-index");
    }
    if said.contains("mandatory extension: 'sdir'") {
        return Problem::circumstance(format!("{doing}: it is a sparse index, which is not supported"))
            .hint("git sparse-checkout reapply --no-sparse-index");
    }
    if error.code() == git2::ErrorCode::Locked {
        return Problem::circumstance(format!("{doing}: {said}"))
            .hint("another git process seems to be running in this repository: wait until it has ended")
            .hint("if none is running, remove the `.lock` file that the message names");
    }
    if error.code() == git2::ErrorCode::NotFound && error.class() == git2::ErrorClass::Odb {
        return Problem::circumstance(format!("{doing}: an object is not in this repository ({said})"))
            .hint("in a partial clone, fetch what is missing: git fetch --refetch --no-filter")
            .hint("otherwise see what git finds: git fsck --full");
    }
    Problem::circumstance(format!("{doing}: {said}"))
}
