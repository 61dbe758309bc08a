//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::ids::Millis;

/// Milliseconds since 1970. A clock before 1970 counts as 1970.
pub fn now() -> Millis {
    since_1970() + ahead()
}

/// So far a story may put the clock ahead.
fn ahead() -> Millis {
    fail::fail_point!("clock_ahead", |ahead| ahead
        .and_then(|text| text.parse().ok())
        .unwrap_or_default());
    0
}

fn since_1970() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as Millis)
}
