//! The schema and its versions. An existing database is copied before it is changed, and one that is newer
//! than this binary is left alone.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, SqlStr};

use super::open::{OpenError, make_file, sync_parent};

/// Every migration of every release, in order. A released one is never changed.
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "start", include_str!("migrations/0001_start.sql")),
    (2, "team", include_str!("migrations/0002_team.sql")),
    (3, "outbox", include_str!("migrations/0003_outbox.sql")),
    (4, "files", include_str!("migrations/0004_files.sql")),
    (5, "faces", include_str!("migrations/0005_faces.sql")),
    (6, "inbound", include_str!("migrations/0006_inbound.sql")),
    (7, "insight", include_str!("migrations/0007_insight.sql")),
    (9, "talk", include_str!("migrations/0009_talk.sql")),
    (10, "consent", include_str!("migrations/0010_consent.sql")),
    (11, "said", include_str!("migrations/0011_said.sql")),
];

pub(super) fn migrator() -> Migrator {
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

pub(super) fn migration((version, name, sql): &(i64, &'static str, &'static str)) -> Migration {
    let sql = SqlStr::from_static(sql);
    Migration::new(
        *version,
        Cow::Borrowed(name),
        MigrationType::Simple,
        sql,
        false,
    )
}

/// Brings the database up to date.
pub(super) async fn run(
    conn: &mut SqliteConnection,
    file: &Path,
    migrator: &Migrator,
) -> Result<(), OpenError> {
    let (found, known) = versions(conn, file, migrator).await?;
    if 0 < found && found < known {
        keep_copy(conn, file, known).await?;
    }
    migrator
        .run(conn)
        .await
        .map_err(|source| OpenError::Migration {
            path: file.to_owned(),
            source,
        })
}

/// For readers, who change nothing.
pub(super) async fn check(
    conn: &mut SqliteConnection,
    file: &Path,
    migrator: &Migrator,
) -> Result<(), OpenError> {
    let (found, known) = versions(conn, file, migrator).await?;
    if found == known {
        return Ok(());
    }
    Err(OpenError::Older {
        file: file.to_owned(),
        found,
        known,
    })
}

/// The database's version and ours. Never returns one that is newer than ours.
async fn versions(
    conn: &mut SqliteConnection,
    file: &Path,
    migrator: &Migrator,
) -> Result<(i64, i64), OpenError> {
    let failed = |error| OpenError::database(file, error);
    let known = migrator
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let found = version(conn).await.map_err(failed)?;
    if found <= known {
        return Ok((found, known));
    }
    Err(OpenError::Newer {
        file: file.to_owned(),
        found,
        known,
    })
}

/// The last migration that was applied; 0 for an empty database.
async fn version(conn: &mut SqliteConnection) -> sqlx::Result<i64> {
    let table = "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query(table)
        .fetch_optional(&mut *conn)
        .await?
        .is_none()
    {
        return Ok(0);
    }
    sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations")
        .fetch_one(conn)
        .await?
        .try_get("version")
}

/// The copy gets its name when it is complete, so a file with this name can be trusted.
async fn keep_copy(conn: &mut SqliteConnection, file: &Path, to: i64) -> Result<(), OpenError> {
    let copy = with_ending(file, &format!("before-{to}"));
    copy_to(conn, &copy)
        .await
        .map_err(|error| OpenError::database(&copy, error))
}

/// Writes a consistent copy of the database to `copy`, complete or not at all.
pub(super) async fn copy_to(conn: &mut SqliteConnection, copy: &Path) -> sqlx::Result<()> {
    let part = with_ending(copy, "part");
    make_file(&part)?;
    let written = vacuum(conn, &part)
        .await
        .and_then(|()| settle(&part, copy).map_err(Into::into));
    if written.is_err() {
        // What is left of a failed copy is of no use, and the first error is the one to tell.
        std::fs::remove_file(&part).ok();
    }
    written
}

async fn vacuum(conn: &mut SqliteConnection, part: &Path) -> sqlx::Result<()> {
    let name = part.to_str().ok_or_else(|| {
        sqlx::Error::Configuration("the path of a copy must be valid UTF-8".into())
    })?;
    sqlx::query("VACUUM INTO $1")
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}

/// Synced first and renamed then: what has the name is whole.
fn settle(part: &Path, copy: &Path) -> std::io::Result<()> {
    std::fs::File::open(part)?.sync_all()?;
    std::fs::rename(part, copy)?;
    sync_parent(copy)
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
