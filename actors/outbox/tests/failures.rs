//! What could not be delivered: the notice with its button, the sign, and what becomes of both after a retry.

use hinny_bridges::{SendError, Sign};

use super::signs::signs;
use super::wall::{Call, lines_of};
use super::*;
use crate::action::Action;
use crate::event::By;
use crate::store::DeadLetter;
use crate::store::DeliveryKind::{Edit, Line};

const REFUSED: &str = "the platform refused it";

impl Room {
    fn refuses(&self, verb: &'static str) {
        self.wall.fail(verb, SendError::Refused("too odd".into()));
    }

    /// A visitor's line that the platform refuses.
    async fn with_refused_line(&self, text: &str) -> DeadLetter {
        self.with_line("hello").await;
        self.refuses("send");
        self.happens(said("m2"), words(text), &[Line]).await;
        self.wall.hears(REFUSED).await;
        self.settled().await;
        let mut letters = self.store.dead_letters(None).await.unwrap();
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    async fn presses_retry(&self, letter: &DeadLetter, press: &str) {
        let order = Order {
            site: self.site.clone(),
            conversation: self.conversation.clone(),
            cause: Cause(press.into()),
            request: Request::Press {
                by: hinny_bridges::Person::new("U1", "Ann"),
                action: Action::Retry {
                    delivery: letter.delivery.clone(),
                },
                via: Some(self.thread().await),
            },
        };
        self.engine.handle(order).await.unwrap();
    }

    async fn retries(&self) -> usize {
        let log = self.store.history(&self.conversation).await.unwrap();
        let retried = |event: &&Event| matches!(event.what, What::DeliveryRetried { .. });
        log.iter().filter(retried).count()
    }
}

/// How often a line with these words was sent, other than in a notice.
fn sent(calls: &[Call], words: &str) -> usize {
    let sends = calls.iter().filter(|call| matches!(call, Call::Send(..)));
    let lines = sends.flat_map(|call| lines_of(call));
    lines.filter(|line| line.text.to_plain() == words).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_and_after_a_retry_the_notice_says_that_it_went_through() {
    let room = room_with(true).await;
    let letter = room.with_refused_line("a strange line").await;
    let told = room.wall.hears(REFUSED).await;
    assert!(told.text.to_plain().contains("a strange line"), "{told:?}");
    let button = &told.buttons[0][0];
    assert_eq!(button.label, "Try again");
    assert_eq!(button.action, format!("retry:{}", letter.delivery));
    room.presses_retry(&letter, "press1").await;
    let told = room.wall.hears("went through").await;
    assert!(told.buttons.is_empty(), "{told:?}");
    assert_eq!(room.store.dead_letters(None).await.unwrap(), []);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_does_nothing() {
    let room = room_with(true).await;
    let letter = room.with_refused_line("a strange line").await;
    for press in ["press1", "press1", "press2"] {
        room.presses_retry(&letter, press).await;
    }
    room.wall.hears("went through").await;
    room.settled().await;
    room.presses_retry(&letter, "press3").await;
    room.settled().await;
    assert_eq!(room.retries().await, 1);
    assert_eq!(sent(&room.wall.calls(), "a strange line"), 2);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_that_fails_again_has_a_notice_of_its_own() {
    let room = room_with(true).await;
    let letter = room.with_refused_line("a strange line").await;
    room.refuses("send");
    room.presses_retry(&letter, "press1").await;
    let old = room.wall.hears("refused again; see below").await;
    assert!(old.buttons.is_empty(), "{old:?}");
    room.settled().await;
    let letters = room.store.dead_letters(None).await.unwrap();
    assert_eq!(letters[0].delivery, letter.delivery);
    let fresh = |calls: &[Call]| {
        let lines = calls.iter().flat_map(lines_of);
        let notices = lines.filter(|line| !line.buttons.is_empty());
        let told = notices.filter(|line| line.text.to_plain().contains(REFUSED));
        (told.count() == 2).then_some(())
    };
    room.wall.until("a second notice", fresh).await;
    room.engine.retry(&letters[0]).await.unwrap();
    room.wall.hears("went through").await;
    room.settled().await;
    assert_eq!(room.store.dead_letters(None).await.unwrap(), []);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_was_refused_has_a_sign_on_the_old_words_until_it_went_through() {
    let room = room_with(true).await;
    let of = room.with_line("my order is 41").await;
    room.refuses("change");
    let edit = What::MessageEdited {
        of,
        message: "m1".into(),
        by: By::Visitor,
    };
    let body = Body::words(Text::plain("my order is 42"));
    let at = clock_of(room.now().await + 1);
    room.commit(edit, vec![(of, body)], &[Edit], at).await;
    let told = room.wall.hears(REFUSED).await;
    assert!(told.text.to_plain().contains("my order is 42"), "{told:?}");
    room.settled().await;
    let put = |on: bool| {
        move |calls: &[Call]| {
            let mut signs = signs(calls).into_iter();
            signs.find(|(.., sign, is_on)| *sign == Sign::Failed && *is_on == on)
        }
    };
    let (_, signed, ..) = room.wall.until("a failed sign", put(true)).await;
    let letters = room.store.dead_letters(None).await.unwrap();
    room.presses_retry(&letters[0], "press1").await;
    let (_, freed, ..) = room.wall.until("the sign taken away", put(false)).await;
    assert_eq!(signed, freed);
    room.wall.hears("went through").await;
    room.engine.stop().await;
}
