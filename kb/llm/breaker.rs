//! `Breaker`: after some failures in a row the model is left alone, and then tried with one question at a time.
//! Written here because the crates for it count failure rates over windows or let every waiting call through
//! when they try again; this one lets exactly one question pay for each try.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row that open it.
pub const FAILURES: u32 = 5;
/// How long it stays open before each try.
pub const REST: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// While it is open: when the next question may try.
    next_try: Option<Instant>,
}

impl Breaker {
    /// Whether the model may be asked now. While it is open this also takes the try: the next is later.
    pub fn lets_pass(&self, now: Instant) -> bool {
        let mut state = self.lock();
        match state.next_try {
            None => true,
            Some(at) if now < at => false,
            Some(_) => {
                state.next_try = Some(now + REST);
                true
            }
        }
    }

    /// True if this one closed it again.
    pub fn succeeded(&self) -> bool {
        let mut state = self.lock();
        state.failures = 0;
        state.next_try.take().is_some()
    }

    /// True if this one opened it.
    pub fn failed(&self, now: Instant) -> bool {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        if state.failures < FAILURES {
            return false;
        }
        let opened = state.next_try.is_none();
        if opened {
            state.next_try = Some(now + REST);
        }
        opened
    }

    /// Two numbers that are whole at every instruction: a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(now: Instant) -> Breaker {
        let breaker = Breaker::default();
        for turn in 1..=FAILURES {
            assert!(breaker.lets_pass(now));
            assert_eq!(breaker.failed(now), turn == FAILURES);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it() {
        let now = Instant::now();
        assert!(!broken(now).lets_pass(now));
        let breaker = Breaker::default();
        for _ in 0..20 {
            breaker.failed(now);
            breaker.failed(now);
            assert!(!breaker.succeeded());
        }
        assert!(breaker.lets_pass(now));
    }

    #[test]
    fn one_question_tries_every_thirty_seconds() {
        let mut now = Instant::now();
        let breaker = broken(now);
        for _ in 0..3 {
            now += REST;
            assert!(!breaker.lets_pass(now - Duration::from_millis(1)));
            assert!(breaker.lets_pass(now));
            assert!(!breaker.lets_pass(now), "the others wait for the try");
            breaker.failed(now);
        }
    }

    #[test]
    fn a_try_that_works_closes_it() {
        let now = Instant::now();
        let breaker = broken(now);
        assert!(breaker.lets_pass(now + REST));
        assert!(breaker.succeeded());
        assert!((0..10).all(|_| breaker.lets_pass(now + REST)));
    }
}
