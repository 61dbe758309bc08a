//! A thread that was opened while the conversation had one already.

use hinny_bridges::{DeskThread, Mark, PostChange, SendError};

use super::wall::Call;
use super::*;
use crate::store::DeliveryKind::Line;

fn desk(id: &str) -> Thread {
    Thread::Desk(DeskThread { id: id.into() })
}

/// What was done to a thread, in order, without the words.
fn done_to(wanted: &Thread, calls: &[Call]) -> Vec<&'static str> {
    let done = calls.iter().filter_map(|call| match call {
        Call::Send(thread, _) if thread == wanted => Some("said"),
        Call::Change(thread, _, PostChange::Edit(_)) if thread == wanted => Some("edited"),
        Call::Mark(thread, Mark::Done) if thread == wanted => Some("closed"),
        _ => None,
    });
    done.collect()
}

impl Room {
    /// While a thread is being opened, another one is noted. Returns the twin once it is closed.
    async fn with_twin(&self, earlier: &Thread) -> Thread {
        self.happens(escalated(), None, &[]).await;
        self.wall.meanwhile(self.notes(earlier.clone()));
        self.happens(said("m1"), words("hello?"), &[Line]).await;
        let closed = |calls: &[Call]| {
            let mut calls = calls.iter();
            calls.find_map(|call| match call {
                Call::Mark(thread, Mark::Done) => Some(thread.clone()),
                _ => None,
            })
        };
        let twin = self.wall.until("a closed twin", closed).await;
        self.settled().await;
        twin
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_is_closed_with_a_link_to_the_active_thread() {
    let room = room_with(true).await;
    let earlier = desk("first");
    let twin = room.with_twin(&earlier).await;
    assert_ne!(twin, earlier);
    assert_eq!(room.thread().await, earlier);
    let calls = room.wall.calls();
    assert_eq!(done_to(&twin, &calls), ["edited", "said", "closed"]);
    let words = "goes on in another thread: https://wall.example/first";
    let told = room.wall.hears(words).await;
    let text = serde_json::to_string(&told.text).unwrap();
    assert!(
        text.contains(r#""url":"https://wall.example/first""#),
        "{text}"
    );
    // Its card is these words now, so nothing is left to press.
    let edited = calls.iter().find_map(|call| match call {
        Call::Change(thread, _, PostChange::Edit(lines)) if *thread == twin => Some(lines),
        _ => None,
    });
    let edited = &edited.unwrap()[0];
    assert!(
        edited.buttons.is_empty() && edited.text == told.text,
        "{edited:?}"
    );
    let hello = |calls: &[Call]| {
        calls.iter().find_map(|call| match call {
            Call::Send(thread, lines) if lines[0].text.to_plain().ends_with("hello?") => {
                Some(thread.clone())
            }
            _ => None,
        })
    };
    assert_eq!(room.wall.until("the line", hello).await, earlier);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_belongs_to_the_conversation_and_the_first_thread_stays_the_active_one() {
    let room = room_with(false).await;
    let earlier = desk("first");
    let twin = room.with_twin(&earlier).await;
    // Nothing stood in it yet, so there is nothing to edit.
    assert_eq!(done_to(&twin, &room.wall.calls()), ["said", "closed"]);
    let owner = room.store.owner_of(&twin).await.unwrap();
    assert_eq!(owner, Some((room.site.clone(), room.conversation.clone())));
    assert_eq!(room.thread().await, earlier);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_cannot_be_closed_yet_is_closed_later_and_nobody_waits_for_it() {
    let room = room_with(true).await;
    room.wall
        .fail("mark", SendError::Unreachable("down".into()));
    let earlier = desk("first");
    room.with_twin(&earlier).await;
    let twice = |calls: &[Call]| {
        let marks = calls.iter().filter(|call| matches!(call, Call::Mark(..)));
        (marks.count() >= 2).then_some(())
    };
    room.wall.until("a second try", twice).await;
    room.settled().await;
    assert_eq!(room.store.dead_letters(None).await.unwrap(), []);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_is_gone_already_costs_the_active_thread_nothing() {
    let room = room_with(false).await;
    let gone = SendError::ThreadGone;
    room.wall.fail("send", gone);
    let earlier = desk("first");
    room.happens(escalated(), None, &[]).await;
    room.wall.meanwhile(room.notes(earlier.clone()));
    room.happens(said("m1"), words("hello?"), &[Line]).await;
    room.wall.hears("hello?").await;
    room.settled().await;
    assert_eq!(room.store.next_due().await.unwrap(), None);
    room.engine.stop().await;
}
