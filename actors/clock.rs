//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::ids::Millis;

/// Milliseconds since 1970. A clock before 1970 counts as 1970.
pub fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as Millis)
}
