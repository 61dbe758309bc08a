//! Signs on messages: what the visitor saw, what was taken back, and what did not arrive.

use hinny_bridges::{PostChange, PostId, SendError, Sign, Thread};

use super::Outbox;
use super::change::refers;
use super::deliver::{Stop, Turn};
use crate::event::What;
use crate::ids::{DeliveryId, Seq};
use crate::store::{Delivery, Fate, StoreError};

/// Whose message has a sign, and whether it has it now.
struct Miss {
    of: Seq,
    on: bool,
}

impl Outbox {
    /// A sign on a member's own message, if that is in this thread.
    pub(super) async fn sign(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
        sign: Sign,
    ) -> Result<(), Stop> {
        let Some(of) = refers(turn, delivery).await? else {
            return self.done(&[delivery]).await;
        };
        let posts = self.shell.store.reply_posts(turn.scene.conversation, of);
        let mut posts = posts.await?.into_iter();
        let Some((_, post)) = posts.find(|(place, _)| place == thread) else {
            return self.done(&[delivery]).await;
        };
        let react = PostChange::React { sign, on: true };
        self.react(turn, thread, delivery, post, &react).await
    }

    /// The sign of what did not arrive, put on or taken away as things are now.
    pub(super) async fn failed_sign(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        let Some(miss) = self.miss(turn, delivery).await? else {
            return self.done(&[delivery]).await;
        };
        let Some((place, post)) = self.message(turn, thread, miss.of).await? else {
            return self.done(&[delivery]).await;
        };
        let (sign, on) = (Sign::Failed, miss.on);
        let react = PostChange::React { sign, on };
        if place == *thread {
            return self.react(turn, thread, delivery, post, &react).await;
        }
        // What becomes of an older thread says nothing about the one in use, and it may be on another platform.
        if let Err(error) = self.react_elsewhere(&place, post, &react).await {
            tracing::warn!(conversation.id = %turn.batch.conversation, %error, "an older thread took no sign");
        }
        self.done(&[delivery]).await
    }

    async fn react_elsewhere(
        &self,
        place: &Thread,
        post: PostId,
        react: &PostChange,
    ) -> Result<(), SendError> {
        let unknown = |error: StoreError| SendError::Unreachable(error.to_string());
        let target = self.shell.store.target_of(place).await.map_err(unknown)?;
        let bridge = target.and_then(|target| self.shell.bridges.get(&target.connection));
        match bridge {
            Some(bridge) => bridge.change(place, &[post], react).await.map(drop),
            None => Ok(()),
        }
    }

    async fn miss(&self, turn: &Turn<'_>, delivery: &Delivery) -> Result<Option<Miss>, StoreError> {
        let Some(entry) = turn.scene.entry(delivery.seq).await? else {
            return Ok(None);
        };
        let own = |on| {
            Ok(Some(Miss {
                of: delivery.seq,
                on,
            }))
        };
        match &entry.event.what {
            // A held line that was sent after all has arrived.
            What::AgentSaid { held, .. } => own(held.is_none()),
            What::LineHeld { .. } | What::TeamTold { .. } => own(true),
            What::DeliveryFailed { of, delivery } => self.given_up(*of, delivery).await.map(Some),
            What::DeliveryRetried { of, delivery } => {
                let told = turn.scene.entry(*of).await?;
                match told.map(|told| told.event.what) {
                    Some(What::DeliveryFailed { of, .. }) => {
                        self.given_up(of, delivery).await.map(Some)
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    async fn given_up(&self, of: Seq, delivery: &str) -> Result<Miss, StoreError> {
        let fate = self.shell.store.fate(&DeliveryId::from(delivery)).await?;
        let on = fate == Some(Fate::GivenUp);
        Ok(Miss { of, on })
    }

    /// The message that an event stands in: a member's own, or the last one of ours. What an edit did not change is
    /// the message that it was about.
    async fn message(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        of: Seq,
    ) -> Result<Option<(Thread, PostId)>, StoreError> {
        let (store, conversation) = (&self.shell.store, turn.scene.conversation);
        let about = turn.scene.entry(of).await?;
        let about = about.and_then(|entry| match entry.event.what {
            What::MessageEdited { of, .. } | What::NoteEdited { of, .. } => Some(of),
            _ => None,
        });
        let of = about.unwrap_or(of);
        let theirs = store.reply_posts(conversation, of).await?;
        if let Some(found) = theirs.into_iter().next() {
            return Ok(Some(found));
        }
        let own = store.posts_of(conversation, of).await?;
        let mut own = own.into_iter().rev();
        let here = own.find(|carried| carried.thread == *thread);
        Ok(here.map(|carried| (carried.thread, carried.post)))
    }

    async fn react(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
        post: PostId,
        react: &PostChange,
    ) -> Result<(), Stop> {
        fail::fail_point!("outbox_before_change");
        let changed = turn.bridge.change(thread, &[post], react).await;
        fail::fail_point!("outbox_after_change");
        changed.map_err(|error| Stop::at(delivery, error))?;
        self.done(&[delivery]).await
    }
}
