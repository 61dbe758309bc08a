//! `Shell`: what surrounds every conversation. One value, made at the start, handed down to all.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hinny_bridges::{Bridge, ConnectionId, Target};
use tokio::sync::Notify;

use crate::answerer::Answerer;
use crate::feed::Feed;
use crate::ids::SiteId;
use crate::store::Store;
use crate::tally::Tally;

/// Every interval there is, so that tests can use milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// A conversation that nobody talked to for this long leaves memory.
    pub idle: Duration,
    /// A question without a verdict after this long goes to a person.
    pub answer_within: Duration,
    /// How often due alarms are looked for.
    pub alarm_poll: Duration,
    /// How often the outbox looks by itself; it is also woken by every new delivery.
    pub outbox_poll: Duration,
    /// The first wait after a failed send; it doubles up to `retry_max`, with jitter.
    pub retry_first: Duration,
    pub retry_max: Duration,
    /// How long an order may wait for its turn before the sender is told to try again.
    pub order_within: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            idle: Duration::from_secs(300),
            answer_within: Duration::from_secs(8),
            alarm_poll: Duration::from_millis(250),
            outbox_poll: Duration::from_secs(1),
            retry_first: Duration::from_secs(1),
            retry_max: Duration::from_secs(300),
            order_within: Duration::from_secs(10),
        }
    }
}

/// What conversations need to know of their site.
#[derive(Clone, Debug)]
pub struct SiteRules {
    pub name: String,
    /// Where threads are opened.
    pub target: Target,
}

/// The parts of an engine. `arbiters` are the threads that conversations live on; `mailbox` is how many orders may
/// wait for one conversation.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub answerer: Arc<dyn Answerer>,
    pub bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    pub sites: HashMap<SiteId, SiteRules>,
    pub timing: Timing,
    pub arbiters: usize,
    pub mailbox: usize,
}

/// Shared by all conversations, the outbox, the alarms and the listeners.
pub struct Shell {
    pub store: Arc<dyn Store>,
    pub answerer: Arc<dyn Answerer>,
    pub bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    pub sites: HashMap<SiteId, SiteRules>,
    pub timing: Timing,
    pub mailbox: usize,
    pub feed: Feed,
    pub tally: Tally,
    /// Rung when there is something to deliver.
    pub outbox_bell: Notify,
    /// Where free-running work goes; never a conversation's own thread.
    pub runtime: tokio::runtime::Handle,
}
