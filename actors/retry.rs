//! How long to wait before the next try.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::shell::Timing;

/// The pause after the `failures`-th failure in a row: doubling, capped, with jitter.
pub fn pause(timing: &Timing, failures: u32) -> Duration {
    let nth = failures.saturating_sub(1).min(32) as usize;
    ExponentialBuilder::default()
        .with_min_delay(timing.retry_first)
        .with_max_delay(timing.retry_max)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
        .nth(nth)
        .unwrap_or(timing.retry_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_bounds() {
        let timing = Timing::default();
        let first = pause(&timing, 1);
        assert!(first >= timing.retry_first && first <= timing.retry_first * 2);
        assert!(pause(&timing, 5) >= timing.retry_first * 16);
        assert!(pause(&timing, 1000) <= timing.retry_max * 2);
    }
}
