//! Keeps what hinny posts into one group under Telegram's limit, so that the limit is never hit.
//!
//! The limit is 20 messages per minute and group, and one per second apart from short bursts
//! (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>), with edits and topics counted
//! too. These are exact sliding windows, because a token bucket that starts full would let twice the limit through in
//! its first minute. A call counts from its start until a whole minute after its end: wherever in between Telegram
//! saw it, no minute on Telegram's clock holds more.
//!
//! When room is short, hand-overs come first: some room is left for them that lines do not take, and some for lines
//! that edits and reactions do not take.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// "Short bursts": what a quarter of the minute's messages may do in a twelfth of a minute, which is one a second.
const BURST_SHARE: usize = 4;
const BURST_PART: u32 = 12;

pub(super) struct Budget {
    per_minute: usize,
    minute: Duration,
    chats: Mutex<HashMap<i64, Spent>>,
}

/// How much a call matters when there is not enough room for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Somebody begins to wait for a person: topics and the first words in them.
    HandOver,
    Line,
    /// Edits and reactions: nice to have soon, and what waits is often overtaken by the next one.
    Trifle,
}

impl Weight {
    /// The share of the minute, in percent, that is left to weightier calls.
    fn leaves(self) -> usize {
        match self {
            Weight::HandOver => 0,
            Weight::Line => 15,
            Weight::Trifle => 35,
        }
    }
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
    /// `minute` is what counts as one; only tests have another than Telegram's.
    pub(super) fn new(per_minute: u32, minute: Duration) -> Self {
        Budget {
            per_minute: per_minute.max(1) as usize,
            minute,
            chats: Mutex::default(),
        }
    }

    /// A slot, or how long to wait before asking again.
    pub(super) fn take(&self, chat: i64, weight: Weight) -> Result<Slot<'_>, Duration> {
        let budget = self;
        self.take_at(chat, weight, Instant::now())
            .map(|()| Slot { budget, chat })
    }

    /// Whether Telegram has asked for silence in this group.
    pub(super) fn is_quiet(&self, chat: i64) -> bool {
        let chats = self.chats();
        let until = chats.get(&chat).and_then(|spent| spent.quiet_until);
        until.is_some_and(|until| left(until, Instant::now()).is_some())
    }

    /// Telegram said 429: nothing goes to this group before `retry_after` is over.
    pub(super) fn silence(&self, chat: i64, retry_after: Duration) {
        self.silence_at(chat, retry_after, Instant::now());
    }

    fn take_at(&self, chat: i64, weight: Weight, now: Instant) -> Result<(), Duration> {
        let mut chats = self.chats();
        let spent = chats.entry(chat).or_default();
        if let Some(left) = spent.quiet_until.and_then(|until| left(until, now)) {
            return Err(left);
        }
        spent.forget_before(now, self.minute);
        let room = self.per_minute - self.per_minute * weight.leaves() / 100;
        let burst = self.per_minute / BURST_SHARE;
        for (window, most) in [(self.minute, room), (self.minute / BURST_PART, burst)] {
            if let Some(wait) = spent.wait(window, most.max(1), now) {
                return Err(wait);
            }
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
    fn forget_before(&mut self, now: Instant, minute: Duration) {
        while self.ended.front().is_some_and(|end| *end + minute <= now) {
            self.ended.pop_front();
        }
    }

    /// How long until the window holds less than `most` calls; nothing when it does now.
    fn wait(&self, window: Duration, most: usize, now: Instant) -> Option<Duration> {
        let mut recent = self.ended.iter().filter(|end| **end + window > now);
        let surplus = (self.under_way + recent.clone().count()).checked_sub(most)?;
        let in_the_way = recent.nth(surplus).and_then(|end| left(*end + window, now));
        Some(in_the_way.unwrap_or(window))
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
    const MINUTE: Duration = Duration::from_secs(60);
    use Weight::{HandOver, Line, Trifle};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_limit_holds_in_every_minute() {
        let budget = Budget::new(2, MINUTE);
        let start = Instant::now();
        for at in [0, 10] {
            budget.take_at(CHAT, HandOver, start + seconds(at)).unwrap();
            budget.give_back_at(CHAT, start + seconds(at + 5));
        }
        let wait = budget
            .take_at(CHAT, HandOver, start + seconds(20))
            .unwrap_err();
        assert_eq!(wait, seconds(45));
        assert!(budget.take_at(CHAT, HandOver, start + seconds(65)).is_ok());
        assert!(budget.take_at(CHAT, HandOver, start + seconds(66)).is_err());
    }

    #[test]
    fn calls_under_way_count_and_groups_do_not_share() {
        let budget = Budget::new(1, MINUTE);
        let slot = budget.take(CHAT, HandOver);
        assert!(slot.is_ok());
        assert!(budget.take(CHAT, HandOver).is_err());
        assert!(budget.take(CHAT - 1, HandOver).is_ok());
        drop(slot);
        assert!(budget.take(CHAT, HandOver).is_err());
    }

    #[test]
    fn silence_covers_the_whole_group_and_is_never_cut_short() {
        let budget = Budget::new(20, MINUTE);
        let start = Instant::now();
        budget.silence_at(CHAT, seconds(30), start);
        budget.silence_at(CHAT, seconds(3), start);
        assert_eq!(
            budget.take_at(CHAT, HandOver, start).unwrap_err(),
            seconds(30)
        );
        assert!(budget.take_at(CHAT, HandOver, start + seconds(29)).is_err());
        assert!(budget.take_at(CHAT, HandOver, start + seconds(30)).is_ok());
        budget.silence_at(CHAT, Duration::MAX, start);
        assert!(budget.take_at(CHAT, HandOver, start + seconds(31)).is_ok());
    }

    /// Calls one after the other, each as soon as a burst allows it, until this weight has no room any more.
    fn fill(budget: &Budget, weight: Weight, start: Instant) -> usize {
        let mut taken = 0;
        for tenth in 0..300 {
            let now = start + Duration::from_millis(100 * tenth);
            if budget.take_at(CHAT, weight, now).is_ok() {
                budget.give_back_at(CHAT, now);
                taken += 1;
            }
        }
        taken
    }

    #[test]
    fn hand_overs_find_room_where_lines_and_edits_do_not() {
        let budget = Budget::new(20, MINUTE);
        let start = Instant::now();
        assert_eq!(fill(&budget, Trifle, start), 13);
        let half = start + seconds(30);
        assert!(budget.take_at(CHAT, Trifle, half).is_err());
        let lines = fill(&budget, Line, half);
        assert_eq!(lines, 4);
        let later = start + seconds(59);
        assert!(budget.take_at(CHAT, Line, later).is_err());
        assert!(budget.take_at(CHAT, HandOver, later).is_ok());
    }

    #[test]
    fn bursts_are_short() {
        let budget = Budget::new(20, MINUTE);
        let start = Instant::now();
        for _ in 0..5 {
            budget.take_at(CHAT, HandOver, start).unwrap();
            budget.give_back_at(CHAT, start);
        }
        let wait = budget
            .take_at(CHAT, HandOver, start + seconds(1))
            .unwrap_err();
        assert_eq!(wait, seconds(4));
        assert!(budget.take_at(CHAT, HandOver, start + seconds(5)).is_ok());
    }

    proptest! {
        /// Telegram sees each call at some moment between its start and its end.
        #[test]
        fn no_minute_of_telegrams_clock_holds_more(
            calls in proptest::collection::vec((0u64..9_000, 0u64..4_000, 0u64..=100), 1..120),
            per_minute in 1u32..25,
        ) {
            let budget = Budget::new(per_minute, MINUTE);
            let start = Instant::now();
            let mut now = start;
            let mut seen = Vec::new();
            for (pause, lasts, share) in calls {
                now += Duration::from_millis(pause);
                if budget.take_at(CHAT, HandOver, now).is_ok() {
                    let lasts = Duration::from_millis(lasts);
                    seen.push(now + lasts * u32::try_from(share).unwrap() / 100);
                    now += lasts;
                    budget.give_back_at(CHAT, now);
                }
            }
            for first in &seen {
                let minute = seen.iter().filter(|at| *at >= first && **at < *first + MINUTE);
                prop_assert!(minute.count() <= per_minute as usize);
            }
        }
    }
}
