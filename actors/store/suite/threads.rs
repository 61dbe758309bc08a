//! Threads: at most one active per conversation, and every address belongs to one conversation for ever.

use hinny_bridges::{Part, Post, PostId, TelegramThread, Thread};

use super::{Talk, target, thread};
use crate::event::{BotMeanwhile, Handling, Reason};
use crate::store::{CommitError, DeliveryKind, Store};

async fn open(talk: &Talk<'_>, expected_seq: u64, place: &Thread) {
    let mut change = talk.said(expected_seq, "opening", None);
    change.thread_opened = Some((target(), place.clone()));
    talk.commit(change).await;
}

pub async fn one_thread_is_active_and_all_are_known(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    assert_eq!(store.thread_of(&talk.id).await.unwrap(), None);
    let topic = Thread::Telegram(TelegramThread {
        chat: -100,
        topic: 7,
    });
    let places = [thread("a"), topic, thread("a")];
    for (seq, place) in places.iter().enumerate() {
        open(&talk, seq as u64, place).await;
        assert_eq!(
            store.thread_of(&talk.id).await.unwrap().as_ref(),
            Some(place)
        );
    }
    for place in &places {
        let owner = store.owner_of(place).await.unwrap();
        assert_eq!(owner, Some((talk.site.clone(), talk.id.clone())));
    }
    assert_eq!(store.owner_of(&thread("b")).await.unwrap(), None);
}

pub async fn a_lost_thread_is_active_no_longer(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    open(&talk, 0, &thread("a")).await;
    let line = talk.tells(1, "a long line", DeliveryKind::Line).await;
    let part = Part {
        delivery: line.0,
        index: 0,
        last: false,
    };
    let post = Post {
        id: PostId("p".to_owned()),
        carries: vec![part],
    };
    store.posted(&thread("a"), &[post], 1).await.unwrap();
    let mut change = talk.said(2, "lost", None);
    change.thread_lost = Some(thread("a"));
    talk.commit(change).await;
    assert_eq!(store.thread_of(&talk.id).await.unwrap(), None);
    assert!(store.owner_of(&thread("a")).await.unwrap().is_some());
    // The first part is gone with the thread, so the next one must hear it too.
    let batches = store.due(1, &[], &[], 9).await.unwrap();
    assert_eq!(batches[0].deliveries[0].parts_done, 0);
}

pub async fn nobody_takes_the_thread_of_another_conversation(store: &dyn Store) {
    let (ada, bob) = (
        Talk::begin(store, "shop").await,
        Talk::begin(store, "shop").await,
    );
    open(&ada, 0, &thread("a")).await;
    let mut stealing = bob.said(0, "stealing", None);
    stealing.thread_opened = Some((target(), thread("a")));
    let refused = store.commit(stealing).await;
    assert!(matches!(refused, Err(CommitError::Store(_))));
    let mut losing = bob.said(0, "losing", None);
    losing.thread_lost = Some(thread("a"));
    bob.commit(losing).await;
    assert_eq!(store.thread_of(&ada.id).await.unwrap(), Some(thread("a")));
    assert_eq!(store.thread_of(&bob.id).await.unwrap(), None);
}

pub async fn only_threads_of_who_waits_or_is_looked_after_are_open(store: &dyn Store) {
    let waiting = Handling::Waiting {
        reason: Reason::Asked,
        bot: BotMeanwhile::Silent,
    };
    let agent = Handling::Agent { by: "U1".into() };
    let mut open = Vec::new();
    for (name, handling) in [("a", waiting), ("b", agent), ("c", Handling::Bot)] {
        let talk = Talk::begin(store, "shop").await;
        let mut change = talk.said(0, "opening", None);
        change.thread_opened = Some((target(), thread(name)));
        change.handling = handling.clone();
        talk.commit(change).await;
        if handling != Handling::Bot {
            open.push((talk.site.clone(), talk.id.clone(), thread(name)));
        }
    }
    let mut found = store.open_threads().await.unwrap();
    found.sort_by_key(|(_, _, thread)| serde_json::to_string(thread).unwrap());
    assert_eq!(found, open);
    assert_eq!(store.target_of(&thread("a")).await.unwrap(), Some(target()));
    assert_eq!(store.target_of(&thread("z")).await.unwrap(), None);
}

pub async fn a_twin_is_known_and_not_active(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (first, twin) = (thread("a"), thread("b"));
    open(&talk, 0, &first).await;
    for (number, place) in [&twin, &first].into_iter().enumerate() {
        let mut change = talk.change(talk.seq().await, &format!("twin{number}"));
        change.thread_twin = Some((target(), place.clone()));
        talk.commit(change).await;
    }
    let owner = store.owner_of(&twin).await.unwrap();
    assert_eq!(owner, Some((talk.site.clone(), talk.id.clone())));
    let active = store.thread_of(&talk.id).await.unwrap();
    assert_eq!(active, Some(first), "what is known stays as it is");
}
