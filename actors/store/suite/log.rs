//! Opening and reading.

use futures_util::future::join_all;
use hinny_bridges::text::Text;

use super::{Talk, add, page, said, target, thread};
use crate::body::Body;
use crate::event::{Event, Handling, What};
use crate::ids::{ConversationId, Millis, SiteId, VisitorId};
use crate::store::{DeliveryKind, Store, StoreError};

pub async fn one_current_conversation_however_many_ask(store: &dyn Store) {
    let site = SiteId::from("shop");
    let visitor = store.admit(&site, 1).await.unwrap().visitor;
    assert_eq!(store.current(&site, &visitor).await.unwrap(), None);
    let asking = (0..50).map(|at| store.open(&site, &visitor, at));
    let ids = join_all(asking).await;
    let first = ids[0].as_ref().unwrap();
    assert!(ids.iter().all(|id| id.as_ref().unwrap() == first));
    let current = store.current(&site, &visitor).await.unwrap();
    assert_eq!(current.as_ref(), Some(first));
    assert_eq!(store.counts().await.unwrap().conversations, 1);
}

pub async fn only_known_visitors_of_the_site_open_conversations(store: &dyn Store) {
    let shop = SiteId::from("shop");
    let ada = store.admit(&shop, 1).await.unwrap().visitor;
    for (site, visitor) in [
        (&shop, &VisitorId::from("nobody")),
        (&SiteId::from("bakery"), &ada),
    ] {
        let refused = store.open(site, visitor, 1).await;
        assert!(matches!(refused, Err(StoreError::Failed(_))));
        assert_eq!(store.current(site, visitor).await.unwrap(), None);
    }
    store.open(&shop, &ada, 1).await.unwrap();
    let foreign = store.current(&SiteId::from("bakery"), &ada).await.unwrap();
    assert_eq!(foreign, None);
}

pub async fn what_was_written_is_read_back(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let change = talk.said(0, "Do you ship to Malta?", None);
    let receipt = talk.commit(change.clone()).await;
    assert_eq!(
        (receipt.first, receipt.last, receipt.repeated),
        (1, 1, false)
    );
    assert_eq!(store.history(&talk.id).await.unwrap(), change.events);
    let read = store.read(&talk.id, 0, 10).await.unwrap();
    assert_eq!(read[0].event, change.events[0]);
    assert_eq!(read[0].body.as_ref(), Some(&change.bodies[0].1));
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!((&row.id, &row.site), (&talk.id, &talk.site));
    assert_eq!(row.visitor, talk.session.visitor);
    assert_eq!((row.seq, row.opened_at, row.updated_at), (1, 1, 1000));
    assert_eq!(row.handling, Handling::Bot);
    let nobody = ConversationId::from("nobody");
    assert_eq!(store.conversation(&nobody).await.unwrap(), None);
    assert_eq!(store.history(&nobody).await.unwrap(), Vec::<Event>::new());
}

pub async fn reading_goes_on_after_a_cursor(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    for seq in 0..6 {
        talk.commit(talk.said(seq, &format!("line {seq}"), None))
            .await;
    }
    assert_eq!(seqs(&talk, 0, 2).await, [1, 2]);
    assert_eq!(seqs(&talk, 2, 3).await, [3, 4, 5]);
    assert_eq!(seqs(&talk, 5, 10).await, [6]);
    assert_eq!(seqs(&talk, 6, 10).await, [0; 0]);
}

async fn seqs(talk: &Talk<'_>, after: u64, limit: u32) -> Vec<u64> {
    let entries = talk.store.read(&talk.id, after, limit).await.unwrap();
    entries.iter().map(|entry| entry.event.seq).collect()
}

pub async fn many_events_in_one_change_keep_their_order(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut change = talk.change(0, "many");
    for number in 1..=200 {
        let words = format!("line {number}");
        add(
            &mut change,
            said(&words),
            Some(Body::words(Text::plain(&words))),
        );
    }
    let receipt = talk.commit(change.clone()).await;
    assert_eq!((receipt.first, receipt.last), (1, 200));
    assert_eq!(store.history(&talk.id).await.unwrap(), change.events);
    let read = store.read(&talk.id, 0, 1000).await.unwrap();
    let bodies: Vec<_> = read.into_iter().map(|entry| entry.body).collect();
    let written: Vec<_> = change
        .bodies
        .into_iter()
        .map(|(_, body)| Some(body))
        .collect();
    assert_eq!(bodies, written);
}

pub async fn any_words_come_back_as_they_were(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let words = [
        "'; DROP TABLE event; --",
        "$1 ? ?1 %s {} \\ \" '",
        "nul \0 inside",
        "\u{202e}right to left\u{feff} 👩‍👩‍👧 e\u{301}",
    ];
    for (seq, words) in words.iter().enumerate() {
        talk.commit(talk.said(seq as u64, words, None)).await;
    }
    let read = store.read(&talk.id, 0, 10).await.unwrap();
    for (entry, words) in read.iter().zip(words) {
        assert_eq!(entry.body, Some(Body::words(Text::plain(words))));
        assert_eq!(entry.event.what, said(words));
    }
}

pub async fn a_newer_body_takes_the_place_of_the_older_one(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "first", None)).await;
    for (expected, words) in [(1, "second"), (2, "third")] {
        let mut change = talk.said(expected, "edited", None);
        change.bodies.push((1, Body::words(Text::plain(words))));
        talk.commit(change).await;
        let read = store.read(&talk.id, 0, 1).await.unwrap();
        assert_eq!(read[0].body, Some(Body::words(Text::plain(words))));
    }
    assert_eq!(store.read(&talk.id, 0, 10).await.unwrap().len(), 3);
}

pub async fn the_context_is_the_last_one(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    for (title, news) in [("Prices", true), ("Returns", true), ("Returns", false)] {
        let set = store.set_context(&talk.id, &page(title), 1).await;
        assert_eq!(set.unwrap(), news, "{title}");
    }
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!(row.context, page("Returns"));
    let nobody = ConversationId::from("nobody");
    assert!(store.set_context(&nobody, &page("x"), 1).await.is_err());
}

/// Nobody sees a card before there is a thread, and a walk through the site is one change of it.
pub async fn a_walk_through_the_site_is_one_change_of_the_card(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "hello", None)).await;
    let walk = async |titles: &[&str], at: Millis| {
        for title in titles {
            store.set_context(&talk.id, &page(title), at).await.unwrap();
        }
    };
    let waiting = async |now: Millis| {
        let batches = store.due(now, &[], &[], 10).await.unwrap();
        let each = batches.into_iter().flat_map(|batch| batch.deliveries);
        each.collect::<Vec<_>>()
    };
    walk(&["Prices"], 1_000).await;
    assert!(waiting(100_000).await.is_empty());
    let mut change = talk.said(1, "opening", None);
    change.thread_opened = Some((target(), thread("a")));
    talk.commit(change).await;
    walk(&["Returns", "Cart", "Pay"], 2_000).await;
    assert!(waiting(2_999).await.is_empty());
    let due = waiting(3_000).await;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].what, DeliveryKind::CardUpdate);
    store.delivered(&[due[0].id.clone()], 5_000).await.unwrap();
    walk(&["Thanks"], 6_000).await;
    assert!(waiting(9_999).await.is_empty());
    assert_eq!(waiting(10_000).await.len(), 1);
}

async fn list(talk: &Talk<'_>) -> Vec<(String, bool)> {
    let own = talk
        .store
        .own_conversations(&talk.site, &talk.session.visitor, 10);
    let own = own.await.unwrap().into_iter();
    own.map(|one| (one.first, one.current)).collect()
}

pub async fn who_begins_anew_keeps_the_old_one_in_the_list(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    assert_eq!(list(&talk).await, []);
    talk.commit(talk.said(0, "first", None)).await;
    let mut left = talk.change(1, "left");
    add(&mut left, What::VisitorLeft, None);
    talk.commit(left).await;
    let (site, visitor) = (&talk.site, &talk.session.visitor);
    assert_eq!(store.current(site, visitor).await.unwrap(), None);
    let next = store.open(site, visitor, 9_000).await.unwrap();
    assert_ne!(next, talk.id);
    // What nothing was said in is not listed.
    assert_eq!(list(&talk).await, [("first".to_owned(), false)]);
    let next = Talk {
        id: next,
        session: talk.session.clone(),
        site: talk.site.clone(),
        ..talk
    };
    next.commit(next.said(0, "second", None)).await;
    let both = [("second".to_owned(), true), ("first".to_owned(), false)];
    assert_eq!(list(&next).await, both);
}

pub async fn the_list_is_the_visitors_own_and_joins_with_them(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "mine", None)).await;
    let other = Talk::begin(store, "shop").await;
    other.commit(other.said(0, "theirs", None)).await;
    let mine = [("mine".to_owned(), true)];
    assert_eq!(list(&talk).await, mine);
    let elsewhere = SiteId::from("bakery");
    let foreign = store.own_conversations(&elsewhere, &talk.session.visitor, 10);
    assert_eq!(foreign.await.unwrap(), []);
    let mut left = talk.change(1, "left");
    add(&mut left, What::VisitorLeft, None);
    talk.commit(left).await;
    let ada = super::profile("ada", "Ada");
    let ada = store.identify(&talk.site, Some(&talk.session.id), &ada, 2);
    let session = ada.await.unwrap().session;
    let ada = Talk {
        session,
        site: talk.site.clone(),
        id: talk.id.clone(),
        store,
    };
    assert_eq!(list(&ada).await, [("mine".to_owned(), false)]);
}
