//! Members' messages and what happens to words later.

use hinny_bridges::text::Text;
use hinny_bridges::{ConnectionId, Happened, Inbound, Origin, Person, PostId, Said, Thread};

use super::{Talk, add, target, thread};
use crate::body::Body;
use crate::event::{By, Held, What};
use crate::ids::{MessageId, Seq};
use crate::store::{Change, DeliveryKind, ReplyPost, Store};

fn post(name: &str) -> PostId {
    PostId(name.to_owned())
}

fn words(text: &str) -> Option<Body> {
    Some(Body::words(Text::plain(text)))
}

fn held() -> What {
    What::LineHeld {
        held: MessageId::from("e1"),
        by: "ana".to_owned(),
        why: Held::Secret,
    }
}

fn told(seq: Seq, held: Option<Seq>) -> What {
    What::AgentSaid {
        message: MessageId(format!("e{seq}")),
        by: "ana".to_owned(),
        held,
        chosen: None,
    }
}

/// A member's line with its post, in a thread that is open.
async fn spoken<'a>(store: &'a dyn Store, what: What) -> (Talk<'a>, Thread) {
    let talk = Talk::begin(store, "shop").await;
    let thread = thread("t1");
    let mut change = talk.change(0, "line");
    change.thread_opened = Some((target(), thread.clone()));
    let seq = add(&mut change, what, words("It is 5 euros."));
    change.reply_posts.push(ReplyPost {
        thread: thread.clone(),
        post: post("p1"),
        seq,
    });
    talk.commit(change).await;
    (talk, thread)
}

fn deletion(talk: &Talk<'_>, of: Seq) -> Change {
    let mut change = talk.change(of, "delete");
    let what = What::MessageDeleted {
        of,
        message: MessageId(format!("e{of}")),
        by: By::Agent("ana".to_owned()),
    };
    add(&mut change, what, None);
    change.bodies_removed.push(of);
    change
}

pub async fn a_post_leads_to_what_was_said_with_it(store: &dyn Store) {
    let (talk, thread) = spoken(store, told(1, None)).await;
    for (name, seq) in [("p1", Some(1)), ("p2", None)] {
        let found = store.at_post(&talk.id, &thread, &post(name)).await;
        assert_eq!(found.unwrap(), seq);
    }
    let foreign = Talk::begin(store, "bakery").await;
    let elsewhere = store.at_post(&foreign.id, &thread, &post("p1")).await;
    assert_eq!(elsewhere.unwrap(), None);
    let threads = store.threads_with(&post("p1")).await.unwrap();
    assert_eq!(threads, std::slice::from_ref(&thread));
    let about = store.about(&talk.id, 1).await.unwrap().unwrap();
    assert_eq!(about.written_in, Some(thread.clone()));
    assert_eq!(
        store.reply_posts(&talk.id, 1).await.unwrap(),
        [(thread, post("p1"))]
    );
}

pub async fn our_own_posts_lead_back_too(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let id = talk.tells(0, "hello", DeliveryKind::Line).await;
    let carried = hinny_bridges::Post {
        id: post("ours"),
        carries: vec![hinny_bridges::Part {
            delivery: id.0,
            index: 0,
            last: true,
        }],
    };
    store.posted(&thread("t1"), &[carried], 5).await.unwrap();
    let found = store.at_post(&talk.id, &thread("t1"), &post("ours")).await;
    assert_eq!(found.unwrap(), Some(1));
    let about = store.about(&talk.id, 1).await.unwrap().unwrap();
    assert_eq!(about.written_in, None);
}

pub async fn names_of_both_sides_are_kept_apart(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "e2", None)).await;
    let mut change = talk.change(1, "line");
    add(&mut change, told(2, None), words("It is 5 euros."));
    talk.commit(change).await;
    let name = MessageId::from("e2");
    let find = |by_visitor| store.message_seq(&talk.id, &name, by_visitor);
    assert_eq!(find(true).await.unwrap(), Some(1));
    assert_eq!(find(false).await.unwrap(), Some(2));
    let unknown = MessageId::from("m9");
    let nobody = store.message_seq(&talk.id, &unknown, true).await;
    assert_eq!(nobody.unwrap(), None);
}

pub async fn an_edit_shows_the_words_of_now(store: &dyn Store) {
    let (talk, _) = spoken(store, told(1, None)).await;
    for (expected, text) in [(1, "It is 6 euros."), (2, "It is 7 euros.")] {
        let mut change = talk.change(expected, text);
        let what = What::MessageEdited {
            of: 1,
            message: MessageId::from("e1"),
            by: By::Agent("ana".to_owned()),
        };
        add(&mut change, what, None);
        change.bodies.push((1, Body::words(Text::plain(text))));
        talk.commit(change).await;
    }
    let read = store.read(&talk.id, 0, 10).await.unwrap();
    assert!(
        read.iter()
            .all(|entry| entry.body == words("It is 7 euros."))
    );
    assert!(read[0].edited);
    let later = store.about(&talk.id, 1).await.unwrap().unwrap().later;
    assert_eq!(
        later.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [2, 3]
    );
}

pub async fn a_deletion_leaves_no_version(store: &dyn Store) {
    let (talk, _) = spoken(store, told(1, None)).await;
    let mut edit = talk.change(1, "edit");
    let what = What::MessageEdited {
        of: 1,
        message: MessageId::from("e1"),
        by: By::Agent("ana".to_owned()),
    };
    add(&mut edit, what, None);
    edit.bodies.push((1, Body::words(Text::plain("second"))));
    talk.commit(edit).await;
    let mut change = deletion(&talk, 1);
    change.expected_seq = 2;
    change.events[0].seq = 3;
    talk.commit(change).await;
    let read = store.read(&talk.id, 0, 10).await.unwrap();
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|entry| entry.body.is_none()));
}

pub async fn a_held_line_hands_its_words_on(store: &dyn Store) {
    let (talk, thread) = spoken(store, held()).await;
    let mut change = talk.change(1, "press");
    add(&mut change, told(2, Some(1)), None);
    talk.commit(change).await;
    let read = store.read(&talk.id, 0, 10).await.unwrap();
    assert_eq!(read[0].body, None);
    assert_eq!(read[1].body, words("It is 5 euros."));
    let found = store.at_post(&talk.id, &thread, &post("p1")).await;
    assert_eq!(found.unwrap(), Some(2));
}

pub async fn live_threads_know_where_to_go_on(store: &dyn Store) {
    let (talk, thread) = spoken(store, told(1, None)).await;
    let desk = ConnectionId("desk".to_owned());
    let live = store.live_threads(&desk, 0).await.unwrap();
    assert_eq!(live[0].after, None);
    assert_eq!(live[0].kept, [post("p1")]);
    store.set_cursor(&thread, &post("p7")).await.unwrap();
    let mut change = deletion(&talk, 1);
    change.posts_gone.push((thread.clone(), post("p1")));
    talk.commit(change).await;
    let live = store.live_threads(&desk, 0).await.unwrap();
    assert_eq!((live.len(), &live[0].thread), (1, &thread));
    assert_eq!(live[0].after, Some(post("p7")));
    assert_eq!(live[0].kept, []);
    let other = ConnectionId("other".to_owned());
    assert_eq!(store.live_threads(&other, 0).await.unwrap(), []);
    assert_eq!(store.live_threads(&desk, 1_000_000).await.unwrap(), []);
}

pub async fn a_dead_letter_is_put_back_with_the_press(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let id = talk.tells(0, "hello", DeliveryKind::Line).await;
    store.bury(&id, "refused", 5).await.unwrap();
    let mut change = talk.change(1, "retry");
    change.revived.push(id);
    talk.commit(change).await;
    assert_eq!(store.dead_letters(None).await.unwrap(), []);
    assert_eq!(store.counts().await.unwrap().pending_deliveries, 1);
}

fn written(event: &str, name: &str, place: &Thread) -> Inbound {
    Inbound {
        connection: ConnectionId("team".to_owned()),
        event_id: event.to_owned(),
        origin: Origin::Thread(place.clone()),
        agent: Person::new("ana", "Ana"),
        sent_at: 5,
        what: Happened::Said(Said::words(post(name), Text::plain("Look here"))),
    }
}

pub async fn what_waits_in_a_thread_keeps_its_order(store: &dyn Store) {
    let (one, two) = (thread("t1"), thread("t2"));
    let first = written("said:p1", "p1", &one);
    let second = written("said:p2", "p2", &one);
    for (place, inbound) in [(&one, &first), (&one, &second), (&one, &first)] {
        store.keep_inbound(place, inbound).await.unwrap();
    }
    let other = written("said:q1", "q1", &two);
    store.keep_inbound(&two, &other).await.unwrap();
    let team = ConnectionId("team".to_owned());
    assert_eq!(store.waiting_inbound(&team).await.unwrap().len(), 2);
    let desk = ConnectionId("desk".to_owned());
    assert_eq!(store.waiting_inbound(&desk).await.unwrap(), []);
    let found = store.threads_with(&post("p2")).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&one));
    for wanted in [&first, &second] {
        let next = store.next_inbound(&one).await.unwrap();
        assert_eq!(next.as_ref(), Some(wanted));
        store.drop_inbound(wanted).await.unwrap();
    }
    assert_eq!(store.next_inbound(&one).await.unwrap(), None);
    let left = store.waiting_inbound(&team).await.unwrap();
    assert_eq!(left, [two]);
}
