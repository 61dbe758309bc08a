//! How fast 64 callers at once can commit. Printed, not judged: the machine decides.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;

use crate::body::Body;
use crate::event::{Event, Handling, Intent, What};
use crate::ids::{Cause, ConversationId, MessageId, SiteId};
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, DeskStore, LogStore, PeopleStore};
use hinny_bridges::text::Text;

const CALLERS: usize = 64;
const EACH: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_callers_commit_everything() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let site = SiteId::from("shop");
    let mut conversations = Vec::new();
    for _ in 0..CALLERS {
        let session = store.admit(&site, 1).await.unwrap();
        conversations.push(store.open(&site, &session.visitor, 1).await.unwrap());
    }
    let begun = Instant::now();
    let callers = conversations.iter().cloned().map(|conversation| {
        let (store, site) = (store.clone(), site.clone());
        tokio::spawn(async move { say_all(&store, &site, &conversation).await })
    });
    for caller in join_all(callers).await {
        caller.unwrap();
    }
    let rate = (CALLERS as f64 * EACH as f64) / begun.elapsed().as_secs_f64();
    println!("{rate:.0} commits/s from {CALLERS} callers");
    for conversation in &conversations {
        assert_eq!(
            store.history(conversation).await.unwrap().len() as u64,
            EACH
        );
    }
    store.close().await;
}

async fn say_all(store: &SqliteStore, site: &SiteId, conversation: &ConversationId) {
    for seq in 0..EACH {
        let receipt = store.commit(said(site, conversation, seq)).await.unwrap();
        assert_eq!((receipt.first, receipt.repeated), (seq + 1, false));
    }
}

fn said(site: &SiteId, conversation: &ConversationId, expected_seq: u64) -> Change {
    let message = MessageId(format!("m{expected_seq}"));
    let what = What::VisitorSaid {
        message,
        intent: Intent::Question,
        turn: None,
    };
    let mut change = Change::new(
        site.clone(),
        conversation.clone(),
        expected_seq,
        Cause(format!("{conversation}:{expected_seq}")),
        Handling::Bot,
    );
    let seq = expected_seq + 1;
    change.events.push(Event { seq, at: 5, what });
    let words = Body::words(Text::plain("How do I return a parcel?"));
    change.bodies.push((seq, words));
    change
}
