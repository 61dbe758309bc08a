//! That no call is made which Discord's headers forbid, in whatever order answers come.

use proptest::prelude::*;
use serenity::{http::Route, model::id::ChannelId};

use super::*;

fn key(channel: u64) -> Key {
    let channel_id = ChannelId::new(channel);
    Key {
        method: "POST",
        route: Route::ChannelMessages { channel_id }.ratelimiting_bucket(),
        major: channel.to_string(),
    }
}

fn told(left: u32, reset_after: u64) -> Told {
    Told {
        bucket: Some("abc".to_owned()),
        limit: Some(5),
        left: Some(left),
        reset_after: Some(Duration::from_millis(reset_after)),
    }
}

#[test]
fn an_empty_bucket_waits_for_its_reset_and_others_do_not() {
    let budget = Budget::default();
    let start = Instant::now();
    let after = |ms| start + Duration::from_millis(ms);
    budget.take_at(&key(1), start).unwrap();
    budget.learn_at(&key(1), &told(0, 2_000), after(100));
    let wait = budget.take_at(&key(1), after(600)).unwrap_err();
    assert_eq!(wait, Duration::from_millis(1_500));
    assert!(budget.take_at(&key(2), after(600)).is_ok());
    assert!(budget.take_at(&key(1), after(2_101)).is_ok());
}

#[test]
fn calls_under_way_count() {
    let budget = Budget::default();
    let start = Instant::now();
    budget.take_at(&key(1), start).unwrap();
    budget.learn_at(&key(1), &told(2, 5_000), start);
    assert!(budget.take_at(&key(1), start).is_ok());
    assert!(budget.take_at(&key(1), start).is_ok());
    assert!(budget.take_at(&key(1), start).is_err());
    // The answers come in the wrong order: the smaller number holds.
    budget.learn_at(&key(1), &told(0, 5_000), start);
    budget.learn_at(&key(1), &told(1, 5_000), start);
    assert!(budget.take_at(&key(1), start).is_err());
}

#[test]
fn a_surprise_silences_the_bucket_or_everything() {
    let budget = Budget::default();
    budget.silence(&key(1), Duration::from_secs(30), false);
    assert!(budget.take(&key(1)).err().unwrap() > Duration::from_secs(29));
    assert!(budget.take(&key(2)).is_ok());
    budget.silence(&key(1), Duration::from_secs(60), true);
    assert!(budget.take(&key(2)).err().unwrap() > Duration::from_secs(59));
}

proptest! {
    /// A server that counts as Discord does, and looks at each call somewhere between its start and its end.
    #[test]
    fn the_server_never_has_to_refuse(
        calls in proptest::collection::vec((0u64..900, 1u64..400, 0u64..=100), 1..150),
        limit in 1u32..8,
        window in 200u64..6_000,
    ) {
        let budget = Budget::default();
        let mut now = Instant::now();
        let mut server: Option<(Instant, u32)> = None;
        let length = Duration::from_millis(window);
        for (pause, lasts, share) in calls {
            now += Duration::from_millis(pause);
            if budget.take_at(&key(1), now).is_err() {
                continue;
            }
            let seen = now + Duration::from_millis(lasts) * u32::try_from(share).unwrap() / 100;
            let (resets, used) = server.filter(|(resets, _)| *resets > seen).unwrap_or((seen + length, 0));
            prop_assert!(used < limit, "one call too many");
            server = Some((resets, used + 1));
            let answer = Told {
                bucket: Some("abc".to_owned()),
                limit: Some(limit),
                left: Some(limit - used - 1),
                reset_after: Some(resets.duration_since(seen)),
            };
            now += Duration::from_millis(lasts);
            budget.learn_at(&key(1), &answer, now);
        }
    }
}
