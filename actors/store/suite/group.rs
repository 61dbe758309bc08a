//! Many Changes at once, and what bad ones among them do to the others: nothing.

use futures_util::future::{join, join_all};
use hinny_bridges::{Part, Post, PostId};

use super::{Talk, target, thread};
use crate::ids::Cause;
use crate::store::{Change, CommitError, DeliveryKind, Receipt, Store};

const MANY: usize = 100;

async fn talks<'a>(store: &'a dyn Store) -> Vec<Talk<'a>> {
    join_all((0..MANY).map(|_| Talk::begin(store, "shop"))).await
}

async fn commit_all(store: &dyn Store, changes: Vec<Change>) -> Vec<Result<Receipt, CommitError>> {
    join_all(changes.into_iter().map(|change| store.commit(change))).await
}

/// Each of them has exactly its own one event, with its words and its delivery.
async fn assert_written(talks: &[Talk<'_>], changes: &[Change]) {
    for (talk, change) in talks.iter().zip(changes) {
        let read = talk.store.read(&talk.id, 0, 9).await.unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].event, change.events[0]);
        assert_eq!(read[0].body.as_ref(), Some(&change.bodies[0].1));
        assert_eq!(talk.seq().await, 1);
    }
    let store = talks[0].store;
    let pending = store.counts().await.unwrap().pending_deliveries;
    assert_eq!(pending, talks.len() as u64);
}

fn hello(talks: &[Talk<'_>]) -> Vec<Change> {
    let line = Some(DeliveryKind::Line);
    let each = talks.iter().enumerate();
    each.map(|(number, talk)| talk.said(0, &format!("hello {number}"), line))
        .collect()
}

pub async fn a_conflict_and_a_repetition_leave_ninety_eight_alone(store: &dyn Store) {
    let talks = talks(store).await;
    let mut changes = hello(&talks);
    let (conflicting, repeated) = (17, 71);
    talks[conflicting]
        .commit(changes[conflicting].clone())
        .await;
    talks[repeated].commit(changes[repeated].clone()).await;
    let written = changes.clone();
    changes[conflicting].cause = Cause::from("another");
    let outcomes = commit_all(store, changes).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Err(CommitError::Conflict { actual: 1 }) => assert_eq!(number, conflicting),
            Ok(receipt) => assert_eq!(receipt.repeated, number == repeated),
            Err(other) => panic!("{number}: {other}"),
        }
    }
    assert_written(&talks, &written).await;
}

pub async fn an_impossible_change_leaves_its_neighbours_alone(store: &dyn Store) {
    let owner = Talk::begin(store, "shop").await;
    let mut opening = owner.change(0, "opening");
    opening.thread_opened = Some((target(), thread("taken")));
    owner.commit(opening).await;
    let talks = talks(store).await;
    let mut changes = hello(&talks);
    changes[50].thread_opened = Some((target(), thread("taken")));
    let mut outcomes = commit_all(store, changes.clone()).await;
    assert!(matches!(outcomes.remove(50), Err(CommitError::Store(_))));
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(talks[50].seq().await, 0);
    changes[50].thread_opened = None;
    talks[50].commit(changes[50].clone()).await;
    assert_written(&talks, &changes).await;
}

pub async fn two_writers_of_one_conversation_cannot_both_win(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (mut one, mut other) = (talk.said(0, "one", None), talk.said(0, "other", None));
    one.cause = Cause::from("one");
    other.cause = Cause::from("other");
    let (one, other) = join(store.commit(one), store.commit(other)).await;
    assert!(one.is_ok() != other.is_ok());
    let lost = one.and(other).unwrap_err();
    assert!(matches!(lost, CommitError::Conflict { actual: 1 }));
    assert_eq!(store.history(&talk.id).await.unwrap().len(), 1);
}

pub async fn one_cause_from_many_callers_counts_once(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let outcomes = commit_all(store, vec![talk.said(0, "hello", None); MANY]).await;
    let receipts: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        receipts.iter().filter(|receipt| !receipt.repeated).count(),
        1
    );
    assert!(
        receipts
            .iter()
            .all(|receipt| (receipt.first, receipt.last) == (1, 1))
    );
    assert_eq!(store.history(&talk.id).await.unwrap().len(), 1);
}

pub async fn changes_and_other_verbs_go_side_by_side(store: &dyn Store) {
    let talks = talks(store).await;
    let changes = hello(&talks);
    let (outcomes, sessions) = join(
        commit_all(store, changes.clone()),
        join_all((0..MANY).map(|_| store.admit(&talks[0].site, 5))),
    )
    .await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(sessions.iter().all(Result::is_ok));
    assert_written(&talks, &changes).await;
    let unknown = Post {
        id: PostId("p".to_owned()),
        carries: vec![Part {
            delivery: "nobody's".to_owned(),
            index: 0,
            last: true,
        }],
    };
    let posts = [unknown];
    let place = thread("t");
    let (posted, more) = join(
        store.posted(&place, &posts, 1),
        commit_all(
            store,
            talks
                .iter()
                .map(|talk| talk.said(1, "more", None))
                .collect(),
        ),
    )
    .await;
    assert!(posted.is_err());
    assert!(more.iter().all(Result::is_ok));
}
