//! Which post carries what, before and after posts were changed; and what may have been posted without our knowing.

use hinny_bridges::{Part, Post, PostId};

use super::{Talk, thread};
use crate::ids::{DeliveryId, SiteId};
use crate::store::DeliveryKind::{Card, Line};
use crate::store::{Carried, Changed, Store};

const NOW: i64 = 1_000_000;

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

async fn posted(store: &dyn Store, place: &str, posts: &[Post]) {
    store.posted(&thread(place), posts, NOW).await.unwrap();
}

/// Posts with what they carry, as `post:part` of an event.
fn told(carried: &[Carried]) -> Vec<(String, u64, u32)> {
    let each = carried.iter();
    each.map(|one| (one.post.0.clone(), one.seq, one.part))
        .collect()
}

fn row(post: &str, seq: u64, part: u32) -> (String, u64, u32) {
    (post.to_owned(), seq, part)
}

pub async fn a_line_is_found_in_all_its_posts(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (one, two) = (
        talk.tells(0, "one", Line).await,
        talk.tells(1, "two", Line).await,
    );
    assert_eq!(store.posts_of(&talk.id, 1).await.unwrap(), []);
    posted(
        store,
        "t",
        &[post("p1", &[(&one, 0, true), (&two, 0, false)])],
    )
    .await;
    posted(store, "t", &[post("p2", &[(&two, 1, true)])]).await;
    let second = store.posts_of(&talk.id, 2).await.unwrap();
    assert_eq!(told(&second), [row("p1", 2, 0), row("p2", 2, 1)]);
    assert_eq!((&second[0].delivery, second[0].what), (&two, Line));
    assert_eq!(second[0].thread, thread("t"));
    let joined = store.carried_by(&thread("t"), &PostId("p1".into())).await;
    assert_eq!(told(&joined.unwrap()), [row("p1", 1, 0), row("p1", 2, 0)]);
    let elsewhere = store.carried_by(&thread("u"), &PostId("p1".into())).await;
    assert_eq!(elsewhere.unwrap(), []);
}

pub async fn the_card_is_the_newest_or_what_came_first(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut lines = Vec::new();
    for (seq, kind) in [Line, Line, Card, Card].into_iter().enumerate() {
        lines.push(talk.tells(seq as u64, "hello", kind).await);
    }
    let place = thread("t");
    assert_eq!(store.first_in(&place).await.unwrap(), None);
    assert_eq!(store.card_of(&place).await.unwrap(), []);
    let first = post("p1", &[(&lines[0], 0, false)]);
    let rest = post("p2", &[(&lines[0], 1, true), (&lines[1], 0, true)]);
    posted(store, "t", &[first, rest]).await;
    assert_eq!(
        store.first_in(&place).await.unwrap().as_ref(),
        Some(&lines[0])
    );
    let card = store.card_of(&place).await.unwrap();
    assert_eq!(told(&card), [row("p1", 1, 0), row("p2", 1, 1)]);
    posted(store, "t", &[post("p3", &[(&lines[2], 0, true)])]).await;
    posted(store, "t", &[post("p4", &[(&lines[3], 0, true)])]).await;
    assert_eq!(
        told(&store.card_of(&place).await.unwrap()),
        [row("p4", 4, 0)]
    );
    assert_eq!(
        store.first_in(&place).await.unwrap().as_ref(),
        Some(&lines[0])
    );
}

pub async fn the_card_before_another_is_found(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut lines = Vec::new();
    for (seq, kind) in [Line, Card, Line, Card].into_iter().enumerate() {
        let id = talk.tells(seq as u64, "hello", kind).await;
        let name = format!("p{}", seq + 1);
        posted(store, "t", &[post(&name, &[(&id, 0, true)])]).await;
        lines.push(id);
    }
    let place = thread("t");
    let before = async |seq| told(&store.card_before(&place, seq).await.unwrap());
    assert_eq!(before(4).await, [row("p2", 2, 0)]);
    assert_eq!(before(2).await, [row("p1", 1, 0)]);
    assert_eq!(before(1).await, []);
    let elsewhere = store.card_before(&thread("u"), 4).await.unwrap();
    assert_eq!(elsewhere, []);
}

pub async fn changed_posts_are_written_down(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (one, two) = (
        talk.tells(0, "one", Line).await,
        talk.tells(1, "two", Line).await,
    );
    let edit = talk.tells(2, "an edit", Line).await;
    posted(
        store,
        "t",
        &[post("p1", &[(&one, 0, true), (&two, 0, false)])],
    )
    .await;
    posted(store, "t", &[post("p2", &[(&two, 1, false)])]).await;
    posted(store, "t", &[post("p3", &[(&two, 2, true)])]).await;
    let changed = Changed {
        posts: vec![post("p2", &[(&two, 1, true)])],
        done: vec![edit],
        ..Changed::default()
    };
    // An unclear outcome makes the outbox do it again; the store must not mind.
    for _ in 0..2 {
        store.changed(&thread("t"), &changed, NOW).await.unwrap();
        let now = store.posts_of(&talk.id, 2).await.unwrap();
        assert_eq!(told(&now), [row("p1", 2, 0), row("p2", 2, 1)]);
    }
    assert_eq!(store.due(NOW, &[], &[], 9).await.unwrap(), []);
    let changed = Changed {
        posts: Vec::new(),
        gone: vec![PostId("p2".into())],
        dropped: vec![one],
        ..Changed::default()
    };
    store.changed(&thread("t"), &changed, NOW).await.unwrap();
    assert_eq!(store.posts_of(&talk.id, 1).await.unwrap(), []);
    let now = store.posts_of(&talk.id, 2).await.unwrap();
    assert_eq!(told(&now), [row("p1", 2, 0)]);
}

pub async fn an_edit_of_the_first_post_leaves_it_the_first(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (one, two) = (
        talk.tells(0, "one", Line).await,
        talk.tells(1, "two", Line).await,
    );
    let first = post("p1", &[(&one, 0, true)]);
    posted(store, "t", &[first.clone(), post("p2", &[(&two, 0, true)])]).await;
    let changed = Changed {
        posts: vec![first],
        ..Changed::default()
    };
    store.changed(&thread("t"), &changed, NOW).await.unwrap();
    assert_eq!(store.first_in(&thread("t")).await.unwrap(), Some(one));
}

pub async fn doubt_stays_until_it_is_sent(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (sent, unsure, fresh) = (
        talk.tells(0, "sent", Line).await,
        talk.tells(1, "unsure", Line).await,
        talk.tells(2, "fresh", Line).await,
    );
    store
        .delivered(std::slice::from_ref(&sent), NOW)
        .await
        .unwrap();
    store.doubt(&[sent, unsure]).await.unwrap();
    let since = || async {
        let batches = store.due(NOW, &[], &[], 9).await.unwrap();
        let waiting = batches.iter().flat_map(|batch| &batch.deliveries);
        waiting
            .map(|delivery| delivery.doubt_since)
            .collect::<Vec<_>>()
    };
    assert_eq!(since().await, [Some(2000), None], "the time of its event");
    let far = NOW + 60_000;
    store.postpone(&fresh, far, true, "down").await.unwrap();
    store.doubt_pending().await.unwrap();
    assert_eq!(since().await, [Some(2000), Some(3000)], "all is due");
    store.delivered(&[fresh], NOW).await.unwrap();
    talk.tells(3, "later", Line).await;
    assert_eq!(since().await, [Some(2000), None]);
}

pub async fn sites_that_are_shut_wait(store: &dyn Store) {
    let (shop, bakery) = (
        Talk::begin(store, "shop").await,
        Talk::begin(store, "bakery").await,
    );
    shop.tells(0, "hello", Card).await;
    bakery.tells(0, "hello", Line).await;
    let open = |shut: Vec<&'static str>| async move {
        let shut: Vec<SiteId> = shut.into_iter().map(SiteId::from).collect();
        let batches = store.due(NOW, &[], &shut, 9).await.unwrap();
        let sites = batches.into_iter().map(|batch| batch.site.0);
        sites.collect::<Vec<_>>()
    };
    assert_eq!(open(vec![]).await, ["shop", "bakery"]);
    assert_eq!(open(vec!["shop"]).await, ["bakery"]);
    assert!(open(vec!["shop", "bakery"]).await.is_empty());
}
