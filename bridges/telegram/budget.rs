//! Keeps what hinny posts into one group under Telegram's limit, so that the limit is never hit.
//!
//! The limit is 20 messages per minute and group (<https://core.telegram.org/bots/faq>), with edits and
//! topics counted too. This is an exact sliding window, because a token bucket that starts full would
//! let twice the limit through in its first minute. A call counts from its start until a whole minute
//! after its end: wherever in between Telegram saw it, no minute on Telegram's clock holds more.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(60);

pub(super) struct Budget {
    per_minute: usize,
    chats: Mutex<HashMap<i64, Spent>>,
}

/// What one group has used up.
#[derive(Default)]
struct Spent {
    under_way: usize,
    /// When the calls of the last minute ended, oldest first.
    ended: VecDeque<Instant>,
    /// Telegram asked for silence until then.
    quiet_until: Option<Instant>,
}

/// The right to make one call. It must live as long as the call does.
pub(super) struct Slot<'a> {
    budget: &'a Budget,
    chat: i64,
}

impl Budget {
    pub(super) fn new(per_minute: u32) -> Self {
        Budget {
            per_minute: per_minute.max(1) as usize,
            chats: Mutex::default(),
        }
    }

    /// A slot, or how long to wait before asking again.
    pub(super) fn take(&self, chat: i64) -> Result<Slot<'_>, Duration> {
        let budget = self;
        self.take_at(chat, Instant::now())
            .map(|()| Slot { budget, chat })
    }

    /// Telegram said 429: nothing goes to this group before `retry_after` is over.
    pub(super) fn silence(&self, chat: i64, retry_after: Duration) {
        self.silence_at(chat, retry_after, Instant::now());
    }

    fn take_at(&self, chat: i64, now: Instant) -> Result<(), Duration> {
        let mut chats = self.chats();
        let spent = chats.entry(chat).or_default();
        if let Some(left) = spent.quiet_until.and_then(|until| left(until, now)) {
            return Err(left);
        }
        spent.forget_before(now);
        if spent.under_way + spent.ended.len() >= self.per_minute {
            let oldest = spent.ended.front().and_then(|end| left(*end + WINDOW, now));
            return Err(oldest.unwrap_or(WINDOW));
        }
        spent.under_way += 1;
        Ok(())
    }

    fn give_back_at(&self, chat: i64, now: Instant) {
        let mut chats = self.chats();
        let spent = chats.entry(chat).or_default();
        spent.under_way = spent.under_way.saturating_sub(1);
        spent.ended.push_back(now);
    }

    fn silence_at(&self, chat: i64, retry_after: Duration, now: Instant) {
        let mut chats = self.chats();
        let spent = chats.entry(chat).or_default();
        spent.quiet_until = spent.quiet_until.max(now.checked_add(retry_after));
    }

    /// The map stays sound whatever happened to a thread that held it, so a poisoned lock is taken.
    fn chats(&self) -> MutexGuard<'_, HashMap<i64, Spent>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    fn forget_before(&mut self, now: Instant) {
        while self.ended.front().is_some_and(|end| *end + WINDOW <= now) {
            self.ended.pop_front();
        }
    }
}

fn left(until: Instant, now: Instant) -> Option<Duration> {
    until
        .checked_duration_since(now)
        .filter(|left| !left.is_zero())
}

impl Drop for Slot<'_> {
    /// Runs too when the call was given up on: it may have reached Telegram all the same.
    fn drop(&mut self) {
        self.budget.give_back_at(self.chat, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHAT: i64 = -100;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_limit_holds_in_every_minute() {
        let budget = Budget::new(2);
        let start = Instant::now();
        for at in [0, 10] {
            budget.take_at(CHAT, start + seconds(at)).unwrap();
            budget.give_back_at(CHAT, start + seconds(at + 5));
        }
        let wait = budget.take_at(CHAT, start + seconds(20)).unwrap_err();
        assert_eq!(wait, seconds(45));
        assert!(budget.take_at(CHAT, start + seconds(65)).is_ok());
        assert!(budget.take_at(CHAT, start + seconds(66)).is_err());
    }

    #[test]
    fn calls_under_way_count_and_groups_do_not_share() {
        let budget = Budget::new(1);
        let slot = budget.take(CHAT);
        assert!(slot.is_ok());
        assert!(budget.take(CHAT).is_err());
        assert!(budget.take(CHAT - 1).is_ok());
        drop(slot);
        assert!(budget.take(CHAT).is_err());
    }

    #[test]
    fn silence_covers_the_whole_group_and_is_never_cut_short() {
        let budget = Budget::new(20);
        let start = Instant::now();
        budget.silence_at(CHAT, seconds(30), start);
        budget.silence_at(CHAT, seconds(3), start);
        assert_eq!(budget.take_at(CHAT, start).unwrap_err(), seconds(30));
        assert!(budget.take_at(CHAT, start + seconds(29)).is_err());
        assert!(budget.take_at(CHAT, start + seconds(30)).is_ok());
        budget.silence_at(CHAT, Duration::MAX, start);
        assert!(budget.take_at(CHAT, start + seconds(31)).is_ok());
    }

    proptest! {
        /// Telegram sees each call at some moment between its start and its end.
        #[test]
        fn no_minute_of_telegrams_clock_holds_more(
            calls in proptest::collection::vec((0u64..9_000, 0u64..4_000, 0u64..=100), 1..120),
            per_minute in 1u32..25,
        ) {
            let budget = Budget::new(per_minute);
            let start = Instant::now();
            let mut now = start;
            let mut seen = Vec::new();
            for (pause, lasts, share) in calls {
                now += Duration::from_millis(pause);
                if budget.take_at(CHAT, now).is_ok() {
                    let lasts = Duration::from_millis(lasts);
                    seen.push(now + lasts * u32::try_from(share).unwrap() / 100);
                    now += lasts;
                    budget.give_back_at(CHAT, now);
                }
            }
            for first in &seen {
                let minute = seen.iter().filter(|at| *at >= first && **at < *first + WINDOW);
                prop_assert!(minute.count() <= per_minute as usize);
            }
        }
    }
}
