//! Tags as they are in this repository. A remote may hold more, and a shallow clone holds fewer.

use git2::{ErrorClass, ErrorCode, ObjectType};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

const FOLDER: &str = "refs/tags/";

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Without `refs/tags/`.
    pub name: String,
    /// What the reference holds: a tag object when annotated, else usually a commit.
    pub target: ObjectId,
}

impl Repository {
    /// Every tag here, in byte order of the names. Names that are not UTF-8 are left out: no release makes them.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn local_tags(&self) -> Result<Vec<Tag>, Problem> {
        let doing = "cannot read the tags";
        let references = self.inner.references_glob("refs/tags/*").map_err(|error| explain(doing, &error))?;
        let mut tags = Vec::new();
        for reference in references {
            let reference = reference.map_err(|error| explain(doing, &error))?;
            let name = reference.name().ok().and_then(|name| name.strip_prefix(FOLDER));
            if let (Some(name), Some(target)) = (name, reference.target()) {
                tags.push(Tag { name: name.to_owned(), target: ObjectId::from_git(target) });
            }
        }
        tags.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(tags)
    }

    /// Every reference that is here, by its full name. Names that are not UTF-8 are left out: nobody types them.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn reference_names(&self) -> Result<Vec<String>, Problem> {
        let doing = "cannot read the references";
        let mut references = self.inner.references().map_err(|error| explain(doing, &error))?;
        let mut names = Vec::new();
        for name in references.names() {
            match name {
                Ok(name) => names.push(name.to_owned()),
                // Not from libgit2 but from the conversion: the name is not UTF-8.
                Err(error) if error.class() == ErrorClass::None => {}
                Err(error) => return Err(explain(doing, &error)),
            }
        }
        Ok(names)
    }

    /// Whether a tag of this name is here.
    ///
    /// # Errors
    /// The reference cannot be read.
    pub fn tag_exists(&self, name: &str) -> Result<bool, Problem> {
        Ok(self.reference_target(&format!("{FOLDER}{name}"))?.is_some())
    }

    /// The commit a tag stands for, through annotated tags; `None` when it stands for something else.
    ///
    /// # Errors
    /// The tag's object cannot be read.
    pub fn tag_commit(&self, tag: &Tag) -> Result<Option<ObjectId>, Problem> {
        let peeled = self
            .oid(&tag.target)
            .and_then(|id| self.inner.find_object(id, None))
            .and_then(|object| object.peel(ObjectType::Commit));
        match peeled {
            Ok(commit) => Ok(Some(ObjectId::from_git(commit.id()))),
            Err(error) if matches!(error.code(), ErrorCode::Peel | ErrorCode::InvalidSpec) => Ok(None),
            Err(error) => Err(explain(&format!("cannot read tag `{}`", tag.name), &error)),
        }
    }

    /// What a reference holds, as an id; `None` when there is none. A symbolic reference is followed.
    ///
    /// # Errors
    /// The reference cannot be read.
    pub fn reference_target(&self, name: &str) -> Result<Option<ObjectId>, Problem> {
        if !git2::Reference::is_valid_name(&name.replace('\0', " ")) {
            return Ok(None);
        }
        let found = self.inner.find_reference(name).and_then(|reference| reference.resolve());
        match found {
            Ok(reference) => Ok(reference.target().map(ObjectId::from_git)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(explain(&format!("cannot read `{name}`"), &error)),
        }
    }
}
