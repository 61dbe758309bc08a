//! Edits and deletions in the thread, and the notices with their buttons.

use hinny_bridges::{PostChange, SendError};

use super::wall::Call;
use super::*;
use crate::event::{By, Held};
use crate::store::DeliveryKind::{Card, Delete, Edit, Held as HeldLine, Line};

fn edited(of: Seq) -> What {
    What::MessageEdited {
        of,
        message: "m".into(),
        by: By::Visitor,
    }
}

fn edits(calls: &[Call]) -> Vec<String> {
    let text = |call: &Call| match call {
        Call::Change(_, posts, PostChange::Edit(lines)) => {
            let lines: Vec<String> = lines.iter().map(|line| line.text.to_plain()).collect();
            Some(format!("{}: {}", posts.len(), lines.join(" / ")))
        }
        Call::Change(_, posts, PostChange::Delete) => Some(format!("{}: gone", posts.len())),
        _ => None,
    };
    calls.iter().filter_map(text).collect()
}

impl Room {
    /// A conversation in which the team sees `m1`, said after the hand-over.
    pub(super) async fn with_line(&self, text: &str) -> Seq {
        self.happens(escalated(), None, &[Card]).await;
        self.wall.hears("waits for a person").await;
        self.settled().await;
        let seq = self.happens(said("m1"), words(text), &[Line]).await;
        self.wall.hears(text).await;
        self.settled().await;
        seq
    }

    async fn edits(&self, of: Seq, text: &str) {
        let now = self.now().await;
        let body = Body::words(Text::plain(text));
        self.commit(edited(of), vec![(of, body)], &[Edit], clock_of(now + 1))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_shows_the_new_words_in_the_same_post() {
    let room = room_with(true).await;
    let line = room.with_line("my order is 41").await;
    room.edits(line, "my order is 42").await;
    room.wall.hears("my order is 42").await;
    room.settled().await;
    assert_eq!(edits(&room.wall.calls()), ["1: my order is 42"]);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_is_on_the_card_only_changes_the_card() {
    let room = room_with(true).await;
    let early = room.happens(said("m0"), words("red shoes"), &[]).await;
    room.with_line("hello").await;
    room.edits(early, "blue shoes").await;
    let card = room.wall.hears("Visitor: blue shoes").await;
    assert!(!card.text.to_plain().contains("red"), "{card:?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_one_line_that_wait_are_one() {
    let room = room_with(true).await;
    let line = room.with_line("one").await;
    let retry_after = Duration::from_millis(150);
    room.wall
        .fail("change", SendError::RateLimited { retry_after });
    for text in ["two", "three", "four"] {
        room.edits(line, text).await;
    }
    room.wall.hears("four").await;
    room.settled().await;
    let edits = edits(&room.wall.calls());
    assert_eq!(edits.len(), 2, "{edits:?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_line_leaves_the_thread() {
    let room = room_with(true).await;
    let of = room.with_line("my password is x").await;
    let what = What::MessageDeleted {
        of,
        message: "m1".into(),
        by: By::Visitor,
    };
    room.happens(what, None, &[Delete]).await;
    room.settled().await;
    assert_eq!(edits(&room.wall.calls()), ["1: gone"]);
    let posts = room.store.posts_of(&room.conversation, of).await.unwrap();
    assert_eq!(posts, []);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_line_has_its_buttons_until_somebody_decides() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let held = What::LineHeld {
        held: "e9".into(),
        by: "U2".into(),
        why: Held::Colleague,
    };
    let of = room.happens(held, words("I think so"), &[HeldLine]).await;
    let notice = room.wall.hears("somebody else has").await;
    let actions: Vec<&str> = notice.buttons[0]
        .iter()
        .map(|button| button.action.as_str())
        .collect();
    assert_eq!(actions, [format!("held:{of}"), format!("drop:{of}")]);
    assert_eq!(notice.buttons[0][0].label, "Join and send");
    let by = "U2".into();
    room.happens(What::HeldDropped { of, by }, None, &[Edit])
        .await;
    let notice = room.wall.hears("stays with the team").await;
    assert!(notice.buttons.is_empty(), "{notice:?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_said_once_more() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let held = What::LineHeld {
        held: "e9".into(),
        by: "U1".into(),
        why: Held::Secret,
    };
    room.happens(held, words("sk_live_123"), &[HeldLine]).await;
    let notice = room.wall.hears("looks like a password").await;
    assert!(!notice.text.to_plain().contains("sk_live"), "{notice:?}");
    room.engine.stop().await;
}
