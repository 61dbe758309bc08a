//! Locks, full disks, callers that go away, and ends without warning.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{join_all, poll_immediate};
use sqlx::sqlite::SqliteConnection;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use super::{open, scratch, stranger, text};
use crate::ids::Seq;
use crate::store::suite::Talk;
use crate::store::{CommitError, DeskStore, LogStore, SqliteStore, StoreError, Stored};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_reported_soon_and_works_again() {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talk = Talk::begin(store, "shop").await;
    let mut other = stranger(&scratch.folder.path().join("hinny.db")).await;
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let begun = Instant::now();
    let refused = store.commit(talk.said(0, "hello", None)).await;
    assert!(matches!(
        refused,
        Err(CommitError::Store(StoreError::Locked))
    ));
    assert!(matches!(store.probe().await, Err(StoreError::Locked)));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(talk.seq().await, 0);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    talk.commit(talk.said(0, "hello", None)).await;
    store.close().await;
}

/// Allows the file only `pages` more than nothing; SQLite takes its present size when that is larger.
async fn limit(store: &SqliteStore, pages: u32) {
    store
        .write(pages, |conn, pages| set_limit(conn, *pages).boxed())
        .await
        .unwrap();
}

async fn set_limit(conn: &mut SqliteConnection, pages: u32) -> Stored<()> {
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(sql).execute(conn).await?;
    Ok(())
}

/// Says long lines until one does not fit; returns how many did.
async fn fill(talk: &Talk<'_>, words: &str) -> Seq {
    for seq in 0..1000 {
        match talk.store.commit(talk.said(seq, words, None)).await {
            Ok(receipt) => assert_eq!(receipt.last, seq + 1),
            Err(CommitError::Store(StoreError::Full)) => return seq,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the disk never was full")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported_writes_nothing_and_works_again() {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talk = Talk::begin(store, "shop").await;
    limit(store, 1).await;
    let words = "a long line ".repeat(500);
    let fitted = fill(&talk, &words).await;
    assert_eq!(talk.seq().await, fitted);
    assert_eq!(store.history(&talk.id).await.unwrap().len() as u64, fitted);
    let many = (0..10).map(|_| store.commit(talk.said(fitted, &words, None)));
    for refused in join_all(many).await {
        assert!(matches!(refused, Err(CommitError::Store(StoreError::Full))));
    }
    limit(store, 1_000_000).await;
    talk.commit(talk.said(fitted, &words, None)).await;
    let read = store.read(&talk.id, 0, 10_000).await.unwrap();
    assert_eq!(read.len() as u64, fitted + 1);
    assert!(read.iter().all(|entry| entry.body.is_some()));
    store.close().await;
    let mut conn = stranger(&scratch.folder.path().join("hinny.db")).await;
    assert_eq!(text(&mut conn, "PRAGMA integrity_check").await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_is_written_though_nobody_waits() {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talk = Talk::begin(store, "shop").await;
    let change = talk.said(0, "I am off", None);
    let cause = change.cause.clone();
    let mut leaving = store.commit(change);
    assert!(poll_immediate(&mut leaving).await.is_none());
    drop(leaving);
    // The queue keeps its order, so whatever is answered later was written later.
    Talk::begin(store, "shop").await;
    assert!(store.receipt(&talk.site, &cause).await.unwrap().is_some());
    assert_eq!(talk.seq().await, 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_changes_may_be_queued_at_once() {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talk = Talk::begin(store, "shop").await;
    let queued = (0..100).map(|seq| store.commit(talk.said(seq, "and then", None)));
    for (seq, receipt) in join_all(queued).await.into_iter().enumerate() {
        assert_eq!(receipt.unwrap().first, seq as u64 + 1);
    }
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!((row.seq, row.updated_at), (100, 100_000));
    assert_eq!(store.history(&talk.id).await.unwrap().len(), 100);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_writer_stops_nothing() {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talk = Talk::begin(store, "shop").await;
    for seq in 0..3 {
        let lost: Stored<()> = store
            .write((), |_, ()| async { panic!("injected") }.boxed())
            .await;
        assert!(matches!(lost, Err(StoreError::Failed(_))));
        talk.commit(talk.said(seq, "life goes on", None)).await;
    }
    assert_eq!(store.history(&talk.id).await.unwrap().len(), 3);
    store.close().await;
}

/// Every acknowledged line: its conversation and its seq.
type Acknowledged = Arc<Mutex<Vec<(crate::ids::ConversationId, Seq)>>>;

/// Talks until the store goes away under it; every acknowledged line is noted and counted.
async fn talk_on(store: Arc<SqliteStore>, known: Acknowledged, count: Arc<Semaphore>) {
    let talk = Talk::begin(&*store, "shop").await;
    for seq in 0.. {
        let Ok(receipt) = store.commit(talk.said(seq, "and then", None)).await else {
            return;
        };
        known.lock().unwrap().push((talk.id.clone(), receipt.last));
        count.add_permits(1);
    }
}

#[test]
fn an_end_without_warning_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let known = Acknowledged::default();
    for round in 1..=5 {
        let runtime = Runtime::new().unwrap();
        let count = Arc::new(Semaphore::new(0));
        runtime.block_on(async {
            let store = Arc::new(open(folder.path()).await);
            for _ in 0..16 {
                tokio::spawn(talk_on(store.clone(), known.clone(), count.clone()));
            }
            let enough = count.acquire_many(100 * round);
            let talked = tokio::time::timeout(Duration::from_secs(60), enough).await;
            drop(talked.expect("many lines within a minute").unwrap());
        });
        drop(runtime);
    }
    Runtime::new()
        .unwrap()
        .block_on(assert_all_there(folder.path(), &known));
}

async fn assert_all_there(folder: &std::path::Path, known: &Acknowledged) {
    let store = open(folder).await;
    let known = known.lock().unwrap().clone();
    assert!(known.len() >= 1500);
    for (id, seq) in known {
        let entries = store.read(&id, seq - 1, 1).await.unwrap();
        assert_eq!(entries[0].event.seq, seq);
        assert!(entries[0].body.is_some());
    }
    let mut conn = stranger(&folder.join("hinny.db")).await;
    assert_eq!(text(&mut conn, "PRAGMA integrity_check").await, "ok");
    store.close().await;
}
