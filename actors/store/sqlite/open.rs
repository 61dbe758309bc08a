//! Opening a data folder: the folder itself, its lock, the connections, the schema.

use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, migrate::Migrator};

use super::SqliteStore;
use super::lock::FolderLock;
use super::{migrate, writer};

/// The database's name in the data folder.
pub(super) const FILE: &str = "hinny.db";

/// Connections that only read.
const READERS: u32 = 4;

/// The log file shrinks to this after it had to grow, in bytes.
const JOURNAL_LIMIT: &str = "67108864";

/// Why a data folder cannot be used, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the data folder {} is used by another hinny{by}: stop that one, or give this one its own folder with --data",
        folder.display()
    )]
    InUse { folder: PathBuf, by: String },
    #[error("there is no hinny store in {}", .0.display())]
    Missing(PathBuf),
    #[error(
        "{} was written by a newer hinny (schema {found}, this one knows {known}): use that version, or restore the backup made before it",
        file.display()
    )]
    Newer {
        file: PathBuf,
        found: i64,
        known: i64,
    },
    /// Reading does not change the schema, so an older one must be brought up to date by the server.
    #[error(
        "{} has an older schema ({found}, this hinny needs {known}): start the server once, it brings it up to date",
        file.display()
    )]
    Older {
        file: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("cannot open the store in {}: {source}", path.display())]
    Database { path: PathBuf, source: sqlx::Error },
    #[error("cannot bring the store in {} up to date: {source}", path.display())]
    Migration {
        path: PathBuf,
        source: sqlx::migrate::MigrateError,
    },
}

impl OpenError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        OpenError::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn database(path: &Path, source: sqlx::Error) -> Self {
        OpenError::Database {
            path: path.to_owned(),
            source,
        }
    }
}

/// What tests set otherwise.
pub(super) struct Settings {
    /// How long to wait for a lock that another program holds.
    pub busy: Duration,
    pub migrator: Migrator,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            busy: Duration::from_secs(2),
            migrator: migrate::migrator(),
        }
    }
}

pub(super) async fn open(folder: &Path, settings: Settings) -> Result<SqliteStore, OpenError> {
    make_folder(folder).map_err(|error| OpenError::io(folder, error))?;
    let lock = FolderLock::take(folder)?;
    let file = folder.join(FILE);
    make_file(&file).map_err(|error| OpenError::io(&file, error))?;
    let options = writing(&file, settings.busy);
    let mut conn = connect(&file, &options).await?;
    migrate::run(&mut conn, &file, &settings.migrator).await?;
    sync_parent(&file).map_err(|error| OpenError::io(folder, error))?;
    Ok(SqliteStore {
        readers: readers(&file, settings.busy),
        writer: Some(writer::start(conn, options, lock)),
        file,
    })
}

pub(super) async fn open_read_only(
    folder: &Path,
    settings: Settings,
) -> Result<SqliteStore, OpenError> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Err(OpenError::Missing(folder.to_owned()));
    }
    let mut conn = connect(&file, &reading(&file, settings.busy)).await?;
    migrate::check(&mut conn, &file, &settings.migrator).await?;
    Ok(SqliteStore {
        readers: readers(&file, settings.busy),
        writer: None,
        file,
    })
}

/// Only the owner may look into it: it holds what visitors said.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    sync_parent(folder)
}

/// An empty file for SQLite to fill, for the owner's eyes only. SQLite gives the files that it puts beside
/// it the same permissions.
pub(super) fn make_file(file: &Path) -> io::Result<()> {
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)?;
    Ok(())
}

/// A new file is durable only when its folder is.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::File::open(parent)?.sync_all()
}

async fn connect(
    file: &Path,
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, OpenError> {
    let failed = |error| OpenError::database(file, error);
    options.connect().await.map_err(failed)
}

fn writing(file: &Path, busy: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(busy)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", JOURNAL_LIMIT)
        .disable_statement_logging()
}

pub(super) fn reading(file: &Path, busy: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .busy_timeout(busy)
        .pragma("query_only", "ON")
        .disable_statement_logging()
}

fn readers(file: &Path, busy: Duration) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(reading(file, busy))
}
