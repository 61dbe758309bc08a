//! Keeps Discord's rate limits without hitting them: a bucket per route and channel, known only from the
//! headers of answers, and 50 calls a second for the whole bot
//! (<https://discord.com/developers/docs/topics/rate-limits>). Without room Discord is not called at all.
//!
//! serenity has a limiter too, but it sleeps where the outbox must be told to wait, and it forgets a base
//! address that is set; its `Route` still names the buckets.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serenity::http::RatelimitingBucket;

/// Discord allows 50; the clocks of two sides do not agree to the millisecond.
const PER_SECOND: usize = 45;
const SECOND: Duration = Duration::from_secs(1);
/// Routes and buckets are forgotten all at once beyond this number; they are learnt again by asking.
const MOST: usize = 10_000;

/// What a call counts against: its method and route, and the channel or server in its path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) method: &'static str,
    pub(super) route: RatelimitingBucket,
    pub(super) major: String,
}

/// What an answer's headers say about the bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) bucket: Option<String>,
    pub(super) limit: Option<u32>,
    pub(super) left: Option<u32>,
    pub(super) reset_after: Option<Duration>,
}

/// The right to make one call. It must live as long as the call does.
pub(super) struct Slot<'a> {
    budget: &'a Budget,
    key: &'a Key,
    told: Told,
}

impl Slot<'_> {
    /// The answer came, with these headers.
    pub(super) fn answered(mut self, told: Told) {
        self.told = told;
    }
}

impl Drop for Slot<'_> {
    /// Runs too when the call was given up on: it may have reached Discord all the same.
    fn drop(&mut self) {
        self.budget.learn_at(self.key, &self.told, Instant::now());
    }
}

#[derive(Default)]
pub(super) struct Budget {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The name that Discord gave to a route's bucket; several routes may share one.
    names: HashMap<Key, String>,
    buckets: HashMap<(String, String), Bucket>,
    /// Calls of the last second, and those under way.
    recent: VecDeque<Instant>,
    under_way: usize,
    quiet_until: Option<Instant>,
}

struct Bucket {
    limit: u32,
    left: u32,
    resets: Instant,
    under_way: u32,
}

impl Budget {
    /// Takes room for one call, or says how long to wait before asking again.
    pub(super) fn take<'a>(&'a self, key: &'a Key) -> Result<Slot<'a>, Duration> {
        let budget = self;
        self.take_at(key, Instant::now()).map(|()| Slot {
            budget,
            key,
            told: Told::default(),
        })
    }

    /// Discord said 429: nothing goes before `wait` is over, to this bucket or at all.
    pub(super) fn silence(&self, key: &Key, wait: Duration, global: bool) {
        let now = Instant::now();
        let mut known = self.known();
        let until = now.checked_add(wait);
        if global {
            known.quiet_until = known.quiet_until.max(until);
            return;
        }
        let name = known.name(key);
        let bucket = known.buckets.entry(name).or_insert(Bucket {
            limit: 1,
            left: 0,
            resets: now,
            under_way: 0,
        });
        bucket.left = 0;
        bucket.resets = until.unwrap_or(bucket.resets).max(bucket.resets);
    }

    fn take_at(&self, key: &Key, now: Instant) -> Result<(), Duration> {
        let mut known = self.known();
        if let Some(wait) = known.quiet_until.and_then(|until| left(until, now)) {
            return Err(wait);
        }
        while known.recent.front().is_some_and(|at| *at + SECOND <= now) {
            known.recent.pop_front();
        }
        if known.recent.len() + known.under_way >= PER_SECOND {
            let oldest = known.recent.front().and_then(|at| left(*at + SECOND, now));
            return Err(oldest.unwrap_or(SECOND));
        }
        let name = known.name(key);
        if let Some(bucket) = known.buckets.get_mut(&name) {
            bucket.take(now)?;
        }
        known.under_way += 1;
        Ok(())
    }

    fn learn_at(&self, key: &Key, told: &Told, now: Instant) {
        let mut known = self.known();
        known.under_way = known.under_way.saturating_sub(1);
        known.recent.push_back(now);
        let before = known.name(key);
        if let Some(bucket) = known.buckets.get_mut(&before) {
            bucket.under_way = bucket.under_way.saturating_sub(1);
        }
        let (Some(name), Some(limit), Some(count), Some(reset_after)) =
            (&told.bucket, told.limit, told.left, told.reset_after)
        else {
            return;
        };
        if known.names.len() > MOST || known.buckets.len() > MOST {
            known.names.clear();
            known.buckets.clear();
        }
        known.names.insert(key.clone(), name.clone());
        let name = (name.clone(), key.major.clone());
        let bucket = known.buckets.entry(name).or_insert(Bucket {
            limit,
            left: count,
            resets: now,
            under_way: 0,
        });
        let fresh = bucket.resets <= now;
        bucket.limit = limit;
        // Answers may overtake each other: within one window only the smallest number is news.
        bucket.left = if fresh { count } else { bucket.left.min(count) };
        bucket.resets = bucket.resets.max(now + reset_after);
    }

    /// The map stays sound whatever happened to a thread that held it, so a poisoned lock is taken.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The bucket of a route; before Discord has named it, it is the route's own.
    fn name(&self, key: &Key) -> (String, String) {
        let own = || format!("{} {:?}", key.method, key.route);
        let name = self.names.get(key).cloned().unwrap_or_else(own);
        (name, key.major.clone())
    }
}

impl Bucket {
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let allowed = match left(self.resets, now) {
            Some(_) => self.left,
            None => self.limit,
        };
        if self.under_way >= allowed {
            return Err(left(self.resets, now).unwrap_or(SECOND));
        }
        self.under_way += 1;
        Ok(())
    }
}

fn left(until: Instant, now: Instant) -> Option<Duration> {
    until
        .checked_duration_since(now)
        .filter(|left| !left.is_zero())
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
