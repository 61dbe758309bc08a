//! Moving: a team's place was changed in the configuration while conversations were open. They follow it, and the
//! threads they leave say so.

use std::time::Duration;

use hinny_bridges::text::Text;
use hinny_bridges::{Bridge, Line, LineAuthor, Mark, SendError, Target, Thread};

use super::Outbox;
use crate::ids::DeliveryId;
use crate::order::{Refusal, Request};
use crate::store::{Batch, StoreError};

/// Said in a thread that the team moved away from.
const MOVED: &str = "The team has moved: this conversation goes on in another channel. What is written here reaches nobody.";

/// How often a farewell is tried where others are served first.
const FAREWELLS: u32 = 20;

/// Longer than this nobody is waited for with a farewell.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Outbox {
    /// After a start: who waits must not wait in a place where nobody looks any more.
    pub(super) async fn follow_teams(&self) {
        if let Err(error) = self.try_follow_teams().await {
            // Their next line moves them.
            tracing::error!(%error, "open conversations could not be looked through");
        }
    }

    async fn try_follow_teams(&self) -> Result<(), StoreError> {
        for (site, conversation, thread) in self.shell.store.open_threads().await? {
            let rules = self.shell.sites.get(&site);
            if rules.is_none_or(|rules| thread.is_in(&rules.target.channel)) {
                continue;
            }
            let batch = Batch {
                site,
                conversation,
                deliveries: Vec::new(),
            };
            if let Err(error) = self.move_on(&batch, &thread).await {
                tracing::warn!(conversation.id = %batch.conversation, %error, "a conversation could not follow its team yet");
            }
        }
        Ok(())
    }

    /// The conversation leaves a thread that is not where its team is.
    pub(super) async fn move_on(&self, batch: &Batch, thread: &Thread) -> Result<(), Refusal> {
        let left = self.shell.store.target_of(thread).await;
        let lose = |thread| Request::LoseThread { thread };
        let receipt = self.order(batch, thread, lose).await?;
        let left: Option<Target> = left.ok().flatten();
        let bridge = left.and_then(|left| self.shell.bridges.get(&left.connection).cloned());
        if let Some(bridge) = bridge.filter(|_| !receipt.repeated) {
            let thread = thread.clone();
            // The place that was left may be slow or dead, and nobody waits for it.
            self.shell.runtime.spawn(async move {
                if let Err(error) = bid_farewell(bridge.as_ref(), &thread, MOVED).await {
                    tracing::warn!(%error, "a thread that was left could not be told");
                }
            });
        }
        Ok(())
    }
}

/// Says in a thread that it is over, and closes it.
pub(super) async fn bid_farewell(
    bridge: &dyn Bridge,
    thread: &Thread,
    words: &str,
) -> Result<(), SendError> {
    let id = DeliveryId::random();
    let line = Line::new(id.as_str(), LineAuthor::Hinny, Text::plain(words));
    let mut is_said = false;
    let mut left = FAREWELLS;
    loop {
        match try_farewell(bridge, thread, &line, &mut is_said).await {
            Err(SendError::RateLimited { retry_after })
                if left > 0 && retry_after <= LONGEST_WAIT =>
            {
                left -= 1;
                tokio::time::sleep(retry_after).await;
            }
            other => return other,
        }
    }
}

async fn try_farewell(
    bridge: &dyn Bridge,
    thread: &Thread,
    line: &Line,
    is_said: &mut bool,
) -> Result<(), SendError> {
    if !*is_said {
        let told = bridge.send(thread, std::slice::from_ref(line)).await;
        told.map_err(|stopped| stopped.error)?;
        *is_said = true;
    }
    bridge.mark(thread, &Mark::Done).await
}
