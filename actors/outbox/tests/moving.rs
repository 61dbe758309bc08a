//! Threads that are lost, and teams that move: whoever waits is not forgotten, and everybody reads why.

use hinny_bridges::{Mark, SendError, TelegramChannel};

use super::wall::Call;
use super::*;
use crate::store::DeliveryKind::{Card, Line};

fn cards(calls: &[Call]) -> Vec<String> {
    let opened = calls.iter().filter_map(|call| match call {
        Call::Open(_, card) => Some(card.text.to_plain()),
        _ => None,
    });
    opened.collect()
}

async fn await_cards(wall: &Wall, count: usize) -> Vec<String> {
    let enough = |calls: &[Call]| Some(cards(calls)).filter(|cards| cards.len() == count);
    wall.until("cards", enough).await
}

impl Room {
    /// The platform tells that somebody deleted the thread.
    async fn loses_its_thread(&self) {
        let thread = self.thread().await;
        let order = Order {
            site: self.site.clone(),
            conversation: self.conversation.clone(),
            cause: Cause(format!("gone:{thread:?}")),
            request: Request::LoseThread { thread },
        };
        self.engine.handle(order).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_gets_another_thread_at_once_and_its_card_says_why() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    let first = await_cards(&room.wall, 1).await.remove(0);
    assert!(!first.contains("Before:"), "{first}");
    room.settled().await;
    room.loses_its_thread().await;
    let second = await_cards(&room.wall, 2).await.remove(1);
    assert!(second.contains("was deleted or locked"), "{second}");
    room.settled().await;
    room.happens(said("m1"), words("hello?"), &[Line]).await;
    let line = room.wall.hears("hello?").await.text.to_plain();
    assert_eq!(line, "hello?", "the thread has its card already");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_talks_with_gets_no_thread() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    await_cards(&room.wall, 1).await;
    room.settled().await;
    let by = "U1".into();
    room.happens(What::Closed { by }, None, &[]).await;
    room.loses_its_thread().await;
    assert_eq!(room.store.next_due().await.unwrap(), None);
    assert_eq!(room.wall.calls().len(), 1);
    room.engine.stop().await;
}

/// Both the line that met the loss and the loss itself want a thread; one is opened, with one card.
#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_a_line_meets_opens_one_thread() {
    for posts_card in [true, false] {
        let room = room_with(posts_card).await;
        room.happens(escalated(), None, &[Card]).await;
        room.wall.hears("waits for a person").await;
        room.settled().await;
        room.wall.fail("send", SendError::ThreadGone);
        room.happens(said("m1"), words("hello?"), &[Line]).await;
        room.settled().await;
        let calls = room.wall.calls();
        assert_eq!(cards(&calls).len(), 2, "{calls:#?}");
        let shown = calls.iter().flat_map(super::wall::lines_of);
        let why = shown.filter(|line| line.text.to_plain().contains("was deleted or locked"));
        // Where the card is not posted by opening, the same line is rendered for both calls.
        assert_eq!(why.count(), if posts_card { 1 } else { 2 }, "{calls:#?}");
        room.engine.stop().await;
    }
}

/// A platform on which no thread lasts is not filled with threads.
#[tokio::test(flavor = "multi_thread")]
async fn threads_that_never_last_are_opened_with_growing_pauses() {
    let room = room_with(false).await;
    for _ in 0..6 {
        room.wall.fail("send", SendError::ThreadGone);
    }
    room.happens(escalated(), None, &[Card]).await;
    room.settled().await;
    assert_eq!(cards(&room.wall.calls()).len(), 7);
    let attempts = room.engine.tally().send_failures.get();
    assert_eq!(attempts, 6);
    room.engine.stop().await;
}

fn new_place() -> Target {
    Target {
        connection: ConnectionId("new".into()),
        channel: Channel::Telegram(TelegramChannel { chat: -5 }),
    }
}

/// The same shop, whose team sits on another platform from now on.
fn moved(room: &Room, new: &Arc<Wall>) -> Engine {
    let wall = |wall: &Arc<Wall>| -> Arc<dyn Bridge> { wall.clone() };
    let files = Files::open(room.folder.path(), room.store.clone(), 1_000_000).unwrap();
    Engine::start(Parts {
        files: Arc::new(files),
        store: room.store.clone() as Arc<dyn Store>,
        answerer: Arc::new(Nobody),
        bridges: HashMap::from([
            (ConnectionId("shop".into()), wall(&room.wall)),
            (ConnectionId("new".into()), wall(new)),
        ]),
        sites: HashMap::from([(
            room.site.clone(),
            SiteRules {
                target: new_place(),
                ..rules("new")
            },
        )]),
        learner: None,
        timing: timing(),
        arbiters: 1,
        mailbox: 8,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_follows_a_team_that_moved_and_the_old_thread_says_so() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    await_cards(&room.wall, 1).await;
    room.settled().await;
    let old = room.thread().await;
    // The old place is in trouble when the team leaves it, so a line waits there.
    room.wall
        .fail("send", SendError::NoAccess("removed".into()));
    room.happens(said("m1"), words("hello?"), &[Line]).await;
    room.wall.hears("hello?").await;
    room.engine.stop().await;

    let retry_after = Duration::from_millis(1);
    room.wall
        .fail("send", SendError::RateLimited { retry_after });
    let new = Arc::new(Wall::new(true));
    let engine = moved(&room, &new);
    let card = await_cards(&new, 1).await.remove(0);
    assert!(card.contains("sat in another channel"), "{card}");
    assert!(card.ends_with("hello?"), "{card}");
    room.wall.hears("The team has moved").await;
    let closed =
        |calls: &[Call]| (calls.last() == Some(&Call::Mark(old.clone(), Mark::Done))).then_some(());
    room.wall.until("the old thread closed", closed).await;
    room.settled().await;
    assert!(room.thread().await.is_in(&new_place().channel));
    engine.stop().await;
}

/// Whoever took it has another name in the new place, so the team is called instead.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_by_a_name_of_another_platform() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    await_cards(&room.wall, 1).await;
    room.settled().await;
    let body = Some(Body::Agent { name: "Ann".into() });
    room.happens(took("U1"), body.clone(), &[]).await;
    room.engine.stop().await;
    let new = Arc::new(Wall::new(true));
    let engine = moved(&room, &new);
    let card = new.hears("sat in another channel").await;
    assert_eq!(card.mention, Some(Mention::Here));
    assert!(card.text.to_plain().contains("Ann has it"));
    room.happens(took("-77"), body, &[]).await;
    room.happens(said("m1"), words("hello?"), &[Line]).await;
    let line = new.hears("hello?").await;
    assert_eq!(line.mention, Some(Mention::Person("-77".into())));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_place_does_not_wait_for_a_dead_old_one() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    await_cards(&room.wall, 1).await;
    room.settled().await;
    room.engine.stop().await;
    room.wall.hang();
    let new = Arc::new(Wall::new(true));
    let engine = moved(&room, &new);
    await_cards(&new, 1).await;
    engine.stop().await;
}
