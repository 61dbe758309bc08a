//! `Lanes`: who may be sent to now, so that one platform in trouble delays nobody else.
//!
//! Each connection has its share of what is sent at once, and a hanging one fills only that. A channel whose budget
//! is short is served one conversation at a time; when others are asked to wait too, the whole channel waits, and
//! then the order in which they come is kept: hand-overs first. A connection or channel that refuses us again and
//! again is left alone for a while and then probed once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hinny_bridges::{ConnectionId, SendError, Target};

/// So many refusals in a row stop a connection or channel.
const REFUSALS: u32 = 3;

/// A channel counts as short of budget until so long after the wait that it asked for.
const TIGHT: Duration = Duration::from_secs(5);

/// Conversations that were asked to wait are due a moment before their channel is open again.
const MOMENT: Duration = Duration::from_millis(20);

pub(super) struct Lanes {
    /// Conversations of one connection that are served at once.
    share: usize,
    /// How long a stopped one is left alone.
    rest: Duration,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    connections: HashMap<ConnectionId, Lane>,
    channels: HashMap<Target, Lane>,
    /// Opening threads may need a right that nothing else in a channel needs.
    openings: HashMap<Target, Lane>,
}

/// What is known of one connection or channel.
#[derive(Default)]
struct Lane {
    under_way: usize,
    /// Refusals in a row.
    refusals: u32,
    /// Closed to everybody: after refusals, or because its budget is used up.
    shut_until: Option<Instant>,
    /// Calls in a row that were asked to wait.
    waits: u32,
    tight_until: Option<Instant>,
}

/// A place in a lane; it is free again when this is dropped.
pub(super) struct Pass {
    lanes: Arc<Lanes>,
    target: Target,
}

impl Lanes {
    pub(super) fn new(share: usize, rest: Duration) -> Arc<Self> {
        Arc::new(Lanes {
            share: share.max(1),
            rest,
            books: Mutex::default(),
        })
    }

    /// Whether one more conversation may be served there.
    pub(super) fn is_open(&self, target: &Target) -> bool {
        self.is_open_at(target, Instant::now())
    }

    pub(super) fn enter(self: &Arc<Self>, target: &Target) -> Option<Pass> {
        if !self.is_open(target) {
            return None;
        }
        let mut books = self.books();
        for lane in books.both(target) {
            lane.under_way += 1;
        }
        Some(Pass {
            lanes: self.clone(),
            target: target.clone(),
        })
    }

    /// Takes in how a send or a change ended. Returns `true` when this stopped the lane.
    pub(super) fn note(&self, target: &Target, outcome: Result<(), &SendError>) -> bool {
        self.note_at(target, outcome, Instant::now())
    }

    /// The same for opening a thread: where only that is refused, what is said in threads goes on.
    pub(super) fn note_opening(&self, target: &Target, outcome: Result<(), &SendError>) -> bool {
        let now = Instant::now();
        match outcome {
            Err(SendError::NoAccess(_)) => {
                let mut books = self.books();
                lane(&mut books.connections, &target.connection).served();
                return lane(&mut books.openings, target).refused(now + self.rest);
            }
            Ok(()) => lane(&mut self.books().openings, target).served(),
            Err(_) => {}
        }
        self.note_at(target, outcome, now)
    }

    /// How long no thread is to be opened there, after refusals.
    pub(super) fn opening_waits(&self, target: &Target) -> Option<Duration> {
        let books = self.books();
        let until = books.openings.get(target)?.shut_until?;
        until.checked_duration_since(Instant::now())
    }

    /// Whether the last thread that was to be opened there was not refused.
    pub(super) fn opens_threads(&self, target: &Target) -> bool {
        let books = self.books();
        let lane = books.openings.get(target);
        lane.is_none_or(|lane| lane.refusals == 0)
    }

    /// How long until one that is closed opens.
    pub(super) fn opens_in(&self) -> Option<Duration> {
        let now = Instant::now();
        let books = self.books();
        let lanes = books.connections.values().chain(books.channels.values());
        let shut = lanes.filter_map(|lane| lane.shut_until?.checked_duration_since(now));
        shut.min()
    }

    fn is_open_at(&self, target: &Target, now: Instant) -> bool {
        let books = self.books();
        let connection = books.connections.get(&target.connection);
        let channel = books.channels.get(target);
        connection.is_none_or(|lane| lane.has_room(self.share, now))
            && channel.is_none_or(|lane| lane.has_room(self.share, now))
    }

    fn note_at(&self, target: &Target, outcome: Result<(), &SendError>, now: Instant) -> bool {
        let mut books = self.books();
        let [connection, channel] = books.both(target);
        match outcome {
            Err(SendError::Unauthorized(_)) => connection.refused(now + self.rest),
            Err(SendError::NoAccess(_)) => {
                connection.served();
                channel.refused(now + self.rest)
            }
            // Often it is the bridge that keeps a budget, and then nobody was asked: it says nothing of a refusal before.
            Err(SendError::RateLimited { retry_after }) => {
                channel.asked_to_wait(now.checked_add(*retry_after));
                false
            }
            // Nobody answered, so nothing is known.
            Err(SendError::Unreachable(_) | SendError::Ambiguous(_)) => false,
            Ok(()) | Err(SendError::ThreadGone | SendError::Refused(_)) => {
                connection.served();
                channel.served();
                false
            }
        }
    }

    /// The books are whole after every statement, so a panic elsewhere cannot have broken them.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn both(&mut self, target: &Target) -> [&mut Lane; 2] {
        [
            lane(&mut self.connections, &target.connection),
            lane(&mut self.channels, target),
        ]
    }
}

fn lane<'a, K: Hash + Eq + Clone>(lanes: &'a mut HashMap<K, Lane>, key: &K) -> &'a mut Lane {
    lanes.entry(key.clone()).or_default()
}

impl Lane {
    fn has_room(&self, share: usize, now: Instant) -> bool {
        let is_ahead = |at: Option<Instant>| at.is_some_and(|at| at > now);
        if is_ahead(self.shut_until) {
            return false;
        }
        let probing = self.refusals >= REFUSALS;
        let room = match probing || is_ahead(self.tight_until) {
            true => 1,
            false => share,
        };
        self.under_way < room
    }

    fn refused(&mut self, rest_until: Instant) -> bool {
        self.refusals += 1;
        let stopped = self.refusals >= REFUSALS;
        if stopped {
            self.shut_until = Some(rest_until);
        }
        stopped
    }

    /// One alone may have its own limit; two in a row share one.
    fn asked_to_wait(&mut self, until: Option<Instant>) {
        self.waits += 1;
        self.tight_until = until.map(|until| until + TIGHT);
        if self.waits >= 2 {
            self.shut_until = until.map(|until| until + MOMENT);
        }
    }

    fn served(&mut self) {
        self.refusals = 0;
        self.waits = 0;
        self.shut_until = None;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut books = self.lanes.books();
        for lane in books.both(&self.target) {
            lane.under_way = lane.under_way.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use hinny_bridges::{Channel, TelegramChannel};

    use super::*;

    const REST: Duration = Duration::from_secs(300);

    fn target(connection: &str, chat: i64) -> Target {
        Target {
            connection: ConnectionId(connection.into()),
            channel: Channel::Telegram(TelegramChannel { chat }),
        }
    }

    fn refuse(lanes: &Lanes, target: &Target, error: SendError, times: u32) -> bool {
        let now = Instant::now();
        let noted = (0..times).map(|_| lanes.note_at(target, Err(&error), now));
        noted.last().unwrap_or(false)
    }

    #[test]
    fn a_hanging_connection_fills_only_its_share() {
        let lanes = Lanes::new(2, REST);
        let (dead, alive) = (target("dead", 1), target("alive", 1));
        let other = target("dead", 2);
        let passes: Vec<_> = (0..2).map(|_| lanes.enter(&dead).unwrap()).collect();
        assert!(lanes.enter(&dead).is_none() && lanes.enter(&other).is_none());
        assert!(lanes.enter(&alive).is_some());
        drop(passes);
        assert!(lanes.enter(&other).is_some());
    }

    #[test]
    fn a_refused_credential_stops_its_connection_and_is_probed_once() {
        let lanes = Lanes::new(9, REST);
        let (one, two) = (target("team", 1), target("team", 2));
        let refused = || SendError::Unauthorized("no".into());
        assert!(!refuse(&lanes, &one, refused(), 2));
        assert!(lanes.is_open(&two));
        assert!(refuse(&lanes, &one, refused(), 1));
        assert!(!lanes.is_open(&two) && lanes.is_open(&target("other", 1)));
        let later = Instant::now() + REST;
        assert!(lanes.is_open_at(&two, later));
        lanes.books().both(&two)[0].under_way = 1;
        assert!(!lanes.is_open_at(&one, later), "one probe is enough");
        lanes.note_at(&two, Ok(()), later);
        assert!(lanes.is_open(&one));
    }

    #[test]
    fn waiting_for_a_turn_between_refusals_forgives_none() {
        let lanes = Lanes::new(9, REST);
        let one = target("team", 1);
        let retry_after = Duration::from_secs(1);
        for refused in [
            SendError::Unauthorized("no".into()),
            SendError::NoAccess("no".into()),
        ] {
            let stops = [false, false, true].map(|_| {
                refuse(&lanes, &one, SendError::RateLimited { retry_after }, 1);
                lanes.note_at(&one, Err(&refused), Instant::now())
            });
            assert_eq!(stops, [false, false, true], "{refused}");
        }
    }

    #[test]
    fn a_closed_channel_stops_alone() {
        let lanes = Lanes::new(9, REST);
        let (one, two) = (target("team", 1), target("team", 2));
        refuse(&lanes, &one, SendError::NoAccess("removed".into()), 3);
        assert!(!lanes.is_open(&one) && lanes.is_open(&two));
    }

    #[test]
    fn where_no_thread_may_be_opened_the_others_go_on() {
        let lanes = Lanes::new(9, REST);
        let one = target("team", 1);
        let refused = SendError::NoAccess("no right to open topics".into());
        let stops = [0, 1, 2].map(|_| lanes.note_opening(&one, Err(&refused)));
        assert_eq!(stops, [false, false, true]);
        assert!(lanes.is_open(&one));
        assert!(
            lanes
                .opening_waits(&one)
                .is_some_and(|wait| wait > REST / 2)
        );
        lanes.note(&one, Ok(()));
        assert!(!lanes.opens_threads(&one), "a line proves nothing");
        lanes.note_opening(&one, Ok(()));
        assert!(lanes.opens_threads(&one) && lanes.opening_waits(&one).is_none());
    }

    #[test]
    fn a_platform_that_is_silent_is_tried_on() {
        let lanes = Lanes::new(9, REST);
        let one = target("team", 1);
        refuse(&lanes, &one, SendError::Unreachable("down".into()), 99);
        assert!(lanes.is_open(&one));
    }

    #[test]
    fn a_short_budget_is_spent_in_order() {
        let lanes = Lanes::new(9, REST);
        let one = target("team", 1);
        let retry_after = Duration::from_secs(2);
        let wait = || SendError::RateLimited { retry_after };
        refuse(&lanes, &one, wait(), 1);
        let pass = lanes.enter(&one);
        assert!(pass.is_some() && !lanes.is_open(&one), "one at a time");
        assert!(lanes.is_open(&target("team", 2)));
        drop(pass);
        refuse(&lanes, &one, wait(), 1);
        assert!(!lanes.is_open(&one), "they share a limit");
        assert!(lanes.opens_in().is_some_and(|left| left > retry_after / 2));
        assert!(lanes.is_open_at(&one, Instant::now() + retry_after + MOMENT));
        lanes.note(&one, Ok(()));
        assert!(lanes.is_open(&one));
    }
}
