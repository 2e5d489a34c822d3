//! The files of a log: opened with care, made for those who may read them, locked.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Who may read and write the files of a log, beside their owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody: mode 0600.
    Owner,
    /// The group of the repository: mode 0660.
    Group,
}

impl Access {
    /// Returns what a value of git's `core.sharedRepository` means for a log.
    ///
    /// A log is not for everybody, also where the repository is: `all` means the
    /// group. An octal mode means the group if the group may write.
    #[must_use]
    pub fn of_shared_repository(value: Option<&str>) -> Self {
        let value = value.unwrap_or_default().to_ascii_lowercase();
        match value.as_str() {
            "group" | "true" | "yes" | "on" | "1" | "all" | "world" | "everybody" | "2" => Self::Group,
            octal if u32::from_str_radix(octal, 8).is_ok_and(|mode| mode & 0o020 != 0) => Self::Group,
            _ => Self::Owner,
        }
    }

    /// Returns the mode of a file.
    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Group => 0o660,
        }
    }
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// To be read; it must be there.
    Reading,
    /// To be read and written; it is made if it is not there.
    Writing(Access),
}

/// How long to wait between two tries of a lock.
const PAUSE: Duration = Duration::from_millis(2);

/// Opens a regular file; never a link, and without waiting for a FIFO.
pub(super) fn open(path: &Path, what_for: For) -> Result<File> {
    let access = match what_for {
        For::Reading => return regular(path, options().open(path)),
        For::Writing(access) => access,
    };
    match options().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        opened => return regular(path, opened),
    }
    make_folder(path, access).map_err(Error::io("create the folder of", path))?;
    let mut new = options();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, access.mode());
    match new.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => regular(path, options().write(true).open(path)),
        made => {
            let file = regular(path, made)?;
            permit(&file, access).and_then(|()| sync_folder_of(path)).map_err(Error::io("create", path))?;
            Ok(file)
        }
    }
}

/// Takes the lock of a file that was just opened; `None` if the path names another file by now.
///
/// It waits for as long as `patience` while another process has the lock.
pub(super) fn lock(path: &Path, file: File, how: Lock, patience: Duration) -> Result<Option<File>> {
    let start = Instant::now();
    loop {
        let tried = match how {
            Lock::Shared => file.try_lock_shared(),
            Lock::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                let because = format!("another process has held its lock for {} s", patience.as_secs());
                return Err(Error::Audit { doing: "lock the audit log", path: path.to_owned(), because });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
        }
    }
    Ok(is_still(path, &file).then_some(file))
}

/// How a file is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Others may read.
    Shared,
    /// Nobody else may have it.
    Exclusive,
}

/// Puts new content in the place of a small file, whole or not at all; only who has the log's lock may do that.
pub(super) fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let new = beside(path, ".new");
    // What a killed run left there is gone with this; a link is removed, not followed.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, access.mode());
    let written = options.open(&new).and_then(|mut file| {
        io::Write::write_all(&mut file, content)?;
        permit(&file, access)?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&new);
    }
    written
}

/// Returns the name of a file that lies beside another.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns options that follow no link and wait for nobody.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options
}

/// Refuses what is not a regular file.
fn regular(path: &Path, opened: io::Result<File>) -> Result<File> {
    let refused = || Error::Audit {
        doing: "open the audit log",
        path: path.to_owned(),
        because: "it is not a regular file; a link is not followed".to_owned(),
    };
    let is_link = || path.symlink_metadata().is_ok_and(|found| !found.is_file());
    match opened {
        Ok(file) if file.metadata().is_ok_and(|found| found.is_file()) => Ok(file),
        Ok(_) => Err(refused()),
        Err(_) if is_link() => Err(refused()),
        Err(error) => Err(Error::io("open", path)(error)),
    }
}

/// Makes the folder of a file, open to those who may read the file.
fn make_folder(path: &Path, access: Access) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    if access == Access::Group {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        // The set-group-ID bit, where the system took it over, keeps new files in the repository's group.
        let mode = folder.metadata()?.mode() | 0o770;
        fs::set_permissions(folder, fs::Permissions::from_mode(mode & 0o7777))?;
    }
    #[cfg(not(unix))]
    let _ = access;
    sync_folder_of(folder)
}

/// Gives a new file the mode that it is to have, whatever the umask.
#[cfg(unix)]
fn permit(file: &File, access: Access) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(access.mode()))
}

/// Does nothing: here a file inherits who may read it.
#[cfg(not(unix))]
fn permit(_file: &File, _access: Access) -> io::Result<()> {
    Ok(())
}

/// Makes sure that a new name survives a power cut.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Does nothing: folders cannot be synced here.
#[cfg(not(unix))]
fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Tells whether a path still names the file that was opened.
#[cfg(unix)]
fn is_still(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |named: fs::Metadata, opened: fs::Metadata| (named.dev(), named.ino()) == (opened.dev(), opened.ino());
    path.symlink_metadata().is_ok_and(|named| file.metadata().is_ok_and(|opened| same(named, opened)))
}

/// Says yes: here the system does not let go of a file in use.
#[cfg(not(unix))]
fn is_still(_path: &Path, _file: &File) -> bool {
    true
}
