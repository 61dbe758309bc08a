//! Deliveries: in order per conversation, and what failures do to the order.

use hinny_bridges::{Part, Post, PostId};

use super::{Talk, target, thread};
use crate::ids::{Cause, DeliveryId, SiteId};
use crate::store::DeliveryKind::{Card, Close, Line};
use crate::store::{Batch, Fate, Parked, Store};

const NOW: i64 = 1_000_000;

async fn due(store: &dyn Store, now: i64) -> Vec<Batch> {
    store.due(now, &[], &[], 100).await.unwrap()
}

fn ids(batch: &Batch) -> Vec<DeliveryId> {
    let each = batch.deliveries.iter();
    each.map(|delivery| delivery.id.clone()).collect()
}

fn post(id: &str, carries: &[(&DeliveryId, u32, bool)]) -> Post {
    let part = |(delivery, index, last): &(&DeliveryId, u32, bool)| Part {
        delivery: delivery.0.clone(),
        index: *index,
        last: *last,
    };
    Post {
        id: PostId(id.to_owned()),
        carries: carries.iter().map(part).collect(),
    }
}

pub async fn deliveries_wait_in_order(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let mut told = Vec::new();
    for (seq, kind) in [Card, Line, Line, Close].into_iter().enumerate() {
        told.push(talk.tells(seq as u64, "hello", kind).await);
    }
    let batches = due(store, NOW).await;
    assert_eq!(batches.len(), 1);
    assert_eq!(
        (&batches[0].site, &batches[0].conversation),
        (&talk.site, &talk.id)
    );
    assert_eq!(ids(&batches[0]), told);
    let card = &batches[0].deliveries[0];
    assert_eq!(
        (card.seq, card.what, card.target.clone()),
        (1, Card, target())
    );
    assert_eq!((card.attempts, card.parts_done), (0, 0));
    assert!(store.next_due().await.unwrap().unwrap() <= NOW);
}

pub async fn busy_conversations_are_left_out(store: &dyn Store) {
    let talks = [
        Talk::begin(store, "shop").await,
        Talk::begin(store, "shop").await,
        Talk::begin(store, "bakery").await,
    ];
    for talk in &talks {
        talk.tells(0, "hello", Line).await;
    }
    let busy = [talks[0].id.clone()];
    let batches = store.due(NOW, &busy, &[], 1).await.unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].conversation, talks[1].id);
    let batches = store.due(NOW, &busy, &[], 9).await.unwrap();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[1].site, talks[2].site);
}

pub async fn hand_overs_go_first_then_the_longest_waiting(store: &dyn Store) {
    let mut talks = Vec::new();
    for kind in [Line, Line, Card] {
        let talk = Talk::begin(store, "shop").await;
        talk.tells(0, "hello", kind).await;
        talks.push(talk);
    }
    talks[0].tells(1, "hello?", Line).await;
    let order: Vec<_> = due(store, NOW)
        .await
        .into_iter()
        .map(|batch| batch.conversation)
        .collect();
    let wanted = [
        talks[2].id.clone(),
        talks[0].id.clone(),
        talks[1].id.clone(),
    ];
    assert_eq!(order, wanted);
}

pub async fn a_postponed_head_holds_its_conversation_only(store: &dyn Store) {
    let (held, free) = (
        Talk::begin(store, "shop").await,
        Talk::begin(store, "shop").await,
    );
    let head = held.tells(0, "hello", Line).await;
    let next = held.tells(1, "hello?", Line).await;
    free.tells(0, "hello", Line).await;
    store
        .postpone(&head, NOW + 500, true, "unreachable")
        .await
        .unwrap();
    held.tells(2, "anybody?", Line).await;
    let batches = due(store, NOW).await;
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].conversation, free.id);
    store.delivered(&ids(&batches[0]), NOW).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(NOW + 500));
    store
        .postpone(&head, NOW + 600, false, "slow down")
        .await
        .unwrap();
    assert_eq!(due(store, NOW + 500).await, []);
    let batches = due(store, NOW + 600).await;
    assert_eq!(ids(&batches[0])[..2], [head, next]);
    assert_eq!(batches[0].deliveries.len(), 3);
    let tries: Vec<_> = batches[0]
        .deliveries
        .iter()
        .map(|delivery| delivery.attempts)
        .collect();
    assert_eq!(tries, [1, 0, 0]);
}

pub async fn a_dead_letter_lets_the_next_one_pass(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let head = talk.tells(0, "hello", Card).await;
    let next = talk.tells(1, "hello?", Line).await;
    store.postpone(&head, NOW, true, "no").await.unwrap();
    store
        .bury(&head, "refused: too odd", NOW + 1)
        .await
        .unwrap();
    assert_eq!(ids(&due(store, NOW).await[0]), std::slice::from_ref(&next));
    let letters = store.dead_letters(None).await.unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!((&letter.delivery, &letter.site), (&head, &talk.site));
    assert_eq!((&letter.conversation, letter.what), (&talk.id, Card));
    assert_eq!(
        (letter.target.as_str(), letter.error.as_str()),
        ("desk", "refused: too odd")
    );
    assert_eq!((letter.attempts, letter.at), (1, NOW + 1));
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.dead_letters, counts.pending_deliveries), (1, 1));
    assert!(store.revive(None, &head, NOW + 2).await.unwrap());
    assert!(!store.revive(None, &head, NOW + 2).await.unwrap());
    let batches = due(store, NOW + 2).await;
    assert_eq!(ids(&batches[0]), [head, next]);
    assert_eq!(batches[0].deliveries[0].attempts, 0);
    assert_eq!(store.dead_letters(None).await.unwrap(), []);
}

pub async fn only_its_own_site_revives_a_dead_letter(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let id = talk.tells(0, "hello", Line).await;
    let bakery = SiteId::from("bakery");
    assert!(!store.revive(Some(&talk.site), &id, NOW).await.unwrap());
    store.bury(&id, "refused", NOW).await.unwrap();
    assert_eq!(store.dead_letters(Some(&bakery)).await.unwrap(), []);
    assert!(!store.revive(Some(&bakery), &id, NOW).await.unwrap());
    assert_eq!(store.dead_letters(Some(&talk.site)).await.unwrap().len(), 1);
    assert!(store.revive(Some(&talk.site), &id, NOW).await.unwrap());
    assert!(
        !store
            .revive(None, &DeliveryId::from("nobody's"), NOW)
            .await
            .unwrap()
    );
}

pub async fn posts_and_deliveries_are_many_to_many(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut told = Vec::new();
    for seq in 0..3 {
        told.push(talk.tells(seq, "hello", Line).await);
    }
    let joined = post(
        "p1",
        &[
            (&told[0], 0, true),
            (&told[1], 0, true),
            (&told[2], 0, false),
        ],
    );
    let rest = post("p2", &[(&told[2], 1, true)]);
    let place = thread("t");
    // An unclear outcome makes the outbox say it again; the store must not mind.
    for _ in 0..2 {
        store
            .posted(&place, std::slice::from_ref(&joined), NOW)
            .await
            .unwrap();
        let batches = due(store, NOW).await;
        assert_eq!(ids(&batches[0]), told[2..]);
        assert_eq!(batches[0].deliveries[0].parts_done, 1);
    }
    store.posted(&place, &[rest], NOW).await.unwrap();
    assert_eq!(due(store, NOW).await, []);
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub async fn a_long_line_is_sent_with_its_last_part(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let long = talk.tells(0, "a very long line", Line).await;
    for (index, last) in [(0, false), (1, false), (2, true)] {
        let batches = due(store, NOW).await;
        assert_eq!(batches[0].deliveries[0].parts_done, index);
        let part = post(&format!("p{index}"), &[(&long, index, last)]);
        store.posted(&thread("t"), &[part], NOW).await.unwrap();
    }
    assert_eq!(due(store, NOW).await, []);
}

pub async fn deliveries_without_posts_are_ticked_off(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let line = talk.tells(0, "hello", Line).await;
    let close = talk.tells(1, "bye", Close).await;
    store.delivered(&[line, close.clone()], NOW).await.unwrap();
    assert_eq!(due(store, NOW).await, []);
    store.bury(&close, "too late", NOW).await.unwrap();
    store.postpone(&close, NOW, true, "too late").await.unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.pending_deliveries, counts.dead_letters), (0, 0));
}

pub async fn parked_commands_are_kept(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let parked = Parked {
        site: talk.site.clone(),
        conversation: talk.id.clone(),
        cause: Cause::from("c1"),
        what: "say".to_owned(),
        at: NOW,
    };
    store.park(&parked).await.unwrap();
    store.park(&parked).await.unwrap();
    assert_eq!(store.parked().await.unwrap(), [parked]);
    assert_eq!(store.counts().await.unwrap().parked, 1);
}

pub async fn the_fate_of_a_delivery_is_known(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let id = talk.tells(0, "hello", Line).await;
    let fate = async || store.fate(&id).await.unwrap();
    assert_eq!(fate().await, Some(Fate::Pending));
    store.bury(&id, "refused", NOW).await.unwrap();
    assert_eq!(fate().await, Some(Fate::GivenUp));
    store.revive(None, &id, NOW).await.unwrap();
    assert_eq!(fate().await, Some(Fate::Pending));
    let ids = std::slice::from_ref(&id);
    store.delivered(ids, NOW).await.unwrap();
    assert_eq!(fate().await, Some(Fate::Sent));
    let nobodys = DeliveryId::from("nobody's");
    assert_eq!(store.fate(&nobodys).await.unwrap(), None);
}
