//! Limits: how much one visitor or one address may do. Whoever asks too much is told when to come again.

mod uploads;

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use hinny_actors::ids::VisitorId;
use tokio::sync::Notify;

use crate::config::raw::RawLimits;
use crate::error::Problem;
use crate::proxy::limit_key;

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// All limits of this server.
pub struct Limits {
    visitor_messages: Keyed<VisitorId>,
    address_messages: Keyed<IpAddr>,
    hellos: Keyed<IpAddr>,
    sessions: Keyed<IpAddr>,
    connections: Arc<Places>,
    sockets: Arc<Places>,
    uploads: uploads::Uploads,
}

impl Limits {
    /// `largest` is the largest file that is taken, in bytes.
    pub fn new(limits: &RawLimits, largest: u64) -> Limits {
        Limits {
            uploads: uploads::Uploads::new(largest),
            visitor_messages: keyed(limits.messages_burst, limits.messages_per_minute),
            address_messages: keyed(
                limits.address_messages_burst,
                limits.address_messages_per_minute,
            ),
            hellos: keyed(limits.hellos_burst, limits.hellos_per_minute),
            sessions: keyed(limits.sessions_burst, limits.sessions_per_minute),
            connections: Places::new(limits.connections, limits.connections_per_address),
            sockets: Places::new(limits.connections, limits.connections_per_address),
        }
    }

    /// A message or a call for a person.
    pub fn message(&self, visitor: &VisitorId, address: IpAddr) -> Result<(), Problem> {
        check(&self.visitor_messages, visitor)?;
        check(&self.address_messages, &limit_key(address))
    }

    /// A socket's greeting or a REST call.
    pub fn hello(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.hellos, &limit_key(address))
    }

    /// A visitor who was not known before.
    pub fn session(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.sessions, &limit_key(address))
    }

    /// A place for one more TCP connection. A trusted proxy may hold any number of them.
    pub fn connection(&self, peer: IpAddr, is_proxy: bool) -> Option<Place> {
        self.connections.clone().take(limit_key(peer), is_proxy)
    }

    /// A place for one more socket of a client, wherever its connection comes from.
    pub fn socket(&self, client: IpAddr) -> Option<Place> {
        self.sockets.clone().take(limit_key(client), false)
    }

    pub fn open_connections(&self) -> usize {
        self.connections.lock().0
    }

    pub fn open_sockets(&self) -> usize {
        self.sockets.lock().0
    }

    /// Waits until the last socket and the last connection are gone.
    pub async fn emptied(&self) {
        self.sockets.emptied().await;
        self.connections.emptied().await;
    }

    /// Forgets whoever has been quiet long enough to have everything allowed again.
    pub fn sweep(&self) {
        sweep(&self.visitor_messages);
        sweep(&self.address_messages);
        sweep(&self.hellos);
        sweep(&self.sessions);
        self.uploads.sweep();
    }
}

/// Typing and pings of one socket, which cost nothing but should stay few.
pub struct Chatter(RateLimiter<NotKeyed, InMemoryState, DefaultClock>);

impl Chatter {
    /// A client that works sends one of them every few seconds.
    const PER_SECOND: u32 = 10;
    const BURST: u32 = 50;
    const STEPS: u32 = 5;

    pub fn new() -> Self {
        Chatter(RateLimiter::direct(quota_per_second(
            Self::PER_SECOND,
            Self::BURST,
        )))
    }

    /// For what is written down each time: where the visitor goes.
    pub fn of_steps() -> Self {
        Chatter(RateLimiter::direct(quota_per_second(1, Self::STEPS)))
    }

    pub fn check(&self) -> Result<(), Problem> {
        self.0.check().map_err(|not_until| {
            Problem::rate_limited(not_until.wait_time_from(self.0.clock().now()))
        })
    }
}

fn quota_per_second(rate: u32, burst: u32) -> Quota {
    Quota::per_second(at_least_one(rate)).allow_burst(at_least_one(burst))
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn keyed<K: Hash + Eq + Clone>(burst: u32, per_minute: u32) -> Keyed<K> {
    let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst));
    RateLimiter::keyed(quota)
}

fn check<K: Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<(), Problem> {
    limiter
        .check_key(key)
        .map_err(|not_until| waited(limiter, &not_until))
}

fn waited<K: Hash + Eq + Clone>(
    limiter: &Keyed<K>,
    not_until: &NotUntil<<DefaultClock as Clock>::Instant>,
) -> Problem {
    let wait = not_until.wait_time_from(limiter.clock().now());
    Problem::rate_limited(wait.max(Duration::from_millis(1)))
}

fn sweep<K: Hash + Eq + Clone>(limiter: &Keyed<K>) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

/// What is open, in all and by address.
struct Places {
    most: usize,
    most_per_address: usize,
    open: Mutex<(usize, HashMap<IpAddr, usize>)>,
    /// Rung when the last place is given back.
    empty: Notify,
}

/// One open connection or socket; dropping it gives the place back.
pub struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    fn new(most: usize, most_per_address: usize) -> Arc<Self> {
        Arc::new(Places {
            most,
            most_per_address,
            open: Mutex::default(),
            empty: Notify::new(),
        })
    }

    fn take(self: Arc<Self>, address: IpAddr, any_number: bool) -> Option<Place> {
        let mut open = self.lock();
        let here = open.1.get(&address).copied().unwrap_or(0);
        let too_many_here = here >= self.most_per_address && !any_number;
        if open.0 >= self.most || too_many_here {
            return None;
        }
        open.0 += 1;
        open.1.insert(address, here + 1);
        drop(open);
        Some(Place {
            places: self,
            address,
        })
    }

    async fn emptied(&self) {
        loop {
            let rung = self.empty.notified();
            if self.lock().0 == 0 {
                return;
            }
            rung.await;
        }
    }

    /// Both counts change together between two statements, so a panic elsewhere cannot have parted them.
    fn lock(&self) -> std::sync::MutexGuard<'_, (usize, HashMap<IpAddr, usize>)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.lock();
        open.0 -= 1;
        if open.0 == 0 {
            self.places.empty.notify_waiters();
        }
        if let Some(here) = open.1.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                open.1.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn limits(change: impl FnOnce(&mut RawLimits)) -> Limits {
        let mut raw = RawLimits::default();
        change(&mut raw);
        Limits::new(&raw, 1_000_000)
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([198, 51, 100, last])
    }

    #[test]
    fn a_burst_is_taken_and_then_a_time_to_wait_is_told() {
        let limits = limits(|_| {});
        let ada = VisitorId::from("ada");
        for _ in 0..20 {
            assert_eq!(limits.message(&ada, address(1)), Ok(()));
        }
        let problem = limits.message(&ada, address(1)).unwrap_err();
        assert_eq!(problem.code, Code::RateLimited);
        let wait = problem.retry_after_ms().unwrap();
        assert!((1..=1_000).contains(&wait), "{wait}");
        assert_eq!(limits.message(&"bob".into(), address(1)), Ok(()));
    }

    #[test]
    fn many_visitors_of_one_address_share_a_limit() {
        let limits = limits(|raw| raw.address_messages_burst = 3);
        let send = |name: &str, from| limits.message(&name.into(), from);
        for name in ["a", "b", "c"] {
            assert_eq!(send(name, address(1)), Ok(()));
        }
        assert!(send("d", address(1)).is_err());
        assert_eq!(send("d", address(2)), Ok(()));
    }

    #[test]
    fn hellos_and_sessions_count_by_address() {
        let limits = limits(|raw| {
            raw.hellos_burst = 1;
            raw.sessions_burst = 1;
        });
        assert!(limits.hello(address(1)).is_ok() && limits.session(address(1)).is_ok());
        assert!(limits.hello(address(1)).is_err() && limits.session(address(1)).is_err());
        assert!(limits.hello(address(2)).is_ok() && limits.session(address(2)).is_ok());
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let limits = limits(|raw| {
            raw.connections = 3;
            raw.connections_per_address = 2;
        });
        let first = limits.socket(address(1));
        let second = limits.socket(address(1));
        assert!(first.is_some() && second.is_some());
        assert!(limits.socket(address(1)).is_none());
        let third = limits.socket(address(2));
        assert!(third.is_some() && limits.socket(address(3)).is_none());
        drop(first);
        assert!(limits.socket(address(1)).is_some());
        drop((second, third));
        assert_eq!(limits.open_sockets(), 0);
    }

    #[test]
    fn a_proxy_may_hold_many_connections_and_a_stranger_may_not() {
        let limits = limits(|raw| raw.connections_per_address = 1);
        let proxy: Vec<_> = (0..3)
            .map(|_| limits.connection(address(1), true))
            .collect();
        assert!(proxy.iter().all(Option::is_some));
        let place = limits.connection(address(2), false);
        assert!(place.is_some() && limits.connection(address(2), false).is_none());
        assert_eq!(limits.open_connections(), 4);
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let limits = limits(|raw| raw.connections_per_address = 1);
        let place = limits.socket("2001:db8::1".parse().unwrap());
        assert!(place.is_some() && limits.socket("2001:db8::2".parse().unwrap()).is_none());
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let limits = limits(|raw| {
            raw.hellos_burst = 1;
            raw.hellos_per_minute = u32::MAX;
        });
        assert!(limits.hello(address(1)).is_ok());
        limits.sweep();
        assert_eq!(limits.hellos.len(), 0);
    }
}
