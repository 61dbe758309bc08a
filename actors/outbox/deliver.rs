//! One conversation's turn at the outbox: find or open its thread, do the next piece of work, write down what came
//! of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use hinny_bridges::{Bridge, Mark, Opened, Post, SendError, SendStopped, Target, Thread};

use super::lanes::Pass;
use super::lines::{self, Scene};
use super::work::{self, Work};
use super::{Outbox, card};
use crate::clock;
use crate::event::What;
use crate::ids::{Cause, ConversationId, DeliveryId};
use crate::order::{Order, Refusal, Request};
use crate::retry;
use crate::store::{Batch, Delivery, DeliveryKind, Receipt, StoreError};

/// A turn with everything it needs.
pub(super) struct Turn<'a> {
    pub batch: &'a Batch,
    pub scene: Scene<'a>,
    pub target: &'a Target,
    pub bridge: &'a dyn Bridge,
}

/// Why a turn ended early.
pub(super) enum Trouble {
    Platform(SendError),
    /// Our own side; nothing was sent.
    Inside(String),
    /// No thread is opened in the channel for so long.
    NoOpening(Duration),
}

/// Where a turn ended early.
pub(super) struct Stop {
    /// What was being done; `None` when it had not begun.
    pub at: Option<DeliveryId>,
    /// Lines that may stand in the thread or not, if the outcome is unknown.
    pub unsure: Vec<DeliveryId>,
    pub trouble: Trouble,
    /// A thread was to be opened.
    pub opening: bool,
}

impl<T: Into<Trouble>> From<T> for Stop {
    fn from(trouble: T) -> Self {
        Stop {
            at: None,
            unsure: Vec::new(),
            trouble: trouble.into(),
            opening: false,
        }
    }
}

impl From<SendError> for Trouble {
    fn from(error: SendError) -> Self {
        Trouble::Platform(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Inside(error.to_string())
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Trouble::Inside(refusal.to_string())
    }
}

impl Stop {
    pub(super) fn inside(why: impl Into<String>) -> Self {
        Trouble::Inside(why.into()).into()
    }

    /// At one delivery.
    pub(super) fn at(delivery: &Delivery, trouble: impl Into<Trouble>) -> Self {
        Stop {
            at: Some(delivery.id.clone()),
            unsure: vec![delivery.id.clone()],
            trouble: trouble.into(),
            opening: false,
        }
    }

    /// At one delivery, for which a thread was to be opened.
    fn opening(delivery: &Delivery, error: SendError) -> Self {
        Stop {
            opening: true,
            ..Stop::at(delivery, error)
        }
    }
}

impl Outbox {
    /// Does the next piece of work; whatever goes wrong is settled here, and the conversation is free again.
    pub(super) async fn deliver(
        self: Arc<Self>,
        batch: Batch,
        target: Target,
        pass: Pass,
    ) -> ConversationId {
        let tried = AssertUnwindSafe(self.try_deliver(&batch, &target)).catch_unwind();
        let panicked = |_| Err(Stop::inside("the delivery panicked"));
        if let Err(stop) = tried.await.unwrap_or_else(panicked) {
            self.settle(&batch, &target, stop).await;
        }
        drop(pass);
        batch.conversation
    }

    async fn try_deliver(&self, batch: &Batch, target: &Target) -> Result<(), Stop> {
        let Some(work) = work::pick(&batch.deliveries) else {
            return Ok(());
        };
        let bridge = self.bridge(target)?;
        let thread = self.shell.store.thread_of(&batch.conversation).await?;
        let turn = Turn {
            batch,
            scene: Scene {
                shell: &self.shell,
                conversation: &batch.conversation,
                thread: thread.as_ref(),
                rules: self.shell.sites.get(&batch.site),
            },
            target,
            bridge: bridge.as_ref(),
        };
        match &thread {
            // The team may have moved since this was committed; the conversation follows it.
            Some(thread) if !thread.is_in(&target.channel) => {
                Ok(self.move_on(batch, thread).await?)
            }
            Some(thread) => match work {
                Work::Say(lines) => self.say_what_is_new(&turn, thread, &lines).await,
                Work::Do(delivery) => self.act(&turn, thread, delivery).await,
                Work::Newest(all) => self.renew(&turn, thread, &all).await,
            },
            None => match work {
                Work::Say(lines) => self.begin(&turn, &lines).await,
                // There is nothing to do it to, and a thread opened later shows how things are then.
                Work::Do(delivery) => self.done(&[delivery]).await,
                Work::Newest(all) => self.done(&all).await,
            },
        }
    }

    fn bridge(&self, target: &Target) -> Result<Arc<dyn Bridge>, Stop> {
        let known = self.shell.bridges.get(&target.connection).cloned();
        known.ok_or_else(|| {
            let name = &target.connection.0;
            Stop::inside(format!("the configuration has no connection called {name}"))
        })
    }

    /// Ticks off what needs no post.
    pub(super) async fn done(&self, deliveries: &[&Delivery]) -> Result<(), Stop> {
        let ids: Vec<DeliveryId> = deliveries.iter().map(|one| one.id.clone()).collect();
        Ok(self.shell.store.delivered(&ids, clock::now()).await?)
    }

    /// Opens a thread for the first line; the rest waits for the next look, which finds the thread.
    async fn begin(&self, turn: &Turn<'_>, waiting: &[&Delivery]) -> Result<(), Stop> {
        let first = waiting[0];
        // To say that something was not said, or to call somebody, no new thread is made.
        if !work::is_missed(first.what) {
            return self.done(&waiting[..1]).await;
        }
        if let Some(wait) = self.lanes.opening_waits(turn.target) {
            return Err(Stop::at(first, Trouble::NoOpening(wait)));
        }
        let title = card::title(&turn.scene, first.seq).await?;
        let lines = lines::render(&turn.scene, &waiting[..1], None).await?;
        fail::fail_point!("outbox_before_open");
        let channel = &turn.target.channel;
        let _opening = self.shell.openings.begin(channel);
        let opened = turn.bridge.open(channel, &title, &lines[0]).await;
        let opened = opened.map_err(|error| Stop::opening(first, error))?;
        fail::fail_point!("outbox_thread_opened");
        self.opened(turn.target);
        // A thread that comes second is noted as a twin, and is closed by a delivery of its own.
        self.note(turn, &opened).await?;
        let conversation = &turn.batch.conversation;
        let active = self.shell.store.thread_of(conversation).await?;
        if active.as_ref() == Some(&opened.thread) {
            fail::fail_point!("outbox_thread_noted");
            if first.doubt_since.is_some() {
                self.shell.look_backs.ask(&turn.target.connection);
            }
            self.write_down(&opened.thread, &opened.posts).await;
        }
        Ok(())
    }

    /// Lines for a thread that may have been opened since they were committed. A card that was to open it is moot then:
    /// what came first in the thread carries one.
    async fn say_what_is_new(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        waiting: &[&Delivery],
    ) -> Result<(), Stop> {
        let mut first = self.shell.store.first_in(thread).await?;
        let (mut wanted, mut moot) = (Vec::new(), Vec::new());
        for delivery in waiting {
            let first = first.get_or_insert_with(|| delivery.id.clone());
            match delivery.id != *first && opens_again(turn, delivery).await? {
                true => moot.push(*delivery),
                false => wanted.push(*delivery),
            }
        }
        if !moot.is_empty() {
            self.done(&moot).await?;
        }
        match wanted.is_empty() {
            true => Ok(()),
            false => self.say(turn, thread, &wanted).await,
        }
    }

    async fn say(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        waiting: &[&Delivery],
    ) -> Result<(), Stop> {
        if waiting.iter().any(|one| one.what == DeliveryKind::Card) {
            // Who may write into a closed thread gets no error from it, but colleagues may not.
            let opened = turn.bridge.mark(thread, &Mark::Open).await;
            opened.map_err(|error| Stop::at(waiting[0], error))?;
        }
        let lines = lines::render(&turn.scene, waiting, Some(thread)).await?;
        fail::fail_point!("outbox_before_send");
        let result = turn.bridge.send(thread, &lines).await;
        fail::fail_point!("outbox_after_send");
        match result {
            Ok(posts) => {
                self.served(turn.target);
                self.write_down(thread, &posts).await;
                Ok(())
            }
            Err(SendStopped { sent, error }) => {
                self.write_down(thread, &sent).await;
                let left: Vec<&Delivery> = unsent(waiting, &sent).collect();
                Err(Stop {
                    at: left.first().map(|one| one.id.clone()),
                    unsure: left.iter().map(|one| one.id.clone()).collect(),
                    trouble: error.into(),
                    opening: false,
                })
            }
        }
    }

    /// What was posted must be remembered, or it would be said twice: so this tries until it is.
    async fn write_down(&self, thread: &Thread, posts: &[Post]) {
        if posts.is_empty() {
            return;
        }
        let mut failures = 0;
        while let Err(error) = self.shell.store.posted(thread, posts, clock::now()).await {
            failures += 1;
            tracing::error!(%error, "a sent line could not be marked as sent; trying again");
            tokio::time::sleep(retry::pause(&self.shell.timing, failures)).await;
        }
        self.shell.tally.posts_sent.add(posts.len() as u64);
        fail::fail_point!("outbox_after_mark");
    }

    /// The thread exists now; forgetting it would open another one. So this tries until it is stored.
    async fn note(&self, turn: &Turn<'_>, opened: &Opened) -> Result<(), Stop> {
        let mut failures = 0;
        loop {
            let note = |thread| Request::NoteThread {
                target: turn.target.clone(),
                thread,
                posts: opened.posts.clone(),
            };
            match self.order(turn.batch, &opened.thread, note).await {
                Ok(_) => return Ok(()),
                Err(refusal @ (Refusal::Busy | Refusal::Storage(_))) => {
                    failures += 1;
                    tracing::error!(error = %refusal, "an opened thread could not be stored; trying again");
                    tokio::time::sleep(retry::pause(&self.shell.timing, failures)).await;
                }
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }

    /// Tells the conversation about a thread. The cause names the thread, so that each is noted once.
    pub(super) async fn order(
        &self,
        batch: &Batch,
        thread: &Thread,
        request: impl FnOnce(Thread) -> Request,
    ) -> Result<Receipt, Refusal> {
        let request = request(thread.clone());
        let address = serde_json::to_string(thread).expect("a thread is plain data");
        let cause = Cause(format!("{}:{address}", request.name()));
        self.tell(batch, cause, request).await
    }

    pub(super) async fn tell(
        &self,
        batch: &Batch,
        cause: Cause,
        request: Request,
    ) -> Result<Receipt, Refusal> {
        let order = Order {
            site: batch.site.clone(),
            conversation: batch.conversation.clone(),
            cause,
            request,
        };
        self.switchboard.handle(order).await
    }
}

/// A card that was asked for because the thread before was lost.
async fn opens_again(turn: &Turn<'_>, delivery: &Delivery) -> Result<bool, StoreError> {
    if delivery.what != DeliveryKind::Card {
        return Ok(false);
    }
    let entry = turn.scene.entry(delivery.seq).await?;
    Ok(entry.is_some_and(|entry| matches!(entry.event.what, What::ThreadLost { .. })))
}

/// Lines that are not wholly posted.
fn unsent<'a>(waiting: &[&'a Delivery], sent: &[Post]) -> impl Iterator<Item = &'a Delivery> {
    let is_whole = |one: &&Delivery| {
        let mut parts = sent.iter().flat_map(|post| &post.carries);
        parts.any(|part| part.last && part.delivery == one.id.0)
    };
    waiting.iter().copied().filter(move |one| !is_whole(one))
}
