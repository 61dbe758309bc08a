//! Older and newer databases, and rows that this version cannot read.

use std::path::Path;

use sqlx::migrate::Migrator;

use super::{open, scratch, stranger};
use crate::store::sqlite::migrate::{MIGRATIONS, migration};
use crate::store::sqlite::open::{self as opening, Settings};
use crate::store::suite::Talk;
use crate::store::{DeskStore, LogStore, OpenError, SqliteStore, StoreError};

type Step = (i64, &'static str, &'static str);

const STEP: Step = (9000, "later", "ALTER TABLE visitor ADD COLUMN note TEXT");

/// How a later hinny would open the folder.
async fn open_later(folder: &Path, step: Step) -> Result<SqliteStore, OpenError> {
    let steps = MIGRATIONS.iter().chain([&step]).map(migration).collect();
    let settings = Settings {
        migrator: Migrator::with_migrations(steps),
        ..Settings::default()
    };
    opening::open(folder, settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_keeps_a_copy_first() {
    let scratch = scratch().await;
    let folder = scratch.folder.path();
    let talk = Talk::begin(&scratch.store, "shop").await;
    talk.commit(talk.said(0, "hello", None)).await;
    scratch.store.close().await;
    let copy = folder.join("hinny.db.before-9000");
    assert!(!copy.exists());
    let later = open_later(folder, STEP).await.unwrap();
    assert_eq!(later.history(&talk.id).await.unwrap().len(), 1);
    later.close().await;
    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(&copy, restored.path().join("hinny.db")).unwrap();
    let older = open(restored.path()).await;
    assert_eq!(older.history(&talk.id).await.unwrap().len(), 1);
    older.close().await;
    // Nothing is pending any more, so nothing is copied.
    std::fs::remove_file(&copy).unwrap();
    open_later(folder, STEP).await.unwrap().close().await;
    assert!(!copy.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_alone() {
    let scratch = scratch().await;
    scratch.store.close().await;
    let folder = scratch.folder.path();
    open_later(folder, STEP).await.unwrap().close().await;
    let before = std::fs::read(folder.join("hinny.db")).unwrap();
    let refused = [
        SqliteStore::open(folder).await.err(),
        SqliteStore::open_read_only(folder).await.err(),
    ];
    for error in refused {
        let text = error.unwrap().to_string();
        assert!(
            text.contains("newer hinny") && text.contains("9000"),
            "{text}"
        );
    }
    assert!(std::fs::read(folder.join("hinny.db")).unwrap() == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_changes_nothing() {
    let scratch = scratch().await;
    let talk = Talk::begin(&scratch.store, "shop").await;
    scratch.store.close().await;
    let broken =
        "ALTER TABLE visitor ADD COLUMN note TEXT; ALTER TABLE nothing RENAME TO something";
    let refused = open_later(scratch.folder.path(), (9000, "broken", broken)).await;
    assert!(matches!(refused.err(), Some(OpenError::Migration { .. })));
    let store = open(scratch.folder.path()).await;
    assert!(store.conversation(&talk.id).await.unwrap().is_some());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_does_not_migrate() {
    let folder = tempfile::tempdir().unwrap();
    stranger_makes(&folder.path().join("hinny.db")).await;
    let refused = SqliteStore::open_read_only(folder.path()).await.err();
    assert!(matches!(refused, Some(OpenError::Older { found: 0, .. })));
}

async fn stranger_makes(file: &Path) {
    std::fs::File::create(file).unwrap();
    let mut conn = stranger(file).await;
    sqlx::query("CREATE TABLE something (id TEXT)")
        .execute(&mut conn)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_later_version_is_named_and_not_guessed() {
    let spoilers = [
        ("UPDATE event SET version = 99 WHERE seq = 2", "newer hinny"),
        (
            "UPDATE event SET what = '{\"kind\":\"sang\"}' WHERE seq = 2",
            "sang",
        ),
    ];
    for (sql, told) in spoilers {
        let scratch = scratch().await;
        let talk = Talk::begin(&scratch.store, "shop").await;
        talk.commit(talk.said(0, "hello", None)).await;
        talk.commit(talk.said(1, "hello?", None)).await;
        let mut conn = stranger(&scratch.folder.path().join("hinny.db")).await;
        sqlx::query(sql).execute(&mut conn).await.unwrap();
        let refused = scratch.store.history(&talk.id).await;
        let Err(StoreError::Unreadable(text)) = refused else {
            panic!("{refused:?}")
        };
        assert!(text.contains("event 2") && text.contains(told), "{text}");
        scratch.store.close().await;
    }
}
