//! `Outbox`: carries deliveries to the platforms. In order within a conversation, side by side between them.
//!
//! The life of a delivery: it is committed with its event; the outbox sends it with all that waits behind it; the
//! posts that now exist are written down; it is sent. A crash before that last step sends it again, so a thread
//! sees each line at least once. What a platform will never take becomes a dead letter.

mod card;
mod deliver;
mod lines;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock;
use crate::ids::{ConversationId, Millis};
use crate::shell::Shell;
use crate::store::Batch;
use crate::switchboard::Switchboard;

/// Conversations that are delivered at once. A platform's own limits are kept by its bridge.
const AT_ONCE: usize = 64;

pub struct Outbox {
    pub shell: Arc<Shell>,
    pub switchboard: Arc<Switchboard>,
}

impl Outbox {
    /// Runs until `stop` turns true or its sender goes; what is being sent then is still sent and written down.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let outbox = Arc::new(self);
        let mut busy = HashSet::new();
        let mut work = JoinSet::new();
        while !*stop.borrow() {
            for batch in outbox.due(&busy).await {
                busy.insert(batch.conversation.clone());
                work.spawn(outbox.clone().deliver(batch));
            }
            tokio::select! {
                () = outbox.wait(&mut work, &mut busy) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        while let Some(done) = work.join_next().await {
            note_done(done, &mut busy);
        }
    }

    async fn due(&self, busy: &HashSet<ConversationId>) -> Vec<Batch> {
        let room = AT_ONCE.saturating_sub(busy.len());
        if room == 0 {
            return Vec::new();
        }
        let names: Vec<_> = busy.iter().cloned().collect();
        let due = self
            .shell
            .store
            .due(clock::now(), &names, &[], room as u32)
            .await;
        due.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox could not be read");
            Vec::new()
        })
    }

    /// Until something new is to be delivered, a conversation is done, or the next retry is due.
    async fn wait(&self, work: &mut JoinSet<ConversationId>, busy: &mut HashSet<ConversationId>) {
        let pause = self.pause().await;
        tokio::select! {
            () = self.shell.outbox_bell.notified() => {}
            () = tokio::time::sleep(pause) => {}
            Some(done) = work.join_next() => note_done(done, busy),
        }
        while let Some(done) = work.try_join_next() {
            note_done(done, busy);
        }
        if work.is_empty() {
            // A delivery that panicked could not say which conversation it was.
            busy.clear();
        }
    }

    async fn pause(&self) -> Duration {
        let poll = self.shell.timing.outbox_poll;
        match self.shell.store.next_due().await {
            Ok(Some(at)) if at > clock::now() => {
                let left: Millis = at - clock::now();
                Duration::from_millis(left.max(5) as u64).min(poll)
            }
            // What is due already is being sent, and the end of that wakes us.
            Ok(_) | Err(_) => poll,
        }
    }
}

fn note_done(
    done: Result<ConversationId, tokio::task::JoinError>,
    busy: &mut HashSet<ConversationId>,
) {
    match done {
        Ok(conversation) => {
            busy.remove(&conversation);
        }
        Err(error) => tracing::error!(%error, "a delivery panicked and will be tried again"),
    }
}
