//! Backups while serving, and coming back from one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::{open, scratch, stranger, text};
use crate::ids::ConversationId;
use crate::store::suite::Talk;
use crate::store::{DeliveryKind, DeskStore, LogStore, OutboxStore};

const TALKS: usize = 8;
const LINES: u64 = 60;

/// Acknowledged lines, and a bell for the first hundred.
#[derive(Default)]
struct Progress {
    lines: AtomicU64,
    hundred: Notify,
}

async fn talk_on(talk: &Talk<'_>, progress: &Progress) {
    for seq in 0..LINES {
        let line = Some(DeliveryKind::Line);
        talk.commit(talk.said(seq, &format!("line {seq}"), line))
            .await;
        if progress.lines.fetch_add(1, Ordering::SeqCst) == 100 {
            progress.hundred.notify_one();
        }
    }
}

/// Serves, copies to `copy` meanwhile, and returns the conversations and how many lines were known before.
async fn copy_under_load(copy: &Path) -> (Vec<ConversationId>, u64) {
    let scratch = scratch().await;
    let store = &scratch.store;
    let talks = join_all((0..TALKS).map(|_| Talk::begin(store, "shop"))).await;
    let progress = Arc::new(Progress::default());
    let talking = join_all(talks.iter().map(|talk| talk_on(talk, &progress)));
    let copying = async {
        progress.hundred.notified().await;
        let known = progress.lines.load(Ordering::SeqCst);
        store.backup(copy).await.unwrap();
        known
    };
    let (_, known) = futures_util::future::join(talking, copying).await;
    store.close().await;
    (talks.into_iter().map(|talk| talk.id).collect(), known)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_holds_a_prefix_and_goes_on() {
    let restored = tempfile::tempdir().unwrap();
    let file = restored.path().join("hinny.db");
    let (conversations, known) = copy_under_load(&file).await;
    let mut conn = stranger(&file).await;
    assert_eq!(text(&mut conn, "PRAGMA integrity_check").await, "ok");
    drop(conn);
    let store = open(restored.path()).await;
    let mut lines = 0;
    for id in &conversations {
        let history = store.history(id).await.unwrap();
        let seqs: Vec<_> = history.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=history.len() as u64).collect::<Vec<_>>());
        let row = store.conversation(id).await.unwrap().unwrap();
        assert_eq!(row.seq, history.len() as u64);
        let entries = store.read(id, 0, 1000).await.unwrap();
        assert!(entries.iter().all(|entry| entry.body.is_some()));
        lines += row.seq;
    }
    assert!(known <= lines && lines <= TALKS as u64 * LINES);
    assert_eq!(store.counts().await.unwrap().pending_deliveries, lines);
    assert_eq!(store.due(1, &[], &[], 100).await.unwrap().len(), TALKS);
    let talk = Talk::begin(&store, "shop").await;
    talk.commit(talk.said(0, "life goes on", None)).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_not_copied() {
    let scratch = scratch().await;
    let file = scratch.folder.path().join("hinny.db");
    let mut conn = stranger(&file).await;
    for damage in [
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_schema WHERE name = 'delivery_dead'",
    ] {
        sqlx::query(damage).execute(&mut conn).await.unwrap();
    }
    drop(conn);
    let copy = scratch.folder.path().join("copy.db");
    let refused = scratch.store.backup(&copy).await.unwrap_err();
    assert!(refused.to_string().contains("damaged"), "{refused}");
    assert!(!copy.exists());
}
