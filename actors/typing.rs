//! Shows in the team's thread that the visitor writes. Best effort: nothing is stored, and too much of it is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hinny_bridges::{Bridge, Thread};

use crate::ids::{ConversationId, SiteId};
use crate::shell::Shell;

/// Platforms show it for 5 to 10 seconds by themselves, so it is told this often at most.
const EVERY: Duration = Duration::from_secs(4);

/// Conversations whose last time is remembered; beyond that the old ones are forgotten.
const REMEMBERED: usize = 1_000;

/// Who wrote lately.
#[derive(Default)]
pub struct Typing {
    told: Mutex<HashMap<ConversationId, Instant>>,
}

impl Typing {
    /// Whether it is time to tell it again.
    fn is_due(&self, conversation: &ConversationId, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |last: &Instant| now.duration_since(*last) < EVERY;
        if told.get(conversation).is_some_and(lately) {
            return false;
        }
        if told.len() >= REMEMBERED {
            told.retain(|_, last| lately(last));
        }
        told.insert(conversation.clone(), now);
        true
    }
}

/// The visitor writes. Returns at once.
pub fn visitor_writes(shell: &Arc<Shell>, site: &SiteId, conversation: &ConversationId) {
    if !shell.typing.is_due(conversation, Instant::now()) {
        return;
    }
    let (shell, site, conversation) = (shell.clone(), site.clone(), conversation.clone());
    let runtime = shell.runtime.clone();
    runtime.spawn(async move {
        if let Some((bridge, thread)) = place(&shell, &site, &conversation).await
            && let Err(error) = bridge.typing(&thread).await
        {
            tracing::debug!(%error, "that the visitor writes could not be shown");
        }
    });
}

/// The conversation's thread, if it is where the site meets its team now.
async fn place(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
) -> Option<(Arc<dyn Bridge>, Thread)> {
    let target = &shell.sites.get(site)?.target;
    let bridge = shell.bridges.get(&target.connection)?;
    let thread = shell.store.thread_of(conversation).await.ok().flatten()?;
    thread
        .is_in(&target.channel)
        .then(|| (bridge.clone(), thread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_every_few_seconds_for_each_conversation() {
        let typing = Typing::default();
        let (ada, bob) = (ConversationId::from("ada"), ConversationId::from("bob"));
        let now = Instant::now();
        assert!(typing.is_due(&ada, now) && typing.is_due(&bob, now));
        assert!(!typing.is_due(&ada, now + EVERY / 2));
        assert!(typing.is_due(&ada, now + EVERY));
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let typing = Typing::default();
        let now = Instant::now();
        for number in 0..REMEMBERED {
            assert!(typing.is_due(&ConversationId(number.to_string()), now));
        }
        assert!(typing.is_due(&ConversationId::from("ada"), now + EVERY));
        assert_eq!(typing.told.lock().unwrap().len(), 1);
    }
}
