//! Keeps calls under Slack's limits, so that the limits are never hit: one message per second and channel, and
//! for each method so many calls a minute (<https://docs.slack.dev/apis/web-api/rate-limits>).
//!
//! A call counts from its start until a whole window after its end: wherever in between Slack saw it, no window
//! on Slack's clock holds more.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::config::Limits;

/// Keys that were not used for so long are forgotten when the map has grown.
const MANY: usize = 1_000;

pub(super) struct Budget {
    limits: Limits,
    spent: Mutex<HashMap<String, Spent>>,
}

/// What is counted together: a method, or the messages into one channel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purse<'a> {
    Method(&'static str),
    Posts(&'a str),
}

#[derive(Default)]
struct Spent {
    under_way: usize,
    /// When the calls of the last window ended, oldest first.
    ended: VecDeque<Instant>,
    /// Slack asked for silence until then.
    quiet_until: Option<Instant>,
}

/// The right to make one call. It must live as long as the call does.
pub(super) struct Slot<'a> {
    budget: &'a Budget,
    key: String,
}

impl Purse<'_> {
    fn key(&self) -> String {
        match self {
            Purse::Method(method) => (*method).to_owned(),
            Purse::Posts(channel) => format!("posts {channel}"),
        }
    }
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Budget {
            limits,
            spent: Mutex::default(),
        }
    }

    /// A slot, or how long to wait before asking again.
    pub(super) fn take(&self, purse: Purse<'_>) -> Result<Slot<'_>, Duration> {
        let (budget, key) = (self, purse.key());
        self.take_at(purse, Instant::now())
            .map(|()| Slot { budget, key })
    }

    /// Slack said 429: nothing is spent from this purse before `retry_after` is over.
    pub(super) fn silence(&self, purse: Purse<'_>, retry_after: Duration) {
        let mut all = self.spent();
        let spent = all.entry(purse.key()).or_default();
        let until = Instant::now().checked_add(retry_after);
        spent.quiet_until = spent.quiet_until.max(until);
    }

    /// Calls per window.
    fn allowance(&self, purse: Purse<'_>) -> (usize, Duration) {
        let minute = self.limits.minute;
        match purse {
            Purse::Posts(_) => (1, self.limits.between_posts),
            Purse::Method("usergroups.list" | "usergroups.users.list") => (20, minute),
            Purse::Method("users.info" | "files.getUploadURLExternal" | "files.info") => {
                (100, minute)
            }
            Purse::Method(_) => (50, minute),
        }
    }

    fn take_at(&self, purse: Purse<'_>, now: Instant) -> Result<(), Duration> {
        let (most, window) = self.allowance(purse);
        let mut all = self.spent();
        if all.len() > MANY {
            all.retain(|_, spent| !spent.is_idle(window, now));
        }
        let spent = all.entry(purse.key()).or_default();
        if let Some(left) = spent.quiet_until.and_then(|until| left(until, now)) {
            return Err(left);
        }
        spent.forget_before(window, now);
        if spent.under_way + spent.ended.len() >= most {
            let oldest = spent.ended.front().and_then(|end| left(*end + window, now));
            return Err(oldest.unwrap_or(window));
        }
        spent.under_way += 1;
        Ok(())
    }

    fn give_back_at(&self, key: &str, now: Instant) {
        let mut all = self.spent();
        let spent = all.entry(key.to_owned()).or_default();
        spent.under_way = spent.under_way.saturating_sub(1);
        spent.ended.push_back(now);
    }

    /// The map stays sound whatever happened to a thread that held it, so a poisoned lock is taken.
    fn spent(&self) -> MutexGuard<'_, HashMap<String, Spent>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    fn forget_before(&mut self, window: Duration, now: Instant) {
        while self.ended.front().is_some_and(|end| *end + window <= now) {
            self.ended.pop_front();
        }
    }

    fn is_idle(&self, window: Duration, now: Instant) -> bool {
        let recent = self.ended.back().is_some_and(|end| *end + window > now);
        let quiet = self.quiet_until.is_some_and(|until| until > now);
        self.under_way == 0 && !recent && !quiet
    }
}

fn left(until: Instant, now: Instant) -> Option<Duration> {
    until
        .checked_duration_since(now)
        .filter(|left| !left.is_zero())
}

impl Drop for Slot<'_> {
    /// Runs too when the call was given up on: it may have reached Slack all the same.
    fn drop(&mut self) {
        self.budget.give_back_at(&self.key, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTS: Purse<'static> = Purse::Posts("C1");

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn one_message_a_second_counted_from_the_end_of_the_call() {
        let budget = Budget::new(Limits::default());
        let start = Instant::now();
        budget.take_at(POSTS, start).unwrap();
        assert!(budget.take_at(POSTS, start + millis(5_000)).is_err());
        budget.give_back_at("posts C1", start + millis(300));
        let wait = budget.take_at(POSTS, start + millis(500)).unwrap_err();
        assert_eq!(wait, millis(800));
        assert!(budget.take_at(POSTS, start + millis(1_300)).is_ok());
    }

    #[test]
    fn channels_and_methods_do_not_share() {
        let budget = Budget::new(Limits::default());
        let first = budget.take(POSTS);
        assert!(first.is_ok());
        assert!(budget.take(POSTS).is_err());
        assert!(budget.take(Purse::Posts("C2")).is_ok());
        assert!(budget.take(Purse::Method("chat.update")).is_ok());
    }

    #[test]
    fn a_method_has_its_tier() {
        let budget = Budget::new(Limits::default());
        let now = Instant::now();
        let calls = |method| {
            let free = |_: &i32| budget.take_at(Purse::Method(method), now).is_ok();
            (0..200).take_while(free).count()
        };
        assert_eq!(calls("conversations.replies"), 50);
        assert_eq!(calls("usergroups.users.list"), 20);
        assert_eq!(calls("users.info"), 100);
    }

    #[test]
    fn silence_is_kept_and_never_cut_short() {
        let budget = Budget::new(Limits::default());
        budget.silence(POSTS, millis(30_000));
        budget.silence(POSTS, millis(3_000));
        let wait = budget.take(POSTS).err().unwrap();
        assert!(wait > millis(29_000), "{wait:?}");
        budget.silence(POSTS, Duration::MAX);
        assert!(budget.take(POSTS).is_err());
    }
}
