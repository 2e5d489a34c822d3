//! What `git commit` would record now.

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::source::changes;
use crate::text::Listing;

/// Lists what differs between the index and HEAD and, in a merge, every other parent.
///
/// Nothing staged is an empty listing. The work tree is not looked at.
pub fn staged(repository: &Repository) -> Result<Listing> {
    if repository.work_dir().is_none() {
        let why = "nothing can be staged in a bare repository: name commits with `--range A..B`";
        return Err(Error::Usage(why.to_owned()));
    }
    let staging = repository.staged()?;
    let mut listing = Listing { notices: repository.notices(), ..Listing::default() };
    listing.notices.extend(staging.notices);
    changes::list(&staging.changes, None, &mut listing);
    Ok(listing)
}
