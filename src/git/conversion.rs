//! What a file looks like in the work tree and in a commit where the two differ without a filter: line ends, and the
//! attribute `ident`, with which git writes the id of the blob into every `$Id$` when it checks the file out, and takes
//! it out again. libgit2 does that for the first `$Id$` of a file only, and for words that merely begin like it, so git's
//! own rules (`ident_to_git` and `ident_to_worktree` in its `convert.c`) are followed here.

use std::borrow::Cow;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue};
use memchr::{memchr, memmem};

use super::{ObjectId, Repository};
use crate::error::Problem;

/// What every keyword begins with.
const KEYWORD: &[u8] = b"$Id";

impl Repository {
    /// The bytes that the work tree gets for `wanted`, if its file is `committed` now; nothing where it is something
    /// else. `core.autocrlf` may have given it other line ends than the commit, and `ident` the ids of blobs.
    ///
    /// # Errors
    /// libgit2 cannot hash the bytes.
    pub fn as_in_work_tree(
        &self,
        path: &str,
        now: &[u8],
        committed: &[u8],
        wanted: &[u8],
    ) -> Result<Option<Vec<u8>>, Problem> {
        let ident = self.has_ident(path, &[now, wanted]);
        let new = if ident { self.expanded(wanted)? } else { wanted.to_vec() };
        if now == committed {
            return Ok(Some(new));
        }
        if now == with_carriage_returns(committed) {
            return Ok(Some(with_carriage_returns(&new)));
        }
        if !ident {
            return Ok(None);
        }
        // Also one with the id of an older blob: who edits a file and commits it keeps the id of before.
        let as_checked_out = self.expanded(committed)?;
        Ok(if collapsed(now) == committed || now == as_checked_out {
            Some(new)
        } else if collapsed(now) == with_carriage_returns(committed)
            || now == with_carriage_returns(&as_checked_out)
        {
            Some(with_carriage_returns(&new))
        } else {
            None
        })
    }

    /// Whether a file of the work tree is what is committed, as far as `ident` and line ends go.
    pub fn is_as_committed(&self, path: &str, now: &[u8], committed: &[u8]) -> bool {
        self.as_in_work_tree(path, now, committed, committed).is_ok_and(|found| found.is_some())
    }

    /// What git checks out for `blob`, where libgit2 checked out `found`.
    ///
    /// # Errors
    /// libgit2 cannot hash the bytes.
    pub fn as_checked_out(&self, path: &str, blob: &[u8], found: Vec<u8>) -> Result<Vec<u8>, Problem> {
        if !self.has_ident(path, &[blob]) {
            return Ok(found);
        }
        let converts = memchr(b'\r', blob).is_none() && memchr(b'\r', &found).is_some();
        let expanded = self.expanded(blob)?;
        Ok(if converts { with_carriage_returns(&expanded) } else { expanded })
    }

    /// What git could store for a file of the work tree with `ident`; nothing where that attribute has no say. Where
    /// there are several, only git knows whether line ends are converted as well.
    pub(super) fn stored_with_ident(&self, path: &str, on_disk: &[u8]) -> Option<Vec<Vec<u8>>> {
        if !self.has_ident(path, &[on_disk]) {
            return None;
        }
        let collapsed = collapsed(on_disk).into_owned();
        let without = without_carriage_returns(&collapsed);
        Some(if without == collapsed { vec![collapsed] } else { vec![collapsed, without] })
    }

    /// Whether the work tree file is what git would check out for this blob, `ident` and line ends included.
    pub(super) fn is_checked_out_with_ident(&self, path: &str, on_disk: &[u8], blob: &[u8]) -> bool {
        self.stored_with_ident(path, on_disk).is_some_and(|stored| stored.iter().any(|it| it == blob))
            || (self.has_ident(path, &[blob])
                && self.expanded(blob).is_ok_and(|it| it == on_disk || with_carriage_returns(&it) == on_disk))
    }

    /// Whether the attribute is set and one of these texts has a word that it is about.
    fn has_ident(&self, path: &str, texts: &[&[u8]]) -> bool {
        let flags = AttrCheckFlags::FILE_THEN_INDEX;
        texts.iter().any(|text| memmem::find(text, KEYWORD).is_some())
            && self
                .inner
                .get_attr_bytes(Path::new(path), "ident", flags)
                .is_ok_and(|value| AttrValue::from_bytes(value) == AttrValue::True)
    }

    fn expanded(&self, blob: &[u8]) -> Result<Vec<u8>, Problem> {
        Ok(expanded(blob, &self.blob_id(blob)?))
    }
}

/// Line feeds become carriage return and line feed, once.
fn with_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut converted = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = 0;
    for byte in text {
        if *byte == b'\n' && before != b'\r' {
            converted.push(b'\r');
        }
        converted.push(*byte);
        before = *byte;
    }
    converted
}

fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut converted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memmem::find(rest, b"\r\n") {
        converted.extend(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    converted.extend(rest);
    converted
}

/// What follows a dollar sign.
enum Keyword<'t> {
    /// `Id$`, and the rest after it.
    Bare(&'t [u8]),
    /// `Id:…$` on one line: what is between, and the rest after it.
    Filled(&'t [u8], &'t [u8]),
    /// Something else; or a keyword that ends on another line, if at all.
    None,
}

fn keyword(after_dollar: &[u8]) -> Keyword<'_> {
    let Some(rest) = after_dollar.strip_prefix(b"Id") else { return Keyword::None };
    if let Some(rest) = rest.strip_prefix(b"$") {
        return Keyword::Bare(rest);
    }
    let Some((filling, rest)) =
        rest.strip_prefix(b":").and_then(|rest| rest.split_at_checked(memchr(b'$', rest)?))
    else {
        return Keyword::None;
    };
    if memchr(b'\n', filling).is_some() {
        return Keyword::None;
    }
    Keyword::Filled(filling, rest.get(1..).unwrap_or_default())
}

/// Calls `replaced` for every keyword; what it gives takes the keyword's place, and where it gives nothing the dollar
/// sign is one like any other.
fn replace<'t>(text: &'t [u8], replaced: impl Fn(&Keyword<'t>) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from_dollar)) = memchr(b'$', rest).and_then(|at| rest.split_at_checked(at)) {
        made.extend(before);
        let after = from_dollar.get(1..).unwrap_or_default();
        let found = keyword(after);
        rest = match (&found, replaced(&found)) {
            (Keyword::Bare(rest) | Keyword::Filled(_, rest), Some(instead)) => {
                made.extend(instead);
                rest
            }
            _ => {
                made.push(b'$');
                after
            }
        };
    }
    made.extend(rest);
    made
}

/// As the file is stored: every filled keyword is emptied.
fn collapsed(text: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(text, b"$Id:").is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(replace(text, |keyword| matches!(keyword, Keyword::Filled(..)).then(|| b"$Id$".to_vec())))
}

/// As git checks it out: every keyword is filled with the id, but for those that another system filled, which git knows
/// by a blank within.
fn expanded(text: &[u8], id: &ObjectId) -> Vec<u8> {
    replace(text, |keyword| {
        let is_filled_by_others = matches!(keyword, Keyword::Filled(filling, _) if {
            let within = filling.get(1..).unwrap_or_default();
            memchr(b' ', within).is_some_and(|at| at + 1 < within.len())
        });
        let fills = !matches!(keyword, Keyword::None) && !is_filled_by_others;
        fills.then(|| format!("$Id: {id} $").into_bytes())
    })
}
