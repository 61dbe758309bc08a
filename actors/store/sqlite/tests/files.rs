//! The data folder: what is in it, who may use it, and that it keeps what it was given.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use futures_util::FutureExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::{open, scratch};
use crate::store::suite::Talk;
use crate::store::{CommitError, DeskStore, LogStore, OpenError, PeopleStore, SqliteStore, Stored};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_after_closing_and_opening() {
    let scratch = scratch().await;
    let talk = Talk::begin(&scratch.store, "shop").await;
    talk.commit(talk.said(0, "before", None)).await;
    let (session, site, id) = (talk.session.clone(), talk.site.clone(), talk.id.clone());
    scratch.store.close().await;
    let store = open(scratch.folder.path()).await;
    assert_eq!(
        store.session(&site, &session.id).await.unwrap(),
        Some(session.clone())
    );
    let talk = Talk {
        store: &store,
        site,
        session,
        id,
    };
    assert!(talk.commit(talk.said(0, "before", None)).await.repeated);
    talk.commit(talk.said(1, "after", None)).await;
    assert_eq!(store.history(&talk.id).await.unwrap().len(), 2);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_may_look_into_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("some/data");
    let store = SqliteStore::open(&folder).await.unwrap();
    Talk::begin(&store, "shop").await;
    assert_eq!(mode(&folder), 0o700);
    for file in ["hinny.db", "hinny.db-wal"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    let copy = parent.path().join("copy");
    store.backup(&copy).await.unwrap();
    assert_eq!(mode(&copy), 0o600);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_one_server_only() {
    let scratch = scratch().await;
    let refused = SqliteStore::open(scratch.folder.path()).await.err();
    let text = refused.unwrap().to_string();
    let folder = scratch.folder.path().display().to_string();
    let process = format!("process {}", std::process::id());
    for part in [folder.as_str(), process.as_str(), "--data"] {
        assert!(text.contains(part), "{text}");
    }
    scratch.store.close().await;
    open(scratch.folder.path()).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_may_look_while_a_server_runs_and_after() {
    let scratch = scratch().await;
    let talk = Talk::begin(&scratch.store, "shop").await;
    talk.commit(talk.said(0, "hello", None)).await;
    let reader = SqliteStore::open_read_only(scratch.folder.path())
        .await
        .unwrap();
    assert_eq!(reader.history(&talk.id).await.unwrap().len(), 1);
    talk.commit(talk.said(1, "again", None)).await;
    assert_eq!(reader.history(&talk.id).await.unwrap().len(), 2);
    assert_eq!(reader.counts().await.unwrap().conversations, 1);
    let refused = reader.commit(talk.said(2, "me too", None)).await;
    assert!(matches!(refused, Err(CommitError::Store(_))));
    assert!(reader.admit(&talk.site, 1).await.is_err());
    reader.close().await;
    scratch.store.close().await;
    let reader = SqliteStore::open_read_only(scratch.folder.path())
        .await
        .unwrap();
    assert_eq!(reader.history(&talk.id).await.unwrap().len(), 2);
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SqliteStore::open_read_only(folder.path()).await.err();
    assert!(matches!(refused, Some(OpenError::Missing(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hinny.db");
    std::fs::write(&file, "my diary, not a database".repeat(100)).unwrap();
    let text = SqliteStore::open(folder.path())
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        text.contains("hinny.db") && text.contains("not a database"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_says_so() {
    let scratch = scratch().await;
    let talk = Talk::begin(&scratch.store, "shop").await;
    scratch.store.close().await;
    let refused = scratch.store.commit(talk.said(0, "late", None)).await;
    assert!(matches!(refused, Err(CommitError::Store(_))));
    scratch.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_syncs_every_commit() {
    let scratch = scratch().await;
    for (name, wanted) in [
        ("synchronous", "2"),
        ("journal_mode", "wal"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
    ] {
        let value = scratch
            .store
            .write(name, |conn, name| setting(conn, name).boxed());
        assert_eq!(value.await.unwrap(), wanted, "{name}");
    }
    scratch.store.close().await;
}

async fn setting(conn: &mut SqliteConnection, name: &str) -> Stored<String> {
    let row = sqlx::query(AssertSqlSafe(format!("PRAGMA {name}")))
        .fetch_one(conn)
        .await?;
    Ok(row.try_get_unchecked(0)?)
}
