//! Cards in one thread: only the newest one can be worked with.

use hinny_bridges::{PostChange, SendError};

use super::thread::labels;
use super::wall::Call;
use super::*;
use crate::body::Context;
use crate::store::DeliveryKind::{Card, CardUpdate, Edit, Line, OldCard};

/// The last edit of each post, as text and buttons.
fn edited(calls: &[Call]) -> Vec<(String, String)> {
    let mut last: Vec<(String, (String, String))> = Vec::new();
    for call in calls {
        if let Call::Change(_, posts, PostChange::Edit(lines)) = call {
            let shown = (lines[0].text.to_plain(), labels(&lines[0].buttons));
            last.retain(|(post, _)| *post != posts[0].0);
            last.push((posts[0].0.clone(), shown));
        }
    }
    last.into_iter().map(|(_, shown)| shown).collect()
}

impl Room {
    async fn hands_over_again(&self) {
        self.happens(said("again"), words("And now?"), &[]).await;
        self.happens(escalated(), None, &[Card, OldCard]).await;
    }

    async fn with_card(&self) {
        self.happens(said("m1"), words("Red shoes?"), &[]).await;
        self.happens(escalated(), None, &[Card]).await;
        self.wall.hears("Red shoes?").await;
        self.settled().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_says_when_the_visitor_agreed() {
    let room = room_with(true).await;
    let context = Context {
        agreed_at: Some(1_700_000_000_000),
        ..Context::default()
    };
    let kept = room.store.set_context(&room.conversation, &context, 1);
    assert!(kept.await.unwrap());
    room.with_card().await;
    let agreed = "Agreed: to the site's text, 14 Nov 2023, 22:13 UTC";
    room.wall.hears(agreed).await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_second_hand_over_only_the_newer_card_has_buttons() {
    let room = room_with(true).await;
    room.with_card().await;
    room.hands_over_again().await;
    let old = room.wall.hears("continued below").await;
    assert!(old.buttons.is_empty() && old.mention.is_none(), "{old:?}");
    assert!(old.text.to_plain().contains("Red shoes?"), "{old:?}");
    room.settled().await;
    room.happens(took("desk:1"), None, &[CardUpdate]).await;
    let newest = room.wall.hears("a person has it").await;
    assert_eq!(labels(&newest.buttons), "Close, Back to bot, Block");
    assert!(newest.text.to_plain().contains("And now?"), "{newest:?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_card_that_is_edited_gets_no_buttons_back() {
    let room = room_with(true).await;
    // What opened the thread carries the card in front.
    room.happens(escalated(), None, &[]).await;
    let first = room.happens(said("m1"), words("Red shoes?"), &[Line]).await;
    room.wall.hears("Red shoes?").await;
    room.settled().await;
    room.hands_over_again().await;
    room.wall.hears("continued below").await;
    room.settled().await;
    let edit = What::MessageEdited {
        of: first,
        message: "m1".into(),
        by: crate::event::By::Visitor,
    };
    let body = Body::words(Text::plain("Blue shoes?"));
    let at = clock_of(room.now().await + 1);
    room.commit(edit, vec![(first, body)], &[Edit], at).await;
    let old = room.wall.hears("Blue shoes?").await;
    assert!(old.buttons.is_empty(), "{old:?}");
    let text = old.text.to_plain();
    assert!(text.contains("continued below"), "{text}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_hand_over_leaves_one_card_with_buttons() {
    let room = room_with(true).await;
    room.with_card().await;
    room.hands_over_again().await;
    room.settled().await;
    room.hands_over_again().await;
    room.settled().await;
    let cards = edited(&room.wall.calls());
    assert_eq!(cards.len(), 2, "{cards:#?}");
    let put_away =
        |(text, buttons): &(String, String)| text.contains("continued below") && buttons.is_empty();
    assert!(cards.iter().all(put_away), "{cards:#?}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_keeps_its_buttons_when_the_newer_one_is_refused() {
    let room = room_with(true).await;
    room.with_card().await;
    room.wall.fail("send", SendError::Refused("too odd".into()));
    room.hands_over_again().await;
    room.settled().await;
    assert_eq!(edited(&room.wall.calls()), []);
    assert_eq!(room.store.dead_letters(None).await.unwrap().len(), 1);
    room.engine.stop().await;
}
