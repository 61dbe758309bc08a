//! `Outbox`: carries deliveries to the platforms. In order within a conversation, side by side between them.
//!
//! The life of a delivery: it is committed with its event; the outbox sends it with all that waits behind it; the
//! posts that now exist are written down; it is sent. A crash before that last step sends it again, so a thread
//! sees each line at least once. What a platform will never take becomes a dead letter.

mod card;
mod change;
mod deliver;
mod lanes;
mod lines;
mod moving;
mod notices;
mod settle;
mod signs;
#[cfg(test)]
mod tests;
mod twins;
mod work;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hinny_bridges::Target;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::lanes::{Lanes, Pass};
use crate::clock;
use crate::ids::{ConversationId, Millis, SiteId};
use crate::shell::Shell;
use crate::store::{Batch, StoreError};
use crate::switchboard::Switchboard;

/// Conversations that are delivered at once. A platform's own limits are kept by its bridge.
const AT_ONCE: usize = 64;

/// No connection's share of that is less, however many there are.
const LEAST_SHARE: usize = 4;

pub struct Outbox {
    shell: Arc<Shell>,
    switchboard: Arc<Switchboard>,
    lanes: Arc<Lanes>,
}

/// A conversation's turn, and its place in the lane.
type Admitted = (Batch, Target, Pass);

impl Outbox {
    pub fn new(shell: Arc<Shell>, switchboard: Arc<Switchboard>) -> Self {
        let share = (AT_ONCE / shell.bridges.len().max(1)).max(LEAST_SHARE);
        let lanes = Lanes::new(share, shell.timing.retry_max);
        Outbox {
            shell,
            switchboard,
            lanes,
        }
    }

    /// Runs until `stop` turns true or its sender goes; what is being sent then is still sent and written down.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let outbox = Arc::new(self);
        let mut busy = HashSet::new();
        let mut work = JoinSet::new();
        tokio::select! {
            () = outbox.look_around() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        while !*stop.borrow() {
            for (batch, target, pass) in outbox.due(&busy).await {
                busy.insert(batch.conversation.clone());
                work.spawn(outbox.clone().deliver(batch, target, pass));
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

    async fn look_around(&self) {
        self.doubt_what_waits().await;
        self.follow_teams().await;
    }

    /// What waits already was perhaps being sent when the process before this one died.
    async fn doubt_what_waits(&self) {
        while let Err(error) = self.shell.store.doubt_pending().await {
            tracing::error!(%error, "the outbox could not be read");
            tokio::time::sleep(self.shell.timing.retry_first).await;
        }
    }

    async fn due(&self, busy: &HashSet<ConversationId>) -> Vec<Admitted> {
        let due = self.admit_due(busy).await;
        due.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox could not be read");
            Vec::new()
        })
    }

    /// Looks again while what was found had no room in its lane: others may wait behind it.
    async fn admit_due(&self, busy: &HashSet<ConversationId>) -> Result<Vec<Admitted>, StoreError> {
        let mut admitted: Vec<Admitted> = Vec::new();
        let mut shut = self.shut_sites();
        let mut names: Vec<ConversationId> = busy.iter().cloned().collect();
        loop {
            let room = AT_ONCE.saturating_sub(names.len());
            if room == 0 {
                return Ok(admitted);
            }
            let found = self
                .shell
                .store
                .due(clock::now(), &names, &shut, room as u32);
            let mut is_full = false;
            for batch in found.await? {
                let target = self.target(&batch);
                match self.lanes.enter(&target) {
                    Some(pass) => {
                        names.push(batch.conversation.clone());
                        admitted.push((batch, target, pass));
                    }
                    None => {
                        is_full = true;
                        shut.push(batch.site.clone());
                    }
                }
            }
            if !is_full {
                return Ok(admitted);
            }
        }
    }

    /// Sites whose team cannot be told anything just now.
    fn shut_sites(&self) -> Vec<SiteId> {
        let sites = self.shell.sites.iter();
        let shut = sites.filter(|(_, rules)| !self.lanes.is_open(&rules.target));
        shut.map(|(site, _)| site.clone()).collect()
    }

    /// The team may have moved since a delivery was committed; lines follow it.
    fn target(&self, batch: &Batch) -> Target {
        let rules = self.shell.sites.get(&batch.site);
        let now = rules.map(|rules| &rules.target);
        let then = batch.deliveries.first().map(|first| &first.target);
        now.or(then).cloned().expect("a batch is never empty")
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
        let poll = self.lanes.opens_in().map_or(poll, |left| left.min(poll));
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
