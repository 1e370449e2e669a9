//! Writing objects: blobs, the tree of a release, its commit and its tags. All of it is unreachable until a
//! reference points to it, so nothing here is visible. Commits and tags are laid out here byte by byte, because
//! a signature is made over exactly these bytes.

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, ObjectType};

use super::signing::commit_header;
use super::trouble::explain;
use super::{ObjectId, Repository, Signature};
use crate::error::Problem;

/// Makes a signature of an object's bytes, or decides that it has none.
pub type Sign<'a> = &'a dyn Fn(&[u8]) -> Result<Option<String>, Problem>;

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeChange {
    /// From the top, parts separated by `/`.
    pub path: String,
    /// The blob and whether it is executable; `None` deletes the path.
    pub file: Option<(ObjectId, bool)>,
}

impl Repository {
    /// Stores `bytes` as they are.
    ///
    /// # Errors
    /// The object cannot be written.
    pub fn write_blob(&self, bytes: &[u8]) -> Result<ObjectId, Problem> {
        self.write_object(ObjectType::Blob, bytes, "a file's content")
    }

    /// Stores the tree of `base` with `changes` applied; a folder that becomes empty goes.
    ///
    /// # Errors
    /// A path that is to be deleted is not there, or the tree cannot be read or written.
    pub fn write_tree(&self, base: &ObjectId, changes: &[TreeChange]) -> Result<ObjectId, Problem> {
        let doing = "cannot write the tree of the release";
        let tree = self.tree_of(base)?;
        let mut builder = TreeUpdateBuilder::new();
        for change in changes {
            match &change.file {
                Some((id, executable)) => {
                    let id = self.oid(id).map_err(|error| explain(doing, &error))?;
                    let mode = if *executable { FileMode::BlobExecutable } else { FileMode::Blob };
                    builder.upsert(change.path.as_str(), id, mode);
                }
                None => {
                    builder.remove(change.path.as_str());
                }
            }
        }
        let written = builder.create_updated(&self.inner, &tree).map_err(|error| explain(doing, &error))?;
        Ok(ObjectId::from_git(written))
    }

    /// Stores a commit with one parent. No reference moves. The message is kept as written, with a final newline.
    /// `sign` is given the bytes of the commit, and may return a signature of them.
    ///
    /// # Errors
    /// The message holds a NUL byte, it could not be signed, or the object cannot be written.
    pub fn write_commit(
        &self,
        tree: &ObjectId,
        parent: &ObjectId,
        author: &Signature,
        committer: &Signature,
        message: &str,
        sign: Sign<'_>,
    ) -> Result<ObjectId, Problem> {
        let (author, committer) = (author.header(), committer.header());
        let head = format!("tree {tree}\nparent {parent}\nauthor {author}\ncommitter {committer}\n");
        let plain = with_message(head.clone(), message)?;
        let bytes = match sign(plain.as_bytes())? {
            Some(signature) => with_message(head + &commit_header(tree.as_str().len(), &signature), message)?,
            None => plain,
        };
        self.write_object(ObjectType::Commit, bytes.as_bytes(), "the commit")
    }

    /// Stores an annotated tag of a commit. No reference is made. `sign` is given the bytes of the tag, and may return
    /// a signature of them.
    ///
    /// # Errors
    /// The name is not one git accepts for a tag, the message holds a NUL byte, it could not be signed, or the object
    /// cannot be written.
    pub fn write_tag(
        &self,
        name: &str,
        target: &ObjectId,
        tagger: &Signature,
        message: &str,
        sign: Sign<'_>,
    ) -> Result<ObjectId, Problem> {
        if !is_tag_name(name) {
            return Err(Problem::content(format!("`{name}` is not a name that git accepts for a tag")));
        }
        let head = format!("object {target}\ntype commit\ntag {name}\ntagger {}\n", tagger.header());
        let mut bytes = with_message(head, message)?;
        if let Some(signature) = sign(bytes.as_bytes())? {
            bytes.push_str(&signature);
        }
        self.write_object(ObjectType::Tag, bytes.as_bytes(), "the tag")
    }

    /// An object goes to the disk, or to memory once [`Repository::gather_objects`] was called.
    fn write_object(&self, kind: ObjectType, bytes: &[u8], what: &str) -> Result<ObjectId, Problem> {
        let written = self.inner.odb().and_then(|odb| odb.write(kind, bytes));
        written.map(ObjectId::from_git).map_err(|error| explain(&format!("cannot write {what}"), &error))
    }
}

/// Whether git accepts `name` for a tag. `HEAD` is refused as well, as newer versions of git do.
pub fn is_tag_name(name: &str) -> bool {
    !name.contains('\0') && git2::Tag::is_valid_name(name)
}

fn with_message(mut head: String, message: &str) -> Result<String, Problem> {
    if message.contains('\0') {
        return Err(Problem::content("a commit or tag message must not hold a NUL byte"));
    }
    head.push('\n');
    head.push_str(message);
    if !message.ends_with('\n') {
        head.push('\n');
    }
    Ok(head)
}
