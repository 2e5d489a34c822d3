//! Files that are replaced in one step: the old content or the new one, never a part.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Gives a file new content.
///
/// The content goes to a temporary file beside it, which takes its place when
/// it is whole and on disk. A symbolic link is followed, and what is no regular
/// file (a device, a FIFO) is written to as it is.
pub(super) fn with(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let target = behind_links(path);
    match fs::metadata(&target) {
        Ok(old) if !old.is_file() => {
            let mut stream = BufWriter::new(File::options().write(true).open(&target)?);
            write(&mut stream)?;
            stream.flush()
        }
        Ok(old) => swap(&target, Some(old.permissions()), write),
        Err(error) if error.kind() == io::ErrorKind::NotFound => swap(&target, None, write),
        Err(error) => Err(error),
    }
}

/// Gives a file that holds secrets new content: nobody reads it who could not before, and no copy stays in memory.
///
/// The content goes to the file `part`, on the same file system, which takes the
/// place of the other when it is whole and on disk. The file must be there; its
/// owner and permissions stay the same. Of a run that was ended, `part` may stay.
pub(super) fn secret(target: &Path, content: &[u8], part: &Path) -> io::Result<()> {
    let old = fs::metadata(target)?;
    let mut whole = private(part)?;
    whole.write_all(content)?;
    keep_owner(&whole, &old)?;
    whole.set_permissions(old.permissions())?;
    whole.sync_all()?;
    fs::rename(part, target)?;
    sync_folder(folder_of(target))
}

/// Makes a file for its owner alone, in the place of one that an earlier run left.
fn private(part: &Path) -> io::Result<File> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(part)
}

/// Gives a file the owner and group of another one, if it has not got them.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

/// Does nothing: here a file has the owner that its folder gives it.
#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Returns the folder that a file lies in.
fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes beside a file, then takes its place.
fn swap(
    target: &Path,
    permissions: Option<fs::Permissions>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = folder_of(target);
    let mut whole = BufWriter::new(beside(folder)?);
    write(&mut whole)?;
    let whole = whole.into_inner().map_err(io::IntoInnerError::into_error)?;
    if let Some(permissions) = permissions {
        whole.as_file().set_permissions(permissions)?;
    }
    whole.as_file().sync_all()?;
    whole.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Makes a temporary file that, when it stays, has the permissions of any new file.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ideoguard-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The system's words, without the name of a file that the user never asked for.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

/// Makes sure that a new name survives a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Does nothing: folders cannot be synced here.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// As many links in a row are followed; Linux follows as many.
const MOST_LINKS: usize = 40;

/// Returns the file that a path means, behind symbolic links, even where they lead to no file yet.
fn behind_links(path: &Path) -> PathBuf {
    if let Ok(target) = fs::canonicalize(path) {
        return target;
    }
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}
