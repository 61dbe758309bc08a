//! Discord's rate limits: a bucket per route and channel, told in headers, and 50 calls a second for the
//! whole bot (<https://discord.com/developers/docs/topics/rate-limits>). The numbers of the buckets are
//! those that the real one was seen to use; hinny must not know them, only read the headers.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

#[derive(Default)]
pub struct Limits {
    buckets: HashMap<(String, String), Bucket>,
    global: Vec<Instant>,
    /// When the last 429 said to come back, per bucket; an empty name stands for the whole bot.
    quiet: HashMap<(String, String), Instant>,
    pub too_many: usize,
    pub too_early: usize,
    pub relaxed: bool,
}

struct Bucket {
    left: u32,
    resets: Instant,
}

/// What the headers of an answer say, or of a refusal.
#[derive(Clone, Debug)]
pub struct Told {
    pub bucket: String,
    pub limit: u32,
    pub left: u32,
    pub reset_after: f64,
    /// Set when the call was one too many.
    pub retry_after: Option<f64>,
    pub scope: &'static str,
}

/// Calls and seconds of a route.
fn rule(route: &str) -> (u32, f64) {
    match route {
        "POST channels/messages" => (5, 5.0),
        "PATCH channels/messages" => (5, 5.0),
        "DELETE channels/messages" => (5, 1.0),
        "PUT channels/messages/reactions/@me" | "DELETE channels/messages/reactions/@me" => {
            (1, 0.25)
        }
        "POST channels/messages/threads" | "POST channels/threads" => (50, 300.0),
        "PATCH channels" => (10, 15.0),
        "POST channels/typing" => (5, 5.0),
        "GET channels/messages" | "GET channels/messages/one" => (10, 5.0),
        _ => (30, 10.0),
    }
}

impl Limits {
    /// Counts a call; the outcome has `retry_after` when it was too many.
    pub fn count(&mut self, route: &str, major: &str, now: Instant) -> Told {
        let key = (route.to_owned(), major.to_owned());
        self.note_early(&key, now);
        self.global
            .retain(|at| now.duration_since(*at) < Duration::from_secs(1));
        if !self.relaxed && self.global.len() >= 50 {
            let wait = self.global.first().map_or(1.0, |at| {
                (Duration::from_secs(1).saturating_sub(now.duration_since(*at))).as_secs_f64()
            });
            return self.refuse(route, (String::new(), String::new()), wait, "global", now);
        }
        self.global.push(now);
        let (limit, seconds) = rule(route);
        let limit = if self.relaxed { limit * 10_000 } else { limit };
        let fresh = Bucket {
            left: limit,
            resets: now + Duration::from_secs_f64(seconds),
        };
        let bucket = self.buckets.entry(key.clone()).or_insert(fresh);
        if bucket.resets <= now {
            bucket.left = limit;
            bucket.resets = now + Duration::from_secs_f64(seconds);
        }
        let reset_after = bucket.resets.duration_since(now).as_secs_f64();
        if bucket.left == 0 {
            return self.refuse(route, key, reset_after, "user", now);
        }
        bucket.left -= 1;
        let left = bucket.left;
        told(route, limit, left, reset_after)
    }

    /// A 429 that a test asked for.
    pub fn surprise(&mut self, route: &str, major: &str, wait: f64, global: bool) -> Told {
        let key = match global {
            true => (String::new(), String::new()),
            false => (route.to_owned(), major.to_owned()),
        };
        let scope = if global { "global" } else { "shared" };
        self.refuse(route, key, wait, scope, Instant::now())
    }

    fn refuse(
        &mut self,
        route: &str,
        key: (String, String),
        wait: f64,
        scope: &'static str,
        now: Instant,
    ) -> Told {
        self.too_many += 1;
        // Discord rounds to milliseconds, upwards.
        let wait = (wait * 1_000.0).ceil() / 1_000.0;
        self.quiet.insert(key, now + Duration::from_secs_f64(wait));
        Told {
            retry_after: Some(wait),
            scope,
            ..told(route, rule(route).0, 0, wait)
        }
    }

    fn note_early(&mut self, key: &(String, String), now: Instant) {
        let everything = (String::new(), String::new());
        let quiet = |key| self.quiet.get(key).is_some_and(|until| now < *until);
        if quiet(key) || quiet(&everything) {
            self.too_early += 1;
        }
    }
}

fn told(route: &str, limit: u32, left: u32, reset_after: f64) -> Told {
    let hash = route
        .bytes()
        .fold(7u32, |hash, byte| hash.wrapping_mul(31) ^ u32::from(byte));
    Told {
        bucket: format!("{hash:08x}"),
        limit,
        left,
        reset_after,
        retry_after: None,
        scope: "user",
    }
}
