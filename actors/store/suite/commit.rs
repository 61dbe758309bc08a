//! One Change at a time: what it writes, and when it is refused.

use hinny_bridges::text::Text;

use super::{Talk, target, thread};
use crate::body::Body;
use crate::ids::{Cause, ConversationId};
use crate::store::{
    Alarm, AlarmName, Change, CommitError, DeliveryKind, Receipt, Store, StoreError,
};

/// A Change that touches everything a Change can touch.
fn full(talk: &Talk<'_>, expected_seq: u64) -> Change {
    let mut change = talk.said(expected_seq, "Anybody there?", Some(DeliveryKind::Card));
    change.alarms_set.push(Alarm {
        name: AlarmName::AnswerDue,
        at: 9,
        turn: 1,
    });
    change.thread_opened = Some((target(), thread("t")));
    change
}

/// Nothing but the conversation itself is there.
async fn assert_untouched(talk: &Talk<'_>, refused: &Change) {
    let store = talk.store;
    assert_eq!(store.history(&talk.id).await.unwrap(), []);
    assert_eq!(store.alarms().await.unwrap(), []);
    assert_eq!(store.due(9, &[], &[], 9).await.unwrap(), []);
    assert_eq!(store.thread_of(&talk.id).await.unwrap(), None);
    let receipt = store.receipt(&talk.site, &refused.cause).await.unwrap();
    assert_eq!(receipt, None);
    assert_eq!(talk.seq().await, 0);
}

pub async fn a_stale_change_writes_nothing(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let change = full(&talk, 3);
    let refused = store.commit(change.clone()).await;
    assert!(matches!(refused, Err(CommitError::Conflict { actual: 0 })));
    assert_untouched(&talk, &change).await;
    let receipt = talk.commit(full(&talk, 0)).await;
    assert_eq!((receipt.first, receipt.last), (1, 1));
    let refused = store.commit(talk.said(0, "late", None)).await;
    // The cause of `said` names the seq, so this is the first one again and no conflict.
    assert!(refused.unwrap().repeated);
    let mut late = talk.said(0, "late", None);
    late.cause = Cause::from("late");
    let refused = store.commit(late).await;
    assert!(matches!(refused, Err(CommitError::Conflict { actual: 1 })));
}

pub async fn a_repeated_cause_has_no_second_effect(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let change = full(&talk, 0);
    let first = talk.commit(change.clone()).await;
    assert_eq!(
        store.receipt(&talk.site, &change.cause).await.unwrap(),
        Some(repeated(first))
    );
    talk.commit(talk.said(1, "more", None)).await;
    let mut again = full(&talk, 2);
    again.cause = change.cause.clone();
    for change in [change, again] {
        assert_eq!(talk.commit(change).await, repeated(first));
    }
    assert_eq!(talk.seq().await, 2);
    assert_eq!(store.counts().await.unwrap().pending_deliveries, 1);
}

fn repeated(receipt: Receipt) -> Receipt {
    Receipt {
        repeated: true,
        ..receipt
    }
}

pub async fn a_cause_without_events_is_remembered(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "hello", None)).await;
    let receipt = talk.commit(talk.change(1, "nothing")).await;
    assert_eq!(
        (receipt.first, receipt.last, receipt.repeated),
        (2, 1, false)
    );
    let again = talk.commit(talk.change(1, "nothing")).await;
    assert_eq!(again, repeated(receipt));
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!((row.seq, row.updated_at), (1, 1000));
}

pub async fn the_same_cause_at_two_sites_is_two_causes(store: &dyn Store) {
    for site in ["shop", "bakery"] {
        let talk = Talk::begin(store, site).await;
        let mut change = talk.said(0, "hello", None);
        change.cause = Cause::from("same");
        assert!(!talk.commit(change).await.repeated);
        assert_eq!(talk.seq().await, 1);
    }
}

pub async fn unknown_and_foreign_conversations_are_refused(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut foreign = full(&talk, 0);
    foreign.site = "bakery".into();
    let mut unknown = full(&talk, 0);
    unknown.conversation = ConversationId::from("nobody");
    for change in [foreign, unknown] {
        let refused = store.commit(change.clone()).await;
        assert!(matches!(refused, Err(CommitError::Unknown)));
        assert_untouched(&talk, &change).await;
    }
}

pub async fn wrongly_numbered_events_are_refused(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut change = full(&talk, 0);
    change.events[0].seq = 2;
    let refused = store.commit(change.clone()).await;
    assert!(matches!(
        refused,
        Err(CommitError::Store(StoreError::Failed(_)))
    ));
    assert_untouched(&talk, &change).await;
}

pub async fn a_change_that_cannot_be_written_leaves_nothing(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut change = full(&talk, 0);
    // There is no event 7 that these words could belong to.
    change.bodies.push((7, Body::words(Text::plain("whose?"))));
    let refused = store.commit(change.clone()).await;
    assert!(matches!(
        refused,
        Err(CommitError::Store(StoreError::Failed(_)))
    ));
    assert_untouched(&talk, &change).await;
    talk.commit(full(&talk, 0)).await;
}
