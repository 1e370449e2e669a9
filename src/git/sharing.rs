//! `core.sharedRepository`: what is written into a git directory that several people share is theirs as well.

use super::Repository;
use crate::disk::{Disk, Sharing};
use crate::error::Problem;

const SETTING: &str = "core.sharedRepository";

impl Repository {
    /// Lets everything that goes to the disk below the git directory have the permissions that git would give it.
    ///
    /// # Errors
    /// The configuration cannot be read, or the value is none that git accepts.
    pub fn share(&self, disk: &Disk) -> Result<(), Problem> {
        if let Some(sharing) = self.sharing()? {
            let folders =
                [self.git_dir().to_path_buf(), self.common_dir().to_path_buf(), self.objects_folder()];
            disk.share(folders.to_vec(), sharing);
        }
        Ok(())
    }

    fn sharing(&self) -> Result<Option<Sharing>, Problem> {
        let settings = self.settings()?;
        let Some(value) = settings.text(SETTING) else {
            // A key without a value means the group; one that is not set, nobody.
            return Ok(settings.truth(SETTING)?.filter(|on| *on).map(|_| GROUP));
        };
        parsed(&value).ok_or_else(|| {
            Problem::circumstance(format!(
                "git's setting `{SETTING}` is `{value}`, which git does not accept"
            ))
            .hint(format!("git config --show-origin --get-all {SETTING}"))
        })
    }
}

const GROUP: Sharing = Sharing::AtLeast(0o660);
const EVERYBODY: Sharing = Sharing::AtLeast(0o664);

/// As git's `git_config_perm`. The outer nothing is a value that git does not accept.
fn parsed(value: &str) -> Option<Option<Sharing>> {
    match value {
        "umask" => return Some(None),
        "group" => return Some(Some(GROUP)),
        "all" | "world" | "everybody" => return Some(Some(EVERYBODY)),
        _ => {}
    }
    let Ok(mode) = u32::from_str_radix(value, 8) else {
        return git2::Config::parse_bool(value).ok().map(|on| on.then_some(GROUP));
    };
    match mode {
        0 => Some(None),
        1 => Some(Some(GROUP)),
        2 => Some(Some(EVERYBODY)),
        _ if mode & 0o600 != 0o600 => None,
        _ => Some(Some(Sharing::Exactly(mode & 0o666))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_that_git_takes_is_taken() {
        for value in ["umask", "0", "00", "false", "no", "off"] {
            assert_eq!(parsed(value), Some(None), "{value}");
        }
        for value in ["group", "1", "true", "yes", "on", "0x1ff"] {
            assert_eq!(parsed(value), Some(Some(GROUP)), "{value}");
        }
        for value in ["all", "world", "everybody", "2"] {
            assert_eq!(parsed(value), Some(Some(EVERYBODY)), "{value}");
        }
        assert_eq!(parsed("0640"), Some(Some(Sharing::Exactly(0o640))));
        assert_eq!(parsed("777"), Some(Some(Sharing::Exactly(0o666))));
        for value in ["0400", "3", "groups"] {
            assert_eq!(parsed(value), None, "{value}");
        }
    }
}
