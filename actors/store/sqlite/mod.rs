//! `SqliteStore`: the embedded store, one file in the data folder.
//!
//! Everything is written by one task (`writer`), which takes whatever waits into one synced transaction;
//! everything is read on a few connections of their own, which a write never blocks.
//!
//! Which file answers which question:
//! - `open`: what happens when a data folder is opened, and why it may be refused.
//! - `lock`: why two servers never use the same folder.
//! - `migrate`, `migrations/`: which tables there are, how they change, how a copy is made.
//! - `queue`: what can wait for the writer, and what a waiting caller is told.
//! - `writer`: how work is grouped, and what a full disk, a lock or a panic does to it.
//! - `change`, `commit`, `rows`: how a Change becomes rows, when it is refused, and in which statements it goes.
//! - `log`, `inbound`, `outbox`, `people`, `desk`: the verbs of the traits of the same names.
//! - `posts`: which platform message carries what. `due`: which deliveries and alarms have come due. `answers`: what the bot answered, for the desk.
//! - `earlier`: a visitor's own conversations.
//! - `insight`: what a team looks back at. `digest`: what it was told of each day.
//! - `lobby`: what members did while a file of theirs is still being fetched.
//! - `files`: what is known of files, and which message has them.
//! - `whereabouts`: where a visitor is, and when the card says so.
//! - `codec`, `error`: how values are kept in columns, and what SQLite's errors mean to us.

mod answers;
mod change;
mod codec;
mod commit;
mod desk;
mod digest;
mod due;
mod earlier;
mod error;
mod files;
mod inbound;
mod insight;
mod lobby;
mod lock;
mod log;
mod migrate;
mod open;
mod outbox;
mod people;
mod posts;
mod queue;
mod rows;
#[cfg(test)]
mod tests;
mod whereabouts;
mod writer;

use std::path::{Path, PathBuf};

use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;

use super::{StoreError, Stored};
pub use open::OpenError;
use open::Settings;
use queue::{Queue, Verb};

/// The embedded store. Its tasks live in the runtime that opened it; it may be called from any.
pub struct SqliteStore {
    readers: SqlitePool,
    /// `None` when it was opened for reading only.
    writer: Option<Queue>,
    file: PathBuf,
}

impl SqliteStore {
    /// Opens the data folder for a server, and makes it if there is none.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        open::open(folder, Settings::default()).await
    }

    /// Opens the data folder for looking only, also while a server uses it.
    pub async fn open_read_only(folder: &Path) -> Result<Self, OpenError> {
        open::open_read_only(folder, Settings::default()).await
    }

    async fn reader(&self) -> Stored<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    fn writer(&self) -> Stored<&Queue> {
        let closed = || StoreError::Failed("the store is open for reading only".to_owned());
        self.writer.as_ref().ok_or_else(closed)
    }

    /// Runs a writing verb in the next transaction.
    async fn write<A, T>(&self, args: A, verb: Verb<A, T>) -> Stored<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.writer()?.run(args, verb).await
    }
}
