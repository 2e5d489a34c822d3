//! The file of a store: opened with care, written in transactions, emptied when it is damaged.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use crate::path::{Escaped, RepoPath};

/// Marks our files among those of SQLite: `igst`.
const APPLICATION: i32 = 0x6967_7374;
/// The version of the tables and of what is in them.
const VERSION: i32 = 1;
/// The tables, word by word as SQLite keeps them.
const TABLES: [&str; 3] = [
    "CREATE TABLE record (kind TEXT NOT NULL, rules BLOB NOT NULL, name BLOB NOT NULL, \
     part BLOB NOT NULL, body BLOB NOT NULL, sum BLOB NOT NULL) STRICT",
    "CREATE INDEX record_by_name ON record (kind, rules, name)",
    "CREATE TABLE clean (blob BLOB PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID",
];
/// The most bytes of one value: a planted one must not take all memory.
const MAX_VALUE: i32 = 64 << 20;
/// How long to wait for another run that writes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A store's file, open.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    /// The file, with a real path to its folder.
    path: PathBuf,
    /// Which file that was when it was opened.
    identity: Option<Identity>,
}

/// Tells one file from another, whatever their names.
type Identity = (u64, u64);

/// What a file is that SQLite could open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A store of this version.
    Ours,
    /// A store of another version, or one whose tables were changed.
    Other,
    /// Nothing at all yet.
    Empty,
    /// Something that is not ours.
    Foreign,
}

impl Database {
    /// Opens a file, which becomes a store if there is none.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let doing = "open the store";
        let path = settle(file).map_err(|because| Error::Store { doing, path: file.to_owned(), because })?;
        let failed = |error: rusqlite::Error| Error::Store { doing, path: path.clone(), because: said(&error) };
        let mut connection = connect(&path).map_err(failed)?;
        match layout(&connection) {
            Ok(Layout::Ours) => {}
            Ok(Layout::Empty) => create(&mut connection).map_err(failed)?,
            Ok(Layout::Other) => reset(&mut connection).map_err(failed)?,
            Err(error) if is_damage(&error) && bears_our_mark(&path) => reset(&mut connection).map_err(failed)?,
            Err(error) if !is_damage(&error) => return Err(failed(error)),
            Ok(Layout::Foreign) | Err(_) => {
                let because = "it is not a store of ideoguard, and is left as it is".to_owned();
                return Err(Error::Store { doing, path, because });
            }
        }
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        let identity = identity(&path);
        Ok(Self { connection, path, identity })
    }

    /// Returns the file, with a real path to its folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads with `read`, all at one time; from a damaged file nothing, after which it is empty.
    pub(super) fn read<T: Default>(&mut self, read: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T> {
        match transact(&mut self.connection, TransactionBehavior::Deferred, &read) {
            Err(error) if is_damage(&error) => {
                reset(&mut self.connection).map_err(|error| self.failed("empty the damaged store", &error))?;
                Ok(T::default())
            }
            other => other.map_err(|error| self.failed("read the store", &error)),
        }
    }

    /// Writes with `write`, all or nothing; a damaged file is emptied first.
    pub(super) fn write<T>(&mut self, write: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T> {
        let doing = "write to the store";
        if identity(&self.path) != self.identity {
            let because = "it was removed or replaced while it was in use".to_owned();
            return Err(Error::Store { doing, path: self.path.clone(), because });
        }
        let mut written = transact(&mut self.connection, TransactionBehavior::Immediate, &write);
        if written.as_ref().is_err_and(is_damage) {
            reset(&mut self.connection).map_err(|error| self.failed("empty the damaged store", &error))?;
            written = transact(&mut self.connection, TransactionBehavior::Immediate, &write);
        }
        written.map_err(|error| self.failed(doing, &error))
    }

    /// Removes everything, and gives the space back.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.write(|transaction| transaction.execute_batch("DELETE FROM record; DELETE FROM clean"))?;
        self.connection.execute_batch("VACUUM").map_err(|error| self.failed("shrink the store", &error))
    }

    /// Says what failed.
    fn failed(&self, doing: &'static str, error: &rusqlite::Error) -> Error {
        Error::Store { doing, path: self.path.clone(), because: said(error) }
    }
}

/// Returns the file that a store is to be, with a real path to its folder; it exists from then on.
fn settle(file: &Path) -> std::result::Result<PathBuf, String> {
    let name = file.file_name().ok_or("that names no file")?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let said = |error: io::Error| error.to_string();
    fs::create_dir_all(folder).map_err(said)?;
    let path = folder.canonicalize().map_err(said)?.join(name);
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err("it is not a regular file; a link is not followed".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => create_file(&path).map_err(said)?,
        Err(error) => return Err(said(error)),
    }
    refuse_beside(&path)?;
    Ok(path)
}

/// Creates an empty file that only its owner may read.
fn create_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Another run was faster. If it was no run but a link, SQLite refuses it.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

/// Refuses anything but files where SQLite keeps its journals: it would wait for a FIFO.
fn refuse_beside(path: &Path) -> std::result::Result<(), String> {
    for suffix in ["-journal", "-wal", "-shm"] {
        let beside = beside(path, suffix);
        if beside.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(format!("`{}` is not a regular file", RepoPath::from(beside.as_path())));
        }
    }
    Ok(())
}

/// Returns the name of a file that SQLite keeps beside another.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens a file that exists with SQLite, and nothing that a hostile file could use.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // No `SQLITE_OPEN_URI`: a file may be called `file:x?mode=ro`.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// Tells what a file is.
fn layout(connection: &Connection) -> rusqlite::Result<Layout> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let mut statement = connection.prepare("SELECT ifnull(sql, '') FROM sqlite_schema ORDER BY rowid")?;
    let tables: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(match (number("application_id")?, number("user_version")?) {
        (0, 0) if tables.is_empty() => Layout::Empty,
        (APPLICATION, VERSION) if tables == TABLES && keeps_journal(connection)? => Layout::Ours,
        (APPLICATION, _) => Layout::Other,
        (_, _) => Layout::Foreign,
    })
}

/// Tells whether changes go through a journal that is deleted in the end, as ours do.
fn keeps_journal(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "journal_mode", |row| Ok(row.get::<_, String>(0)? == "delete"))
}

/// Empties a store whatever is in it, and makes it one of this version.
///
/// The file is not deleted: another run that has it open would go on with a file
/// that has no name, and its journal would be taken for that of the new one.
fn reset(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
    let emptied = connection.execute_batch("VACUUM");
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
    emptied?;
    create(connection)
}

/// Makes an empty file a store; nothing happens if another run has done so.
fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    transact(connection, TransactionBehavior::Immediate, &|transaction| {
        if layout(transaction)? == Layout::Ours {
            return Ok(());
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        TABLES.iter().try_for_each(|table| transaction.execute_batch(table))
    })
}

/// Does something in one transaction; one that is to write begins when no other run does.
fn transact<T>(
    connection: &mut Connection,
    behaviour: TransactionBehavior,
    act: &impl Fn(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(behaviour)?;
    let done = act(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// Tells whether an error means that the file is damaged.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        // The tables are strict: only damage puts another type into a column.
        rusqlite::Error::InvalidColumnType(..) => true,
        other => matches!(other.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
    }
}

/// Tells whether a file that SQLite refuses was a store of ours once: it has SQLite's mark and ours.
fn bears_our_mark(path: &Path) -> bool {
    let mut head = [0; 72];
    let is_read = File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok();
    is_read && head.starts_with(b"SQLite format 3\0") && head[68..] == APPLICATION.to_be_bytes()
}

/// Returns what tells a file from others; `None` if it is gone, or the system does not say.
#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = path.symlink_metadata().ok()?;
    Some((found.dev(), found.ino()))
}

/// Returns what tells a file from others; here the system does not say, and does not let go of a file in use.
#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<Identity> {
    None
}

/// Says what SQLite said: its words may hold names from the file.
fn said(error: &rusqlite::Error) -> String {
    Escaped(error.to_string().as_bytes()).to_string()
}
