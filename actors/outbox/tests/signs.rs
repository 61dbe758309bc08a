//! Signs on members' own messages.

use hinny_bridges::{PostChange, PostId, SendError, Sign};

use super::wall::Call;
use super::*;
use crate::event::{By, Held};
use crate::store::DeliveryKind::{FailedSign, Recalled, Seen};
use crate::store::ReplyPost;

/// Post, sign, and whether it was put on.
pub(super) fn signs(calls: &[Call]) -> Vec<(Thread, String, Sign, bool)> {
    let sign = |call: &Call| match call {
        Call::Change(thread, posts, PostChange::React { sign, on }) => {
            Some((thread.clone(), posts[0].0.clone(), *sign, *on))
        }
        _ => None,
    };
    calls.iter().filter_map(sign).collect()
}

pub(super) fn agent_said(held: Option<Seq>) -> What {
    What::AgentSaid {
        message: "e9".into(),
        by: "U1".into(),
        held,
        chosen: None,
    }
}

impl Room {
    /// Something that a member wrote in this thread as message `theirs`.
    async fn written(&self, what: What, thread: &Thread, kinds: &[DeliveryKind]) -> Seq {
        let now = self.now().await;
        let mut change = self.change(now, clock_of(now + 1), what, kinds).await;
        // Whatever is known of the thread already stays as it is.
        change.thread_twin = Some((target(&self.site.0), thread.clone()));
        change.reply_posts.push(ReplyPost {
            thread: thread.clone(),
            post: PostId("theirs".into()),
            seq: now + 1,
        });
        self.store.commit(change).await.unwrap();
        self.engine.ring_outbox();
        now + 1
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_visitor_saw_gets_a_sign_on_the_members_own_message() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let thread = room.thread().await;
    let of = room.written(agent_said(None), &thread, &[]).await;
    let saw = What::VisitorSaw { upto: of, of };
    room.happens(saw, None, &[Seen]).await;
    room.settled().await;
    let wanted = (thread, "theirs".to_owned(), Sign::Seen, true);
    assert_eq!(signs(&room.wall.calls()), [wanted]);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_gets_a_sign_on_the_members_own_message() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let thread = room.thread().await;
    let of = room.written(agent_said(None), &thread, &[]).await;
    let gone = What::MessageDeleted {
        of,
        message: "e9".into(),
        by: By::Agent("U1".into()),
    };
    room.happens(gone, None, &[Recalled]).await;
    room.settled().await;
    let wanted = (thread, "theirs".to_owned(), Sign::Recalled, true);
    assert_eq!(signs(&room.wall.calls()), [wanted]);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_another_thread_has_the_failed_sign_there_until_it_is_sent() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let older = Thread::Desk(hinny_bridges::DeskThread { id: "old".into() });
    let held = What::LineHeld {
        held: "e9".into(),
        by: "U1".into(),
        why: Held::OtherThread,
    };
    let held = room.written(held, &older, &[FailedSign]).await;
    room.settled().await;
    let sign = |on| (older.clone(), "theirs".to_owned(), Sign::Failed, on);
    assert_eq!(signs(&room.wall.calls()), [sign(true)]);
    room.happens(agent_said(Some(held)), None, &[FailedSign])
        .await;
    room.settled().await;
    assert_eq!(signs(&room.wall.calls()), [sign(true), sign(false)]);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_for_a_thread_that_is_gone_costs_the_one_in_use_nothing() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let (thread, older) = (room.thread().await, desk("old"));
    room.wall.fail("change", SendError::ThreadGone);
    room.written(agent_said(None), &older, &[FailedSign]).await;
    room.settled().await;
    assert_eq!(signs(&room.wall.calls()).len(), 1);
    assert_eq!(room.thread().await, thread);
    room.engine.stop().await;
}

fn desk(id: &str) -> Thread {
    Thread::Desk(hinny_bridges::DeskThread { id: id.into() })
}
