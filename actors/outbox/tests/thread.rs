//! A thread's life: the card that opens it, its updates, its loss, and a twin.

use hinny_bridges::{Button, Mark, Mention, PostChange, SendError};

use super::wall::Call;
use super::*;
use crate::event::AgentId;
use crate::store::DeliveryKind::{Card, CardUpdate, Close, Line, Taken};

pub(super) fn labels(buttons: &[Vec<Button>]) -> String {
    let row = |row: &Vec<Button>| {
        let labels: Vec<&str> = row.iter().map(|button| button.label.as_str()).collect();
        labels.join(", ")
    };
    buttons.iter().map(row).collect::<Vec<_>>().join(" | ")
}

pub(super) fn opens(calls: &[Call]) -> usize {
    let opens = calls.iter().filter(|call| matches!(call, Call::Open(..)));
    opens.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_opens_the_thread_and_calls_the_team() {
    let room = room_with(true).await;
    room.happens(said("m1"), words("Where is my parcel?"), &[])
        .await;
    room.happens(escalated(), None, &[Card]).await;
    let card = room.wall.hears("asked for a person").await;
    assert_eq!(card.mention, Some(Mention::Here));
    assert_eq!(labels(&card.buttons), "Take, Close, Back to bot, Block");
    let text = card.text.to_plain();
    assert!(text.contains("Visitor: Where is my parcel?"), "{text}");
    assert!(text.contains("Now: waits for a person"), "{text}");
    room.happens(said("m2"), words("hello?"), &[Line]).await;
    room.wall.hears("hello?").await;
    let calls = room.wall.calls();
    assert_eq!((calls.len(), opens(&calls)), (2, 1), "{calls:#?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_is_edited_to_what_is_true_now() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    room.wall.hears("waits for a person").await;
    room.settled().await;
    let body = Some(Body::Agent { name: "Ann".into() });
    room.happens(took("U1"), body.clone(), &[CardUpdate, Taken])
        .await;
    let card = room.wall.hears("Now: Ann has it").await;
    assert_eq!(labels(&card.buttons), "Close, Back to bot, Block");
    assert_eq!(card.mention, Some(Mention::Person("U1".into())));
    let by: AgentId = "U1".into();
    room.happens(What::Closed { by }, body, &[Close, CardUpdate])
        .await;
    let card = room.wall.hears("Now: closed by Ann").await;
    assert_eq!(labels(&card.buttons), "Block");
    let done = |calls: &[Call]| match calls.last() {
        Some(Call::Mark(_, Mark::Done)) => Some(calls.to_vec()),
        _ => None,
    };
    let calls = room.wall.until("a closed thread", done).await;
    let taken = Mark::Taken { by: "U1".into() };
    assert!(calls.contains(&Call::Mark(room.thread().await, taken)));
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_it_at_the_desk_is_marked_nowhere() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    room.wall.hears("waits for a person").await;
    room.settled().await;
    let body = Some(Body::Agent { name: "Ann".into() });
    room.happens(took("desk:1"), body, &[Taken, CardUpdate])
        .await;
    let card = room.wall.hears("Ann has it").await;
    assert_eq!(card.mention, Some(Mention::Here));
    let marks = room.wall.calls();
    assert!(
        !marks.iter().any(|call| matches!(call, Call::Mark(..))),
        "{marks:#?}"
    );
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_updates_are_one_edit() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    room.wall.hears("waits for a person").await;
    room.wall.fail(
        "change",
        SendError::RateLimited {
            retry_after: Duration::from_millis(200),
        },
    );
    let body = Some(Body::Agent { name: "Ann".into() });
    for _ in 0..5 {
        room.happens(took("U1"), body.clone(), &[CardUpdate]).await;
    }
    let two = |calls: &[Call]| {
        let edits = calls
            .iter()
            .filter(|call| matches!(call, Call::Change(_, _, PostChange::Edit(_))));
        (edits.count() >= 2).then_some(())
    };
    room.wall.until("a refused edit and another", two).await;
    room.settled().await;
    let edits = room.wall.calls().len() - 1;
    assert_eq!(edits, 2, "{:#?}", room.wall.calls());
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_thread_is_opened_anew_with_the_card_and_what_waits() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    room.wall.hears("waits for a person").await;
    room.settled().await;
    let first = room.thread().await;
    room.wall.fail("send", SendError::ThreadGone);
    room.happens(said("m1"), words("still there?"), &[Line])
        .await;
    let two = |calls: &[Call]| (opens(calls) == 2).then(|| calls.last().cloned());
    let Some(Call::Open(_, card)) = room.wall.until("a new thread", two).await else {
        panic!("the last call opens a thread")
    };
    let text = card.text.to_plain();
    assert!(
        text.contains("Why: ") && text.ends_with("still there?"),
        "{text}"
    );
    assert_eq!(labels(&card.buttons), "Take, Close, Back to bot, Block");
    room.settled().await;
    assert_ne!(room.thread().await, first);
    room.happens(said("m2"), words("and now?"), &[Line]).await;
    room.wall.hears("and now?").await;
    room.happens(took("desk:1"), None, &[CardUpdate]).await;
    let card = room.wall.hears("a person has it").await;
    let text = card.text.to_plain();
    assert!(
        text.ends_with("still there?"),
        "the same line is edited: {text}"
    );
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_after_a_long_quiet_calls_who_has_it() {
    let room = room_with(true).await;
    room.happens(escalated(), None, &[Card]).await;
    room.wall.hears("waits for a person").await;
    room.settled().await;
    let body = Some(Body::Agent { name: "Ann".into() });
    room.happens(took("U1"), body, &[]).await;
    let seq = room.happens(said("m1"), words("first"), &[Line]).await;
    let line = room.wall.hears("first").await;
    assert_eq!(line.mention, Some(Mention::Person("U1".into())));
    let soon = clock_of(seq) + 59_999;
    let body = Body::words(Text::plain("second"));
    let next = vec![(seq + 1, body)];
    room.commit(said("m2"), next, &[Line], soon).await;
    assert_eq!(room.wall.hears("second").await.mention, None);
    room.engine.stop().await;
}
