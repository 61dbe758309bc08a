//! What is particular to SQLite: files, locks, full disks, crashes, migrations and speed. What any backend
//! must do is in `suite`.

mod copies;
mod files;
mod load;
mod plans;
mod schema;
mod trouble;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};
use tempfile::TempDir;

use super::open::{self, Settings};
use crate::store::suite::Fresh;
use crate::store::{SqliteStore, Store};

/// A store in a folder of its own, which goes away with it.
struct Scratch {
    store: SqliteStore,
    folder: TempDir,
}

impl Fresh for Scratch {
    fn store(&self) -> &dyn Store {
        &self.store
    }
}

async fn scratch() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    Scratch {
        store: open(folder.path()).await,
        folder,
    }
}

/// A store that gives up quickly on locks, so that tests need not wait.
async fn open(folder: &Path) -> SqliteStore {
    let settings = Settings {
        busy: Duration::from_millis(200),
        ..Settings::default()
    };
    open::open(folder, settings).await.unwrap()
}

/// Another program's connection to the same file.
async fn stranger(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file);
    options.connect().await.unwrap()
}

async fn text(conn: &mut SqliteConnection, sql: &'static str) -> String {
    let row = sqlx::query(sql).fetch_one(conn).await.unwrap();
    row.get(0)
}

mod suite {
    crate::store::suite::suite!(crate::store::sqlite::tests::scratch);
}
