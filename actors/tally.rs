//! `Tally`: counts of what happened since the start, for metrics. Nothing is decided from them.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hinny_bridges::{ConnectionId, Target};

/// A number that only rises.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How a connection's listener is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    /// Retried by itself.
    Down(String),
    /// The credential was refused: somebody has to look.
    Stopped(String),
}

#[derive(Default)]
pub struct Tally {
    pub said: Count,
    pub answered: Count,
    pub escalated: Count,
    pub replied: Count,
    pub stale_verdicts: Count,
    pub panics: Count,
    pub parked: Count,
    pub woken: Count,
    pub passivated: Count,
    pub posts_sent: Count,
    pub send_failures: Count,
    /// Deliveries that became dead letters.
    pub given_up: Count,
    links: Mutex<BTreeMap<ConnectionId, Link>>,
    barred: Mutex<HashMap<Target, String>>,
}

impl Tally {
    pub fn set_link(&self, connection: &ConnectionId, link: Link) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.insert(connection.clone(), link);
    }

    pub fn links(&self) -> BTreeMap<ConnectionId, Link> {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.clone()
    }

    /// A platform did not let us in when we wanted to post: somebody has to look.
    pub fn bar(&self, target: &Target, why: &str) {
        self.lock_barred().insert(target.clone(), why.to_owned());
    }

    /// Posting works there.
    pub fn unbar(&self, target: &Target) {
        self.lock_barred().remove(target);
    }

    /// Connections with a channel in which we may not post, and why.
    pub fn barred(&self) -> BTreeMap<ConnectionId, String> {
        let barred = self.lock_barred();
        let each = barred.iter();
        each.map(|(target, why)| (target.connection.clone(), why.clone()))
            .collect()
    }

    fn lock_barred(&self) -> MutexGuard<'_, HashMap<Target, String>> {
        self.barred.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
