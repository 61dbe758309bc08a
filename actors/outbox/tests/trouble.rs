//! What a platform in trouble costs: dead letters, doubt, pauses, and nothing for the others.

use hinny_bridges::SendError;

use super::wall::Call;
use super::*;
use crate::store::DeliveryKind::{Card, CardUpdate, Line};

impl Room {
    async fn with_thread(&self) {
        self.happens(escalated(), None, &[Card]).await;
        self.wall.hears("waits for a person").await;
        self.settled().await;
    }

    async fn kinds(&self) -> Vec<String> {
        let events = self.store.history(&self.conversation).await.unwrap();
        let kind = |event: &Event| serde_json::to_value(&event.what).unwrap()["kind"].clone();
        let kinds = events.iter().map(kind);
        kinds
            .map(|kind| kind.as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_line_is_a_dead_letter_and_the_next_one_passes() {
    let room = room().await;
    room.with_thread().await;
    room.wall.fail("send", SendError::Refused("too odd".into()));
    room.happens(said("m1"), words("odd"), &[Line]).await;
    room.settled().await;
    let letters = room.store.dead_letters(None).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(room.engine.tally().given_up.get(), 1);
    room.happens(said("m2"), words("fine"), &[Line]).await;
    room.wall.hears("fine").await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_refused_is_let_go() {
    let room = room().await;
    room.with_thread().await;
    for error in [
        SendError::Refused("no".into()),
        SendError::NoAccess("no right".into()),
    ] {
        room.wall.fail("change", error);
        room.happens(took("desk:1"), None, &[CardUpdate]).await;
        room.settled().await;
    }
    assert_eq!(room.store.dead_letters(None).await.unwrap(), []);
    assert!(room.engine.tally().barred().is_empty());
    assert!(!room.kinds().await.contains(&"delivery_failed".to_owned()));
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_unknown_outcome_the_line_is_in_doubt() {
    let room = room().await;
    room.with_thread().await;
    let unknown = SendError::Ambiguous("no answer".into());
    room.wall.fail("send", unknown);
    let seq = room.happens(said("m1"), words("twice?"), &[Line]).await;
    let sends = |calls: &[Call]| {
        let said = calls.iter().filter_map(|call| match call {
            Call::Send(_, lines) => {
                let line = lines.iter().find(|line| line.text.to_plain() == "twice?")?;
                Some(line.doubt_since)
            }
            _ => None,
        });
        let said: Vec<_> = said.collect();
        (said.len() == 2).then_some(said)
    };
    let doubts = room.wall.until("the line twice", sends).await;
    assert_eq!(doubts, [None, Some(clock_of(seq) - 120_000)]);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_at_the_start_is_in_doubt() {
    let room = room().await;
    room.engine.stop().await;
    let seq = room.happens(escalated(), None, &[Card]).await;
    let engine = start(&room.folder, &room.store, &[("shop", &room.wall)]);
    let card = room.wall.hears("waits for a person").await;
    assert_eq!(card.doubt_since, Some(clock_of(seq) - 120_000));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_without_access_raises_an_alarm_and_heals() {
    let room = room().await;
    room.with_thread().await;
    for _ in 0..4 {
        let removed = SendError::NoAccess("the bot was removed".into());
        room.wall.fail("send", removed);
    }
    room.happens(said("m1"), words("hello"), &[Line]).await;
    let four = |calls: &[Call]| (calls.len() >= 6).then_some(());
    room.wall.until("four refusals", four).await;
    room.settled().await;
    assert!(room.engine.tally().barred().is_empty(), "it works again");
    assert_eq!(room.engine.tally().obstacle(&target("shop")), None);
    assert!(room.engine.tally().send_failures.get() >= 4);
    assert_eq!(room.store.dead_letters(None).await.unwrap(), []);
    room.engine.stop().await;
}

/// Waits until the desk is woken because of this, and returns what is in the way then.
async fn told(room: &Room, desk: &mut crate::Subscription) -> Option<crate::tally::Obstacle> {
    let woken = async { while desk.next().await != crate::Wake::Obstacle {} };
    let within = tokio::time::timeout(Duration::from_secs(20), woken);
    within.await.expect("the desk is told");
    room.engine.tally().obstacle(&target("shop"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_told_what_is_in_the_way_and_when_it_is_gone() {
    let room = room().await;
    room.with_thread().await;
    let site = crate::Topic::Site(room.site.clone());
    let mut desk = room.engine.feed().subscribe(site);
    let removed = SendError::NoAccess("the bot was removed".into());
    room.wall.fail("send", removed);
    room.happens(said("m1"), words("hello"), &[Line]).await;
    let obstacle = told(&room, &mut desk)
        .await
        .expect("something is in the way");
    assert_eq!(obstacle.kind, crate::tally::ObstacleKind::NoAccess);
    assert_eq!(obstacle.why, "the bot was removed");
    assert_eq!(told(&room, &mut desk).await, None);
    room.wall.hears("hello").await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_stays_silent_is_told_of_and_a_hiccup_is_not() {
    let room = room().await;
    room.with_thread().await;
    let site = crate::Topic::Site(room.site.clone());
    let mut desk = room.engine.feed().subscribe(site);
    for _ in 0..3 {
        room.wall
            .fail("send", SendError::Unreachable("no answer".into()));
    }
    room.happens(said("m1"), words("hello"), &[Line]).await;
    let obstacle = told(&room, &mut desk)
        .await
        .expect("something is in the way");
    assert_eq!(obstacle.kind, crate::tally::ObstacleKind::Unreachable);
    assert_eq!(told(&room, &mut desk).await, None);
    room.wall
        .fail("send", SendError::Unreachable("no answer".into()));
    room.happens(said("m2"), words("again"), &[Line]).await;
    room.wall.hears("again").await;
    room.settled().await;
    assert_eq!(room.engine.tally().obstacle(&target("shop")), None);
    room.engine.stop().await;
}

/// A conversation of its own in which a person is needed; the delivery has this id.
async fn hand_over(store: &SqliteStore, site: &str, delivery: &str, what: DeliveryKind) {
    let site = SiteId::from(site);
    let conversation = conversation(store, &site).await;
    let cause = Cause(format!("test:{delivery}"));
    let bot = crate::event::Handling::Bot;
    let mut change = Change::new(site.clone(), conversation, 0, cause, bot);
    change.events.push(Event {
        seq: 1,
        at: 1,
        what: escalated(),
    });
    change.deliveries.push(NewDelivery {
        id: delivery.into(),
        target: target(&site.0),
        seq: 1,
        what,
    });
    store.commit(change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_hangs_delays_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let (dead, alive) = (Arc::new(Wall::new(false)), Arc::new(Wall::new(false)));
    dead.hang();
    let engine = start(&folder, &store, &[("dead", &dead), ("alive", &alive)]);
    for number in 0..100 {
        let site = if number < 90 { "dead" } else { "alive" };
        hand_over(&store, site, &format!("d{number:03}"), Card).await;
        engine.ring_outbox();
    }
    let ten = |calls: &[Call]| {
        let opens = calls.iter().filter(|call| matches!(call, Call::Open(..)));
        (opens.count() == 10).then_some(())
    };
    alive.until("ten threads on the living platform", ten).await;
    assert_eq!(dead.calls(), []);
}

/// Many wait for a thread that may not be opened; who has one talks on, and the desk hears of it all the time.
#[tokio::test(flavor = "multi_thread")]
async fn where_no_thread_may_be_opened_open_conversations_go_on() {
    let room = room().await;
    room.with_thread().await;
    for _ in 0..60 {
        room.wall
            .fail("open", SendError::NoAccess("no right".into()));
    }
    for number in 0..9 {
        hand_over(&room.store, "shop", &format!("d{number:03}"), Card).await;
    }
    room.engine.ring_outbox();
    let refused = |calls: &[Call]| {
        let opens = calls.iter().filter(|call| matches!(call, Call::Open(..)));
        (opens.count() >= 8).then_some(())
    };
    room.wall.until("refusals", refused).await;
    for number in 0..5 {
        let text = format!("line {number}");
        room.happens(said(&text), words(&text), &[Line]).await;
        room.wall.hears(&text).await;
        assert!(room.engine.tally().obstacle(&target("shop")).is_some());
    }
    room.settled().await;
    assert_eq!(room.engine.tally().obstacle(&target("shop")), None);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_budget_serves_hand_overs_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let wall = Arc::new(Wall::new(false));
    for number in 0..20 {
        let what = if number == 19 { Card } else { Line };
        hand_over(&store, "shop", &format!("d{number:03}"), what).await;
    }
    for _ in 0..30 {
        let retry_after = Duration::from_millis(60);
        wall.fail("open", SendError::RateLimited { retry_after });
    }
    let engine = start(&folder, &store, &[("shop", &wall)]);
    let opened = |calls: &[Call]| {
        let mut opens = calls.iter().filter_map(|call| match call {
            Call::Open(_, line) => Some(line.delivery.clone()),
            _ => None,
        });
        opens.nth(30)
    };
    let first = wall.until("the first that is not refused", opened).await;
    assert_eq!(first, "d019");
    engine.stop().await;
}
