//! One conversation's turn at the outbox: find or open its thread, send what waits, write down what came of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use hinny_bridges::{Bridge, Line, Mark, Post, SendError, SendStopped, Target, Thread};

use super::{Outbox, card, lines};
use crate::clock;
use crate::ids::{Cause, ConversationId, Millis};
use crate::order::{Order, Refusal, Request};
use crate::retry;
use crate::store::{Batch, Delivery, DeliveryKind, Receipt, StoreError};
use crate::tally::Link;

/// Deliveries of one conversation that go to the bridge at once.
const BATCH: usize = 50;

/// After an unknown outcome the line may stand there already: the next try waits this many times the first pause,
/// so that repeats stay few while a platform is in trouble.
const AMBIGUOUS_PAUSE: u32 = 30;

/// Why a turn at the outbox ended early.
enum Trouble {
    Platform(SendError),
    /// Our own side; nothing was sent.
    Inside(String),
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

impl Outbox {
    /// Delivers what it can; whatever goes wrong is settled here, and the conversation is free again.
    pub(super) async fn deliver(self: Arc<Self>, batch: Batch) -> ConversationId {
        if let Some(head) = batch.deliveries.first() {
            let tried = AssertUnwindSafe(self.try_deliver(&batch, head)).catch_unwind();
            let panicked = |_| Err(Trouble::Inside("the delivery panicked".into()));
            if let Err(trouble) = tried.await.unwrap_or_else(panicked) {
                self.settle(&batch, head, trouble).await;
            }
        }
        batch.conversation
    }

    async fn try_deliver(&self, batch: &Batch, head: &Delivery) -> Result<(), Trouble> {
        // The team may have moved since this was committed; lines follow it.
        let site = self.shell.sites.get(&batch.site);
        let target = site.map_or(&head.target, |site| &site.target);
        let bridge = self.bridge(target)?;
        let thread = self.shell.store.thread_of(&batch.conversation).await?;
        if let Some(elsewhere) = thread
            .as_ref()
            .filter(|thread| !thread.is_in(&target.channel))
        {
            return self
                .tell(batch, elsewhere, |thread| Request::LoseThread { thread })
                .await;
        }
        if head.what == DeliveryKind::Close {
            if let Some(thread) = &thread {
                bridge.mark(thread, &Mark::Done).await?;
            }
            let done = std::slice::from_ref(&head.id);
            return Ok(self.shell.store.delivered(done, clock::now()).await?);
        }
        if !is_line(head.what) {
            let done = std::slice::from_ref(&head.id);
            return Ok(self.shell.store.delivered(done, clock::now()).await?);
        }
        let waiting = together(&batch.deliveries);
        let thread = match thread {
            Some(thread) => {
                if waiting
                    .iter()
                    .any(|delivery| delivery.what == DeliveryKind::Card)
                {
                    // Who may write into a closed thread gets no error from it, but colleagues may not.
                    bridge.mark(&thread, &Mark::Open).await?;
                }
                thread
            }
            None => {
                // The rest waits for the next look, which finds the thread.
                return self.open(batch, waiting, target, bridge.as_ref()).await;
            }
        };
        let first = self.shell.store.first_in(&thread).await?;
        let fresh = first.is_none_or(|first| first == head.id);
        let lines = lines::render(&self.shell, batch, waiting, fresh).await?;
        self.send(bridge.as_ref(), &thread, &lines).await
    }

    fn bridge(&self, target: &Target) -> Result<Arc<dyn Bridge>, Trouble> {
        let known = self.shell.bridges.get(&target.connection).cloned();
        known.ok_or_else(|| {
            let name = &target.connection.0;
            Trouble::Inside(format!("the configuration has no connection called {name}"))
        })
    }

    /// Opens a thread and commits it before anything more is said in it.
    async fn open(
        &self,
        batch: &Batch,
        waiting: &[Delivery],
        target: &Target,
        bridge: &dyn Bridge,
    ) -> Result<(), Trouble> {
        let title = card::title(&self.shell, batch).await?;
        let lines = lines::render(&self.shell, batch, &waiting[..1], true).await?;
        let opened = bridge.open(&target.channel, &title, &lines[0]).await?;
        fail::fail_point!("outbox_thread_opened");
        self.note(batch, &opened.thread, target).await?;
        let active = self.shell.store.thread_of(&batch.conversation).await?;
        if active.as_ref() == Some(&opened.thread) {
            self.write_down(&opened.thread, &opened.posts).await;
        } else {
            // Another one was first; ours is a twin and must not look alive.
            bridge.mark(&opened.thread, &Mark::Done).await?;
        }
        Ok(())
    }

    async fn send(
        &self,
        bridge: &dyn Bridge,
        thread: &Thread,
        lines: &[Line],
    ) -> Result<(), Trouble> {
        fail::fail_point!("outbox_before_send");
        let result = bridge.send(thread, lines).await;
        fail::fail_point!("outbox_after_send");
        match result {
            Ok(posts) => {
                self.write_down(thread, &posts).await;
                Ok(())
            }
            Err(SendStopped { sent, error }) => {
                self.write_down(thread, &sent).await;
                Err(error.into())
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
    async fn note(&self, batch: &Batch, opened: &Thread, target: &Target) -> Result<(), Trouble> {
        let mut failures = 0;
        loop {
            let note = |thread| Request::NoteThread {
                target: target.clone(),
                thread,
            };
            match self.order(batch, opened, note).await {
                Ok(_) => return Ok(()),
                Err(refusal @ (Refusal::Busy | Refusal::Storage(_))) => {
                    failures += 1;
                    tracing::error!(error = %refusal, "an opened thread could not be stored; trying again");
                    tokio::time::sleep(retry::pause(&self.shell.timing, failures)).await;
                }
                Err(refusal) => return Err(Trouble::Inside(refusal.to_string())),
            }
        }
    }

    async fn tell(
        &self,
        batch: &Batch,
        thread: &Thread,
        request: impl FnOnce(Thread) -> Request,
    ) -> Result<(), Trouble> {
        let told = self.order(batch, thread, request).await;
        told.map(|_| ())
            .map_err(|refusal| Trouble::Inside(refusal.to_string()))
    }

    /// Tells the conversation about a thread. The cause names the thread, so that each is noted once.
    async fn order(
        &self,
        batch: &Batch,
        thread: &Thread,
        request: impl FnOnce(Thread) -> Request,
    ) -> Result<Receipt, Refusal> {
        let request = request(thread.clone());
        let address = serde_json::to_string(thread).expect("a thread is plain data");
        let order = Order {
            site: batch.site.clone(),
            conversation: batch.conversation.clone(),
            cause: Cause(format!("{}:{address}", request.name())),
            request,
        };
        self.switchboard.handle(order).await
    }

    /// Decides what becomes of the deliveries after trouble. One `match` over what the caller is to do next.
    async fn settle(&self, batch: &Batch, head: &Delivery, trouble: Trouble) {
        let settled = match trouble {
            Trouble::Inside(why) => self.later(head, why).await,
            Trouble::Platform(error) => self.settle_platform(batch, head, error).await,
        };
        if let Err(error) = settled {
            // The rows are as they were, so the next look finds them again.
            tracing::error!(%error, "the outbox could not write down a failure");
            tokio::time::sleep(self.shell.timing.retry_first).await;
        }
    }

    async fn settle_platform(
        &self,
        batch: &Batch,
        head: &Delivery,
        error: SendError,
    ) -> Result<(), StoreError> {
        let why = error.to_string();
        self.note_failure(head, &error);
        match error {
            SendError::RateLimited { retry_after } => {
                self.postpone(head, retry_after, false, &why).await
            }
            SendError::ThreadGone => self.lose_thread(batch, head).await,
            SendError::Refused(_) => self.bury(head, &why).await,
            SendError::NoAccess(_) => {
                self.postpone(head, self.shell.timing.retry_max, false, &why)
                    .await
            }
            SendError::Unauthorized(_) => {
                let connection = &head.target.connection;
                self.shell
                    .tally
                    .set_link(connection, Link::Stopped(why.clone()));
                self.postpone(head, self.shell.timing.retry_max, false, &why)
                    .await
            }
            SendError::Unreachable(_) => self.later(head, why).await,
            SendError::Ambiguous(_) => {
                let timing = &self.shell.timing;
                let least = (timing.retry_first * AMBIGUOUS_PAUSE).min(timing.retry_max);
                let pause = retry::pause(timing, head.attempts + 1).max(least);
                self.postpone(head, pause, true, &why).await
            }
        }
    }

    async fn lose_thread(&self, batch: &Batch, head: &Delivery) -> Result<(), StoreError> {
        let thread = self.shell.store.thread_of(&batch.conversation).await?;
        if let Some(thread) = thread
            && let Err(Trouble::Inside(why)) = self
                .tell(batch, &thread, |thread| Request::LoseThread { thread })
                .await
        {
            return self.later(head, why).await;
        }
        Ok(())
    }

    async fn later(&self, head: &Delivery, why: String) -> Result<(), StoreError> {
        let pause = retry::pause(&self.shell.timing, head.attempts + 1);
        self.postpone(head, pause, true, &why).await
    }

    async fn postpone(
        &self,
        head: &Delivery,
        pause: Duration,
        attempt: bool,
        why: &str,
    ) -> Result<(), StoreError> {
        let at = clock::now() + pause.as_millis() as Millis;
        self.shell.store.postpone(&head.id, at, attempt, why).await
    }

    async fn bury(&self, head: &Delivery, why: &str) -> Result<(), StoreError> {
        self.shell.store.bury(&head.id, why, clock::now()).await
    }

    fn note_failure(&self, head: &Delivery, error: &SendError) {
        // Waiting for one's turn is no failure.
        if matches!(error, SendError::RateLimited { .. }) {
            return;
        }
        self.shell.tally.send_failures.add(1);
        tracing::warn!(
            delivery.id = %head.id,
            bridge.connection = head.target.connection.0,
            attempts = head.attempts + 1,
            %error,
            "a delivery failed"
        );
    }
}

/// What is said in the thread, and not done to it.
fn is_line(what: DeliveryKind) -> bool {
    matches!(what, DeliveryKind::Card | DeliveryKind::Line)
}

/// What can go in one batch: everything up to the next one that is no line.
fn together(deliveries: &[Delivery]) -> &[Delivery] {
    let end = deliveries
        .iter()
        .position(|delivery| !is_line(delivery.what))
        .unwrap_or(deliveries.len());
    &deliveries[..end.min(BATCH)]
}
